/* detect: Sigma rules compiled to an immutable program, and the matching of events against it.
 *
 * A rule set is loaded once, shared read-only between threads, and swapped whole on reload. A rule that cannot be
 * loaded is named with file, line and reason, and counted; never skipped in silence. A matcher holds the per-thread
 * scratch (regex scratch, bit sets, caches) and belongs to one thread.
 */
#ifndef FLOW_DETECT_DETECT_H
#define FLOW_DETECT_DETECT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "model/event.h"

struct rule_set;
struct matcher;

enum rule_level { LEVEL_INFORMATIONAL = 1, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL };

struct rule {
	uint32_t index; /* position in the set */
	str id, title, description, author, status, path;
	str name;                     /* how other documents may refer to it */
	str title_ja, description_ja; /* of `custom:`; empty when the rule has none */
	bool is_correlation;          /* matches by the matches of other rules (correlator below), never by an event */
	bool is_part;                 /* some correlation is made of it */
	bool is_silent;               /* is a part and not reported by itself: the correlation does not `generate` it */
	str license;                  /* as the rule states it; empty when it does not */
	uint32_t line;
	enum rule_level level; /* absent in the rule: medium */
	const str *tags;
	uint32_t tag_count;
	const str *falsepositives;
	uint32_t falsepositive_count;
	struct {
		str product, category, service;
	} source;
};

struct rule_problem {
	str path;
	uint32_t line, column;
	struct err err;
};

/* Loads every *.yml / *.yaml below each path; a path that cannot be read is an error, a rule that cannot be compiled is
 * a problem in the set. names: the fields that rules read are added to it, so load rules before reading events. */
int rule_set_load(const str *paths, size_t path_count, struct name_table *names, struct rule_set **ret,
		  struct err *e) MUST_CHECK;
/* Rules from memory: content/ of the binary. May be called several times before rule_set_seal. */
int rule_set_create(struct name_table *names, struct rule_set **ret, struct err *e) MUST_CHECK;
int rule_set_add(struct rule_set *set, str text, str path, struct err *e) MUST_CHECK;
int rule_set_seal(struct rule_set *set, struct err *e) MUST_CHECK; /* compiles; no more adds */
void rule_set_free(struct rule_set *set);

uint32_t rule_set_count(const struct rule_set *set);
const struct rule *rule_set_rule(const struct rule_set *set, uint32_t index);
const struct rule *rule_set_find(const struct rule_set *set, str id); /* NULL when absent */
uint32_t rule_set_filter_count(const struct rule_set *set);
uint32_t rule_set_correlation_count(const struct rule_set *set); /* counted in rule_set_count too */
uint32_t rule_set_problem_count(const struct rule_set *set);
const struct rule_problem *rule_set_problem(const struct rule_set *set, uint32_t index);

/* What was loaded but deserves a look: a placeholder without values. Same shape as a problem. */
uint32_t rule_set_note_count(const struct rule_set *set);
const struct rule_problem *rule_set_note(const struct rule_set *set, uint32_t index);

int matcher_create(const struct rule_set *set, struct matcher **ret, struct err *e) MUST_CHECK;
void matcher_free(struct matcher *m);
/* Rules that match, in order of their index; the array is valid until the next call. */
uint32_t matcher_match(struct matcher *m, const struct event *ev, const struct rule *const **ret_rules);

/* What could not be looked at fully since the matcher was made: a statistic must show it. */
struct matcher_counts {
	uint64_t regex_exhausted; /* searches given up at a limit, or values cut at one: taken as no match */
	uint64_t unknown_source;  /* events tried only against rules without a log source */
};
void matcher_counts(const struct matcher *m, struct matcher_counts *ret);
/* By rule index: for how many events the rule's condition was looked at, because one of its literals stood in the event
 * or because it has none. The rest was ruled out before. Lives as long as the matcher. */
const uint64_t *matcher_tried(const struct matcher *m);

/* Why a rule matched, or what failed first: one row per field condition that was decisive. Slices live in `a` or the
 * event. */
struct match_reason {
	str selection; /* name in `detection:` */
	str field;     /* empty for keywords */
	str modifiers; /* "contains|all" as written */
	str pattern;   /* the rule's value */
	str value;     /* the event's value; STR_NONE when the field is absent */
	bool matched;
};
int rule_explain(const struct rule_set *set, uint32_t rule_index, const struct event *ev, struct arena *a,
		 struct match_reason **ret, uint32_t *ret_count, struct err *e) MUST_CHECK;
/* The same for the event that matcher_match saw last, without a matcher of its own: cheap enough for every match. */
int matcher_explain(struct matcher *m, uint32_t rule_index, struct arena *a, struct match_reason **ret,
		    uint32_t *ret_count, struct err *e) MUST_CHECK;

/* ---- correlator: what several matches mean together, in event time.
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
	uint64_t ref; /* the caller's number of the event */
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
	const uint64_t *refs; /* the first CORRELATE_REFS_MAX events */
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

/* Fields whose values an input carries. 0: the set has no correlations. */
uint32_t correlation_field_count(const struct rule_set *set);
/* The values of an event by number of the field; of an array its first. They live as long as the event. */
void correlation_values(const struct rule_set *set, const struct event *ev, str *ret_values);

struct correlator *correlator_create(const struct correlate_options *options);
void correlator_free(struct correlator *k);
void correlator_push(struct correlator *k, const struct correlate_input *in); /* in order of time (CHECK) */
void correlator_advance(struct correlator *k, time_us now);                   /* no event before `now` comes any more */
void correlator_finish(struct correlator *k); /* no event comes any more; the correlator is empty then */
void correlator_counts(const struct correlator *k, struct correlate_counts *ret);

/* ---- events as they arrive ----
 *
 * Live events come late and out of order. The order holds each until the newest time seen is `lateness` further, then
 * gives it to the correlator, so that the order of arrival within the lateness never changes a result. Later ones
 * are only counted: their single-event rules have spoken already. An event from the future (beyond `now` and the
 * lateness) would make all others late; it is counted and left out. Past bytes_max the oldest go on before their time,
 * counted; what they overtake is late. */
#define CORRELATE_LATENESS_USUAL (60 * TIME_SECOND)

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
/* now: the receiver's clock. The input is copied. */
void correlate_order_push(struct correlate_order *q, const struct correlate_input *in, time_us now);
/* When nothing comes: time goes on for the events as it does for the receiver, so windows end. */
void correlate_order_idle(struct correlate_order *q, time_us now);
void correlate_order_finish(struct correlate_order *q);
void correlate_order_counts(const struct correlate_order *q, struct correlate_order_counts *ret);

/* Whether a rule can match at all when only some fields can be there. A rule that asks for a field which no log yields
 * is silent for ever, and silence looks like safety. An upper bound: true means that no missing field stands in the
 * way. */
struct field_view {
	bool (*has)(void *ctx, str name);
	void *ctx;
};

bool rule_can_match(const struct rule_set *set, uint32_t rule_index, const struct field_view *v);
/* Each field that the rule reads, perhaps several times; keywords read none. */
void rule_each_field(const struct rule_set *set, uint32_t rule_index, void (*fn)(void *ctx, str name), void *ctx);

#endif
