/* time: instants as signed microseconds since 1970-01-01T00:00:00Z, and their text forms.
 *
 * Why int64 microseconds: exact in SQLite and PostgreSQL, sortable, enough until the year 294247. Always UTC; a zone
 * is a matter of display. No leap seconds (POSIX). Years 1601 (Windows FILETIME zero) to 9999 are accepted in text.
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/str.h"

typedef int64_t time_us;

#define TIME_SECOND ((time_us)1000000)
#define TIME_MINUTE (60 * TIME_SECOND)
#define TIME_HOUR (60 * TIME_MINUTE)
#define TIME_DAY (24 * TIME_HOUR)

#define TIME_TEXT_MAX 40

struct time_parts {
	int year, month, day, hour, minute, second, micros;
	int weekday; /* 0 = Sunday */
	int yearday; /* 1 = January 1 */
	int iso_week;
};

/* RFC 3339, with 'T' or space, any number of fraction digits (past six are cut), 'Z' or ±hh:mm or, as Windows dumps
 * write it, no zone (taken as UTC). False when it is anything else; *ret is untouched. */
bool time_parse(str text, time_us *ret);

/* "2026-11-21T07:08:20.123456Z"; the fraction only when it is not zero. Returns the length. */
size_t time_format(time_us t, char out[TIME_TEXT_MAX]);
/* offset_min: minutes east of UTC; "2026-11-21 16:08:20", for people. */
size_t time_format_local(time_us t, int offset_min, char out[TIME_TEXT_MAX]);

/* 100 ns ticks since 1601-01-01, as EVTX writes them. */
time_us time_from_filetime(uint64_t ticks);

void time_split(time_us t, struct time_parts *ret);
time_us time_join(const struct time_parts *parts);

#endif
