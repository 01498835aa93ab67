/* Filters: what they take from which rules. */
#include "tests.h"

#include "base/check.h"
#include "detect_fixture.h"

#define RULE                                                                                             \
	"title: r\nid: r-1\nname: rule_one\nlogsource: {product: windows, category: process_creation}\n" \
	"detection: {a: {F|contains: x}, condition: a}\n---\n"
#define SOURCE "logsource: {product: windows, category: process_creation}\n"

static void process_event(struct fixture *f)
{
	f->event.source.product = STR("windows");
	f->event.source.categories[0] = STR("process_creation");
	f->event.source.category_count = 1;
}

/* One filter on one rule: does the rule match an event with F = x and User = the value? */
static void one_filter(void **state)
{
	static const struct {
		const char *filter, *user;
		bool matches;
	} rows[] = {
		/* The specification's own example: the condition names what is taken away. */
		{"rules: [r-1]\n  selection: {User|startswith: adm_}\n  condition: selection", "adm_a", false},
		{"rules: [r-1]\n  selection: {User|startswith: adm_}\n  condition: selection", "bob", true},
		{"rules: r-1\n  selection: {User|startswith: adm_}\n  condition: selection", "adm_a", false},
		{"rules: [rule_one]\n  selection: {User|startswith: adm_}\n  condition: selection", "adm_a", false},
		{"rules: any\n  selection: {User|startswith: adm_}\n  condition: selection", "adm_a", false},
		{"rules: any\n  selection: {User|startswith: adm_}\n  condition: selection", "bob", true},
		/* Written for converters: the negation says what stays. */
		{"rules: [r-1]\n  selection: {User|startswith: adm_}\n  condition: not selection", "adm_a", false},
		{"rules: [r-1]\n  selection: {User|startswith: adm_}\n  condition: not selection", "bob", true},
		{"rules: [r-1]\n  a: {User: a}\n  b: {User: b}\n  condition: not a and not b", "b", false},
		{"rules: [r-1]\n  a: {User: a}\n  b: {User: b}\n  condition: not 1 of them", "c", true},
		{"rules: [r-1]\n  a: {User|contains: a}\n  b: {User: ab}\n  condition: a and not b", "ac", false},
		{"rules: [r-1]\n  a: {User|contains: a}\n  b: {User: ab}\n  condition: a and not b", "ab", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_(fixture_done) struct fixture f = {0};
		_cleanup_(buf_done) struct buf text = {.max = 65536};

		/* The filter comes before and after the rule by turns: the order of documents means nothing. */
		buf_add_fmt(&text, "%stitle: f\n" SOURCE "filter:\n  %s\n---\n%s", i % 2 ? RULE : "", rows[i].filter,
			    i % 2 ? "" : RULE);
		fixture_load(&f, buf_str(&text));
		assert_int_equal(rule_set_problem_count(f.set), 0);
		assert_int_equal(rule_set_count(f.set), 1);
		assert_int_equal(rule_set_filter_count(f.set), 1);
		process_event(&f);
		fixture_field(&f, "F", "axb", VALUE_TEXT);
		fixture_field(&f, "User", rows[i].user, VALUE_TEXT);
		if (fixture_match(&f) != rows[i].matches)
			fail_msg("%s with %s must be %d", rows[i].filter, rows[i].user, rows[i].matches);
	}
}

static void log_sources_must_fit(void **state)
{
	static const struct {
		const char *source;
		bool matches;
		uint32_t notes;
	} rows[] = {
		{"logsource: {product: windows}\n", false, 0},
		{"logsource: {category: process_creation}\n", false, 0},
		{"logsource: {product: linux}\n", true, 1},
		{"logsource: {product: windows, category: process_creation, service: sysmon}\n", true, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_(fixture_done) struct fixture f = {0};
		_cleanup_(buf_done) struct buf text = {.max = 65536};

		buf_add_fmt(&text, RULE "title: f\n%sfilter:\n  rules: [r-1]\n  s: {User: bob}\n  condition: s\n",
			    rows[i].source);
		fixture_load(&f, buf_str(&text));
		assert_int_equal(rule_set_note_count(f.set), rows[i].notes);
		if (rows[i].notes) {
			assert_string_equal(rule_set_note(f.set, 0)->err.id, "err.rule.filter_source");
			assert_int_equal(rule_set_note(f.set, 0)->line, 10);
		}
		process_event(&f);
		fixture_field(&f, "F", "x", VALUE_TEXT);
		fixture_field(&f, "User", "bob", VALUE_TEXT);
		assert_int_equal(fixture_match(&f), rows[i].matches);
	}
}

static void filters_add_up_and_the_reason_is_told(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};
	_cleanup_(arena_done) struct arena a;
	struct match_reason *r;
	uint32_t count;

	(void)state;
	arena_init(&a, 1u << 20);
	fixture_load(&f, STR(RULE "title: f\n" SOURCE "filter:\n  rules: any\n  s: {User: bob}\n  condition: s\n---\n"
				  "title: g\n" SOURCE
				  "filter:\n  rules: [r-1, gone]\n  s: {User: eve}\n  condition: s\n---\n"
				  "title: h\n" SOURCE "filter:\n  rules: any\n  s: {G: z}\n  condition: s\n"));
	assert_int_equal(rule_set_problem_count(f.set), 1);
	assert_string_equal(rule_set_problem(f.set, 0)->err.id, "err.rule.unknown_rule");
	assert_string_equal(rule_set_problem(f.set, 0)->err.value, "gone");
	process_event(&f);
	fixture_field(&f, "F", "x", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 1);
	fixture_field(&f, "User", "eve", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 0);
	assert_int_equal(rule_explain(f.set, 0, &f.event, &a, &r, &count, &f.err), 0);
	assert_int_equal(count, 1);
	assert_true(str_eq(r[0].field, STR("User")) && str_eq(r[0].value, STR("eve")));
	f.fields[1].text = STR("bob");
	assert_int_equal(fixture_match(&f), 0);
	f.fields[1].text = STR("ann");
	assert_int_equal(fixture_match(&f), 1);
	fixture_field(&f, "G", "z", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 0);
}

static void a_name_of_two_rules_means_the_one_in_the_file(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {.names = name_table_create()};
	static const char other[] = "title: o\nname: rule_one\ndetection: {a: {G: b}, condition: a}\n";
	static const char filter[] = "title: f\nfilter:\n  rules: [rule_one]\n  s: {User: bob}\n  condition: s\n";
	static const char rule[] = "title: r\nname: rule_one\ndetection: {a: {F: x}, condition: a}\n---\n";
	_cleanup_(buf_done) struct buf own = {.max = 4096};

	(void)state;
	buf_add(&own, str_of(rule));
	buf_add(&own, str_of(filter));
	assert_int_equal(rule_set_create(f.names, &f.set, &f.err), 0);
	assert_int_equal(rule_set_add(f.set, str_of(other), STR("other.yml"), &f.err), 0);
	assert_int_equal(rule_set_add(f.set, str_of(filter), STR("far.yml"), &f.err), 0);
	assert_int_equal(rule_set_seal(f.set, &f.err), 0);
	assert_int_equal(rule_set_problem_count(f.set), 0);
	rule_set_free(f.set);
	assert_int_equal(rule_set_create(f.names, &f.set, &f.err), 0);
	assert_int_equal(rule_set_add(f.set, str_of(other), STR("other.yml"), &f.err), 0);
	assert_int_equal(rule_set_add(f.set, buf_str(&own), STR("own.yml"), &f.err), 0);
	assert_int_equal(rule_set_add(f.set,
				      STR("title: f2\nfilter:\n  rules: rule_one\n  s: {User: bob}\n"
					  "  condition: s\n"),
				      STR("far.yml"), &f.err),
			 0);
	assert_int_equal(rule_set_seal(f.set, &f.err), 0);
	assert_int_equal(rule_set_problem_count(f.set), 1);
	assert_string_equal(rule_set_problem(f.set, 0)->err.id, "err.rule.ambiguous");
	assert_string_equal(rule_set_problem(f.set, 0)->err.path, "far.yml");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_filter),
		cmocka_unit_test(log_sources_must_fit),
		cmocka_unit_test(filters_add_up_and_the_reason_is_told),
		cmocka_unit_test(a_name_of_two_rules_means_the_one_in_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
