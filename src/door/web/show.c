#include "door/web/show.h"

#include <stdio.h>

#include "base/check.h"
#include "base/utf8.h"
#include "centre/build/build.h"
#include "guard/session.h"

#define TOKYO_MIN 540

int show_zone(const struct request *rq, const char **ret_name)
{
	bool tokyo = rq->session && strcmp(rq->session->time_zone, "Asia/Tokyo") == 0;

	*ret_name = tokyo ? "JST" : "UTC";
	return tokyo ? TOKYO_MIN : 0;
}

static str local(const struct request *rq, time_us t, const char **ret_zone)
{
	char text[TIME_TEXT_MAX];
	size_t len = time_format_local(t, show_zone(rq, ret_zone), text);

	return arena_str(rq->arena, (str){text, len});
}

str show_time_text(const struct request *rq, time_us t)
{
	const char *zone;
	str text = local(rq, t, &zone);

	return t ? arena_fmt(rq->arena, STR_FMT " %s", STR_ARG(text), zone) : STR("");
}

str show_clock(const struct request *rq, time_us t)
{
	const char *zone;

	return str_sub(local(rq, t, &zone), 11, 5);
}

str show_day(const struct request *rq, time_us t)
{
	const char *zone;

	return str_sub(local(rq, t, &zone), 0, 10);
}

void show_time(const struct request *rq, struct view *v, time_us t)
{
	char iso[TIME_TEXT_MAX];
	size_t len = time_format(t, iso);

	view_text(v, "time_iso", arena_str(rq->arena, (str){iso, len}));
	view_text(v, "time_text", show_time_text(rq, t));
}

bool show_time_read(const struct request *rq, str text, time_us *ret)
{
	const char *zone;
	time_us t;

	/* "2026-11-20T09:31", seconds optional: completed to what time_parse reads, without a zone. */
	if (text.len == 16)
		text = arena_fmt(rq->arena, STR_FMT ":00", STR_ARG(text));
	if (text.len < 19 || text.len > 26 || !time_parse(text, &t))
		return false;
	*ret = t - show_zone(rq, &zone) * TIME_MINUTE;
	return true;
}

str show_alert_title(const struct request *rq, const struct alert *al)
{
	return alert_title(rq->services->detector, al, rq->lang, rq->arena);
}

void show_level(struct view *v, unsigned level)
{
	static const char *const words[] = {"alert.level.1", "alert.level.1", "alert.level.2",
					    "alert.level.3", "alert.level.4", "alert.level.5"};

	CHECK(level <= 5);
	view_i64(v, "level", level);
	view_word(v, "level_word", words[level]);
}

void show_level_of(struct view *v, const struct alert *al)
{
	show_level(v, al->priority);
}

str show_word_key(const struct request *rq, const char *prefix, const char *name)
{
	return arena_fmt(rq->arena, "%s%s", prefix, name);
}

str show_service_name(const struct request *rq, str service)
{
	const struct framework *fw = content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT));
	const struct fw_service *s = fw ? framework_service(fw, service) : NULL;

	return s ? s->name.text.by_lang[rq->lang] : service;
}

str show_initial(str name)
{
	size_t len = 0;

	if (name.len)
		utf8_decode(name, &len);
	return str_sub(name, 0, len);
}

str show_size(const struct request *rq, int64_t bytes)
{
	static const char *const units[] = {"B", "KB", "MB", "GB"};
	double value = (double)bytes;
	unsigned unit = 0;

	while (value >= 1000 && unit + 1 < COUNT_OF(units)) {
		value /= 1000;
		unit++;
	}
	return arena_fmt(rq->arena, unit && value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

str show_event_id(const struct request *rq, event_id id)
{
	char text[EVENT_ID_TEXT_LEN + 1];

	event_id_format(id, text);
	return arena_str(rq->arena, str_of(text));
}

str show_alert_ref(const struct request *rq, int64_t id)
{
	return arena_fmt(rq->arena, "ALT-%lld", (long long)id);
}

str show_technique(const struct request *rq, str tags)
{
	str tag, rest = tags;

	while (tags.len && str_next(&rest, ' ', &tag)) {
		str name = str_from(tag, 7);

		if (!str_starts_nocase(tag, STR("attack.t")) || name.len < 5 || name.ptr[1] < '0' || name.ptr[1] > '9')
			continue;
		return arena_fmt(rq->arena, "T" STR_FMT, STR_ARG(str_from(name, 1)));
	}
	return STR("");
}

const char *show_alert_class(const struct alert *al)
{
	static const char *const classes[] = {
		[ALERT_OPEN] = "open", [ALERT_ACKNOWLEDGED] = "prog", [ALERT_CLOSED] = "done"};

	return classes[al->state];
}

int show_end(struct request *rq, int rc, struct err *e)
{
	return db_end(rq->db, rc, e);
}

int show_version(const struct request *rq, int64_t *ret, struct err *e)
{
	str text = request_form(rq, STR("version"));

	*ret = 0;
	if (text.len == 0 || (str_to_i64(text, ret) && *ret > 0))
		return 0;
	return err_set_value(e, ERR_RANGE, "err.api.query", text);
}

/* ---- links ---- */

static void add_pair(struct buf *out, bool *any, str name, str value)
{
	buf_add_byte(out, *any ? '&' : '?');
	*any = true;
	url_add(out, name);
	buf_add_byte(out, '=');
	url_add(out, value);
}

static bool is_kept(const struct http_field *f, const struct link *change)
{
	bool named = change->name && str_eq(f->name, str_of(change->name));

	if (f->value.len == 0 || str_eq(f->name, STR("cursor")) || str_eq(f->name, STR("at")))
		return false;
	if (!named)
		return true;
	return change->only.len > 0 && !str_eq(f->value, change->only);
}

str show_link(const struct request *rq, const struct link *change)
{
	struct buf out;
	bool any = false;
	str copy;

	buf_init(&out, 65536);
	buf_add(&out, rq->path);
	for (size_t i = 0; i < rq->query_params.count; i++)
		if (is_kept(&rq->query_params.items[i], change))
			add_pair(&out, &any, rq->query_params.items[i].name, rq->query_params.items[i].value);
	if (change->name && change->value.len)
		add_pair(&out, &any, str_of(change->name), change->value);
	copy = arena_str(rq->arena, out.failed ? rq->path : buf_str(&out));
	buf_done(&out);
	return copy;
}

int show_offer(const struct request *rq, struct view *v, struct err *e)
{
	bool is_empty = false;
	int rc = actor_may(&rq->actor, PERM_PORTFOLIO_WRITE)
			 ? portfolio_is_empty(rq->db, actor_scope(&rq->actor),
					      content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT)),
					      &is_empty, e)
			 : 0;

	view_bool(v, "offer_start", is_empty);
	return rc;
}

void show_run_state(struct view *v, str state)
{
	static const struct {
		const char *state, *class, *word;
	} states[] = {{"waiting", "", "rules.trial.waiting"},
		      {"running", "acc", "rules.trial.running"},
		      {"done", "good", "rules.trial.done"},
		      {"cancelled", "caution", "rules.trial.cancelled"},
		      {"failed", "err", "rules.trial.failed"}};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (!str_eq(state, str_of(states[i].state)))
			continue;
		view_text(v, "state_class", str_of(states[i].class));
		view_word(v, "state_word", states[i].word);
	}
}
