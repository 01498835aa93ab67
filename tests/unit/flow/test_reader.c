#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/inflate/inflate.h"
#include "flow/parse/parse.h"
#include "os/file.h"

static struct mapping *mapping;

static int setup(void **state)
{
	(void)state;
	return mapping_load(STR_NONE, &mapping, NULL);
}

static int teardown(void **state)
{
	(void)state;
	mapping_free(mapping);
	return 0;
}

/* Fields that only say how a dump was written: an empty element is null in JSON and nothing in EVTX. */
static bool is_noise(const struct event_field *f)
{
	return f->type == VALUE_NULL;
}

/* GUIDs stand in braces as Windows writes them, and without in some dumps; the same dumps lost spaces at the end of
 * texts, which real command lines have. */
static str comparable(str s)
{
	if (s.len == 38 && s.ptr[0] == '{' && s.ptr[37] == '}')
		return str_sub(s, 1, 36);
	while (s.len && s.ptr[s.len - 1] == ' ')
		s.len--;
	return s;
}

static void show_event(const struct event *ev, struct buf *out)
{
	buf_add_fmt(out, "%lld " STR_FMT "/" STR_FMT, (long long)ev->time, STR_ARG(ev->source.product),
		    STR_ARG(ev->source.service));
	for (uint32_t i = 0; i < ev->source.category_count; i++)
		buf_add_fmt(out, " " STR_FMT, STR_ARG(ev->source.categories[i]));
	for (uint32_t i = 0; i < ev->field_count; i++) {
		if (is_noise(&ev->fields[i]))
			continue;
		buf_add_byte(out, '\n');
		buf_add(out, ev->fields[i].name);
		buf_add_byte(out, '=');
		buf_add(out, comparable(ev->fields[i].text));
	}
	buf_add(out, STR("\n\n"));
}

/* All events as text; returns the code that ended the reading. */
static int read_bytes(str bytes, struct buf *out, struct read_counts *counts, struct err *e)
{
	_cleanup_(batch_done) struct batch b;
	struct reader *r = NULL;
	int rc = reader_open(bytes, STR("input"), mapping, NULL, &r, e);

	batch_init(&b);
	memset(counts, 0, sizeof(*counts));
	if (rc)
		return rc;
	while ((rc = reader_next(r, &b, e)) == 1) {
		assert_true(b.count >= 1 && b.count <= BATCH_EVENTS_MAX);
		for (uint32_t i = 0; out && i < b.count; i++)
			show_event(&b.events[i], out);
	}
	reader_counts(r, counts);
	reader_free(r);
	return rc;
}

static void pack_zstd(str in, struct buf *out)
{
	size_t room = ZSTD_compressBound(in.len), len;

	buf_init(out, room);
	len = ZSTD_compress(buf_room(out, room), room, in.ptr, in.len, 1);
	assert_false(ZSTD_isError(len));
	buf_claim(out, len);
}

static void pack_gzip(str in, struct buf *out)
{
	z_stream z = {0};
	size_t room = in.len + 65536;

	buf_init(out, room);
	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)in.ptr;
	z.avail_in = (uInt)in.len;
	z.next_out = (Bytef *)buf_room(out, room);
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_claim(out, room - z.avail_out);
	deflateEnd(&z);
}

/* Plain, gzip and zstd give the same events. */
static void expect_same_packed(str plain, uint64_t events)
{
	_cleanup_(buf_done) struct buf want = {0};
	struct read_counts counts;

	buf_init(&want, 256u << 20);
	assert_int_equal(read_bytes(plain, &want, &counts, NULL), 0);
	assert_int_equal(counts.events, events);
	for (int zstd = 0; zstd < 2; zstd++) {
		_cleanup_(buf_done) struct buf packed = {0}, got = {0};

		buf_init(&got, 256u << 20);
		if (zstd)
			pack_zstd(plain, &packed);
		else
			pack_gzip(plain, &packed);
		assert_int_equal(read_bytes(buf_str(&packed), &got, &counts, NULL), 0);
		assert_int_equal(counts.events, events);
		assert_true(str_eq(buf_str(&want), buf_str(&got)));
	}
}

static void packed_input_is_read_in_a_stream(void **state)
{
	_cleanup_(buf_done) struct buf lines = {0}, text = {0};

	(void)state;
	buf_init(&lines, 64u << 20);
	buf_init(&text, 64u << 20);
	for (int i = 0; i < 60000; i++) {
		buf_add_fmt(&lines, "{\"n\":%d,\"path\":\"C:\\\\Windows\\\\%d.exe\",\"pad\":\"%0100d\"}\n", i, i * 7,
			    i);
		buf_add_fmt(&text, "<13>Oct  1 22:14:15 host app[%d]: message number %d %060d\n", i, i, i);
	}
	/* More than three windows of the unpacker, so values are cut at their borders. */
	assert_true(lines.len > 3 * (2u << 20) && text.len > 3 * (2u << 20));
	expect_same_packed(buf_str(&lines), 60000);
	expect_same_packed(buf_str(&text), 60000);
}

static void source_file(const char *name, struct file_view *ret)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", getenv("NOROSHI_SOURCE_ROOT"), name);
	assert_int_equal(file_view_open(str_of(path), 1u << 30, ret, NULL), 0);
}

static void packed_event_logs_are_read_too(void **state)
{
	_cleanup_(file_view_close) struct file_view v = {0};

	(void)state;
	source_file("tests/data/evtx/zero-size-record.evtx", &v);
	expect_same_packed(v.bytes, 116);
}

static void damage_is_counted_and_told(void **state)
{
	_cleanup_(batch_done) struct batch b;
	const struct err *damages;
	struct reader *r;
	struct err e;

	(void)state;
	batch_init(&b);
	assert_int_equal(reader_open(STR("{\"a\":1}\nbroken\n{\"a\":\"cut\n{\"a\":2}\n"), STR("some/path"), mapping,
				     NULL, &r, &e),
			 0);
	assert_int_equal(reader_next(r, &b, &e), 1);
	assert_int_equal(b.count, 2);
	assert_int_equal(b.events[1].line, 4);
	assert_true(str_eq(b.events[1].raw, STR("{\"a\":2}")));
	assert_int_equal(reader_damages(r, &damages), 2);
	assert_string_equal(damages[0].id, "err.json.object");
	assert_string_equal(damages[0].path, "some/path");
	assert_int_equal(damages[0].line, 2);
	assert_string_equal(damages[1].id, "err.json.string");
	assert_int_equal(damages[1].line, 3);
	assert_int_equal(damages[1].column, 10);
	assert_int_equal(reader_next(r, &b, &e), 0);
	assert_int_equal(reader_next(r, &b, &e), 0);
	reader_free(r);
}

static void kinds_are_told_by_content(void **state)
{
	static const char binary[] = "\x7f"
				     "ELF\0\0\0\0 something {\n{\"a\":1}";
	struct read_counts counts;
	struct err e;

	(void)state;
	assert_int_equal(read_bytes(STR(""), NULL, &counts, &e), 0);
	assert_int_equal(counts.events, 0);
	assert_int_equal(read_bytes((str){binary, sizeof(binary) - 1}, NULL, &counts, &e), -ERR_UNSUPPORTED);
	assert_string_equal(e.id, "err.parse.format");
	assert_string_equal(e.path, "input");
	assert_int_equal(read_bytes(STR("\x01\x02\x7f binary without a NUL"), NULL, &counts, &e), -ERR_UNSUPPORTED);
	/* The first line is broken, the second shows what it is. */
	assert_int_equal(read_bytes(STR("oops\n{\"a\":1}\n"), NULL, &counts, &e), 0);
	assert_int_equal(counts.events, 1);
	assert_int_equal(counts.damaged_records, 1);
	assert_int_equal(read_bytes(STR("one\n\ntwo"), NULL, &counts, &e), 0);
	assert_int_equal(counts.events, 2);
	assert_int_equal(read_bytes(STR("[{\"a\":1},{\"a\":2}]"), NULL, &counts, &e), 0);
	assert_int_equal(counts.events, 2);
	assert_int_equal(counts.unknown_source, 2);
}

static void a_broken_archive_gives_what_came_before(void **state)
{
	_cleanup_(buf_done) struct buf lines = {0}, packed = {0};
	struct read_counts counts;
	struct err e;

	(void)state;
	buf_init(&lines, 16u << 20);
	for (int i = 0; i < 20000; i++)
		buf_add_fmt(&lines, "{\"n\":%d,\"x\":\"%08x\"}\n", i, (unsigned)i * 2654435761u);
	pack_gzip(buf_str(&lines), &packed);
	assert_int_equal(read_bytes(str_sub(buf_str(&packed), 0, packed.len - 2000), NULL, &counts, &e), -ERR_PARSE);
	assert_string_equal(e.id, "err.inflate.truncated");
	assert_true(counts.events > 10000 && counts.events < 20000);
}

/* A long dotted name below many leaves would need more memory than a batch has: damage, not an end. */
static void an_event_too_large_for_a_batch_is_damage(void **state)
{
	_cleanup_(buf_done) struct buf text = {0};
	struct read_counts counts;

	(void)state;
	buf_init(&text, 16u << 20);
	buf_add(&text, STR("{\"first\":1}\n{\""));
	for (int i = 0; i < 200000; i++)
		buf_add_byte(&text, 'k');
	buf_add(&text, STR("\":{"));
	for (int i = 0; i < 4000; i++)
		buf_add_fmt(&text, "%s\"%d\":1", i ? "," : "", i);
	buf_add(&text, STR("}}\n{\"last\":1}\n"));
	assert_int_equal(read_bytes(buf_str(&text), NULL, &counts, NULL), 0);
	assert_int_equal(counts.events, 2);
	assert_int_equal(counts.damaged_records, 1);
}

static char *shared_path(const char *name)
{
	static char path[1024];

	snprintf(path, sizeof(path), "%s/../shared/data/%s", getenv("NOROSHI_SOURCE_ROOT"), name);
	return path;
}

struct twins {
	uint32_t pairs, events;
};

static int compare_twin(void *ctx, str evtx_path, struct err *e)
{
	_cleanup_(file_view_close) struct file_view evtx = {0}, json = {0};
	_cleanup_(buf_done) struct buf json_path = {0}, from_evtx = {0}, from_json = {0};
	struct twins *t = ctx;
	struct read_counts a, b;

	buf_init(&json_path, 4096);
	buf_init(&from_evtx, 16u << 20);
	buf_init(&from_json, 16u << 20);
	buf_add(&json_path, str_sub(evtx_path, 0, evtx_path.len - 4));
	buf_add(&json_path, STR("json"));
	assert_int_equal(file_view_open(evtx_path, 1u << 30, &evtx, e), 0);
	assert_int_equal(file_view_open(buf_str(&json_path), 1u << 30, &json, e), 0);
	assert_int_equal(read_bytes(evtx.bytes, &from_evtx, &a, e), 0);
	assert_int_equal(read_bytes(json.bytes, &from_json, &b, e), 0);
	assert_int_equal(a.damaged_records + b.damaged_records, 0);
	assert_int_equal(a.unknown_source + b.unknown_source, 0);
	if (a.events != b.events || !str_eq(buf_str(&from_evtx), buf_str(&from_json)))
		fail_msg(STR_FMT "\n%s\n---\n%s", STR_ARG(evtx_path), buf_cstr(&from_evtx), buf_cstr(&from_json));
	t->pairs++;
	t->events += (uint32_t)a.events;
	return 0;
}

/* SigmaHQ's regression cases: the same events as EVTX and as a dump give the same fields in the same order. What may
 * differ is only what is_noise and comparable say. */
static void event_log_and_dump_are_twins(void **state)
{
	char *root = shared_path("sigma-regression");
	struct twins t = {0};
	struct err e;

	(void)state;
	if (!file_exists(str_of(root)))
		SKIP("../shared/data/sigma-regression is absent");
	assert_int_equal(folder_walk(str_of(root), STR(".evtx"), compare_twin, &t, &e), 0);
	assert_int_equal(t.pairs, 102);
	assert_true(t.events >= t.pairs);
}

struct archive {
	struct buf bytes;
	uint32_t files, damaged_files;
	uint64_t events, damaged;
};

/* One file of a tar (POSIX ustar: name at 0, size in octal at 124, type at 156, blocks of 512). */
static void read_member(struct archive *a, str header, str body)
{
	struct read_counts counts;
	str name = str_sub(header, 0, 100);
	int rc;

	name.len = strnlen(name.ptr, name.len);
	/* Long names are cut by the header; a log is known by its magic. */
	if (!str_starts(body, STR("ElfFile")))
		return;
	rc = read_bytes(body, NULL, &counts, NULL);
	assert_int_equal(rc, 0);
	a->files++;
	a->events += counts.events;
	a->damaged += counts.damaged_records;
	a->damaged_files += counts.damaged_records > 0;
}

/* 154 real event logs: no crash, and the record counts that were compared with an independent reader (the Rust crate
 * evtx: 20,959 records of the same files; what is more here is carved behind damage at which it gives up). */
static void every_real_event_log_is_read(void **state)
{
	char *path = shared_path("evtx.tar.zst");
	_cleanup_(file_view_close) struct file_view packed = {0};
	struct archive a = {0};
	struct inflate_limits limits = {1u << 30, 1000, INFLATE_WINDOW_LOG_FILE};

	(void)state;
	if (!file_exists(str_of(path)))
		SKIP("../shared/data/evtx.tar.zst is absent");
	assert_int_equal(file_view_open(str_of(path), 1u << 30, &packed, NULL), 0);
	buf_init(&a.bytes, 256u << 20);
	assert_int_equal(inflate_all(packed.bytes, limits, &a.bytes, NULL), 0);
	for (size_t at = 0; at + 512 <= a.bytes.len;) {
		str header = str_sub(buf_str(&a.bytes), at, 512);
		size_t size = header.ptr[0] ? strtoul(header.ptr + 124, NULL, 8) : 0;

		at += 512;
		if (header.ptr[156] == '0' || header.ptr[156] == '\0')
			read_member(&a, header, str_sub(buf_str(&a.bytes), at, size));
		at += (size + 511) / 512 * 512;
	}
	buf_done(&a.bytes);
	print_message("%u event logs, %llu records, %llu damages in %u files\n", a.files, (unsigned long long)a.events,
		      (unsigned long long)a.damaged, a.damaged_files);
	assert_int_equal(a.files, 154);
	assert_int_equal(a.events, 21263);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packed_input_is_read_in_a_stream),
		cmocka_unit_test(packed_event_logs_are_read_too),
		cmocka_unit_test(damage_is_counted_and_told),
		cmocka_unit_test(kinds_are_told_by_content),
		cmocka_unit_test(a_broken_archive_gives_what_came_before),
		cmocka_unit_test(an_event_too_large_for_a_batch_is_damage),
		cmocka_unit_test(event_log_and_dump_are_twins),
		cmocka_unit_test(every_real_event_log_is_read),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
