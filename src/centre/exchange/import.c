/* Imports that are kept, applied and taken back. */
#include <jansson.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "centre/exchange/internal.h"
#include "os/digest.h"
#include "store/queries.gen.h"

static const char *const state_names[IMPORT_STATE_COUNT] = {"seen", "applied", "undone"};

const char *import_state_name(enum import_state state)
{
	CHECK(state < IMPORT_STATE_COUNT);
	return state_names[state];
}

static bool state_parse(str name, enum import_state *ret)
{
	for (size_t i = 0; i < IMPORT_STATE_COUNT; i++)
		if (str_eq(name, str_of(state_names[i]))) {
			*ret = (enum import_state)i;
			return true;
		}
	return false;
}

/* ---- keep ---- */

static int forget_old(struct db *db, struct scope scope, time_us now, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_exchange_import_forget, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "before_time", now - EXCHANGE_LIFE);
	return stmt_run(&st, e);
}

static int insert(struct db *db, const struct actor *who, const struct exchange_keep *keep, struct err *e)
{
	struct digest_hex sum = digest_sha256_hex(keep->bytes);
	struct scope scope = actor_scope(who);
	_cleanup_(buf_done) struct buf name = {0};
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_exchange_import_insert, &scope, &st, e);

	if (rc)
		return rc;
	buf_init(&name, 4 * EXCHANGE_NAME_MAX);
	utf8_add_clean(&name, utf8_cut(keep->name, EXCHANGE_NAME_MAX));
	stmt_text(&st, "framework", keep->framework->id);
	stmt_text(&st, "name", name.len ? buf_str(&name) : STR("—"));
	stmt_text(&st, "sha256", digest_str(&sum));
	stmt_blob(&st, "file", keep->bytes);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", keep->now);
	return stmt_run(&st, e);
}

int exchange_keep(struct db *db, const struct actor *who, const struct exchange_keep *keep, int64_t *ret_id,
		  struct err *e)
{
	int64_t id = 0;
	int rc;

	if (keep->bytes.len > SHEET_FILE_MAX)
		return err_set(e, ERR_LIMIT, "err.sheet.file");
	if ((rc = db_begin(db, e)))
		return rc;
	rc = forget_old(db, actor_scope(who), keep->now, e);
	if (!rc)
		rc = insert(db, who, keep, e);
	id = db_last_id(db);
	if (!rc)
		rc = db_commit(db, e);
	if (rc)
		db_rollback(db);
	else
		*ret_id = id;
	return rc;
}

/* ---- read ---- */

static bool read_row(struct stmt *st, struct arena *a, struct exchange_import *im)
{
	*im = (struct exchange_import){.id = stmt_col_i64(st, "id"),
				       .change_id = stmt_col_is_null(st, "change_id") ? 0
										      : stmt_col_i64(st, "change_id"),
				       .name = arena_str(a, stmt_col_text(st, "name")),
				       .user_name = arena_str(a, stmt_col_text(st, "user_name")),
				       .at = stmt_col_i64(st, "created_at"),
				       .applied_at = stmt_col_i64(st, "applied_at"),
				       .rows = stmt_col_i64(st, "row_count")};
	return state_parse(stmt_col_text(st, "state"), &im->state) && im->name.ptr && im->user_name.ptr;
}

int exchange_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct exchange_import *ret,
		  str *ret_bytes, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct exchange_import im;
	str bytes;
	int rc = db_prepare(db, &Q_exchange_import_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "err.exchange.import");
	bytes = arena_str(a, stmt_col_text(&st, "file"));
	if (!read_row(&st, a, &im) || !bytes.ptr)
		return err_set(e, ERR_LIMIT, "err.sheet.budget");
	*ret = im;
	*ret_bytes = bytes;
	return 0;
}

int exchange_list(struct db *db, struct scope scope, struct arena *a, struct exchange_imports *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct exchange_imports list = {.items = arena_alloc(a, EXCHANGE_LIST_MAX * sizeof(*list.items))};
	int rc = db_prepare(db, &Q_exchange_import_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!list.items)
		return err_set(e, ERR_LIMIT, "err.sheet.budget");
	stmt_i64(&st, "count", EXCHANGE_LIST_MAX);
	while ((rc = stmt_step(&st, e)) > 0)
		if (!read_row(&st, a, &list.items[list.count++]))
			return err_set(e, ERR_LIMIT, "err.sheet.budget");
	if (rc < 0)
		return rc;
	*ret = list;
	return 0;
}

/* ---- apply ---- */

static bool is_taken(const struct exchange_apply *apply, str service)
{
	for (size_t i = 0; i < apply->take_count; i++)
		if (str_eq(apply->take[i], service))
			return true;
	return apply->take_all;
}

/* The rows to save; a row in conflict only when a person chose the file for it. */
static uint32_t choose(const struct exchange_plan *plan, const struct exchange_apply *apply, struct service_edit *edits,
		       uint32_t *ret_left)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->row_count; i++) {
		const struct exchange_row *row = &plan->rows[i];
		bool conflict = row->status == ROW_CONFLICT;

		if (conflict && !is_taken(apply, row->service->id)) {
			++*ret_left;
			continue;
		}
		if (row->status != ROW_NEW && row->status != ROW_CHANGED && !conflict)
			continue;
		edits[count++] = (struct service_edit){row->service->id, row->present,
						       conflict ? &row->taken : &row->merged};
	}
	return count;
}

static int trail(struct db *db, const struct actor *who, const struct exchange_import *im, const char *action,
		 time_us now, struct err *e)
{
	json_t *detail = json_pack("{s:s%, s:I, s:I}", "file", im->name.ptr, im->name.len, "change",
				   (json_int_t)im->change_id, "rows", (json_int_t)im->rows);
	_cleanup_free_ char *text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;
	char object[48];
	int rc;

	CHECK(text);
	json_decref(detail);
	snprintf(object, sizeof(object), "import:%lld", (long long)im->id);
	rc = audit_append(db, who, str_of(action), str_of(object), str_of(text), now, e);
	return rc;
}

static int mark(struct db *db, const struct actor *who, const struct exchange_import *im, bool undone, time_us now,
		struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, undone ? &Q_exchange_import_undo : &Q_exchange_import_apply, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", im->id);
	stmt_i64(&st, "now", now);
	if (!undone) {
		stmt_blob(&st, "file", STR(""));
		stmt_i64(&st, "row_count", im->rows);
		stmt_i64_or_null(&st, "change_id", im->change_id);
	}
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_WRONG_STATE, "err.exchange.state");
}

/* The change itself is one transaction of its own; what is lost between it and this is only the entry in the list. */
static int settle(struct db *db, const struct actor *who, const struct exchange_import *im, bool undone, time_us now,
		  struct err *e)
{
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	rc = mark(db, who, im, undone, now, e);
	if (!rc)
		rc = trail(db, who, im, undone ? "exchange.undo" : "exchange.apply", now, e);
	if (!rc)
		rc = db_commit(db, e);
	if (rc)
		db_rollback(db);
	return rc;
}

static int apply_plan(struct db *db, const struct actor *who, const struct exchange_apply *apply,
		      const struct exchange_plan *plan, struct exchange_result *ret, struct err *e)
{
	_cleanup_free_ struct service_edit *edits = mem_alloc(plan->row_count + 1, sizeof(*edits));
	struct change_set set = {
		.framework = apply->framework, .kind = CHANGE_IMPORT, .edits = edits, .now = apply->now};
	char errors[16];

	if (plan->errors) {
		int rc = err_set(e, ERR_WRONG_STATE, "err.exchange.errors");

		snprintf(errors, sizeof(errors), "%u", plan->errors);
		err_value(e, str_of(errors));
		return rc;
	}
	set.count = ret->changed = choose(plan, apply, edits, &ret->left);
	return set.count ? change_set_save(db, who, &set, &ret->change_id, e) : 0;
}

int exchange_apply(struct db *db, const struct actor *who, const struct exchange_apply *apply,
		   struct exchange_result *ret, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct exchange_input input = {.framework = apply->framework, .here = apply->here};
	struct exchange_result result = {0};
	struct exchange_import im;
	struct exchange_plan plan;
	int rc;

	arena_init(&a, EXCHANGE_ARENA);
	if ((rc = exchange_load(db, actor_scope(who), apply->id, &a, &im, &input.bytes, e)))
		return rc;
	if (im.state != IMPORT_SEEN)
		return err_set(e, ERR_WRONG_STATE, "err.exchange.state");
	if ((rc = exchange_plan(db, who, &input, &a, &plan, e)) || (rc = apply_plan(db, who, apply, &plan, &result, e)))
		return rc;
	im.change_id = result.change_id;
	im.rows = result.changed;
	if ((rc = settle(db, who, &im, false, apply->now, e)))
		return rc;
	*ret = result;
	return 0;
}

int exchange_undo(struct db *db, const struct actor *who, const struct exchange_undo *undo, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct change_undo back = {.framework = undo->framework, .now = undo->now};
	struct exchange_import im;
	int64_t id;
	str bytes;
	int rc;

	arena_init(&a, EXCHANGE_ARENA);
	if ((rc = exchange_load(db, actor_scope(who), undo->id, &a, &im, &bytes, e)))
		return rc;
	if (im.state != IMPORT_APPLIED || !im.change_id)
		return err_set(e, ERR_WRONG_STATE, "err.exchange.state");
	back.id = im.change_id;
	rc = change_undo(db, who, &back, &id, e);
	/* Undone elsewhere, with the page's own button: then only the list is behind. */
	if (rc && rc != -ERR_WRONG_STATE)
		return rc;
	return settle(db, who, &im, true, undo->now, e);
}
