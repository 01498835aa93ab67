/* What the files of this room share. */
#ifndef CENTRE_EVALUATE_INTERNAL_H
#define CENTRE_EVALUATE_INTERNAL_H

#include "centre/evaluate/evaluate.h"

struct name_table {
	const char *const *names;
	size_t count;
};
/* The index of `name`, or -1. */
int name_find(const struct name_table *table, str name);

/* ERR_RANGE with path = field, expected = the limit. */
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

/* Inside the caller's transaction. */
struct snapshot_order {
	const struct snapshot_new *what;
	int64_t round_id;
	bool is_signed;
};
int snapshot_take_inside(struct db *db, const struct actor *who, const struct snapshot_order *order, int64_t *ret_id,
			 struct err *e) MUST_CHECK;
int snapshot_store(struct db *db, const struct actor *who, const struct snapshot *s, int64_t *ret_id,
		   struct err *e) MUST_CHECK;

/* Work of evaluation, a moment long: the service, what and to what as in the trail. */
int work_add(struct db *db, const struct actor *who, const struct trail *t, const char *service,
	     struct err *e) MUST_CHECK;
/* Ends the transaction that a public function began. */
int end_transaction(struct db *db, int rc, struct err *e) MUST_CHECK;

#endif
