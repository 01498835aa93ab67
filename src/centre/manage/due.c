/* Days out of the store. */
#include "base/check.h"
#include "centre/manage/internal.h"
#include "store/queries.gen.h"

static const char *const state_names[] = {"open", "done", "skipped"};
_Static_assert(COUNT_OF(state_names) == DUE_STATE_COUNT, "a name each");

const char *due_state_name(enum due_state s)
{
	CHECK(s < DUE_STATE_COUNT);
	return state_names[s];
}

bool due_state_parse(str name, enum due_state *ret)
{
	int at = name_find(&(struct name_table){state_names, COUNT_OF(state_names)}, name);

	if (at >= 0)
		*ret = (enum due_state)at;
	return at >= 0;
}

static bool due_read(struct stmt *st, time_us now, struct arena *a, struct due *d)
{
	bool failed = false;

	*d = (struct due){.task_id = stmt_col_i64(st, "task_id"),
			  .day = (day_t)stmt_col_i64(st, "day"),
			  .due_at = stmt_col_i64(st, "due_at"),
			  .title = row_text(st, "title", a, &failed),
			  .service = row_text(st, "service", a, &failed),
			  .owner_id = stmt_col_i64(st, "owner_id"),
			  .owner_name = row_text(st, "owner_name", a, &failed),
			  .note = row_text(st, "note", a, &failed),
			  .work_id = stmt_col_i64(st, "work_id"),
			  .closed_by = row_text(st, "closed_name", a, &failed),
			  .closed_at = stmt_col_i64(st, "closed_at"),
			  .changed_at = stmt_col_i64(st, "changed_at"),
			  .minutes = (int)stmt_col_i64(st, "minutes"),
			  .needs_note = stmt_col_i64(st, "needs_note") != 0,
			  .blob = row_text(st, "blob", a, &failed),
			  .blob_name = row_text(st, "blob_name", a, &failed)};
	(void)due_state_parse(stmt_col_text(st, "state"), &d->state);
	d->is_missed = d->state == DUE_OPEN && d->due_at < now;
	return !failed;
}

int due_load(struct db *db, struct scope scope, int64_t task_id, day_t day, struct arena *a, struct due *ret,
	     struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_calendar_due_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "task_id", task_id);
	stmt_i64(&st, "day", day);
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	if (!rc)
		return err_set(e, ERR_NOT_FOUND, "err.manage.day");
	return due_read(&st, INT64_MIN, a, ret) ? 0 : err_set(e, ERR_LIMIT, "err.manage.budget");
}

static int read_all(struct stmt *st, const struct due_query *q, struct arena *a, struct due_list *ret, struct err *e)
{
	struct due_list list = {.items = arena_alloc(a, DUE_LIST_MAX * sizeof(*list.items))};
	int rc;

	if (!list.items)
		return err_set(e, ERR_LIMIT, "err.manage.budget");
	stmt_i64(st, "owner_id", q->owner_id);
	stmt_i64(st, "count", DUE_LIST_MAX + 1);
	while ((rc = stmt_step(st, e)) > 0) {
		if (list.count == DUE_LIST_MAX) {
			list.is_cut = true;
			break;
		}
		if (!due_read(st, q->now, a, &list.items[list.count++]))
			return err_set(e, ERR_LIMIT, "err.manage.budget");
	}
	if (rc < 0)
		return rc;
	*ret = list;
	return 0;
}

int due_missed(struct db *db, struct scope scope, const struct due_query *q, struct arena *a, struct due_list *ret,
	       struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_calendar_due_missed, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "now", q->now);
	return read_all(&st, q, a, ret, e);
}

/* ---- what the rule says beyond what is opened ---- */

static void add_planned(const struct due_query *q, const struct task *t, struct due_list *list)
{
	day_t from = t->rolled + 1 > q->from ? t->rolled + 1 : q->from;
	day_t day = recur_next(&t->rule, q->holidays, from);

	while (day != DAY_NONE && day <= q->to) {
		if (list->count == DUE_LIST_MAX) {
			list->is_cut = true;
			return;
		}
		list->items[list->count++] = (struct due){.task_id = t->id,
							  .day = day,
							  .is_planned = true,
							  .title = t->title,
							  .service = t->service,
							  .owner_id = t->owner_id,
							  .owner_name = t->owner_name,
							  .changed_at = t->changed_at,
							  .minutes = t->minutes};
		day = recur_next(&t->rule, q->holidays, day + 1);
	}
}

static int by_day(const void *left, const void *right)
{
	const struct due *a = left, *b = right;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	return (a->task_id > b->task_id) - (a->task_id < b->task_id);
}

static int plan(struct db *db, struct scope scope, const struct due_query *q, struct arena *a, struct due_list *list,
		struct err *e)
{
	struct task_list tasks;
	uint32_t before = list->count;
	int rc = task_list(db, scope, a, &tasks, e);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < tasks.count; i++) {
		const struct task *t = &tasks.items[i];
		bool wanted = (q->owner_id < 0 || t->owner_id == q->owner_id) && (!q->task_id || q->task_id == t->id);

		if (t->is_active && wanted)
			add_planned(q, t, list);
	}
	if (list->count != before)
		qsort(list->items, list->count, sizeof(*list->items), by_day);
	return 0;
}

int due_list(struct db *db, struct scope scope, const struct due_query *q, struct arena *a, struct due_list *ret,
	     struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_calendar_due_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "from_day", q->from);
	stmt_i64(&st, "to_day", q->to);
	stmt_i64(&st, "task_id", q->task_id);
	if ((rc = read_all(&st, q, a, ret, e)) || !q->planned)
		return rc;
	stmt_done(&st);
	return plan(db, scope, q, a, ret, e);
}

int due_count(struct db *db, struct scope scope, day_t from, time_us now, struct due_counts *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	day_t today = day_at(now, 0);
	int rc = db_prepare(db, &Q_calendar_due_counts, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "from_day", from);
	stmt_i64(&st, "now", now);
	stmt_i64(&st, "today", today);
	stmt_i64(&st, "week", today + 6);
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	CHECK(rc == 1);
	*ret = (struct due_counts){.missed = stmt_col_i64(&st, "missed"),
				   .today = stmt_col_i64(&st, "today"),
				   .week = stmt_col_i64(&st, "week"),
				   .done = stmt_col_i64(&st, "done"),
				   .skipped = stmt_col_i64(&st, "skipped")};
	return 0;
}
