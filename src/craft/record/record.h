/* record: what every record of the centre does when it is written: names out of tables, lengths, trail, work, the end
 * of the transaction.
 *
 * Why one room: a length, a trail row and a work record mean the same wherever a record is kept. Invariant: a deed, its
 * row of the audit trail and its work record stand in the caller's transaction.
 */
#ifndef CRAFT_RECORD_RECORD_H
#define CRAFT_RECORD_RECORD_H

#include "craft/work/work.h"
#include "guard/guard.h"

struct name_table {
	const char *const *names;
	size_t count;
};
/* The index of `name`, or -1. */
int name_find(const struct name_table *table, str name);

/* ERR_RANGE err.record.long or err.record.empty with path = field, expected = the limit in bytes. */
int check_length(const char *field, str value, uint32_t max, bool needed, struct err *e) MUST_CHECK;

/* A row of the trail: object "<kind>:<id>", detail {"name": "value", …}. */
struct trail_pair {
	const char *name; /* NULL ends the list */
	str value;
};
struct trail {
	const char *action, *kind;
	int64_t id;
	time_us now;
	const struct trail_pair *pairs;
};
int trail_add(struct db *db, const struct actor *who, const struct trail *t, struct err *e) MUST_CHECK;

/* Work of a moment: the service, what and to what as in the trail. */
int work_add(struct db *db, const struct actor *who, const struct trail *t, const char *service,
	     struct err *e) MUST_CHECK;

/* A text out of the present row, kept; *failed is set when the arena is spent. */
str row_text(struct stmt *st, const char *name, struct arena *a, bool *failed);

#endif
