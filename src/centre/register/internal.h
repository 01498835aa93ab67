/* What the files of this room share. */
#ifndef CENTRE_REGISTER_INTERNAL_H
#define CENTRE_REGISTER_INTERNAL_H

#include "centre/register/register.h"
#include "craft/record/record.h"

#define REGISTER_BUDGET ((size_t)1 << 20) /* bytes of what one write reads */

struct register_deed {
	const char *action;
	str note;
	bool is_work;
	time_us now;
};
/* History, audit trail and work of one deed; inside the caller's transaction. */
int register_note(struct db *db, const struct actor *who, const struct register_item *item,
		  const struct register_deed *deed, struct err *e) MUST_CHECK;
int register_item_put(struct db *db, const struct actor *who, const struct register_item *item, time_us now,
		      struct err *e) MUST_CHECK;
/* False when the arena is spent. */
bool register_item_read(struct stmt *st, const struct register_kind *kind, struct arena *a, struct register_item *ret);

#endif
