#include "tests.h"

#include "base/mem.h"
#include "codec/yaml.h"

struct fixture {
	struct arena arena;
	struct yaml_node *docs;
	uint32_t count;
	struct err err;
};

static void fixture_done(struct fixture *f)
{
	arena_done(&f->arena);
}

static int read_text(struct fixture *f, str text)
{
	arena_init(&f->arena, 64u << 20);
	return yaml_read(text, STR("a.yml"), &f->arena, &f->docs, &f->count, &f->err);
}

static void expect_error(str text, const char *id, uint32_t line, uint32_t column)
{
	_cleanup_(fixture_done) struct fixture f = {0};

	assert_true(read_text(&f, text) < 0);
	assert_string_equal(f.err.id, id);
	assert_string_equal(f.err.path, "a.yml");
	assert_int_equal(f.err.line, line);
	if (column)
		assert_int_equal(f.err.column, column);
	assert_null(f.docs);
}

static void tree_keeps_order_and_places(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};
	const struct yaml_node *list, *item;

	(void)state;
	assert_int_equal(read_text(&f, STR("title: A\nlist:\n  - one\n  - k: 'v'\n    n: 7\nempty: {}\n")), 0);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.docs[0].kind, YAML_MAP);
	assert_int_equal(f.docs[0].count, 3);
	assert_true(str_eq(yaml_text(&f.docs[0], STR("title")), STR("A")));
	list = yaml_get(&f.docs[0], STR("list"));
	assert_int_equal(list->kind, YAML_LIST);
	assert_int_equal(list->count, 2);
	assert_int_equal(list->items[0].line, 3);
	assert_int_equal(list->items[0].column, 5);
	item = yaml_get(&list->items[1], STR("k"));
	assert_false(item->plain);
	assert_int_equal(item->line, 4);
	assert_true(yaml_get(&list->items[1], STR("n"))->plain);
	assert_int_equal(yaml_get(&f.docs[0], STR("empty"))->count, 0);
	assert_null(yaml_get(list, STR("k")));
	assert_null(yaml_get(NULL, STR("k")));
	assert_null(yaml_text(&f.docs[0], STR("list")).ptr);
}

static void documents_and_nulls(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};

	(void)state;
	assert_int_equal(read_text(&f, STR("\xEF\xBB\xBF---\na: ~\nb: null\nc:\nd: ''\ne: 'null'\n---\nx\n...\n")), 0);
	assert_int_equal(f.count, 2);
	assert_true(yaml_is_null(yaml_get(&f.docs[0], STR("a"))));
	assert_true(yaml_is_null(yaml_get(&f.docs[0], STR("b"))));
	assert_true(yaml_is_null(yaml_get(&f.docs[0], STR("c"))));
	assert_false(yaml_is_null(yaml_get(&f.docs[0], STR("d"))));
	assert_false(yaml_is_null(yaml_get(&f.docs[0], STR("e"))));
	assert_false(yaml_is_null(NULL));
	assert_int_equal(f.docs[1].kind, YAML_SCALAR);
}

static void nothing_is_no_document(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0}, g = {0};

	(void)state;
	assert_int_equal(read_text(&f, STR("# only a comment\n")), 0);
	assert_int_equal(f.count, 0);
	assert_int_equal(read_text(&g, STR_NONE), 0);
	assert_int_equal(g.count, 0);
}

static void tags_decide_what_is_plain(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};

	(void)state;
	assert_int_equal(read_text(&f, STR("a: !!str 5\nb: !!int '5'\nc: !!map {x: 1}\n")), 0);
	assert_false(yaml_get(&f.docs[0], STR("a"))->plain);
	assert_true(yaml_get(&f.docs[0], STR("b"))->plain);
}

static void slips_are_named_with_their_place(void **state)
{
	(void)state;
	expect_error(STR("a: 1\nb:\n\t- x\n"), "err.yaml.tab", 3, 1);
	expect_error(STR("a: [1, 2\n"), "err.yaml.syntax", 2, 0);
	expect_error(STR("a: 'x\n"), "err.yaml.syntax", 2, 0);
	expect_error(STR("a: 1\nb: 2\na: 3\n"), "err.yaml.duplicate", 3, 1);
	expect_error(STR("a: &x [1]\nb: *x\n"), "err.yaml.alias", 2, 4);
	expect_error(STR("a: !!python/object:os.system x\n"), "err.yaml.tag", 1, 4);
	expect_error(STR("? [1, 2]\n: x\n"), "err.yaml.key", 1, 3);
	expect_error(STR("a: 1\nb: \xff\n"), "err.yaml.utf8", 2, 0);
}

static void a_binary_file_is_refused(void **state)
{
	static const char elf[] = "\x7f"
				  "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0";
	_cleanup_(fixture_done) struct fixture f = {0};

	(void)state;
	assert_int_equal(read_text(&f, (str){elf, sizeof(elf)}), -ERR_PARSE);
}

static void bombs_meet_limits(void **state)
{
	_cleanup_(fixture_done) struct fixture deep = {0}, wide = {0}, big = {0};
	_cleanup_free_ char *text = mem_alloc(YAML_BYTES_MAX + 2, 1);

	(void)state;
	memset(text, '[', 5000);
	assert_int_equal(read_text(&deep, (str){text, 5000}), -ERR_LIMIT);
	assert_string_equal(deep.err.id, "err.yaml.depth");
	for (size_t i = 0; i < YAML_NODES_MAX + 8; i++)
		memcpy(text + i * 4, "- a\n", 4);
	assert_int_equal(read_text(&wide, (str){text, (YAML_NODES_MAX + 8) * 4}), -ERR_LIMIT);
	assert_string_equal(wide.err.id, "err.yaml.nodes");
	memset(text, ' ', YAML_BYTES_MAX + 1);
	assert_int_equal(read_text(&big, (str){text, YAML_BYTES_MAX + 1}), -ERR_LIMIT);
	assert_string_equal(big.err.id, "err.yaml.size");
	expect_error(STR("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"), "err.yaml.alias", 2, 8);
}

static void a_small_budget_is_an_error(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};

	(void)state;
	arena_init(&f.arena, 64);
	assert_int_equal(
		yaml_read(STR("a: [1, 2, 3, 4, 5, 6, 7, 8]\n"), STR("a.yml"), &f.arena, &f.docs, &f.count, &f.err),
		-ERR_LIMIT);
	assert_string_equal(f.err.id, "err.yaml.memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tree_keeps_order_and_places),
		cmocka_unit_test(documents_and_nulls),
		cmocka_unit_test(nothing_is_no_document),
		cmocka_unit_test(tags_decide_what_is_plain),
		cmocka_unit_test(slips_are_named_with_their_place),
		cmocka_unit_test(a_binary_file_is_refused),
		cmocka_unit_test(bombs_meet_limits),
		cmocka_unit_test(a_small_budget_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
