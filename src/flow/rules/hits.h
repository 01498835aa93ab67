/* hits: how often each rule matched in each organisation, by event time; and which log sources its events came from.
 *
 * The station counts a batch in memory (a tally) and writes it in the transaction of the batch, so a replay counts
 * nothing twice. Hours are kept two days, days HITS_DAYS_KEPT.
 */
#ifndef FLOW_RULES_HITS_H
#define FLOW_RULES_HITS_H

#include "base/map.h"
#include "flow/detect/detect.h"
#include "flow/rules/coverage.h"
#include "store/db.h"

#define HITS_DAYS_KEPT 400
#define HITS_HOURS_KEPT 48
#define SEEN_SOURCES_MAX 500u /* log sources told of one organisation */

struct hit {
	int64_t tenant_id;
	str rule_id;
	time_us at;
	bool kept; /* false: a decision of the organisation took it away */
};

struct hit_tally;
struct hit_tally *tally_create(void);
void tally_free(struct hit_tally *t);
void tally_clear(struct hit_tally *t);
/* An event in the future counts at `now`. */
void tally_hit(struct hit_tally *t, const struct hit *h, time_us now);
void tally_source(struct hit_tally *t, int64_t tenant_id, const struct event *ev, time_us now);
/* In the caller's transaction. */
int tally_write(const struct hit_tally *t, struct db *db, time_us now, struct err *e) MUST_CHECK;

struct rule_hits {
	int64_t day, month; /* matches in 24 hours, in 30 days */
	int64_t filtered;   /* of the month's, taken away */
	int64_t quarter;    /* in 90 days */
	time_us last_at;    /* 0 = never */
};

/* By index in the set: an array for all of its rules, in the arena. */
struct hits_ask {
	struct scope scope;
	const struct rule_set *set;
	time_us now;
};
int rule_hits_all(struct db *db, const struct hits_ask *ask, struct arena *a, struct rule_hits **ret,
		  struct err *e) MUST_CHECK;

struct day_hits {
	time_us day; /* its start, UTC */
	int64_t matches, filtered;
};
struct day_span {
	str rule_id;
	uint32_t days;
	time_us now;
};
/* The `days` days up to now, oldest first, those without a match included. */
int rule_hits_days(struct db *db, struct scope scope, const struct day_span *span, struct arena *a,
		   struct day_hits **ret, struct err *e) MUST_CHECK;

/* Log sources seen since `from`. */
struct seen_list {
	struct seen_source *sources;
	uint32_t count;
};
int seen_sources(struct db *db, struct scope scope, time_us from, struct arena *a, struct seen_list *ret,
		 struct err *e) MUST_CHECK;

int rule_hits_sweep(struct db *db, time_us now, struct err *e) MUST_CHECK;

#endif
