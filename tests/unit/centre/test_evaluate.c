/* Evaluation in a real store: the table of moves, snapshots that never change, comparison, actions. */
#include "tests.h"

#include <sqlite3.h>

#include "../guard/guarded.h"
#include "base/mem.h"
#include "centre/evaluate/evaluate.h"
#include "guard/audit.h"

struct world {
	struct guarded *g;
	struct content_index *index;
	const struct framework *fw;
	struct arena a;
	struct actor ciso, manager;
};

static struct actor person(int64_t user_id, int64_t tenant_id, enum role role)
{
	struct actor a = {.kind = ACTOR_SESSION,
			  .role = role,
			  .permissions = role_permissions(role),
			  .user_id = user_id,
			  .tenant_id = tenant_id};

	snprintf(a.name, sizeof(a.name), "person %d", (int)user_id);
	return a;
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	guarded_set_up((void **)&w->g);
	CHECK(content_index_load(STR_NONE, &w->index, NULL) == 0);
	w->fw = content_index_find(w->index, STR(FRAMEWORK_DEFAULT));
	arena_init(&w->a, 32u << 20);
	w->ciso = person(1, w->g->company, ROLE_CISO);
	w->manager = person(2, w->g->company, ROLE_MANAGER);
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

static void declare(struct world *w, const char *service, int64_t expected, uint32_t now)
{
	struct service_state s = {.level = SERVICE_BASIC,
				  .assignment = ASSIGN_INSOURCE,
				  .team = STR("SOC"),
				  .now = {now, 0},
				  .target = {5, 0}};
	struct service_change c = {
		.framework = w->fw, .service = str_of(service), .expected = expected, .state = &s, .now = NOW};
	int64_t version;

	assert_int_equal(service_state_save(w->g->db, &w->ciso, &c, &version, NULL), 0);
}

static int64_t new_round(struct world *w)
{
	struct round_new n = {
		.framework = w->fw, .name = STR("2026 H2"), .start = NOW, .deadline = NOW + 30 * TIME_DAY, .now = NOW};
	int64_t id = 0;

	assert_int_equal(round_create(w->g->db, &w->manager, &n, &id, NULL), 0);
	return id;
}

static struct round load_round(struct world *w, int64_t id)
{
	struct round r;

	assert_int_equal(round_load(w->g->db, actor_scope(&w->ciso), id, &w->a, &r, NULL), 0);
	return r;
}

static int move(struct world *w, const struct actor *who, int64_t id, enum round_state to, struct err *e)
{
	struct round_step step = {
		.framework = w->fw, .id = id, .expected = load_round(w, id).version, .to = to, .now = NOW + TIME_DAY};

	return round_step(w->g->db, who, &step, e);
}

static int review(struct world *w, int64_t id, enum review_subject subject)
{
	struct review_entry r = {
		.round_id = id, .subject = subject, .outcome = OUTCOME_CHANGED, .remark = STR("seen"), .now = NOW};

	return round_review_save(w->g->db, &w->manager, &r, NULL);
}

static struct snapshot take(struct world *w, const char *name)
{
	struct snapshot_new n = {.framework = w->fw, .name = str_of(name), .now = NOW + TIME_DAY};
	struct snapshot s;
	int64_t id = 0;

	assert_int_equal(snapshot_take(w->g->db, &w->manager, &n, &id, NULL), 0);
	assert_int_equal(snapshot_load(w->g->db, actor_scope(&w->ciso), id, &w->a, &s, NULL), 0);
	return s;
}

/* A round brought to this state. */
static int64_t round_at(struct world *w, enum round_state state)
{
	int64_t id = new_round(w);

	if (state == ROUND_OPEN)
		return id;
	assert_int_equal(move(w, &w->ciso, id, ROUND_REVIEW, NULL), 0);
	for (int s = 0; s < REVIEW_COUNT; s++)
		assert_int_equal(review(w, id, (enum review_subject)s), 0);
	if (state == ROUND_SIGNED)
		assert_int_equal(move(w, &w->ciso, id, ROUND_SIGNED, NULL), 0);
	return id;
}

/* Every pair of states does what the table says, for somebody with every permission. */
static void test_moves(void **state)
{
	struct world *w = *state;
	size_t count;
	const struct round_move *moves = round_moves(&count);

	assert_int_equal(count, 3);
	for (size_t i = 0; i < count; i++)
		assert_ptr_equal(round_move_find(moves[i].from, moves[i].to), &moves[i]);
	for (int pair = 0; pair < ROUND_STATE_COUNT * ROUND_STATE_COUNT; pair++) {
		enum round_state from = (enum round_state)(pair / ROUND_STATE_COUNT);
		enum round_state to = (enum round_state)(pair % ROUND_STATE_COUNT);
		int64_t id = round_at(w, from);
		bool known = round_move_find(from, to) != NULL;

		assert_int_equal(move(w, &w->ciso, id, to, NULL), known ? 0 : -ERR_WRONG_STATE);
		assert_int_equal(load_round(w, id).state, known ? to : from);
	}
}

static void test_sign(void **state)
{
	struct world *w = *state;
	int64_t id = new_round(w);
	struct snapshot s;
	struct round r;
	struct err e = {0};

	declare(w, "B-1", 0, 3);
	assert_int_equal(review(w, id, REVIEW_PROFILE), -ERR_WRONG_STATE);
	assert_int_equal(move(w, &w->manager, id, ROUND_REVIEW, NULL), 0);
	assert_int_equal(move(w, &w->ciso, id, ROUND_SIGNED, &e), -ERR_WRONG_STATE);
	assert_string_equal(e.id, "err.evaluate.reviews");
	for (int i = 0; i < REVIEW_COUNT; i++)
		assert_int_equal(review(w, id, (enum review_subject)i), 0);
	assert_int_equal(move(w, &w->manager, id, ROUND_SIGNED, &e), -ERR_DENIED);
	assert_int_equal(load_round(w, id).state, ROUND_REVIEW);
	assert_int_equal(move(w, &w->ciso, id, ROUND_SIGNED, NULL), 0);
	r = load_round(w, id);
	assert_true(str_eq(r.signed_by, STR("person 1")));
	assert_true(r.reviews[REVIEW_PROFILE].is_done && str_eq(r.reviews[REVIEW_PROFILE].reviewer, STR("person 2")));
	assert_int_equal(snapshot_load(w->g->db, actor_scope(&w->ciso), r.snapshot_id, &w->a, &s, NULL), 0);
	assert_true(s.is_signed && s.round_id == id && str_eq(s.name, STR("2026 H2")));
	assert_int_equal(s.service_count, 64);
	assert_int_equal(score_mean_value(&s.total.now), 300);
	assert_int_equal(review(w, id, REVIEW_PROFILE), -ERR_WRONG_STATE);
}

static void test_back(void **state)
{
	struct world *w = *state;
	struct trigger_entry t = {.kind = TRIGGER_LAW, .remark = STR("new act"), .now = NOW};
	int64_t id = t.round_id = new_round(w);
	struct round_step late = {.framework = w->fw, .id = id, .expected = 1, .to = ROUND_OPEN, .now = NOW};

	assert_int_equal(round_trigger_add(w->g->db, &w->manager, &t, NULL), 0);
	assert_int_equal(move(w, &w->manager, id, ROUND_REVIEW, NULL), 0);
	assert_int_equal(review(w, id, REVIEW_CATALOGUE), 0);
	assert_int_equal(load_round(w, id).reviews_done, 1);
	assert_int_equal(round_step(w->g->db, &w->manager, &late, NULL), -ERR_CONFLICT);
	assert_int_equal(move(w, &w->manager, id, ROUND_OPEN, NULL), 0);
	assert_int_equal(load_round(w, id).reviews_done, 0);
	assert_int_equal(load_round(w, id).trigger_count, 1);
}

/* Straight at the file, past the rooms: the schema itself refuses. */
static void refused(struct world *w, const char *sql)
{
	char path[256];
	sqlite3 *raw = NULL;
	int rc;

	assert_int_equal(
		sqlite3_open_v2(folder_file(&w->g->folder, "noroshi.db", path).ptr, &raw, SQLITE_OPEN_READWRITE, NULL),
		SQLITE_OK);
	rc = sqlite3_exec(raw, sql, NULL, NULL, NULL);
	if (rc != SQLITE_CONSTRAINT)
		fail_msg("%s: %d", sql, rc);
	sqlite3_close(raw);
}

static void test_never_changes(void **state)
{
	static const char *const attempts[] = {
		"UPDATE evaluation_snapshot SET now_sum = 1",
		"DELETE FROM evaluation_snapshot",
		"INSERT OR REPLACE INTO evaluation_snapshot SELECT * FROM evaluation_snapshot",
		"UPDATE evaluation_snapshot_category SET now_sum = 1",
		"DELETE FROM evaluation_snapshot_category",
		"INSERT OR REPLACE INTO evaluation_snapshot_category SELECT * FROM evaluation_snapshot_category",
		"UPDATE evaluation_snapshot_service SET in_now = 5",
		"DELETE FROM evaluation_snapshot_service",
		"INSERT OR REPLACE INTO evaluation_snapshot_service SELECT * FROM evaluation_snapshot_service",
	};
	struct world *w = *state;
	struct snapshot before, after;
	struct comparison c;

	declare(w, "B-1", 0, 3);
	before = take(w, "one");
	for (size_t i = 0; i < COUNT_OF(attempts); i++)
		refused(w, attempts[i]);
	declare(w, "B-1", 1, 4);
	assert_int_equal(snapshot_load(w->g->db, actor_scope(&w->ciso), before.id, &w->a, &after, NULL), 0);
	assert_int_equal(snapshot_compare(&before, &after, &w->a, &c, NULL), 0);
	assert_int_equal(c.count, 0);
	assert_int_equal(score_mean_value(&after.total.now), 300);
}

static void test_compare(void **state)
{
	struct world *w = *state;
	struct snapshot a, b, now;
	struct portfolio_query q = {.framework = w->fw, .now = NOW + TIME_DAY};
	struct portfolio p;
	struct comparison c;

	declare(w, "B-1", 0, 3);
	declare(w, "D-4", 0, 2);
	a = take(w, "a");
	assert_int_equal(snapshot_compare(&a, &a, &w->a, &c, NULL), 0);
	assert_int_equal(c.count, 0);
	assert_int_equal(c.category_count, 9);
	for (uint32_t i = 0; i < c.category_count; i++)
		assert_false(c.categories[i].differs);
	declare(w, "B-1", 1, 5);
	declare(w, "D-4", 1, 1);
	declare(w, "I-7", 0, 2);
	b = take(w, "b");
	assert_int_equal(snapshot_compare(&a, &b, &w->a, &c, NULL), 0);
	assert_int_equal(c.count, 3);
	assert_true(str_eq(c.services[0].b->id, STR("B-1")));
	assert_int_equal(c.services[0].differs, DIFFERS_NOW);
	assert_true(str_eq(c.services[2].b->id, STR("I-7")));
	assert_true(c.services[2].differs & DIFFERS_ASSIGNMENT);
	assert_int_equal(c.up, 1);
	assert_int_equal(c.down, 1);
	assert_false(c.rules_differ);
	/* The present is a picture like the last one. */
	assert_int_equal(portfolio_load(w->g->db, actor_scope(&w->ciso), &q, &w->a, &p, NULL), 0);
	assert_int_equal(snapshot_of(&p, &w->a, &now, NULL), 0);
	assert_int_equal(snapshot_compare(&b, &now, &w->a, &c, NULL), 0);
	assert_int_equal(c.count, 0);
	/* A service that only one of two has is said to be so. */
	b.service_count--;
	assert_int_equal(snapshot_compare(&now, &b, &w->a, &c, NULL), 0);
	assert_int_equal(c.count, 1);
	assert_int_equal(c.services[0].differs, DIFFERS_PRESENCE);
	assert_null(c.services[0].b);
}

static void test_tenant(void **state)
{
	struct world *w = *state;
	struct scope other = {w->g->other};
	struct snapshot_list list;
	struct snapshot s = take(w, "ours");
	struct round r;
	int64_t id = new_round(w);

	assert_int_equal(snapshot_list(w->g->db, other, w->fw->id, &w->a, &list, NULL), 0);
	assert_int_equal(list.count, 0);
	assert_int_equal(snapshot_load(w->g->db, other, s.id, &w->a, &s, NULL), -ERR_NOT_FOUND);
	assert_int_equal(round_load(w->g->db, other, id, &w->a, &r, NULL), -ERR_NOT_FOUND);
	assert_int_equal(snapshot_list(w->g->db, actor_scope(&w->ciso), w->fw->id, &w->a, &list, NULL), 0);
	assert_int_equal(list.count, 1);
}

static uint32_t records_of(struct world *w, const char *service)
{
	struct work_list list;

	assert_int_equal(work_list(w->g->db, actor_scope(&w->ciso), str_of(service), (struct work_cursor){0}, &w->a,
				   &list, NULL),
			 0);
	return list.count;
}

static void test_actions(void **state)
{
	struct world *w = *state;
	struct action n = {.title = STR("Approve the procedure"), .service = STR("F-1"), .owner = STR("CSIRT")};
	struct action_save s = {.framework = w->fw, .action = &n, .now = NOW};
	struct action_list list;
	struct err e = {0};
	int64_t id = 0;

	n.service = STR("Z-9");
	assert_int_equal(action_save(w->g->db, &w->manager, &s, &id, &e), -ERR_RANGE);
	assert_string_equal(e.path, "service");
	n.service = STR("F-1");
	assert_int_equal(action_save(w->g->db, &w->manager, &s, &id, NULL), 0);
	n.id = id;
	assert_int_equal(action_save(w->g->db, &w->manager, &s, &id, NULL), -ERR_CONFLICT);
	n.version = 1;
	n.state = ACTION_DONE;
	assert_int_equal(records_of(w, "A-11"), 0);
	assert_int_equal(action_save(w->g->db, &w->manager, &s, &id, NULL), 0);
	assert_int_equal(records_of(w, "A-11"), 1);
	n.version = 2;
	n.state = ACTION_DROPPED;
	assert_int_equal(action_save(w->g->db, &w->manager, &s, &id, NULL), -ERR_WRONG_STATE);
	assert_int_equal(action_list(w->g->db, actor_scope(&w->ciso), &w->a, &list, NULL), 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.items[0].state, ACTION_DONE);
	assert_int_equal(list.items[0].done_at, NOW);
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(test_moves),   WORLD(test_sign),   WORLD(test_back),    WORLD(test_never_changes),
		WORLD(test_compare), WORLD(test_tenant), WORLD(test_actions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
