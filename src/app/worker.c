/* The thread that does what may take long: trials of rules, and lists of indicators, on kept events. One job at a time,
 * by turns, with its own connection. */
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
	struct retro_runner runner;
	uint64_t generation; /* whose lists were looked at */
};

static const struct job_handler rules_handlers[] = {{BACKTEST_KIND, backtest_run}, {0}};
static const struct job_handler intel_handlers[] = {{RETRO_KIND, retro_run}, {0}};

static void pause_ms(long ms)
{
	const struct timespec wait = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&wait, NULL);
}

/* Lists that changed are compared with what is kept. */
static int watch(struct worker *w, struct err *e)
{
	uint64_t number = detector_number(w->runner.detector);
	int rc = number == w->generation ? 0 : retro_watch(&w->runner, w->db, e);

	if (!rc)
		w->generation = number;
	return rc;
}

/* How many jobs it took. */
static int turn(struct worker *w, struct err *e)
{
	const struct job_queue queues[] = {
		{.name = BACKTEST_QUEUE, .handlers = rules_handlers, .ctx = &w->runner.with, .env = w->house->env},
		{.name = RETRO_QUEUE, .handlers = intel_handlers, .ctx = &w->runner, .env = w->house->env}};
	int rc = watch(w, e), taken = 0;

	for (size_t i = 0; rc >= 0 && i < sizeof(queues) / sizeof(queues[0]); i++) {
		rc = jobs_run(w->db, &queues[i], 1, e);
		taken += rc > 0;
	}
	return rc < 0 ? rc : taken;
}

static void *run(void *ctx)
{
	struct worker *w = ctx;

	while (!atomic_load(&w->stopping)) {
		struct err e = {0};
		int rc = turn(w, &e);

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
	w->runner = (struct retro_runner){.with = {.archive = h->services.archive,
						   .env = h->env,
						   .data_folder = buf_str(&h->data),
						   .stopping = &w->stopping},
					  .detector = h->services.detector};
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
