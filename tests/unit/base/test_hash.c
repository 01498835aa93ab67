#include "tests.h"

#include "base/hash.h"

/* Key 00 01 … 0f, as the SipHash paper's test vectors use it. */
static const struct hash_key paper_key = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

static void siphash_1_3_of_nothing_is_the_known_value(void **state)
{
	(void)state;
	assert_true(hash_keyed(paper_key, STR_NONE) == 0xabac0158050fc4dcu);
}

static void every_byte_the_length_and_the_key_count(void **state)
{
	unsigned char text[24] = {0};
	uint64_t seen[25];

	(void)state;
	for (size_t len = 0; len <= 24; len++) {
		seen[len] = hash_keyed(paper_key, (str){(char *)text, len});
		for (size_t before = 0; before < len; before++)
			assert_true(seen[before] != seen[len]);
	}
	for (size_t i = 0; i < 24; i++) {
		text[i] = 1;
		assert_true(hash_keyed(paper_key, (str){(char *)text, 24}) != seen[24]);
		text[i] = 0;
	}
	assert_true(hash_keyed((struct hash_key){1, 0}, STR("a")) != hash_keyed((struct hash_key){0, 1}, STR("a")));
}

static void the_quick_one_sees_every_byte_too(void **state)
{
	char room[41] = {0}, *text = room + 1;

	(void)state;
	for (size_t len = 1; len <= 40; len++) {
		uint64_t before = hash_quick(paper_key, (str){text, len});

		assert_true(before != hash_quick(paper_key, (str){text, len - 1}));
		assert_true(before != hash_quick((struct hash_key){1, 2}, (str){text, len}));
		for (size_t i = 0; i < len; i++) {
			text[i] = 1;
			assert_true(before != hash_quick(paper_key, (str){text, len}));
			text[i] = 0;
		}
	}
	assert_true(hash_quick(paper_key, STR("noroshi signal")) == hash_quick(paper_key, str_of("noroshi signal")));
}

static void place_in_memory_does_not_matter(void **state)
{
	char at_odd[] = "xnoroshi signal fire";

	(void)state;
	assert_true(hash_stable(str_of(at_odd + 1)) == hash_stable(STR("noroshi signal fire")));
}

static void crc32_check_value(void **state)
{
	(void)state;
	assert_true(hash_crc32(0, STR("123456789")) == 0xCBF43926u);
	assert_true(hash_crc32(0, STR_NONE) == 0);
	assert_true(hash_crc32(hash_crc32(0, STR("1234")), STR("56789")) == 0xCBF43926u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siphash_1_3_of_nothing_is_the_known_value),
		cmocka_unit_test(every_byte_the_length_and_the_key_count),
		cmocka_unit_test(the_quick_one_sees_every_byte_too),
		cmocka_unit_test(place_in_memory_does_not_matter),
		cmocka_unit_test(crc32_check_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
