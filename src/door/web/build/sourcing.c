/* The four areas as a map, and the what-if of the four sourcing patterns. */
#include <stdio.h>

#include "base/check.h"
#include "craft/chart/chart.h"
#include "door/web/build/plans.h"
#include "door/web/web.h"

/* ---- the map ---- */

#define MAP_WIDTH 720.0
#define MAP_HEIGHT 300.0
#define MAP_LEFT 24.0
#define MAP_COLUMNS 7u
#define MAP_STEP_X 50.0
#define MAP_STEP_Y 22.0

/* Own information and little specialisation below left … outside information and much of it above right. */
static struct chart_point corner_of(uint32_t area)
{
	bool right = area == 2 || area == 4, top = area >= 3;

	return (struct chart_point){MAP_LEFT + (right ? MAP_WIDTH / 2 : 0), top ? 0 : MAP_HEIGHT / 2};
}

static const char *dot_class(enum assignment a)
{
	static const char *const classes[ASSIGN_COUNT + 1] = {"f1", "f3", "f2", "f0", "ftrack"};

	return classes[a];
}

static void draw_area(struct chart *c, const struct step_page *page, uint32_t area)
{
	const struct portfolio *p = &page->portfolio;
	struct chart_point at = corner_of(area);
	uint32_t count = 0;

	chart_rect(c, STR("grid"), at, MAP_WIDTH / 2, MAP_HEIGHT / 2);
	chart_text(c, STR("strong"), (struct chart_point){at.x + 8, at.y + 18},
		   arena_fmt(page->rq->arena, "%u " STR_FMT, area,
			     STR_ARG(portfolio_text_in(&page->text, &p->framework->areas[area - 1].name.text))));
	for (uint32_t i = 0; i < p->framework->service_count; i++) {
		const struct portfolio_item *item = &p->items[i];
		struct chart_point dot = {at.x + 14 + (count % MAP_COLUMNS) * MAP_STEP_X,
					  at.y + 38 + (count / MAP_COLUMNS) * MAP_STEP_Y};

		if (!item->counts || service_area(item) != area)
			continue;
		chart_dot(c, str_of(dot_class(item->state.assignment)), dot, 5);
		chart_text(c, STR("t"), (struct chart_point){dot.x + 9, dot.y + 4}, item->service->id);
		count++;
	}
}

static int put_map(struct view *v, const struct step_page *page, struct err *e)
{
	struct chart *c = chart_create(page->rq->arena, STR("chart"), MAP_WIDTH + MAP_LEFT, MAP_HEIGHT + 24);
	enum lang lang = page->rq->lang;
	struct buf svg;
	int rc;

	chart_describe(c, words_get(lang, STR("build.areas")), words_get(lang, STR("build.areas.what")));
	for (uint32_t area = 1; area <= FRAMEWORK_AREAS; area++)
		draw_area(c, page, area);
	chart_text(c, STR("t"), (struct chart_point){MAP_LEFT, MAP_HEIGHT + 18},
		   words_get(lang, STR("build.areas.inside")));
	chart_text(c, STR("rt"), (struct chart_point){MAP_LEFT + MAP_WIDTH, MAP_HEIGHT + 18},
		   words_get(lang, STR("build.areas.outside")));
	buf_init(&svg, 1u << 20);
	rc = chart_svg(c, &svg, e);
	if (!rc)
		view_html(v, "map", arena_str(page->rq->arena, buf_str(&svg)));
	buf_done(&svg);
	return rc;
}

static int areas_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct step_page page;
	int rc = step_load(rq, &steps[STEP_PROFILE], &page, e);

	if (rc || (rc = put_map(v, &page, e)))
		return rc;
	for (uint32_t area = 1; area <= FRAMEWORK_AREAS; area++) {
		struct view *list = view_item(v, "areas_list");

		view_i64(list, "area", area);
		view_text(list, "area_name",
			  portfolio_text_in(&page.text, &page.portfolio.framework->areas[area - 1].name.text));
		view_list(list, "rows");
		for (uint32_t i = 0; i < page.portfolio.framework->service_count; i++) {
			const struct portfolio_item *item = &page.portfolio.items[i];

			if (!item->counts || service_area(item) != area)
				continue;
			step_view_row(view_item(list, "rows"), &page, item);
		}
	}
	build_notice(rq, v, NULL);
	return response_page(rq, rs, STR("build/areas"), v, e);
}

/* ---- what-if ---- */

static str money(const struct step_page *page, int64_t units)
{
	char digits[32], grouped[48];
	int len = snprintf(digits, sizeof(digits), "%lld", (long long)units);
	size_t out = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			grouped[out++] = ',';
		grouped[out++] = digits[i];
	}
	return arena_str(page->rq->arena, (str){grouped, out});
}

static void put_effect(struct view *v, const struct step_page *page, const struct sourcing_effect *f)
{
	struct arena *a = page->rq->arena;

	view_i64(v, "in", f->by_assignment[ASSIGN_INSOURCE]);
	view_i64(v, "out", f->by_assignment[ASSIGN_OUTSOURCE]);
	view_i64(v, "both", f->by_assignment[ASSIGN_BOTH]);
	view_i64(v, "none", f->by_assignment[ASSIGN_NOBODY] + f->by_assignment[ASSIGN_UNDECIDED]);
	view_text(v, "days", arena_fmt(a, "%lld.%lld", (long long)f->days / 10, (long long)f->days % 10));
	view_text(v, "people", arena_fmt(a, "%lld.%lld", (long long)f->people / 100, (long long)f->people / 10 % 10));
	view_text(v, "inside", money(page, f->inside));
	view_text(v, "outside", money(page, f->outside));
	view_text(v, "total", money(page, f->total));
}

static void put_effects(struct view *v, const struct step_page *page, const struct sourcing *s, str chosen)
{
	struct sourcing_effect effect;
	struct view *one = view_item(v, "effects");

	sourcing_effect(s, &page->portfolio, NULL, &effect);
	view_text(one, "id", STR(""));
	view_word(one, "name", "build.patterns.present");
	view_text(one, "meaning", STR(""));
	view_bool(one, "chosen", false);
	put_effect(one, page, &effect);
	for (uint32_t i = 0; i < SOURCING_PATTERNS; i++) {
		sourcing_effect(s, &page->portfolio, &s->patterns[i], &effect);
		one = view_item(v, "effects");
		view_text(one, "id", s->patterns[i].id);
		view_text(one, "name", plan_text(page, &s->patterns[i].name));
		view_text(one, "meaning", plan_text(page, &s->patterns[i].meaning));
		view_bool(one, "chosen", str_eq(s->patterns[i].id, chosen));
		put_effect(one, page, &effect);
	}
}

static void put_assumptions(struct view *v, const struct step_page *page, const struct sourcing *s)
{
	view_i64(v, "day_cost", s->day_cost);
	view_text(v, "currency", s->currency);
	for (uint32_t i = 0; i < page->portfolio.framework->service_count; i++) {
		const struct fw_service *service = &page->portfolio.framework->services[i];
		const struct sourcing_figures *f = &s->figures[i];
		struct view *row = view_item(v, "assumptions");

		view_text(row, "id", service->id);
		view_text(row, "name", plan_text(page, &service->name.text));
		view_text(row, "days", arena_fmt(page->rq->arena, "%u.%u", f->days / 10, f->days % 10));
		view_i64(row, "fee", f->fee);
		view_i64(row, "steer", f->steer);
		view_bool(row, "own", f->own);
	}
}

static const struct sourcing_pattern *pattern_of(const struct sourcing *s, str id)
{
	for (uint32_t i = 0; i < SOURCING_PATTERNS; i++)
		if (str_eq(s->patterns[i].id, id))
			return &s->patterns[i];
	return NULL;
}

static int load(struct request *rq, struct step_page *page, struct sourcing *s, struct err *e)
{
	struct sourcing_query query = {.data_folder = rq->services->data_folder};
	int rc = step_load(rq, &steps[STEP_PROFILE], page, e);

	query.framework = page->portfolio.framework;
	return rc ? rc : sourcing_load(rq->db, actor_scope(&rq->actor), &query, rq->arena, s, e);
}

static int patterns_page(struct request *rq, struct response *rs, str chosen, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	const struct sourcing_pattern *pattern;
	struct step_page page;
	struct sourcing s;
	struct plan plan = {0};
	int rc = load(rq, &page, &s, e);

	if (rc)
		return rc;
	pattern = pattern_of(&s, chosen);
	if (pattern && (rc = sourcing_plan(pattern, &page.portfolio, rq->arena, &plan, e)))
		return rc;
	put_effects(v, &page, &s, chosen);
	put_assumptions(v, &page, &s);
	view_text(v, "pattern", pattern ? pattern->id : STR(""));
	view_text(v, "pattern_name", pattern ? plan_text(&page, &pattern->name) : STR(""));
	plan_view(v, &page, &plan);
	build_notice(rq, v, why);
	return response_page(rq, rs, STR("build/patterns"), v, e);
}

static int patterns_get(struct request *rq, struct response *rs, struct err *e)
{
	return patterns_page(rq, rs, request_query(rq, STR("pattern")), NULL, e);
}

static int answer(struct request *rq, struct response *rs, const char *done, const struct err *why, struct err *e)
{
	if (why->code == ERR_NONE) {
		build_return(rq, rs, "/build/patterns", done);
		return 0;
	}
	rs->status = build_refusal(why);
	if (rs->status)
		return patterns_page(rq, rs, request_form(rq, STR("pattern")), why, e);
	if (e)
		*e = *why;
	return -(int)why->code;
}

static int apply_post(struct request *rq, struct response *rs, struct err *e)
{
	const struct sourcing_pattern *pattern;
	struct err why = {0};
	struct step_page page;
	struct sourcing s;
	struct plan plan;
	int rc = load(rq, &page, &s, e);

	if (rc)
		return rc;
	pattern = pattern_of(&s, request_form(rq, STR("pattern")));
	if (!pattern)
		return err_set_value(e, ERR_RANGE, "err.build.form", request_form(rq, STR("pattern")));
	if ((rc = sourcing_plan(pattern, &page.portfolio, rq->arena, &plan, e)))
		return rc;
	rc = plan_save(rq, page.portfolio.framework, &plan, CHANGE_PATTERN, &why);
	return answer(rq, rs, "applied", rc ? &why : &(struct err){0}, e);
}

/* "12.5" in tenths. */
static bool tenths_read(str text, uint32_t *ret)
{
	str whole, rest = text;
	uint64_t days = 0, tenth = 0;

	if (!str_next(&rest, '.', &whole) || whole.len > 6 || !str_to_u64(whole, &days) ||
	    (rest.ptr && (rest.len != 1 || !str_to_u64(rest, &tenth))))
		return false;
	*ret = (uint32_t)(days * 10 + tenth);
	return true;
}

static bool number_read(str text, uint32_t *ret)
{
	uint64_t value;

	if (text.len > 9 || !str_to_u64(text, &value))
		return false;
	*ret = (uint32_t)value;
	return true;
}

static int figure_read(const struct request *rq, const char *field, str id, uint32_t *ret, struct err *e)
{
	str name = arena_fmt(rq->arena, "%s_" STR_FMT, field, STR_ARG(id));
	str text = str_trim(request_form(rq, name));
	bool ok = !text.ptr || (str_eq(str_of(field), STR("days")) ? tenths_read(text, ret) : number_read(text, ret));

	if (ok)
		return 0;
	(void)err_set_value(e, ERR_RANGE, "err.plan.figure", text);
	err_path(e, name);
	return -ERR_RANGE;
}

static int assume_inside(struct request *rq, struct err *e)
{
	struct sourcing_change *changes;
	struct step_page page;
	struct sourcing s;
	uint32_t count = 0, cost;
	int rc = load(rq, &page, &s, e);

	if (rc)
		return rc;
	changes = arena_alloc(rq->arena, (page.portfolio.framework->service_count + 1) * sizeof(*changes));
	if (!changes)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	for (uint32_t i = 0; i < page.portfolio.framework->service_count; i++) {
		const struct fw_service *service = &page.portfolio.framework->services[i];
		struct sourcing_figures f = s.figures[i];

		if ((rc = figure_read(rq, "days", service->id, &f.days, e)) ||
		    (rc = figure_read(rq, "fee", service->id, &f.fee, e)) ||
		    (rc = figure_read(rq, "steer", service->id, &f.steer, e)))
			return rc;
		if (f.days != s.figures[i].days || f.fee != s.figures[i].fee || f.steer != s.figures[i].steer)
			changes[count++] = (struct sourcing_change){page.portfolio.framework, service->id, f, rq->now};
	}
	cost = s.day_cost;
	if ((rc = figure_read(rq, "day", STR("cost"), &cost, e)))
		return rc;
	if (cost != s.day_cost)
		changes[count++] = (struct sourcing_change){page.portfolio.framework, STR(""), {.fee = cost}, rq->now};
	return sourcing_save(rq->db, &rq->actor, changes, count, e);
}

static int assume_post(struct request *rq, struct response *rs, struct err *e)
{
	struct err why = {0};
	int rc = assume_inside(rq, &why);

	return answer(rq, rs, "saved", rc ? &why : &(struct err){0}, e);
}

const struct route sourcing_web_routes[] = {
	{.method = "GET", .pattern = "/build/areas", .permission = PERM_PORTFOLIO_READ, .handler = areas_get},
	{.method = "GET", .pattern = "/build/patterns", .permission = PERM_PORTFOLIO_READ, .handler = patterns_get},
	{.method = "POST",
	 .pattern = "/build/patterns/apply",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = apply_post},
	{.method = "POST",
	 .pattern = "/build/patterns/assumptions",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = assume_post},
	{0},
};
