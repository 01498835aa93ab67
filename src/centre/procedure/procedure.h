/* procedure: how a service is done, written down. Documents in Markdown with versions, approval and review date.
 *
 * A version goes draft → review → approved → superseded (by the next approved one) or withdrawn; only a draft is
 * edited, one open version (draft or review) at a time, and from its approval on a version's title, services and text
 * are never changed (the store refuses it too). Approval is by the CISO role (PERM_PORTFOLIO_APPROVE, checked by the
 * caller) and has an end, the review date: an approval that has ended leaves the procedure in force but not approved;
 * approving the same version again renews it. Rubric of X.1060 (table 3): "documented" is a version in review or
 * approved, "approved" one whose approval has not ended. A walk-through is a person going through the steps of a
 * version; when a second person signs it, it becomes an occasion (craft/work) of the walker for each linked service.
 * Writing and approving are work of A-11 (quality management), not of the services described. Every write stands in one
 * transaction with its audit row. Errors: ERR_RANGE err.procedure.* or err.record.* with path = field, ERR_CONFLICT
 * err.procedure.changed, ERR_WRONG_STATE err.procedure.state, ERR_NOT_FOUND err.procedure.unknown.
 */
#ifndef CENTRE_PROCEDURE_PROCEDURE_H
#define CENTRE_PROCEDURE_PROCEDURE_H

#include "craft/work/work.h"
#include "guard/guard.h"

#define PROCEDURES_MAX 1000u        /* of one organisation */
#define PROCEDURE_VERSIONS_MAX 500u /* of one procedure */
#define PROCEDURE_TITLE_MAX 300u    /* bytes */
#define PROCEDURE_NOTE_MAX 1000u    /* bytes: what changed, and the remark of a walk-through */
#define PROCEDURE_SERVICES_MAX 1000u
#define PROCEDURE_WALKS_MAX 200u
#define PROCEDURE_EXPIRY_DAYS_MAX 1100 /* three years and a little */

/* X(symbol, "name"): words key "procedure.state.<name>" */
#define PROCEDURE_STATES(X)                   \
	X(PROCEDURE_DRAFT, "draft")           \
	X(PROCEDURE_REVIEW, "review")         \
	X(PROCEDURE_APPROVED, "approved")     \
	X(PROCEDURE_SUPERSEDED, "superseded") \
	X(PROCEDURE_WITHDRAWN, "withdrawn")

enum procedure_state {
#define PROCEDURE_ENUM(symbol, name) symbol,
	PROCEDURE_STATES(PROCEDURE_ENUM)
#undef PROCEDURE_ENUM
		PROCEDURE_STATE_COUNT
};
const char *procedure_state_name(enum procedure_state s);
bool procedure_state_parse(str name, enum procedure_state *ret);

struct procedure {
	int64_t id; /* of this version: what a record of work names */
	int64_t procedure_id, number;
	int64_t row_version; /* the ETag */
	enum procedure_state state;
	str title;
	str services; /* "B-1 B-3": craft/work/services.h */
	str body;     /* Markdown; empty in lists */
	str note;     /* what changed */
	str author;
	time_us created, changed;
	str state_by;
	time_us state_at;
	str approved_by;
	time_us approved, expires; /* 0 = never */
	bool has_open;             /* in lists: a newer draft or review stands beside it */
};
bool procedure_is_expired(const struct procedure *p, time_us now); /* approved once, and the review date has passed */

struct procedure_list {
	struct procedure *items;
	uint32_t count;
};
/* One row per procedure: the version in force, else the newest; without the text. */
int procedure_list(struct db *db, struct scope scope, struct arena *a, struct procedure_list *ret,
		   struct err *e) MUST_CHECK;
/* Every version with its text, newest first; ERR_NOT_FOUND when there is none. */
int procedure_versions(struct db *db, struct scope scope, int64_t procedure_id, struct arena *a,
		       struct procedure_list *ret, struct err *e) MUST_CHECK;
int procedure_get(struct db *db, struct scope scope, int64_t version_id, struct arena *a, struct procedure *ret,
		  struct err *e) MUST_CHECK;

/* A new procedure (procedure_id 0), a new version (id 0) or a change of a draft (id and row_version as read). */
struct procedure_text {
	int64_t procedure_id, id, row_version;
	str title, services, body, note; /* services: as services_read gave it */
};
int procedure_write(struct db *db, const struct actor *who, const struct procedure_text *t, time_us now,
		    int64_t *ret_version_id, struct err *e) MUST_CHECK;

struct procedure_move {
	int64_t id, row_version;
	enum procedure_state to;
	time_us expires; /* to PROCEDURE_APPROVED: the review date */
};
bool procedure_may_become(enum procedure_state from, enum procedure_state to);
/* Approving an approved version renews its approval. */
int procedure_move(struct db *db, const struct actor *who, const struct procedure_move *m, time_us now,
		   struct err *e) MUST_CHECK;

/* ---- walk-throughs ---- */

struct procedure_walk {
	int64_t id, version_id, walker_id, signer_id;
	str walker, signer, remark;
	time_us walked, signed_at; /* 0 = not signed yet */
};
struct walk_list {
	struct procedure_walk *items;
	uint32_t count;
};
int procedure_walks(struct db *db, struct scope scope, int64_t procedure_id, struct arena *a, struct walk_list *ret,
		    struct err *e) MUST_CHECK;
/* The actor went through a version in review or in force. */
struct walk_new {
	int64_t version_id;
	time_us walked;
	str remark;
};
int procedure_walk_add(struct db *db, const struct actor *who, const struct walk_new *new, time_us now, int64_t *ret_id,
		       struct err *e) MUST_CHECK;
/* Another person than the walker: else ERR_DENIED err.procedure.own_walk. */
int procedure_walk_sign(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;

/* ---- facts for the evidence of a service ---- */

struct procedure_facts {
	const struct procedure *current;  /* in review or in force, the best one; NULL = none */
	const struct procedure *approved; /* whose approval has not ended; NULL = none */
	time_us expired;                  /* when the approval of `current` ended, 0 = it did not */
};
void procedure_facts(const struct procedure_list *list, str service, time_us now, struct procedure_facts *ret);

/* ---- what changed between two versions ---- */

enum diff_kind { DIFF_SAME, DIFF_REMOVED, DIFF_ADDED };
struct diff_line {
	enum diff_kind kind;
	str text;
	uint32_t old_line, new_line; /* 1-based; 0 = not on that side */
};
struct diff {
	struct diff_line *lines;
	uint32_t count;
	bool is_rough; /* too large for the shortest difference: the middle is shown as removed and added */
};
#define DIFF_CELLS_MAX (2u << 20) /* lines × lines between the common head and tail */
int diff_lines(str before, str after, struct arena *a, struct diff *ret, struct err *e) MUST_CHECK;

/* ---- templates: content/procedures/<id>.<lang>.md, which begins with "title:" and "services:" lines up to "---" ----
 */

struct procedure_template {
	str id, title, services, body;
};
struct template_list {
	struct procedure_template *items;
	uint32_t count;
};
#define PROCEDURE_TEMPLATES_MAX 100u
/* Of one language ("ja"). ERR_PARSE err.procedure.template with path and what was expected. */
int procedure_templates(str data_folder, str lang, struct arena *a, struct template_list *ret,
			struct err *e) MUST_CHECK;

#endif
