/* The first set-up: one question after the other, each kept at once, and a report of one page at the end. */
#include "base/check.h"
#include "craft/doc/doc.h"
#include "door/web/build/plans.h"
#include "door/web/session.h"
#include "door/web/web.h"

#define REPORT_GAPS 10u

struct start {
	struct request *rq;
	struct step_page page;
	struct proposals proposals;
	struct start_answers answers;
	struct start_screens screens;
};

static int load(struct request *rq, struct start *s, struct err *e)
{
	int rc;

	s->rq = rq;
	if ((rc = step_load(rq, &steps[STEP_CATALOGUE], &s->page, e)) ||
	    (rc = proposals_load(rq->services->data_folder, rq->arena, &s->proposals, e)) ||
	    (rc = start_load(rq->db, actor_scope(&rq->actor), s->page.portfolio.framework, rq->arena, &s->answers, e)))
		return rc;
	start_screens(&s->page.portfolio, &s->screens);
	return 0;
}

/* 1 … count; where a person left it when the address says nothing. */
static int screen_at(const struct start *s, uint32_t *ret, struct err *e)
{
	str text = s->rq->path_params[0];
	uint64_t at = 0;

	if (!str_to_u64(text, &at) || at < 1 || at > s->screens.count)
		return err_set_value(e, ERR_NOT_FOUND, "err.http.not_found", s->rq->path);
	*ret = (uint32_t)at - 1;
	return 0;
}

/* ---- screens ---- */

static void put_choice(struct view *v, const struct start *s)
{
	struct arena *a = s->rq->arena;

	for (uint32_t i = 0; i < PROPOSAL_SIZES; i++)
		build_option(v, "sizes", arena_fmt(a, "%u", i), plan_text(&s->page, &s->proposals.sizes[i].name),
			     s->answers.size == i);
	for (uint32_t i = 0; i < s->proposals.sector_count; i++)
		build_option(v, "sectors", arena_fmt(a, "%u", i), plan_text(&s->page, &s->proposals.sectors[i].name),
			     s->answers.sector == i);
	for (uint32_t i = 0; i < s->proposals.question_count; i++)
		build_option(v, "questions", arena_fmt(a, "%u", i),
			     plan_text(&s->page, &s->proposals.questions[i].text),
			     (s->answers.outsourced & (1u << i)) != 0);
	view_text(v, "team", s->answers.team.ptr ? s->answers.team : STR(""));
	view_text(v, "owner", s->answers.owner.ptr ? s->answers.owner : STR(""));
	view_text(v, "provider", s->answers.provider.ptr ? s->answers.provider : STR(""));
}

static bool has_side(const struct service_state *s, size_t side)
{
	if (side == SIDE_OUT)
		return s->assignment == ASSIGN_OUTSOURCE || s->assignment == ASSIGN_BOTH;
	return s->assignment != ASSIGN_OUTSOURCE && s->assignment != ASSIGN_NOBODY;
}

static const char *const now_fields[SIDE_COUNT] = {"in_now", "out_now"};

static void put_score(struct view *v, const struct start *s, const struct portfolio_item *item)
{
	const struct framework *fw = s->page.portfolio.framework;
	struct view *one = view_item(v, "services");

	view_text(one, "id", item->service->id);
	view_text(one, "name", plan_text(&s->page, &item->service->name.text));
	view_text(one, "description", plan_text(&s->page, &item->service->description));
	view_i64(one, "version", item->state.version);
	view_text(one, "assignment", portfolio_assignment_text(&s->page.text, item->state.assignment));
	view_bool(one, "nobody", item->state.assignment == ASSIGN_NOBODY);
	view_list(one, "sides");
	for (size_t side = 0; side < SIDE_COUNT; side++) {
		struct view *group;

		if (!has_side(&item->state, side))
			continue;
		group = view_item(one, "sides");
		view_text(group, "field", str_of(now_fields[side]));
		view_word(group, "title", side == SIDE_IN ? "build.side.in" : "build.side.out");
		for (uint32_t p = FRAMEWORK_SCORE_MAX; p >= 1; p--)
			build_option(group, "options", arena_fmt(s->rq->arena, "%u", p),
				     portfolio_text_in(&s->page.text, &fw->rubric[side][p]),
				     item->state.now[side] == p);
	}
}

static int wizard_plan(const struct start *s, struct plan *ret, struct err *e)
{
	struct proposal_ask ask = {.size = s->answers.size < PROPOSAL_SIZES ? s->answers.size : 0,
				   .sector = s->answers.sector < s->proposals.sector_count ? s->answers.sector : 0,
				   .outsourced = s->answers.outsourced,
				   .assignments = true,
				   .team = s->answers.team,
				   .provider = s->answers.provider,
				   .owner = s->answers.owner};

	return proposal_plan(&s->proposals, &ask, &s->page.portfolio, s->rq->arena, ret, e);
}

static int put_screen(struct view *v, const struct start *s, uint32_t at, struct err *e)
{
	static const char *const names[START_STEP_COUNT] = {"company", "who",    "outsourced", "catalogue",
							    "scores",  "target", "report"};
	const struct start_screen *screen = &s->screens.list[at];
	struct plan plan = {0};
	int rc = 0;

	put_choice(v, s);
	for (size_t i = 0; i < START_STEP_COUNT; i++)
		view_bool(v, arena_fmt(s->rq->arena, "is_%s", names[i]).ptr, i == screen->step);
	view_word(v, "title", arena_fmt(s->rq->arena, "start.%s", names[screen->step]).ptr);
	view_i64(v, "screen", at + 1);
	view_i64(v, "screens", s->screens.count - 1);
	view_i64(v, "minutes", screen->minutes_left);
	view_i64(v, "back", at);
	view_list(v, "services");
	for (uint32_t i = 0; i < screen->item_count; i++)
		put_score(v, s, screen->items[i]);
	if (screen->step == START_CATALOGUE)
		rc = wizard_plan(s, &plan, e);
	if (!rc)
		plan_view(v, &s->page, &plan);
	return rc;
}

static int screen_page(struct start *s, struct response *rs, uint32_t at, const struct err *why, struct err *e)
{
	struct view *v = view_create(s->rq->arena);
	int rc = put_screen(v, s, at, e);

	if (rc)
		return rc;
	build_notice(s->rq, v, why);
	return response_page(s->rq, rs, STR("build/start"), v, e);
}

static int start_get(struct request *rq, struct response *rs, struct err *e)
{
	struct start s;
	int rc = load(rq, &s, e);

	if (rc)
		return rc;
	if (s.answers.screen + 1 >= s.screens.count)
		response_redirect(rs, STR("/start/report"));
	else
		response_redirect(rs, arena_fmt(rq->arena, "/start/%u", s.answers.screen + 1));
	return 0;
}

static int screen_get(struct request *rq, struct response *rs, struct err *e)
{
	struct start s;
	uint32_t at;
	int rc = load(rq, &s, e);

	if (rc || (rc = screen_at(&s, &at, e)))
		return rc;
	if (s.screens.list[at].step == START_REPORT) {
		response_redirect(rs, STR("/start/report"));
		return 0;
	}
	return screen_page(&s, rs, at, NULL, e);
}

/* ---- answers ---- */

static str typed(const struct request *rq, const char *name)
{
	str text = request_form(rq, str_of(name));

	return text.ptr ? str_trim(text) : STR("");
}

static int read_choice(const struct request *rq, const char *name, uint32_t below, uint32_t *ret, struct err *e)
{
	str text = typed(rq, name);
	uint64_t value;
	int rc;

	if (str_to_u64(text, &value) && value < below) {
		*ret = (uint32_t)value;
		return 0;
	}
	rc = err_set_value(e, ERR_RANGE, "err.build.form", text);
	err_path(e, str_of(name));
	return rc;
}

static int take_outsourced(struct start *s, struct err *e)
{
	size_t at = 0;
	str text;
	uint64_t bit;

	s->answers.outsourced = 0;
	while (request_form_each(s->rq, STR("outsourced"), &at, &text)) {
		if (!str_to_u64(text, &bit) || bit >= s->proposals.question_count)
			return err_set_value(e, ERR_RANGE, "err.build.form", text);
		s->answers.outsourced |= 1u << bit;
	}
	return 0;
}

static int take_catalogue(struct start *s, struct err *e)
{
	struct plan plan;
	int rc = wizard_plan(s, &plan, e);

	if (rc || plan.count == 0 || !request_form(s->rq, STR("row")).ptr)
		return rc;
	return plan_save(s->rq, s->page.portfolio.framework, &plan, CHANGE_WIZARD, e);
}

static int take_score(const struct start *s, const struct portfolio_item *item, struct service_edit *edit,
		      struct err *e)
{
	struct arena *a = s->rq->arena;
	struct service_state *state = arena_alloc(a, sizeof(*state));
	str version = request_form(s->rq, arena_fmt(a, "v_" STR_FMT, STR_ARG(item->service->id)));
	int rc = 0;

	if (!state)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	*state = item->state;
	*edit = (struct service_edit){item->service->id, item->state.version, state};
	if (version.ptr && !str_to_i64(version, &edit->expected))
		return err_set_value(e, ERR_RANGE, "err.build.form", version);
	for (size_t side = 0; !rc && side < SIDE_COUNT; side++) {
		str points = request_form(s->rq,
					  arena_fmt(a, "%s_" STR_FMT, now_fields[side], STR_ARG(item->service->id)));

		if (points.ptr && has_side(state, side))
			rc = state_field_set(state, side == SIDE_IN ? FIELD_IN_NOW : FIELD_OUT_NOW, points, e);
	}
	/* Who answers the inside question says that it is done inside. */
	if (state->assignment == ASSIGN_UNDECIDED && state->now[SIDE_IN])
		state->assignment = ASSIGN_INSOURCE;
	return rc;
}

static int take_scores(struct start *s, uint32_t at, struct err *e)
{
	const struct start_screen *screen = &s->screens.list[at];
	struct service_edit edits[START_SERVICES_OF_SCREEN];
	struct change_set set = {.framework = s->page.portfolio.framework,
				 .kind = CHANGE_WIZARD,
				 .edits = edits,
				 .count = screen->item_count,
				 .now = s->rq->now};
	int64_t id;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < screen->item_count; i++)
		rc = take_score(s, screen->items[i], &edits[i], e);
	return rc ? rc : change_set_save(s->rq->db, &s->rq->actor, &set, &id, e);
}

static int take_target(struct start *s, struct err *e)
{
	struct plan_choice choices[CHANGE_ROWS_MAX];
	struct plan_apply apply = {
		.framework = s->page.portfolio.framework, .choices = choices, .kind = CHANGE_WIZARD, .now = s->rq->now};
	struct plan plan;
	uint32_t points = 0;
	int64_t id;
	int rc = read_choice(s->rq, "points", FRAMEWORK_SCORE_MAX + 1, &points, e);

	if (rc || points == 0 || (rc = start_targets(&s->page.portfolio, points, s->rq->arena, &plan, e)))
		return rc;
	for (uint32_t i = 0; i < plan.count && i < CHANGE_ROWS_MAX; i++)
		if (!plan.rows[i].decided)
			choices[apply.count++] = (struct plan_choice){plan.rows[i].item->service->id,
								      plan.rows[i].item->state.version};
	apply.plan = &plan;
	return apply.count ? plan_apply(s->rq->db, &s->rq->actor, &apply, &id, e) : 0;
}

static int take(struct start *s, uint32_t at, struct err *e)
{
	int rc;

	switch (s->screens.list[at].step) {
	case START_COMPANY:
		rc = read_choice(s->rq, "size", PROPOSAL_SIZES, &s->answers.size, e);
		return rc ? rc : read_choice(s->rq, "sector", s->proposals.sector_count, &s->answers.sector, e);
	case START_WHO:
		s->answers.team = typed(s->rq, "team");
		s->answers.owner = typed(s->rq, "owner");
		s->answers.provider = typed(s->rq, "provider");
		return 0;
	case START_OUTSOURCED:
		return take_outsourced(s, e);
	case START_CATALOGUE:
		return take_catalogue(s, e);
	case START_SCORES:
		return take_scores(s, at, e);
	default:
		return take_target(s, e);
	}
}

static int screen_post(struct request *rq, struct response *rs, struct err *e)
{
	struct start s;
	struct start_save save = {.now = rq->now};
	struct err why = {0};
	uint32_t at;
	int rc = load(rq, &s, e);

	if (rc || (rc = screen_at(&s, &at, e)))
		return rc;
	save.framework = s.page.portfolio.framework;
	save.answers = &s.answers;
	rc = take(&s, at, &why);
	if (!rc) {
		/* Going back and changing an answer does not throw away how far one was. */
		s.answers.screen = s.answers.screen > at + 1 ? s.answers.screen : at + 1;
		rc = start_save(rq->db, &rq->actor, &save, &why);
	}
	if (!rc) {
		response_redirect(rs, arena_fmt(rq->arena, "/start/%u", at + 2));
		return 0;
	}
	rs->status = build_refusal(&why);
	if (rs->status)
		return screen_page(&s, rs, at, &why, e);
	if (e)
		*e = why;
	return rc;
}

/* ---- the report ---- */

static uint32_t gap_count(const struct portfolio *p)
{
	return p->first_count < REPORT_GAPS ? p->first_count : REPORT_GAPS;
}

static int report_get(struct request *rq, struct response *rs, struct err *e)
{
	struct work_list work = {0};
	struct view *v = view_create(rq->arena);
	struct start s;
	int rc = load(rq, &s, e);

	if (rc)
		return rc;
	s.page.text.work = &work;
	if ((rc = portfolio_view_list(v, &s.page.text, e)))
		return rc;
	view_list(v, "gaps");
	for (uint32_t i = 0; i < gap_count(&s.page.portfolio); i++) {
		const struct portfolio_item *item = s.page.portfolio.first[i];
		struct view *row = view_item(v, "gaps");

		view_text(row, "id", item->service->id);
		view_text(row, "name", plan_text(&s.page, &item->service->name.text));
		view_text(row, "party", portfolio_party_text(&s.page.text, &item->state));
		view_text(row, "level_word", portfolio_level_text(&s.page.text, item->level));
		view_text(row, "now", portfolio_score_text(&s.page.text, item->now, 0));
		view_text(row, "target", portfolio_score_text(&s.page.text, item->target, 0));
	}
	view_text(v, "day", portfolio_day_text(&s.page.text, rq->now));
	build_notice(rq, v, NULL);
	return response_page(rq, rs, STR("build/start_report"), v, e);
}

static void doc_gaps(struct doc *d, const struct start *s)
{
	enum { COLUMNS = 5 };
	enum lang lang = s->rq->lang;
	const struct portfolio *p = &s->page.portfolio;
	struct sheet_cell cells[REPORT_GAPS * COLUMNS] = {0};
	struct doc_column columns[COLUMNS] = {{.title = STR("ID"), .weight = 1},
					      {.title = words_get(lang, STR("web.now.service")), .weight = 5},
					      {.title = words_get(lang, STR("web.portfolio.team")), .weight = 3},
					      {.title = words_get(lang, STR("web.score.now_short")), .weight = 1},
					      {.title = words_get(lang, STR("web.score.target_short")), .weight = 1}};
	struct doc_table table = {.name = words_get(lang, STR("start.report.gaps")),
				  .columns = columns,
				  .column_count = COLUMNS,
				  .cells = cells};

	for (uint32_t i = 0; i < gap_count(p); i++) {
		const struct portfolio_item *item = p->first[i];
		str texts[COLUMNS] = {item->service->id, plan_text(&s->page, &item->service->name.text),
				      portfolio_party_text(&s->page.text, &item->state),
				      portfolio_score_text(&s->page.text, item->now, 0),
				      portfolio_score_text(&s->page.text, item->target, 0)};

		for (uint32_t k = 0; k < COLUMNS; k++)
			cells[i * COLUMNS + k] = (struct sheet_cell){.kind = SHEET_TEXT, .text = texts[k]};
		table.row_count++;
	}
	doc_table(d, &table);
}

static int report_pdf(struct request *rq, struct response *rs, struct err *e)
{
	struct chart_axis axes[CHART_AXES_MAX];
	struct doc_info info = {.lang = rq->lang, .made = rq->now};
	struct doc d;
	struct start s;
	uint32_t count;
	int rc = load(rq, &s, e);

	if (rc)
		return rc;
	info.title = words_get(rq->lang, STR("start.report"));
	info.author = rq->session ? str_of(rq->session->tenant_name) : STR("");
	doc_init(&d, &info);
	doc_heading(&d, 1, info.title);
	doc_note(&d, arena_fmt(rq->arena, STR_FMT " · " STR_FMT, STR_ARG(info.author),
			       STR_ARG(portfolio_day_text(&s.page.text, rq->now))));
	doc_paragraph(&d, words_get(rq->lang, STR("start.report.what")));
	count = portfolio_axes(&s.page.text, axes);
	if (count >= 3)
		doc_figure(&d, chart_radar(rq->arena, axes, count), words_get(rq->lang, STR("web.portfolio.radar")),
			   STR(""));
	doc_heading(&d, 2, words_get(rq->lang, STR("start.report.gaps")));
	doc_gaps(&d, &s);
	rc = doc_pdf(&d, &rs->body, e);
	doc_done(&d);
	if (rc)
		return rc;
	response_attachment(rq, rs, STR("noroshi-first-report.pdf"));
	rs->content_type = STR("application/pdf");
	return 0;
}

const struct route start_web_routes[] = {
	{.method = "GET", .pattern = "/start", .permission = PERM_PORTFOLIO_WRITE, .handler = start_get},
	{.method = "GET", .pattern = "/start/{screen}", .permission = PERM_PORTFOLIO_WRITE, .handler = screen_get},
	{.method = "POST", .pattern = "/start/{screen}", .permission = PERM_PORTFOLIO_WRITE, .handler = screen_post},
	{.method = "GET", .pattern = "/start/report", .permission = PERM_PORTFOLIO_READ, .handler = report_get},
	{.method = "GET", .pattern = "/start/report.pdf", .permission = PERM_PORTFOLIO_READ, .handler = report_pdf},
	{0},
};
