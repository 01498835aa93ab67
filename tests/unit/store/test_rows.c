/* Reading rows: all of them, some of them, none, a budget that is spent, a row that cannot be. */
#include "tests.h"

#include "base/mem.h"
#include "folder.h"
#include "store/queries.gen.h"
#include "store/rows.h"

struct world {
	struct folder folder;
	struct db *db;
};

struct text_row {
	str text;
};

static int value_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct text_row *r = ret;

	r->text = stmt_take(st, "value", a);
	return str_eq(r->text, STR("bad")) ? err_set(e, ERR_CORRUPT, "err.test.bad") : 0;
}

static const struct row_kind VALUE = {sizeof(struct text_row), value_read};

static void put(struct db *db, str key, str value)
{
	_cleanup_stmt_ struct stmt st = {0};

	assert_int_equal(db_prepare(db, &Q_installation_put, NULL, &st, NULL), 0);
	stmt_text(&st, "key", key);
	stmt_text(&st, "value", value);
	stmt_i64(&st, "now", 5);
	assert_int_equal(stmt_run(&st, NULL), 0);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	folder_open_temp(&w->folder);
	w->db = folder_db(&w->folder);
	put(w->db, STR("one"), STR("1"));
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

static void prepare(struct world *w, struct stmt *st, str key)
{
	assert_int_equal(db_prepare(w->db, &Q_installation_get, NULL, st, NULL), 0);
	stmt_text(st, "key", key);
}

static void one_row_is_found_or_named_as_absent(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_stmt_ struct stmt st = {0}, none = {0};
	struct text_row got = {STR("untouched")};
	struct err e = {0};

	arena_init(&a, 4096);
	prepare(*state, &none, STR("nothing"));
	assert_int_equal(row_read_one(&none, &VALUE, "err.test.absent", &a, &got, &e), -ERR_NOT_FOUND);
	assert_string_equal(e.id, "err.test.absent");
	assert_true(str_eq(got.text, STR("untouched")));
	stmt_done(&none);
	prepare(*state, &st, STR("one"));
	assert_int_equal(row_read_one(&st, &VALUE, "err.test.absent", &a, &got, &e), 0);
	assert_true(str_eq(got.text, STR("1")));
}

static void a_spent_budget_is_an_error_not_a_short_answer(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_stmt_ struct stmt st = {0}, list = {0};
	struct world *w = *state;
	struct text_row got = {STR("untouched")};
	char large[900];
	struct rows rows;
	struct err e = {0};

	memset(large, 'x', sizeof(large));
	put(w->db, STR("large"), (str){large, sizeof(large)});
	arena_init(&a, 512);
	prepare(w, &st, STR("large"));
	assert_int_equal(row_read_one(&st, &VALUE, "err.test.absent", &a, &got, &e), -ERR_LIMIT);
	assert_string_equal(e.id, "err.db.budget");
	assert_true(str_eq(got.text, STR("untouched")));
	stmt_done(&st);
	prepare(w, &list, STR("large"));
	e = (struct err){0};
	assert_int_equal(rows_read(&list, &VALUE, 10, &a, &rows, &e), -ERR_LIMIT);
	assert_string_equal(e.id, "err.db.budget");
}

static void a_row_that_cannot_be_ends_the_reading(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_stmt_ struct stmt st = {0};
	struct world *w = *state;
	struct rows rows;
	struct err e = {0};

	put(w->db, STR("broken"), STR("bad"));
	arena_init(&a, 4096);
	prepare(w, &st, STR("broken"));
	assert_int_equal(rows_read(&st, &VALUE, 10, &a, &rows, &e), -ERR_CORRUPT);
}

static int name_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)e;
	((struct text_row *)ret)->text = stmt_take(st, "name", a);
	return 0;
}

static const struct row_kind NAME = {sizeof(struct text_row), name_read};

static void add_migration(struct db *db, int64_t version)
{
	_cleanup_stmt_ struct stmt st = {0};

	assert_int_equal(db_prepare(db, &Q_migration_add, NULL, &st, NULL), 0);
	stmt_i64(&st, "version", version);
	stmt_text(&st, "name", STR("of the test"));
	assert_int_equal(stmt_run(&st, NULL), 0);
}

/* More rows than the first array holds, and a query that has more than is wanted. */
static void arrays_grow_and_tell_that_there_is_more(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct world *w = *state;
	struct rows rows;
	uint32_t total = 0;

	arena_init(&a, 1u << 20);
	for (int64_t i = 0; i < 40; i++)
		add_migration(w->db, 900000 + i);
	for (int limit = 0; limit < 2; limit++) {
		_cleanup_stmt_ struct stmt st = {0};
		uint32_t most = limit ? total - 1 : 1000;

		assert_int_equal(db_prepare(w->db, &Q_migration_list, NULL, &st, NULL), 0);
		assert_int_equal(rows_read(&st, &NAME, most, &a, &rows, NULL), 0);
		if (!limit)
			total = rows.count;
		assert_int_equal(rows.has_more, limit == 1);
		assert_int_equal(rows.count, limit ? total - 1 : total);
		for (uint32_t i = 0; i < rows.count; i++)
			assert_true(((struct text_row *)rows.items)[i].text.len > 0);
	}
	assert_true(total > 40);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_row_is_found_or_named_as_absent),
		TEST(a_spent_budget_is_an_error_not_a_short_answer),
		TEST(a_row_that_cannot_be_ends_the_reading),
		TEST(arrays_grow_and_tell_that_there_is_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
