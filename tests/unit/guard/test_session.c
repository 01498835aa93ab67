#include "tests.h"

#include "guard/session.h"
#include "guarded.h"

static struct secret start(struct guarded *g, int64_t account, int64_t tenant, enum session_stage stage)
{
	struct session_new s = {account, tenant, stage, STR("192.0.2.1"), STR("browser"), g->now};
	struct secret cookie;

	assert_int_equal(session_start(g->db, &g->env, &s, &cookie, NULL), 0);
	return cookie;
}

static int find(struct guarded *g, const struct secret *cookie, struct session *ret)
{
	return session_find(g->db, str_of(cookie->text), g->now, ret, NULL);
}

static void a_session_tells_who_works_where(void **state)
{
	struct guarded *g = *state;
	int64_t id = guarded_account(g, STR("hanako@example.jp"), g->group, ROLE_ANALYST);
	struct secret cookie = start(g, id, g->company, SESSION_FULL);
	struct session s;

	assert_int_equal(find(g, &cookie, &s), 0);
	assert_int_equal(s.actor.kind, ACTOR_SESSION);
	assert_int_equal(s.actor.tenant_id, g->company);
	assert_int_equal(s.actor.home_tenant_id, g->group);
	assert_string_equal(s.language, "ja");
	assert_true(actor_may(&s.actor, PERM_ALERT_WORK));
	assert_false(actor_may(&s.actor, PERM_USER_ADMIN));
}

static void the_store_does_not_hold_the_cookie(void **state)
{
	struct guarded *g = *state;
	int64_t id = guarded_account(g, STR("hanako@example.jp"), g->group, ROLE_ANALYST);
	struct secret cookie = start(g, id, g->group, SESSION_FULL);
	struct digest_hex hash = secret_hash(str_of(cookie.text));
	struct session s;

	assert_int_equal(session_find(g->db, digest_str(&hash), g->now, &s, NULL), -ERR_AUTH);
	cookie.text[5] ^= 1;
	assert_int_equal(find(g, &cookie, &s), -ERR_AUTH);
}

static void no_role_there_means_no_session_there(void **state)
{
	struct guarded *g = *state;
	int64_t id = guarded_account(g, STR("hanako@example.jp"), g->company, ROLE_ADMIN);
	struct secret up = start(g, id, g->group, SESSION_FULL), beside = start(g, id, g->other, SESSION_FULL);
	struct session s;

	assert_int_equal(find(g, &up, &s), -ERR_AUTH);
	assert_int_equal(find(g, &beside, &s), -ERR_AUTH);
}

static void it_ends_when_idle_and_at_the_latest_after_a_day(void **state)
{
	struct guarded *g = *state;
	int64_t id = guarded_account(g, STR("hanako@example.jp"), g->group, ROLE_ANALYST);
	struct secret idle = start(g, id, g->group, SESSION_FULL), busy = start(g, id, g->group, SESSION_FULL);
	struct session s;

	for (int hour = 0; hour < 24; hour++) {
		assert_int_equal(find(g, &busy, &s), 0);
		g->now += TIME_HOUR;
		if (hour == 6)
			assert_int_equal(find(g, &idle, &s), 0);
		if (hour == 15)
			assert_int_equal(find(g, &idle, &s), -ERR_AUTH);
	}
	assert_int_equal(find(g, &busy, &s), -ERR_AUTH);
	assert_int_equal(session_sweep(g->db, g->now, NULL), 0);
	assert_int_equal(db_changes(g->db), 2);
}

static void a_password_alone_is_nobody(void **state)
{
	struct guarded *g = *state;
	int64_t id = guarded_account(g, STR("hanako@example.jp"), g->group, ROLE_ADMIN);
	struct secret old = start(g, id, g->group, SESSION_PASSWORD), fresh;
	struct session s;

	assert_int_equal(find(g, &old, &s), 0);
	assert_int_equal(s.actor.kind, ACTOR_NOBODY);
	assert_false(actor_may(&s.actor, PERM_SIGNED_IN));
	s.stage = SESSION_FULL;
	assert_int_equal(session_rotate(g->db, &g->env, &s, &fresh, NULL), 0);
	assert_int_equal(find(g, &old, &s), -ERR_AUTH);
	assert_int_equal(find(g, &fresh, &s), 0);
	assert_true(actor_may(&s.actor, PERM_USER_ADMIN));
}

static void ending_others_keeps_this_one(void **state)
{
	struct guarded *g = *state;
	int64_t id = guarded_account(g, STR("hanako@example.jp"), g->group, ROLE_ADMIN);
	struct secret a = start(g, id, g->group, SESSION_FULL), b = start(g, id, g->group, SESSION_FULL);
	struct session s;

	assert_int_equal(find(g, &a, &s), 0);
	assert_int_equal(session_end_others(g->db, id, s.id, NULL), 0);
	assert_int_equal(find(g, &a, &s), 0);
	assert_int_equal(find(g, &b, &s), -ERR_AUTH);
	assert_int_equal(session_end(g->db, id + 1, s.id, NULL), 0);
	assert_int_equal(find(g, &a, &s), 0);
	assert_int_equal(session_end(g->db, id, s.id, NULL), 0);
	assert_int_equal(find(g, &a, &s), -ERR_AUTH);
}

static void an_account_holds_a_bounded_number(void **state)
{
	struct guarded *g = *state;
	int64_t id = guarded_account(g, STR("hanako@example.jp"), g->group, ROLE_ADMIN);
	struct secret first = start(g, id, g->group, SESSION_FULL), last = first;
	struct session s;

	for (int i = 0; i < SESSIONS_PER_ACCOUNT; i++) {
		g->now += TIME_SECOND;
		last = start(g, id, g->group, SESSION_FULL);
	}
	assert_int_equal(find(g, &first, &s), -ERR_AUTH);
	assert_int_equal(find(g, &last, &s), 0);
}

static void the_form_token_belongs_to_the_cookie(void **state)
{
	char one[SESSION_CSRF_MAX], two[SESSION_CSRF_MAX];

	(void)state;
	session_csrf(STR("cookie-one"), one);
	session_csrf(STR("cookie-two"), two);
	assert_int_equal(strlen(one), 64);
	assert_string_not_equal(one, two);
	assert_true(session_csrf_is(STR("cookie-one"), str_of(one)));
	assert_false(session_csrf_is(STR("cookie-one"), str_of(two)));
	assert_false(session_csrf_is(STR("cookie-one"), STR_NONE));
}

static void the_socket_serves_its_owner_and_root_only(void **state)
{
	struct guarded *g = *state;
	struct actor a;

	assert_int_equal(actor_from_peer(g->db, (unsigned)geteuid(), &a, NULL), 0);
	assert_int_equal(a.kind, ACTOR_SOCKET);
	assert_int_equal(a.tenant_id, g->group);
	assert_true(actor_may(&a, PERM_SYSTEM_ADMIN));
	assert_int_equal(actor_from_peer(g->db, 54321, &a, NULL), -ERR_DENIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUARDED(a_session_tells_who_works_where),
		GUARDED(the_store_does_not_hold_the_cookie),
		GUARDED(no_role_there_means_no_session_there),
		GUARDED(it_ends_when_idle_and_at_the_latest_after_a_day),
		GUARDED(a_password_alone_is_nobody),
		GUARDED(ending_others_keeps_this_one),
		GUARDED(an_account_holds_a_bounded_number),
		cmocka_unit_test(the_form_token_belongs_to_the_cookie),
		GUARDED(the_socket_serves_its_owner_and_root_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
