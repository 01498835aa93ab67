/* What the files of net/ share. A connection belongs to one loop thread; an exchange travels between its loop and one
 * worker at a time; everything else that crosses threads is a post on a loop's list. */
#ifndef NET_INTERNAL_H
#define NET_INTERNAL_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/check.h"
#include "base/mem.h"
#include "net/chunked.h"
#include "net/server.h"

#define TICK_MS 250
#define INPUT_MAX (64u << 10) /* bytes read ahead on a connection */
#define LINGER_BYTES_MAX (1u << 20)
#define SPARE_EXCHANGES_MAX 64 /* kept by a loop for the next requests */
#define KEEP_BUFFER_MAX 65536  /* a spare exchange keeps buffers up to this size */

struct loop;
struct conn;

/* A message to a loop. fn runs on the loop thread; at the very end (loop gone) with loop->over set. */
struct post {
	struct post *next;
	void (*fn)(struct loop *loop, struct post *post);
};

struct net_push {
	struct loop *loop;
	struct conn *conn; /* loop thread only; NULL when the client is gone */
	_Atomic bool gone;
	_Atomic size_t waiting; /* bytes posted and not yet written to the socket */
	_Atomic int refs;       /* the owner's and the connection's */
	size_t in_output;       /* loop thread only: part of `waiting` that is in the output buffer */
	struct buf early;       /* loop thread only: sent before the head of the response was */
	bool is_chunked;
	bool ended; /* loop thread only: the owner closed it before the head was sent */
};

struct exchange_impl {
	struct exchange pub; /* first: the public pointer is this one */
	struct post post;
	struct server *server;
	struct conn *conn; /* loop thread only; NULL when the client is gone */
	struct loop *loop;
	struct exchange_impl *next_spare;
	struct net_plan plan;
	struct buf head_bytes; /* what the slices of pub.head point into */
	struct buf body;       /* whole body, or the batch being gathered */
	struct buf batch;      /* PLAN_STREAM: what the worker holds */
	struct buf head_out;   /* composed fields of the reply */
	struct chunked chunked;
	struct net_push *push;
	uint64_t received;    /* body bytes so far, decoded */
	size_t reserved;      /* of the body budget */
	time_us body_started; /* monotonic; moved on by pauses of our own making */
	time_us paused_at;    /* 0: not paused */
	enum refusal refusal; /* met while the worker had the exchange; told when it comes back */
	bool planned;         /* answer or abandon is owed */
	bool body_done;
	bool at_worker;
	bool answer_now; /* this visit to the worker is the last one */
	bool answered;
};

/* What a step of a connection's state machine asks for. */
enum step { STEP_WAIT, STEP_AGAIN, STEP_CLOSE };

enum conn_state { CONN_HANDSHAKE, CONN_HEAD, CONN_BODY, CONN_WORK, CONN_FLUSH, CONN_PUSH, CONN_LINGER };

struct conn {
	struct loop *loop;
	struct conn *next, *prev;
	struct bufferevent *bev;
	struct exchange_impl *x;
	struct net_push *push;
	enum conn_state state;
	time_us deadline;     /* monotonic; 0: none */
	time_us head_started; /* 0: no byte of the next head yet */
	size_t scanned;       /* by head_end */
	size_t lingered;
	bool read_eof, is_tls, skipped_line;
	bool closing; /* after the output is written */
	bool unread;  /* the client may still be sending what we will not read: linger */
	struct net_peer peer;
};

struct listener {
	struct loop *loop;
	struct evconnlistener *ev;
	size_t index;
	bool paused; /* out of file descriptors: tried again at the next tick */
};

struct loop {
	struct server *server;
	struct event_base *base;
	struct event *tick, *wake;
	struct evbuffer *out; /* a reply on its way to the socket */
	int wake_fd;
	pthread_t thread;
	bool started, over;
	bool draining;
	time_us drain_until;
	pthread_mutex_t lock;
	struct post *first, **last; /* under lock */
	struct conn *conns;
	struct exchange_impl *spare;
	size_t spare_count;
	struct listener listeners[NET_LISTEN_MAX];
	char date[32]; /* of the present second, IMF-fixdate */
	time_us date_at;
};

struct server {
	struct net_config config;
	struct net_counters counters;
	_Atomic bool stopping;
	uint16_t ports[NET_LISTEN_MAX];
	unsigned loop_count;
	struct loop loops[NET_LOOPS_MAX];
};

static inline struct exchange_impl *impl_of(struct exchange *x)
{
	return (struct exchange_impl *)x;
}

/* loop.c */
int loop_init(struct loop *loop, struct server *s, struct err *e) MUST_CHECK;
int loop_listen(struct loop *loop, size_t index, int fd, struct err *e) MUST_CHECK;
int loop_run(struct loop *loop, struct err *e) MUST_CHECK;
void loop_done(struct loop *loop);
void loop_post(struct loop *loop, struct post *post);
time_us loop_now(const struct loop *loop);

/* listen.c: a bound, listening-ready socket for config->listen[index]; port 0 is replaced by the port in s->ports. */
int listen_open(struct server *s, size_t index, bool again, int *ret_fd, struct err *e) MUST_CHECK;

/* conn.c */
void conn_open(struct listener *l, int fd, const struct sockaddr *from);
void conn_close(struct conn *c);
/* Runs the state machine as far as it goes. The connection may be gone afterwards. */
void conn_run(struct conn *c);
void conn_expired(struct conn *c);
void conn_drain(struct conn *c);
/* Answers with the refusal and closes after it; the caller goes on with STEP_AGAIN or conn_run. */
void conn_refuse(struct conn *c, enum refusal why);

/* body.c */
enum step body_begin(struct conn *c);
enum step body_read(struct conn *c);
void body_release(struct exchange_impl *x); /* gives its part of the budget back */

/* work.c */
struct exchange_impl *exchange_take(struct loop *loop);
void exchange_free(struct exchange_impl *x);
void exchange_abandon(struct exchange_impl *x);
/* False when the queue is full. */
bool exchange_submit(struct exchange_impl *x) MUST_CHECK;
void exchange_answer_here(struct exchange_impl *x);

/* reply.c */
void reply_compose(struct exchange_impl *x);
/* Writes the composed reply and lets go of the exchange. */
void reply_send(struct conn *c);
void reply_refusal(struct exchange_impl *x, enum refusal why);

/* push.c */
void push_attach(struct conn *c, struct net_push *push);
void push_detach(struct conn *c);
void push_written(struct conn *c);
void push_finish(struct conn *c);
void push_unref(struct net_push *push);
/* Nobody will read it. */
void push_drop(struct net_push *push);

/* tls.c */
SSL *tls_accept_new(struct tls_context *t);

#endif
