/* One's own settings: password, second factor, sessions, and API tokens for those who may give them. */
#include "door/web/session.h"

#include "guard/tenant.h"
#include "guard/token.h"
#include "guard/user.h"

#define TOKEN_LIFE_DAYS 365

static void view_moment(struct request *rq, struct view *v, time_us t)
{
	char text[TIME_TEXT_MAX];

	time_format(t, text);
	view_text(v, "time_iso", arena_str(rq->arena, str_of(text)));
	time_format_local(t, 0, text);
	view_text(v, "time_text", arena_fmt(rq->arena, "%s UTC", text));
}

struct listing {
	struct request *rq;
	struct view *view;
};

static int add_token(void *ctx, const struct token_row *row)
{
	struct listing *l = ctx;
	struct view *item;
	char text[TIME_TEXT_MAX];

	if (row->revoked_at || row->expires_at <= l->rq->now)
		return 0;
	item = view_item(l->view, "tokens");
	view_i64(item, "id", row->id);
	view_text(item, "name", arena_str(l->rq->arena, row->name));
	view_text(item, "scope", arena_str(l->rq->arena, row->permissions));
	view_moment(l->rq, item, row->created_at);
	time_format_local(row->used_at, 0, text);
	view_text(item, "used_text", row->used_at ? arena_fmt(l->rq->arena, "%s UTC", text) : STR(""));
	return 0;
}

static int add_session(void *ctx, const struct session_row *row)
{
	struct listing *l = ctx;
	struct view *item = view_item(l->view, "sessions");

	view_i64(item, "id", row->id);
	view_text(item, "device", arena_str(l->rq->arena, row->user_agent));
	view_text(item, "peer", arena_str(l->rq->arena, row->address));
	view_bool(item, "current", row->id == l->rq->session->id);
	view_moment(l->rq, item, row->used_at);
	return 0;
}

static int add_tenant(void *ctx, const struct tenant_row *row)
{
	struct listing *l = ctx;
	struct view *item = view_item(l->view, "tenants");

	view_i64(item, "id", row->id);
	view_text(item, "name", arena_str(l->rq->arena, row->name));
	view_bool(item, "current", row->id == l->rq->actor.tenant_id);
	return 0;
}

static int count_tenant(void *ctx, const struct tenant_row *row)
{
	(void)row;
	++*(int *)ctx;
	return 0;
}

static int add_tenants(struct request *rq, struct listing *l, struct err *e)
{
	int count = 0;
	int rc = tenant_each(rq->db, rq->actor.home_tenant_id, count_tenant, &count, e);

	if (rc || count < 2)
		return rc;
	return tenant_each(rq->db, rq->actor.home_tenant_id, add_tenant, l, e);
}

static void add_languages(struct request *rq, struct view *v)
{
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		struct view *item = view_item(v, "languages");

		view_text(item, "value", str_of(lang_code((enum lang)lang)));
		/* Each language by its own name, so that it is found by whoever reads only that one. */
		view_text(item, "label", words_get((enum lang)lang, STR("session.language.own")));
		view_bool(item, "checked", (int)rq->lang == lang);
	}
}

static int settings_page(struct request *rq, struct response *rs, struct view *v, struct err *e)
{
	struct session_query sessions = {rq->session->account_id, rq->now};
	struct listing l = {rq, v};
	struct user u;
	int rc = user_get(rq->db, rq->session->account_id, &u, e);

	if (!rc)
		rc = session_each(rq->db, &sessions, add_session, &l, e);
	if (!rc)
		rc = add_tenants(rq, &l, e);
	if (!rc && actor_may(&rq->actor, PERM_TOKEN_ADMIN)) {
		view_list(v, "tokens");
		rc = token_each(rq->db, &rq->actor, add_token, &l, e);
	}
	if (rc)
		return rc;
	view_text(v, "login", arena_str(rq->arena, str_of(u.login)));
	view_bool(v, "has_totp", u.has_totp);
	add_languages(rq, v);
	return response_page(rq, rs, STR("session/settings"), v, e);
}

static int settings_show(struct request *rq, struct response *rs, struct err *e)
{
	int rc = need_session(rq, e);

	return rc ? rc : settings_page(rq, rs, view_create(rq->arena), e);
}

/* After a write: back to the page, or the page again with what went wrong. */
static int settle(struct request *rq, struct response *rs, int rc, struct err *e)
{
	struct view *v;

	if (!rc) {
		response_redirect(rs, STR("/settings"));
		return 0;
	}
	v = view_create(rq->arena);
	return form_error(rq, rs, v, e) ? settings_page(rq, rs, v, e) : rc;
}

static int write_password(struct request *rq, void *ctx, struct err *e)
{
	struct user_password p = {rq->session->account_id, request_form(rq, STR("password")), rq->session->id, rq->now};
	struct user u;
	int rc = user_get(rq->db, p.account_id, &u, e);

	(void)ctx;
	if (rc)
		return rc;
	if (!str_eq(p.password, request_form(rq, STR("password_again"))))
		return err_set(e, ERR_RANGE, "err.password.again");
	if (!password_verify(str_of(u.password_hash), request_form(rq, STR("old"))))
		return err_set(e, ERR_RANGE, "err.password.old");
	return user_password_set(rq->db, &rq->actor, &p, e);
}

static int password_post(struct request *rq, struct response *rs, struct err *e)
{
	int rc = need_session(rq, e);

	return rc ? rc : settle(rq, rs, in_transaction(rq, write_password, NULL, e), e);
}

static int session_end_post(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc = need_session(rq, e);

	if (rc)
		return rc;
	rc = request_param_i64(rq, 0, &id, e);
	if (!rc)
		rc = session_end(rq->db, rq->session->account_id, id, e);
	return settle(rq, rs, rc, e);
}

static int write_token(struct request *rq, void *ctx, struct err *e)
{
	struct token_new t = {.name = request_form(rq, STR("name")), .now = rq->now, .env = rq->services->env};
	int rc = permissions_parse(request_form(rq, STR("scope")), &t.permissions, e);

	t.expires_at = rq->now + TOKEN_LIFE_DAYS * TIME_DAY;
	return rc ? rc : token_create(rq->db, &rq->actor, &t, ctx, e);
}

static int token_post(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct secret token;
	int rc = need_session(rq, e);

	if (rc)
		return rc;
	rc = in_transaction(rq, write_token, &token, e);
	if (rc)
		return settle(rq, rs, rc, e);
	view_text(v, "new_token", arena_str(rq->arena, str_of(token.text)));
	secret_wipe(&token);
	return settings_page(rq, rs, v, e);
}

static int write_revoke(struct request *rq, void *ctx, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	(void)ctx;
	return rc ? rc : token_revoke(rq->db, &rq->actor, id, rq->now, e);
}

static int token_revoke_post(struct request *rq, struct response *rs, struct err *e)
{
	int rc = need_session(rq, e);

	return rc ? rc : settle(rq, rs, in_transaction(rq, write_revoke, NULL, e), e);
}

static int enrol_page(struct request *rq, struct response *rs, struct view *v, struct err *e)
{
	struct totp_secret secret;
	struct user u;
	int rc = user_get(rq->db, rq->session->account_id, &u, e);

	if (rc)
		return rc;
	secret = u.totp_pending;
	if (!u.has_pending)
		rc = user_totp_begin(rq->db, rq->services->env, u.id, &secret, e);
	if (rc)
		return rc;
	view_totp(rq, v, &secret, arena_str(rq->arena, str_of(u.login)));
	return response_page(rq, rs, STR("session/enrol"), v, e);
}

static int enrol_show(struct request *rq, struct response *rs, struct err *e)
{
	int rc = need_session(rq, e);

	return rc ? rc : enrol_page(rq, rs, view_create(rq->arena), e);
}

static int write_enrol(struct request *rq, void *ctx, struct err *e)
{
	int rc = user_totp_confirm(rq->db, &rq->actor, request_form(rq, STR("code")), rq->now, e);

	return rc ? rc : recovery_create(rq->db, rq->services->env, rq->actor.user_id, ctx, e);
}

static int enrol_post(struct request *rq, struct response *rs, struct err *e)
{
	struct recovery_codes codes;
	int rc = need_session(rq, e);

	if (rc)
		return rc;
	rc = in_transaction(rq, write_enrol, &codes, e);
	if (rc) {
		struct view *v = view_create(rq->arena);

		return form_error(rq, rs, v, e) ? enrol_page(rq, rs, v, e) : rc;
	}
	return codes_page(rq, rs, &codes, e);
}

#define ROW(method_, pattern_, permission_, handler_)                                                          \
	{                                                                                                      \
		.method = (method_), .pattern = (pattern_), .permission = (permission_), .handler = (handler_) \
	}

const struct route settings_web_routes[] = {
	ROW("GET", "/settings", PERM_SIGNED_IN, settings_show),
	ROW("POST", "/settings/password", PERM_SIGNED_IN, password_post),
	ROW("POST", "/settings/sessions/{id}/end", PERM_SIGNED_IN, session_end_post),
	ROW("GET", "/settings/totp", PERM_SIGNED_IN, enrol_show),
	ROW("POST", "/settings/totp", PERM_SIGNED_IN, enrol_post),
	ROW("POST", "/settings/tokens", PERM_TOKEN_ADMIN, token_post),
	ROW("POST", "/settings/tokens/{id}/revoke", PERM_TOKEN_ADMIN, token_revoke_post),
	{0},
};
