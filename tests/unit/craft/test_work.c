/* Work records: kept with the deed, listed page by page, summed per person, apart by organisation. */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/mem.h"
#include "craft/work/work.h"

static struct actor person(const struct guarded *g, int64_t user_id, int64_t tenant_id)
{
	struct actor a = {.kind = ACTOR_SESSION, .user_id = user_id, .tenant_id = tenant_id};

	(void)g;
	snprintf(a.name, sizeof(a.name), "person %d", (int)user_id);
	return a;
}

static void put(struct guarded *g, const struct actor *who, const char *service, time_us ended)
{
	struct work w = {.service = str_of(service),
			 .action = STR("alert.verdict"),
			 .object = STR("alert:1"),
			 .started = ended - TIME_MINUTE,
			 .ended = ended,
			 .result = STR("true_positive")};
	struct err e = {0};

	assert_int_equal(db_begin(g->db, &e), 0);
	assert_int_equal(work_record(g->db, who, &w, &e), 0);
	assert_int_equal(db_commit(g->db, &e), 0);
}

static void test_people_are_summed(void **state)
{
	struct guarded *g = *state;
	struct actor one = person(g, 1, g->company), two = person(g, 2, g->company), machine = actor_system(g->company);
	_cleanup_(arena_done) struct arena a = {0};
	struct work_person *rows = NULL;
	uint32_t count = 0;

	arena_init(&a, 1u << 20);
	put(g, &one, "B-1", NOW);
	put(g, &one, "B-1", NOW - TIME_DAY); /* entered later, happened earlier */
	put(g, &two, "B-1", NOW - 2 * TIME_DAY);
	put(g, &machine, "B-1", NOW);
	put(g, &one, "D-2", NOW);
	assert_int_equal(work_people(g->db, (struct scope){g->company}, &a, &rows, &count, NULL), 0);
	assert_int_equal(count, 4);
	assert_int_equal(rows[0].user_id, 0);
	assert_int_equal(rows[1].user_id, 1);
	assert_int_equal(rows[1].count, 2);
	assert_int_equal(rows[1].first, NOW - TIME_DAY);
	assert_int_equal(rows[1].last, NOW);
	assert_int_equal(rows[2].user_id, 2);
	assert_true(str_eq(rows[3].service, STR("D-2")));
}

static void test_organisations_are_apart(void **state)
{
	struct guarded *g = *state;
	struct actor ours = person(g, 1, g->company), theirs = person(g, 2, g->other);
	_cleanup_(arena_done) struct arena a = {0};
	struct work_list list = {0};
	struct work_person *rows = NULL;
	uint32_t count = 0;

	arena_init(&a, 1u << 20);
	put(g, &ours, "B-1", NOW);
	put(g, &theirs, "B-1", NOW);
	assert_int_equal(
		work_list(g->db, (struct scope){g->company}, STR("B-1"), (struct work_cursor){0}, &a, &list, NULL), 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.rows[0].user_id, 1);
	assert_int_equal(work_people(g->db, (struct scope){g->other}, &a, &rows, &count, NULL), 0);
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].user_id, 2);
}

static void test_pages_hold_every_record_once(void **state)
{
	struct guarded *g = *state;
	struct actor one = person(g, 1, g->company);
	_cleanup_(arena_done) struct arena a = {0};
	struct work_cursor from = {0};
	uint32_t seen = 0;
	time_us last = INT64_MAX;

	arena_init(&a, 4u << 20);
	for (int i = 0; i < 450; i++)
		put(g, &one, i % 3 ? "B-1" : "D-2", NOW - (i / 7) * TIME_HOUR); /* many share their moment */
	do {
		struct work_list list = {0};

		assert_int_equal(work_list(g->db, (struct scope){g->company}, STR("B-1"), from, &a, &list, NULL), 0);
		for (uint32_t i = 0; i < list.count; i++) {
			assert_true(list.rows[i].work.ended <= last);
			assert_true(str_eq(list.rows[i].work.service, STR("B-1")));
			last = list.rows[i].work.ended;
		}
		seen += list.count;
		from = list.next;
	} while (from.id);
	assert_int_equal(seen, 300);
}

static void test_wrong_values_are_named(void **state)
{
	static char long_text[WORK_RESULT_MAX + 1];
	struct guarded *g = *state;
	struct actor one = person(g, 1, g->company);
	struct work good = {.service = STR("B-1"), .action = STR("x"), .started = 5, .ended = 5};
	struct {
		struct work work;
		const char *id, *field;
	} cases[6];

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		cases[i].work = good;
	memset(long_text, 'x', sizeof(long_text));
	cases[0].work.service = STR_NONE, cases[0].id = "err.work.service", cases[0].field = "service";
	cases[1].work.action = STR_NONE, cases[1].id = "err.work.action", cases[1].field = "action";
	cases[2].work.ended = 4, cases[2].id = "err.work.order", cases[2].field = "ended";
	cases[3].work.recorded = 4, cases[3].id = "err.work.future", cases[3].field = "ended";
	cases[4].work.result = (str){long_text, sizeof(long_text)}, cases[4].id = "err.work.long",
	cases[4].field = "result";
	cases[5].work.service = (str){long_text, 33}, cases[5].id = "err.work.long", cases[5].field = "service";
	assert_int_equal(db_begin(g->db, NULL), 0);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct err e = {0};

		assert_int_equal(work_record(g->db, &one, &cases[i].work, &e), -ERR_RANGE);
		assert_string_equal(e.id, cases[i].id);
		assert_string_equal(e.path, cases[i].field);
	}
	assert_int_equal(work_record(g->db, &one, &good, NULL), 0);
	db_rollback(g->db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUARDED(test_people_are_summed),
		GUARDED(test_organisations_are_apart),
		GUARDED(test_pages_hold_every_record_once),
		GUARDED(test_wrong_values_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
