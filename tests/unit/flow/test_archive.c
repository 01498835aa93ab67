#include "tests.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "flow/archive/archive.h"
#include "flow/archive/internal.h"

struct place {
	char folder[64];
	struct env env;
	struct archive *a;
	struct arena arena;
};

static int setup(void **state)
{
	struct place *p = mem_alloc(1, sizeof(*p));

	snprintf(p->folder, sizeof(p->folder), "/tmp/noroshi-archive-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	p->env = env_real(NULL);
	arena_init(&p->arena, 64u << 20);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char command[128];

	archive_close(p->a);
	arena_done(&p->arena);
	snprintf(command, sizeof(command), "rm -rf %s", p->folder);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

static void open_archive(struct place *p, uint64_t segment_bytes)
{
	struct archive_options options = {.segment_bytes = segment_bytes};
	struct err e = {0};

	archive_close(p->a);
	p->a = NULL;
	assert_int_equal(archive_open(str_of(p->folder), &options, &p->env, &p->a, &e), 0);
}

static event_id put(struct place *p, int64_t tenant, time_us at, const char *raw)
{
	struct raw_event ev = {.tenant_id = tenant,
			       .received = 1000,
			       .time = at,
			       .time_known = true,
			       .source = STR("test"),
			       .raw = str_of(raw)};
	event_id id = 0;
	struct err e = {0};

	assert_int_equal(archive_append(p->a, &ev, 1, &id, &e), 0);
	assert_true(id > 0);
	return id;
}

static void path_of(const struct place *p, unsigned number, char out[128])
{
	snprintf(out, 128, "%s/events/%010u.seg", p->folder, number);
}

static long size_of(const struct place *p, unsigned number)
{
	char path[128];
	struct stat st;

	path_of(p, number, path);
	assert_int_equal(stat(path, &st), 0);
	return (long)st.st_size;
}

static void damage(const struct place *p, unsigned number, long at, const char *bytes)
{
	char path[128];
	int fd;

	path_of(p, number, path);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, strlen(bytes), at), (long)strlen(bytes));
	close(fd);
}

static void assert_found(struct place *p, int64_t tenant, event_id id, const char *raw)
{
	struct archived got;
	struct err e = {0};

	assert_int_equal(archive_find(p->a, tenant, id, &p->arena, &got, &e), 0);
	assert_true(str_eq(got.event.raw, str_of(raw)));
	assert_true(str_eq(got.event.source, STR("test")));
	assert_true(got.id == id);
}

static void assert_absent(struct place *p, int64_t tenant, event_id id)
{
	struct archived got;
	struct err e = {0};

	assert_int_equal(archive_find(p->a, tenant, id, &p->arena, &got, &e), -ERR_NOT_FOUND);
	assert_string_equal(e.id, "err.event.absent");
}

static void an_event_is_found_again_by_its_own_tenant_only(void **state)
{
	struct place *p = *state;
	event_id first, second;

	open_archive(p, 0);
	first = put(p, 1, 5, "{\"a\":1}");
	second = put(p, 2, 6, "second");
	assert_true(second > first);
	assert_found(p, 1, first, "{\"a\":1}");
	assert_found(p, 2, second, "second");
	assert_absent(p, 2, first);
	assert_absent(p, 1, second);
	open_archive(p, 0);
	assert_found(p, 1, first, "{\"a\":1}");
	assert_absent(p, 1, second);
}

/* A sender may put the bytes of a whole record, another tenant's number in it, inside an event. */
static void a_number_inside_a_record_finds_nothing(void **state)
{
	struct place *p = *state;
	_cleanup_(buf_done) struct buf forged = {0};
	struct raw_event inner = {.tenant_id = 2, .source = STR("test"), .raw = STR("forged")};
	struct raw_event outer = {.tenant_id = 1, .source = STR("12345678")};
	struct err e = {0};
	event_id id;

	open_archive(p, 0);
	buf_init(&forged, 4096);
	record_write(&forged, &inner);
	outer.raw = buf_str(&forged);
	assert_int_equal(archive_append(p->a, &outer, 1, &id, &e), 0);
	assert_absent(p, 2, id + RECORD_HEADER_BYTES + 8);
	assert_absent(p, 1, id + RECORD_HEADER_BYTES + 8);
	for (event_id at = id + 1; at < id + 200; at++)
		assert_absent(p, 1, at);
	assert_absent(p, 1, id_make(77, 80));
}

static void segments_roll_and_pages_go_backwards_over_them(void **state)
{
	struct place *p = *state;
	struct archive_query q = {.tenant_id = 1, .limit = 7};
	struct archive_page page;
	struct archive_stats stats;
	struct err e = {0};
	char raw[400];
	int next = 199;

	open_archive(p, 8192);
	for (int i = 0; i < 200; i++) {
		snprintf(raw, sizeof(raw), "event %d %300s", i, "x");
		put(p, i % 2 ? 1 : 2, 100 + i, raw);
	}
	archive_stats(p->a, &stats);
	assert_true(stats.segments > 5);
	assert_int_equal(stats.events, 200);
	do {
		assert_int_equal(archive_search(p->a, &q, &p->arena, &page, &e), 0);
		for (uint32_t i = 0; i < page.count; i++, next -= 2)
			assert_int_equal(page.events[i].event.time, 100 + next);
		q.before = page.next;
	} while (page.next);
	assert_int_equal(next, -1);
}

static void a_search_keeps_to_its_time_its_source_and_its_words(void **state)
{
	struct place *p = *state;
	struct archive_query q = {.tenant_id = 1, .limit = 100, .from = 20, .until = 30};
	struct archive_page page;
	struct err e = {0};

	open_archive(p, 0);
	put(p, 1, 19, "early");
	put(p, 1, 20, "Mimikatz here");
	put(p, 2, 21, "mimikatz of another tenant");
	put(p, 1, 29, "late");
	put(p, 1, 30, "too late");
	assert_int_equal(archive_search(p->a, &q, &p->arena, &page, &e), 0);
	assert_int_equal(page.count, 2);
	assert_true(str_eq(page.events[0].event.raw, STR("late")));
	q.contains = STR("mimiKATZ");
	assert_int_equal(archive_search(p->a, &q, &p->arena, &page, &e), 0);
	assert_int_equal(page.count, 1);
	q.source = STR("other");
	assert_int_equal(archive_search(p->a, &q, &p->arena, &page, &e), 0);
	assert_int_equal(page.count, 0);
}

static void the_tail_sees_everything_once_and_goes_on_where_it_was(void **state)
{
	struct place *p = *state;
	event_id position = 0;
	struct archived *events;
	struct err e = {0};
	uint32_t count, seen = 0;

	open_archive(p, 4096);
	for (int i = 0; i < 100; i++)
		put(p, 1 + i % 3, i, "some event of about seventy bytes, so that the segments have to roll on");
	do {
		assert_int_equal(archive_tail(p->a, &position, 9, &p->arena, &events, &count, &e), 0);
		for (uint32_t i = 0; i < count; i++)
			assert_int_equal(events[i].event.time, seen++);
		if (seen == 45)
			open_archive(p, 4096);
	} while (count);
	assert_int_equal(seen, 100);
	/* Caught up: the wait waits, it does not find the last commit record again and again. */
	assert_false(archive_wait(p->a, position, 1));
	assert_false(archive_wait(p->a, archive_end(p->a), 1));
	put(p, 1, 100, "one more");
	assert_true(archive_wait(p->a, position, 1000));
	assert_int_equal(archive_tail(p->a, &position, 9, &p->arena, &events, &count, &e), 0);
	assert_int_equal(count, 1);
}

static void a_torn_tail_is_cut_and_nothing_acknowledged_with_it(void **state)
{
	struct place *p = *state;
	struct archive_stats stats;
	event_id kept, torn;
	long before, after;
	char path[128];

	open_archive(p, 0);
	kept = put(p, 1, 1, "kept");
	before = size_of(p, 1);
	torn = put(p, 1, 2, "this one is torn in the middle of its bytes");
	after = size_of(p, 1);
	path_of(p, 1, path);
	for (long cut = before; cut < after; cut++) {
		bool whole = cut >= after - (long)COMMIT_BYTES;

		assert_int_equal(truncate(path, cut), 0);
		open_archive(p, 0);
		archive_stats(p->a, &stats);
		assert_found(p, 1, kept, "kept");
		/* A whole record whose commit record is lost is kept: the sender was only never told. */
		if (whole) {
			assert_found(p, 1, torn, "this one is torn in the middle of its bytes");
		} else {
			assert_absent(p, 1, torn);
			assert_int_equal(stats.cut_bytes, cut - before);
			torn = put(p, 1, 2, "this one is torn in the middle of its bytes");
		}
		assert_int_equal(size_of(p, 1), after);
	}
}

static void damage_in_the_middle_is_skipped_counted_and_never_cut(void **state)
{
	struct place *p = *state;
	struct archive_report report;
	struct archive_stats stats;
	event_id ids[20];
	struct err e = {0};
	long size;

	open_archive(p, 0);
	for (int i = 0; i < 20; i++)
		ids[i] = put(p, 1, i, "one of twenty");
	assert_int_equal(archive_verify(p->a, &report, &e), 0);
	assert_int_equal(report.bad_groups, 0);
	assert_int_equal(report.events, 20);
	size = size_of(p, 1);
	damage(p, 1, (long)id_offset(ids[10]) + 52, "X");
	assert_int_equal(archive_verify(p->a, &report, &e), 0);
	assert_int_equal(report.bad_groups, 1);
	assert_int_equal(report.first_bad_offset, id_offset(ids[10]));
	open_archive(p, 0);
	assert_int_equal(size_of(p, 1), size);
	archive_stats(p->a, &stats);
	assert_true(stats.damaged_bytes > 0);
	assert_int_equal(stats.events, 19);
	for (int i = 0; i < 20; i++)
		if (i != 10)
			assert_found(p, 1, ids[i], "one of twenty");
	assert_absent(p, 1, ids[10]);
}

/* Somebody who repairs the checksums still breaks the chain. */
static void a_record_changed_with_its_checksum_breaks_the_chain(void **state)
{
	struct place *p = *state;
	_cleanup_(buf_done) struct buf other = {0};
	struct raw_event ev = {.tenant_id = 1,
			       .received = 1000,
			       .time = 3,
			       .time_known = true,
			       .source = STR("test"),
			       .raw = STR("innocent")};
	struct archive_report report;
	struct err e = {0};
	event_id id;
	char path[128];
	int fd;

	open_archive(p, 0);
	put(p, 1, 2, "before");
	id = put(p, 1, 3, "evil act");
	put(p, 1, 4, "behind");
	buf_init(&other, 4096);
	record_write(&other, &ev);
	path_of(p, 1, path);
	fd = open(path, O_RDWR);
	assert_int_equal(pwrite(fd, other.ptr, other.len, id_offset(id)), (long)other.len);
	close(fd);
	assert_found(p, 1, id, "innocent");
	assert_int_equal(archive_verify(p->a, &report, &e), 0);
	assert_int_equal(report.bad_groups, 1);
	assert_int_equal(report.first_bad_offset, id_offset(id));
}

static void a_full_disk_is_an_error_and_later_goes_on(void **state)
{
	struct place *p = *state;
	struct rlimit was, small;
	struct raw_event ev = {.tenant_id = 1, .source = STR("test")};
	struct archive_report report;
	struct err e = {0};
	char *large = mem_alloc(1, 100000);
	event_id first, last;
	long size;

	open_archive(p, 0);
	first = put(p, 1, 1, "first");
	size = size_of(p, 1);
	memset(large, 'a', 100000);
	ev.raw = (str){large, 100000};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = (rlim_t)size + 50000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_true(archive_append(p->a, &ev, 1, NULL, &e) < 0);
	assert_string_equal(e.id, "err.archive.write");
	assert_int_equal(size_of(p, 1), size);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	last = put(p, 1, 2, "last");
	assert_found(p, 1, first, "first");
	assert_found(p, 1, last, "last");
	assert_int_equal(archive_verify(p->a, &report, &e), 0);
	assert_int_equal(report.bad_groups, 0);
	assert_int_equal(report.events, 2);
	free(large);
}

static void what_is_too_large_or_empty_is_refused_whole(void **state)
{
	struct place *p = *state;
	struct raw_event two[2] = {{.tenant_id = 1, .source = STR("test"), .raw = STR("good")},
				   {.tenant_id = 1, .source = STR("test"), .raw = STR_NONE}};
	struct archive_stats stats;
	struct err e = {0};

	open_archive(p, 0);
	assert_int_equal(archive_append(p->a, two, 2, NULL, &e), -ERR_RANGE);
	two[1].raw = (str){"x", (16u << 20) + 1};
	assert_int_equal(archive_append(p->a, two, 2, NULL, &e), -ERR_LIMIT);
	archive_stats(p->a, &stats);
	assert_int_equal(stats.events, 0);
}

#define THREADS 8
#define PER_THREAD 200

static void *submit(void *ctx)
{
	struct place *p = ctx;
	char raw[64];

	for (int i = 0; i < PER_THREAD; i++) {
		struct raw_event ev = {.tenant_id = 1, .batch = 9, .source = STR("test")};
		struct archived got;
		struct arena arena;
		struct err e = {0};
		event_id id;

		snprintf(raw, sizeof(raw), "%p %d", (void *)&arena, i);
		ev.raw = str_of(raw);
		if (archive_append(p->a, &ev, 1, &id, &e))
			return p;
		arena_init(&arena, 1u << 20);
		if (archive_find(p->a, 1, id, &arena, &got, &e) || !str_eq(got.event.raw, ev.raw))
			return p;
		arena_done(&arena);
	}
	return NULL;
}

static void many_submitters_share_the_disk_and_get_their_own_ids(void **state)
{
	struct place *p = *state;
	pthread_t threads[THREADS];
	struct archive_stats stats;
	struct archive_report report;
	struct err e = {0};
	uint64_t count;
	void *failed;

	open_archive(p, 20000);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, submit, p), 0);
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	archive_stats(p->a, &stats);
	assert_int_equal(stats.events, THREADS * PER_THREAD);
	assert_true(stats.groups < THREADS * PER_THREAD);
	assert_int_equal(archive_count_batch(p->a, 1, 9, 0, &count, &e), 0);
	assert_int_equal(count, THREADS * PER_THREAD);
	assert_int_equal(archive_count_batch(p->a, 2, 9, 0, &count, &e), 0);
	assert_int_equal(count, 0);
	assert_int_equal(archive_verify(p->a, &report, &e), 0);
	assert_int_equal(report.bad_groups, 0);
}

static void ids_have_one_text_form(void **state)
{
	char text[EVENT_ID_TEXT_LEN + 1];
	event_id id;

	(void)state;
	event_id_format(id_make(3, 80), text);
	assert_string_equal(text, "0000000300000050");
	assert_true(event_id_parse(str_of(text), &id));
	assert_true(id == id_make(3, 80));
	assert_false(event_id_parse(STR("000000030000005"), &id));
	assert_false(event_id_parse(STR("000000030000005g"), &id));
	assert_false(event_id_parse(STR("000000030000005A"), &id));
	assert_false(event_id_parse(STR("0000000000000000"), &id));
	assert_false(event_id_parse(STR("ffffffffffffffff"), &id));
}

#define ARCHIVE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARCHIVE_TEST(an_event_is_found_again_by_its_own_tenant_only),
		ARCHIVE_TEST(a_number_inside_a_record_finds_nothing),
		ARCHIVE_TEST(segments_roll_and_pages_go_backwards_over_them),
		ARCHIVE_TEST(a_search_keeps_to_its_time_its_source_and_its_words),
		ARCHIVE_TEST(the_tail_sees_everything_once_and_goes_on_where_it_was),
		ARCHIVE_TEST(a_torn_tail_is_cut_and_nothing_acknowledged_with_it),
		ARCHIVE_TEST(damage_in_the_middle_is_skipped_counted_and_never_cut),
		ARCHIVE_TEST(a_record_changed_with_its_checksum_breaks_the_chain),
		ARCHIVE_TEST(a_full_disk_is_an_error_and_later_goes_on),
		ARCHIVE_TEST(what_is_too_large_or_empty_is_refused_whole),
		ARCHIVE_TEST(many_submitters_share_the_disk_and_get_their_own_ids),
		cmocka_unit_test(ids_have_one_text_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
