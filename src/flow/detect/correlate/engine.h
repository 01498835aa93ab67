/* What the engine, the order in front of it and their state as bytes share. */
#ifndef FLOW_DETECT_CORRELATE_ENGINE_H
#define FLOW_DETECT_CORRELATE_ENGINE_H

#include "base/buf.h"
#include "base/map.h"
#include "flow/detect/correlate/window.h"

#define GROUP_OVERHEAD 96u /* of the table and the heap */

struct group {
	struct window window;
	time_us due;          /* when the heap has to look at it */
	time_us last, silent; /* last event; no event counts up to here after a match */
	uint64_t serial;
	bool is_silent, in_heap;
	bool is_fresh; /* has events that no judged window had */
	str key;
	str values[CORRELATE_GROUP_MAX]; /* of group-by as the first event had them; in one block with the key */
	struct buf carried; /* values of the last event, where a chain goes on from a window that is over */
};

struct correlator {
	struct correlate_options o;
	uint32_t field_count;
	time_us now;
	bool started;
	struct map groups; /* key → struct group * */
	struct group **heap;
	size_t heap_count, heap_cap;
	uint64_t serial;
	struct buf key, value;
	str *carried;
	struct correlate_counts counts;
};

/* correlate.c. The key begins with the number of the correlation in its set; key and values are copied. */
struct group *group_create(struct correlator *k, const struct correlation *x, str key, const str *values);
size_t group_bytes(const struct group *g);
void group_queue(struct correlator *k, struct group *g); /* g->due is set */

/* An event that waits for its time. */
struct held {
	time_us time;
	uint64_t content, ref;
	uint32_t rule_count, bytes;
	str *values; /* in one block with this */
	uint32_t *rules;
};

/* Whoever sends events, with the clock that its events show. */
struct order_source {
	uint64_t id;
	time_us newest, arrived; /* of the newest event: its time, and when it came */
	time_us seen;            /* when anything came */
};

struct correlate_order {
	struct correlate_order_options o;
	struct held **heap;
	size_t count, cap, bytes;
	struct order_source sources[CORRELATE_SOURCES_MAX];
	uint32_t source_count;
	time_us clock; /* the receiver's, never going back */
	time_us watermark;
	bool started;
	struct correlate_order_counts counts;
};

/* late.c */
void order_hold(struct correlate_order *q, const struct correlate_input *in);

#endif
