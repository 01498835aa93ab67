/* content/parsers: lines of programs become fields and log sources, and files that do not do what they say are named.
 */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "flow/parse/parse.h"

static void expect(const struct mapping *m, const char *raw, const char *source, const char *field, const char *text)
{
	_cleanup_(arena_done) struct arena arena = {0};
	char got[128];
	struct event ev;
	struct err e;

	arena_init(&arena, 8u << 20);
	assert_int_equal(parse_event(str_of(raw), m, NULL, &arena, &ev, &e), 0);
	snprintf(got, sizeof(got), STR_FMT "/" STR_FMT ":" STR_FMT, STR_ARG(ev.source.product),
		 STR_ARG(ev.source.service), STR_ARG(ev.source.categories[0]));
	assert_string_equal(got, source);
	if (!str_eq(event_text(&ev, str_of(field)), str_of(text)))
		fail_msg("%s: %s is " STR_FMT, raw, field, STR_ARG(event_text(&ev, str_of(field))));
}

static void programs_are_read_by_their_patterns(void **state)
{
	struct mapping *m;
	struct err e;

	(void)state;
	assert_int_equal(mapping_load(STR_NONE, &m, &e), 0);
	expect(m, "<38>1 2026-11-21T07:08:20Z web1 sshd 812 - - Failed password for root from 192.0.2.7 port 22 ssh2",
	       "linux/sshd:", "src_ip", "192.0.2.7");
	/* A message that no pattern knows keeps its log source, for rules with words. */
	expect(m, "Nov 21 07:08:20 h sshd-session[1]: Bad protocol version", "linux/sshd:", "message",
	       "Bad protocol version");
	expect(m, "%ASA-4-106023: Deny tcp src outside:192.0.2.7/5 dst dmz:192.0.2.80/22 by access-group \"o\"",
	       "cisco/asa:firewall", "dst_port", "22");
	expect(m, "<166>Nov 21 2026 07:08:20 a : %ASA-9-999999: What is this", "cisco/asa:firewall", "app",
	       "%ASA-9-999999");
	expect(m,
	       "1795248000.123    245 192.0.2.7 TCP_MISS/200 15230 GET http://a/ - HIER_DIRECT/203.0.113.9 text/html",
	       "squid/:proxy", "c-uri", "http://a/");
	/* A value that names a parser which is not there is only a value. */
	expect(m, "{\"noroshi.parser\":\"none\"}", "/:", "noroshi.parser", "none");
	mapping_free(m);
}

#define HEAD "id: own\ndescription: {en: x, ja: x}\napplies: {programs: [own]}\nsource: {product: own}\n"

/* Loads a data folder with this file in it. */
static int load_with(const char *name, const char *text, struct mapping **ret, struct err *e)
{
	char folder[] = "/tmp/noroshi-test-XXXXXX", path[128];
	FILE *f;
	int rc;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/content", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/content/parsers", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/content/parsers/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	rc = mapping_load(str_of(folder), ret, e);
	unlink(path);
	snprintf(path, sizeof(path), "%s/content/parsers", folder);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/content", folder);
	rmdir(path);
	rmdir(folder);
	return rc;
}

static void files_are_added_and_overridden(void **state)
{
	struct mapping *m;
	struct err e;

	(void)state;
	assert_int_equal(load_with("own.yaml",
				   HEAD
				   "fields: {who: [user, User]}\nset: {action: go}\npatterns: ['{who:word} went']\n"
				   "samples: [{line: 'Nov 21 07:08:20 h own: eve went', expect: {User: eve}}]\n",
				   &m, &e),
			 0);
	expect(m, "Nov 21 07:08:20 h own[3]: bob went", "own/:", "User", "bob");
	expect(m, "Nov 21 07:08:20 h own[3]: bob went", "own/:", "action", "go");
	expect(m, "Nov 21 07:08:20 h sshd[1]: Invalid user x from 192.0.2.1", "linux/sshd:", "user", "x");
	mapping_free(m);
	assert_int_equal(load_with("sshd.yaml",
				   HEAD "patterns: ['{x:rest}']\n"
					"samples: [{line: 'Nov 21 07:08:20 h own: a', expect: {x: a}}]\n",
				   &m, &e),
			 0);
	expect(m, "Nov 21 07:08:20 h sshd[1]: Invalid user x from 192.0.2.1", "linux/sshd:", "user", "");
	mapping_free(m);
}

static void wrong_files_are_named_with_their_place(void **state)
{
	static const struct {
		const char *text, *id;
		uint32_t line;
	} rows[] = {
		{HEAD "patterns: ['a']\n", "err.parser.samples", 1},
		{HEAD "patterns:\n  - 'a {b'\nsamples: []\n", "err.pattern.open", 6},
		{HEAD "patterns: []\n", "err.parser.patterns", 5},
		{HEAD "fields: {q: r}\npatterns: ['a']\n", "err.parser.field", 5},
		{HEAD "pattern: ['a']\n", "err.mapping.key", 5},
		{"id: own\ndescription: {en: x, ja: x}\n", "err.parser.source", 1},
		{HEAD "patterns: ['a {x:word}']\nsamples:\n  - line: 'Nov 21 07:08:20 h own: b'\n    expect: {x: b}\n",
		 "err.parser.sample_pattern", 7},
		{HEAD
		 "patterns: ['a {x:word}']\nsamples:\n  - line: 'Nov 21 07:08:20 h oww: a b'\n    expect: {x: b}\n",
		 "err.parser.sample_program", 7},
		{HEAD
		 "patterns: ['a {x:word}']\nsamples:\n  - line: 'Nov 21 07:08:20 h own: a b'\n    expect: {x: c}\n",
		 "err.parser.sample_field", 8},
		{HEAD "patterns: ['{x:rest}', 'a {x:word}']\nsamples:\n  - line: 'Nov 21 07:08:20 h own: a b'\n"
		      "    expect: {x: a b}\n",
		 "err.parser.sample_missing", 5},
		{HEAD "patterns: ['a']\nsamples:\n  - line: 'Nov 21 07:08:20 h own: a'\n", "err.parser.sample_expect",
		 7},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mapping *m = NULL;
		struct err e = {0};

		assert_true(load_with("own.yaml", rows[i].text, &m, &e) < 0);
		assert_string_equal(e.id, rows[i].id);
		if (e.line != rows[i].line || !str_ends(str_of(e.path), STR("parsers/own.yaml")))
			fail_msg("%s: line %u of %s", e.id, e.line, e.path);
	}
}

static void two_parsers_of_one_id_are_refused(void **state)
{
	struct mapping *m = NULL;
	struct err e;

	(void)state;
	assert_true(load_with("zz.yaml", "id: sshd\ndescription: {en: x, ja: x}\n", &m, &e) < 0);
	assert_string_equal(e.id, "err.parser.twice");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_are_read_by_their_patterns),
		cmocka_unit_test(files_are_added_and_overridden),
		cmocka_unit_test(wrong_files_are_named_with_their_place),
		cmocka_unit_test(two_parsers_of_one_id_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
