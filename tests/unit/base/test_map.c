#include "tests.h"

#include <stdio.h>

#include "base/map.h"
#include "base/mem.h"

#define MANY 5000u

static str key_of(unsigned i, char out[24])
{
	return (str){out, (size_t)snprintf(out, 24, "key-%u", i)};
}

static void put_get_replace(void **state)
{
	_cleanup_(map_done) struct map m;
	uint64_t v = 0;

	(void)state;
	map_init(&m, (struct hash_key){1, 2});
	assert_false(map_get(&m, STR("a"), &v));
	assert_true(map_put(&m, STR("a"), 1));
	assert_false(map_put(&m, STR("a"), 2));
	assert_true(map_get(&m, STR("a"), &v));
	assert_int_equal(v, 2);
	assert_true(map_get(&m, STR("a"), NULL));
	assert_int_equal(m.count, 1);
}

static void keys_are_bytes(void **state)
{
	_cleanup_(map_done) struct map m;
	uint64_t v;

	(void)state;
	map_init(&m, (struct hash_key){0, 0});
	map_put(&m, STR(""), 1);
	map_put(&m, (str){"\0", 1}, 2);
	map_put(&m, (str){"\0\0", 2}, 3);
	assert_true(map_get(&m, STR_NONE, &v));
	assert_int_equal(v, 1);
	assert_true(map_get(&m, (str){"\0", 1}, &v));
	assert_int_equal(v, 2);
	assert_true(map_get(&m, (str){"\0\0", 2}, &v));
	assert_int_equal(v, 3);
}

static void keys_are_copied(void **state)
{
	_cleanup_(map_done) struct map m;
	char text[] = "abc";

	(void)state;
	map_init(&m, (struct hash_key){0, 0});
	map_put(&m, str_of(text), 1);
	text[0] = 'x';
	assert_true(map_get(&m, STR("abc"), NULL));
}

/* Removal moves members of a probe chain; afterwards exactly the others must be found. */
static void removal_keeps_the_others(void **state)
{
	_cleanup_(map_done) struct map m;
	char text[24];
	uint64_t v;

	(void)state;
	map_init(&m, (struct hash_key){3, 4});
	for (unsigned i = 0; i < MANY; i++)
		assert_true(map_put(&m, key_of(i, text), i));
	for (unsigned i = 0; i < MANY; i += 3)
		assert_true(map_remove(&m, key_of(i, text)));
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(map_get(&m, key_of(i, text), &v), i % 3 != 0);
		if (i % 3)
			assert_int_equal(v, i);
	}
	assert_int_equal(m.count, MANY - (MANY + 2) / 3);
	assert_false(map_remove(&m, STR("key-0")));
}

static void every_key_is_visited_once(void **state)
{
	_cleanup_(map_done) struct map m;
	unsigned char seen[MANY] = {0};
	size_t at = 0, count = 0;
	char text[24];
	uint64_t v;
	str key;

	(void)state;
	map_init(&m, (struct hash_key){5, 6});
	for (unsigned i = 0; i < MANY; i++)
		map_put(&m, key_of(i, text), i);
	while (map_each(&m, &at, &key, &v)) {
		assert_true(v < MANY);
		assert_true(str_eq(key, key_of((unsigned)v, text)));
		assert_int_equal(seen[v]++, 0);
		count++;
	}
	assert_int_equal(count, MANY);
}

static void empty_map_answers(void **state)
{
	struct map m;
	size_t at = 0;
	uint64_t v;
	str key;

	(void)state;
	map_init(&m, (struct hash_key){0, 0});
	assert_false(map_remove(&m, STR("a")));
	assert_false(map_each(&m, &at, &key, &v));
	map_done(&m);
	map_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put_get_replace),           cmocka_unit_test(keys_are_bytes),
		cmocka_unit_test(keys_are_copied),           cmocka_unit_test(removal_keeps_the_others),
		cmocka_unit_test(every_key_is_visited_once), cmocka_unit_test(empty_map_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
