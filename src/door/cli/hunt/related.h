/* related: events that correlations may need, put aside while several threads read, then correlated in event time.
 *
 * Why not at once: a correlation looks over all inputs in the order of time. Each event leaves its time, the rules it
 * matched, the values that correlations read and the text that a match with it would show; memory as for matches.
 * The order is time, then content, then place, so that neither the order of files nor that of lines changes a result.
 * Events without a time of their own are in no window and are counted.
 */
#ifndef DOOR_CLI_RELATED_H
#define DOOR_CLI_RELATED_H

#include "door/cli/hunt/spool.h"
#include "flow/detect/detect.h"

#define RELATED_MAX 20000000u
#define RELATED_MEMORY (64u << 20)

struct related_event {
	time_us time;
	uint64_t content; /* digest of the raw event */
	uint64_t seq, line, record;
	uint64_t at; /* in the spool */
	uint32_t input, len;
};

struct related {
	const struct rule_set *set;
	struct spool spool;
	struct related_event *events;
	size_t count, cap;
	struct correlate_counts counts;
	uint64_t untimed;
};

/* What a match looks like to a renderer. Valid during the call. */
struct related_match {
	const struct correlate_match *match;
	const struct related_event *members; /* match->ref_count of them, in order */
	str place;                           /* as packed by related_pack, of the event that completed it */
};

void related_init(struct related *r, const struct rule_set *set);
void related_done(struct related *r);
/* Rules, values and the text of the place into one run of bytes; needs no lock. */
struct related_parts {
	const uint32_t *rules;
	uint32_t count;
	str place;
};
void related_pack(const struct rule_set *set, const struct event *ev, const struct related_parts *parts,
		  struct buf *out);
/* The caller holds the lock. *what without `at` and `len`. */
int related_keep(struct related *r, const struct related_event *what, str packed, struct err *e) MUST_CHECK;
/* Calls put for every match; stops at the first failure of it. */
int related_run(struct related *r, struct hash_key key, int (*put)(void *, const struct related_match *, struct err *),
		void *ctx, struct err *e) MUST_CHECK;

#endif
