/* wire: a server on loopback with a handful of paths, and a client that writes raw bytes at it. */
#ifndef TESTS_UNIT_NET_WIRE_H
#define TESTS_UNIT_NET_WIRE_H

#include "net/server.h"

struct wire {
	struct log log;
	struct env env;
	struct pool *pool;
	struct server *server;
	struct net_calls calls;
	uint16_t port;
	_Atomic int abandoned, answered;
	_Atomic size_t streamed;
	_Atomic bool hold; /* workers of /hold wait while it is set */
	_Atomic(struct net_push *) push;
};

/* Limits that matter are short; `tls` may be NULL. body_budget 0 = default. */
void wire_start(struct wire *w, struct tls_context *tls, const struct net_config *limits);
void wire_stop(struct wire *w);

int wire_connect(uint16_t port);
void wire_send(int fd, str bytes);
/* Reads until the other side closes or wait_ms pass without a byte; *ret_closed tells which. Returns the length; out is
 * NUL-terminated. */
size_t wire_read(int fd, char *out, size_t max, int wait_ms, bool *ret_closed);
/* One connection: send, read to the end, close. */
size_t wire_ask(uint16_t port, str bytes, char *out, size_t max, bool *ret_closed);

#endif
