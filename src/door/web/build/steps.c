/* Pages of the three steps: the table, one row saved, many rows at once. */
#include "door/web/build/steps.h"
#include "base/check.h"
#include "door/web/web.h"

const struct step steps[STEP_COUNT] = {
	[STEP_CATALOGUE] = {"catalogue", "build/catalogue", FIELDS_CATALOGUE, FIELDS_CATALOGUE, FIELD_LEVEL},
	[STEP_PROFILE] = {"profile", "build/profile", FIELDS_PROFILE, FIELDS_PROFILE, FIELD_ASSIGNMENT},
	[STEP_PORTFOLIO] = {"portfolio", "build/scores", FIELDS_PORTFOLIO,
			    FIELDS_PORTFOLIO & ~FIELD_BIT(FIELD_NA_REASON), FIELD_IN_NOW},
};

const struct step *step_of(const struct request *rq)
{
	str rest = str_from(rq->path, sizeof("/build/") - 1), name;

	if (!str_starts(rq->path, STR("/build/")) || !str_next(&rest, '/', &name))
		return NULL;
	for (size_t i = 0; i < STEP_COUNT; i++)
		if (str_eq(name, str_of(steps[i].name)))
			return &steps[i];
	return NULL;
}

static int step_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	const struct step *step = step_of(rq);
	struct step_page page;
	int rc;

	if (!step)
		return err_set_value(e, ERR_NOT_FOUND, "err.http.not_found", rq->path);
	if ((rc = step_load(rq, step, &page, e)) || (rc = step_view(v, &page, e)))
		return rc;
	build_notice(rq, v, NULL);
	return response_page(rq, rs, str_of(step->page), v, e);
}

/* ---- one row ---- */

/* What the form says about the fields that it shows; what it does not show stays as it was read. */
static int row_read(const struct request *rq, uint32_t fields, const char *prefix, struct service_state *s,
		    struct err *e)
{
	int rc = 0;

	for (enum state_field f = 0; !rc && f < FIELD_COUNT; f++) {
		str text = request_form(rq, arena_fmt(rq->arena, "%s%s", prefix, state_field_name(f)));

		/* A box that is not ticked sends nothing; its companion says that it was there. */
		if (!text.ptr && f == FIELD_NA && request_form(rq, STR("na_shown")).ptr)
			text = STR("");
		if ((fields & FIELD_BIT(f)) && text.ptr)
			rc = state_field_set(s, f, text, e);
	}
	return rc;
}

struct row_edit {
	const struct framework *framework;
	const struct step *step;
	str service;
	struct service_state base, theirs, mine, merged;
	uint32_t conflicts;
};

/* base: the version that the form was made of; theirs: the stored one. */
static int row_versions(const struct request *rq, struct row_edit *r, int64_t version, struct err *e)
{
	struct state_query query = {.framework = r->framework, .service = r->service};
	struct scope scope = actor_scope(&rq->actor);
	int rc = service_state_load(rq->db, scope, &query, rq->arena, &r->theirs, e);

	r->base = (struct service_state){.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED};
	query.version = version;
	if (!rc && version == r->theirs.version)
		r->base = r->theirs;
	else if (!rc && version)
		rc = service_state_load(rq->db, scope, &query, rq->arena, &r->base, e);
	return rc;
}

/* One's own later change is no conflict: the newest one is meant. */
static int row_merge(const struct request *rq, struct row_edit *r, int64_t version, struct err *e)
{
	struct state_query query = {.framework = r->framework, .service = r->service, .version = version};
	bool others = false;
	int rc;

	r->conflicts = state_merge(&r->base, &r->theirs, &r->mine, FIELDS_ALL, &r->merged);
	if (!r->conflicts)
		return 0;
	if ((rc = service_state_others(rq->db, &rq->actor, &query, &others, e)))
		return rc;
	for (enum state_field f = 0; !others && f < FIELD_COUNT; f++)
		if (r->conflicts & FIELD_BIT(f))
			state_field_copy(&r->merged, &r->mine, f);
	if (!others)
		r->conflicts = 0;
	return 0;
}

static int row_save(struct request *rq, const struct row_edit *r, struct err *e)
{
	struct service_edit edit = {r->service, r->theirs.version, &r->merged};
	struct change_set set = {
		.framework = r->framework, .kind = CHANGE_EDIT, .edits = &edit, .count = 1, .now = rq->now};
	int64_t id;

	return change_set_save(rq->db, &rq->actor, &set, &id, e);
}

/* The row again: a fragment for the script, the whole page without it. */
static int row_answer(struct request *rq, struct response *rs, const struct step *step, const struct step_row *row,
		      struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct step_page page;
	const struct fw_service *service;
	int rc = step_load(rq, step, &page, e);

	if (rc)
		return rc;
	page.special = row;
	service = framework_service(page.portfolio.framework, row->service);
	CHECK(service);
	if (rq->is_htmx) {
		view_bool(v, "is_fragment", true);
		step_view_progress(v, &page);
		step_view_row(v, &page, &page.portfolio.items[service->index]);
		return response_page(rq, rs, arena_fmt(rq->arena, "%s#row", step->page), v, e);
	}
	if ((rc = step_view(v, &page, e)))
		return rc;
	build_notice(rq, v, row->why);
	return response_page(rq, rs, str_of(step->page), v, e);
}

static int row_refused(struct request *rq, struct response *rs, const struct row_edit *r, const struct err *why,
		       struct err *e)
{
	struct step_row row = {.service = r->service,
			       .shown = r->conflicts ? &r->merged : &r->mine,
			       .mine = &r->mine,
			       .conflicts = r->conflicts,
			       .why = why};
	int status = build_refusal(why);

	if (!status) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	rs->status = status;
	return row_answer(rq, rs, r->step, &row, e);
}

static int row_post(struct request *rq, struct response *rs, struct err *e)
{
	struct row_edit r = {.step = step_of(rq), .service = rq->path_params[0]};
	struct step_row row = {.service = r.service, .saved = true};
	struct err why = {0};
	int64_t version = 0;
	int rc = build_framework(rq, &r.framework, e);

	if (rc)
		return rc;
	if (!r.step || !framework_service(r.framework, r.service))
		return err_set_value(e, ERR_NOT_FOUND, "err.build.service", r.service);
	if ((rc = show_version(rq, &version, e)) || (rc = row_versions(rq, &r, version, e)))
		return rc;
	r.mine = r.base;
	if ((rc = row_read(rq, r.step->fields, "", &r.mine, &why)))
		return row_refused(rq, rs, &r, &why, e);
	if ((rc = row_merge(rq, &r, version, e)))
		return rc;
	if (r.conflicts)
		rc = err_set_value(&why, ERR_CONFLICT, "err.build.conflict", r.theirs.user_name);
	else
		rc = row_save(rq, &r, &why);
	if (rc)
		return row_refused(rq, rs, &r, &why, e);
	if (rq->is_htmx)
		return row_answer(rq, rs, r.step, &row, e);
	build_return(rq, rs, arena_fmt(rq->arena, "/build/%s", r.step->name).ptr, "saved");
	return 0;
}

/* ---- many rows ---- */

struct bulk {
	struct row_edit *rows;
	struct service_edit *edits;
	uint32_t count;
};

/* "B-1:7": the service and the version that was shown. */
static int bulk_row(const struct request *rq, struct row_edit *r, str text, struct err *e)
{
	ptrdiff_t colon = str_find_last_byte(text, ':');
	int64_t version = 0;
	int rc;

	if (colon < 0 || !str_to_i64(str_from(text, (size_t)colon + 1), &version) || version < 0)
		return err_set_value(e, ERR_RANGE, "err.build.form", text);
	r->service = str_sub(text, 0, (size_t)colon);
	if (!framework_service(r->framework, r->service))
		return err_set_value(e, ERR_NOT_FOUND, "err.build.service", r->service);
	if ((rc = row_versions(rq, r, version, e)))
		return rc;
	r->mine = r->base;
	for (enum state_field f = 0; f < FIELD_COUNT; f++) {
		str value = request_form(rq, arena_fmt(rq->arena, "set_%s", state_field_name(f)));

		if (!(r->step->bulk & FIELD_BIT(f)) || !value.len)
			continue;
		/* "-" empties a field; nothing leaves it alone. */
		if ((rc = state_field_set(&r->mine, f, str_eq(value, STR("-")) ? STR("") : value, e)))
			return rc;
	}
	if (r->mine.not_applicable && !r->mine.not_applicable_reason.len)
		r->mine.not_applicable_reason = str_trim(request_form(rq, STR("set_not_applicable_reason")));
	if ((rc = row_merge(rq, r, version, e)))
		return rc;
	if (!r->conflicts)
		return 0;
	rc = err_set_value(e, ERR_CONFLICT, "err.build.bulk_conflict", r->service);
	err_expected(e, r->theirs.user_name);
	return rc;
}

static int bulk_read(struct request *rq, const struct step *step, const struct framework *fw, struct bulk *b,
		     struct err *e)
{
	size_t at = 0;
	str text;
	int rc = 0;

	b->rows = arena_alloc(rq->arena, fw->service_count * sizeof(*b->rows));
	b->edits = arena_alloc(rq->arena, fw->service_count * sizeof(*b->edits));
	if (!b->rows || !b->edits)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	while (!rc && request_form_each(rq, STR("row"), &at, &text)) {
		struct row_edit *r = &b->rows[b->count];

		if (b->count == fw->service_count)
			return err_set(e, ERR_RANGE, "err.build.rows");
		*r = (struct row_edit){.framework = fw, .step = step};
		rc = bulk_row(rq, r, text, e);
		b->edits[b->count++] = (struct service_edit){r->service, r->theirs.version, &r->merged};
	}
	if (!rc && b->count == 0)
		return err_set(e, ERR_RANGE, "err.build.rows");
	return rc;
}

static int bulk_run(struct request *rq, const struct step *step, struct err *e)
{
	struct bulk b = {0};
	struct change_set set = {.kind = CHANGE_BULK, .now = rq->now};
	int64_t id;
	int rc;

	if ((rc = build_framework(rq, &set.framework, e)) || (rc = bulk_read(rq, step, set.framework, &b, e)))
		return rc;
	set.edits = b.edits;
	set.count = b.count;
	return change_set_save(rq->db, &rq->actor, &set, &id, e);
}

static int bulk_post(struct request *rq, struct response *rs, struct err *e)
{
	const struct step *step = step_of(rq);
	struct view *v = view_create(rq->arena);
	struct step_page page;
	struct err why = {0};
	int rc;

	if (!step)
		return err_set_value(e, ERR_NOT_FOUND, "err.http.not_found", rq->path);
	if (bulk_run(rq, step, &why) == 0) {
		build_return(rq, rs, arena_fmt(rq->arena, "/build/%s", step->name).ptr, "bulk");
		return 0;
	}
	rs->status = build_refusal(&why);
	if (!rs->status) {
		if (e)
			*e = why;
		return -(int)why.code;
	}
	if ((rc = step_load(rq, step, &page, e)) || (rc = step_view(v, &page, e)))
		return rc;
	build_notice(rq, v, &why);
	return response_page(rq, rs, str_of(step->page), v, e);
}

#define STEP_ROUTES(step)                                                                                     \
	{.method = "GET", .pattern = "/build/" step, .permission = PERM_PORTFOLIO_READ, .handler = step_get}, \
		{.method = "POST",                                                                            \
		 .pattern = "/build/" step "/bulk",                                                           \
		 .permission = PERM_PORTFOLIO_WRITE,                                                          \
		 .handler = bulk_post},                                                                       \
	{                                                                                                     \
		.method = "POST", .pattern = "/build/" step "/{service}", .permission = PERM_PORTFOLIO_WRITE, \
		.handler = row_post                                                                           \
	}

const struct route steps_web_routes[] = {
	STEP_ROUTES("catalogue"),
	STEP_ROUTES("profile"),
	STEP_ROUTES("portfolio"),
	{0},
};
