/* A literal set finds exactly what a search for one literal after another finds. */
#include "tests.h"

#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/literals.h"
#include "flow/detect/pattern.h"

#define ROUNDS 3000u
#define TEXT_MAX 200u
#define LITERALS_MAX 40u

static uint32_t next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

/* Few different bytes, so that literals overlap, repeat and nearly match; some that only case or one bit tells apart.
 */
static char some_byte(uint64_t *state)
{
	static const char bytes[] = "aabbABc\\@`[{_\x7f\xc3\xa3.";

	return bytes[next(state) % (sizeof(bytes) - 1)];
}

static void mark(void *ctx, uint32_t literal)
{
	bool *found = ctx;

	found[literal] = true;
}

static void one_round(uint64_t *state)
{
	char text[TEXT_MAX], low[TEXT_MAX], room[LITERALS_MAX][16];
	str literals[LITERALS_MAX], in = {text, next(state) % TEXT_MAX};
	bool found[LITERALS_MAX] = {false};
	static const char *const frequent[] = {"abab", ""};
	size_t count = 1 + next(state) % LITERALS_MAX;
	struct literal_set *set;

	for (size_t i = 0; i < in.len; i++)
		text[i] = some_byte(state);
	text_fold(in, low);
	for (size_t i = 0; i < count; i++) {
		literals[i] = (str){room[i], LITERAL_LEN_MIN + next(state) % 9};
		for (size_t k = 0; k < literals[i].len; k++)
			room[i][k] = some_byte(state);
		/* Half of them stand in the text, also at its very end. */
		if (i % 2 && in.len >= literals[i].len)
			memcpy(room[i],
			       text + (i % 4 == 1 ? in.len - literals[i].len
						  : next(state) % (in.len - literals[i].len + 1)),
			       literals[i].len);
		text_fold(literals[i], room[i]);
	}
	set = literal_set_create(literals, count, frequent, COUNT_OF(frequent));
	literal_set_find(set, in, mark, found);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(found[i], str_find((str){low, in.len}, literals[i]) >= 0);
	literal_set_free(set);
}

static void finds_what_a_plain_search_finds(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++)
		one_round(&seed);
}

/* A thousand literals with one common part: the part is not what they are known by. */
static void count_calls(void *ctx, uint32_t literal)
{
	(void)literal;
	++*(uint32_t *)ctx;
}

static void many_with_a_common_part(void **state)
{
	static char room[1000][24];
	str literals[1000];
	struct literal_set *set;
	uint32_t calls = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		literals[i] = (str){room[i], (size_t)snprintf(room[i], sizeof(room[i]), "\\windows\\%04u.exe", i * 7)};
	set = literal_set_create(literals, 1000, NULL, 0);
	literal_set_find(set, STR("c:\\WINDOWS\\0700.EXE \\windows\\0001.exe"), count_calls, &calls);
	assert_int_equal(calls, 1);
	literal_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_a_plain_search_finds),
		cmocka_unit_test(many_with_a_common_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
