/* ability: who can do what. Joins who is named for a service (centre/people) with who has shown it (records of work),
 * and tells the single points of failure. Part of centre/build.
 *
 * A person has "shown" a service with an occasion inside the service's window. Named and shown persons are counted
 * once; a person who is away today counts as away. Only services that count and are done in-house (or by both) are
 * told.
 */
#ifndef CENTRE_BUILD_ABILITY_H
#define CENTRE_BUILD_ABILITY_H

#include "centre/build/build.h"

struct people; /* centre/people */

enum ability_risk {
	ABILITY_SAFE,     /* two or more have shown it */
	ABILITY_UNPROVEN, /* two or more are named or have shown it, fewer than two have shown it */
	ABILITY_SINGLE,   /* one person in all: a single point of failure */
	ABILITY_NOBODY,
	ABILITY_RISK_COUNT
};

struct service_ability {
	const struct fw_service *service;
	const int64_t *shown; /* accounts with an occasion inside the window */
	uint32_t shown_count;
	uint32_t named; /* owner and deputies who have not left */
	uint32_t all;   /* different persons, named or shown */
	uint32_t away;  /* of them, today */
	enum ability_risk risk;
};

struct ability {
	struct service_ability *services; /* in the framework's order */
	uint32_t count;
	uint32_t risks[ABILITY_RISK_COUNT];
};

struct ability_query {
	const struct portfolio *portfolio;
	const struct people *people;
	time_us now;
};
int ability_load(struct db *db, struct scope scope, const struct ability_query *query, struct arena *a,
		 struct ability *ret, struct err *e) MUST_CHECK;
bool ability_shown(const struct service_ability *s, int64_t account_id);

#endif
