/* Recurring work in a real store: opened ahead, done, skipped, missed; the duties and the work that come of it. */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/mem.h"
#include "centre/manage/manage.h"
#include "craft/duty/duty.h"
#include "craft/work/work.h"

struct world {
	struct guarded *g;
	struct content_index *index;
	struct holidays *jp;
	struct task_house house;
	struct arena a;
	struct actor analyst;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	guarded_set_up((void **)&w->g);
	CHECK(content_index_load(STR_NONE, &w->index, NULL) == 0 && holidays_load(STR_NONE, &w->jp, NULL) == 0);
	w->house = (struct task_house){content_index_find(w->index, STR(FRAMEWORK_DEFAULT)), w->jp, NOW};
	arena_init(&w->a, 64u << 20);
	w->analyst = (struct actor){.kind = ACTOR_SESSION,
				    .role = ROLE_ANALYST,
				    .permissions = role_permissions(ROLE_ANALYST),
				    .user_id = 1,
				    .tenant_id = w->g->company,
				    .home_tenant_id = w->g->company,
				    .name = "analyst"};
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	arena_done(&w->a);
	holidays_free(w->jp);
	content_index_free(w->index);
	guarded_tear_down((void **)&w->g);
	free(w);
	return 0;
}

static struct task daily(void)
{
	return (struct task){.title = STR("Handover"),
			     .service = STR("B-1"),
			     .is_active = true,
			     .due_min = TASK_DAY_END,
			     .minutes = 15,
			     .rule = {.every = EVERY_DAY, .start = day_at(NOW, 0), .end = DAY_NONE}};
}

static int64_t save(struct world *w, const struct task *t)
{
	int64_t id = 0;

	assert_int_equal(task_save(w->g->db, &w->analyst, &w->house, t, &id, NULL), 0);
	return id;
}

static struct due_list list(struct world *w, bool planned, int days)
{
	struct due_query q = {.from = day_at(NOW, 0) - 5,
			      .to = day_at(NOW, 0) + days,
			      .owner_id = TASK_ANYBODY,
			      .planned = planned,
			      .now = w->house.now,
			      .holidays = w->jp};
	struct due_list l;

	assert_int_equal(due_list(w->g->db, actor_scope(&w->analyst), &q, &w->a, &l, NULL), 0);
	return l;
}

static struct duty_facts facts(struct world *w)
{
	struct duty_facts *f;
	uint32_t count;

	assert_int_equal(duty_facts(w->g->db, actor_scope(&w->analyst), w->house.now, &w->a, &f, &count, NULL), 0);
	assert_int_equal(count, 1);
	return f[0];
}

static int close_day(struct world *w, int64_t id, int days, enum due_state state, const char *note, struct err *e)
{
	struct due_close c = {
		.task_id = id, .day = day_at(NOW, 0) + days, .state = state, .note = str_of(note), .now = w->house.now};

	return due_close(w->g->db, &w->analyst, &c, e);
}

static void days_are_opened_and_missed_by_themselves(void **state)
{
	struct world *w = *state;
	struct task t = daily();
	struct due_counts c;

	save(w, &t);
	assert_int_equal(list(w, false, 400).count, TASK_AHEAD_DAYS + 1);
	assert_int_equal(list(w, true, 400).count, 401);
	w->house.now = NOW + 10 * TIME_DAY;
	assert_int_equal(task_roll(w->g->db, &w->house, NULL), 0);
	assert_int_equal(task_roll(w->g->db, &w->house, NULL), 0);
	assert_int_equal(list(w, false, 400).count, TASK_AHEAD_DAYS + 11);
	assert_int_equal(due_count(w->g->db, actor_scope(&w->analyst), 0, w->house.now, &c, NULL), 0);
	assert_int_equal(c.missed, 10);
	assert_int_equal(facts(w).missed, 10);
}

static void done_is_work_and_no_longer_due(void **state)
{
	struct world *w = *state;
	struct task t = daily();
	int64_t id = save(w, &t);
	struct work_list work;
	struct err e;

	assert_int_equal(close_day(w, id, 0, DUE_DONE, "all quiet", NULL), 0);
	assert_int_equal(
		work_list(w->g->db, actor_scope(&w->analyst), STR("B-1"), (struct work_cursor){0}, &w->a, &work, NULL),
		0);
	assert_int_equal(work.count, 1);
	assert_int_equal(work.rows[0].work.ended - work.rows[0].work.started, 15 * TIME_MINUTE);
	assert_int_equal(close_day(w, id, 0, DUE_DONE, "again", &e), -ERR_WRONG_STATE);
	w->house.now = NOW + TIME_DAY + TIME_DAY / 2;
	assert_int_equal(facts(w).done, 1);
	/* Late work is work: it was missed until then. */
	assert_int_equal(close_day(w, id, 1, DUE_DONE, "", NULL), 0);
	assert_int_equal(facts(w).missed, 0);
}

static void skipping_needs_a_reason_and_is_no_work(void **state)
{
	struct world *w = *state;
	struct task t = daily();
	int64_t id = save(w, &t);
	struct work_list work;
	struct err e;

	assert_int_equal(close_day(w, id, 0, DUE_SKIPPED, "  ", &e), -ERR_RANGE);
	assert_string_equal(e.path, "note");
	assert_int_equal(close_day(w, id, 0, DUE_SKIPPED, "company holiday", NULL), 0);
	assert_int_equal(
		work_list(w->g->db, actor_scope(&w->analyst), STR("B-1"), (struct work_cursor){0}, &w->a, &work, NULL),
		0);
	assert_int_equal(work.count, 0);
	w->house.now = NOW + TIME_DAY;
	assert_int_equal(facts(w).missed, 0);
	assert_int_equal(close_day(w, id, 500, DUE_DONE, "", &e), -ERR_NOT_FOUND);
}

static void a_task_may_ask_for_a_note(void **state)
{
	struct world *w = *state;
	struct task t = daily();
	struct err e;
	int64_t id;

	t.needs_note = true;
	id = save(w, &t);
	assert_int_equal(close_day(w, id, 0, DUE_DONE, "", &e), -ERR_RANGE);
	assert_string_equal(e.id, "err.manage.note");
	assert_int_equal(close_day(w, id, 0, DUE_DONE, "seen", NULL), 0);
}

static void a_changed_rule_changes_only_what_is_ahead(void **state)
{
	struct world *w = *state;
	struct task t = daily();
	int64_t id = save(w, &t);
	struct err e;

	w->house.now = NOW + 3 * TIME_DAY;
	assert_int_equal(task_load(w->g->db, actor_scope(&w->analyst), id, &w->a, &t, NULL), 0);
	t.rule.every = EVERY_WEEK;
	t.rule.weekday = 1;
	save(w, &t);
	assert_int_equal(facts(w).missed, 3);
	assert_in_range(list(w, false, 400).count, 3 + 6, 3 + 8);
	assert_int_equal(task_save(w->g->db, &w->analyst, &w->house, &t, &id, &e), -ERR_CONFLICT);
	assert_int_equal(task_load(w->g->db, actor_scope(&w->analyst), id, &w->a, &t, NULL), 0);
	t.service = STR("B-2");
	assert_int_equal(task_save(w->g->db, &w->analyst, &w->house, &t, &id, &e), -ERR_RANGE);
	/* Back to every day: the days that were dropped are due again. */
	t.service = STR("B-1");
	t.rule.every = EVERY_DAY;
	save(w, &t);
	w->house.now = NOW + 6 * TIME_DAY;
	assert_int_equal(facts(w).missed, 6);
}

static void proposals_cover_every_service_once_adopted(void **state)
{
	struct world *w = *state;
	struct task_proposals *p = NULL;
	uint32_t chosen[TASK_PROPOSALS_MAX], made = 0;
	struct task_adopt adopt = {.chosen = chosen, .lang = LANG_JA};
	bool covered;

	assert_int_equal(task_proposals_load(STR_NONE, w->house.framework, &p, NULL), 0);
	for (uint32_t i = 0; i < w->house.framework->service_count; i++) {
		covered = false;
		for (uint32_t k = 0; k < p->count; k++)
			covered |= str_eq(p->items[k].service, w->house.framework->services[i].id);
		assert_true(covered);
	}
	for (uint32_t i = 0; i < p->count; i++)
		chosen[i] = i;
	adopt.proposals = p;
	adopt.count = p->count;
	assert_int_equal(task_adopt(w->g->db, &w->analyst, &w->house, &adopt, &made, NULL), 0);
	assert_int_equal(made, p->count);
	assert_int_equal(task_adopt(w->g->db, &w->analyst, &w->house, &adopt, &made, NULL), 0);
	assert_int_equal(made, 0);
	task_proposals_free(p);
}

static void a_stranger_sees_nothing(void **state)
{
	struct world *w = *state;
	struct actor other = w->analyst;
	struct task t = daily();
	struct task_list tasks;
	int64_t id = save(w, &t);
	struct err e;

	other.tenant_id = w->g->other;
	assert_int_equal(task_list(w->g->db, actor_scope(&other), &w->a, &tasks, NULL), 0);
	assert_int_equal(tasks.count, 0);
	assert_int_equal(
		due_close(w->g->db, &other,
			  &(struct due_close){.task_id = id, .day = day_at(NOW, 0), .state = DUE_DONE, .now = NOW}, &e),
		-ERR_NOT_FOUND);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(days_are_opened_and_missed_by_themselves),
		TEST(done_is_work_and_no_longer_due),
		TEST(skipping_needs_a_reason_and_is_no_work),
		TEST(a_task_may_ask_for_a_note),
		TEST(a_changed_rule_changes_only_what_is_ahead),
		TEST(proposals_cover_every_service_once_adopted),
		TEST(a_stranger_sees_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
