/* hunt: rules against files, several at a time, with an order that does not depend on how many.
 *
 * Why: threads finish in any order, so matches are put aside as the text they will be printed as, and sorted by event
 * time, input, place in the input and rule. The text stays in memory up to HUNT_MEMORY, then goes to an unlinked
 * temporary file; only a small entry a match stays.
 * Inputs that cannot be read and records that are damaged are told in hunt_result.failures; the rest is still
 * processed.
 */
#ifndef DOOR_CLI_HUNT_H
#define DOOR_CLI_HUNT_H

#include <stdio.h>

#include "base/buf.h"
#include "door/cli/hunt/related.h"
#include "door/cli/hunt/shelf.h"
#include "flow/detect/detect.h"
#include "flow/intel/intel.h"
#include "flow/parse/parse.h"
#include "os/env.h"

#define HUNT_JOBS_MAX 256u
#define HUNT_INPUTS_MAX 10000000u
#define HUNT_MEMORY (64u << 20)    /* match texts kept in memory */
#define HUNT_MATCHES_MAX 20000000u /* entries of 56 bytes */
#define HUNT_LINE_MAX (64u << 20)  /* one match as text */
#define HUNT_FAILURES_MAX 1000u    /* told one by one; more are counted */
#define HUNT_OUTPUTS_MAX SHELF_TEXTS_MAX
#define HUNT_REASONS (1u << 20)     /* memory of the reasons of one match */
#define HUNT_HITS_MEMORY (4u << 20) /* indicator hits of one event */
#define HUNT_UNKNOWN_MAX 20u        /* unknown log sources told by name */

/* What a renderer sees. Valid during the call. */
struct hunt_view {
	const struct event *event;
	const struct rule *rule; /* NULL: an indicator matched */
	str path;
	const struct intel_hit *hit;        /* NULL: a rule matched */
	const struct match_reason *reasons; /* when hunt.explain is set */
	uint32_t reason_count;
};

/* What an output gets in the end, in order. Valid during the call. */
struct hunt_match {
	const struct rule *rule; /* NULL: an indicator matched */
	time_us time;
	bool time_known;
	str text; /* what its render made of the match */
};

/* One way of telling the matches: each renders for itself, and all see the same order. */
struct hunt_output {
	/* Adds the text of one match; called by several threads at once. */
	void (*render)(void *ctx, struct buf *out, const struct hunt_view *view);
	/* The same for a match of a correlation; by one thread. */
	void (*render_group)(void *ctx, struct buf *out, const struct related_match *match, const str *paths);
	/* Called by one thread after all inputs were read. */
	int (*take)(void *ctx, const struct hunt_match *match, struct err *e);
	void *render_ctx, *take_ctx;
	bool rules_alike; /* for an event, render gives the same text whichever rule matched */
};

struct hunt_failure {
	uint32_t input;
	struct err err;
};

struct hunt_unknown {
	char name[128]; /* Channel, else Provider_Name, else the input's path */
	uint64_t events;
};

/* Of event times. */
struct hunt_span {
	bool known; /* some event had a time */
	time_us first, last;
};

struct hunt_result {
	uint64_t events, bytes, matches, damaged_records, fields_dropped, unknown_source, regex_exhausted;
	uint64_t inputs, inputs_failed;
	uint64_t suppressed;          /* indicator hits that warning lists held back; not among matches */
	uint64_t correlated, untimed; /* events put before correlations; those without a time, in no window */
	struct correlate_counts correlation;
	struct hunt_failure *failures; /* by input */
	size_t failure_count, failure_cap;
	struct hunt_unknown unknown[HUNT_UNKNOWN_MAX];
	uint32_t unknown_count;
	struct hunt_span span;
	/* By rule, NULL unless hunt.profile is set: events for which its condition was looked at, and that matched. */
	uint64_t *tried, *matched;
	time_us took;   /* to read and match, and to correlate */
	time_us output; /* to sort what was found and give it to the outputs */
};

struct hunt {
	const struct rule_set *rules;
	const struct mapping *mapping;
	const struct name_table *names;
	const struct intel_set *intel; /* NULL: no indicators */
	const struct intel_fields *fields;
	const struct env *env;
	uint32_t jobs;
	size_t piece; /* bytes of a piece of a large input (queue.h); 0 = the usual */
	bool explain, profile;
	/* Only where the rules have correlations: the text about an event's place and content that render_group gets
	 * back. */
	void (*render_place)(void *ctx, struct buf *out, const struct hunt_view *view);
	const struct hunt_output *outputs;
	uint32_t output_count; /* 1 to HUNT_OUTPUTS_MAX */
	FILE *progress;        /* a terminal, or NULL */
};

/* Searches the files and gives the matches in order to the outputs. Negative only when it could not go on at all. */
int hunt_run(const struct hunt *h, const str *paths, size_t count, struct hunt_result *ret, struct err *e) MUST_CHECK;
void hunt_result_done(struct hunt_result *r);
void hunt_failures_sort(struct hunt_result *r);
void hunt_span_add(struct hunt_span *s, time_us first, time_us last);
/* Counts events under a name; past HUNT_UNKNOWN_MAX names no new one is taken. */
void hunt_unknown_add(struct hunt_unknown *list, uint32_t *count, str name, uint64_t events);

#endif
