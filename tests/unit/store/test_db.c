#include "tests.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "folder.h"
#include "os/file.h"
#include "store/internal.h"
#include "store/queries.gen.h"

struct world {
	struct folder folder;
	struct db *db;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	folder_open_temp(&w->folder);
	w->db = folder_db(&w->folder);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	db_close(w->db);
	folder_remove_temp(&w->folder);
	free(w);
	return 0;
}

static int put(struct db *db, str key, str value, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_installation_put, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "key", key);
	stmt_text(&st, "value", value);
	stmt_i64(&st, "now", 5);
	return stmt_run(&st, e);
}

static bool has(struct db *db, str key, str value)
{
	_cleanup_stmt_ struct stmt st = {0};

	assert_int_equal(db_prepare(db, &Q_installation_get, NULL, &st, NULL), 0);
	stmt_text(&st, "key", key);
	return stmt_step(&st, NULL) == 1 && str_eq(stmt_col_text(&st, "value"), value);
}

static void every_named_query_prepares(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; store_queries[i]; i++) {
		_cleanup_stmt_ struct stmt st = {0};
		struct scope scope = {1};
		struct err e = {0};

		if (db_prepare(w->db, store_queries[i], &scope, &st, &e))
			fail_msg("%s: %s", store_queries[i]->name, e.detail);
	}
}

static void migrating_again_changes_nothing(void **state)
{
	struct world *w = *state;
	struct db *again = folder_db(&w->folder);
	_cleanup_stmt_ struct stmt st = {0};
	size_t count = 0;

	assert_int_equal(db_prepare(w->db, &Q_migration_list, NULL, &st, NULL), 0);
	while (stmt_step(&st, NULL) == 1)
		assert_int_equal(stmt_col_i64(&st, "version"), store_migrations[++count].version);
	assert_int_equal(count, store_migration_count - 1);
	db_close(again);
}

static void a_newer_database_is_refused_and_untouched(void **state)
{
	struct world *w = *state;
	struct err e = {0};

	{
		_cleanup_stmt_ struct stmt st = {0};

		assert_int_equal(db_prepare(w->db, &Q_migration_add, NULL, &st, NULL), 0);
		stmt_i64(&st, "version", 9000);
		stmt_text(&st, "name", STR("from_tomorrow"));
		assert_int_equal(stmt_run(&st, NULL), 0);
	}
	assert_int_equal(db_migrate(w->db, &e), -ERR_UNSUPPORTED);
	assert_string_equal(e.id, "err.db.newer");
	assert_string_equal(e.value, "9000");
}

/* A database as the first version left it, with an organisation and a note in it. */
static void an_old_database_is_brought_up_and_keeps_its_rows(void **state)
{
	struct world *w = *state;
	const char *root = getenv("NOROSHI_SOURCE_ROOT");
	char from[512], to[256];
	_cleanup_(file_view_close) struct file_view old = {0};
	size_t count = 0;
	struct db *db;
	struct err e;

	snprintf(from, sizeof(from), "%s/tests/data/store/version_1.db", root ? root : ".");
	assert_int_equal(file_view_open(str_of(from), 1 << 20, &old, &e), 0);
	assert_int_equal(file_write_atomic(folder_file(&w->folder, "old.db", to), old.bytes, 0600, &e), 0);
	assert_int_equal(db_open(str_of(to), &db, &e), 0);
	assert_int_equal(db_migrate(db, &e), 0);
	assert_int_equal(db_check(db, true, &e), 0);
	assert_true(has(db, STR("kept"), STR("1")));
	{
		_cleanup_stmt_ struct stmt st = {0};

		assert_int_equal(db_prepare(db, &Q_migration_list, NULL, &st, NULL), 0);
		while (stmt_step(&st, NULL) == 1)
			count++;
	}
	{
		_cleanup_stmt_ struct stmt st = {0};

		assert_int_equal(db_prepare(db, &Q_tenant_by_slug, NULL, &st, NULL), 0);
		stmt_text(&st, "slug", STR("old"));
		assert_int_equal(stmt_step(&st, NULL), 1);
	}
	assert_int_equal(count, store_migration_count - 1);
	db_close(db);
}

static void rolled_back_is_gone_and_committed_stays(void **state)
{
	struct world *w = *state;
	struct db *other;

	assert_int_equal(db_begin(w->db, NULL), 0);
	assert_int_equal(put(w->db, STR("a"), STR("1"), NULL), 0);
	db_rollback(w->db);
	assert_false(has(w->db, STR("a"), STR("1")));
	assert_int_equal(db_begin(w->db, NULL), 0);
	assert_int_equal(put(w->db, STR("a"), STR("2"), NULL), 0);
	assert_int_equal(db_commit(w->db, NULL), 0);
	other = folder_db(&w->folder);
	assert_true(has(other, STR("a"), STR("2")));
	db_close(other);
}

static void text_with_nul_and_empty_text_come_back(void **state)
{
	struct world *w = *state;

	assert_int_equal(put(w->db, STR("nul"), STR("a\0b"), NULL), 0);
	assert_true(has(w->db, STR("nul"), STR("a\0b")));
	assert_int_equal(put(w->db, STR("empty"), STR_NONE, NULL), 0);
	assert_true(has(w->db, STR("empty"), STR("")));
}

static void one_query_may_be_open_twice(void **state)
{
	struct world *w = *state;
	_cleanup_stmt_ struct stmt outer = {0};
	size_t rows = 0;

	assert_int_equal(db_prepare(w->db, &Q_migration_list, NULL, &outer, NULL), 0);
	while (stmt_step(&outer, NULL) == 1) {
		_cleanup_stmt_ struct stmt inner = {0};

		assert_int_equal(db_prepare(w->db, &Q_migration_list, NULL, &inner, NULL), 0);
		assert_int_equal(stmt_step(&inner, NULL), 1);
		assert_int_equal(stmt_col_i64(&inner, "version"), 1);
		assert_int_equal(stmt_col_i64(&outer, "version"), store_migrations[++rows].version);
	}
	assert_true(rows > 1);
}

static void a_tenant_query_without_a_tenant_is_refused(void **state)
{
	struct world *w = *state;
	struct scope nobody = {0};

	for (size_t i = 0; store_queries[i]; i++) {
		struct stmt st = {0};
		struct err e = {0};

		if (store_queries[i]->scope == 's')
			continue;
		assert_int_equal(db_prepare(w->db, store_queries[i], &nobody, &st, &e), -ERR_DENIED);
	}
}

static void a_full_disk_is_named_and_loses_nothing(void **state)
{
	struct world *w = *state;
	char big[4096], path[256], limit[64];
	sqlite3_stmt *pages;
	struct err e = {0};
	struct db *other;
	int rc = 0;

	memset(big, 'x', sizeof(big));
	assert_int_equal(put(w->db, STR("kept"), STR("1"), NULL), 0);
	/* Room for some rows beside the schema, however large that is by now. */
	assert_int_equal(sqlite3_prepare_v2(db_sqlite_handle(w->db), "PRAGMA page_count", -1, &pages, NULL), 0);
	assert_int_equal(sqlite3_step(pages), SQLITE_ROW);
	snprintf(limit, sizeof(limit), "PRAGMA max_page_count=%d", sqlite3_column_int(pages, 0) + 40);
	sqlite3_finalize(pages);
	assert_int_equal(sqlite3_exec(db_sqlite_handle(w->db), limit, NULL, NULL, NULL), 0);
	for (int i = 0; !rc && i < 1000; i++) {
		char key[16];

		snprintf(key, sizeof(key), "k%d", i);
		assert_int_equal(db_begin(w->db, NULL), 0);
		rc = put(w->db, str_of(key), (str){big, sizeof(big)}, &e);
		if (!rc)
			rc = db_commit(w->db, &e);
		db_rollback(w->db);
	}
	assert_int_equal(rc, -ERR_FULL);
	assert_string_equal(e.id, "err.db.full");
	assert_true(has(w->db, STR("kept"), STR("1")));
	assert_int_equal(db_open(folder_file(&w->folder, "noroshi.db", path), &other, &e), 0);
	assert_int_equal(db_check(other, true, &e), 0);
	assert_true(has(other, STR("k0"), (str){big, sizeof(big)}));
	db_close(other);
}

/* As a file system does that has no more room: writes past the limit fail in the middle of the log. */
static void a_file_that_may_not_grow_is_full_too(void **state)
{
	struct world *w = *state;
	struct rlimit was, small = {2 << 20, RLIM_INFINITY}; /* above the empty schema, below what is written */
	char big[4096];
	struct err e = {0};
	int rc = 0;

	memset(big, 'y', sizeof(big));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small.rlim_max = was.rlim_max;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; !rc && i < 1000; i++) {
		char key[16];

		snprintf(key, sizeof(key), "k%d", i);
		rc = put(w->db, str_of(key), (str){big, sizeof(big)}, &e);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(rc, -ERR_FULL);
	assert_true(has(w->db, STR("k0"), (str){big, sizeof(big)}));
	assert_int_equal(put(w->db, STR("after"), STR("1"), &e), 0);
	assert_int_equal(db_check(w->db, true, &e), 0);
}

static void a_damaged_file_is_named(void **state)
{
	struct folder f;
	char path[256];
	struct err e = {0};
	struct db *db = NULL;
	FILE *out;

	(void)state;
	folder_open_temp(&f);
	out = fopen(folder_file(&f, "noroshi.db", path).ptr, "w");
	assert_non_null(out);
	for (int i = 0; i < 1000; i++)
		fputs("this is not a database at all ", out);
	fclose(out);
	assert_int_equal(db_open(str_of(path), &db, &e), -ERR_CORRUPT);
	assert_string_equal(e.id, "err.db.corrupt");
	assert_string_equal(e.path, path);
	folder_remove_temp(&f);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_named_query_prepares),
		TEST(migrating_again_changes_nothing),
		TEST(a_newer_database_is_refused_and_untouched),
		TEST(an_old_database_is_brought_up_and_keeps_its_rows),
		TEST(rolled_back_is_gone_and_committed_stays),
		TEST(text_with_nul_and_empty_text_come_back),
		TEST(one_query_may_be_open_twice),
		TEST(a_tenant_query_without_a_tenant_is_refused),
		TEST(a_full_disk_is_named_and_loses_nothing),
		TEST(a_file_that_may_not_grow_is_full_too),
		cmocka_unit_test(a_damaged_file_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
