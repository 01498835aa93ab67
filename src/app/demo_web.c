/* The demo's buttons: a fresh organisation, and the way to one's own. Signing in and the change of person are
 * door/web/session.c's. */
#include "app/demo_parts.h"
#include "guard/session.h"
#include "guard/setup.h"

static str agent_of(const struct request *rq)
{
	return request_header(rq, STR("User-Agent"));
}

/* In a fresh organisation the person goes on in the same role. */
static int enter_fresh(struct request *rq, enum role role, struct secret *ret, struct err *e)
{
	struct demo *d = rq->services->demo;
	struct session_new session = {.tenant_id = d->tenant_id,
				      .stage = SESSION_FULL,
				      .address = rq->peer,
				      .user_agent = agent_of(rq),
				      .now = rq->now};
	int rc;

	if ((rc = demo_account(rq->db, session.tenant_id, role, &session.account_id, e)) || (rc = db_begin(rq->db, e)))
		return rc;
	rc = session_start(rq->db, rq->services->env, &session, ret, e);
	return db_end(rq->db, rc, e);
}

static int reset_post(struct request *rq, struct response *rs, struct err *e)
{
	struct secret cookie;
	str kept;
	int rc;

	if (!rq->actor.is_demo || !rq->services->demo)
		return err_set(e, ERR_NOT_FOUND, "err.http.not_found");
	if ((rc = demo_begin(rq->services->demo, rq->db, e)) || (rc = enter_fresh(rq, rq->actor.role, &cookie, e)))
		return rc;
	kept = arena_str(rq->arena, str_of(cookie.text));
	response_session(rq, rs, kept);
	response_redirect(rs, STR("/now"));
	return 0;
}

/* One's own organisation stands beside the demo in the same data folder, empty and apart: a new root of the tree. */
static int own_post(struct request *rq, struct response *rs, struct err *e)
{
	struct secret token;
	int rc;

	if (!rq->actor.is_demo || !rq->services->demo)
		return err_set(e, ERR_NOT_FOUND, "err.http.not_found");
	rc = setup_issue(rq->db, rq->services->env, &token, e);
	if (!rc)
		response_redirect(rs, arena_fmt(rq->arena, "/setup?token=%s", token.text));
	return rc;
}

const struct route demo_routes[] = {
	{.method = "POST",
	 .pattern = "/demo/reset",
	 .permission = PERM_SIGNED_IN,
	 .flags = ROUTE_DEMO,
	 .handler = reset_post},
	{.method = "POST",
	 .pattern = "/demo/own",
	 .permission = PERM_SIGNED_IN,
	 .flags = ROUTE_DEMO,
	 .handler = own_post},
	{0},
};
