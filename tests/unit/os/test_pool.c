/* The pool runs every accepted job once, says when it is full, gives each thread its own context, and ends clean. */
#include "os/pool.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests.h"

struct world {
	_Atomic int opened, closed, ran;
	_Atomic bool hold;
	int fail_at;
};

struct own {
	struct world *world;
	int jobs; /* touched by one thread only */
};

static int open_own(void *ctx, void **ret_worker, struct err *e)
{
	struct world *w = ctx;
	struct own *own;

	if (w->fail_at && atomic_load(&w->opened) + 1 == w->fail_at)
		return err_set(e, ERR_IO, "err.db.io");
	own = calloc(1, sizeof(*own));
	own->world = w;
	atomic_fetch_add(&w->opened, 1);
	*ret_worker = own;
	return 0;
}

static void close_own(void *worker)
{
	struct own *own = worker;

	atomic_fetch_add(&own->world->closed, 1);
	free(own);
}

static void job(void *worker, void *arg)
{
	struct own *own = worker;
	struct world *w = arg;

	while (atomic_load(&w->hold))
		usleep(1000);
	own->jobs++;
	atomic_fetch_add(&w->ran, 1);
}

static void test_runs_all(void **state)
{
	struct world w = {0};
	struct pool_config config = {4, 16, open_own, close_own, &w};
	struct pool *p = NULL;
	int accepted = 0;

	(void)state;
	assert_int_equal(pool_create(&config, &p, NULL), 0);
	assert_int_equal(atomic_load(&w.opened), 4);
	while (accepted < 20000) {
		if (pool_submit(p, job, &w))
			accepted++;
		else
			usleep(50);
	}
	pool_free(p);
	assert_int_equal(atomic_load(&w.ran), 20000);
	assert_int_equal(atomic_load(&w.closed), 4);
}

static void test_full(void **state)
{
	struct world w = {.hold = true};
	struct pool_config config = {2, 3, open_own, close_own, &w};
	struct pool *p = NULL;
	int accepted = 0;

	(void)state;
	assert_int_equal(pool_create(&config, &p, NULL), 0);
	for (int i = 0; i < 50; i++) {
		accepted += pool_submit(p, job, &w);
		usleep(1000);
	}
	/* Two at work, three waiting. */
	assert_int_equal(accepted, 5);
	assert_int_equal(pool_waiting(p), 3);
	atomic_store(&w.hold, false);
	pool_free(p);
	assert_int_equal(atomic_load(&w.ran), 5);
}

static void test_open_fails(void **state)
{
	struct world w = {.fail_at = 3};
	struct pool_config config = {4, 3, open_own, close_own, &w};
	struct pool *p = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(pool_create(&config, &p, &e), -ERR_IO);
	assert_null(p);
	assert_int_equal(atomic_load(&w.closed), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs_all),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_open_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
