/* Packs of rules: door/admin's functions as routes; the rules are loaded anew after each change. */
#include "door/admin/admin.h"
#include "door/api/api.h"
#include "door/api/json.h"
#include "flow/alert/alert.h"

static struct admin_call call_of(const struct request *rq, const json_t *in)
{
	return (struct admin_call){rq->db, rq->services->env, &rq->actor, rq->services->data_folder, in, 0};
}

static int packs_get(struct request *rq, struct response *rs, struct err *e)
{
	struct admin_call call = call_of(rq, NULL);
	json_t *out = NULL;
	int rc = admin_pack_list(&call, &out, e);

	return rc ? rc : response_json(rs, out, e);
}

static int change(struct request *rq, struct response *rs, admin_fn fn, struct err *e)
{
	_cleanup_json_ json_t *in = NULL;
	struct admin_call call;
	json_t *out = NULL;
	int rc = request_json(rq, &in, e);

	if (rc)
		return rc;
	call = call_of(rq, in);
	rc = fn(&call, &out, e);
	if (!rc)
		rc = detector_reload(rq->services->detector, e);
	if (rc) {
		json_decref(out);
		return rc;
	}
	return response_json(rs, out, e);
}

static int fetch_post(struct request *rq, struct response *rs, struct err *e)
{
	return change(rq, rs, admin_pack_fetch, e);
}

static int change_post(struct request *rq, struct response *rs, struct err *e)
{
	return change(rq, rs, admin_pack_change, e);
}

const struct route packs_api_routes[] = {
	{"GET", "/api/v1/rule-packs", PERM_RULE_READ, 0, packs_get, "listRulePacks", NULL, "RulePackList"},
	{"POST", "/api/v1/rule-packs", PERM_SYSTEM_ADMIN, 0, fetch_post, "fetchRulePack", "RulePackInput",
	 "RulePackFetched"},
	{"POST", "/api/v1/rule-packs/change", PERM_SYSTEM_ADMIN, 0, change_post, "changeRulePack", "RulePackChange",
	 "RulePack"},
	{0},
};
