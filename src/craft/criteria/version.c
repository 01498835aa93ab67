/* Versions in and out of the store. */
#include "base/check.h"
#include "base/mem.h"
#include "craft/criteria/internal.h"
#include "craft/record/record.h"
#include "store/queries.gen.h"

#define CRITERIA_BUDGET ((size_t)512 << 10)

static const char *const kind_names[] = {"triage", "action"};
static const char *const kind_services[] = {"A-9", "A-10"};
static const char *const state_names[] = {"draft", "in_force", "retired"};
_Static_assert(COUNT_OF(kind_names) == CRITERIA_KIND_COUNT && COUNT_OF(kind_services) == CRITERIA_KIND_COUNT, "each");
_Static_assert(COUNT_OF(state_names) == CRITERIA_STATE_COUNT, "a name each");

const char *criteria_kind_name(enum criteria_kind kind)
{
	CHECK(kind < CRITERIA_KIND_COUNT);
	return kind_names[kind];
}

const char *criteria_kind_service(enum criteria_kind kind)
{
	CHECK(kind < CRITERIA_KIND_COUNT);
	return kind_services[kind];
}

bool criteria_kind_parse(str name, enum criteria_kind *ret)
{
	int at = name_find(&(struct name_table){kind_names, COUNT_OF(kind_names)}, name);

	if (at >= 0)
		*ret = (enum criteria_kind)at;
	return at >= 0;
}

const char *criteria_state_name(enum criteria_state state)
{
	CHECK(state < CRITERIA_STATE_COUNT);
	return state_names[state];
}

/* ---- out ---- */

static int row_read(struct stmt *st, struct arena *a, struct criteria *c, struct err *e)
{
	bool failed = false;
	int state = name_find(&(struct name_table){state_names, COUNT_OF(state_names)}, stmt_col_text(st, "state"));

	*c = (struct criteria){.id = stmt_col_i64(st, "id"),
			       .number = stmt_col_i64(st, "number"),
			       .changes = stmt_col_i64(st, "changes"),
			       .state = state > 0 ? (enum criteria_state)state : CRITERIA_DRAFT,
			       .note = row_text(st, "note", a, &failed),
			       .created_by = row_text(st, "created_by", a, &failed),
			       .approved_by = row_text(st, "approved_by", a, &failed),
			       .created_at = stmt_col_i64(st, "created_at"),
			       .approved_at = stmt_col_i64(st, "approved_at"),
			       .retired_at = stmt_col_i64(st, "retired_at")};
	if (failed || !criteria_kind_parse(stmt_col_text(st, "kind"), &c->kind))
		return err_set(e, ERR_LIMIT, "err.criteria.budget");
	return criteria_read(stmt_col_text(st, "body"), a, c, e);
}

int criteria_current(struct db *db, struct scope scope, enum criteria_kind kind, struct arena *a, struct criteria *ret,
		     struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct criteria c = {.kind = kind, .state = CRITERIA_IN_FORCE, .note = STR(""), .triage = triage_first_edition};
	int rc = db_prepare(db, &Q_criteria_in_force, &scope, &st, e);

	if (rc)
		return rc;
	c.created_by = c.approved_by = STR("");
	stmt_text(&st, "kind", str_of(criteria_kind_name(kind)));
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	rc = rc ? row_read(&st, a, &c, e) : kind == CRITERIA_ACTION ? policy_first_edition(a, &c.policy, e) : 0;
	if (!rc)
		*ret = c;
	return rc;
}

int triage_in_force(struct db *db, struct scope scope, struct triage_table *ret, int64_t *ret_number, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct criteria c;
	int rc;

	arena_init(&arena, CRITERIA_BUDGET);
	if ((rc = criteria_current(db, scope, CRITERIA_TRIAGE, &arena, &c, e)))
		return rc;
	*ret = c.triage;
	*ret_number = c.number;
	return 0;
}

int policy_in_force(struct db *db, struct scope scope, struct arena *a, struct policy_table *ret, int64_t *ret_number,
		    struct err *e)
{
	struct criteria c;
	int rc = criteria_current(db, scope, CRITERIA_ACTION, a, &c, e);

	if (rc)
		return rc;
	*ret = c.policy;
	*ret_number = c.number;
	return 0;
}

int criteria_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct criteria *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_criteria_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	return rc ? row_read(&st, a, ret, e) : err_set(e, ERR_NOT_FOUND, "err.criteria.absent");
}

int criteria_list(struct db *db, struct scope scope, enum criteria_kind kind, struct arena *a,
		  struct criteria_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct criteria_list list = {.items = arena_alloc(a, CRITERIA_LIST_MAX * sizeof(*list.items))};
	int rc = db_prepare(db, &Q_criteria_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!list.items)
		return err_set(e, ERR_LIMIT, "err.criteria.budget");
	stmt_text(&st, "kind", str_of(criteria_kind_name(kind)));
	stmt_i64(&st, "count", CRITERIA_LIST_MAX);
	while ((rc = stmt_step(&st, e)) > 0)
		if ((rc = row_read(&st, a, &list.items[list.count++], e)))
			return rc;
	if (rc < 0)
		return rc;
	*ret = list;
	return 0;
}

/* ---- in ---- */

static int next_number(struct db *db, struct scope scope, enum criteria_kind kind, int64_t *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_criteria_next, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "kind", str_of(criteria_kind_name(kind)));
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	CHECK(rc == 1);
	*ret = stmt_col_i64(&st, "number");
	return 0;
}

static int row_write(struct db *db, const struct actor *who, const struct criteria *c, str body, time_us now,
		     struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int64_t number = 0;
	int rc = c->id ? 0 : next_number(db, scope, c->kind, &number, e);

	if (rc || (rc = db_prepare(db, c->id ? &Q_criteria_update : &Q_criteria_insert, &scope, &st, e)))
		return rc;
	if (c->id) {
		stmt_i64(&st, "id", c->id);
		stmt_i64(&st, "changes", c->changes);
	} else {
		stmt_text(&st, "kind", str_of(criteria_kind_name(c->kind)));
		stmt_i64(&st, "number", number);
		stmt_i64(&st, "now", now);
	}
	stmt_text(&st, "body", body);
	stmt_text(&st, "note", c->note.ptr ? c->note : STR(""));
	stmt_text(&st, "created_by", str_of(who->name));
	stmt_i64(&st, "created_id", who->user_id);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.criteria.changed");
}

static int save_inside(struct db *db, const struct actor *who, const struct criteria *c, str body, time_us now,
		       int64_t *ret_id, struct err *e)
{
	const struct trail_pair pairs[] = {
		{"kind", str_of(criteria_kind_name(c->kind))}, {"note", c->note}, {"body", body}, {0}};
	struct trail t = {.action = "criteria.draft", .kind = "criteria", .id = c->id, .now = now, .pairs = pairs};
	int rc = row_write(db, who, c, body, now, e);

	if (rc)
		return rc;
	if (!c->id)
		t.id = db_last_id(db);
	*ret_id = t.id;
	rc = work_add(db, who, &t, criteria_kind_service(c->kind), e);
	return rc ? rc : trail_add(db, who, &t, e);
}

int criteria_save(struct db *db, const struct actor *who, const struct criteria *c, time_us now, int64_t *ret_id,
		  struct err *e)
{
	_cleanup_(buf_done) struct buf body = {0};
	int64_t id = 0;
	int rc = c->kind == CRITERIA_TRIAGE ? triage_check(&c->triage, e) : policy_check(&c->policy, e);

	buf_init(&body, CRITERIA_BODY_MAX);
	if (rc || (rc = check_length("note", c->note, CRITERIA_NOTE_MAX, false, e)) ||
	    (rc = criteria_write(c, &body, e)) || (rc = db_begin(db, e)))
		return rc;
	rc = db_end(db, save_inside(db, who, c, buf_str(&body), now, &id, e), e);
	if (!rc)
		*ret_id = id;
	return rc;
}

static int retire(struct db *db, const struct actor *who, enum criteria_kind kind, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_criteria_retire, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "kind", str_of(criteria_kind_name(kind)));
	stmt_i64(&st, "now", now);
	return stmt_run(&st, e);
}

static int approve_inside(struct db *db, const struct actor *who, int64_t id, int64_t changes, time_us now,
			  struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	struct trail t = {.action = "criteria.approve", .kind = "criteria", .id = id, .now = now};
	struct criteria c;
	int rc;

	arena_init(&arena, CRITERIA_BUDGET);
	if ((rc = criteria_load(db, scope, id, &arena, &c, e)))
		return rc;
	if (c.state != CRITERIA_DRAFT)
		return err_set(e, ERR_WRONG_STATE, "err.criteria.state");
	if ((rc = retire(db, who, c.kind, now, e)) || (rc = db_prepare(db, &Q_criteria_approve, &scope, &st, e)))
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "changes", changes);
	stmt_text(&st, "approved_by", str_of(who->name));
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	if (db_changes(db) != 1)
		return err_set(e, ERR_CONFLICT, "err.criteria.changed");
	rc = work_add(db, who, &t, criteria_kind_service(c.kind), e);
	return rc ? rc : trail_add(db, who, &t, e);
}

int criteria_approve(struct db *db, const struct actor *who, int64_t id, int64_t changes, time_us now, struct err *e)
{
	int rc = db_begin(db, e);

	return rc ? rc : db_end(db, approve_inside(db, who, id, changes, now, e), e);
}

static int drop_inside(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	struct trail t = {.action = "criteria.drop", .kind = "criteria", .id = id, .now = now};
	int rc = db_prepare(db, &Q_criteria_drop, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) ? trail_add(db, who, &t, e) : err_set(e, ERR_WRONG_STATE, "err.criteria.state");
}

int criteria_drop(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	int rc = db_begin(db, e);

	return rc ? rc : db_end(db, drop_inside(db, who, id, now, e), e);
}
