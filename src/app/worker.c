/* The thread that does what may take long: trials of rules on kept events. One job at a time, with its own connection.
 */
#include <pthread.h>
#include <time.h>

#include "app/house.h"
#include "base/mem.h"
#include "flow/alert/alert.h"
#include "flow/rules/rules.h"

#define IDLE_MS 250
#define RETRY_MS 2000

struct worker {
	struct house *house;
	struct db *db;
	pthread_t thread;
	_Atomic bool stopping;
	struct backtest_runner backtest;
};

static const struct job_handler handlers[] = {{BACKTEST_KIND, backtest_run}, {0}};

static void pause_ms(long ms)
{
	const struct timespec wait = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&wait, NULL);
}

static void *run(void *ctx)
{
	struct worker *w = ctx;
	const struct job_queue q = {
		.name = BACKTEST_QUEUE, .handlers = handlers, .ctx = &w->backtest, .env = w->house->env};

	while (!atomic_load(&w->stopping)) {
		struct err e = {0};
		int rc = jobs_run(w->db, &q, 1, &e);

		if (rc < 0)
			log_err(w->house->env->log, LOG_ERROR, "worker.failed", &e);
		if (rc <= 0)
			pause_ms(rc < 0 ? RETRY_MS : IDLE_MS);
	}
	return NULL;
}

int worker_open(struct house *h, struct err *e)
{
	struct worker *w = mem_alloc(1, sizeof(*w));
	int rc = db_open(buf_str(&h->database), &w->db, e);

	w->house = h;
	w->backtest = (struct backtest_runner){.archive = h->services.archive,
					       .env = h->env,
					       .data_folder = buf_str(&h->data),
					       .stopping = &w->stopping};
	if (!rc && pthread_create(&w->thread, NULL, run, w) != 0)
		rc = err_set(e, ERR_LIMIT, "err.station.thread");
	if (rc) {
		db_close(w->db);
		free(w);
		return rc;
	}
	h->worker = w;
	return 0;
}

void worker_close(struct house *h)
{
	struct worker *w = h->worker;

	atomic_store(&w->stopping, true);
	pthread_join(w->thread, NULL);
	db_close(w->db);
	free(w);
	h->worker = NULL;
}
