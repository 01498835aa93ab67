/* evaluate: the third process of X.1060. What was decided is looked at again, and what was seen is kept.
 *
 * A round has a start and a deadline and goes open → review → signed by the table round_moves. In review, each result
 * of the build process (catalogue, profile, portfolio) is reviewed by somebody, with a date and a remark; reasons to
 * look again (X.1060 clause 11: business, threats, law, an incident, a provider that changes) are noted with the round.
 * The CISO role signs; in the same transaction a snapshot of all services is taken. A snapshot is whole and immutable
 * (triggers of the schema, sql/schema/0020_evaluate.sql): declared, evidence and target of each service, names and
 * edition of the framework, the rule of combination, and the sums of each category, so that nothing is computed again.
 * A comparison takes any two pictures; the present portfolio is a picture too (snapshot_of). Evaluation is itself work
 * of the catalogue: reviews of catalogue and portfolio, signing and finished actions are work of A-11 (quality
 * management: measures the centre's own work and improves it), the review of the profile is work of A-7 (resource
 * management). That assignment is our judgement. Every write has a transaction of its own with its audit row.
 * Permission to call is the door's matter, except for moves, whose permission depends on the state: round_step checks
 * it.
 */
#ifndef CENTRE_EVALUATE_EVALUATE_H
#define CENTRE_EVALUATE_EVALUATE_H

#include "centre/build/build.h"
#include "centre/evaluate/action.h"
#include "centre/evaluate/ask.h"
#include "centre/evaluate/group.h"

#define EVALUATE_ROUNDS_MAX 100u /* of one list, newest first */
#define EVALUATE_SNAPSHOTS_MAX 60u
#define EVALUATE_TRIGGERS_MAX 50u /* of one round */

/* ---- rounds ---- */

enum round_state { ROUND_OPEN, ROUND_REVIEW, ROUND_SIGNED, ROUND_STATE_COUNT };
enum review_subject { REVIEW_CATALOGUE, REVIEW_PROFILE, REVIEW_PORTFOLIO, REVIEW_COUNT };
enum review_outcome { OUTCOME_KEPT, OUTCOME_CHANGED, OUTCOME_COUNT };
enum trigger_kind { TRIGGER_BUSINESS, TRIGGER_THREAT, TRIGGER_LAW, TRIGGER_INCIDENT, TRIGGER_PROVIDER, TRIGGER_COUNT };

/* "open", …; words keys "evaluate.state.<name>", "evaluate.review.<name>", "evaluate.outcome.<name>",
 * "evaluate.trigger.<name>". */
const char *round_state_name(enum round_state state);
bool round_state_parse(str name, enum round_state *ret);
const char *review_subject_name(enum review_subject subject);
bool review_subject_parse(str name, enum review_subject *ret);
const char *review_outcome_name(enum review_outcome outcome);
bool review_outcome_parse(str name, enum review_outcome *ret);
const char *trigger_kind_name(enum trigger_kind kind);
bool trigger_kind_parse(str name, enum trigger_kind *ret);

/* The table of moves: who may move a round from where to where. */
struct round_move {
	enum round_state from, to;
	enum permission permission;
	bool needs_reviews;  /* all three are done */
	bool clears_reviews; /* what was seen is to be looked at again */
	const char *action;  /* of the audit trail; words key "evaluate.move.<from>.<to>" */
};
const struct round_move *round_moves(size_t *ret_count);
const struct round_move *round_move_find(enum round_state from, enum round_state to); /* NULL: no such move */

struct round_review {
	bool is_done;
	enum review_outcome outcome;
	str remark, reviewer;
	int64_t user_id;
	time_us at;
};

struct round_trigger {
	enum trigger_kind kind;
	str remark, user_name;
	time_us at;
};

struct round {
	int64_t id, version;
	str name, framework;
	enum combine_rule rule;
	enum round_state state;
	time_us start, deadline;
	str created_by;
	time_us created_at;
	str signed_by; /* empty until signed */
	time_us signed_at;
	int64_t snapshot_id; /* 0 until signed */
	uint32_t reviews_done;
	struct round_review reviews[REVIEW_COUNT]; /* round_load only */
	struct round_trigger *triggers;            /* round_load only, oldest first */
	uint32_t trigger_count;
};

struct round_new {
	const struct framework *framework;
	enum combine_rule rule;
	str name;
	time_us start, deadline, now; /* deadline > start */
};
int round_create(struct db *db, const struct actor *who, const struct round_new *n, int64_t *ret_id,
		 struct err *e) MUST_CHECK;

/* Moves a round by the table. ERR_WRONG_STATE err.evaluate.move when the table has no such move, err.evaluate.reviews
 * when a review is missing; ERR_DENIED err.evaluate.denied without the move's permission; ERR_CONFLICT
 * err.evaluate.changed when somebody was faster. Signing takes the snapshot. */
struct round_step {
	const struct framework *framework; /* the round's own */
	int64_t id, expected;              /* expected: the version that was read */
	enum round_state to;
	time_us now;
};
int round_step(struct db *db, const struct actor *who, const struct round_step *step, struct err *e) MUST_CHECK;

/* A review, again in place of an earlier one of this subject; only in review (ERR_WRONG_STATE). */
struct review_entry {
	int64_t round_id;
	enum review_subject subject;
	enum review_outcome outcome;
	str remark;
	time_us now;
};
int round_review_save(struct db *db, const struct actor *who, const struct review_entry *r, struct err *e) MUST_CHECK;

/* A reason to look again; until the round is signed (ERR_WRONG_STATE). */
struct trigger_entry {
	int64_t round_id;
	enum trigger_kind kind;
	str remark;
	time_us now;
};
int round_trigger_add(struct db *db, const struct actor *who, const struct trigger_entry *entry,
		      struct err *e) MUST_CHECK;

struct round_list {
	struct round *rounds;
	uint32_t count;
};
int round_list(struct db *db, struct scope scope, struct arena *a, struct round_list *ret, struct err *e) MUST_CHECK;
/* With reviews and triggers. ERR_NOT_FOUND err.evaluate.round. */
int round_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct round *ret,
	       struct err *e) MUST_CHECK;

/* How far the answers are (pure). */
struct round_progress {
	uint32_t services;                          /* of the framework */
	uint32_t level_decided;                     /* of services */
	uint32_t applicable;                        /* services that count */
	uint32_t assignment_decided, scored, aimed; /* of applicable */
	uint32_t changed;                           /* saved since the round's start, of services */
};
struct round_progress round_progress(const struct portfolio *p, time_us start);

/* ---- snapshots ---- */

struct snapshot_service {
	str id, category;
	struct fw_text name;
	enum service_level level; /* the one that counted */
	bool counts;
	struct service_state state; /* version, decided level, assignment, declared and target points, who signed */
	score_c now, target;
	uint32_t evidence, evidence_people; /* evidence 0: was not shown */
	int64_t evidence_records;
	time_us evidence_last;
};

struct snapshot_category {
	str id;
	struct fw_text name;
	struct portfolio_group group;
};

struct snapshot {
	int64_t id, round_id; /* 0: the present; no round */
	str name, framework, edition;
	enum combine_rule rule;
	time_us taken_at;
	str taken_by;
	bool is_signed;
	struct portfolio_group total;
	uint32_t at_target, with_target, above_evidence, unassigned, undecided;
	uint32_t service_count, category_count;
	struct snapshot_service *services; /* NULL in lists */
	struct snapshot_category *categories;
};

/* The present as a picture; texts are shared with the portfolio. */
int snapshot_of(const struct portfolio *p, struct arena *a, struct snapshot *ret, struct err *e) MUST_CHECK;

struct snapshot_new {
	const struct framework *framework;
	enum combine_rule rule;
	str name;
	time_us now;
};
/* A named snapshot on demand. ERR_RANGE err.evaluate.name. */
int snapshot_take(struct db *db, const struct actor *who, const struct snapshot_new *n, int64_t *ret_id,
		  struct err *e) MUST_CHECK;

struct snapshot_list { /* newest first, without services and categories */
	struct snapshot *items;
	uint32_t count;
};
int snapshot_list(struct db *db, struct scope scope, str framework, struct arena *a, struct snapshot_list *ret,
		  struct err *e) MUST_CHECK;
/* Three queries. ERR_NOT_FOUND err.evaluate.snapshot. */
int snapshot_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct snapshot *ret,
		  struct err *e) MUST_CHECK;

/* ---- comparison (pure) ---- */

enum difference {
	DIFFERS_LEVEL = 1 << 0,
	DIFFERS_ASSIGNMENT = 1 << 1, /* who performs it, the party, or N/A */
	DIFFERS_NOW = 1 << 2,
	DIFFERS_TARGET = 1 << 3,
	DIFFERS_EVIDENCE = 1 << 4,
	DIFFERS_PRESENCE = 1 << 5, /* only one of the two has this service */
};

struct service_difference {
	const struct snapshot_service *a, *b; /* one may be NULL */
	unsigned differs;                     /* bits of enum difference, never 0 */
};

struct category_difference { /* of every category of either, whether it differs or not */
	const struct snapshot_category *a, *b;
	bool differs;
};

struct comparison {
	const struct snapshot *a, *b;
	struct service_difference *services; /* only those that differ, in b's order, then what only a has */
	uint32_t count;
	struct category_difference *categories;
	uint32_t category_count;
	uint32_t up, down; /* services whose declared score rose, fell */
	bool rules_differ; /* rule or framework edition is another: figures do not compare one to one */
};
int snapshot_compare(const struct snapshot *a, const struct snapshot *b, struct arena *arena, struct comparison *ret,
		     struct err *e) MUST_CHECK;

#endif
