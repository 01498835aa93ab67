/* Days of the civil calendar. The arithmetic is the well-known one of eras of 400 years. */
#include <stdio.h>

#include "base/check.h"
#include "craft/calendar/calendar.h"

int day_month_length(int year, int month)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	CHECK(month >= 1 && month <= 12);
	return month == 2 && leap ? 29 : lengths[month - 1];
}

bool day_valid(int year, int month, int day)
{
	return year >= DAY_YEAR_MIN && year <= DAY_YEAR_MAX && month >= 1 && month <= 12 && day >= 1 &&
	       day <= day_month_length(year, month);
}

day_t day_of(int year, int month, int day)
{
	struct time_parts parts = {.year = year, .month = month, .day = day};

	CHECK(day_valid(year, month, day));
	return (day_t)(time_join(&parts) / TIME_DAY);
}

struct day_parts day_split(day_t day)
{
	struct time_parts parts;

	time_split((time_us)day * TIME_DAY, &parts);
	return (struct day_parts){parts.year, parts.month, parts.day, parts.weekday};
}

/* Two or four digits at `at`, -1 when there are others. */
static int digits(str text, size_t at, size_t len)
{
	int value = 0;

	for (size_t i = at; i < at + len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return -1;
		value = value * 10 + (text.ptr[i] - '0');
	}
	return value;
}

bool day_parse(str text, day_t *ret)
{
	int year, month, day;

	if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-')
		return false;
	year = digits(text, 0, 4);
	month = digits(text, 5, 2);
	day = digits(text, 8, 2);
	if (year < 0 || month < 0 || day < 0 || !day_valid(year, month, day))
		return false;
	*ret = day_of(year, month, day);
	return true;
}

size_t day_format(day_t day, char out[DAY_TEXT_MAX])
{
	struct day_parts p = day_split(day);

	return (size_t)snprintf(out, DAY_TEXT_MAX, "%04u-%02u-%02u", (unsigned)p.year % 10000u,
				(unsigned)p.month % 100u, (unsigned)p.day % 100u);
}

day_t day_at(time_us t, int offset_min)
{
	time_us local = t + offset_min * TIME_MINUTE;

	return (day_t)(local >= 0 ? local / TIME_DAY : -((-local + TIME_DAY - 1) / TIME_DAY));
}

time_us day_begin(day_t day, int offset_min)
{
	return (time_us)day * TIME_DAY - offset_min * TIME_MINUTE;
}

int zone_offset(str name)
{
	return str_eq(name, STR("Asia/Tokyo")) ? 540 : 0;
}
