/* correlator: what several matches mean together, in event time.
 *
 * Why event time: files are read in any order and logs arrive late; a window over arrival order finds other things each
 * time. The engine is fed in the order of event time (correlator_push refuses to go back); who cannot promise that puts
 * late.h in front.
 * Windows slide per (correlation, group). A correlation that more events cannot undo (counts and sums with a lower
 * bound, temporal ones without `not`) is judged at each event over the timespan before it. The others are judged when a
 * window is over: a window begins at an event and lasts a timespan, and one that is part of the window before it is not
 * judged again. After a match the group is silent until the timespan from the start of the match is over, and its
 * events count for nothing else: one alert a window.
 * Cost: O(1) an event, but for percentiles (a memmove of at most CORRELATE_SORTED_MAX numbers) and shares of values
 * (a walk over the distinct values).
 * Memory: at most bytes_max; beyond it the groups whose windows end first are given up and counted.
 */
#ifndef FLOW_DETECT_CORRELATOR_H
#define FLOW_DETECT_CORRELATOR_H

#include "base/buf.h"
#include "flow/detect/detect.h"

#define CORRELATE_BYTES_USUAL ((size_t)256 << 20)
#define CORRELATE_ENTRIES_MAX (1u << 20) /* events of one window; the oldest go first, counted */
#define CORRELATE_SORTED_MAX (1u << 16)  /* the same for percentiles and shares */
#define CORRELATE_REFS_MAX 100u          /* events named in a match */
#define CORRELATE_VALUE_BYTES_MAX 1024u  /* longer values are told apart by their first bytes and a digest */
#define CORRELATE_GROUP_MAX 16u

struct correlator;

/* One event that some rules matched, all of which are parts of correlations. */
struct correlate_input {
	time_us time;
	uint64_t ref;    /* the caller's number of the event */
	uint64_t source; /* live events: who sent it, as a number; correlate_order keeps a clock for each */
	const uint32_t *rules;
	uint32_t rule_count;
	const str *values; /* by number of the field (correlation_fields); ptr NULL when the event has none */
};

/* Valid during the call. */
struct correlate_match {
	const struct rule *rule;
	uint64_t id; /* the same for the same rule, group and start, in every run */
	const str *group_names, *group_values;
	uint32_t group_count;
	time_us start, end; /* of the first and the last event */
	uint64_t events;
	uint64_t ref;         /* the event that completed it */
	double measured;      /* what the condition was held against: a count, a sum, how many of the rules … */
	str condition;        /* "value_count(TargetUserName) >= 5", lives as long as the set */
	const uint64_t *refs; /* the first CORRELATE_REFS_MAX events */
	const time_us *ref_times;
	time_us span;
	uint32_t ref_count;
};

struct correlate_counts {
	uint64_t matches;
	uint64_t ungrouped;     /* events without a field of group-by: they belong to no group */
	uint64_t valueless;     /* events without the field of the condition, or no number in it */
	uint64_t evicted;       /* groups given up for want of memory */
	uint64_t trimmed;       /* events dropped from windows with too many */
	uint64_t groups, bytes; /* at present */
};

struct correlate_options {
	const struct rule_set *set; /* sealed */
	size_t bytes_max;
	struct hash_key key; /* secret: values are strangers' */
	void (*emit)(void *ctx, const struct correlate_match *m);
	void *ctx;
};

/* Whether a correlation is made of that rule, directly or through correlations below it. */
bool correlation_builds_on(const struct rule_set *set, uint32_t rule_index, uint32_t part_index);

/* Fields whose values an input carries. 0: the set has no correlations. */
uint32_t correlation_field_count(const struct rule_set *set);
/* The values of an event by number of the field; of an array its first. They live as long as the event. */
void correlation_values(const struct rule_set *set, const struct event *ev, str *ret_values);

struct correlator *correlator_create(const struct correlate_options *options);
void correlator_free(struct correlator *k);
void correlator_push(struct correlator *k, const struct correlate_input *in); /* in order of time (CHECK) */
void correlator_advance(struct correlator *k, time_us now);                   /* no event before `now` comes any more */
void correlator_finish(struct correlator *k); /* no event comes any more; the correlator is empty then */
/* Another budget; what is beyond it is given up at once. */
void correlator_limit(struct correlator *k, size_t bytes_max);
bool correlator_is_due(const struct correlator *k, time_us now); /* correlator_advance would end a window */
void correlator_counts(const struct correlator *k, struct correlate_counts *ret);

/* ---- events as they arrive ----
 *
 * Live events come late and out of order. The order holds each until the watermark has passed it, then gives it to the
 * correlator, so that the order of arrival within the lateness never changes a result. Every source has a clock of its
 * own: its newest event's time, going on with the receiver's clock; the watermark is the slowest one less the lateness.
 * A source that has been silent for CORRELATE_SOURCE_IDLE, or that is further than CORRELATE_SOURCE_BEHIND behind the
 * quickest, holds nobody up. Later events are only counted: their single-event rules have spoken already. An event from
 * the future (beyond `now` and the lateness) would make all others late; it is counted and left out. Past bytes_max the
 * oldest go on before their time, counted; what they overtake is late.
 *
 * What comes out depends only on the events and on the times they were received at: calls of correlate_order_idle in
 * between change when a match is told, never which. So a state that is saved, and fed again with what came after it,
 * says the same. */
#define CORRELATE_LATENESS_USUAL (60 * TIME_SECOND)
#define CORRELATE_SOURCE_IDLE (2 * TIME_MINUTE)
#define CORRELATE_SOURCE_BEHIND (15 * TIME_MINUTE)
#define CORRELATE_SOURCES_MAX 64u /* clocks kept; of more the one silent for longest makes room */

struct correlate_order;

struct correlate_order_options {
	struct correlator *correlator; /* the caller's; fed by the order alone */
	uint32_t field_count;          /* correlation_field_count of its set */
	time_us lateness;
	size_t bytes_max;
};

struct correlate_order_counts {
	uint64_t late, early, hurried;
	uint64_t held; /* at present */
};

struct correlate_order *correlate_order_create(const struct correlate_order_options *options);
void correlate_order_free(struct correlate_order *q);
/* now: when the receiver got it; going back is taken as standing still. The input is copied. */
void correlate_order_push(struct correlate_order *q, const struct correlate_input *in, time_us now);
/* When nothing comes: time goes on for the events as it does for the receiver, so windows end. */
void correlate_order_idle(struct correlate_order *q, time_us now);
/* True when correlate_order_idle at that time would give anything to the correlator or end a window. */
bool correlate_order_is_due(const struct correlate_order *q, time_us now);
void correlate_order_finish(struct correlate_order *q);
void correlate_order_counts(const struct correlate_order *q, struct correlate_order_counts *ret);

/* ---- over a restart and over new rules ----
 *
 * The whole state of an order and its correlator as bytes: windows, silences, what is held, clocks. Rules and
 * correlations stand in it by the digest of their content, fields by name, so another rule set can take it over: what
 * it has unchanged goes on, the rest is given up and counted. Not for strangers: the bytes come from our own store, yet
 * damage is ERR_CORRUPT and never worse. */
#define CORRELATE_STATE_MAX ((size_t)900 << 20)

void correlate_state_save(const struct correlate_order *q, struct buf *out);
/* Into an order and a correlator that have seen nothing yet (CHECK); after an error they are to be thrown away.
 * *ret_dropped: windows and held events whose rules are no more. */
int correlate_state_load(struct correlate_order *q, str bytes, uint64_t *ret_dropped, struct err *e) MUST_CHECK;

#endif
