/* Today's work: what changed, and by which services. It reads the records of work, which both wings share. */
#include "door/web/now.h"

#include <stdlib.h>

#include "base/check.h"
#include "centre/build/build.h"
#include "guard/session.h"

#define CHANGES_MAX 10u    /* rows of what changed */
#define WORK_PAGES_MAX 10u /* pages of today's work that are counted */

struct today {
	struct request *rq;
	struct view *v;
};

/* Asia/Tokyo is known by name; any other zone is shown in UTC, and the zone is always written beside the time. */
static int zone_offset(const struct request *rq, const char **ret_name)
{
	bool is_tokyo = rq->session && strcmp(rq->session->time_zone, "Asia/Tokyo") == 0;

	*ret_name = is_tokyo ? "JST" : "UTC";
	return is_tokyo ? 540 : 0;
}

str now_text(const struct request *rq, time_us t)
{
	const char *zone;
	char text[TIME_TEXT_MAX];

	time_format_local(t, zone_offset(rq, &zone), text);
	return arena_fmt(rq->arena, "%s %s", text, zone);
}

void now_time(struct view *v, const struct request *rq, time_us t)
{
	char text[TIME_TEXT_MAX];

	time_format(t, text);
	view_text(v, "time_iso", arena_str(rq->arena, str_of(text)));
	view_text(v, "time_text", now_text(rq, t));
}

static time_us day_start(const struct request *rq)
{
	const char *zone;
	time_us shift = zone_offset(rq, &zone) * TIME_MINUTE;

	return (rq->now + shift) / TIME_DAY * TIME_DAY - shift;
}

static void put_action(struct view *v, const struct request *rq, const struct work *work)
{
	str key = arena_fmt(rq->arena, "work.action." STR_FMT, STR_ARG(work->action));

	if (words_has(key))
		view_word(v, "what", key.ptr);
	else
		view_text(v, "what", work->result.len ? work->result : work->action);
}

/* "alert:17" → ALT-17 with its page; a kind without a page stays text. */
static void put_object(struct view *v, const struct request *rq, str object)
{
	static const struct {
		str prefix;
		const char *ref, *page;
	} kinds[] = {
		{STR_INIT("alert:"), "ALT-", "/alerts/"},
		{STR_INIT("incident:"), "INC-", "/incidents/"},
	};

	view_text(v, "object", object);
	view_text(v, "object_url", STR(""));
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		str id = str_from(object, kinds[i].prefix.len);

		if (!str_starts(object, kinds[i].prefix))
			continue;
		view_text(v, "object", arena_fmt(rq->arena, "%s" STR_FMT, kinds[i].ref, STR_ARG(id)));
		view_text(v, "object_url", arena_fmt(rq->arena, "%s" STR_FMT, kinds[i].page, STR_ARG(id)));
	}
}

static void show_change(struct today *n, const struct work_row *row)
{
	struct view *change = view_item(n->v, "changes");

	put_action(change, n->rq, &row->work);
	put_object(change, n->rq, row->work.object);
	now_time(change, n->rq, row->work.ended);
	/* A shift hands over by names; a customer sees what was done. */
	view_text(change, "actor", n->rq->actor.role == ROLE_CUSTOMER ? STR("") : row->user_name);
	view_text(change, "kind", row->user_id ? STR("act") : STR(""));
	view_text(change, "meta", row->work.service);
}

struct tally {
	const struct fw_service *service;
	int64_t count;
};

static int by_count(const void *left, const void *right)
{
	const struct tally *a = left, *b = right;

	return (a->count < b->count) - (a->count > b->count);
}

static void show_tallies(struct today *n, struct tally *tallies, uint32_t count)
{
	view_list(n->v, "work");
	qsort(tallies, count, sizeof(*tallies), by_count);
	for (uint32_t i = 0; i < count && tallies[i].count; i++) {
		struct view *row = view_item(n->v, "work");
		const struct fw_service *service = tallies[i].service;

		view_text(row, "service", service->id);
		view_text(row, "service_name", service->name.text.by_lang[n->rq->lang]);
		view_text(row, "url", arena_fmt(n->rq->arena, "/portfolio/" STR_FMT, STR_ARG(service->id)));
		view_i64(row, "count", tallies[i].count);
		view_i64(row, "max", tallies[0].count);
	}
}

int now_today(struct request *rq, struct view *v, struct err *e)
{
	struct today today = {rq, v}, *n = &today;
	const struct framework *fw = content_index_find(n->rq->services->frameworks, STR(FRAMEWORK_DEFAULT));
	struct tally *tallies = fw ? arena_alloc(n->rq->arena, fw->service_count * sizeof(*tallies)) : NULL;
	struct work_cursor from = {0};
	time_us start = day_start(n->rq);
	uint32_t shown = 0;
	bool is_today = true;

	view_list(n->v, "changes");
	if (!tallies)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	for (uint32_t i = 0; i < fw->service_count; i++)
		tallies[i].service = &fw->services[i];
	for (uint32_t page = 0; is_today && page < WORK_PAGES_MAX; page++) {
		struct work_list list;
		int rc = work_list(n->rq->db, actor_scope(&n->rq->actor), STR_NONE, from, n->rq->arena, &list, e);

		if (rc)
			return rc;
		for (uint32_t i = 0; i < list.count; i++) {
			const struct fw_service *service = framework_service(fw, list.rows[i].work.service);

			is_today = list.rows[i].work.ended >= start;
			if (!is_today)
				break;
			if (service)
				tallies[service->index].count++;
			if (shown++ < CHANGES_MAX)
				show_change(n, &list.rows[i]);
		}
		from = list.next;
		is_today = is_today && from.id;
	}
	show_tallies(n, tallies, fw->service_count);
	return 0;
}
