/* calendar: days, Japanese holidays, what comes back, and the iCalendar text of it. Pure: no clock, no store.
 *
 * Why days and not instants: a duty of "every month, the last business day" is a matter of the calendar that hangs on
 * the wall. A day is a number of days since 1970-01-01 (proleptic Gregorian), years DAY_YEAR_MIN to DAY_YEAR_MAX.
 * Holidays are content (content/holidays/jp.yaml): the rules of the Act on National Holidays, with 振替休日 (a holiday
 * on a Sunday gives the next day that is none) and 国民の休日 (a day between two holidays). The days of the equinoxes
 * are computed by the usual approximation and are official only after the Cabinet Office's notice of the February
 * before. A business day is Monday to Friday and no holiday. Ownership: what holidays_load returns is immutable and
 * shared.
 */
#ifndef CRAFT_CALENDAR_CALENDAR_H
#define CRAFT_CALENDAR_CALENDAR_H

#include "base/buf.h"
#include "base/time.h"
#include "craft/words/words.h"

/* ---- days ---- */

typedef int32_t day_t;
#define DAY_NONE INT32_MIN
#define DAY_YEAR_MIN 1970
#define DAY_YEAR_MAX 2199
#define DAY_TEXT_MAX 11

struct day_parts {
	int year, month, day; /* 1-based */
	int weekday;          /* 0 = Sunday */
};
bool day_valid(int year, int month, int day);
day_t day_of(int year, int month, int day); /* CHECKs day_valid */
struct day_parts day_split(day_t day);
int day_month_length(int year, int month);
/* "2026-11-21". False when it is anything else. */
bool day_parse(str text, day_t *ret);
size_t day_format(day_t day, char out[DAY_TEXT_MAX]);
/* The day on the wall of a zone (minutes east of UTC), and the instant when that day begins there. */
day_t day_at(time_us t, int offset_min);
time_us day_begin(day_t day, int offset_min);
/* Minutes east of UTC of a zone by name: "Asia/Tokyo" (no summer time since 1951); every other name is taken as UTC,
 * and whoever shows a time says so. */
int zone_offset(str name);

/* ---- holidays ---- */

#define HOLIDAYS_CONTENT "holidays/jp.yaml"
#define HOLIDAY_RULES_MAX 64u

struct holidays;
/* err.calendar.* with path, line and what was expected. data_folder may be empty. */
int holidays_load(str data_folder, struct holidays **ret, struct err *e) MUST_CHECK;
int holidays_read(str text, str path, struct holidays **ret, struct err *e) MUST_CHECK;
void holidays_free(struct holidays *h);

/* The name of the holiday, or STR_NONE. h may be NULL: then there are none. Years outside the file's range have no
 * holidays: holidays_cover tells. */
str holiday_name(const struct holidays *h, day_t day, enum lang lang);
bool holidays_cover(const struct holidays *h, day_t day);
bool is_business_day(const struct holidays *h, day_t day);

/* ---- what comes back ---- */

/* X(symbol, "name") */
#define RECUR_EVERY(X)                    \
	X(EVERY_DAY, "daily")             \
	X(EVERY_BUSINESS_DAY, "business") \
	X(EVERY_WEEK, "weekly")           \
	X(EVERY_MONTH, "monthly")         \
	X(EVERY_QUARTER, "quarterly")     \
	X(EVERY_HALF_YEAR, "half_yearly") \
	X(EVERY_YEAR, "yearly")           \
	X(EVERY_ONCE, "once")

enum recur_every {
#define RECUR_ENUM(symbol, name) symbol,
	RECUR_EVERY(RECUR_ENUM)
#undef RECUR_ENUM
		EVERY_COUNT
};
const char *recur_every_name(enum recur_every every); /* words key "calendar.every.<name>" */
bool recur_every_parse(str name, enum recur_every *ret);

/* What happens to a day that is no business day. */
enum recur_shift { SHIFT_NONE, SHIFT_NEXT, SHIFT_PREVIOUS, SHIFT_COUNT };
const char *recur_shift_name(
	enum recur_shift shift); /* "none", "next", "previous"; words key "calendar.shift.<name>" */
bool recur_shift_parse(str name, enum recur_shift *ret);

#define RECUR_LAST_DAY 31 /* of the month: a larger number than the month has means its last day */

struct recur {
	enum recur_every every;
	int weekday; /* EVERY_WEEK: 0 = Sunday … 6 */
	int day;     /* of the month, 1 … RECUR_LAST_DAY: months and longer */
	int month;   /* 1 … 12: year; half-year and quarter: any month of the row; else ignored */
	enum recur_shift shift;
	day_t start, end; /* end DAY_NONE = for ever; EVERY_ONCE happens at start */
};
/* ERR_RANGE err.calendar.* with path = field. */
int recur_check(const struct recur *r, struct err *e) MUST_CHECK;
/* The first day of the rule that is not before `from`; DAY_NONE when there is none. A shift does not carry a day over
 * start or end of the rule: the unshifted day decides whether it belongs. Two days never fall together: of two that are
 * shifted onto one day, one remains. */
day_t recur_next(const struct recur *r, const struct holidays *h, day_t from);

/* ---- iCalendar (RFC 5545) ---- */

#define ICS_BYTES_MAX (4u << 20)

/* Writes BEGIN:VCALENDAR … with lines folded at 75 octets on a border of UTF-8 and ended by CRLF. */
void ics_begin(struct buf *out, str name, str product_lang);
struct ics_event {
	str uid; /* stable: the same thing keeps its id */
	str summary, description, url, categories;
	day_t day;           /* a whole day … */
	time_us from, until; /* … or an instant, when until is not 0 */
	time_us stamp;       /* when it was last changed */
	int remind_min;      /* minutes before; 0 = no alarm */
	bool is_done;        /* STATUS:COMPLETED has no place in VEVENT: said by "✓" in front */
};
void ics_add(struct buf *out, const struct ics_event *ev);
void ics_end(struct buf *out);

#endif
