/* Brings a database to this program's schema: each missing migration in a transaction of its own. */
#include <stdio.h>

#include "base/buf.h"
#include "base/check.h"
#include "store/internal.h"
#include "store/queries.gen.h"

#define MIGRATIONS_MAX 9999

static const struct migration *migration_of(int64_t version)
{
	for (size_t i = 0; i < store_migration_count; i++)
		if (store_migrations[i].version == version)
			return &store_migrations[i];
	return NULL;
}

static int refuse_newer(int64_t version, struct err *e)
{
	char number[24];
	int rc = err_set(e, ERR_UNSUPPORTED, "err.db.newer");

	snprintf(number, sizeof(number), "%lld", (long long)version);
	err_value(e, str_of(number));
	snprintf(number, sizeof(number), "%d", store_migrations[store_migration_count - 1].version);
	err_expected(e, str_of(number));
	return rc;
}

/* Marks in `has` what the database has. */
static int read_applied(struct db *db, bool has[MIGRATIONS_MAX + 1], struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_migration_list, NULL, &st, e);

	if (rc)
		return rc;
	while ((rc = stmt_step(&st, e)) == 1) {
		int64_t version = stmt_col_i64(&st, "version");

		if (version < 0 || version > MIGRATIONS_MAX || !migration_of(version))
			return refuse_newer(version, e);
		has[version] = true;
	}
	return rc;
}

static int note_applied(struct db *db, const struct migration *m, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_migration_add, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "version", m->version);
	stmt_text(&st, "name", str_of(m->name));
	return stmt_run(&st, e);
}

static int apply(struct db *db, const struct migration *m, struct err *e)
{
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	rc = db->driver->script(db->conn, m->sql, e);
	if (!rc)
		rc = note_applied(db, m, e);
	if (!rc)
		return db_commit(db, e);
	db_rollback(db);
	err_path(e, str_of(m->name));
	return rc;
}

int db_migrate(struct db *db, struct err *e)
{
	bool has[MIGRATIONS_MAX + 1] = {0};
	int rc;

	CHECK(store_migration_count && store_migrations[0].version == 0);
	rc = db->driver->script(db->conn, store_migrations[0].sql, e);
	if (!rc)
		rc = read_applied(db, has, e);
	for (size_t i = 1; !rc && i < store_migration_count; i++)
		if (!has[store_migrations[i].version])
			rc = apply(db, &store_migrations[i], e);
	return rc;
}
