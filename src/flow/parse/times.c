/* Event times as logs write them. */
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

bool event_time_parse(str text, time_us *ret)
{
	return time_parse(text, ret) || time_number(text, ret);
}
