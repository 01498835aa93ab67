/* The starter rules against the demo's story: every line matches exactly the rules that it names, so that a new rule
 * cannot flood the demo's queue. Rules that the story does not need are tested by tests/scenario/starter. */
#include "tests.h"

#include <jansson.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/content/content.h"
#include "flow/detect/detect.h"
#include "flow/parse/parse.h"

#define RULES_MIN 60 /* what a first day needs */
#define STORY_RULES_MIN 16
#define TOLD_MAX 32u

struct world {
	struct name_table *names;
	struct rule_set *rules;
	struct mapping *mapping;
	struct matcher *matcher;
	uint32_t *hits; /* by rule */
	uint32_t lines, benign;
};

static int add_rule(void *ctx, str path, struct err *e)
{
	struct world *w = ctx;
	_cleanup_(buf_done) struct buf text = {0};

	if (!str_ends(path, STR(".yml")))
		return 0;
	buf_init(&text, CONTENT_FILE_MAX);
	assert_int_equal(content_read(STR_NONE, path, &text, e), 0);
	return rule_set_add(w->rules, buf_str(&text), path, e);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e = {0};

	w->names = name_table_create();
	assert_int_equal(rule_set_create(w->names, &w->rules, &e), 0);
	assert_int_equal(content_each(STR_NONE, STR("sigma/"), add_rule, w, &e), 0);
	assert_int_equal(rule_set_seal(w->rules, &e), 0);
	assert_int_equal(mapping_load(STR_NONE, &w->mapping, &e), 0);
	assert_int_equal(matcher_create(w->rules, &w->matcher, &e), 0);
	w->hits = calloc(rule_set_count(w->rules), sizeof(*w->hits));
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	matcher_free(w->matcher);
	mapping_free(w->mapping);
	rule_set_free(w->rules);
	name_table_free(w->names);
	free(w->hits);
	free(w);
	return 0;
}

static void test_rules_load(void **state)
{
	struct world *w = *state;

	for (uint32_t i = 0; i < rule_set_problem_count(w->rules); i++)
		print_error("%s:%u %s\n", rule_set_problem(w->rules, i)->err.path, rule_set_problem(w->rules, i)->line,
			    rule_set_problem(w->rules, i)->err.id);
	assert_int_equal(rule_set_problem_count(w->rules), 0);
	assert_true(rule_set_count(w->rules) >= RULES_MIN);
}

static bool names_rule(const json_t *expected, str id)
{
	for (size_t i = 0; i < json_array_size(expected); i++)
		if (str_eq(str_of(json_string_value(json_array_get(expected, i))), id))
			return true;
	return false;
}

/* Parts of correlations are not reported, so the story does not name them. */
static uint32_t keep_told(const struct rule *const *matched, uint32_t count, const struct rule **told)
{
	uint32_t kept = 0;

	assert_true(count <= TOLD_MAX);
	for (uint32_t i = 0; i < count; i++)
		if (!matched[i]->is_silent)
			told[kept++] = matched[i];
	return kept;
}

static void check_line(struct world *w, str line, uint32_t number)
{
	_cleanup_(arena_done) struct arena arena = {0};
	json_error_t at;
	json_t *root = json_loadb(line.ptr, line.len, 0, &at), *expected;
	_cleanup_free_ char *raw = NULL;
	const struct rule *const *matched, *told[TOLD_MAX];
	struct event ev = {0};
	struct err e = {0};
	uint32_t count;

	assert_non_null(root);
	expected = json_object_get(root, "rules");
	assert_true(json_is_true(json_object_get(json_object_get(root, "event"), "noroshi_demo")));
	raw = json_dumps(json_object_get(root, "event"), JSON_COMPACT);
	arena_init(&arena, 1u << 20);
	assert_int_equal(parse_event(str_of(raw), w->mapping, w->names, &arena, &ev, &e), 0);
	assert_true(ev.source_known);
	count = matcher_match(w->matcher, &ev, &matched);
	count = keep_told(matched, count, told);
	if (count != json_array_size(expected))
		print_error("line %u: %u rules match, %zu expected: %s\n", number, count, json_array_size(expected),
			    raw);
	assert_int_equal(count, json_array_size(expected));
	for (uint32_t i = 0; i < count; i++) {
		assert_true(names_rule(expected, told[i]->id));
		w->hits[told[i]->index]++;
	}
	w->lines++;
	w->benign += count == 0;
	json_decref(root);
}

static void check_file(struct world *w, const char *path)
{
	_cleanup_(buf_done) struct buf text = {0};
	uint32_t number = 0;
	str rest, line;

	buf_init(&text, CONTENT_FILE_MAX);
	assert_int_equal(content_read(STR_NONE, str_of(path), &text, NULL), 0);
	rest = buf_str(&text);
	while (str_next(&rest, '\n', &line)) {
		number++;
		if (line.len)
			check_line(w, line, number);
	}
}

static void test_story_and_rules_agree(void **state)
{
	struct world *w = *state;
	uint32_t told = 0;

	check_file(w, "demo/history.ndjson");
	check_file(w, "demo/live.ndjson");
	assert_true(w->lines > 1000);
	assert_true(w->benign > w->lines / 2);
	for (uint32_t i = 0; i < rule_set_count(w->rules); i++) {
		assert_int_not_equal(w->hits[i], 1); /* once in the past and once in the loop */
		told += w->hits[i] > 0;
	}
	assert_true(told >= STORY_RULES_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rules_load, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_story_and_rules_agree, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
