/* window: the events of one group in the order of time, and what is counted over them. */
#ifndef FLOW_DETECT_CORRELATE_WINDOW_H
#define FLOW_DETECT_CORRELATE_WINDOW_H

#include "flow/detect/correlation.h"

/* One distinct value with the number of its events. */
struct value {
	struct value *next;
	uint64_t hash;
	uint32_t count, len;
	char bytes[];
};

struct entry {
	time_us time;
	uint64_t ref;
	union {
		double number;
		struct value *value;
		uint32_t position;
	};
};

/* temporal_ordered, by position: how late a run of all rules up to here can have begun. */
struct step {
	time_us start, seen;
	uint64_t ref, seen_ref;
	bool has, was_seen;
};

struct window {
	const struct correlation *x;
	struct entry *ring;
	uint32_t head, count, cap; /* cap: power of two or 0 */
	uint32_t positions;        /* with at least one event */
	uint32_t *per_position;
	struct step *steps;
	struct value **buckets;
	uint32_t bucket_count, value_count;
	double *sorted;
	uint32_t sorted_cap;
	long double sum;
	size_t bytes;
};

/* What an event brings, as its correlation asks for it. */
struct sample {
	time_us time;
	uint64_t ref;
	uint32_t position;
	double number;
	str text;
	uint64_t hash; /* of text, keyed */
};

void window_init(struct window *w, const struct correlation *x);
void window_done(struct window *w);
void window_clear(struct window *w); /* forgets the events, keeps some memory */
/* Returns how many old events had to go because the window was full. */
uint32_t window_add(struct window *w, const struct sample *s);
void window_drop(struct window *w); /* the first event */
struct entry *window_at(const struct window *w, uint32_t i);
/* True when the condition holds; *ret_start is the number of the first event that counts, *ret_last of the last. */
bool window_holds(const struct window *w, time_us now, uint32_t *ret_first, uint32_t *ret_last);
/* What the condition is held against, when the match is complete with the event `last`. */
double window_measure(const struct window *w, uint32_t last);
bool window_has_values(const struct correlation *x); /* texts are counted */
bool window_has_numbers(const struct correlation *x);

#endif
