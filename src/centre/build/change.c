/* Taking changes back, and the list of them. */
#include "base/mem.h"
#include "centre/build/internal.h"
#include "store/queries.gen.h"

#define UNDO_BUDGET ((size_t)4 << 20) /* bytes: the rows of one change */

static bool kind_parse(str name, enum change_kind *ret)
{
	for (enum change_kind k = 0; k < CHANGE_KIND_COUNT; k++)
		if (str_eq(name, str_of(change_kind_name(k)))) {
			*ret = k;
			return true;
		}
	return false;
}

static bool change_read(struct stmt *st, struct arena *a, struct change *c)
{
	*c = (struct change){.id = stmt_col_i64(st, "id"),
			     .row_count = (uint32_t)stmt_col_i64(st, "row_count"),
			     .user_id = stmt_col_i64(st, "user_id"),
			     .user_name = arena_str(a, stmt_col_text(st, "user_name")),
			     .at = stmt_col_i64(st, "at"),
			     .undoes = stmt_col_is_null(st, "undoes") ? 0 : stmt_col_i64(st, "undoes"),
			     .undone_by = stmt_col_is_null(st, "undone_by") ? 0 : stmt_col_i64(st, "undone_by")};
	return kind_parse(stmt_col_text(st, "kind"), &c->kind) && c->user_name.ptr;
}

struct finding {
	const struct query *query;
	const struct framework *framework;
	const char *param; /* its value, NULL = none */
	int64_t value;
};

/* 1 = found, 0 = none, negative = error. */
static int change_find(struct db *db, struct scope scope, const struct finding *f, struct arena *a, struct change *ret,
		       struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, f->query, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", f->framework->id);
	stmt_i64(&st, f->param, f->value);
	rc = stmt_step(&st, e);
	if (rc > 0 && !change_read(&st, a, ret))
		return err_set(e, ERR_LIMIT, "err.build.budget");
	return rc;
}

static int rows_read(struct db *db, struct scope scope, struct change *c, uint32_t most, struct arena *a, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_change_rows, &scope, &st, e);

	if (rc)
		return rc;
	c->rows = arena_alloc(a, most * sizeof(*c->rows));
	if (!c->rows)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	stmt_i64(&st, "change_id", c->id);
	stmt_i64(&st, "count", most);
	while ((rc = stmt_step(&st, e)) > 0 && c->rows_read < most)
		c->rows[c->rows_read++] = (struct change_row){.service = arena_str(a, stmt_col_text(&st, "service")),
							      .before = stmt_col_i64(&st, "before_version"),
							      .after = stmt_col_i64(&st, "after_version")};
	return rc < 0 ? rc : 0;
}

/* ---- undo ---- */

struct row_undo {
	const struct framework *framework;
	const struct change_row *row;
	struct arena *arena;
};

/* The row as it was before, on top of the present one, whose content nobody may have changed since. */
static int row_back(struct db *db, const struct actor *who, const struct row_undo *u, struct service_edit *edit,
		    struct err *e)
{
	struct service_state *state = arena_alloc(u->arena, sizeof(*state)), present, after;
	struct state_query query = {.framework = u->framework, .service = u->row->service};
	int rc;

	if (!state)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	if ((rc = service_state_load(db, actor_scope(who), &query, u->arena, &present, e)))
		return rc;
	query.version = u->row->after;
	if ((rc = service_state_load(db, actor_scope(who), &query, u->arena, &after, e)))
		return rc;
	if (state_differs(&present, &after, FIELDS_ALL)) {
		rc = err_set_value(e, ERR_CONFLICT, "err.build.undo_changed", u->row->service);
		err_expected(e, present.user_name);
		return rc;
	}
	*state = (struct service_state){.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED};
	query.version = u->row->before;
	if (u->row->before && (rc = service_state_load(db, actor_scope(who), &query, u->arena, state, e)))
		return rc;
	*edit = (struct service_edit){.service = u->row->service, .expected = present.version, .state = state};
	return 0;
}

static int mark(struct db *db, struct scope scope, int64_t id, int64_t undone_by, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_change_mark, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "undone_by", undone_by);
	return stmt_run(&st, e);
}

static int find_undo(struct db *db, const struct actor *who, const struct change_undo *u, struct arena *a,
		     struct change *ret, struct err *e)
{
	struct finding f = {.query = u->id ? &Q_change_get : &Q_change_last,
			    .framework = u->framework,
			    .param = u->id ? "id" : "user_id",
			    .value = u->id ? u->id : who->user_id};
	int rc = change_find(db, actor_scope(who), &f, a, ret, e);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "err.build.no_change");
	if (ret->undone_by)
		return err_set(e, ERR_WRONG_STATE, "err.build.undone");
	return rows_read(db, actor_scope(who), ret, CHANGE_ROWS_MAX, a, e);
}

static int undo_inside(struct db *db, const struct actor *who, const struct change_undo *u, struct arena *a,
		       int64_t *ret_id, struct err *e)
{
	struct change c;
	struct change_set set = {.framework = u->framework, .now = u->now};
	struct change_write write = {.set = &set, .keep_same = true, .keep_signatures = true};
	struct service_edit *edits;
	int rc = find_undo(db, who, u, a, &c, e);

	if (rc)
		return rc;
	edits = arena_alloc(a, c.rows_read * sizeof(*edits));
	if (!edits)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	for (uint32_t i = 0; i < c.rows_read; i++)
		if ((rc = row_back(db, who, &(struct row_undo){u->framework, &c.rows[i], a}, &edits[i], e)))
			return rc;
	set.kind = c.kind == CHANGE_UNDO ? CHANGE_REDO : CHANGE_UNDO;
	set.edits = edits;
	set.count = c.rows_read;
	write.undoes = c.id;
	rc = change_write(db, who, &write, ret_id, e);
	return rc ? rc : mark(db, actor_scope(who), c.id, *ret_id, e);
}

int change_undo(struct db *db, const struct actor *who, const struct change_undo *undo, int64_t *ret_id, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	int64_t id = 0;
	int rc;

	arena_init(&arena, UNDO_BUDGET);
	if ((rc = db_begin(db, e)))
		return rc;
	rc = undo_inside(db, who, undo, &arena, &id, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = id;
	return rc;
}

int change_buttons(struct db *db, const struct actor *who, const struct framework *fw, struct change_buttons *ret,
		   struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct finding last = {&Q_change_last, fw, "user_id", who->user_id};
	struct finding newest = {&Q_change_newest, fw, "user_id", who->user_id};
	struct change_buttons b = {0};
	struct change c;
	int rc;

	arena_init(&arena, 4096);
	if ((rc = change_find(db, actor_scope(who), &last, &arena, &c, e)) < 0)
		return rc;
	if (rc > 0) {
		b.undo = c.id;
		b.undo_kind = c.kind;
		b.undo_rows = c.row_count;
	}
	if ((rc = change_find(db, actor_scope(who), &newest, &arena, &c, e)) < 0)
		return rc;
	if (rc > 0 && c.kind == CHANGE_UNDO && !c.undone_by)
		b.redo = c.id;
	*ret = b;
	return 0;
}

/* ---- an earlier version ---- */

int change_restore(struct db *db, const struct actor *who, const struct change_restore *restore, int64_t *ret_id,
		   struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct state_query query = {restore->framework, restore->service, restore->version};
	struct service_state state;
	struct service_edit edit = {restore->service, restore->expected, &state};
	struct change_set set = {.framework = restore->framework,
				 .kind = CHANGE_RESTORE,
				 .edits = &edit,
				 .count = 1,
				 .now = restore->now};
	int rc;

	arena_init(&arena, 64u << 10);
	if (restore->version < 1)
		return err_set_value(e, ERR_NOT_FOUND, "err.build.version", restore->service);
	if ((rc = service_state_load(db, actor_scope(who), &query, &arena, &state, e)))
		return rc;
	return change_set_save(db, who, &set, ret_id, e);
}

/* ---- the list ---- */

int change_list(struct db *db, struct scope scope, const struct change_query *query, struct arena *a,
		struct change_list *ret, struct err *e)
{
	struct change_list list = {.items = arena_alloc(a, (CHANGE_LIST_MAX + 1) * sizeof(*list.items))};
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_change_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!list.items)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	stmt_text(&st, "framework", query->framework->id);
	stmt_i64(&st, "before_id", query->before ? query->before : INT64_MAX);
	stmt_i64(&st, "count", CHANGE_LIST_MAX + 1);
	while ((rc = stmt_step(&st, e)) > 0)
		if (!change_read(&st, a, &list.items[list.count++]))
			return err_set(e, ERR_LIMIT, "err.build.budget");
	if (rc < 0)
		return rc;
	if (list.count > CHANGE_LIST_MAX) {
		list.count = CHANGE_LIST_MAX;
		list.next = list.items[CHANGE_LIST_MAX - 1].id;
	}
	for (uint32_t i = 0; i < list.count && query->rows; i++)
		if ((rc = rows_read(db, scope, &list.items[i], query->rows, a, e)))
			return rc;
	*ret = list;
	return 0;
}
