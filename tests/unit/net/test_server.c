/* The server against a client that writes raw bytes: smuggling probes, drips, pipelining, half-close, streams. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests.h"
#include "wire.h"

#define H "Host: a\r\n"

static size_t count_of(const char *text, const char *needle)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, needle)); at += strlen(needle))
		n++;
	return n;
}

/* Behind each probe stands what a smuggler wants to be read as a second request: it must never be answered. */
#define SMUGGLED "GET /smuggled HTTP/1.1\r\n" H "\r\n"
static const struct {
	str bytes;
	int status;
} probes[] = {
	{STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED),
	 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" SMUGGLED),
	 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 0\r\nContent-Length: 0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 0, 0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: +0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length : 0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length:\v0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 0x0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("GET / HTTP/1.1\nHost: a\n\n" SMUGGLED), 400},
	{STR_INIT("GET / HTTP/1.1\r\n" H "X: a\nContent-Length: 0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("GET / HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("GET / HTTP/1.1\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("GET / HTTP/1.1\r\n" H H "\r\n" SMUGGLED), 400},
	{STR_INIT("GET / HTTP/1.1\r\nHost: a b\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("GET / HTTP/1.1\r\n" H "X: \0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("GET /%00 HTTP/1.1\r\n" H "\r\n" SMUGGLED), 400},
	{STR_INIT("GET / HTTP/1.1\r\n" H "X: a\rContent-Length: 3\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n" SMUGGLED), 400},
	{STR_INIT("GET / HTTP/1.1 x\r\n" H "\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n1\nX\r\n0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n1 \r\nX\r\n0\r\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\nX: 1\n\r\n" SMUGGLED), 400},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n" SMUGGLED), 400},
	{STR_INIT("BREW / HTTP/1.1\r\n" H "\r\n" SMUGGLED), 501},
	{STR_INIT("GET / HTTP/3.0\r\n" H "\r\n" SMUGGLED), 505},
	{STR_INIT("POST / HTTP/1.1\r\n" H "Expect: tea\r\n\r\n" SMUGGLED), 417},
	{STR_INIT("POST /small HTTP/1.1\r\n" H "Content-Length: 11\r\n\r\n" SMUGGLED), 413},
	{STR_INIT("POST /small HTTP/1.1\r\n" H
		  "Transfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n" SMUGGLED),
	 413},
};

static void test_probes(void **state)
{
	struct wire w = {0};
	char out[4096], want[32];
	bool closed;

	(void)state;
	wire_start(&w, NULL, NULL);
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		snprintf(want, sizeof(want), "HTTP/1.1 %d ", probes[i].status);
		wire_ask(w.port, probes[i].bytes, out, sizeof(out), &closed);
		if (strncmp(out, want, strlen(want)) != 0 || count_of(out, "HTTP/1.1 ") != 1 ||
		    strstr(out, "smuggled") || !strstr(out, "Connection: close"))
			fail_msg("probe %zu: %s", i, out);
	}
	assert_int_equal(atomic_load(&w.answered), 0);
	assert_true(atomic_load(&server_counters(w.server)->refused[REFUSE_LENGTH_AND_CODING]) == 2);
	wire_stop(&w);
}

static void test_right(void **state)
{
	struct wire w = {0};
	char out[4096];
	bool closed;

	(void)state;
	wire_start(&w, NULL, NULL);
	wire_ask(w.port, STR("POST /a?b HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"), out, sizeof(out), &closed);
	assert_non_null(strstr(out, "HTTP/1.1 200 OK\r\nDate: "));
	assert_non_null(strstr(out, "Content-Length: 18\r\n\r\n/a [abc] 127.0.0.1"));
	assert_false(closed);
	wire_ask(w.port, STR("HEAD /big HTTP/1.1\r\n" H "Connection: close\r\n\r\n"), out, sizeof(out), &closed);
	assert_non_null(strstr(out, "Content-Length: 300000\r\n"));
	assert_true(closed && str_ends(str_of(out), STR("\r\n\r\n")));
	wire_ask(w.port, STR("GET /empty HTTP/1.0\r\n\r\n"), out, sizeof(out), &closed);
	assert_non_null(strstr(out, "204 No Content"));
	assert_null(strstr(out, "Content-Length"));
	assert_true(closed);
	wire_ask(w.port, STR("GET /split HTTP/1.1\r\n" H "\r\n"), out, sizeof(out), &closed);
	assert_non_null(strstr(out, "X-Echo: aSet-Cookie: x=1\r\n"));
	assert_int_equal(count_of(out, "Content-Length"), 1);
	wire_ask(w.port,
		 STR("POST /c HTTP/1.1\r\n" H
		     "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n"),
		 out, sizeof(out), &closed);
	assert_non_null(strstr(out, "/c [abcde]"));
	wire_stop(&w);
}

/* Many requests in one write: answered in order, through loop and workers mixed. */
static void test_pipeline(void **state)
{
	struct wire w = {0};
	struct buf in;
	char *out = malloc(1u << 20);
	const char *at = out;
	bool closed;

	(void)state;
	wire_start(&w, NULL, NULL);
	buf_init(&in, 1u << 20);
	for (int i = 0; i < 200; i++)
		buf_add_fmt(&in, "POST /%s HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\n<%03d>", i % 3 ? "inline" : "pool",
			    i);
	wire_ask(w.port, buf_str(&in), out, 1u << 20, &closed);
	for (int i = 0; i < 200; i++) {
		char want[16];

		snprintf(want, sizeof(want), "[<%03d>]", i);
		at = strstr(at, want);
		assert_non_null(at);
	}
	assert_int_equal(count_of(out, "200 OK"), 200);
	buf_done(&in);
	free(out);
	wire_stop(&w);
}

/* A client that asks for much and reads nothing does not make us keep it all. */
static void test_output_is_bounded(void **state)
{
	struct wire w = {0};
	struct buf in;
	int fd, small = 4096;

	(void)state;
	wire_start(&w, NULL, NULL);
	buf_init(&in, 1u << 20);
	for (int i = 0; i < 500; i++)
		buf_add(&in, STR("GET /big HTTP/1.1\r\n" H "\r\n"));
	fd = wire_connect(w.port);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	wire_send(fd, buf_str(&in));
	usleep(300000);
	/* 500 × 300 kB were asked for; the kernel's buffers and our own bound hold a few. */
	assert_in_range(atomic_load(&w.answered), 1, 60);
	close(fd);
	buf_done(&in);
	wire_stop(&w);
}

static void test_slow(void **state)
{
	struct wire w = {0};
	char out[4096];
	bool closed;
	int fd;
	time_us began;

	(void)state;
	wire_start(&w, NULL, NULL);
	fd = wire_connect(w.port);
	began = w.env.monotonic(NULL);
	for (int i = 0; i < 30; i++) {
		wire_send(fd, i == 0 ? STR("GET / HTTP/1.1\r\nX: ") : STR("a"));
		if (wire_read(fd, out, sizeof(out), 100, &closed))
			break;
	}
	/* A byte every 100 ms never idles, and is cut all the same. */
	assert_non_null(strstr(out, "408 Request Timeout"));
	assert_in_range(w.env.monotonic(NULL) - began, 600000, 1500000);
	close(fd);
	fd = wire_connect(w.port);
	wire_send(fd, STR("POST / HTTP/1.1\r\n" H "Content-Length: 1000\r\n\r\n"));
	for (int i = 0; i < 30; i++) {
		wire_send(fd, STR("a"));
		if (wire_read(fd, out, sizeof(out), 100, &closed))
			break;
	}
	assert_non_null(strstr(out, "408 Request Timeout"));
	assert_int_equal(atomic_load(&w.abandoned), 1);
	close(fd);
	wire_stop(&w);
}

static void test_half_close_and_continue(void **state)
{
	struct wire w = {0};
	char out[4096];
	bool closed;
	int fd;

	(void)state;
	wire_start(&w, NULL, NULL);
	fd = wire_connect(w.port);
	wire_send(fd, STR("GET /1 HTTP/1.1\r\n" H "\r\nGET /2 HTTP/1.1\r\n" H "\r\n"));
	shutdown(fd, SHUT_WR);
	wire_read(fd, out, sizeof(out), 500, &closed);
	assert_true(closed && strstr(out, "/1 []") && strstr(out, "/2 []"));
	close(fd);
	fd = wire_connect(w.port);
	wire_send(fd, STR("POST / HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
	wire_read(fd, out, sizeof(out), 150, &closed);
	assert_string_equal(out, "HTTP/1.1 100 Continue\r\n\r\n");
	wire_send(fd, STR("ok"));
	wire_read(fd, out, sizeof(out), 150, &closed);
	assert_non_null(strstr(out, "/ [ok]"));
	close(fd);
	fd = wire_connect(w.port);
	wire_send(fd, STR("POST /small HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 20\r\n\r\n"));
	wire_read(fd, out, sizeof(out), 150, &closed);
	assert_true(strncmp(out, "HTTP/1.1 413", 12) == 0);
	close(fd);
	wire_stop(&w);
}

static void test_stream(void **state)
{
	struct wire w = {0};
	char *body = calloc(1, 8u << 20), out[4096];
	struct timeval wait = {0, 300000};
	bool closed;
	size_t sent = 0;
	int fd;

	(void)state;
	wire_start(&w, NULL, NULL);
	fd = wire_connect(w.port);
	wire_send(fd, STR("POST /stream HTTP/1.1\r\n" H "Content-Length: 8388608\r\n\r\n"));
	wire_send(fd, (str){body, 8u << 20});
	wire_read(fd, out, sizeof(out), 1000, &closed);
	assert_non_null(strstr(out, "streamed 8388608"));
	close(fd);
	/* The worker stops: so do we, after two batches and what the kernel holds. */
	atomic_store(&w.hold, true);
	fd = wire_connect(w.port);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	wire_send(fd, STR("POST /stream HTTP/1.1\r\n" H "Content-Length: 67108864\r\n\r\n"));
	for (ssize_t put; sent < 64u << 20; sent += (size_t)put)
		if ((put = send(fd, body, 1u << 20, MSG_NOSIGNAL)) <= 0)
			break;
	assert_in_range(sent, 1, 24u << 20);
	assert_in_range(atomic_load(&server_counters(w.server)->body_bytes), 1, 2 * NET_STREAM_BATCH);
	close(fd);
	atomic_store(&w.hold, false);
	for (int tries = 0; tries < 100 && atomic_load(&w.abandoned) == 0; tries++)
		usleep(100000); /* a loaded machine takes its time */
	assert_int_equal(atomic_load(&w.abandoned), 1);
	/* The consumer says no in the middle: the answer comes at once and the connection ends. */
	body[0] = '!';
	fd = wire_connect(w.port);
	wire_send(fd, STR("POST /stream HTTP/1.1\r\n" H "Content-Length: 67108864\r\n\r\n"));
	wire_send(fd, (str){body, 1u << 20});
	wire_read(fd, out, sizeof(out), 1000, &closed);
	assert_true(closed && strstr(out, "200 OK") && strstr(out, "Connection: close"));
	close(fd);
	free(body);
	wire_stop(&w);
}

static void test_busy(void **state)
{
	struct net_config limits = {.body_budget = 256 << 10};
	struct wire w = {0};
	char *body = calloc(1, 1u << 20), out[4096];
	bool closed;
	int held[10], busy = 0;

	(void)state;
	wire_start(&w, NULL, &limits);
	wire_send(held[0] = wire_connect(w.port), STR("POST / HTTP/1.1\r\n" H "Content-Length: 1048576\r\n\r\n"));
	wire_send(held[0], (str){body, 1u << 20});
	wire_read(held[0], out, sizeof(out), 500, &closed);
	assert_true(strstr(out, "503 ") && strstr(out, "Retry-After: ") && closed);
	close(held[0]);
	/* Two workers and a queue of four: the rest is told to come again, on a connection that stays usable. */
	atomic_store(&w.hold, true);
	for (int i = 0; i < 10; i++)
		wire_send(held[i] = wire_connect(w.port), STR("GET /hold HTTP/1.1\r\n" H "\r\n"));
	usleep(100000);
	atomic_store(&w.hold, false);
	for (int i = 0; i < 10; i++) {
		wire_read(held[i], out, sizeof(out), 200, &closed);
		assert_false(closed);
		busy += strstr(out, "503 ") != NULL;
		wire_send(held[i], STR("GET /again HTTP/1.1\r\n" H "\r\n"));
		wire_read(held[i], out, sizeof(out), 200, &closed);
		assert_non_null(strstr(out, "/again []"));
		close(held[i]);
	}
	assert_in_range(busy, 4, 8);
	free(body);
	wire_stop(&w);
}

/* Whoever fills the budget stops neither small requests nor keeps it by doing nothing more. */
static void test_hoard(void **state)
{
	struct net_config limits = {.body_budget = 256 << 10};
	struct wire w = {0};
	char *body = calloc(1, 200u << 10), out[32768];
	time_us began;
	bool closed;
	int hoarder, small;

	(void)state;
	wire_start(&w, NULL, &limits);
	began = w.env.monotonic(NULL);
	wire_send(hoarder = wire_connect(w.port), STR("POST / HTTP/1.1\r\n" H "Content-Length: 1048576\r\n\r\n"));
	wire_send(hoarder, (str){body, 200u << 10});
	usleep(200000);
	wire_send(small = wire_connect(w.port), STR("POST /s HTTP/1.1\r\n" H "Content-Length: 10000\r\n\r\n"));
	wire_send(small, (str){body, 10000});
	wire_read(small, out, sizeof(out), 500, &closed);
	assert_non_null(strstr(out, "200 OK"));
	close(small);
	wire_read(hoarder, out, sizeof(out), 3000, &closed);
	assert_non_null(strstr(out, "408 Request Timeout"));
	assert_in_range(w.env.monotonic(NULL) - began, 600000, 2500000);
	close(hoarder);
	free(body);
	wire_stop(&w);
}

static void test_push(void **state)
{
	struct wire w = {0};
	struct net_push *push;
	char out[4096];
	bool closed;
	int fd;

	(void)state;
	wire_start(&w, NULL, NULL);
	fd = wire_connect(w.port);
	wire_send(fd, STR("GET /push HTTP/1.1\r\n" H "\r\n"));
	wire_read(fd, out, sizeof(out), 100, &closed);
	assert_non_null(strstr(out, "Transfer-Encoding: chunked\r\n\r\n5\r\nearly\r\n"));
	push = atomic_load(&w.push);
	assert_true(net_push_send(push, STR("later")));
	wire_read(fd, out, sizeof(out), 100, &closed);
	assert_string_equal(out, "5\r\nlater\r\n");
	net_push_close(push);
	wire_read(fd, out, sizeof(out), 100, &closed);
	assert_string_equal(out, "0\r\n\r\n");
	assert_false(closed);
	wire_send(fd, STR("GET /push HTTP/1.1\r\n" H "\r\n"));
	wire_read(fd, out, sizeof(out), 100, &closed);
	close(fd);
	usleep(50000);
	push = atomic_load(&w.push);
	assert_false(net_push_send(push, STR("gone")));
	net_push_close(push);
	fd = wire_connect(w.port);
	wire_send(fd, STR("HEAD /push HTTP/1.1\r\n" H "\r\nGET /next HTTP/1.1\r\n" H "\r\n"));
	wire_read(fd, out, sizeof(out), 100, &closed);
	assert_true(!strstr(out, "early") && strstr(out, "/next []"));
	push = atomic_load(&w.push);
	assert_false(net_push_send(push, STR("gone")));
	net_push_close(push);
	close(fd);
	wire_stop(&w);
}

static void *let_go(void *arg)
{
	struct wire *w = arg;

	usleep(400000);
	atomic_store(&w->hold, false);
	return NULL;
}

/* Stop while a worker still works: the answer arrives, then the connection ends. */
static void test_drain(void **state)
{
	struct wire w = {0};
	char out[4096];
	pthread_t later;
	bool closed;
	int fd, idle;

	(void)state;
	wire_start(&w, NULL, NULL);
	atomic_store(&w.hold, true);
	idle = wire_connect(w.port);
	fd = wire_connect(w.port);
	wire_send(fd, STR("GET /hold HTTP/1.1\r\n" H "\r\n"));
	usleep(50000);
	pthread_create(&later, NULL, let_go, &w);
	wire_stop(&w);
	pthread_join(later, NULL);
	wire_read(fd, out, sizeof(out), 500, &closed);
	assert_true(closed && strstr(out, "/hold []"));
	wire_read(idle, out, sizeof(out), 500, &closed);
	assert_true(closed);
	close(fd);
	close(idle);
}

/* Idle connections make room for a new one when the server is full. */
static void test_full(void **state)
{
	struct net_config limits = {.connections_max = 8, .loops = 1};
	struct wire w = {0};
	int held[8], fd;
	char out[512];
	bool closed;

	(void)state;
	wire_start(&w, NULL, &limits);
	for (int i = 0; i < 8; i++) {
		held[i] = wire_connect(w.port);
		usleep(2000);
	}
	wire_ask(w.port, STR("GET /new HTTP/1.1\r\n" H "\r\n"), out, sizeof(out), &closed);
	assert_non_null(strstr(out, "/new []"));
	wire_read(held[0], out, sizeof(out), 100, &closed);
	assert_true(closed);
	wire_read(held[7], out, sizeof(out), 50, &closed);
	assert_false(closed);
	/* In the middle of a head nobody makes room: the next one is turned away. */
	held[0] = (close(held[0]), wire_connect(w.port));
	for (int i = 0; i < 8; i++)
		wire_send(held[i], STR("GET / HTTP/1.1\r\nX: "));
	usleep(50000);
	fd = wire_connect(w.port);
	wire_read(fd, out, sizeof(out), 200, &closed);
	assert_true(closed);
	assert_int_equal(atomic_load(&server_counters(w.server)->refused_full), 1);
	close(fd);
	for (int i = 0; i < 8; i++)
		close(held[i]);
	wire_stop(&w);
}

static int try_listen(struct net_listen l, const char **ret_id)
{
	static struct err e;
	struct wire w = {0};
	struct net_config config = {.listen = {l}, .listen_count = 1, .env = &w.env, .calls = &w.calls};
	struct pool_config workers = {.threads = 1, .queue_max = 1};
	struct server *s;
	int rc;

	w.env = env_real(NULL);
	assert_int_equal(pool_create(&workers, &config.pool, &e), 0);
	rc = server_start(&config, &s, &e);
	*ret_id = rc ? e.id : "";
	pool_free(config.pool);
	if (!rc) {
		server_stop(s);
		server_free(s);
	}
	return rc;
}

static void test_listen_errors(void **state)
{
	struct wire w = {0};
	const char *id;

	(void)state;
	wire_start(&w, NULL, NULL);
	assert_int_equal(try_listen((struct net_listen){STR("127.0.0.1"), w.port, false}, &id), -ERR_BUSY);
	assert_string_equal(id, "err.net.port_in_use");
	assert_int_not_equal(try_listen((struct net_listen){STR("0.0.0.0"), 0, false}, &id), 0);
	assert_string_equal(id, "err.net.plain_text");
	assert_int_not_equal(try_listen((struct net_listen){STR("::"), 0, false}, &id), 0);
	assert_string_equal(id, "err.net.plain_text");
	assert_int_not_equal(try_listen((struct net_listen){STR("soc.example.jp"), 0, false}, &id), 0);
	assert_string_equal(id, "err.net.address");
	assert_int_not_equal(try_listen((struct net_listen){STR("unix:"), 0, false}, &id), 0);
	assert_string_equal(id, "err.net.socket_path");
	assert_int_equal(try_listen((struct net_listen){STR("::1"), 0, false}, &id), 0);
	wire_stop(&w);
}

static void test_unix_socket(void **state)
{
	char folder[] = "/tmp/noroshi-net-XXXXXX", path[64], address[80], out[1024];
	struct net_config limits = {0};
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct wire w = {0};
	struct stat st;
	const char *id;
	bool closed;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/socket", folder);
	snprintf(address, sizeof(address), "unix:%s", path);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	limits.listen[limits.listen_count++] = (struct net_listen){str_of(address), 0, false};
	wire_start(&w, NULL, &limits);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	wire_send(fd, STR("GET /u HTTP/1.1\r\n" H "\r\n"));
	wire_read(fd, out, sizeof(out), 200, &closed);
	assert_non_null(strstr(out, "/u [] unix"));
	close(fd);
	assert_int_not_equal(try_listen(limits.listen[0], &id), 0);
	assert_string_equal(id, "err.net.socket_in_use");
	wire_stop(&w);
	/* What a killed server leaves behind does not stop the next one. */
	assert_int_equal(try_listen(limits.listen[0], &id), 0);
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probes),
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_pipeline),
		cmocka_unit_test(test_output_is_bounded),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_hoard),
		cmocka_unit_test(test_half_close_and_continue),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_push),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_listen_errors),
		cmocka_unit_test(test_unix_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
