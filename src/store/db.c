/* Connections, transactions and statements, the same for every driver. */
#include "store/db.h"

#include "base/check.h"
#include "base/mem.h"
#include "store/internal.h"
#include "store/queries.gen.h"

int db_open(str path, struct db **ret, struct err *e)
{
	struct db *db = mem_alloc(1, sizeof(*db));
	int rc;

	db->driver = &db_sqlite;
	rc = db->driver->open(path, &db->conn, e);
	if (rc) {
		free(db);
		return rc;
	}
	db->slots = mem_alloc(STORE_QUERY_COUNT, sizeof(*db->slots));
	*ret = db;
	return 0;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	for (size_t i = 0; i < STORE_QUERY_COUNT; i++) {
		CHECK(!db->slots[i].in_use);
		if (db->slots[i].stmt)
			db->driver->finish(db->slots[i].stmt);
	}
	db->driver->close(db->conn);
	free(db->slots);
	free(db);
}

int db_check(struct db *db, bool thorough, struct err *e)
{
	return db->driver->check(db->conn, thorough, e);
}

struct sqlite3 *db_sqlite_handle(struct db *db)
{
	CHECK(db->driver == &db_sqlite);
	return db->conn;
}

int db_end(struct db *db, int rc, struct err *e)
{
	if (!rc)
		rc = db_commit(db, e);
	if (rc)
		db_rollback(db);
	return rc;
}

bool db_in_transaction(const struct db *db)
{
	return db->driver->in_transaction(db->conn);
}

int db_begin(struct db *db, struct err *e)
{
	CHECK(!db_in_transaction(db));
	return db->driver->script(db->conn, "BEGIN IMMEDIATE", e);
}

int db_begin_read(struct db *db, struct err *e)
{
	CHECK(!db_in_transaction(db));
	return db->driver->script(db->conn, "BEGIN", e);
}

int db_commit(struct db *db, struct err *e)
{
	int rc;

	/* A full disk ends a transaction by itself; the statement that met it said so, and the caller must not go on.
	 */
	if (!db_in_transaction(db))
		return err_set(e, ERR_WRONG_STATE, "err.db.transaction_lost");
	rc = db->driver->script(db->conn, "COMMIT", e);
	if (rc)
		db_rollback(db);
	return rc;
}

void db_rollback(struct db *db)
{
	if (db_in_transaction(db)) {
		int rc = db->driver->script(db->conn, "ROLLBACK", NULL);

		(void)rc; /* it can only fail when the engine rolled back already */
	}
}

static struct slot *slot_take(struct db *db, const struct query *q)
{
	struct slot *slot = &db->slots[q->index];

	CHECK(q->index < STORE_QUERY_COUNT && store_queries[q->index] == q);
	if (slot->in_use) {
		slot = mem_alloc(1, sizeof(*slot));
		slot->on_heap = true;
	}
	slot->in_use = true;
	slot->has_row = false;
	slot->bound = 0;
	return slot;
}

static void slot_release(struct slot *slot)
{
	slot->in_use = false;
	if (slot->on_heap)
		free(slot);
}

int db_prepare(struct db *db, const struct query *q, const struct scope *scope, struct stmt *ret, struct err *e)
{
	struct slot *slot;
	int rc = 0;

	CHECK(scope || q->scope == 's');
	if (q->scope != 's' && scope->tenant_id <= 0)
		return err_set(e, ERR_DENIED, "err.db.no_tenant");
	slot = slot_take(db, q);
	if (!slot->stmt)
		rc = db->driver->prepare(db->conn, q, &slot->stmt, e);
	if (rc) {
		slot_release(slot);
		return rc;
	}
	*ret = (struct stmt){.db = db, .query = q, .impl = slot};
	if (q->scope == 's')
		return 0;
	for (size_t i = 0; q->params[i]; i++)
		if (strcmp(q->params[i], "scope_tenant") == 0)
			stmt_i64(ret, "scope_tenant", scope->tenant_id);
	return 0;
}

void stmt_done(struct stmt *st)
{
	struct slot *slot = st->impl;

	if (!slot)
		return;
	st->db->driver->reset(slot->stmt);
	if (slot->on_heap)
		st->db->driver->finish(slot->stmt);
	slot_release(slot);
	*st = (struct stmt){0};
}

static size_t index_of(const char *const *names, const char *name)
{
	size_t i = 0;

	while (names[i] && strcmp(names[i], name) != 0)
		i++;
	CHECK(names[i]); /* else the query has no such parameter or column */
	return i;
}

static void bind(struct stmt *st, const char *name, const struct bound *value)
{
	struct slot *slot = st->impl;
	size_t at = index_of(st->query->params, name);
	struct err e;

	slot->bound |= UINT64_C(1) << at;
	if (st->db->driver->bind(slot->stmt, at, value, &e) && !st->pending.code)
		st->pending = e;
}

void stmt_text(struct stmt *st, const char *name, str value)
{
	bind(st, name, &(struct bound){.kind = BOUND_TEXT, .bytes = value});
}

void stmt_blob(struct stmt *st, const char *name, str value)
{
	bind(st, name, &(struct bound){.kind = BOUND_BLOB, .bytes = value});
}

void stmt_i64(struct stmt *st, const char *name, int64_t value)
{
	bind(st, name, &(struct bound){.kind = BOUND_I64, .i64 = value});
}

void stmt_real(struct stmt *st, const char *name, double value)
{
	bind(st, name, &(struct bound){.kind = BOUND_REAL, .real = value});
}

void stmt_null(struct stmt *st, const char *name)
{
	bind(st, name, &(struct bound){.kind = BOUND_NULL});
}

void stmt_text_or_null(struct stmt *st, const char *name, str value)
{
	bind(st, name, &(struct bound){.kind = value.ptr ? BOUND_TEXT : BOUND_NULL, .bytes = value});
}

void stmt_i64_or_null(struct stmt *st, const char *name, int64_t value)
{
	bind(st, name, &(struct bound){.kind = value ? BOUND_I64 : BOUND_NULL, .i64 = value});
}

int stmt_step(struct stmt *st, struct err *e)
{
	struct slot *slot = st->impl;
	int rc;

	for (size_t i = 0; st->query->params[i]; i++)
		CHECK(slot->bound & UINT64_C(1) << i);
	if (st->pending.code) {
		if (e)
			*e = st->pending;
		return -(int)st->pending.code;
	}
	rc = st->db->driver->step(st->db->conn, slot->stmt, e);
	slot->has_row = rc == 1;
	return rc;
}

int stmt_run(struct stmt *st, struct err *e)
{
	int rc;

	do
		rc = stmt_step(st, e);
	while (rc == 1);
	return rc;
}

static void *row_of(struct stmt *st, const char *name, size_t *ret_index)
{
	struct slot *slot = st->impl;

	CHECK(slot->has_row);
	*ret_index = index_of(st->query->columns, name);
	return slot->stmt;
}

str stmt_col_text(struct stmt *st, const char *name)
{
	size_t at;
	void *row = row_of(st, name, &at);

	return st->db->driver->text(row, at);
}

int64_t stmt_col_i64(struct stmt *st, const char *name)
{
	size_t at;
	void *row = row_of(st, name, &at);

	return st->db->driver->i64(row, at);
}

double stmt_col_real(struct stmt *st, const char *name)
{
	size_t at;
	void *row = row_of(st, name, &at);

	return st->db->driver->real(row, at);
}

bool stmt_col_is_null(struct stmt *st, const char *name)
{
	size_t at;
	void *row = row_of(st, name, &at);

	return st->db->driver->is_null(row, at);
}

int64_t db_last_id(const struct db *db)
{
	return db->driver->last_id(db->conn);
}

int64_t db_changes(const struct db *db)
{
	return db->driver->changes(db->conn);
}

void db_like_add(struct buf *out, str text)
{
	buf_add_byte(out, '%');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '%' || text.ptr[i] == '_' || text.ptr[i] == '!')
			buf_add_byte(out, '!');
		buf_add_byte(out, text.ptr[i]);
	}
	buf_add_byte(out, '%');
}
