/* The people of the organisation and of those below it, for administrators: /settings/users. */
#include "guard/user.h"

#include "door/web/session.h"

struct listing {
	struct request *rq;
	struct view *view;
};

static void add_roles(struct request *rq, struct view *v, str present)
{
	for (int r = 0; r < ROLE_COUNT; r++) {
		str name = str_of(role_name((enum role)r));
		struct view *item;

		if (r == ROLE_API)
			continue;
		item = view_item(v, "roles");
		view_text(item, "value", name);
		view_word(item, "label", arena_fmt(rq->arena, "role." STR_FMT, STR_ARG(name)).ptr);
		view_bool(item, "selected", str_eq(name, present));
	}
}

static int add_user(void *ctx, const struct user_row *row)
{
	struct listing *l = ctx;
	struct arena *a = l->rq->arena;
	struct view *item = view_item(l->view, "users");
	bool is_self = row->id == l->rq->actor.user_id;

	view_i64(item, "id", row->id);
	view_text(item, "login", arena_str(a, row->login));
	view_text(item, "name", arena_str(a, row->display_name));
	view_bool(item, "is_active", row->is_active);
	view_bool(item, "has_factor", row->has_totp);
	view_bool(item, "has_password", row->has_password);
	view_bool(item, "is_self", is_self);
	view_word(item, "role_name",
		  row->role.len ? arena_fmt(a, "role." STR_FMT, STR_ARG(row->role)).ptr : "role.none");
	view_list(item, "roles");
	if (!is_self)
		add_roles(l->rq, item, row->role);
	return 0;
}

static int users_page(struct request *rq, struct response *rs, struct view *v, struct err *e)
{
	struct listing l = {rq, v};
	int rc;

	view_list(v, "users");
	rc = user_each(rq->db, &rq->actor, add_user, &l, e);
	if (rc)
		return rc;
	add_roles(rq, v, STR("analyst"));
	return response_page(rq, rs, STR("session/users"), v, e);
}

static int users_show(struct request *rq, struct response *rs, struct err *e)
{
	int rc = need_session(rq, e);

	return rc ? rc : users_page(rq, rs, view_create(rq->arena), e);
}

/* After a write without anything to show: back to the page, or the page again with what went wrong. */
static int settle(struct request *rq, struct response *rs, int rc, struct err *e)
{
	struct view *v = view_create(rq->arena);

	if (!rc) {
		response_redirect(rs, STR("/settings/users"));
		return 0;
	}
	return form_error(rq, rs, v, e) ? users_page(rq, rs, v, e) : rc;
}

/* The way to a new password is shown once, to be handed over by whoever made it. */
static int show_link_once(struct request *rq, struct response *rs, struct secret *token, struct err *e)
{
	struct view *v = view_create(rq->arena);

	view_text(v, "new_link",
		  arena_fmt(rq->arena, "%s://" STR_FMT "/session/reset?token=%s", rq->is_tls ? "https" : "http",
			    STR_ARG(rq->host), token->text));
	secret_wipe(token);
	return users_page(rq, rs, v, e);
}

static int write_add(struct request *rq, void *ctx, struct err *e)
{
	struct user_new u = {.login = request_form(rq, STR("login")),
			     .display_name = str_trim(request_form(rq, STR("name"))),
			     .language = str_of(lang_code(rq->lang)),
			     .now = rq->now};
	struct user_reset reset = {.env = rq->services->env};
	str role = request_form(rq, STR("role"));
	int rc;

	if (!role_parse(role, &u.role) || u.role == ROLE_API)
		return err_set_value(e, ERR_RANGE, "err.admin.role", role);
	u.time_zone = rq->session ? str_of(rq->session->time_zone) : STR_NONE;
	rc = user_create(rq->db, &rq->actor, &u, &reset.account_id, e);
	return rc ? rc : user_reset(rq->db, &rq->actor, &reset, ctx, e);
}

static int write_reset(struct request *rq, void *ctx, struct err *e)
{
	struct user_reset reset = {.drop_totp = request_form(rq, STR("drop")).len > 0, .env = rq->services->env};
	int rc = request_param_i64(rq, 0, &reset.account_id, e);

	return rc ? rc : user_reset(rq->db, &rq->actor, &reset, ctx, e);
}

static int write_role(struct request *rq, void *ctx, struct err *e)
{
	struct user_change c = {.now = rq->now};
	str role = request_form(rq, STR("role"));
	int rc = request_param_i64(rq, 0, &c.account_id, e);

	(void)ctx;
	if (!rc && !role_parse(role, &c.role))
		rc = err_set_value(e, ERR_RANGE, "err.admin.role", role);
	return rc ? rc : user_role_set(rq->db, &rq->actor, &c, e);
}

static int write_active(struct request *rq, void *ctx, struct err *e)
{
	struct user_change c = {.is_active = str_eq(request_form(rq, STR("active")), STR("yes")), .now = rq->now};
	int rc = request_param_i64(rq, 0, &c.account_id, e);

	(void)ctx;
	return rc ? rc : user_active_set(rq->db, &rq->actor, &c, e);
}

static int with_link(struct request *rq, struct response *rs, int (*fn)(struct request *rq, void *ctx, struct err *e),
		     struct err *e)
{
	struct secret token;
	int rc = need_session(rq, e);

	if (rc)
		return rc;
	rc = in_transaction(rq, fn, &token, e);
	return rc ? settle(rq, rs, rc, e) : show_link_once(rq, rs, &token, e);
}

static int add_post(struct request *rq, struct response *rs, struct err *e)
{
	return with_link(rq, rs, write_add, e);
}

static int reset_post(struct request *rq, struct response *rs, struct err *e)
{
	return with_link(rq, rs, write_reset, e);
}

static int role_post(struct request *rq, struct response *rs, struct err *e)
{
	int rc = need_session(rq, e);

	return rc ? rc : settle(rq, rs, in_transaction(rq, write_role, NULL, e), e);
}

static int active_post(struct request *rq, struct response *rs, struct err *e)
{
	int rc = need_session(rq, e);

	return rc ? rc : settle(rq, rs, in_transaction(rq, write_active, NULL, e), e);
}

#define ROW(method_, pattern_, handler_)                                                                         \
	{                                                                                                        \
		.method = (method_), .pattern = (pattern_), .permission = PERM_USER_ADMIN, .handler = (handler_) \
	}

const struct route users_web_routes[] = {
	ROW("GET", "/settings/users", users_show),
	ROW("POST", "/settings/users", add_post),
	ROW("POST", "/settings/users/{id}/role", role_post),
	ROW("POST", "/settings/users/{id}/active", active_post),
	ROW("POST", "/settings/users/{id}/reset", reset_post),
	{0},
};
