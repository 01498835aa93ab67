#include "tests.h"

#include "aborts.h"
#include "base/check.h"
#include "base/mem.h"

static void nothing_is_still_something(void **state)
{
	_cleanup_free_ void *a = mem_alloc(0, 8);
	_cleanup_free_ void *b = mem_alloc(8, 0);
	_cleanup_free_ void *c = mem_realloc(NULL, 0, 0);
	_cleanup_free_ char *d = mem_dup(NULL, 0);

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_non_null(c);
	assert_string_equal(d, "");
}

static void copies_end_with_a_nul(void **state)
{
	_cleanup_free_ char *copy = mem_dup("a\0bc", 3);

	(void)state;
	assert_memory_equal(copy, "a\0b\0", 4);
}

static void grow_doubles_and_keeps(void **state)
{
	_cleanup_free_ int *items = NULL;
	size_t cap = 0;

	(void)state;
	mem_grow(&items, &cap, 1, sizeof(*items));
	assert_int_equal(cap, 8);
	for (int i = 0; i < 8; i++)
		items[i] = i;
	mem_grow(&items, &cap, 8, sizeof(*items));
	assert_int_equal(cap, 8);
	mem_grow(&items, &cap, 33, sizeof(*items));
	assert_int_equal(cap, 64);
	for (int i = 0; i < 8; i++)
		assert_int_equal(items[i], i);
}

static void take_empties_the_variable(void **state)
{
	char *p = mem_dup("x", 1), *q = TAKE(p);

	(void)state;
	assert_null(p);
	assert_string_equal(q, "x");
	free(q);
}

static void overflow_alloc(void)
{
	void *volatile p = mem_alloc(SIZE_MAX / 2, 4);

	free(p);
}

static void overflow_realloc(void)
{
	void *volatile p = mem_realloc(NULL, SIZE_MAX / 2, 4);

	free(p);
}

static void overflow_grow(void)
{
	char *items = NULL;
	size_t cap = 0;

	mem_grow(&items, &cap, SIZE_MAX - 1, 1);
}

static void fails(void)
{
	CHECK(COUNT_OF("ab") == 2);
}

static void impossible_sizes_abort(void **state)
{
	(void)state;
	assert_true(aborts(overflow_alloc));
	assert_true(aborts(overflow_realloc));
	assert_true(aborts(overflow_grow));
	assert_true(aborts(fails));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_still_something), cmocka_unit_test(copies_end_with_a_nul),
		cmocka_unit_test(grow_doubles_and_keeps),     cmocka_unit_test(take_empties_the_variable),
		cmocka_unit_test(impossible_sizes_abort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
