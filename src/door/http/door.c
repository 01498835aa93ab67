/* door: from an exchange on the wire to a handler and back. */
#include "door/http/door.h"

#include "door/http/internal.h"

static bool shows_credentials(const struct exchange *x)
{
	return x->peer.is_unix || head_field(&x->head, STR("cookie")).ptr ||
	       head_field(&x->head, STR("authorization")).ptr;
}

static void plan(void *ctx, struct exchange *x, struct net_plan *ret)
{
	struct door *d = ctx;
	struct visit *v = mem_alloc(1, sizeof(*v));
	const struct route *r;

	x->user = v;
	v->door = d;
	ret->mode = PLAN_POOL;
	ret->body_max = HTTP_BODY_ANONYMOUS;
	if (str_starts(x->head.path, STR("/static/"))) {
		v->is_static = true;
		ret->mode = PLAN_INLINE;
		return;
	}
	v->match = route_match(d->config.services, x->head.method, x->head.path);
	r = v->match.route;
	if (!r)
		return;
	if (r->permission != PERM_NONE && !shows_credentials(x))
		return;
	ret->body_max = r->body_max ? r->body_max : r->flags & ROUTE_STREAM ? HTTP_STREAM_MAX : HTTP_BODY_MAX;
	if (r->stream)
		ret->mode = PLAN_STREAM;
	else if (ret->body_max > HTTP_RESPONSE_MAX)
		ret->body_max = HTTP_RESPONSE_MAX;
}

static void tell_log(struct visit *v, const struct err *e, int status)
{
	struct log *log = v->door->config.services->env->log;

	log_err(log, status >= 500 ? LOG_ERROR : LOG_DEBUG, status >= 500 ? "http.failed" : "http.refused", e);
}

static void answer_error(struct visit *v, const struct err *e)
{
	struct buf allow;

	tell_log(v, e, problem_status(e));
	problem_write(&v->rq, &v->rs, e);
	if (v->rs.status == 405) {
		buf_init(&allow, METHODS_TEXT_MAX);
		methods_add(&allow, v->match.methods);
		response_header(&v->rs, STR("Allow"), arena_str(v->rq.arena, buf_str(&allow)));
		buf_done(&allow);
	}
}

static void answer_options(struct visit *v)
{
	struct buf allow;

	buf_init(&allow, METHODS_TEXT_MAX);
	methods_add(&allow, v->match.methods);
	v->rs.status = 204;
	response_header(&v->rs, STR("Allow"), arena_str(v->rq.arena, buf_str(&allow)));
	buf_done(&allow);
}

/* A handler that leaves its transaction open has failed, whatever it says: the next request would be in it. */
static int end_transaction(struct db *db, int rc, struct err *e)
{
	if (!db_in_transaction(db))
		return rc;
	db_rollback(db);
	return rc ? rc : err_set(e, ERR_INTERNAL, "err.http.transaction");
}

static int run_handler(struct visit *v, struct err *e)
{
	struct request *rq = &v->rq;
	enum replay replay = REPLAY_NONE;
	int rc = 0;

	/* A stream's bytes are gone when its handler runs: such routes keep their own keys. */
	if ((rq->route->flags & ROUTE_IDEMPOTENT) && !rq->route->stream)
		rc = replay_begin(rq, &v->rs, &replay, e);
	if (rc || replay == REPLAY_DONE) {
		if (!rc)
			atomic_fetch_add(&v->door->counters.replayed, 1);
		return rc;
	}
	rc = rq->route->handler(rq, &v->rs, e);
	if (!rc)
		rc = buf_check(&v->rs.body, e);
	rc = end_transaction(rq->db, rc, e);
	if (replay == REPLAY_FIRST)
		replay_end(rq, &v->rs, rc == 0);
	return rc;
}

/* Gate, and for streaming routes the handler's own beginning. What goes wrong is kept for the answer. */
static bool begin(struct visit *v, struct worker *w, struct exchange *x)
{
	const struct route_stream *stream = v->match.route ? v->match.route->stream : NULL;
	int rc;

	v->started = true;
	if (stream)
		arena_init(&v->arena, HTTP_ARENA);
	else
		arena_reset(&w->arena);
	v->rq.arena = stream ? &v->arena : &w->arena;
	v->rq.db = w->db;
	buf_init(&v->rs.body, HTTP_RESPONSE_MAX);
	rc = gate_pass(v, x, &v->error);
	if (!rc && stream) {
		rc = stream->begin(&v->rq, &v->error);
		v->begun = !rc;
		rc = end_transaction(w->db, rc, &v->error);
	}
	v->failed = rc != 0;
	return !v->failed;
}

static bool chunk(void *ctx, void *worker, struct exchange *x, str bytes)
{
	struct visit *v = x->user;
	struct worker *w = worker;
	int rc;

	(void)ctx;
	v->rq.db = w->db;
	if (!v->started && !begin(v, w, x))
		return false;
	rc = v->match.route->stream->chunk(&v->rq, bytes, &v->error);
	v->failed = end_transaction(w->db, rc, &v->error) != 0;
	return !v->failed;
}

static void answer_route(struct visit *v, struct worker *w, struct exchange *x)
{
	if (!v->started)
		(void)begin(v, w, x);
	v->rq.db = w->db;
	if (!v->match.route && x->head.method == HTTP_OPTIONS && v->match.methods) {
		answer_options(v);
	} else {
		v->failed = v->failed || run_handler(v, &v->error) != 0;
		if (v->failed)
			answer_error(v, &v->error);
	}
	finish(v->door, &v->rq, &v->rs, x);
}

static void answer(void *ctx, void *worker, struct exchange *x)
{
	struct visit *v = x->user;

	(void)ctx;
	if (v->is_static)
		finish_static(v->door, x, v->etag);
	else
		answer_route(v, worker, x);
}

/* The reply's bytes are composed: what they were made of may go. Also the end of a visit that never came to an answer.
 */
static void release(void *ctx, struct exchange *x)
{
	struct visit *v = x->user;

	(void)ctx;
	if (!v)
		return;
	x->user = NULL;
	if (v->begun && v->match.route->stream->drop)
		v->match.route->stream->drop(v->rq.stream);
	buf_done(&v->rs.body);
	arena_done(&v->arena);
	free(v);
}

/* A refusal in the middle, on the loop thread: told like every other error, without the database. */
static void refuse(void *ctx, struct exchange *x, enum refusal why)
{
	struct visit *v = x->user;

	if (why == REFUSE_BODY_LARGE)
		err_set(&v->error, ERR_LIMIT, "err.http.body_large");
	else if (why == REFUSE_BODY_SLOW)
		err_set(&v->error, ERR_TIMEOUT, "err.http.body_slow");
	else if (why == REFUSE_BUSY)
		err_set(&v->error, ERR_BUSY, "err.http.busy");
	else
		err_set(&v->error, ERR_PARSE, "err.http.framing");
	if (!v->started) {
		arena_init(&v->arena, HTTP_ARENA);
		v->rq.arena = &v->arena;
		buf_init(&v->rs.body, HTTP_RESPONSE_MAX);
		gate_fill(v, x);
		v->started = true;
	}
	problem_write(&v->rq, &v->rs, &v->error);
	finish(ctx, &v->rq, &v->rs, x);
}

static void sent(void *ctx, const struct exchange *x, int status, uint64_t body_bytes)
{
	struct door *d = ctx;
	struct env *env = d->config.services->env;

	if (!env->log || env->log->least > LOG_DEBUG)
		return;
	/* The path without its query: queries carry names and search words. */
	log_event(env->log, LOG_DEBUG, "http.request", LOG_STR("method", method_name(x->head.method)),
		  LOG_STR("path", x->head.path), LOG_I64("status", status), LOG_I64("bytes", body_bytes),
		  LOG_STR("peer", str_of(x->peer.address)), LOG_I64("us", env->monotonic(env->ctx) - x->started));
}

static int worker_open(void *ctx, void **ret_worker, struct err *e)
{
	struct door *d = ctx;
	struct worker *w = &d->workers[d->worker_count];
	int rc = db_open(d->config.db_path, &w->db, e);

	if (rc)
		return rc;
	arena_init(&w->arena, HTTP_ARENA);
	w->door = d;
	d->worker_count++;
	*ret_worker = w;
	return 0;
}

static void worker_close(void *worker)
{
	struct worker *w = worker;

	arena_done(&w->arena);
	db_close(w->db);
}

int door_open(const struct door_config *config, struct door **ret, struct err *e)
{
	struct door *d = mem_alloc(1, sizeof(*d));
	struct pool_config workers = {
		.queue_max = DOOR_QUEUE_MAX, .open = worker_open, .close = worker_close, .ctx = d};
	struct net_config net = config->net;
	int rc;

	d->config = *config;
	workers.threads = config->workers ? config->workers : 4;
	rc = pool_create(&workers, &d->pool, e);
	if (rc) {
		free(d);
		return rc;
	}
	d->calls = (struct net_calls){.ctx = d,
				      .plan = plan,
				      .answer = answer,
				      .chunk = chunk,
				      .abandon = release,
				      .release = release,
				      .refuse = refuse,
				      .sent = sent};
	net.env = config->services->env;
	net.calls = &d->calls;
	net.pool = d->pool;
	rc = server_start(&net, &d->server, e);
	if (rc) {
		pool_free(d->pool);
		free(d);
		return rc;
	}
	*ret = d;
	return 0;
}

void door_close(struct door *d)
{
	if (!d)
		return;
	server_stop(d->server);
	pool_free(d->pool);
	server_free(d->server);
	free(d);
}

uint16_t door_port(const struct door *d, size_t listen_index)
{
	return server_port(d->server, listen_index);
}

struct net_counters *door_net_counters(struct door *d)
{
	return server_counters(d->server);
}

struct door_counters *door_counters(struct door *d)
{
	return &d->counters;
}
