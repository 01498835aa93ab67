/* Delegation in a real store: who is asked, who may answer, and that a signed round is closed. */
#include "tests.h"

#include "../guard/guarded.h"
#include "centre/evaluate/ask.h"
#include "centre/evaluate/evaluate.h"
#include "centre/people/people.h"
#include "guard/user.h"

struct world {
	struct guarded *g;
	struct content_index *index;
	const struct framework *fw;
	struct arena a;
	struct actor lead, analyst, stranger;
	int64_t team, person, round;
};

static struct actor actor_of(int64_t user_id, int64_t tenant_id, enum role role)
{
	struct actor a = {.kind = ACTOR_SESSION,
			  .role = role,
			  .permissions = role_permissions(role),
			  .user_id = user_id,
			  .tenant_id = tenant_id};

	snprintf(a.name, sizeof(a.name), "person %d", (int)user_id);
	return a;
}

static int64_t login(struct world *w, const char *name, enum role role)
{
	struct actor program = actor_system(w->g->company);
	struct user_new u = {.login = str_of(name), .display_name = str_of(name), .role = role, .now = NOW};
	int64_t id = 0;

	CHECK(db_begin(w->g->db, NULL) == 0);
	CHECK(user_create(w->g->db, &program, &u, &id, NULL) == 0);
	CHECK(db_commit(w->g->db, NULL) == 0);
	return id;
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct team team = {.name = STR("SOC")};
	struct person person = {.name = STR("Analyst"), .is_active = true};
	struct round_new n = {.name = STR("round"), .start = NOW, .deadline = NOW + 30 * TIME_DAY, .now = NOW};

	guarded_set_up((void **)&w->g);
	CHECK(content_index_load(STR_NONE, &w->index, NULL) == 0);
	n.framework = w->fw = content_index_find(w->index, STR(FRAMEWORK_DEFAULT));
	arena_init(&w->a, 32u << 20);
	w->lead = actor_of(login(w, "lead", ROLE_CISO), w->g->company, ROLE_CISO);
	w->analyst = actor_of(login(w, "analyst", ROLE_ANALYST), w->g->company, ROLE_ANALYST);
	w->stranger = actor_of(login(w, "stranger", ROLE_ANALYST), w->g->company, ROLE_ANALYST);
	CHECK(team_save(w->g->db, &w->lead, &team, NOW, &w->team, NULL) == 0);
	person.team_id = w->team;
	person.account_id = w->analyst.user_id;
	CHECK(person_save(w->g->db, &w->lead, &person, NOW, &w->person, NULL) == 0);
	CHECK(round_create(w->g->db, &w->lead, &n, &w->round, NULL) == 0);
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

static struct ask_new new_ask(const struct world *w, const char *item)
{
	return (struct ask_new){.framework = w->fw,
				.round_id = w->round,
				.item = str_of(item),
				.team_id = w->team,
				.due = NOW + 7 * TIME_DAY,
				.now = NOW};
}

static struct ask only(struct world *w)
{
	struct ask_list list;

	assert_int_equal(ask_list(w->g->db, actor_scope(&w->lead), w->round, &w->a, &list, NULL), 0);
	assert_int_equal(list.count, 1);
	return list.items[0];
}

static void test_refused(void **state)
{
	struct world *w = *state;
	struct ask_new n = new_ask(w, "Z-9");
	struct err e = {0};
	int64_t id;

	assert_int_equal(ask_add(w->g->db, &w->lead, &n, &id, &e), -ERR_RANGE);
	assert_string_equal(e.path, "item");
	n = new_ask(w, "B");
	n.person_id = w->person; /* both */
	assert_int_equal(ask_add(w->g->db, &w->lead, &n, &id, &e), -ERR_RANGE);
	assert_string_equal(e.path, "who");
	n.person_id = n.team_id = 0; /* neither */
	assert_int_equal(ask_add(w->g->db, &w->lead, &n, &id, &e), -ERR_RANGE);
	n.team_id = 99;
	assert_int_equal(ask_add(w->g->db, &w->lead, &n, &id, &e), -ERR_RANGE);
	n = new_ask(w, "B");
	assert_int_equal(ask_add(w->g->db, &w->lead, &n, &id, NULL), 0);
	assert_int_equal(ask_add(w->g->db, &w->lead, &n, &id, &e), -ERR_CONFLICT);
	assert_int_equal(ask_do(w->g->db, &w->lead, id, ASK_WITHDRAW, NOW, NULL), 0);
	assert_int_equal(ask_do(w->g->db, &w->lead, id, ASK_REMIND, NOW, NULL), -ERR_NOT_FOUND);
	assert_int_equal(ask_add(w->g->db, &w->lead, &n, &id, NULL), 0);
}

static void test_answer(void **state)
{
	struct world *w = *state;
	struct actor other = actor_of(w->analyst.user_id, w->g->other, ROLE_CISO);
	struct ask_new n = new_ask(w, "B-1");
	struct ask_waiting waiting;
	int64_t id;

	assert_int_equal(ask_add(w->g->db, &w->lead, &n, &id, NULL), 0);
	assert_int_equal(ask_waiting(w->g->db, &w->analyst, &waiting, NULL), 0);
	assert_int_equal(waiting.count, 1);
	assert_int_equal(waiting.reminded_at, 0);
	assert_int_equal(ask_waiting(w->g->db, &w->stranger, &waiting, NULL), 0);
	assert_int_equal(waiting.count, 0);
	assert_int_equal(ask_waiting(w->g->db, &other, &waiting, NULL), 0);
	assert_int_equal(waiting.count, 0);
	assert_int_equal(ask_do(w->g->db, &other, id, ASK_REMIND, NOW, NULL), -ERR_NOT_FOUND);
	assert_int_equal(ask_do(w->g->db, &w->lead, id, ASK_REMIND, NOW + TIME_DAY, NULL), 0);
	assert_int_equal(ask_waiting(w->g->db, &w->analyst, &waiting, NULL), 0);
	assert_int_equal(waiting.reminded_at, NOW + TIME_DAY);
	assert_int_equal(only(w).reminders, 1);
	assert_int_equal(ask_do(w->g->db, &w->stranger, id, ASK_ANSWER, NOW, NULL), -ERR_DENIED);
	assert_int_equal(ask_do(w->g->db, &w->analyst, id, ASK_ANSWER, NOW + 2 * TIME_DAY, NULL), 0);
	assert_int_equal(only(w).answered_at, NOW + 2 * TIME_DAY);
	assert_int_equal(ask_waiting(w->g->db, &w->analyst, &waiting, NULL), 0);
	assert_int_equal(waiting.count, 0);
}

/* Counted from what was saved since the round began, whoever says what. */
static void test_progress(void **state)
{
	struct world *w = *state;
	struct service_state s = {.level = SERVICE_BASIC,
				  .assignment = ASSIGN_INSOURCE,
				  .team = STR("SOC"),
				  .now = {3, 0},
				  .target = {5, 0}};
	struct service_change c = {.framework = w->fw, .service = STR("B-1"), .state = &s, .now = NOW + TIME_DAY};
	struct portfolio_query query = {.framework = w->fw, .now = NOW + TIME_DAY};
	struct ask_new n = new_ask(w, "B");
	struct ask_progress progress;
	struct portfolio p;
	int64_t id, version;

	assert_int_equal(ask_add(w->g->db, &w->lead, &n, &id, NULL), 0);
	assert_int_equal(service_state_save(w->g->db, &w->lead, &c, &version, NULL), 0);
	c.service = STR("A-1"); /* not asked for */
	assert_int_equal(service_state_save(w->g->db, &w->lead, &c, &version, NULL), 0);
	assert_int_equal(portfolio_load(w->g->db, actor_scope(&w->lead), &query, &w->a, &p, NULL), 0);
	progress = ask_progress(&(struct ask){.item = STR("B"), .round_start = NOW}, &p);
	assert_true(progress.services > 1);
	assert_int_equal(progress.saved, 1);
	progress = ask_progress(&(struct ask){.item = STR("B"), .round_start = NOW + 2 * TIME_DAY}, &p);
	assert_int_equal(progress.saved, 0);
	progress = ask_progress(&(struct ask){.item = STR("B-1"), .round_start = NOW}, &p);
	assert_int_equal(progress.services, 1);
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {WORLD(test_refused), WORLD(test_answer), WORLD(test_progress)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
