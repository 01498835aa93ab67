#include "craft/duty/duty.h"

#include <stdio.h>

#include "base/check.h"
#include "store/queries.gen.h"

static int check_text(const char *field, str value, size_t max, struct err *e)
{
	char text[24];
	int len, rc;

	if (value.len && value.len <= max)
		return 0;
	rc = err_set_value(e, ERR_RANGE, value.len ? "err.duty.long" : "err.duty.empty", str_sub(value, 0, 32));
	len = snprintf(text, sizeof(text), "%zu", max);
	err_path(e, str_of(field));
	err_expected(e, (str){text, (size_t)len});
	return rc;
}

int duty_open(struct db *db, const struct actor *who, const struct duty *duty, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc;

	CHECK(db_in_transaction(db));
	if ((rc = check_text("service", duty->service, DUTY_SERVICE_MAX, e)) ||
	    (rc = check_text("source", duty->source, DUTY_SOURCE_MAX, e)) ||
	    (rc = check_text("what", duty->what, DUTY_WHAT_MAX, e)) ||
	    (rc = db_prepare(db, &Q_duty_open, &scope, &st, e)))
		return rc;
	stmt_text(&st, "service", duty->service);
	stmt_text(&st, "source", duty->source);
	stmt_text(&st, "what", duty->what);
	stmt_i64(&st, "due_at", duty->due);
	stmt_i64(&st, "now", now);
	return stmt_run(&st, e);
}

int duty_done(struct db *db, const struct actor *who, str source, time_us at, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc;

	CHECK(db_in_transaction(db));
	if ((rc = db_prepare(db, &Q_duty_done, &scope, &st, e)))
		return rc;
	stmt_text(&st, "source", source);
	stmt_text(&st, "done_by", str_of(who->name));
	stmt_i64(&st, "at", at);
	return stmt_run(&st, e);
}

int duty_drop(struct db *db, const struct actor *who, str source, time_us at, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc;

	CHECK(db_in_transaction(db));
	if ((rc = db_prepare(db, &Q_duty_drop, &scope, &st, e)))
		return rc;
	stmt_text(&st, "source", source);
	stmt_i64(&st, "at", at);
	return stmt_run(&st, e);
}

int duty_reopen(struct db *db, const struct actor *who, str source, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc;

	CHECK(db_in_transaction(db));
	if ((rc = db_prepare(db, &Q_duty_reopen, &scope, &st, e)))
		return rc;
	stmt_text(&st, "source", source);
	return stmt_run(&st, e);
}

int duty_facts(struct db *db, struct scope scope, time_us now, struct arena *a, struct duty_facts **ret,
	       uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct duty_facts *rows = arena_alloc(a, DUTY_SERVICES_MAX * sizeof(*rows));
	uint32_t count = 0;
	int rc = db_prepare(db, &Q_duty_facts, &scope, &st, e);

	if (rc)
		return rc;
	if (!rows)
		return err_set(e, ERR_LIMIT, "err.duty.budget");
	stmt_i64(&st, "now", now);
	stmt_i64(&st, "from_at", now - DUTY_FACTS_DAYS * TIME_DAY);
	stmt_i64(&st, "count", DUTY_SERVICES_MAX);
	while ((rc = stmt_step(&st, e)) > 0) {
		struct duty_facts *f = &rows[count++];

		*f = (struct duty_facts){.service = arena_str(a, stmt_col_text(&st, "service")),
					 .done = stmt_col_i64(&st, "done"),
					 .missed = stmt_col_i64(&st, "missed"),
					 .open = stmt_col_i64(&st, "still_open"),
					 .last_missed = stmt_col_i64(&st, "last_missed"),
					 .next_due = stmt_col_i64(&st, "next_due")};
		if (!f->service.ptr)
			return err_set(e, ERR_LIMIT, "err.duty.budget");
	}
	if (rc < 0)
		return rc;
	*ret = rows;
	*ret_count = count;
	return 0;
}

int duty_list(struct db *db, struct scope scope, const struct duty_query *query, struct arena *a, struct duty_row **ret,
	      uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct duty_row *rows = arena_alloc(a, DUTY_LIST_MAX * sizeof(*rows));
	uint32_t count = 0;
	int rc = db_prepare(db, query->open_only ? &Q_duty_list_open : &Q_duty_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!rows)
		return err_set(e, ERR_LIMIT, "err.duty.budget");
	stmt_text(&st, "service", query->service.ptr ? query->service : STR(""));
	stmt_i64(&st, "count", DUTY_LIST_MAX);
	while ((rc = stmt_step(&st, e)) > 0) {
		struct duty_row *r = &rows[count++];

		*r = (struct duty_row){.id = stmt_col_i64(&st, "id"),
				       .duty = {.service = arena_str(a, stmt_col_text(&st, "service")),
						.source = arena_str(a, stmt_col_text(&st, "source")),
						.what = arena_str(a, stmt_col_text(&st, "what")),
						.due = stmt_col_i64(&st, "due_at")},
				       .done = stmt_col_i64(&st, "done_at"),
				       .done_by = arena_str(a, stmt_col_text(&st, "done_by"))};
		r->is_missed = !r->done && r->duty.due <= query->now;
		if (!r->duty.service.ptr || !r->duty.source.ptr || !r->duty.what.ptr || !r->done_by.ptr)
			return err_set(e, ERR_LIMIT, "err.duty.budget");
	}
	if (rc < 0)
		return rc;
	*ret = rows;
	*ret_count = count;
	return 0;
}
