/* The loops over a query's rows. */
#include "store/rows.h"

#include <string.h>

#include "base/check.h"

#define ROWS_FIRST 16u /* elements of the first array; doubled when they do not do */

str stmt_take(struct stmt *st, const char *name, struct arena *a)
{
	str copy = arena_str(a, stmt_col_text(st, name));

	if (copy.ptr)
		return copy;
	if (!st->pending.code)
		(void)err_set(&st->pending, ERR_LIMIT, "err.db.budget");
	return STR("");
}

static int told(const struct stmt *st, struct err *e)
{
	if (!st->pending.code)
		return 0;
	if (e)
		*e = st->pending;
	return -(int)st->pending.code;
}

/* Room for one more element. What the arena gave before stays there until the arena ends: at most as much again. */
static bool room(struct rows *rows, const struct row_kind *kind, uint32_t most, uint32_t *cap, struct arena *a)
{
	uint32_t wanted = *cap ? *cap * 2 : ROWS_FIRST;
	void *items;

	if (rows->count < *cap)
		return true;
	if (wanted > most)
		wanted = most;
	items = arena_alloc(a, wanted * kind->size);
	if (!items)
		return false;
	if (rows->count)
		memcpy(items, rows->items, rows->count * kind->size);
	rows->items = items;
	*cap = wanted;
	return true;
}

int rows_read(struct stmt *st, const struct row_kind *kind, uint32_t most, struct arena *a, struct rows *ret,
	      struct err *e)
{
	struct rows rows = {0};
	uint32_t cap = 0;
	int rc;

	CHECK(most > 0 && most <= UINT32_MAX / 2);
	while ((rc = stmt_step(st, e)) == 1) {
		rows.has_more = rows.count == most;
		if (rows.has_more)
			break;
		if (!room(&rows, kind, most, &cap, a))
			return err_set(e, ERR_LIMIT, "err.db.budget");
		rc = kind->read(st, a, (char *)rows.items + rows.count * kind->size, e);
		if (rc)
			return rc;
		rows.count++;
	}
	if (rc < 0)
		return rc;
	*ret = rows;
	return 0;
}

int row_read_one(struct stmt *st, const struct row_kind *kind, const char *absent, struct arena *a, void *ret,
		 struct err *e)
{
	void *item = arena_alloc(a, kind->size);
	int rc = stmt_step(st, e);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, absent);
	if (!item)
		return err_set(e, ERR_LIMIT, "err.db.budget");
	rc = kind->read(st, a, item, e);
	if (!rc)
		rc = told(st, e);
	if (rc)
		return rc;
	memcpy(ret, item, kind->size);
	return 0;
}
