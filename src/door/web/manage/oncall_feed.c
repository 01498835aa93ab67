/* Turns as iCalendar, by the secret address of one's own calendar; and who is called, for the first page. */
#include "base/check.h"
#include "door/web/manage/manage_text.h"
#include "door/web/manage/oncall.h"
#include "door/web/now.h"
#include "door/web/web.h"

#define FEED_PAST_DAYS 30
#define FEED_AHEAD_DAYS 90
#define FEED_REMIND_MIN 60

int now_oncall(struct request *rq, struct view *v, struct err *e)
{
	struct oncall_plan p;
	bool gap = false;
	int rc;

	view_list(v, "oncall_levels");
	view_bool(v, "has_oncall", false);
	if (!actor_may(&rq->actor, PERM_WORK_READ))
		return 0;
	if ((rc = oncall_plan_of(rq, &p, e)))
		return rc;
	if (!p.rotation_count)
		return 0;
	rc = oncall_put_now(rq, v, &p, &gap, e);
	view_bool(v, "has_oncall", true);
	view_bool(v, "is_oncall_gap", gap);
	return rc;
}

static void add_span(const struct request *rq, struct buf *out, const struct oncall_plan *p, int level,
		     const struct oncall_span *s)
{
	str why = words_get(rq->lang, show_word_key(rq, "oncall.why.", oncall_why_name(s->turn.why)));
	str name = s->turn.person_id ? oncall_name_of(rq, p, s->turn.person_id) : why;
	str title = words_get(rq->lang, STR("oncall.feed_title"));
	struct ics_event ev = {
		.uid = arena_fmt(rq->arena, "oncall-%lld-%d-%lld@noroshi", (long long)rq->actor.tenant_id, level,
				 (long long)(s->from / TIME_SECOND)),
		.summary = arena_fmt(rq->arena, STR_FMT " %d: " STR_FMT, STR_ARG(title), level, STR_ARG(name)),
		.description = arena_fmt(rq->arena, STR_FMT " · " STR_FMT,
					 STR_ARG(s->turn.rotation ? s->turn.rotation->name : STR("—")), STR_ARG(why)),
		.url = arena_fmt(rq->arena, "%s://" STR_FMT "/on-call", rq->is_tls ? "https" : "http",
				 STR_ARG(rq->host)),
		.categories = STR("on-call"),
		.from = s->from,
		.until = s->to,
		.stamp = rq->now,
		.remind_min = FEED_REMIND_MIN};

	ics_add(out, &ev);
}

static int feed_get(struct request *rq, struct response *rs, struct err *e)
{
	struct oncall_plan p;
	const struct person *self;
	time_us window[2];
	bool is_all;
	int rc;

	/* From here on the request is that person's. */
	if ((rc = feed_find(rq->db, rq->path_params[0], &rq->actor, &is_all, e)) || (rc = oncall_plan_of(rq, &p, e)))
		return rc;
	self = people_of_account(&p.people, rq->actor.user_id);
	/* From a whole day on: a turn in progress keeps its id when the calendar is fetched again. */
	window[0] = day_begin(day_at(rq->now, p.offset_min) - FEED_PAST_DAYS, p.offset_min);
	window[1] = window[0] + (FEED_PAST_DAYS + FEED_AHEAD_DAYS) * TIME_DAY;
	ics_begin(&rs->body, STR("Noroshi on-call"), str_of(lang_code(rq->lang)));
	for (int level = 1; p.rotation_count && level <= oncall_levels(&p); level++) {
		struct oncall_spans spans;

		if ((rc = oncall_spans(&p, level, window, rq->arena, &spans, e)))
			return rc;
		for (uint32_t i = 0; i < spans.count; i++)
			if (is_all || (self && spans.items[i].turn.person_id == self->id))
				add_span(rq, &rs->body, &p, level, &spans.items[i]);
	}
	ics_end(&rs->body);
	rs->content_type = STR("text/calendar; charset=utf-8");
	response_header(rs, STR("Cache-Control"), STR("private, no-cache"));
	return buf_check(&rs->body, e);
}

const struct route oncall_feed_web_routes[] = {
	{.method = "GET", .pattern = "/on-call/feed/{token}", .permission = PERM_NONE, .handler = feed_get},
	{0},
};
