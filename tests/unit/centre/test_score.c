/* The rules of scores and of evidence, from tables. */
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

#define KNOWN .procedures_known = true
#define CURRENT .procedures_known = true, .procedure_current = true
#define APPROVED .procedures_known = true, .procedure_current = true, .procedure_approved = true

static const struct {
	struct evidence_facts facts;
	uint32_t score;
	const char *reason; /* one that must be given */
} evidence_cases[] = {
	{{.people = 2, .last = 1, APPROVED}, 5, "build.evidence.approved"},
	{{.people = 9, .last = 1, APPROVED}, 5, "build.evidence.people"},
	{{.people = 2, .last = 1, CURRENT}, 4, "build.evidence.not_approved"},
	{{.people = 2, .last = 1, KNOWN}, 3, "build.evidence.no_procedure"},
	{{.people = 1, .last = 1, CURRENT}, 3, "build.evidence.one_person"},
	{{.people = 1, .last = 1, APPROVED}, 3, "build.evidence.one_person"},
	{{.people = 1, .last = 1, KNOWN}, 2, "build.evidence.no_procedure"},
	{{.people = 2, .last = 1}, 3, "build.evidence.procedures_unknown"},
	{{.people = 1, .last = 1}, 2, "build.evidence.procedures_unknown"},
	{{.people = 0, .last = 1, APPROVED}, 0, "build.evidence.not_shown"}, /* a paper alone shows no ability */
	{{.people = 0, .last = 0, APPROVED}, 0, "build.evidence.never"},
	{{.people = 2, .last = 1, .due_missed = true, APPROVED}, 1, "build.evidence.due_missed"},
	{{.people = 2, .last = 1, .assignment = ASSIGN_OUTSOURCE}, 0, "build.evidence.outsource"},
	{{.people = 2, .last = 1, .assignment = ASSIGN_BOTH}, 3, "build.evidence.outsource"},
	{{.people = 1, .last = 1, .assignment = ASSIGN_NOBODY}, 2, "build.evidence.one_person"},
};

static void test_evidence(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(evidence_cases); i++) {
		struct evidence ev = {0};
		bool told = false;

		evidence_judge(&evidence_cases[i].facts, &ev);
		assert_int_equal(ev.score, evidence_cases[i].score);
		for (uint32_t k = 0; k < ev.reason_count; k++) {
			told = told || strcmp(ev.reasons[k].key, evidence_cases[i].reason) == 0;
			assert_true(words_has(str_of(ev.reasons[k].key)));
		}
		assert_true(told);
	}
}

static void test_reason_is_a_sentence(void **state)
{
	struct evidence_reason reason = {.key = "build.evidence.not_shown", .days = 90, .date = 1763683200000000};
	_cleanup_(buf_done) struct buf out = {0};

	(void)state;
	buf_init(&out, 1000);
	evidence_reason_add(&out, LANG_EN, &reason);
	assert_string_equal(buf_cstr(&out), "Not shown since 2025-11-21: no occasion within the last 90 days.");
	buf_clear(&out);
	evidence_reason_add(&out, LANG_JA, &reason);
	assert_true(str_find(buf_str(&out), STR("2025-11-21 以降示されていません")) >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_used_score),           cmocka_unit_test(test_none_never_changes_a_mean),
		cmocka_unit_test(test_empty_mean_is_none),   cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_reason_is_a_sentence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
