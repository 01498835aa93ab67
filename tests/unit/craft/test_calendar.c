/* Days, holidays against the published lists, recurrence, iCalendar lines. */
#include "tests.h"

#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/calendar/calendar.h"

static struct holidays *jp;

static int set_up(void **state)
{
	(void)state;
	return holidays_load(STR_NONE, &jp, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	holidays_free(jp);
	return 0;
}

static day_t day(const char *text)
{
	day_t d = 0;

	CHECK(day_parse(str_of(text), &d));
	return d;
}

static void days_are_civil(void **state)
{
	static const char *const bad[] = {"2026-02-29", "2026-13-01", "2026-1-1",   "2026/01/01",
					  "",           "2026-04-31", "1969-12-31", "２０２６-01-01"};
	char text[DAY_TEXT_MAX];
	day_t d;

	(void)state;
	assert_int_equal(day("1970-01-01"), 0);
	assert_int_equal(day("2000-02-29"), 11016);
	assert_int_equal(day_split(day("2026-11-21")).weekday, 6);
	for (day_t i = 0; i < 80000; i += 17) {
		assert_int_equal(day_format(i, text), 10);
		assert_true(day_parse(str_of(text), &d));
		assert_int_equal(d, i);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_false(day_parse(str_of(bad[i]), &d));
	/* 2026-11-20 23:30 UTC is the next day in Japan. */
	assert_int_equal(day_at((time_us)day("2026-11-20") * TIME_DAY + 23 * TIME_HOUR, 540), day("2026-11-21"));
	assert_int_equal(day_begin(day("2026-11-21"), 540), (time_us)day("2026-11-20") * TIME_DAY + 15 * TIME_HOUR);
}

/* The lists of the Cabinet Office for 2024 to 2027; 2028 to 2030 by the Act and the astronomical forecast. */
static const struct {
	int year;
	const char *days; /* "MMDD MMDD …" */
} years[] = {
	{2024,
	 "0101 0108 0211 0212 0223 0320 0429 0503 0504 0505 0506 0715 0811 0812 0916 0922 0923 1014 1103 1104 1123"},
	{2025, "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0721 0811 0915 0923 1013 1103 1123 1124"},
	{2026, "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123"},
	{2027, "0101 0111 0211 0223 0321 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 1123"},
	{2028, "0101 0110 0211 0223 0320 0429 0503 0504 0505 0717 0811 0918 0922 1009 1103 1123"},
	{2029, "0101 0108 0211 0212 0223 0320 0429 0430 0503 0504 0505 0716 0811 0917 0923 0924 1008 1103 1123"},
	{2030, "0101 0114 0211 0223 0320 0429 0503 0504 0505 0506 0715 0811 0812 0916 0923 1014 1103 1104 1123"},
};

static void holidays_are_those_of_the_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(years); i++) {
		char found[512] = "";
		size_t len = 0;

		for (day_t d = day_of(years[i].year, 1, 1); d <= day_of(years[i].year, 12, 31); d++) {
			struct day_parts p = day_split(d);

			if (holiday_name(jp, d, LANG_JA).ptr)
				len += (size_t)snprintf(found + len, sizeof(found) - len, "%s%02d%02d", len ? " " : "",
							p.month, p.day);
		}
		assert_string_equal(found, years[i].days);
	}
	assert_true(str_eq(holiday_name(jp, day("2026-09-22"), LANG_JA), STR("国民の休日")));
	assert_true(str_eq(holiday_name(jp, day("2027-03-22"), LANG_EN), STR("Substitute holiday")));
	assert_false(holidays_cover(jp, day("2019-05-01")));
	assert_false(is_business_day(jp, day("2026-05-06")));
	assert_true(is_business_day(NULL, day("2026-05-06")));
}

static const struct {
	struct recur rule;
	const char *from, *next; /* next "" = none */
} nexts[] = {
	{{.every = EVERY_DAY}, "2026-11-21", "2026-11-21"},
	{{.every = EVERY_BUSINESS_DAY}, "2026-11-21", "2026-11-24"}, /* Saturday, Sunday, holiday */
	{{.every = EVERY_WEEK, .weekday = 1}, "2026-11-24", "2026-11-30"},
	{{.every = EVERY_WEEK, .weekday = 1, .shift = SHIFT_NEXT}, "2026-11-22", "2026-11-24"},
	{{.every = EVERY_MONTH, .day = 31}, "2026-02-01", "2026-02-28"},
	{{.every = EVERY_MONTH, .day = 31}, "2028-02-29", "2028-02-29"},
	{{.every = EVERY_MONTH, .day = 1, .shift = SHIFT_NEXT}, "2027-01-01", "2027-01-04"},
	{{.every = EVERY_MONTH, .day = 1, .shift = SHIFT_PREVIOUS}, "2026-12-15", "2026-12-31"}, /* of January 1 */
	{{.every = EVERY_MONTH, .day = 31, .shift = SHIFT_NEXT}, "2026-11-01", "2026-11-02"},    /* of October 31 */
	{{.every = EVERY_QUARTER, .month = 2, .day = 10}, "2026-05-11", "2026-08-10"},
	{{.every = EVERY_QUARTER, .month = 11, .day = 10}, "2026-02-11", "2026-05-10"},
	{{.every = EVERY_HALF_YEAR, .month = 4, .day = 20, .shift = SHIFT_NEXT}, "2026-04-21", "2026-10-20"},
	{{.every = EVERY_YEAR, .month = 9, .day = 22, .shift = SHIFT_NEXT}, "2026-01-01", "2026-09-24"},
	{{.every = EVERY_YEAR, .month = 2, .day = 29}, "2026-03-01", "2027-02-28"},
	{{.every = EVERY_YEAR, .month = 4, .day = 1, .end = 20545}, "2026-04-02", ""}, /* ends 2026-04-02 */
	{{.every = EVERY_ONCE}, "2026-04-01", ""},
};

static void recurrence_follows_the_wall(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(nexts); i++) {
		struct recur r = nexts[i].rule;
		char text[DAY_TEXT_MAX] = "";
		day_t d;

		r.start = day("2024-01-15");
		r.end = r.end ? r.end : DAY_NONE;
		assert_int_equal(recur_check(&(struct recur){.every = r.every,
							     .weekday = r.weekday,
							     .day = r.day ? r.day : 1,
							     .month = r.month ? r.month : 1,
							     .start = r.start,
							     .end = r.end},
					     NULL),
				 0);
		d = recur_next(&r, jp, day(nexts[i].from));
		if (d != DAY_NONE)
			day_format(d, text);
		if (strcmp(text, nexts[i].next) != 0)
			print_message("row %zu\n", i);
		assert_string_equal(text, nexts[i].next);
	}
}

/* Walking a rule gives each day once, in order, and a shifted day is a business day. */
static void walk(enum recur_every every, enum recur_shift shift, int n)
{
	struct recur r = {.every = every,
			  .weekday = n % 7,
			  .day = n,
			  .month = n % 12 + 1,
			  .shift = shift,
			  .start = day("2024-01-01"),
			  .end = day("2030-12-31")};
	day_t at = r.start, last = DAY_NONE;
	int count = 0;

	while ((at = recur_next(&r, jp, at)) != DAY_NONE) {
		assert_true(last == DAY_NONE || at > last);
		assert_true(shift == SHIFT_NONE || is_business_day(jp, at));
		last = at++;
		count++;
	}
	assert_true(every == EVERY_YEAR ? count == 7 : count >= 13);
}

static void walking_never_stands_still(void **state)
{
	(void)state;
	for (unsigned i = 0; i < EVERY_ONCE * SHIFT_COUNT; i++)
		for (int n = 1; n <= 31; n += 5)
			walk(i / SHIFT_COUNT, i % SHIFT_COUNT, n);
}

static void rules_are_checked(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(recur_check(&(struct recur){.every = EVERY_MONTH, .day = 32, .start = 0, .end = DAY_NONE}, &e),
			 -ERR_RANGE);
	assert_string_equal(e.path, "day");
	assert_int_equal(
		recur_check(&(struct recur){.every = EVERY_YEAR, .day = 1, .month = 13, .start = 0, .end = DAY_NONE},
			    &e),
		-ERR_RANGE);
	assert_string_equal(e.path, "month");
	assert_int_equal(recur_check(&(struct recur){.every = EVERY_DAY, .start = 5, .end = 4}, &e), -ERR_RANGE);
	assert_string_equal(e.path, "end");
}

static void bad_holidays_name_their_place(void **state)
{
	struct holidays *h;
	struct err e;

	(void)state;
	assert_int_equal(
		holidays_read(STR("from: 2022\nto: 2099\nrules:\n  - {month: 13, day: 1, name: {en: x, ja: y}}\n"),
			      STR("t.yaml"), &h, &e),
		-ERR_PARSE);
	assert_int_equal(e.line, 4);
	assert_int_equal(holidays_read(STR("from: 1900\nto: 2099\nrules: []\n"), STR("t.yaml"), &h, &e), -ERR_PARSE);
	assert_int_equal(holidays_read(STR("from: 2022\nto: 2099\nrules:\n  - {month: 1, day: 1, name: {en: x}}\n"),
				       STR("t.yaml"), &h, &e),
			 -ERR_PARSE);
}

static void lines_fold_on_a_border_of_utf8(void **state)
{
	_cleanup_(buf_done) struct buf out = {0};
	struct ics_event ev = {
		.uid = STR("task-1@x"),
		.day = day("2026-11-21"),
		.stamp = 1,
		.remind_min = 30,
		.summary = STR(
			"改行; と, コンマ\\と\n長い長い長い長い長い長い長い長い長い長い長い題名です。まだ続きます。"),
		.description = STR("a"),
		.url = STR("https://x/y?a=1;b=2"),
		.categories = STR("B-1")};
	str rest, line;

	(void)state;
	buf_init(&out, ICS_BYTES_MAX);
	ics_begin(&out, STR("N"), STR("ja"));
	ics_add(&out, &ev);
	ics_end(&out);
	rest = buf_str(&out);
	while (str_next(&rest, '\n', &line) && rest.ptr) {
		assert_true(line.len > 0 && line.ptr[line.len - 1] == '\r');
		assert_true(line.len - 1 <= 75);
		assert_true(line.len == 1 || ((unsigned char)line.ptr[0] & 0xc0) != 0x80);
	}
	assert_true(str_find(buf_str(&out), STR("改行\\; と\\, コンマ\\\\と\\n")) > 0);
	assert_true(str_find(buf_str(&out), STR("DTSTART;VALUE=DATE:20261121\r\nDTEND;VALUE=DATE:20261122\r\n")) > 0);
	assert_true(str_find(buf_str(&out), STR("URL:https://x/y?a=1;b=2\r\n")) > 0);
	assert_true(str_find(buf_str(&out), STR("TRIGGER:-PT30M\r\n")) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_are_civil),
		cmocka_unit_test(holidays_are_those_of_the_lists),
		cmocka_unit_test(recurrence_follows_the_wall),
		cmocka_unit_test(walking_never_stands_still),
		cmocka_unit_test(rules_are_checked),
		cmocka_unit_test(bad_holidays_name_their_place),
		cmocka_unit_test(lines_fold_on_a_border_of_utf8),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
