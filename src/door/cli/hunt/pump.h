/* pump: reads one input ahead of its user, in a thread of its own, so that one large file keeps two cores busy.
 *
 * Two batches go around: while the user matches one, the thread fills the other. Order and content are those of
 * reader_next. With ahead = false, or when no thread can be had, everything happens in the caller's thread. */
#ifndef DOOR_CLI_PUMP_H
#define DOOR_CLI_PUMP_H

#include <pthread.h>

#include "flow/parse/parse.h"

#define PUMP_BATCHES 2u

struct pump {
	struct reader *reader;
	struct batch *batches;                   /* PUMP_BATCHES of them, the caller's */
	struct read_counts counts[PUMP_BATCHES]; /* of the reader, when the batch was filled */
	int rc[PUMP_BATCHES];                    /* of reader_next */
	bool full[PUMP_BATCHES];
	struct err err;
	uint32_t at; /* the batch that the user gets next */
	bool held;   /* the user still has the batch before `at` */
	bool ahead, stop;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

/* reader and batches (PUMP_BATCHES, initialised) stay the caller's, who must not touch them before pump_done. */
void pump_init(struct pump *p, struct reader *reader, struct batch *batches, bool ahead);
/* As reader_next; the batch and the counts are valid until the next call. */
int pump_next(struct pump *p, struct batch **ret, struct read_counts *ret_counts, struct err *e) MUST_CHECK;
void pump_done(struct pump *p);

#endif
