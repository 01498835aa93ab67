/* Measures: what ships can be read and asked, mistakes are told, nothing to count is absent. */
#include "tests.h"

#include "base/mem.h"
#include "centre/measure/measure.h"

struct world {
	struct content_index *frameworks;
	const struct framework *fw;
	struct arena arena;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e = {0};

	assert_int_equal(content_index_load(STR_NONE, &w->frameworks, &e), 0);
	w->fw = content_index_find(w->frameworks, STR(FRAMEWORK_DEFAULT));
	arena_init(&w->arena, MEASURE_BUDGET);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	arena_done(&w->arena);
	content_index_free(w->frameworks);
	free(w);
	return 0;
}

static void what_ships_is_read(void **state)
{
	struct world *w = *state;
	struct measures m;
	struct err e = {0};

	assert_int_equal(measures_load(STR_NONE, w->fw, &w->arena, &m, &e), 0);
	assert_true(m.count >= 15);
}

#define ROW(id, service, query, unit)                                          \
	"  - {id: " id ", service: " service ", query: " query ", unit: " unit \
	", direction: up, name: {en: a, ja: b}, what: {en: a, ja: b}}\n"

static void mistakes_are_told(void **state)
{
	static const char *const bad[] = {
		"measures:\n" ROW("x", "Z-9", "duties_done", "percent"),
		"measures:\n" ROW("x", "B-1", "DROP TABLE alert", "percent"),
		"measures:\n" ROW("x", "B-1", "duties_done", "stars"),
		"measures:\n" ROW("x", "B-1", "duties_done", "percent") ROW("x", "B-1", "duties_done", "percent"),
		"measures: []\n",
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct measures m;
		struct err e = {0};

		assert_int_not_equal(measures_read(str_of(bad[i]), w->fw, &w->arena, &m, &e), 0);
		assert_int_equal(e.code, ERR_PARSE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_ships_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mistakes_are_told, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
