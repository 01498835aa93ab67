/* Providers: due days, reports that arrive, are opened and judged, and what they say about a service. */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/mem.h"
#include "centre/provider/provider.h"
#include "craft/words/words.h"

#define DAY(n) (NOW + (n)*TIME_DAY)

static struct actor person(int64_t tenant_id)
{
	struct actor a = {.kind = ACTOR_SESSION, .user_id = 1, .tenant_id = tenant_id};

	memcpy(a.name, "takahashi", sizeof("takahashi"));
	return a;
}

static time_us date(int year, int month, int day)
{
	struct time_parts p = {.year = year, .month = month, .day = day};

	return time_join(&p);
}

static void test_due_days_keep_the_day_of_the_month(void **state)
{
	struct contract c = {.cadence = CADENCE_MONTHLY, .first_due = date(2026, 1, 31)};
	time_us due = 0;

	(void)state;
	assert_true(contract_due(&c, 1, &due));
	assert_int_equal(due, date(2026, 2, 28));
	assert_true(contract_due(&c, 2, &due));
	assert_int_equal(due, date(2026, 3, 31));
	assert_true(contract_due(&c, 25, &due));
	assert_int_equal(due, date(2028, 2, 29));
	c.cadence = CADENCE_QUARTERLY;
	assert_true(contract_due(&c, 4, &due));
	assert_int_equal(due, date(2027, 1, 31));
	c.cadence = CADENCE_WEEKLY;
	assert_true(contract_due(&c, 1, &due));
	assert_int_equal(due, date(2026, 2, 7));
	c.to = date(2026, 3, 31);
	c.cadence = CADENCE_MONTHLY;
	assert_true(contract_due(&c, 3, &due)); /* the last period's report comes after the end */
	assert_false(contract_due(&c, 4, &due));
	c.cadence = CADENCE_NONE;
	assert_false(contract_due(&c, 0, &due));
}

/* A provider with a contract whose reports were due 21, 14, 7 and 0 days ago. */
static int64_t contract_of(struct guarded *g, const struct actor *who, const char *services)
{
	struct provider p = {.name = STR("Mihari")};
	struct contract c = {.reference = STR("K-1"),
			     .services = str_of(services),
			     .from = DAY(-100),
			     .cadence = CADENCE_WEEKLY,
			     .first_due = DAY(-21),
			     .grace_days = 3};
	int64_t id = 0;
	struct err e = {0};

	assert_int_equal(provider_save(g->db, who, &p, NOW, &c.provider_id, &e), 0);
	assert_int_equal(contract_save(g->db, who, &c, NOW, &id, &e), 0);
	return id;
}

static struct report_slots slots(struct guarded *g, int64_t tenant, struct arena *a)
{
	struct report_slots s = {0};

	assert_int_equal(report_slots(g->db, (struct scope){tenant}, NOW, a, &s, NULL), 0);
	return s;
}

static int64_t arrives(struct guarded *g, const struct actor *who, int64_t contract, time_us due)
{
	struct report_new new = {.contract_id = contract, .due = due, .file_name = STR("report.pdf")};
	int64_t id = 0;

	memset(new.blob.sha256.text, 'a', 64);
	new.blob.size_bytes = 10;
	assert_int_equal(report_add(g->db, who, &new, NOW, &id, NULL), 0);
	return id;
}

static void test_a_report_owed_and_never_opened(void **state)
{
	struct guarded *g = *state;
	struct actor who = person(g->company);
	_cleanup_(arena_done) struct arena a = {0};
	struct provider_facts f;
	struct report_slots s;
	int64_t contract, id;

	arena_init(&a, 8u << 20);
	contract = contract_of(g, &who, "B-1 B-3");
	s = slots(g, g->company, &a); /* due 21, 14, 7 and 0 days ago, and in 7 */
	assert_int_equal(s.count, 5);
	assert_int_equal(s.counts[SLOT_MISSING], 3);
	assert_int_equal(s.counts[SLOT_AWAITED], 2); /* within the grace, and the next one */
	provider_facts(&s, STR("B-3"), NOW, &f);
	assert_int_equal(f.contracts, 1);
	assert_int_equal(f.never_opened, DAY(-7));
	assert_false(f.has_arrived);
	provider_facts(&s, STR("B-2"), NOW, &f);
	assert_int_equal(f.contracts, 0);
	assert_int_equal(f.never_opened, 0);

	id = arrives(g, &who, contract, DAY(-7));
	s = slots(g, g->company, &a);
	assert_int_equal(s.counts[SLOT_UNOPENED], 1);
	provider_facts(&s, STR("B-1"), NOW, &f);
	assert_true(f.has_arrived);
	assert_int_equal(report_open(g->db, &who, id, NOW, NULL), 0);
	s = slots(g, g->company, &a);
	assert_int_equal(s.counts[SLOT_OPENED], 1);
	provider_facts(&s, STR("B-1"), NOW, &f);
	assert_non_null(f.opened);
	assert_int_equal(f.never_opened, DAY(-14));
	assert_int_equal(slots(g, g->other, &a).count, 0); /* another organisation sees nothing */
}

static void test_judging(void **state)
{
	struct guarded *g = *state;
	struct actor who = person(g->company), stranger = person(g->other);
	_cleanup_(arena_done) struct arena a = {0};
	struct report_judge j = {.version = 1,
				 .judgement = {.content = UNDERSTOOD_YES, .result = UNDERSTOOD_PARTLY, .met = 3}};
	struct provider_facts f;
	struct report_slots s;
	struct err e = {0};
	struct report r;

	arena_init(&a, 8u << 20);
	j.id = arrives(g, &who, contract_of(g, &who, "B-1"), DAY(-7));
	assert_int_equal(report_judge(g->db, &who, &j, NOW, &e), -ERR_WRONG_STATE);
	assert_string_equal(e.id, "err.provider.unopened");
	assert_int_equal(report_open(g->db, &stranger, j.id, NOW, &e), -ERR_NOT_FOUND);
	assert_int_equal(report_open(g->db, &who, j.id, NOW, &e), 0);
	assert_int_equal(report_judge(g->db, &who, &j, NOW, &e), -ERR_CONFLICT); /* the opening was a change */
	j.version = 2;
	j.judgement.result = UNDERSTOOD_NONE;
	assert_int_equal(report_judge(g->db, &who, &j, NOW, &e), -ERR_RANGE);
	assert_string_equal(e.path, "result");
	j.judgement.result = UNDERSTOOD_PARTLY;
	assert_int_equal(report_judge(g->db, &stranger, &j, NOW, &e), -ERR_NOT_FOUND);
	assert_int_equal(report_judge(g->db, &who, &j, NOW, &e), 0);
	assert_int_equal(report_get(g->db, (struct scope){g->company}, j.id, &a, &r, &e), 0);
	assert_int_equal(r.judgement.result, UNDERSTOOD_PARTLY);
	assert_true(str_eq(r.judged_by, STR("takahashi")));
	s = slots(g, g->company, &a);
	provider_facts(&s, STR("B-1"), NOW, &f);
	assert_non_null(f.judged);
	assert_int_equal(f.period_days, 7);
}

static void test_bad_values_are_named(void **state)
{
	struct guarded *g = *state;
	struct actor who = person(g->company);
	struct contract c = {.reference = STR("K-2"), .services = STR("B-1"), .from = DAY(-10), .to = DAY(-20)};
	struct report_new new = {.file_name = STR("x"), .due = DAY(-6), .blob.size_bytes = 1};
	struct provider again = {.name = STR("Mihari")};
	struct err e = {0};
	int64_t id = 0;

	new.contract_id = contract_of(g, &who, "B-1");
	assert_int_equal(provider_save(g->db, &who, &again, NOW, &id, &e), -ERR_CONFLICT);
	assert_string_equal(e.id, "err.provider.twice");
	assert_int_equal(contract_save(g->db, &who, &c, NOW, &id, &e), -ERR_RANGE);
	assert_string_equal(e.path, "to");
	c.to = 0;
	c.provider_id = 4711;
	assert_int_equal(contract_save(g->db, &who, &c, NOW, &id, &e), -ERR_NOT_FOUND);
	assert_int_equal(report_add(g->db, &who, &new, NOW, &id, &e), -ERR_RANGE);
	assert_string_equal(e.id, "err.provider.due");
	assert_true(words_has(str_of(e.id)));
	(void)arrives(g, &who, new.contract_id, DAY(-7));
	new.due = DAY(-7);
	assert_int_equal(report_add(g->db, &who, &new, NOW, &id, &e), -ERR_CONFLICT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_due_days_keep_the_day_of_the_month),
		GUARDED(test_a_report_owed_and_never_opened),
		GUARDED(test_judging),
		GUARDED(test_bad_values_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
