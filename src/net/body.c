/* body: request bodies, whole or in batches, under the deadline and under the budget that all of them share. */
#include "net/internal.h"

/* Reserved as bytes arrive and not as they are announced: else four clients that announce 64 MiB and send nothing would
 * lock everybody out. */
static bool budget_take(struct exchange_impl *x, size_t want)
{
	struct server *s = x->server;
	int64_t now;

	/* What is small needs no share: signing in and working go on while somebody fills the budget. The number of
	 * connections bounds these. */
	if (want <= NET_BODY_SMALL || want <= x->reserved)
		return true;
	want = ((want + 65535) & ~(size_t)65535) - x->reserved;
	now = atomic_fetch_add(&s->counters.body_bytes, (int64_t)want) + (int64_t)want;
	if ((size_t)now > s->config.body_budget) {
		atomic_fetch_sub(&s->counters.body_bytes, (int64_t)want);
		return false;
	}
	x->reserved += want;
	return true;
}

void body_release(struct exchange_impl *x)
{
	if (x->reserved)
		atomic_fetch_sub(&x->server->counters.body_bytes, (int64_t)x->reserved);
	x->reserved = 0;
}

static enum step refuse(struct conn *c, enum refusal why)
{
	conn_refuse(c, why);
	return STEP_AGAIN;
}

static enum step hand_over(struct conn *c)
{
	struct exchange_impl *x = c->x;

	c->state = CONN_WORK;
	c->deadline = 0;
	x->answer_now = true;
	if (x->plan.mode == PLAN_INLINE) {
		exchange_answer_here(x);
		reply_send(c);
		return STEP_AGAIN;
	}
	return exchange_submit(x) ? STEP_WAIT : refuse(c, REFUSE_BUSY);
}

enum step body_begin(struct conn *c)
{
	struct exchange_impl *x = c->x;
	const struct head *h = &x->pub.head;
	bool streams = x->plan.mode == PLAN_STREAM;

	x->body_done = h->body == BODY_NONE || (h->body == BODY_LENGTH && h->body_length == 0);
	x->body.max = streams ? NET_STREAM_BATCH : (size_t)x->plan.body_max + 1;
	if (x->body_done)
		return hand_over(c);
	if (h->body == BODY_LENGTH && h->body_length > x->plan.body_max)
		return refuse(c, REFUSE_BODY_LARGE);
	if (streams && !budget_take(x, 2 * NET_STREAM_BATCH))
		return refuse(c, REFUSE_BUSY);
	chunked_init(&x->chunked);
	x->body_started = loop_now(c->loop);
	c->state = CONN_BODY;
	/* RFC 9110 10.1.1: no need to invite a client who has begun already. */
	if (h->expect_continue && evbuffer_get_length(bufferevent_get_input(c->bev)) == 0)
		bufferevent_write(c->bev, "HTTP/1.1 100 Continue\r\n\r\n", 25);
	return STEP_AGAIN;
}

/* Takes what is there, up to `room`, decoded into x->body. Returns 0 or -refusal. */
static int take_some(struct exchange_impl *x, struct evbuffer *in, size_t room)
{
	size_t have = evbuffer_get_contiguous_space(in), used;
	str bytes = {(const char *)evbuffer_pullup(in, (ev_ssize_t)have), have}, data;
	int rc = 0;

	bytes = str_sub(bytes, 0, room);
	if (x->pub.head.body == BODY_LENGTH) {
		data = str_sub(bytes, 0, (size_t)(x->pub.head.body_length - x->received));
		used = data.len;
	} else {
		rc = chunked_feed(&x->chunked, bytes, &used, &data);
	}
	if (rc)
		return rc;
	x->received += data.len;
	if (x->received > x->plan.body_max)
		return -REFUSE_BODY_LARGE;
	if (x->plan.mode != PLAN_STREAM && !budget_take(x, x->body.len + data.len))
		return -REFUSE_BUSY;
	buf_add(&x->body, data);
	atomic_fetch_add_explicit(&x->server->counters.bytes_in, data.len, memory_order_relaxed);
	evbuffer_drain(in, used);
	x->body_done = x->pub.head.body == BODY_LENGTH ? x->received == x->pub.head.body_length : x->chunked.done;
	return 0;
}

/* The gathered batch goes to the worker, the one he is done with is filled next. */
static void swap_batch(struct exchange_impl *x)
{
	struct buf full = x->body;

	x->body = x->batch;
	x->body.max = NET_STREAM_BATCH;
	buf_clear(&x->body);
	x->batch = full;
}

static enum step stream_on(struct conn *c)
{
	struct exchange_impl *x = c->x;

	if (x->at_worker)
		return STEP_WAIT;
	if (x->body_done) {
		swap_batch(x);
		return hand_over(c);
	}
	if (x->body.len < NET_STREAM_BATCH / 4)
		return STEP_WAIT;
	swap_batch(x);
	return exchange_submit(x) ? STEP_WAIT : refuse(c, REFUSE_BUSY);
}

static void set_deadline(struct conn *c)
{
	struct exchange_impl *x = c->x;
	time_us now = loop_now(c->loop), grace = (time_us)c->loop->server->config.body_grace_ms * 1000;
	bool ours = x->body_done || (x->plan.mode == PLAN_STREAM && x->body.len == NET_STREAM_BATCH);

	/* While the worker is behind we do not read, and that time is not the client's. */
	if (ours) {
		c->deadline = 0;
		x->paused_at = x->paused_at ? x->paused_at : now;
		return;
	}
	if (x->paused_at)
		x->body_started += now - x->paused_at;
	x->paused_at = 0;
	c->deadline = x->body_started + grace + (time_us)(x->received / NET_BODY_RATE) * TIME_SECOND;
	/* Else whoever sent much at once could sit on it for hours. */
	if (c->deadline > now + grace)
		c->deadline = now + grace;
}

enum step body_read(struct conn *c)
{
	struct exchange_impl *x = c->x;
	struct evbuffer *in = bufferevent_get_input(c->bev);
	bool streams = x->plan.mode == PLAN_STREAM;
	enum step step = STEP_WAIT;

	while (!x->body_done && evbuffer_get_length(in) && (!streams || x->body.len < NET_STREAM_BATCH)) {
		int rc = take_some(x, in, streams ? NET_STREAM_BATCH - x->body.len : SIZE_MAX);

		if (rc)
			return refuse(c, (enum refusal) - rc);
	}
	if (streams)
		step = stream_on(c);
	else if (x->body_done)
		return hand_over(c);
	if (step != STEP_WAIT || c->state != CONN_BODY)
		return step;
	if (c->read_eof && !x->body_done && evbuffer_get_length(in) == 0)
		return STEP_CLOSE;
	set_deadline(c);
	return STEP_WAIT;
}
