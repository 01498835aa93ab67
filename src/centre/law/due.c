/* When a duty is due. */
#include "centre/law/law.h"

static const char *const unit_names[] = {"at_once", "hours", "days", "business_days", "months", "unknown"};

const char *law_unit_name(enum law_unit unit)
{
	return unit_names[unit];
}

/* Offices rest over the turn of the year (Act on Holidays of Administrative Organs, art. 1). */
static bool is_open(const struct holidays *h, day_t day)
{
	struct day_parts p = day_split(day);

	return is_business_day(h, day) && !(p.month == 12 && p.day >= 29) && !(p.month == 1 && p.day <= 3);
}

static day_t months_later(day_t day, uint32_t months)
{
	struct day_parts p = day_split(day);
	int month = p.month - 1 + (int)(months % 1200), length;

	p.year += month / 12;
	p.month = month % 12 + 1;
	if (p.year > DAY_YEAR_MAX)
		return day;
	length = day_month_length(p.year, p.month);
	return day_of(p.year, p.month, p.day < length ? p.day : length);
}

static day_t last_day(const struct law_deadline *d, const struct law_clock *clock)
{
	day_t day = day_at(clock->start, clock->zone_min);

	if (d->unit == LAW_MONTHS)
		day = months_later(day, d->amount);
	else if (d->unit == LAW_DAYS)
		day += (day_t)d->amount - (d->first_day && d->amount ? 1 : 0);
	else
		for (uint32_t left = d->amount; left;)
			left -= is_business_day(clock->holidays, ++day);
	/* Nothing is closed for ever, and a broken calendar must not hang us. */
	for (int i = 0; d->moves && i < 31 && !is_open(clock->holidays, day); i++)
		day++;
	return day;
}

time_us law_due(const struct law_deadline *deadline, const struct law_clock *clock)
{
	switch (deadline->unit) {
	case LAW_AT_ONCE:
		return clock->start;
	case LAW_HOURS:
		return clock->start + (time_us)deadline->amount * TIME_HOUR;
	case LAW_DAYS:
	case LAW_BUSINESS_DAYS:
	case LAW_MONTHS:
		return day_begin(last_day(deadline, clock) + 1, clock->zone_min) - TIME_SECOND;
	case LAW_UNKNOWN:
	case LAW_UNIT_COUNT:
		break;
	}
	return 0;
}
