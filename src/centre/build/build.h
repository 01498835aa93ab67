/* build: the first process of X.1060. Which services (catalogue), who performs them (profile), how well (portfolio).
 *
 * Frameworks are content (content/frameworks, YAML): loaded and validated once into an immutable `content_index`,
 * shared by all threads. An organisation's own decisions are records: one `service_state` per service, every version
 * kept. Three figures stand side by side and never overwrite each other: the declared score (signed by somebody), the
 * score that the records of work support (evidence), and the target. Each is computed from its own source only. Scores
 * are 1..5 by table 3 of X.1060 (06/2021); averages are in hundredths of a point (`score_c`: 350 is 3.5), rounded half
 * up; SCORE_NONE is "there is none", never zero points.
 */
#ifndef CENTRE_BUILD_BUILD_H
#define CENTRE_BUILD_BUILD_H

#include "centre/build/change.h"
#include "centre/build/field.h"
#include "centre/build/framework.h"
#include "craft/work/work.h"
#include "guard/guard.h"

/* ---- scores (pure) ---- */

typedef int32_t score_c; /* hundredths of a point, 100..500; SCORE_NONE */
#define SCORE_NONE 0

/* How two scores of a service that is performed on both sides become one (ISOG-J's sheet takes the higher one). */
enum combine_rule { COMBINE_MAX, COMBINE_MIN, COMBINE_MEAN, COMBINE_COUNT };
const char *combine_rule_name(enum combine_rule rule); /* "max", "min", "mean"; words key "build.rule.<name>" */
bool combine_rule_parse(str name, enum combine_rule *ret);

/* The one score of in and out (points 1..5, 0 = not declared). A side that is not declared does not take part. */
score_c score_combine(enum combine_rule rule, uint32_t in, uint32_t out);

/* What score.c says about one service: the used score by the assignment. Unassigned counts 1 (as-is only). */
score_c score_used(enum assignment assignment, enum combine_rule rule, uint32_t in, uint32_t out);

struct score_mean { /* of the services that have a score, are not 不要 and not N/A */
	int64_t sum_c;
	uint32_t count;
};
void score_mean_add(struct score_mean *m, score_c score); /* SCORE_NONE changes nothing */
score_c score_mean_value(const struct score_mean *m);     /* SCORE_NONE when nothing was added */

/* ---- evidence (pure) ---- */

/* What a provider's reports say; report_slots and provider_facts of centre/provider tell it. */
struct evidence_reports {
	uint32_t contracts;   /* running now */
	time_us judged;       /* due day of the newest judged report, 0 = none */
	uint32_t window_days; /* how long a judged report counts: the service's window, at least two periods */
	bool content, result; /* wholly understood */
	bool nothing;         /* neither of them even in part */
	bool as_expected;
	int64_t levels_met, levels_missed;
	time_us opened;       /* due day of a newer report that was opened and not judged yet, 0 = none */
	time_us never_opened; /* due day of the newest report that was due and never opened, 0 = none */
	bool has_arrived;     /* and it lies here */
};

struct evidence_facts {
	enum assignment assignment;
	enum combine_rule rule; /* of the two sides of ASSIGN_BOTH */
	uint32_t window_days;
	time_us now;
	uint32_t people;           /* different persons with an occasion inside the window */
	time_us last;              /* last occasion of anybody, 0 = never */
	bool procedure_current;    /* a procedure in review or in force */
	bool procedure_approved;   /* and its approval by the CISO role has not expired */
	time_us procedure_expires; /* end of that approval, past or to come; 0 = never approved */
	int64_t due_missed; /* pieces of work that were due (calendar, alert, clock) inside the window and not done */
	time_us due_missed_last; /* due time of the newest of them */
	struct evidence_reports reports;
};

#define EVIDENCE_REASONS_MAX 16

/* A sentence: words key with {people} {days} {date} {count}. */
struct evidence_reason {
	const char *key;
	int64_t people, days, count;
	time_us date; /* 0 = none */
};

struct evidence {
	uint32_t score;            /* 1..5; 0 = not shown, and never a number for it */
	uint32_t side[SIDE_COUNT]; /* the same by side; `score` is both by the combine rule, rounded down */
	uint32_t people;           /* inside the window */
	int64_t records;           /* of all time */
	time_us first, last;       /* occasions; 0 = never */
	struct evidence_reason reasons[EVIDENCE_REASONS_MAX];
	uint32_t reason_count;
};

/* The highest score that the facts support, with the reasons. In-house (table 3 of X.1060, in-source column): 5 =
 * documented, approved by the CISO or equal, two people; 4 = the same without a valid approval; 3 = two people without
 * a procedure, or one with it; 2 = one person, no procedure; 1 = work was due and nobody did any since. No occasion
 * inside the window and nothing due: not shown. Outsourced: 5, 4 = content and result understood, as expected and every
 * level met, or not; 3 = not wholly understood; 2 = nothing understood; 1 = a due report never opened. */
void evidence_judge(const struct evidence_facts *facts, struct evidence *ret);
void evidence_reason_add(struct buf *out, enum lang lang, const struct evidence_reason *reason);

/* ---- decisions of an organisation ---- */

#define SERVICE_REASON_MAX 2000u /* bytes */
#define SERVICE_PARTY_MAX 200u   /* bytes of a team's or provider's name */
#define SERVICE_HISTORY_MAX 50u  /* versions of one page */

struct service_state {
	int64_t version; /* 0 = nothing saved yet; the ETag of the API */
	enum service_level level;
	str level_reason;
	enum assignment assignment;
	str team, provider, contract;
	str owner, deputies; /* names; deputies separated by commas */
	int64_t owner_id;    /* the account of that name; 0 = it is none. Set by saving */
	uint32_t area;       /* 1..4 on the map of four areas, 0 = as the framework proposes */
	bool not_applicable; /* decided not to do it: out of every average; needs a reason */
	str not_applicable_reason;
	uint32_t now[SIDE_COUNT], target[SIDE_COUNT]; /* 1..5, 0 = not declared */
	uint32_t risk;                                /* of leaving the gap: 1 low, 2 middle, 3 high; 0 = not judged */
	str gap_owner;                                /* who closes the gap, */
	time_us gap_due;                              /* and until which day (midnight UTC); 0 = none */
	str signed_by; /* who declared the present as-is scores, and when; kept while they do not change */
	time_us signed_at;
	int64_t user_id;
	str user_name; /* of this version */
	time_us changed_at;
};

/* Saves a new version in a transaction of its own, with the audit trail ("portfolio.save"). `expected` is the version
 * that was read; another one in the store: ERR_CONFLICT err.build.changed. The fields version, signed_*, user_* and
 * changed_at of `state` are ignored. ERR_RANGE with path = field for a value that is not allowed; ERR_NOT_FOUND for an
 * unknown service. *ret_version: the new version. */
struct service_change {
	const struct framework *framework;
	str service;
	int64_t expected;
	const struct service_state *state;
	time_us now;
};
int service_state_save(struct db *db, const struct actor *who, const struct service_change *change,
		       int64_t *ret_version, struct err *e) MUST_CHECK;

struct service_history {
	struct service_state *versions; /* newest first */
	uint32_t count;
};
/* Versions below `before` (0 = from the newest). */
struct history_query {
	const struct framework *framework;
	str service;
	int64_t before;
};
/* One row as it is now (version 0 when there is none) or as it was; ERR_NOT_FOUND err.build.version. */
struct state_query {
	const struct framework *framework;
	str service;
	int64_t version; /* 0 = the present one */
};
int service_state_load(struct db *db, struct scope scope, const struct state_query *query, struct arena *a,
		       struct service_state *ret, struct err *e) MUST_CHECK;
/* Has somebody else than this user written versions after `query->version`? */
int service_state_others(struct db *db, const struct actor *who, const struct state_query *query, bool *ret,
			 struct err *e) MUST_CHECK;

int service_state_history(struct db *db, struct scope scope, const struct history_query *query, struct arena *a,
			  struct service_history *ret, struct err *e) MUST_CHECK;

/* ---- the portfolio of one organisation: two queries, whatever the number of services ---- */

struct portfolio_item {
	const struct fw_service *service;
	struct service_state state;
	enum service_level level; /* the decided one, or the framework's proposal */
	bool counts;              /* neither 不要 nor N/A */
	score_c now, target, gap; /* gap = target - now when both exist */
	bool has_gap;
	struct evidence evidence;
	bool above_evidence; /* a declared score stands above the evidence of its side */
};

struct portfolio_group {
	struct score_mean now, target, evidence;
	uint32_t applicable; /* services that count */
};

struct portfolio {
	const struct framework *framework;
	enum combine_rule rule;
	struct portfolio_item *items;       /* parallel to framework.services */
	struct portfolio_group *categories; /* parallel to framework.categories */
	struct portfolio_group total;
	uint32_t at_target, with_target, above_evidence, unassigned, undecided, not_applicable;
	/* What to do first, `first_count` of them with a gap > 0: level, then gap, then risk. */
	const struct portfolio_item **first;
	uint32_t first_count;
};

struct portfolio_query {
	const struct framework *framework;
	enum combine_rule rule;
	time_us now;
};
int portfolio_load(struct db *db, struct scope scope, const struct portfolio_query *query, struct arena *a,
		   struct portfolio *ret, struct err *e) MUST_CHECK;

/* Nobody has decided anything yet: time to offer the first set-up. */
int portfolio_is_empty(struct db *db, struct scope scope, const struct framework *fw, bool *ret,
		       struct err *e) MUST_CHECK;

/* ---- work entered by hand ---- */

/* Records work that was done outside the program, as the actor's own, in a transaction of its own with the audit trail
 * ("work.enter"). action and recorded of `work` are set here. ERR_NOT_FOUND err.build.service for a service that the
 * framework does not have; ERR_RANGE err.work.* as work_record. */
struct work_entry {
	const struct framework *framework;
	struct work work;
	time_us now;
};
int service_work_enter(struct db *db, const struct actor *who, const struct work_entry *entry, int64_t *ret_id,
		       struct err *e) MUST_CHECK;

#include "centre/build/ability.h"

#endif
