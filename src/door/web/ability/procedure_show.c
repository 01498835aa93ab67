/* One procedure: its text, what changed, states with approval, walk-throughs. */
#include "base/mem.h"
#include "craft/markdown/markdown.h"
#include "door/web/ability/ability.h"
#include "door/web/web.h"

#define REVIEW_DAYS 365 /* the review date that the form offers */

struct showing {
	struct procedure_list versions; /* newest first */
	const struct procedure *shown, *against;
	struct walk_list walks;
	int64_t id;
};

static const struct procedure *find(const struct procedure_list *list, str number)
{
	int64_t wanted;

	for (uint32_t i = 0; str_to_i64(number, &wanted) && i < list->count; i++)
		if (list->items[i].number == wanted)
			return &list->items[i];
	return NULL;
}

/* The version asked for, else the one in force, else the newest. */
static int load(struct request *rq, struct showing *s, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	str number = request_query(rq, STR("version"));
	int rc;

	if ((rc = request_param_i64(rq, 0, &s->id, e)) ||
	    (rc = procedure_versions(rq->db, scope, s->id, rq->arena, &s->versions, e)) ||
	    (rc = procedure_walks(rq->db, scope, s->id, rq->arena, &s->walks, e)))
		return rc;
	s->shown = find(&s->versions, number);
	if (number.len && !s->shown)
		return err_set_value(e, ERR_NOT_FOUND, "err.procedure.unknown", number);
	for (uint32_t i = 0; !s->shown && i < s->versions.count; i++)
		if (s->versions.items[i].state == PROCEDURE_APPROVED)
			s->shown = &s->versions.items[i];
	if (!s->shown)
		s->shown = &s->versions.items[0];
	s->against = find(&s->versions, request_query(rq, STR("against")));
	return 0;
}

static int put_text(struct request *rq, struct view *v, const struct procedure *p, struct err *e)
{
	_cleanup_(buf_done) struct buf html = {0};
	str kept;
	int rc;

	buf_init(&html, 2 * MARKDOWN_HTML_MAX);
	if ((rc = markdown_html(p->body, &html, e)))
		return rc;
	kept = arena_str(rq->arena, buf_str(&html));
	if (!kept.ptr)
		return err_set(e, ERR_LIMIT, "err.markdown.html");
	view_html(v, "text", kept);
	return 0;
}

static int put_diff(struct request *rq, struct view *v, const struct showing *s, struct err *e)
{
	static const char *const signs[] = {"", "−", "+"};
	static const char *const classes[] = {"", "bad", "ok"};
	struct diff d;
	int rc;

	view_bool(v, "has_diff", s->against != NULL);
	if (!s->against)
		return 0;
	if ((rc = diff_lines(s->against->body, s->shown->body, rq->arena, &d, e)))
		return rc;
	view_i64(v, "against", s->against->number);
	view_bool(v, "is_rough", d.is_rough);
	view_list(v, "diff");
	for (uint32_t i = 0; i < d.count; i++) {
		struct view *row = view_item(v, "diff");

		view_text(row, "sign", str_of(signs[d.lines[i].kind]));
		view_text(row, "class", str_of(classes[d.lines[i].kind]));
		view_text(row, "old", d.lines[i].old_line ? arena_fmt(rq->arena, "%u", d.lines[i].old_line) : STR(""));
		view_text(row, "new", d.lines[i].new_line ? arena_fmt(rq->arena, "%u", d.lines[i].new_line) : STR(""));
		view_text(row, "line", d.lines[i].text);
	}
	return 0;
}

static void put_versions(const struct request *rq, struct view *v, const struct showing *s)
{
	view_list(v, "versions");
	for (uint32_t i = 0; i < s->versions.count; i++) {
		const struct procedure *p = &s->versions.items[i];
		struct view *row = view_item(v, "versions");
		bool oldest = i + 1 == s->versions.count;

		view_i64(row, "number", p->number);
		view_text(
			row, "url",
			arena_fmt(rq->arena, "/procedures/%lld?version=%lld", (long long)s->id, (long long)p->number));
		view_text(row, "diff_url",
			  oldest ? STR("")
				 : arena_fmt(rq->arena, "/procedures/%lld?version=%lld&against=%lld#diff",
					     (long long)s->id, (long long)p->number,
					     (long long)s->versions.items[i + 1].number));
		view_word(row, "state_word", show_word_key(rq, "procedure.state.", procedure_state_name(p->state)).ptr);
		view_bool(row, "is_shown", p == s->shown);
		view_text(row, "note", p->note);
		view_text(row, "author", p->author);
		show_time(rq, row, p->changed);
	}
}

static void put_walks(const struct request *rq, struct view *v, const struct showing *s)
{
	bool names = actor_may_see_people(&rq->actor);

	view_list(v, "walks");
	for (uint32_t i = 0; i < s->walks.count; i++) {
		const struct procedure_walk *w = &s->walks.items[i];
		bool own = w->walker_id == rq->actor.user_id;
		struct view *row = view_item(v, "walks");

		view_i64(row, "id", w->id);
		view_text(row, "walker", names || own ? w->walker : STR(""));
		view_text(row, "signer", names || w->signer_id == rq->actor.user_id ? w->signer : STR(""));
		view_text(row, "remark", w->remark);
		view_text(row, "day", show_day(rq, w->walked));
		view_bool(row, "is_signed", w->signed_at != 0);
		view_bool(row, "may_sign", !w->signed_at && !own && rq->actor.user_id);
	}
}

static void put_state(const struct request *rq, struct view *v, const struct showing *s)
{
	static const char *const classes[PROCEDURE_STATE_COUNT] = {"line", "caution", "good", "line", "line"};
	const struct procedure *p = s->shown;
	enum procedure_state newest = s->versions.items[0].state;

	view_i64(v, "procedure", s->id);
	view_i64(v, "version_id", p->id);
	view_i64(v, "number", p->number);
	view_i64(v, "row_version", p->row_version);
	view_text(v, "title", p->title);
	view_text(v, "state_class", str_of(classes[p->state]));
	view_word(v, "state_word", show_word_key(rq, "procedure.state.", procedure_state_name(p->state)).ptr);
	view_text(v, "state_by", p->state_by);
	view_text(v, "state_day", show_day(rq, p->state_at));
	view_text(v, "approved_by", p->approved_by);
	view_text(v, "approved_day", p->approved ? show_day(rq, p->approved) : STR(""));
	view_text(v, "expires", p->approved ? show_day(rq, p->expires) : STR(""));
	view_bool(v, "is_overdue", procedure_is_expired(p, rq->now));
	view_bool(v, "is_draft", p->state == PROCEDURE_DRAFT);
	view_bool(v, "is_review", p->state == PROCEDURE_REVIEW);
	view_bool(v, "is_approved", p->state == PROCEDURE_APPROVED);
	view_bool(v, "can_approve", procedure_may_become(p->state, PROCEDURE_APPROVED));
	view_bool(v, "can_edit", newest != PROCEDURE_REVIEW);
	view_bool(v, "can_walk", p->state == PROCEDURE_APPROVED || p->state == PROCEDURE_REVIEW);
	view_text(v, "offered", show_day(rq, rq->now + REVIEW_DAYS * TIME_DAY));
	view_text(v, "today", show_day(rq, rq->now));
	ability_put_services(rq, v, "services", p->services);
}

static int page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct showing s = {0};
	int rc;

	if ((rc = load(rq, &s, e)) || (rc = ability_refused(rq, rs, v, why, e)) || (rc = put_text(rq, v, s.shown, e)) ||
	    (rc = put_diff(rq, v, &s, e)))
		return rc;
	if (!why)
		ability_put_done(rq, v, "procedure");
	put_state(rq, v, &s);
	put_versions(rq, v, &s);
	put_walks(rq, v, &s);
	return response_page(rq, rs, STR("ability/procedure"), v, e);
}

static int show_get(struct request *rq, struct response *rs, struct err *e)
{
	return page(rq, rs, NULL, e);
}

/* ---- deeds ---- */

static int answer(struct request *rq, struct response *rs, int rc, const struct err *why, struct err *e)
{
	if (rc)
		return page(rq, rs, why, e);
	response_redirect(rs,
			  arena_fmt(rq->arena, "/procedures/" STR_FMT "?version=" STR_FMT "&done=moved",
				    STR_ARG(rq->path_params[0]), STR_ARG(str_trim(request_form(rq, STR("number"))))));
	return 0;
}

/* The version that the form names, of this procedure and of this organisation. */
static int form_version(struct request *rq, struct procedure *ret, struct err *e)
{
	int64_t id, procedure_id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &procedure_id, e)) || (rc = evaluate_form_id(rq, "version_id", &id, e)) ||
	    (rc = procedure_get(rq->db, actor_scope(&rq->actor), id, rq->arena, ret, e)))
		return rc;
	return ret->procedure_id == procedure_id ? 0 : err_set(e, ERR_NOT_FOUND, "err.procedure.unknown");
}

static int move(struct request *rq, struct response *rs, enum procedure_state to, struct err *e)
{
	struct procedure_move m = {.to = to};
	struct err why = {0};
	struct procedure p;
	int rc = form_version(rq, &p, e);

	if (rc)
		return rc;
	m.id = p.id;
	if (!(rc = ability_form_number(rq, "row_version", 0, &m.row_version, &why)) &&
	    (to != PROCEDURE_APPROVED || !(rc = evaluate_day(rq, "expires", &m.expires, &why))))
		rc = procedure_move(rq->db, &rq->actor, &m, rq->now, &why);
	return answer(rq, rs, rc, &why, e);
}

static int submit_post(struct request *rq, struct response *rs, struct err *e)
{
	return move(rq, rs, PROCEDURE_REVIEW, e);
}

static int return_post(struct request *rq, struct response *rs, struct err *e)
{
	return move(rq, rs, PROCEDURE_DRAFT, e);
}

static int approve_post(struct request *rq, struct response *rs, struct err *e)
{
	return move(rq, rs, PROCEDURE_APPROVED, e);
}

static int withdraw_post(struct request *rq, struct response *rs, struct err *e)
{
	return move(rq, rs, PROCEDURE_WITHDRAWN, e);
}

static int walk_post(struct request *rq, struct response *rs, struct err *e)
{
	struct walk_new new = {.remark = str_trim(request_form(rq, STR("remark")))};
	struct err why = {0};
	struct procedure p;
	int64_t id;
	int rc = form_version(rq, &p, e);

	if (rc)
		return rc;
	new.version_id = p.id;
	if (!(rc = evaluate_day(rq, "walked", &new.walked, &why)))
		rc = procedure_walk_add(rq->db, &rq->actor, &new, rq->now, &id, &why);
	return answer(rq, rs, rc, &why, e);
}

static int sign_post(struct request *rq, struct response *rs, struct err *e)
{
	struct err why = {0};
	int64_t id;
	int rc = evaluate_form_id(rq, "walk", &id, e);

	if (rc)
		return rc;
	rc = procedure_walk_sign(rq->db, &rq->actor, id, rq->now, &why);
	return answer(rq, rs, rc, &why, e);
}

#define POST_ROW(path, perm, fn)                                                                         \
	{                                                                                                \
		.method = "POST", .pattern = "/procedures/{id}/" path, .permission = perm, .handler = fn \
	}

const struct route procedure_show_web_routes[] = {
	{.method = "GET", .pattern = "/procedures/{id}", .permission = PERM_PORTFOLIO_READ, .handler = show_get},
	POST_ROW("submit", PERM_WORK_WRITE, submit_post),
	POST_ROW("return", PERM_WORK_WRITE, return_post),
	POST_ROW("approve", PERM_PORTFOLIO_APPROVE, approve_post),
	POST_ROW("withdraw", PERM_PORTFOLIO_APPROVE, withdraw_post),
	POST_ROW("walk", PERM_WORK_WRITE, walk_post),
	POST_ROW("sign", PERM_WORK_WRITE, sign_post),
	{0},
};
