/* retro: lists of indicators compared with events that were kept before a list knew them.
 *
 * Why: an address is often named as bad weeks after somebody talked to it. When lists change (retro_watch), or when a
 * person asks, a durable job walks over the kept events of an organisation, newest first, RETRO_DAYS_USUAL days back,
 * and every hit becomes an alert marked as found afterwards. Once only: what an event met before, live or afterwards,
 * is not told again. The checkpoint is written with the alerts of its page, so a killed job goes on where it stood.
 * Beside the live stream it rests as long as it works, takes no transaction while it compares, and gives way to other
 * jobs every RETRO_SLICE. Bounds: RETRO_DAYS_MAX days, RETRO_HITS_MAX hits of one run (then it ends and says how far it
 * looked); memory is one page of events, for the indicators are those that the live stream has loaded.
 * Every run is in the audit trail; one that ended is work of service F-5 (use of threat intelligence).
 */
#ifndef FLOW_ALERT_RETRO_H
#define FLOW_ALERT_RETRO_H

#include "flow/alert/detector.h"
#include "guard/guard.h"

#define RETRO_QUEUE STR("intel")
#define RETRO_KIND "retro"
#define RETRO_DAYS_USUAL 30u
#define RETRO_DAYS_MAX 366u
#define RETRO_HITS_MAX 100000
#define RETRO_OPEN_MAX 10u /* waiting and running ones of an organisation */
#define RETRO_SLICE (10 * TIME_SECOND)
#define RETRO_LISTS_BYTES_MAX (64u << 10) /* names of lists of one run; more: all lists are compared */
#define RETRO_PAGE 20u
#define RETRO_TENANTS_MAX 10000u

struct retro {
	int64_t id;
	str lists; /* paths, one a line; empty: all */
	str state; /* "waiting", "running", "done", "cancelled", "failed" */
	str failure, user_name;
	time_us from, until;
	int64_t progress; /* thousandths */
	event_id before;
	int64_t events, hits, alerts;
	time_us looked_until; /* the oldest event looked at, when RETRO_HITS_MAX cut it short; else 0 */
	int64_t user_id;      /* 0: changed lists began it */
	time_us created_at, started_at, ended_at;
};

struct retro_new {
	str lists; /* as in struct retro */
	uint32_t days;
	time_us now;
};
/* In the caller's transaction. One that waits takes the lists along. ERR_RANGE err.retro.days; ERR_LIMIT. */
int retro_start(struct db *db, const struct actor *who, const struct retro_new *new, int64_t *ret_id,
		struct err *e) MUST_CHECK;
/* In the caller's transaction. ERR_WRONG_STATE err.retro.ended. */
int retro_cancel(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;
int retro_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct retro *ret,
	       struct err *e) MUST_CHECK;
bool retro_is_open(const struct retro *r);
struct retro_list {
	struct retro *runs; /* newest first, RETRO_PAGE at most */
	uint32_t count;
};
int retro_list(struct db *db, struct scope scope, struct arena *a, struct retro_list *ret, struct err *e) MUST_CHECK;

/* The handler of the job; ctx: */
struct retro_runner {
	struct kept_runner with;
	struct detector *detector;
};
int retro_run(void *ctx, struct db *db, const struct job *job, struct err *e) MUST_CHECK;

/* Starts a run for every organisation when lists to watch for are new or other than they were when it was called last,
 * in this process or the one before. The very first call on an empty archive only remembers. Begins its transaction. */
int retro_watch(const struct retro_runner *with, struct db *db, struct err *e) MUST_CHECK;

#endif
