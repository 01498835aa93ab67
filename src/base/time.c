#include "base/time.h"

#include <stdio.h>

/* Days from 1970-01-01 to 1601-01-01, negative: where FILETIME starts. */
#define FILETIME_EPOCH_DAYS 134774

/* Civil calendar arithmetic after Howard Hinnant, "chrono-compatible low-level date algorithms" (facts, own code):
 * years start in March so that the leap day is the last day. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, struct time_parts *p)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	p->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	p->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	p->year = (int)(yoe + era * 400 + (p->month <= 2));
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int iso_weeks_in(int year)
{
	int64_t jan1 = days_from_civil(year, 1, 1);
	int weekday = (int)(((jan1 + 4) % 7 + 7) % 7);
	bool leap = days_from_civil(year + 1, 1, 1) - jan1 == 366;

	return weekday == 4 || (leap && weekday == 3) ? 53 : 52;
}

static int iso_week_of(const struct time_parts *p)
{
	int week = (p->yearday - (p->weekday ? p->weekday : 7) + 10) / 7;

	if (week < 1)
		return iso_weeks_in(p->year - 1);
	if (week > iso_weeks_in(p->year))
		return 1;
	return week;
}

void time_split(time_us t, struct time_parts *ret)
{
	int64_t days = floor_div(t, TIME_DAY);
	int64_t rest = t - days * TIME_DAY;
	struct time_parts p = {0};

	civil_from_days(days, &p);
	p.hour = (int)(rest / TIME_HOUR);
	p.minute = (int)(rest / TIME_MINUTE % 60);
	p.second = (int)(rest / TIME_SECOND % 60);
	p.micros = (int)(rest % TIME_SECOND);
	p.weekday = (int)(((days + 4) % 7 + 7) % 7);
	p.yearday = (int)(days - days_from_civil(p.year, 1, 1)) + 1;
	p.iso_week = iso_week_of(&p);
	*ret = p;
}

time_us time_join(const struct time_parts *p)
{
	return days_from_civil(p->year, p->month, p->day) * TIME_DAY + p->hour * TIME_HOUR + p->minute * TIME_MINUTE +
	       p->second * TIME_SECOND + p->micros;
}

static bool digits(str s, size_t at, size_t count, int *ret)
{
	int value = 0;

	if (at + count > s.len)
		return false;
	for (size_t i = at; i < at + count; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		value = value * 10 + (s.ptr[i] - '0');
	}
	*ret = value;
	return true;
}

static bool parse_date_time(str s, struct time_parts *p)
{
	static const char shape[] = "0000-00-00T00:00:00";

	if (s.len < sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] != '0' && s.ptr[i] != shape[i] &&
		    !(shape[i] == 'T' && (s.ptr[i] == ' ' || s.ptr[i] == 't')))
			return false;
	if (!digits(s, 0, 4, &p->year) || !digits(s, 5, 2, &p->month) || !digits(s, 8, 2, &p->day) ||
	    !digits(s, 11, 2, &p->hour) || !digits(s, 14, 2, &p->minute) || !digits(s, 17, 2, &p->second))
		return false;
	if (p->year < 1601 || p->month < 1 || p->month > 12 || p->day < 1 || p->day > 31 || p->hour > 23 ||
	    p->minute > 59 || p->second > 60)
		return false;
	struct time_parts back;
	time_split(days_from_civil(p->year, p->month, p->day) * TIME_DAY, &back);
	return back.day == p->day;
}

static str parse_fraction(str s, struct time_parts *p)
{
	int scale = 100000;

	/* RFC 3339 wants a digit behind the point; without one the zone's parser meets the point and refuses it. */
	if (s.len < 2 || (s.ptr[0] != '.' && s.ptr[0] != ',') || s.ptr[1] < '0' || s.ptr[1] > '9')
		return s;
	for (s = str_from(s, 1); s.len && s.ptr[0] >= '0' && s.ptr[0] <= '9'; s = str_from(s, 1)) {
		p->micros += (s.ptr[0] - '0') * scale;
		scale /= 10;
	}
	return s;
}

static bool parse_zone(str s, int *ret_minutes)
{
	int hours, minutes;
	size_t colon = s.len == 6 ? 1 : 0;

	*ret_minutes = 0;
	if (s.len == 0 || (s.len == 1 && (s.ptr[0] == 'Z' || s.ptr[0] == 'z')))
		return true;
	if ((s.len != 6 && s.len != 5) || (s.ptr[0] != '+' && s.ptr[0] != '-'))
		return false;
	if (colon && s.ptr[3] != ':')
		return false;
	if (!digits(s, 1, 2, &hours) || !digits(s, 3 + colon, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_minutes = (s.ptr[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
	return true;
}

bool time_parse(str text, time_us *ret)
{
	struct time_parts p = {0};
	int zone_min;

	if (!parse_date_time(text, &p))
		return false;
	if (!parse_zone(parse_fraction(str_from(text, 19), &p), &zone_min))
		return false;
	*ret = time_join(&p) - zone_min * TIME_MINUTE;
	return true;
}

size_t time_format(time_us t, char out[TIME_TEXT_MAX])
{
	struct time_parts p;
	int len;

	time_split(t, &p);
	len = snprintf(out, TIME_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d", p.year, p.month, p.day, p.hour, p.minute,
		       p.second);
	if (p.micros)
		len += snprintf(out + len, (size_t)(TIME_TEXT_MAX - len), ".%06d", p.micros);
	out[len++] = 'Z';
	out[len] = '\0';
	return (size_t)len;
}

size_t time_format_local(time_us t, int offset_min, char out[TIME_TEXT_MAX])
{
	struct time_parts p;

	time_split(t + offset_min * TIME_MINUTE, &p);
	return (size_t)snprintf(out, TIME_TEXT_MAX, "%04d-%02d-%02d %02d:%02d:%02d", p.year, p.month, p.day, p.hour,
				p.minute, p.second);
}

time_us time_from_filetime(uint64_t ticks)
{
	return (time_us)(ticks / 10) - (time_us)FILETIME_EPOCH_DAYS * TIME_DAY;
}
