#include "tests.h"

#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "model/event_json.h"

static void expect(const struct event_field *fields, uint32_t count, const char *want)
{
	_cleanup_(buf_done) struct buf out = {.max = 65536};
	struct event_field copy[8];
	struct event ev = {.fields = copy, .field_count = count};

	memcpy(copy, fields, count * sizeof(*fields));
	event_add_json(&out, &ev);
	assert_string_equal(buf_cstr(&out), want);
}

static void values_keep_their_kind(void **state)
{
	const struct event_field fields[] = {
		{STR("a"), STR("x\"\\\n\x01"), 0, VALUE_TEXT}, {STR("b"), STR("-1.5e3"), 0, VALUE_NUMBER},
		{STR("c"), STR("true"), 0, VALUE_BOOL},        {STR("d"), STR_NONE, 0, VALUE_NULL},
		{STR("e"), STR_NONE, 0, VALUE_TEXT},
	};

	(void)state;
	expect(fields, COUNT_OF(fields),
	       "{\"a\":\"x\\\"\\\\\\n\\u0001\",\"b\":-1.5e3,\"c\":true,\"d\":null,\"e\":\"\"}");
	expect(fields, 0, "{}");
}

static void what_is_no_number_in_json_becomes_text(void **state)
{
	static const char *const texts[] = {"0x1F", "007", "1.", ".5", "+1", "1e", "-", "NaN"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const struct event_field field = {STR("n"), str_of(texts[i]), 0, VALUE_NUMBER};
		char want[64];

		snprintf(want, sizeof(want), "{\"n\":\"%s\"}", texts[i]);
		expect(&field, 1, want);
	}
}

static void a_name_that_repeats_is_one_array(void **state)
{
	const struct event_field fields[] = {
		{STR("u"), STR("bob"), 0, VALUE_TEXT},
		{STR("v"), STR("1"), 0, VALUE_NUMBER},
		{STR("u"), STR("root"), 0, VALUE_TEXT},
		{STR("u"), STR_NONE, 0, VALUE_NULL},
	};

	(void)state;
	expect(fields, COUNT_OF(fields), "{\"u\":[\"bob\",\"root\",null],\"v\":1}");
}

static void ill_formed_text_is_repaired(void **state)
{
	const struct event_field field = {STR("t"), STR("a\xff"), 0, VALUE_TEXT};

	(void)state;
	expect(&field, 1, "{\"t\":\"a\xEF\xBF\xBD\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_keep_their_kind),
		cmocka_unit_test(what_is_no_number_in_json_becomes_text),
		cmocka_unit_test(a_name_that_repeats_is_one_array),
		cmocka_unit_test(ill_formed_text_is_repaired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
