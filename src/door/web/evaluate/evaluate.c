/* Rounds and snapshots: the list, with trend and radar; a new round; a snapshot on demand. Five queries. */
#include "base/check.h"
#include "door/web/evaluate/evaluate_text.h"
#include "door/web/web.h"

#define ACTIONS_SHOWN 5u
#define ROUND_DAYS 60 /* proposed length of a new round */

struct list_page {
	struct round_list rounds;
	struct snapshot_list snapshots;
	struct action_list actions;
	struct portfolio p;
	struct snapshot previous; /* the newest one, with its categories; id 0: none */
};

static int load(const struct request *rq, struct list_page *page, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	str framework = evaluate_framework(rq)->id;
	int rc;

	if ((rc = round_list(rq->db, scope, rq->arena, &page->rounds, e)) ||
	    (rc = snapshot_list(rq->db, scope, framework, rq->arena, &page->snapshots, e)) ||
	    (rc = action_list(rq->db, scope, rq->arena, &page->actions, e)) ||
	    (rc = evaluate_portfolio(rq, COMBINE_MAX, &page->p, e)))
		return rc;
	return page->snapshots.count
		       ? snapshot_load(rq->db, scope, page->snapshots.items[0].id, rq->arena, &page->previous, e)
		       : 0;
}

static void put_rounds(const struct request *rq, struct view *v, const struct round_list *list)
{
	view_list(v, "rounds");
	for (uint32_t i = 0; i < list->count; i++) {
		const struct round *r = &list->rounds[i];
		struct view *row = view_item(v, "rounds");

		evaluate_put_round(rq, row, r);
		view_text(row, "url", arena_fmt(rq->arena, "/evaluate/%lld", (long long)r->id));
		view_i64(row, "reviews", r->reviews_done);
		view_text(row, "signed_by", r->signed_by);
		view_text(row, "signed", r->signed_at ? show_day(rq, r->signed_at) : STR(""));
	}
}

static void put_snapshots(const struct request *rq, struct view *v, const struct snapshot_list *list)
{
	view_list(v, "snapshots");
	for (uint32_t i = 0; i < list->count; i++) {
		const struct snapshot *s = &list->items[i];
		struct view *row = view_item(v, "snapshots");

		view_i64(row, "id", s->id);
		view_text(row, "name", s->name);
		view_text(row, "taken", show_day(rq, s->taken_at));
		view_text(row, "taken_by", s->taken_by);
		view_bool(row, "is_signed", s->is_signed);
		view_text(row, "declared", evaluate_mean(rq, &s->total.now));
		view_text(row, "evidence", evaluate_mean(rq, &s->total.evidence));
		view_text(row, "target", evaluate_mean(rq, &s->total.target));
		view_text(row, "compare_url", arena_fmt(rq->arena, "/evaluate/compare?a=%lld&b=now", (long long)s->id));
	}
	evaluate_put_pictures(rq, v, "choices", list, EVALUATE_NOW);
	view_bool(v, "can_compare", list->count > 0);
}

static int chart_value(const struct score_mean *m)
{
	score_c score = score_mean_value(m);

	return score == SCORE_NONE ? CHART_NONE : score;
}

static void put_trend_point(const struct request *rq, struct view *v, const struct portfolio_group *g,
			    struct chart_trend_point *point)
{
	struct view *row = view_item(v, "trend_rows");

	point->declared = chart_value(&g->now);
	point->evidence = chart_value(&g->evidence);
	point->target = chart_value(&g->target);
	view_text(row, "name", point->name);
	view_text(row, "declared", evaluate_mean(rq, &g->now));
	view_text(row, "evidence", evaluate_mean(rq, &g->evidence));
	view_text(row, "target", evaluate_mean(rq, &g->target));
}

/* The snapshots from the oldest to the newest, then the present. */
static int put_trend(const struct request *rq, struct view *v, const struct list_page *page, struct err *e)
{
	struct chart_trend_point points[CHART_TREND_MAX];
	uint32_t shown = page->snapshots.count, count = 0;

	_Static_assert(CHART_TREND_MAX > EVALUATE_SNAPSHOTS_MAX, "all of them and the present");
	view_list(v, "trend_rows");
	view_bool(v, "has_trend", shown > 0);
	while (shown > 0) {
		const struct snapshot *s = &page->snapshots.items[--shown];

		points[count].name = str_sub(show_day(rq, s->taken_at), 0, 7);
		put_trend_point(rq, v, &s->total, &points[count++]);
	}
	points[count].name = words_get(rq->lang, STR("evaluate.now"));
	put_trend_point(rq, v, &page->p.total, &points[count++]);
	return evaluate_put_svg(rq, v, "trend", chart_trend(rq->arena, points, count), e);
}

static const struct snapshot_category *category_of(const struct snapshot *s, str id)
{
	for (uint32_t i = 0; i < s->category_count; i++)
		if (str_eq(s->categories[i].id, id))
			return &s->categories[i];
	return NULL;
}

static int put_radar(const struct request *rq, struct view *v, const struct list_page *page, struct err *e)
{
	const struct framework *fw = page->p.framework;
	struct chart_axis axes[FRAMEWORK_CATEGORIES_MAX];
	uint32_t count = fw->category_count < CHART_AXES_MAX ? fw->category_count : CHART_AXES_MAX;

	view_list(v, "radar_rows");
	view_bool(v, "has_previous", page->previous.id != 0);
	view_text(v, "previous_name", page->previous.name);
	for (uint32_t i = 0; i < count; i++) {
		const struct fw_category *c = &fw->categories[i];
		const struct portfolio_group *g = &page->p.categories[i];
		const struct snapshot_category *before = category_of(&page->previous, c->id);
		struct view *row = view_item(v, "radar_rows");

		axes[i] = (struct chart_axis){.id = c->id,
					      .name = c->short_name.by_lang[rq->lang],
					      .declared = chart_value(&g->now),
					      .evidence = chart_value(&g->evidence),
					      .target = chart_value(&g->target),
					      .previous = before ? chart_value(&before->group.now) : CHART_NONE};
		view_text(row, "name",
			  arena_fmt(rq->arena, STR_FMT " " STR_FMT, STR_ARG(c->id),
				    STR_ARG(c->name.text.by_lang[rq->lang])));
		view_text(row, "declared", evaluate_mean(rq, &g->now));
		view_text(row, "evidence", evaluate_mean(rq, &g->evidence));
		view_text(row, "target", evaluate_mean(rq, &g->target));
		view_text(row, "previous", before ? evaluate_mean(rq, &before->group.now) : STR("—"));
	}
	if (count < 3) {
		view_text(v, "radar", STR(""));
		return 0;
	}
	return evaluate_put_svg(rq, v, "radar", chart_radar(rq->arena, axes, count), e);
}

static void put_actions(const struct request *rq, struct view *v, const struct action_list *list)
{
	uint32_t still = 0;

	view_list(v, "actions");
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->items[i].state >= ACTION_DONE)
			continue;
		if (still++ < ACTIONS_SHOWN)
			evaluate_put_action(rq, view_item(v, "actions"), &list->items[i]);
	}
	view_i64(v, "action_count", still);
}

static int list_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct list_page page = {0};
	int rc = load(rq, &page, e);

	if (rc)
		return rc;
	put_rounds(rq, v, &page.rounds);
	put_snapshots(rq, v, &page.snapshots);
	put_actions(rq, v, &page.actions);
	view_text(v, "today", show_day(rq, rq->now));
	view_text(v, "in_two_months", show_day(rq, rq->now + ROUND_DAYS * TIME_DAY));
	if ((rc = put_trend(rq, v, &page, e)) || (rc = put_radar(rq, v, &page, e)))
		return rc;
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("evaluate/list"), v, e);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	return list_page(rq, rs, NULL, e);
}

static int round_post(struct request *rq, struct response *rs, struct err *e)
{
	struct round_new n = {
		.framework = evaluate_framework(rq), .name = request_form(rq, STR("name")), .now = rq->now};
	struct err why = {0};
	int64_t id = 0;
	int rc;

	if (!(rc = evaluate_day(rq, "start", &n.start, &why)) &&
	    !(rc = evaluate_day(rq, "deadline", &n.deadline, &why))) {
		n.deadline += n.deadline ? TIME_DAY : 0; /* the whole day belongs to it */
		rc = round_create(rq->db, &rq->actor, &n, &id, &why);
	}
	if (rc)
		return list_page(rq, rs, &why, e);
	response_redirect(rs, arena_fmt(rq->arena, "/evaluate/%lld", (long long)id));
	return 0;
}

static int snapshot_post(struct request *rq, struct response *rs, struct err *e)
{
	struct snapshot_new n = {
		.framework = evaluate_framework(rq), .name = request_form(rq, STR("name")), .now = rq->now};
	struct err why = {0};
	int64_t id = 0;

	if (snapshot_take(rq->db, &rq->actor, &n, &id, &why))
		return list_page(rq, rs, &why, e);
	response_redirect(rs, STR("/evaluate#snapshots"));
	return 0;
}

const struct route evaluate_web_routes[] = {
	{.method = "GET", .pattern = "/evaluate", .permission = PERM_PORTFOLIO_READ, .handler = list_get},
	{.method = "POST", .pattern = "/evaluate", .permission = PERM_PORTFOLIO_WRITE, .handler = round_post},
	{.method = "POST",
	 .pattern = "/evaluate/snapshot",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = snapshot_post},
	{0},
};
