/* Values, escapes and modifiers, row by row after the sentences of Sigma 2.1.0. */
#include "tests.h"

#include "base/check.h"
#include "detect_fixture.h"

struct row {
	const char *key;   /* field with modifiers, and the value as YAML flow text */
	const char *value; /* of field F; NULL = absent */
	bool matches;
};

static void expect(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_(fixture_done) struct fixture f = {0};
		_cleanup_(buf_done) struct buf text = {.max = 65536};

		buf_add_fmt(&text, "title: t\ndetection:\n  s:\n    %s\n  condition: s\n", rows[i].key);
		fixture_load(&f, buf_str(&text));
		if (rule_set_problem_count(f.set))
			fail_msg("%s: %s", rows[i].key, rule_set_problem(f.set, 0)->err.id);
		fixture_field(&f, "Other", "other", VALUE_TEXT);
		if (rows[i].value)
			fixture_field(&f, "F", rows[i].value, VALUE_TEXT);
		if (fixture_match(&f) != rows[i].matches)
			fail_msg("row %zu: %s against %s must be %d", i, rows[i].key, rows[i].value, rows[i].matches);
	}
}

static void escapes(void **state)
{
	/* The five sentences of "Escape Character". */
	static const struct row rows[] = {
		{"F: 'a\\b'", "a\\b", true},         {"F: 'a\\\\b'", "a\\b", true},
		{"F: 'a\\\\b'", "a\\\\b", false},    {"F: 'a\\*'", "a*", true},
		{"F: 'a\\*'", "abc", false},         {"F: 'a\\?'", "a?", true},
		{"F: 'a\\?'", "ab", false},          {"F: 'a\\\\*'", "a\\anything", true},
		{"F: 'a\\\\*'", "a*", false},        {"F: 'a\\\\\\*'", "a\\*", true},
		{"F: 'a\\\\\\*'", "a\\x", false},    {"F: 'a\\\\\\b'", "a\\\\b", true},
		{"F: 'a\\\\\\\\b'", "a\\\\b", true}, {"F: 'a\\'", "a\\", true},
		{"F: '\\\\'", "\\", true},
	};

	(void)state;
	expect(rows, COUNT_OF(rows));
}

static void wildcards(void **state)
{
	static const struct row rows[] = {
		{"F: 'prog?.exe'", "progA.exe", true},
		{"F: 'prog?.exe'", "prog.exe", false},
		{"F: 'prog?.exe'", "progAB.exe", false},
		{"F: 'prog?.exe'", "prog\xE3\x81\x82.exe", true},
		{"F: 'a_V*.exe'", "a_V21.2.1.exe", true},
		{"F: 'a_V*.exe'", "a_V.exe", true},
		{"F: 'a*b*c'", "aXbXbc", true},
		{"F: 'a*b*c'", "acb", false},
		{"F: '*a*a'", "a", false},
		{"F: '*a*a'", "aa", true},
		{"F: '*ab?'", "abab1", true},
		{"F: 'ab*ab'", "ab", false},
		{"F: '?*'", "", false},
		{"F: '?*'", "x", true},
		{"F: '*'", "", true},
		{"F: '*'", NULL, false},
		{"F: '***'", "x", true},
		{"F: '*?b?*'", "ab", false},
		{"F: '*?b?*'", "abc", true},
	};

	(void)state;
	expect(rows, COUNT_OF(rows));
}

static void positions_and_case(void **state)
{
	static const struct row rows[] = {
		{"F: 'WhoAmI'", "whoami", true},
		{"F: '\xC3\x84'", "\xC3\xA4", false}, /* only ASCII letters are folded */
		{"F|cased: 'WhoAmI'", "whoami", false},
		{"F|cased: 'WhoAmI'", "WhoAmI", true},
		{"F|contains|cased: 'Who'", "xWhoAmI", true},
		{"F|contains|cased: 'who'", "xWhoAmI", false},
		{"F|contains: 'AM'", "whoami", true},
		{"F|contains: ''", "x", true},
		{"F|startswith: 'who'", "WHOami", true},
		{"F|startswith: 'am'", "whoami", false},
		{"F|endswith: '\\cmd.exe'", "C:\\CMD.EXE", true},
		{"F|endswith: '\\cmd.exe'", "C:\\acmd.exe", false},
		{"F|endswith: '\\cmd.exe'", "C:\\cmd.exe\\x", false},
		{"F|contains|all: [a, b]", "xbya", true},
		{"F|contains|all: [a, b]", "xa", false},
		{"F|contains: [a, b]", "xa", true},
		{"F|contains: 'a*b'", "xxa--byy", true},
		{"F|contains: 'a\\*b'", "xxa--byy", false},
		{"F|neq: a", "b", true},
		{"F|neq: a", "A", false},
		{"F|neq: a", NULL, true},
		{"F|neq: [a, b]", "b", false},
		{"F|contains|neq: a", "xay", false},
	};

	(void)state;
	expect(rows, COUNT_OF(rows));
}

static void nothing_has_three_forms(void **state)
{
	static const struct row rows[] = {
		{"F: null", NULL, true},
		{"F: null", "", false},
		{"F: null", "x", false},
		{"F:", NULL, true},
		{"F: ''", "", true},
		{"F: ''", NULL, false},
		{"F: ''", "x", false},
		{"F|exists: true", "", true},
		{"F|exists: true", NULL, false},
		{"F|exists: no", NULL, true},
		{"F|exists: false", "x", false},
		{"F: 'null'", "null", true},
		{"F: [null, a]", NULL, true},
	};
	_cleanup_(fixture_done) struct fixture f = {0};

	(void)state;
	expect(rows, COUNT_OF(rows));
	fixture_load(&f, STR("title: n\ndetection:\n  a:\n    F: null\n  b:\n    F: ''\n  c:\n    F: '*'\n"
			     "  condition: [a, b, c]\n"));
	fixture_field(&f, "F", "", VALUE_NULL);
	assert_int_equal(fixture_match(&f), 1);
}

static void windash_takes_any_dash(void **state)
{
	static const struct row rows[] = {
		{"F|contains|windash: ' -f '", "cmd -f x", true},
		{"F|contains|windash: ' -f '", "cmd /f x", true},
		{"F|contains|windash: ' -f '",
		 "cmd \xE2\x80\x93"
		 "f x",
		 true},
		{"F|contains|windash: ' /f '",
		 "cmd \xE2\x80\x94"
		 "f x",
		 true},
		{"F|windash|contains: ' -f '",
		 "cmd \xE2\x80\x95"
		 "f x",
		 true},
		{"F|contains|windash: ' -f '", "cmd +f x", false},
		{"F|contains|windash: ' -f '",
		 "cmd \xE2\x80\x92"
		 "f x",
		 false},
		{"F|windash: '-a -b'",
		 "/a \xE2\x80\x93"
		 "b",
		 true},
		{"F|endswith|windash: ' -q'", "run /q", true},
		{"F|endswith|windash: ' -q'", "run /q ", false},
	};

	(void)state;
	expect(rows, COUNT_OF(rows));
}

static void encodings(void **state)
{
	/* "foobar" at the three places of a Base64 text; "cmd" in UTF-16 as the appendix gives it. */
	static const struct row rows[] = {
		{"F|base64: 'foobar'", "Zm9vYmFy", true},
		{"F|base64|contains: 'foobar'", "xx Zm9vYmFy", true},
		{"F|base64offset|contains: 'foobar'", "--Zm9vYmFy--", true},
		{"F|base64offset|contains: 'foobar'", "eGZvb2Jhcg==", true},     /* "xfoobar" */
		{"F|base64offset|contains: 'foobar'", "eHhmb29iYXI=", true},     /* "xxfoobar" */
		{"F|base64offset|contains: 'foobar'", "eHhmb29iYXJ5eXk=", true}, /* "xxfoobaryyy" */
		{"F|base64offset|contains: 'foobar'", "eHhmb29iYQ==", false},    /* "xxfooba" */
		{"F|wide|base64offset|contains: 'ping'", "cABpAG4AZwA=", true},
		{"F|utf16le|base64|contains: 'cmd'", "YwBtAGQA", true},
		{"F|utf16be|base64|contains: 'cmd'", "AGMAbQBk", true},
		{"F|utf16|base64|contains: 'cmd'", "//5jAG0AZAA=", true},
	};

	(void)state;
	expect(rows, COUNT_OF(rows));
}

static void one_byte_shifted_is_refused(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};

	(void)state;
	fixture_load(&f, STR("title: a\ndetection:\n  s:\n    F|base64offset|contains: 'a'\n  condition: s\n---\n"
			     "title: b\ndetection:\n  s:\n    F|wide|base64offset|contains: 'a'\n  condition: s\n"));
	assert_int_equal(rule_set_problem_count(f.set), 1);
	assert_string_equal(rule_set_problem(f.set, 0)->err.id, "err.rule.base64_short");
	assert_int_equal(rule_set_count(f.set), 1);
}

static void regular_expressions(void **state)
{
	static const struct row rows[] = {
		{"F|re: 'a.c'", "xabcx", true},
		{"F|re: 'A.C'", "xabcx", false},
		{"F|re|i: 'A.C'", "xabcx", true},
		{"F|re: '^b'", "a\nb", false},
		{"F|re|m: '^b'", "a\nb", true},
		{"F|re: 'a.b'", "a\nb", false},
		{"F|re|s: 'a.b'", "a\nb", true},
		{"F|re|i|m|s: '^B.c$'", "a\nb\nC", true},
		{"F|re: '^.$'", "\xE3\x81\x82", true}, /* characters, not bytes */
		{"F|re: '\\\\cmd\\.exe$'", "C:\\cmd.exe", true},
		{"F|re: 'abcd?ef'", "xabcefx", true},
		{"F|re: 'abc{0}def'", "xabdefx", true},
		{"F|re: 'ab{2,3}cd'", "abbcd", true},
		{"F|re: '\\x41bcd'", "xAbcd", true},
		{"F|re|i: 'mask'", "ma\xC5\xBF\xE2\x84\xAA", true}, /* Unicode twins of s and k */
		{"F|re: '(foo|bar)baz'", "barbaz", true},
		{"F|re: 'foobar|quux'", "quux", true},
		{"F|re: '(?x)foo bar'", "foobar", true},
		{"F|re: '(?ix)foo bar'", "FOOBAR", true}, /* the blank is none of what must be there */
		{"F|re: '[^]]abc[a\\]]'", "xabc]", true},
		{"F|re|all: ['a+', 'b+']", "ab", true},
		{"F|re|all: ['a+', 'b+']", "a", false},
	};

	(void)state;
	expect(rows, COUNT_OF(rows));
}

static void numbers_networks_dates(void **state)
{
	static const struct row rows[] = {
		{"F: 4688", "4688", true},
		{"F: '4688'", "4688", true},
		{"F: 4688", "46880", false},
		{"F|lt: 5", "4", true},
		{"F|lt: 5", "5", false},
		{"F|lte: 5", "5", true},
		{"F|gt: 5", "5.5", true},
		{"F|gte: 5", "x", false},
		{"F|gt: 15", "0x10", true},
		{"F|gt: 5", "nan", false},
		{"F|cidr: 10.0.0.0/8", "10.200.1.1", true},
		{"F|cidr: 10.0.0.0/8", "11.0.0.1", false},
		{"F|cidr: 192.168.4.0/22", "192.168.7.255", true},
		{"F|cidr: 192.168.4.0/22", "192.168.8.0", false},
		{"F|cidr: 10.0.0.0/8", "::ffff:10.1.2.3", true},
		{"F|cidr: 'fe80::/10'", "febf::1%eth0", true},
		{"F|cidr: 'fe80::/10'", "fec0::1", false},
		{"F|cidr: [127.0.0.0/8, '::1/128']", "::1", true},
		{"F|cidr: 0.0.0.0/0", "not an address", false},
		{"F|cidr: '::/0'", "::1", true},
		{"F|cidr: '::/0'", "10.1.2.3", false},
		{"F|cidr: '::ffff:10.0.0.0/104'", "10.1.2.3", true},
		{"F|hour: 7", "2026-11-21T07:08:20Z", true},
		{"F|minute: 8", "2026-11-21T07:08:20Z", true},
		{"F|day: 21", "2026-11-21T07:08:20Z", true},
		{"F|week: 47", "2026-11-21T07:08:20Z", true},
		{"F|month: 11", "2026-11-21T07:08:20Z", true},
		{"F|year: 2026", "2026-11-21T07:08:20Z", true},
		{"F|hour: 8", "2026-11-21T07:08:20Z", false},
		{"F|hour|gte: 6", "2026-11-21T07:08:20Z", true},
		{"F|hour: 7", "seven", false},
	};

	(void)state;
	expect(rows, COUNT_OF(rows));
}

static void field_references(void **state)
{
	static const struct row rows[] = {
		{"F|fieldref: Other", "OTHER", true},
		{"F|fieldref|cased: Other", "OTHER", false},
		{"F|fieldref: Other", "another", false},
		{"F|fieldref|endswith: Other", "another", true},
		{"F|fieldref|startswith: Other", "otherwise", true},
		{"F|fieldref|contains: Other", "brothers", true},
		{"F|fieldref|neq: Other", "x", true},
		{"F|fieldref: Missing", "x", false},
	};

	(void)state;
	expect(rows, COUNT_OF(rows));
}

static void keywords_search_every_value(void **state)
{
	static const struct row rows[] = {
		{"'|all': [the, fine]", "find me", false},
		{"'|all': [the, find]", "find me", true},
		{"'': 'THE'", "x", true},
		{"'|re': '^ot.er$'", "x", true},
		{"'|contains': 'f*d'", "find", true},
	};

	(void)state;
	expect(rows, COUNT_OF(rows));
}

static void any_element_of_an_array_will_do(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};

	(void)state;
	fixture_load(&f, STR("title: a\ndetection:\n  s:\n    F: b\n  condition: s\n---\n"
			     "title: b\ndetection:\n  s:\n    F|neq: b\n  condition: s\n---\n"
			     "title: c\ndetection:\n  s:\n    F|contains|all: [x, y]\n  condition: s\n"));
	assert_int_equal(rule_set_count(f.set), 3);
	fixture_field(&f, "F", "a", VALUE_TEXT);
	fixture_field(&f, "F", "b", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 1);
	fixture_clear(&f);
	fixture_field(&f, "F", "ax", VALUE_TEXT);
	fixture_field(&f, "F", "ay", VALUE_TEXT);
	assert_int_equal(fixture_match(&f), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes),
		cmocka_unit_test(wildcards),
		cmocka_unit_test(positions_and_case),
		cmocka_unit_test(nothing_has_three_forms),
		cmocka_unit_test(windash_takes_any_dash),
		cmocka_unit_test(encodings),
		cmocka_unit_test(one_byte_shifted_is_refused),
		cmocka_unit_test(regular_expressions),
		cmocka_unit_test(numbers_networks_dates),
		cmocka_unit_test(field_references),
		cmocka_unit_test(keywords_search_every_value),
		cmocka_unit_test(any_element_of_an_array_will_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
