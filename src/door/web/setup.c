/* The first organisation and its first user; a new password by a link. */
#include "door/web/session.h"

#include "guard/link.h"
#include "guard/login.h"
#include "guard/setup.h"

static str token_of(const struct request *rq)
{
	str token = request_form(rq, STR("token"));

	return token.ptr ? token : request_query(rq, STR("token"));
}

static int setup_page(struct request *rq, struct response *rs, struct view *v, struct err *e)
{
	str login = request_form(rq, STR("login"));
	struct totp_secret secret;

	if (!totp_parse(request_form(rq, STR("totp_key")), &secret))
		secret = totp_create(rq->services->env);
	view_totp(rq, v, &secret, login);
	view_text(v, "token", token_of(rq));
	view_text(v, "organisation", request_form(rq, STR("organisation")));
	view_text(v, "name", request_form(rq, STR("name")));
	view_text(v, "login", login);
	return response_page(rq, rs, STR("session/setup"), v, e);
}

static int setup_show(struct request *rq, struct response *rs, struct err *e)
{
	int rc = setup_check(rq->db, token_of(rq), rq->now, e);

	return rc ? rc : setup_page(rq, rs, view_create(rq->arena), e);
}

static int twice_the_same(const struct request *rq, struct err *e)
{
	if (str_eq(request_form(rq, STR("password")), request_form(rq, STR("password_again"))))
		return 0;
	return err_set(e, ERR_RANGE, "err.password.again");
}

static int setup_finish(struct request *rq, struct setup_done *done, struct err *e)
{
	struct setup s = {
		.token = token_of(rq),
		.organisation = request_form(rq, STR("organisation")),
		.display_name = request_form(rq, STR("name")),
		.login = request_form(rq, STR("login")),
		.password = request_form(rq, STR("password")),
		.language = str_of(lang_code(rq->lang)),
		.time_zone = rq->lang == LANG_JA ? STR("Asia/Tokyo") : STR("UTC"),
		.code = request_form(rq, STR("code")),
		.address = rq->peer,
		.user_agent = request_header(rq, STR("user-agent")),
		.now = rq->now,
	};
	int rc = twice_the_same(rq, e);

	if (rc)
		return rc;
	if (!totp_parse(request_form(rq, STR("totp_key")), &s.totp))
		return err_set(e, ERR_RANGE, "err.login.code");
	return setup_complete(rq->db, rq->services->env, &s, done, e);
}

static int setup_post(struct request *rq, struct response *rs, struct err *e)
{
	struct setup_done done;
	enum lang lang;
	int rc;

	if (lang_parse(request_form(rq, STR("lang")), &lang))
		rq->lang = lang;
	rc = setup_check(rq->db, token_of(rq), rq->now, e);
	if (rc)
		return rc;
	rc = setup_finish(rq, &done, e);
	if (rc) {
		struct view *v = view_create(rq->arena);

		return form_error(rq, rs, v, e) ? setup_page(rq, rs, v, e) : rc;
	}
	give_cookie(rq, rs, &done.cookie);
	secret_wipe(&done.cookie);
	return codes_page(rq, rs, &done.codes, e);
}

static int reset_page(struct request *rq, struct response *rs, struct view *v, struct err *e)
{
	view_text(v, "token", token_of(rq));
	return response_page(rq, rs, STR("session/reset"), v, e);
}

static int reset_show(struct request *rq, struct response *rs, struct err *e)
{
	struct link_given given = {LINK_RESET, token_of(rq), rq->now};
	struct link link;
	int rc = link_find(rq->db, &given, &link, e);

	return rc ? rc : reset_page(rq, rs, view_create(rq->arena), e);
}

static int reset_post(struct request *rq, struct response *rs, struct err *e)
{
	struct login_reset reset = {token_of(rq), request_form(rq, STR("password")), rq->now};
	int rc = twice_the_same(rq, e);

	if (!rc)
		rc = login_reset(rq->db, &reset, e);
	if (rc) {
		struct view *v = view_create(rq->arena);

		return form_error(rq, rs, v, e) ? reset_page(rq, rs, v, e) : rc;
	}
	response_redirect(rs, STR("/session/login"));
	return 0;
}

const struct route setup_web_routes[] = {
	{.method = "GET", .pattern = "/setup", .permission = PERM_NONE, .handler = setup_show},
	{.method = "POST", .pattern = "/setup", .permission = PERM_NONE, .handler = setup_post},
	{.method = "GET", .pattern = "/session/reset", .permission = PERM_NONE, .handler = reset_show},
	{.method = "POST", .pattern = "/session/reset", .permission = PERM_NONE, .handler = reset_post},
	{0},
};
