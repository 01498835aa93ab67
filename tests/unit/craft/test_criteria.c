/* Tables of: what they mean, what is refused, versions that never change. */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/mem.h"
#include "craft/criteria/criteria.h"
#include "craft/work/work.h"

struct world {
	struct guarded *g;
	struct arena a;
	struct actor who;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	guarded_set_up((void **)&w->g);
	arena_init(&w->a, 16u << 20);
	w->who = (struct actor){
		.kind = ACTOR_SESSION, .role = ROLE_MANAGER, .user_id = 1, .tenant_id = w->g->company, .name = "lead"};
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	arena_done(&w->a);
	guarded_tear_down((void **)&w->g);
	free(w);
	return 0;
}

static void priority_is_severity_by_value_by_confidence(void **state)
{
	static const unsigned rows[][4] = {{5, 2, 2, 5}, {5, 2, 3, 5}, {4, 2, 1, 3}, {4, 3, 3, 5},
					   {1, 1, 1, 1}, {3, 3, 1, 3}, {3, 1, 3, 2}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(triage_priority(&triage_first_edition, rows[i][0], rows[i][1], rows[i][2]),
				 rows[i][3]);
}

static int64_t draft(struct world *w, struct criteria *c)
{
	int64_t id = 0;

	assert_int_equal(criteria_save(w->g->db, &w->who, c, NOW, &id, NULL), 0);
	return id;
}

static void a_draft_is_not_used_until_it_is_approved(void **state)
{
	struct world *w = *state;
	struct scope scope = actor_scope(&w->who);
	struct criteria c = {.kind = CRITERIA_TRIAGE, .triage = triage_first_edition}, now;
	struct triage_table t;
	struct work_list work;
	int64_t id, number = -1;
	struct err e;

	c.triage.adjust[1][1] = 0;
	c.triage.acknowledge_min[4] = 5;
	id = draft(w, &c);
	assert_int_equal(triage_in_force(w->g->db, scope, &t, &number, NULL), 0);
	assert_int_equal(number, 0);
	assert_int_equal(criteria_approve(w->g->db, &w->who, id, 7, NOW, &e), -ERR_CONFLICT);
	assert_int_equal(criteria_approve(w->g->db, &w->who, id, 1, NOW, NULL), 0);
	assert_int_equal(triage_in_force(w->g->db, scope, &t, &number, NULL), 0);
	assert_int_equal(number, 1);
	assert_int_equal(t.acknowledge_min[4], 5);
	assert_int_equal(work_list(w->g->db, scope, STR("A-9"), (struct work_cursor){0}, &w->a, &work, NULL), 0);
	assert_int_equal(work.count, 2);
	/* In force: nobody changes, drops or approves it again. */
	c.id = id;
	c.changes = 1;
	assert_int_equal(criteria_save(w->g->db, &w->who, &c, NOW, &id, &e), -ERR_CONFLICT);
	assert_int_equal(criteria_drop(w->g->db, &w->who, id, NOW, &e), -ERR_WRONG_STATE);
	assert_int_equal(criteria_approve(w->g->db, &w->who, id, 1, NOW, &e), -ERR_WRONG_STATE);
	/* The next one retires it, and its table stays. */
	c.id = 0;
	c.triage.acknowledge_min[4] = 30;
	assert_int_equal(criteria_approve(w->g->db, &w->who, draft(w, &c), 1, NOW, NULL), 0);
	assert_int_equal(criteria_load(w->g->db, scope, id, &w->a, &now, NULL), 0);
	assert_int_equal(now.state, CRITERIA_RETIRED);
	assert_int_equal(now.triage.acknowledge_min[4], 5);
}

static void bad_tables_are_refused_with_the_field(void **state)
{
	struct world *w = *state;
	struct criteria c = {.kind = CRITERIA_TRIAGE, .triage = triage_first_edition};
	struct policy rows[] = {
		{.id = STR("isolate_host"), .states = STR("contain"), .decider = STR("handler"), .severity_min = 3},
		{.id = STR("isolate_host"), .states = STR("contain"), .decider = STR("handler"), .severity_min = 3}};
	int64_t id;
	struct err e;

	c.triage.adjust[0][0] = 9;
	assert_int_equal(criteria_save(w->g->db, &w->who, &c, NOW, &id, &e), -ERR_RANGE);
	c.triage = triage_first_edition;
	c.triage.adjust[2][2] = -1; /* more value and confidence, less priority */
	assert_int_equal(criteria_save(w->g->db, &w->who, &c, NOW, &id, &e), -ERR_RANGE);
	assert_string_equal(e.id, "err.criteria.order");
	c = (struct criteria){.kind = CRITERIA_ACTION, .policy = {rows, 2}};
	assert_int_equal(criteria_save(w->g->db, &w->who, &c, NOW, &id, &e), -ERR_RANGE);
	assert_string_equal(e.id, "err.criteria.twice");
	rows[1].id = STR("Isolate!");
	assert_int_equal(criteria_save(w->g->db, &w->who, &c, NOW, &id, &e), -ERR_RANGE);
	assert_string_equal(e.path, "id");
	rows[1].id = STR("other");
	rows[1].decider = STR("nobody");
	assert_int_equal(criteria_save(w->g->db, &w->who, &c, NOW, &id, &e), -ERR_RANGE);
	assert_string_equal(e.path, "decider");
}

static void policies_come_back_as_they_were_written(void **state)
{
	struct world *w = *state;
	struct policy rows[] = {{.id = STR("cut_line"),
				 .name = STR("回線を切る \"全部\""),
				 .states = STR("contain eradicate"),
				 .decider = STR("ciso"),
				 .severity_min = 4,
				 .minutes = 30,
				 .consent = true,
				 .remark = STR("夜間は電話")}};
	struct criteria c = {.kind = CRITERIA_ACTION, .policy = {rows, 1}, .note = STR("first")};
	struct policy_table t;
	int64_t number;

	assert_int_equal(policy_in_force(w->g->db, actor_scope(&w->who), &w->a, &t, &number, NULL), 0);
	assert_true(t.count > 10 && number == 0);
	assert_int_equal(criteria_approve(w->g->db, &w->who, draft(w, &c), 1, NOW, NULL), 0);
	assert_int_equal(policy_in_force(w->g->db, actor_scope(&w->who), &w->a, &t, &number, NULL), 0);
	assert_int_equal(t.count, 1);
	assert_true(str_eq(t.rows[0].name, rows[0].name) && str_eq(t.rows[0].remark, rows[0].remark) &&
		    t.rows[0].consent);
	assert_true(policy_applies(&t.rows[0], STR("eradicate"), 4));
	assert_false(policy_applies(&t.rows[0], STR("eradicate"), 3));
	assert_false(policy_applies(&t.rows[0], STR("recover"), 5));
	assert_false(policy_applies(&t.rows[0], STR("eradicat"), 5));
	/* Another organisation still has the first edition. */
	assert_int_equal(policy_in_force(w->g->db, (struct scope){w->g->other}, &w->a, &t, &number, NULL), 0);
	assert_int_equal(number, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(priority_is_severity_by_value_by_confidence),
		TEST(a_draft_is_not_used_until_it_is_approved),
		TEST(bad_tables_are_refused_with_the_field),
		TEST(policies_come_back_as_they_were_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
