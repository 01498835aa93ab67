/* Evidence of an incident: streamed in, listed, given out as downloads only, each reading with a custody row. */
#include "flow/incident/incident.h"

#include "door/api/api.h"
#include "door/api/river/river.h"

static json_t *evidence_json(const struct evidence_item *ev)
{
	json_t *out = api_json(json_object());

	api_put(out, "id", api_json(json_integer(ev->id)));
	api_put(out, "number", api_json(json_integer(ev->number)));
	api_put(out, "name", api_text(ev->name));
	api_put(out, "description", api_text(ev->description));
	api_put(out, "sha256", api_text(ev->sha256));
	api_put(out, "size_bytes", api_json(json_integer(ev->size_bytes)));
	api_put(out, "added_at", api_time(ev->added_at));
	api_put(out, "by", api_text(ev->user_name));
	return out;
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct incident in;
	struct evidence_item *items;
	uint32_t count;
	json_t *out, *list;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = incident_find(rq->db, actor_scope(&rq->actor), id, rq->arena, &in, e)) ||
	    (rc = evidence_list(rq->db, actor_scope(&rq->actor), id, rq->arena, &items, &count, e)))
		return rc;
	list = api_json(json_array());
	for (uint32_t i = 0; i < count; i++)
		api_add(list, evidence_json(&items[i]));
	out = api_json(json_object());
	api_put(out, "evidence", list);
	return response_json(rs, out, e);
}

static int find(struct request *rq, struct evidence_item *ret, struct err *e)
{
	struct evidence_key key;
	int rc = request_param_i64(rq, 0, &key.incident_id, e);

	if (!rc)
		rc = request_param_i64(rq, 1, &key.id, e);
	return rc ? rc : evidence_find(rq->db, actor_scope(&rq->actor), &key, rq->arena, ret, e);
}

static int file_get(struct request *rq, struct response *rs, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	struct evidence_item ev;
	int rc;

	if ((rc = find(rq, &ev, e)) || (rc = blob_ref_find(rq->db, &scope, ev.sha256, NULL, e)) ||
	    (rc = blob_read(rq->services->blobs, ev.sha256, &rs->body, e)) || (rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, evidence_read(rq->db, &rq->actor, &ev, request_query(rq, STR("reason")), rq->now, e), e);
	if (rc)
		return rc;
	rs->content_type = STR("application/octet-stream");
	response_attachment(rq, rs, ev.name);
	return 0;
}

static int custody_get(struct request *rq, struct response *rs, struct err *e)
{
	struct evidence_item ev;
	struct custody *rows;
	uint32_t count;
	json_t *out, *list;
	int rc;

	if ((rc = find(rq, &ev, e)) ||
	    (rc = custody_list(rq->db, actor_scope(&rq->actor), ev.id, rq->arena, &rows, &count, e)))
		return rc;
	list = api_json(json_array());
	for (uint32_t i = 0; i < count; i++)
		api_add(list, api_json(json_pack("{s:o, s:o, s:o, s:o}", "at", api_time(rows[i].at), "action",
						 api_text(rows[i].action), "by", api_text(rows[i].user_name), "reason",
						 api_text(rows[i].reason))));
	out = api_json(json_object());
	api_put(out, "custody", list);
	return response_json(rs, out, e);
}

/* ---- in: the body is the file ---- */

static int upload_begin(struct request *rq, struct err *e)
{
	struct blob_writer *w;
	struct incident in;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = incident_find(rq->db, actor_scope(&rq->actor), id, rq->arena, &in, e)) ||
	    (rc = blob_begin(rq->services->blobs, EVIDENCE_BYTES_MAX, &w, e)))
		return rc;
	rq->stream = w;
	return 0;
}

static int upload_chunk(struct request *rq, str bytes, struct err *e)
{
	return blob_add(rq->stream, bytes, e);
}

static void upload_drop(void *stream)
{
	struct blob_writer *w = stream;

	if (w)
		blob_drop(&w);
}

static int upload_end(struct request *rq, struct response *rs, struct err *e)
{
	struct evidence_new new = {.name = request_query(rq, STR("name")),
				   .description = request_query(rq, STR("description"))};
	struct blob_writer *w = rq->stream;
	struct evidence_key key = {0};
	struct evidence_item ev;
	int rc = request_param_i64(rq, 0, &new.incident_id, e);

	rq->stream = NULL;
	if (rc) {
		blob_drop(&w);
		return rc;
	}
	if ((rc = blob_finish(&w, &new.blob, e)) || (rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, evidence_add(rq->db, &rq->actor, &new, rq->now, &key.id, e), e);
	if (rc)
		return rc;
	key.incident_id = new.incident_id;
	rc = evidence_find(rq->db, actor_scope(&rq->actor), &key, rq->arena, &ev, e);
	if (rc)
		return rc;
	rs->status = 201;
	return response_json(rs, evidence_json(&ev), e);
}

_Static_assert(EVIDENCE_BYTES_MAX <= HTTP_RESPONSE_MAX, "what is put in can be taken out again");

static const struct route_stream upload = {upload_begin, upload_chunk, upload_drop};
static const char *const upload_query[] = {"name", "description", NULL};
static const char *const reason_query[] = {"reason", NULL};

const struct route evidence_api_routes[] = {
	{"GET", "/api/v1/incidents/{id}/evidence", PERM_INCIDENT_READ, 0, list_get, "listEvidence", NULL,
	 "EvidenceList"},
	{"POST", "/api/v1/incidents/{id}/evidence", PERM_INCIDENT_WORK, ROUTE_STREAM, upload_end, "addEvidence",
	 "Binary", "Evidence", .query = upload_query, .stream = &upload, .body_max = EVIDENCE_BYTES_MAX},
	{"GET", "/api/v1/incidents/{id}/evidence/{evidence_id}", PERM_INCIDENT_READ, 0, file_get, "getEvidence", NULL,
	 "Binary", .query = reason_query},
	{"GET", "/api/v1/incidents/{id}/evidence/{evidence_id}/custody", PERM_INCIDENT_READ, 0, custody_get,
	 "getCustody", NULL, "Custody"},
	{0},
};
