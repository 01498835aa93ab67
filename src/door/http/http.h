/* http: requests and responses as the doors see them, and the route table.
 *
 * net/ speaks HTTP/1.1 on the wire; this floor adds what every route needs: who is asking (guard), language, parameters,
 * CSRF, conditional requests, problem details (RFC 9457), cookies. A handler runs on a worker thread with its own db
 * connection; it fills the response and returns 0, or returns an error which the door renders (problem+json under
 * /api/, a page elsewhere).
 * Every route names its permission; the same table makes /api/v1/openapi.json, the permission test and the docs.
 */
#ifndef DOOR_HTTP_HTTP_H
#define DOOR_HTTP_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "craft/view/view.h"
#include "craft/words/words.h"
#include "guard/guard.h"

/* What handlers may reach at run time, filled by app/ before the doors open; pointers are shared and thread-safe. */
struct services {
	struct env *env;
	const struct route *const *routes; /* every route table, each ending with a zeroed row; NULL-terminated */
	const struct metric *metrics;      /* door/api/metrics.h; ends with a zeroed row */
	_Atomic bool is_ready;             /* every station runs: /readyz */
	bool metrics_open;                 /* /metrics answers although we listen beyond loopback */
	str data_folder;
	bool is_demo;
	struct archive *archive;     /* flow/archive: keep and find raw events */
	struct intake *intake;       /* flow/collect: durable acceptance of events */
	struct detector *detector;   /* flow/detect: the current rules, swapped on reload */
	struct blobs *blobs;         /* store/blobs.h: evidence by SHA-256 */
	struct content_index *frameworks; /* centre/build: X.1060 and other lenses, immutable */
	struct demo *demo;           /* app/demo through its vtable, NULL outside the demo */
};

#define HTTP_PATH_PARAMS_MAX 4

struct http_field {
	str name, value;
};

struct request {
	struct services *services;
	struct db *db;          /* this worker's connection */
	struct arena *arena;    /* dies with the request; 8 MiB budget */
	const struct route *route;
	struct actor actor;     /* ACTOR_NOBODY when not signed in */
	enum lang lang;
	str method, path, query;
	str path_params[HTTP_PATH_PARAMS_MAX]; /* in order of {…} in the pattern, percent-decoded */
	const struct http_field *headers;
	size_t header_count;
	str body;               /* whole body; streaming routes get chunks instead */
	str peer;               /* address of the other end */
	bool is_tls;
	bool is_htmx;           /* HX-Request: answer with a fragment */
	time_us now;
};

str request_header(const struct request *rq, str name);
str request_query(const struct request *rq, str name); /* first value, decoded; STR_NONE when absent */
str request_form(const struct request *rq, str name);  /* application/x-www-form-urlencoded or multipart field */
/* Every value of a repeated key: start with *at = 0. */
bool request_query_each(const struct request *rq, str name, size_t *at, str *ret);
bool request_form_each(const struct request *rq, str name, size_t *at, str *ret);
int request_param_i64(const struct request *rq, size_t index, int64_t *ret, struct err *e) MUST_CHECK;

struct response {
	int status;             /* 200 when a handler leaves it 0 */
	str content_type;
	struct buf body;        /* at most 64 MiB */
	struct http_field headers[16];
	size_t header_count;
};

void response_header(struct response *rs, str name, str value); /* value lives in the request's arena */
void response_redirect(struct response *rs, str location);      /* 303 */
int response_page(struct request *rq, struct response *rs, str template_name, struct view *v, struct err *e) MUST_CHECK;

typedef int (*route_handler)(struct request *rq, struct response *rs, struct err *e);

enum route_flags {
	ROUTE_NO_CSRF = 1 << 0,   /* token-authenticated API writes need none; sessions always do */
	ROUTE_STREAM = 1 << 1,    /* body in chunks to `stream` */
	ROUTE_IDEMPOTENT = 1 << 2,/* honours Idempotency-Key */
	ROUTE_DEMO = 1 << 3,      /* exists only in demo mode */
};

struct route {
	const char *method;
	const char *pattern;      /* "/api/v1/alerts/{id}" */
	enum permission permission;
	unsigned flags;
	route_handler handler;
	const char *operation;    /* operationId, and words key "api.<operation>" for the summary */
	const char *request_schema;  /* name in schema/, NULL = no body */
	const char *response_schema; /* name in schema/, NULL = no content */
	const char *const *query;    /* names of query parameters that the route reads, NULL-terminated, or NULL */
};

#endif
