#include "centre/procedure/procedure.h"

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "centre/procedure/internal.h"
#include "craft/markdown/markdown.h"
#include "craft/work/work.h"
#include "store/queries.gen.h"

static const char *const state_names[PROCEDURE_STATE_COUNT] = {
#define STATE_NAME(symbol, name) [symbol] = name,
	PROCEDURE_STATES(STATE_NAME)
#undef STATE_NAME
};

const char *procedure_state_name(enum procedure_state s)
{
	CHECK(s < PROCEDURE_STATE_COUNT);
	return state_names[s];
}

bool procedure_state_parse(str name, enum procedure_state *ret)
{
	int at = name_find(&(struct name_table){state_names, PROCEDURE_STATE_COUNT}, name);

	if (at >= 0)
		*ret = (enum procedure_state)at;
	return at >= 0;
}

bool procedure_is_expired(const struct procedure *p, time_us now)
{
	return p->state == PROCEDURE_APPROVED && p->expires <= now;
}

/* ---- out ---- */

static int version_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	struct procedure *p = out;

	*p = (struct procedure){.id = stmt_col_i64(st, "id"),
				.procedure_id = stmt_col_i64(st, "procedure_id"),
				.number = stmt_col_i64(st, "number"),
				.row_version = stmt_col_i64(st, "row_version"),
				.title = stmt_take(st, "title", a),
				.services = stmt_take(st, "services", a),
				.body = stmt_take(st, "body", a),
				.note = stmt_take(st, "note", a),
				.author = stmt_take(st, "author", a),
				.created = stmt_col_i64(st, "created_at"),
				.changed = stmt_col_i64(st, "changed_at"),
				.state_by = stmt_take(st, "state_by", a),
				.state_at = stmt_col_i64(st, "state_at"),
				.approved_by = stmt_take(st, "approved_by", a),
				.approved = stmt_col_i64(st, "approved_at"),
				.expires = stmt_col_i64(st, "expires_at"),
				.has_open = stmt_col_i64(st, "open_others") > 0};
	if (!procedure_state_parse(stmt_col_text(st, "state"), &p->state))
		return err_set(e, ERR_CORRUPT, "err.procedure.state");
	return 0;
}

static const struct row_kind version_kind = {sizeof(struct procedure), version_row};

int procedure_list(struct db *db, struct scope scope, struct arena *a, struct procedure_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_procedure_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "count", PROCEDURES_MAX);
	if ((rc = rows_read(&st, &version_kind, PROCEDURES_MAX, a, &rows, e)))
		return rc;
	*ret = (struct procedure_list){rows.items, rows.count};
	return 0;
}

int procedure_versions(struct db *db, struct scope scope, int64_t procedure_id, struct arena *a,
		       struct procedure_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_procedure_versions, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "procedure_id", procedure_id);
	stmt_i64(&st, "count", PROCEDURE_VERSIONS_MAX);
	if ((rc = rows_read(&st, &version_kind, PROCEDURE_VERSIONS_MAX, a, &rows, e)))
		return rc;
	if (!rows.count)
		return err_set(e, ERR_NOT_FOUND, "err.procedure.unknown");
	*ret = (struct procedure_list){rows.items, rows.count};
	return 0;
}

int procedure_get(struct db *db, struct scope scope, int64_t version_id, struct arena *a, struct procedure *ret,
		  struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_procedure_version_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", version_id);
	return row_read_one(&st, &version_kind, "err.procedure.unknown", a, ret, e);
}

/* ---- in ---- */

static int text_check(const struct procedure_text *t, struct err *e)
{
	int rc;

	if ((rc = check_length("title", t->title, PROCEDURE_TITLE_MAX, true, e)) ||
	    (rc = check_length("services", t->services, PROCEDURE_SERVICES_MAX, true, e)) ||
	    (rc = check_length("body", t->body, MARKDOWN_MAX, true, e)) ||
	    (rc = check_length("note", t->note, PROCEDURE_NOTE_MAX, false, e)))
		return rc;
	if (utf8_is_valid(t->body) && str_find_byte(t->body, '\0') < 0)
		return 0;
	rc = err_set(e, ERR_RANGE, "err.procedure.text");
	err_path(e, STR("body"));
	return rc;
}

static void bind_text(struct stmt *st, const struct actor *who, const struct procedure_text *t, time_us now)
{
	stmt_text(st, "title", str_trim(t->title));
	stmt_text(st, "services", t->services);
	stmt_text(st, "body", t->body);
	stmt_text(st, "note", t->note.ptr ? t->note : STR(""));
	stmt_text(st, "user_name", str_of(who->name));
	stmt_i64(st, "now", now);
}

static int doc_insert(struct db *db, const struct actor *who, time_us now, int64_t *ret_id, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_procedure_doc_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	if (!(rc = stmt_run(&st, e)))
		*ret_id = db_last_id(db);
	return rc;
}

/* The number of the next version; one open version at a time. */
static int next_number(struct db *db, const struct actor *who, int64_t procedure_id, int64_t *ret, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct procedure_list list;
	int rc;

	arena_init(&a, ROW_ARENA * 64);
	if ((rc = procedure_versions(db, actor_scope(who), procedure_id, &a, &list, e)))
		return rc;
	for (uint32_t i = 0; i < list.count; i++)
		if (list.items[i].state == PROCEDURE_DRAFT || list.items[i].state == PROCEDURE_REVIEW)
			return err_set(e, ERR_WRONG_STATE, "err.procedure.open");
	if (list.count >= PROCEDURE_VERSIONS_MAX)
		return err_set(e, ERR_LIMIT, "err.procedure.versions");
	*ret = list.items[0].number + 1;
	return 0;
}

static int insert(struct db *db, const struct actor *who, const struct procedure_text *t, time_us now, int64_t *ret_id,
		  struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int64_t procedure_id = t->procedure_id, number = 1;
	int rc = procedure_id ? next_number(db, who, procedure_id, &number, e)
			      : doc_insert(db, who, now, &procedure_id, e);

	if (rc || (rc = db_prepare(db, &Q_procedure_version_insert, &scope, &st, e)))
		return rc;
	stmt_i64(&st, "procedure_id", procedure_id);
	stmt_i64(&st, "number", number);
	bind_text(&st, who, t, now);
	if (!(rc = stmt_run(&st, e)))
		*ret_id = db_last_id(db);
	return rc;
}

static int update(struct db *db, const struct actor *who, const struct procedure_text *t, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_stmt_ struct stmt st = {0};
	struct procedure before;
	int rc;

	arena_init(&a, ROW_ARENA);
	if ((rc = procedure_get(db, scope, t->id, &a, &before, e)))
		return rc;
	if (before.state != PROCEDURE_DRAFT)
		return err_set_value(e, ERR_WRONG_STATE, "err.procedure.state",
				     str_of(procedure_state_name(before.state)));
	if ((rc = db_prepare(db, &Q_procedure_version_update, &scope, &st, e)))
		return rc;
	stmt_i64(&st, "id", t->id);
	stmt_i64(&st, "row_version", t->row_version);
	bind_text(&st, who, t, now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.procedure.changed");
}

int procedure_write(struct db *db, const struct actor *who, const struct procedure_text *t, time_us now,
		    int64_t *ret_version_id, struct err *e)
{
	const struct trail_pair pairs[] = {{"title", t->title}, {"services", t->services}, {"note", t->note}, {0}};
	struct trail trail = {.action = t->id ? "procedure.edit" : "procedure.write",
			      .kind = "procedure_version",
			      .id = t->id,
			      .now = now,
			      .pairs = pairs};
	int rc = text_check(t, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	rc = t->id ? update(db, who, t, now, e) : insert(db, who, t, now, &trail.id, e);
	/* A new version is a piece of work; saving a draft again is not another one. */
	if (!rc && !t->id)
		rc = work_add(db, who, &trail, PROCEDURE_WORK, e);
	if (!rc)
		rc = trail_add(db, who, &trail, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_version_id = trail.id;
	return rc;
}

/* ---- facts ---- */

/* Approved and valid before approved and ended before in review. */
static int worth(const struct procedure *p, time_us now)
{
	if (p->state == PROCEDURE_APPROVED)
		return p->expires > now ? 3 : 2;
	return p->state == PROCEDURE_REVIEW;
}

void procedure_facts(const struct procedure_list *list, str service, time_us now, struct procedure_facts *ret)
{
	struct procedure_facts f = {0};

	for (uint32_t i = 0; i < list->count; i++) {
		const struct procedure *p = &list->items[i];

		if (worth(p, now) && services_have(p->services, service) &&
		    (!f.current || worth(p, now) > worth(f.current, now)))
			f.current = p;
	}
	if (f.current && worth(f.current, now) == 3)
		f.approved = f.current;
	if (f.current && worth(f.current, now) == 2)
		f.expired = f.current->expires;
	*ret = f;
}
