#include "tests.h"

#include <sqlite3.h>

#include "guard/audit.h"
#include "guarded.h"
#include "store/internal.h"

static void write_rows(struct guarded *g, int count)
{
	struct actor who = actor_system(g->company);

	for (int i = 0; i < count; i++) {
		assert_int_equal(db_begin(g->db, NULL), 0);
		assert_int_equal(audit_append(g->db, &who, STR("alert.verdict"), STR("alert:17"),
					      STR("{\"verdict\":\"true_positive\"}"), g->now + i, NULL),
				 0);
		assert_int_equal(db_commit(g->db, NULL), 0);
	}
}

/* What somebody with the file and sqlite3 at hand can do. */
static int tamper(struct guarded *g, const char *sql)
{
	return sqlite3_exec(db_sqlite_handle(g->db), sql, NULL, NULL, NULL);
}

static struct audit_chain verify(struct guarded *g)
{
	struct audit_chain c = {0};

	assert_int_equal(audit_verify(g->db, g->company, &c, NULL), 0);
	return c;
}

static void a_sound_chain_is_sound(void **state)
{
	struct guarded *g = *state;
	struct audit_chain c;

	write_rows(g, 2500);
	c = verify(g);
	assert_int_equal(c.broken_seq, 0);
	assert_int_equal(c.rows, 2501); /* with the birth of the organisation */
}

static void triggers_refuse_change_and_removal(void **state)
{
	struct guarded *g = *state;

	write_rows(g, 3);
	assert_int_not_equal(tamper(g, "UPDATE audit SET detail = '{}' WHERE seq = 2"), SQLITE_OK);
	assert_int_not_equal(tamper(g, "DELETE FROM audit WHERE seq = 2"), SQLITE_OK);
	assert_int_equal(verify(g).broken_seq, 0);
}

static void a_changed_row_is_named(void **state)
{
	static const char *const changes[] = {
		"UPDATE audit SET detail = '{\"verdict\":\"false_positive\"}' WHERE tenant_id = 2 AND seq = 5",
		"UPDATE audit SET actor_name = 'somebody else' WHERE tenant_id = 2 AND seq = 5",
		"UPDATE audit SET at = at + 1 WHERE tenant_id = 2 AND seq = 5",
		"UPDATE audit SET object = 'alert:1', action = action || '7' WHERE tenant_id = 2 AND seq = 5",
		"UPDATE audit SET hash = prev_hash WHERE tenant_id = 2 AND seq = 5",
		"DELETE FROM audit WHERE tenant_id = 2 AND seq = 5",
		"DELETE FROM audit WHERE tenant_id = 2 AND seq >= 5",
		"UPDATE audit_head SET seq = 4 WHERE tenant_id = 2; DELETE FROM audit WHERE tenant_id = 2 AND seq >= 5",
	};
	struct guarded *g = *state;

	write_rows(g, 8);
	assert_int_equal(g->company, 2);
	assert_int_equal(tamper(g, "DROP TRIGGER audit_keep_update; DROP TRIGGER audit_keep_delete"), SQLITE_OK);
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		struct audit_chain c;

		assert_int_equal(tamper(g, "BEGIN"), SQLITE_OK);
		assert_int_equal(tamper(g, changes[i]), SQLITE_OK);
		c = verify(g);
		assert_int_equal(c.broken_seq, 5);
		assert_int_equal(c.rows, 4);
		assert_non_null(c.reason);
		assert_int_equal(tamper(g, "ROLLBACK"), SQLITE_OK);
	}
	assert_int_equal(verify(g).broken_seq, 0);
}

static int count_chain(void *ctx, const struct audit_chain *chain, struct err *e)
{
	(void)e;
	assert_int_equal(chain->broken_seq, 0);
	(*(int *)ctx)++;
	return 0;
}

static void every_organisation_has_its_own_chain(void **state)
{
	struct guarded *g = *state;
	int chains = 0;

	write_rows(g, 3);
	assert_int_equal(audit_verify_all(g->db, count_chain, &chains, NULL), 0);
	assert_int_equal(chains, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUARDED(a_sound_chain_is_sound),
		GUARDED(triggers_refuse_change_and_removal),
		GUARDED(a_changed_row_is_named),
		GUARDED(every_organisation_has_its_own_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
