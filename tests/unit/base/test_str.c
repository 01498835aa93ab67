#include "tests.h"

#include "base/str.h"

static void numbers_are_exact_at_the_borders(void **state)
{
	int64_t v = 7;
	uint64_t u = 7;

	(void)state;
	assert_true(str_to_i64(STR("-9223372036854775808"), &v));
	assert_true(v == INT64_MIN);
	assert_true(str_to_i64(STR("9223372036854775807"), &v));
	assert_true(v == INT64_MAX);
	assert_true(str_to_u64(STR("18446744073709551615"), &u));
	assert_true(u == UINT64_MAX);
	assert_true(str_to_u64(STR("007"), &u));
	assert_true(u == 7);
}

static void wrong_numbers_leave_the_output_alone(void **state)
{
	const char *wrong[] = {
		"", "-", "+1", " 1", "1 ", "1.0", "x", "0x10", "--1", "9223372036854775808", "-9223372036854775809"};
	int64_t v = 7;
	uint64_t u = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(str_to_i64(str_of(wrong[i]), &v));
	assert_false(str_to_i64((str){"1\0", 2}, &v));
	assert_false(str_to_u64(STR("-1"), &u));
	assert_false(str_to_u64(STR("18446744073709551616"), &u));
	assert_false(str_to_u64(STR("99999999999999999999999"), &u));
	assert_int_equal(v, 7);
	assert_int_equal(u, 7);
}

static void next_sees_empty_parts(void **state)
{
	str rest = STR("a,,b,"), part;
	const char *want[] = {"a", "", "b", ""};
	size_t n = 0;

	(void)state;
	while (str_next(&rest, ',', &part)) {
		assert_true(n < 4);
		assert_true(str_eq(part, str_of(want[n++])));
	}
	assert_int_equal(n, 4);
	rest = STR_NONE;
	assert_false(str_next(&rest, ',', &part));
	rest = STR("");
	assert_true(str_next(&rest, ',', &part));
	assert_false(str_next(&rest, ',', &part));
}

/* Texts of every length around the width of a block, with many places where only the ends of the needle fit. */
static void find_finds_at_every_place(void **state)
{
	char text[100], needle[70];

	(void)state;
	memset(needle, 'a', sizeof(needle));
	for (size_t len = 2; len <= sizeof(needle); len++) {
		needle[len / 2] = 'b';
		for (size_t at = 0; at + len <= sizeof(text); at++) {
			memset(text, 'a', sizeof(text));
			assert_int_equal(str_find((str){text, sizeof(text)}, (str){needle, len}), -1);
			memcpy(text + at, needle, len);
			assert_int_equal(str_find((str){text, at + len}, (str){needle, len}), at);
			assert_int_equal(str_find((str){text, sizeof(text)}, (str){needle, len}), at);
			assert_int_equal(str_find((str){text, at + len - 1}, (str){needle, len}), -1);
		}
		needle[len / 2] = 'a';
	}
}

static void find_tells_the_first_place(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("C:\\Windows"), STR("Win")), 3);
	assert_int_equal(str_find_nocase(STR("C:\\WINDOWS"), STR("win")), 3);
	assert_int_equal(str_find_nocase(STR("aaab"), STR("AAB")), 1);
	assert_int_equal(str_find(STR("ab"), STR("abc")), -1);
	assert_int_equal(str_find_nocase(STR("ab"), STR("abc")), -1);
	assert_int_equal(str_find(STR("ab"), STR("")), 0);
	assert_int_equal(str_find(STR_NONE, STR("a")), -1);
	assert_int_equal(str_find((str){"a\0b", 3}, (str){"\0b", 2}), 1);
	assert_int_equal(str_find_byte(STR("a/b/c"), '/'), 1);
	assert_int_equal(str_find_last_byte(STR("a/b/c"), '/'), 3);
	assert_int_equal(str_find_byte(STR("abc"), '/'), -1);
	assert_int_equal(str_find_byte(STR_NONE, '/'), -1);
	assert_int_equal(str_find_last_byte(STR_NONE, '/'), -1);
}

static void ends_compare(void **state)
{
	(void)state;
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_true(str_starts(STR("abc"), STR_NONE));
	assert_false(str_starts(STR("ab"), STR("abc")));
	assert_true(str_ends(STR("abc"), STR("bc")));
	assert_false(str_ends(STR("abc"), STR("BC")));
	assert_true(str_starts_nocase(STR("HTTP/1.1"), STR("http/")));
	assert_true(str_ends_nocase(STR("cmd.EXE"), STR(".exe")));
	assert_false(str_ends_nocase(STR("exe"), STR("cmd.exe")));
	/* Only ASCII letters fold: '[' is 0x5B and '{' is 0x7B, one bit apart. */
	assert_false(str_eq_nocase(STR("["), STR("{")));
	assert_false(str_eq_nocase(STR("\xC3\x84"), STR("\xC3\xA4")));
	assert_true(str_eq_nocase(STR("aZ09"), STR("Az09")));
	assert_false(str_eq_nocase(STR("a"), STR("ab")));
}

static void order_is_by_unsigned_bytes_then_length(void **state)
{
	(void)state;
	assert_true(str_cmp(STR("a"), STR("b")) < 0);
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("\xFF"), STR("a")) > 0);
	assert_int_equal(str_cmp(STR("ab"), STR("ab")), 0);
	assert_int_equal(str_cmp(STR_NONE, STR("")), 0);
	assert_true(str_eq(STR_NONE, STR("")));
	assert_false(str_eq(STR("a"), STR("b")));
}

static void parts_never_leave_the_slice(void **state)
{
	str s = STR("abc");

	(void)state;
	assert_true(str_eq(str_sub(s, 1, 1), STR("b")));
	assert_true(str_eq(str_sub(s, 1, SIZE_MAX), STR("bc")));
	assert_int_equal(str_sub(s, 9, 9).len, 0);
	assert_ptr_equal(str_from(s, 9).ptr, s.ptr + 3);
	assert_null(str_sub(STR_NONE, 1, 1).ptr);
	assert_int_equal(str_of(NULL).len, 0);
}

static void trim_cuts_ascii_white_space(void **state)
{
	(void)state;
	assert_true(str_eq(str_trim(STR(" \t a b \r\n\v\f")), STR("a b")));
	assert_int_equal(str_trim(STR(" \t ")).len, 0);
	assert_int_equal(str_trim(STR_NONE).len, 0);
	assert_true(str_eq(str_trim(STR("\xE3\x80\x80x")), STR("\xE3\x80\x80x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_exact_at_the_borders),
		cmocka_unit_test(wrong_numbers_leave_the_output_alone),
		cmocka_unit_test(next_sees_empty_parts),
		cmocka_unit_test(find_finds_at_every_place),
		cmocka_unit_test(find_tells_the_first_place),
		cmocka_unit_test(ends_compare),
		cmocka_unit_test(order_is_by_unsigned_bytes_then_length),
		cmocka_unit_test(parts_never_leave_the_slice),
		cmocka_unit_test(trim_cuts_ascii_white_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
