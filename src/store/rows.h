/* rows: what a query returns, as an array in an arena. Every room lists and finds; the loop stands here once.
 *
 * A room gives a `struct row_kind`: how large one element is, and how it is filled from the present row. Text is copied
 * with stmt_take, which remembers a spent budget in the statement, so that a reader has nothing to check; rows_read and
 * row_read_one tell it (ERR_LIMIT err.db.budget).
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "base/arena.h"
#include "store/db.h"

struct row_kind {
	size_t size;
	/* Fills a zeroed element. Negative with *e: the row cannot be what we wrote (ERR_CORRUPT). */
	int (*read)(struct stmt *st, struct arena *a, void *ret, struct err *e);
};

struct rows {
	void *items;
	uint32_t count;
	bool has_more; /* the query had more rows than `most` */
};

/* A copy of a text column that lives in the arena; empty, and the statement fails, when the budget is spent. */
str stmt_take(struct stmt *st, const char *name, struct arena *a);

/* Steps through the whole query, or up to `most` rows. Bind the limit `most` + 1 to learn whether there are more. */
int rows_read(struct stmt *st, const struct row_kind *kind, uint32_t most, struct arena *a, struct rows *ret,
	      struct err *e) MUST_CHECK;

/* The first row. ERR_NOT_FOUND with the key `absent` when there is none; *ret is untouched then. */
int row_read_one(struct stmt *st, const struct row_kind *kind, const char *absent, struct arena *a, void *ret,
		 struct err *e) MUST_CHECK;

#endif
