/* The list of services with means, radar and what to do first. */
#include "craft/chart/chart.h"
#include "door/web/build/portfolio_text.h"

static int chart_value(score_c score)
{
	return score == SCORE_NONE ? CHART_NONE : score;
}

static void put_kpi(struct view *v, const char *label, str value, str unit, str detail)
{
	struct view *kpi = view_item(v, "kpis");

	view_word(kpi, "label", label);
	view_text(kpi, "value", value.len ? value : STR("—"));
	view_text(kpi, "unit", unit);
	view_text(kpi, "detail", detail);
	view_text(kpi, "url", STR(""));
}

static str counted(const struct portfolio_page *page, const char *key, uint32_t count)
{
	struct word_arg arg = {"count", arena_fmt(page->arena, "%u", count)};
	struct buf text;
	str kept;

	buf_init(&text, 1024);
	words_add(&text, page->lang, str_of(key), &arg, 1);
	kept = arena_str(page->arena, buf_str(&text));
	buf_done(&text);
	return kept;
}

static void put_kpis(struct view *v, const struct portfolio_page *page)
{
	const struct portfolio *p = page->portfolio;
	const struct portfolio_group *t = &p->total;

	view_list(v, "kpis");
	put_kpi(v, "web.score.declared", portfolio_score_text(page, score_mean_value(&t->now), 2), STR("/ 5"),
		counted(page, "build.kpi.of", t->now.count));
	put_kpi(v, "web.score.evidence", portfolio_score_text(page, score_mean_value(&t->evidence), 2), STR("/ 5"),
		counted(page, "build.kpi.of", t->evidence.count));
	put_kpi(v, "web.score.target", portfolio_score_text(page, score_mean_value(&t->target), 2), STR("/ 5"),
		counted(page, "build.kpi.of", t->target.count));
	put_kpi(v, "build.kpi.at_target", arena_fmt(page->arena, "%u", p->at_target), STR(""),
		counted(page, "build.kpi.with_target", p->with_target));
	put_kpi(v, "build.kpi.above", arena_fmt(page->arena, "%u", p->above_evidence), STR(""),
		words_get(page->lang, STR("build.kpi.above_detail")));
	put_kpi(v, "build.kpi.unassigned", arena_fmt(page->arena, "%u", p->unassigned), STR(""),
		counted(page, "build.kpi.undecided", p->undecided));
}

static int put_svg(struct view *v, const char *name, const struct portfolio_page *page, const struct chart *chart,
		   struct err *e)
{
	struct buf svg;
	str kept;
	int rc;

	buf_init(&svg, 1u << 20);
	rc = chart_svg(chart, &svg, e);
	kept = arena_str(page->arena, buf_str(&svg));
	buf_done(&svg);
	if (!rc && !kept.ptr)
		rc = err_set(e, ERR_LIMIT, "err.build.budget");
	if (!rc)
		view_html(v, name, kept);
	return rc;
}

static str assignment_of(const struct portfolio_page *page, const struct portfolio_item *item)
{
	if (item->state.not_applicable)
		return words_get(page->lang, STR("build.na_short"));
	if (!item->counts && item->state.assignment == ASSIGN_UNDECIDED)
		return STR("—"); /* not needed, so nobody has to decide who does it */
	return portfolio_assignment_text(page, item->state.assignment);
}

static int put_service(struct view *row, const struct portfolio_page *page, const struct portfolio_item *item,
		       struct err *e)
{
	const struct service_state *s = &item->state;
	score_c evidence = (score_c)(item->evidence.score * 100);
	str name = portfolio_level_text(page, item->level);

	if (s->level == SERVICE_UNDECIDED)
		name = arena_fmt(page->arena, STR_FMT STR_FMT, STR_ARG(name),
				 STR_ARG(words_get(page->lang, STR("build.proposed"))));
	view_text(row, "id", item->service->id);
	view_text(row, "url", portfolio_service_url(page, item->service->id));
	view_text(row, "name", portfolio_text_in(page, &item->service->name.text));
	view_text(row, "level_word", name);
	view_text(row, "level_class", str_of(portfolio_level_class(item->level)));
	view_text(row, "assignment", assignment_of(page, item));
	view_text(row, "team", s->team.len ? s->team : s->provider);
	view_text(row, "declared", portfolio_score_text(page, item->now, 0));
	view_text(row, "evidence", item->counts ? portfolio_points_text(page, item->evidence.score) : STR(""));
	view_text(row, "target", portfolio_score_text(page, item->target, 0));
	view_text(row, "gap", portfolio_gap_text(page, item->now, item->target, 0));
	view_bool(row, "is_over", item->above_evidence);
	if (!item->counts || (item->now == SCORE_NONE && item->target == SCORE_NONE && evidence == SCORE_NONE)) {
		view_text(row, "mini", STR(""));
		return 0;
	}
	return put_svg(
		row, "mini", page,
		chart_score(page->arena, chart_value(item->now), chart_value(evidence), chart_value(item->target)), e);
}

static int put_category(struct view *v, const struct portfolio_page *page, uint32_t at, struct err *e)
{
	const struct portfolio *p = page->portfolio;
	const struct fw_category *c = &p->framework->categories[at];
	const struct portfolio_group *g = &p->categories[at];
	struct view *row = view_item(v, "categories");
	int rc = 0;

	view_text(row, "id", c->id);
	view_text(row, "name", portfolio_text_in(page, &c->name.text));
	view_i64(row, "count", c->count);
	view_text(row, "declared", portfolio_score_text(page, score_mean_value(&g->now), 1));
	view_text(row, "evidence", portfolio_score_text(page, score_mean_value(&g->evidence), 1));
	view_text(row, "target", portfolio_score_text(page, score_mean_value(&g->target), 1));
	view_text(row, "gap", portfolio_gap_text(page, score_mean_value(&g->now), score_mean_value(&g->target), 1));
	for (uint32_t i = 0; !rc && i < c->count; i++)
		rc = put_service(view_item(row, "services"), page, &p->items[c->first + i], e);
	return rc;
}

uint32_t portfolio_axes(const struct portfolio_page *page, struct chart_axis axes[CHART_AXES_MAX])
{
	const struct portfolio *p = page->portfolio;
	uint32_t count = p->framework->category_count < CHART_AXES_MAX ? p->framework->category_count : CHART_AXES_MAX;

	for (uint32_t i = 0; i < count; i++) {
		const struct fw_category *c = &p->framework->categories[i];
		const struct portfolio_group *g = &p->categories[i];

		axes[i] = (struct chart_axis){.id = c->id,
					      .name = portfolio_text_in(page, &c->short_name),
					      .declared = chart_value(score_mean_value(&g->now)),
					      .evidence = chart_value(score_mean_value(&g->evidence)),
					      .target = chart_value(score_mean_value(&g->target)),
					      .previous = CHART_NONE};
	}
	return count;
}

static int put_radar(struct view *v, const struct portfolio_page *page, struct err *e)
{
	const struct portfolio *p = page->portfolio;
	struct chart_axis axes[CHART_AXES_MAX];
	uint32_t count = portfolio_axes(page, axes);

	view_list(v, "radar_rows");
	view_bool(v, "has_previous", false);
	for (uint32_t i = 0; i < count; i++) {
		const struct fw_category *c = &p->framework->categories[i];
		const struct portfolio_group *g = &p->categories[i];
		struct view *row = view_item(v, "radar_rows");

		view_text(row, "name",
			  arena_fmt(page->arena, STR_FMT " " STR_FMT, STR_ARG(c->id),
				    STR_ARG(portfolio_text_in(page, &c->name.text))));
		view_text(row, "declared", portfolio_score_text(page, score_mean_value(&g->now), 1));
		view_text(row, "evidence", portfolio_score_text(page, score_mean_value(&g->evidence), 1));
		view_text(row, "target", portfolio_score_text(page, score_mean_value(&g->target), 1));
		view_text(row, "previous", STR(""));
	}
	if (count < 3) {
		view_text(v, "radar", STR(""));
		return 0;
	}
	return put_svg(v, "radar", page, chart_radar(page->arena, axes, count), e);
}

static void put_first(struct view *v, const struct portfolio_page *page)
{
	const struct portfolio *p = page->portfolio;

	view_list(v, "first");
	for (uint32_t i = 0; i < p->first_count && i < PORTFOLIO_FIRST_SHOWN; i++) {
		const struct portfolio_item *item = p->first[i];
		struct view *row = view_item(v, "first");

		view_text(row, "id", item->service->id);
		view_text(row, "url", portfolio_service_url(page, item->service->id));
		view_text(row, "name", portfolio_text_in(page, &item->service->name.text));
		view_text(row, "level_word", portfolio_level_text(page, item->level));
		view_text(row, "now", portfolio_score_text(page, item->now, 0));
		view_text(row, "target", portfolio_score_text(page, item->target, 0));
	}
}

int portfolio_view_list(struct view *v, const struct portfolio_page *page, struct err *e)
{
	const struct portfolio *p = page->portfolio;
	int rc = 0;

	view_text(v, "lens", portfolio_text_in(page, &p->framework->name));
	view_i64(v, "service_count", p->framework->service_count);
	put_kpis(v, page);
	view_list(v, "rules");
	for (size_t i = 0; i < COMBINE_COUNT; i++) {
		const char *name = combine_rule_name((enum combine_rule)i);
		struct view *rule = view_item(v, "rules");

		view_text(rule, "value", str_of(name));
		view_text(rule, "label", words_get(page->lang, arena_fmt(page->arena, "build.rule.%s", name)));
		view_bool(rule, "selected", i == p->rule);
	}
	view_list(v, "categories");
	for (uint32_t i = 0; !rc && i < p->framework->category_count; i++)
		rc = put_category(v, page, i, e);
	put_first(v, page);
	portfolio_put_work(v, page, PORTFOLIO_WORK_SHOWN);
	return rc ? rc : put_radar(v, page, e);
}
