/* The syslog listener: one thread, one event loop, UDP and TCP. The loop blocks while a batch becomes durable;
 * meanwhile TCP senders wait in their windows and UDP waits in the kernel's buffer, whose overflow is counted. */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/collect/syslog.h"

#define UDP_ROUND 512u /* datagrams between two looks at the other sockets */
#define UDP_BUFFER_BYTES (8 << 20)

void syslog_source(const struct syslog_listener *l, const struct sockaddr *from, char out[EVENT_SOURCE_MAX])
{
	char address[INET6_ADDRSTRLEN] = "?";

	if (from->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)from)->sin_addr, address,
			  sizeof(address));
	else if (from->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, address,
			  sizeof(address));
	snprintf(out, EVENT_SOURCE_MAX, "%.40s/%s", l->name, address);
}

/* Cuts what framing leaves at the end: CR, LF and the NUL that some senders add. */
static str message_of(str raw)
{
	while (raw.len &&
	       (raw.ptr[raw.len - 1] == '\n' || raw.ptr[raw.len - 1] == '\r' || raw.ptr[raw.len - 1] == '\0'))
		raw.len--;
	return raw;
}

void syslog_take(struct syslog_listener *l, const char *source, str raw)
{
	struct raw_event ev = {.tenant_id = l->tenant_id, .source = str_of(source), .raw = message_of(raw)};

	if (ev.raw.len == 0)
		return;
	if (pending_is_full(&l->pending, ev.raw.len))
		syslog_flush(l);
	ev.received = l->in->env->now(l->in->env->ctx);
	ev.time = ev.received;
	ev.time_known = event_time_peek(ev.raw, &ev.time);
	pending_add(&l->pending, &ev);
}

/* A failure is counted by the intake (failed) and told once a minute at most, not once a message. */
bool syslog_flush(struct syslog_listener *l)
{
	struct err e = {0};
	time_us now;

	if (pending_flush(&l->pending, &e) == 0)
		return true;
	l->failed = true;
	now = l->in->env->monotonic(l->in->env->ctx);
	if (l->told_at == 0 || now - l->told_at > TIME_MINUTE)
		log_err(l->in->env->log, LOG_ERROR, "intake.failed", &e);
	l->told_at = now;
	return false;
}

/* SO_RXQ_OVFL: how many datagrams the kernel has dropped on this socket since it was opened. */
static void count_drops(struct syslog_listener *l, struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		uint32_t dropped;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
			continue;
		memcpy(&dropped, CMSG_DATA(c), sizeof(dropped));
		atomic_fetch_add(&l->in->counters.udp_dropped, (uint32_t)(dropped - l->udp_dropped));
		l->udp_dropped = dropped;
	}
}

static bool udp_one(struct syslog_listener *l, int fd, char source[EVENT_SOURCE_MAX])
{
	struct sockaddr_storage from;
	char control[CMSG_SPACE(sizeof(uint32_t))];
	struct iovec room = {l->datagram, SYSLOG_MESSAGE_BYTES};
	struct msghdr m = {.msg_name = &from,
			   .msg_namelen = sizeof(from),
			   .msg_iov = &room,
			   .msg_iovlen = 1,
			   .msg_control = control,
			   .msg_controllen = sizeof(control)};
	ssize_t got = recvmsg(fd, &m, MSG_DONTWAIT);

	if (got < 0)
		return false;
	count_drops(l, &m);
	if (m.msg_flags & MSG_TRUNC)
		atomic_fetch_add(&l->in->counters.truncated, 1);
	atomic_fetch_add(&l->in->counters.udp_messages, 1);
	syslog_source(l, (const struct sockaddr *)&from, source);
	syslog_take(l, source, (str){l->datagram, (size_t)got});
	return true;
}

static void udp_readable(evutil_socket_t fd, short what, void *ctx)
{
	struct syslog_listener *l = ctx;

	(void)what;
	/* The sources' names must live until the flush, so each datagram of a round has its own room. */
	for (uint32_t i = 0; i < UDP_ROUND && udp_one(l, fd, l->sources[i]); i++)
		continue;
	syslog_flush(l);
}

static int bind_failed(struct err *e, str host, uint16_t port, int why)
{
	char number[8];
	int rc = err_set_errno(e, why == EADDRINUSE ? "err.syslog.port_in_use" : "err.syslog.listen", host, why);

	snprintf(number, sizeof(number), "%u", port);
	err_value(e, str_of(number));
	return rc;
}

static int address_of(str host, uint16_t port, struct sockaddr_storage *ret, int *ret_len, struct err *e)
{
	char text[128];
	int len = sizeof(*ret);

	memset(ret, 0, sizeof(*ret));
	snprintf(text, sizeof(text), str_find_byte(host, ':') >= 0 ? "[" STR_FMT "]:%u" : STR_FMT ":%u", STR_ARG(host),
		 port);
	/* libevent wants a port above 0; the system's choice is asked for below. */
	if (port == 0)
		snprintf(text, sizeof(text), str_find_byte(host, ':') >= 0 ? "[" STR_FMT "]" : STR_FMT, STR_ARG(host));
	if (evutil_parse_sockaddr_port(text, (struct sockaddr *)ret, &len) < 0)
		return bind_failed(e, host, port, EINVAL);
	*ret_len = len;
	return 0;
}

static uint16_t bound_port(int fd)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		return 0;
	if (at.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
	return ntohs(((struct sockaddr_in *)&at)->sin_port);
}

static int udp_open(struct syslog_listener *l, const struct syslog_options *o, struct err *e)
{
	struct sockaddr_storage at;
	int len, one = 1, size = UDP_BUFFER_BYTES;
	int rc = address_of(o->udp_host, o->udp_port, &at, &len, e);

	if (rc)
		return rc;
	l->udp_fd = socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->udp_fd < 0 || bind(l->udp_fd, (struct sockaddr *)&at, (socklen_t)len) < 0)
		return bind_failed(e, o->udp_host, o->udp_port, errno);
	/* The large buffer needs the privilege or a raised rmem_max; what is granted is what it is. */
	if (setsockopt(l->udp_fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(l->udp_fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(l->udp_fd, SOL_SOCKET, SO_RXQ_OVFL, &one, sizeof(one)) < 0)
		return bind_failed(e, o->udp_host, o->udp_port, errno);
	l->udp_port = bound_port(l->udp_fd);
	l->udp = event_new(l->base, l->udp_fd, EV_READ | EV_PERSIST, udp_readable, l);
	CHECK(l->udp && event_add(l->udp, NULL) == 0);
	return 0;
}

static int tcp_open(struct syslog_listener *l, const struct syslog_options *o, struct err *e)
{
	struct sockaddr_storage at;
	int len;
	int rc = address_of(o->tcp_host, o->tcp_port, &at, &len, e);

	if (rc)
		return rc;
	l->tcp = evconnlistener_new_bind(l->base, syslog_accept, l,
					 LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_EXEC, 128,
					 (struct sockaddr *)&at, len);
	if (!l->tcp)
		return bind_failed(e, o->tcp_host, o->tcp_port, errno);
	l->tcp_port = bound_port(evconnlistener_get_fd(l->tcp));
	return 0;
}

static void woken(evutil_socket_t fd, short what, void *ctx)
{
	struct syslog_listener *l = ctx;

	(void)fd;
	(void)what;
	event_base_loopbreak(l->base);
}

static void *run(void *ctx)
{
	struct syslog_listener *l = ctx;

	event_base_dispatch(l->base);
	/* What is already here is taken; what is still under way is the sender's. */
	if (l->udp)
		udp_readable(l->udp_fd, EV_READ, l);
	syslog_flush(l);
	return NULL;
}

static void listener_free(struct syslog_listener *l)
{
	syslog_close_all(l);
	if (l->tcp)
		evconnlistener_free(l->tcp);
	if (l->udp)
		event_free(l->udp);
	if (l->udp_fd >= 0)
		close(l->udp_fd);
	if (l->wake)
		event_free(l->wake);
	event_base_free(l->base);
	for (int i = 0; i < 2; i++)
		if (l->wake_fds[i] >= 0)
			close(l->wake_fds[i]);
	pending_done(&l->pending);
	free(l->sources);
	free(l->datagram);
	free(l);
}

int syslog_start(struct intake *in, const struct syslog_options *o, struct syslog_listener **ret, struct err *e)
{
	struct syslog_listener *l = mem_alloc(1, sizeof(*l));
	int rc = 0;

	CHECK(o->tenant_id > 0);
	l->in = in;
	l->tenant_id = o->tenant_id;
	l->udp_fd = -1;
	snprintf(l->name, sizeof(l->name), "%s", o->name);
	l->datagram = mem_alloc(SYSLOG_MESSAGE_BYTES, 1);
	l->sources = mem_alloc(UDP_ROUND, sizeof(*l->sources));
	pending_init(&l->pending, in);
	l->base = event_base_new();
	CHECK(l->base && pipe(l->wake_fds) == 0);
	l->wake = event_new(l->base, l->wake_fds[0], EV_READ, woken, l);
	CHECK(l->wake && event_add(l->wake, NULL) == 0);
	if (o->udp_host.len)
		rc = udp_open(l, o, e);
	if (!rc && o->tcp_host.len)
		rc = tcp_open(l, o, e);
	if (!rc && pthread_create(&l->thread, NULL, run, l) != 0)
		rc = err_set_errno(e, "err.syslog.listen", STR("thread"), errno);
	if (rc) {
		listener_free(l);
		return rc;
	}
	*ret = l;
	return 0;
}

void syslog_stop(struct syslog_listener *l)
{
	ssize_t put;

	if (!l)
		return;
	put = write(l->wake_fds[1], "x", 1);
	CHECK(put == 1);
	pthread_join(l->thread, NULL);
	listener_free(l);
}

uint16_t syslog_port(const struct syslog_listener *l, bool tcp)
{
	return tcp ? l->tcp_port : l->udp_port;
}
