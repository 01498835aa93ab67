/* Procedures: states, immutability, expiry, walk-throughs, differences, templates. */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/mem.h"
#include "centre/procedure/procedure.h"
#include "craft/words/words.h"

static struct actor person(int64_t user_id, int64_t tenant_id)
{
	struct actor a = {.kind = ACTOR_SESSION, .user_id = user_id, .tenant_id = tenant_id};

	snprintf(a.name, sizeof(a.name), "person %d", (int)user_id);
	return a;
}

static int64_t written(struct guarded *g, const struct actor *who, int64_t procedure_id, const char *body)
{
	struct procedure_text t = {.procedure_id = procedure_id,
				   .title = STR("Phishing"),
				   .services = STR("D-1 D-2"),
				   .body = str_of(body)};
	int64_t id = 0;

	assert_int_equal(procedure_write(g->db, who, &t, NOW, &id, NULL), 0);
	return id;
}

static int moved(struct guarded *g, const struct actor *who, int64_t id, enum procedure_state to, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct procedure_move m = {.id = id, .to = to, .expires = NOW + 100 * TIME_DAY};
	struct procedure p;

	arena_init(&a, 1u << 20);
	assert_int_equal(procedure_get(g->db, actor_scope(who), id, &a, &p, NULL), 0);
	m.row_version = p.row_version;
	return procedure_move(g->db, who, &m, NOW, e);
}

static struct procedure got(struct guarded *g, struct arena *a, int64_t id)
{
	struct procedure p = {0};

	assert_int_equal(procedure_get(g->db, (struct scope){g->company}, id, a, &p, NULL), 0);
	return p;
}

static void test_life_of_a_procedure(void **state)
{
	struct guarded *g = *state;
	struct actor who = person(1, g->company);
	_cleanup_(arena_done) struct arena a = {0};
	struct procedure_text t = {
		.row_version = 1, .title = STR("Phishing"), .services = STR("D-1"), .body = STR("changed")};
	struct procedure_list list;
	struct procedure_facts f;
	struct err e = {0};
	int64_t first = written(g, &who, 0, "# one"), second, procedure;

	arena_init(&a, 8u << 20);
	procedure = got(g, &a, first).procedure_id;
	assert_int_equal(moved(g, &who, first, PROCEDURE_APPROVED, &e), -ERR_WRONG_STATE);
	assert_int_equal(procedure_list(g->db, (struct scope){g->company}, &a, &list, &e), 0);
	procedure_facts(&list, STR("D-1"), NOW, &f);
	assert_null(f.current); /* a draft documents nothing */
	assert_int_equal(moved(g, &who, first, PROCEDURE_REVIEW, &e), 0);
	assert_int_equal(procedure_list(g->db, (struct scope){g->company}, &a, &list, &e), 0);
	procedure_facts(&list, STR("D-1"), NOW, &f);
	assert_non_null(f.current);
	assert_null(f.approved);
	t.id = first;
	assert_int_equal(procedure_write(g->db, &who, &t, NOW, &t.id, &e), -ERR_WRONG_STATE);
	assert_int_equal(moved(g, &who, first, PROCEDURE_APPROVED, &e), 0);
	assert_int_equal(procedure_list(g->db, (struct scope){g->company}, &a, &list, &e), 0);
	procedure_facts(&list, STR("D-2"), NOW, &f);
	assert_non_null(f.approved);
	procedure_facts(&list, STR("D-2"), NOW + 101 * TIME_DAY, &f); /* the approval ends, the document stays */
	assert_non_null(f.current);
	assert_null(f.approved);
	assert_int_equal(f.expired, NOW + 100 * TIME_DAY);
	procedure_facts(&list, STR("D-20"), NOW, &f);
	assert_null(f.current);

	second = written(g, &who, procedure, "# two");
	assert_int_equal(got(g, &a, second).number, 2);
	t = (struct procedure_text){
		.procedure_id = procedure, .title = STR("x"), .services = STR("D-1"), .body = STR("y")};
	assert_int_equal(procedure_write(g->db, &who, &t, NOW, &t.id, &e), -ERR_WRONG_STATE); /* one open at a time */
	assert_int_equal(procedure_list(g->db, (struct scope){g->company}, &a, &list, &e), 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.items[0].id, first); /* the one in force, with a hint */
	assert_true(list.items[0].has_open);
	assert_int_equal(moved(g, &who, second, PROCEDURE_REVIEW, &e), 0);
	assert_int_equal(moved(g, &who, second, PROCEDURE_APPROVED, &e), 0);
	assert_int_equal(got(g, &a, first).state, PROCEDURE_SUPERSEDED);
	assert_int_equal(moved(g, &who, second, PROCEDURE_APPROVED, &e), 0); /* renewed */
	assert_int_equal(moved(g, &who, first, PROCEDURE_APPROVED, &e), -ERR_WRONG_STATE);
	assert_int_equal(procedure_versions(g->db, (struct scope){g->other}, procedure, &a, &list, &e), -ERR_NOT_FOUND);
}

static void test_bad_values_are_named(void **state)
{
	struct guarded *g = *state;
	struct actor who = person(1, g->company);
	struct procedure_text t = {.title = STR(" "), .services = STR("D-1"), .body = STR("x")};
	struct procedure_move m = {.to = PROCEDURE_APPROVED, .row_version = 2, .expires = NOW - 1};
	struct err e = {0};
	int64_t id = 0;

	assert_int_equal(procedure_write(g->db, &who, &t, NOW, &id, &e), -ERR_RANGE);
	assert_string_equal(e.path, "title");
	t.title = STR("t");
	t.body = STR("\xff");
	assert_int_equal(procedure_write(g->db, &who, &t, NOW, &id, &e), -ERR_RANGE);
	assert_string_equal(e.path, "body");
	m.id = written(g, &who, 0, "x");
	assert_int_equal(moved(g, &who, m.id, PROCEDURE_REVIEW, &e), 0);
	assert_int_equal(procedure_move(g->db, &who, &m, NOW, &e), -ERR_RANGE);
	assert_string_equal(e.path, "expires");
	m.expires = NOW + TIME_DAY;
	m.row_version = 1;
	assert_int_equal(procedure_move(g->db, &who, &m, NOW, &e), -ERR_CONFLICT);
}

static void test_walk_through_becomes_an_occasion(void **state)
{
	struct guarded *g = *state;
	struct actor walker = person(1, g->company), signer = person(2, g->company), stranger = person(3, g->other);
	_cleanup_(arena_done) struct arena a = {0};
	struct walk_new new = {.walked = NOW - TIME_DAY, .remark = STR("step 3 is unclear")};
	struct work_list work;
	struct walk_list walks;
	struct err e = {0};
	int64_t id = 0;

	arena_init(&a, 8u << 20);
	new.version_id = written(g, &walker, 0, "x");
	assert_int_equal(procedure_walk_add(g->db, &walker, &new, NOW, &id, &e), -ERR_WRONG_STATE); /* a draft */
	assert_int_equal(moved(g, &walker, new.version_id, PROCEDURE_REVIEW, &e), 0);
	assert_int_equal(procedure_walk_add(g->db, &walker, &new, NOW, &id, &e), 0);
	assert_int_equal(procedure_walk_sign(g->db, &walker, id, NOW, &e), -ERR_DENIED);
	assert_string_equal(e.id, "err.procedure.own_walk");
	assert_int_equal(procedure_walk_sign(g->db, &stranger, id, NOW, &e), -ERR_NOT_FOUND);
	assert_int_equal(
		work_list(g->db, (struct scope){g->company}, STR("D-2"), (struct work_cursor){0}, &a, &work, &e), 0);
	assert_int_equal(work.count, 0);
	assert_int_equal(procedure_walk_sign(g->db, &signer, id, NOW, &e), 0);
	assert_int_equal(procedure_walk_sign(g->db, &signer, id, NOW, &e), -ERR_CONFLICT);
	assert_int_equal(
		work_list(g->db, (struct scope){g->company}, STR("D-2"), (struct work_cursor){0}, &a, &work, &e), 0);
	assert_int_equal(work.count, 1);
	assert_int_equal(work.rows[0].user_id, 1); /* the walker's, not the signer's */
	assert_int_equal(work.rows[0].work.occasion, OCCASION_WALK_THROUGH);
	assert_int_equal(work.rows[0].work.procedure_version, new.version_id);
	assert_int_equal(procedure_walks(g->db, (struct scope){g->company}, 1, &a, &walks, &e), 0);
	assert_int_equal(walks.count, 1);
	assert_true(str_eq(walks.items[0].signer, STR("person 2")));
}

static void test_difference(void **state)
{
	static const struct {
		const char *before, *after, *shape; /* ' ', '-' and '+' */
	} cases[] = {
		{"a\nb\nc", "a\nb\nc", "   "},
		{"a\nb\nc", "a\nc", " - "},
		{"a\nc", "a\nb\nc", " + "},
		{"a\nb\nc", "a\nx\nc", " -+ "},
		{"", "a", "+"},
		{"a", "", "-"},
		{"a\nb\nc\nd", "b\nx\nd", "- -+ "},
		{"a\r\nb", "a\nb", "  "},
		{"", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_(arena_done) struct arena a = {0};
		struct diff d;
		char shape[16] = "";

		arena_init(&a, 1u << 20);
		assert_int_equal(diff_lines(str_of(cases[i].before), str_of(cases[i].after), &a, &d, NULL), 0);
		for (uint32_t k = 0; k < d.count; k++)
			shape[k] = " -+"[d.lines[k].kind];
		assert_string_equal(shape, cases[i].shape);
	}
}

static void test_templates_are_readable(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct template_list en, ja;

	(void)state;
	arena_init(&a, 8u << 20);
	assert_int_equal(procedure_templates(STR_NONE, STR("en"), &a, &en, NULL), 0);
	assert_int_equal(procedure_templates(STR_NONE, STR("ja"), &a, &ja, NULL), 0);
	assert_true(en.count >= 3);
	assert_int_equal(en.count, ja.count);
	for (uint32_t i = 0; i < en.count; i++) {
		assert_true(str_eq(en.items[i].id, ja.items[i].id));
		assert_true(str_eq(en.items[i].services, ja.items[i].services));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUARDED(test_life_of_a_procedure),
		GUARDED(test_bad_values_are_named),
		GUARDED(test_walk_through_becomes_an_occasion),
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_templates_are_readable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
