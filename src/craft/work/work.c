#include "craft/work/work.h"

#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "store/queries.gen.h"
#include "store/rows.h"

static const char *const occasion_names[OCCASION_COUNT] = {
#define WORK_NAME(symbol, name) [symbol] = name,
	WORK_OCCASIONS(WORK_NAME)
#undef WORK_NAME
};

const char *occasion_name(enum occasion o)
{
	CHECK(o < OCCASION_COUNT);
	return occasion_names[o];
}

bool occasion_parse(str name, enum occasion *ret)
{
	for (size_t i = 0; i < OCCASION_COUNT; i++)
		if (str_eq(name, str_of(occasion_names[i]))) {
			*ret = (enum occasion)i;
			return true;
		}
	return false;
}

static int refuse(struct err *e, const char *key, str field, str value)
{
	int rc = err_set_value(e, ERR_RANGE, key, value);

	err_path(e, field);
	return rc;
}

static int check_length(str field, str value, size_t max, struct err *e)
{
	int rc;

	if (value.len <= max)
		return 0;
	rc = refuse(e, "err.work.long", field, str_sub(value, 0, 32));
	if (e) {
		char text[24];
		int len = snprintf(text, sizeof(text), "%zu", max);

		err_expected(e, (str){text, (size_t)len});
	}
	return rc;
}

static int work_check(const struct work *w, struct err *e)
{
	int rc;

	if (!w->service.len)
		return refuse(e, "err.work.service", STR("service"), w->service);
	if (!w->action.len)
		return refuse(e, "err.work.action", STR("action"), w->action);
	if (w->ended < w->started)
		return refuse(e, "err.work.order", STR("ended"), STR_NONE);
	if (w->recorded && w->ended > w->recorded)
		return refuse(e, "err.work.future", STR("ended"), STR_NONE);
	if ((rc = check_length(STR("service"), w->service, WORK_SERVICE_MAX, e)) ||
	    (rc = check_length(STR("action"), w->action, WORK_ACTION_MAX, e)) ||
	    (rc = check_length(STR("object"), w->object, WORK_OBJECT_MAX, e)))
		return rc;
	return check_length(STR("result"), w->result, WORK_RESULT_MAX, e);
}

static int person_add(struct db *db, const struct actor *who, const struct work *w, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_work_person_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "service", w->service);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "occasion", str_of(occasion_name(w->occasion)));
	stmt_i64(&st, "ended_at", w->ended);
	return stmt_run(&st, e);
}

int work_record(struct db *db, const struct actor *who, const struct work *work, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc;

	CHECK(db_in_transaction(db));
	CHECK(work->occasion < OCCASION_COUNT);
	if ((rc = work_check(work, e)) || (rc = person_add(db, who, work, e)) ||
	    (rc = db_prepare(db, &Q_work_insert, &scope, &st, e)))
		return rc;
	stmt_text(&st, "service", work->service);
	stmt_text(&st, "action", work->action);
	stmt_text(&st, "object", work->object.ptr ? work->object : STR(""));
	stmt_text(&st, "occasion", str_of(occasion_name(work->occasion)));
	stmt_i64(&st, "procedure_version", work->procedure_version);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "started_at", work->started);
	stmt_i64(&st, "ended_at", work->ended);
	stmt_i64(&st, "recorded_at", work->recorded ? work->recorded : work->ended);
	stmt_text(&st, "result", work->result.ptr ? work->result : STR(""));
	return stmt_run(&st, e);
}

static int row_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct work_row *row = ret;
	struct work *w = &row->work;

	(void)e;
	row->id = stmt_col_i64(st, "id");
	row->user_id = stmt_col_i64(st, "user_id");
	row->user_name = stmt_take(st, "user_name", a);
	w->service = stmt_take(st, "service", a);
	w->action = stmt_take(st, "action", a);
	w->object = stmt_take(st, "object", a);
	w->result = stmt_take(st, "result", a);
	if (!occasion_parse(stmt_col_text(st, "occasion"), &w->occasion))
		w->occasion = OCCASION_REAL;
	w->procedure_version = stmt_col_i64(st, "procedure_version");
	w->started = stmt_col_i64(st, "started_at");
	w->ended = stmt_col_i64(st, "ended_at");
	w->recorded = stmt_col_i64(st, "recorded_at");
	return 0;
}

static const struct row_kind ROW = {sizeof(struct work_row), row_read};

int work_list(struct db *db, struct scope scope, str service, struct work_cursor from, struct arena *a,
	      struct work_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	const struct work_row *last;
	struct rows rows;
	int rc = db_prepare(db, service.len ? &Q_work_list_service : &Q_work_list_all, &scope, &st, e);

	if (rc)
		return rc;
	if (service.len)
		stmt_text(&st, "service", service);
	stmt_i64(&st, "before_at", from.id ? from.ended : INT64_MAX);
	stmt_i64(&st, "before_id", from.id ? from.id : INT64_MAX);
	stmt_i64(&st, "count", WORK_PAGE_MAX + 1);
	rc = rows_read(&st, &ROW, WORK_PAGE_MAX, a, &rows, e);
	if (rc)
		return rc;
	*ret = (struct work_list){.rows = rows.items, .count = rows.count};
	if (rows.has_more) {
		last = &ret->rows[rows.count - 1];
		ret->next = (struct work_cursor){.ended = last->work.ended, .id = last->id};
	}
	return 0;
}

static int person_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct work_person *p = ret;

	(void)e;
	p->service = stmt_take(st, "service", a);
	if (!occasion_parse(stmt_col_text(st, "occasion"), &p->occasion))
		p->occasion = OCCASION_REAL;
	p->user_id = stmt_col_i64(st, "user_id");
	p->count = stmt_col_i64(st, "records");
	p->first = stmt_col_i64(st, "first_at");
	p->last = stmt_col_i64(st, "last_at");
	return 0;
}

static const struct row_kind PERSON = {sizeof(struct work_person), person_read};

int work_people(struct db *db, struct scope scope, struct arena *a, struct work_person **ret, uint32_t *ret_count,
		struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_work_people, &scope, &st, e);

	if (rc)
		return rc;
	rc = rows_read(&st, &PERSON, WORK_PEOPLE_MAX, a, &rows, e);
	if (rc)
		return rc;
	*ret = rows.items;
	*ret_count = rows.count;
	return 0;
}
