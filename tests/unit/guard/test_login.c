#include "tests.h"

#include <time.h>

#include "guard/audit.h"
#include "guard/login.h"
#include "guard/user.h"
#include "guarded.h"

static const char password[] = "five quiet green lanterns";

static int64_t add_user(struct guarded *g, str login, const struct totp_secret *totp)
{
	struct actor program = actor_system(g->company);
	struct user_new u = {.login = login, .display_name = STR("Hanako"), .role = ROLE_ANALYST, .totp = totp};
	int64_t id;

	u.password = STR("five quiet green lanterns");
	u.now = g->now;
	assert_int_equal(db_begin(g->db, NULL), 0);
	assert_int_equal(user_create(g->db, &program, &u, &id, NULL), 0);
	assert_int_equal(db_commit(g->db, NULL), 0);
	return id;
}

static int try_from(struct guarded *g, str login, const char *word, const char *address, struct login_done *ret)
{
	struct login l = {login, str_of(word), str_of(address), STR("browser"), g->now};
	struct login_done ignored;

	return login_password(g->db, &g->env, &l, ret ? ret : &ignored, NULL);
}

static int try_code(struct guarded *g, const struct secret *cookie, str code, struct secret *ret)
{
	struct session s;
	struct login_code c = {&s, code, STR("192.0.2.1"), g->now};

	assert_int_equal(session_find(g->db, str_of(cookie->text), g->now, &s, NULL), 0);
	return login_totp(g->db, &g->env, &c, ret, NULL);
}

static void a_right_password_signs_in(void **state)
{
	struct guarded *g = *state;
	int64_t id = add_user(g, STR("Hanako@Example.JP"), NULL);
	struct login_done done;
	struct session s;

	assert_int_equal(try_from(g, STR(" hanako@example.jp "), password, "192.0.2.1", &done), 0);
	assert_int_equal(done.stage, SESSION_FULL);
	assert_int_equal(session_find(g->db, str_of(done.cookie.text), g->now, &s, NULL), 0);
	assert_int_equal(s.actor.user_id, id);
	assert_int_equal(s.actor.role, ROLE_ANALYST);
}

static void a_wrong_one_and_a_stranger_hear_the_same(void **state)
{
	struct guarded *g = *state;
	struct login l = {STR("hanako@example.jp"), STR("wrong password 1"), STR("192.0.2.1"), STR("b"), g->now};
	struct login_done done;
	struct err wrong = {0}, unknown = {0};

	add_user(g, STR("hanako@example.jp"), NULL);
	assert_int_equal(login_password(g->db, &g->env, &l, &done, &wrong), -ERR_AUTH);
	l.login = STR("nobody@example.jp");
	assert_int_equal(login_password(g->db, &g->env, &l, &done, &unknown), -ERR_AUTH);
	assert_memory_equal(&wrong, &unknown, sizeof(wrong));
}

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static void and_wait_as_long(void **state)
{
	char hash[PASSWORD_HASH_MAX];
	double start, known, unknown;

	(void)state;
	assert_int_equal(password_hash(str_of(password), hash, NULL), 0);
	start = cpu_seconds();
	assert_false(password_verify(str_of(hash), STR("wrong password 1")));
	known = cpu_seconds() - start;
	start = cpu_seconds();
	assert_false(password_verify(STR_NONE, STR("wrong password 1")));
	unknown = cpu_seconds() - start;
	assert_true(unknown > known / 3 && unknown < known * 3);
}

static void failures_wait_but_do_not_lock_the_owner_out(void **state)
{
	struct guarded *g = *state;
	str login = STR("hanako@example.jp");
	int refused = 0;

	add_user(g, login, NULL);
	assert_int_equal(try_from(g, login, password, "192.0.2.1", NULL), 0); /* the owner's address */
	for (int i = 0; i < 6; i++)
		refused += try_from(g, login, "wrong password 1", "203.0.113.9", NULL) == -ERR_LIMIT;
	assert_int_equal(refused, 3);
	assert_int_equal(try_from(g, login, password, "203.0.113.9", NULL), -ERR_LIMIT);
	assert_int_equal(try_from(g, login, password, "203.0.113.10", NULL), -ERR_LIMIT);
	assert_int_equal(try_from(g, login, password, "192.0.2.1", NULL), 0);
	g->now += 2 * TIME_SECOND;
	assert_int_equal(try_from(g, login, password, "203.0.113.9", NULL), 0);
}

static void waits_grow_and_end(void **state)
{
	struct guarded *g = *state;
	str login = STR("hanako@example.jp");

	add_user(g, login, NULL);
	for (int i = 0; i < 12; i++) {
		assert_int_equal(try_from(g, login, "wrong password 1", "192.0.2.1", NULL), -ERR_AUTH);
		g->now += 61 * TIME_SECOND;
	}
	assert_int_equal(try_from(g, login, "wrong password 1", "192.0.2.1", NULL), -ERR_AUTH);
	g->now += 59 * TIME_SECOND;
	assert_int_equal(try_from(g, login, password, "192.0.2.1", NULL), -ERR_LIMIT);
	g->now += 2 * TIME_SECOND;
	assert_int_equal(try_from(g, login, password, "192.0.2.1", NULL), 0);
}

static void the_second_factor_is_asked_and_counts_once(void **state)
{
	struct guarded *g = *state;
	struct totp_secret totp = totp_create(&g->env);
	char code[TOTP_DIGITS + 1];
	struct login_done one, two;
	struct secret cookie;
	struct session s;

	add_user(g, STR("hanako@example.jp"), &totp);
	assert_int_equal(try_from(g, STR("hanako@example.jp"), password, "192.0.2.1", &one), 0);
	assert_int_equal(one.stage, SESSION_PASSWORD);
	assert_int_equal(try_code(g, &one.cookie, STR("000000"), &cookie), -ERR_AUTH);
	totp_code(&totp, g->now, code);
	assert_int_equal(try_code(g, &one.cookie, str_of(code), &cookie), 0);
	assert_int_equal(session_find(g->db, str_of(one.cookie.text), g->now, &s, NULL), -ERR_AUTH);
	assert_int_equal(session_find(g->db, str_of(cookie.text), g->now, &s, NULL), 0);
	assert_true(actor_may(&s.actor, PERM_ALERT_WORK));
	assert_int_equal(try_code(g, &cookie, str_of(code), &cookie), -ERR_AUTH);
	assert_int_equal(try_from(g, STR("hanako@example.jp"), password, "192.0.2.1", &two), 0);
	assert_int_equal(try_code(g, &two.cookie, str_of(code), &cookie), -ERR_AUTH);
}

static void guessing_codes_waits(void **state)
{
	struct guarded *g = *state;
	struct totp_secret totp = totp_create(&g->env);
	struct login_done one;
	struct secret cookie;

	add_user(g, STR("hanako@example.jp"), &totp);
	assert_int_equal(try_from(g, STR("hanako@example.jp"), password, "192.0.2.1", &one), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(try_code(g, &one.cookie, STR("000000"), &cookie), -ERR_AUTH);
	assert_int_equal(try_code(g, &one.cookie, STR("000000"), &cookie), -ERR_LIMIT);
}

static void a_reset_link_sets_a_password_once_and_ends_sessions(void **state)
{
	struct guarded *g = *state;
	struct actor admin = actor_system(g->group), stranger = actor_system(g->other);
	struct user_reset reset = {add_user(g, STR("hanako@example.jp"), NULL), true, &g->env};
	struct login_reset use = {.now = g->now};
	struct login_done done;
	struct secret token;
	struct session s;

	assert_int_equal(try_from(g, STR("hanako@example.jp"), password, "192.0.2.1", &done), 0);
	assert_int_equal(db_begin(g->db, NULL), 0);
	assert_int_equal(user_reset(g->db, &stranger, &reset, &token, NULL), -ERR_NOT_FOUND);
	assert_int_equal(user_reset(g->db, &admin, &reset, &token, NULL), 0);
	assert_int_equal(db_commit(g->db, NULL), 0);
	use.token = str_of(token.text);
	use.password = STR("short");
	assert_int_equal(login_reset(g->db, &use, NULL), -ERR_RANGE);
	use.password = STR("another quiet lantern");
	assert_int_equal(login_reset(g->db, &use, NULL), 0);
	assert_int_equal(login_reset(g->db, &use, NULL), -ERR_AUTH);
	assert_int_equal(session_find(g->db, str_of(done.cookie.text), g->now, &s, NULL), -ERR_AUTH);
	assert_int_equal(try_from(g, STR("hanako@example.jp"), password, "192.0.2.1", NULL), -ERR_AUTH);
	assert_int_equal(try_from(g, STR("hanako@example.jp"), "another quiet lantern", "192.0.2.1", NULL), 0);
}

static void weak_passwords_are_refused(void **state)
{
	static const char *const weak[] = {"elevenchars",       "hanako@example.jp",
					   "HANAKO@EXAMPLE.JP", "Hanako Yamamoto",
					   "aaaaaaaaaaaaaaaa",  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(weak); i++)
		assert_int_equal(
			password_check(str_of(weak[i]), STR("hanako@example.jp"), STR("hanako yamamoto"), NULL),
			-ERR_RANGE);
	assert_int_equal(password_check(STR("みどりのちょうちんいつつ"), STR("hanako"), STR("x"), NULL), 0);
}

static void administrators_change_others_below_them(void **state)
{
	struct guarded *g = *state;
	struct actor admin = {.kind = ACTOR_SESSION, .role = ROLE_ADMIN, .tenant_id = g->group};
	struct actor stranger = {.kind = ACTOR_SESSION, .role = ROLE_ADMIN, .tenant_id = g->other, .user_id = 99};
	struct user_change c = {.role = ROLE_AUDITOR, .now = g->now};
	struct err e = {0};
	enum role role;
	struct user u;

	c.account_id = guarded_account(g, STR("hanako@example.jp"), g->company, ROLE_ANALYST);
	admin.user_id = guarded_account(g, STR("admin@example.jp"), g->group, ROLE_ADMIN);
	assert_int_equal(db_begin(g->db, NULL), 0);
	assert_int_equal(user_role_set(g->db, &stranger, &c, &e), -ERR_NOT_FOUND);
	assert_int_equal(user_active_set(g->db, &stranger, &c, &e), -ERR_NOT_FOUND);
	assert_int_equal(user_role_set(g->db, &admin, &c, &e), 0);
	assert_int_equal(tenant_role_of(g->db, g->company, c.account_id, &role, NULL), 0);
	assert_int_equal(role, ROLE_AUDITOR);
	assert_int_equal(tenant_role_of(g->db, g->group, c.account_id, &role, NULL), -ERR_NOT_FOUND);
	c.role = ROLE_API;
	assert_int_equal(user_role_set(g->db, &admin, &c, &e), -ERR_RANGE);
	assert_int_equal(user_active_set(g->db, &admin, &c, &e), 0);
	assert_int_equal(user_get(g->db, c.account_id, &u, NULL), 0);
	assert_false(u.is_active);
	c.account_id = admin.user_id;
	c.role = ROLE_ANALYST;
	assert_int_equal(user_role_set(g->db, &admin, &c, &e), -ERR_DENIED);
	assert_int_equal(user_active_set(g->db, &admin, &c, &e), -ERR_DENIED);
	assert_int_equal(db_commit(g->db, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUARDED(administrators_change_others_below_them),
		GUARDED(a_right_password_signs_in),
		GUARDED(a_wrong_one_and_a_stranger_hear_the_same),
		cmocka_unit_test(and_wait_as_long),
		GUARDED(failures_wait_but_do_not_lock_the_owner_out),
		GUARDED(waits_grow_and_end),
		GUARDED(the_second_factor_is_asked_and_counts_once),
		GUARDED(guessing_codes_waits),
		GUARDED(a_reset_link_sets_a_password_once_and_ends_sessions),
		cmocka_unit_test(weak_passwords_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
