/* Incidents: list, one, steps, notes, alerts. Evidence has a file of its own. */
#include "flow/incident/incident.h"

#include "door/api/api.h"
#include "door/api/river/river.h"

#define PAGE 50

static json_t *incident_json(const struct incident *in)
{
	json_t *out = api_json(json_object()), *next = api_json(json_array());

	for (const struct incident_step *s = incident_steps; s->permission != PERM_NONE; s++)
		if (s->from == in->state)
			api_add(next, api_json(json_pack("{s:s, s:b, s:s}", "state", incident_state_name(s->to),
							 "needs_reason", (int)s->needs_reason, "permission",
							 permission_name(s->permission))));
	api_put(out, "id", api_json(json_integer(in->id)));
	api_put(out, "ref", api_text(str_of(in->ref)));
	api_put(out, "version", api_json(json_integer(in->version)));
	api_put(out, "title", api_text(in->title));
	api_put(out, "summary", api_text(in->summary));
	api_put(out, "severity", api_json(json_integer(in->severity)));
	api_put(out, "class", api_text_or_null(in->class));
	api_put(out, "state", api_text(str_of(incident_state_name(in->state))));
	api_put(out, "state_since", api_time(in->state_since));
	api_put(out, "next_states", next);
	api_put(out, "owner", api_text_or_null(in->owner_name));
	api_put(out, "created_by", api_text(in->created_by));
	api_put(out, "created_at", api_time(in->created_at));
	api_put(out, "changed_at", api_time(in->changed_at));
	api_put(out, "closed_at", api_time(in->closed_at));
	api_put(out, "close_reason", api_text_or_null(in->close_reason));
	return out;
}

static int read_filter(const struct request *rq, struct incident_filter *f, struct err *e)
{
	str state = request_query(rq, STR("state")), owner = request_query(rq, STR("owner")),
	    active = request_query(rq, STR("active")), cursor = request_query(rq, STR("cursor"));

	*f = (struct incident_filter){.owner_id = ALERT_ANYBODY, .open = true, .text = request_query(rq, STR("text"))};
	if (str_eq(active, STR("all")))
		f->closed = true;
	else if (str_eq(active, STR("no")))
		*f = (struct incident_filter){.owner_id = ALERT_ANYBODY, .closed = true, .text = f->text};
	else if (active.len && !str_eq(active, STR("yes")))
		return river_query_bad(e, "active", active);
	f->has_state = state.len > 0;
	if (f->has_state && !incident_state_parse(state, &f->state))
		return river_query_bad(e, "state", state);
	if (f->has_state)
		f->open = f->closed = true;
	if (str_eq(owner, STR("me")))
		f->owner_id = rq->actor.user_id;
	else if (owner.len && (!str_to_i64(owner, &f->owner_id) || f->owner_id < 0))
		return river_query_bad(e, "owner", owner);
	if (cursor.len && (!str_to_i64(cursor, &f->before_id) || f->before_id < 1))
		return err_set_value(e, ERR_RANGE, "err.api.cursor", cursor);
	return 0;
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct incident_filter f;
	struct incident_list list;
	json_t *out, *items;
	int64_t limit;
	int rc;

	if ((rc = read_filter(rq, &f, e)) || (rc = request_limit(rq, PAGE, INCIDENT_PAGE_MAX, &limit, e)))
		return rc;
	f.limit = (uint32_t)limit;
	rc = incident_list(rq->db, actor_scope(&rq->actor), &f, rq->arena, &list, e);
	if (rc)
		return rc;
	items = api_json(json_array());
	for (uint32_t i = 0; i < list.count; i++) {
		json_t *item = incident_json(&list.incidents[i]);

		api_put(item, "alerts", api_json(json_integer(list.incidents[i].alerts)));
		api_add(items, item);
	}
	out = api_json(json_object());
	api_put(out, "incidents", items);
	api_put(out, "next",
		list.has_more ? api_text(arena_fmt(rq->arena, "%lld", (long long)list.incidents[list.count - 1].id))
			      : json_null());
	return response_json(rs, out, e);
}

static int answer_id(struct request *rq, struct response *rs, int64_t id, struct err *e)
{
	struct incident in;
	int rc = incident_find(rq->db, actor_scope(&rq->actor), id, rq->arena, &in, e);

	if (rc)
		return rc;
	api_etag(rq, rs, in.version);
	return response_json(rs, incident_json(&in), e);
}

static int answer(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	return rc ? rc : answer_id(rq, rs, id, e);
}

static int create_post(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const known[] = {"title", "summary", "severity", "alerts", NULL};
	_cleanup_json_ json_t *body = NULL;
	struct incident_new new = {0};
	int64_t severity = 0, id = 0;
	int rc;

	if ((rc = request_json(rq, &body, e)) || (rc = api_known(body, known, e)) ||
	    (rc = api_required(body, "title", e)) || (rc = api_required(body, "severity", e)) ||
	    (rc = api_field_text(body, "title", &new.title, e)) ||
	    (rc = api_field_text(body, "summary", &new.summary, e)) ||
	    (rc = api_field_i64(body, "severity", &severity, e)))
		return rc;
	if (json_object_get(body, "alerts") && (rc = river_ids(rq, body, "alerts", &new.alerts, e)))
		return rc;
	new.severity = severity < 1 || severity > 5 ? 0 : (unsigned)severity;
	if ((rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, incident_create(rq->db, &rq->actor, &new, rq->now, &id, e), e);
	if (rc)
		return rc;
	rs->status = 201;
	response_header(rs, STR("Location"), arena_fmt(rq->arena, "/api/v1/incidents/%lld", (long long)id));
	return answer_id(rq, rs, id, e);
}

static int edit_patch(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const known[] = {"title", "summary", "severity", "class", "take", NULL};
	_cleanup_json_ json_t *body = NULL;
	struct incident_edit edit = {0};
	int64_t severity = 0;
	int rc;

	if ((rc = request_param_i64(rq, 0, &edit.id, e)) || (rc = api_if_match(rq, &edit.version, e)) ||
	    (rc = request_json(rq, &body, e)) || (rc = api_known(body, known, e)) ||
	    (rc = api_field_text(body, "title", &edit.title, e)) ||
	    (rc = api_field_text(body, "summary", &edit.summary, e)) ||
	    (rc = api_field_text(body, "class", &edit.class, e)) ||
	    (rc = api_field_bool(body, "take", &edit.take, e)) ||
	    (rc = api_field_i64(body, "severity", &severity, e)) ||
	    (rc = incident_class_check(rq->services->data_folder, edit.class, rq->arena, e)))
		return rc;
	edit.severity = severity < 0 || severity > 5 ? 6 : (unsigned)severity;
	if ((rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, incident_edit(rq->db, &rq->actor, &edit, rq->now, e), e);
	return rc ? rc : answer_id(rq, rs, edit.id, e);
}

static int state_post(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const known[] = {"state", "reason", NULL};
	_cleanup_json_ json_t *body = NULL;
	struct incident_move m = {0};
	str state = STR_NONE;
	int rc;

	if ((rc = request_param_i64(rq, 0, &m.id, e)) || (rc = river_if_match(rq, &m.version, e)) ||
	    (rc = request_json(rq, &body, e)) || (rc = api_known(body, known, e)) ||
	    (rc = api_required(body, "state", e)) || (rc = api_field_text(body, "state", &state, e)) ||
	    (rc = api_field_text(body, "reason", &m.reason, e)))
		return rc;
	if (!incident_state_parse(state, &m.to)) {
		rc = err_set_value(e, ERR_RANGE, "err.incident.state", state);
		err_path(e, STR("state"));
		return rc;
	}
	if ((rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, incident_move(rq->db, &rq->actor, &m, rq->now, e), e);
	return rc ? rc : answer_id(rq, rs, m.id, e);
}

static int note_post(struct request *rq, struct response *rs, struct err *e)
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
	rc = db_end(rq->db, incident_note(rq->db, &rq->actor, id, text, rq->now, e), e);
	return rc ? rc : answer_id(rq, rs, id, e);
}

static int alerts_post(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const known[] = {"ids", NULL};
	_cleanup_json_ json_t *body = NULL;
	struct alert_set set = {0};
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) || (rc = request_json(rq, &body, e)) ||
	    (rc = api_known(body, known, e)) || (rc = river_ids(rq, body, "ids", &set, e)) ||
	    (rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, incident_add_alerts(rq->db, &rq->actor, id, &set, rq->now, e), e);
	return rc ? rc : answer_id(rq, rs, id, e);
}

static int timeline_get(struct request *rq, struct response *rs, struct err *e)
{
	struct incident in;
	struct incident_entry *entries;
	uint32_t count;
	json_t *out, *items;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = incident_find(rq->db, actor_scope(&rq->actor), id, rq->arena, &in, e)) ||
	    (rc = incident_timeline(rq->db, actor_scope(&rq->actor), id, rq->arena, &entries, &count, e)))
		return rc;
	items = api_json(json_array());
	for (uint32_t i = 0; i < count; i++)
		api_add(items,
			api_json(json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)entries[i].id, "at",
					   api_time(entries[i].at), "kind", api_text(entries[i].kind), "by",
					   api_text(entries[i].user_name), "text", api_text(entries[i].text), "detail",
					   api_text_or_null(entries[i].detail))));
	out = api_json(json_object());
	api_put(out, "entries", items);
	return response_json(rs, out, e);
}

static int classes_get(struct request *rq, struct response *rs, struct err *e)
{
	struct incident_class *classes;
	uint32_t count;
	json_t *out, *items;
	int rc = incident_classes(rq->services->data_folder, rq->arena, &classes, &count, e);

	if (rc)
		return rc;
	items = api_json(json_array());
	for (uint32_t i = 0; i < count; i++)
		api_add(items, api_json(json_pack("{s:o, s:{s:o, s:o}, s:{s:o, s:o}}", "id", api_text(classes[i].id),
						  "name", "en", api_text(classes[i].name_en), "ja",
						  api_text(classes[i].name_ja), "group", "en",
						  api_text(classes[i].group_en), "ja", api_text(classes[i].group_ja))));
	out = api_json(json_object());
	api_put(out, "classes", items);
	return response_json(rs, out, e);
}

static const char *const list_query[] = {"state", "active", "owner", "text", "limit", "cursor", NULL};

const struct route incidents_api_routes[] = {
	{"GET", "/api/v1/incidents", PERM_INCIDENT_READ, 0, list_get, "listIncidents", NULL, "IncidentList",
	 .query = list_query},
	{"POST", "/api/v1/incidents", PERM_INCIDENT_WORK, ROUTE_IDEMPOTENT, create_post, "createIncident",
	 "IncidentInput", "Incident"},
	{"GET", "/api/v1/incident-classes", PERM_INCIDENT_READ, 0, classes_get, "listIncidentClasses", NULL,
	 "IncidentClasses"},
	{"GET", "/api/v1/incidents/{id}", PERM_INCIDENT_READ, 0, answer, "getIncident", NULL, "Incident"},
	{"PATCH", "/api/v1/incidents/{id}", PERM_INCIDENT_WORK, 0, edit_patch, "editIncident", "IncidentEdit",
	 "Incident"},
	{"POST", "/api/v1/incidents/{id}/state", PERM_INCIDENT_WORK, ROUTE_IDEMPOTENT, state_post, "moveIncident",
	 "IncidentMove", "Incident"},
	{"POST", "/api/v1/incidents/{id}/notes", PERM_INCIDENT_WORK, ROUTE_IDEMPOTENT, note_post, "noteIncident",
	 "Comment", "Incident"},
	{"POST", "/api/v1/incidents/{id}/alerts", PERM_INCIDENT_WORK, ROUTE_IDEMPOTENT, alerts_post,
	 "addIncidentAlerts", "AlertIds", "Incident"},
	{"GET", "/api/v1/incidents/{id}/timeline", PERM_INCIDENT_READ, 0, timeline_get, "getIncidentTimeline", NULL,
	 "IncidentTimeline"},
	{0},
};
