#include "tests.h"

#include "aborts.h"
#include "base/buf.h"
#include "base/mem.h"

static void pieces_add_up(void **state)
{
	_cleanup_(buf_done) struct buf b;

	(void)state;
	buf_init(&b, 200);
	buf_add(&b, STR("a"));
	buf_add(&b, STR_NONE);
	buf_add_byte(&b, '\0');
	buf_add_fmt(&b, "[%d]", 42);
	buf_add_u64(&b, UINT64_MAX);
	buf_add_i64(&b, INT64_MIN);
	buf_add_i64(&b, 0);
	buf_add_hex(&b, STR("\x00\xff\x1a"));
	assert_true(str_eq(buf_str(&b), STR("a\0[42]"
					    "18446744073709551615"
					    "-9223372036854775808"
					    "0"
					    "00ff1a")));
	assert_int_equal(buf_check(&b, NULL), 0);
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
	_cleanup_(buf_done) struct buf b;
	struct err e = {0};

	(void)state;
	buf_init(&b, 4);
	buf_add(&b, STR("abcd"));
	assert_false(b.failed);
	buf_add(&b, STR("e"));
	assert_true(b.failed);
	assert_true(str_eq(buf_str(&b), STR("abcd")));
	assert_int_equal(buf_check(&b, &e), -ERR_LIMIT);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.id, "err.buf.limit");
	assert_string_equal(e.expected, "4");
}

static void failure_sticks_until_clear(void **state)
{
	_cleanup_(buf_done) struct buf b;

	(void)state;
	buf_init(&b, 4);
	buf_add(&b, STR("abcde"));
	buf_add(&b, STR("a")); /* would fit, but the text would have a hole */
	assert_int_equal(b.len, 0);
	assert_true(b.failed);
	buf_clear(&b);
	buf_add(&b, STR("a"));
	assert_false(b.failed);
	assert_int_equal(b.len, 1);
}

static void formatted_text_may_fill_all_but_the_nul(void **state)
{
	_cleanup_(buf_done) struct buf b;

	(void)state;
	buf_init(&b, 8);
	buf_add_fmt(&b, "%s", "1234567");
	assert_false(b.failed);
	buf_add_fmt(&b, "%s", "89");
	assert_true(b.failed);
	assert_string_equal(buf_cstr(&b), "1234567");
}

static void room_is_claimed(void **state)
{
	_cleanup_(buf_done) struct buf b;
	char *room;

	(void)state;
	buf_init(&b, 100);
	room = buf_room(&b, 10);
	assert_non_null(room);
	memcpy(room, "0123456789", 10);
	buf_claim(&b, 4);
	assert_true(str_eq(buf_str(&b), STR("0123")));
	assert_null(buf_room(&b, 97));
	assert_true(b.failed);
}

static void front_is_dropped(void **state)
{
	_cleanup_(buf_done) struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_add(&b, STR("abcdef"));
	buf_drop_front(&b, 0);
	buf_drop_front(&b, 4);
	assert_true(str_eq(buf_str(&b), STR("ef")));
	buf_drop_front(&b, 2);
	assert_int_equal(b.len, 0);
}

static void empty_has_a_c_string(void **state)
{
	_cleanup_(buf_done) struct buf b;

	(void)state;
	buf_init(&b, 1);
	assert_string_equal(buf_cstr(&b), "");
}

static void zeroed_may_be_done(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_done(&b);
	buf_done(&b);
	assert_null(b.ptr);
}

static void grows_over_many_sizes(void **state)
{
	_cleanup_(buf_done) struct buf b;

	(void)state;
	buf_init(&b, 1u << 20);
	for (int i = 0; i < 100000; i++)
		buf_add_byte(&b, (char)i);
	assert_int_equal(b.len, 100000);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(b.ptr[i], (char)i);
}

static void claim_too_much(void)
{
	struct buf b;

	buf_init(&b, 100);
	buf_room(&b, 1);
	buf_claim(&b, 100);
}

static void init_without_maximum(void)
{
	struct buf b;

	buf_init(&b, 0);
}

static void own_mistakes_abort(void **state)
{
	(void)state;
	assert_true(aborts(claim_too_much));
	assert_true(aborts(init_without_maximum));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_add_up),
		cmocka_unit_test(what_does_not_fit_is_left_out_whole),
		cmocka_unit_test(failure_sticks_until_clear),
		cmocka_unit_test(formatted_text_may_fill_all_but_the_nul),
		cmocka_unit_test(room_is_claimed),
		cmocka_unit_test(front_is_dropped),
		cmocka_unit_test(empty_has_a_c_string),
		cmocka_unit_test(zeroed_may_be_done),
		cmocka_unit_test(grows_over_many_sizes),
		cmocka_unit_test(own_mistakes_abort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
