#include "tests.h"

#include "base/str.h"

static void numbers_are_exact_at_the_borders(void **state)
{
	int64_t v = 7;

	(void)state;
	assert_true(str_to_i64(STR("-9223372036854775808"), &v));
	assert_int_equal(v, INT64_MIN);
	v = 7;
	assert_false(str_to_i64(STR("9223372036854775808"), &v));
	assert_false(str_to_i64(STR("-"), &v));
	assert_false(str_to_i64(STR(" 1"), &v));
	assert_int_equal(v, 7);
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
}

static void search_and_trim(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("C:\\Windows"), STR("Win")), 3);
	assert_int_equal(str_find_nocase(STR("C:\\WINDOWS"), STR("win")), 3);
	assert_int_equal(str_find(STR("ab"), STR("abc")), -1);
	assert_true(str_eq(str_trim(STR(" \t a b \r\n")), STR("a b")));
	assert_true(str_ends_nocase(STR("cmd.EXE"), STR(".exe")));
	assert_false(str_ends_nocase(STR("exe"), STR("cmd.exe")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_exact_at_the_borders),
		cmocka_unit_test(next_sees_empty_parts),
		cmocka_unit_test(search_and_trim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
