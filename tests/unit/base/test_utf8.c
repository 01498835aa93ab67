#include "tests.h"

#include "base/mem.h"
#include "base/utf8.h"

static void well_formed_text_is_valid(void **state)
{
	(void)state;
	assert_true(utf8_is_valid(STR_NONE));
	assert_true(utf8_is_valid(STR("plain")));
	assert_true(utf8_is_valid((str){"a\0b", 3}));
	assert_true(utf8_is_valid(STR("狼煙 é 🔥")));
	assert_true(utf8_is_valid(STR("\xF4\x8F\xBF\xBF")));
	assert_true(utf8_is_valid(STR("\xED\x9F\xBF\xEE\x80\x80")));
}

/* RFC 3629, section 3 and 10: overlong forms, surrogates, past U+10FFFF, cut and stray bytes. */
static void ill_formed_text_is_not(void **state)
{
	const char *wrong[] = {"\x80",
			       "\xBF",
			       "\xC0\xAF",
			       "\xC1\xBF",
			       "\xE0\x80\xAF",
			       "\xE0\x9F\xBF",
			       "\xED\xA0\x80",
			       "\xED\xBF\xBF",
			       "\xF0\x8F\xBF\xBF",
			       "\xF4\x90\x80\x80",
			       "\xF5\x80\x80\x80",
			       "\xFE",
			       "\xFF",
			       "\xE7\x8B",
			       "\xE7\x8B(",
			       "\xF0\x9F\x94",
			       "a\xC3"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		size_t len;

		assert_false(utf8_is_valid(str_of(wrong[i])));
		if (wrong[i][0] != 'a') {
			assert_int_equal(utf8_decode(str_of(wrong[i]), &len), UTF8_REPLACEMENT);
			assert_int_equal(len, 1);
		}
	}
}

static void repair_replaces_bytes_only(void **state)
{
	_cleanup_(buf_done) struct buf b;

	(void)state;
	buf_init(&b, 100);
	utf8_add_clean(&b, STR("a\xFF狼\xC3z\xE7\x8B"));
	assert_true(str_eq(buf_str(&b), STR("a\xEF\xBF\xBD狼\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD")));
	buf_clear(&b);
	utf8_add_clean(&b, STR("as it was"));
	assert_true(str_eq(buf_str(&b), STR("as it was")));
	buf_clear(&b);
	/* A replacement character that the text itself holds is no mistake. */
	utf8_add_clean(&b, STR("\xEF\xBF\xBD"));
	assert_int_equal(b.len, 3);
}

static void every_code_point_comes_back(void **state)
{
	(void)state;
	for (uint32_t code = 0; code <= 0x110000; code++) {
		int is_scalar = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
		char text[4];
		size_t len = utf8_encode(code, text), back;

		assert_true(len >= 1 && len <= 4);
		assert_true(utf8_decode((str){text, len}, &back) == (is_scalar ? code : UTF8_REPLACEMENT));
		assert_true(back == len);
	}
}

static void utf16_pairs_and_lone_surrogates(void **state)
{
	const unsigned char units[] = {'a',  0,    0xFC, 0x72, 0x3D, 0xD8, 0x25, 0xDD,
				       0x3D, 0xD8, 'b',  0,    0x25, 0xDD, 0x3D, 0xD8};
	char out[24];
	size_t len = utf8_from_utf16le(units, 8, out);

	(void)state;
	assert_true(str_eq((str){out, len}, STR("a狼🔥\xEF\xBF\xBD"
						"b\xEF\xBF\xBD\xEF\xBF\xBD")));
	assert_int_equal(utf8_from_utf16le(units, 0, out), 0);
}

static void a_cut_keeps_whole_characters(void **state)
{
	(void)state;
	assert_int_equal(utf8_cut(STR("狼煙"), 6).len, 6);
	assert_int_equal(utf8_cut(STR("狼煙"), 5).len, 3);
	assert_int_equal(utf8_cut(STR("狼煙"), 2).len, 0);
	assert_int_equal(utf8_cut(STR("abc"), 2).len, 2);
	assert_int_equal(utf8_cut(STR(""), 2).len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(well_formed_text_is_valid),    cmocka_unit_test(ill_formed_text_is_not),
		cmocka_unit_test(repair_replaces_bytes_only),   cmocka_unit_test(every_code_point_comes_back),
		cmocka_unit_test(a_cut_keeps_whole_characters), cmocka_unit_test(utf16_pairs_and_lone_surrogates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
