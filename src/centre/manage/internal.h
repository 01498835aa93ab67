/* What the files of this room share. */
#ifndef CENTRE_MANAGE_INTERNAL_H
#define CENTRE_MANAGE_INTERNAL_H

#include "base/mem.h"
#include "base/utf8.h"
#include "centre/manage/manage.h"
#include "craft/record/record.h"

#define MANAGE_BUDGET ((size_t)1 << 20) /* bytes of what one write reads */

/* Opens the task's days up to TASK_AHEAD_DAYS ahead; inside the caller's transaction. */
int task_open_days(struct db *db, const struct actor *who, const struct task_house *house, struct task *t,
		   struct err *e) MUST_CHECK;
/* Takes back the open days that are not due yet. */
int task_drop_days(struct db *db, const struct actor *who, int64_t task_id, time_us now, struct err *e) MUST_CHECK;
/* Inside the caller's transaction. */
int task_save_inside(struct db *db, const struct actor *who, const struct task_house *house, const struct task *task,
		     int64_t *ret_id, struct err *e) MUST_CHECK;

#endif
