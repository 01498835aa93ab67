#include "os/pool.h"

#include <pthread.h>
#include <signal.h>

#include "base/check.h"
#include "base/mem.h"

struct job {
	pool_job fn;
	void *arg;
};

struct worker {
	struct pool *pool;
	void *ctx;
	pthread_t thread;
};

struct pool {
	struct pool_config config;
	pthread_mutex_t lock;
	pthread_cond_t some;
	struct job *ring;
	size_t first, count;
	unsigned idle; /* threads that wait for a job */
	bool stopping;
	unsigned opened, started;
	struct worker workers[];
};

static bool take(struct pool *p, struct job *ret)
{
	bool got;

	pthread_mutex_lock(&p->lock);
	while (p->count == 0 && !p->stopping) {
		p->idle++;
		pthread_cond_wait(&p->some, &p->lock);
		p->idle--;
	}
	got = p->count > 0;
	if (got) {
		*ret = p->ring[p->first];
		p->first = (p->first + 1) % p->config.queue_max;
		p->count--;
		/* Wakers chain: whoever submits wakes one thread, and that one wakes the next when there is more. A
		 * burst of short jobs is then done by the threads that are awake, without a system call for each job.
		 */
		if (p->count && p->idle)
			pthread_cond_signal(&p->some);
	}
	pthread_mutex_unlock(&p->lock);
	return got;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct job job;

	while (take(w->pool, &job))
		job.fn(w->ctx, job.arg);
	return NULL;
}

int pool_create(const struct pool_config *config, struct pool **ret, struct err *e)
{
	struct pool *p;
	sigset_t all, old;
	int rc = 0;

	CHECK(config->threads >= 1 && config->threads <= POOL_THREADS_MAX && config->queue_max >= 1);
	p = mem_alloc(1, sizeof(*p) + config->threads * sizeof(p->workers[0]));
	p->config = *config;
	p->ring = mem_alloc(config->queue_max, sizeof(*p->ring));
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->some, NULL);
	for (; !rc && config->open && p->opened < config->threads; p->opened += !rc)
		rc = config->open(config->ctx, &p->workers[p->opened].ctx, e);
	/* Signals belong to the main thread: workers start with all of them blocked. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (; !rc && p->started < config->threads; p->started += !rc) {
		p->workers[p->started].pool = p;
		if (pthread_create(&p->workers[p->started].thread, NULL, work, &p->workers[p->started]))
			rc = err_set(e, ERR_IO, "err.pool.start");
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc)
		pool_free(p);
	else
		*ret = p;
	return rc;
}

bool pool_submit(struct pool *p, pool_job fn, void *arg)
{
	bool room;

	pthread_mutex_lock(&p->lock);
	room = !p->stopping && p->count < p->config.queue_max;
	if (room) {
		p->ring[(p->first + p->count) % p->config.queue_max] = (struct job){fn, arg};
		p->count++;
		if (p->count == 1 && p->idle)
			pthread_cond_signal(&p->some);
	}
	pthread_mutex_unlock(&p->lock);
	return room;
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->some);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->started; i++)
		pthread_join(p->workers[i].thread, NULL);
	for (unsigned i = 0; i < p->opened; i++)
		if (p->config.close)
			p->config.close(p->workers[i].ctx);
	pthread_cond_destroy(&p->some);
	pthread_mutex_destroy(&p->lock);
	free(p->ring);
	free(p);
}

size_t pool_waiting(struct pool *p)
{
	size_t count;

	pthread_mutex_lock(&p->lock);
	count = p->count;
	pthread_mutex_unlock(&p->lock);
	return count;
}
