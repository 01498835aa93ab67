/* Procedures: the list, and the editor with its preview. */
#include "base/mem.h"
#include "craft/markdown/markdown.h"
#include "door/web/ability/ability.h"
#include "door/web/web.h"

static const char *const state_classes[PROCEDURE_STATE_COUNT] = {"line", "caution", "good", "line", "line"};

static void put_row(const struct request *rq, struct view *row, const struct procedure *p)
{
	bool overdue = procedure_is_expired(p, rq->now);

	view_text(row, "url", arena_fmt(rq->arena, "/procedures/%lld", (long long)p->procedure_id));
	view_text(row, "title", p->title);
	view_i64(row, "number", p->number);
	view_text(row, "state_class", str_of(state_classes[p->state]));
	view_word(row, "state_word", show_word_key(rq, "procedure.state.", procedure_state_name(p->state)).ptr);
	view_text(row, "approved_by", p->approved_by);
	view_text(row, "expires", p->approved ? show_day(rq, p->expires) : STR(""));
	view_bool(row, "is_overdue", overdue);
	view_bool(row, "has_open", p->has_open);
	ability_put_services(rq, row, "services", p->services);
}

static int put_templates(const struct request *rq, struct view *v, struct err *e)
{
	struct template_list list;
	int rc = procedure_templates(rq->services->data_folder, str_of(lang_code(rq->lang)), rq->arena, &list, e);

	view_list(v, "templates");
	for (uint32_t i = 0; !rc && i < list.count; i++)
		evaluate_put_choice(v, "templates", list.items[i].id, list.items[i].title, false);
	return rc;
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct procedure_list list;
	int64_t counts[3] = {0}; /* in force, in review, review overdue */
	int rc;

	if ((rc = procedure_list(rq->db, actor_scope(&rq->actor), rq->arena, &list, e)) ||
	    (rc = put_templates(rq, v, e)))
		return rc;
	view_list(v, "procedures");
	for (uint32_t i = 0; i < list.count; i++) {
		const struct procedure *p = &list.items[i];

		put_row(rq, view_item(v, "procedures"), p);
		counts[0] += p->state == PROCEDURE_APPROVED;
		counts[1] += p->state == PROCEDURE_REVIEW || p->has_open;
		counts[2] += procedure_is_expired(p, rq->now);
	}
	view_i64(v, "in_force", counts[0]);
	view_i64(v, "in_review", counts[1]);
	view_i64(v, "overdue", counts[2]);
	return response_page(rq, rs, STR("ability/procedures"), v, e);
}

/* ---- editor ---- */

/* What the editor shows: as stored, out of a template, or as typed. */
struct editing {
	struct procedure_text text;
	const struct err *why;
	bool preview;
};

static int put_preview(struct request *rq, struct view *v, const struct editing *ed, struct err *e)
{
	_cleanup_(buf_done) struct buf html = {0};
	str kept;
	int rc;

	view_bool(v, "has_preview", ed->preview);
	if (!ed->preview)
		return 0;
	buf_init(&html, 2 * MARKDOWN_HTML_MAX);
	if ((rc = markdown_html(ed->text.body, &html, e)))
		return rc;
	kept = arena_str(rq->arena, buf_str(&html));
	if (!kept.ptr)
		return err_set(e, ERR_LIMIT, "err.markdown.html");
	view_html(v, "preview", kept);
	return 0;
}

static int editor_page(struct request *rq, struct response *rs, const struct editing *ed, struct err *e)
{
	struct view *v = view_create(rq->arena);
	const struct procedure_text *t = &ed->text;
	int rc = ability_refused(rq, rs, v, ed->why, e);

	if (rc || (rc = put_preview(rq, v, ed, e)))
		return rc;
	view_bool(v, "is_new", !t->procedure_id);
	view_text(v, "form_url",
		  t->procedure_id ? arena_fmt(rq->arena, "/procedures/%lld/edit", (long long)t->procedure_id)
				  : STR("/procedures"));
	view_text(v, "back_url",
		  t->procedure_id ? arena_fmt(rq->arena, "/procedures/%lld", (long long)t->procedure_id)
				  : STR("/procedures"));
	view_text(v, "title", t->title);
	view_text(v, "services", t->services);
	view_text(v, "body", t->body);
	view_text(v, "note", t->note);
	view_i64(v, "id", t->id);
	view_i64(v, "row_version", t->row_version);
	return response_page(rq, rs, STR("ability/procedure_edit"), v, e);
}

static int new_get(struct request *rq, struct response *rs, struct err *e)
{
	str id = request_query(rq, STR("template"));
	struct editing ed = {0};
	struct template_list list;
	int rc = procedure_templates(rq->services->data_folder, str_of(lang_code(rq->lang)), rq->arena, &list, e);

	for (uint32_t i = 0; !rc && i < list.count; i++)
		if (str_eq(list.items[i].id, id))
			ed.text = (struct procedure_text){.title = list.items[i].title,
							  .services = list.items[i].services,
							  .body = list.items[i].body};
	if (!rc && request_query(rq, STR("service")).len)
		ed.text.services = request_query(rq, STR("service"));
	return rc ? rc : editor_page(rq, rs, &ed, e);
}

/* The draft when there is one, else the text of the newest version for the next one. */
static int edit_get(struct request *rq, struct response *rs, struct err *e)
{
	struct editing ed = {0};
	struct procedure_list list;
	const struct procedure *p;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = procedure_versions(rq->db, actor_scope(&rq->actor), id, rq->arena, &list, e)))
		return rc;
	p = &list.items[0];
	ed.text = (struct procedure_text){
		.procedure_id = id, .title = p->title, .services = p->services, .body = p->body};
	if (p->state == PROCEDURE_DRAFT) {
		ed.text.id = p->id;
		ed.text.row_version = p->row_version;
		ed.text.note = p->note;
	}
	return editor_page(rq, rs, &ed, e);
}

static int save(struct request *rq, struct response *rs, int64_t procedure_id, struct err *e)
{
	struct editing ed = {.text = {.procedure_id = procedure_id,
				      .title = request_form(rq, STR("title")),
				      .services = request_form(rq, STR("services")),
				      .body = request_form(rq, STR("body")),
				      .note = request_form(rq, STR("note"))}};
	struct procedure_text checked;
	struct procedure p;
	struct err why = {0};
	int64_t version_id;
	int rc;

	ed.preview = str_eq(request_form(rq, STR("do")), STR("preview"));
	if (ability_form_number(rq, "id", 0, &ed.text.id, &why) ||
	    ability_form_number(rq, "row_version", 0, &ed.text.row_version, &why))
		ed.why = &why;
	checked = ed.text;
	if (!ed.why && ability_form_services(rq, &checked.services, &why))
		ed.why = &why;
	if (!ed.why && !ed.preview && procedure_write(rq->db, &rq->actor, &checked, rq->now, &version_id, &why))
		ed.why = &why;
	if (ed.why || ed.preview)
		return editor_page(rq, rs, &ed, e);
	if ((rc = procedure_get(rq->db, actor_scope(&rq->actor), version_id, rq->arena, &p, e)))
		return rc;
	response_redirect(rs, arena_fmt(rq->arena, "/procedures/%lld?version=%lld&done=saved",
					(long long)p.procedure_id, (long long)p.number));
	return 0;
}

static int new_post(struct request *rq, struct response *rs, struct err *e)
{
	return save(rq, rs, 0, e);
}

static int edit_post(struct request *rq, struct response *rs, struct err *e)
{
	struct procedure_list list;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = procedure_versions(rq->db, actor_scope(&rq->actor), id, rq->arena, &list, e)))
		return rc;
	return save(rq, rs, id, e);
}

const struct route procedure_web_routes[] = {
	{.method = "GET", .pattern = "/procedures", .permission = PERM_PORTFOLIO_READ, .handler = list_get},
	{.method = "GET", .pattern = "/procedures/new", .permission = PERM_WORK_WRITE, .handler = new_get},
	{.method = "POST", .pattern = "/procedures", .permission = PERM_WORK_WRITE, .handler = new_post},
	{.method = "GET", .pattern = "/procedures/{id}/edit", .permission = PERM_WORK_WRITE, .handler = edit_get},
	{.method = "POST", .pattern = "/procedures/{id}/edit", .permission = PERM_WORK_WRITE, .handler = edit_post},
	{0},
};
