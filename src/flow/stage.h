/* stage: what the stations of the river hand to each other.
 *
 * Why here: collect stands before archive in src/LAYERS and may not know it. It hands raw events to a sink; app/ gives
 * it the archive's (archive_sink). On a cluster the same seam is a Kafka producer.
 */
#ifndef FLOW_STAGE_H
#define FLOW_STAGE_H

#include "base/err.h"
#include "base/str.h"
#include "base/time.h"

/* Where an event lies: segment number in the high 32 bits, byte offset in the low 32. Positive as an int64, never 0,
 * ascending in order of arrival, stable for the life of the event. */
typedef uint64_t event_id;

#define EVENT_ID_TEXT_LEN 16  /* lower-case hex, the public form */
#define EVENT_SOURCE_MAX 128u /* bytes of a source's name */

/* One record as it was received. Slices belong to whoever made it. */
struct raw_event {
	int64_t tenant_id; /* > 0 */
	time_us received;
	time_us time; /* event time as far as the intake can tell; equals received when not known */
	bool time_known;
	uint64_t batch; /* non-zero: all records of one idempotent delivery carry the same number */
	str source;     /* who sent it: "api", "syslog:edge"; at most EVENT_SOURCE_MAX */
	str raw;        /* 1 … EVENT_BYTES_MAX bytes */
};

/* Durable acceptance: append returns 0 only when every event of the call is on stable storage, and ret_ids (may be
 * NULL) holds count ids. All or nothing. Blocks while storage is busy: that is the back-pressure. ERR_FULL when the
 * disk is. */
struct event_sink {
	int (*append)(void *ctx, const struct raw_event *events, size_t count, event_id *ret_ids, struct err *e);
	/* Events of that delivery that are durable already, counted from position `from` on. */
	int (*count_batch)(void *ctx, int64_t tenant_id, uint64_t batch, event_id from, uint64_t *ret, struct err *e);
	/* The id that the next event will not be below. */
	event_id (*end)(void *ctx);
	void *ctx;
};

void event_id_format(event_id id, char out[EVENT_ID_TEXT_LEN + 1]);
bool event_id_parse(str text, event_id *ret);

#endif
