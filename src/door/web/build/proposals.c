/* Starting proposals: asked by size and sector, shown as what would change, saved as far as somebody ticks it. */
#include "base/check.h"
#include "door/web/build/plans.h"
#include "door/web/web.h"

str plan_text(const struct step_page *page, const struct fw_text *text)
{
	return text->by_lang[page->rq->lang];
}

static void put_field(struct view *row, const struct step_page *page, const struct plan_row *r, enum state_field f)
{
	struct view *v = view_item(row, "fields");

	view_word(v, "label", arena_fmt(page->rq->arena, "build.field.%s", state_field_name(f)).ptr);
	view_text(v, "before", field_text(page, &r->item->state, f));
	view_text(v, "after", field_text(page, &r->state, f));
}

void plan_view(struct view *v, const struct step_page *page, const struct plan *plan)
{
	view_list(v, "plan");
	view_i64(v, "plan_count", plan->count);
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct plan_row *r = &plan->rows[i];
		uint32_t differs = state_differs(&r->item->state, &r->state, FIELDS_ALL);
		struct view *row = view_item(v, "plan");

		view_text(row, "id", r->item->service->id);
		view_i64(row, "version", r->item->state.version);
		view_text(row, "name", plan_text(page, &r->item->service->name.text));
		view_text(row, "reason", r->reason[page->rq->lang].ptr ? r->reason[page->rq->lang] : STR(""));
		view_bool(row, "decided", r->decided);
		view_list(row, "fields");
		for (enum state_field f = 0; f < FIELD_COUNT; f++)
			if (differs & FIELD_BIT(f))
				put_field(row, page, r, f);
	}
}

int plan_save(struct request *rq, const struct framework *fw, const struct plan *plan, enum change_kind kind,
	      struct err *e)
{
	struct plan_choice choices[CHANGE_ROWS_MAX];
	struct plan_apply apply = {.framework = fw, .plan = plan, .choices = choices, .kind = kind, .now = rq->now};
	size_t at = 0;
	int64_t id;
	str text;

	while (request_form_each(rq, STR("row"), &at, &text)) {
		ptrdiff_t colon = str_find_last_byte(text, ':');
		struct plan_choice *c = &choices[apply.count];

		if (apply.count == CHANGE_ROWS_MAX || colon < 0 ||
		    !str_to_i64(str_from(text, (size_t)colon + 1), &c->version) || c->version < 0)
			return err_set_value(e, ERR_RANGE, "err.build.form", text);
		c->service = str_sub(text, 0, (size_t)colon);
		apply.count++;
	}
	return plan_apply(rq->db, &rq->actor, &apply, &id, e);
}

/* ---- the page ---- */

static int read_at(str text, uint32_t below, uint32_t *ret, struct err *e)
{
	uint64_t value = 0;

	if (text.len && (!str_to_u64(text, &value) || value >= below))
		return err_set_value(e, ERR_RANGE, "err.build.form", text);
	*ret = (uint32_t)value;
	return 0;
}

struct asking {
	struct proposals proposals;
	struct proposal_ask ask;
	bool asked; /* something was chosen: show the preview */
};

static int read_ask(const struct request *rq, struct asking *a, struct err *e)
{
	bool post = str_eq(rq->method, STR("POST"));
	str size = post ? request_form(rq, STR("size")) : request_query(rq, STR("size"));
	str sector = post ? request_form(rq, STR("sector")) : request_query(rq, STR("sector"));
	str assign = post ? request_form(rq, STR("assignments")) : request_query(rq, STR("assignments"));
	size_t at = 0;
	str text;
	uint32_t bit;
	int rc = proposals_load(rq->services->data_folder, rq->arena, &a->proposals, e);

	if (rc || (rc = read_at(size, PROPOSAL_SIZES, &a->ask.size, e)) ||
	    (rc = read_at(sector, a->proposals.sector_count, &a->ask.sector, e)))
		return rc;
	a->asked = size.len != 0;
	a->ask.assignments = assign.len != 0;
	while (post ? request_form_each(rq, STR("outsourced"), &at, &text)
		    : request_query_each(rq, STR("outsourced"), &at, &text)) {
		if ((rc = read_at(text, a->proposals.question_count, &bit, e)))
			return rc;
		a->ask.outsourced |= 1u << bit;
	}
	return 0;
}

static void put_questions(struct view *v, const struct step_page *page, const struct asking *a)
{
	struct arena *arena = page->rq->arena;

	for (uint32_t i = 0; i < PROPOSAL_SIZES; i++)
		build_option(v, "sizes", arena_fmt(arena, "%u", i), plan_text(page, &a->proposals.sizes[i].name),
			     a->ask.size == i);
	for (uint32_t i = 0; i < a->proposals.sector_count; i++)
		build_option(v, "sectors", arena_fmt(arena, "%u", i), plan_text(page, &a->proposals.sectors[i].name),
			     a->ask.sector == i);
	for (uint32_t i = 0; i < a->proposals.question_count; i++)
		build_option(v, "questions", arena_fmt(arena, "%u", i),
			     plan_text(page, &a->proposals.questions[i].text), (a->ask.outsourced & (1u << i)) != 0);
	view_bool(v, "with_assignments", a->ask.assignments);
	view_bool(v, "asked", a->asked);
}

static int proposals_page(struct request *rq, struct response *rs, const struct asking *a, const struct err *why,
			  struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct step_page page;
	struct plan plan = {0};
	int rc = step_load(rq, &steps[STEP_CATALOGUE], &page, e);

	if (rc || (a->asked && (rc = proposal_plan(&a->proposals, &a->ask, &page.portfolio, rq->arena, &plan, e))))
		return rc;
	put_questions(v, &page, a);
	plan_view(v, &page, &plan);
	build_notice(rq, v, why);
	return response_page(rq, rs, STR("build/proposals"), v, e);
}

static int proposals_get(struct request *rq, struct response *rs, struct err *e)
{
	struct asking a = {.asked = false};
	int rc = read_ask(rq, &a, e);

	return rc ? rc : proposals_page(rq, rs, &a, NULL, e);
}

static int proposals_post(struct request *rq, struct response *rs, struct err *e)
{
	struct asking a = {.asked = false};
	struct step_page page;
	struct plan plan;
	struct err why = {0};
	int rc = read_ask(rq, &a, e);

	if (rc || (rc = step_load(rq, &steps[STEP_CATALOGUE], &page, e)) ||
	    (rc = proposal_plan(&a.proposals, &a.ask, &page.portfolio, rq->arena, &plan, e)))
		return rc;
	if (plan_save(rq, page.portfolio.framework, &plan, CHANGE_PROPOSAL, &why) == 0) {
		build_return(rq, rs, "/build/catalogue", "applied");
		return 0;
	}
	rs->status = build_refusal(&why);
	if (rs->status)
		return proposals_page(rq, rs, &a, &why, e);
	if (e)
		*e = why;
	return -(int)why.code;
}

const struct route proposals_web_routes[] = {
	{.method = "GET", .pattern = "/build/proposals", .permission = PERM_PORTFOLIO_WRITE, .handler = proposals_get},
	{.method = "POST",
	 .pattern = "/build/proposals",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = proposals_post},
	{0},
};
