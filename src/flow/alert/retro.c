/* The records of comparisons with kept events. */
#include "flow/alert/retro.h"

#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "store/queries.gen.h"
#include "store/rows.h"

#define ATTEMPTS 100

bool retro_is_open(const struct retro *r)
{
	return str_eq(r->state, STR("waiting")) || str_eq(r->state, STR("running"));
}

static int read_one(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct retro *r = ret;

	(void)e;
	r->id = stmt_col_i64(st, "id");
	r->lists = stmt_take(st, "lists", a);
	r->from = stmt_col_i64(st, "from_at");
	r->until = stmt_col_i64(st, "until_at");
	r->state = stmt_take(st, "state", a);
	r->progress = stmt_col_i64(st, "progress");
	r->before = (event_id)stmt_col_i64(st, "before_id");
	r->events = stmt_col_i64(st, "events");
	r->hits = stmt_col_i64(st, "hits");
	r->alerts = stmt_col_i64(st, "alerts");
	r->looked_until = stmt_col_i64(st, "looked_until");
	r->failure = stmt_take(st, "failure", a);
	r->user_id = stmt_col_i64(st, "user_id");
	r->user_name = stmt_take(st, "user_name", a);
	r->created_at = stmt_col_i64(st, "created_at");
	r->started_at = stmt_col_i64(st, "started_at");
	r->ended_at = stmt_col_i64(st, "ended_at");
	return 0;
}

static const struct row_kind retro_rows = {sizeof(struct retro), read_one};

int retro_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct retro *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_retro_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	return row_read_one(&st, &retro_rows, "err.retro.absent", a, ret, e);
}

int retro_list(struct db *db, struct scope scope, struct arena *a, struct retro_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_retro_list_all, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "limit", RETRO_PAGE);
	rc = rows_read(&st, &retro_rows, RETRO_PAGE, a, &rows, e);
	if (!rc)
		*ret = (struct retro_list){rows.items, rows.count};
	return rc;
}

/* ---- beginning ---- */

static int note(struct db *db, const struct actor *who, str action, int64_t id, time_us now, struct err *e)
{
	char object[48];

	snprintf(object, sizeof(object), "retro:%lld", (long long)id);
	return audit_append(db, who, action, str_of(object), STR("{}"), now, e);
}

static int check_room(struct db *db, struct scope scope, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_retro_open_count, &scope, &st, e);

	if (rc)
		return rc;
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	return stmt_col_i64(&st, "n") < (int64_t)RETRO_OPEN_MAX ? 0 : err_set(e, ERR_LIMIT, "err.retro.many");
}

/* Both lists of lists in one; all lists when either says so or there are too many. */
static str join_lists(str old, str more, struct buf *out)
{
	str rest = more, path;

	if (!old.len || !more.len)
		return STR("");
	buf_add(out, old);
	while (str_next(&rest, '\n', &path)) {
		str among = old, known;
		bool has = false;

		while (!has && str_next(&among, '\n', &known))
			has = str_eq(known, path);
		if (has)
			continue;
		buf_add_byte(out, '\n');
		buf_add(out, path);
	}
	return out->failed ? STR("") : buf_str(out);
}

/* *ret_id is 0 when none waits. */
static int widen_waiting(struct db *db, struct scope scope, const struct retro_new *new, int64_t *ret_id, struct err *e)
{
	_cleanup_(buf_done) struct buf all = {.max = RETRO_LISTS_BYTES_MAX};
	_cleanup_stmt_ struct stmt st = {0}, put = {0};
	int rc = db_prepare(db, &Q_retro_waiting, &scope, &st, e);
	str lists;

	*ret_id = 0;
	if (rc || (rc = stmt_step(&st, e)) <= 0)
		return rc;
	*ret_id = stmt_col_i64(&st, "id");
	lists = join_lists(stmt_col_text(&st, "lists"), new->lists, &all);
	rc = db_prepare(db, &Q_retro_widen, &scope, &put, e);
	if (rc)
		return rc;
	stmt_i64(&put, "id", *ret_id);
	stmt_text(&put, "lists", lists);
	stmt_i64(&put, "until", new->now + 1);
	return stmt_run(&put, e);
}

static int insert(struct db *db, const struct actor *who, const struct retro_new *new, int64_t *ret_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	struct kept_job job = {.tenant_id = who->tenant_id,
			       .queue = RETRO_QUEUE,
			       .kind = RETRO_KIND,
			       .attempts = ATTEMPTS,
			       .now = new->now};
	int rc = db_prepare(db, &Q_retro_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "lists", new->lists.len <= RETRO_LISTS_BYTES_MAX &&new->lists.ptr ? new->lists : STR(""));
	stmt_i64(&st, "from", new->now - (time_us) new->days *TIME_DAY);
	stmt_i64(&st, "until", new->now + 1);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", new->now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	*ret_id = job.id = db_last_id(db);
	return kept_job_add(db, &job, e);
}

int retro_start(struct db *db, const struct actor *who, const struct retro_new *new, int64_t *ret_id, struct err *e)
{
	char text[24];
	int rc;

	CHECK(db_in_transaction(db));
	if (new->days < 1 || new->days > RETRO_DAYS_MAX) {
		snprintf(text, sizeof(text), "%u", new->days);
		rc = err_set_value(e, ERR_RANGE, "err.retro.days", str_of(text));
		err_path(e, STR("days"));
		return rc;
	}
	/* Somebody's own run has its own span of days, so only runs that nobody asked for are put together. */
	*ret_id = 0;
	rc = who->user_id ? check_room(db, actor_scope(who), e) : widen_waiting(db, actor_scope(who), new, ret_id, e);
	if (!rc && !*ret_id)
		rc = insert(db, who, new, ret_id, e);
	return rc ? rc : note(db, who, STR("intel.retro"), *ret_id, new->now, e);
}

int retro_cancel(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	_cleanup_(arena_done) struct arena a;
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	struct retro r;
	int rc;

	CHECK(db_in_transaction(db));
	arena_init(&a, 1u << 20);
	rc = retro_find(db, scope, id, &a, &r, e);
	if (!rc)
		rc = db_prepare(db, &Q_retro_cancel, &scope, &st, e);
	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "now", now);
	rc = stmt_run(&st, e);
	if (!rc && db_changes(db) != 1)
		return err_set(e, ERR_WRONG_STATE, "err.retro.ended");
	return rc ? rc : note(db, who, STR("intel.retro.cancel"), id, now, e);
}
