/* kept: what every durable job over the kept events of an organisation has in common: its queue entry, and a walk
 * from the newest event to the oldest, page by page, that ends when the house does.
 */
#ifndef FLOW_RULES_KEPT_H
#define FLOW_RULES_KEPT_H

#include <stdatomic.h>

#include "flow/archive/archive.h"
#include "store/jobs.h"

#define KEPT_PAGE_EVENTS 1000u
#define KEPT_PAGE_BYTES (96u << 20)
#define KEPT_EVENT_BYTES (64u << 20)      /* one event, parsed */
#define KEPT_SAVE_EVERY (TIME_SECOND / 2) /* how often such a job tells how far it is */

/* What such a job is given when it runs. */
struct kept_runner {
	struct archive *archive;
	const struct env *env;
	str data_folder;              /* mappings */
	const _Atomic bool *stopping; /* the house closes: give the job back */
};

struct kept_walk {
	const struct kept_runner *with;
	int64_t tenant_id;
	time_us from, until; /* time of the events */
	event_id before;     /* ids below this one; 0 = from the newest */
	/* Newest first, may be empty. 0 = go on, 1 = enough, negative = failed. */
	int (*page)(void *ctx, const struct archive_page *page, struct err *e);
	void *ctx;
};
/* ERR_BUSY err.backtest.stopping when the house closes. */
int kept_walk(const struct kept_walk *w, struct err *e) MUST_CHECK;
/* How far a walk is when it has reached `at`: thousandths, 999 at most. */
int64_t kept_progress(time_us from, time_us until, time_us at);

struct kept_job {
	int64_t tenant_id;
	str queue;
	const char *kind;
	int64_t id;    /* of the record: the payload */
	str dedup_key; /* STR_NONE, or as in job_new */
	int attempts;
	time_us now;
};
int kept_job_add(struct db *db, const struct kept_job *job, struct err *e) MUST_CHECK;

#endif
