/* A small world for guard's tests: a group with a company and a provider's customer beside it, and a clock and
 * randomness that do what they are told. */
#ifndef TESTS_UNIT_GUARD_GUARDED_H
#define TESTS_UNIT_GUARD_GUARDED_H

#include "../store/folder.h"
#include "guard/tenant.h"
#include "os/env.h"
#include "store/queries.gen.h"

#define NOW ((time_us)1763710000 * TIME_SECOND)

struct guarded {
	struct folder folder;
	struct db *db;
	struct env env;
	time_us now;
	uint64_t seed;
	int64_t group, company, other;
};

static inline time_us guarded_now(void *ctx)
{
	return ((struct guarded *)ctx)->now;
}

static inline void guarded_random(void *ctx, void *out, size_t len)
{
	struct guarded *g = ctx;

	for (size_t i = 0; i < len; i++) {
		g->seed = g->seed * 6364136223846793005u + 1442695040888963407u;
		((unsigned char *)out)[i] = (unsigned char)(g->seed >> 56);
	}
}

static inline int64_t guarded_tenant(struct guarded *g, str slug, int64_t parent)
{
	struct tenant_new t = {.parent_id = parent, .slug = slug, .name = slug, .kind = STR("company")};
	int64_t id = 0;

	CHECK(tenant_create(g->db, &t, g->now, &id, NULL) == 0);
	return id;
}

static inline int guarded_set_up(void **state)
{
	struct guarded *g = calloc(1, sizeof(*g));

	g->now = NOW;
	g->seed = 42;
	g->env = (struct env){.now = guarded_now, .monotonic = guarded_now, .random = guarded_random, .ctx = g};
	folder_open_temp(&g->folder);
	g->db = folder_db(&g->folder);
	CHECK(db_begin(g->db, NULL) == 0);
	g->group = guarded_tenant(g, STR("group"), 0);
	g->company = guarded_tenant(g, STR("company"), g->group);
	g->other = guarded_tenant(g, STR("other"), 0);
	CHECK(db_commit(g->db, NULL) == 0);
	*state = g;
	return 0;
}

static inline int guarded_tear_down(void **state)
{
	struct guarded *g = *state;

	db_close(g->db);
	folder_remove_temp(&g->folder);
	free(g);
	return 0;
}

#define GUARDED(fn) cmocka_unit_test_setup_teardown(fn, guarded_set_up, guarded_tear_down)

static inline int64_t guarded_account(struct guarded *g, str email, int64_t tenant, enum role role)
{
	struct scope scope = {tenant};
	struct stmt st;
	int64_t id;

	CHECK(db_prepare(g->db, &Q_account_add, &scope, &st, NULL) == 0);
	stmt_text(&st, "email", email);
	stmt_text(&st, "display_name", STR("Hanako"));
	stmt_text(&st, "language", STR("ja"));
	stmt_text(&st, "time_zone", STR("Asia/Tokyo"));
	stmt_null(&st, "password_hash");
	stmt_null(&st, "password_changed_at");
	stmt_null(&st, "totp_secret");
	stmt_i64(&st, "now", g->now);
	CHECK(stmt_step(&st, NULL) == 1);
	id = stmt_col_i64(&st, "id");
	stmt_done(&st);
	CHECK(db_prepare(g->db, &Q_account_role_put, &scope, &st, NULL) == 0);
	stmt_i64(&st, "account_id", id);
	stmt_text(&st, "role", str_of(role_name(role)));
	stmt_i64(&st, "now", g->now);
	CHECK(stmt_run(&st, NULL) == 0);
	stmt_done(&st);
	return id;
}

#endif
