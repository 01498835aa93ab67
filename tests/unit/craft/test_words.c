#include "tests.h"

#include <errno.h>

#include "base/check.h"
#include "craft/words/internal.h"
#include "craft/words/words.h"

static void negotiation_follows_weights_and_order(void **state)
{
	static const struct {
		const char *header;
		enum lang want;
	} cases[] = {
		{"", LANG_EN},
		{"ja", LANG_JA},
		{"ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7", LANG_JA},
		{"en-US,en;q=0.9,ja;q=0.8", LANG_EN},
		{"fr, ja;q=0.5, en;q=0.4", LANG_JA},
		{"fr", LANG_EN},
		{"ja;q=0", LANG_EN},
		{"ja;q=0.001", LANG_JA},
		{"en;q=0.5, JA;q=0.501", LANG_JA},
		{"*;q=0.2, ja;q=0.3", LANG_JA},
		{"*, ja;q=0.3", LANG_EN},
		{"ja;q=2, en;q=0.1", LANG_EN},
		{"ja;q=1.001, en;q=0.1", LANG_EN},
		{"japanese", LANG_EN},
		{" , ,ja ; q=1.000 ,", LANG_JA},
		{";;;,,,---", LANG_EN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		if (lang_negotiate(str_of(cases[i].header)) != cases[i].want)
			fail_msg("%s", cases[i].header);
	assert_int_equal(lang_negotiate(STR_NONE), LANG_EN);
}

static void locale_gives_language(void **state)
{
	(void)state;
	assert_int_equal(lang_from_locale(STR("ja_JP.UTF-8")), LANG_JA);
	assert_int_equal(lang_from_locale(STR("ja")), LANG_JA);
	assert_int_equal(lang_from_locale(STR("jam_JM")), LANG_EN);
	assert_int_equal(lang_from_locale(STR("C.UTF-8")), LANG_EN);
	assert_int_equal(lang_from_locale(STR_NONE), LANG_EN);
}

static void table_is_sorted_and_complete(void **state)
{
	(void)state;
	assert_true(words_table_count > 10);
	for (size_t i = 0; i < words_table_count; i++) {
		if (i)
			assert_true(str_cmp(words_table[i - 1].key, words_table[i].key) < 0);
		assert_true(words_has(words_table[i].key));
		for (int lang = 0; lang < LANG_COUNT; lang++)
			assert_true(words_get((enum lang)lang, words_table[i].key).len > 0);
	}
	assert_false(words_has(STR("err.folder")));
	assert_false(words_has(STR("")));
	assert_true(str_eq(words_get(LANG_JA, STR("no.such.key")), STR("no.such.key")));
}

static void next_cuts_at_placeholders_only(void **state)
{
	str rest = STR("a {b} {C} {} {d_1}{e"), text, name;

	(void)state;
	assert_true(words_next(&rest, &text, &name));
	assert_true(str_eq(text, STR("a ")) && str_eq(name, STR("b")));
	assert_true(words_next(&rest, &text, &name));
	assert_true(str_eq(text, STR(" {C} {} ")) && str_eq(name, STR("d_1")));
	assert_true(words_next(&rest, &text, &name));
	assert_true(str_eq(text, STR("{e")) && name.ptr == NULL);
	assert_false(words_next(&rest, &text, &name));
}

static void expect_err(enum lang lang, const struct err *e, const char *want)
{
	struct buf out = {0};

	buf_init(&out, 4096);
	words_add_err(&out, lang, e);
	assert_string_equal(buf_cstr(&out), want);
	buf_done(&out);
}

static void errors_tell_place_sentence_and_remedy(void **state)
{
	struct err e;

	(void)state;
	err_set_value(&e, ERR_BUSY, "err.folder.locked", STR("4711"));
	err_path(&e, STR("/data/{value}"));
	expect_err(
		LANG_EN, &e,
		"The data folder /data/{value} is in use by process 4711. Stop that process, or choose another folder "
		"with --data.");
	expect_err(LANG_JA, &e,
		   "データフォルダー /data/{value} はプロセス 4711 が使用中です。そのプロセスを終了するか、--data "
		   "で別のフォルダーを指定してください。");

	err_set(&e, ERR_LIMIT, "err.buf.limit");
	err_path(&e, STR("rules/a.yml"));
	err_at(&e, 3, 7);
	expect_err(LANG_EN, &e, "rules/a.yml:3:7: The output is larger than allowed.");
	err_set(&e, ERR_LIMIT, "err.nobody.wrote");
	err_at(&e, 3, 0);
	expect_err(LANG_EN, &e, "3: err.nobody.wrote");
}

/* What the system said is translated where people meet it often, and left alone everywhere else. */
static void words_of_the_system_are_translated(void **state)
{
	struct err e;

	(void)state;
	err_set_errno(&e, "err.nobody.wrote.{detail}", STR_NONE, ENOENT);
	assert_string_equal(e.detail, "No such file or directory");
	expect_err(LANG_EN, &e, "err.nobody.wrote.No such file or directory");
	expect_err(LANG_JA, &e, "err.nobody.wrote.そのようなファイルやフォルダーはありません");
	err_detail(&e, STR("no such luck"));
	expect_err(LANG_JA, &e, "err.nobody.wrote.no such luck");
	err_detail(&e, STR(""));
	expect_err(LANG_JA, &e, "err.nobody.wrote.");
	for (size_t i = 0; i < sizeof(e.detail) - 1; i++)
		e.detail[i] = 'a';
	e.detail[sizeof(e.detail) - 1] = '\0';
	e.id = "{detail}";
	expect_err(LANG_JA, &e, e.detail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(negotiation_follows_weights_and_order),
		cmocka_unit_test(locale_gives_language),
		cmocka_unit_test(table_is_sorted_and_complete),
		cmocka_unit_test(next_cuts_at_placeholders_only),
		cmocka_unit_test(errors_tell_place_sentence_and_remedy),
		cmocka_unit_test(words_of_the_system_are_translated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
