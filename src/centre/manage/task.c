/* Tasks: their rules in and out of the store. */
#include "base/check.h"
#include "centre/manage/internal.h"
#include "store/queries.gen.h"

static int refuse(struct err *e, const char *id, const char *field, str value)
{
	int rc = err_set_value(e, ERR_RANGE, id, value);

	err_path(e, str_of(field));
	return rc;
}

static bool task_read(struct stmt *st, struct arena *a, struct task *t)
{
	bool failed = false;

	*t = (struct task){.id = stmt_col_i64(st, "id"),
			   .version = stmt_col_i64(st, "version"),
			   .title = row_text(st, "title", a, &failed),
			   .service = row_text(st, "service", a, &failed),
			   .rule = {.weekday = (int)stmt_col_i64(st, "weekday"),
				    .day = (int)stmt_col_i64(st, "month_day"),
				    .month = (int)stmt_col_i64(st, "month"),
				    .start = (day_t)stmt_col_i64(st, "start_day"),
				    .end = (day_t)stmt_col_i64(st, "end_day")},
			   .due_min = (int)stmt_col_i64(st, "due_min"),
			   .minutes = (int)stmt_col_i64(st, "minutes"),
			   .owner_id = stmt_col_i64(st, "owner_id"),
			   .owner_name = row_text(st, "owner_name", a, &failed),
			   .needs_note = stmt_col_i64(st, "needs_note") != 0,
			   .is_active = stmt_col_i64(st, "is_active") != 0,
			   .proposal = row_text(st, "proposal", a, &failed),
			   .rolled = (day_t)stmt_col_i64(st, "rolled_day"),
			   .changed_by = row_text(st, "changed_by", a, &failed),
			   .changed_at = stmt_col_i64(st, "changed_at")};
	if (t->rule.end < 0)
		t->rule.end = DAY_NONE;
	(void)recur_every_parse(stmt_col_text(st, "every"), &t->rule.every);
	(void)recur_shift_parse(stmt_col_text(st, "shift"), &t->rule.shift);
	return !failed;
}

int task_list(struct db *db, struct scope scope, struct arena *a, struct task_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct task_list list = {.items = arena_alloc(a, TASK_LIST_MAX * sizeof(*list.items))};
	int rc = db_prepare(db, &Q_calendar_task_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!list.items)
		return err_set(e, ERR_LIMIT, "err.manage.budget");
	stmt_i64(&st, "count", TASK_LIST_MAX);
	while ((rc = stmt_step(&st, e)) > 0)
		if (!task_read(&st, a, &list.items[list.count++]))
			return err_set(e, ERR_LIMIT, "err.manage.budget");
	if (rc < 0)
		return rc;
	*ret = list;
	return 0;
}

int task_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct task *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_calendar_task_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	if (!rc)
		return err_set(e, ERR_NOT_FOUND, "err.manage.task");
	return task_read(&st, a, ret) ? 0 : err_set(e, ERR_LIMIT, "err.manage.budget");
}

/* ---- in ---- */

static int task_check(const struct task_house *house, const struct task *t, struct err *e)
{
	int rc;

	if ((rc = check_length("title", t->title, TASK_TITLE_MAX, true, e)) ||
	    (rc = check_length("owner", t->owner_name, TASK_TITLE_MAX, false, e)) || (rc = recur_check(&t->rule, e)))
		return rc;
	if (!framework_service(house->framework, t->service))
		return refuse(e, "err.manage.service", "service", t->service);
	if (t->due_min < 0 || t->due_min > TASK_DAY_END)
		return refuse(e, "err.manage.time", "due_time", STR_NONE);
	if (t->minutes < 0 || t->minutes > TASK_MINUTES_MAX)
		return refuse(e, "err.manage.minutes", "minutes", STR_NONE);
	return 0;
}

static int task_write(struct db *db, const struct actor *who, const struct task *t, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, t->id ? &Q_calendar_task_update : &Q_calendar_task_insert, &scope, &st, e);

	if (rc)
		return rc;
	if (t->id) {
		stmt_i64(&st, "id", t->id);
		stmt_i64(&st, "version", t->version);
	}
	stmt_text(&st, "title", str_trim(t->title));
	stmt_text(&st, "service", t->service);
	stmt_text(&st, "every", str_of(recur_every_name(t->rule.every)));
	stmt_i64(&st, "weekday", t->rule.weekday);
	stmt_i64(&st, "month_day", t->rule.day);
	stmt_i64(&st, "month", t->rule.month);
	stmt_text(&st, "shift", str_of(recur_shift_name(t->rule.shift)));
	stmt_i64(&st, "start_day", t->rule.start);
	stmt_i64(&st, "end_day", t->rule.end == DAY_NONE ? -1 : t->rule.end);
	stmt_i64(&st, "due_min", t->due_min);
	stmt_i64(&st, "minutes", t->minutes);
	stmt_i64(&st, "owner_id", t->owner_id);
	stmt_text(&st, "owner_name", t->owner_name.ptr ? str_trim(t->owner_name) : STR(""));
	stmt_i64(&st, "needs_note", t->needs_note);
	stmt_i64(&st, "is_active", t->is_active);
	stmt_text(&st, "proposal", t->proposal.ptr ? t->proposal : STR(""));
	stmt_i64(&st, "rolled_day", t->rolled);
	stmt_text(&st, "changed_by", str_of(who->name));
	stmt_i64(&st, "changed_at", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.manage.changed");
}

int task_save_inside(struct db *db, const struct actor *who, const struct task_house *house, const struct task *task,
		     int64_t *ret_id, struct err *e)
{
	const struct trail_pair pairs[] = {{"title", task->title},
					   {"service", task->service},
					   {"every", str_of(recur_every_name(task->rule.every))},
					   {"owner", task->owner_name},
					   {"active", task->is_active ? STR("yes") : STR("no")},
					   {0}};
	struct trail trail = {.action = task->id ? "task.change" : "task.create",
			      .kind = "task",
			      .id = task->id,
			      .now = house->now,
			      .pairs = pairs};
	struct task t = *task;
	int rc;

	t.changed_at = house->now;
	/* Days behind us stay as the old rule made them; what is ahead is opened again. */
	t.rolled = day_at(house->now, 0) - 2;
	if (t.rolled < t.rule.start - 1)
		t.rolled = t.rule.start - 1;
	if (t.id && (rc = task_drop_days(db, who, t.id, house->now, e)))
		return rc;
	if ((rc = task_write(db, who, &t, house->now, e)))
		return rc;
	if (!t.id)
		t.id = trail.id = db_last_id(db);
	*ret_id = t.id;
	if (t.is_active && (rc = task_open_days(db, who, house, &t, e)))
		return rc;
	return trail_add(db, who, &trail, e);
}

int task_save(struct db *db, const struct actor *who, const struct task_house *house, const struct task *task,
	      int64_t *ret_id, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct task before = {.service = task->service};
	int64_t id = 0;
	int rc = task_check(house, task, e);

	arena_init(&arena, MANAGE_BUDGET);
	if (rc || (task->id && (rc = task_load(db, actor_scope(who), task->id, &arena, &before, e))))
		return rc;
	/* The days of a task are duties of its service, also those behind us. */
	if (!str_eq(before.service, task->service))
		return refuse(e, "err.manage.service_fixed", "service", task->service);
	if ((rc = db_begin(db, e)))
		return rc;
	rc = db_end(db, task_save_inside(db, who, house, task, &id, e), e);
	if (!rc)
		*ret_id = id;
	return rc;
}
