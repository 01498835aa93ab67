/* duty: work that is or was due of a service, and whether it was done. The calendar, a clock or a provider's contract
 * opens a duty; whoever does the work closes it; centre/build reads the facts.
 *
 * Why a room of its own: evidence may say "not done" only where work was due, so what was due must be a record, whoever
 * asked for it. Identity: `source` is the opener's own stable key ("calendar:12:2026-11-21", "report:7"), one duty per
 * source and service; opening the same again changes its name and its date, so an opener may run twice. A duty that
 * was missed needs no deed: it is one whose `due` has passed and that was neither done nor dropped. An opener that
 * allows a delay adds it to `due`. Dropped = it was not due after all (a task deleted, a contract ended); it counts for
 * nothing, and stays. Tenant: the actor's organisation. The caller has checked the permission and appends to the audit
 * trail; writes go inside the caller's transaction (CHECK), together with the deed and its record of work.
 */
#ifndef CRAFT_DUTY_DUTY_H
#define CRAFT_DUTY_DUTY_H

#include "base/arena.h"
#include "guard/guard.h"

#define DUTY_SERVICE_MAX 32u  /* bytes, as of a work record */
#define DUTY_SOURCE_MAX 128u  /* bytes */
#define DUTY_WHAT_MAX 300u    /* bytes: what is due, in the words of who asked for it */
#define DUTY_FACTS_DAYS 400   /* how far back duty_facts counts: a yearly duty and a month */
#define DUTY_LIST_MAX 200u    /* duties of one list */
#define DUTY_SERVICES_MAX 512 /* services that duty_facts tells of */

struct duty {
	str service; /* "B-3" */
	str source;  /* the opener's key */
	str what;    /* "Daily handover" */
	time_us due;
};

/* Opens it, or brings an open one up to date. One that was done or dropped stays as it is.
 * ERR_RANGE err.duty.* with path = field. */
int duty_open(struct db *db, const struct actor *who, const struct duty *duty, time_us now, struct err *e) MUST_CHECK;
/* Closes the duties of this source (every service). No such duty, or closed already: nothing happens. */
int duty_done(struct db *db, const struct actor *who, str source, time_us at, struct err *e) MUST_CHECK;
/* It was not due after all. */
int duty_drop(struct db *db, const struct actor *who, str source, time_us at, struct err *e) MUST_CHECK;
/* A closed duty is due again: what was called done was not. */
int duty_reopen(struct db *db, const struct actor *who, str source, struct err *e) MUST_CHECK;

/* Of one service in the last DUTY_FACTS_DAYS. */
struct duty_facts {
	str service;
	int64_t done;        /* that were due until now and done */
	int64_t missed;      /* due passed, not done */
	int64_t open;        /* due later */
	time_us last_missed; /* `due` of the newest missed one, 0 = none */
	time_us next_due;    /* of the nearest open one, 0 = none */
};
/* Ordered by service, at most DUTY_SERVICES_MAX; a service without duties has no row. */
int duty_facts(struct db *db, struct scope scope, time_us now, struct arena *a, struct duty_facts **ret,
	       uint32_t *ret_count, struct err *e) MUST_CHECK;

struct duty_row {
	int64_t id;
	struct duty duty;
	time_us done; /* 0 = not done */
	str done_by;
	bool is_missed; /* at `now` of the query */
};
/* Not dropped, nearest `due` last, at most DUTY_LIST_MAX; service empty = all services; open_only: neither done nor
 * dropped, then nearest `due` first. */
struct duty_query {
	str service;
	bool open_only;
	time_us now;
};
int duty_list(struct db *db, struct scope scope, const struct duty_query *query, struct arena *a, struct duty_row **ret,
	      uint32_t *ret_count, struct err *e) MUST_CHECK;

#endif
