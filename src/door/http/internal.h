/* What the files of door/http share. */
#ifndef DOOR_HTTP_INTERNAL_H
#define DOOR_HTTP_INTERNAL_H

#include <stdatomic.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/content/content.h"
#include "door/http/door.h"
#include "guard/session.h"
#include "os/digest.h"

#define METHODS_TEXT_MAX 96
#define STATIC_ETAG_MAX 40
#define SESSION_COOKIE_TLS "__Host-noroshi"
#define SESSION_COOKIE_PLAIN "noroshi"
#define LANGUAGE_COOKIE "noroshi_lang"

struct worker {
	struct door *door;
	struct db *db;
	struct arena arena;
};

struct door {
	struct door_config config;
	struct net_calls calls;
	struct pool *pool;
	struct server *server;
	struct door_counters counters;
	struct worker workers[POOL_THREADS_MAX];
	unsigned worker_count;
};

struct match {
	const struct route *route;        /* NULL: none */
	unsigned methods;                 /* bit per enum http_method that the path has */
	str params[HTTP_PATH_PARAMS_MAX]; /* raw */
};

/* One exchange on its way through the door. */
struct visit {
	struct door *door;
	struct match match;
	bool is_static;
	/* Streaming routes live through several calls, so they own their arena and request. */
	bool started; /* the gate was passed or refused */
	bool begun;   /* the streaming route's begin returned 0 */
	bool failed;  /* error is the answer */
	struct err error;
	char etag[STATIC_ETAG_MAX];
	struct arena arena;
	struct request rq;
	struct response rs;
};

/* route.c */
struct match route_match(const struct services *s, enum http_method method, str path);
void methods_add(struct buf *out, unsigned methods);
enum http_method method_parse(const char *name);

/* params.c: percent-decoding (once), '+' as space when `form`. STR_NONE with *e set on bad input. */
int params_decode(struct arena *a, str raw, bool form, str *ret, struct err *e) MUST_CHECK;
int params_parse(struct arena *a, str raw, struct http_params *ret, struct err *e) MUST_CHECK;
str params_first(const struct http_params *p, str name);
bool params_each(const struct http_params *p, str name, size_t *at, str *ret);

/* multipart.c: RFC 7578. */
struct multipart {
	struct http_params fields;
	struct http_file *files;
	size_t file_count;
};
int multipart_parse(struct arena *a, str content_type, str body, struct multipart *ret, struct err *e) MUST_CHECK;
/* A parameter of a field value such as `form-data; name="a"`; STR_NONE when absent. */
int value_param(struct arena *a, str value, str name, str *ret, struct err *e) MUST_CHECK;

/* gate.c: who asks, in which language, may he, is it really he. 0 or the error to tell. */
/* What is known without the database. */
void gate_fill(struct visit *v, struct exchange *x);
int gate_pass(struct visit *v, struct exchange *x, struct err *e) MUST_CHECK;

/* problem.c */
int problem_status(const struct err *e);
void problem_write(struct request *rq, struct response *rs, const struct err *e);
bool wants_json(const struct request *rq);

/* page.c */
int page_write(struct request *rq, struct response *rs, str template_name, struct view *v, struct err *e) MUST_CHECK;

/* finish.c: conditional requests and the fields that every response carries. */
void finish(struct door *d, struct request *rq, struct response *rs, struct exchange *x);
/* etag: room that lives until the reply is composed. */
void finish_static(struct door *d, struct exchange *x, char etag[STATIC_ETAG_MAX]);

/* replay.c: Idempotency-Key. */
enum replay { REPLAY_NONE, REPLAY_FIRST, REPLAY_DONE };
int replay_begin(struct request *rq, struct response *rs, enum replay *ret, struct err *e) MUST_CHECK;
void replay_end(struct request *rq, const struct response *rs, bool keep);

#endif
