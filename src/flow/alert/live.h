/* live: the correlations of a running house.
 *
 * Every organisation has a correlator and an order of its own: their windows never mix, a flood in one cannot push out
 * another's windows beyond its share of the budget, and each has its own watermark. The state is written into the
 * caller's transaction (live_save) together with the position of the archive up to which events went in, and read back
 * by live_load; what came after that position is fed again, and gives the same matches with the same ids. The owner is
 * one thread.
 */
#ifndef FLOW_ALERT_LIVE_H
#define FLOW_ALERT_LIVE_H

#include "flow/archive/archive.h"
#include "flow/detect/detect.h"
#include "os/env.h"
#include "store/db.h"

#define LIVE_ORGANISATIONS_MAX 10000u
#define LIVE_BYTES_USUAL ((size_t)64 << 20)

struct live;

struct live_options {
	const struct env *env;
	size_t bytes_max; /* of all organisations together */
	time_us lateness;
	void (*emit)(void *ctx, int64_t tenant_id, const struct correlate_match *m);
	void *ctx;
};

struct live_counts {
	uint64_t matches, late, early, hurried, evicted, trimmed, ungrouped, valueless;
	uint64_t dropped; /* windows and held events that new rules had no use for, or that could not be read */
	uint64_t groups, held, bytes; /* at present */
};

struct live *live_create(const struct live_options *options);
void live_free(struct live *l);
/* Goes over to another rule set; the one before must live until this returns. Windows of unchanged correlations go on.
 */
void live_renew(struct live *l, const struct rule_set *set);
/* One event with the rules that it matched, in order of arrival. */
struct live_event {
	const struct archived *from;
	const struct event *event;
	const struct rule *const *rules;
	uint32_t rule_count;
};
void live_push(struct live *l, const struct live_event *what);
/* When no event waits any more: windows end by the receiver's clock. */
bool live_is_due(const struct live *l, time_us now);
void live_idle(struct live *l, time_us now);
/* position: everything before it went in. Only what changed since the last call is written. */
int live_save(struct live *l, struct db *db, event_id position, struct err *e) MUST_CHECK;
/* Forgets everything and takes over what live_save wrote last; *ret_position is 0 when it never did. A state that
 * cannot be read is counted as dropped and begins anew. After live_renew. */
int live_load(struct live *l, struct db *db, event_id *ret_position, struct err *e) MUST_CHECK;
void live_counts(const struct live *l, struct live_counts *ret);

#endif
