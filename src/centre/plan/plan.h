/* plan: what is made of the build process: approved versions, starting proposals, the what-if of sourcing, first
 * set-up.
 *
 * An approval freezes one of the three results as a whole: its text and SHA-256 never change (triggers of the schema),
 * and what has changed since is computed against it. A proposal and a pattern are plans: they say which rows would
 * become what, and change nothing until the rows that a person chose are saved as one change (centre/build), which one
 * undo takes back. Their rules and figures are content (proposals.yaml, sourcing.yaml), marked as our judgement.
 */
#ifndef CENTRE_PLAN_PLAN_H
#define CENTRE_PLAN_PLAN_H

#include "centre/build/build.h"

/* ---- approved versions ---- */

#define APPROVAL_REMARK_MAX 1000u
#define APPROVALS_MAX 50u /* of one list */
enum approval_subject { APPROVE_CATALOGUE, APPROVE_PROFILE, APPROVE_PORTFOLIO, APPROVAL_SUBJECT_COUNT };
const char *approval_subject_name(enum approval_subject subject); /* "catalogue": words key "build.step.<name>" */
bool approval_subject_parse(str name, enum approval_subject *ret);
uint32_t approval_fields(enum approval_subject subject); /* bits of enum state_field */

struct approval {
	int64_t id, number; /* 1, 2, … per subject */
	enum approval_subject subject;
	str framework, user_name, remark, hash;
	time_us at;
	uint32_t row_count;
	str body; /* JSON; approval_load only */
};
struct approval_new {
	const struct framework *framework;
	enum approval_subject subject;
	str remark;
	time_us now;
};
/* Freezes the present. The caller holds portfolio.approve. Audit "portfolio.approve" with number and hash. */
int approval_make(struct db *db, const struct actor *who, const struct approval_new *n, int64_t *ret_id,
		  struct err *e) MUST_CHECK;
struct approval_list { /* newest first */
	struct approval *items;
	uint32_t count;
};
struct approval_query {
	str framework;
	enum approval_subject subject;
	uint32_t most;
};
int approval_list(struct db *db, struct scope scope, const struct approval_query *query, struct arena *a,
		  struct approval_list *ret, struct err *e) MUST_CHECK;
/* With its body, whose hash is checked: ERR_CORRUPT err.plan.hash. ERR_NOT_FOUND err.plan.approval. */
int approval_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct approval *ret,
		  struct err *e) MUST_CHECK;

/* One value that differs between a frozen version and the present; "" = none. */
struct approval_difference {
	str service;
	enum state_field field; /* FIELD_COUNT: the service itself came or went */
	str before, after;
};
struct approval_comparison {
	struct approval_difference *items;
	uint32_t count, rows; /* values, services */
};
int approval_compare(const struct approval *a, const struct portfolio *present, struct arena *arena,
		     struct approval_comparison *ret, struct err *e) MUST_CHECK;

/* ---- plans: rows that would change ---- */
struct plan_row {
	const struct portfolio_item *item;
	struct service_state state; /* that it would have */
	str reason[LANG_COUNT];
	bool decided; /* a person has already decided what this would change */
};
struct plan {
	struct plan_row *rows; /* in the framework's order; only those that differ */
	uint32_t count;
};
/* Which rows a person chose, with the versions that were shown. */
struct plan_choice {
	str service;
	int64_t version;
};
struct plan_apply {
	const struct framework *framework;
	const struct plan *plan;
	const struct plan_choice *choices;
	uint32_t count;
	enum change_kind kind;
	time_us now;
};
/* One change of the chosen rows; a row that is no longer as shown: ERR_CONFLICT err.build.changed, nothing saved. */
int plan_apply(struct db *db, const struct actor *who, const struct plan_apply *apply, int64_t *ret_id,
	       struct err *e) MUST_CHECK;

/* ---- starting proposals ---- */

#define PROPOSAL_SIZES 4u
#define PROPOSAL_SECTORS_MAX 16u
#define PROPOSAL_QUESTIONS_MAX 16u
struct proposal_word {
	str id;
	struct fw_text name;
};
struct proposal_question { /* "a provider watches our systems": these services go to it */
	str id;
	struct fw_text text;
	str services[FRAMEWORK_CATEGORIES_MAX];
	uint32_t service_count;
};
struct proposal_sector_rule {
	uint32_t sector;
	enum service_level level;
	struct fw_text reason;
};
struct proposal_rule {
	str service;
	enum service_level levels[PROPOSAL_SIZES];
	enum assignment assignments[PROPOSAL_SIZES];
	struct fw_text reason;
	struct proposal_sector_rule sectors[PROPOSAL_SECTORS_MAX];
	uint32_t sector_count;
};
struct proposals {
	struct proposal_word sizes[PROPOSAL_SIZES];
	struct proposal_word sectors[PROPOSAL_SECTORS_MAX];
	uint32_t sector_count;
	struct proposal_question questions[PROPOSAL_QUESTIONS_MAX];
	uint32_t question_count;
	struct proposal_rule *rules;
	uint32_t rule_count;
};
/* content/proposals.yaml, the data folder's copy first. */
int proposals_load(str data_folder, struct arena *a, struct proposals *ret, struct err *e) MUST_CHECK;

struct proposal_ask {
	uint32_t size, sector;     /* indices */
	uint32_t outsourced;       /* bits of the questions answered with yes */
	bool assignments;          /* propose who performs it, too */
	str team, provider, owner; /* named where the assignment says so; may be empty */
};
/* Rows whose proposed level or assignment differs from the present. */
int proposal_plan(const struct proposals *p, const struct proposal_ask *ask, const struct portfolio *present,
		  struct arena *a, struct plan *ret, struct err *e) MUST_CHECK;

/* ---- the what-if of sourcing ---- */

#define SOURCING_PATTERNS 4u
#define SOURCING_DAYS_MAX 100000u  /* tenths of a day a month */
#define SOURCING_FEE_MAX 10000000u /* thousands a month */
#define SOURCING_DAY_COST_MAX 10000000u
struct sourcing_figures {
	uint32_t days;  /* tenths of a person-day a month, inside */
	uint32_t fee;   /* thousands of the currency a month, outside */
	uint32_t steer; /* percent of the days that stay inside */
	bool own;       /* the organisation's figure, not the content's */
};
struct sourcing_pattern {
	str id;
	struct fw_text name, meaning;
	enum assignment areas[FRAMEWORK_AREAS];
};
struct sourcing {
	str currency;
	uint32_t day_cost, days_of_person, both_days, both_fee;
	bool own_day_cost;
	struct sourcing_pattern patterns[SOURCING_PATTERNS];
	struct sourcing_figures *figures; /* parallel to framework.services */
};
/* content/sourcing.yaml with the organisation's own figures over it. */
struct sourcing_query {
	const struct framework *framework;
	str data_folder;
};
int sourcing_load(struct db *db, struct scope scope, const struct sourcing_query *query, struct arena *a,
		  struct sourcing *ret, struct err *e) MUST_CHECK;
struct sourcing_change {
	const struct framework *framework;
	str service; /* "": the cost of a person-day, in fee (whole units) */
	struct sourcing_figures figures;
	time_us now;
};
/* ERR_RANGE err.plan.figure with path = field. Audit "sourcing.assume". */
int sourcing_save(struct db *db, const struct actor *who, const struct sourcing_change *changes, uint32_t count,
		  struct err *e) MUST_CHECK;

struct sourcing_effect {
	uint32_t by_assignment[ASSIGN_COUNT + 1]; /* services that count */
	int64_t days;                             /* tenths a month, inside */
	int64_t people;                           /* hundredths of a person */
	int64_t inside, outside, total;           /* a year, whole units */
};
/* pattern NULL: the present assignments. */
void sourcing_effect(const struct sourcing *s, const struct portfolio *p, const struct sourcing_pattern *pattern,
		     struct sourcing_effect *ret);
/* The area where a service lies: the organisation's, else the framework's. */
uint32_t service_area(const struct portfolio_item *item);
/* Rows whose assignment the pattern would change; services that do not count stay. */
int sourcing_plan(const struct sourcing_pattern *pattern, const struct portfolio *present, struct arena *a,
		  struct plan *ret, struct err *e) MUST_CHECK;

/* ---- the first set-up ---- */

enum start_step {
	START_COMPANY,
	START_WHO,
	START_OUTSOURCED,
	START_CATALOGUE,
	START_SCORES, /* several screens */
	START_TARGET,
	START_REPORT,
	START_STEP_COUNT
};
#define START_SCORE_SCREENS_MAX 16u
#define START_SERVICES_OF_SCREEN 6u
struct start_answers {
	uint32_t screen; /* next one, 0 = company; see start_screen */
	uint32_t size, sector, outsourced;
	str team, owner, provider;
	str user_name;
	time_us started_at, changed_at; /* 0 = not begun */
};
int start_load(struct db *db, struct scope scope, const struct framework *fw, struct arena *a,
	       struct start_answers *ret, struct err *e) MUST_CHECK;
struct start_save {
	const struct framework *framework;
	const struct start_answers *answers;
	time_us now;
};
/* Audit "start.save". */
int start_save(struct db *db, const struct actor *who, const struct start_save *save, struct err *e) MUST_CHECK;

/* The screens in their order for this portfolio: the basic services that count are scored some at a time. */
struct start_screen {
	enum start_step step;
	const struct portfolio_item *items[START_SERVICES_OF_SCREEN];
	uint32_t item_count;
	uint32_t minutes_left; /* with this one; our estimate */
};
struct start_screens {
	struct start_screen list[START_STEP_COUNT + START_SCORE_SCREENS_MAX];
	uint32_t count;
};
void start_screens(const struct portfolio *p, struct start_screens *ret);
/* Every basic service that counts aims at `points` on the sides that it is performed on; others stay. */
int start_targets(const struct portfolio *p, uint32_t points, struct arena *a, struct plan *ret,
		  struct err *e) MUST_CHECK;

#endif
