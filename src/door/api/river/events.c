/* Raw events: taken in as a stream, found again by id and by time. */
#include "door/api/api.h"
#include "door/api/river/river.h"
#include "flow/alert/alert.h"
#include "flow/collect/collect.h"

#define PAGE 100
#define EVENT_BODY_MAX ((uint64_t)INTAKE_BODY_BYTES)

/* ---- in ---- */

static int read_packing(const struct request *rq, enum inflate_format *ret, struct err *e)
{
	str name = str_trim(request_header(rq, STR("Content-Encoding")));

	*ret = INFLATE_NONE;
	if (name.len == 0 || str_eq_nocase(name, STR("identity")))
		return 0;
	if (str_eq_nocase(name, STR("gzip")) || str_eq_nocase(name, STR("x-gzip")))
		*ret = INFLATE_GZIP;
	else if (str_eq_nocase(name, STR("zstd")))
		*ret = INFLATE_ZSTD;
	else
		return err_set_value(e, ERR_UNSUPPORTED, "err.intake.encoding", name);
	return 0;
}

static int intake_begin(struct request *rq, struct err *e)
{
	str source = request_query(rq, STR("source")), key = request_header(rq, STR("Idempotency-Key"));
	struct intake_origin o = {.tenant_id = rq->actor.tenant_id, .source = source.len ? source : STR("api")};
	struct intake_body *b;
	int rc;

	o.key = key.len ? key : request_header(rq, STR("X-Batch-Id"));
	if ((rc = read_packing(rq, &o.packing, e)) || (rc = intake_body_open(rq->services->intake, rq->db, &o, &b, e)))
		return rc;
	rq->stream = b;
	return 0;
}

static int intake_chunk(struct request *rq, str bytes, struct err *e)
{
	return intake_body_feed(rq->stream, bytes, e);
}

static void intake_drop(void *stream)
{
	intake_body_free(stream);
}

static int intake_end(struct request *rq, struct response *rs, struct err *e)
{
	struct intake_result r;
	json_t *out, *refused;
	int rc = intake_body_finish(rq->stream, rq->db, &r, e);

	if (rc)
		return rc;
	refused = api_json(json_array());
	for (uint32_t i = 0; i < r.named; i++)
		api_add(refused, api_json(json_pack("{s:I, s:s, s:o}", "line", (json_int_t)r.first[i].line, "code",
						    r.first[i].id, "detail",
						    api_text(words_get(rq->lang, str_of(r.first[i].id))))));
	out = api_json(json_object());
	api_put(out, "accepted", api_json(json_integer((json_int_t)r.accepted)));
	api_put(out, "refused", api_json(json_integer((json_int_t)r.refused)));
	api_put(out, "replayed", json_boolean(r.replayed));
	api_put(out, "first_refused", refused);
	rs->status = 202;
	return response_json(rs, out, e);
}

static const struct route_stream intake_stream = {intake_begin, intake_chunk, intake_drop};

/* ---- out ---- */

static int search_get(struct request *rq, struct response *rs, struct err *e)
{
	struct archive_query q = {.tenant_id = rq->actor.tenant_id,
				  .source = request_query(rq, STR("source")),
				  .contains = request_query(rq, STR("text"))};
	str cursor = request_query(rq, STR("cursor"));
	struct archive_page page;
	json_t *out, *items;
	int64_t limit;
	int rc;

	if (cursor.len && !event_id_parse(cursor, &q.before))
		return err_set_value(e, ERR_RANGE, "err.api.cursor", cursor);
	if ((rc = river_query_time(rq, "from", &q.from, e)) || (rc = river_query_time(rq, "until", &q.until, e)) ||
	    (rc = request_limit(rq, PAGE, ARCHIVE_PAGE_MAX, &limit, e)))
		return rc;
	if (q.from && !q.until)
		q.until = INT64_MAX;
	q.limit = (uint32_t)limit;
	rc = archive_search(rq->services->archive, &q, rq->arena, &page, e);
	if (rc)
		return rc;
	items = api_json(json_array());
	for (uint32_t i = 0; i < page.count; i++)
		api_add(items, river_event_json(&page.events[i]));
	out = api_json(json_object());
	api_put(out, "events", items);
	api_put(out, "next", river_event_id(page.next));
	return response_json(rs, out, e);
}

static int event_get(struct request *rq, struct response *rs, struct err *e)
{
	struct archived ev;
	event_id id;
	int rc;

	if (!event_id_parse(rq->path_params[0], &id))
		return err_set_value(e, ERR_NOT_FOUND, "err.event.absent", rq->path_params[0]);
	rc = archive_find(rq->services->archive, rq->actor.tenant_id, id, rq->arena, &ev, e);
	return rc ? rc : response_json(rs, river_event_json(&ev), e);
}

static const char *const intake_query[] = {"source", NULL};
static const char *const search_query[] = {"from", "until", "source", "text", "limit", "cursor", NULL};

const struct route events_api_routes[] = {
	{"POST", "/api/v1/events", PERM_EVENT_WRITE, ROUTE_STREAM, intake_end, "addEvents", "EventLines",
	 "IntakeResult", .query = intake_query, .stream = &intake_stream, .body_max = EVENT_BODY_MAX},
	{"GET", "/api/v1/events", PERM_EVENT_READ, 0, search_get, "searchEvents", NULL, "EventList",
	 .query = search_query},
	{"GET", "/api/v1/events/{event}", PERM_EVENT_READ, 0, event_get, "getEvent", NULL, "Event"},
	{0},
};
