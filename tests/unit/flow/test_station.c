/* The detection station over a real archive, a real rule and a real database; also killed in the middle of its work. */
#include "tests.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "flow/alert/explain.h"
#include "guard/tenant.h"
#include "os/file.h"

#define EVENTS 20000
#define ASSETS 10
#define NOW (1795000000 * TIME_SECOND)

static const char rule[] = "title: Credential dump\n"
			   "id: 11111111-2222-4333-8444-555555555555\n"
			   "status: test\n"
			   "level: high\n"
			   "tags: [attack.t1003.001]\n"
			   "logsource: {product: windows, category: process_creation}\n"
			   "detection:\n"
			   "    selection:\n"
			   "        CommandLine|contains: mimikatz\n"
			   "    condition: selection\n";

struct place {
	char folder[64], database[96], rules[96];
	struct env env;
	int64_t tenant;
	struct err e;
};

static int setup(void **state)
{
	struct place *p = mem_alloc(1, sizeof(*p));
	struct tenant_new t = {.slug = STR("alpha"), .name = STR("Alpha"), .kind = STR("company")};
	struct db *db;

	snprintf(p->folder, sizeof(p->folder), "/tmp/noroshi-station-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->database, sizeof(p->database), "%s/records.db", p->folder);
	snprintf(p->rules, sizeof(p->rules), "%s/rule.yml", p->folder);
	assert_int_equal(file_write_atomic(str_of(p->rules), str_of(rule), 0600, &p->e), 0);
	p->env = env_real(NULL);
	assert_int_equal(db_open(str_of(p->database), &db, &p->e), 0);
	assert_int_equal(db_migrate(db, &p->e), 0);
	assert_int_equal(db_begin(db, &p->e), 0);
	assert_int_equal(tenant_create(db, &t, NOW, &p->tenant, &p->e), 0);
	assert_int_equal(db_commit(db, &p->e), 0);
	db_close(db);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", p->folder);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

static void fill(struct place *p, uint32_t count, const char *command)
{
	struct raw_event *events = mem_alloc(count, sizeof(*events));
	char(*raw)[256] = mem_alloc(count, sizeof(*raw));
	struct archive *a;

	assert_int_equal(archive_open(str_of(p->folder), NULL, &p->env, &a, &p->e), 0);
	for (uint32_t i = 0; i < count; i++) {
		snprintf(raw[i], sizeof(raw[i]),
			 "{\"product\":\"windows\",\"category\":\"process_creation\",\"@timestamp\":\"2026-11-21T00:%"
			 "02u:%02uZ\","
			 "\"Computer\":\"PC-%u\",\"User\":\"u\",\"CommandLine\":\"%s %u\"}",
			 i / 60 % 30, i % 60, i % ASSETS, command, i);
		events[i] = (struct raw_event){
			.tenant_id = p->tenant, .received = NOW, .source = STR("test"), .raw = str_of(raw[i])};
	}
	assert_int_equal(archive_append(a, events, count, NULL, &p->e), 0);
	archive_close(a);
	free(raw);
	free(events);
}

struct works {
	struct archive *archive;
	struct detector *detector;
	struct station *station;
};

static void works_open(struct place *p, struct works *w)
{
	str path = str_of(p->rules);
	struct detector_options rules = {.paths = &path, .path_count = 1};
	struct station_options o = {.env = &p->env, .database = str_of(p->database)};

	assert_int_equal(archive_open(str_of(p->folder), NULL, &p->env, &w->archive, &p->e), 0);
	assert_int_equal(detector_open(&rules, &w->detector, &p->e), 0);
	o.archive = w->archive;
	o.detector = w->detector;
	assert_int_equal(station_create(&o, &w->station, &p->e), 0);
}

static void works_close(struct works *w)
{
	station_stop(w->station);
	detector_close(w->detector);
	archive_close(w->archive);
}

/* All steps that are to be done; the number of events read. */
static int run_out(struct works *w, struct err *e)
{
	int sum = 0, rc;

	while ((rc = station_step(w->station, e)) > 0)
		sum += rc;
	assert_int_equal(rc, 0);
	return sum;
}

static void count_alerts(struct place *p, int64_t *ret_alerts, int64_t *ret_events)
{
	struct alert_filter f = alert_filter_all();
	struct alert_list list;
	struct arena arena;
	struct db *db;

	arena_init(&arena, 8u << 20);
	assert_int_equal(db_open(str_of(p->database), &db, &p->e), 0);
	assert_int_equal(alert_list(db, (struct scope){p->tenant}, &f, &arena, &list, &p->e), 0);
	*ret_alerts = list.count;
	*ret_events = 0;
	for (uint32_t i = 0; i < list.count; i++) {
		*ret_events += list.alerts[i].count;
		assert_int_equal(list.alerts[i].level, 4);
		assert_true(str_starts(list.alerts[i].asset, STR("PC-")));
		assert_true(str_eq(list.alerts[i].tags, STR("attack.t1003.001")));
	}
	db_close(db);
	arena_done(&arena);
}

static void events_become_alerts_and_a_new_start_goes_on(void **state)
{
	struct place *p = *state;
	int64_t alerts, events;
	struct works w;

	fill(p, 100, "notepad");
	fill(p, 100, "mimikatz");
	works_open(p, &w);
	assert_int_equal(run_out(&w, &p->e), 200);
	assert_int_equal(atomic_load(&station_counters(w.station)->matches), 100);
	works_close(&w);
	count_alerts(p, &alerts, &events);
	assert_int_equal(alerts, ASSETS);
	assert_int_equal(events, 100);
	fill(p, 7, "mimikatz");
	works_open(p, &w);
	assert_int_equal(run_out(&w, &p->e), 7);
	works_close(&w);
	count_alerts(p, &alerts, &events);
	assert_int_equal(alerts, ASSETS);
	assert_int_equal(events, 107);
}

static void a_title_is_shown_in_the_readers_language(void **state)
{
	struct place *p = *state;
	struct alert al = {.rule_id = STR("11111111-2222-4333-8444-555555555555"),
			   .rule_title = STR("As it was found")};
	str text = str_of("title: Credential dump\nid: 11111111-2222-4333-8444-555555555555\n"
			  "logsource: {product: windows}\ndetection: {s: {A: b}, condition: s}\n"
			  "custom: {title_ja: 認証情報のダンプ, description_ja: 読み出し}\n");
	struct arena arena;
	struct works w;

	arena_init(&arena, 1u << 20);
	works_open(p, &w);
	assert_true(str_eq(alert_title(w.detector, &al, LANG_JA, &arena), al.rule_title));
	assert_int_equal(file_write_atomic(str_of(p->rules), text, 0600, &p->e), 0);
	assert_int_equal(detector_reload(w.detector, &p->e), 0);
	assert_true(str_eq(alert_title(w.detector, &al, LANG_JA, &arena), STR("認証情報のダンプ")));
	assert_true(str_eq(alert_title(w.detector, &al, LANG_EN, &arena), al.rule_title));
	assert_true(str_eq(alert_rules_titled(w.detector, STR("のダンプ"), LANG_JA, &arena),
			   STR(",11111111-2222-4333-8444-555555555555,")));
	assert_int_equal(alert_rules_titled(w.detector, STR("のダンプ"), LANG_EN, &arena).len, 0);
	assert_int_equal(alert_rules_titled(w.detector, STR("無関係"), LANG_JA, &arena).len, 0);
	al.rule_id = STR("gone");
	assert_true(str_eq(alert_title(w.detector, &al, LANG_JA, &arena), al.rule_title));
	works_close(&w);
	arena_done(&arena);
}

static void a_reload_changes_the_rules_between_two_batches(void **state)
{
	struct place *p = *state;
	struct works w;

	fill(p, 10, "mimikatz");
	works_open(p, &w);
	assert_int_equal(run_out(&w, &p->e), 10);
	assert_int_equal(atomic_load(&station_counters(w.station)->matches), 10);
	assert_int_equal(file_write_atomic(str_of(p->rules), STR("title: [broken"), 0600, &p->e), 0);
	assert_int_equal(detector_reload(w.detector, &p->e), 0);
	assert_int_equal(detector_number(w.detector), 2);
	works_close(&w);
	fill(p, 10, "mimikatz");
	works_open(p, &w);
	assert_int_equal(run_out(&w, &p->e), 10);
	assert_int_equal(atomic_load(&station_counters(w.station)->matches), 0);
	works_close(&w);
}

static void an_event_that_is_no_record_is_counted_and_passed(void **state)
{
	struct place *p = *state;
	struct raw_event bad = {.tenant_id = p->tenant, .received = NOW, .source = STR("test"), .raw = STR("{\"a\":")};
	struct archive *a;
	struct works w;

	assert_int_equal(archive_open(str_of(p->folder), NULL, &p->env, &a, &p->e), 0);
	assert_int_equal(archive_append(a, &bad, 1, NULL, &p->e), 0);
	archive_close(a);
	fill(p, 5, "mimikatz");
	works_open(p, &w);
	assert_int_equal(run_out(&w, &p->e), 6);
	assert_int_equal(atomic_load(&station_counters(w.station)->damaged), 1);
	assert_int_equal(atomic_load(&station_counters(w.station)->matches), 5);
	works_close(&w);
}

/* True when the child came to the end before it was killed. */
static bool run_killed(struct place *p)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct works w;

		works_open(p, &w);
		run_out(&w, &p->e);
		_exit(0);
	}
	usleep((useconds_t)(5000 + random() % 120000));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void kill_9_in_the_middle_neither_loses_nor_doubles(void **state)
{
	struct place *p = *state;
	int64_t alerts, events;
	int kills = 0;
	struct works w;

	srandom(20261121);
	fill(p, EVENTS, "mimikatz");
	while (kills < 40 && !run_killed(p))
		kills++;
	works_open(p, &w);
	run_out(&w, &p->e);
	works_close(&w);
	count_alerts(p, &alerts, &events);
	assert_int_equal(alerts, ASSETS);
	assert_int_equal(events, EVENTS);
	print_message("%d events through %d kills\n", EVENTS, kills);
}

#define STATION_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STATION_TEST(events_become_alerts_and_a_new_start_goes_on),
		STATION_TEST(a_title_is_shown_in_the_readers_language),
		STATION_TEST(a_reload_changes_the_rules_between_two_batches),
		STATION_TEST(an_event_that_is_no_record_is_counted_and_passed),
		STATION_TEST(kill_9_in_the_middle_neither_loses_nor_doubles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
