#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/evtx/evtx.h"
#include "os/file.h"

/* Expected counts were compared with an independent reader (the Rust crate evtx 0.8 and later). */
static const struct {
	const char *name;
	uint64_t records, damaged_records, damaged_chunks;
} FILES[] = {
	{"bad-chunk-magic", 29, 2, 1},     {"bits-job", 5, 0, 0},      {"exchange-without-template", 1, 0, 0},
	{"forwarded-powershell", 8, 0, 0}, {"security-task", 2, 0, 0}, {"sysmon-psexec", 15, 0, 0},
	{"zero-size-record", 116, 1, 0},
};

struct fixture {
	struct path_table paths;
	struct leaves leaves;
	struct arena arena;
	struct buf file;
};

static void fixture_open(struct fixture *f, const char *name)
{
	char path[512];
	struct err e;

	path_table_init(&f->paths);
	leaves_init(&f->leaves, &f->paths, 4096);
	arena_init(&f->arena, 64u << 20);
	leaves_use(&f->leaves, &f->arena);
	buf_init(&f->file, 4u << 20);
	snprintf(path, sizeof(path), "%s/tests/data/evtx/%s.evtx", getenv("NOROSHI_SOURCE_ROOT"), name);
	assert_int_equal(file_read(str_of(path), 4u << 20, &f->file, &e), 0);
}

static void fixture_close(struct fixture *f)
{
	leaves_done(&f->leaves);
	path_table_done(&f->paths);
	arena_done(&f->arena);
	buf_done(&f->file);
}

static void show(const struct leaves *l, uint64_t id, struct buf *out)
{
	buf_add_fmt(out, "#%llu\n", (unsigned long long)id);
	for (uint32_t i = 0; i < l->count; i++) {
		buf_add(out, l->items[i].name);
		buf_add_byte(out, '=');
		buf_add(out, l->items[i].text);
		buf_add_byte(out, '\n');
	}
}

/* Reads everything, fed `step` bytes more at a time (0: whole); out may be NULL. */
static struct evtx_counts read_all(struct fixture *f, str in, size_t step, struct buf *out)
{
	struct evtx *x = evtx_create(&f->leaves);
	struct evtx_counts counts;
	size_t have = step && step < in.len ? step : in.len, rest;
	int rc;

	evtx_feed(x, str_sub(in, 0, have), have == in.len);
	for (;;) {
		struct evtx_record record;
		struct err e = {0};

		rc = evtx_next(x, &record, &e);
		assert_int_not_equal(rc, EVTX_AGAIN);
		if (rc == EVTX_RECORD && out)
			show(&f->leaves, record.id, out);
		if (rc < 0)
			assert_non_null(e.id);
		if (rc != EVTX_END)
			continue;
		rest = evtx_rest(x);
		if (have == in.len)
			break;
		in = str_from(in, have - rest);
		have = rest + step < in.len ? rest + step : in.len;
		evtx_feed(x, str_sub(in, 0, have), have == in.len);
	}
	evtx_counts(x, &counts);
	evtx_free(x);
	arena_reset(&f->arena);
	leaves_use(&f->leaves, &f->arena);
	return counts;
}

static void real_files_give_their_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
		_cleanup_(fixture_close) struct fixture f;
		struct evtx_counts counts;

		fixture_open(&f, FILES[i].name);
		assert_true(evtx_detect(buf_str(&f.file)));
		counts = read_all(&f, buf_str(&f.file), 0, NULL);
		assert_int_equal(counts.records, FILES[i].records);
		assert_int_equal(counts.damaged_records, FILES[i].damaged_records);
		assert_int_equal(counts.damaged_chunks, FILES[i].damaged_chunks);
	}
}

static void pieces_give_what_the_whole_gives(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
		_cleanup_(fixture_close) struct fixture f;
		_cleanup_(buf_done) struct buf whole = {0}, pieces = {0};

		fixture_open(&f, FILES[i].name);
		buf_init(&whole, 4u << 20);
		buf_init(&pieces, 4u << 20);
		read_all(&f, buf_str(&f.file), 0, &whole);
		read_all(&f, buf_str(&f.file), 10007, &pieces);
		assert_int_equal(buf_check(&whole, NULL), 0);
		assert_true(str_eq(buf_str(&whole), buf_str(&pieces)));
	}
}

static void expect_line(const struct buf *out, const char *line)
{
	char text[512];

	snprintf(text, sizeof(text), "\n%s\n", line);
	if (str_find(buf_str(out), str_of(text)) < 0)
		fail_msg("missing: %s", line);
}

static void values_are_rendered_as_windows_does(void **state)
{
	_cleanup_(fixture_close) struct fixture f;
	_cleanup_(buf_done) struct buf out = {0};

	(void)state;
	fixture_open(&f, "sysmon-psexec");
	buf_init(&out, 1u << 20);
	read_all(&f, buf_str(&f.file), 0, &out);
	expect_line(&out, "Event.System.Provider.Name=Microsoft-Windows-Sysmon");
	expect_line(&out, "Event.System.Provider.Guid={5770385F-C22A-43E0-BF4C-06F5698FFBD9}");
	expect_line(&out, "Event.System.EventID=17");
	expect_line(&out, "Event.System.Keywords=0x8000000000000000");
	expect_line(&out, "Event.System.Channel=Microsoft-Windows-Sysmon/Operational");
	expect_line(&out, "Event.System.Security.UserID=S-1-5-18");
	/* xmlns names nothing, and an optional value that is null gives nothing. */
	assert_int_equal(str_find(buf_str(&out), STR("xmlns")), -1);
	assert_int_equal(str_find(buf_str(&out), STR("Correlation.ActivityID")), -1);
}

static void records_without_templates_are_read(void **state)
{
	_cleanup_(fixture_close) struct fixture f;
	_cleanup_(buf_done) struct buf out = {0};

	(void)state;
	fixture_open(&f, "exchange-without-template");
	buf_init(&out, 1u << 20);
	read_all(&f, buf_str(&f.file), 0, &out);
	expect_line(&out, "Event.System.EventID.Qualifiers=16384");
	expect_line(&out, "Event.System.EventID=1");
	expect_line(&out, "Event.System.Channel=MSExchange Management");
	expect_line(&out, "Event.EventData.Data=Set-Mailbox");
	expect_line(&out, "Event.EventData.Data=ave.local/Users/Administrateur");
}

/* Whatever is cut off, the records before it are read. */
static void truncated_files_give_what_is_there(void **state)
{
	_cleanup_(fixture_close) struct fixture f;
	uint64_t last = 0;

	(void)state;
	fixture_open(&f, "sysmon-psexec");
	for (size_t len = 0; len <= f.file.len; len += 509) {
		struct evtx_counts counts = read_all(&f, str_sub(buf_str(&f.file), 0, len), 0, NULL);

		assert_true(counts.records >= last);
		assert_true(counts.damaged_records + counts.damaged_chunks <= 2);
		last = counts.records;
	}
	assert_int_equal(last, 15);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Damage anywhere: never a crash, never a loop, and damage in one record does not take the others. */
static void flipped_bytes_cost_little(void **state)
{
	uint32_t seed = 20261121;
	uint64_t records = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
		_cleanup_(fixture_close) struct fixture f;

		fixture_open(&f, FILES[i].name);
		for (int round = 0; round < 150; round++) {
			size_t at = 4096 + 512 + next_random(&seed) % (f.file.len - 4096 - 512);
			char was = f.file.ptr[at];

			f.file.ptr[at] = (char)next_random(&seed);
			records += read_all(&f, buf_str(&f.file), 0, NULL).records;
			f.file.ptr[at] = was;
		}
	}
	/* 176 records × 150 rounds = 26,400 without damage. */
	assert_true(records > 25500);
	assert_true(records <= 26400);
}

static void wrong_headers_do_not_matter(void **state)
{
	_cleanup_(fixture_close) struct fixture f;

	(void)state;
	fixture_open(&f, "sysmon-psexec");
	/* The file header is lost. */
	memset(f.file.ptr, 0, 128);
	assert_true(evtx_detect(buf_str(&f.file)));
	assert_int_equal(read_all(&f, buf_str(&f.file), 0, NULL).records, 15);
	/* The chunk's own header says that it is empty: its records go on by their numbers only when the first is
	 * there. */
	memset(f.file.ptr + 4096 + 8, 0, 120);
	assert_int_equal(read_all(&f, buf_str(&f.file), 0, NULL).records, 15);
	/* Its magic is lost too. */
	memset(f.file.ptr + 4096, 'x', 8);
	assert_int_equal(read_all(&f, buf_str(&f.file), 0, NULL).records, 15);
	assert_int_equal(read_all(&f, buf_str(&f.file), 0, NULL).damaged_chunks, 1);
}

static void an_empty_arena_is_asked_for_again(void **state)
{
	_cleanup_(fixture_close) struct fixture f;
	struct evtx_record record;
	struct arena small;
	struct evtx *x;
	uint32_t count;

	(void)state;
	fixture_open(&f, "sysmon-psexec");
	arena_init(&small, 300);
	leaves_use(&f.leaves, &small);
	x = evtx_create(&f.leaves);
	evtx_feed(x, buf_str(&f.file), true);
	assert_int_equal(evtx_next(x, &record, NULL), EVTX_AGAIN);
	leaves_use(&f.leaves, &f.arena);
	assert_int_equal(evtx_next(x, &record, NULL), EVTX_RECORD);
	assert_int_equal(record.id, 1);
	count = f.leaves.count;
	evtx_again(x);
	assert_int_equal(evtx_next(x, &record, NULL), EVTX_RECORD);
	assert_int_equal(record.id, 1);
	assert_int_equal(f.leaves.count, count);
	evtx_skip(x);
	assert_int_equal(evtx_next(x, &record, NULL), EVTX_RECORD);
	assert_int_equal(record.id, 3);
	evtx_free(x);
	arena_done(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_files_give_their_records),
		cmocka_unit_test(pieces_give_what_the_whole_gives),
		cmocka_unit_test(values_are_rendered_as_windows_does),
		cmocka_unit_test(records_without_templates_are_read),
		cmocka_unit_test(truncated_files_give_what_is_there),
		cmocka_unit_test(flipped_bytes_cost_little),
		cmocka_unit_test(wrong_headers_do_not_matter),
		cmocka_unit_test(an_empty_arena_is_asked_for_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
