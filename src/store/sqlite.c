/* The SQLite driver: one connection, one thread, write-ahead log, every commit on disk before it is told. */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "store/internal.h"

#define BUSY_WAIT_MS 5000
#define DB_PATH_MAX 4096

/* What went wrong, as our code and our words' key. */
static enum err_code code_of(int rc, int system, const char **ret_id)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		*ret_id = "err.db.busy";
		return ERR_BUSY;
	case SQLITE_FULL:
		*ret_id = "err.db.full";
		return ERR_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		*ret_id = "err.db.corrupt";
		return ERR_CORRUPT;
	case SQLITE_TOOBIG:
		*ret_id = "err.db.too_big";
		return ERR_LIMIT;
	case SQLITE_CONSTRAINT:
		break;
	default:
		if ((rc & 0xff) == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT || system == EFBIG)) {
			*ret_id = "err.db.full";
			return ERR_FULL;
		}
		*ret_id = "err.db.io";
		return ERR_IO;
	}
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		*ret_id = "err.db.exists";
		return ERR_CONFLICT;
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		*ret_id = "err.db.reference";
		return ERR_CONFLICT;
	case SQLITE_CONSTRAINT_TRIGGER:
		*ret_id = "err.db.append_only";
		return ERR_WRONG_STATE;
	default:
		*ret_id = "err.db.constraint";
		return ERR_RANGE;
	}
}

int db_sqlite_err(sqlite3 *conn, int sqlite_rc, struct err *e)
{
	/* SQLite names ENOSPC itself; a spent quota is an I/O error whose reason is still in errno. */
	int system = errno;
	const char *id;
	enum err_code code = code_of(sqlite_rc, system, &id);
	int rc = err_set(e, code, id);

	err_detail(e, str_of(conn ? sqlite3_errmsg(conn) : sqlite3_errstr(sqlite_rc)));
	return rc;
}

static int run_script(void *conn, const char *sql, struct err *e)
{
	int rc;

	errno = 0;
	rc = sqlite3_exec(conn, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : db_sqlite_err(conn, rc, e);
}

/* synchronous=FULL: what was committed survives a power cut, because inputs are acknowledged after the commit. */
static const char settings[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
			       "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"
			       "PRAGMA cache_size=-16384; PRAGMA journal_size_limit=67108864;";

static int sqlite_open(str path, void **ret_conn, struct err *e)
{
	char cpath[DB_PATH_MAX];
	sqlite3 *conn = NULL;
	int rc;

	if (path.len == 0 || path.len >= sizeof(cpath))
		return err_set_value(e, ERR_RANGE, "err.file.path", path);
	memcpy(cpath, path.ptr, path.len);
	cpath[path.len] = '\0';
	rc = sqlite3_open_v2(cpath, &conn, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK) {
		rc = db_sqlite_err(conn, rc, e);
		err_path(e, path);
		sqlite3_close(conn);
		return rc;
	}
	sqlite3_extended_result_codes(conn, 1);
	sqlite3_busy_timeout(conn, BUSY_WAIT_MS);
	sqlite3_limit(conn, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	rc = run_script(conn, settings, e);
	if (rc) {
		err_path(e, path);
		sqlite3_close(conn);
		return rc;
	}
	*ret_conn = conn;
	return 0;
}

static void sqlite_close(void *conn)
{
	int rc = sqlite3_close(conn);

	CHECK(rc == SQLITE_OK); /* else a statement was not finished */
}

struct verdict {
	char first[ERR_SLOT_MAX];
	bool is_sound;
};

static int read_verdict(void *ctx, int count, char **values, char **names)
{
	struct verdict *v = ctx;

	(void)names;
	v->is_sound = count > 0 && values[0] && strcmp(values[0], "ok") == 0;
	snprintf(v->first, sizeof(v->first), "%s", count > 0 && values[0] ? values[0] : "");
	return 0;
}

static int sqlite_check(void *conn, bool thorough, struct err *e)
{
	struct verdict v = {0};
	int rc = sqlite3_exec(conn, thorough ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", read_verdict, &v,
			      NULL);

	if (rc != SQLITE_OK)
		return db_sqlite_err(conn, rc, e);
	if (v.is_sound)
		return 0;
	rc = err_set(e, ERR_CORRUPT, "err.db.corrupt");
	err_detail(e, str_of(v.first));
	return rc;
}

static int sqlite_prepare(void *conn, const struct query *q, void **ret_stmt, struct err *e)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v3(conn, q->sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
	int count;

	if (rc != SQLITE_OK)
		return db_sqlite_err(conn, rc, e);
	count = sqlite3_bind_parameter_count(stmt);
	for (int i = 0; i < count; i++) {
		const char *name = sqlite3_bind_parameter_name(stmt, i + 1);

		CHECK(name && q->params[i] && strcmp(name + 1, q->params[i]) == 0);
	}
	CHECK(q->params[count] == NULL);
	*ret_stmt = stmt;
	return 0;
}

static void sqlite_reset(void *stmt)
{
	/* The result repeats the error of the last step, which was told then. */
	(void)sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
}

static void sqlite_finish(void *stmt)
{
	sqlite3_finalize(stmt);
}

/* Bytes are copied: the caller's may die before the step. */
static int sqlite_bind(void *stmt, size_t index, const struct bound *value, struct err *e)
{
	const char *bytes = value->bytes.ptr ? value->bytes.ptr : "";
	int at = (int)index + 1, rc = SQLITE_MISUSE;

	switch (value->kind) {
	case BOUND_NULL:
		rc = sqlite3_bind_null(stmt, at);
		break;
	case BOUND_TEXT:
		rc = sqlite3_bind_text64(stmt, at, bytes, value->bytes.len, SQLITE_TRANSIENT, SQLITE_UTF8);
		break;
	case BOUND_BLOB:
		rc = sqlite3_bind_blob64(stmt, at, bytes, value->bytes.len, SQLITE_TRANSIENT);
		break;
	case BOUND_I64:
		rc = sqlite3_bind_int64(stmt, at, value->i64);
		break;
	case BOUND_REAL:
		rc = sqlite3_bind_double(stmt, at, value->real);
		break;
	}
	return rc == SQLITE_OK ? 0 : db_sqlite_err(sqlite3_db_handle(stmt), rc, e);
}

static int sqlite_step(void *conn, void *stmt, struct err *e)
{
	int rc;

	errno = 0;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	return db_sqlite_err(conn, rc, e);
}

static str sqlite_text(void *stmt, size_t index)
{
	int at = (int)index;
	const void *bytes;

	if (sqlite3_column_type(stmt, at) == SQLITE_NULL)
		return STR_NONE;
	bytes = sqlite3_column_type(stmt, at) == SQLITE_BLOB ? sqlite3_column_blob(stmt, at)
							     : sqlite3_column_text(stmt, at);
	return (str){bytes ? bytes : "", (size_t)sqlite3_column_bytes(stmt, at)};
}

static int64_t sqlite_i64(void *stmt, size_t index)
{
	return sqlite3_column_int64(stmt, (int)index);
}

static double sqlite_real(void *stmt, size_t index)
{
	return sqlite3_column_double(stmt, (int)index);
}

static bool sqlite_is_null(void *stmt, size_t index)
{
	return sqlite3_column_type(stmt, (int)index) == SQLITE_NULL;
}

static bool sqlite_in_transaction(void *conn)
{
	return sqlite3_get_autocommit(conn) == 0;
}

static int64_t sqlite_last_id(void *conn)
{
	return sqlite3_last_insert_rowid(conn);
}

static int64_t sqlite_changes(void *conn)
{
	return sqlite3_changes64(conn);
}

const struct db_driver db_sqlite = {
	.open = sqlite_open,
	.close = sqlite_close,
	.script = run_script,
	.check = sqlite_check,
	.prepare = sqlite_prepare,
	.reset = sqlite_reset,
	.finish = sqlite_finish,
	.bind = sqlite_bind,
	.step = sqlite_step,
	.text = sqlite_text,
	.i64 = sqlite_i64,
	.real = sqlite_real,
	.is_null = sqlite_is_null,
	.in_transaction = sqlite_in_transaction,
	.last_id = sqlite_last_id,
	.changes = sqlite_changes,
};
