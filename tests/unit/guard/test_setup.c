#include "tests.h"

#include "guard/audit.h"
#include "guard/setup.h"
#include "guard/user.h"
#include "guarded.h"

/* An empty installation: no organisation yet. */
static int set_up(void **state)
{
	struct guarded *g = calloc(1, sizeof(*g));

	g->now = NOW;
	g->seed = 7;
	g->env = (struct env){.now = guarded_now, .monotonic = guarded_now, .random = guarded_random, .ctx = g};
	folder_open_temp(&g->folder);
	g->db = folder_db(&g->folder);
	*state = g;
	return 0;
}

static struct setup form(struct guarded *g, const struct secret *token, char code[TOTP_DIGITS + 1])
{
	struct setup s = {
		.token = str_of(token->text),
		.organisation = STR("Example Ltd."),
		.display_name = STR("Hanako"),
		.login = STR("hanako@example.jp"),
		.password = STR("five quiet green lanterns"),
		.language = STR("ja"),
		.time_zone = STR("Asia/Tokyo"),
		.totp = totp_create(&g->env),
		.address = STR("127.0.0.1"),
		.user_agent = STR("browser"),
		.now = g->now,
	};

	totp_code(&s.totp, g->now, code);
	s.code = (str){code, TOTP_DIGITS};
	return s;
}

static void the_token_makes_the_first_user_once(void **state)
{
	struct guarded *g = *state;
	char code[TOTP_DIGITS + 1];
	struct secret token, again;
	struct setup_done done;
	struct session session;
	struct setup s;
	bool is_done = true;
	int64_t id;

	assert_int_equal(setup_is_done(g->db, &is_done, NULL), 0);
	assert_false(is_done);
	assert_int_equal(setup_issue(g->db, &g->env, &token, NULL), 0);
	assert_int_equal(setup_check(g->db, str_of(token.text), g->now, NULL), 0);
	s = form(g, &token, code);
	assert_int_equal(setup_complete(g->db, &g->env, &s, &done, NULL), 0);
	assert_int_equal(session_find(g->db, str_of(done.cookie.text), g->now, &session, NULL), 0);
	assert_true(actor_may(&session.actor, PERM_USER_ADMIN));
	assert_int_equal(tenant_find(g->db, STR("example-ltd"), &id, NULL), 0);
	assert_int_equal(id, done.tenant_id);
	assert_int_equal(setup_complete(g->db, &g->env, &s, &done, NULL), -ERR_AUTH);
	assert_int_equal(setup_issue(g->db, &g->env, &again, NULL), -ERR_WRONG_STATE);
}

static void a_mistake_leaves_the_token_good_and_nothing_behind(void **state)
{
	struct guarded *g = *state;
	char code[TOTP_DIGITS + 1];
	struct secret token;
	struct setup_done done;
	struct setup s;
	int64_t count = 7;

	assert_int_equal(setup_issue(g->db, &g->env, &token, NULL), 0);
	s = form(g, &token, code);
	s.password = STR("short");
	assert_int_equal(setup_complete(g->db, &g->env, &s, &done, NULL), -ERR_RANGE);
	s = form(g, &token, code);
	s.code = STR("000000");
	assert_int_equal(setup_complete(g->db, &g->env, &s, &done, NULL), -ERR_AUTH);
	assert_int_equal(tenant_count(g->db, &count, NULL), 0);
	assert_int_equal(count, 0);
	s = form(g, &token, code);
	assert_int_equal(setup_complete(g->db, &g->env, &s, &done, NULL), 0);
}

static void a_new_start_ends_the_last_token(void **state)
{
	struct guarded *g = *state;
	struct secret one, two;

	assert_int_equal(setup_issue(g->db, &g->env, &one, NULL), 0);
	assert_int_equal(setup_issue(g->db, &g->env, &two, NULL), 0);
	assert_int_equal(setup_check(g->db, str_of(one.text), g->now, NULL), -ERR_AUTH);
	assert_int_equal(setup_check(g->db, str_of(two.text), g->now, NULL), 0);
	assert_int_equal(setup_check(g->db, str_of(two.text), g->now + SETUP_LIFE + 1, NULL), -ERR_AUTH);
	assert_int_equal(setup_check(g->db, STR_NONE, g->now, NULL), -ERR_AUTH);
}

static int64_t person(struct guarded *g, int64_t tenant, str login, enum role role)
{
	struct actor program = actor_system(tenant);
	struct user_new u = {.login = login, .display_name = login, .role = role, .now = g->now};
	int64_t id;

	assert_int_equal(db_begin(g->db, NULL), 0);
	assert_int_equal(user_create(g->db, &program, &u, &id, NULL), 0);
	assert_int_equal(db_commit(g->db, NULL), 0);
	return id;
}

static int64_t organisation(struct guarded *g, str slug, bool is_demo)
{
	struct tenant_new t = {.slug = slug, .name = slug, .kind = STR("company"), .is_demo = is_demo};
	int64_t id;

	assert_int_equal(db_begin(g->db, NULL), 0);
	assert_int_equal(tenant_create(g->db, &t, g->now, &id, NULL), 0);
	assert_int_equal(db_commit(g->db, NULL), 0);
	return id;
}

static void the_demo_is_entered_once_and_people_change(void **state)
{
	struct guarded *g = *state;
	int64_t demo = organisation(g, STR("demo"), true);
	int64_t analyst = person(g, demo, STR("analyst"), ROLE_ANALYST), ciso = person(g, demo, STR("ciso"), ROLE_CISO);
	struct demo_enter enter = {.now = g->now, .address = STR("127.0.0.1"), .user_agent = STR("b")};
	struct demo_switch change = {.role = ROLE_CISO};
	struct secret token, cookie, next;
	struct session s;

	assert_int_equal(demo_link_create(g->db, &g->env, analyst, &token, NULL), 0);
	enter.token = str_of(token.text);
	assert_int_equal(demo_enter(g->db, &g->env, &enter, &cookie, NULL), 0);
	assert_int_equal(demo_enter(g->db, &g->env, &enter, &next, NULL), -ERR_AUTH);
	assert_int_equal(session_find(g->db, str_of(cookie.text), g->now, &s, NULL), 0);
	assert_int_equal(s.actor.user_id, analyst);
	assert_true(s.actor.is_demo);
	change.who = s.actor;
	assert_int_equal(demo_switch(g->db, &g->env, &change, &next, NULL), 0);
	assert_int_equal(session_find(g->db, str_of(next.text), g->now, &s, NULL), 0);
	assert_int_equal(s.actor.user_id, ciso);
	change.role = ROLE_INTEL;
	assert_int_equal(demo_switch(g->db, &g->env, &change, &next, NULL), -ERR_NOT_FOUND);
}

static void outside_the_demo_there_is_no_such_way(void **state)
{
	struct guarded *g = *state;
	int64_t own = organisation(g, STR("own"), false);
	struct demo_switch change = {.role = ROLE_ADMIN};
	struct demo_enter enter = {.now = g->now};
	struct secret token, cookie;

	assert_int_equal(demo_link_create(g->db, &g->env, person(g, own, STR("admin"), ROLE_ADMIN), &token, NULL), 0);
	enter.token = str_of(token.text);
	assert_int_equal(demo_enter(g->db, &g->env, &enter, &cookie, NULL), -ERR_NOT_FOUND);
	change.who = (struct actor){.kind = ACTOR_SESSION, .tenant_id = own, .session_id = 1};
	assert_int_equal(demo_switch(g->db, &g->env, &change, &cookie, NULL), -ERR_NOT_FOUND);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, guarded_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_token_makes_the_first_user_once),   TEST(a_mistake_leaves_the_token_good_and_nothing_behind),
		TEST(a_new_start_ends_the_last_token),       TEST(the_demo_is_entered_once_and_people_change),
		TEST(outside_the_demo_there_is_no_such_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
