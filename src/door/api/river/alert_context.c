/* What an alert is besides its events: the matches of a correlation, an indicator. */
#include "door/api/api.h"
#include "door/api/json.h"
#include "door/api/river/river.h"
#include "flow/alert/alert.h"

static json_t *match_json(const struct alert_match *m)
{
	json_t *out = api_json(json_object()), *group = json_loadb(m->group_values.ptr, m->group_values.len, 0, NULL);

	api_put(out, "group", group ? group : api_json(json_array()));
	api_put(out, "measured", api_json(json_real(m->measured)));
	api_put(out, "events", api_json(json_integer(m->events)));
	api_put(out, "first_at", api_time(m->first_at));
	api_put(out, "last_at", api_time(m->last_at));
	return out;
}

static json_t *correlation_json(const struct alert_match *matches, uint32_t count)
{
	json_t *out, *items;

	if (!count)
		return json_null();
	out = api_json(json_object());
	items = api_json(json_array());
	for (uint32_t i = 0; i < count; i++)
		api_add(items, match_json(&matches[i]));
	api_put(out, "condition", api_text(matches[0].condition));
	api_put(out, "span_seconds", api_json(json_integer(matches[0].span / TIME_SECOND)));
	api_put(out, "matches", items);
	return out;
}

static json_t *indicator_json(const struct alert_indicator *i)
{
	json_t *out;

	if (!i->value.len)
		return json_null();
	out = api_json(json_object());
	api_put(out, "type", api_text(i->type));
	api_put(out, "value", api_text(i->value));
	api_put(out, "field", api_text(i->field));
	api_put(out, "list", api_text(i->list));
	api_put(out, "line", api_json(json_integer(i->line)));
	api_put(out, "description", api_text_or_null(i->description));
	api_put(out, "license", api_text_or_null(i->license));
	api_put(out, "source", api_text_or_null(i->source));
	api_put(out, "is_retrospective", json_boolean(i->is_retrospective));
	return out;
}

static int context_get(struct request *rq, struct response *rs, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	struct alert_indicator indicator;
	struct alert_match *matches;
	uint32_t count;
	struct alert al;
	json_t *out;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) || (rc = alert_find(rq->db, scope, id, rq->arena, &al, e)) ||
	    (rc = alert_matches(rq->db, scope, id, rq->arena, &matches, &count, e)) ||
	    (rc = alert_indicator_of(rq->db, scope, id, rq->arena, &indicator, e)))
		return rc;
	out = api_json(json_object());
	api_put(out, "correlation", correlation_json(matches, count));
	api_put(out, "indicator", indicator_json(&indicator));
	return response_json(rs, out, e);
}

const struct route alert_context_api_routes[] = {
	{"GET", "/api/v1/alerts/{id}/context", PERM_EVENT_READ, 0, context_get, "getAlertContext", NULL,
	 "AlertContext"},
	{0},
};
