/* db: records. One small interface that SQLite implements now and PostgreSQL will share.
 *
 * Queries are named and live in the files of sql/query; tools/gen_sql.py turns each into a `const struct query
 * Q_<name>` in "store/queries.gen.h". Parameters are bound BY NAME ($title), columns are read BY NAME. Tenant first: a
 * query file opens with `-- scope: tenant|subtree|system`. A query on a tenant table must contain {SCOPE}; db_prepare
 * binds the predicate from the `struct scope`, and there is no way to run it without one: tenant:  tenant_id =
 * $scope_tenant subtree: tenant_id IN (the organisation and everything below it) system:  no tenant; only for the few
 * jobs that serve the whole installation A connection belongs to one thread. Writers take db_begin (BEGIN IMMEDIATE);
 * busy waits are bounded (5 s → ERR_BUSY). Times are time_us, booleans 0/1, ids int64.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct db;

struct query {
	const char *name;
	const char *sql;            /* SQLite text, scope expanded */
	const char *const *params;  /* names without '$', NULL-terminated */
	const char *const *columns; /* result names, NULL-terminated */
	char scope;                 /* 't' tenant, 'u' subtree, 's' system */
	unsigned index;             /* slot of the prepared-statement cache */
};

struct scope {
	int64_t tenant_id; /* 0 = none: only system queries run */
};

struct stmt {
	struct db *db;
	const struct query *query;
	void *impl;
	struct err pending; /* first binding mistake, told by the first step */
};

/* Opens (creates) the database file, WAL, STRICT tables, foreign keys on. Migrations are db_migrate. */
int db_open(str path, struct db **ret, struct err *e) MUST_CHECK;
void db_close(struct db *db);

/* Applies the numbered migrations of sql/schema that are missing, each in a transaction. A database newer than this
 * program is refused (ERR_UNSUPPORTED, err.db.newer). */
int db_migrate(struct db *db, struct err *e) MUST_CHECK;

/* Reads the whole file for damage (ERR_CORRUPT, err.db.corrupt): quickly at every start, thoroughly (indexes against
 * tables) on demand. */
int db_check(struct db *db, bool thorough, struct err *e) MUST_CHECK;

int db_begin(struct db *db, struct err *e) MUST_CHECK;
/* A snapshot for reading: all queries until db_rollback see one state, and writers are not held up. */
int db_begin_read(struct db *db, struct err *e) MUST_CHECK;
int db_commit(struct db *db, struct err *e) MUST_CHECK;
void db_rollback(struct db *db); /* no-op outside a transaction */
/* The end of a deed that began with db_begin: commits when `rc` is 0, else undoes; what became of it. */
int db_end(struct db *db, int rc, struct err *e) MUST_CHECK;
bool db_in_transaction(const struct db *db);

/* Takes a cached statement. scope may be NULL only for system queries (CHECK). Release with stmt_done (cleanup). */
int db_prepare(struct db *db, const struct query *q, const struct scope *scope, struct stmt *ret,
	       struct err *e) MUST_CHECK;
void stmt_done(struct stmt *st);
#define _cleanup_stmt_ __attribute__((cleanup(stmt_done)))

/* Binding an unknown name or forgetting one is our mistake: CHECK. */
void stmt_text(struct stmt *st, const char *name, str value);
void stmt_i64(struct stmt *st, const char *name, int64_t value);
void stmt_real(struct stmt *st, const char *name, double value);
void stmt_blob(struct stmt *st, const char *name, str value);
void stmt_null(struct stmt *st, const char *name);
void stmt_text_or_null(struct stmt *st, const char *name, str value);    /* NULL when value.ptr is NULL */
void stmt_i64_or_null(struct stmt *st, const char *name, int64_t value); /* NULL when value is 0: no id, no time */

/* 1 = a row, 0 = no more, negative = error. */
int stmt_step(struct stmt *st, struct err *e) MUST_CHECK;
/* Runs a statement that returns no rows, or one whose rows do not matter. */
int stmt_run(struct stmt *st, struct err *e) MUST_CHECK;

/* Columns of the present row; slices are valid until the next step. Unknown names are our mistake: CHECK. */
str stmt_col_text(struct stmt *st, const char *name);
int64_t stmt_col_i64(struct stmt *st, const char *name);
double stmt_col_real(struct stmt *st, const char *name);
bool stmt_col_is_null(struct stmt *st, const char *name);

/* Appends %text% for LIKE … ESCAPE '!', with the wild cards of LIKE in the text taken literally. */
void db_like_add(struct buf *out, str text);

int64_t db_last_id(const struct db *db); /* of the last insert */
int64_t db_changes(const struct db *db); /* rows changed by the last statement */

#endif
