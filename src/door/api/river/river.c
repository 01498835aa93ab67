#include "door/api/river/river.h"

#include "base/utf8.h"
#include "flow/incident/incident.h"

json_t *river_event_id(event_id id)
{
	char text[EVENT_ID_TEXT_LEN + 1];

	if (id == 0)
		return json_null();
	event_id_format(id, text);
	return api_text(str_of(text));
}

/* raw is text: bytes that are no UTF-8 are shown as U+FFFD, and `is_text` says so. */
json_t *river_event_json(const struct archived *ev)
{
	json_t *out = api_json(json_object());
	struct buf clean;

	buf_init(&clean, ev->event.raw.len * 3 + 1);
	utf8_add_clean(&clean, ev->event.raw);
	api_put(out, "id", river_event_id(ev->id));
	api_put(out, "received_at", api_time(ev->event.received));
	api_put(out, "time", ev->event.time_known ? api_time(ev->event.time) : json_null());
	api_put(out, "source", api_text(ev->event.source));
	api_put(out, "raw", api_text(buf_str(&clean)));
	api_put(out, "is_text", json_boolean(utf8_is_valid(ev->event.raw)));
	buf_done(&clean);
	return out;
}

int river_query_bad(struct err *e, const char *name, str value)
{
	int rc = err_set_value(e, ERR_RANGE, "err.api.query", value);

	err_path(e, str_of(name));
	return rc;
}

int river_query_time(const struct request *rq, const char *name, time_us *ret, struct err *e)
{
	str text = request_query(rq, str_of(name));

	return text.len == 0 || time_parse(text, ret) ? 0 : river_query_bad(e, name, text);
}

int river_if_match(const struct request *rq, int64_t *ret_version, struct err *e)
{
	str value = str_trim(request_header(rq, STR("If-Match")));

	if (value.len == 0 || str_eq(value, STR("*"))) {
		*ret_version = 0;
		return 0;
	}
	return api_if_match(rq, ret_version, e);
}

static int bad_field(struct err *e, const char *field, str value)
{
	int rc = err_set_value(e, ERR_RANGE, "err.api.field", value);

	err_path(e, str_of(field));
	return rc;
}

int river_ids(const struct request *rq, const json_t *body, const char *field, struct alert_set *ret, struct err *e)
{
	const json_t *list = json_object_get(body, field);
	size_t count = json_array_size(list);
	int64_t *ids;

	if (!json_is_array(list) || count == 0 || count > ALERT_BULK_MAX)
		return bad_field(e, field, str_of(field));
	ids = arena_alloc(rq->arena, count * sizeof(*ids));
	if (!ids)
		return err_set(e, ERR_LIMIT, "err.alert.memory");
	for (size_t i = 0; i < count; i++) {
		const json_t *id = json_array_get(list, i);

		if (!json_is_integer(id) || json_integer_value(id) < 1)
			return bad_field(e, field, str_of(field));
		ids[i] = json_integer_value(id);
	}
	ret->ids = ids;
	ret->count = (uint32_t)count;
	return 0;
}

struct bulk {
	str action, verdict, title;
	struct alert_set set;
	int64_t incident, severity;
};

static int read_bulk(const struct request *rq, const json_t *body, struct bulk *b, struct err *e)
{
	static const char *const known[] = {"action", "ids", "verdict", "note", "incident", "title", "severity", NULL};
	int rc;

	if ((rc = api_known(body, known, e)) || (rc = api_required(body, "action", e)) ||
	    (rc = api_field_text(body, "action", &b->action, e)) || (rc = river_ids(rq, body, "ids", &b->set, e)) ||
	    (rc = api_field_text(body, "verdict", &b->verdict, e)) ||
	    (rc = api_field_text(body, "note", &b->set.note, e)) ||
	    (rc = api_field_i64(body, "incident", &b->incident, e)) ||
	    (rc = api_field_text(body, "title", &b->title, e)))
		return rc;
	return api_field_i64(body, "severity", &b->severity, e);
}

/* Out of range stays out of range, whatever a narrower type would make of it. */
static unsigned severity_of(int64_t given)
{
	return given < 1 || given > 5 ? 0 : (unsigned)given;
}

static int to_incident(struct request *rq, struct bulk *b, struct err *e)
{
	struct incident_new new = {.title = b->title, .severity = severity_of(b->severity), .alerts = b->set};
	struct alert first;
	int rc;

	if (!actor_may(&rq->actor, PERM_INCIDENT_WORK))
		return err_set_value(e, ERR_DENIED, "err.incident.may_not", STR("incident.work"));
	if (b->incident)
		return incident_add_alerts(rq->db, &rq->actor, b->incident, &b->set, rq->now, e);
	rc = alert_find(rq->db, actor_scope(&rq->actor), b->set.ids[0], rq->arena, &first, e);
	if (rc)
		return rc;
	if (new.title.len == 0)
		new.title = incident_title_cut(first.rule_title);
	if (b->severity == 0)
		new.severity = first.priority;
	return incident_create(rq->db, &rq->actor, &new, rq->now, &b->incident, e);
}

static int act(struct request *rq, struct bulk *b, struct err *e)
{
	enum alert_verdict verdict;

	if (str_eq(b->action, STR("acknowledge")))
		return alert_acknowledge(rq->db, &rq->actor, &b->set, rq->now, e);
	if (str_eq(b->action, STR("incident")))
		return to_incident(rq, b, e);
	if (!str_eq(b->action, STR("verdict")))
		return bad_field(e, "action", b->action);
	if (!alert_verdict_parse(b->verdict, &verdict))
		return bad_field(e, "verdict", b->verdict);
	return alert_judge(rq->db, &rq->actor, &b->set, verdict, rq->now, e);
}

int river_alert_actions(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_json_ json_t *body = NULL;
	struct bulk b = {0};
	json_t *out;
	int rc;

	if ((rc = request_json(rq, &body, e)) || (rc = read_bulk(rq, body, &b, e)) || (rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, act(rq, &b, e), e);
	if (rc)
		return rc;
	out = api_json(json_object());
	api_put(out, "alerts", api_json(json_integer(b.set.count)));
	api_put(out, "incident", api_number_or_null(b.incident));
	return response_json(rs, out, e);
}
