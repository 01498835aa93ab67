/* json: what the handlers of this room share to read and write JSON (jansson).
 *
 * Writing: build a json_t, hand it to response_json. Running out of memory aborts, as everywhere.
 * Reading: request_json gives the body's object; each field function names the field in its error, so the caller sees
 * which one is wrong. Fields that nobody asked for are refused by api_known: a typing mistake must not be a
 * silent loss.
 */
#ifndef DOOR_API_JSON_H
#define DOOR_API_JSON_H

#include <jansson.h>

#include "base/mem.h"
#include "door/http/http.h"

#define API_JSON_DEPTH_MAX 64u /* nesting of a body; jansson's own limit is 2048 */

static inline void json_done(json_t **j)
{
	json_decref(*j);
}
#define _cleanup_json_ _cleanup_(json_done)

/* ---- writing ---- */

json_t *api_json(json_t *j); /* aborts when there is no memory, else j */
json_t *api_text(str s);
json_t *api_text_or_null(str s);                              /* null when empty */
json_t *api_time(time_us t);                                  /* RFC 3339; null when 0 */
json_t *api_number_or_null(int64_t value);                    /* null when 0 */
void api_put(json_t *object, const char *key, json_t *value); /* takes value */
void api_add(json_t *array, json_t *value);                   /* takes value */
/* Takes body; numbers with decimals have at most 4 significant digits. */
int response_json(struct response *rs, json_t *body, struct err *e) MUST_CHECK;

/* ---- reading ---- */

/* The body as an object that the caller owns. ERR_PARSE err.api.json with line and column. */
int request_json(const struct request *rq, json_t **ret, struct err *e) MUST_CHECK;
/* Refuses what is not in known (NULL-terminated): ERR_RANGE err.api.unknown_field. */
int api_known(const json_t *object, const char *const *known, struct err *e) MUST_CHECK;
/* Each leaves *ret untouched when the field is absent or null. A wrong type: ERR_RANGE err.api.field. */
int api_field_text(const json_t *object, const char *field, str *ret, struct err *e) MUST_CHECK;
int api_field_i64(const json_t *object, const char *field, int64_t *ret, struct err *e) MUST_CHECK;
int api_field_bool(const json_t *object, const char *field, bool *ret, struct err *e) MUST_CHECK;
int api_field_time(const json_t *object, const char *field, time_us *ret, struct err *e) MUST_CHECK;
/* ERR_RANGE err.api.required unless it is there and not null. */
int api_required(const json_t *object, const char *field, struct err *e) MUST_CHECK;

/* ---- conditional writes ---- */

/* ETag: "v<version>". */
void api_etag(struct request *rq, struct response *rs, int64_t version);
/* The version of If-Match: "v<version>". Absent: ERR_WRONG_STATE err.api.if_match; anything else: ERR_CONFLICT. */
int api_if_match(const struct request *rq, int64_t *ret_version, struct err *e) MUST_CHECK;

#endif
