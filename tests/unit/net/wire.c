#include "wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests.h"

static const char big[300000];

static void plan(void *ctx, struct exchange *x, struct net_plan *ret)
{
	str path = x->head.path;

	x->user = ctx;
	ret->body_max = 1u << 20;
	if (str_eq(path, STR("/stream"))) {
		ret->mode = PLAN_STREAM;
		ret->body_max = 64u << 20;
	} else if (str_eq(path, STR("/inline"))) {
		ret->mode = PLAN_INLINE;
	} else if (str_eq(path, STR("/small"))) {
		ret->body_max = 10;
	}
}

static void answer(void *ctx, void *worker, struct exchange *x)
{
	struct wire *w = ctx;
	struct net_reply *r = &x->reply;
	str path = x->head.path;

	(void)worker;
	atomic_fetch_add(&w->answered, 1);
	while (str_eq(path, STR("/hold")) && atomic_load(&w->hold))
		usleep(2000);
	r->fields[r->field_count++] = (struct http_field){STR("Content-Type"), STR("text/plain")};
	buf_init(&r->body, 1u << 21);
	if (str_eq(path, STR("/big"))) {
		r->body_static = (str){big, sizeof(big)};
	} else if (str_eq(path, STR("/push"))) {
		atomic_store(&w->push, net_push_open(x));
		net_push_send(atomic_load(&w->push), STR("early"));
	} else if (str_eq(path, STR("/empty"))) {
		r->status = 204;
	} else if (str_eq(path, STR("/split"))) {
		r->fields[r->field_count++] = (struct http_field){STR("X-Echo"), STR("a\r\nSet-Cookie: x=1")};
		r->fields[r->field_count++] = (struct http_field){STR("Content-Length"), STR("99")};
	} else if (str_eq(path, STR("/stream"))) {
		buf_add_fmt(&r->body, "streamed %zu", atomic_load(&w->streamed));
	} else {
		buf_add_fmt(&r->body, "%.*s [%.*s] %s", STR_ARG(path), STR_ARG(x->body), x->peer.address);
	}
}

static bool chunk(void *ctx, void *worker, struct exchange *x, str bytes)
{
	struct wire *w = ctx;

	(void)worker;
	(void)x;
	while (atomic_load(&w->hold))
		usleep(2000);
	atomic_fetch_add(&w->streamed, bytes.len);
	return bytes.len == 0 || bytes.ptr[0] != '!';
}

static void abandon(void *ctx, struct exchange *x)
{
	struct wire *w = ctx;

	if (x->user)
		atomic_fetch_add(&w->abandoned, 1);
}

void wire_start(struct wire *w, struct tls_context *tls, const struct net_config *limits)
{
	struct pool_config workers = {.threads = 2, .queue_max = 4};
	struct net_config config = limits ? *limits : (struct net_config){0};
	struct err e;

	w->log = log_stderr(LOG_ERROR, false);
	w->env = env_real(&w->log);
	w->calls = (struct net_calls){.ctx = w, .plan = plan, .answer = answer, .chunk = chunk, .abandon = abandon};
	assert_int_equal(pool_create(&workers, &w->pool, &e), 0);
	config.env = &w->env;
	config.calls = &w->calls;
	config.pool = w->pool;
	if (!config.listen_count)
		config.listen[config.listen_count++] = (struct net_listen){STR("127.0.0.1"), 0, tls != NULL};
	config.tls = tls;
	config.head_ms = config.head_ms ? config.head_ms : 700;
	config.body_grace_ms = config.body_grace_ms ? config.body_grace_ms : 900;
	config.linger_ms = 300;
	config.drain_ms = 2000;
	assert_int_equal(server_start(&config, &w->server, &e), 0);
	w->port = server_port(w->server, 0);
}

void wire_stop(struct wire *w)
{
	server_stop(w->server);
	pool_free(w->pool);
	assert_int_equal(atomic_load(&server_counters(w->server)->body_bytes), 0);
	assert_int_equal(atomic_load(&server_counters(w->server)->open), 0);
	server_free(w->server);
}

int wire_connect(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

void wire_send(int fd, str bytes)
{
	while (bytes.len) {
		ssize_t put = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (put <= 0)
			return; /* refused in the middle: the answer tells */
		bytes = str_from(bytes, (size_t)put);
	}
}

size_t wire_read(int fd, char *out, size_t max, int wait_ms, bool *ret_closed)
{
	size_t len = 0;

	*ret_closed = false;
	while (len < max - 1) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t got;

		if (poll(&p, 1, wait_ms) <= 0)
			break;
		got = recv(fd, out + len, max - 1 - len, 0);
		if (got <= 0) {
			*ret_closed = true;
			break;
		}
		len += (size_t)got;
	}
	out[len] = '\0';
	return len;
}

size_t wire_ask(uint16_t port, str bytes, char *out, size_t max, bool *ret_closed)
{
	int fd = wire_connect(port);
	size_t len;

	wire_send(fd, bytes);
	len = wire_read(fd, out, max, 250, ret_closed);
	close(fd);
	return len;
}
