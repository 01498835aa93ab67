/* provider: who does services for us, under which contract, and what we made of the reports they owe.
 *
 * The rubric of X.1060 for outsourced services asks whether content and result are understood and as expected. Only a
 * person can say so, so the room keeps three thin records: provider, contract (services, from, to, how often a report
 * is due), report (file, opened by whom, judgement). Which reports were due is computed from the contract and never
 * stored, so no job has to run for "due and never opened" to be true. A report is due until its due day plus the
 * contract's grace; opening it (reading the file here) is recorded with who and when; a judgement can be given only to
 * an opened report, and again: the trail keeps what it was. Judging is work of A-11 (quality management), not of the
 * service judged: reading about somebody else's work shows no ability of one's own. Every write stands in one
 * transaction with its audit row; the caller has checked the permission. Errors: ERR_RANGE err.provider.* or
 * err.record.* with path = field, ERR_CONFLICT err.provider.changed / .twice, ERR_NOT_FOUND err.provider.unknown.
 */
#ifndef CENTRE_PROVIDER_PROVIDER_H
#define CENTRE_PROVIDER_PROVIDER_H

#include "base/arena.h"
#include "guard/guard.h"
#include "store/blobs.h"

#define PROVIDERS_MAX 500u          /* of one organisation; contracts too */
#define PROVIDER_NAME_MAX 200u      /* bytes: name, contact, reference, file name */
#define PROVIDER_REMARK_MAX 2000u   /* bytes */
#define PROVIDER_SERVICES_MAX 1000u /* bytes of the list of services */
#define PROVIDER_REPORTS_MAX 2000u  /* reports of one list */
#define PROVIDER_REPORT_DAYS 800    /* how far back reports are listed: two years */
#define PROVIDER_GRACE_DAYS_MAX 90u
#define PROVIDER_LEVELS_MAX 1000 /* service levels of one report */
#define PROVIDER_REPORT_BYTES_MAX (32u << 20)

struct provider {
	int64_t id, version; /* 0, 0 = a new one */
	str name, contact, remark;
	str changed_by;
	time_us changed_at;
};
struct provider_list {
	struct provider *items;
	uint32_t count;
};
int provider_list(struct db *db, struct scope scope, struct arena *a, struct provider_list *ret,
		  struct err *e) MUST_CHECK;
int provider_save(struct db *db, const struct actor *who, const struct provider *p, time_us now, int64_t *ret_id,
		  struct err *e) MUST_CHECK;

/* X(symbol, "name", months, days) */
#define PROVIDER_CADENCES(X)                    \
	X(CADENCE_NONE, "none", 0, 0)           \
	X(CADENCE_WEEKLY, "weekly", 0, 7)       \
	X(CADENCE_MONTHLY, "monthly", 1, 0)     \
	X(CADENCE_QUARTERLY, "quarterly", 3, 0) \
	X(CADENCE_YEARLY, "yearly", 12, 0)

enum cadence {
#define PROVIDER_ENUM(symbol, name, months, days) symbol,
	PROVIDER_CADENCES(PROVIDER_ENUM)
#undef PROVIDER_ENUM
		CADENCE_COUNT
};
const char *cadence_name(enum cadence c); /* words key "provider.cadence.<name>" */
bool cadence_parse(str name, enum cadence *ret);
uint32_t cadence_days(enum cadence c); /* at most: 31 for a month */

struct contract {
	int64_t id, version;
	int64_t provider_id;
	str provider; /* its name, when read */
	str reference, contact;
	str services;     /* "B-1 B-3": see craft/work/services.h */
	time_us from, to; /* to 0 = until further notice */
	enum cadence cadence;
	time_us first_due; /* day of the first report; the later ones follow by cadence */
	uint32_t grace_days;
	str changed_by;
	time_us changed_at;
};
struct contract_list {
	struct contract *items;
	uint32_t count;
};
int contract_list(struct db *db, struct scope scope, struct arena *a, struct contract_list *ret,
		  struct err *e) MUST_CHECK;
int contract_save(struct db *db, const struct actor *who, const struct contract *c, time_us now, int64_t *ret_id,
		  struct err *e) MUST_CHECK;
/* The n-th due day (0 = first); months keep the day of the month, cut to its length. False past the contract's end or
 * without a cadence. */
bool contract_due(const struct contract *c, uint32_t n, time_us *ret);

enum understanding { UNDERSTOOD_NONE, UNDERSTOOD_YES, UNDERSTOOD_PARTLY, UNDERSTOOD_NO, UNDERSTOOD_COUNT };
const char *understanding_name(enum understanding u); /* "", "yes", "partly", "no" */
bool understanding_parse(str name, enum understanding *ret);

struct judgement {
	enum understanding content, result; /* UNDERSTOOD_NONE: not judged yet */
	bool as_expected;
	int64_t met, missed; /* service levels */
	str remark;
};

struct report {
	int64_t id, version; /* 0: owed, and nothing arrived */
	int64_t contract_id;
	time_us due;
	str file_name, sha256;
	int64_t size_bytes;
	time_us received, opened, judged; /* 0 = not */
	str received_by, opened_by, judged_by;
	struct judgement judgement;
};
int report_get(struct db *db, struct scope scope, int64_t id, struct arena *a, struct report *ret,
	       struct err *e) MUST_CHECK;

/* An uploaded file for the report that was due on `due` (one of the contract's due days). */
struct report_new {
	int64_t contract_id;
	time_us due;
	str file_name;
	struct blob blob;
};
int report_add(struct db *db, const struct actor *who, const struct report_new *new, time_us now, int64_t *ret_id,
	       struct err *e) MUST_CHECK;
/* Somebody reads it: the first time is recorded in the report, every time in the trail. */
int report_open(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;
/* ERR_WRONG_STATE err.provider.unopened before it was opened. */
struct report_judge {
	int64_t id, version;
	struct judgement judgement;
};
int report_judge(struct db *db, const struct actor *who, const struct report_judge *j, time_us now,
		 struct err *e) MUST_CHECK;

/* ---- what is owed: contracts with their due days and reports ---- */

/* X(symbol, "name"): words key "provider.slot.<name>" */
#define PROVIDER_SLOTS(X)                                                            \
	X(SLOT_AWAITED, "awaited")   /* due later, or due and within the grace */    \
	X(SLOT_MISSING, "missing")   /* past the grace, nothing arrived */           \
	X(SLOT_UNOPENED, "unopened") /* past the grace, arrived, nobody opened it */ \
	X(SLOT_ARRIVED, "arrived")   /* arrived, within the grace, not opened yet */ \
	X(SLOT_OPENED, "opened")     /* opened, not judged */                        \
	X(SLOT_JUDGED, "judged")

enum slot_state {
#define PROVIDER_ENUM(symbol, name) symbol,
	PROVIDER_SLOTS(PROVIDER_ENUM)
#undef PROVIDER_ENUM
		SLOT_COUNT
};
const char *slot_state_name(enum slot_state s);

struct report_slot {
	const struct contract *contract;
	struct report report; /* id 0 when nothing arrived */
	enum slot_state state;
};
/* Of the last PROVIDER_REPORT_DAYS, and the next one due of each running contract; newest due day first. */
struct report_slots {
	struct contract_list contracts;
	struct report_slot *items;
	uint32_t count;
	uint32_t counts[SLOT_COUNT];
};
int report_slots(struct db *db, struct scope scope, time_us now, struct arena *a, struct report_slots *ret,
		 struct err *e) MUST_CHECK;

/* What they say about one service: facts of the evidence of its outsourced score. */
struct provider_facts {
	uint32_t contracts;          /* running now */
	const struct report *judged; /* the newest judged one, by due day; NULL = none */
	const struct report *opened; /* opened after that one was due, not judged yet; NULL = none */
	time_us never_opened;        /* due day of the newest report past its grace that nobody opened, 0 = none */
	bool has_arrived;            /* and it lies here */
	uint32_t period_days;        /* the longest time between two reports of its contracts, 0 = none is owed */
};
void provider_facts(const struct report_slots *slots, str service, time_us now, struct provider_facts *ret);

#endif
