#include "tests.h"

#include <errno.h>

#include "aborts.h"
#include "base/err.h"

static void set_resets_the_old_story(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set_value(&e, ERR_RANGE, "err.a.b", STR("old")), -ERR_RANGE);
	err_path(&e, STR("/x"));
	err_at(&e, 3, 4);
	err_expected(&e, STR("1…9"));
	err_detail_fmt(&e, "%s-%d", "why", 1);
	assert_string_equal(e.path, "/x");
	assert_string_equal(e.value, "old");
	assert_string_equal(e.expected, "1…9");
	assert_string_equal(e.detail, "why-1");
	assert_int_equal(e.line, 3);
	assert_int_equal(e.column, 4);
	assert_int_equal(err_set(&e, ERR_PARSE, "err.c.d"), -ERR_PARSE);
	assert_string_equal(e.id, "err.c.d");
	assert_string_equal(e.path, "");
	assert_string_equal(e.value, "");
	assert_string_equal(e.expected, "");
	assert_string_equal(e.detail, "");
	assert_int_equal(e.line, 0);
}

static void nobody_has_to_listen(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, ERR_IO, "err.a.b"), -ERR_IO);
	assert_int_equal(err_set_value(NULL, ERR_IO, "err.a.b", STR("x")), -ERR_IO);
	assert_int_equal(err_set_errno(NULL, "err.a.b", STR("x"), EIO), -ERR_IO);
	err_path(NULL, STR("x"));
	err_at(NULL, 1, 1);
	err_value(NULL, STR("x"));
	err_expected(NULL, STR("x"));
	err_detail(NULL, STR("x"));
	err_detail_fmt(NULL, "%d", 1);
}

static void system_errors_become_codes(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set_errno(&e, "err.a.b", STR("/f"), ENOSPC), -ERR_FULL);
	assert_int_equal(err_set_errno(&e, "err.a.b", STR("/f"), EDQUOT), -ERR_FULL);
	assert_int_equal(err_set_errno(&e, "err.a.b", STR("/f"), ENOENT), -ERR_NOT_FOUND);
	assert_int_equal(err_set_errno(&e, "err.a.b", STR("/f"), EACCES), -ERR_IO);
	assert_string_equal(e.path, "/f");
	assert_string_equal(e.detail, "Permission denied");
}

static void slots_are_cut_on_a_character(void **state)
{
	char text[ERR_SLOT_MAX * 2];
	struct err e;

	(void)state;
	/* Three bytes a character: the limit of 191 bytes falls inside one. */
	for (size_t i = 0; i + 3 <= sizeof(text); i += 3)
		memcpy(text + i, "\xE7\x8B\xBC", 3);
	err_set_value(&e, ERR_RANGE, "err.a.b", (str){text, sizeof(text)});
	assert_int_equal(strlen(e.value) % 3, 0);
	assert_in_range(strlen(e.value), ERR_SLOT_MAX - 4, ERR_SLOT_MAX - 1);
	memset(text, 'x', sizeof(text));
	err_set_value(&e, ERR_RANGE, "err.a.b", (str){text, sizeof(text)});
	assert_int_equal(strlen(e.value), ERR_SLOT_MAX - 1);
	err_value(&e, str_of(e.value)); /* a slot may be filled from itself */
	assert_int_equal(strlen(e.value), ERR_SLOT_MAX - 1);
	err_value(&e, STR_NONE);
	assert_string_equal(e.value, "");
}

static void every_code_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int a = ERR_NONE; a < ERR_CODE_COUNT; a++) {
		assert_non_null(err_code_name((enum err_code)a));
		for (int b = ERR_NONE; b < a; b++)
			assert_string_not_equal(err_code_name((enum err_code)a), err_code_name((enum err_code)b));
	}
	assert_string_equal(err_code_name(ERR_NOT_FOUND), "not_found");
}

static void set_no_error(void)
{
	(void)err_set(NULL, ERR_NONE, "err.a.b");
}

static void set_no_key(void)
{
	(void)err_set(NULL, ERR_IO, NULL);
}

static void own_mistakes_abort(void **state)
{
	(void)state;
	assert_true(aborts(set_no_error));
	assert_true(aborts(set_no_key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_resets_the_old_story),         cmocka_unit_test(nobody_has_to_listen),
		cmocka_unit_test(system_errors_become_codes),       cmocka_unit_test(slots_are_cut_on_a_character),
		cmocka_unit_test(every_code_has_a_name_of_its_own), cmocka_unit_test(own_mistakes_abort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
