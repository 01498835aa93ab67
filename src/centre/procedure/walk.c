/* Walk-throughs: gone through by one, signed by another. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/procedure/internal.h"
#include "craft/work/work.h"
#include "store/queries.gen.h"

static int walk_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	(void)e;
	*(struct procedure_walk *)out = (struct procedure_walk){.id = stmt_col_i64(st, "id"),
								.version_id = stmt_col_i64(st, "version_id"),
								.walker_id = stmt_col_i64(st, "walker_id"),
								.signer_id = stmt_col_i64(st, "signer_id"),
								.walker = stmt_take(st, "walker", a),
								.signer = stmt_take(st, "signer", a),
								.remark = stmt_take(st, "remark", a),
								.walked = stmt_col_i64(st, "walked_at"),
								.signed_at = stmt_col_i64(st, "signed_at")};
	return 0;
}

static const struct row_kind walk_kind = {sizeof(struct procedure_walk), walk_row};

int procedure_walks(struct db *db, struct scope scope, int64_t procedure_id, struct arena *a, struct walk_list *ret,
		    struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_procedure_walk_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "procedure_id", procedure_id);
	stmt_i64(&st, "count", PROCEDURE_WALKS_MAX);
	if ((rc = rows_read(&st, &walk_kind, PROCEDURE_WALKS_MAX, a, &rows, e)))
		return rc;
	*ret = (struct walk_list){rows.items, rows.count};
	return 0;
}

static int insert(struct db *db, const struct actor *who, const struct walk_new *new, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_procedure_walk_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "version_id", new->version_id);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "walked_at", new->walked);
	stmt_text(&st, "remark", new->remark.ptr ? new->remark : STR(""));
	return stmt_run(&st, e);
}

int procedure_walk_add(struct db *db, const struct actor *who, const struct walk_new *new, time_us now, int64_t *ret_id,
		       struct err *e)
{
	struct trail t = {.action = "procedure.walk", .kind = "walk", .now = now};
	_cleanup_(arena_done) struct arena a = {0};
	struct procedure p;
	int rc = check_length("remark", new->remark, PROCEDURE_NOTE_MAX, false, e);

	if (!rc && (new->walked <= 0 || new->walked > now)) {
		rc = err_set(e, ERR_RANGE, "err.procedure.walked");
		err_path(e, STR("walked"));
	}
	arena_init(&a, ROW_ARENA);
	if (rc || (rc = db_begin(db, e)))
		return rc;
	rc = procedure_get(db, actor_scope(who), new->version_id, &a, &p, e);
	if (!rc && p.state != PROCEDURE_APPROVED && p.state != PROCEDURE_REVIEW)
		rc = err_set_value(e, ERR_WRONG_STATE, "err.procedure.state", str_of(procedure_state_name(p.state)));
	if (!rc && !(rc = insert(db, who, new, e))) {
		t.id = db_last_id(db);
		rc = trail_add(db, who, &t, e);
	}
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = t.id;
	return rc;
}

static int walk_get(struct db *db, struct scope scope, int64_t id, struct arena *a, struct procedure_walk *ret,
		    struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_procedure_walk_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	return row_read_one(&st, &walk_kind, "err.procedure.unknown", a, ret, e);
}

static int mark_signed(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_procedure_walk_sign, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.procedure.signed");
}

/* The occasion is the walker's, at the time of the walk; the signer's part is the signature in the trail. */
static int occasions(struct db *db, const struct actor *who, const struct procedure_walk *walk,
		     const struct procedure *p, time_us now, struct err *e)
{
	struct actor walker = *who;
	char object[48];
	struct work w = {.action = STR("procedure.walk"),
			 .occasion = OCCASION_WALK_THROUGH,
			 .procedure_version = p->id,
			 .started = walk->walked,
			 .ended = walk->walked,
			 .recorded = now,
			 .result = str_sub(walk->remark, 0, WORK_RESULT_MAX)};
	str rest = p->services;
	int rc = 0;

	walker.user_id = walk->walker_id;
	snprintf(walker.name, sizeof(walker.name), STR_FMT, STR_ARG(walk->walker));
	w.object = (str){object,
			 (size_t)snprintf(object, sizeof(object), "procedure:%lld", (long long)p->procedure_id)};
	while (!rc && services_next(&rest, &w.service))
		rc = work_record(db, &walker, &w, e);
	return rc;
}

int procedure_walk_sign(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	struct trail t = {.action = "procedure.sign", .kind = "walk", .id = id, .now = now};
	_cleanup_(arena_done) struct arena a = {0};
	struct procedure_walk walk;
	struct procedure p;
	int rc;

	arena_init(&a, ROW_ARENA);
	if ((rc = db_begin(db, e)))
		return rc;
	rc = walk_get(db, actor_scope(who), id, &a, &walk, e);
	if (!rc && (!who->user_id || walk.walker_id == who->user_id))
		rc = err_set(e, ERR_DENIED, "err.procedure.own_walk");
	if (!rc && !(rc = procedure_get(db, actor_scope(who), walk.version_id, &a, &p, e)) &&
	    !(rc = mark_signed(db, who, id, now, e)) && !(rc = occasions(db, who, &walk, &p, now, e)))
		rc = trail_add(db, who, &t, e);
	return db_end(db, rc, e);
}
