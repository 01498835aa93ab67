/* Suppressions: one made from an alert, with a preview; the list; its end. */
#include "base/check.h"
#include "base/mem.h"
#include "door/web/show.h"
#include "door/web/web.h"

#define NOTICE_BYTES_MAX 4096u
#define DAYS_FIRST 7

static const int choices[] = {1, 3, 7, 14, 30, 60, 90};

/* ---- what the form says ---- */

static int find_alert(struct request *rq, struct alert *ret, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	return rc ? rc : alert_find(rq->db, actor_scope(&rq->actor), id, rq->arena, ret, e);
}

static int64_t days_of(str text)
{
	int64_t days;

	return str_to_i64(text, &days) && days >= 1 && days <= SUPPRESS_TIME_MAX / TIME_DAY ? days : 0;
}

static str field(const struct request *rq, const char *name, bool is_form)
{
	str text = is_form ? request_form(rq, str_of(name)) : request_query(rq, str_of(name));

	return text.ptr ? str_trim(text) : STR("");
}

static struct suppression read_form(const struct request *rq, const struct alert *al, bool is_form)
{
	int64_t days = days_of(field(rq, "days", is_form));
	struct suppression s = {.rule_id = al->rule_id,
				.rule_title = al->rule_title,
				.asset = field(rq, "asset", is_form),
				.account = field(rq, "account", is_form),
				.field = field(rq, "field", is_form),
				.value = field(rq, "value", is_form),
				.reason = field(rq, "reason", is_form)};

	s.expires_at = rq->now + days * TIME_DAY;
	/* The page that is opened first proposes the alert's own asset. */
	if (!is_form && !request_query(rq, STR("days")).len) {
		s.asset = al->asset;
		s.expires_at = rq->now + DAYS_FIRST * TIME_DAY;
	}
	return s;
}

static void notice(const struct request *rq, struct view *v, const struct err *why)
{
	_cleanup_(buf_done) struct buf text = {.max = NOTICE_BYTES_MAX};

	words_add_err(&text, rq->lang, why);
	view_text(v, "notice", arena_str(rq->arena, buf_str(&text)));
	view_bool(v, "notice_is_bad", true);
}

static int show_preview(struct request *rq, struct view *v, const struct suppression *s, struct err *e)
{
	struct explain_with with = {rq->services->archive, rq->services->detector, rq->actor.tenant_id, rq->lang};
	struct suppression_preview p;
	int rc = suppression_preview(rq->db, &with, s, rq->now, &p, e);

	if (rc)
		return rc;
	view_i64(v, "hidden_alerts", p.alerts);
	view_i64(v, "hidden_events", p.events);
	view_bool(v, "is_cut", p.is_cut);
	return 0;
}

static int form_page(struct request *rq, struct response *rs, const struct alert *al, const struct suppression *s,
		     struct err *e)
{
	struct view *v = view_create(rq->arena);
	int rc = show_preview(rq, v, s, e);

	if (rc)
		return rc;
	view_i64(v, "id", al->id);
	view_text(v, "ref", show_alert_ref(rq, al->id));
	view_text(v, "title", show_alert_title(rq, al));
	view_text(v, "asset", s->asset);
	view_text(v, "account", s->account);
	view_text(v, "field", s->field);
	view_text(v, "value", s->value);
	view_text(v, "reason", s->reason);
	view_list(v, "days");
	for (size_t i = 0; i < COUNT_OF(choices); i++) {
		struct view *row = view_item(v, "days");

		view_i64(row, "value", choices[i]);
		view_bool(row, "selected", s->expires_at == rq->now + choices[i] * TIME_DAY);
	}
	if (rs->status)
		notice(rq, v, e);
	return response_page(rq, rs, STR("alert/suppress"), v, e);
}

static int suppress_get(struct request *rq, struct response *rs, struct err *e)
{
	struct suppression s;
	struct alert al;
	int rc = find_alert(rq, &al, e);

	if (rc)
		return rc;
	s = read_form(rq, &al, false);
	return form_page(rq, rs, &al, &s, e);
}

static int suppress_post(struct request *rq, struct response *rs, struct err *e)
{
	struct suppression s;
	struct alert al;
	struct err why = {0};
	int64_t id;
	int rc = find_alert(rq, &al, e);

	if (rc)
		return rc;
	s = read_form(rq, &al, true);
	if ((rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, suppression_create(rq->db, &rq->actor, &s, rq->now, &id, &why), &why);
	if (!rc) {
		response_redirect(rs, STR("/suppressions"));
		return 0;
	}
	*e = why;
	if (rc != -ERR_RANGE)
		return rc;
	rs->status = 422;
	return form_page(rq, rs, &al, &s, e);
}

/* ---- the list ---- */

static str remaining(const struct request *rq, time_us left)
{
	if (left >= TIME_DAY)
		return arena_fmt(rq->arena, "%lld d %lld h", (long long)(left / TIME_DAY),
				 (long long)(left % TIME_DAY / TIME_HOUR));
	return arena_fmt(rq->arena, "%lld h %lld min", (long long)(left / TIME_HOUR),
			 (long long)(left % TIME_HOUR / TIME_MINUTE));
}

static void add_condition(const struct request *rq, struct view *row, str name, str value)
{
	struct view *item;

	if (!value.len)
		return;
	item = view_item(row, "conditions");
	view_text(item, "name", name);
	view_text(item, "value", value);
	(void)rq;
}

static int show_events(struct request *rq, struct view *row, const struct suppression *s, struct err *e)
{
	struct suppressed *events;
	uint32_t count;
	int rc = s->hits ? suppression_events(rq->db, actor_scope(&rq->actor), s->id, rq->arena, &events, &count, e)
			 : 0;

	view_list(row, "events");
	for (uint32_t i = 0; !rc && s->hits && i < count; i++) {
		struct view *item = view_item(row, "events");

		view_text(item, "url",
			  arena_fmt(rq->arena, "/events/" STR_FMT, STR_ARG(show_event_id(rq, events[i].event))));
		view_text(item, "ref", show_event_id(rq, events[i].event));
		view_text(item, "asset", events[i].asset);
		view_text(item, "user", events[i].account);
		show_time(rq, item, events[i].at);
	}
	return rc;
}

static int show_row(struct request *rq, struct view *v, const struct suppression *s, struct err *e)
{
	struct alert as_alert = {.rule_id = s->rule_id, .rule_title = s->rule_title};
	struct view *row = view_item(v, "suppressions");
	bool live = suppression_is_live(s, rq->now);

	view_i64(row, "id", s->id);
	view_text(row, "title", show_alert_title(rq, &as_alert));
	view_text(row, "rule_url", arena_fmt(rq->arena, "/alerts?rule=" STR_FMT, STR_ARG(s->rule_id)));
	view_list(row, "conditions");
	add_condition(rq, row, words_get(rq->lang, STR("web.alerts.asset")), s->asset);
	add_condition(rq, row, words_get(rq->lang, STR("web.alerts.user")), s->account);
	add_condition(rq, row, s->field, s->value);
	view_text(row, "reason", s->reason);
	view_text(row, "owner", s->owner_name);
	view_bool(row, "live", live);
	view_text(row, "left", live ? remaining(rq, s->expires_at - rq->now) : STR(""));
	view_text(row, "until_text", show_time_text(rq, s->ended_at ? s->ended_at : s->expires_at));
	view_text(row, "ended_by", s->ended_by);
	view_i64(row, "hits", s->hits);
	show_time(rq, row, s->created_at);
	return show_events(rq, row, s, e);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct suppression *list;
	int64_t live = 0, hits = 0;
	uint32_t count;
	int rc = suppression_list(rq->db, actor_scope(&rq->actor), rq->now, rq->arena, &list, &count, e);

	view_list(v, "suppressions");
	for (uint32_t i = 0; !rc && i < count; i++) {
		live += suppression_is_live(&list[i], rq->now);
		hits += list[i].hits;
		rc = show_row(rq, v, &list[i], e);
	}
	if (rc)
		return rc;
	view_i64(v, "live_count", live);
	view_i64(v, "hit_count", hits);
	return response_page(rq, rs, STR("alert/suppressions"), v, e);
}

static int end_post(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) || (rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, suppression_end(rq->db, &rq->actor, id, rq->now, e), e);
	if (!rc)
		response_redirect(rs, STR("/suppressions"));
	return rc;
}

const struct route suppress_web_routes[] = {
	{.method = "GET",
	 .pattern = "/alerts/{id}/suppress",
	 .permission = PERM_ALERT_SUPPRESS,
	 .handler = suppress_get},
	{.method = "POST",
	 .pattern = "/alerts/{id}/suppress",
	 .permission = PERM_ALERT_SUPPRESS,
	 .handler = suppress_post},
	{.method = "GET", .pattern = "/suppressions", .permission = PERM_ALERT_READ, .handler = list_get},
	{.method = "POST", .pattern = "/suppressions/{id}/end", .permission = PERM_ALERT_SUPPRESS, .handler = end_post},
	{0},
};
