/* What comes back: the days of a rule. */
#include "base/check.h"
#include "craft/calendar/calendar.h"

#define PERIODS_MAX 4     /* rows looked at: a shift can carry a day past `from`, never by a whole row */
#define SHIFT_DAYS_MAX 15 /* longer runs of holidays do not exist */

static const char *const every_names[EVERY_COUNT] = {
#define RECUR_NAME(symbol, name) name,
	RECUR_EVERY(RECUR_NAME)
#undef RECUR_NAME
};
static const char *const shift_names[SHIFT_COUNT] = {"none", "next", "previous"};

const char *recur_every_name(enum recur_every every)
{
	CHECK(every < EVERY_COUNT);
	return every_names[every];
}

bool recur_every_parse(str name, enum recur_every *ret)
{
	for (unsigned i = 0; i < EVERY_COUNT; i++)
		if (str_eq(name, str_of(every_names[i]))) {
			*ret = i;
			return true;
		}
	return false;
}

const char *recur_shift_name(enum recur_shift shift)
{
	CHECK(shift < SHIFT_COUNT);
	return shift_names[shift];
}

bool recur_shift_parse(str name, enum recur_shift *ret)
{
	for (unsigned i = 0; i < SHIFT_COUNT; i++)
		if (str_eq(name, str_of(shift_names[i]))) {
			*ret = i;
			return true;
		}
	return false;
}

static int refuse(struct err *e, const char *field, const char *expected)
{
	int rc = err_set(e, ERR_RANGE, "err.calendar.rule");

	err_path(e, str_of(field));
	err_expected(e, str_of(expected));
	return rc;
}

int recur_check(const struct recur *r, struct err *e)
{
	if (r->start == DAY_NONE)
		return refuse(e, "start", "2026-04-01");
	if (r->end != DAY_NONE && r->end < r->start)
		return refuse(e, "end", ">= start");
	if (r->every == EVERY_WEEK && (r->weekday < 0 || r->weekday > 6))
		return refuse(e, "weekday", "0–6");
	if (r->every >= EVERY_MONTH && r->every <= EVERY_YEAR && (r->day < 1 || r->day > RECUR_LAST_DAY))
		return refuse(e, "day", "1–31");
	if (r->every >= EVERY_QUARTER && r->every <= EVERY_YEAR && (r->month < 1 || r->month > 12))
		return refuse(e, "month", "1–12");
	return 0;
}

static day_t shifted(const struct recur *r, const struct holidays *h, day_t day)
{
	int step = r->shift == SHIFT_NEXT ? 1 : -1;

	for (int i = 0; r->shift != SHIFT_NONE && i < SHIFT_DAYS_MAX && !is_business_day(h, day); i++)
		day += step;
	return day;
}

static int months_of(enum recur_every every)
{
	switch (every) {
	case EVERY_MONTH:
		return 1;
	case EVERY_QUARTER:
		return 3;
	case EVERY_HALF_YEAR:
		return 6;
	default:
		return 12;
	}
}

/* The n-th unshifted day at or after `from`'s own row; DAY_NONE past the years that a calendar has. */
static day_t plain(const struct recur *r, day_t from, int n)
{
	struct day_parts p = day_split(from);
	int step, month, length;

	if (r->every == EVERY_DAY || r->every == EVERY_BUSINESS_DAY)
		return from + n;
	if (r->every == EVERY_WEEK)
		return from - (p.weekday - r->weekday + 7) % 7 + 7 * n;
	step = months_of(r->every);
	month = p.year * 12 + p.month - 1;
	/* The row's months are those that leave the same rest as r->month; begin with the one at or before `from`. */
	month -= r->every == EVERY_MONTH ? 0 : ((month - (r->month - 1)) % step + step) % step;
	month += step * n;
	if (month / 12 < DAY_YEAR_MIN || month / 12 > DAY_YEAR_MAX)
		return DAY_NONE;
	length = day_month_length(month / 12, month % 12 + 1);
	return day_of(month / 12, month % 12 + 1, r->day < length ? r->day : length);
}

static bool belongs(const struct recur *r, day_t day)
{
	return day != DAY_NONE && day >= r->start && (r->end == DAY_NONE || day <= r->end);
}

static day_t next_business(const struct recur *r, const struct holidays *h, day_t from)
{
	day_t day = from < r->start ? r->start : from;

	while (!is_business_day(h, day))
		day++;
	return belongs(r, day) ? day : DAY_NONE;
}

day_t recur_next(const struct recur *r, const struct holidays *h, day_t from)
{
	day_t best = DAY_NONE, base;

	if (r->every == EVERY_ONCE) {
		day_t day = shifted(r, h, r->start);

		return day >= from ? day : DAY_NONE;
	}
	if (r->every == EVERY_BUSINESS_DAY)
		return next_business(r, h, from);
	base = (from < r->start ? r->start : from) - SHIFT_DAYS_MAX;
	for (int n = 0; n < PERIODS_MAX + 2 * SHIFT_DAYS_MAX; n++) {
		day_t raw = plain(r, base, n), day;

		if (raw == DAY_NONE || (r->end != DAY_NONE && raw > r->end))
			break;
		if (!belongs(r, raw))
			continue;
		day = shifted(r, h, raw);
		if (day >= from && (best == DAY_NONE || day < best))
			best = day;
		if (best != DAY_NONE && raw > best + SHIFT_DAYS_MAX)
			break;
	}
	return best;
}
