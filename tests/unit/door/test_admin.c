/* door/admin: what is told to an administrator about people of other organisations. */
#include "tests.h"

#include "../guard/guarded.h"
#include "door/admin/admin.h"

static void a_reset_does_not_tell_who_exists_elsewhere(void **state)
{
	struct guarded *g = *state;
	struct actor admin = {.kind = ACTOR_SESSION, .role = ROLE_ADMIN, .tenant_id = g->company};
	struct admin_call call = {.db = g->db, .env = &g->env, .who = &admin};
	struct err stranger = {0}, nobody = {0};
	json_t *out = NULL, *there, *not_there;

	admin.permissions = role_permissions(ROLE_ADMIN);
	guarded_account(g, STR("hanako@example.jp"), g->other, ROLE_ANALYST);
	there = json_pack("{s:s}", "login", "hanako@example.jp");
	not_there = json_pack("{s:s}", "login", "nobody@example.jp");
	call.in = there;
	assert_int_equal(admin_user_reset(&call, &out, &stranger), -ERR_NOT_FOUND);
	call.in = not_there;
	assert_int_equal(admin_user_reset(&call, &out, &nobody), -ERR_NOT_FOUND);
	assert_string_equal(stranger.id, nobody.id);
	assert_string_equal(stranger.value, "hanako@example.jp");
	assert_string_equal(nobody.value, "nobody@example.jp");
	json_decref(there);
	json_decref(not_there);
}

int main(void)
{
	const struct CMUnitTest tests[] = {GUARDED(a_reset_does_not_tell_who_exists_elsewhere)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
