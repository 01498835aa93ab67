/* http: requests and responses as the doors see them, and the route table.
 *
 * net/ speaks HTTP/1.1 on the wire; this floor adds what every route needs: who is asking (guard), language,
 * parameters, CSRF, conditional requests, problem details (RFC 9457), cookies. A handler runs on a worker thread with
 * its own db connection; it fills the response and returns 0, or returns an error which the door renders (problem+json
 * under /api/, a page elsewhere). Every route names its permission; the same table makes /api/v1/openapi.json, the
 * permission test and the docs.
 */
#ifndef DOOR_HTTP_HTTP_H
#define DOOR_HTTP_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "craft/view/view.h"
#include "craft/words/words.h"
#include "guard/guard.h"
#include "net/head.h"

/* What handlers may reach at run time, filled by app/ before the doors open; pointers are shared and thread-safe. */
struct services {
	struct env *env;
	const struct route *const *routes; /* every route table, each ending with a zeroed row; NULL-terminated */
	const struct metric *metrics;      /* door/api/metrics.h; ends with a zeroed row */
	_Atomic bool is_ready;             /* every station runs: /readyz */
	bool metrics_open;                 /* /metrics answers although we listen beyond loopback */
	str data_folder;
	bool is_demo;
	struct archive *archive;          /* flow/archive: keep and find raw events */
	struct intake *intake;            /* flow/collect: durable acceptance of events */
	struct detector *detector;        /* flow/detect: the current rules, swapped on reload */
	struct rule_desk *desk;           /* flow/rules: organisations' decisions about rules */
	struct blobs *blobs;              /* store/blobs.h: evidence by SHA-256 */
	struct holidays *holidays;        /* craft/calendar, immutable */
	struct task_proposals *proposals; /* centre/manage: content/calendar.yaml, immutable */
	struct content_index *frameworks; /* centre/build: X.1060, immutable */
	struct lens_index *lenses;        /* centre/lens: other ways to see the answers, immutable */
	struct service_map *map;          /* centre/map, immutable */
	struct law_index *laws;           /* centre/law: laws and questions, immutable */
	struct registers *registers;      /* centre/register: content/registers.yaml, immutable */
	struct demo *demo;                /* app/demo through its vtable, NULL outside the demo */
};

#define HTTP_PATH_PARAMS_MAX 4

#define HTTP_ARENA (8u << 20)          /* bytes of one request's arena */
#define HTTP_BODY_MAX (1u << 20)       /* of a route that does not say another limit */
#define HTTP_BODY_ANONYMOUS 65536      /* of a request that shows no credentials to a route that needs some */
#define HTTP_STREAM_MAX (512ull << 20) /* of a streaming route that does not say another limit */
#define HTTP_RESPONSE_MAX (64u << 20)
#define HTTP_FIELDS_MAX 4096 /* fields of a query or a form */
#define HTTP_FILES_MAX 16    /* file parts of one form */
#define HTTP_RESPONSE_HEADERS_MAX 16
#define HTTP_LOGIN_PATH "/session/login" /* where pages send who is not signed in, with ?next= */

struct session;
struct exchange;
struct net_push;

/* Fields of a query or a form, decoded. */
struct http_params {
	const struct http_field *items;
	size_t count;
};

/* A file part of multipart/form-data; the names are the sender's words: show them, never use them as paths. */
struct http_file {
	str field, name, content_type, bytes;
};

struct request {
	struct services *services;
	struct db *db;       /* this worker's connection */
	struct arena *arena; /* dies with the request; 8 MiB budget */
	const struct route *route;
	struct actor actor; /* ACTOR_NOBODY when not signed in */
	enum lang lang;
	str method, path, query;
	str path_params[HTTP_PATH_PARAMS_MAX]; /* in order of {…} in the pattern, percent-decoded */
	const struct http_field *headers;
	size_t header_count;
	str body; /* whole body; streaming routes get chunks instead */
	str peer; /* address of the other end */
	bool is_tls;
	bool is_htmx; /* HX-Request: answer with a fragment */
	time_us now;
	str host;     /* authority that the client used */
	bool is_unix; /* came over the data folder's socket */
	struct session
		*session; /* guard/session.h; also half-way through a sign-in; NULL without a cookie that counts */
	str csrf;         /* for forms: hidden field "csrf"; empty without a session */
	struct http_params query_params, form_params;
	const struct http_file *files;
	size_t file_count;
	struct exchange *wire; /* net/server.h */
	void *stream;          /* streaming routes: what their `begin` made */
};

str request_header(const struct request *rq, str name);
str request_query(const struct request *rq, str name); /* first value, decoded; STR_NONE when absent */
str request_form(const struct request *rq, str name);  /* application/x-www-form-urlencoded or multipart field */
/* Every value of a repeated key: start with *at = 0. */
bool request_query_each(const struct request *rq, str name, size_t *at, str *ret);
bool request_form_each(const struct request *rq, str name, size_t *at, str *ret);
/* First file part of this field; false when there is none. */
bool request_file(const struct request *rq, str field, struct http_file *ret);
str request_cookie(const struct request *rq, str name);
int request_param_i64(const struct request *rq, size_t index, int64_t *ret, struct err *e) MUST_CHECK;

struct response {
	int status; /* 200 when a handler leaves it 0 */
	str content_type;
	struct buf body; /* at most 64 MiB */
	struct http_field headers[HTTP_RESPONSE_HEADERS_MAX];
	size_t header_count;
};

void response_header(struct response *rs, str name, str value); /* value lives in the request's arena */
void response_redirect(struct response *rs, str location);      /* 303 */
/* Only paths of our own: anything that could lead elsewhere ("//x", "https:…", "\\") becomes "/". For `next`
 * parameters. */
str redirect_target(str next);
/* A cookie for a year, e.g. noroshi_theme; `value` must be a token. "" removes it. */
void response_cookie(struct request *rq, struct response *rs, str name, str value);
/* The session's cookie: HttpOnly, SameSite=Lax, with Secure and the prefix __Host- on TLS. "" ends it. */
void response_session(struct request *rq, struct response *rs, str token);
/* The response stays open after its head (server-sent events): use the handle as net/server.h says, from any thread,
 * and close it. The body buffer is not sent. */
struct net_push *response_open(struct request *rq, struct response *rs, str content_type);
/* Something a person uploaded: always as a download, never rendered in our origin. */
void response_attachment(struct request *rq, struct response *rs, str file_name);
/* Fills what every page shows (csrf, theme, may_…, path, user_name, …; see web/templates/shell) and renders. */
int response_page(struct request *rq, struct response *rs, str template_name, struct view *v, struct err *e) MUST_CHECK;

/* Paging by the last key seen: opaque to clients, checked on the way back. err.http.cursor when it is not one of ours.
 */
str cursor_make(struct request *rq, int64_t key, int64_t id);
int cursor_read(str cursor, int64_t *ret_key, int64_t *ret_id, struct err *e) MUST_CHECK;
/* The query parameter "limit": fallback when absent, 1 to max else err.http.limit. */
int request_limit(const struct request *rq, int64_t fallback, int64_t max, int64_t *ret, struct err *e) MUST_CHECK;

/* A name or a value of a query, percent-encoded (RFC 3986 3.4; "/" stays). */
void url_add(struct buf *out, str text);
/* "text" with quotes and escapes of RFC 8259; ill-formed UTF-8 is replaced. */
void json_add(struct buf *out, str text);

typedef int (*route_handler)(struct request *rq, struct response *rs, struct err *e);

enum route_flags {
	ROUTE_NO_CSRF = 1 << 0,    /* token-authenticated API writes need none; sessions always do */
	ROUTE_STREAM = 1 << 1,     /* a large body, in chunks to `stream` */
	ROUTE_IDEMPOTENT = 1 << 2, /* honours Idempotency-Key */
	ROUTE_DEMO = 1 << 3,       /* exists only in demo mode */
};

/* How a streaming route takes its body. The calls run on workers, one at a time, in order, but not all on one thread:
 * rq->db may differ from call to call. After a failed begin or chunk the error is the answer and `drop` is called; the
 * route's handler is what finishes: it sees rq->stream and fills the response. drop is called once in every case where
 * begin returned 0, also after the handler. */
struct route_stream {
	int (*begin)(struct request *rq, struct err *e); /* may set rq->stream */
	int (*chunk)(struct request *rq, str bytes, struct err *e);
	void (*drop)(void *stream);
};

struct route {
	const char *method;
	const char *pattern; /* "/api/v1/alerts/{id}" */
	enum permission permission;
	unsigned flags;
	route_handler handler;
	const char *operation;       /* operationId, and words key "api.<operation>" for the summary */
	const char *request_schema;  /* name in schema/, NULL = no body */
	const char *response_schema; /* name in schema/, NULL = no content */
	const char *const *query;    /* names of query parameters that the route reads, NULL-terminated, or NULL */
	const struct route_stream *stream; /* with ROUTE_STREAM; NULL: the whole body comes in rq->body */
	uint64_t body_max;                 /* bytes; 0: HTTP_BODY_MAX, or HTTP_STREAM_MAX with ROUTE_STREAM */
};

#endif
