/* criteria: what the centre has agreed about judging and acting, as versioned tables that the river uses.
 *
 * Two kinds. Triage criteria (X.1060 A-9): what value of the asset and confidence add to the severity of a rule, and
 * within what time an alert of each priority is acknowledged. Action policies: which action is allowed in which
 * state of an incident, from which severity on, who decides it, within what time, and whether the owner of the system
 * must consent. A version is a draft until somebody who may (criteria.approve) puts it in force; that retires the one
 * before, whose body stays as it was (a trigger of the schema holds it). Version 0 is the built-in first edition: it is
 * in force until an organisation has one of its own. Both wings read; writing is work of.
 */
#ifndef CRAFT_CRITERIA_CRITERIA_H
#define CRAFT_CRITERIA_CRITERIA_H

#include "base/arena.h"
#include "guard/guard.h"

#define TRIAGE_STEPS 3  /* of an asset's value and of confidence: low, medium, high */
#define TRIAGE_LEVELS 5 /* of severity and priority: 1 informational … 5 critical */
#define TRIAGE_ADJUST_MAX 4
#define CRITERIA_MINUTES_MAX (60 * 24 * 30)
#define POLICY_MAX 60u       /* actions of one version */
#define POLICY_TEXT_MAX 400u /* bytes of a name or a remark */
#define CRITERIA_NOTE_MAX 2000u
#define CRITERIA_LIST_MAX 100u
#define CRITERIA_BODY_MAX (64u << 10)

enum criteria_kind { CRITERIA_TRIAGE, CRITERIA_ACTION, CRITERIA_KIND_COUNT };
const char *criteria_kind_name(enum criteria_kind kind); /* "triage", "action"; words key "criteria.kind.<name>" */
bool criteria_kind_parse(str name, enum criteria_kind *ret);
const char *criteria_kind_service(enum criteria_kind kind); /* "A-9", "A-10" */

enum criteria_state { CRITERIA_DRAFT, CRITERIA_IN_FORCE, CRITERIA_RETIRED, CRITERIA_STATE_COUNT };
const char *criteria_state_name(enum criteria_state state); /* words key "criteria.state.<name>" */

/* ---- triage ---- */

struct triage_table {
	int adjust[TRIAGE_STEPS][TRIAGE_STEPS]; /* [value - 1][confidence - 1], added to the severity */
	int acknowledge_min[TRIAGE_LEVELS];     /* [priority - 1]; 0 = no limit */
};
extern const struct triage_table triage_first_edition;
/* 1 … 5. level 1…5, value and confidence 1…3 (CHECK). */
unsigned triage_priority(const struct triage_table *t, unsigned level, unsigned asset_value, unsigned confidence);
/* What is in force, and its number. One indexed query. */
int triage_in_force(struct db *db, struct scope scope, struct triage_table *ret, int64_t *ret_number,
		    struct err *e) MUST_CHECK;

/* ---- actions ---- */

struct policy {
	str id;           /* "isolate_host" */
	str name;         /* empty: the words key "criteria.action.<id>" */
	str states;       /* of an incident, separated by blanks: "contain eradicate" */
	int severity_min; /* 1 … 5 */
	str decider;      /* a role's name */
	int minutes;      /* to decide within; 0 = no limit */
	bool consent;     /* of the owner of the system */
	str remark;
};
struct policy_table {
	struct policy *rows;
	uint32_t count;
};
int policy_in_force(struct db *db, struct scope scope, struct arena *a, struct policy_table *ret, int64_t *ret_number,
		    struct err *e) MUST_CHECK;
/* Is this action for an incident in that state, with that severity? */
bool policy_applies(const struct policy *p, str state, unsigned severity);

/* ---- versions ---- */

struct criteria {
	int64_t id, number, changes; /* changes: to be named by the next save */
	enum criteria_kind kind;
	enum criteria_state state;
	struct triage_table triage; /* of CRITERIA_TRIAGE */
	struct policy_table policy; /* of CRITERIA_ACTION */
	str note;
	str created_by, approved_by;
	time_us created_at, approved_at, retired_at;
};
/* The one in force; number 0, id 0 = the first edition. */
int criteria_current(struct db *db, struct scope scope, enum criteria_kind kind, struct arena *a, struct criteria *ret,
		     struct err *e) MUST_CHECK;
int criteria_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct criteria *ret,
		  struct err *e) MUST_CHECK;
struct criteria_list {
	struct criteria *items; /* newest first */
	uint32_t count;
};
int criteria_list(struct db *db, struct scope scope, enum criteria_kind kind, struct arena *a,
		  struct criteria_list *ret, struct err *e) MUST_CHECK;

/* A new draft (id 0) or a changed one, in a transaction of its own. ERR_RANGE err.criteria.* with path = field;
 * ERR_CONFLICT err.criteria.changed. */
int criteria_save(struct db *db, const struct actor *who, const struct criteria *c, time_us now, int64_t *ret_id,
		  struct err *e) MUST_CHECK;
/* ERR_WRONG_STATE err.criteria.state unless it is a draft; ERR_CONFLICT when it changed since `changes` was read. */
int criteria_approve(struct db *db, const struct actor *who, int64_t id, int64_t changes, time_us now,
		     struct err *e) MUST_CHECK;
int criteria_drop(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;

#endif
