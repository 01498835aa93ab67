/* oncall: who is called now, in which order, by which means, and where nobody would answer.
 *
 * A rotation is people in an order who take turns of whole weeks. It has a level (1 is called first, then 2, …) and
 * layers: business hours, nights, weekends, Japanese holidays. Whoever is called is computed, never stored: the turn by
 * the calendar, unless a swap says somebody else for once; who is away (centre/people) is skipped and the next one in
 * the order stands in. Where nobody is left that is a gap, and every page says so. Times are those of the
 * organisation's zone. Addresses and names are for people who work with them (oncall_may_see). Writes are one
 * transaction with audit row and record of work; the caller has checked the permission. Errors: ERR_RANGE err.oncall.*
 * or err.record.* with path = field, ERR_CONFLICT err.oncall.changed, ERR_NOT_FOUND err.oncall.unknown, ERR_LIMIT
 * err.oncall.many.
 */
#ifndef CENTRE_ONCALL_ONCALL_H
#define CENTRE_ONCALL_ONCALL_H

#include "centre/people/people.h"
#include "craft/calendar/calendar.h"

#define ONCALL_ROTATIONS_MAX 20u
#define ONCALL_MEMBERS_MAX 30u /* of one rotation */
#define ONCALL_SWAPS_MAX 500u
#define ONCALL_CONTACTS_MAX 2000u
#define ONCALL_LEVELS_MAX 5
#define ONCALL_TURN_WEEKS_MAX 12
#define ONCALL_NAME_MAX 200u
#define ONCALL_ADDRESS_MAX 300u
#define ONCALL_REASON_MAX 1000u
#define ONCALL_SWAP_DAYS_MAX 60
#define ONCALL_CHECK_DAYS 90     /* a means that was not tried for so long may be dead */
#define ONCALL_SPAN_DAYS_MAX 130 /* of one computation */

/* X(symbol, "name") words key "oncall.layer.<name>" */
enum oncall_layer { LAYER_DAY, LAYER_NIGHT, LAYER_WEEKEND, LAYER_HOLIDAY, LAYER_COUNT };
const char *oncall_layer_name(enum oncall_layer layer);
bool oncall_layer_parse(str name, enum oncall_layer *ret);

struct oncall_rotation {
	int64_t id, version; /* 0, 0 = a new one */
	str name;
	int level;            /* 1 … ONCALL_LEVELS_MAX */
	unsigned layers;      /* bit per enum oncall_layer, at least one */
	int day_from, day_to; /* minutes of the day: outside of them it is night */
	int turn_weeks, handover_weekday, handover_min;
	day_t start; /* turns are counted from the handover on or before this day; before it there is no turn */
	bool is_active;
	int64_t members[ONCALL_MEMBERS_MAX]; /* persons, in their order */
	uint32_t member_count;
};
struct oncall_swap {
	int64_t id, rotation_id, person_id;
	time_us from, to;
	str reason, created_by;
};
struct oncall_contact {
	int64_t id, person_id;
	str means, address; /* one of oncall_means */
	time_us checked_at; /* 0 = never */
	str checked_by;
};
extern const char *const oncall_means[]; /* "mobile", "phone", …, NULL; words key "oncall.means.<name>" */

struct oncall_plan {
	struct oncall_rotation *rotations; /* by level */
	uint32_t rotation_count;
	struct oncall_swap *swaps; /* that are not over */
	uint32_t swap_count;
	struct oncall_contact *contacts; /* by person */
	uint32_t contact_count;
	struct people people;
	const struct holidays *holidays;
	int offset_min; /* of the organisation's zone */
};
/* now: swaps and absences that ended before are not read. */
struct oncall_house {
	const struct holidays *holidays;
	int offset_min;
	time_us now;
};
int oncall_load(struct db *db, struct scope scope, const struct oncall_house *h, struct arena *a,
		struct oncall_plan *ret, struct err *e) MUST_CHECK;
bool oncall_may_see(const struct actor *who);

/* ---- who (pure) ---- */

/* X(symbol, "name") words key "oncall.why.<name>". From TURN_ALL_AWAY on nobody is called. */
enum oncall_why { TURN_PLANNED, TURN_SWAPPED, TURN_STANDS_IN, TURN_ALL_AWAY, TURN_NOBODY, TURN_UNPLANNED, TURN_COUNT };
const char *oncall_why_name(enum oncall_why why);

struct oncall_turn {
	enum oncall_why why;
	int64_t person_id;                      /* who is called, 0 = nobody */
	int64_t planned_id;                     /* whose turn it is by the order, 0 = nobody's */
	const struct oncall_rotation *rotation; /* NULL: TURN_UNPLANNED */
};
/* What kind of time it is for a rotation. */
enum oncall_layer oncall_layer_at(const struct oncall_plan *p, const struct oncall_rotation *r, time_us t);
/* The first active rotation of the level whose layers have this time decides. */
struct oncall_turn oncall_at(const struct oncall_plan *p, int level, time_us t);
bool oncall_is_gap(const struct oncall_turn *turn);
int oncall_levels(const struct oncall_plan *p); /* the highest level of an active rotation, at least 1 */

struct oncall_span {
	time_us from, to;
	struct oncall_turn turn;
};
struct oncall_spans {
	struct oncall_span *items; /* without holes, in order */
	uint32_t count;
};
/* Who is called from `from` until `to`, at most ONCALL_SPAN_DAYS_MAX. */
int oncall_spans(const struct oncall_plan *p, int level, const time_us window[2], struct arena *a,
		 struct oncall_spans *ret, struct err *e) MUST_CHECK;

/* ---- changes ---- */

int oncall_rotation_save(struct db *db, const struct actor *who, const struct oncall_rotation *r, time_us now,
			 int64_t *ret_id, struct err *e) MUST_CHECK;
int oncall_swap_add(struct db *db, const struct actor *who, const struct oncall_swap *s, time_us now, int64_t *ret_id,
		    struct err *e) MUST_CHECK;
int oncall_swap_remove(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;
int oncall_contact_add(struct db *db, const struct actor *who, const struct oncall_contact *c, time_us now,
		       int64_t *ret_id, struct err *e) MUST_CHECK;
int oncall_contact_remove(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;
/* Somebody answered there now. */
int oncall_contact_check(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;

#endif
