/* The register of laws: when a duty is due, which laws apply, what ships is whole, mistakes are named. */
#include "tests.h"

#include "base/mem.h"
#include "centre/law/law.h"
#include "craft/content/content.h"

struct world {
	struct content_index *frameworks;
	const struct framework *fw;
	struct holidays *holidays;
	struct law_index *laws;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e = {0};

	assert_int_equal(content_index_load(STR_NONE, &w->frameworks, &e), 0);
	w->fw = content_index_find(w->frameworks, STR(FRAMEWORK_DEFAULT));
	assert_int_equal(holidays_load(STR_NONE, &w->holidays, &e), 0);
	assert_int_equal(law_index_load(STR_NONE, w->fw, &w->laws, &e), 0);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	law_index_free(w->laws);
	holidays_free(w->holidays);
	content_index_free(w->frameworks);
	free(w);
	return 0;
}

/* ---- due times, Tokyo ---- */

struct due_case {
	const char *start;
	enum law_unit unit;
	uint32_t amount;
	bool first_day, moves;
	const char *due; /* NULL = none */
};

static const struct due_case due_cases[] = {
	{"2026-11-20T10:00:00Z", LAW_HOURS, 72, false, false, "2026-11-23T10:00:00Z"}, /* GDPR 33 */
	{"2026-11-20T10:00:00Z", LAW_AT_ONCE, 0, false, false, "2026-11-20T10:00:00Z"},
	{"2026-11-20T10:00:00Z", LAW_UNKNOWN, 0, false, false, NULL},
	/* 19:00 of 20 November in Tokyo; five days later ends with 25 November. */
	{"2026-11-20T10:00:00Z", LAW_DAYS, 5, false, false, "2026-11-25T14:59:59Z"},
	/* 01:00 of 21 November in Tokyo: another day there than in UTC. */
	{"2026-11-20T16:00:00Z", LAW_DAYS, 5, false, false, "2026-11-26T14:59:59Z"},
	/* APPI's final report: the day of knowing is day 1, so day 30 is 19 December, a Saturday, and moves to Monday.
	 */
	{"2026-11-20T10:00:00Z", LAW_DAYS, 30, true, true, "2026-12-21T14:59:59Z"},
	{"2026-11-20T10:00:00Z", LAW_DAYS, 30, true, false, "2026-12-19T14:59:59Z"},
	/* Day 30 is 30 December: offices open again on Monday, 4 January. */
	{"2026-12-01T01:00:00Z", LAW_DAYS, 30, true, true, "2027-01-04T14:59:59Z"},
	/* 4 business days from Friday, over the holiday of 23 November: 24, 25, 26, 27. */
	{"2026-11-20T01:00:00Z", LAW_BUSINESS_DAYS, 4, false, false, "2026-11-27T14:59:59Z"},
	{"2027-01-31T01:00:00Z", LAW_MONTHS, 1, false, false, "2027-02-28T14:59:59Z"},
	{"2027-11-30T01:00:00Z", LAW_MONTHS, 3, false, false, "2028-02-29T14:59:59Z"},
	{"2026-12-15T01:00:00Z", LAW_MONTHS, 24, false, false, "2028-12-15T14:59:59Z"},
	{"2026-12-15T01:00:00Z", LAW_DAYS, 0, true, false, "2026-12-15T14:59:59Z"},
};

static void test_when_it_is_due(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(due_cases) / sizeof(*due_cases); i++) {
		const struct due_case *c = &due_cases[i];
		const struct law_deadline d = {
			.unit = c->unit, .amount = c->amount, .first_day = c->first_day, .moves = c->moves};
		struct law_clock clock = {.zone_min = 540, .holidays = w->holidays};
		time_us expected = 0;

		assert_true(time_parse(str_of(c->start), &clock.start));
		assert_true(!c->due || time_parse(str_of(c->due), &expected));
		if (law_due(&d, &clock) != expected) {
			char text[TIME_TEXT_MAX];
			size_t len = time_format(law_due(&d, &clock), text);

			fail_msg("case %zu: %.*s", i, (int)len, text);
		}
	}
}

/* ---- what ships ---- */

static const struct law *find(const struct world *w, const char *id)
{
	for (uint32_t i = 0; i < law_count(w->laws); i++)
		if (str_eq(law_at(w->laws, i)->id, str_of(id)))
			return law_at(w->laws, i);
	fail_msg("%s", id);
	return NULL;
}

static void test_what_ships_is_whole(void **state)
{
	struct world *w = *state;
	uint32_t with_deadline = 0;

	assert_int_equal(law_count(w->laws), 49);
	assert_true(law_question_count(w->laws) >= 12);
	for (uint32_t i = 0; i < law_count(w->laws); i++) {
		const struct law *l = law_at(w->laws, i);

		assert_true(l->service_count > 0 && l->source.len > 0);
		with_deadline += l->deadline_count > 0;
		for (size_t lang = 0; lang < LANG_COUNT; lang++)
			assert_true(l->name[lang].len && l->title[lang].len && l->requirement[lang].len &&
				    l->scene[lang].len && l->status[lang].len);
	}
	assert_int_equal(with_deadline, 16);
	assert_int_equal(find(w, "jp-appi-26")->deadline_count, 4);
	assert_int_equal(find(w, "jp-appi-26")->trigger_count, 4);
	assert_int_equal(find(w, "eu-gdpr-33")->deadlines[0].amount, 72);
	assert_int_equal(find(w, "us-sec-105")->deadlines[0].unit, LAW_BUSINESS_DAYS);
	assert_int_equal(find(w, "us-sec-105")->certainty, LAW_RECALLED);
}

static void test_every_question_decides_something(void **state)
{
	struct world *w = *state;

	for (uint32_t q = 0; q < law_question_count(w->laws); q++) {
		uint32_t uses = 0;

		for (uint32_t i = 0; i < law_count(w->laws); i++)
			for (uint32_t c = 0; c < law_at(w->laws, i)->condition_count; c++)
				uses += law_at(w->laws, i)->conditions[c].question == q;
		if (!uses)
			fail_msg("%.*s", STR_ARG(law_question_at(w->laws, q)->id));
	}
}

/* ---- which apply ---- */

static struct law_answer *answer(const struct world *w, struct law_answer *answers, const char *id)
{
	for (uint32_t i = 0; i < law_question_count(w->laws); i++)
		if (str_eq(law_question_at(w->laws, i)->id, str_of(id)))
			return &answers[i];
	fail_msg("%s", id);
	return NULL;
}

static void test_answers_decide(void **state)
{
	struct world *w = *state;
	struct law_answer answers[LAW_QUESTIONS_MAX] = {{0}};
	uint32_t q;

	assert_int_equal(law_judge(find(w, "jp-uaca-3"), answers, &q), LAW_APPLIES); /* always */
	assert_int_equal(q, UINT32_MAX);
	assert_int_equal(law_judge(find(w, "jp-appi-26"), answers, &q), LAW_OPEN);
	answer(w, answers, "personal_data")->kind = ANSWER_YES;
	assert_int_equal(law_judge(find(w, "jp-appi-26"), answers, &q), LAW_APPLIES);
	/* Both must hold: one is still open. */
	assert_int_equal(law_judge(find(w, "jp-appi-28"), answers, &q), LAW_OPEN);
	assert_true(str_eq(law_question_at(w->laws, q)->id, STR("abroad")));
	answer(w, answers, "abroad")->kind = ANSWER_NO;
	assert_int_equal(law_judge(find(w, "jp-appi-28"), answers, &q), LAW_DOES_NOT);
	assert_true(str_eq(law_question_at(w->laws, q)->id, STR("abroad")));
	/* More than 300 employees. */
	answer(w, answers, "employees")->kind = ANSWER_NUMBER;
	answer(w, answers, "employees")->number = 300;
	assert_int_equal(law_judge(find(w, "jp-whistle"), answers, &q), LAW_DOES_NOT);
	answer(w, answers, "employees")->number = 301;
	assert_int_equal(law_judge(find(w, "jp-whistle"), answers, &q), LAW_APPLIES);
}

static void test_two_characters_find(void **state)
{
	struct world *w = *state;
	struct law_row row = {.law = find(w, "jp-appi-26")};

	assert_true(law_row_matches(&row, STR("漏え")));
	assert_true(law_row_matches(&row, STR("COMMISSION")));
	assert_true(law_row_matches(&row, STR("d-6")));
	assert_false(law_row_matches(&row, STR("消防")));
}

/* ---- mistakes ---- */

struct mistake {
	const char *from, *to, *id, *value;
};

static const struct mistake mistakes[] = {
	{"services: [A-3, B-2]", "services: [A-3, Z-9]", "err.lens.no_service", "Z-9"},
	{"applies: \"personal_data=yes\"", "applies: \"personal=yes\"", "err.law.applies", "personal=yes"},
	{"applies: \"employees>=301\"", "applies: \"employees=yes\"", "err.law.applies", "employees=yes"},
	{"applies: \"employees>=301\"", "applies: \"employees>=many\"", "err.law.applies", "employees>=many"},
	{"certainty: medium", "certainty: sure", "err.reader.word", "sure"},
	{"unit: days", "unit: weeks", "err.reader.word", "weeks"},
	{"from: know", "from: dawn", "err.reader.word", "dawn"},
	{"checked: \"2026-11-21\"", "checked: \"yesterday\"", "err.reader.word", "yesterday"},
	{"- id: jp-appi-18", "- id: jp-appi-17", "err.reader.twice", "jp-appi-17"},
	{"- id: jp-appi-18", "- id: own-18", "err.reader.id_long", "own-18"},
	{"      ja: \"利用目的の特定\"\n", "", "err.reader.absent", ""},
};

static void test_mistakes_are_named(void **state)
{
	struct world *w = *state;
	str laws = embedded_find(content_files, content_files_count, STR(LAWS_CONTENT))->bytes;
	str questions = embedded_find(content_files, content_files_count, STR(LAW_QUESTIONS_CONTENT))->bytes;

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		const struct mistake *m = &mistakes[i];
		ptrdiff_t at = str_find(laws, str_of(m->from));
		_cleanup_(buf_done) struct buf text = {0};
		struct law_index *index = NULL;
		struct err e = {0};

		if (at < 0)
			fail_msg("%s", m->from);
		buf_init(&text, CONTENT_FILE_MAX);
		buf_add(&text, str_sub(laws, 0, (size_t)at));
		buf_add(&text, str_of(m->to));
		buf_add(&text, str_from(laws, (size_t)at + strlen(m->from)));
		assert_int_equal(law_index_read(&(struct law_files){buf_str(&text), questions, w->fw}, &index, &e),
				 -ERR_PARSE);
		assert_string_equal(e.id, m->id);
		assert_string_equal(e.value, m->value);
		assert_true(e.line > 0);
		assert_null(index);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_when_it_is_due),
		cmocka_unit_test(test_what_ships_is_whole),
		cmocka_unit_test(test_every_question_decides_something),
		cmocka_unit_test(test_answers_decide),
		cmocka_unit_test(test_two_characters_find),
		cmocka_unit_test(test_mistakes_are_named),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
