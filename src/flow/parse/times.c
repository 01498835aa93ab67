/* Event times as logs write them. */
#include <stdio.h>

#include "flow/parse/internal.h"

/* A number of seconds since 1970 has at most 11 digits until the year 5138; more digits are finer units. */
#define SECONDS_DIGITS 11
#define MILLIS_DIGITS 14
#define MICROS_DIGITS 17

static bool time_number(str text, time_us *ret)
{
	ptrdiff_t dot = str_find_byte(text, '.');
	str whole = dot < 0 ? text : str_sub(text, 0, (size_t)dot);
	int64_t n, fraction = 0, unit = TIME_SECOND / 10;

	if (!str_to_i64(whole, &n) || n < 0)
		return false;
	if (whole.len > SECONDS_DIGITS) {
		if (whole.len <= MILLIS_DIGITS)
			*ret = n * 1000;
		else if (whole.len <= MICROS_DIGITS)
			*ret = n;
		else
			*ret = n / 1000;
		return true;
	}
	for (size_t i = whole.len + 1; dot >= 0 && i < text.len && unit; i++, unit /= 10) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		fraction += (text.ptr[i] - '0') * unit;
	}
	*ret = n * TIME_SECOND + fraction;
	return true;
}

/* RFC 3339 but for the colon in the zone, as Suricata writes it: "2026-11-21T07:08:20.5+0900". */
static bool time_bare_zone(str text, time_us *ret)
{
	char room[TIME_TEXT_MAX + 1];
	size_t cut = text.len - 2;

	if (text.len < 24 || text.len >= TIME_TEXT_MAX || (text.ptr[cut - 3] != '+' && text.ptr[cut - 3] != '-'))
		return false;
	memcpy(room, text.ptr, cut);
	room[cut] = ':';
	memcpy(room + cut + 1, text.ptr + cut, 2);
	return time_parse((str){room, text.len + 1}, ret);
}

/* Web servers: "10/Oct/2000:13:55:36 -0700". */
static bool time_access(str text, time_us *ret)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char room[TIME_TEXT_MAX];
	ptrdiff_t month;
	int n;

	if (text.len != 26 || text.ptr[2] != '/' || text.ptr[6] != '/' || text.ptr[11] != ':' || text.ptr[20] != ' ')
		return false;
	month = str_find(str_of(months), str_sub(text, 3, 3));
	if (month < 0 || month % 3)
		return false;
	n = snprintf(room, sizeof(room), "%.4s-%02d-%.2sT%.8s%.3s:%.2s", text.ptr + 7, (int)(month / 3) + 1, text.ptr,
		     text.ptr + 12, text.ptr + 21, text.ptr + 24);
	return time_parse((str){room, (size_t)n}, ret);
}

bool event_time_parse(str text, time_us *ret)
{
	return time_parse(text, ret) || time_number(text, ret) || time_bare_zone(text, ret) || time_access(text, ret);
}
