/* Every rule of evidence, from a table: in-house, outsourced, both. */
#include "tests.h"

#include "base/check.h"
#include "base/mem.h"
#include "centre/build/build.h"

#define NOW ((time_us)1763710000 * TIME_SECOND)
#define AGO(days) (NOW - (days)*TIME_DAY)
#define BASE .now = NOW, .window_days = 90
#define TWO BASE, .people = 2, .last = AGO(3)
#define ONE BASE, .people = 1, .last = AGO(3)
#define CURRENT .procedure_current = true
#define APPROVED .procedure_current = true, .procedure_approved = true, .procedure_expires = NOW + 90 * TIME_DAY
#define EXPIRED .procedure_current = true, .procedure_expires = AGO(5)
#define MISSED(days) .due_missed = 2, .due_missed_last = AGO(days)
#define OUT BASE, .assignment = ASSIGN_OUTSOURCE
#define REPORT .contracts = 1, .window_days = 90
#define JUDGED REPORT, .judged = AGO(20)
#define CLEAR JUDGED, .content = true, .result = true

static const struct {
	struct evidence_facts facts;
	uint32_t score;
	const char *reason; /* one that must be given */
} cases[] = {
	/* in-house */
	{{TWO, APPROVED}, 5, "build.evidence.approved"},
	{{BASE, .people = 9, .last = AGO(1), APPROVED}, 5, "build.evidence.people"},
	{{TWO, CURRENT}, 4, "build.evidence.not_approved"},
	{{TWO, EXPIRED}, 4, "build.evidence.expired"},
	{{TWO}, 3, "build.evidence.no_procedure"},
	{{ONE, CURRENT}, 3, "build.evidence.one_person"},
	{{ONE, APPROVED}, 3, "build.evidence.one_person"},
	{{ONE}, 2, "build.evidence.no_procedure"},
	{{ONE, .assignment = ASSIGN_NOBODY}, 2, "build.evidence.one_person"},
	{{ONE, .assignment = ASSIGN_UNDECIDED}, 2, "build.evidence.last"},
	/* no occasion: never a number, whatever papers there are */
	{{BASE, .last = AGO(200), APPROVED}, 0, "build.evidence.not_shown"},
	{{BASE, APPROVED}, 0, "build.evidence.never"},
	/* 1 only where work was due, and only while nobody has done any since */
	{{BASE, MISSED(2)}, 1, "build.evidence.due_missed"},
	{{BASE, .last = AGO(200), MISSED(2)}, 1, "build.evidence.due_missed"},
	{{TWO, APPROVED, MISSED(2)}, 1, "build.evidence.due_missed"},
	{{TWO, APPROVED, MISSED(10)}, 5, "build.evidence.due_missed_before"},
	{{ONE, MISSED(10)}, 2, "build.evidence.due_missed_before"},
	/* outsourced */
	{{OUT, .reports = {CLEAR, .as_expected = true, .levels_met = 4}}, 5, "build.evidence.levels_met"},
	{{OUT, .reports = {CLEAR, .as_expected = true}}, 5, "build.evidence.as_expected"},
	{{OUT, .reports = {CLEAR, .as_expected = false}}, 4, "build.evidence.below"},
	{{OUT, .reports = {CLEAR, .as_expected = true, .levels_met = 3, .levels_missed = 1}},
	 4,
	 "build.evidence.levels_missed"},
	{{OUT, .reports = {JUDGED, .content = true}}, 3, "build.evidence.part_understood"},
	{{OUT, .reports = {JUDGED, .result = true, .as_expected = true}}, 3, "build.evidence.part_understood"},
	{{OUT, .reports = {JUDGED}}, 3, "build.evidence.part_understood"}, /* both in part */
	{{OUT, .reports = {JUDGED, .nothing = true}}, 2, "build.evidence.not_understood"},
	{{OUT, .reports = {REPORT, .never_opened = AGO(40)}}, 1, "build.evidence.never_arrived"},
	{{OUT, .reports = {REPORT, .never_opened = AGO(40), .has_arrived = true}}, 1, "build.evidence.never_opened"},
	{{OUT, .reports = {CLEAR, .as_expected = true, .never_opened = AGO(15)}}, 1, "build.evidence.never_arrived"},
	{{OUT, .reports = {CLEAR, .as_expected = true, .never_opened = AGO(50)}}, 5, "build.evidence.older_unopened"},
	{{OUT, .reports = {REPORT, .opened = AGO(5)}}, 0, "build.evidence.opened"},
	{{OUT, .reports = {REPORT, .never_opened = AGO(40), .opened = AGO(10)}}, 0, "build.evidence.opened"},
	{{OUT, .reports = {REPORT, .judged = AGO(100), .content = true, .result = true}},
	 0,
	 "build.evidence.reports_since"},
	{{OUT, .reports = {REPORT}}, 0, "build.evidence.no_report"},
	{{OUT}, 0, "build.evidence.no_contract"},
	{{OUT, .people = 5, .last = AGO(1), APPROVED}, 0, "build.evidence.no_contract"}, /* own work is not theirs */
};

static bool told(const struct evidence *ev, const char *key)
{
	bool found = false;

	for (uint32_t k = 0; k < ev->reason_count; k++) {
		found = found || strcmp(ev->reasons[k].key, key) == 0;
		assert_true(words_has(str_of(ev->reasons[k].key)));
	}
	return found;
}

static void test_every_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct evidence ev = {0};

		evidence_judge(&cases[i].facts, &ev);
		if (ev.score != cases[i].score)
			fail_msg("case %zu: %u, not %u", i, ev.score, cases[i].score);
		if (!told(&ev, cases[i].reason))
			fail_msg("case %zu does not say %s", i, cases[i].reason);
	}
}

static void test_both_sides_stand_apart(void **state)
{
	static const struct {
		enum combine_rule rule;
		uint32_t score;
	} rules[] = {{COMBINE_MAX, 4}, {COMBINE_MIN, 3}, {COMBINE_MEAN, 3}}; /* 3.5 is not 4 */
	struct evidence_facts f = {TWO, .assignment = ASSIGN_BOTH, .reports = {CLEAR, .as_expected = false}};
	struct evidence ev = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rules); i++) {
		f.rule = rules[i].rule;
		evidence_judge(&f, &ev);
		assert_int_equal(ev.side[SIDE_IN], 3);
		assert_int_equal(ev.side[SIDE_OUT], 4);
		assert_int_equal(ev.score, rules[i].score);
	}
	f.reports = (struct evidence_reports){0}; /* nothing of the provider: the own side alone */
	evidence_judge(&f, &ev);
	assert_int_equal(ev.side[SIDE_OUT], 0);
	assert_int_equal(ev.score, 3);
	assert_true(told(&ev, "build.evidence.no_contract"));
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
		cmocka_unit_test(test_every_rule),
		cmocka_unit_test(test_both_sides_stand_apart),
		cmocka_unit_test(test_reason_is_a_sentence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
