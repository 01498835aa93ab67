/* net: HTTP/1.1 on the wire. Loop threads read strictly, answers are made on workers, nothing a stranger does is
 * unbounded.
 *
 * What comes in: addresses to listen on (TCP in plain text on loopback only, TLS, or a unix socket) and a table of
 * calls. What goes out: one `struct exchange` for each well-formed request. The story of one exchange: plan     on the
 * loop thread when the head is known: how large may the body be, who makes the answer chunk    PLAN_STREAM only, on a
 * worker: body bytes in order; reading stops while the worker is busy answer   on a worker (PLAN_POOL, PLAN_STREAM) or
 * at once on the loop (PLAN_INLINE: only what never blocks) abandon  instead of answer, when the client went away or
 * broke the rules in the middle of the body Exactly one of answer and abandon is called for every exchange that was
 * planned with `user` set. One exchange at a time runs on a connection; pipelined requests wait, and no more is read
 * while 256 KiB of output wait. Deadlines (RFC 9112 says nothing; idle timeouts alone let a client hold a connection
 * for ever with a byte a second): the head must be complete HEAD_MS after its first byte; a body must keep BODY_RATE on
 * average after BODY_GRACE_MS. Threads: the calls run on several threads at a time; an exchange is touched by one
 * thread at a time.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/time.h"
#include "net/head.h"
#include "os/env.h"
#include "os/pool.h"

#define NET_LISTEN_MAX 8
#define NET_LOOPS_MAX 16
#define NET_CONNECTIONS_MAX 4096      /* default */
#define NET_BODY_BUDGET (256u << 20)  /* all request bodies in memory together; past it 503 with Retry-After */
#define NET_BODY_SMALL 16384          /* a body up to this size does not count */
#define NET_OUTPUT_MAX (256u << 10)   /* bytes waiting for a client before no further request of his is begun */
#define NET_PUSH_MAX (256u << 10)     /* bytes waiting on an open response before the client is cut off */
#define NET_STREAM_BATCH (256u << 10) /* body bytes given to one chunk call at most */
#define NET_HEAD_MS 10000             /* from the first byte of a head to its end; also the TLS handshake */
#define NET_IDLE_MS 60000             /* between requests */
#define NET_BODY_GRACE_MS 20000
#define NET_BODY_RATE 1024 /* bytes a second on average after the grace */
#define NET_WRITE_MS 30000 /* without progress while output waits */
#define NET_LINGER_MS 2000 /* reading and dropping after a refusal, so that the client sees the answer */
#define NET_DRAIN_MS 10000 /* exchanges in work at stop may still end */
#define NET_REPLY_FIELDS_MAX 32

struct net_peer {
	char address[64]; /* "127.0.0.1", "2001:db8::1", "unix" */
	bool is_loopback; /* and the unix socket */
	bool is_unix;
	pid_t pid; /* unix socket only, by SO_PEERCRED */
	uid_t uid;
	gid_t gid;
};

/* Filled by answer. Slices must live until release is called; the body is taken over. Framing fields (Content-Length,
 * Transfer-Encoding, Connection, Date) are the server's: given ones are dropped. Control characters in values are
 * dropped, so a value cannot split a response. */
struct net_reply {
	int status; /* 200 when left 0 */
	size_t field_count;
	struct http_field fields[NET_REPLY_FIELDS_MAX];
	struct buf body;
	str body_static; /* instead of body, when ptr is set: bytes that live as long as the program */
	bool close;      /* the connection ends after this reply */
};

struct net_push;

struct exchange {
	struct head head;
	str body; /* whole (PLAN_POOL, PLAN_INLINE); empty for PLAN_STREAM */
	struct net_peer peer;
	bool is_tls;
	time_us started; /* monotonic, first byte of the head */
	void *user;      /* the caller's, set by plan */
	struct net_reply reply;
};

enum plan_mode { PLAN_POOL, PLAN_INLINE, PLAN_STREAM };

struct net_plan {
	enum plan_mode mode;
	uint64_t body_max; /* bytes; a larger body gets 413 */
};

struct net_calls {
	void *ctx;
	void (*plan)(void *ctx, struct exchange *x, struct net_plan *ret);
	void (*answer)(void *ctx, void *worker, struct exchange *x);
	/* False ends the reading: answer is called next. May be NULL when nothing streams. */
	bool (*chunk)(void *ctx, void *worker, struct exchange *x, str bytes);
	void (*abandon)(void *ctx, struct exchange *x); /* loop thread; may be NULL */
	/* Fills x->reply for a refusal of a request whose head was well formed (413, 408, 503); loop thread. NULL or a
	 * reply left without status: a short problem document in English. */
	void (*refuse)(void *ctx, struct exchange *x, enum refusal why);
	/* Right after answer, on its thread, when the reply's fields are composed: what they were made of may go. NULL:
	 * nothing. */
	void (*release)(void *ctx, struct exchange *x);
	/* After the reply was handed to the socket; loop thread; for the request log. May be NULL. */
	void (*sent)(void *ctx, const struct exchange *x, int status, uint64_t body_bytes);
};

struct net_listen {
	str address;   /* "127.0.0.1", "localhost", "::1", "0.0.0.0", "::" or "unix:/path/to/socket" */
	uint16_t port; /* 0: the system chooses, see server_port */
	bool tls;
};

struct net_counters {
	_Atomic uint64_t accepted, refused_full, handshakes_failed;
	_Atomic uint64_t requests[6]; /* by status class: [2] = 2xx */
	_Atomic uint64_t bytes_in, bytes_out;
	_Atomic uint64_t refused[REFUSE_COUNT];
	_Atomic int64_t open;       /* connections now */
	_Atomic int64_t body_bytes; /* of the budget in use now */
};

struct tls_context;

struct net_config {
	struct env *env;
	const struct net_calls *calls;
	struct pool *pool; /* the workers; owned by the caller, freed AFTER server_free */
	struct net_listen listen[NET_LISTEN_MAX];
	size_t listen_count;
	struct tls_context *tls; /* needed when a listen entry says tls */
	unsigned loops;          /* 0: 2 */
	unsigned connections_max;
	size_t body_budget;
	unsigned head_ms, idle_ms, body_grace_ms, linger_ms, drain_ms; /* 0: the defaults above */
};

struct server;

/* Binds everything and starts the loops. Keys: err.net.address, err.net.plain_text (not loopback without TLS),
 * err.net.port_in_use, err.net.port_denied, err.net.listen, err.net.socket_path, err.net.start. */
int server_start(const struct net_config *config, struct server **ret, struct err *e) MUST_CHECK;
/* The port that listen[index] really has. */
uint16_t server_port(const struct server *s, size_t index);
struct net_counters *server_counters(struct server *s);
/* Stops accepting, lets exchanges in work end (NET_DRAIN_MS), closes everything, joins the loops. */
void server_stop(struct server *s);
/* After server_stop, and after the pool is idle or freed. */
void server_free(struct server *s);

/* Inside answer: the response stays open after its head, without a length. The caller owns the handle until
 * net_push_close, may use it from any thread, and closes it before server_free. To a HEAD request only the head is
 * sent. */
struct net_push *net_push_open(struct exchange *x);
/* False when the client is gone or did not take what waits for him: then close the handle. */
bool net_push_send(struct net_push *push, str bytes);
void net_push_close(struct net_push *push);

/* Reason phrase of a status for the status line; "Unknown" when we never send it. */
const char *net_status_text(int status);

#endif
