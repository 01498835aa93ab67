/* push: responses that stay open. Anybody with the handle may send; the loop writes; a slow reader is cut off. */
#include <stdio.h>

#include "net/internal.h"

struct push_post {
	struct post post;
	struct net_push *push;
	size_t len; /* 0: the owner closed */
	char bytes[];
};

void push_unref(struct net_push *push)
{
	if (atomic_fetch_sub(&push->refs, 1) != 1)
		return;
	buf_done(&push->early);
	free(push);
}

struct net_push *net_push_open(struct exchange *x)
{
	struct exchange_impl *impl = impl_of(x);
	struct net_push *push = mem_alloc(1, sizeof(*push));

	CHECK(!impl->push);
	push->loop = impl->loop;
	push->is_chunked = x->head.minor == 1;
	buf_init(&push->early, NET_PUSH_MAX);
	atomic_store(&push->refs, 2);
	impl->push = push;
	return push;
}

void push_drop(struct net_push *push)
{
	atomic_store(&push->gone, true);
	push_unref(push);
}

static void write_piece(struct conn *c, str bytes)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);
	char size[24];

	if (bytes.len == 0)
		return;
	if (c->push->is_chunked)
		evbuffer_add(out, size, (size_t)snprintf(size, sizeof(size), "%zx\r\n", bytes.len));
	evbuffer_add(out, bytes.ptr, bytes.len);
	if (c->push->is_chunked)
		evbuffer_add(out, "\r\n", 2);
	c->push->in_output += bytes.len;
	atomic_fetch_add_explicit(&c->loop->server->counters.bytes_out, bytes.len, memory_order_relaxed);
}

void push_written(struct conn *c)
{
	if (evbuffer_get_length(bufferevent_get_output(c->bev)))
		return;
	atomic_fetch_sub(&c->push->waiting, c->push->in_output);
	c->push->in_output = 0;
}

void push_detach(struct conn *c)
{
	struct net_push *push = c->push;

	c->push = NULL;
	push->conn = NULL;
	push_drop(push);
}

void push_finish(struct conn *c)
{
	if (c->push->is_chunked)
		bufferevent_write(c->bev, "0\r\n\r\n", 5);
	push_detach(c);
	c->state = CONN_FLUSH;
	c->closing |= c->loop->draining;
}

void push_attach(struct conn *c, struct net_push *push)
{
	c->push = push;
	push->conn = c;
	c->state = CONN_PUSH;
	write_piece(c, buf_str(&push->early));
	buf_done(&push->early);
	if (push->ended || c->loop->draining)
		push_finish(c);
}

static void on_post(struct loop *loop, struct post *post)
{
	struct push_post *p = (struct push_post *)post;
	struct net_push *push = p->push;
	struct conn *c = push->conn;

	if (c && p->len) {
		write_piece(c, (str){p->bytes, p->len});
	} else if (c) {
		push_finish(c);
		conn_run(c);
	} else if (p->len && !atomic_load(&push->gone)) {
		buf_add(&push->early, (str){p->bytes, p->len});
	} else {
		push->ended = true;
	}
	(void)loop;
	push_unref(push);
	free(p);
}

static void post_piece(struct net_push *push, str bytes)
{
	struct push_post *p = mem_alloc(1, sizeof(*p) + bytes.len);

	p->post.fn = on_post;
	p->push = push;
	p->len = bytes.len;
	if (bytes.len)
		memcpy(p->bytes, bytes.ptr, bytes.len);
	atomic_fetch_add(&push->refs, 1);
	loop_post(push->loop, &p->post);
}

bool net_push_send(struct net_push *push, str bytes)
{
	if (atomic_load(&push->gone))
		return false;
	if (bytes.len == 0)
		return true;
	if (atomic_fetch_add(&push->waiting, bytes.len) + bytes.len > NET_PUSH_MAX) {
		atomic_store(&push->gone, true);
		return false;
	}
	post_piece(push, bytes);
	return true;
}

void net_push_close(struct net_push *push)
{
	post_piece(push, STR_NONE);
	push_unref(push);
}
