#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "codec/line/line.h"
#include "codec/line/table.h"

struct read {
	struct arena arena;
	struct path_table paths;
	struct leaves leaves;
};

static void read_init(struct read *r, size_t budget)
{
	arena_init(&r->arena, budget);
	path_table_init(&r->paths);
	leaves_init(&r->leaves, &r->paths, 4096);
	leaves_use(&r->leaves, &r->arena);
}

static void read_done(struct read *r)
{
	leaves_done(&r->leaves);
	path_table_done(&r->paths);
	arena_done(&r->arena);
}

#define READ(name)                             \
	_cleanup_(read_done) struct read name; \
	read_init(&name, 1u << 20)

/* "key=text|key=text|" */
static void expect(enum line_result (*format)(str, struct leaves *), const char *line, const char *want)
{
	char got[4096] = "";
	size_t len = 0;
	READ(r);

	assert_int_equal(format(str_of(line), &r.leaves), LINE_READ);
	for (uint32_t i = 0; i < r.leaves.count && len < sizeof(got); i++)
		len += (size_t)snprintf(got + len, sizeof(got) - len, STR_FMT "=" STR_FMT "|",
					STR_ARG(r.leaves.items[i].name), STR_ARG(r.leaves.items[i].text));
	assert_string_equal(got, want);
}

static void expect_other(enum line_result (*format)(str, struct leaves *), const char *line)
{
	READ(r);

	if (format(str_of(line), &r.leaves) != LINE_OTHER)
		fail_msg("taken: %s", line);
	assert_int_equal(r.leaves.count, 0);
}

static void cef_header_and_extension(void **state)
{
	(void)state;
	expect(cef_leaves, "CEF:0|A\\|B|C|1|id|Na me|7|src=10.0.0.1 msg=hello big world request=http://x/?a\\=b end=",
	       "CEFVersion=0|DeviceVendor=A|B|DeviceProduct=C|DeviceVersion=1|DeviceEventClassID=id|Name=Na "
	       "me|Severity=7|"
	       "src=10.0.0.1|msg=hello big world|request=http://x/?a=b|end=|");
	expect(cef_leaves, "CEF:0|v|p|1|2|n|5",
	       "CEFVersion=0|DeviceVendor=v|DeviceProduct=p|DeviceVersion=1|DeviceEventClassID=2|Name=n|Severity=5|");
}

static void cef_values_keep_what_is_not_a_key(void **state)
{
	(void)state;
	/* "(x)=1" is no key, so it belongs to the value before; \n is a line end. */
	expect(cef_leaves, "CEF:0|v|p|1|2|n|5|msg=a (x)=1 b\\nc  act=d",
	       "CEFVersion=0|DeviceVendor=v|DeviceProduct=p|DeviceVersion=1|DeviceEventClassID=2|Name=n|Severity=5|"
	       "msg=a (x)=1 b\nc|act=d|");
}

static void cef_refuses_a_cut_header(void **state)
{
	(void)state;
	expect_other(cef_leaves, "CEF:0|v|p|1");
	expect_other(cef_leaves, "cef:0|v|p|1|2|n|5|");
	expect_other(cef_leaves, "");
}

static void leef_separators(void **state)
{
	(void)state;
	expect(leef_leaves, "LEEF:1.0|V|P|1|e|a=1\tb=x y\tjunk\tc=",
	       "LEEFVersion=1.0|DeviceVendor=V|DeviceProduct=P|DeviceVersion=1|DeviceEventClassID=e|a=1|b=x y|c=|");
	expect(leef_leaves, "LEEF:2.0|V|P|1|e|^|a=1^b=2",
	       "LEEFVersion=2.0|DeviceVendor=V|DeviceProduct=P|DeviceVersion=1|DeviceEventClassID=e|a=1|b=2|");
	expect(leef_leaves, "LEEF:2.0|V|P|1|e|0x7C|a=1|b=2",
	       "LEEFVersion=2.0|DeviceVendor=V|DeviceProduct=P|DeviceVersion=1|DeviceEventClassID=e|a=1|b=2|");
	expect(leef_leaves, "LEEF:2.0|V|P|1|e||a=1\tb=2",
	       "LEEFVersion=2.0|DeviceVendor=V|DeviceProduct=P|DeviceVersion=1|DeviceEventClassID=e|a=1|b=2|");
	expect_other(leef_leaves, "LEEF:1.0|V|P");
}

static void pairs_of_logfmt_and_firewalls(void **state)
{
	(void)state;
	expect(pairs_leaves, "level=info msg=\"a \\\"b\\\" c\" n=1 empty=", "level=info|msg=a \"b\" c|n=1|empty=|");
	expect(pairs_leaves, "[UFW BLOCK] IN=eth0 OUT= SRC=1.2.3.4 DST=::1 SYN", "IN=eth0|OUT=|SRC=1.2.3.4|DST=::1|");
	expect(pairs_leaves, "a=1, b=2; c='x y'", "a=1|b=2|c=x y|");
	/* No closing quote: the word as it stands. */
	expect(pairs_leaves, "a=\"x b=2 c=3", "a=\"x|b=2|c=3|");
}

static void a_sentence_is_not_pairs(void **state)
{
	(void)state;
	expect_other(pairs_leaves, "a=1 b=2");
	expect_other(pairs_leaves, "user set x=1 and then y=2 and z=3 in the end");
	expect_other(pairs_leaves, "x == y === z");
	expect_other(pairs_leaves, "http://a/?b=1&c=2 =d =e =f");
}

static void access_lines(void **state)
{
	(void)state;
	expect(access_leaves, "192.0.2.1 - bob [10/Oct/2026:13:55:36 -0700] \"GET /a?b=1 HTTP/1.1\" 200 23",
	       "c-ip=192.0.2.1|cs-username=bob|timestamp=10/Oct/2026:13:55:36 -0700|cs-method=GET|cs-uri=/a?b=1|"
	       "cs-uri-query=b=1|cs-uri-query=/a?b=1|cs-uri-stem=/a|cs-version=HTTP/1.1|sc-status=200|sc-bytes=23|");
	expect(access_leaves, "::1 - - [10/Oct/2026:13:55:36 +0000] \"POST / x HTTP/1.0\" 404 - \"-\" \"M \\\"q\\\"\"",
	       "c-ip=::1|timestamp=10/Oct/2026:13:55:36 +0000|cs-method=POST|cs-uri=/ x|cs-uri-query=/ x|cs-uri-stem=/ "
	       "x|"
	       "cs-version=HTTP/1.0|sc-status=404|cs-user-agent=M \"q\"|");
	expect(access_leaves, "www.example:80 192.0.2.1 - - [10/Oct/2026:13:55:36 -0700] \"\\x16\\x03\" 400 1",
	       "cs-host=www.example:80|c-ip=192.0.2.1|timestamp=10/Oct/2026:13:55:36 -0700|cs-uri=\\x16\\x03|"
	       "sc-status=400|sc-bytes=1|");
}

static void not_access_lines(void **state)
{
	(void)state;
	expect_other(access_leaves, "host - - [10/Oct/2026:13:55:36 -0700] no quotes 200 1");
	expect_other(access_leaves, "host - - [10/Oct/2026:13:55:36 -0700] \"GET / HTTP/1.1");
	expect_other(access_leaves, "a [b] c");
	expect_other(access_leaves, "h - - [10/Oct/2026:13:55:36 -0700] \"GET /\" OK 1");
}

static void many_pairs_and_little_memory(void **state)
{
	char line[64 * 1024];
	size_t len = 0;
	READ(r);
	struct read tight;

	(void)state;
	while (len < sizeof(line) - 16)
		len += (size_t)snprintf(line + len, sizeof(line) - len, "k%zu=v ", len);
	assert_int_equal(pairs_leaves((str){line, len}, &r.leaves), LINE_READ);
	assert_int_equal(r.leaves.count, LINE_PAIRS_MAX);
	read_init(&tight, 8);
	assert_int_equal(cef_leaves(STR("CEF:0|v\\|w|p|1|2|n|5|a=1"), &tight.leaves), LINE_FULL);
	assert_int_equal(tight.leaves.count, 0);
	read_done(&tight);
}

static void bytes_that_are_no_text_are_repaired(void **state)
{
	READ(r);

	(void)state;
	assert_int_equal(pairs_leaves(STR("a=\xff b=2 c=3"), &r.leaves), LINE_READ);
	assert_true(str_eq(r.leaves.items[0].text, STR("\xEF\xBF\xBD")));
	r.leaves.count = 0;
	assert_int_equal(cef_leaves(STR("CEF:0|v|p|1|2|n|5|k\xff=1"), &r.leaves), LINE_READ);
	assert_true(str_eq(r.leaves.items[7].name, STR("k\xEF\xBF\xBD")));
}

static void audit_records_of_one_event(void **state)
{
	(void)state;
	expect(audit_leaves,
	       "type=SYSCALL msg=audit(1364481363.243:24287): a0=7f comm=\"cat\" key=(null)\x1dSYSCALL=execve\n"
	       "type=EXECVE msg=audit(1364481363.243:24287): argc=3 a0=\"cat\" a1=2F6120 a2[0]=2D a2[1]=\"b\"\n"
	       "type=PATH msg=audit(1364481363.243:99): name=\"other event\"\n"
	       "type=PROCTITLE msg=audit(1364481363.243:24287): proctitle=636174002F6120",
	       "audit_id=1364481363.243:24287|timestamp=1364481363.243|type=SYSCALL|a0=7f|comm=cat|key=(null)|"
	       "SYSCALL=execve|type=EXECVE|argc=3|a0=cat|a1=/a |a2[0]=-|a2[1]=b|type=PROCTITLE|proctitle=cat /a |"
	       "CommandLine=cat /a  -b|");
	expect(audit_leaves,
	       "node=web1 type=USER_CMD msg=audit(1364481363.243:1): uid=0 msg='cwd=\"/h\" cmd=6C73 res=success'",
	       "host=web1|audit_id=1364481363.243:1|timestamp=1364481363.243|type=USER_CMD|uid=0|cwd=/h|cmd=ls|"
	       "res=success|");
}

static void audit_leaves_alone_what_is_not_hex(void **state)
{
	(void)state;
	/* a0 of SYSCALL is a number; lower case, odd lengths and quoted texts are no encodings. */
	expect(audit_leaves, "type=SYSCALL msg=audit(1.000:1): a0=41 comm=6c73 exe=\"4142\" name=414 cwd=4142",
	       "audit_id=1.000:1|timestamp=1.000|type=SYSCALL|a0=41|comm=6c73|exe=4142|name=414|cwd=AB|");
	expect_other(audit_leaves, "type=SYSCALL msg=audit(1.0:1): a=1");
	expect_other(audit_leaves, "type=SYSCALL msg=audit(x): a=1");
	expect_other(audit_leaves, "a sentence with msg=audit(1.000:1): in it");
}

static void expect_table(const char *text, enum table_kind kind, const char *want)
{
	char separator = ',', got[2048] = "";
	size_t len = 0;
	str rest = str_of(text);
	struct table *t;
	READ(r);

	assert_int_equal(table_detect(rest, &separator), kind);
	t = table_create(kind, separator);
	while (rest.len) {
		uint64_t lines;
		size_t row = table_row_length(t, rest, true, &lines);

		r.leaves.count = 0;
		if (table_leaves(t, str_sub(rest, 0, row), &r.leaves) == LINE_READ)
			len += (size_t)snprintf(got + len, sizeof(got) - len, "/");
		for (uint32_t i = 0; i < r.leaves.count; i++)
			len += (size_t)snprintf(got + len, sizeof(got) - len, STR_FMT "=" STR_FMT "|",
						STR_ARG(r.leaves.items[i].name), STR_ARG(r.leaves.items[i].text));
		rest = str_from(rest, row);
	}
	table_free(t);
	assert_string_equal(got, want);
}

static void tables_with_a_header(void **state)
{
	(void)state;
	expect_table("a,\"b c\",d\r\n1,\"x \"\"y\"\", z\",\n\"l1\nl2\",2,3,4", TABLE_CSV,
		     "/a=1|b c=x \"y\", z|d=|/a=l1\nl2|b c=2|d=3|");
	expect_table("a;b;c\n1;2,5;3\n", TABLE_CSV, "/a=1|b=2,5|c=3|");
	/* A quote that is never closed is a character of its line. */
	expect_table("a,b,c\n1,2,3\n\"x,1,2\n3,4,5\n", TABLE_CSV, "/a=1|b=2|c=3|/a=x,1,2|/a=3|b=4|c=5|");
	expect_table("#separator \\x09\n#path\tdns\n#fields\tts\tq\tv\n#types\ttime\tstring\tvector[string]\n"
		     "1.5\t-\ta,b\n2\t(empty)\t-\n",
		     TABLE_ZEEK, "/_path=dns|ts=1.5|v=a|v=b|/_path=dns|ts=2|q=|");
	expect_table("#Software: x\n#Fields: date time cs-method\n2026-11-21 07:00:01 GET\n#Fields: a b\n1 -\n",
		     TABLE_W3C, "/date=2026-11-21|time=07:00:01|cs-method=GET|timestamp=2026-11-21T07:00:01Z|/a=1|");
}

static void what_is_no_table(void **state)
{
	static const char *const texts[] = {
		"",
		"a,b\n1,2\n",
		"a,b,a\n1,2,3\n",
		"a,b,c\n1,2\n",
		"a,b,1c\n1,2,3\n",
		"Nov 21 07:00:00 host app: one, two, three\nNov 21 07:00:01 host app: four\n",
		"# a comment\n",
	};
	char separator;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (table_detect(str_of(texts[i]), &separator) != TABLE_NONE)
			fail_msg("a table: %s", texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cef_header_and_extension),
		cmocka_unit_test(cef_values_keep_what_is_not_a_key),
		cmocka_unit_test(cef_refuses_a_cut_header),
		cmocka_unit_test(leef_separators),
		cmocka_unit_test(pairs_of_logfmt_and_firewalls),
		cmocka_unit_test(a_sentence_is_not_pairs),
		cmocka_unit_test(access_lines),
		cmocka_unit_test(not_access_lines),
		cmocka_unit_test(many_pairs_and_little_memory),
		cmocka_unit_test(bytes_that_are_no_text_are_repaired),
		cmocka_unit_test(audit_records_of_one_event),
		cmocka_unit_test(audit_leaves_alone_what_is_not_hex),
		cmocka_unit_test(tables_with_a_header),
		cmocka_unit_test(what_is_no_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
