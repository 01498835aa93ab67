/* Whole rules: conditions, log sources, what is refused and how it is named, explanations. */
#include "tests.h"

#include "base/check.h"
#include "detect_fixture.h"

#define ABC                                                                                                           \
	"title: t\ndetection:\n  a: {F|contains: a}\n  b: {F|contains: b}\n  c: {F|contains: c}\n  _d: {F|contains: " \
	"d}\n"

static void conditions(void **state)
{
	static const struct {
		const char *condition, *value;
		bool matches;
	} rows[] = {
		{"a", "a", true},
		{"a and b", "a", false},
		{"a AND b", "ab", true},
		{"a or b and c", "a", true},
		{"a or b and c", "b", false},
		{"(a or b) and c", "a", false},
		{"(a or b) and c", "ac", true},
		{"not a", "b", true},
		{"not a and b", "b", true},
		{"not (a and b)", "a", true},
		{"not not a", "a", true},
		{"1 of them", "d", false},
		{"1 of them", "c", true},
		{"all of them", "abc", true},
		{"all of them", "ab", false},
		{"any of them", "b", true},
		{"2 of them", "a", false},
		{"2 of them", "ac", true},
		{"1 of _*", "d", true},
		{"1 of *", "d", true},
		{"all of a*", "a", true},
		{"1 of a* and not 1 of b*", "ab", false},
		{"1 of a* and not 1 of b*", "ac", true},
		{"[a and b, c]", "c", true},
		{"[a and b, c]", "a", false},
		{"\n    - a and b\n    - c", "ab", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_(fixture_done) struct fixture f = {0};
		_cleanup_(buf_done) struct buf text = {.max = 65536};

		buf_add_fmt(&text, ABC "  condition: %s\n", rows[i].condition);
		fixture_load(&f, buf_str(&text));
		assert_int_equal(rule_set_problem_count(f.set), 0);
		fixture_field(&f, "F", rows[i].value, VALUE_TEXT);
		if (fixture_match(&f) != rows[i].matches)
			fail_msg("%s against %s must be %d", rows[i].condition, rows[i].value, rows[i].matches);
	}
}

static void what_is_broken_is_named_with_its_place(void **state)
{
	static const struct {
		const char *text, *id;
		uint32_t line, column;
	} rows[] = {
		{"- a\n", "err.rule.not_map", 1, 1},
		{"", "err.rule.no_document", 1, 1},
		{"---\n", "err.rule.not_map", 0, 0},
		{"a: 1\n", "err.rule.no_title", 1, 1},
		{"title: x\n", "err.rule.no_detection", 1, 1},
		{"title: x\ndetection: {}\n", "err.rule.no_detection", 2, 12},
		{"title: x\ndetection: {a: {F: b}}\n", "err.rule.no_condition", 0, 0},
		{"title: x\ndetection: {a: {}, condition: a}\n", "err.rule.empty", 2, 16},
		{"title: x\ndetection: {a: [], condition: a}\n", "err.rule.empty", 2, 16},
		{"title: x\ndetection: {a: {F: []}, condition: a}\n", "err.rule.empty", 2, 20},
		{"title: x\ndetection: {a: , condition: a}\n", "err.rule.empty", 2, 0},
		{"title: x\ndetection:\n  a:\n    F|re: '('\n  condition: a\n", "err.rule.regex", 4, 11},
		{"title: x\ndetection:\n  a:\n    F|contans: x\n  condition: a\n", "err.rule.modifier", 4, 5},
		{"title: x\ndetection:\n  a:\n    F|re|contains: x\n  condition: a\n", "err.rule.modifiers", 4, 5},
		{"title: x\ndetection:\n  a:\n    F|i: x\n  condition: a\n", "err.rule.modifiers", 4, 5},
		{"title: x\ndetection:\n  a:\n    F: {b: c}\n  condition: a\n", "err.rule.value", 4, 8},
		{"title: x\ndetection:\n  a:\n    F: [[b]]\n  condition: a\n", "err.rule.value", 4, 9},
		{"title: x\ndetection:\n  a:\n    F|base64: 'a*'\n  condition: a\n", "err.rule.encoding", 4, 15},
		{"title: x\ndetection:\n  a:\n    F|gt: big\n  condition: a\n", "err.rule.number", 4, 11},
		{"title: x\ndetection:\n  a:\n    F|cidr: 10.0.0.0/33\n  condition: a\n", "err.rule.cidr", 4, 13},
		{"title: x\ndetection:\n  a:\n    F|exists: maybe\n  condition: a\n", "err.rule.bool", 4, 15},
		{"title: x\ndetection:\n  a: {F: b}\n  condition: a and\n", "err.rule.condition", 4, 14},
		{"title: x\ndetection:\n  a: {F: b}\n  condition: (a\n", "err.rule.condition", 4, 14},
		{"title: x\ndetection:\n  a: {F: b}\n  condition: a)\n", "err.rule.condition", 4, 14},
		{"title: x\ndetection:\n  a: {F: b}\n  condition: a b\n", "err.rule.condition", 4, 14},
		{"title: x\ndetection:\n  a: {F: b}\n  condition: z\n", "err.rule.selection", 4, 14},
		{"title: x\ndetection:\n  a: {F: b}\n  condition: 1 of z*\n", "err.rule.of", 4, 14},
		{"title: x\ndetection:\n  a: {F: b}\n  condition: 2 of them\n", "err.rule.of", 4, 14},
		{"title: x\ndetection:\n  a: {F: b}\n  condition: a | count() > 5\n", "err.rule.aggregation", 4, 14},
		{"title: x\nlevel: hihg\ndetection: {a: {F: b}, condition: a}\n", "err.rule.level", 2, 8},
		{"title: x\nlogsource: [a]\ndetection: {a: {F: b}, condition: a}\n", "err.rule.logsource", 2, 12},
		{"title: x\ncorrelation: {type: event_count}\n", "err.rule.no_rules", 2, 14},
		{"title: x\nfilter: {rules: any}\n", "err.rule.no_condition", 0, 0},
		{"title: x\nfilter: a\n", "err.rule.no_filter", 2, 9},
		{"title: x\nfilter:\n  a: {F: b}\n  condition: a\n", "err.rule.no_rules", 3, 3},
		{"title: x\nfilter:\n  rules: [[a]]\n  a: {F: b}\n  condition: a\n", "err.rule.reference", 3, 11},
		{"title: x\nfilter:\n  rules: [nobody]\n  a: {F: b}\n  condition: a\n", "err.rule.unknown_rule", 3, 11},
		{"title: x\ndetection: {a: {F: b}, condition: a\n", "err.yaml.syntax", 0, 0},
		{"\x7f"
		 "ELF\x02\x01",
		 "err.yaml.utf8", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_(fixture_done) struct fixture f = {0};
		const struct rule_problem *p;

		fixture_load(&f, str_of(rows[i].text));
		assert_int_equal(rule_set_count(f.set), 0);
		assert_int_equal(rule_set_problem_count(f.set), 1);
		p = rule_set_problem(f.set, 0);
		if (i + 1 < COUNT_OF(rows) && strcmp(p->err.id, rows[i].id) != 0)
			fail_msg("%s must be %s, is %s", rows[i].text, rows[i].id, p->err.id);
		assert_true(str_eq(p->path, STR("r.yml")));
		if (rows[i].line && (p->line != rows[i].line || (rows[i].column && p->column != rows[i].column)))
			fail_msg("%s is at %u:%u", rows[i].text, p->line, p->column);
		assert_int_equal(fixture_match(&f), 0);
	}
}

static void a_broken_document_does_not_hide_its_neighbours(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};

	(void)state;
	fixture_load(&f, STR("title: x\nid: one\ndetection: {a: {F: b}, condition: a}\n---\n"
			     "title: y\nid: two\ndetection: {a: {F|re: '['}, condition: a}\n---\n"
			     "title: z\nid: one\ndetection: {a: {F: b}, condition: a}\n---\n"
			     "title: w\ndetection: {a: {F: b}, condition: a}\n"));
	assert_int_equal(rule_set_count(f.set), 2);
	assert_int_equal(rule_set_problem_count(f.set), 2);
	assert_string_equal(rule_set_problem(f.set, 1)->err.id, "err.rule.twin");
	assert_string_equal(rule_set_problem(f.set, 1)->err.detail, "r.yml:1");
	assert_non_null(rule_set_find(f.set, STR("one")));
	assert_null(rule_set_find(f.set, STR("two")));
	assert_true(str_starts(rule_set_rule(f.set, 1)->id, STR("title-")));
	fixture_field(&f, "F", "b", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 2);
}

static void nesting_and_size_meet_limits(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0}, g = {0};
	_cleanup_(buf_done) struct buf text = {.max = 1u << 20}, wide = {.max = 4u << 20};

	(void)state;
	buf_add(&text, STR("title: x\ndetection:\n  a: {F: b}\n  condition: "));
	for (int i = 0; i < 5000; i++)
		buf_add_byte(&text, '(');
	buf_add(&text, STR("a\n"));
	fixture_load(&f, buf_str(&text));
	assert_string_equal(rule_set_problem(f.set, 0)->err.id, "err.rule.condition_depth");
	buf_add(&wide, STR("title: x\ndetection:\n  a:\n    F: ["));
	for (int i = 0; i < 1000; i++)
		buf_add_fmt(&wide, "v%d, ", i);
	buf_add(&wide, STR("v]\n  condition: a"));
	for (int i = 0; i < 1000; i++)
		buf_add(&wide, STR(" or a"));
	buf_add(&wide, STR("\n"));
	fixture_load(&g, buf_str(&wide));
	assert_string_equal(rule_set_problem(g.set, 0)->err.id, "err.rule.nodes");
}

static void a_hungry_regex_ends_and_is_counted(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};
	struct matcher_counts counts;

	(void)state;
	fixture_load(&f, STR("title: x\ndetection:\n  a: {F|re: '^(a+)+$'}\n  condition: a\n"));
	fixture_field(&f, "F", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 0);
	matcher_counts(f.matcher, &counts);
	assert_true(counts.regex_exhausted > 0);
}

static void log_sources(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};

	(void)state;
	fixture_load(&f, STR("title: any\ndetection: {a: {F: b}, condition: a}\n---\n"
			     "title: p\nlogsource: {product: windows}\ndetection: {a: {F: b}, condition: a}\n---\n"
			     "title: pc\nlogsource: {product: Windows, category: process_creation}\n"
			     "detection: {a: {F: b}, condition: a}\n---\n"
			     "title: ps\nlogsource: {product: windows, service: security}\n"
			     "detection: {a: {F: b}, condition: a}\n"));
	assert_int_equal(rule_set_count(f.set), 4);
	fixture_field(&f, "F", "b", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 1);
	f.event.source.product = STR("windows");
	assert_int_equal(fixture_match(&f), 2);
	f.event.source.service = STR("sysmon");
	assert_int_equal(fixture_match(&f), 2);
	f.event.source.categories[0] = STR("file_event");
	f.event.source.categories[1] = STR("process_creation");
	f.event.source.category_count = 2;
	assert_int_equal(fixture_match(&f), 3);
	f.event.source.service = STR("security");
	assert_int_equal(fixture_match(&f), 4);
	f.event.source_known = false;
	assert_int_equal(fixture_match(&f), 1);
}

static void lists_and_keywords(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};

	(void)state;
	fixture_load(
		&f,
		STR("title: maps\ndetection:\n  s:\n    - F|endswith: x\n      G: y\n    - H: z\n  condition: s\n---\n"
		    "title: words\ndetection:\n  keywords:\n    - 'evil*one'\n    - worse\n  condition: keywords\n---\n"
		    "title: one word\ndetection:\n  keywords: worse\n  condition: keywords\n"));
	fixture_field(&f, "F", "ax", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 0);
	fixture_field(&f, "G", "y", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 1);
	fixture_clear(&f);
	fixture_field(&f, "nobody reads it", "an EVIL big one", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 1);
	fixture_field(&f, "H", "z worse", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 2);
}

/* What a value decided when it stood alone is not taken for true when another value of its field stands beside it, and
 * nothing is decided of what other fields say. */
static void what_a_value_decided_holds_only_alone(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};

	(void)state;
	fixture_load(&f, STR("title: both words\ndetection:\n  s:\n    F|contains|all: [longword, second]\n"
			     "  condition: s\n---\n"
			     "title: and not\ndetection:\n  s: {F|contains: longword}\n  n: {F|contains: second}\n"
			     "  condition: s and not n\n---\n"
			     "title: two fields\ndetection:\n  s: {F|contains: longword, G: y}\n  condition: s\n"));
	for (int again = 0; again < 3; again++) {
		fixture_clear(&f);
		fixture_field(&f, "F", "a LongWord", VALUE_TEXT);
		assert_int_equal(fixture_match(&f), 1);
		fixture_field(&f, "G", again == 1 ? "y" : "z", VALUE_TEXT);
		assert_int_equal(fixture_match(&f), again == 1 ? 2 : 1);
		fixture_clear(&f);
		fixture_field(&f, "F", "a LongWord", VALUE_TEXT);
		fixture_field(&f, "F", "the second", VALUE_TEXT);
		assert_int_equal(fixture_match(&f), 1);
	}
}

static void meta_data_is_kept(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};
	const struct rule *r;

	(void)state;
	fixture_load(&f, STR("title: T\nid: 5\nauthor: A\nstatus: test\ndescription: D\nlevel: critical\n"
			     "tags: [attack.t1059, attack.execution]\nfalsepositives:\n  - Admins\n"
			     "detection: {a: {F: b}, condition: a}\n"));
	r = rule_set_rule(f.set, 0);
	assert_true(str_eq(r->title, STR("T")) && str_eq(r->id, STR("5")) && str_eq(r->author, STR("A")));
	assert_int_equal(r->level, LEVEL_CRITICAL);
	assert_int_equal(r->tag_count, 2);
	assert_true(str_eq(r->tags[1], STR("attack.execution")));
	assert_int_equal(r->falsepositive_count, 1);
}

static void a_placeholder_is_noted(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};

	(void)state;
	fixture_load(&f, STR("title: t\ndetection:\n  a: {F: b}\n  n:\n    F|expand: '%known%'\n  p:\n"
			     "    F|expand: '50\\%'\n  condition: a and not n or p\n"));
	assert_int_equal(rule_set_problem_count(f.set), 0);
	assert_int_equal(rule_set_note_count(f.set), 1);
	assert_int_equal(rule_set_note(f.set, 0)->line, 5);
	fixture_field(&f, "F", "b", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 1);
	fixture_clear(&f);
	fixture_field(&f, "F", "50%", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 1);
}

static void explanations(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};
	_cleanup_(arena_done) struct arena a;
	struct match_reason *r;
	uint32_t count;

	(void)state;
	arena_init(&a, 1u << 20);
	fixture_load(
		&f, STR("title: t\ndetection:\n  sel:\n    Image|endswith: ['\\x.exe', '\\CMD.exe']\n"
			"    CommandLine|contains|all: [a, b]\n  skip: {User: root}\n  condition: sel and not skip\n"));
	fixture_field(&f, "Image", "C:\\cmd.exe", VALUE_TEXT);
	fixture_field(&f, "CommandLine", "a b", VALUE_TEXT);
	assert_int_equal(rule_explain(f.set, 0, &f.event, &a, &r, &count, &f.err), 0);
	assert_int_equal(count, 3);
	assert_true(r[0].matched && str_eq(r[0].selection, STR("sel")) && str_eq(r[0].field, STR("Image")));
	assert_true(str_eq(r[0].modifiers, STR("endswith")) && str_eq(r[0].pattern, STR("\\CMD.exe")));
	assert_true(str_eq(r[0].value, STR("C:\\cmd.exe")));
	assert_true(str_eq(r[2].modifiers, STR("contains|all")) && str_eq(r[2].pattern, STR("b")));
	f.fields[1].text = STR("only a");
	assert_int_equal(rule_explain(f.set, 0, &f.event, &a, &r, &count, &f.err), 0);
	assert_int_equal(count, 1);
	assert_false(r[0].matched);
	assert_true(str_eq(r[0].pattern, STR("b")) && str_eq(r[0].value, STR("only a")));
	f.fields[1].text = STR("a b");
	fixture_field(&f, "User", "ROOT", VALUE_TEXT);
	assert_int_equal(rule_explain(f.set, 0, &f.event, &a, &r, &count, &f.err), 0);
	assert_int_equal(count, 1);
	assert_true(r[0].matched && str_eq(r[0].selection, STR("skip")));
}

static void a_missing_folder_is_an_error(void **state)
{
	struct name_table *names = name_table_create();
	str path = STR("/does/not/exist");
	struct rule_set *set = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(rule_set_load(&path, 1, names, &set, &e), -ERR_NOT_FOUND);
	assert_null(set);
	assert_string_equal(e.path, "/does/not/exist");
	name_table_free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions),
		cmocka_unit_test(what_is_broken_is_named_with_its_place),
		cmocka_unit_test(a_broken_document_does_not_hide_its_neighbours),
		cmocka_unit_test(nesting_and_size_meet_limits),
		cmocka_unit_test(a_hungry_regex_ends_and_is_counted),
		cmocka_unit_test(log_sources),
		cmocka_unit_test(lists_and_keywords),
		cmocka_unit_test(what_a_value_decided_holds_only_alone),
		cmocka_unit_test(meta_data_is_kept),
		cmocka_unit_test(a_placeholder_is_noted),
		cmocka_unit_test(explanations),
		cmocka_unit_test(a_missing_folder_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
