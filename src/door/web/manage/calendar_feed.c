/* One's own calendar elsewhere: secret addresses, and the iCalendar text behind them. */
#include "base/check.h"
#include "door/web/manage/manage_text.h"
#include "door/web/web.h"
#include "guard/tenant.h"

#define FEED_PAST_DAYS 30
#define FEED_AHEAD_DAYS 120
#define FEED_REMIND_MIN 60

/* `token` of a new address, shown once; NULL = none. */
static int feeds_page(struct request *rq, struct response *rs, const char *token, const struct err *why, struct err *e)
{
	const char *scheme = rq->is_tls ? "https" : "http";
	str fresh = STR(""), oncall = STR("");
	struct view *v = view_create(rq->arena);
	struct feed *feeds;
	uint32_t count;
	int rc = feed_list(rq->db, &rq->actor, rq->arena, &feeds, &count, e);

	if (rc)
		return rc;
	if (token) {
		fresh = arena_fmt(rq->arena, "%s://" STR_FMT "/calendar/feed/%s", scheme, STR_ARG(rq->host), token);
		oncall = arena_fmt(rq->arena, "%s://" STR_FMT "/on-call/feed/%s", scheme, STR_ARG(rq->host), token);
	}
	view_list(v, "feeds");
	for (uint32_t i = 0; i < count; i++) {
		struct view *row = view_item(v, "feeds");

		view_i64(row, "id", feeds[i].id);
		view_word(row, "what", feeds[i].is_all ? "manage.feed.all" : "manage.feed.mine");
		view_text(row, "created", show_time_text(rq, feeds[i].created_at));
	}
	view_text(v, "fresh", fresh);
	view_text(v, "fresh_oncall", oncall);
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("manage/feeds"), v, e);
}

static int feeds_get(struct request *rq, struct response *rs, struct err *e)
{
	return feeds_page(rq, rs, NULL, NULL, e);
}

static int create_post(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_secret_ struct secret token = {0};
	bool all = request_form(rq, STR("all")).len != 0;
	struct err why = {0};

	if (feed_create(rq->db, &rq->actor, rq->services->env, all, rq->now, &token, &why))
		return feeds_page(rq, rs, NULL, &why, e);
	response_header(rs, STR("Cache-Control"), STR("no-store"));
	return feeds_page(rq, rs, token.text, NULL, e);
}

static int revoke_post(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) || (rc = feed_revoke(rq->db, &rq->actor, id, rq->now, e)))
		return rc;
	response_redirect(rs, STR("/calendar/feeds"));
	return 0;
}

static void add_due(const struct request *rq, struct buf *out, const struct due *d)
{
	str note = d->owner_name.len ? arena_fmt(rq->arena, STR_FMT " " STR_FMT "\n" STR_FMT, STR_ARG(d->service),
						 STR_ARG(show_service_name(rq, d->service)), STR_ARG(d->owner_name))
				     : arena_fmt(rq->arena, STR_FMT " " STR_FMT, STR_ARG(d->service),
						 STR_ARG(show_service_name(rq, d->service)));
	str date = manage_day(rq, d->day);
	struct ics_event ev = {.uid = arena_fmt(rq->arena, "task-%lld-%lld-" STR_FMT "@" STR_FMT,
						(long long)rq->actor.tenant_id, (long long)d->task_id, STR_ARG(date),
						STR_ARG(rq->host)),
			       .summary = d->title,
			       .description = note,
			       .url = arena_fmt(rq->arena, "%s://" STR_FMT "/calendar/tasks/%lld?day=" STR_FMT,
						rq->is_tls ? "https" : "http", STR_ARG(rq->host), (long long)d->task_id,
						STR_ARG(date)),
			       .categories = d->service,
			       .day = d->day,
			       .stamp = d->closed_at > d->changed_at ? d->closed_at : d->changed_at,
			       .remind_min = d->state == DUE_OPEN ? FEED_REMIND_MIN : 0,
			       .is_done = d->state != DUE_OPEN};

	ics_add(out, &ev);
}

static int feed_get(struct request *rq, struct response *rs, struct err *e)
{
	struct due_query q = {.planned = true, .owner_id = TASK_ANYBODY, .now = rq->now};
	char zone[TENANT_ZONE_MAX];
	struct due_list list;
	bool is_all;
	int rc;

	/* From here on the request is that person's. */
	if ((rc = feed_find(rq->db, rq->path_params[0], &rq->actor, &is_all, e)) ||
	    (rc = tenant_zone(rq->db, rq->actor.tenant_id, zone, e)))
		return rc;
	q.holidays = rq->services->holidays;
	q.from = day_at(rq->now, zone_offset(str_of(zone))) - FEED_PAST_DAYS;
	q.to = q.from + FEED_PAST_DAYS + FEED_AHEAD_DAYS;
	if ((rc = due_list(rq->db, actor_scope(&rq->actor), &q, rq->arena, &list, e)))
		return rc;
	ics_begin(&rs->body, STR("Noroshi"), str_of(lang_code(rq->lang)));
	for (uint32_t i = 0; i < list.count; i++)
		if (is_all || !list.items[i].owner_id || list.items[i].owner_id == rq->actor.user_id)
			add_due(rq, &rs->body, &list.items[i]);
	ics_end(&rs->body);
	rs->content_type = STR("text/calendar; charset=utf-8");
	response_header(rs, STR("Cache-Control"), STR("private, no-cache"));
	return buf_check(&rs->body, e);
}

const struct route calendar_feed_web_routes[] = {
	{.method = "GET", .pattern = "/calendar/feeds", .permission = PERM_WORK_READ, .handler = feeds_get},
	{.method = "POST", .pattern = "/calendar/feeds", .permission = PERM_WORK_READ, .handler = create_post},
	{.method = "POST",
	 .pattern = "/calendar/feeds/{id}/revoke",
	 .permission = PERM_WORK_READ,
	 .handler = revoke_post},
	{.method = "GET", .pattern = "/calendar/feed/{token}", .permission = PERM_NONE, .handler = feed_get},
	{0},
};
