#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "codec/line/pattern.h"

/* "name=text|" of every value, or "no". */
static void expect(const char *text, const char *line, const char *want)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct pattern_value values[PATTERN_FIELDS_MAX];
	const struct pattern *p;
	char got[1024] = "";
	struct err e;
	size_t len = 0;
	int count;

	arena_init(&a, 1u << 20);
	if (pattern_compile(str_of(text), &a, &p, &e))
		fail_msg("%s: %s", text, e.id);
	count = pattern_match(p, str_of(line), values);
	for (int i = 0; i < count; i++)
		len += (size_t)snprintf(got + len, sizeof(got) - len, STR_FMT "=" STR_FMT "|", STR_ARG(values[i].name),
					STR_ARG(values[i].text));
	assert_string_equal(count < 0 ? "no" : got, want);
}

static void a_line_is_told_from_end_to_end(void **state)
{
	(void)state;
	expect("a {x:word} b", "a 1 b", "x=1|");
	expect("a {x:word} b", "a 1 bc", "no");
	expect("a {x:word} b", " a 1 b", "no");
	expect("a {x:rest}", "a ", "x=|");
	expect("{x} and {y}", "1 and 2 and 3", "x=1|y=2 and 3|");
	expect("{x:long} and {y}", "1 and 2 and 3", "x=1 and 2|y=3|");
	expect("\\[{x}\\] \\{\\}\\\\", "[q] {}\\", "x=q|");
}

static void optional_parts_may_be_missing(void **state)
{
	static const char *const text = "for [invalid user ]{user} from {a:ip}[ port {p:int}]";

	(void)state;
	expect(text, "for root from 192.0.2.1", "user=root|a=192.0.2.1|");
	expect(text, "for invalid user root from 192.0.2.1 port 22", "user=root|a=192.0.2.1|p=22|");
	/* What an optional part gave before it failed is taken back. */
	expect("a[ {x:int} b] {y:rest}", "a 7 c", "y=7 c|");
	expect("{x:word}[, {y:word}][; {z:word}].", "1; 3.", "x=1|z=3|");
}

static void types_say_what_they_are(void **state)
{
	(void)state;
	expect("{a:ip}:{b:int}", "192.0.2.1:80", "a=192.0.2.1|b=80|");
	expect("{a:ip}#{b:int}", "2001:db8::1#80", "a=2001:db8::1|b=80|");
	expect("{a:ip}: x", "2001:db8::1: x", "a=2001:db8::1|");
	expect("{a:ip}.", "192.0.2.1.", "a=192.0.2.1|");
	expect("{a:ip}", "999.0.2.1", "no");
	expect("{a:ip}", "1:2", "no");
	expect("{a:int}{:blanks}{b:decimal}", "-1 \t 2.50", "a=-1|b=2.50|");
	expect("{a:decimal}.", "2.", "a=2|");
	expect("{a:hex}", "0xfF", "a=0xfF|");
	expect("{a:int}", "x", "no");
	expect("{a:quoted} {b:word}", "\"x \\\" y\" z", "a=x \\\" y|b=z|");
	expect("{a:quoted}", "\"open", "no");
	expect("{a:word}", "two words", "no");
	expect("{a:word}", "", "no");
	expect("{a}", "", "a=|");
}

static void wrong_patterns_are_named(void **state)
{
	static const struct {
		const char *text, *id;
		uint32_t column;
	} rows[] = {
		{"", "err.pattern.size", 1},
		{"a {b", "err.pattern.open", 3},
		{"a [b", "err.pattern.open", 3},
		{"a ]", "err.pattern.close", 3},
		{"a }", "err.pattern.close", 3},
		{"[a [b]]", "err.pattern.nested", 4},
		{"a []", "err.pattern.empty", 3},
		{"a\\", "err.pattern.escape", 2},
		{"{a b}", "err.pattern.name", 1},
		{"{a:number}", "err.pattern.type", 1},
		{"{a:rest} b", "err.pattern.rest", 1},
		{"{a}{b}", "err.pattern.end", 1},
		{"{a:word}{b:ip}", "err.pattern.end", 1},
		{"{a}[{b:int}] c", "err.pattern.end", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		_cleanup_(arena_done) struct arena a = {0};
		const struct pattern *p;
		struct err e;

		arena_init(&a, 1u << 20);
		assert_int_equal(pattern_compile(str_of(rows[i].text), &a, &p, &e), -ERR_PARSE);
		assert_string_equal(e.id, rows[i].id);
		if (e.column != rows[i].column)
			fail_msg("%s: column %u", rows[i].text, e.column);
	}
}

static void limits_hold(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_free_ char *text = mem_alloc(PATTERN_BYTES_MAX + 1, 1);
	const struct pattern *p;
	struct err e;

	(void)state;
	arena_init(&a, 1u << 20);
	memset(text, 'a', PATTERN_BYTES_MAX + 1);
	assert_int_equal(pattern_compile((str){text, PATTERN_BYTES_MAX + 1}, &a, &p, &e), -ERR_PARSE);
	for (size_t i = 0; i + 4 <= PATTERN_BYTES_MAX; i += 4)
		memcpy(text + i, "{}ab", 4);
	assert_int_equal(pattern_compile((str){text, PATTERN_BYTES_MAX}, &a, &p, &e), -ERR_PARSE);
	assert_string_equal(e.id, "err.pattern.items");
}

/* A regular expression of this form would try every way to cut the line. */
static void no_line_is_slow(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_free_ char *line = mem_alloc(PATTERN_LINE_MAX, 1);
	struct pattern_value values[PATTERN_FIELDS_MAX];
	const struct pattern *p;
	struct err e;
	char text[640];
	size_t len = 0;

	(void)state;
	arena_init(&a, 1u << 20);
	for (int i = 0; i < 15; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "[{a%d}aa]{b%d:long}a", i % 16, i % 16);
	len += (size_t)snprintf(text + len, sizeof(text) - len, "b");
	assert_int_equal(pattern_compile((str){text, len}, &a, &p, &e), 0);
	memset(line, 'a', PATTERN_LINE_MAX);
	assert_int_equal(pattern_match(p, (str){line, PATTERN_LINE_MAX}, values), -1);
	assert_int_equal(pattern_match(p, (str){line, PATTERN_LINE_MAX + 1}, values), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_told_from_end_to_end),
		cmocka_unit_test(optional_parts_may_be_missing),
		cmocka_unit_test(types_say_what_they_are),
		cmocka_unit_test(wrong_patterns_are_named),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(no_line_is_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
