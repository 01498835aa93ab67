/* Raw events: GET /events by time or id, GET /events/{event}. */
#include "base/utf8.h"
#include "door/web/show.h"
#include "door/web/web.h"
#include "flow/archive/archive.h"
#include "os/digest.h"

#define PAGE 50
#define SUMMARY_BYTES 300u
#define FIELDS_SHOWN_MAX 500u

static void show_form(const struct request *rq, struct view *v)
{
	const char *zone;

	show_zone(rq, &zone);
	view_text(v, "zone", str_of(zone));
	view_text(v, "from", request_query(rq, STR("from")));
	view_text(v, "to", request_query(rq, STR("to")));
	view_text(v, "id", request_query(rq, STR("id")));
}

static str one_line(const struct request *rq, str raw)
{
	struct buf text;
	str copy;

	raw = utf8_cut(raw, SUMMARY_BYTES); /* what is no text is replaced on the way out */
	buf_init(&text, 3 * SUMMARY_BYTES);
	for (size_t i = 0; i < raw.len; i++)
		buf_add_byte(&text, (unsigned char)raw.ptr[i] < ' ' ? ' ' : raw.ptr[i]);
	copy = arena_str(rq->arena, buf_str(&text));
	buf_done(&text);
	return copy;
}

static void show_row(const struct request *rq, struct view *v, const struct archived *ev)
{
	struct view *row = view_item(v, "events");
	str id = show_event_id(rq, ev->id);
	struct event parsed;

	view_text(row, "url", arena_fmt(rq->arena, "/events/" STR_FMT, STR_ARG(id)));
	view_text(row, "id", id);
	show_time(rq, row, ev->event.time);
	view_text(row, "source", ev->event.source);
	view_text(row, "asset",
		  event_fields(rq->services->detector, ev, rq->arena, &parsed) ? event_asset(&parsed) : STR(""));
	view_text(row, "summary", one_line(rq, ev->event.raw));
}

static int search(struct request *rq, struct view *v, struct err *e)
{
	struct archive_query q = {.tenant_id = rq->actor.tenant_id, .limit = PAGE};
	str from = request_query(rq, STR("from")), to = request_query(rq, STR("to")),
	    cursor = request_query(rq, STR("cursor"));
	struct archive_page page;
	int rc;

	if ((from.len && !show_time_read(rq, from, &q.from)) || (to.len && !show_time_read(rq, to, &q.until))) {
		view_word(v, "error", "event.wrong_time");
		return 0;
	}
	if (cursor.len && !event_id_parse(cursor, &q.before))
		q.before = 0;
	if (q.from && !q.until)
		q.until = INT64_MAX;
	rc = archive_search(rq->services->archive, &q, rq->arena, &page, e);
	if (rc)
		return rc;
	for (uint32_t i = 0; i < page.count; i++)
		show_row(rq, v, &page.events[i]);
	if (page.next) {
		str url = show_link(rq, &(struct link){0}), next = show_event_id(rq, page.next);

		view_text(v, "next_url",
			  arena_fmt(rq->arena, STR_FMT "%scursor=" STR_FMT, STR_ARG(url),
				    str_find_byte(url, '?') < 0 ? "?" : "&", STR_ARG(next)));
	}
	return 0;
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	str id = str_trim(request_query(rq, STR("id")));
	event_id ignored;
	int rc;

	show_form(rq, v);
	view_list(v, "events");
	view_bool(v, "searched", true);
	if (id.len && event_id_parse(id, &ignored)) {
		response_redirect(rs, arena_fmt(rq->arena, "/events/" STR_FMT, STR_ARG(id)));
		return 0;
	}
	if (id.len)
		view_word(v, "error", "event.wrong_id");
	rc = search(rq, v, e);
	return rc ? rc : response_page(rq, rs, STR("event/list"), v, e);
}

static void show_fields(const struct request *rq, struct view *v, const struct archived *ev)
{
	struct event parsed;
	bool known = event_fields(rq->services->detector, ev, rq->arena, &parsed);

	view_list(v, "fields");
	view_text(v, "asset", known ? event_asset(&parsed) : STR(""));
	for (uint32_t i = 0; known && i < parsed.field_count && i < FIELDS_SHOWN_MAX; i++) {
		struct view *row = view_item(v, "fields");

		view_text(row, "name", parsed.fields[i].name);
		view_text(row, "value", parsed.fields[i].text);
	}
}

static int show_alerts(struct request *rq, struct view *v, event_id id, struct err *e)
{
	struct alert *alerts;
	uint32_t count;
	int rc;

	view_list(v, "alerts");
	if (!actor_may(&rq->actor, PERM_ALERT_READ))
		return 0;
	rc = alert_of_event(rq->db, actor_scope(&rq->actor), id, rq->arena, &alerts, &count, e);
	for (uint32_t i = 0; !rc && i < count; i++) {
		struct view *row = view_item(v, "alerts");

		view_text(row, "url", arena_fmt(rq->arena, "/alerts/%lld", (long long)alerts[i].id));
		view_text(row, "title", show_alert_title(rq, &alerts[i]));
		show_level_of(row, &alerts[i]);
	}
	return rc;
}

static int event_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct digest_hex digest;
	struct archived ev;
	event_id id;
	int rc;

	if (!event_id_parse(rq->path_params[0], &id))
		return err_set(e, ERR_NOT_FOUND, "err.event.absent");
	rc = archive_find(rq->services->archive, rq->actor.tenant_id, id, rq->arena, &ev, e);
	if (rc)
		return rc;
	digest = digest_sha256_hex(ev.event.raw);
	view_text(v, "id", show_event_id(rq, id));
	show_time(rq, v, ev.event.time);
	view_text(v, "received_text", show_time_text(rq, ev.event.received));
	view_text(v, "source", ev.event.source);
	view_text(v, "digest", arena_str(rq->arena, digest_str(&digest)));
	show_raw(rq, v, ev.event.raw, NULL, 0, NULL);
	show_fields(rq, v, &ev);
	rc = show_alerts(rq, v, id, e);
	return rc ? rc : response_page(rq, rs, STR("event/show"), v, e);
}

const struct route event_web_routes[] = {
	{.method = "GET", .pattern = "/events", .permission = PERM_EVENT_READ, .handler = list_get},
	{.method = "GET", .pattern = "/events/{event}", .permission = PERM_EVENT_READ, .handler = event_get},
	{0},
};
