/* The tables of the three steps as values of their templates. */
#include "base/check.h"
#include "door/web/build/plans.h"

int build_framework(const struct request *rq, const struct framework **ret, struct err *e)
{
	return framework_of(rq->db, actor_scope(&rq->actor),
			    content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT)), rq->arena, ret, e);
}

int step_load(struct request *rq, const struct step *step, struct step_page *ret, struct err *e)
{
	struct portfolio_query query = {.now = rq->now};
	struct scope scope = actor_scope(&rq->actor);
	int rc;

	*ret = (struct step_page){.rq = rq, .step = step};
	if ((rc = build_framework(rq, &query.framework, e)) ||
	    (rc = portfolio_load(rq->db, scope, &query, rq->arena, &ret->portfolio, e)) ||
	    (rc = change_buttons(rq->db, &rq->actor, query.framework, &ret->buttons, e)))
		return rc;
	ret->comments = arena_alloc(rq->arena, query.framework->service_count * sizeof(*ret->comments));
	if (!ret->comments)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	ret->text = (struct portfolio_page){
		.arena = rq->arena, .lang = rq->lang, .portfolio = &ret->portfolio, .now = rq->now};
	ret->text.zone_min = show_zone(rq, &ret->text.zone);
	step_filter_read(rq, &ret->filter);
	return comment_counts(rq->db, scope, query.framework, ret->comments, e);
}

/* ---- what is shown ---- */

void step_filter_read(const struct request *rq, struct step_filter *ret)
{
	*ret = (struct step_filter){.category = request_query(rq, STR("category")),
				    .level = request_query(rq, STR("level")),
				    .assignment = request_query(rq, STR("assignment")),
				    .missing = request_query(rq, STR("missing")),
				    .text = str_trim(request_query(rq, STR("q")))};
}

static bool scored(const struct service_state *s, const uint32_t points[SIDE_COUNT])
{
	switch (s->assignment) {
	case ASSIGN_INSOURCE:
		return points[SIDE_IN] != 0;
	case ASSIGN_OUTSOURCE:
		return points[SIDE_OUT] != 0;
	case ASSIGN_BOTH:
		return points[SIDE_IN] && points[SIDE_OUT];
	case ASSIGN_NOBODY:
		return true;
	default:
		return false;
	}
}

bool step_asks(const struct step *step, const struct portfolio_item *item)
{
	return step == &steps[STEP_CATALOGUE] || item->counts ||
	       (step == &steps[STEP_PORTFOLIO] && item->state.not_applicable);
}

bool step_is_decided(const struct step *step, const struct portfolio_item *item)
{
	const struct service_state *s = &item->state;

	if (step == &steps[STEP_CATALOGUE])
		return s->level != SERVICE_UNDECIDED;
	if (step == &steps[STEP_PROFILE])
		return s->assignment != ASSIGN_UNDECIDED;
	return s->not_applicable || scored(s, s->now);
}

static bool is_missing(const struct step_filter *f, const struct step *step, const struct portfolio_item *item)
{
	const struct service_state *s = &item->state;

	if (str_eq(f->missing, STR("decision")))
		return step_asks(step, item) && !step_is_decided(step, item);
	if (!item->counts)
		return false;
	if (str_eq(f->missing, STR("owner")))
		return s->owner.len == 0;
	if (str_eq(f->missing, STR("target")))
		return item->target == SCORE_NONE;
	return s->gap_owner.len == 0 && item->has_gap && item->gap > 0;
}

bool step_filter_fits(const struct step_filter *f, const struct portfolio_page *page, const struct portfolio_item *item)
{
	const struct framework *fw = page->portfolio->framework;
	const struct service_state *s = &item->state;

	if (f->category.len && !str_eq(f->category, fw->categories[item->service->category].id))
		return false;
	if (f->level.len && !str_eq(f->level, service_level_id(item->level)))
		return false;
	if (f->assignment.len &&
	    !str_eq(f->assignment, s->assignment == ASSIGN_UNDECIDED ? STR("none") : assignment_id(s->assignment)))
		return false;
	return !f->text.len || str_find_nocase(portfolio_text_in(page, &item->service->name.text), f->text) >= 0 ||
	       str_find_nocase(item->service->id, f->text) >= 0 || str_find_nocase(s->team, f->text) >= 0 ||
	       str_find_nocase(s->provider, f->text) >= 0 || str_find_nocase(s->owner, f->text) >= 0;
}

/* ---- one row ---- */

void build_option(struct view *v, const char *list, str value, str label, bool selected)
{
	struct view *option = view_item(v, list);

	view_text(option, "value", value);
	view_text(option, "label", label);
	view_bool(option, "selected", selected);
}

static void put_levels(struct view *v, const struct step_page *page, const struct service_state *s)
{
	build_option(v, "levels", STR(""), words_get(page->rq->lang, STR("build.undecided")),
		     s->level == SERVICE_UNDECIDED);
	for (enum service_level l = 0; l < SERVICE_LEVEL_COUNT; l++)
		build_option(v, "levels", service_level_id(l), portfolio_level_text(&page->text, l), s->level == l);
}

static void put_profile(struct view *v, const struct step_page *page, const struct portfolio_item *item,
			const struct service_state *s)
{
	const struct framework *fw = page->portfolio.framework;

	build_option(v, "assignments", STR(""), words_get(page->rq->lang, STR("build.undecided")),
		     s->assignment == ASSIGN_UNDECIDED);
	for (enum assignment a = 0; a < ASSIGN_COUNT; a++)
		build_option(v, "assignments", assignment_id(a), portfolio_assignment_text(&page->text, a),
			     s->assignment == a);
	view_text(v, "team", s->team);
	view_text(v, "provider", s->provider);
	view_text(v, "contract", s->contract);
	view_text(v, "owner", s->owner);
	view_text(v, "deputies", s->deputies);
	for (uint32_t area = 1; area <= FRAMEWORK_AREAS; area++)
		build_option(v, "areas", area == item->service->area ? STR("") : arena_fmt(page->rq->arena, "%u", area),
			     arena_fmt(page->rq->arena, "%u " STR_FMT, area,
				       STR_ARG(portfolio_text_in(&page->text, &fw->areas[area - 1].name.text))),
			     area == (s->area ? s->area : item->service->area));
}

/* The rubric's words stand in the options themselves, so that a score is never chosen without them. */
static void put_scores(struct view *v, const struct step_page *page, const struct service_state *s)
{
	static const char *const names[SIDE_COUNT][2] = {{"in_now", "in_target"}, {"out_now", "out_target"}};
	const struct framework *fw = page->portfolio.framework;

	view_list(v, "scores");
	for (size_t i = 0; i < SIDE_COUNT * 2; i++) {
		size_t side = i % 2, aim = i / 2; /* now of both sides, then target of both */
		uint32_t points = aim ? s->target[side] : s->now[side];
		bool shown = side == SIDE_IN ? s->assignment != ASSIGN_OUTSOURCE
					     : s->assignment == ASSIGN_OUTSOURCE || s->assignment == ASSIGN_BOTH;
		struct view *cell = view_item(v, "scores");

		view_text(cell, "field", str_of(names[side][aim]));
		view_word(cell, "label", arena_fmt(page->rq->arena, "build.field.%s", names[side][aim]).ptr);
		view_bool(cell, "shown", shown && !s->not_applicable && (aim || s->assignment != ASSIGN_NOBODY));
		view_list(cell, "options");
		for (uint32_t p = FRAMEWORK_SCORE_MAX; p >= 1 && shown; p--)
			build_option(cell, "options", arena_fmt(page->rq->arena, "%u", p),
				     arena_fmt(page->rq->arena, "%u " STR_FMT, p,
					       STR_ARG(portfolio_text_in(&page->text, &fw->rubric[side][p]))),
				     points == p);
	}
}

static void put_portfolio(struct view *v, const struct step_page *page, const struct portfolio_item *item,
			  const struct service_state *s)
{
	static const char *const risks[] = {"build.risk.1", "build.risk.2", "build.risk.3"};

	put_scores(v, page, s);
	view_bool(v, "is_na", s->not_applicable);
	view_text(v, "na_reason", s->not_applicable_reason);
	view_text(v, "declared", portfolio_score_text(&page->text, item->now, 1));
	view_text(v, "evidence", item->counts ? portfolio_points_text(&page->text, item->evidence.score) : STR(""));
	view_bool(v, "is_over", item->above_evidence);
	view_text(v, "gap", portfolio_gap_text(&page->text, item->now, item->target, 1));
	build_option(v, "risks", STR(""), STR("—"), s->risk == 0);
	for (uint32_t i = 1; i <= COUNT_OF(risks); i++)
		build_option(v, "risks", arena_fmt(page->rq->arena, "%u", i),
			     words_get(page->rq->lang, str_of(risks[i - 1])), s->risk == i);
	view_text(v, "gap_owner", s->gap_owner);
	view_text(v, "gap_due", state_field_text(s, FIELD_GAP_DUE, page->rq->arena));
}

str field_text(const struct step_page *page, const struct service_state *s, enum state_field f)
{
	static const char *const risks[] = {"build.risk.1", "build.risk.2", "build.risk.3"};
	str text = f == FIELD_LEVEL             ? portfolio_level_text(&page->text, s->level)
		   : f == FIELD_ASSIGNMENT      ? portfolio_assignment_text(&page->text, s->assignment)
		   : f == FIELD_RISK && s->risk ? words_get(page->rq->lang, str_of(risks[s->risk - 1]))
						: state_field_text(s, f, page->rq->arena);

	return text.len ? text : STR("—");
}

static void put_special(struct view *v, const struct step_page *page, const struct portfolio_item *item)
{
	const struct step_row *row = page->special;
	struct buf text;

	view_bool(v, "saved", row->saved);
	if (row->why) {
		buf_init(&text, 4096);
		words_add_err(&text, page->rq->lang, row->why);
		view_text(v, "why", arena_str(page->rq->arena, buf_str(&text)));
		buf_done(&text);
	}
	for (enum state_field f = 0; f < FIELD_COUNT; f++) {
		struct view *one;

		if (!(row->conflicts & FIELD_BIT(f)))
			continue;
		one = view_item(v, "conflicts");
		view_text(one, "field", str_of(state_field_name(f)));
		view_word(one, "label", arena_fmt(page->rq->arena, "build.field.%s", state_field_name(f)).ptr);
		view_text(one, "mine", field_text(page, row->mine, f));
		view_text(one, "mine_value", state_field_text(row->mine, f, page->rq->arena));
		view_text(one, "theirs", field_text(page, &item->state, f));
	}
	view_text(v, "their_name", item->state.user_name);
}

void step_view_row(struct view *v, const struct step_page *page, const struct portfolio_item *item)
{
	bool special = page->special && str_eq(page->special->service, item->service->id);
	const struct service_state *s = special && page->special->shown ? page->special->shown : &item->state;

	view_text(v, "id", item->service->id);
	view_text(v, "url", portfolio_service_url(&page->text, item->service->id));
	view_text(v, "name", portfolio_text_in(&page->text, &item->service->name.text));
	view_text(v, "description", portfolio_text_in(&page->text, &item->service->description));
	view_i64(v, "version", item->state.version);
	view_text(v, "level_word", portfolio_level_text(&page->text, item->level));
	view_text(v, "level_class", str_of(portfolio_level_class(item->level)));
	view_text(v, "proposal", portfolio_level_text(&page->text, item->service->level));
	view_text(v, "assignment_word", portfolio_assignment_text(&page->text, item->state.assignment));
	view_bool(v, "is_open", step_asks(page->step, item) && !step_is_decided(page->step, item));
	view_bool(v, "is_out", !step_asks(page->step, item));
	view_i64(v, "comments", page->comments[item->service->index]);
	view_text(v, "reason", s->level_reason);
	view_text(v, "why", STR(""));
	view_bool(v, "saved", false);
	view_list(v, "conflicts");
	view_text(v, "changed_by", item->state.user_name);
	view_text(v, "next",
		  page->rq->query.len
			  ? arena_fmt(page->rq->arena, "/build/%s?" STR_FMT, page->step->name, STR_ARG(page->rq->query))
			  : arena_fmt(page->rq->arena, "/build/%s", page->step->name));
	if (page->step == &steps[STEP_CATALOGUE])
		put_levels(v, page, s);
	else if (page->step == &steps[STEP_PROFILE])
		put_profile(v, page, item, s);
	else
		put_portfolio(v, page, item, s);
	if (special)
		put_special(v, page, item);
}

/* ---- the page ---- */

static void put_filter(struct view *v, const struct step_page *page)
{
	static const char *const missing[STEP_COUNT][4] = {
		{"decision", NULL}, {"decision", "owner", NULL}, {"decision", "target", "gap_owner", NULL}};
	const struct framework *fw = page->portfolio.framework;
	const struct step_filter *f = &page->filter;
	enum lang lang = page->rq->lang;
	size_t at = (size_t)(page->step - steps);

	for (uint32_t i = 0; i < fw->category_count; i++)
		build_option(v, "filter_categories", fw->categories[i].id,
			     arena_fmt(page->rq->arena, STR_FMT " " STR_FMT, STR_ARG(fw->categories[i].id),
				       STR_ARG(portfolio_text_in(&page->text, &fw->categories[i].name.text))),
			     str_eq(f->category, fw->categories[i].id));
	for (enum service_level l = 0; l < SERVICE_LEVEL_COUNT; l++)
		build_option(v, "filter_levels", service_level_id(l), portfolio_level_text(&page->text, l),
			     str_eq(f->level, service_level_id(l)));
	for (enum assignment a = 0; a < ASSIGN_COUNT; a++)
		build_option(v, "filter_assignments", assignment_id(a), portfolio_assignment_text(&page->text, a),
			     str_eq(f->assignment, assignment_id(a)));
	build_option(v, "filter_assignments", STR("none"), words_get(lang, STR("build.undecided")),
		     str_eq(f->assignment, STR("none")));
	for (size_t i = 0; missing[at][i]; i++)
		build_option(v, "filter_missing", str_of(missing[at][i]),
			     words_get(lang, arena_fmt(page->rq->arena, "build.missing.%s", missing[at][i])),
			     str_eq(f->missing, str_of(missing[at][i])));
	view_text(v, "q", f->text);
	view_bool(v, "is_filtered",
		  page->rq->query.len &&
			  (f->category.len || f->level.len || f->assignment.len || f->missing.len || f->text.len));
}

static void put_steps(struct view *v, const struct step_page *page)
{
	for (size_t i = 0; i < STEP_COUNT; i++) {
		uint32_t asked = 0, done = 0;
		struct view *step = view_item(v, "steps");

		for (uint32_t k = 0; k < page->portfolio.framework->service_count; k++) {
			asked += step_asks(&steps[i], &page->portfolio.items[k]);
			done += step_asks(&steps[i], &page->portfolio.items[k]) &&
				step_is_decided(&steps[i], &page->portfolio.items[k]);
		}
		view_word(step, "label", arena_fmt(page->rq->arena, "build.step.%s", steps[i].name).ptr);
		view_text(step, "url", arena_fmt(page->rq->arena, "/build/%s", steps[i].name));
		view_i64(step, "done", done);
		view_i64(step, "of", asked);
		view_bool(step, "complete", done == asked);
		view_bool(step, "current", page->step == &steps[i]);
		if (page->step == &steps[i]) {
			view_i64(v, "done_count", done);
			view_i64(v, "of_count", asked);
		}
	}
}

void step_view_progress(struct view *v, const struct step_page *page)
{
	const struct portfolio *p = &page->portfolio;

	put_steps(v, page);
	view_text(v, "next_url", STR(""));
	for (uint32_t i = 0; i < p->framework->service_count; i++)
		if (step_asks(page->step, &p->items[i]) && !step_is_decided(page->step, &p->items[i])) {
			view_text(v, "next_url",
				  arena_fmt(page->rq->arena, "#row-" STR_FMT, STR_ARG(p->items[i].service->id)));
			view_text(v, "next_id", p->items[i].service->id);
			break;
		}
	view_i64(v, "undo_id", page->buttons.undo);
	view_i64(v, "undo_rows", page->buttons.undo_rows);
	view_word(v, "undo_what",
		  arena_fmt(page->rq->arena, "build.change.%s", change_kind_name(page->buttons.undo_kind)).ptr);
	view_i64(v, "redo_id", page->buttons.redo);
	view_text(v, "self", arena_fmt(page->rq->arena, "/build/%s", page->step->name));
}

static void put_rubrics(struct view *v, const struct step_page *page)
{
	static const char *const titles[SIDE_COUNT] = {"build.side.in", "build.side.out"};
	const struct framework *fw = page->portfolio.framework;

	for (size_t side = 0; side < SIDE_COUNT; side++) {
		struct view *rubric = view_item(v, "rubrics");

		view_word(rubric, "title", titles[side]);
		for (uint32_t p = FRAMEWORK_SCORE_MAX; p >= 1; p--) {
			struct view *row = view_item(rubric, "rubric");

			view_i64(row, "score", p);
			view_text(row, "text", portfolio_text_in(&page->text, &fw->rubric[side][p]));
		}
	}
}

struct people {
	struct view *v;
	const struct request *rq;
};

static int put_person(void *ctx, const struct user_row *row)
{
	struct people *p = ctx;

	if (row->is_active && row->tenant_id == p->rq->actor.tenant_id)
		view_text(view_item(p->v, "people"), "name", arena_str(p->rq->arena, row->display_name));
	return 0;
}

int step_view(struct view *v, const struct step_page *page, struct err *e)
{
	const struct portfolio *p = &page->portfolio;
	const struct framework *fw = p->framework;
	struct portfolio_item blank = {.service = &fw->services[0],
				       .state = {.level = SERVICE_UNDECIDED, .assignment = ASSIGN_BOTH}};
	uint32_t shown = 0;
	int rc = approval_view(v, page, e);

	if (rc || (rc = show_offer(page->rq, v, e)))
		return rc;
	step_view_progress(v, page);
	put_filter(v, page);
	put_rubrics(v, page);
	view_list(v, "categories");
	for (uint32_t i = 0; i < fw->category_count; i++) {
		const struct fw_category *c = &fw->categories[i];
		struct view *group = NULL;

		for (uint32_t k = c->first; k < c->first + c->count; k++) {
			if (!step_filter_fits(&page->filter, &page->text, &p->items[k]) ||
			    (page->filter.missing.len && !is_missing(&page->filter, page->step, &p->items[k])))
				continue;
			if (!group) {
				group = view_item(v, "categories");
				view_text(group, "category", c->id);
				view_text(group, "category_name", portfolio_text_in(&page->text, &c->name.text));
			}
			step_view_row(view_item(group, "rows"), page, &p->items[k]);
			shown++;
		}
	}
	view_i64(v, "shown", shown);
	if (page->step == &steps[STEP_PROFILE])
		put_profile(view_map(v, "set"), page, &blank, &blank.state);
	else if (page->step == &steps[STEP_CATALOGUE])
		put_levels(view_map(v, "set"), page, &blank.state);
	else
		put_portfolio(view_map(v, "set"), page, &blank, &blank.state);
	view_list(v, "people");
	return page->step == &steps[STEP_CATALOGUE]
		       ? 0
		       : user_each(page->rq->db, &page->rq->actor, put_person, &(struct people){v, page->rq}, e);
}

/* ---- what the forms of this folder share ---- */

void build_notice(const struct request *rq, struct view *v, const struct err *why)
{
	str done = request_query(rq, STR("done")), key;
	struct buf text;

	view_bool(v, "notice_is_bad", why != NULL);
	if (why) {
		buf_init(&text, 4096);
		words_add_err(&text, rq->lang, why);
		view_text(v, "notice", arena_str(rq->arena, buf_str(&text)));
		buf_done(&text);
		return;
	}
	key = arena_fmt(rq->arena, "build.done." STR_FMT, STR_ARG(str_sub(done, 0, 40)));
	if (done.len && words_has(key))
		view_word(v, "notice", key.ptr);
}

int build_refusal(const struct err *why)
{
	switch (why->code) {
	case ERR_RANGE:
		return 422;
	case ERR_CONFLICT:
	case ERR_WRONG_STATE:
		return 409;
	case ERR_LIMIT:
		return 429;
	default:
		return 0;
	}
}

void build_return(struct request *rq, struct response *rs, const char *fallback, const char *done)
{
	str next = request_form(rq, STR("next")), path;

	next = redirect_target(next.len ? next : str_of(fallback));
	path = next;
	if (str_find(next, STR("done=")) >= 0) /* of the form before */
		path = str_sub(next, 0, (size_t)str_find_byte(next, '?'));
	response_redirect(rs, arena_fmt(rq->arena, STR_FMT "%sdone=%s", STR_ARG(path),
					str_find_byte(path, '?') < 0 ? "?" : "&", done));
}
