/* Evaluation rounds: list, begin, move, review, note why. */
#include "centre/evaluate/evaluate.h"

#include "door/api/api.h"
#include "door/api/json.h"

static const struct framework *lens(const struct request *rq)
{
	const struct framework *base = content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT)), *own;

	return framework_of(rq->db, actor_scope(&rq->actor), base, rq->arena, &own, NULL) ? base : own;
}

static int refuse(struct err *e, const char *field, str value)
{
	int rc = err_set_value(e, ERR_RANGE, "err.evaluate.form", value);

	err_path(e, str_of(field));
	return rc;
}

/* ---- out ---- */

static json_t *round_json(const struct round *r)
{
	json_t *out = api_json(json_object());

	api_put(out, "id", api_json(json_integer(r->id)));
	api_put(out, "version", api_json(json_integer(r->version)));
	api_put(out, "name", api_text(r->name));
	api_put(out, "framework", api_text(r->framework));
	api_put(out, "rule", api_text(str_of(combine_rule_name(r->rule))));
	api_put(out, "state", api_text(str_of(round_state_name(r->state))));
	api_put(out, "start", api_time(r->start));
	api_put(out, "deadline", api_time(r->deadline));
	api_put(out, "reviews_done", api_json(json_integer(r->reviews_done)));
	api_put(out, "created_by", api_text(r->created_by));
	api_put(out, "created_at", api_time(r->created_at));
	api_put(out, "signed_by", api_text_or_null(r->signed_by));
	api_put(out, "signed_at", api_time(r->signed_at));
	api_put(out, "snapshot", api_number_or_null(r->snapshot_id));
	return out;
}

static json_t *reviews_json(const struct round *r)
{
	json_t *out = api_json(json_array());

	for (int i = 0; i < REVIEW_COUNT; i++) {
		const struct round_review *review = &r->reviews[i];
		json_t *row = api_json(json_object());

		api_put(row, "subject", api_text(str_of(review_subject_name((enum review_subject)i))));
		api_put(row, "outcome",
			review->is_done ? api_text(str_of(review_outcome_name(review->outcome))) : json_null());
		api_put(row, "remark", api_text(review->remark));
		api_put(row, "reviewer", api_text_or_null(review->reviewer));
		api_put(row, "at", api_time(review->at));
		api_add(out, row);
	}
	return out;
}

static json_t *triggers_json(const struct round *r)
{
	json_t *out = api_json(json_array());

	for (uint32_t i = 0; i < r->trigger_count; i++) {
		const struct round_trigger *t = &r->triggers[i];
		json_t *row = api_json(json_object());

		api_put(row, "kind", api_text(str_of(trigger_kind_name(t->kind))));
		api_put(row, "remark", api_text(t->remark));
		api_put(row, "by", api_text(t->user_name));
		api_put(row, "at", api_time(t->at));
		api_add(out, row);
	}
	return out;
}

static int answer(struct request *rq, struct response *rs, int64_t id, struct err *e)
{
	struct round r;
	json_t *out;
	int rc = round_load(rq->db, actor_scope(&rq->actor), id, rq->arena, &r, e);

	if (rc)
		return rc;
	out = round_json(&r);
	api_put(out, "reviews", reviews_json(&r));
	api_put(out, "triggers", triggers_json(&r));
	api_etag(rq, rs, r.version);
	return response_json(rs, out, e);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct round_list list;
	json_t *out, *rounds;
	int rc = round_list(rq->db, actor_scope(&rq->actor), rq->arena, &list, e);

	if (rc)
		return rc;
	rounds = api_json(json_array());
	for (uint32_t i = 0; i < list.count; i++)
		api_add(rounds, round_json(&list.rounds[i]));
	out = api_json(json_object());
	api_put(out, "rounds", rounds);
	return response_json(rs, out, e);
}

static int round_get(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	return rc ? rc : answer(rq, rs, id, e);
}

/* ---- in ---- */

/* The body's fields: all known; those of `needed` are there. */
static int read_fields(const json_t *body, const char *const *known, const char *const *needed, struct err *e)
{
	int rc = api_known(body, known, e);

	for (; !rc && *needed; needed++)
		rc = api_required(body, *needed, e);
	return rc;
}

static int round_post(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const known[] = {"name", "start", "deadline", "rule", NULL};
	static const char *const needed[] = {"name", "start", "deadline", NULL};
	_cleanup_json_ json_t *body = NULL;
	struct round_new n = {.framework = lens(rq), .now = rq->now};
	str rule = STR_NONE;
	int64_t id;
	int rc;

	if ((rc = request_json(rq, &body, e)) || (rc = read_fields(body, known, needed, e)) ||
	    (rc = api_field_text(body, "name", &n.name, e)) || (rc = api_field_time(body, "start", &n.start, e)) ||
	    (rc = api_field_time(body, "deadline", &n.deadline, e)) || (rc = api_field_text(body, "rule", &rule, e)))
		return rc;
	if (rule.ptr && !combine_rule_parse(rule, &n.rule))
		return refuse(e, "rule", rule);
	if ((rc = round_create(rq->db, &rq->actor, &n, &id, e)))
		return rc;
	rs->status = 201;
	return answer(rq, rs, id, e);
}

static int move_post(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const known[] = {"to", NULL};
	_cleanup_json_ json_t *body = NULL;
	struct round_step step = {.framework = lens(rq), .now = rq->now};
	str to = STR_NONE;
	int rc;

	if ((rc = request_param_i64(rq, 0, &step.id, e)) || (rc = api_if_match(rq, &step.expected, e)) ||
	    (rc = request_json(rq, &body, e)) || (rc = read_fields(body, known, known, e)) ||
	    (rc = api_field_text(body, "to", &to, e)))
		return rc;
	if (!round_state_parse(to, &step.to))
		return refuse(e, "to", to);
	rc = round_step(rq->db, &rq->actor, &step, e);
	if (rc == -ERR_CONFLICT) /* the condition of If-Match does not hold: 412 */
		return err_set_value(e, ERR_CONFLICT, "err.api.changed", request_header(rq, STR("If-Match")));
	return rc ? rc : answer(rq, rs, step.id, e);
}

static int review_put(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const known[] = {"outcome", "remark", NULL};
	static const char *const needed[] = {"outcome", NULL};
	_cleanup_json_ json_t *body = NULL;
	struct review_entry entry = {.now = rq->now};
	str outcome = STR_NONE;
	int rc = request_param_i64(rq, 0, &entry.round_id, e);

	if (rc)
		return rc;
	if (!review_subject_parse(rq->path_params[1], &entry.subject))
		return err_set_value(e, ERR_NOT_FOUND, "err.evaluate.round", rq->path_params[1]);
	if ((rc = request_json(rq, &body, e)) || (rc = read_fields(body, known, needed, e)) ||
	    (rc = api_field_text(body, "outcome", &outcome, e)) ||
	    (rc = api_field_text(body, "remark", &entry.remark, e)))
		return rc;
	if (!review_outcome_parse(outcome, &entry.outcome))
		return refuse(e, "outcome", outcome);
	rc = round_review_save(rq->db, &rq->actor, &entry, e);
	return rc ? rc : answer(rq, rs, entry.round_id, e);
}

static int trigger_post(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const known[] = {"kind", "remark", NULL};
	_cleanup_json_ json_t *body = NULL;
	struct trigger_entry entry = {.now = rq->now};
	str kind = STR_NONE;
	int rc;

	if ((rc = request_param_i64(rq, 0, &entry.round_id, e)) || (rc = request_json(rq, &body, e)) ||
	    (rc = read_fields(body, known, known, e)) || (rc = api_field_text(body, "kind", &kind, e)) ||
	    (rc = api_field_text(body, "remark", &entry.remark, e)))
		return rc;
	if (!trigger_kind_parse(kind, &entry.kind))
		return refuse(e, "kind", kind);
	if ((rc = round_trigger_add(rq->db, &rq->actor, &entry, e)))
		return rc;
	rs->status = 201;
	return answer(rq, rs, entry.round_id, e);
}

const struct route evaluate_api_routes[] = {
	{"GET", "/api/v1/evaluation/rounds", PERM_PORTFOLIO_READ, 0, list_get, "listRounds", NULL, "RoundList"},
	{"POST", "/api/v1/evaluation/rounds", PERM_PORTFOLIO_WRITE, ROUTE_IDEMPOTENT, round_post, "beginRound",
	 "RoundInput", "Round"},
	{"GET", "/api/v1/evaluation/rounds/{id}", PERM_PORTFOLIO_READ, 0, round_get, "getRound", NULL, "Round"},
	{"POST", "/api/v1/evaluation/rounds/{id}/move", PERM_PORTFOLIO_WRITE, 0, move_post, "moveRound", "RoundMove",
	 "Round"},
	{"PUT", "/api/v1/evaluation/rounds/{id}/reviews/{subject}", PERM_PORTFOLIO_WRITE, 0, review_put, "putReview",
	 "ReviewInput", "Round"},
	{"POST", "/api/v1/evaluation/rounds/{id}/triggers", PERM_PORTFOLIO_WRITE, ROUTE_IDEMPOTENT, trigger_post,
	 "addTrigger", "TriggerInput", "Round"},
	{0},
};
