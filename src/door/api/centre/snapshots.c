/* Snapshots of evaluation and the comparison of two of them. */
#include "centre/evaluate/evaluate.h"

#include "door/api/api.h"
#include "door/api/json.h"

static const struct framework *lens(const struct request *rq)
{
	const struct framework *base = content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT)), *own;

	return framework_of(rq->db, actor_scope(&rq->actor), base, rq->arena, &own, NULL) ? base : own;
}

static json_t *score_json(score_c score)
{
	return score == SCORE_NONE ? json_null() : api_json(json_real(score / 100.0));
}

static json_t *text_json(const struct fw_text *text)
{
	json_t *both = api_json(json_object());

	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		api_put(both, lang_code((enum lang)lang), api_text(text->by_lang[lang]));
	return both;
}

static json_t *group_json(const struct portfolio_group *g)
{
	json_t *out = api_json(json_object());

	api_put(out, "applicable", api_json(json_integer(g->applicable)));
	api_put(out, "now", score_json(score_mean_value(&g->now)));
	api_put(out, "target", score_json(score_mean_value(&g->target)));
	api_put(out, "evidence", score_json(score_mean_value(&g->evidence)));
	return out;
}

static json_t *header_json(const struct snapshot *s)
{
	json_t *out = api_json(json_object());

	api_put(out, "id", api_number_or_null(s->id));
	api_put(out, "round", api_number_or_null(s->round_id));
	api_put(out, "name", api_text(s->name));
	api_put(out, "framework", api_text(s->framework));
	api_put(out, "edition", api_text(s->edition));
	api_put(out, "rule", api_text(str_of(combine_rule_name(s->rule))));
	api_put(out, "taken_at", api_time(s->taken_at));
	api_put(out, "taken_by", api_text_or_null(s->taken_by));
	api_put(out, "is_signed", json_boolean(s->is_signed));
	api_put(out, "total", group_json(&s->total));
	return out;
}

static json_t *service_json(const struct snapshot_service *s)
{
	const struct service_state *st = &s->state;
	json_t *out = api_json(json_object());

	api_put(out, "id", api_text(s->id));
	api_put(out, "category", api_text(s->category));
	api_put(out, "name", text_json(&s->name));
	api_put(out, "level", api_text_or_null(service_level_id(s->level)));
	api_put(out, "is_level_decided", json_boolean(st->level != SERVICE_UNDECIDED));
	api_put(out, "assignment", api_text_or_null(assignment_id(st->assignment)));
	api_put(out, "team", api_text(st->team));
	api_put(out, "provider", api_text(st->provider));
	api_put(out, "not_applicable", json_boolean(st->not_applicable));
	api_put(out, "counts", json_boolean(s->counts));
	api_put(out, "in_now", api_number_or_null(st->now[SIDE_IN]));
	api_put(out, "in_target", api_number_or_null(st->target[SIDE_IN]));
	api_put(out, "out_now", api_number_or_null(st->now[SIDE_OUT]));
	api_put(out, "out_target", api_number_or_null(st->target[SIDE_OUT]));
	api_put(out, "now", score_json(s->now));
	api_put(out, "target", score_json(s->target));
	api_put(out, "evidence", api_number_or_null(s->evidence));
	api_put(out, "signed_by", api_text_or_null(st->signed_by));
	api_put(out, "signed_at", api_time(st->signed_at));
	return out;
}

static json_t *category_json(const struct snapshot_category *c)
{
	json_t *out = group_json(&c->group);

	api_put(out, "id", api_text(c->id));
	api_put(out, "name", text_json(&c->name));
	return out;
}

static int answer(struct request *rq, struct response *rs, int64_t id, struct err *e)
{
	json_t *out, *services, *categories;
	struct snapshot s;
	int rc = snapshot_load(rq->db, actor_scope(&rq->actor), id, rq->arena, &s, e);

	if (rc)
		return rc;
	out = header_json(&s);
	services = api_json(json_array());
	categories = api_json(json_array());
	for (uint32_t i = 0; i < s.category_count; i++)
		api_add(categories, category_json(&s.categories[i]));
	for (uint32_t i = 0; i < s.service_count; i++)
		api_add(services, service_json(&s.services[i]));
	api_put(out, "categories", categories);
	api_put(out, "services", services);
	return response_json(rs, out, e);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct snapshot_list list;
	json_t *out, *snapshots;
	int rc = snapshot_list(rq->db, actor_scope(&rq->actor), lens(rq)->id, rq->arena, &list, e);

	if (rc)
		return rc;
	snapshots = api_json(json_array());
	for (uint32_t i = 0; i < list.count; i++)
		api_add(snapshots, header_json(&list.items[i]));
	out = api_json(json_object());
	api_put(out, "snapshots", snapshots);
	return response_json(rs, out, e);
}

static int snapshot_get(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	return rc ? rc : answer(rq, rs, id, e);
}

static int snapshot_post(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const known[] = {"name", NULL};
	_cleanup_json_ json_t *body = NULL;
	struct snapshot_new n = {.framework = lens(rq), .now = rq->now};
	int64_t id;
	int rc;

	if ((rc = request_json(rq, &body, e)) || (rc = api_known(body, known, e)) ||
	    (rc = api_required(body, "name", e)) || (rc = api_field_text(body, "name", &n.name, e)) ||
	    (rc = snapshot_take(rq->db, &rq->actor, &n, &id, e)))
		return rc;
	rs->status = 201;
	return answer(rq, rs, id, e);
}

/* ---- comparison ---- */

/* The query parameter: a snapshot's id; "now" or absent: the present. */
static int load_picture(const struct request *rq, str which, struct snapshot *ret, struct err *e)
{
	struct portfolio_query query = {.framework = lens(rq), .now = rq->now};
	struct portfolio p;
	int64_t id;
	int rc;

	if (which.len && !str_eq(which, STR("now"))) {
		if (!str_to_i64(which, &id))
			return err_set_value(e, ERR_NOT_FOUND, "err.evaluate.snapshot", which);
		return snapshot_load(rq->db, actor_scope(&rq->actor), id, rq->arena, ret, e);
	}
	if ((rc = portfolio_load(rq->db, actor_scope(&rq->actor), &query, rq->arena, &p, e)) ||
	    (rc = snapshot_of(&p, rq->arena, ret, e)))
		return rc;
	ret->taken_at = rq->now;
	return 0;
}

static json_t *differs_json(unsigned bits)
{
	static const char *const names[] = {"level", "assignment", "now", "target", "evidence", "presence"};
	json_t *out = api_json(json_array());

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (bits & (1u << i))
			api_add(out, api_text(str_of(names[i])));
	return out;
}

static json_t *comparison_json(const struct comparison *c)
{
	json_t *out = api_json(json_object()), *services = api_json(json_array()), *categories = api_json(json_array());

	for (uint32_t i = 0; i < c->count; i++) {
		const struct service_difference *d = &c->services[i];
		json_t *row = api_json(json_object());

		api_put(row, "id", api_text(d->b ? d->b->id : d->a->id));
		api_put(row, "differs", differs_json(d->differs));
		api_put(row, "a", d->a ? service_json(d->a) : json_null());
		api_put(row, "b", d->b ? service_json(d->b) : json_null());
		api_add(services, row);
	}
	for (uint32_t i = 0; i < c->category_count; i++) {
		const struct category_difference *d = &c->categories[i];
		json_t *row = api_json(json_object());

		api_put(row, "id", api_text(d->b ? d->b->id : d->a->id));
		api_put(row, "differs", json_boolean(d->differs));
		api_put(row, "a", d->a ? category_json(d->a) : json_null());
		api_put(row, "b", d->b ? category_json(d->b) : json_null());
		api_add(categories, row);
	}
	api_put(out, "a", header_json(c->a));
	api_put(out, "b", header_json(c->b));
	api_put(out, "rules_differ", json_boolean(c->rules_differ));
	api_put(out, "up", api_json(json_integer(c->up)));
	api_put(out, "down", api_json(json_integer(c->down)));
	api_put(out, "services", services);
	api_put(out, "categories", categories);
	return out;
}

static int compare_get(struct request *rq, struct response *rs, struct err *e)
{
	struct snapshot a, b;
	struct comparison c;
	int rc;

	if ((rc = load_picture(rq, request_query(rq, STR("a")), &a, e)) ||
	    (rc = load_picture(rq, request_query(rq, STR("b")), &b, e)) ||
	    (rc = snapshot_compare(&a, &b, rq->arena, &c, e)))
		return rc;
	return response_json(rs, comparison_json(&c), e);
}

static const char *const compare_query[] = {"a", "b", NULL};

const struct route snapshots_api_routes[] = {
	{"GET", "/api/v1/evaluation/snapshots", PERM_PORTFOLIO_READ, 0, list_get, "listSnapshots", NULL,
	 "SnapshotList"},
	{"POST", "/api/v1/evaluation/snapshots", PERM_PORTFOLIO_WRITE, ROUTE_IDEMPOTENT, snapshot_post, "takeSnapshot",
	 "SnapshotInput", "Snapshot"},
	{"GET", "/api/v1/evaluation/snapshots/{id}", PERM_PORTFOLIO_READ, 0, snapshot_get, "getSnapshot", NULL,
	 "Snapshot"},
	{"GET", "/api/v1/evaluation/compare", PERM_PORTFOLIO_READ, 0, compare_get, "compareSnapshots", NULL,
	 "SnapshotComparison", compare_query},
	{0},
};
