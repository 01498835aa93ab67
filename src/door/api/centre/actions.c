/* Improvement actions. */
#include "centre/evaluate/evaluate.h"

#include "door/api/api.h"
#include "door/api/json.h"

static json_t *action_json(const struct action *a)
{
	json_t *out = api_json(json_object());

	api_put(out, "id", api_json(json_integer(a->id)));
	api_put(out, "version", api_json(json_integer(a->version)));
	api_put(out, "title", api_text(a->title));
	api_put(out, "service", api_text_or_null(a->service));
	api_put(out, "owner", api_text(a->owner));
	api_put(out, "due", api_time(a->due));
	api_put(out, "state", api_text(str_of(action_state_name(a->state))));
	api_put(out, "remark", api_text(a->remark));
	api_put(out, "round", api_number_or_null(a->round_id));
	api_put(out, "flow", api_text_or_null(str_of(action_flow_name(a->flow))));
	api_put(out, "need", api_text_or_null(a->need));
	api_put(out, "source", api_text_or_null(a->source));
	api_put(out, "created_by", api_text(a->created_by));
	api_put(out, "created_at", api_time(a->created_at));
	api_put(out, "changed_by", api_text(a->changed_by));
	api_put(out, "changed_at", api_time(a->changed_at));
	api_put(out, "done_at", api_time(a->done_at));
	return out;
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct action_list list;
	json_t *out, *actions;
	int rc = action_list(rq->db, actor_scope(&rq->actor), rq->arena, &list, e);

	if (rc)
		return rc;
	actions = api_json(json_array());
	for (uint32_t i = 0; i < list.count; i++)
		api_add(actions, action_json(&list.items[i]));
	out = api_json(json_object());
	api_put(out, "actions", actions);
	return response_json(rs, out, e);
}

static int answer(struct request *rq, struct response *rs, int64_t id, struct err *e)
{
	struct action a;
	int rc = action_load(rq->db, actor_scope(&rq->actor), id, rq->arena, &a, e);

	if (rc)
		return rc;
	api_etag(rq, rs, a.version);
	return response_json(rs, action_json(&a), e);
}

static int action_get(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	return rc ? rc : answer(rq, rs, id, e);
}

/* The body is the whole action: what is absent becomes empty. */
static int read_action(const json_t *body, struct action *a, struct err *e)
{
	static const char *const known[] = {"title", "service", "owner", "due",    "state", "remark",
					    "round", "flow",    "need",  "source", NULL};
	str state = STR_NONE, flow = STR_NONE;
	int rc;

	if ((rc = api_known(body, known, e)) || (rc = api_required(body, "title", e)) ||
	    (rc = api_field_text(body, "title", &a->title, e)) ||
	    (rc = api_field_text(body, "service", &a->service, e)) ||
	    (rc = api_field_text(body, "owner", &a->owner, e)) || (rc = api_field_time(body, "due", &a->due, e)) ||
	    (rc = api_field_text(body, "state", &state, e)) || (rc = api_field_text(body, "remark", &a->remark, e)) ||
	    (rc = api_field_i64(body, "round", &a->round_id, e)) || (rc = api_field_text(body, "flow", &flow, e)) ||
	    (rc = api_field_text(body, "need", &a->need, e)) || (rc = api_field_text(body, "source", &a->source, e)))
		return rc;
	if (flow.ptr && !action_flow_parse(flow, &a->flow)) {
		rc = err_set_value(e, ERR_RANGE, "err.evaluate.form", flow);
		err_path(e, STR("flow"));
		return rc;
	}
	if (!state.ptr || action_state_parse(state, &a->state))
		return 0;
	rc = err_set_value(e, ERR_RANGE, "err.evaluate.form", state);
	err_path(e, STR("state"));
	return rc;
}

static int save(struct request *rq, struct response *rs, struct action *a, struct err *e)
{
	_cleanup_json_ json_t *body = NULL;
	struct action_save s = {.framework = content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT)),
				.action = a,
				.now = rq->now};
	int64_t id;
	int rc;

	if ((rc = request_json(rq, &body, e)) || (rc = read_action(body, a, e)))
		return rc;
	rc = action_save(rq->db, &rq->actor, &s, &id, e);
	if (rc == -ERR_CONFLICT) /* the condition of If-Match does not hold: 412 */
		return err_set_value(e, ERR_CONFLICT, "err.api.changed", request_header(rq, STR("If-Match")));
	return rc ? rc : answer(rq, rs, id, e);
}

static int action_post(struct request *rq, struct response *rs, struct err *e)
{
	struct action a = {.id = 0};

	rs->status = 201;
	return save(rq, rs, &a, e);
}

static int action_put(struct request *rq, struct response *rs, struct err *e)
{
	struct action a = {.id = 0};
	int rc;

	if ((rc = request_param_i64(rq, 0, &a.id, e)) || (rc = api_if_match(rq, &a.version, e)))
		return rc;
	if (a.id < 1)
		return err_set(e, ERR_NOT_FOUND, "err.evaluate.action");
	return save(rq, rs, &a, e);
}

const struct route actions_api_routes[] = {
	{"GET", "/api/v1/actions", PERM_PORTFOLIO_READ, 0, list_get, "listActions", NULL, "ActionList"},
	{"POST", "/api/v1/actions", PERM_WORK_WRITE, ROUTE_IDEMPOTENT, action_post, "addAction", "ActionInput",
	 "Action"},
	{"GET", "/api/v1/actions/{id}", PERM_PORTFOLIO_READ, 0, action_get, "getAction", NULL, "Action"},
	{"PUT", "/api/v1/actions/{id}", PERM_WORK_WRITE, 0, action_put, "putAction", "ActionInput", "Action"},
	{0},
};
