/* The decoder gives the same data however the bytes are cut, and refuses what it must wherever they are cut. */
#include "net/chunked.h"

#include <stdlib.h>

#include "tests.h"

/* Returns 0 (done), 1 (wants more) or -refusal; data in out. */
static int decode(str in, size_t step, char *out, size_t *ret_len, size_t *ret_used)
{
	struct chunked *c = calloc(1, sizeof(*c));
	size_t at = 0, len = 0, used = 0;
	int rc = 0;
	str data;

	chunked_init(c);
	while (!rc && at < in.len && !c->done) {
		rc = chunked_feed(c, str_sub(in, at, step), &used, &data);
		if (rc)
			break;
		if (data.len)
			memcpy(out + len, data.ptr, data.len);
		len += data.len;
		at += used;
	}
	rc = rc ? rc : !c->done;
	*ret_len = len;
	*ret_used = at;
	free(c);
	return rc;
}

static void test_good(void **state)
{
	str in = STR(
		"4\r\nWiki\r\n5;ext=\"a b\"\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n000\r\nX-Trailer: 1\r\n\r\nGET /");
	char out[128];
	size_t len, used;

	(void)state;
	for (size_t step = 1; step < 90; step++) {
		assert_int_equal(decode(in, step, out, &len, &used), 0);
		assert_true(str_eq((str){out, len}, STR("Wikipedia in\r\n\r\nchunks.")));
		assert_int_equal(used, in.len - 5);
	}
}

static const str bad[] = {
	STR_INIT("4\nWiki\r\n0\r\n\r\n"),
	STR_INIT("4\r\nWiki\n0\r\n\r\n"),
	STR_INIT("4\r\nWikiX\r\n0\r\n\r\n"),
	STR_INIT("\r\nWiki\r\n"),
	STR_INIT(" 4\r\nWiki\r\n"),
	STR_INIT("4 \r\nWiki\r\n"),
	STR_INIT("+4\r\nWiki\r\n"),
	STR_INIT("-4\r\nWiki\r\n"),
	STR_INIT("0x4\r\nWiki\r\n"),
	STR_INIT("4\r\rWiki\r\n"),
	STR_INIT("4;a\nb\r\nWiki\r\n"),
	STR_INIT("4;a\0b\r\nWiki\r\n"),
	STR_INIT("1000000000000000\r\nWiki"),
	STR_INIT("0\r\nX : 1\r\n\r\n"),
	STR_INIT("0\r\nX\r\n\r\n"),
	STR_INIT("0\r\n folded: 1\r\n\r\n"),
	STR_INIT("0\r\nX: 1\n\r\n"),
	STR_INIT("0\r\nX: \x01\r\n\r\n"),
	STR_INIT("0\r\n\rX"),
	STR_INIT("g\r\n"),
	STR_INIT("ffffffffffffffffffff\r\n"),
};

static void test_bad(void **state)
{
	char out[128];
	size_t len, used;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (size_t step = 1; step < 32; step++)
			if (decode(bad[i], step, out, &len, &used) != -REFUSE_CHUNK)
				fail_msg("case %zu accepted with step %zu", i, step);
}

static void test_bounds(void **state)
{
	char *in = malloc(20000), *out = malloc(20000);
	size_t len, used;

	(void)state;
	memset(in, 'a', 20000);
	memcpy(in, "4;", 2);
	assert_int_equal(decode((str){in, 1000}, 1000, out, &len, &used), -REFUSE_CHUNK);
	memcpy(in, "0\r\nX: ", 6);
	assert_int_equal(decode((str){in, 2000}, 2000, out, &len, &used), -REFUSE_CHUNK);
	for (size_t i = 3; i + 6 < 20000; i += 6)
		memcpy(in + i, "X: y\r\n", 6);
	assert_int_equal(decode((str){in, 6 * 40}, 6 * 40, out, &len, &used), -REFUSE_CHUNK);
	free(in);
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
