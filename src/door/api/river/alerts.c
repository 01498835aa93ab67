/* Alerts: the queue, one alert, what people do with it. */
#include "flow/alert/alert.h"

#include "door/api/api.h"
#include "door/api/json.h"
#include "door/api/river/river.h"
#include "flow/incident/incident.h"

#define PAGE 50

json_t *river_alert_json(const struct alert *al)
{
	json_t *out = api_json(json_object()), *tags = api_json(json_array());
	str rest = al->tags, tag;

	while (al->tags.len && str_next(&rest, ' ', &tag))
		api_add(tags, api_text(tag));
	api_put(out, "id", api_json(json_integer(al->id)));
	api_put(out, "version", api_json(json_integer(al->version)));
	api_put(out, "rule",
		api_json(json_pack("{s:o, s:o, s:o}", "id", api_text(al->rule_id), "title", api_text(al->rule_title),
				   "tags", tags)));
	api_put(out, "level", api_json(json_integer(al->level)));
	api_put(out, "priority", api_json(json_integer(al->priority)));
	api_put(out, "asset_value", api_json(json_integer(al->asset_value)));
	api_put(out, "confidence", api_json(json_integer(al->confidence)));
	api_put(out, "criteria_version", api_json(json_integer(al->criteria_version)));
	api_put(out, "asset", api_text_or_null(al->asset));
	api_put(out, "account", api_text_or_null(al->account));
	api_put(out, "count", api_json(json_integer(al->count)));
	api_put(out, "first_at", api_time(al->first_at));
	api_put(out, "last_at", api_time(al->last_at));
	api_put(out, "created_at", api_time(al->created_at));
	api_put(out, "state", api_text(str_of(alert_state_name(al->state))));
	api_put(out, "owner", api_text_or_null(al->owner_name));
	api_put(out, "verdict", api_text_or_null(str_of(alert_verdict_name(al->verdict))));
	api_put(out, "acknowledged_at", api_time(al->acknowledged_at));
	api_put(out, "closed_at", api_time(al->closed_at));
	api_put(out, "incident", api_number_or_null(al->incident_id));
	api_put(out, "first_event", river_event_id(al->first_event));
	api_put(out, "last_event", river_event_id(al->last_event));
	return out;
}

/* ---- the queue ---- */

static int read_states(const struct request *rq, struct alert_filter *f, struct err *e)
{
	size_t at = 0;
	str text;

	while (request_query_each(rq, STR("state"), &at, &text)) {
		enum alert_state s;

		if (!alert_state_parse(text, &s))
			return river_query_bad(e, "state", text);
		f->open |= s == ALERT_OPEN;
		f->acknowledged |= s == ALERT_ACKNOWLEDGED;
		f->closed |= s == ALERT_CLOSED;
	}
	return 0;
}

static int read_priorities(const struct request *rq, struct alert_filter *f, struct err *e)
{
	size_t at = 0;
	str text;

	while (request_query_each(rq, STR("priority"), &at, &text)) {
		int64_t p;

		if (!str_to_i64(text, &p) || p < 1 || p > 5)
			return river_query_bad(e, "priority", text);
		f->priorities |= 1u << p;
	}
	return 0;
}

static int read_owner(const struct request *rq, struct alert_filter *f, struct err *e)
{
	str text = request_query(rq, STR("owner"));

	if (text.len == 0)
		return 0;
	if (str_eq(text, STR("me")))
		f->owner_id = rq->actor.user_id;
	else if (str_eq(text, STR("none")))
		f->owner_id = 0;
	else if (!str_to_i64(text, &f->owner_id) || f->owner_id < 0)
		return river_query_bad(e, "owner", text);
	return 0;
}

static int read_filter(const struct request *rq, struct alert_filter *f, struct err *e)
{
	str incident = request_query(rq, STR("incident")), sort = request_query(rq, STR("sort"));
	int rc;

	*f = alert_filter_all();
	if ((rc = read_states(rq, f, e)) || (rc = read_priorities(rq, f, e)) || (rc = read_owner(rq, f, e)) ||
	    (rc = river_query_time(rq, "from", &f->from, e)) || (rc = river_query_time(rq, "until", &f->until, e)))
		return rc;
	f->rule_id = request_query(rq, STR("rule"));
	f->asset = request_query(rq, STR("asset"));
	f->text = request_query(rq, STR("text"));
	if (incident.len && (!str_to_i64(incident, &f->incident_id) || f->incident_id < 0))
		return river_query_bad(e, "incident", incident);
	if (str_eq(sort, STR("time")))
		f->sort = ALERT_BY_TIME;
	else if (sort.len && !str_eq(sort, STR("priority")))
		return river_query_bad(e, "sort", sort);
	return 0;
}

/* "<priority>-<microseconds>-<id>" */
static int read_cursor(const struct request *rq, struct alert_cursor *ret, struct err *e)
{
	str text = request_query(rq, STR("cursor")), rest = text, part;
	struct alert_cursor c;

	if (text.len == 0)
		return 0;
	if (!str_next(&rest, '-', &part) || !str_to_i64(part, &c.priority) || !str_next(&rest, '-', &part) ||
	    !str_to_i64(part, &c.last_at) || !rest.ptr || !str_to_i64(rest, &c.id) || c.id < 1)
		return err_set_value(e, ERR_RANGE, "err.api.cursor", text);
	*ret = c;
	return 0;
}

static json_t *facets_json(const struct alert_facets *f)
{
	json_t *out = api_json(json_object()), *states = api_json(json_object()), *priorities = api_json(json_object());

	for (unsigned s = 0; s < ALERT_STATE_COUNT; s++)
		api_put(states, alert_state_name(s), api_json(json_integer(f->by_state[s])));
	for (int p = 1; p <= 5; p++) {
		char name[2] = {(char)('0' + p), '\0'};

		api_put(priorities, name, api_json(json_integer(f->by_priority[p])));
	}
	api_put(out, "total", api_json(json_integer(f->total)));
	api_put(out, "is_more", json_boolean(f->total >= ALERT_COUNT_MAX));
	api_put(out, "state", states);
	api_put(out, "priority", priorities);
	api_put(out, "owner",
		api_json(json_pack("{s:I, s:I, s:I}", "me", (json_int_t)f->mine, "none", (json_int_t)f->nobodys,
				   "others", (json_int_t)f->others)));
	return out;
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct alert_filter f;
	struct alert_list list;
	struct alert_facets facets;
	json_t *out, *items;
	int64_t limit;
	int rc;

	if ((rc = read_filter(rq, &f, e)) || (rc = read_cursor(rq, &f.start, e)) ||
	    (rc = request_limit(rq, PAGE, ALERT_PAGE_MAX, &limit, e)))
		return rc;
	f.limit = (uint32_t)limit;
	if ((rc = alert_list(rq->db, actor_scope(&rq->actor), &f, rq->arena, &list, e)) ||
	    (rc = alert_facets(rq->db, actor_scope(&rq->actor), &f, rq->actor.user_id, &facets, e)))
		return rc;
	items = api_json(json_array());
	for (uint32_t i = 0; i < list.count; i++)
		api_add(items, river_alert_json(&list.alerts[i]));
	out = api_json(json_object());
	api_put(out, "alerts", items);
	api_put(out, "facets", facets_json(&facets));
	api_put(out, "next",
		list.has_more ? api_text(arena_fmt(rq->arena, "%lld-%lld-%lld", (long long)list.next.priority,
						   (long long)list.next.last_at, (long long)list.next.id))
			      : json_null());
	return response_json(rs, out, e);
}

/* ---- one alert ---- */

static int find(struct request *rq, struct alert *ret, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	return rc ? rc : alert_find(rq->db, actor_scope(&rq->actor), id, rq->arena, ret, e);
}

static int answer(struct request *rq, struct response *rs, struct err *e)
{
	struct alert al;
	int rc = find(rq, &al, e);

	if (rc)
		return rc;
	api_etag(rq, rs, al.version);
	return response_json(rs, river_alert_json(&al), e);
}

static int history_get(struct request *rq, struct response *rs, struct err *e)
{
	struct alert al;
	struct alert_entry *entries;
	uint32_t count;
	json_t *out, *items;
	int rc;

	if ((rc = find(rq, &al, e)) ||
	    (rc = alert_history(rq->db, actor_scope(&rq->actor), al.id, rq->arena, &entries, &count, e)))
		return rc;
	items = api_json(json_array());
	for (uint32_t i = 0; i < count; i++)
		api_add(items,
			api_json(json_pack("{s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t)entries[i].id, "at",
					   api_time(entries[i].at), "by", api_text(entries[i].user_name), "action",
					   api_text(entries[i].action), "text", api_text(entries[i].text))));
	out = api_json(json_object());
	api_put(out, "entries", items);
	return response_json(rs, out, e);
}

static int events_get(struct request *rq, struct response *rs, struct err *e)
{
	struct alert al;
	event_id *ids, behind = 0;
	str cursor = request_query(rq, STR("cursor"));
	uint32_t count;
	json_t *out, *items;
	int rc;

	if (cursor.len && !event_id_parse(cursor, &behind))
		return err_set_value(e, ERR_RANGE, "err.api.cursor", cursor);
	if ((rc = find(rq, &al, e)) ||
	    (rc = alert_events(rq->db, actor_scope(&rq->actor), al.id, behind, rq->arena, &ids, &count, e)))
		return rc;
	items = api_json(json_array());
	for (uint32_t i = 0; i < count; i++)
		api_add(items, river_event_id(ids[i]));
	out = api_json(json_object());
	api_put(out, "events", items);
	api_put(out, "next", count == 200 ? river_event_id(ids[count - 1]) : json_null());
	return response_json(rs, out, e);
}

static json_t *reason_json(const struct match_reason *r)
{
	json_t *out = api_json(json_object());

	api_put(out, "selection", api_text(r->selection));
	api_put(out, "field", api_text_or_null(r->field));
	api_put(out, "modifiers", api_text_or_null(r->modifiers));
	api_put(out, "pattern", api_text(r->pattern));
	api_put(out, "value", r->value.ptr ? api_text(r->value) : json_null());
	api_put(out, "matched", json_boolean(r->matched));
	return out;
}

static int explanation_get(struct request *rq, struct response *rs, struct err *e)
{
	struct explain_with with = {rq->services->archive, rq->services->detector, rq->actor.tenant_id, LANG_EN};
	struct explanation x;
	struct alert al;
	json_t *out, *reasons;
	int rc;

	if ((rc = find(rq, &al, e)) || (rc = alert_explain(&with, &al, rq->arena, &x, e)))
		return rc;
	reasons = api_json(json_array());
	for (uint32_t i = 0; i < x.reason_count; i++)
		api_add(reasons, reason_json(&x.reasons[i]));
	out = api_json(json_object());
	api_put(out, "event", river_event_json(&x.event));
	api_put(out, "rule_known", json_boolean(x.rule_known));
	api_put(out, "still_matches", json_boolean(x.still_matches));
	api_put(out, "description", api_text_or_null(x.description));
	api_put(out, "source", api_text_or_null(x.source));
	api_put(out, "reasons", reasons);
	return response_json(rs, out, e);
}

/* ---- actions ---- */

static int with_one(struct request *rq, struct alert_set *set, int64_t *id, struct err *e)
{
	int rc = request_param_i64(rq, 0, id, e);

	*set = (struct alert_set){.ids = id, .count = 1};
	return rc ? rc : river_if_match(rq, &set->version, e);
}

static int acknowledge_post(struct request *rq, struct response *rs, struct err *e)
{
	struct alert_set set;
	int64_t id;
	int rc = with_one(rq, &set, &id, e);

	if (rc || (rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, alert_acknowledge(rq->db, &rq->actor, &set, rq->now, e), e);
	return rc ? rc : answer(rq, rs, e);
}

static int read_verdict(const json_t *body, enum alert_verdict *ret, str *ret_note, struct err *e)
{
	str verdict = STR_NONE;
	int rc;

	if ((rc = api_required(body, "verdict", e)) || (rc = api_field_text(body, "verdict", &verdict, e)) ||
	    (rc = api_field_text(body, "note", ret_note, e)))
		return rc;
	if (alert_verdict_parse(verdict, ret))
		return 0;
	rc = err_set_value(e, ERR_RANGE, "err.alert.verdict", verdict);
	err_path(e, STR("verdict"));
	err_expected(
		e, STR("true_impact, true_no_impact, benign, false_positive_rule, false_positive_data, undetermined"));
	return rc;
}

static int verdict_post(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const known[] = {"verdict", "note", NULL};
	_cleanup_json_ json_t *body = NULL;
	enum alert_verdict verdict = VERDICT_NONE;
	struct alert_set set;
	int64_t id;
	int rc;

	if ((rc = with_one(rq, &set, &id, e)) || (rc = request_json(rq, &body, e)) ||
	    (rc = api_known(body, known, e)) || (rc = read_verdict(body, &verdict, &set.note, e)) ||
	    (rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, alert_judge(rq->db, &rq->actor, &set, verdict, rq->now, e), e);
	return rc ? rc : answer(rq, rs, e);
}

static int comment_post(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const known[] = {"text", NULL};
	_cleanup_json_ json_t *body = NULL;
	str text = STR_NONE;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) || (rc = request_json(rq, &body, e)) ||
	    (rc = api_known(body, known, e)) || (rc = api_required(body, "text", e)) ||
	    (rc = api_field_text(body, "text", &text, e)) || (rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, alert_comment(rq->db, &rq->actor, id, text, rq->now, e), e);
	return rc ? rc : answer(rq, rs, e);
}

static int undo_post(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) || (rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, alert_undo(rq->db, &rq->actor, id, rq->now, e), e);
	return rc ? rc : answer(rq, rs, e);
}

static const char *const list_query[] = {"state", "priority", "owner", "rule",  "asset",  "text", "incident",
					 "from",  "until",    "sort",  "limit", "cursor", NULL};
static const char *const cursor_query[] = {"cursor", NULL};

const struct route alerts_api_routes[] = {
	{"GET", "/api/v1/alerts", PERM_ALERT_READ, 0, list_get, "listAlerts", NULL, "AlertList", .query = list_query},
	{"POST", "/api/v1/alerts/actions", PERM_ALERT_WORK, ROUTE_IDEMPOTENT, river_alert_actions, "actOnAlerts",
	 "AlertAction", "AlertActionResult"},
	{"GET", "/api/v1/alerts/{id}", PERM_ALERT_READ, 0, answer, "getAlert", NULL, "Alert"},
	{"GET", "/api/v1/alerts/{id}/history", PERM_ALERT_READ, 0, history_get, "getAlertHistory", NULL,
	 "AlertHistory"},
	{"GET", "/api/v1/alerts/{id}/events", PERM_EVENT_READ, 0, events_get, "listAlertEvents", NULL, "AlertEvents",
	 .query = cursor_query},
	{"GET", "/api/v1/alerts/{id}/explanation", PERM_EVENT_READ, 0, explanation_get, "explainAlert", NULL,
	 "AlertExplanation"},
	{"POST", "/api/v1/alerts/{id}/acknowledge", PERM_ALERT_WORK, ROUTE_IDEMPOTENT, acknowledge_post,
	 "acknowledgeAlert", NULL, "Alert"},
	{"POST", "/api/v1/alerts/{id}/verdict", PERM_ALERT_WORK, ROUTE_IDEMPOTENT, verdict_post, "judgeAlert",
	 "AlertVerdict", "Alert"},
	{"POST", "/api/v1/alerts/{id}/comments", PERM_ALERT_WORK, ROUTE_IDEMPOTENT, comment_post, "commentAlert",
	 "Comment", "Alert"},
	{"POST", "/api/v1/alerts/{id}/undo", PERM_ALERT_WORK, ROUTE_IDEMPOTENT, undo_post, "undoAlert", NULL, "Alert"},
	{0},
};
