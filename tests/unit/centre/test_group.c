/* The group view in a real store: one voice each, signed snapshots only, and nobody sees sideways or upwards. */
#include "tests.h"

#include "../guard/guarded.h"
#include "centre/evaluate/evaluate.h"
#include "centre/evaluate/group.h"
#include "guard/tenant.h"

#define CHILDREN 6

struct world {
	struct guarded *g;
	struct content_index *index;
	const struct framework *fw;
	struct arena a;
	int64_t children[CHILDREN];
};

static struct actor ciso_of(int64_t tenant_id)
{
	struct actor a = {.kind = ACTOR_SESSION,
			  .role = ROLE_CISO,
			  .permissions = role_permissions(ROLE_CISO),
			  .user_id = 1,
			  .tenant_id = tenant_id};

	snprintf(a.name, sizeof(a.name), "ciso");
	return a;
}

static int64_t add(struct world *w, int64_t parent, const char *slug, const char *kind)
{
	struct tenant_new t = {.parent_id = parent,
			       .slug = str_of(slug),
			       .name = str_of(slug),
			       .kind = str_of(kind),
			       .language = STR("en"),
			       .time_zone = STR("UTC")};
	int64_t id = 0;

	assert_int_equal(db_begin(w->g->db, NULL), 0);
	assert_int_equal(tenant_create(w->g->db, &t, NOW, &id, NULL), 0);
	assert_int_equal(db_commit(w->g->db, NULL), 0);
	return id;
}

static int set_up(void **state)
{
	static const char *const slugs[CHILDREN] = {"alpha", "bravo", "charlie", "delta", "echo", "foxtrot"};
	struct world *w = calloc(1, sizeof(*w));

	guarded_set_up((void **)&w->g);
	CHECK(content_index_load(STR_NONE, &w->index, NULL) == 0);
	w->fw = content_index_find(w->index, STR(FRAMEWORK_DEFAULT));
	arena_init(&w->a, 32u << 20);
	for (int i = 0; i < CHILDREN; i++)
		w->children[i] = add(w, w->g->company, slugs[i], "site");
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

static void declare(struct world *w, int64_t tenant, const char *service, uint32_t points)
{
	struct actor who = ciso_of(tenant);
	struct service_state s = {.level = SERVICE_BASIC,
				  .assignment = ASSIGN_INSOURCE,
				  .team = STR("SOC"),
				  .now = {points, 0},
				  .target = {5, 0}};
	struct service_change c = {
		.framework = w->fw, .service = str_of(service), .expected = 0, .state = &s, .now = NOW};
	int64_t version;

	assert_int_equal(service_state_save(w->g->db, &who, &c, &version, NULL), 0);
}

/* One whole round; its snapshot holds what was declared. */
static void sign(struct world *w, int64_t tenant, time_us at)
{
	struct actor who = ciso_of(tenant);
	struct round_new n = {
		.framework = w->fw, .name = STR("round"), .start = NOW, .deadline = NOW + 30 * TIME_DAY, .now = NOW};
	struct round_step step = {.framework = w->fw, .expected = 1, .to = ROUND_REVIEW, .now = at};
	struct round_review reviews[REVIEW_COUNT];

	assert_int_equal(round_create(w->g->db, &who, &n, &step.id, NULL), 0);
	assert_int_equal(round_step(w->g->db, &who, &step, NULL), 0);
	for (size_t i = 0; i < sizeof(reviews) / sizeof(*reviews); i++) {
		struct review_entry r = {.round_id = step.id,
					 .subject = (enum review_subject)i,
					 .outcome = OUTCOME_KEPT,
					 .remark = STR("seen"),
					 .now = at};
		assert_int_equal(round_review_save(w->g->db, &who, &r, NULL), 0);
	}
	step.expected = 2;
	step.to = ROUND_SIGNED;
	assert_int_equal(round_step(w->g->db, &who, &step, NULL), 0);
}

static struct group_view load(struct world *w, int64_t reader, int64_t of)
{
	struct group_query q = {.framework = w->fw->id, .of = of};
	struct group_view g;

	assert_int_equal(group_load(w->g->db, (struct scope){reader}, &q, &w->a, &g, NULL), 0);
	return g;
}

static void test_percentile(void **state)
{
	static const struct {
		score_c values[8];
		uint32_t count;
		score_c value;
		int expected;
	} rows[] = {
		{{100, 200, 300, 400, 500}, 5, 100, 10},      {{100, 200, 300, 400, 500}, 5, 300, 50},
		{{100, 200, 300, 400, 500}, 5, 500, 90},      {{300, 300, 300, 300, 300}, 5, 300, 50},
		{{100, 200, 300, 400}, 4, 300, -1},           {{100, 200, 300, 400, SCORE_NONE}, 5, 300, -1},
		{{100, 200, 300, 400, 500, 0}, 6, 500, 90},   {{100, 200, 300, 400, 500}, 5, SCORE_NONE, -1},
		{{100, 100, 300, 300, 500, 500}, 6, 300, 50},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(group_percentile(rows[i].values, rows[i].count, rows[i].value), rows[i].expected);
}

static void test_rollup(void **state)
{
	struct world *w = *state;
	struct group_view g = load(w, w->g->company, 0);

	assert_int_equal(g.below, CHILDREN);
	assert_int_equal(g.answered, 0);
	assert_int_equal(g.member_count, CHILDREN);
	for (uint32_t i = 0; i < 5; i++) {
		declare(w, w->children[i], "B-1", i + 1);
		sign(w, w->children[i], NOW + (time_us)(i + 1) * TIME_DAY);
	}
	g = load(w, w->g->company, 0);
	assert_int_equal(g.answered, 5);
	assert_int_equal(g.peers, 5);
	assert_int_equal(g.oldest, NOW + TIME_DAY);
	assert_int_equal(g.newest, NOW + 5 * TIME_DAY);
	assert_int_equal(g.members[4].percentile, 90);
	assert_int_equal(g.members[5].percentile, GROUP_PERCENTILE_NONE);
	assert_int_equal(g.members[5].snapshot_id, 0);
	assert_int_equal(g.category_count, w->fw->category_count);
	assert_int_equal(g.members[0].category_count, w->fw->category_count);
	for (uint32_t i = 0; i < g.category_count; i++) {
		int64_t sum = 0, lowest = 0;

		for (uint32_t k = 0; k < 5; k++) {
			score_c mean = score_mean_value(&g.members[k].categories[i].group.now);

			sum += mean;
			lowest = !lowest || mean < lowest ? mean : lowest;
		}
		assert_int_equal(g.rollup[i].group.now.sum_c, sum);
		assert_int_equal(g.rollup[i].lowest, lowest);
	}
}

/* What is answered and not signed does not reach the parent; the next signing does. */
static void test_signed_only(void **state)
{
	struct world *w = *state;
	struct actor who = ciso_of(w->children[0]);
	struct snapshot_new n = {.framework = w->fw, .name = STR("unsigned"), .now = NOW + 9 * TIME_DAY};
	int64_t before, id = 0;

	declare(w, w->children[0], "B-1", 2);
	assert_int_equal(snapshot_take(w->g->db, &who, &n, &id, NULL), 0);
	assert_int_equal(load(w, w->g->company, 0).answered, 0);
	sign(w, w->children[0], NOW + TIME_DAY);
	before = load(w, w->g->company, 0).members[0].total.now.sum_c;
	declare(w, w->children[0], "B-2", 5);
	assert_int_equal(load(w, w->g->company, 0).members[0].total.now.sum_c, before);
	sign(w, w->children[0], NOW + 2 * TIME_DAY);
	assert_true(load(w, w->g->company, 0).members[0].total.now.sum_c > before);
}

static void test_isolation(void **state)
{
	struct world *w = *state;
	int64_t below = add(w, w->children[0], "below", "site"),
		customer = add(w, w->g->company, "customer", "customer");
	struct group_query q = {.framework = w->fw->id};
	struct err e = {0};
	struct group_view g;

	for (int i = 0; i < CHILDREN; i++)
		sign(w, w->children[i], NOW + TIME_DAY);
	sign(w, below, NOW + TIME_DAY);
	sign(w, customer, NOW + TIME_DAY);
	g = load(w, w->g->company, 0);
	assert_int_equal(g.answered, CHILDREN + 1);
	assert_int_equal(g.member_count, CHILDREN);
	assert_int_equal(g.members[0].below, 1);
	g = load(w, w->children[0], 0);
	assert_int_equal(g.answered, 1);
	assert_int_equal(g.member_count, 1);
	assert_int_equal(g.parent_id, 0);
	assert_int_equal(load(w, w->g->company, w->children[0]).parent_id, w->g->company);
	for (int i = 0; i < 3; i++) { /* sideways, upwards, from below */
		q.of = (int64_t[]){w->children[1], w->g->company, w->children[0]}[i];
		assert_int_equal(
			group_load(w->g->db, (struct scope){i < 2 ? w->children[0] : below}, &q, &w->a, &g, &e),
			-ERR_NOT_FOUND);
	}
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percentile),
		WORLD(test_rollup),
		WORLD(test_signed_only),
		WORLD(test_isolation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
