/* work: what was done, by whom, for which service of the catalogue. The product's one idea has this one room.
 *
 * Every piece of work in Noroshi is work of one of the services: an alert judged is B-1 work, a containment D-4, an
 * answered enquiry B-4. Rooms of both wings call work_record in the same transaction as the deed itself, so a deed and
 * its record stand or fall together. centre/build reads the records as evidence of ability. Invariants: a record is
 * never changed or removed. `work_person` (who did work of which service, how often, last when) is kept in the same
 * transaction, so a page over all services reads a few rows per person, not the records. People are counted by user;
 * work of the program itself (user_id 0) is kept, and counts as nobody's ability. Tenant: the actor's organisation. The
 * caller has checked the permission and appends to the audit trail.
 */
#ifndef CRAFT_WORK_WORK_H
#define CRAFT_WORK_WORK_H

#include "base/arena.h"
#include "craft/work/services.h"
#include "guard/guard.h"

#define WORK_SERVICE_MAX 32u    /* bytes: "B-1", or an organisation's own id */
#define WORK_ACTION_MAX 64u     /* bytes: "alert.verdict", as in the audit trail */
#define WORK_OBJECT_MAX 128u    /* bytes: "alert:17"; empty for work outside the program */
#define WORK_RESULT_MAX 1000u   /* bytes */
#define WORK_PAGE_MAX 200u      /* records of one page */
#define WORK_PEOPLE_MAX 100000u /* persons times services times kinds of occasion */

/* Occasions count equally as evidence (X.1060 speaks of ability, not of volume). X(symbol, "name") */
#define WORK_OCCASIONS(X)                                                                                     \
	X(OCCASION_REAL, "real")                                                                              \
	X(OCCASION_EXERCISE, "exercise")         /* E-6, E-7 */                                               \
	X(OCCASION_WALK_THROUGH, "walk_through") /* a procedure gone through and signed by a second person */ \
	X(OCCASION_TRAINING, "training")         /* I-2 */

enum occasion {
#define WORK_ENUM(symbol, name) symbol,
	WORK_OCCASIONS(WORK_ENUM)
#undef WORK_ENUM
		OCCASION_COUNT
};

const char *occasion_name(enum occasion o); /* words key "work.occasion.<name>" */
bool occasion_parse(str name, enum occasion *ret);

struct work {
	str service;               /* "B-1" */
	str action;                /* what was done, as in the audit trail: "alert.verdict" */
	str object;                /* to what: "alert:17", "incident:3"; empty when it is not a record here */
	enum occasion occasion;    /* real work unless said otherwise */
	int64_t procedure_version; /* id of the procedure version worked by, 0 = none */
	time_us started, ended;    /* ended >= started; equal when a moment */
	time_us recorded;          /* when it was entered; 0 = at `ended` */
	str result;                /* short outcome: "true_positive", "contained"; free text when entered by hand */
};

/* Inside the caller's transaction (CHECK). db_last_id is the record's id afterwards.
 * ERR_RANGE err.work.* with path = field when a value breaks a limit or ends before it starts. */
int work_record(struct db *db, const struct actor *who, const struct work *work, struct err *e) MUST_CHECK;

/* One record as listed. */
struct work_row {
	int64_t id;
	struct work work;
	int64_t user_id;
	str user_name;
};

/* Where the next page starts: zeroed for the first page. */
struct work_cursor {
	time_us ended;
	int64_t id;
};

/* Newest first, at most WORK_PAGE_MAX rows; `service` empty = all services. */
struct work_list {
	struct work_row *rows;
	uint32_t count;
	struct work_cursor next; /* id 0 = this was the last page */
};
int work_list(struct db *db, struct scope scope, str service, struct work_cursor from, struct arena *a,
	      struct work_list *ret, struct err *e) MUST_CHECK;

/* Who did work of a service on which kind of occasion: rows for all services, ordered by service, then user. */
struct work_person {
	str service;
	int64_t user_id; /* 0 = the program */
	enum occasion occasion;
	int64_t count;
	time_us first, last; /* `ended` of the first and the last record */
};
int work_people(struct db *db, struct scope scope, struct arena *a, struct work_person **ret, uint32_t *ret_count,
		struct err *e) MUST_CHECK;

#endif
