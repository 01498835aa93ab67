#include "tests.h"

#include "base/mem.h"
#include "guard/audit.h"
#include "guard/token.h"
#include "guarded.h"

#define BIT_OF(p) (UINT64_C(1) << (p))

static struct actor admin_of(struct guarded *g, int64_t tenant)
{
	struct actor a = {.kind = ACTOR_SOCKET, .role = ROLE_ADMIN, .tenant_id = tenant, .home_tenant_id = tenant};

	(void)g;
	a.permissions = role_permissions(ROLE_ADMIN);
	return a;
}

static int create(struct guarded *g, const struct actor *who, uint64_t permissions, struct secret *ret)
{
	struct token_new t = {STR("shipper"), permissions, g->now + TIME_DAY, g->now, &g->env};
	int rc;

	assert_int_equal(db_begin(g->db, NULL), 0);
	rc = token_create(g->db, who, &t, ret, NULL);
	if (rc) {
		db_rollback(g->db);
		return rc;
	}
	assert_int_equal(db_commit(g->db, NULL), 0);
	return 0;
}

static int use(struct guarded *g, const struct secret *token, struct actor *ret)
{
	struct token_use u = {str_of(token->text), STR("192.0.2.7"), g->now};

	return token_find(g->db, &u, ret, NULL);
}

static void a_token_may_what_it_was_given(void **state)
{
	struct guarded *g = *state;
	struct actor admin = admin_of(g, g->company), a;
	struct secret token;

	assert_int_equal(create(g, &admin, UINT64_C(1) << PERM_EVENT_WRITE, &token), 0);
	assert_true(str_starts(str_of(token.text), STR("nrs_")));
	assert_int_equal(use(g, &token, &a), 0);
	assert_int_equal(a.kind, ACTOR_TOKEN);
	assert_int_equal(a.tenant_id, g->company);
	assert_true(actor_may(&a, PERM_EVENT_WRITE));
	assert_false(actor_may(&a, PERM_EVENT_READ));
	assert_false(actor_may(&a, PERM_SIGNED_IN));
}

static void nobody_gives_more_than_there_is_to_give(void **state)
{
	struct guarded *g = *state;
	struct actor analyst = {.kind = ACTOR_SESSION, .role = ROLE_ANALYST, .tenant_id = g->company};
	struct secret token;

	analyst.permissions = role_permissions(ROLE_ANALYST);
	assert_int_equal(create(g, &analyst, UINT64_C(1) << PERM_USER_ADMIN, &token), -ERR_DENIED);
	assert_int_equal(create(g, &analyst, 0, &token), -ERR_RANGE);
}

static void it_ends_by_time_and_by_revocation(void **state)
{
	struct guarded *g = *state;
	struct actor admin = admin_of(g, g->group), stranger = admin_of(g, g->other), a;
	struct secret token;
	int64_t id;

	assert_int_equal(create(g, &admin, UINT64_C(1) << PERM_ALERT_READ, &token), 0);
	assert_int_equal(use(g, &token, &a), 0);
	id = a.token_id;
	g->now += 2 * TIME_DAY;
	assert_int_equal(use(g, &token, &a), -ERR_AUTH);
	g->now -= 2 * TIME_DAY;
	assert_int_equal(db_begin(g->db, NULL), 0);
	assert_int_equal(token_revoke(g->db, &stranger, id, g->now, NULL), -ERR_NOT_FOUND);
	assert_int_equal(token_revoke(g->db, &admin, id, g->now, NULL), 0);
	assert_int_equal(token_revoke(g->db, &admin, id, g->now, NULL), -ERR_NOT_FOUND);
	assert_int_equal(db_commit(g->db, NULL), 0);
	assert_int_equal(use(g, &token, &a), -ERR_AUTH);
}

static int64_t rows_of(struct guarded *g, int64_t tenant)
{
	struct audit_chain c = {0};

	assert_int_equal(audit_verify(g->db, tenant, &c, NULL), 0);
	assert_int_equal(c.broken_seq, 0);
	return c.rows;
}

static void use_leaves_a_trail_that_does_not_flood(void **state)
{
	struct guarded *g = *state;
	struct actor admin = admin_of(g, g->group), a;
	struct secret token;
	int64_t before;

	assert_int_equal(create(g, &admin, UINT64_C(1) << PERM_ALERT_READ, &token), 0);
	before = rows_of(g, g->group);
	for (int i = 0; i < 100; i++)
		assert_int_equal(use(g, &token, &a), 0);
	assert_int_equal(rows_of(g, g->group), before + 1);
	g->now += 61 * TIME_MINUTE;
	assert_int_equal(use(g, &token, &a), 0);
	assert_int_equal(rows_of(g, g->group), before + 2);
}

static void it_may_no_more_than_its_owner(void **state)
{
	struct guarded *g = *state;
	struct actor owner = {.kind = ACTOR_SESSION, .role = ROLE_ADMIN, .tenant_id = g->company}, a = {0};
	struct scope scope = {g->company};
	_cleanup_stmt_ struct stmt st = {0};
	struct secret token;

	owner.user_id = guarded_account(g, STR("taro@example.jp"), g->company, ROLE_ADMIN);
	owner.permissions = role_permissions(ROLE_ADMIN);
	assert_int_equal(create(g, &owner, BIT_OF(PERM_USER_ADMIN) | BIT_OF(PERM_ALERT_READ), &token), 0);
	assert_int_equal(use(g, &token, &a), 0);
	assert_true(actor_may(&a, PERM_USER_ADMIN));
	assert_int_equal(db_prepare(g->db, &Q_account_role_put, &scope, &st, NULL), 0);
	stmt_i64(&st, "account_id", owner.user_id);
	stmt_text(&st, "role", STR("analyst"));
	stmt_i64(&st, "now", g->now);
	assert_int_equal(stmt_run(&st, NULL), 0);
	assert_int_equal(use(g, &token, &a), 0);
	assert_false(actor_may(&a, PERM_USER_ADMIN));
	assert_true(actor_may(&a, PERM_ALERT_READ));
}

static void lists_are_read_and_written(void **state)
{
	_cleanup_(buf_done) struct buf b;
	struct err e = {0};
	uint64_t bits;

	(void)state;
	assert_int_equal(permissions_parse(STR("alert.read, event.write"), &bits, NULL), 0);
	buf_init(&b, 1000);
	permissions_add(&b, bits);
	assert_string_equal(buf_cstr(&b), "alert.read,event.write");
	assert_int_equal(permissions_parse(STR("alert.read,alert.fly"), &bits, &e), -ERR_RANGE);
	assert_string_equal(e.value, "alert.fly");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUARDED(a_token_may_what_it_was_given),     GUARDED(nobody_gives_more_than_there_is_to_give),
		GUARDED(it_ends_by_time_and_by_revocation), GUARDED(use_leaves_a_trail_that_does_not_flood),
		GUARDED(it_may_no_more_than_its_owner),     cmocka_unit_test(lists_are_read_and_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
