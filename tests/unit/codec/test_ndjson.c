#include "tests.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/mem.h"
#include "codec/ndjson/internal.h"

/* One object as "name=type:text|…". */
struct fixture {
	struct path_table paths;
	struct leaves leaves;
	struct arena arena;
	struct buf text;
};

static void fixture_init(struct fixture *f, size_t budget)
{
	path_table_init(&f->paths);
	leaves_init(&f->leaves, &f->paths, 4096);
	arena_init(&f->arena, budget);
	leaves_use(&f->leaves, &f->arena);
	buf_init(&f->text, 1 << 20);
}

static void fixture_done(struct fixture *f)
{
	leaves_done(&f->leaves);
	path_table_done(&f->paths);
	arena_done(&f->arena);
	buf_done(&f->text);
}

static const char *shown(struct fixture *f)
{
	static const char kinds[] = "snb0";

	buf_clear(&f->text);
	for (uint32_t i = 0; i < f->leaves.count; i++) {
		const struct leaf *leaf = &f->leaves.items[i];

		buf_add_fmt(&f->text, "%s" STR_FMT "=%c:", i ? "|" : "", STR_ARG(leaf->name), kinds[leaf->type]);
		buf_add(&f->text, leaf->text);
	}
	return buf_cstr(&f->text);
}

static const char *flat(struct fixture *f, const char *json)
{
	size_t len;
	struct err e;

	f->leaves.count = f->leaves.dropped = 0;
	if (json_flatten(str_of(json), &f->leaves, &len, &e))
		return e.id;
	assert_int_equal(len, strlen(json));
	return shown(f);
}

static void shapes_become_dotted_names(void **state)
{
	_cleanup_(fixture_done) struct fixture f;

	(void)state;
	fixture_init(&f, 1 << 20);
	assert_string_equal(flat(&f, "{}"), "");
	assert_string_equal(
		flat(&f, "{\"a\":1,\"b\":{\"c\":\"x\",\"d\":{\"e\":null}},\"f\":[true,false,{\"g\":-1.5e3},[2]]}"),
		"a=n:1|b.c=s:x|b.d.e=0:|f=b:true|f=b:false|f.g=n:-1.5e3|f=n:2");
	assert_string_equal(flat(&f, &" {}"[1]), "");
	assert_string_equal(flat(&f, "{ \"a\" :\t[ ] , \"\" : \"\" }"), "=s:");
	assert_string_equal(flat(&f, "{\"a\":1,\"a\":2}"), "a=n:1|a=n:2");
	assert_string_equal(flat(&f, "{\"#attributes\":{\"Name\":\"n\"}}"), "#attributes.Name=s:n");
	/* The guesses of the first event must not bend the second. */
	assert_string_equal(flat(&f, "{\"f\":1,\"b\":{\"d\":2,\"c\":3},\"a\":4}"), "f=n:1|b.d=n:2|b.c=n:3|a=n:4");
	assert_string_equal(flat(&f, "{\"f\":1,\"b\":{\"dd\":2,\"c\":3},\"a\":4}"), "f=n:1|b.dd=n:2|b.c=n:3|a=n:4");
}

static void escapes_are_resolved(void **state)
{
	_cleanup_(fixture_done) struct fixture f;

	(void)state;
	fixture_init(&f, 1 << 20);
	assert_string_equal(flat(&f, "{\"a\":\"C:\\\\Windows\\\\x\\\"y\\/\\b\\f\\n\\r\\t\"}"),
			    "a=s:C:\\Windows\\x\"y/\b\f\n\r\t");
	assert_string_equal(flat(&f, "{\"a\":\"\\u0041\\u00e9\\u72fc\\ud83d\\ude00\"}"),
			    "a=s:A\xC3\xA9\xE7\x8B\xBC\xF0\x9F\x98\x80");
	assert_string_equal(flat(&f, "{\"a\":\"raw tab\tis let through\"}"), "a=s:raw tab\tis let through");
	/* Keys too, and a key whose text equals another key's bytes. */
	assert_string_equal(flat(&f, "{\"a\\\\b\":1}"), "a\\b=n:1");
	assert_string_equal(flat(&f, "{\"a\\b\":1}"), "a\b=n:1");
	assert_int_equal(f.leaves.repaired, 0);
	assert_string_equal(flat(&f, "{\"a\":\"\\ud83d!\\ude00\"}"), "a=s:\xEF\xBF\xBD!\xEF\xBF\xBD");
	assert_string_equal(flat(&f, "{\"a\":\"\\ud83d\\u0041\"}"), "a=s:\xEF\xBF\xBD"
								    "A");
	assert_true(f.leaves.repaired >= 3);
}

static void ill_formed_utf8_is_replaced_and_counted(void **state)
{
	_cleanup_(fixture_done) struct fixture f;

	(void)state;
	fixture_init(&f, 1 << 20);
	assert_string_equal(flat(&f, "{\"k\":\"\xE7\x8B\xBC ok\"}"), "k=s:\xE7\x8B\xBC ok");
	assert_int_equal(f.leaves.repaired, 0);
	assert_string_equal(flat(&f, "{\"k\":\"a\xFFz\"}"), "k=s:a\xEF\xBF\xBDz");
	assert_string_equal(flat(&f, "{\"k\xC0\":\"\\\\\xE7\x8B\"}"), "k\xEF\xBF\xBD=s:\\\xEF\xBF\xBD\xEF\xBF\xBD");
	assert_int_equal(f.leaves.repaired, 3);
}

/* A text of `len` letters with an escape before letter `at`. */
static void long_text(struct fixture *f, size_t len, size_t at)
{
	_cleanup_(buf_done) struct buf json = {0}, want = {0};

	buf_init(&json, 1024);
	buf_init(&want, 1024);
	buf_add(&json, STR("{\"a\":\""));
	buf_add(&want, STR("a=s:"));
	for (size_t i = 0; i < len; i++) {
		if (i == at) {
			buf_add(&json, STR("\\n"));
			buf_add(&want, STR("\n"));
		}
		buf_add_byte(&json, (char)('a' + i % 26));
		buf_add_byte(&want, (char)('a' + i % 26));
	}
	buf_add(&json, STR("\"}"));
	assert_string_equal(flat(f, buf_cstr(&json)), buf_cstr(&want));
}

static void long_texts_of_every_length_are_exact(void **state)
{
	_cleanup_(fixture_done) struct fixture f;

	(void)state;
	fixture_init(&f, 64 << 20);
	for (size_t len = 0; len < 200; len++)
		for (size_t at = 0; at <= len; at++)
			long_text(&f, len, at);
}

static void same_by(enum json_walk how, str in)
{
	struct fixture f[2];
	struct json_flat flats[2] = {{.leaves = &f[0].leaves}, {.leaves = &f[1].leaves}};
	struct err e[2] = {{0}, {0}};
	int rc;

	fixture_init(&f[0], 1 << 20);
	fixture_init(&f[1], 1 << 20);
	rc = json_flatten_by(how, in, &flats[0], &e[0]);
	assert_int_equal(json_flatten_by(WALK_SCALAR, in, &flats[1], &e[1]), rc);
	assert_int_equal(e[0].column, e[1].column);
	assert_string_equal(shown(&f[0]), shown(&f[1]));
	fixture_done(&f[0]);
	fixture_done(&f[1]);
}

/* Every walk that this machine has, with an escape, a character of several bytes or the end at every place around the
 * borders of a block, and with nothing behind the value that could be read by mistake. */
static void walks_agree_around_the_borders_of_blocks(void **state)
{
	static const char *const pieces[] = {"\\n", "\\u00e9", "\xc3\xa9", "\\\\\\\"", "\xff", "\\x", "\n", "\"", ""};

	(void)state;
	for (size_t i = 0; i < 80 * COUNT_OF(pieces); i++) {
		int before = (int)(i % 80);
		char text[256];
		int len = snprintf(text, sizeof(text), "{\"k\":\"%0*d%s%0*d\"}", before, 0, pieces[i / 80], before % 40,
				   0);
		_cleanup_free_ char *exact = mem_alloc((size_t)len, 1);

		memcpy(exact, text, (size_t)len);
		for (enum json_walk how = WALK_SSE2; how <= WALK_AVX2; how++)
			if (json_walk_has(how))
				same_by(how, (str){exact, (size_t)len});
	}
}

static void faults_have_names_and_places(void **state)
{
	_cleanup_(fixture_done) struct fixture f;
	static const struct {
		const char *json, *id;
		uint32_t line, column;
	} rows[] = {
		{"", "err.json.end", 1, 1},
		{"x", "err.json.value", 1, 1},
		{"{", "err.json.end", 1, 2},
		{"{\"a\"", "err.json.end", 1, 5},
		{"{\"a\":", "err.json.end", 1, 6},
		{"{\"a\":1", "err.json.end", 1, 7},
		{"{\"a\":tru", "err.json.end", 1, 9},
		{"{\"a\":trux}", "err.json.value", 1, 6},
		{"{\"a\":\"\\u12", "err.json.end", 1, 11},
		{"{\"a\":-", "err.json.end", 1, 7},
		{"{a:1}", "err.json.key", 1, 2},
		{"{\"a\" 1}", "err.json.colon", 1, 6},
		{"{\"a\":1 \"b\":2}", "err.json.comma", 1, 8},
		{"{\"a\":1,}", "err.json.key", 1, 8},
		{"{\"a\":[1,]}", "err.json.value", 1, 9},
		{"{\"a\":[1}", "err.json.comma", 1, 8},
		{"{\"a\":01}", "err.json.number", 1, 6},
		{"{\"a\":1.}", "err.json.number", 1, 6},
		{"{\"a\":+1}", "err.json.value", 1, 6},
		{"{\"a\":1e}", "err.json.number", 1, 6},
		{"{\"a\":NaN}", "err.json.value", 1, 6},
		{"{\"a\":\"\\x\"}", "err.json.escape", 1, 7},
		{"{\"a\":\"\\u12g4\"}", "err.json.escape", 1, 9},
		{"{\n \"a\": \"cut\n \"b\": 1}", "err.json.string", 2, 11},
		{"{\n\n  x}", "err.json.key", 3, 3},
	};

	(void)state;
	fixture_init(&f, 1 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = {0};
		size_t len = 77;

		f.leaves.count = 0;
		assert_int_not_equal(json_flatten(str_of(rows[i].json), &f.leaves, &len, &e), 0);
		assert_string_equal(e.id, rows[i].id);
		assert_int_equal(e.line, rows[i].line);
		assert_int_equal(e.column, rows[i].column);
		assert_int_equal(len, 77);
	}
}

static void limits_hold(void **state)
{
	_cleanup_(fixture_done) struct fixture f;
	_cleanup_(buf_done) struct buf b = {0};
	size_t len;
	struct err e;

	(void)state;
	fixture_init(&f, 200000);
	buf_init(&b, 4 << 20);
	buf_add(&b, STR("{\"a\":"));
	for (uint32_t i = 1; i < JSON_DEPTH_MAX; i++)
		buf_add_byte(&b, '[');
	assert_int_equal(json_flatten(buf_str(&b), &f.leaves, &len, &e), -ERR_PARSE);
	assert_string_equal(e.id, "err.json.end");
	buf_add_byte(&b, '[');
	assert_int_equal(json_flatten(buf_str(&b), &f.leaves, &len, &e), -ERR_LIMIT);
	assert_string_equal(e.id, "err.json.depth");

	buf_clear(&b);
	buf_add(&b, STR("{\"a\":[0"));
	for (int i = 1; i < 5000; i++)
		buf_add_fmt(&b, ",%d", i);
	buf_add(&b, STR("]}"));
	f.leaves.count = f.leaves.dropped = 0;
	assert_int_equal(json_flatten(buf_str(&b), &f.leaves, &len, &e), 0);
	assert_int_equal(f.leaves.count, 4096);
	assert_int_equal(f.leaves.dropped, 5000 - 4096);

	buf_clear(&b);
	buf_add(&b, STR("{\"a\":\"\\n"));
	for (int i = 0; i < 300000; i++)
		buf_add_byte(&b, 'x');
	buf_add(&b, STR("\"}"));
	assert_int_equal(json_flatten(buf_str(&b), &f.leaves, &len, &e), -ERR_LIMIT);
	assert_string_equal(e.id, "err.json.memory");
}

/* More names than the table interns: still right, through the arena. */
static void strangers_names_do_not_fill_the_table(void **state)
{
	_cleanup_(fixture_done) struct fixture f;
	char json[64], want[64];

	(void)state;
	fixture_init(&f, 16 << 20);
	for (int i = 0; i < (int)PATHS_MAX + 500; i++) {
		snprintf(json, sizeof(json), "{\"x\":{\"k%d\":{\"y\":%d}}}", i, i);
		snprintf(want, sizeof(want), "x.k%d.y=n:%d", i, i);
		assert_string_equal(flat(&f, json), want);
	}
	assert_int_equal(f.leaves.items[0].path, PATH_NONE);
	assert_int_equal(f.paths.count, PATHS_MAX);
	assert_string_equal(flat(&f, "{\"x\":{\"k7\":{\"y\":1}}}"), "x.k7.y=n:1");
	assert_int_not_equal(f.leaves.items[0].path, PATH_NONE);
}

/* Reads a stream cut in pieces of `step`; items as "line:leaves;", damage as "!line:column id;". */
static void stream_read(struct fixture *f, str in, size_t step, struct buf *out)
{
	struct json_stream s;
	size_t have = step < in.len ? step : in.len;
	const char *base = in.ptr;

	json_stream_init(&s, str_sub(in, 0, have), have == in.len);
	for (;;) {
		struct json_item item;
		struct err e = {0};
		int rc = json_next(&s, &f->leaves, &item, &e);

		if (rc == JSON_ITEM) {
			buf_add_fmt(out, "%d:%s;", (int)item.line, shown(f));
		} else if (rc < 0) {
			buf_add_fmt(out, "!%u:%u %s;", e.line, e.column, e.id);
		} else {
			size_t from = (size_t)(s.in.ptr - base);

			assert_int_equal(rc, JSON_END);
			if (s.last)
				break;
			have = have + step < in.len ? have + step : in.len;
			json_stream_more(&s, (str){base + from, have - from}, have == in.len);
		}
	}
	assert_int_equal(s.in.len, 0);
}

static void streams_are_told_apart_by_content(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{"", ""},
		{" \n\n", ""},
		{"{\"a\":1}\n{\"a\":2}", "1:a=n:1;2:a=n:2;"},
		{"\xEF\xBB\xBF{\"a\":1}\r\n\r\n{\"a\":2}\r\n", "1:a=n:1;3:a=n:2;"},
		{"{\"a\":1}{\"a\":2} {\"a\":3}", "1:a=n:1;1:a=n:2;1:a=n:3;"},
		{"{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n", "1:a=n:1;4:a=n:2;"},
		{"[{\"a\":1},{\"a\":2}]", "1:a=n:1;1:a=n:2;"},
		{"[\n  {\n    \"a\": 1\n  },\n  {\n    \"a\": 2\n  }\n]\n", "2:a=n:1;5:a=n:2;"},
		{"[{\"a\":1}]\n[{\"a\":2}]\n", "1:a=n:1;2:a=n:2;"},
		{"{\"a\":1}\nbroken\n{\"a\":2}\n", "1:a=n:1;!2:1 err.json.object;3:a=n:2;"},
		{"{\"a\":1}\n{\"a\":\"cu\n{\"a\":2}\n", "1:a=n:1;!2:9 err.json.string;3:a=n:2;"},
		{"{\"a\":1,\n{\"a\":2}\n", "!2:1 err.json.key;2:a=n:2;"},
		{"{\"a\":\n{\"a\":2}\n{\"a\":3}\n", "!3:1 err.json.comma;2:a=n:2;3:a=n:3;"},
		{"{\"a\":1}\n{\"a\":2", "1:a=n:1;!2:7 err.json.end;"},
		{"{\n \"a\": 1,\n \"b\": oops\n}\n{\n \"a\": 2\n}\n", "!3:7 err.json.value;5:a=n:2;"},
		{"[\n {\n  \"a\": oops,\n  \"o\": {}\n },\n {\n  \"a\": 2\n }\n]", "!3:8 err.json.value;6:a=n:2;"},
		{"{\"Records\":[{\"a\":1},\n{\"a\":2}]}\n{\"a\":3}", "1:a=n:1;2:a=n:2;3:a=n:3;"},
		{"{ \"records\" : [ {\"a\":1} ], \"x\": {\"y\": [\"]}\\\"\"]} } {\"entries\":[{\"a\":2}]}",
		 "1:a=n:1;1:a=n:2;"},
		{"[{\"Records\":[{\"a\":1}]},{\"Records\":[]},{\"a\":2}]", "1:a=n:1;1:a=n:2;"},
		{"{\"@odata.context\":\"u\",\"value\":[{\"a\":1}],\"@odata.nextLink\":\"v\"}", "1:a=n:1;"},
		/* An event of this form is an event. */
		{"{\"value\":[{\"a\":1}]}", "1:value.a=n:1;"},
		{"{\"Records\":[1,2]}", "1:Records=n:1|Records=n:2;"},
		{"{\"Record\":[{\"a\":1}]}", "1:Record.a=n:1;"},
		/* Documents that are cut off; the next one is whole. */
		{"{\"Records\":[{\"a\":1},\n{\"Records\":[{\"a\":2}]}\n", "1:a=n:1;2:a=n:2;"},
		{"{\"Records\":[{\"a\":1}]\n{\"Records\":[{\"a\":2}]}\n{\"a\":3}", "1:a=n:1;2:a=n:2;3:a=n:3;"},
		{"{\"Records\":[{\"a\":1},\n{\"a\":oops},\n{\"a\":2}]}", "1:a=n:1;!2:6 err.json.value;3:a=n:2;"},
		{"{\"a\":1} trailing\n{\"a\":2}\n", "1:a=n:1;!1:9 err.json.object;2:a=n:2;"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t step = 1; step < 100; step = step < 8 ? step + 1 : step * 2) {
			_cleanup_(fixture_done) struct fixture f;
			_cleanup_(buf_done) struct buf out = {0};

			fixture_init(&f, 1 << 20);
			buf_init(&out, 1 << 16);
			stream_read(&f, str_of(rows[i].in), step, &out);
			assert_string_equal(buf_cstr(&out), rows[i].want);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_become_dotted_names),
		cmocka_unit_test(escapes_are_resolved),
		cmocka_unit_test(ill_formed_utf8_is_replaced_and_counted),
		cmocka_unit_test(long_texts_of_every_length_are_exact),
		cmocka_unit_test(walks_agree_around_the_borders_of_blocks),
		cmocka_unit_test(faults_have_names_and_places),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(strangers_names_do_not_fill_the_table),
		cmocka_unit_test(streams_are_told_apart_by_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
