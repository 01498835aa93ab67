/* pool: a fixed number of threads that take jobs from one bounded queue.
 *
 * Why: a network loop must never wait for a disk. Each thread has a context of its own (a database connection) that
 * `open` makes, so jobs share nothing. The queue is bounded: a full queue is told to the submitter at once, who tells
 * his client. Threads: pool_submit from any thread; jobs run in the order of submission, several at a time.
 */
#ifndef OS_POOL_H
#define OS_POOL_H

#include "base/err.h"

#define POOL_THREADS_MAX 256

struct pool;

struct pool_config {
	unsigned threads;   /* 1 to POOL_THREADS_MAX */
	unsigned queue_max; /* jobs waiting, at least 1 */
	/* Makes one thread's context; called by pool_create on the caller's thread, once a thread. NULL: contexts are
	 * NULL. */
	int (*open)(void *ctx, void **ret_worker, struct err *e);
	void (*close)(void *worker); /* may be NULL */
	void *ctx;
};

typedef void (*pool_job)(void *worker, void *arg);

/* Keys: err.pool.start, or what `open` said. */
int pool_create(const struct pool_config *config, struct pool **ret, struct err *e) MUST_CHECK;
/* False when the queue is full or the pool is stopping: the job will not run. */
bool pool_submit(struct pool *p, pool_job fn, void *arg) MUST_CHECK;
/* Runs what is queued, ends the threads, closes their contexts. NULL is fine. */
void pool_free(struct pool *p);
size_t pool_waiting(struct pool *p);

#endif
