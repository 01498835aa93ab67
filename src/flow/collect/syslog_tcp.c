/* TCP connections of the syslog listener: a message leaves the input buffer only when it is durable. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/mem.h"
#include "flow/collect/syslog.h"

#define TCP_BUFFER_BYTES (256u << 10)
#define TCP_IDLE_SECONDS 3600

struct syslog_conn {
	struct syslog_listener *l;
	struct syslog_conn *next, *prev;
	struct bufferevent *bev;
	struct syslog_framing framing;
	char source[EVENT_SOURCE_MAX];
};

static void conn_close(struct syslog_conn *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		c->l->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	c->l->conn_count--;
	bufferevent_free(c->bev);
	free(c);
}

void syslog_close_all(struct syslog_listener *l)
{
	for (struct syslog_conn *c = l->conns, *next; c; c = next) {
		next = c->next;
		conn_close(c);
	}
}

/* Takes every whole frame. False when the bytes are not framed. */
static bool take_frames(struct syslog_conn *c, str in, size_t *ret_used)
{
	struct syslog_listener *l = c->l;
	struct syslog_frame frame;
	size_t used;
	int rc;

	*ret_used = 0;
	do {
		rc = syslog_frame_next(&c->framing, str_from(in, *ret_used), &frame, &used);
		*ret_used += used;
		if (rc != 1)
			continue;
		if (frame.is_cut)
			atomic_fetch_add(&l->in->counters.truncated, 1);
		atomic_fetch_add(&l->in->counters.tcp_messages, 1);
		syslog_take(l, c->source, frame.message);
	} while (rc == 1);
	return rc == 0;
}

/* The sink may refuse (full disk): the sender is then cut off and, as syslog senders do, keeps its messages and comes
 * again. */
static bool conn_take(struct syslog_conn *c, bool at_end)
{
	struct evbuffer *input = bufferevent_get_input(c->bev);
	size_t len = evbuffer_get_length(input), used;
	str in = {(const char *)evbuffer_pullup(input, -1), len};
	bool framed;

	c->l->failed = false;
	framed = take_frames(c, in, &used);

	if (!framed)
		atomic_fetch_add(&c->l->in->counters.bad_frames, 1);
	/* A last line without its newline is a message all the same. */
	if (framed && at_end && used < len && !c->framing.skip && !c->framing.skip_line)
		syslog_take(c->l, c->source, str_from(in, used));
	(void)syslog_flush(c->l);
	if (c->l->failed)
		return false;
	evbuffer_drain(input, used);
	return framed;
}

static void readable(struct bufferevent *bev, void *ctx)
{
	(void)bev;
	if (!conn_take(ctx, false))
		conn_close(ctx);
}

static void ended(struct bufferevent *bev, short what, void *ctx)
{
	(void)bev;
	if (what & BEV_EVENT_EOF)
		(void)conn_take(ctx, true);
	conn_close(ctx);
}

void syslog_accept(struct evconnlistener *ev, evutil_socket_t fd, struct sockaddr *from, int len, void *ctx)
{
	struct syslog_listener *l = ctx;
	struct timeval idle = {.tv_sec = TCP_IDLE_SECONDS};
	struct syslog_conn *c;

	(void)ev;
	(void)len;
	if (l->conn_count >= SYSLOG_CONNECTIONS_MAX) {
		atomic_fetch_add(&l->in->counters.tcp_refused, 1);
		evutil_closesocket(fd);
		return;
	}
	atomic_fetch_add(&l->in->counters.tcp_connections, 1);
	c = mem_alloc(1, sizeof(*c));
	c->l = l;
	c->bev = bufferevent_socket_new(l->base, fd, BEV_OPT_CLOSE_ON_FREE);
	c->next = l->conns;
	if (c->next)
		c->next->prev = c;
	l->conns = c;
	l->conn_count++;
	syslog_source(l, from, c->source);
	bufferevent_setcb(c->bev, readable, NULL, ended, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, TCP_BUFFER_BYTES);
	bufferevent_set_timeouts(c->bev, &idle, NULL);
	bufferevent_enable(c->bev, EV_READ);
}
