/* Correlations in the running station: over restarts, kill -9, new rules, failures of the store. */
#include "tests.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/alert/explain.h"
#include "guard/tenant.h"
#include "os/file.h"

#define NOW (1795000000 * TIME_SECOND)
#define HOSTS 40
#define ROUNDS 300 /* failures a host; five are a match, and the group is silent for a minute from the first */

#define PART                                                                              \
	"title: Failed sign-in\nname: failed\nid: 11111111-2222-4333-8444-555555555555\n" \
	"logsource: {product: windows}\nlevel: low\n"                                     \
	"detection: {s: {EventID: 4625}, condition: s}\n---\n"
#define BRUTE(count)                                                                                      \
	"title: Many failed sign-ins\nid: 21111111-2222-4333-8444-555555555555\nlevel: high\n"            \
	"tags: [attack.t1110]\ncorrelation: {type: event_count, rules: [failed], group-by: [IpAddress], " \
	"timespan: 1m, condition: {gte: " count "}}\n---\n"
#define SPRAY                                                                                                 \
	"title: Spraying\nid: 31111111-2222-4333-8444-555555555555\nlevel: high\n"                            \
	"correlation: {type: value_count, rules: [failed], group-by: [IpAddress], timespan: 10m, condition: " \
	"{field: TargetUserName, gte: 900}}\n"

struct place {
	char folder[64], database[96], rules[96];
	struct env env;
	int64_t tenant, other;
	struct err e;
};

static int64_t add_tenant(struct place *p, struct db *db, const char *slug)
{
	struct tenant_new t = {.slug = str_of(slug), .name = str_of(slug), .kind = STR("company")};
	int64_t id;

	assert_int_equal(tenant_create(db, &t, NOW, &id, &p->e), 0);
	return id;
}

static int setup(void **state)
{
	struct place *p = mem_alloc(1, sizeof(*p));
	struct db *db;

	snprintf(p->folder, sizeof(p->folder), "/tmp/noroshi-live-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->database, sizeof(p->database), "%s/records.db", p->folder);
	snprintf(p->rules, sizeof(p->rules), "%s/rule.yml", p->folder);
	assert_int_equal(file_write_atomic(str_of(p->rules), STR(PART BRUTE("5")), 0600, &p->e), 0);
	p->env = env_real(NULL);
	assert_int_equal(db_open(str_of(p->database), &db, &p->e), 0);
	assert_int_equal(db_migrate(db, &p->e), 0);
	assert_int_equal(db_begin(db, &p->e), 0);
	p->tenant = add_tenant(p, db, "alpha");
	p->other = add_tenant(p, db, "beta");
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

/* One failed sign-in: when it happened and when it came, in seconds from NOW. */
struct sign_in {
	int64_t tenant, at, came;
	unsigned host, user;
};

static void fill(struct place *p, const struct sign_in *from, uint32_t count)
{
	struct raw_event *events = mem_alloc(count, sizeof(*events));
	char(*raw)[320] = mem_alloc(count, sizeof(*raw));
	struct archive *a;

	assert_int_equal(archive_open(str_of(p->folder), NULL, &p->env, &a, &p->e), 0);
	for (uint32_t i = 0; i < count; i++) {
		time_us at = NOW + from[i].at * TIME_SECOND;
		char text[TIME_TEXT_MAX];

		text[time_format(at, text)] = 0;
		snprintf(raw[i], sizeof(raw[i]),
			 "{\"product\":\"windows\",\"EventID\":4625,\"@timestamp\":\"%s\",\"Computer\":\"DC-1\","
			 "\"IpAddress\":\"45.155.204.%u\",\"TargetUserName\":\"u%u\",\"n\":%u}",
			 text, from[i].host, from[i].user, i);
		events[i] = (struct raw_event){.tenant_id = from[i].tenant,
					       .received = NOW + from[i].came * TIME_SECOND,
					       .source = STR("test"),
					       .raw = str_of(raw[i])};
		events[i].time = events[i].received;
	}
	assert_int_equal(archive_append(a, events, count, NULL, &p->e), 0);
	archive_close(a);
	free(raw);
	free(events);
}

/* Every second of `rounds` one failure of every host, in another order each time and up to 50 s late. */
static void fill_many(struct place *p, unsigned hosts, unsigned rounds)
{
	uint32_t count = hosts * rounds;
	struct sign_in *list = mem_alloc(count, sizeof(*list));

	for (uint32_t i = 0; i < count; i++)
		list[i] = (struct sign_in){p->tenant, i / hosts, 0, i % hosts, i % 7};
	for (uint32_t i = 0; i + 1 < count; i++) {
		uint32_t reach = hosts * 25, to = i + (uint32_t)random() % (reach < count - i ? reach : count - i);
		struct sign_in kept = list[i];

		list[i] = list[to];
		list[to] = kept;
	}
	/* The tail of a shuffle reaches further than one step; what is older than the lateness is not part of this
	 * test. */
	for (int64_t i = 0, newest = 0; i < count; i++) {
		newest = list[i].at > newest ? list[i].at : newest;
		if (list[i].at < newest - 50)
			list[i].at = newest - 50;
		list[i].came = newest + 1;
	}
	fill(p, list, count);
	free(list);
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
	struct station_options o = {.env = &p->env, .database = str_of(p->database), .save_every = 30000};

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

static void run_out(struct works *w, struct err *e)
{
	int rc;

	while ((rc = station_step(w->station, e)) > 0)
		continue;
	assert_int_equal(rc, 0);
	/* Once more: what ends by the clock alone. */
	assert_int_equal(station_step(w->station, e), 0);
}

/* "title|events|measured of each match|asset" of every alert, in an order that does not depend on numbers. */
static void tell(struct place *p, int64_t tenant, struct buf *out)
{
	struct alert_filter f = alert_filter_all();
	struct alert_list list;
	struct arena arena;
	struct db *db;
	uint32_t matches, total = 0;

	f.limit = ALERT_PAGE_MAX;
	f.sort = ALERT_BY_TIME;
	arena_init(&arena, 32u << 20);
	buf_clear(out);
	assert_int_equal(db_open(str_of(p->database), &db, &p->e), 0);
	assert_int_equal(alert_list(db, (struct scope){tenant}, &f, &arena, &list, &p->e), 0);
	for (uint32_t host = 0; host < HOSTS; host++) {
		char group[64];

		snprintf(group, sizeof(group), "[[\"IpAddress\",\"45.155.204.%u\"]]", host);
		for (uint32_t i = 0; i < list.count; i++) {
			const struct alert *al = &list.alerts[i];
			struct alert_match *m;

			assert_int_equal(alert_matches(db, (struct scope){tenant}, al->id, &arena, &m, &matches, &p->e),
					 0);
			assert_true(matches > 0);
			if (!str_eq(m[0].group_values, str_of(group)))
				continue;
			total++;
			buf_add_fmt(out, STR_FMT "|%lld|%s|", STR_ARG(al->rule_title), (long long)al->count, group);
			for (uint32_t k = 0; k < matches; k++)
				buf_add_fmt(out, " %g@%lld-%lld/%lld", m[k].measured,
					    (long long)((m[k].first_at - NOW) / TIME_SECOND),
					    (long long)((m[k].last_at - NOW) / TIME_SECOND), (long long)m[k].events);
			buf_add(out, STR("\n"));
		}
	}
	assert_int_equal(total, list.count);
	assert_false(out->failed);
	db_close(db);
	arena_done(&arena);
}

static void parts_become_one_alert_with_its_events(void **state)
{
	struct place *p = *state;
	_cleanup_(buf_done) struct buf told = {.max = 1u << 20};
	struct sign_in list[12];
	struct alert_match *m;
	event_id *events;
	struct arena arena;
	uint32_t count;
	struct alert al;
	struct works w;
	struct db *db;

	for (unsigned i = 0; i < 12; i++)
		list[i] = (struct sign_in){i < 6 ? p->tenant : p->other, i % 6, 10, i < 9 ? 7 : 8, i};
	fill(p, list, 12);
	works_open(p, &w);
	run_out(&w, &p->e);
	assert_int_equal(atomic_load(&station_counters(w.station)->correlated), 1);
	works_close(&w);
	tell(p, p->other, &told);
	assert_string_equal(buf_cstr(&told), "");
	tell(p, p->tenant, &told);
	assert_string_equal(buf_cstr(&told), "Many failed sign-ins|5|[[\"IpAddress\",\"45.155.204.7\"]]| 5@0-4/5\n");
	arena_init(&arena, 1u << 20);
	assert_int_equal(db_open(str_of(p->database), &db, &p->e), 0);
	assert_int_equal(alert_find(db, (struct scope){p->tenant}, 1, &arena, &al, &p->e), 0);
	assert_true(str_eq(al.asset, STR("DC-1")) && str_eq(al.account, STR("u4")));
	assert_int_equal(al.level, 4);
	assert_int_equal(alert_events(db, (struct scope){p->tenant}, 1, 0, &arena, &events, &count, &p->e), 0);
	assert_int_equal(count, 5);
	assert_int_equal(events[0], al.first_event);
	assert_int_equal(events[4], al.last_event);
	assert_int_equal(alert_matches(db, (struct scope){p->tenant}, 1, &arena, &m, &count, &p->e), 0);
	assert_int_equal(count, 1);
	assert_true(str_eq(m[0].condition, STR("event_count >= 5")));
	assert_int_equal(m[0].span, TIME_MINUTE);
	db_close(db);
	arena_done(&arena);
}

/* What an uninterrupted run over the same events says. */
static void expect(struct place *p, struct buf *out)
{
	struct works w;
	char command[512];

	snprintf(command, sizeof(command), "cp %s %s.kept", p->database, p->database);
	assert_int_equal(system(command), 0);
	works_open(p, &w);
	run_out(&w, &p->e);
	assert_int_equal(atomic_load(&station_counters(w.station)->correlate_late), 0);
	works_close(&w);
	tell(p, p->tenant, out);
	snprintf(command, sizeof(command), "rm -f %s-wal %s-shm && mv %s.kept %s", p->database, p->database,
		 p->database, p->database);
	assert_int_equal(system(command), 0);
}

static void a_restart_after_every_batch_changes_nothing(void **state)
{
	_cleanup_(buf_done) struct buf whole = {.max = 1u << 20}, cut = {.max = 1u << 20};
	struct place *p = *state;
	struct works w;
	int rc;

	srandom(7);
	fill_many(p, HOSTS, ROUNDS);
	expect(p, &whole);
	assert_true(whole.len > HOSTS * 40);
	do {
		works_open(p, &w);
		rc = station_step(w.station, &p->e);
		assert_true(rc >= 0);
		if (rc == 0)
			assert_int_equal(station_step(w.station, &p->e), 0);
		works_close(&w);
	} while (rc > 0);
	tell(p, p->tenant, &cut);
	assert_string_equal(buf_cstr(&cut), buf_cstr(&whole));
}

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
	usleep((useconds_t)(20000 + random() % 60000));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void kill_9_neither_loses_nor_doubles_a_correlation(void **state)
{
	_cleanup_(buf_done) struct buf whole = {.max = 1u << 20}, cut = {.max = 1u << 20};
	struct place *p = *state;
	int kills = 0;
	struct works w;

	srandom(20261121);
	fill_many(p, 30, 2000);
	expect(p, &whole);
	while (kills < 40 && !run_killed(p))
		kills++;
	works_open(p, &w);
	run_out(&w, &p->e);
	works_close(&w);
	assert_true(kills >= 3);
	tell(p, p->tenant, &cut);
	assert_string_equal(buf_cstr(&cut), buf_cstr(&whole));
	print_message("%d sign-ins through %d kills\n", 30 * 2000, kills);
}

static void new_rules_in_the_middle_lose_no_window(void **state)
{
	_cleanup_(buf_done) struct buf whole = {.max = 1u << 20}, cut = {.max = 1u << 20};
	struct place *p = *state;
	struct works w;
	int rc, reloads = 0;

	srandom(3);
	fill_many(p, HOSTS, ROUNDS);
	expect(p, &whole);
	works_open(p, &w);
	while ((rc = station_step(w.station, &p->e)) > 0) {
		/* Another correlation comes and goes; the numbers of fields and rules move. */
		str text = ++reloads % 2 ? STR("title: Z\ndetection: {s: {Z: z}, condition: s}\n---\n" PART SPRAY
					       "---\n" BRUTE("5"))
					 : STR(PART BRUTE("5"));
		time_us began = p->env.monotonic(p->env.ctx);

		assert_int_equal(file_write_atomic(str_of(p->rules), text, 0600, &p->e), 0);
		assert_int_equal(detector_reload(w.detector, &p->e), 0);
		assert_true(p->env.monotonic(p->env.ctx) - began < TIME_SECOND);
	}
	assert_int_equal(rc, 0);
	run_out(&w, &p->e);
	assert_true(reloads >= 5);
	works_close(&w);
	tell(p, p->tenant, &cut);
	assert_string_equal(buf_cstr(&cut), buf_cstr(&whole));
}

static void a_failure_of_the_store_is_made_good(void **state)
{
	_cleanup_(buf_done) struct buf whole = {.max = 1u << 20}, cut = {.max = 1u << 20};
	struct place *p = *state;
	struct works w;
	struct db *db;
	int rc, failures = 0;

	srandom(4);
	fill_many(p, 10, 600);
	expect(p, &whole);
	works_open(p, &w);
	/* Somebody else holds the store: the batch's commit has to wait, and gives up. */
	assert_int_equal(db_open(str_of(p->database), &db, &p->e), 0);
	for (int i = 0; i < 1; i++) {
		rc = station_step(w.station, &p->e);
		assert_true(rc > 0);
		assert_int_equal(db_begin(db, &p->e), 0);
		rc = station_step(w.station, &p->e);
		failures += rc < 0;
		db_rollback(db);
	}
	run_out(&w, &p->e);
	works_close(&w);
	db_close(db);
	assert_int_equal(failures, 1);
	tell(p, p->tenant, &cut);
	assert_string_equal(buf_cstr(&cut), buf_cstr(&whole));
}

static void bad_clocks_and_unbounded_groups_are_counted(void **state)
{
	struct place *p = *state;
	struct sign_in *list = mem_alloc(60000, sizeof(*list));
	str path = str_of(p->rules);
	struct detector_options rules = {.paths = &path, .path_count = 1};
	struct station_options o = {
		.env = &p->env, .database = str_of(p->database), .correlate_bytes = 1, .lateness = TIME_SECOND};
	struct station_counters *c;
	struct works w;

	/* The station shares out no less than a mebibyte. */
	for (uint32_t i = 0; i < 60000; i++)
		list[i] = (struct sign_in){p->tenant, i / 6000 + 100, i / 6000 + 100, i, 1};
	list[0].at = 1;              /* where it begins; an hour later the clock of this one is back by 99 s */
	list[30000].at = 1;          /* late */
	list[30001].at = 4000000000; /* from a far future: changes nothing for others */
	fill(p, list, 60000);
	free(list);
	assert_int_equal(archive_open(str_of(p->folder), NULL, &p->env, &w.archive, &p->e), 0);
	assert_int_equal(detector_open(&rules, &w.detector, &p->e), 0);
	o.archive = w.archive;
	o.detector = w.detector;
	assert_int_equal(station_create(&o, &w.station, &p->e), 0);
	c = station_counters(w.station);
	run_out(&w, &p->e);
	assert_int_equal(atomic_load(&c->events), 60000);
	assert_true(atomic_load(&c->correlate_evicted) > 10000);
	assert_true(atomic_load(&c->correlate_late) >= 1);
	assert_int_equal(atomic_load(&c->correlate_early), 1);
	assert_true(atomic_load(&c->correlate_bytes) <= 2u << 20);
	works_close(&w);
}

static void write_file(struct place *p, const char *name, const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/indicators", p->folder);
	assert_int_equal(folder_make(str_of(path), &p->e), 0);
	snprintf(path, sizeof(path), "%s/indicators/%s", p->folder, name);
	assert_int_equal(file_write_atomic(str_of(path), str_of(text), 0600, &p->e), 0);
}

static void indicators_open(struct place *p, struct works *w)
{
	struct detector_options rules = {.data_folder = str_of(p->folder), .lists = {.env = &p->env}};
	struct station_options o = {.env = &p->env, .database = str_of(p->database)};

	assert_int_equal(archive_open(str_of(p->folder), NULL, &p->env, &w->archive, &p->e), 0);
	assert_int_equal(detector_open(&rules, &w->detector, &p->e), 0);
	o.archive = w->archive;
	o.detector = w->detector;
	assert_int_equal(station_create(&o, &w->station, &p->e), 0);
}

static void an_indicator_becomes_an_alert_with_its_list(void **state)
{
	struct place *p = *state;
	struct sign_in list[4];
	struct alert_indicator i;
	const struct generation *g;
	struct station_counters *c;
	struct arena arena;
	struct alert al;
	struct works w;
	struct db *db;

	/* 10.0.0.0/8 is in our own warning list; the second line is no indicator, the last one comes with a reload. */
	write_file(p, "feed.csv",
		   "# License: CC0-1.0\n# Source: https://feed.example/\nvalue,description\n45.155.204.7,\"Known "
		   "scanner\"\n"
		   "not an indicator,x\n");
	write_file(p, "broken.txt.gz", "\x1f\x8b\x08\x00 no gzip");
	for (unsigned k = 0; k < 4; k++)
		list[k] = (struct sign_in){p->tenant, k, k, k < 3 ? 7 : 9, k};
	fill(p, list, 4);
	indicators_open(p, &w);
	c = station_counters(w.station);
	run_out(&w, &p->e);
	assert_int_equal(atomic_load(&c->indicator_hits) + atomic_load(&c->indicator_warned), 3);
	g = detector_take(w.detector);
	assert_true(intel_set_list_count(g->lists->set) >= 3);
	assert_true(intel_set_list(g->lists->set, 0)->failed);
	assert_int_equal(intel_set_list(g->lists->set, 1)->entries, 1);
	assert_int_equal(intel_set_list(g->lists->set, 1)->problems, 1);
	assert_true(str_eq(intel_set_list(g->lists->set, 1)->license, STR("CC0-1.0")));
	detector_give(w.detector, g);
	works_close(&w);
	arena_init(&arena, 1u << 20);
	assert_int_equal(db_open(str_of(p->database), &db, &p->e), 0);
	assert_int_equal(alert_find(db, (struct scope){p->tenant}, 1, &arena, &al, &p->e), 0);
	assert_true(str_eq(al.rule_id, STR("indicator:ip:45.155.204.7")));
	assert_int_equal(al.count, 1); /* asset and account: another account is another alert */
	assert_int_equal(alert_indicator_of(db, (struct scope){p->tenant}, 1, &arena, &i, &p->e), 0);
	assert_true(str_eq(i.description, STR("Known scanner")) && i.line == 4 && str_eq(i.field, STR("IpAddress")));
	assert_true(str_eq(i.license, STR("CC0-1.0")) && str_eq(i.source, STR("https://feed.example/")));
	assert_int_equal(alert_indicator_of(db, (struct scope){p->other}, 1, &arena, &i, &p->e), 0);
	assert_int_equal(i.value.len, 0);
	db_close(db);
	arena_done(&arena);
}

static void new_lists_work_at_once_and_unchanged_ones_are_kept(void **state)
{
	struct place *p = *state;
	struct sign_in list[2] = {{p->tenant, 1, 1, 7, 1}, {p->tenant, 2, 2, 9, 1}};
	const struct generation *before, *after;
	struct works w;

	write_file(p, "a.txt", "45.155.204.7\n");
	indicators_open(p, &w);
	before = detector_take(w.detector);
	assert_int_equal(detector_reload(w.detector, &p->e), 0);
	after = detector_take(w.detector);
	assert_ptr_equal(before->lists, after->lists);
	detector_give(w.detector, after);
	write_file(p, "b.txt", "45.155.204.9\n");
	assert_int_equal(detector_reload(w.detector, &p->e), 0);
	after = detector_take(w.detector);
	assert_ptr_not_equal(before->lists, after->lists);
	assert_int_equal(after->lists->number, 2);
	detector_give(w.detector, before);
	detector_give(w.detector, after);
	works_close(&w);
	fill(p, list, 2);
	indicators_open(p, &w);
	run_out(&w, &p->e);
	assert_int_equal(atomic_load(&station_counters(w.station)->indicator_hits), 2);
	works_close(&w);
}

#define LIVE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(parts_become_one_alert_with_its_events),
		LIVE_TEST(a_restart_after_every_batch_changes_nothing),
		LIVE_TEST(kill_9_neither_loses_nor_doubles_a_correlation),
		LIVE_TEST(new_rules_in_the_middle_lose_no_window),
		LIVE_TEST(a_failure_of_the_store_is_made_good),
		LIVE_TEST(an_indicator_becomes_an_alert_with_its_list),
		LIVE_TEST(new_lists_work_at_once_and_unchanged_ones_are_kept),
		LIVE_TEST(bad_clocks_and_unbounded_groups_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
