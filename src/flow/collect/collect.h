/* collect: takes events from senders and acknowledges them only when they are durable.
 *
 * Two ways in: bodies of newline-delimited JSON, or documents that hold events in one array ({"Records":[…]}, see
 * codec/ndjson), at the API's POST /api/v1/events, plain, gzip or zstd, and syslog (RFC
 * 5424 and RFC 3164 messages over UDP, and over TCP with octet counting or newline framing as RFC 6587 describes both).
 * Events are kept as they came; nothing is parsed here but what tells one event from the next, and a look for the
 * event's time. Where they go is a sink (flow/stage.h) which app/ takes from the archive. Back-pressure: the sink
 * blocks; a body is then not read on, a TCP connection too. UDP cannot wait: what the kernel had to drop is asked from
 * it and counted. Everything that is not kept is counted in struct intake_counters, never silent. Idempotent: a body
 * with a key is delivered once. Its records carry the key's number, so that a delivery which a crash cut in the middle
 * is completed by the sender's next try and not doubled. Threads: an intake is shared; a body belongs to one thread at
 * a time; the syslog listener runs a thread of its own.
 */
#ifndef FLOW_COLLECT_COLLECT_H
#define FLOW_COLLECT_COLLECT_H

#include <stdatomic.h>

#include "codec/inflate/inflate.h"
#include "flow/stage.h"
#include "os/env.h"
#include "store/db.h"

#define INTAKE_BODY_BYTES (512u << 20) /* of one body, unpacked */
#define INTAKE_LINE_BYTES (1u << 20)   /* of one event in a body; a longer line is refused and named */
#define INTAKE_BATCH_BYTES (2u << 20)  /* handed to the sink at a time */
#define INTAKE_BATCH_EVENTS 4096u
#define INTAKE_KEY_MAX 128u         /* bytes of an idempotency key */
#define INTAKE_KEY_DAYS 7           /* keys are remembered so long */
#define INTAKE_REFUSED_NAMED 10u    /* refused lines that the answer names; all are counted */
#define INTAKE_ACTIVE_MAX 64u       /* bodies with a key at a time */
#define SYSLOG_MESSAGE_BYTES 65536u /* a longer message is cut and counted */
#define SYSLOG_CONNECTIONS_MAX 256u

struct intake;

struct intake_counters {
	_Atomic uint64_t events, bytes;             /* made durable */
	_Atomic uint64_t refused;                   /* lines that are no event */
	_Atomic uint64_t failed;                    /* events that the sink did not take */
	_Atomic uint64_t replayed;                  /* bodies whose key was known */
	_Atomic uint64_t udp_messages, udp_dropped; /* dropped: by the kernel, its buffer was full */
	_Atomic uint64_t tcp_messages, tcp_connections, tcp_refused;
	_Atomic uint64_t truncated;  /* syslog messages that were cut */
	_Atomic uint64_t bad_frames; /* syslog connections closed because of their framing */
};

int intake_open(const struct env *env, struct event_sink sink, struct intake **ret, struct err *e) MUST_CHECK;
void intake_close(struct intake *in);
struct intake_counters *intake_counters(struct intake *in);

struct intake_origin {
	int64_t tenant_id;
	str source; /* copied; cut at EVENT_SOURCE_MAX */
	enum inflate_format packing;
	str key; /* idempotency key, empty = none; more than INTAKE_KEY_MAX: err.intake.key */
};

struct intake_refusal {
	uint64_t line; /* 1-based */
	const char *id;
};

struct intake_result {
	uint64_t accepted, refused;
	bool replayed; /* the key was known: the numbers are those of the first delivery */
	uint32_t named;
	struct intake_refusal first[INTAKE_REFUSED_NAMED];
};

struct intake_body;

/* db is this thread's connection, for the key. ERR_BUSY err.intake.same_key while another body with that key is on its
 * way. */
int intake_body_open(struct intake *in, struct db *db, const struct intake_origin *origin, struct intake_body **ret,
		     struct err *e) MUST_CHECK;
/* After an error only free may follow; what was acknowledged to the sink stays. */
int intake_body_feed(struct intake_body *b, str bytes, struct err *e) MUST_CHECK;
/* Everything accepted is durable when this returns 0. */
int intake_body_finish(struct intake_body *b, struct db *db, struct intake_result *ret, struct err *e) MUST_CHECK;
void intake_body_free(struct intake_body *b);

struct syslog_options {
	str udp_host, tcp_host;      /* empty = that one is off */
	uint16_t udp_port, tcp_port; /* 0 = the system chooses (tests) */
	int64_t tenant_id;
	const char *name; /* the source is "<name>/<peer address>" */
};

struct syslog_listener;
/* Binds and starts the thread. ERR_BUSY err.syslog.port_in_use, else err.syslog.listen. */
int syslog_start(struct intake *in, const struct syslog_options *options, struct syslog_listener **ret,
		 struct err *e) MUST_CHECK;
/* Hands in what was received, closes, joins. */
void syslog_stop(struct syslog_listener *l);
uint16_t syslog_port(const struct syslog_listener *l, bool tcp);

/* A look for the time an event tells of itself, without parsing it: the value behind one of the usual JSON keys, or the
 * stamp of an RFC 5424 message. False when there is none: RFC 3164 stamps have no year and no zone. */
bool event_time_peek(str raw, time_us *ret);

/* One message off the front of a TCP stream. */
struct syslog_framing {
	uint64_t skip;  /* octets of a cut message still to drop */
	bool skip_line; /* dropping up to the newline */
};
struct syslog_frame {
	str message; /* without framing; may be empty */
	bool is_cut;
};
/* 1 = a frame, 0 = more bytes are needed, -1 = this is not syslog framing. *ret_used bytes are done with in each case.
 */
int syslog_frame_next(struct syslog_framing *f, str in, struct syslog_frame *ret, size_t *ret_used);

#endif
