/* The small readers of base: UTF-8, numbers, times, splitting. Their results are checked against each other. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/time.h"
#include "base/utf8.h"
#include "fuzz.h"

static void try_utf8(str s)
{
	struct buf clean;

	buf_init(&clean, s.len * 3 + 1);
	utf8_add_clean(&clean, s);
	CHECK(!clean.failed);
	CHECK(utf8_is_valid(buf_str(&clean)));
	CHECK(!utf8_is_valid(s) || str_eq(s, buf_str(&clean)));
	buf_done(&clean);
}

static void try_utf16(const uint8_t *data, size_t size)
{
	char *out = malloc(size / 2 * 3 + 1);

	CHECK(out != NULL);
	size_t len = utf8_from_utf16le(data, size / 2, out);
	CHECK(len <= size / 2 * 3);
	CHECK(utf8_is_valid((str){out, len}));
	free(out);
}

static void try_time(str s)
{
	char text[TIME_TEXT_MAX];
	time_us when, again;

	if (!time_parse(s, &when))
		return;
	size_t len = time_format(when, text);
	CHECK(len < TIME_TEXT_MAX);
	/* A zone may carry an instant over the last or the first year that text can say. */
	if (time_parse((str){text, len}, &again))
		CHECK(again == when);
}

static void try_numbers(str s)
{
	int64_t signed_value;
	uint64_t value;
	struct buf out;

	buf_init(&out, 64);
	if (str_to_u64(s, &value) && s.len > 1 && s.ptr[0] != '0') {
		buf_add_u64(&out, value);
		CHECK(str_eq(buf_str(&out), s));
	}
	buf_clear(&out);
	if (str_to_i64(s, &signed_value))
		buf_add_i64(&out, signed_value);
	buf_done(&out);
}

static void try_split(str s)
{
	str rest = s, part;
	size_t total = 0, parts = 0;

	if (!s.ptr)
		return;
	while (str_next(&rest, ',', &part)) {
		total += part.len;
		parts++;
	}
	CHECK(total + parts - 1 == s.len);
	CHECK(str_trim(s).len <= s.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str s = {(const char *)data, size};

	try_utf8(s);
	try_utf16(data, size);
	try_time(s);
	try_numbers(s);
	try_split(s);
	return 0;
}
