/* Approved versions: the list, what has changed since, a new one, the frozen text as JSON. */
#include "door/web/build/plans.h"
#include "door/web/web.h"

static int since(const struct step_page *page, int64_t id, struct approval *a, struct approval_comparison *c,
		 struct err *e)
{
	struct arena *arena = page->rq->arena;
	int rc = approval_load(page->rq->db, actor_scope(&page->rq->actor), id, arena, a, e);

	return rc ? rc : approval_compare(a, &page->portfolio, arena, c, e);
}

int approval_view(struct view *v, const struct step_page *page, struct err *e)
{
	struct approval_query query = {page->portfolio.framework->id, (enum approval_subject)(page->step - steps), 1};
	struct approval_comparison c;
	struct approval_list list;
	struct approval a;
	int rc = approval_list(page->rq->db, actor_scope(&page->rq->actor), &query, page->rq->arena, &list, e);

	view_i64(v, "approved_number", 0);
	if (rc || list.count == 0 || (rc = since(page, list.items[0].id, &a, &c, e)))
		return rc;
	view_i64(v, "approved_number", a.number);
	view_text(v, "approved_by", a.user_name);
	view_text(v, "approved_day", portfolio_day_text(&page->text, a.at));
	view_i64(v, "approved_rows", c.rows);
	return 0;
}

static void put_differences(struct view *v, const struct step_page *page, const struct approval_comparison *c)
{
	view_list(v, "differences");
	view_i64(v, "rows", c->rows);
	for (uint32_t i = 0; i < c->count; i++) {
		const struct approval_difference *d = &c->items[i];
		const struct fw_service *s = framework_service(page->portfolio.framework, d->service);
		struct view *row = view_item(v, "differences");

		view_text(row, "service", d->service);
		view_text(row, "name", s ? portfolio_text_in(&page->text, &s->name.text) : STR(""));
		view_word(row, "label",
			  d->field == FIELD_COUNT
				  ? "build.approval.presence"
				  : arena_fmt(page->rq->arena, "build.field.%s", state_field_name(d->field)).ptr);
		view_text(row, "before", d->before.len ? d->before : STR("—"));
		view_text(row, "after", d->after.len ? d->after : STR("—"));
	}
}

static void put_one(struct view *v, const struct step_page *page, const struct approval *a)
{
	view_i64(v, "id", a->id);
	view_i64(v, "number", a->number);
	view_text(v, "user", a->user_name);
	view_text(v, "remark", a->remark);
	view_text(v, "hash", a->hash);
	view_i64(v, "row_count", a->row_count);
	portfolio_put_time(v, &page->text, a->at);
}

/* chosen: the version to compare, 0 = the newest. */
static int approvals_page(struct request *rq, struct response *rs, const struct step *step, int64_t chosen,
			  const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct approval_comparison c = {0};
	struct approval_query query = {.subject = (enum approval_subject)(step - steps)};
	struct approval_list list;
	struct approval a = {0};
	struct step_page page;
	int rc = step_load(rq, step, &page, e);

	if (rc)
		return rc;
	query.framework = page.portfolio.framework->id;
	if ((rc = approval_list(rq->db, actor_scope(&rq->actor), &query, rq->arena, &list, e)))
		return rc;
	chosen = chosen ? chosen : list.count ? list.items[0].id : 0;
	if (chosen && (rc = since(&page, chosen, &a, &c, e)))
		return rc;
	for (size_t i = 0; i < STEP_COUNT; i++) {
		struct view *tab = view_item(v, "tabs");

		view_word(tab, "label", arena_fmt(rq->arena, "build.step.%s", steps[i].name).ptr);
		view_text(tab, "url", arena_fmt(rq->arena, "/build/approvals?subject=%s", steps[i].name));
		view_bool(tab, "current", &steps[i] == step);
		view_text(tab, "count", STR(""));
	}
	view_list(v, "approvals");
	for (uint32_t i = 0; i < list.count; i++) {
		struct view *row = view_item(v, "approvals");

		put_one(row, &page, &list.items[i]);
		view_bool(row, "chosen", list.items[i].id == chosen);
	}
	view_i64(v, "chosen_number", a.number);
	view_text(v, "subject", str_of(step->name));
	put_differences(v, &page, &c);
	build_notice(rq, v, why);
	return response_page(rq, rs, STR("build/approvals"), v, e);
}

static const struct step *subject_of(str name, struct err *e)
{
	for (size_t i = 0; i < STEP_COUNT; i++)
		if (str_eq(name, str_of(steps[i].name)))
			return &steps[i];
	(void)err_set_value(e, ERR_RANGE, "err.build.form", name);
	return NULL;
}

static int approvals_get(struct request *rq, struct response *rs, struct err *e)
{
	str name = request_query(rq, STR("subject")), id = request_query(rq, STR("id"));
	const struct step *step = subject_of(name.len ? name : STR("catalogue"), e);
	int64_t chosen = 0;

	if (!step)
		return -ERR_RANGE;
	if (id.len && (!str_to_i64(id, &chosen) || chosen < 1))
		return err_set_value(e, ERR_RANGE, "err.build.form", id);
	return approvals_page(rq, rs, step, chosen, NULL, e);
}

static int approvals_post(struct request *rq, struct response *rs, struct err *e)
{
	const struct step *step = subject_of(request_form(rq, STR("subject")), e);
	struct approval_new n = {.remark = request_form(rq, STR("remark")), .now = rq->now};
	struct err why = {0};
	int64_t id;
	int rc;

	if (!step)
		return -ERR_RANGE;
	n.subject = (enum approval_subject)(step - steps);
	if ((rc = build_framework(rq, &n.framework, e)))
		return rc;
	if (approval_make(rq->db, &rq->actor, &n, &id, &why) == 0) {
		response_redirect(rs, arena_fmt(rq->arena, "/build/approvals?subject=%s&done=approved", step->name));
		return 0;
	}
	rs->status = build_refusal(&why);
	if (rs->status)
		return approvals_page(rq, rs, step, 0, &why, e);
	if (e)
		*e = why;
	return -(int)why.code;
}

static int export_get(struct request *rq, struct response *rs, struct err *e)
{
	struct approval a;
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	if (rc || (rc = approval_load(rq->db, actor_scope(&rq->actor), id, rq->arena, &a, e)))
		return rc;
	response_attachment(
		rq, rs, arena_fmt(rq->arena, "%s-v%lld.json", approval_subject_name(a.subject), (long long)a.number));
	rs->content_type = STR("application/json");
	buf_add(&rs->body, a.body);
	return buf_check(&rs->body, e);
}

const struct route approvals_web_routes[] = {
	{.method = "GET", .pattern = "/build/approvals", .permission = PERM_PORTFOLIO_READ, .handler = approvals_get},
	{.method = "POST",
	 .pattern = "/build/approvals",
	 .permission = PERM_PORTFOLIO_APPROVE,
	 .handler = approvals_post},
	{.method = "GET",
	 .pattern = "/build/approvals/{id}/export",
	 .permission = PERM_PORTFOLIO_READ,
	 .handler = export_get},
	{0},
};
