/* conn: the state of one connection, from accept to close. */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/bufferevent_ssl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/internal.h"

static void peer_fill(struct net_peer *p, int fd, const struct sockaddr *from)
{
	*p = (struct net_peer){0};
	if (from->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)from;

		inet_ntop(AF_INET, &v4->sin_addr, p->address, sizeof(p->address));
		p->is_loopback = ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	} else if (from->sa_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)from;

		inet_ntop(AF_INET6, &v6->sin6_addr, p->address, sizeof(p->address));
		p->is_loopback = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
	} else {
		struct ucred who = {.uid = (uid_t)-1};
		socklen_t len = sizeof(who);

		/* On failure uid stays "nobody we know", never root. */
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0)
			who.uid = (uid_t)-1;
		snprintf(p->address, sizeof(p->address), "unix");
		p->is_loopback = p->is_unix = true;
		p->pid = who.pid;
		p->uid = who.uid;
		p->gid = who.gid;
	}
}

void conn_close(struct conn *c)
{
	struct loop *loop = c->loop;

	if (c->prev)
		c->prev->next = c->next;
	else
		loop->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	if (c->push)
		push_detach(c);
	if (c->x) {
		c->x->conn = NULL;
		if (!c->x->at_worker) {
			exchange_abandon(c->x);
			exchange_free(c->x);
		}
	}
	bufferevent_free(c->bev);
	atomic_fetch_sub(&loop->server->counters.open, 1);
	free(c);
}

static void set_deadline(struct conn *c, unsigned wait_ms)
{
	c->deadline = loop_now(c->loop) + (time_us)wait_ms * 1000;
}

static enum step idle(struct conn *c)
{
	if (c->read_eof || c->loop->draining)
		return evbuffer_get_length(bufferevent_get_output(c->bev))
			       ? (c->closing = true, c->state = CONN_FLUSH, STEP_AGAIN)
			       : STEP_CLOSE;
	return STEP_WAIT;
}

/* The head is complete: read it, ask what shall happen, go on with the body. */
static enum step begin_exchange(struct conn *c, str bytes)
{
	const struct net_calls *calls = c->loop->server->config.calls;
	struct exchange_impl *x = c->x = exchange_take(c->loop);
	int rc;

	buf_add(&x->head_bytes, bytes);
	evbuffer_drain(bufferevent_get_input(c->bev), bytes.len);
	x->conn = c;
	x->pub.peer = c->peer;
	x->pub.is_tls = c->is_tls;
	x->pub.started = c->head_started;
	rc = head_parse(buf_str(&x->head_bytes), &x->pub.head);
	if (rc < 0) {
		x->pub.head.body = BODY_NONE;
		conn_refuse(c, (enum refusal) - rc);
		return STEP_AGAIN;
	}
	x->planned = true;
	x->plan = (struct net_plan){0};
	calls->plan(calls->ctx, &x->pub, &x->plan);
	return body_begin(c);
}

static enum step read_head(struct conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	size_t have = evbuffer_get_length(in);
	const char *bytes = (const char *)evbuffer_pullup(in,
							  (ev_ssize_t)(have < HEAD_BYTES_MAX ? have : HEAD_BYTES_MAX));
	int rc;

	if (!have)
		return idle(c);
	if (!c->head_started) {
		c->head_started = loop_now(c->loop);
		c->deadline = c->head_started + (time_us)c->loop->server->config.head_ms * 1000;
	}
	/* RFC 9112 2.2: one empty line before a request line is ignored, for old clients. More than one is not. */
	if (c->scanned == 0 && have >= 2 && bytes[0] == '\r' && bytes[1] == '\n') {
		if (c->skipped_line) {
			conn_refuse(c, REFUSE_REQUEST_LINE);
			return STEP_AGAIN;
		}
		c->skipped_line = true;
		evbuffer_drain(in, 2);
		return STEP_AGAIN;
	}
	rc = head_end((str){bytes, have < HEAD_BYTES_MAX ? have : HEAD_BYTES_MAX}, &c->scanned);
	if (rc > 0)
		return begin_exchange(c, (str){bytes, (size_t)rc});
	if (rc == 0)
		return c->read_eof ? STEP_CLOSE : STEP_WAIT;
	conn_refuse(c, (enum refusal) - rc);
	return STEP_AGAIN;
}

/* Ends our direction, so that the client sees the whole answer, and reads what he still sends: closing with unread
 * input would make the kernel reset the connection and throw our answer away (RFC 9112 9.6). */
static enum step begin_linger(struct conn *c)
{
	if (c->is_tls)
		SSL_shutdown(bufferevent_openssl_get_ssl(c->bev));
	shutdown(bufferevent_getfd(c->bev), SHUT_WR);
	c->state = CONN_LINGER;
	set_deadline(c, c->loop->server->config.linger_ms);
	return STEP_AGAIN;
}

static enum step flush(struct conn *c)
{
	size_t waiting = evbuffer_get_length(bufferevent_get_output(c->bev));

	if (c->closing) {
		if (waiting)
			return STEP_WAIT;
		return !c->read_eof && (c->unread || evbuffer_get_length(bufferevent_get_input(c->bev)))
			       ? begin_linger(c)
			       : STEP_CLOSE;
	}
	if (waiting > NET_OUTPUT_MAX)
		return STEP_WAIT;
	c->state = CONN_HEAD;
	c->head_started = 0;
	c->skipped_line = false;
	c->scanned = 0;
	set_deadline(c, c->loop->server->config.idle_ms);
	return STEP_AGAIN;
}

static enum step linger(struct conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);

	c->lingered += evbuffer_get_length(in);
	evbuffer_drain(in, evbuffer_get_length(in));
	return c->read_eof || c->lingered > LINGER_BYTES_MAX ? STEP_CLOSE : STEP_WAIT;
}

void conn_run(struct conn *c)
{
	enum step step = STEP_AGAIN;

	while (step == STEP_AGAIN) {
		switch (c->state) {
		case CONN_HEAD:
			step = read_head(c);
			break;
		case CONN_BODY:
			step = body_read(c);
			break;
		case CONN_FLUSH:
			step = flush(c);
			break;
		case CONN_LINGER:
			step = linger(c);
			break;
		case CONN_PUSH:
			step = c->read_eof ? STEP_CLOSE : STEP_WAIT;
			break;
		default:
			step = STEP_WAIT;
		}
	}
	if (step == STEP_CLOSE)
		conn_close(c);
}

void conn_refuse(struct conn *c, enum refusal why)
{
	const struct net_calls *calls = c->loop->server->config.calls;
	struct exchange_impl *x = c->x ? c->x : exchange_take(c->loop);

	c->x = x;
	x->conn = c;
	if (x->at_worker) {
		x->refusal = why;
		c->state = CONN_WORK;
		c->deadline = 0;
		return;
	}
	atomic_fetch_add_explicit(&c->loop->server->counters.refused[why], 1, memory_order_relaxed);
	if (x->planned && calls->refuse)
		calls->refuse(calls->ctx, &x->pub, why);
	reply_refusal(x, why);
	exchange_abandon(x);
	reply_send(c);
}

void conn_expired(struct conn *c)
{
	c->deadline = 0;
	if (c->state == CONN_HEAD && c->head_started)
		conn_refuse(c, REFUSE_HEAD_SLOW);
	else if (c->state == CONN_BODY)
		conn_refuse(c, REFUSE_BODY_SLOW);
	else {
		if (c->state == CONN_HANDSHAKE)
			atomic_fetch_add(&c->loop->server->counters.handshakes_failed, 1);
		conn_close(c);
		return;
	}
	conn_run(c);
}

void conn_drain(struct conn *c)
{
	if (c->state == CONN_HANDSHAKE || (c->state == CONN_HEAD && !c->head_started)) {
		conn_close(c);
	} else if (c->state == CONN_PUSH) {
		push_finish(c);
		conn_run(c);
	}
}

static void on_read(struct bufferevent *bev, void *arg)
{
	(void)bev;
	conn_run(arg);
}

static void on_write(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (c->push)
		push_written(c);
	conn_run(c);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (what & BEV_EVENT_CONNECTED) {
		c->state = CONN_HEAD;
		set_deadline(c, c->loop->server->config.idle_ms);
		conn_run(c);
	} else if ((what & BEV_EVENT_EOF) && !c->is_tls) {
		/* The client ended his direction only; he may still read (half-close). */
		c->read_eof = true;
		conn_run(c);
	} else {
		if (c->state == CONN_HANDSHAKE)
			atomic_fetch_add(&c->loop->server->counters.handshakes_failed, 1);
		conn_close(c);
	}
}

static struct bufferevent *bev_new(struct listener *l, int fd, bool is_tls)
{
	SSL *ssl;

	if (!is_tls)
		return bufferevent_socket_new(l->loop->base, fd, BEV_OPT_CLOSE_ON_FREE);
	ssl = tls_accept_new(l->loop->server->config.tls);
	if (!ssl)
		return NULL;
	return bufferevent_openssl_socket_new(l->loop->base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
}

/* Full: the connection that has been idle longest on this loop makes room, so that connections which do nothing cannot
 * lock out those that would do something. */
static bool make_room(struct loop *loop)
{
	struct conn *oldest = NULL;

	for (struct conn *c = loop->conns; c; c = c->next)
		if (c->state == CONN_HEAD && !c->head_started && (!oldest || c->deadline < oldest->deadline))
			oldest = c;
	if (oldest)
		conn_close(oldest);
	return oldest != NULL;
}

void conn_open(struct listener *l, int fd, const struct sockaddr *from)
{
	struct timeval write_wait = {NET_WRITE_MS / 1000, 0};
	struct server *s = l->loop->server;
	struct conn *c;
	bool is_tls = s->config.listen[l->index].tls;
	struct bufferevent *bev;

	atomic_fetch_add(&s->counters.accepted, 1);
	if (atomic_load(&s->counters.open) >= (int64_t)s->config.connections_max && !make_room(l->loop))
		bev = NULL;
	else
		bev = bev_new(l, fd, is_tls);
	if (!bev) {
		atomic_fetch_add(&s->counters.refused_full, 1);
		close(fd);
		return;
	}
	atomic_fetch_add(&s->counters.open, 1);
	c = mem_alloc(1, sizeof(*c));
	c->loop = l->loop;
	c->bev = bev;
	c->is_tls = is_tls;
	peer_fill(&c->peer, fd, from);
	c->state = is_tls ? CONN_HANDSHAKE : CONN_HEAD;
	set_deadline(c, is_tls ? s->config.head_ms : s->config.idle_ms);
	c->next = l->loop->conns;
	if (c->next)
		c->next->prev = c;
	l->loop->conns = c;
	if (is_tls)
		bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	bufferevent_setcb(bev, on_read, on_write, on_event, c);
	bufferevent_setwatermark(bev, EV_READ, 0, INPUT_MAX);
	bufferevent_setwatermark(bev, EV_WRITE, NET_OUTPUT_MAX / 4, 0);
	bufferevent_set_timeouts(bev, NULL, &write_wait);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}
