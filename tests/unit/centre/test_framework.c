/* The framework that ships: complete in both languages, and every mistake in an edited copy is named. */
#include "tests.h"

#include "base/mem.h"
#include "centre/build/framework.h"
#include "craft/content/content.h"

static void test_x1060_is_whole(void **state)
{
	static const uint32_t counts[] = {13, 4, 4, 7, 9, 5, 13, 2, 7}; /* X.1060 (06/2021), Annex A: 64 services */
	struct content_index *index = NULL;
	struct err e = {0};
	const struct framework *fw;

	(void)state;
	assert_int_equal(content_index_load(STR_NONE, &index, &e), 0);
	fw = content_index_find(index, STR("x1060-2021"));
	assert_non_null(fw);
	assert_int_equal(fw->category_count, 9);
	assert_int_equal(fw->service_count, 64);
	for (uint32_t c = 0, first = 0; c < 9; first += counts[c++]) {
		assert_int_equal(fw->categories[c].count, counts[c]);
		assert_int_equal(fw->categories[c].first, first);
		for (uint32_t i = 0; i < counts[c]; i++) {
			const struct fw_service *s = &fw->services[first + i];
			_cleanup_(buf_done) struct buf id = {0};

			buf_init(&id, 16);
			buf_add_fmt(&id, "%c-%u", 'A' + (int)c, i + 1);
			assert_true(str_eq(s->id, buf_str(&id)));
			assert_int_equal(s->category, c);
			assert_int_equal(s->index, first + i);
			assert_ptr_equal(framework_service(fw, s->id), s);
		}
	}
	content_index_free(index);
}

static bool has_japanese(str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0xe3) /* kana and kanji start with 0xe3 or more in UTF-8 */
			return true;
	return false;
}

static void test_both_languages(void **state)
{
	struct content_index *index = NULL;
	struct err e = {0};
	const struct framework *fw;

	(void)state;
	assert_int_equal(content_index_load(STR_NONE, &index, &e), 0);
	fw = content_index_find(index, STR(FRAMEWORK_DEFAULT));
	for (uint32_t i = 0; i < fw->service_count; i++) {
		const struct fw_service *s = &fw->services[i];

		assert_true(has_japanese(s->name.text.by_lang[LANG_JA]));
		assert_true(has_japanese(s->description.by_lang[LANG_JA]));
		assert_false(has_japanese(s->name.text.by_lang[LANG_EN]));
		assert_false(has_japanese(s->description.by_lang[LANG_EN]));
	}
	for (size_t side = 0; side < SIDE_COUNT; side++)
		for (uint32_t score = 1; score <= FRAMEWORK_SCORE_MAX; score++)
			assert_true(has_japanese(fw->rubric[side][score].by_lang[LANG_JA]));
	/* Names are honest about what was verified: the English ones of A-1 were, the Japanese ones were not. */
	assert_true(fw->services[0].name.verified[LANG_EN]);
	assert_false(fw->services[0].name.verified[LANG_JA]);
	content_index_free(index);
}

struct mistake {
	const char *from, *to; /* first occurrence replaced */
	const char *id, *value;
};

static const struct mistake mistakes[] = {
	{"level: basic", "level: basik", "err.reader.word", "basik"},
	{"window_days: 270", "window_days: 0", "err.reader.number", "0"},
	{"window_days: 270", "window_days: soon", "err.reader.number", "soon"},
	{"- id: A-2", "- id: A-1", "err.reader.twice", "A-1"},
	{"category: A", "category: Z", "err.reader.word", "Z"},
	{"cadence: quarterly", "cadence: often", "err.reader.word", "often"},
	{"area: 1", "area: 5", "err.reader.number", "5"},
	{"    basis: judgement", "    basiss: judgement", "err.reader.unknown_key", "basiss"},
	{"      ja: \"リスクマネジメント\"\n", "", "err.reader.absent", ""},
	{"      en: \"Risk management\"", "      en: \"\"", "err.reader.empty", ""},
	{"      en: itu_toc_2021\n      ja: recall", "      en: somewhere\n      ja: recall", "err.reader.source",
	 "somewhere"},
	{"- score: 5", "- score: 4", "err.reader.number", "4"},
	{"phases: [strategic_management]", "phases: [strategy]", "err.reader.word", "strategy"},
	{"\nservices:\n", "\nservices: none\nothers:\n", "err.reader.unknown_key", "others"},
};

static void test_mistakes_are_named(void **state)
{
	const struct embedded *file = embedded_find(content_files, content_files_count,
						    STR("frameworks/x1060-2021.yaml"));

	(void)state;
	assert_non_null(file);
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		const struct mistake *m = &mistakes[i];
		ptrdiff_t at = str_find(file->bytes, str_of(m->from));
		_cleanup_(buf_done) struct buf text = {0};
		_cleanup_(arena_done) struct arena arena = {0};
		struct framework fw = {0};
		struct err e = {0};

		assert_true(at >= 0);
		buf_init(&text, CONTENT_FILE_MAX);
		buf_add(&text, str_sub(file->bytes, 0, (size_t)at));
		buf_add(&text, str_of(m->to));
		buf_add(&text, str_from(file->bytes, (size_t)at + strlen(m->from)));
		arena_init(&arena, FRAMEWORK_INDEX_BUDGET);
		assert_int_equal(framework_read(buf_str(&text), STR("x.yaml"), &arena, &fw, &e), -ERR_PARSE);
		assert_string_equal(e.id, m->id);
		assert_string_equal(e.value, m->value);
		assert_string_equal(e.path, "x.yaml");
		assert_true(e.line > 0);
		assert_int_equal(fw.service_count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_x1060_is_whole),
		cmocka_unit_test(test_both_languages),
		cmocka_unit_test(test_mistakes_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
