/* people: who works in the security response: teams, persons, who is named for which service, skills, absence.
 *
 * A person may be without a login (account_id 0): a plant's contact, somebody who is only called. What shows ability is
 * the record of work, which a login makes; being named owner or deputy is a plan. Privacy: skills, absence and names
 * are for those who lead (actor_may_see_people), for the lead of the person's own team, and for the person; everybody
 * else gets counts. No reason of an absence is kept. A team's lead, a person's team and account are of the same
 * organisation. Writes are work of A-7 (resource management), each in one transaction with its audit row; the caller
 * has checked the permission. Errors: ERR_RANGE err.people.* or err.record.* with path = field, ERR_CONFLICT
 * err.people.changed / .twice, ERR_NOT_FOUND err.people.unknown.
 */
#ifndef CENTRE_PEOPLE_PEOPLE_H
#define CENTRE_PEOPLE_PEOPLE_H

#include "base/arena.h"
#include "craft/words/words.h"
#include "guard/guard.h"

#define PEOPLE_MAX 1000u /* persons of one organisation */
#define PEOPLE_TEAMS_MAX 200u
#define PEOPLE_PARTS_MAX 10000u /* owners and deputies of all services */
#define PEOPLE_DEPUTIES_MAX 20u /* of one service */
#define PEOPLE_NAME_MAX 200u    /* bytes */
#define PEOPLE_SKILLS_MAX 2000u /* bytes of a person's list */
#define PEOPLE_ABSENCE_DAYS_MAX 800

struct team {
	int64_t id, version; /* 0, 0 = a new one */
	str name;
	int64_t lead_id; /* a person, 0 = none */
};

struct person {
	int64_t id, version;
	int64_t account_id; /* the login, 0 = none */
	str name;
	int64_t team_id; /* 0 = none */
	str skills;      /* ids of content/skills.yaml */
	bool is_active;  /* false: has left; keeps its past */
};

enum service_part { PART_OWNER, PART_DEPUTY };

struct person_part { /* who is named for a service */
	str service;
	int64_t person_id;
	enum service_part part;
};

struct absence {
	int64_t id, person_id;
	time_us from, to;
};

/* Everything about the people of one organisation: four queries. */
struct people {
	struct team *teams;
	uint32_t team_count;
	struct person *persons; /* active ones first, by name */
	uint32_t person_count;
	struct person_part *parts; /* by service, the owner first */
	uint32_t part_count;
	struct absence *absences; /* that are not over */
	uint32_t absence_count;
	time_us now;
};
int people_load(struct db *db, struct scope scope, time_us now, struct arena *a, struct people *ret,
		struct err *e) MUST_CHECK;

const struct person *people_person(const struct people *p, int64_t id);
const struct person *people_of_account(const struct people *p, int64_t account_id);
const struct team *people_team(const struct people *p, int64_t id);
bool people_is_away(const struct people *p, int64_t person_id);
/* May the actor read this person's name and what belongs to it? */
bool people_may_name(const struct people *p, const struct actor *who, const struct person *person);

int team_save(struct db *db, const struct actor *who, const struct team *t, time_us now, int64_t *ret_id,
	      struct err *e) MUST_CHECK;
int person_save(struct db *db, const struct actor *who, const struct person *p, time_us now, int64_t *ret_id,
		struct err *e) MUST_CHECK;

/* Names the owner (0 = nobody) and the deputies of a service; whoever was named before is not any more. The caller has
 * checked that there is such a service. */
struct service_people {
	str service;
	int64_t owner_id;
	int64_t deputies[PEOPLE_DEPUTIES_MAX];
	uint32_t deputy_count;
};
int service_people_set(struct db *db, const struct actor *who, const struct service_people *s, time_us now,
		       struct err *e) MUST_CHECK;

int absence_add(struct db *db, const struct actor *who, const struct absence *absence, time_us now, int64_t *ret_id,
		struct err *e) MUST_CHECK;
int absence_remove(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;

/* ---- skills: content/skills.yaml ---- */

struct skill {
	str id; /* "soc-analyst" */
	str name[LANG_COUNT];
	str source; /* "NICE PD-WRL-001", "SecBoK" */
};
struct skill_list {
	struct skill *items;
	uint32_t count;
};
#define SKILLS_MAX 200u
/* ERR_PARSE err.people.skills with path, line and column. */
int skills_load(str data_folder, struct arena *a, struct skill_list *ret, struct err *e) MUST_CHECK;
const struct skill *skill_find(const struct skill_list *list, str id);

#endif
