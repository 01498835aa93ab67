/* Signing in and out, language, organisation, and the demo's ways in. */
#include "door/web/session.h"

#include "guard/login.h"
#include "guard/setup.h"
#include "guard/tenant.h"
#include "guard/user.h"

#define LANG_COOKIE "noroshi_lang"

static struct env *env_of(const struct request *rq)
{
	return rq->services->env;
}

static str agent_of(const struct request *rq)
{
	return request_header(rq, STR("user-agent"));
}

static str next_of(const struct request *rq)
{
	str next = request_form(rq, STR("next"));

	return redirect_target(next.ptr ? next : request_query(rq, STR("next")));
}

/* Another page of the sign-in that leads to the same place in the end. */
static str onward(struct request *rq, const char *path)
{
	struct buf url;
	str copy;

	buf_init(&url, 8192);
	buf_add(&url, str_of(path));
	buf_add(&url, STR("?next="));
	url_add(&url, next_of(rq));
	copy = arena_str(rq->arena, buf_str(&url));
	buf_done(&url);
	return copy;
}

static int login_page(struct request *rq, struct response *rs, struct view *v, struct err *e)
{
	view_text(v, "next", next_of(rq));
	view_text(v, "login", request_form(rq, STR("login")));
	return response_page(rq, rs, STR("session/login"), v, e);
}

static int login_show(struct request *rq, struct response *rs, struct err *e)
{
	if (actor_may(&rq->actor, PERM_SIGNED_IN)) {
		response_redirect(rs, next_of(rq));
		return 0;
	}
	return login_page(rq, rs, view_create(rq->arena), e);
}

static int login_post(struct request *rq, struct response *rs, struct err *e)
{
	struct login login = {request_form(rq, STR("login")), request_form(rq, STR("password")), rq->peer, agent_of(rq),
			      rq->now};
	struct login_done done;
	int rc = login_password(rq->db, env_of(rq), &login, &done, e);

	if (rc) {
		struct view *v = view_create(rq->arena);

		return form_error(rq, rs, v, e) ? login_page(rq, rs, v, e) : rc;
	}
	give_cookie(rq, rs, &done.cookie);
	secret_wipe(&done.cookie);
	if (done.stage == SESSION_FULL)
		response_redirect(rs, next_of(rq));
	else
		response_redirect(rs, onward(rq, "/session/totp"));
	return 0;
}

static bool waits_for_code(const struct request *rq)
{
	return rq->session && rq->session->stage == SESSION_PASSWORD;
}

static int totp_page(struct request *rq, struct response *rs, struct view *v, struct err *e)
{
	view_text(v, "next", next_of(rq));
	return response_page(rq, rs, STR("session/totp"), v, e);
}

static int totp_show(struct request *rq, struct response *rs, struct err *e)
{
	if (!waits_for_code(rq)) {
		response_redirect(rs, STR("/session/login"));
		return 0;
	}
	return totp_page(rq, rs, view_create(rq->arena), e);
}

static int totp_post(struct request *rq, struct response *rs, struct err *e)
{
	struct login_code code = {rq->session, request_form(rq, STR("code")), rq->peer, rq->now};
	struct secret cookie;
	int rc;

	if (!waits_for_code(rq)) {
		response_redirect(rs, STR("/session/login"));
		return 0;
	}
	rc = login_totp(rq->db, env_of(rq), &code, &cookie, e);
	if (rc) {
		struct view *v = view_create(rq->arena);

		return form_error(rq, rs, v, e) ? totp_page(rq, rs, v, e) : rc;
	}
	give_cookie(rq, rs, &cookie);
	secret_wipe(&cookie);
	response_redirect(rs, next_of(rq));
	return 0;
}

static int logout_post(struct request *rq, struct response *rs, struct err *e)
{
	int rc = rq->session ? session_end(rq->db, rq->session->account_id, rq->session->id, e) : 0;

	if (rc)
		return rc;
	response_session(rq, rs, STR(""));
	response_redirect(rs, STR("/session/login"));
	return 0;
}

static int language_post(struct request *rq, struct response *rs, struct err *e)
{
	str code = request_form(rq, STR("lang"));
	struct user_settings settings = {.language = code};
	enum lang lang;
	int rc = 0;

	if (!lang_parse(code, &lang))
		return err_set_value(e, ERR_RANGE, "err.session.language", code);
	if (rq->session && actor_may(&rq->actor, PERM_SIGNED_IN))
		rc = user_settings_set(rq->db, rq->session->account_id, &settings, e);
	if (rc)
		return rc;
	response_cookie(rq, rs, STR(LANG_COOKIE), str_of(lang_code(lang)));
	response_redirect(rs, next_of(rq));
	return 0;
}

/* Another organisation to work in: only where one has a role. */
static int tenant_post(struct request *rq, struct response *rs, struct err *e)
{
	struct session next;
	struct secret cookie;
	enum role role;
	int rc = need_session(rq, e);

	if (rc)
		return rc;
	next = *rq->session;
	if (!str_to_i64(request_form(rq, STR("tenant")), &next.tenant_id))
		return err_set_value(e, ERR_NOT_FOUND, "err.tenant.unknown", request_form(rq, STR("tenant")));
	rc = tenant_role_of(rq->db, next.tenant_id, next.account_id, &role, e);
	if (!rc)
		rc = session_rotate(rq->db, env_of(rq), &next, &cookie, e);
	if (rc)
		return rc;
	give_cookie(rq, rs, &cookie);
	secret_wipe(&cookie);
	response_redirect(rs, next_of(rq));
	return 0;
}

/* The console's link into the demo. Opened again in the same browser it simply leads in. */
static int demo_show(struct request *rq, struct response *rs, struct err *e)
{
	struct demo_enter enter = {request_query(rq, STR("token")), rq->peer, agent_of(rq), rq->now};
	struct secret cookie;
	int rc = 0;

	if (!actor_may(&rq->actor, PERM_SIGNED_IN)) {
		rc = demo_enter(rq->db, env_of(rq), &enter, &cookie, e);
		if (rc)
			return rc;
		give_cookie(rq, rs, &cookie);
		secret_wipe(&cookie);
	}
	response_redirect(rs, STR("/"));
	return 0;
}

static int demo_role_post(struct request *rq, struct response *rs, struct err *e)
{
	struct demo_switch change = {.who = rq->actor};
	str name = request_form(rq, STR("role"));
	struct secret cookie;
	int rc = need_session(rq, e);

	if (rc)
		return rc;
	if (!role_parse(name, &change.role))
		return err_set_value(e, ERR_RANGE, "err.user.no_role", name);
	rc = demo_switch(rq->db, env_of(rq), &change, &cookie, e);
	if (rc)
		return rc;
	give_cookie(rq, rs, &cookie);
	secret_wipe(&cookie);
	response_redirect(rs, next_of(rq));
	return 0;
}

const struct route session_web_routes[] = {
	{.method = "GET", .pattern = "/session/login", .permission = PERM_NONE, .handler = login_show},
	{.method = "POST", .pattern = "/session/login", .permission = PERM_NONE, .handler = login_post},
	{.method = "GET", .pattern = "/session/totp", .permission = PERM_NONE, .handler = totp_show},
	{.method = "POST", .pattern = "/session/totp", .permission = PERM_NONE, .handler = totp_post},
	{.method = "POST", .pattern = "/session/logout", .permission = PERM_NONE, .handler = logout_post},
	{.method = "POST", .pattern = "/session/language", .permission = PERM_NONE, .handler = language_post},
	{.method = "POST", .pattern = "/session/tenant", .permission = PERM_SIGNED_IN, .handler = tenant_post},
	{.method = "GET", .pattern = "/demo", .permission = PERM_NONE, .flags = ROUTE_DEMO, .handler = demo_show},
	{.method = "POST",
	 .pattern = "/demo/role",
	 .permission = PERM_SIGNED_IN,
	 .flags = ROUTE_DEMO,
	 .handler = demo_role_post},
	{0},
};
