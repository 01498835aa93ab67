/* What the files of this room share. */
#ifndef CENTRE_EVALUATE_INTERNAL_H
#define CENTRE_EVALUATE_INTERNAL_H

#include "centre/evaluate/evaluate.h"
#include "craft/record/record.h"

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

/* The sums of a signed snapshot as its organisation's standing keeps them. */
void group_sums_add(struct buf *out, const struct snapshot *s);
/* Out of a row: the names of a category or a service. */
struct fw_text snapshot_names_read(struct stmt *st, struct arena *a);

#endif
