#include "tests.h"

#include "aborts.h"
#include "base/arena.h"
#include "base/mem.h"

static void memory_is_zeroed_and_aligned(void **state)
{
	_cleanup_(arena_done) struct arena a;

	(void)state;
	arena_init(&a, 1u << 20);
	for (size_t size = 0; size < 300; size++) {
		unsigned char *p = arena_alloc(&a, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xA5, size);
	}
}

static void reused_memory_is_zeroed_again(void **state)
{
	_cleanup_(arena_done) struct arena a;
	char *first, *again;

	(void)state;
	arena_init(&a, 4096);
	first = arena_alloc(&a, 64);
	memset(first, 1, 64);
	arena_reset(&a);
	again = arena_alloc(&a, 64);
	assert_ptr_equal(again, first);
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(again[i], 0);
}

static void budget_spent_is_null_and_the_rest_lives(void **state)
{
	_cleanup_(arena_done) struct arena a;
	str kept;

	(void)state;
	arena_init(&a, 256);
	kept = arena_str(&a, STR("kept"));
	assert_null(arena_alloc(&a, 256));
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_str(&a, (str){"", 4096}).ptr);
	assert_null(arena_fmt(&a, "%300d", 1).ptr);
	assert_non_null(arena_alloc(&a, 16));
	assert_string_equal(kept.ptr, "kept");
	assert_true(a.used <= a.budget);
	arena_reset(&a);
	assert_int_equal(a.used, 0);
	assert_non_null(arena_alloc(&a, 200));
}

static void objects_do_not_overlap_across_blocks(void **state)
{
	_cleanup_(arena_done) struct arena a;
	unsigned char *p[64];

	(void)state;
	arena_init(&a, 64u << 20);
	for (size_t i = 0; i < 64; i++) {
		p[i] = arena_alloc(&a, 1u << (i % 18));
		assert_non_null(p[i]);
		memset(p[i], (int)i, 1u << (i % 18));
	}
	for (size_t i = 0; i < 64; i++)
		for (size_t at = 0; at < 1u << (i % 18); at++)
			assert_int_equal(p[i][at], i);
}

static void large_object_gets_its_own_block(void **state)
{
	_cleanup_(arena_done) struct arena a;

	(void)state;
	arena_init(&a, 64u << 20);
	assert_non_null(arena_alloc(&a, 8u << 20));
	assert_non_null(arena_alloc(&a, 8));
}

static void text_is_copied_with_a_nul(void **state)
{
	_cleanup_(arena_done) struct arena a;
	str s;

	(void)state;
	arena_init(&a, 4096);
	s = arena_str(&a, (str){"a\0b", 3});
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.ptr, "a\0b", 4);
	s = arena_str(&a, STR_NONE);
	assert_non_null(s.ptr);
	assert_int_equal(s.ptr[0], 0);
	s = arena_fmt(&a, "%d-%s", 7, "x");
	assert_string_equal(s.ptr, "7-x");
	assert_int_equal(s.len, 3);
}

static void done_twice_and_reset_empty(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 16);
	arena_reset(&a);
	arena_done(&a);
	arena_done(&a);
	assert_null(a.first);
}

static void alloc_without_init(void)
{
	struct arena a = {0};

	arena_alloc(&a, 1);
}

static void own_mistakes_abort(void **state)
{
	(void)state;
	assert_true(aborts(alloc_without_init));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(reused_memory_is_zeroed_again),
		cmocka_unit_test(budget_spent_is_null_and_the_rest_lives),
		cmocka_unit_test(objects_do_not_overlap_across_blocks),
		cmocka_unit_test(large_object_gets_its_own_block),
		cmocka_unit_test(text_is_copied_with_a_nul),
		cmocka_unit_test(done_twice_and_reset_empty),
		cmocka_unit_test(own_mistakes_abort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
