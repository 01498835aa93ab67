#ifndef FLOW_COLLECT_INTERNAL_H
#define FLOW_COLLECT_INTERNAL_H

#include <pthread.h>

#include "base/buf.h"
#include "flow/collect/collect.h"

struct intake {
	const struct env *env;
	struct event_sink sink;
	struct intake_counters counters;
	pthread_mutex_t lock;
	uint64_t active[INTAKE_ACTIVE_MAX]; /* numbers of keyed bodies on their way; 0 = free */
};

/* Events whose bytes lie in one buffer until they are handed to the sink. */
struct pending {
	struct intake *in;
	struct buf bytes;
	struct raw_event *events; /* raw.ptr is an offset into bytes until pending_flush */
	uint32_t count;
};

void pending_init(struct pending *p, struct intake *in);
void pending_done(struct pending *p);
/* Copies raw; ev's other slices must live until the flush. */
void pending_add(struct pending *p, const struct raw_event *ev);
bool pending_is_full(const struct pending *p, size_t next_bytes);
/* To the sink; empties p in any case. *ret_events tells how many it held. */
int pending_flush(struct pending *p, struct err *e) MUST_CHECK;

#endif
