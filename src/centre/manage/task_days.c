/* The days of tasks: opened ahead by the rule, each a row and a duty. */
#include <stdio.h>

#include "base/check.h"
#include "centre/manage/internal.h"
#include "craft/duty/duty.h"
#include "guard/tenant.h"
#include "store/queries.gen.h"

#define ROLL_TENANTS_MAX 1000u /* organisations of one round; the next hour has the rest */

static str source_of(int64_t task_id, day_t day, char text[64])
{
	char date[DAY_TEXT_MAX];
	int len;

	day_format(day, date);
	len = snprintf(text, 64, "calendar:%lld:%s", (long long)task_id, date);
	return (str){text, (size_t)len};
}

static int zone_of(struct db *db, const struct actor *who, int *ret, struct err *e)
{
	char name[TENANT_ZONE_MAX];
	int rc = tenant_zone(db, who->tenant_id, name, e);

	if (!rc)
		*ret = zone_offset(str_of(name));
	return rc;
}

struct opening {
	const struct task *task;
	day_t day;
	time_us due, now;
};

static int open_day(struct db *db, const struct actor *who, const struct opening *o, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	char source[64];
	struct duty duty = {.service = o->task->service,
			    .source = source_of(o->task->id, o->day, source),
			    .what = o->task->title,
			    .due = o->due};
	int rc = db_prepare(db, &Q_calendar_due_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "task_id", o->task->id);
	stmt_i64(&st, "day", o->day);
	stmt_i64(&st, "due_at", o->due);
	/* A day that was dropped with an earlier rule is due again. */
	if ((rc = stmt_run(&st, e)) || !db_changes(db) || (rc = duty_reopen(db, who, duty.source, e)))
		return rc;
	return duty_open(db, who, &duty, o->now, e);
}

static int set_rolled(struct db *db, const struct actor *who, int64_t id, day_t day, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_calendar_task_rolled, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "rolled_day", day);
	return stmt_run(&st, e);
}

int task_open_days(struct db *db, const struct actor *who, const struct task_house *house, struct task *t,
		   struct err *e)
{
	int offset = 0, rc = zone_of(db, who, &offset, e);
	day_t last = day_at(house->now, offset) + TASK_AHEAD_DAYS, day;

	if (rc)
		return rc;
	day = recur_next(&t->rule, house->holidays, t->rolled + 1);
	while (!rc && day != DAY_NONE && day <= last) {
		time_us due = day_begin(day, offset) + (t->due_min + 1) * TIME_MINUTE;

		/* A day whose time had passed before the rule was there was never due. */
		if (t->due_min != TASK_DAY_END)
			due -= TIME_MINUTE;
		if (due > t->changed_at)
			rc = open_day(db, who, &(struct opening){t, day, due, house->now}, e);
		day = recur_next(&t->rule, house->holidays, day + 1);
	}
	if (rc || last <= t->rolled)
		return rc;
	t->rolled = last;
	return set_rolled(db, who, t->id, last, e);
}

int task_drop_days(struct db *db, const struct actor *who, int64_t task_id, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	day_t days[TASK_AHEAD_DAYS + 16];
	uint32_t count = 0;
	int rc;

	{
		_cleanup_stmt_ struct stmt st = {0};

		if ((rc = db_prepare(db, &Q_calendar_due_future, &scope, &st, e)))
			return rc;
		stmt_i64(&st, "task_id", task_id);
		stmt_i64(&st, "now", now);
		stmt_i64(&st, "count", COUNT_OF(days));
		while ((rc = stmt_step(&st, e)) > 0)
			days[count++] = (day_t)stmt_col_i64(&st, "day");
	}
	for (uint32_t i = 0; !rc && i < count; i++) {
		_cleanup_stmt_ struct stmt st = {0};
		char source[64];

		if ((rc = db_prepare(db, &Q_calendar_due_drop, &scope, &st, e)))
			return rc;
		stmt_i64(&st, "task_id", task_id);
		stmt_i64(&st, "day", days[i]);
		if (!(rc = stmt_run(&st, e)))
			rc = duty_drop(db, who, source_of(task_id, days[i], source), now, e);
	}
	return rc;
}

/* ---- closing a day ---- */

static int close_row(struct db *db, const struct actor *who, const struct due_close *c, int64_t work_id, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_calendar_due_close, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "task_id", c->task_id);
	stmt_i64(&st, "day", c->day);
	stmt_text(&st, "state", str_of(due_state_name(c->state)));
	stmt_text(&st, "note", c->note.ptr ? c->note : STR(""));
	stmt_i64(&st, "work_id", work_id);
	stmt_i64(&st, "closed_by", who->user_id);
	stmt_text(&st, "closed_name", str_of(who->name));
	stmt_i64(&st, "closed_at", c->now);
	stmt_text(&st, "blob", c->blob ? str_of(c->blob->sha256.text) : STR(""));
	stmt_text(&st, "blob_name", c->blob && c->blob_name.ptr ? c->blob_name : STR(""));
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_WRONG_STATE, "err.manage.closed");
}

/* A blob belongs to the organisation from here on. */
static int keep_blob(struct db *db, const struct actor *who, const struct due_close *c, struct err *e)
{
	struct scope scope = actor_scope(who);
	char owner[64];
	struct blob_ref ref = {.owner = source_of(c->task_id, c->day, owner), .now = c->now};

	if (!c->blob)
		return 0;
	ref.blob = *c->blob;
	return blob_ref_add(db, &scope, &ref, e);
}

static int record(struct db *db, const struct actor *who, const struct due_close *c, const struct due *due,
		  int64_t *ret_id, struct err *e)
{
	char object[64];
	int len = snprintf(object, sizeof(object), "task:%lld", (long long)c->task_id);
	int minutes = c->minutes ? c->minutes : due->minutes;
	struct work w = {.service = due->service,
			 .action = STR("task.done"),
			 .object = {object, (size_t)len},
			 .started = c->now - minutes * TIME_MINUTE,
			 .ended = c->now,
			 .result = utf8_cut(c->note.len ? c->note : due->title, WORK_RESULT_MAX)};
	int rc = work_record(db, who, &w, e);

	if (!rc)
		*ret_id = db_last_id(db);
	return rc;
}

static int close_inside(struct db *db, const struct actor *who, const struct due_close *c, struct arena *a,
			struct err *e)
{
	char date[DAY_TEXT_MAX], source[64];
	const struct trail_pair pairs[] = {{"day", {date, day_format(c->day, date)}}, {"note", c->note}, {0}};
	struct trail t = {.action = c->state == DUE_DONE ? "task.done" : "task.skip",
			  .kind = "task",
			  .id = c->task_id,
			  .now = c->now,
			  .pairs = pairs};
	int64_t work_id = 0;
	struct due due;
	int rc = due_load(db, actor_scope(who), c->task_id, c->day, a, &due, e);

	if (rc)
		return rc;
	if (due.state != DUE_OPEN)
		return err_set_value(e, ERR_WRONG_STATE, "err.manage.closed", due.closed_by);
	if (!str_trim(c->note).len && !c->blob && (c->state == DUE_SKIPPED || due.needs_note)) {
		rc = err_set(e, ERR_RANGE, c->state == DUE_SKIPPED ? "err.manage.reason" : "err.manage.note");
		err_path(e, STR("note"));
		return rc;
	}
	if (c->state == DUE_DONE)
		rc = record(db, who, c, &due, &work_id, e);
	if (rc || (rc = close_row(db, who, c, work_id, e)) || (rc = keep_blob(db, who, c, e)))
		return rc;
	rc = c->state == DUE_DONE ? duty_done(db, who, source_of(c->task_id, c->day, source), c->now, e)
				  : duty_drop(db, who, source_of(c->task_id, c->day, source), c->now, e);
	return rc ? rc : trail_add(db, who, &t, e);
}

int due_close(struct db *db, const struct actor *who, const struct due_close *c, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	int rc;

	CHECK(c->state == DUE_DONE || c->state == DUE_SKIPPED);
	if ((rc = check_length("note", c->note, TASK_NOTE_MAX, false, e)))
		return rc;
	if (c->minutes < 0 || c->minutes > TASK_MINUTES_MAX) {
		rc = err_set(e, ERR_RANGE, "err.manage.minutes");
		err_path(e, STR("minutes"));
		return rc;
	}
	arena_init(&arena, MANAGE_BUDGET);
	if ((rc = db_begin(db, e)))
		return rc;
	return db_end(db, close_inside(db, who, c, &arena, e), e);
}

/* ---- the roll ---- */

static int roll_tenant(struct db *db, const struct task_house *house, int64_t tenant_id, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct actor system = actor_system(tenant_id);
	struct task_list list;
	int rc;

	arena_init(&arena, MANAGE_BUDGET);
	if ((rc = db_begin(db, e)))
		return rc;
	rc = task_list(db, actor_scope(&system), &arena, &list, e);
	for (uint32_t i = 0; !rc && i < list.count && list.items[i].is_active; i++)
		rc = task_open_days(db, &system, house, &list.items[i], e);
	return db_end(db, rc, e);
}

int task_roll(struct db *db, const struct task_house *house, struct err *e)
{
	int64_t *tenants = mem_alloc(ROLL_TENANTS_MAX, sizeof(*tenants));
	uint32_t count = 0;
	int rc;

	{
		_cleanup_stmt_ struct stmt st = {0};

		rc = db_prepare(db, &Q_calendar_roll_tenants, NULL, &st, e);
		if (!rc) {
			/* A zone east of UTC may be a day ahead; half a day's slack keeps the hourly look cheap. */
			stmt_i64(&st, "day", day_at(house->now, 0) + TASK_AHEAD_DAYS);
			stmt_i64(&st, "count", ROLL_TENANTS_MAX);
			while ((rc = stmt_step(&st, e)) > 0)
				tenants[count++] = stmt_col_i64(&st, "tenant_id");
		}
	}
	for (uint32_t i = 0; !rc && i < count; i++)
		rc = roll_tenant(db, house, tenants[i], e);
	free(tenants);
	return rc;
}
