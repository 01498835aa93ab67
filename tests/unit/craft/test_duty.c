/* Due work: opened twice is one, missed by the clock alone, closed by its source, apart by organisation. */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/mem.h"
#include "craft/duty/duty.h"

static struct actor person(int64_t tenant_id)
{
	struct actor a = {.kind = ACTOR_SESSION, .user_id = 1, .tenant_id = tenant_id};

	memcpy(a.name, "sato", sizeof("sato"));
	return a;
}

static void opened(struct guarded *g, int64_t tenant_id, const char *source, time_us due)
{
	struct actor who = person(tenant_id);
	struct duty d = {.service = STR("B-3"), .source = str_of(source), .what = STR("Handover"), .due = due};

	assert_int_equal(db_begin(g->db, NULL), 0);
	assert_int_equal(duty_open(g->db, &who, &d, NOW - 10 * TIME_DAY, NULL), 0);
	assert_int_equal(db_commit(g->db, NULL), 0);
}

typedef int (*closing)(struct db *db, const struct actor *who, str source, time_us at, struct err *e);

static void closed(struct guarded *g, closing how, const char *source)
{
	struct actor who = person(g->company);

	assert_int_equal(db_begin(g->db, NULL), 0);
	assert_int_equal(how(g->db, &who, str_of(source), NOW, NULL), 0);
	assert_int_equal(db_commit(g->db, NULL), 0);
}

static struct duty_facts facts(struct guarded *g, struct arena *a, int64_t tenant_id)
{
	struct duty_facts *rows = NULL;
	uint32_t count = 0;

	assert_int_equal(duty_facts(g->db, (struct scope){tenant_id}, NOW, a, &rows, &count, NULL), 0);
	assert_true(count <= 1);
	return count ? rows[0] : (struct duty_facts){0};
}

static void test_facts_of_a_service(void **state)
{
	struct guarded *g = *state;
	_cleanup_(arena_done) struct arena a = {0};
	struct duty_facts f;

	arena_init(&a, 1u << 20);
	opened(g, g->company, "calendar:1", NOW - 3 * TIME_DAY);
	opened(g, g->company, "calendar:2", NOW - 2 * TIME_DAY);
	opened(g, g->company, "calendar:3", NOW + TIME_DAY);
	opened(g, g->company, "calendar:4", NOW + 2 * TIME_DAY);
	opened(g, g->company, "calendar:5", NOW - 500 * TIME_DAY); /* too old to speak of */
	opened(g, g->other, "calendar:1", NOW - TIME_DAY);
	f = facts(g, &a, g->company);
	assert_true(str_eq(f.service, STR("B-3")));
	assert_int_equal(f.missed, 2);
	assert_int_equal(f.done, 0);
	assert_int_equal(f.open, 2);
	assert_int_equal(f.last_missed, NOW - 2 * TIME_DAY);
	assert_int_equal(f.next_due, NOW + TIME_DAY);
	closed(g, duty_done, "calendar:2");
	closed(g, duty_drop, "calendar:3");
	f = facts(g, &a, g->company);
	assert_int_equal(f.missed, 1);
	assert_int_equal(f.done, 1);
	assert_int_equal(f.open, 1);
	assert_int_equal(f.last_missed, NOW - 3 * TIME_DAY);
	assert_int_equal(facts(g, &a, g->other).missed, 1);
}

static void test_opening_twice_is_one(void **state)
{
	struct guarded *g = *state;
	_cleanup_(arena_done) struct arena a = {0};
	struct actor who = person(g->company);
	struct duty_row *rows = NULL;
	uint32_t count = 0;

	arena_init(&a, 1u << 20);
	opened(g, g->company, "calendar:1", NOW - TIME_DAY);
	opened(g, g->company, "calendar:1", NOW + TIME_DAY);
	assert_int_equal(
		duty_list(g->db, (struct scope){g->company}, &(struct duty_query){.now = NOW}, &a, &rows, &count, NULL),
		0);
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].duty.due, NOW + TIME_DAY);
	assert_false(rows[0].is_missed);
	closed(g, duty_done, "calendar:1");
	opened(g, g->company, "calendar:1", NOW - TIME_DAY); /* done stays done */
	assert_int_equal(facts(g, &a, g->company).missed, 0);
	assert_int_equal(db_begin(g->db, NULL), 0);
	assert_int_equal(duty_reopen(g->db, &who, STR("calendar:1"), NULL), 0);
	assert_int_equal(db_commit(g->db, NULL), 0);
	assert_int_equal(duty_list(g->db, (struct scope){g->company},
				   &(struct duty_query){.service = STR("B-3"), .open_only = true, .now = NOW}, &a,
				   &rows, &count, NULL),
			 0);
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].done, 0);
}

static void test_bad_values_are_refused(void **state)
{
	struct guarded *g = *state;
	struct actor who = person(g->company);
	char longer[DUTY_WHAT_MAX + 1];
	struct duty d = {.service = STR("B-3"), .what = STR("x"), .due = NOW};
	struct err e = {0};

	memset(longer, 'x', sizeof(longer));
	assert_int_equal(db_begin(g->db, &e), 0);
	assert_int_equal(duty_open(g->db, &who, &d, NOW, &e), -ERR_RANGE);
	assert_string_equal(e.id, "err.duty.empty");
	assert_string_equal(e.path, "source");
	d.source = STR("calendar:1");
	d.what = (str){longer, sizeof(longer)};
	assert_int_equal(duty_open(g->db, &who, &d, NOW, &e), -ERR_RANGE);
	assert_string_equal(e.id, "err.duty.long");
	assert_string_equal(e.path, "what");
	db_rollback(g->db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUARDED(test_facts_of_a_service),
		GUARDED(test_opening_twice_is_one),
		GUARDED(test_bad_values_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
