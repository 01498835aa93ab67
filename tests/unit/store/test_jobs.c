#include "tests.h"

#include "folder.h"
#include "store/jobs.h"

struct world {
	struct folder folder;
	struct db *db;
	struct env env;
	time_us now;
	int calls, failures_left;
	char last[64];
};

static time_us clock_of(void *ctx)
{
	return ((struct world *)ctx)->now;
}

static int run_mail(void *ctx, struct db *db, const struct job *job, struct err *e)
{
	struct world *w = ctx;

	(void)db;
	w->calls++;
	snprintf(w->last, sizeof(w->last), STR_FMT, STR_ARG(job->payload));
	if (w->failures_left && w->failures_left--)
		return err_set(e, ERR_IO, "err.file.read");
	return 0;
}

static const struct job_handler handlers[] = {{"mail", run_mail}, {0}};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	folder_open_temp(&w->folder);
	w->db = folder_db(&w->folder);
	w->now = 1000 * TIME_SECOND;
	w->env = (struct env){.now = clock_of, .ctx = w};
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	db_close(w->db);
	folder_remove_temp(&w->folder);
	free(w);
	return 0;
}

static void add(struct world *w, str payload, str key, int attempts_max)
{
	struct job_new job = {.queue = STR("out"), .kind = STR("mail"), .payload = payload, .dedup_key = key};

	job.attempts_max = attempts_max;
	job.now = w->now;
	assert_int_equal(job_add(w->db, &job, NULL), 0);
}

static int run(struct world *w)
{
	struct job_queue q = {STR("out"), handlers, w, &w->env};

	return jobs_run(w->db, &q, 10, NULL);
}

static struct job_counts counts(struct world *w)
{
	struct job_counts c;

	assert_int_equal(jobs_count(w->db, STR("out"), &c, NULL), 0);
	return c;
}

static void done_jobs_are_gone(void **state)
{
	struct world *w = *state;

	add(w, STR("{\"a\":1}"), STR_NONE, 0);
	add(w, STR("{\"a\":2}"), STR_NONE, 0);
	assert_int_equal(run(w), 2);
	assert_string_equal(w->last, "{\"a\":2}");
	assert_int_equal(run(w), 0);
	assert_int_equal(counts(w).ready, 0);
}

static void a_rolled_back_wish_is_no_job(void **state)
{
	struct world *w = *state;

	assert_int_equal(db_begin(w->db, NULL), 0);
	add(w, STR("1"), STR_NONE, 0);
	db_rollback(w->db);
	assert_int_equal(run(w), 0);
}

static void failures_wait_longer_and_end_as_dead_letters(void **state)
{
	struct world *w = *state;

	w->failures_left = 3;
	add(w, STR("1"), STR_NONE, 3);
	assert_int_equal(run(w), 1);
	assert_int_equal(run(w), 0);
	w->now += 2 * TIME_SECOND;
	assert_int_equal(run(w), 1);
	w->now += 3 * TIME_SECOND;
	assert_int_equal(run(w), 0);
	w->now += TIME_SECOND;
	assert_int_equal(run(w), 1);
	assert_int_equal(counts(w).dead, 1);
	w->now += TIME_DAY;
	assert_int_equal(run(w), 0);
	assert_int_equal(jobs_revive(w->db, STR("out"), w->now, NULL), 0);
	assert_int_equal(run(w), 1);
	assert_int_equal(counts(w).dead, 0);
	assert_int_equal(w->calls, 4);
}

static void one_key_waits_once(void **state)
{
	struct world *w = *state;

	add(w, STR("1"), STR("digest:2026-11-21"), 0);
	add(w, STR("2"), STR("digest:2026-11-21"), 0);
	assert_int_equal(run(w), 1);
	add(w, STR("3"), STR("digest:2026-11-21"), 0);
	assert_int_equal(run(w), 1);
}

static int die_in_the_middle(void *ctx, struct db *db, const struct job *job, struct err *e)
{
	struct world *w = ctx;

	(void)db;
	(void)job;
	(void)e;
	/* As if another worker took it after the lease: this one's end must not remove it. */
	w->now += JOB_LEASE + TIME_SECOND;
	assert_int_equal(run(w), 1);
	return 0;
}

static void a_dead_workers_job_is_taken_by_another(void **state)
{
	static const struct job_handler slow[] = {{"mail", die_in_the_middle}, {0}};
	struct world *w = *state;
	struct job_queue q = {STR("out"), slow, w, &w->env};

	add(w, STR("1"), STR_NONE, 0);
	assert_int_equal(jobs_run(w->db, &q, 1, NULL), 1);
	assert_int_equal(w->calls, 1);
	assert_int_equal(counts(w).ready + counts(w).taken, 0);
}

static void an_unknown_kind_fails_and_stays(void **state)
{
	struct world *w = *state;
	struct job_new job = {.queue = STR("out"), .kind = STR("fax"), .payload = STR("1"), .now = w->now};

	assert_int_equal(job_add(w->db, &job, NULL), 0);
	assert_int_equal(run(w), 1);
	assert_int_equal(counts(w).ready, 1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(done_jobs_are_gone),
		TEST(a_rolled_back_wish_is_no_job),
		TEST(failures_wait_longer_and_end_as_dead_letters),
		TEST(one_key_waits_once),
		TEST(a_dead_workers_job_is_taken_by_another),
		TEST(an_unknown_kind_fails_and_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
