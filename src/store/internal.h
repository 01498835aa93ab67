/* internal: what the files of store/ share: the driver that SQLite implements and PostgreSQL will, and the connection.
 */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "store/db.h"

/* One numbered step of the schema, expanded for the driver; made by tools/gen_sql.py. Version 0 runs at every start. */
struct migration {
	int version;
	const char *name;
	const char *sql;
};

extern const struct migration store_migrations[];
extern const size_t store_migration_count;

enum bound_kind { BOUND_NULL, BOUND_TEXT, BOUND_BLOB, BOUND_I64, BOUND_REAL };

struct bound {
	enum bound_kind kind;
	str bytes;
	int64_t i64;
	double real;
};

/* A back end. `conn` and `stmt` are its own. Parameters and columns are numbered from 0 in the order of struct query.
 */
struct db_driver {
	int (*open)(str path, void **ret_conn, struct err *e);
	void (*close)(void *conn);
	int (*script)(void *conn, const char *sql, struct err *e); /* several statements, no rows */
	int (*check)(void *conn, bool thorough, struct err *e);
	int (*prepare)(void *conn, const struct query *q, void **ret_stmt, struct err *e);
	void (*reset)(void *stmt); /* also forgets what was bound */
	void (*finish)(void *stmt);
	int (*bind)(void *stmt, size_t index, const struct bound *value, struct err *e);
	int (*step)(void *conn, void *stmt, struct err *e);
	str (*text)(void *stmt, size_t index);
	int64_t (*i64)(void *stmt, size_t index);
	double (*real)(void *stmt, size_t index);
	bool (*is_null)(void *stmt, size_t index);
	bool (*in_transaction)(void *conn);
	int64_t (*last_id)(void *conn);
	int64_t (*changes)(void *conn);
};

extern const struct db_driver db_sqlite;

/* A prepared statement with its place in the cache. */
struct slot {
	void *stmt;
	uint64_t bound; /* bit per parameter */
	bool in_use;
	bool on_heap; /* a second use of one query at a time: not cached */
	bool has_row;
};

struct db {
	const struct db_driver *driver;
	void *conn;
	struct slot *slots; /* by query.index */
};

/* For the few files of this room that speak SQLite itself (backup). */
struct sqlite3 *db_sqlite_handle(struct db *db);
/* Code and key for a SQLite result; the story's detail is SQLite's own words. */
int db_sqlite_err(struct sqlite3 *conn, int sqlite_rc, struct err *e);

#endif
