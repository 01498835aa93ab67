/* Who am I, users, tokens, the audit trail, backups: door/admin's functions as routes. */
#include "door/admin/admin.h"

#include "door/api/api.h"
#include "door/api/json.h"
#include "guard/session.h"
#include "guard/token.h"

static struct admin_call call_of(const struct request *rq, const json_t *in)
{
	return (struct admin_call){rq->db, rq->services->env, &rq->actor, rq->services->data_folder, in, 0};
}

/* A route without a body. */
static int answer(struct request *rq, struct response *rs, admin_fn fn, struct err *e)
{
	struct admin_call call = call_of(rq, NULL);
	json_t *out = NULL;
	int rc = rq->path_params[0].ptr ? request_param_i64(rq, 0, &call.id, e) : 0;

	if (!rc)
		rc = fn(&call, &out, e);
	return rc ? rc : response_json(rs, out, e);
}

static int answer_body(struct request *rq, struct response *rs, admin_fn fn, struct err *e)
{
	_cleanup_json_ json_t *in = NULL;
	struct admin_call call;
	json_t *out = NULL;
	int rc = request_json(rq, &in, e);

	if (rc)
		return rc;
	call = call_of(rq, in);
	if (rq->path_params[0].ptr)
		rc = request_param_i64(rq, 0, &call.id, e);
	if (!rc)
		rc = fn(&call, &out, e);
	return rc ? rc : response_json(rs, out, e);
}

static int me_get(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_(buf_done) struct buf permissions;
	json_t *out = api_json(json_object());

	buf_init(&permissions, 4096);
	permissions_add(&permissions, rq->actor.permissions);
	api_put(out, "name", api_text(str_of(rq->actor.name)));
	api_put(out, "role", api_text(str_of(role_name(rq->actor.role))));
	api_put(out, "permissions", api_text(buf_str(&permissions)));
	api_put(out, "tenant", api_json(json_integer(rq->actor.tenant_id)));
	api_put(out, "is_demo", json_boolean(rq->actor.is_demo));
	api_put(out, "language", api_text(str_of(lang_code(rq->lang))));
	return response_json(rs, out, e);
}

static int audit_verify_get(struct request *rq, struct response *rs, struct err *e)
{
	return answer(rq, rs, admin_audit_verify, e);
}

/* The query as the object that door/admin reads. */
static int audit_get(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const numbers[] = {"before_at", "before_seq", "limit"}, *const texts[] = {"action",
												     "object"};
	_cleanup_json_ json_t *in = api_json(json_object());
	struct admin_call call = call_of(rq, in);
	json_t *out = NULL;
	int rc;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		str text = request_query(rq, str_of(numbers[i]));
		int64_t value;

		if (!text.ptr)
			continue;
		if (!str_to_i64(text, &value)) {
			rc = err_set_value(e, ERR_RANGE, "err.admin.input", text);
			err_path(e, str_of(numbers[i]));
			return rc;
		}
		api_put(in, numbers[i], api_json(json_integer(value)));
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (request_query(rq, str_of(texts[i])).ptr)
			api_put(in, texts[i], api_text(request_query(rq, str_of(texts[i]))));
	rc = admin_audit_list(&call, &out, e);
	return rc ? rc : response_json(rs, out, e);
}

static int backup_post(struct request *rq, struct response *rs, struct err *e)
{
	return answer_body(rq, rs, admin_backup, e);
}

static int users_get(struct request *rq, struct response *rs, struct err *e)
{
	return answer(rq, rs, admin_user_list, e);
}

static int users_post(struct request *rq, struct response *rs, struct err *e)
{
	int rc = answer_body(rq, rs, admin_user_add, e);

	if (!rc)
		rs->status = 201;
	return rc;
}

static int reset_post(struct request *rq, struct response *rs, struct err *e)
{
	return answer_body(rq, rs, admin_user_reset, e);
}

static int tokens_get(struct request *rq, struct response *rs, struct err *e)
{
	return answer(rq, rs, admin_token_list, e);
}

static int tokens_post(struct request *rq, struct response *rs, struct err *e)
{
	int rc = answer_body(rq, rs, admin_token_create, e);

	if (!rc)
		rs->status = 201;
	return rc;
}

static int token_delete(struct request *rq, struct response *rs, struct err *e)
{
	return answer(rq, rs, admin_token_revoke, e);
}

static const char *const audit_query[] = {"before_at", "before_seq", "limit", "action", "object", NULL};

const struct route guard_api_routes[] = {
	{"GET", "/api/v1/me", PERM_SIGNED_IN, 0, me_get, "getMe", NULL, "Me", NULL, NULL, 0},
	{"GET", "/api/v1/audit", PERM_AUDIT_READ, 0, audit_get, "listAudit", NULL, "AuditList", audit_query, NULL, 0},
	{"GET", "/api/v1/audit/verify", PERM_AUDIT_READ, 0, audit_verify_get, "verifyAudit", NULL, "AuditProof", NULL,
	 NULL, 0},
	{"POST", "/api/v1/backup", PERM_SYSTEM_ADMIN, 0, backup_post, "makeBackup", "BackupInput", "Backup", NULL, NULL,
	 0},
	{"GET", "/api/v1/users", PERM_USER_ADMIN, 0, users_get, "listUsers", NULL, "UserList", NULL, NULL, 0},
	{"POST", "/api/v1/users", PERM_USER_ADMIN, 0, users_post, "addUser", "UserInput", "UserLink", NULL, NULL, 0},
	{"POST", "/api/v1/users/reset", PERM_USER_ADMIN, 0, reset_post, "resetUser", "UserResetInput", "UserLink", NULL,
	 NULL, 0},
	{"GET", "/api/v1/tokens", PERM_TOKEN_ADMIN, 0, tokens_get, "listTokens", NULL, "TokenList", NULL, NULL, 0},
	{"POST", "/api/v1/tokens", PERM_TOKEN_ADMIN, 0, tokens_post, "createToken", "TokenInput", "Token", NULL, NULL,
	 0},
	{"DELETE", "/api/v1/tokens/{id}", PERM_TOKEN_ADMIN, 0, token_delete, "revokeToken", NULL, "Any", NULL, NULL, 0},
	{0},
};
