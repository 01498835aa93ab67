#include "tests.h"

#include "base/near.h"

static str nearest(const char *wrong, const char *const *words)
{
	struct near n = near_to(str_of(wrong));

	for (; *words; words++)
		near_consider(&n, str_of(*words));
	return n.best;
}

static void typing_mistakes_find_their_word(void **state)
{
	static const char *const words[] = {"serve", "detect", "backup", NULL};

	(void)state;
	assert_true(str_eq(nearest("detcet", words), STR("detect")));
	assert_true(str_eq(nearest("serv", words), STR("serve")));
	assert_true(str_eq(nearest("bakcup", words), STR("backup")));
}

static void other_words_find_nothing(void **state)
{
	static const char *const words[] = {"serve", "detect", "abc", NULL};
	char long_word[200];

	(void)state;
	assert_null(nearest("restore", words).ptr);
	assert_null(nearest("xyz", words).ptr);
	assert_null(nearest("xbz", words).ptr); /* two of three letters wrong */
	memset(long_word, 'x', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	assert_null(nearest(long_word, words).ptr);
	assert_null(nearest("", words).ptr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typing_mistakes_find_their_word),
		cmocka_unit_test(other_words_find_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
