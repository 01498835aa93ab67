/* Lists of indicators that come after the events: marked alerts, once only, whatever is killed or asked again. */
#include "tests.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "craft/work/work.h"
#include "flow/alert/alert.h"
#include "guard/tenant.h"
#include "os/file.h"

#define NOW (1795000000 * TIME_SECOND)
#define HOSTS 40

struct place {
	char folder[64], database[96], list[160];
	struct env env;
	int64_t tenant, other;
	struct archive *archive;
	struct detector *detector;
	struct station *station;
	struct db *db;
	_Atomic bool stopping;
	struct retro_runner runner;
	struct err e;
};

static int64_t new_tenant(struct place *p, str slug)
{
	struct tenant_new t = {.slug = slug, .name = slug, .kind = STR("company")};
	int64_t id;

	assert_int_equal(db_begin(p->db, &p->e), 0);
	assert_int_equal(tenant_create(p->db, &t, NOW, &id, &p->e), 0);
	assert_int_equal(db_commit(p->db, &p->e), 0);
	return id;
}

static time_us fixed_now(void *ctx)
{
	(void)ctx;
	return NOW;
}

static void open_all(struct place *p)
{
	struct detector_options d = {.data_folder = str_of(p->folder), .lists = {.env = &p->env}};
	struct station_options o = {.env = &p->env, .database = str_of(p->database)};

	assert_int_equal(archive_open(str_of(p->folder), NULL, &p->env, &p->archive, &p->e), 0);
	assert_int_equal(detector_open(&d, &p->detector, &p->e), 0);
	o.archive = p->archive;
	o.detector = p->detector;
	assert_int_equal(station_create(&o, &p->station, &p->e), 0);
	p->runner = (struct retro_runner){.with = {.archive = p->archive,
						   .env = &p->env,
						   .data_folder = str_of(p->folder),
						   .stopping = &p->stopping},
					  .detector = p->detector};
}

static void close_all(struct place *p)
{
	station_stop(p->station);
	detector_close(p->detector);
	archive_close(p->archive);
}

static int setup(void **state)
{
	struct place *p = mem_alloc(1, sizeof(*p));
	char path[128];

	snprintf(p->folder, sizeof(p->folder), "/tmp/noroshi-retro-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->database, sizeof(p->database), "%s/records.db", p->folder);
	snprintf(path, sizeof(path), "%s/indicators", p->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(p->list, sizeof(p->list), "%s/feed.csv", path);
	p->env = env_real(NULL);
	p->env.now = fixed_now;
	assert_int_equal(db_open(str_of(p->database), &p->db, &p->e), 0);
	assert_int_equal(db_migrate(p->db, &p->e), 0);
	p->tenant = new_tenant(p, STR("alpha"));
	p->other = new_tenant(p, STR("beta"));
	open_all(p);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char command[128];

	close_all(p);
	db_close(p->db);
	snprintf(command, sizeof(command), "rm -rf %s", p->folder);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

/* Every tenth event of alpha names the bad domain; beta has one. */
static void fill(struct place *p, uint32_t count)
{
	struct raw_event *events = mem_alloc(count, sizeof(*events));
	char(*raw)[256] = mem_alloc(count, sizeof(*raw));

	for (uint32_t i = 0; i < count; i++) {
		snprintf(raw[i], sizeof(raw[i]),
			 "{\"product\":\"windows\",\"category\":\"dns_query\",\"Computer\":\"PC-%u\",\"QueryName\":\"%"
			 "s\"}",
			 i % HOSTS, i % 10 ? "good.example" : "www.bad.example");
		events[i] = (struct raw_event){.tenant_id = i == 0 ? p->other : p->tenant,
					       .received = NOW - TIME_DAY + i,
					       .time = NOW - TIME_DAY + i,
					       .source = STR("test"),
					       .raw = str_of(raw[i])};
	}
	assert_int_equal(archive_append(p->archive, events, count, NULL, &p->e), 0);
	while (station_step(p->station, &p->e) > 0)
		;
	free(raw);
	free(events);
}

static void write_list(struct place *p, const char *text)
{
	assert_int_equal(file_write_atomic(str_of(p->list), str_of(text), 0600, &p->e), 0);
	assert_int_equal(detector_reload(p->detector, &p->e), 0);
}

static int run_jobs(struct place *p)
{
	const struct job_handler handlers[] = {{RETRO_KIND, retro_run}, {0}};
	const struct job_queue q = {.name = RETRO_QUEUE, .handlers = handlers, .ctx = &p->runner, .env = &p->env};
	int sum = 0, rc;

	while ((rc = jobs_run(p->db, &q, 10, &p->e)) > 0)
		sum += rc;
	assert_int_equal(rc, 0);
	return sum;
}

struct told {
	int64_t alerts, events;
};

static struct told told(struct place *p, int64_t tenant)
{
	struct alert_filter f = alert_filter_all();
	struct told t = {0};
	struct alert_list list;
	struct arena a;

	arena_init(&a, 8u << 20);
	assert_int_equal(alert_list(p->db, (struct scope){tenant}, &f, &a, &list, &p->e), 0);
	t.alerts = list.count;
	for (uint32_t i = 0; i < list.count; i++) {
		struct alert_indicator said;

		t.events += list.alerts[i].count;
		assert_int_equal(alert_indicator_of(p->db, (struct scope){tenant}, list.alerts[i].id, &a, &said, &p->e),
				 0);
		assert_true(said.is_retrospective);
	}
	arena_done(&a);
	return t;
}

static int64_t order(struct place *p, uint32_t days)
{
	struct actor who = actor_system(p->tenant);
	const struct retro_new new = {.days = days, .now = NOW};
	int64_t id = 0;

	who.user_id = 7;
	assert_int_equal(db_begin(p->db, &p->e), 0);
	assert_int_equal(db_end(p->db, retro_start(p->db, &who, &new, &id, &p->e), &p->e), 0);
	return id;
}

static struct retro find(struct place *p, int64_t id, struct arena *a)
{
	struct retro r;

	assert_int_equal(retro_find(p->db, (struct scope){p->tenant}, id, a, &r, &p->e), 0);
	return r;
}

static void a_list_that_comes_later_finds_what_is_kept_once(void **state)
{
	struct place *p = *state;
	struct work_list works;
	struct arena a;
	struct retro r;

	arena_init(&a, 1u << 20);
	fill(p, 2001);
	assert_int_equal(retro_watch(&p->runner, p->db, &p->e), 0);
	assert_int_equal(run_jobs(p), 0);
	write_list(p, "value,description\nbad.example,Seen by a partner\n");
	assert_int_equal(retro_watch(&p->runner, p->db, &p->e), 0);
	assert_int_equal(run_jobs(p), 2);
	assert_int_equal(told(p, p->tenant).events, 200);
	assert_int_equal(told(p, p->other).events, 1);
	r = find(p, 1, &a);
	assert_true(str_eq(r.state, STR("done")) && str_eq(r.lists, str_of(p->list)));
	assert_int_equal(r.events, 2000);
	assert_int_equal(r.hits, 200);
	assert_int_equal(r.alerts, told(p, p->tenant).alerts);
	assert_int_equal(
		work_list(p->db, (struct scope){p->tenant}, STR("F-5"), (struct work_cursor){0}, &a, &works, &p->e), 0);
	assert_int_equal(works.count, 1);
	/* Nothing changed: nothing runs. Asked by a person: nothing is told twice. */
	assert_int_equal(retro_watch(&p->runner, p->db, &p->e), 0);
	assert_int_equal(run_jobs(p), 0);
	r = find(p, order(p, 30), &a);
	assert_int_equal(run_jobs(p), 1);
	r = find(p, r.id, &a);
	assert_true(str_eq(r.state, STR("done")));
	assert_int_equal(r.events, 2000);
	assert_int_equal(r.hits, 0);
	assert_int_equal(told(p, p->tenant).events, 200);
	arena_done(&a);
}

static void what_the_live_stream_told_is_not_told_again(void **state)
{
	struct place *p = *state;
	struct alert_filter f = alert_filter_all();
	struct alert_list list;
	int64_t events = 0;
	struct arena a;

	arena_init(&a, 8u << 20);
	write_list(p, "value\nbad.example\n");
	fill(p, 101);
	order(p, 30);
	assert_int_equal(run_jobs(p), 1);
	assert_int_equal(find(p, 1, &a).hits, 0);
	assert_int_equal(alert_list(p->db, (struct scope){p->tenant}, &f, &a, &list, &p->e), 0);
	for (uint32_t i = 0; i < list.count; i++)
		events += list.alerts[i].count;
	assert_int_equal(events, 10);
	arena_done(&a);
}

static void only_changed_lists_and_only_the_days_asked_for(void **state)
{
	struct place *p = *state;
	char second[160];
	struct arena a;

	arena_init(&a, 1u << 20);
	fill(p, 101);
	write_list(p, "value\nnever.example\n");
	assert_int_equal(retro_watch(&p->runner, p->db, &p->e), 0);
	assert_int_equal(run_jobs(p), 2);
	assert_int_equal(told(p, p->tenant).events, 0);
	snprintf(second, sizeof(second), "%s/indicators/second.csv", p->folder);
	assert_int_equal(file_write_atomic(str_of(second), STR("value\nbad.example\n"), 0600, &p->e), 0);
	assert_int_equal(detector_reload(p->detector, &p->e), 0);
	assert_int_equal(retro_watch(&p->runner, p->db, &p->e), 0);
	assert_true(str_eq(find(p, 3, &a).lists, str_of(second)));
	assert_int_equal(run_jobs(p), 2);
	assert_int_equal(told(p, p->tenant).events, 10);
	arena_done(&a);
}

static void cancelled_ones_tell_nothing_and_bad_spans_are_refused(void **state)
{
	struct place *p = *state;
	struct actor who = actor_system(p->tenant);
	struct retro_new new = {.days = 367, .now = NOW};
	struct arena a;
	int64_t id;

	arena_init(&a, 1u << 20);
	fill(p, 101);
	write_list(p, "value\nbad.example\n");
	id = order(p, 30);
	assert_int_equal(db_begin(p->db, &p->e), 0);
	assert_int_equal(db_end(p->db, retro_cancel(p->db, &who, id, NOW, &p->e), &p->e), 0);
	assert_int_equal(run_jobs(p), 1);
	assert_true(str_eq(find(p, id, &a).state, STR("cancelled")));
	assert_int_equal(told(p, p->tenant).events, 0);
	assert_int_equal(db_begin(p->db, &p->e), 0);
	assert_int_equal(retro_cancel(p->db, &who, id, NOW, &p->e), -ERR_WRONG_STATE);
	assert_int_equal(retro_start(p->db, &who, &new, &id, &p->e), -ERR_RANGE);
	assert_string_equal(p->e.id, "err.retro.days");
	db_rollback(p->db);
	arena_done(&a);
}

static void nothing_is_compared_before_detection_judged_it(void **state)
{
	struct place *p = *state;
	struct raw_event late = {.tenant_id = p->tenant,
				 .received = NOW,
				 .time = NOW,
				 .source = STR("test"),
				 .raw = STR("{\"product\":\"windows\",\"QueryName\":\"bad.example\"}")};
	char payload[8] = "1";
	struct job job = {.tenant_id = p->tenant, .kind = STR(RETRO_KIND), .payload = str_of(payload)};

	fill(p, 101);
	write_list(p, "value\nbad.example\n");
	assert_int_equal(archive_append(p->archive, &late, 1, NULL, &p->e), 0);
	order(p, 30);
	assert_int_equal(retro_run(&p->runner, p->db, &job, &p->e), -ERR_BUSY);
	while (station_step(p->station, &p->e) > 0)
		;
	assert_int_equal(retro_run(&p->runner, p->db, &job, &p->e), 0);
}

/* True when the child came to the end. */
static bool run_killed(struct place *p, const struct job *job)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		open_all(p);
		assert_int_equal(db_open(str_of(p->database), &p->db, &p->e), 0);
		_exit(retro_run(&p->runner, p->db, job, &p->e) ? 1 : 0);
	}
	usleep((useconds_t)(10000 + random() % 60000));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void kill_9_and_going_on_neither_loses_nor_doubles(void **state)
{
	struct place *p = *state;
	char payload[8] = "1";
	struct job job = {.tenant_id = p->tenant, .kind = STR(RETRO_KIND), .payload = str_of(payload)};
	struct retro r;
	struct arena a;
	int kills = 0;

	arena_init(&a, 1u << 20);
	srandom(20261121);
	fill(p, 20001);
	write_list(p, "value\nbad.example\n");
	assert_int_equal(order(p, 30), 1);
	close_all(p);
	db_close(p->db);
	while (kills < 30 && !run_killed(p, &job))
		kills++;
	assert_int_equal(db_open(str_of(p->database), &p->db, &p->e), 0);
	open_all(p);
	assert_int_equal(retro_run(&p->runner, p->db, &job, &p->e), 0);
	r = find(p, 1, &a);
	assert_true(str_eq(r.state, STR("done")));
	assert_int_equal(r.events, 20000);
	assert_int_equal(r.hits, 2000);
	assert_int_equal(told(p, p->tenant).events, 2000);
	print_message("20000 events through %d kills\n", kills);
	arena_done(&a);
}

#define RETRO_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RETRO_TEST(a_list_that_comes_later_finds_what_is_kept_once),
		RETRO_TEST(what_the_live_stream_told_is_not_told_again),
		RETRO_TEST(only_changed_lists_and_only_the_days_asked_for),
		RETRO_TEST(cancelled_ones_tell_nothing_and_bad_spans_are_refused),
		RETRO_TEST(nothing_is_compared_before_detection_judged_it),
		RETRO_TEST(kill_9_and_going_on_neither_loses_nor_doubles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
