/* The index may offer too much, never too little: on real events, matching by witnesses finds the very rules that
 * evaluating every rule finds. Real rules and logs lie in ../shared/data; without them the test skips. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/matcher.h"
#include "flow/parse/parse.h"
#include "os/file.h"

#define EVENTS_MAX 1500u

struct world {
	struct name_table *names;
	struct rule_set *set;
	struct mapping *mapping;
	struct matcher *fast, *slow;
	uint32_t events, matches;
};

static bool shared_path(const char *name, char out[4096])
{
	const char *root = getenv("NOROSHI_SOURCE_ROOT");

	snprintf(out, 4096, "%s/../shared/data/%s", root ? root : ".", name);
	return file_exists(str_of(out));
}

static void compare(struct world *w, const struct event *ev)
{
	const struct rule *const *hits;
	uint32_t count = matcher_match(w->fast, ev, &hits), at = 0;
	const struct program *p = program_for(w->set, &w->slow->programs, ev);

	matcher_begin(w->slow, ev);
	for (uint32_t i = 0; i < rule_set_count(w->set); i++) {
		bool found = at < count && hits[at]->index == i;

		at += found;
		if (!p->rules[i])
			assert_false(found);
		else if (matcher_eval(w->slow, &w->set->exprs[i]) != found)
			fail_msg("%s: the index says %d", w->set->rules[i].path.ptr, found);
	}
	assert_int_equal(at, count);
	w->matches += count;
	w->events++;
}

static int read_file(void *ctx, str file, struct err *e)
{
	struct world *w = ctx;
	struct file_view view = {0};
	struct reader *reader = NULL;
	struct batch batch;

	if (!str_ends(file, STR(".json")) || w->events >= EVENTS_MAX)
		return 0;
	assert_int_equal(file_view_open(file, 1u << 30, &view, e), 0);
	assert_int_equal(reader_open(view.bytes, file, w->mapping, w->names, &reader, e), 0);
	batch_init(&batch);
	while (reader_next(reader, &batch, e) > 0)
		for (uint32_t i = 0; i < batch.count; i++)
			compare(w, &batch.events[i]);
	batch_done(&batch);
	reader_free(reader);
	file_view_close(&view);
	return 0;
}

static void witnesses_lose_nothing(void **state)
{
	struct world w = {.names = name_table_create()};
	char rules[4096], logs[4096];
	struct err e;
	str path;

	(void)state;
	if (!shared_path("sigma", rules) || !shared_path("sigma-regression", logs)) {
		name_table_free(w.names);
		printf("../shared/data is not there\n");
		skip();
	}
	path = str_of(rules);
	assert_int_equal(rule_set_load(&path, 1, w.names, &w.set, &e), 0);
	assert_int_equal(rule_set_problem_count(w.set), 0);
	assert_int_equal(mapping_load(STR_NONE, &w.mapping, &e), 0);
	assert_int_equal(matcher_create(w.set, &w.fast, &e), 0);
	assert_int_equal(matcher_create(w.set, &w.slow, &e), 0);
	assert_int_equal(folder_walk(str_of(logs), STR_NONE, read_file, &w, &e), 0);
	printf("%u events, %u matches\n", w.events, w.matches);
	assert_true(w.events >= 100 && w.matches >= 100);
	matcher_free(w.fast);
	matcher_free(w.slow);
	mapping_free(w.mapping);
	rule_set_free(w.set);
	name_table_free(w.names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(witnesses_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
