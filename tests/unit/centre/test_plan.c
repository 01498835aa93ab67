/* Approved versions, starting proposals, the what-if of sourcing, the first set-up. */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/mem.h"
#include "centre/plan/plan.h"

struct world {
	struct guarded *g;
	struct content_index *index;
	const struct framework *fw;
	struct proposals proposals;
	struct arena a;
	struct actor ciso;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e = {0};

	guarded_set_up((void **)&w->g);
	CHECK(content_index_load(STR_NONE, &w->index, NULL) == 0);
	w->fw = content_index_find(w->index, STR(FRAMEWORK_DEFAULT));
	arena_init(&w->a, 64u << 20);
	if (proposals_load(STR_NONE, &w->a, &w->proposals, &e))
		fail_msg("%s %s:%u %s", e.id, e.path, e.line, e.value);
	w->ciso = (struct actor){.kind = ACTOR_SESSION, .user_id = 1, .tenant_id = w->g->company, .name = "CISO"};
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	arena_done(&w->a);
	content_index_free(w->index);
	guarded_tear_down((void **)&w->g);
	free(w);
	return 0;
}

static struct portfolio load(struct world *w)
{
	struct portfolio_query q = {.framework = w->fw, .now = NOW};
	struct portfolio p;

	assert_int_equal(portfolio_load(w->g->db, (struct scope){w->g->company}, &q, &w->a, &p, NULL), 0);
	return p;
}

static void save(struct world *w, const char *service, struct service_state s)
{
	struct portfolio p = load(w);
	struct service_change c = {.framework = w->fw,
				   .service = str_of(service),
				   .expected = p.items[framework_service(w->fw, str_of(service))->index].state.version,
				   .state = &s,
				   .now = NOW};
	int64_t version;

	assert_int_equal(service_state_save(w->g->db, &w->ciso, &c, &version, NULL), 0);
}

static int apply_all(struct world *w, const struct plan *plan, enum change_kind kind, bool decided, int64_t *ret)
{
	struct plan_choice choices[CHANGE_ROWS_MAX];
	struct plan_apply apply = {.framework = w->fw, .plan = plan, .choices = choices, .kind = kind, .now = NOW};

	for (uint32_t i = 0; i < plan->count; i++)
		if (decided || !plan->rows[i].decided)
			choices[apply.count++] = (struct plan_choice){plan->rows[i].item->service->id,
								      plan->rows[i].item->state.version};
	return plan_apply(w->g->db, &w->ciso, &apply, ret, NULL);
}

/* ---- approval ---- */

static int64_t approve(struct world *w, enum approval_subject subject)
{
	struct approval_new n = {w->fw, subject, STR("agreed on Friday"), NOW};
	int64_t id = 0;

	assert_int_equal(approval_make(w->g->db, &w->ciso, &n, &id, NULL), 0);
	return id;
}

static struct approval frozen(struct world *w, int64_t id)
{
	struct approval a = {0};

	assert_int_equal(approval_load(w->g->db, (struct scope){w->g->company}, id, &w->a, &a, NULL), 0);
	return a;
}

static void test_a_frozen_version_never_changes(void **state)
{
	struct world *w = *state;
	struct service_state s = {
		.level = SERVICE_BASIC, .assignment = ASSIGN_INSOURCE, .team = STR("SOC \"A\" <狼煙>")};
	int64_t id;
	struct approval before, after;
	str body;

	save(w, "B-1", s);
	id = approve(w, APPROVE_PROFILE);
	before = frozen(w, id);
	body = before.body;
	assert_int_equal(before.number, 1);
	assert_int_equal(before.row_count, 64);
	/* Whatever happens to the rows, also through an undo, the frozen text is the same bytes. */
	for (uint32_t i = 0; i < 20; i++) {
		struct change_undo undo = {.framework = w->fw, .now = NOW};
		int64_t change;

		s.team = i % 2 ? STR("CSIRT") : STR("PSIRT");
		save(w, "B-1", s);
		if (i % 3 == 0)
			assert_int_equal(change_undo(w->g->db, &w->ciso, &undo, &change, NULL), 0);
		after = frozen(w, id);
		assert_true(str_eq(after.body, body));
		assert_true(str_eq(after.hash, before.hash));
	}
	assert_int_equal(frozen(w, approve(w, APPROVE_PROFILE)).number, 2);
	assert_int_equal(frozen(w, approve(w, APPROVE_CATALOGUE)).number, 1);
	assert_true(str_eq(frozen(w, id).body, body));
}

static void test_what_changed_since(void **state)
{
	struct world *w = *state;
	struct service_state s = {.level = SERVICE_BASIC, .assignment = ASSIGN_INSOURCE, .team = STR("SOC")};
	struct approval_comparison c;
	struct approval a;
	struct portfolio p;

	save(w, "B-1", s);
	a = frozen(w, approve(w, APPROVE_PROFILE));
	p = load(w);
	assert_int_equal(approval_compare(&a, &p, &w->a, &c, NULL), 0);
	assert_int_equal(c.rows, 0);
	s.team = STR("CSIRT");
	s.provider = STR("MSS");
	s.level = SERVICE_STANDARD; /* of the catalogue: not this subject's */
	save(w, "B-1", s);
	p = load(w);
	assert_int_equal(approval_compare(&a, &p, &w->a, &c, NULL), 0);
	assert_int_equal(c.rows, 1);
	assert_int_equal(c.count, 2);
	assert_true(str_eq(c.items[0].before, STR("SOC")));
	assert_true(str_eq(c.items[0].after, STR("CSIRT")));
	assert_true(str_eq(c.items[1].before, STR("")));
}

static void test_another_organisation_sees_no_approval(void **state)
{
	struct world *w = *state;
	int64_t id = approve(w, APPROVE_CATALOGUE);
	struct approval a;

	assert_int_equal(approval_load(w->g->db, (struct scope){w->g->other}, id, &w->a, &a, NULL), -ERR_NOT_FOUND);
}

/* ---- proposals ---- */

static void test_every_service_has_a_proposal(void **state)
{
	struct world *w = *state;

	assert_int_equal(w->proposals.rule_count, w->fw->service_count);
	for (uint32_t i = 0; i < w->proposals.rule_count; i++)
		assert_non_null(framework_service(w->fw, w->proposals.rules[i].service));
	for (uint32_t i = 0; i < w->proposals.question_count; i++)
		for (uint32_t k = 0; k < w->proposals.questions[i].service_count; k++)
			assert_non_null(framework_service(w->fw, w->proposals.questions[i].services[k]));
}

static uint32_t question(const struct proposals *p, const char *id)
{
	for (uint32_t i = 0; i < p->question_count; i++)
		if (str_eq(p->questions[i].id, str_of(id)))
			return 1u << i;
	fail();
	return 0;
}

static const struct plan_row *row_of(const struct plan *plan, const char *service)
{
	for (uint32_t i = 0; i < plan->count; i++)
		if (str_eq(plan->rows[i].item->service->id, str_of(service)))
			return &plan->rows[i];
	return NULL;
}

static void test_proposal_is_applied_and_taken_back(void **state)
{
	struct world *w = *state;
	struct proposal_ask ask = {.size = 1,
				   .outsourced = question(&w->proposals, "monitoring"),
				   .assignments = true,
				   .team = STR("IT"),
				   .provider = STR("MSS")};
	struct change_undo undo = {.framework = w->fw, .now = NOW};
	struct portfolio p;
	struct plan plan;
	int64_t id, undone;

	save(w, "A-1", (struct service_state){.level = SERVICE_OPTIONAL, .assignment = ASSIGN_UNDECIDED});
	p = load(w);
	assert_int_equal(proposal_plan(&w->proposals, &ask, &p, &w->a, &plan, NULL), 0);
	assert_true(row_of(&plan, "A-1")->decided);
	assert_int_equal(row_of(&plan, "B-1")->state.assignment, ASSIGN_OUTSOURCE); /* bought */
	assert_true(str_eq(row_of(&plan, "B-1")->state.provider, STR("MSS")));
	assert_int_equal(row_of(&plan, "G-2")->state.assignment, ASSIGN_NOBODY); /* needed, not bought */
	assert_int_equal(apply_all(w, &plan, CHANGE_PROPOSAL, false, &id), 0);
	p = load(w);
	assert_int_equal(p.items[0].state.level, SERVICE_OPTIONAL); /* decided rows stay */
	assert_int_equal(p.items[framework_service(w->fw, STR("B-1"))->index].state.level, SERVICE_BASIC);
	assert_int_equal(change_undo(w->g->db, &w->ciso, &undo, &undone, NULL), 0);
	p = load(w);
	for (uint32_t i = 1; i < w->fw->service_count; i++) {
		assert_int_equal(p.items[i].state.level, SERVICE_UNDECIDED);
		assert_int_equal(p.items[i].state.assignment, ASSIGN_UNDECIDED);
	}
}

static void test_sector_changes_the_proposal(void **state)
{
	struct world *w = *state;
	struct proposal_ask ask = {.size = 1};
	struct portfolio p = load(w);
	struct plan plan;

	assert_int_equal(proposal_plan(&w->proposals, &ask, &p, &w->a, &plan, NULL), 0);
	assert_int_equal(row_of(&plan, "A-12")->state.level, SERVICE_STANDARD);
	while (!str_eq(w->proposals.sectors[ask.sector].id, STR("finance")))
		ask.sector++;
	assert_int_equal(proposal_plan(&w->proposals, &ask, &p, &w->a, &plan, NULL), 0);
	assert_int_equal(row_of(&plan, "A-12")->state.level, SERVICE_BASIC);
}

static void test_a_plan_that_is_old_saves_nothing(void **state)
{
	struct world *w = *state;
	struct proposal_ask ask = {.size = 0};
	struct portfolio p = load(w);
	struct plan plan;
	int64_t id = 0;

	assert_int_equal(proposal_plan(&w->proposals, &ask, &p, &w->a, &plan, NULL), 0);
	save(w, "I-7", (struct service_state){.level = SERVICE_ADVANCED, .assignment = ASSIGN_UNDECIDED});
	assert_int_equal(apply_all(w, &plan, CHANGE_PROPOSAL, true, &id), -ERR_CONFLICT);
	p = load(w);
	assert_int_equal(p.items[0].state.version, 0);
}

/* ---- sourcing ---- */

static struct sourcing assume(struct world *w)
{
	struct sourcing_query q = {w->fw, STR_NONE};
	struct sourcing s;
	struct err e = {0};

	if (sourcing_load(w->g->db, (struct scope){w->g->company}, &q, &w->a, &s, &e))
		fail_msg("%s %s:%u %s", e.id, e.path, e.line, e.value);
	return s;
}

static void test_effect_of_patterns(void **state)
{
	struct world *w = *state;
	struct portfolio p = load(w);
	struct sourcing s = assume(w);
	struct sourcing_effect none, min_in, full;
	int64_t days = 0;

	sourcing_effect(&s, &p, NULL, &none);
	assert_int_equal(none.total, 0); /* nobody has decided anything */
	assert_int_equal(none.by_assignment[ASSIGN_UNDECIDED], 64);
	sourcing_effect(&s, &p, &s.patterns[3], &full);
	for (uint32_t i = 0; i < w->fw->service_count; i++)
		days += s.figures[i].days;
	assert_int_equal(full.days, days);
	assert_int_equal(full.outside, 0);
	assert_int_equal(full.inside, days * s.day_cost / 10 * 12);
	assert_int_equal(full.people, days * 10 / s.days_of_person);
	sourcing_effect(&s, &p, &s.patterns[0], &min_in);
	assert_true(min_in.people < full.people);
	assert_true(min_in.outside > 0);
	assert_int_equal(min_in.total, min_in.inside + min_in.outside);
}

static void test_own_figures_and_places_count(void **state)
{
	struct world *w = *state;
	struct sourcing_change c[] = {{w->fw, STR("B-1"), {.days = 100, .fee = 10, .steer = 50}, NOW},
				      {w->fw, STR(""), {.fee = 50000}, NOW}};
	struct sourcing_effect before, after;
	struct portfolio p = load(w);
	struct sourcing s;
	struct plan plan;
	struct err e = {0};

	assert_int_equal(sourcing_save(w->g->db, &w->ciso, c, 2, NULL), 0);
	s = assume(w);
	assert_int_equal(s.day_cost, 50000);
	assert_true(s.figures[framework_service(w->fw, STR("B-1"))->index].own);
	assert_false(s.figures[0].own);
	c[0].figures.steer = 101;
	assert_int_equal(sourcing_save(w->g->db, &w->ciso, c, 1, &e), -ERR_RANGE);
	assert_string_equal(e.path, "steer");
	/* B-1 lies in area 4; moved to area 1 the minimum pattern keeps it inside. */
	sourcing_effect(&s, &p, &s.patterns[0], &before);
	save(w, "B-1", (struct service_state){.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED, .area = 1});
	p = load(w);
	sourcing_effect(&s, &p, &s.patterns[0], &after);
	assert_int_equal(after.by_assignment[ASSIGN_INSOURCE], before.by_assignment[ASSIGN_INSOURCE] + 1);
	assert_int_equal(after.outside, before.outside - 10 * 1000 * 12);
	assert_int_equal(sourcing_plan(&s.patterns[0], &p, &w->a, &plan, NULL), 0);
	assert_int_equal(plan.count, 64);
	assert_int_equal(row_of(&plan, "B-1")->state.assignment, ASSIGN_INSOURCE);
}

/* ---- first set-up ---- */

static void test_screens(void **state)
{
	struct world *w = *state;
	struct portfolio p = load(w);
	struct start_screens s;
	uint32_t services = 0;

	start_screens(&p, &s);
	assert_int_equal(s.list[0].step, START_COMPANY);
	assert_int_equal(s.list[s.count - 1].step, START_REPORT);
	for (uint32_t i = 0; i < s.count; i++)
		services += s.list[i].item_count;
	for (uint32_t i = 0; i < w->fw->service_count; i++)
		services -= w->fw->services[i].level == SERVICE_BASIC;
	assert_int_equal(services, 0); /* every basic one, once */
	assert_true(s.list[0].minutes_left <= 30);
	assert_true(s.count <= 12);
}

static void test_answers_are_kept(void **state)
{
	struct world *w = *state;
	struct start_answers in = {.screen = 3, .size = 2, .sector = 4, .outsourced = 5, .team = STR("IT \"1\"")}, out;
	struct start_save save_it = {w->fw, &in, NOW};

	assert_int_equal(start_save(w->g->db, &w->ciso, &save_it, NULL), 0);
	in.screen = 4;
	assert_int_equal(start_save(w->g->db, &w->ciso, &save_it, NULL), 0);
	assert_int_equal(start_load(w->g->db, (struct scope){w->g->company}, w->fw, &w->a, &out, NULL), 0);
	assert_int_equal(out.screen, 4);
	assert_int_equal(out.size, 2);
	assert_int_equal(out.outsourced, 5);
	assert_true(str_eq(out.team, in.team));
	assert_int_equal(start_load(w->g->db, (struct scope){w->g->other}, w->fw, &w->a, &out, NULL), 0);
	assert_int_equal(out.started_at, 0);
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(test_a_frozen_version_never_changes),
		WORLD(test_what_changed_since),
		WORLD(test_another_organisation_sees_no_approval),
		WORLD(test_every_service_has_a_proposal),
		WORLD(test_proposal_is_applied_and_taken_back),
		WORLD(test_sector_changes_the_proposal),
		WORLD(test_a_plan_that_is_old_saves_nothing),
		WORLD(test_effect_of_patterns),
		WORLD(test_own_figures_and_places_count),
		WORLD(test_screens),
		WORLD(test_answers_are_kept),
	};

	return cmocka_run_group_tests_name("centre_plan", tests, NULL, NULL);
}
