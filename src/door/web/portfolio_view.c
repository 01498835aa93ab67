#include "door/web/portfolio_view.h"

#include "base/check.h"
#include "craft/chart/chart.h"

/* ---- figures as text ---- */

/* "4", "2.8" or "2.89"; "" when there is none. */
static str score_text(const struct portfolio_page *page, score_c score, int decimals)
{
	if (score == SCORE_NONE)
		return STR("");
	if (decimals == 2)
		return arena_fmt(page->arena, "%d.%02d", score / 100, score % 100);
	if (decimals == 0 && score % 100 == 0)
		return arena_fmt(page->arena, "%d", score / 100);
	return arena_fmt(page->arena, "%d.%d", (score + 5) / 100, (score + 5) / 10 % 10);
}

/* "+2", "0", "−1". */
static str gap_text(const struct portfolio_page *page, score_c now, score_c target, int decimals)
{
	int gap = target - now;
	str text;

	if (now == SCORE_NONE || target == SCORE_NONE)
		return STR("");
	if (gap == 0)
		return STR("0");
	text = score_text(page, gap < 0 ? -gap : gap, decimals);
	return arena_fmt(page->arena, "%s" STR_FMT, gap < 0 ? "−" : "+", STR_ARG(text));
}

static str points_text(const struct portfolio_page *page, uint32_t points)
{
	return points ? arena_fmt(page->arena, "%u", points) : STR("");
}

static int chart_value(score_c score)
{
	return score == SCORE_NONE ? CHART_NONE : score;
}

static void put_time(struct view *v, const struct portfolio_page *page, time_us t)
{
	char text[TIME_TEXT_MAX];
	size_t len = time_format(t, text);

	view_text(v, "time_iso", arena_str(page->arena, (str){text, len}));
	len = time_format_local(t, 0, text);
	view_text(v, "time_text", arena_fmt(page->arena, "%.*s UTC", (int)len, text));
}

static str day_text(const struct portfolio_page *page, time_us t)
{
	char text[TIME_TEXT_MAX];

	(void)time_format_local(t, 0, text);
	return t ? arena_str(page->arena, (str){text, 10}) : STR("");
}

/* ---- words of the framework ---- */

static str text_in(const struct portfolio_page *page, const struct fw_text *text)
{
	return text->by_lang[page->lang];
}

static str level_text(const struct portfolio_page *page, enum service_level level)
{
	return level == SERVICE_UNDECIDED ? words_get(page->lang, STR("build.undecided"))
					  : text_in(page, &page->portfolio->framework->levels[level].name.text);
}

static str assignment_text(const struct portfolio_page *page, enum assignment a)
{
	return a == ASSIGN_UNDECIDED ? words_get(page->lang, STR("build.undecided"))
				     : text_in(page, &page->portfolio->framework->assignments[a].name.text);
}

static str party_text(const struct portfolio_page *page, const struct service_state *s)
{
	if (s->team.len && s->provider.len)
		return arena_fmt(page->arena, STR_FMT " · " STR_FMT, STR_ARG(s->team), STR_ARG(s->provider));
	return s->team.len ? s->team : s->provider;
}

static str service_url(const struct portfolio_page *page, str id)
{
	return arena_fmt(page->arena, "/portfolio/" STR_FMT, STR_ARG(id));
}

/* ---- work ---- */

/* "alert:17" → /alerts/17; other objects have no page. */
static str object_url(const struct portfolio_page *page, str object)
{
	static const struct {
		str prefix;
		const char *url;
	} pages[] = {{STR_INIT("alert:"), "/alerts/"}, {STR_INIT("incident:"), "/incidents/"}};

	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		str id = str_from(object, pages[i].prefix.len);
		ptrdiff_t more = str_find_byte(id, '+'); /* "alert:17+3": the first of four */
		uint64_t number;

		if (more >= 0)
			id = str_sub(id, 0, (size_t)more);
		if (str_starts(object, pages[i].prefix) && str_to_u64(id, &number))
			return arena_fmt(page->arena, "%s" STR_FMT, pages[i].url, STR_ARG(id));
	}
	return STR("");
}

/* What was done, in words: the action's own, else what whoever entered it wrote. */
static str what_text(const struct portfolio_page *page, const struct work *w)
{
	str key = arena_fmt(page->arena, "work.action." STR_FMT, STR_ARG(w->action));

	if (str_eq(w->action, STR("work.enter")) && w->result.len)
		return w->result;
	return words_has(key) ? words_get(page->lang, key) : w->action;
}

static void put_work(struct view *v, const struct portfolio_page *page, uint32_t most)
{
	view_list(v, "work");
	view_i64(v, "work_total", page->work->count);
	for (uint32_t i = 0; i < page->work->count && i < most; i++) {
		const struct work_row *row = &page->work->rows[i];
		const struct fw_service *s = framework_service(page->portfolio->framework, row->work.service);
		struct view *item = view_item(v, "work");
		str url = object_url(page, row->work.object);

		view_text(item, "service", row->work.service);
		view_text(item, "service_name", s ? text_in(page, &s->name.text) : STR(""));
		view_text(item, "service_url", service_url(page, row->work.service));
		view_text(item, "what", what_text(page, &row->work));
		view_text(item, "actor", row->user_name);
		view_text(item, "object", url.len ? row->work.object : STR(""));
		view_text(item, "object_url", url);
		put_time(item, page, row->work.ended);
	}
}

/* ---- the list ---- */

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
	put_kpi(v, "web.score.declared", score_text(page, score_mean_value(&t->now), 2), STR("/ 5"),
		counted(page, "build.kpi.of", t->now.count));
	put_kpi(v, "web.score.evidence", score_text(page, score_mean_value(&t->evidence), 2), STR("/ 5"),
		counted(page, "build.kpi.of", t->evidence.count));
	put_kpi(v, "web.score.target", score_text(page, score_mean_value(&t->target), 2), STR("/ 5"),
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

/* Level as a badge: the basic ones stand out, what is not needed or free stays an outline. */
static const char *level_class(enum service_level level)
{
	static const char *const classes[SERVICE_LEVEL_COUNT] = {"line", "acc", "", "", "line"};

	return classes[level];
}

static str assignment_of(const struct portfolio_page *page, const struct portfolio_item *item)
{
	if (item->state.not_applicable)
		return words_get(page->lang, STR("build.na_short"));
	if (!item->counts && item->state.assignment == ASSIGN_UNDECIDED)
		return STR("—"); /* not needed, so nobody has to decide who does it */
	return assignment_text(page, item->state.assignment);
}

static int put_service(struct view *row, const struct portfolio_page *page, const struct portfolio_item *item,
		       struct err *e)
{
	const struct service_state *s = &item->state;
	score_c evidence = (score_c)(item->evidence.score * 100);
	str name = level_text(page, item->level);

	if (s->level == SERVICE_UNDECIDED)
		name = arena_fmt(page->arena, STR_FMT STR_FMT, STR_ARG(name),
				 STR_ARG(words_get(page->lang, STR("build.proposed"))));
	view_text(row, "id", item->service->id);
	view_text(row, "url", service_url(page, item->service->id));
	view_text(row, "name", text_in(page, &item->service->name.text));
	view_text(row, "level_word", name);
	view_text(row, "level_class", str_of(level_class(item->level)));
	view_text(row, "assignment", assignment_of(page, item));
	view_text(row, "team", s->team.len ? s->team : s->provider);
	view_text(row, "declared", score_text(page, item->now, 0));
	view_text(row, "evidence", item->counts ? points_text(page, item->evidence.score) : STR(""));
	view_text(row, "target", score_text(page, item->target, 0));
	view_text(row, "gap", gap_text(page, item->now, item->target, 0));
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
	view_text(row, "name", text_in(page, &c->name.text));
	view_i64(row, "count", c->count);
	view_text(row, "declared", score_text(page, score_mean_value(&g->now), 1));
	view_text(row, "evidence", score_text(page, score_mean_value(&g->evidence), 1));
	view_text(row, "target", score_text(page, score_mean_value(&g->target), 1));
	view_text(row, "gap", gap_text(page, score_mean_value(&g->now), score_mean_value(&g->target), 1));
	for (uint32_t i = 0; !rc && i < c->count; i++)
		rc = put_service(view_item(row, "services"), page, &p->items[c->first + i], e);
	return rc;
}

static int put_radar(struct view *v, const struct portfolio_page *page, struct err *e)
{
	const struct portfolio *p = page->portfolio;
	struct chart_axis axes[FRAMEWORK_CATEGORIES_MAX];
	uint32_t count = p->framework->category_count < CHART_AXES_MAX ? p->framework->category_count : CHART_AXES_MAX;

	view_list(v, "radar_rows");
	view_bool(v, "has_previous", false);
	for (uint32_t i = 0; i < count; i++) {
		const struct fw_category *c = &p->framework->categories[i];
		const struct portfolio_group *g = &p->categories[i];
		score_c now = score_mean_value(&g->now), evidence = score_mean_value(&g->evidence),
			target = score_mean_value(&g->target);
		struct view *row = view_item(v, "radar_rows");

		axes[i] = (struct chart_axis){.id = c->id,
					      .name = text_in(page, &c->short_name),
					      .declared = chart_value(now),
					      .evidence = chart_value(evidence),
					      .target = chart_value(target),
					      .previous = CHART_NONE};
		view_text(row, "name",
			  arena_fmt(page->arena, STR_FMT " " STR_FMT, STR_ARG(c->id),
				    STR_ARG(text_in(page, &c->name.text))));
		view_text(row, "declared", score_text(page, now, 1));
		view_text(row, "evidence", score_text(page, evidence, 1));
		view_text(row, "target", score_text(page, target, 1));
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
		view_text(row, "url", service_url(page, item->service->id));
		view_text(row, "name", text_in(page, &item->service->name.text));
		view_text(row, "level_word", level_text(page, item->level));
		view_text(row, "now", score_text(page, item->now, 0));
		view_text(row, "target", score_text(page, item->target, 0));
	}
}

int portfolio_view_list(struct view *v, const struct portfolio_page *page, struct err *e)
{
	const struct portfolio *p = page->portfolio;
	int rc = 0;

	view_text(v, "lens", text_in(page, &p->framework->name));
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
	put_work(v, page, PORTFOLIO_WORK_SHOWN);
	return rc ? rc : put_radar(v, page, e);
}

/* ---- one service ---- */

static void put_rubrics(struct view *v, const struct portfolio_page *page)
{
	static const char *const titles[SIDE_COUNT] = {"build.side.in", "build.side.out"};
	const struct service_state *s = &page->item->state;

	view_list(v, "rubrics");
	for (size_t side = 0; side < SIDE_COUNT; side++) {
		struct view *rubric;

		if (s->assignment == (side == SIDE_IN ? ASSIGN_OUTSOURCE : ASSIGN_INSOURCE))
			continue;
		rubric = view_item(v, "rubrics");
		view_word(rubric, "title", titles[side]);
		for (uint32_t score = FRAMEWORK_SCORE_MAX; score >= 1; score--) {
			struct view *row = view_item(rubric, "rubric");

			view_i64(row, "score", score);
			view_i64(row, "class", score);
			view_text(row, "text", text_in(page, &page->portfolio->framework->rubric[side][score]));
			view_bool(row, "is_declared", s->now[side] == score);
			view_bool(row, "is_target", s->target[side] == score);
		}
	}
}

static void put_option(struct view *v, const char *list, str value, str label, bool selected)
{
	struct view *option = view_item(v, list);

	view_text(option, "value", value);
	view_text(option, "label", label);
	view_bool(option, "selected", selected);
}

static void put_form(struct view *v, const struct portfolio_page *page)
{
	static const char *const sides[SIDE_COUNT] = {"in", "out"};
	static const char *const titles[SIDE_COUNT] = {"build.side.in", "build.side.out"};
	const struct service_state *s = page->form;

	put_option(v, "levels", STR(""), words_get(page->lang, STR("build.undecided")), s->level == SERVICE_UNDECIDED);
	for (size_t i = 0; i < SERVICE_LEVEL_COUNT; i++)
		put_option(v, "levels", service_level_id((enum service_level)i),
			   level_text(page, (enum service_level)i), s->level == i);
	put_option(v, "assignments", STR(""), words_get(page->lang, STR("build.undecided")),
		   s->assignment == ASSIGN_UNDECIDED);
	for (size_t i = 0; i < ASSIGN_COUNT; i++)
		put_option(v, "assignments", assignment_id((enum assignment)i),
			   assignment_text(page, (enum assignment)i), s->assignment == i);
	for (size_t side = 0; side < SIDE_COUNT; side++) {
		struct view *row = view_item(v, "sides");

		view_text(row, "side", str_of(sides[side]));
		view_word(row, "title", titles[side]);
		for (uint32_t score = 1; score <= FRAMEWORK_SCORE_MAX; score++) {
			struct view *option = view_item(row, "scores");

			view_i64(option, "value", score);
			view_bool(option, "declared", s->now[side] == score);
			view_bool(option, "target", s->target[side] == score);
		}
	}
	view_text(v, "team", s->team);
	view_text(v, "provider", s->provider);
	view_text(v, "level_reason", s->level_reason);
	view_text(v, "na_reason", s->not_applicable_reason);
	view_bool(v, "is_na", s->not_applicable);
	view_list(v, "occasions");
	for (size_t i = 0; i < OCCASION_COUNT; i++) {
		const char *name = occasion_name((enum occasion)i);

		put_option(v, "occasions", str_of(name),
			   words_get(page->lang, arena_fmt(page->arena, "work.occasion.%s", name)), i == 0);
	}
	view_text(v, "today", day_text(page, page->now));
}

/* "4" or "4 / 5" when both sides are declared: inside / outside. */
static str both_text(const struct portfolio_page *page, const uint32_t points[SIDE_COUNT])
{
	if (points[SIDE_IN] && points[SIDE_OUT])
		return arena_fmt(page->arena, "%u / %u", points[SIDE_IN], points[SIDE_OUT]);
	return points_text(page, points[SIDE_IN] ? points[SIDE_IN] : points[SIDE_OUT]);
}

static void put_history(struct view *v, const struct portfolio_page *page)
{
	view_list(v, "history");
	for (uint32_t i = 0; i < page->history->count; i++) {
		const struct service_state *s = &page->history->versions[i];
		struct view *row = view_item(v, "history");

		view_i64(row, "version", s->version);
		view_text(row, "level", level_text(page, s->level));
		view_text(row, "assignment",
			  s->not_applicable ? words_get(page->lang, STR("build.na_short"))
					    : assignment_text(page, s->assignment));
		view_text(row, "team", party_text(page, s));
		view_text(row, "now", both_text(page, s->now));
		view_text(row, "target", both_text(page, s->target));
		view_text(row, "user", s->user_name);
		put_time(row, page, s->changed_at);
	}
}

static void put_reasons(struct view *v, const struct portfolio_page *page)
{
	const struct evidence *ev = &page->item->evidence;

	view_list(v, "evidence_why");
	for (uint32_t i = 0; i < ev->reason_count; i++) {
		struct buf text;

		buf_init(&text, 2048);
		evidence_reason_add(&text, page->lang, &ev->reasons[i]);
		view_text(view_item(v, "evidence_why"), "text", arena_str(page->arena, buf_str(&text)));
		buf_done(&text);
	}
}

void portfolio_view_service(struct view *v, const struct portfolio_page *page)
{
	const struct portfolio_item *item = page->item;
	const struct fw_service *s = item->service;
	const struct fw_category *c = &page->portfolio->framework->categories[s->category];

	view_text(v, "id", s->id);
	view_text(v, "name", text_in(page, &s->name.text));
	view_text(v, "category", c->id);
	view_text(v, "category_name", text_in(page, &c->name.text));
	view_text(v, "description", text_in(page, &s->description));
	view_word(v, "source", s->name.verified[page->lang] ? "build.name.verified" : "build.name.unverified");
	view_text(v, "declared", score_text(page, item->now, 0));
	view_text(v, "evidence", points_text(page, item->evidence.score));
	view_bool(v, "not_shown", item->evidence.score == 0);
	view_text(v, "target", score_text(page, item->target, 0));
	view_text(v, "gap", gap_text(page, item->now, item->target, 0));
	view_bool(v, "is_over", item->above_evidence);
	view_text(v, "signed_by", item->state.signed_by);
	view_text(v, "signed_text", day_text(page, item->state.signed_at));
	view_i64(v, "version", page->form->version);
	put_rubrics(v, page);
	put_reasons(v, page);
	put_form(v, page);
	put_history(v, page);
	put_work(v, page, WORK_PAGE_MAX);
}
