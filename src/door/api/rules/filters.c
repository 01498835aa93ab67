/* Tuning filters and trials on kept events. */
#include "door/api/api.h"
#include "door/api/json.h"
#include "door/api/river/river.h"
#include "flow/rules/rules.h"

#define DAYS_USUAL 30

static json_t *filter_json(const struct request *rq, const struct tuning_filter *f)
{
	json_t *out = api_json(json_object());

	api_put(out, "id", api_json(json_integer(f->id)));
	api_put(out, "version", api_json(json_integer(f->version)));
	api_put(out, "rule", api_text(f->rule_id));
	api_put(out, "title", api_text(f->title));
	api_put(out, "state", api_text(str_of(filter_state_name(filter_state(f, rq->now)))));
	api_put(out, "reason", api_text(f->reason));
	api_put(out, "owner", api_text_or_null(f->owner_name));
	api_put(out, "created_at", api_time(f->created_at));
	api_put(out, "expires_at", api_time(f->expires_at));
	api_put(out, "removed_at", api_time(f->removed_at));
	api_put(out, "removed_by", api_text_or_null(f->removed_by));
	api_put(out, "yaml", api_text(f->yaml));
	return out;
}

static int filters_get(struct request *rq, struct response *rs, struct err *e)
{
	str ended = request_query(rq, STR("ended"));
	struct filter_ask ask = {.rule_id = request_query(rq, STR("rule")), .now = rq->now};
	json_t *out, *items;
	struct filter_list list;
	int rc;

	if (ended.len && !str_eq(ended, STR("true")) && !str_eq(ended, STR("false")))
		return river_query_bad(e, "ended", ended);
	ask.ended = str_eq(ended, STR("true"));
	rc = filter_list(rq->db, actor_scope(&rq->actor), &ask, rq->arena, &list, e);
	if (rc)
		return rc;
	items = api_json(json_array());
	for (uint32_t i = 0; i < list.count; i++)
		api_add(items, filter_json(rq, &list.filters[i]));
	out = api_json(json_object());
	api_put(out, "filters", items);
	return response_json(rs, out, e);
}

static int answer_filter(struct request *rq, struct response *rs, int64_t id, struct err *e)
{
	struct tuning_filter f;
	int rc = filter_find(rq->db, actor_scope(&rq->actor), id, rq->arena, &f, e);

	return rc ? rc : response_json(rs, filter_json(rq, &f), e);
}

static int filter_get(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	return rc ? rc : answer_filter(rq, rs, id, e);
}

static int read_filter(const struct request *rq, const json_t *body, struct filter_new *new, struct err *e)
{
	static const char *const known[] = {"rule", "title", "yaml", "reason", "expires_at", NULL};
	const struct generation *g;
	const struct rule *r;
	int rc;

	if ((rc = api_known(body, known, e)))
		return rc;
	for (const char *const *name = known; !rc && *name; name++)
		rc = api_required(body, *name, e);
	if (rc || (rc = api_field_text(body, "rule", &new->rule_id, e)) ||
	    (rc = api_field_text(body, "title", &new->title, e)) ||
	    (rc = api_field_text(body, "yaml", &new->yaml, e)) ||
	    (rc = api_field_text(body, "reason", &new->reason, e)) ||
	    (rc = api_field_time(body, "expires_at", &new->expires_at, e)))
		return rc;
	g = detector_take(rq->services->detector);
	r = rule_set_find(g->rules, new->rule_id);
	rc = r ? filter_check(new->yaml, r, e) : err_set_value(e, ERR_NOT_FOUND, "err.rules.absent", new->rule_id);
	detector_give(rq->services->detector, g);
	return rc;
}

static int filters_post(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_json_ json_t *body = NULL;
	struct filter_new new = {.now = rq->now};
	int64_t id = 0;
	int rc;

	if ((rc = request_json(rq, &body, e)) || (rc = read_filter(rq, body, &new, e)) || (rc = db_begin(rq->db, e)) ||
	    (rc = db_end(rq->db, filter_add(rq->db, &rq->actor, &new, &id, e), e)) ||
	    (rc = desk_reload(rq->services->desk, rq->db, e)))
		return rc;
	rs->status = 201;
	return answer_filter(rq, rs, id, e);
}

typedef int (*filter_deed)(struct db *db, const struct actor *who, const struct filter_change *c, struct err *e);

/* Either a new end, or removed true or false. */
static int read_change(const struct request *rq, const json_t *body, struct filter_change *c, filter_deed *ret,
		       struct err *e)
{
	static const char *const known[] = {"expires_at", "removed", NULL};
	bool removed = false;
	int rc;

	if ((rc = api_known(body, known, e)) || (rc = river_if_match(rq, &c->version, e)) ||
	    (rc = api_field_time(body, "expires_at", &c->expires_at, e)) ||
	    (rc = api_field_bool(body, "removed", &removed, e)))
		return rc;
	if (c->expires_at) {
		*ret = filter_extend;
		return 0;
	}
	*ret = removed ? filter_remove : filter_restore;
	return api_required(body, "removed", e);
}

static int filter_patch(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_json_ json_t *body = NULL;
	struct filter_change c = {.now = rq->now};
	filter_deed fn = NULL;
	int rc;

	if ((rc = request_param_i64(rq, 0, &c.id, e)) || (rc = request_json(rq, &body, e)) ||
	    (rc = read_change(rq, body, &c, &fn, e)) || (rc = db_begin(rq->db, e)) ||
	    (rc = db_end(rq->db, fn(rq->db, &rq->actor, &c, e), e)) ||
	    (rc = desk_reload(rq->services->desk, rq->db, e)))
		return rc;
	return answer_filter(rq, rs, c.id, e);
}

/* ---- trials ---- */

/* Rows of an array of arrays as objects. */
static json_t *rows_json(str text, bool is_examples)
{
	_cleanup_json_ json_t *rows = json_loadb(text.ptr, text.len, 0, NULL);
	json_t *out = api_json(json_array()), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_t *item = api_json(json_object());

		if (is_examples) {
			api_put(item, "event", json_incref(json_array_get(row, 0)));
			api_put(item, "at", api_time(json_integer_value(json_array_get(row, 1))));
			api_put(item, "filtered", json_incref(json_array_get(row, 2)));
		} else {
			api_put(item, "day", api_time(json_integer_value(json_array_get(row, 0))));
			api_put(item, "matches", json_incref(json_array_get(row, 1)));
			api_put(item, "filtered", json_incref(json_array_get(row, 2)));
		}
		api_add(out, item);
	}
	return out;
}

static json_t *backtest_json(const struct backtest *b, bool whole)
{
	json_t *out = api_json(json_object());

	api_put(out, "id", api_json(json_integer(b->id)));
	api_put(out, "rule", api_text(b->rule_id));
	api_put(out, "title", api_text(b->title));
	api_put(out, "state", api_text(b->state));
	api_put(out, "progress", api_json(json_real((double)b->progress / 1000.0)));
	api_put(out, "from", api_time(b->from));
	api_put(out, "until", api_time(b->until));
	api_put(out, "looked_until", api_time(b->looked_until));
	api_put(out, "events", api_json(json_integer(b->events)));
	api_put(out, "matches", api_json(json_integer(b->matches)));
	api_put(out, "filtered", api_json(json_integer(b->filtered)));
	api_put(out, "failure", api_text_or_null(b->failure));
	api_put(out, "by", api_text_or_null(b->user_name));
	api_put(out, "created_at", api_time(b->created_at));
	api_put(out, "ended_at", api_time(b->ended_at));
	if (whole) {
		api_put(out, "days", rows_json(b->days, false));
		api_put(out, "examples", rows_json(b->examples, true));
	}
	return out;
}

static int answer_backtest(struct request *rq, struct response *rs, int64_t id, struct err *e)
{
	struct backtest b;
	int rc = backtest_find(rq->db, actor_scope(&rq->actor), id, rq->arena, &b, e);

	return rc ? rc : response_json(rs, backtest_json(&b, true), e);
}

static int backtests_get(struct request *rq, struct response *rs, struct err *e)
{
	struct backtest_list list;
	json_t *out, *items;
	int rc = backtest_list(rq->db, actor_scope(&rq->actor), request_query(rq, STR("rule")), rq->arena, &list, e);

	if (rc)
		return rc;
	items = api_json(json_array());
	for (uint32_t i = 0; i < list.count; i++)
		api_add(items, backtest_json(&list.tests[i], false));
	out = api_json(json_object());
	api_put(out, "backtests", items);
	return response_json(rs, out, e);
}

static int backtest_get(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	return rc ? rc : answer_backtest(rq, rs, id, e);
}

struct trial_text {
	struct buf yaml, filters;
	bool with_filters;
};

/* The text of the rule, or the id of one at work, with or without our filters on it. */
static int read_backtest(struct request *rq, const json_t *body, struct backtest_new *new, struct trial_text *t,
			 struct err *e)
{
	static const char *const known[] = {"rule", "yaml", "days", "with_filters", NULL};
	const struct generation *g;
	const struct rule *r;
	int64_t days = DAYS_USUAL;
	int rc;

	if ((rc = api_known(body, known, e)) || (rc = api_field_text(body, "rule", &new->rule_id, e)) ||
	    (rc = api_field_text(body, "yaml", &new->yaml, e)) || (rc = api_field_i64(body, "days", &days, e)) ||
	    (rc = api_field_bool(body, "with_filters", &t->with_filters, e)))
		return rc;
	new->days = days < 1 || days > (int64_t)BACKTEST_DAYS_MAX ? 0 : (uint32_t)days;
	if (!new->yaml.len && (rc = api_required(body, "rule", e)))
		return rc;
	if (!new->yaml.len) {
		g = detector_take(rq->services->detector);
		r = rule_set_find(g->rules, new->rule_id);
		rc = r ? backtest_text(g->rules, g->catalogue, r, &t->yaml, e)
		       : err_set_value(e, ERR_NOT_FOUND, "err.rules.absent", new->rule_id);
		detector_give(rq->services->detector, g);
		new->yaml = buf_str(&t->yaml);
	}
	if (!rc && t->with_filters && new->rule_id.len)
		rc = backtest_filters(rq->db, actor_scope(&rq->actor), new->rule_id, rq->now, &t->filters, e);
	new->filters = buf_str(&t->filters);
	return rc;
}

static int backtests_post(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_json_ json_t *body = NULL;
	struct backtest_new new = {.now = rq->now};
	struct trial_text t = {0};
	int64_t id = 0;
	int rc;

	buf_init(&t.yaml, BACKTEST_YAML_MAX);
	buf_init(&t.filters, DESK_FILTERS_MAX * FILTER_YAML_MAX);
	rc = request_json(rq, &body, e);
	if (!rc)
		rc = read_backtest(rq, body, &new, &t, e);
	if (!rc)
		rc = db_begin(rq->db, e);
	if (!rc)
		rc = db_end(rq->db, backtest_start(rq->db, &rq->actor, &new, &id, e), e);
	buf_done(&t.yaml);
	buf_done(&t.filters);
	if (rc)
		return rc;
	rs->status = 201;
	return answer_backtest(rq, rs, id, e);
}

static int cancel_post(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	if (rc || (rc = db_begin(rq->db, e)) ||
	    (rc = db_end(rq->db, backtest_cancel(rq->db, &rq->actor, id, rq->now, e), e)))
		return rc;
	return answer_backtest(rq, rs, id, e);
}

static const char *const filters_query[] = {"rule", "ended", NULL};
static const char *const backtests_query[] = {"rule", NULL};

const struct route tuning_api_routes[] = {
	{"GET", "/api/v1/tuning-filters", PERM_RULE_READ, 0, filters_get, "listTuningFilters", NULL, "TuningFilterList",
	 .query = filters_query},
	{"POST", "/api/v1/tuning-filters", PERM_RULE_WRITE, 0, filters_post, "addTuningFilter", "TuningFilterInput",
	 "TuningFilter"},
	{"GET", "/api/v1/tuning-filters/{id}", PERM_RULE_READ, 0, filter_get, "getTuningFilter", NULL, "TuningFilter"},
	{"PATCH", "/api/v1/tuning-filters/{id}", PERM_RULE_WRITE, 0, filter_patch, "changeTuningFilter",
	 "TuningFilterChange", "TuningFilter"},
	{"GET", "/api/v1/backtests", PERM_RULE_READ, 0, backtests_get, "listBacktests", NULL, "BacktestList",
	 .query = backtests_query},
	{"POST", "/api/v1/backtests", PERM_RULE_WRITE, 0, backtests_post, "startBacktest", "BacktestInput", "Backtest"},
	{"GET", "/api/v1/backtests/{id}", PERM_RULE_READ, 0, backtest_get, "getBacktest", NULL, "Backtest"},
	{"POST", "/api/v1/backtests/{id}/cancel", PERM_RULE_WRITE, 0, cancel_post, "cancelBacktest", NULL, "Backtest"},
	{0},
};
