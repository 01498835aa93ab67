/* jobs: work that must happen, later and in spite of a crash.
 *
 * A job is written in the transaction that wants it, so both happen or neither. Whoever runs a queue takes one job at a
 * time with a lease; when the worker dies, the lease ends and another takes it: at least once, so a handler must bear
 * being called again. A failed job waits 2, 4, 8 … seconds (an hour at most) and becomes a dead letter when its
 * attempts are spent; dead letters are counted, shown, and can be revived. No thread of its own: app calls jobs_run.
 */
#ifndef STORE_JOBS_H
#define STORE_JOBS_H

#include "os/env.h"
#include "store/db.h"

#define JOB_LEASE (2 * TIME_MINUTE) /* a handler that takes longer may be run twice */
#define JOB_WAIT_FIRST (2 * TIME_SECOND)
#define JOB_WAIT_MAX TIME_HOUR
#define JOB_ATTEMPTS 10
#define JOB_PAYLOAD_MAX (1u << 20)

struct job_new {
	int64_t tenant_id; /* 0 = the installation's */
	str queue, kind;
	str payload;      /* what the handler needs, JSON */
	str dedup_key;    /* STR_NONE, or: one waiting job per (queue, key) */
	int attempts_max; /* 0 = JOB_ATTEMPTS */
	time_us due_at, now;
};

struct job {
	int64_t id, tenant_id;
	str kind, payload; /* live until the handler returns */
	int attempt;       /* 1 the first time */
	int attempts_max;
	time_us lease_until;
};

struct job_handler {
	const char *kind;
	int (*run)(void *ctx, struct db *db, const struct job *job, struct err *e); /* begins its own transactions */
};

int job_add(struct db *db, const struct job_new *job, struct err *e) MUST_CHECK;

struct job_queue {
	str name;
	const struct job_handler *handlers; /* ends with a zeroed row */
	void *ctx;
	struct env *env; /* clock, and log for failures */
};

/* Runs due jobs, `most` at most; returns how many it took, or a negative code when the store itself failed. */
int jobs_run(struct db *db, const struct job_queue *q, int most, struct err *e) MUST_CHECK;

struct job_counts {
	int64_t ready, taken, dead;
};
int jobs_count(struct db *db, str queue, struct job_counts *ret, struct err *e) MUST_CHECK;
int jobs_revive(struct db *db, str queue, time_us now, struct err *e) MUST_CHECK;

#endif
