/* The rules of scores, from tables. */
#include "tests.h"

#include "base/check.h"
#include "base/mem.h"
#include "centre/build/build.h"

static const struct {
	enum assignment assignment;
	enum combine_rule rule;
	uint32_t in, out;
	score_c used;
} used_cases[] = {
	{ASSIGN_INSOURCE, COMBINE_MAX, 3, 5, 300}, /* the other side does not take part */
	{ASSIGN_INSOURCE, COMBINE_MIN, 3, 1, 300},
	{ASSIGN_INSOURCE, COMBINE_MAX, 0, 5, SCORE_NONE},
	{ASSIGN_OUTSOURCE, COMBINE_MAX, 5, 2, 200},
	{ASSIGN_OUTSOURCE, COMBINE_MEAN, 5, 0, SCORE_NONE},
	{ASSIGN_BOTH, COMBINE_MAX, 2, 5, 500},
	{ASSIGN_BOTH, COMBINE_MIN, 2, 5, 200},
	{ASSIGN_BOTH, COMBINE_MEAN, 2, 5, 350},
	{ASSIGN_BOTH, COMBINE_MIN, 0, 4, 400}, /* one side declared: that one */
	{ASSIGN_BOTH, COMBINE_MEAN, 3, 0, 300},
	{ASSIGN_BOTH, COMBINE_MEAN, 0, 0, SCORE_NONE},
	{ASSIGN_NOBODY, COMBINE_MAX, 0, 0, 100}, /* unassigned counts 1 */
	{ASSIGN_NOBODY, COMBINE_MAX, 5, 5, 100},
	{ASSIGN_UNDECIDED, COMBINE_MAX, 4, 4, SCORE_NONE},
};

static void test_used_score(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(used_cases); i++)
		assert_int_equal(
			score_used(used_cases[i].assignment, used_cases[i].rule, used_cases[i].in, used_cases[i].out),
			used_cases[i].used);
}

/* Whatever scores there are and wherever an N/A stands among them, it never changes the average. */
static void test_none_never_changes_a_mean(void **state)
{
	uint64_t seed = 20261121;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct score_mean with = {0}, without = {0};
		int64_t sum = 0;
		uint32_t count = 0;

		for (int i = 0; i < 64; i++) {
			score_c score;

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			score = seed >> 60 < 5 ? SCORE_NONE : (score_c)(100 + 50 * ((seed >> 33) % 9));
			score_mean_add(&with, score);
			if (score == SCORE_NONE)
				continue;
			score_mean_add(&without, score);
			sum += score;
			count++;
		}
		assert_int_equal(score_mean_value(&with), score_mean_value(&without));
		if (count) {
			/* Within half a hundredth of the exact mean. */
			int64_t twice = 2 * ((int64_t)score_mean_value(&with) * count - sum);

			assert_true(twice >= -(int64_t)count && twice <= (int64_t)count);
		}
	}
}

static void test_empty_mean_is_none(void **state)
{
	struct score_mean m = {0};

	(void)state;
	assert_int_equal(score_mean_value(&m), SCORE_NONE);
	score_mean_add(&m, SCORE_NONE);
	assert_int_equal(score_mean_value(&m), SCORE_NONE);
	score_mean_add(&m, 200);
	score_mean_add(&m, 300);
	score_mean_add(&m, 300);
	assert_int_equal(score_mean_value(&m), 267);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_used_score),
		cmocka_unit_test(test_none_never_changes_a_mean),
		cmocka_unit_test(test_empty_mean_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
