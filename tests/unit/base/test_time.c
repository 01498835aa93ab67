#include "tests.h"

#include "base/time.h"

static time_us at(const char *text)
{
	time_us t = 0;

	assert_true(time_parse(str_of(text), &t));
	return t;
}

static void forms_of_one_instant(void **state)
{
	(void)state;
	assert_true(at("1970-01-01T00:00:00Z") == 0);
	assert_true(at("2026-11-21T07:08:20Z") == 1795244900 * TIME_SECOND);
	assert_true(at("2026-11-21T16:08:20+09:00") == at("2026-11-21T07:08:20Z"));
	assert_true(at("2026-11-21 16:08:20+0900") == at("2026-11-21T07:08:20Z"));
	assert_true(at("2026-11-21t01:38:20-05:30") == at("2026-11-21T07:08:20z"));
	assert_true(at("2026-11-21 07:08:20") == at("2026-11-21T07:08:20Z"));
	assert_true(at("2026-11-21T07:08:20.5Z") - at("2026-11-21T07:08:20Z") == TIME_SECOND / 2);
	assert_true(at("2026-11-21T07:08:20,123456789Z") - at("2026-11-21T07:08:20Z") == 123456);
	assert_true(at("1969-12-31T23:59:59.999999Z") == -1);
	assert_true(at("2000-02-29T00:00:00Z") + TIME_DAY == at("2000-03-01T00:00:00Z"));
}

static void wrong_forms_leave_the_output_alone(void **state)
{
	const char *wrong[] = {
		"",
		"2026-11-21",
		"2026-11-21T07:08",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z",
		"2026-04-31T00:00:00Z",
		"2026-01-01T24:00:00Z",
		"2026-01-01T00:60:00Z",
		"2026-01-01T00:00:61Z",
		"1600-12-31T23:59:59Z",
		"2026-01-01T00:00:00X",
		"2026-01-01T00:00:00+24:00",
		"2026-01-01T00:00:00+09:60",
		"2026-01-01T00:00:00+9:00",
		"2026-01-01T00:00:00+09-00",
		"2026-01-01T00:00:00Zx",
		"2026-01-01T00:00:00.Z",
		"2026/01/01T00:00:00Z",
		" 2026-01-01T00:00:00Z",
		"+026-01-01T00:00:00Z",
	};
	time_us t = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (time_parse(str_of(wrong[i]), &t))
			fail_msg("accepted: %s", wrong[i]);
	assert_true(t == 42);
}

static void format_is_parsed_back(void **state)
{
	const time_us instants[] = {0, -1, 1, 1795244900123456, -11644473600 * TIME_SECOND, 253402300799999999};
	char text[TIME_TEXT_MAX];
	time_us back;

	(void)state;
	for (size_t i = 0; i < sizeof(instants) / sizeof(instants[0]); i++) {
		size_t len = time_format(instants[i], text);

		assert_int_equal(len, strlen(text));
		assert_true(time_parse((str){text, len}, &back));
		assert_true(back == instants[i]);
	}
	time_format(1795244900 * TIME_SECOND, text);
	assert_string_equal(text, "2026-11-21T07:08:20Z");
	time_format(1795244900 * TIME_SECOND + 1, text);
	assert_string_equal(text, "2026-11-21T07:08:20.000001Z");
	time_format_local(1795244900 * TIME_SECOND, 9 * 60, text);
	assert_string_equal(text, "2026-11-21 16:08:20");
}

static void filetime_epochs(void **state)
{
	(void)state;
	assert_true(time_from_filetime(0) == at("1601-01-01T00:00:00Z"));
	assert_true(time_from_filetime(116444736000000000u) == 0);
	assert_true(time_from_filetime(116444736000000019u) == 1);
	assert_true(time_from_filetime(UINT64_MAX) > 0);
}

/* Every day of 800 years, against a calendar that counts step by step. */
static void days_follow_each_other(void **state)
{
	static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = 1601, month = 1, day = 1, weekday = 1, yearday = 1;

	(void)state;
	for (time_us t = at("1601-01-01T00:00:00Z"); year < 2401; t += TIME_DAY) {
		int is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		struct time_parts p;

		time_split(t + TIME_DAY - 1, &p);
		assert_true(p.year == year && p.month == month && p.day == day && p.weekday == weekday &&
			    p.yearday == yearday);
		assert_true(p.hour == 23 && p.minute == 59 && p.second == 59 && p.micros == 999999);
		assert_true(time_join(&p) == t + TIME_DAY - 1);
		weekday = (weekday + 1) % 7;
		yearday++;
		if (++day > month_days[month - 1] + (month == 2 && is_leap)) {
			day = 1;
			month++;
		}
		if (month > 12) {
			month = yearday = 1;
			year++;
		}
	}
}

static void iso_weeks_at_the_turn_of_years(void **state)
{
	const struct {
		const char *day;
		int week;
	} known[] = {
		{"2005-01-01T00:00:00Z", 53}, {"2005-01-02T00:00:00Z", 53}, {"2005-12-31T00:00:00Z", 52},
		{"2007-01-01T00:00:00Z", 1},  {"2008-12-29T00:00:00Z", 1},  {"2009-12-31T00:00:00Z", 53},
		{"2010-01-03T00:00:00Z", 53}, {"2010-01-04T00:00:00Z", 1},  {"2026-11-21T00:00:00Z", 47},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct time_parts p;

		time_split(at(known[i].day), &p);
		assert_int_equal(p.iso_week, known[i].week);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_of_one_instant),   cmocka_unit_test(wrong_forms_leave_the_output_alone),
		cmocka_unit_test(format_is_parsed_back),  cmocka_unit_test(filetime_epochs),
		cmocka_unit_test(days_follow_each_other), cmocka_unit_test(iso_weeks_at_the_turn_of_years),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
