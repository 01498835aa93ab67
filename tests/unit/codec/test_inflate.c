#include "tests.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "codec/inflate/inflate.h"

static const struct inflate_limits WIDE = {64u << 20, INFLATE_RATIO_MAX, INFLATE_WINDOW_LOG_NET};

static void gzip_add(struct buf *out, str text)
{
	z_stream z = {0};
	size_t room = text.len / 2 + 4096;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)text.ptr;
	z.avail_in = (uInt)text.len;
	z.next_out = (Bytef *)buf_room(out, room);
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_claim(out, room - z.avail_out);
	deflateEnd(&z);
}

static void zstd_add(struct buf *out, str text)
{
	size_t room = ZSTD_compressBound(text.len);
	size_t len = ZSTD_compress(buf_room(out, room), room, text.ptr, text.len, 3);

	assert_false(ZSTD_isError(len));
	buf_claim(out, len);
}

static void pack(bool zstd, struct buf *out, str text)
{
	if (zstd)
		zstd_add(out, text);
	else
		gzip_add(out, text);
}

/* Pushes in pieces of in_step and takes in pieces of out_step. */
static int run(str in, size_t in_step, size_t out_step, struct inflate_limits limits, struct buf *out, struct err *e)
{
	struct inflate *z = NULL;
	size_t got = 0;
	char room[4096];
	int rc = inflate_create(inflate_detect(in), limits, &z, e);

	while (!rc && in.len) {
		str piece = str_sub(in, 0, in_step);

		in = str_from(in, piece.len);
		do {
			rc = inflate_push(z, &piece, room, out_step, &got, e);
			if (!rc)
				buf_add(out, (str){room, got});
		} while (!rc && got);
	}
	if (!rc)
		rc = inflate_finish(z, e);
	inflate_free(z);
	return rc;
}

static void cutting_does_not_matter(void **state)
{
	(void)state;
	for (int zstd = 0; zstd < 2; zstd++) {
		_cleanup_(buf_done) struct buf text = {0}, packed = {0};
		const size_t steps[][2] = {{1, 1}, {3, 4096}, {4096, 7}, {1u << 20, 4096}};

		buf_init(&text, 1 << 20);
		buf_init(&packed, 1 << 20);
		for (int i = 0; i < 3000; i++)
			buf_add_fmt(&text, "{\"n\":%d}\n", i * i);
		pack(zstd, &packed, buf_str(&text));
		for (size_t i = 0; i < 4; i++) {
			_cleanup_(buf_done) struct buf out = {0};

			buf_init(&out, 1 << 20);
			assert_int_equal(run(buf_str(&packed), steps[i][0], steps[i][1], WIDE, &out, NULL), 0);
			assert_true(str_eq(buf_str(&out), buf_str(&text)));
		}
	}
}

static void members_are_joined_and_padding_is_ignored(void **state)
{
	(void)state;
	for (int zstd = 0; zstd < 2; zstd++) {
		_cleanup_(buf_done) struct buf packed = {0}, out = {0};

		buf_init(&packed, 1 << 16);
		buf_init(&out, 1 << 16);
		pack(zstd, &packed, STR("one\n"));
		pack(zstd, &packed, STR(""));
		pack(zstd, &packed, STR("two\n"));
		if (!zstd)
			buf_add(&packed, STR("\0\0\0\0\0"));
		assert_int_equal(inflate_all(buf_str(&packed), WIDE, &out, NULL), 0);
		assert_true(str_eq(buf_str(&out), STR("one\ntwo\n")));
	}
}

static void truncation_is_named_after_the_good_bytes(void **state)
{
	(void)state;
	for (int zstd = 0; zstd < 2; zstd++) {
		_cleanup_(buf_done) struct buf packed = {0};

		buf_init(&packed, 1 << 16);
		pack(zstd, &packed, STR("first\n"));
		size_t whole = packed.len;
		pack(zstd, &packed, STR("second, which will be cut\n"));
		for (size_t cut = 4; cut < packed.len; cut++) {
			_cleanup_(buf_done) struct buf out = {0};
			struct err e;
			int rc;

			buf_init(&out, 1 << 16);
			rc = inflate_all(str_sub(buf_str(&packed), 0, cut), WIDE, &out, &e);
			if (cut == whole) {
				assert_int_equal(rc, 0);
				continue;
			}
			assert_int_equal(rc, -ERR_PARSE);
			assert_string_equal(e.id, "err.inflate.truncated");
			if (cut > whole)
				assert_true(str_starts(buf_str(&out), STR("first\n")));
		}
	}
}

static void bombs_stop_at_ratio_and_at_size(void **state)
{
	const size_t size = 32u << 20;
	_cleanup_free_ char *zeros = mem_alloc(size, 1);

	(void)state;
	for (int zstd = 0; zstd < 2; zstd++) {
		_cleanup_(buf_done) struct buf packed = {0}, out = {0};
		struct inflate_limits small = {1u << 20, 100000, INFLATE_WINDOW_LOG_NET};
		struct err e;

		buf_init(&packed, 64u << 20);
		buf_init(&out, 64u << 20);
		pack(zstd, &packed, (str){zeros, size});
		assert_int_equal(inflate_all(buf_str(&packed), WIDE, &out, &e), -ERR_LIMIT);
		assert_string_equal(e.id, "err.inflate.ratio");
		assert_true(out.len < size);
		buf_clear(&out);
		assert_int_equal(inflate_all(buf_str(&packed), small, &out, &e), -ERR_LIMIT);
		assert_string_equal(e.id, "err.inflate.limit");
		assert_true(out.len <= (1u << 20) + (64u << 10));
		assert_string_equal(e.expected, "1048576");
	}
}

static void a_buffer_that_fits_exactly_is_enough(void **state)
{
	_cleanup_(buf_done) struct buf packed = {0}, out = {0}, tight = {0};
	struct err e;

	(void)state;
	buf_init(&packed, 1 << 16);
	gzip_add(&packed, STR("0123456789"));
	buf_init(&out, 10);
	assert_int_equal(inflate_all(buf_str(&packed), WIDE, &out, NULL), 0);
	buf_init(&tight, 9);
	assert_int_equal(inflate_all(buf_str(&packed), WIDE, &tight, &e), -ERR_LIMIT);
	assert_string_equal(e.id, "err.inflate.limit");
}

static void garbage_is_named(void **state)
{
	_cleanup_(buf_done) struct buf packed = {0}, out = {0};
	struct err e;

	(void)state;
	buf_init(&packed, 1 << 16);
	buf_init(&out, 1 << 16);
	assert_int_equal(inflate_all(STR("plain text"), WIDE, &out, &e), -ERR_PARSE);
	assert_string_equal(e.id, "err.inflate.format");
	assert_int_equal(inflate_all(STR("\x1f\x8b garbage"), WIDE, &out, &e), -ERR_PARSE);
	assert_string_equal(e.id, "err.inflate.damaged");
	assert_int_equal(inflate_all(STR("\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff\xff garbage, and more"), WIDE, &out, &e),
			 -ERR_PARSE);
	assert_string_equal(e.id, "err.inflate.damaged");
	gzip_add(&packed, STR("good\n"));
	buf_add(&packed, STR("trailing"));
	assert_int_equal(inflate_all(buf_str(&packed), WIDE, &out, &e), -ERR_PARSE);
	assert_string_equal(e.id, "err.inflate.trailing");
	assert_true(str_eq(buf_str(&out), STR("good\n")));
}

/* A frame that declares a 1 GiB window must not make us take that much. */
static void a_huge_window_is_refused(void **state)
{
	_cleanup_(buf_done) struct buf out = {0};
	struct err e;

	(void)state;
	buf_init(&out, 1 << 16);
	/* Magic, descriptor 0 (no content size, no single segment), window byte 0xa0 = 2^30. */
	assert_int_equal(inflate_all(STR("\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00"), WIDE, &out, &e), -ERR_PARSE);
	assert_string_equal(e.id, "err.inflate.damaged");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cutting_does_not_matter),
		cmocka_unit_test(members_are_joined_and_padding_is_ignored),
		cmocka_unit_test(truncation_is_named_after_the_good_bytes),
		cmocka_unit_test(bombs_stop_at_ratio_and_at_size),
		cmocka_unit_test(a_buffer_that_fits_exactly_is_enough),
		cmocka_unit_test(garbage_is_named),
		cmocka_unit_test(a_huge_window_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
