/* work: the life of an exchange: taken from the loop's spares, visited by a worker, given back. */
#include "net/internal.h"

struct exchange_impl *exchange_take(struct loop *loop)
{
	struct exchange_impl *x = loop->spare;

	if (x) {
		loop->spare = x->next_spare;
		loop->spare_count--;
	} else {
		x = mem_alloc(1, sizeof(*x));
		buf_init(&x->head_bytes, HEAD_BYTES_MAX);
		buf_init(&x->body, 1);
		buf_init(&x->batch, NET_STREAM_BATCH);
		buf_init(&x->head_out, 65536);
	}
	x->server = loop->server;
	x->loop = loop;
	x->conn = NULL;
	x->push = NULL;
	x->received = 0;
	x->reserved = 0;
	x->paused_at = 0;
	x->refusal = REFUSE_NONE;
	x->planned = x->body_done = x->at_worker = x->answer_now = x->answered = false;
	x->pub.user = NULL;
	x->pub.body = STR_NONE;
	x->pub.head.field_count = 0;
	x->pub.head.method = HTTP_GET;
	x->pub.head.minor = 1;
	x->pub.head.keep_alive = false;
	x->pub.head.body = BODY_NONE;
	x->pub.reply.status = 0;
	x->pub.reply.field_count = 0;
	x->pub.reply.body = (struct buf){0};
	x->pub.reply.body_static = STR_NONE;
	x->pub.reply.close = false;
	return x;
}

static void recycle(struct buf *b)
{
	if (b->cap > KEEP_BUFFER_MAX)
		buf_done(b);
	buf_clear(b);
}

void exchange_free(struct exchange_impl *x)
{
	struct loop *loop = x->loop;

	body_release(x);
	buf_done(&x->pub.reply.body);
	if (loop->spare_count < SPARE_EXCHANGES_MAX) {
		recycle(&x->head_bytes);
		recycle(&x->body);
		recycle(&x->batch);
		recycle(&x->head_out);
		x->next_spare = loop->spare;
		loop->spare = x;
		loop->spare_count++;
		return;
	}
	buf_done(&x->head_bytes);
	buf_done(&x->body);
	buf_done(&x->batch);
	buf_done(&x->head_out);
	free(x);
}

void exchange_abandon(struct exchange_impl *x)
{
	const struct net_calls *calls = x->server->config.calls;

	if (x->planned && calls->abandon)
		calls->abandon(calls->ctx, &x->pub);
	x->planned = false;
	x->pub.user = NULL;
}

static void answer(struct exchange_impl *x, void *worker)
{
	const struct net_calls *calls = x->server->config.calls;

	x->planned = false;
	calls->answer(calls->ctx, worker, &x->pub);
	x->answered = true;
	reply_compose(x);
	if (calls->release)
		calls->release(calls->ctx, &x->pub);
}

void exchange_answer_here(struct exchange_impl *x)
{
	x->pub.body = buf_str(&x->body);
	answer(x, NULL);
}

/* Back on the loop thread. */
static void on_back(struct loop *loop, struct post *post)
{
	struct exchange_impl *x = (struct exchange_impl *)(void *)((char *)post - offsetof(struct exchange_impl, post));
	struct conn *c = x->conn;

	x->at_worker = false;
	if (loop->over || !c) {
		exchange_abandon(x);
		if (x->push)
			push_drop(x->push);
		exchange_free(x);
		return;
	}
	if (x->answered)
		reply_send(c);
	else if (x->refusal)
		conn_refuse(c, x->refusal);
	conn_run(c);
}

/* On a worker thread. The exchange is ours until the post. */
static void visit(void *worker, void *arg)
{
	struct exchange_impl *x = arg;
	const struct net_calls *calls = x->server->config.calls;
	bool wanted = true;

	if (x->plan.mode == PLAN_STREAM && x->batch.len)
		wanted = calls->chunk(calls->ctx, worker, &x->pub, buf_str(&x->batch));
	if (x->answer_now || !wanted) {
		answer(x, worker);
	}
	loop_post(x->loop, &x->post);
}

bool exchange_submit(struct exchange_impl *x)
{
	if (x->plan.mode != PLAN_STREAM)
		x->pub.body = buf_str(&x->body);
	x->post.fn = on_back;
	x->at_worker = true;
	if (pool_submit(x->server->config.pool, visit, x))
		return true;
	x->at_worker = false;
	return false;
}
