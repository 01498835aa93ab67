/* A raw event on a page: bounded, whatever a log line is made of. */
#include "tests.h"

#include <stdlib.h>

#include "door/web/show.h"

static void a_line_of_marks_does_not_eat_the_page(void **state)
{
	struct arena a;
	struct request rq = {.arena = &a, .lang = LANG_EN};
	str marks[2] = {STR("a"), STR("not there")};
	uint32_t lines[2] = {7, 7};
	char *raw = malloc(200000);
	struct view *v;

	(void)state;
	memset(raw, 'a', 200000);
	arena_init(&a, HTTP_ARENA);
	v = view_create(&a);
	show_raw(&rq, v, (str){raw, 200000}, marks, 2, lines);
	assert_non_null(arena_alloc(&a, HTTP_ARENA / 2));
	assert_int_equal(lines[0], 1);
	assert_int_equal(lines[1], 0);
	arena_done(&a);
	free(raw);
}

static void without_room_no_line_is_told(void **state)
{
	struct arena a;
	struct request rq = {.arena = &a, .lang = LANG_EN};
	str marks[1] = {STR("a")};
	uint32_t lines[1] = {7};

	(void)state;
	arena_init(&a, 1);
	show_raw(&rq, NULL, STR("a"), marks, 1, lines);
	assert_int_equal(lines[0], 0);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_of_marks_does_not_eat_the_page),
		cmocka_unit_test(without_room_no_line_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
