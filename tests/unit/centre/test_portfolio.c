/* One organisation's portfolio in a real store: three figures that stay apart, versions, means. */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/mem.h"
#include "centre/build/build.h"
#include "guard/audit.h"

struct world {
	struct guarded *g;
	struct content_index *index;
	const struct framework *fw;
	struct arena a;
	struct actor ciso;
};

static struct actor person(int64_t user_id, int64_t tenant_id)
{
	struct actor a = {.kind = ACTOR_SESSION, .user_id = user_id, .tenant_id = tenant_id};

	snprintf(a.name, sizeof(a.name), "person %d", (int)user_id);
	return a;
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	guarded_set_up((void **)&w->g);
	CHECK(content_index_load(STR_NONE, &w->index, NULL) == 0);
	w->fw = content_index_find(w->index, STR(FRAMEWORK_DEFAULT));
	arena_init(&w->a, 8u << 20);
	w->ciso = person(1, w->g->company);
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

static struct service_state insourced(uint32_t now, uint32_t target)
{
	return (struct service_state){
		.level = SERVICE_UNDECIDED, .assignment = ASSIGN_INSOURCE, .now = {now, 0}, .target = {target, 0}};
}

static int save(struct world *w, const char *service, int64_t expected, const struct service_state *s, struct err *e)
{
	struct service_change c = {.framework = w->fw,
				   .service = str_of(service),
				   .expected = expected,
				   .state = s,
				   .now = NOW + expected};
	int64_t version = 0;
	int rc = service_state_save(w->g->db, &w->ciso, &c, &version, e);

	if (!rc)
		assert_int_equal(version, expected + 1);
	return rc;
}

static struct portfolio load(struct world *w, int64_t tenant, time_us now)
{
	struct portfolio_query q = {.framework = w->fw, .rule = COMBINE_MAX, .now = now};
	struct portfolio p = {0};
	struct err e = {0};

	assert_int_equal(portfolio_load(w->g->db, (struct scope){tenant}, &q, &w->a, &p, &e), 0);
	return p;
}

static const struct portfolio_item *item(const struct portfolio *p, const char *service)
{
	return &p->items[framework_service(p->framework, str_of(service))->index];
}

static void work(struct world *w, const char *service, int64_t user, time_us ended)
{
	struct actor who = person(user, w->g->company);
	struct work_entry entry = {.framework = w->fw,
				   .work = {.service = str_of(service), .started = ended, .ended = ended},
				   .now = ended};
	int64_t id = 0;
	struct err e = {0};

	assert_int_equal(service_work_enter(w->g->db, &who, &entry, &id, &e), 0);
	assert_true(id > 0);
}

static void test_fresh_organisation_has_no_figures(void **state)
{
	struct world *w = *state;
	struct portfolio p = load(w, w->g->company, NOW);

	assert_int_equal(p.total.now.count, 0);
	assert_int_equal(score_mean_value(&p.total.now), SCORE_NONE);
	assert_int_equal(p.undecided, 64);
	assert_int_equal(p.first_count, 0);
	assert_int_equal(item(&p, "A-1")->level, SERVICE_BASIC); /* the proposal */
	assert_string_equal(item(&p, "A-1")->evidence.reasons[0].key, "build.evidence.never");
}

static void test_three_figures_stay_apart(void **state)
{
	struct world *w = *state;
	struct service_state s = insourced(5, 4);
	struct portfolio p;

	assert_int_equal(save(w, "B-1", 0, &s, NULL), 0);
	work(w, "B-1", 7, NOW - 10 * TIME_DAY);
	p = load(w, w->g->company, NOW);
	assert_int_equal(item(&p, "B-1")->now, 500);
	assert_int_equal(item(&p, "B-1")->target, 400);
	assert_int_equal(item(&p, "B-1")->evidence.score, 2);
	assert_true(item(&p, "B-1")->above_evidence);
	assert_int_equal(p.above_evidence, 1);

	work(w, "B-1", 8, NOW - 5 * TIME_DAY); /* a second person: the evidence moves, nothing else */
	p = load(w, w->g->company, NOW);
	assert_int_equal(item(&p, "B-1")->evidence.score, 3);
	assert_int_equal(item(&p, "B-1")->evidence.people, 2);
	assert_int_equal(item(&p, "B-1")->now, 500);
	assert_int_equal(item(&p, "B-1")->target, 400);

	/* B-1 has a window of 90 days: later there is one person, then no number at all. */
	p = load(w, w->g->company, NOW + 82 * TIME_DAY);
	assert_int_equal(item(&p, "B-1")->evidence.score, 2);
	p = load(w, w->g->company, NOW + 100 * TIME_DAY);
	assert_int_equal(item(&p, "B-1")->evidence.score, 0);
	assert_string_equal(item(&p, "B-1")->evidence.reasons[0].key, "build.evidence.not_shown");
	assert_int_equal(item(&p, "B-1")->evidence.reasons[0].date, NOW - 5 * TIME_DAY);
	assert_int_equal(p.total.evidence.count, 0);
}

static void test_na_and_unnecessary_never_count(void **state)
{
	struct world *w = *state;
	struct service_state two = insourced(2, 5), four = insourced(4, 4), na = insourced(5, 5),
			     none = insourced(5, 5);
	struct service_state nobody = {.level = SERVICE_UNDECIDED, .assignment = ASSIGN_NOBODY, .target = {3, 0}};
	struct portfolio p;
	struct err e = {0};

	assert_int_equal(save(w, "D-1", 0, &two, NULL), 0);
	assert_int_equal(save(w, "D-2", 0, &four, NULL), 0);
	p = load(w, w->g->company, NOW);
	assert_int_equal(score_mean_value(&p.categories[3].now), 300);
	assert_int_equal(p.categories[3].applicable, 7);

	na.not_applicable = true;
	assert_int_equal(save(w, "D-3", 0, &na, &e), -ERR_RANGE);
	assert_string_equal(e.id, "err.build.na_reason");
	na.not_applicable_reason = STR("the group's centre does it");
	assert_int_equal(save(w, "D-3", 0, &na, NULL), 0);
	none.level = SERVICE_UNNECESSARY;
	assert_int_equal(save(w, "D-4", 0, &none, NULL), 0);
	p = load(w, w->g->company, NOW);
	assert_int_equal(score_mean_value(&p.categories[3].now), 300);
	assert_int_equal(p.categories[3].applicable, 5);
	assert_int_equal(item(&p, "D-3")->now, SCORE_NONE);
	assert_int_equal(item(&p, "D-4")->now, SCORE_NONE);
	assert_int_equal(p.not_applicable, 2);

	assert_int_equal(save(w, "D-5", 0, &nobody, NULL), 0); /* unassigned counts 1: (2 + 4 + 1) / 3 */
	p = load(w, w->g->company, NOW);
	assert_int_equal(score_mean_value(&p.categories[3].now), 233);
	assert_int_equal(p.unassigned, 1);
	/* First by level (D-1 and D-5 are basic), then by gap (3 before 2). */
	assert_int_equal(p.first_count, 2);
	assert_true(str_eq(p.first[0]->service->id, STR("D-1")));
	assert_true(str_eq(p.first[1]->service->id, STR("D-5")));
}

static void test_versions_and_lost_updates(void **state)
{
	struct world *w = *state;
	struct service_state s = insourced(3, 4);
	struct history_query q = {.framework = w->fw, .service = STR("A-1")};
	struct service_history h = {0};
	struct audit_chain chain = {0};
	struct err e = {0};
	struct portfolio p;

	assert_int_equal(save(w, "A-1", 0, &s, NULL), 0);
	assert_int_equal(save(w, "A-1", 0, &s, &e), -ERR_CONFLICT);
	assert_string_equal(e.id, "err.build.changed");
	assert_string_equal(e.value, "person 1");
	assert_int_equal(save(w, "A-1", 2, &s, &e), -ERR_CONFLICT);
	s.team = STR("リスク管理部");
	assert_int_equal(save(w, "A-1", 1, &s, NULL), 0);
	p = load(w, w->g->company, NOW);
	/* Only the team changed, so the signature is still that of the first version. */
	assert_int_equal(item(&p, "A-1")->state.signed_at, NOW);
	assert_int_equal(item(&p, "A-1")->state.version, 2);
	s.now[SIDE_IN] = 4;
	assert_int_equal(save(w, "A-1", 2, &s, NULL), 0);
	p = load(w, w->g->company, NOW);
	assert_int_equal(item(&p, "A-1")->state.signed_at, NOW + 2);

	assert_int_equal(service_state_history(w->g->db, (struct scope){w->g->company}, &q, &w->a, &h, NULL), 0);
	assert_int_equal(h.count, 3);
	assert_int_equal(h.versions[0].now[SIDE_IN], 4);
	assert_int_equal(h.versions[2].now[SIDE_IN], 3);
	assert_int_equal(h.versions[2].team.len, 0);
	q.before = 2;
	assert_int_equal(service_state_history(w->g->db, (struct scope){w->g->company}, &q, &w->a, &h, NULL), 0);
	assert_int_equal(h.count, 1);

	/* The organisation's birth and three saves; the refused ones left nothing. */
	assert_int_equal(audit_verify(w->g->db, w->g->company, &chain, NULL), 0);
	assert_int_equal(chain.broken_seq, 0);
	assert_int_equal(chain.rows, 4);
}

static void test_other_organisations_see_nothing(void **state)
{
	struct world *w = *state;
	struct service_state s = insourced(3, 4);
	struct portfolio p;

	assert_int_equal(save(w, "A-1", 0, &s, NULL), 0);
	work(w, "A-1", 7, NOW);
	p = load(w, w->g->other, NOW);
	assert_int_equal(p.total.now.count, 0);
	assert_int_equal(item(&p, "A-1")->evidence.records, 0);
}

static void test_wrong_values_are_refused(void **state)
{
	struct world *w = *state;
	struct service_state s = insourced(6, 0);
	struct work_entry entry = {.framework = w->fw, .work = {.service = STR("Z-9")}, .now = NOW};
	int64_t id = 0;
	struct err e = {0};

	assert_int_equal(save(w, "A-1", 0, &s, &e), -ERR_RANGE);
	assert_string_equal(e.path, "in_now");
	s = insourced(5, 0);
	assert_int_equal(save(w, "Z-1", 0, &s, &e), -ERR_NOT_FOUND);
	assert_int_equal(service_work_enter(w->g->db, &w->ciso, &entry, &id, &e), -ERR_NOT_FOUND);
	entry.work.service = STR("A-1");
	entry.work.started = entry.work.ended = NOW + 1;
	assert_int_equal(service_work_enter(w->g->db, &w->ciso, &entry, &id, &e), -ERR_RANGE);
	assert_string_equal(e.id, "err.work.future");
	assert_int_equal(id, 0);
	assert_false(db_in_transaction(w->g->db));
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(test_fresh_organisation_has_no_figures), WORLD(test_three_figures_stay_apart),
		WORLD(test_na_and_unnecessary_never_count),    WORLD(test_versions_and_lost_updates),
		WORLD(test_other_organisations_see_nothing),   WORLD(test_wrong_values_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
