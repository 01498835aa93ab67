/* shelf: matches that one thread puts aside as text, and all of them in order in the end.
 *
 * Each thread has a shelf of its own, so that nobody waits for a lock at a match. Not thread-safe. */
#ifndef DOOR_CLI_SHELF_H
#define DOOR_CLI_SHELF_H

#include "base/time.h"
#include "door/cli/hunt/spool.h"

#define SHELF_TEXTS_MAX 4u

struct shelf_entry {
	time_us time; /* INT64_MAX: not known; such events come last, in the order they were read */
	uint64_t seq; /* number of the event in its input */
	uint64_t at;  /* in the spool */
	uint32_t input, rule;
	uint32_t len[SHELF_TEXTS_MAX]; /* of each output's text, one behind the other */
	uint32_t shelf;                /* set by shelves_sort */
};

struct shelf {
	struct spool spool;
	struct shelf_entry *entries;
	size_t count, cap;
};

void shelf_init(struct shelf *s, size_t memory_max);
void shelf_done(struct shelf *s);
/* Keeps a copy of the text; what->at need not be set. */
int shelf_put(struct shelf *s, const struct shelf_entry *what, str text, struct err *e) MUST_CHECK;
/* With the text of the entry that was put last. */
void shelf_put_again(struct shelf *s, const struct shelf_entry *what);

/* The entries of all shelves by time, input, event and rule. The caller frees them. */
struct shelf_entry *shelves_sort(const struct shelf *shelves, uint32_t shelf_count, size_t *ret_count);

#endif
