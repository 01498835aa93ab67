/* Who changed what, when; undo, an earlier version, comments. */
#include "base/mem.h"
#include "door/web/build/steps.h"
#include "door/web/web.h"

#define ROWS_SHOWN 6u /* of one change */

struct changes_page {
	const struct request *rq;
	const struct framework *framework;
	struct portfolio portfolio; /* only for words */
	struct portfolio_page text;
};

static str value_of(const struct changes_page *page, const struct service_state *s, enum state_field f)
{
	str text = f == FIELD_LEVEL        ? portfolio_level_text(&page->text, s->level)
		   : f == FIELD_ASSIGNMENT ? portfolio_assignment_text(&page->text, s->assignment)
					   : state_field_text(s, f, page->rq->arena);

	return text.len ? text : STR("—");
}

static int put_row(struct view *change, const struct changes_page *page, const struct change_row *row, struct err *e)
{
	struct state_query query = {page->framework, row->service, row->before};
	struct service_state before = {.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED}, after;
	struct scope scope = actor_scope(&page->rq->actor);
	struct view *v = view_item(change, "rows");
	uint32_t differs;
	int rc = row->before ? service_state_load(page->rq->db, scope, &query, page->rq->arena, &before, e) : 0;

	query.version = row->after;
	if (rc || (rc = service_state_load(page->rq->db, scope, &query, page->rq->arena, &after, e)))
		return rc;
	view_text(v, "service", row->service);
	view_text(v, "url", portfolio_service_url(&page->text, row->service));
	view_list(v, "fields");
	differs = state_differs(&before, &after, FIELDS_ALL);
	for (enum state_field f = 0; f < FIELD_COUNT; f++) {
		struct view *field;

		if (!(differs & FIELD_BIT(f)))
			continue;
		field = view_item(v, "fields");
		view_word(field, "label", arena_fmt(page->rq->arena, "build.field.%s", state_field_name(f)).ptr);
		view_text(field, "before", value_of(page, &before, f));
		view_text(field, "after", value_of(page, &after, f));
	}
	return 0;
}

static int put_change(struct view *v, const struct changes_page *page, const struct change *c, struct err *e)
{
	bool names = actor_may_see_people(&page->rq->actor) || c->user_id == page->rq->actor.user_id;
	int rc = 0;

	view_i64(v, "id", c->id);
	view_word(v, "kind", arena_fmt(page->rq->arena, "build.change.%s", change_kind_name(c->kind)).ptr);
	view_text(v, "user", names ? c->user_name : STR("—"));
	view_i64(v, "row_count", c->row_count);
	view_i64(v, "more", c->row_count > c->rows_read ? c->row_count - c->rows_read : 0);
	view_bool(v, "undone", c->undone_by != 0);
	view_bool(v, "may_undo",
		  !c->undone_by && c->user_id == page->rq->actor.user_id &&
			  actor_may(&page->rq->actor, PERM_PORTFOLIO_WRITE));
	portfolio_put_time(v, &page->text, c->at);
	view_list(v, "rows");
	for (uint32_t i = 0; !rc && i < c->rows_read; i++)
		rc = put_row(v, page, &c->rows[i], e);
	return rc;
}

static int changes_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct changes_page page = {.rq = rq};
	struct change_query query = {.rows = ROWS_SHOWN};
	struct change_list list;
	struct view *v = view_create(rq->arena);
	str before = request_query(rq, STR("before"));
	int rc = build_framework(rq, &page.framework, e);

	if (rc)
		return rc;
	if (before.len && (!str_to_i64(before, &query.before) || query.before < 1))
		return err_set_value(e, ERR_RANGE, "err.api.cursor", before);
	query.framework = page.framework;
	page.portfolio.framework = page.framework;
	page.text = (struct portfolio_page){.arena = rq->arena, .lang = rq->lang, .portfolio = &page.portfolio};
	page.text.zone_min = show_zone(rq, &page.text.zone);
	if ((rc = change_list(rq->db, actor_scope(&rq->actor), &query, rq->arena, &list, e)))
		return rc;
	view_list(v, "changes");
	for (uint32_t i = 0; !rc && i < list.count; i++)
		rc = put_change(view_item(v, "changes"), &page, &list.items[i], e);
	if (rc)
		return rc;
	view_text(v, "prev_url", STR(""));
	view_text(v, "next_url",
		  list.next ? arena_fmt(rq->arena, "/build/changes?before=%lld", (long long)list.next) : STR(""));
	build_notice(rq, v, why);
	return response_page(rq, rs, STR("build/changes"), v, e);
}

static int changes_get(struct request *rq, struct response *rs, struct err *e)
{
	return changes_page(rq, rs, NULL, e);
}

/* A refusal is told on the page of changes, where the other changes can be seen. */
static int answer(struct request *rq, struct response *rs, const char *done, const struct err *why, struct err *e)
{
	if (why->code == ERR_NONE) {
		build_return(rq, rs, "/build/changes", done);
		return 0;
	}
	rs->status = why->code == ERR_NOT_FOUND ? 409 : build_refusal(why);
	if (rs->status)
		return changes_page(rq, rs, why, e);
	if (e)
		*e = *why;
	return -(int)why->code;
}

static int undo_post(struct request *rq, struct response *rs, struct err *e)
{
	struct change_undo undo = {.now = rq->now};
	struct err why = {0};
	str id = request_form(rq, STR("id"));
	int64_t change;
	int rc = build_framework(rq, &undo.framework, e);

	if (rc)
		return rc;
	if (id.len && (!str_to_i64(id, &undo.id) || undo.id < 1))
		return err_set_value(e, ERR_RANGE, "err.build.form", id);
	rc = change_undo(rq->db, &rq->actor, &undo, &change, &why);
	return answer(rq, rs, "undone", rc ? &why : &(struct err){0}, e);
}

static int restore_post(struct request *rq, struct response *rs, struct err *e)
{
	struct change_restore restore = {.service = rq->path_params[0], .now = rq->now};
	struct err why = {0};
	str version = request_form(rq, STR("restore"));
	int64_t change;
	int rc = build_framework(rq, &restore.framework, e);

	if (rc || (rc = show_version(rq, &restore.expected, e)))
		return rc;
	if (!str_to_i64(version, &restore.version) || restore.version < 1)
		return err_set_value(e, ERR_RANGE, "err.build.form", version);
	rc = change_restore(rq->db, &rq->actor, &restore, &change, &why);
	return answer(rq, rs, "restored", rc ? &why : &(struct err){0}, e);
}

static int comment_post(struct request *rq, struct response *rs, struct err *e)
{
	struct comment_new n = {
		.service = rq->path_params[0], .body = request_form(rq, STR("comment")), .now = rq->now};
	struct err why = {0};
	int64_t id;
	int rc;

	if (!actor_may(&rq->actor, PERM_PORTFOLIO_READ))
		return err_set_value(e, ERR_NOT_FOUND, "err.http.not_found", rq->path);
	if ((rc = build_framework(rq, &n.framework, e)))
		return rc;
	rc = comment_add(rq->db, &rq->actor, &n, &id, &why);
	return answer(rq, rs, "commented", rc ? &why : &(struct err){0}, e);
}

static int comment_remove_post(struct request *rq, struct response *rs, struct err *e)
{
	struct err why = {0};
	int64_t id = 0;
	int rc = request_param_i64(rq, 1, &id, e);

	if (rc)
		return rc;
	rc = comment_remove(rq->db, &rq->actor, id, rq->now, &why);
	return answer(rq, rs, "removed", rc ? &why : &(struct err){0}, e);
}

const struct route build_changes_web_routes[] = {
	{.method = "GET", .pattern = "/build/changes", .permission = PERM_PORTFOLIO_READ, .handler = changes_get},
	{.method = "POST", .pattern = "/build/undo", .permission = PERM_PORTFOLIO_WRITE, .handler = undo_post},
	{.method = "POST",
	 .pattern = "/portfolio/{service}/restore",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = restore_post},
	{.method = "POST",
	 .pattern = "/portfolio/{service}/comments",
	 .permission = PERM_WORK_WRITE,
	 .handler = comment_post},
	{.method = "POST",
	 .pattern = "/portfolio/{service}/comments/{id}/remove",
	 .permission = PERM_WORK_WRITE,
	 .handler = comment_remove_post},
	{0},
};
