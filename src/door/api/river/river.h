/* river: what the handlers of events, alerts and incidents share. */
#ifndef DOOR_API_RIVER_H
#define DOOR_API_RIVER_H

#include "door/api/json.h"
#include "flow/alert/alert.h"
#include "flow/archive/archive.h"

json_t *river_event_id(event_id id); /* text, null when 0 */
json_t *river_event_json(const struct archived *ev);
json_t *river_alert_json(const struct alert *al);

/* ERR_RANGE err.api.query with path = the parameter. */
int river_query_bad(struct err *e, const char *name, str value) MUST_CHECK;
/* A query parameter that is an RFC 3339 time; absent leaves *ret. */
int river_query_time(const struct request *rq, const char *name, time_us *ret, struct err *e) MUST_CHECK;
/* The version of If-Match, 0 when there is no such header (or "*"). */
int river_if_match(const struct request *rq, int64_t *ret_version, struct err *e) MUST_CHECK;

/* An array of ids; slices of the arena. ERR_RANGE err.api.field. */
int river_ids(const struct request *rq, const json_t *body, const char *field, struct alert_set *ret,
	      struct err *e) MUST_CHECK;

/* POST /api/v1/alerts/actions */
int river_alert_actions(struct request *rq, struct response *rs, struct err *e) MUST_CHECK;

#endif
