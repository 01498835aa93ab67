/* Text formats and cloud records: the log source they are given, and the names that rules read. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "flow/parse/parse.h"

static struct mapping *mapping;

static int setup(void **state)
{
	struct err e;

	(void)state;
	return mapping_load(STR_NONE, &mapping, &e);
}

static int teardown(void **state)
{
	(void)state;
	mapping_free(mapping);
	return 0;
}

static const char *source_text(const struct event *ev, char out[256])
{
	int n = snprintf(out, 256, STR_FMT "/" STR_FMT ":", STR_ARG(ev->source.product), STR_ARG(ev->source.service));

	for (uint32_t i = 0; i < ev->source.category_count; i++)
		n += snprintf(out + n, 256 - (size_t)n, "%s" STR_FMT, i ? "," : "", STR_ARG(ev->source.categories[i]));
	return out;
}

struct row {
	const char *raw, *source, *field, *text;
};

static void expect_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_(arena_done) struct arena arena = {0};
		const struct event_field *f;
		char source[256];
		struct event ev;
		struct err e;

		arena_init(&arena, 8u << 20);
		assert_int_equal(parse_event(str_of(rows[i].raw), mapping, NULL, &arena, &ev, &e), 0);
		if (strcmp(source_text(&ev, source), rows[i].source) != 0)
			fail_msg("%s is of %s, not %s", rows[i].raw, source, rows[i].source);
		f = event_field(&ev, str_of(rows[i].field));
		if (!f || !str_eq(f->text, str_of(rows[i].text)))
			fail_msg("%s: %s is " STR_FMT, rows[i].raw, rows[i].field,
				 STR_ARG(f ? f->text : STR("absent")));
	}
}

#define CEF_LINE "CEF:0|Palo Alto Networks|PAN-OS|10|traffic|TRAFFIC|3|src=10.0.0.1 dpt=443 act=deny"
#define FORTI "devid=\"FG\" logid=\"01\" type=\"event\" subtype=\"system\" service=\"HTTPS\" action=\"Edit\""

static void lines_find_their_log_source(void **state)
{
	static const struct row rows[] = {
		{CEF_LINE, "paloalto/:firewall", "src_ip", "10.0.0.1"},
		{"<134>Nov 21 07:08:20 fw " CEF_LINE, "paloalto/:firewall", "action", "deny"},
		{"<134>Nov 21 07:08:20 " CEF_LINE, "paloalto/:firewall", "dst_port", "443"},
		{"<134>1 2026-11-21T07:08:20Z fw app - - - " CEF_LINE, "paloalto/:firewall", "host", "fw"},
		{"CEF:0|Zscaler|NSS|1|x|y|3|request=http://a/", "/:proxy", "c-uri", "http://a/"},
		{"<189>date=2026-11-21 " FORTI, "fortigate/event:", "action", "Edit"},
		{"Nov 21 07:08:20 h kernel: [1.2] [UFW BLOCK] IN=e OUT= SRC=1.2.3.4 DST=5.6.7.8 PROTO=TCP DPT=22",
		 "linux/:firewall", "dst_port", "22"},
		{"1.2.3.4 - - [10/Oct/2026:13:55:36 -0700] \"GET /a?b HTTP/1.1\" 200 1", "/:webserver", "cs-method",
		 "GET"},
		{"Nov 21 07:08:20 h sshd[1]: Failed password for x", "linux/sshd:", "message", "Failed password for x"},
	};

	(void)state;
	expect_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void sensors_find_their_log_source(void **state)
{
	static const struct row rows[] = {
		{"{\"timestamp\":\"2026-11-21T07:00:00.5+0000\",\"event_type\":\"dns\",\"src_ip\":\"1.1.1.1\","
		 "\"dest_ip\":\"2.2.2.2\",\"dns\":{\"rrname\":\"a.example\",\"rrtype\":\"A\"}}",
		 "suricata/dns:dns", "query", "a.example"},
		{"{\"timestamp\":\"2026-11-21T07:00:00.5+0000\",\"event_type\":\"http\",\"src_ip\":\"1.1.1.1\","
		 "\"dest_ip\":\"2.2.2.2\",\"http\":{\"hostname\":\"h\",\"url\":\"/x\"}}",
		 "suricata/http:proxy", "cs-host", "h"},
		{"{\"ts\":1.5,\"uid\":\"C\",\"id.orig_h\":\"1.1.1.1\",\"id.resp_h\":\"2.2.2.2\",\"query\":\"q\","
		 "\"qtype_name\":\"TXT\",\"service\":\"dns\"}",
		 "zeek/dns:dns", "record_type", "TXT"},
		{"{\"ts\":1.5,\"uid\":\"C\",\"id.orig_h\":\"1.1.1.1\",\"id.resp_h\":\"2.2.2.2\",\"service\":\"ssl\","
		 "\"conn_state\":\"S1\"}",
		 "zeek/conn:", "service", "ssl"},
	};

	(void)state;
	expect_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void clouds_find_their_log_source(void **state)
{
	static const struct row rows[] = {
		{"{\"time\":\"2026-11-21T07:00:00Z\",\"resourceId\":\"/t\",\"operationName\":\"Sign-in activity\","
		 "\"category\":\"SignInLogs\",\"resultType\":\"50057\"}",
		 "azure/signinlogs:", "ResultType", "50057"},
		{"{\"time\":\"2026-11-21T07:00:00Z\",\"resourceId\":\"/t\",\"operationName\":\"Add user\",\"category\":"
		 "\"AuditLogs\",\"properties\":{\"activityDisplayName\":\"Add user\"}}",
		 "azure/auditlogs:", "properties.message", "Add user"},
		{"{\"time\":\"2026-11-21T07:00:00Z\",\"resourceId\":\"/t\",\"operationName\":\"X/DELETE\",\"category\":"
		 "\"Administrative\"}",
		 "azure/activitylogs:", "OperationNameValue", "X/DELETE"},
		{"{\"CreationTime\":\"2026-11-21T07:00:00\",\"Workload\":\"Exchange\",\"Operation\":\"New-InboxRule\","
		 "\"RecordType\":1}",
		 "m365/audit:", "Operation", "New-InboxRule"},
		{"{\"logName\":\"l\",\"timestamp\":\"2026-11-21T07:00:00Z\",\"protoPayload\":{\"serviceName\":"
		 "\"iam.googleapis.com\",\"methodName\":\"m\"}}",
		 "gcp/gcp.audit:", "gcp.audit.method_name", "m"},
		{"{\"eventType\":\"user.lock\",\"published\":\"2026-11-21T07:00:00Z\",\"uuid\":\"u\",\"outcome\":{"
		 "\"result\":\"SUCCESS\"}}",
		 "okta/okta:", "eventType", "user.lock"},
		{"{\"_document_id\":\"d\",\"action\":\"repo.destroy\",\"actor\":\"a\",\"@timestamp\":1795244400000}",
		 "github/audit:", "action", "repo.destroy"},
		{"{\"kind\":\"Event\",\"auditID\":\"a\",\"verb\":\"create\",\"requestURI\":\"/\",\"objectRef\":{"
		 "\"apiGroup\":\"g\"}}",
		 "kubernetes/audit:application", "apiGroup", "g"},
		{"{\"class_uid\":1007,\"activity_id\":1,\"time\":1795244400000,\"metadata\":{\"version\":\"1.1.0\"},"
		 "\"device\":{\"os\":{\"type\":\"Windows\"}},\"process\":{\"cmd_line\":\"c\"}}",
		 "windows/:process_creation", "CommandLine", "c"},
	};

	(void)state;
	expect_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void times_of_web_servers_and_suricata(void **state)
{
	static const struct {
		const char *raw, *time;
	} rows[] = {
		{"1.2.3.4 - - [10/Oct/2026:13:55:36 -0700] \"GET / HTTP/1.1\" 200 1", "2026-10-10T20:55:36Z"},
		{"{\"timestamp\":\"2026-11-21T07:08:20.5+0900\"}", "2026-11-20T22:08:20.500000Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		_cleanup_(arena_done) struct arena arena = {0};
		char text[TIME_TEXT_MAX + 1];
		struct event ev;
		struct err e;

		arena_init(&arena, 8u << 20);
		assert_int_equal(parse_event(str_of(rows[i].raw), mapping, NULL, &arena, &ev, &e), 0);
		assert_true(ev.time_known);
		text[time_format(ev.time, text)] = '\0';
		assert_string_equal(text, rows[i].time);
	}
}

/* "LINE SOURCE TEXT TEXT…" of an event; returns the length. */
static size_t event_line(const struct event *ev, const char *field, char *out, size_t room)
{
	char source[256];
	size_t len = (size_t)snprintf(out, room, "%u %s", (unsigned)ev->line, source_text(ev, source));

	for (uint32_t f = 0; f < ev->field_count; f++)
		if (str_eq(ev->fields[f].name, str_of(field)))
			len += (size_t)snprintf(out + len, room - len, " " STR_FMT, STR_ARG(ev->fields[f].text));
	return len + (size_t)snprintf(out + len, room - len, "\n");
}

static void expect_events(const char *text, const char *field, const char *want)
{
	char got[4096] = "";
	struct reader *r;
	struct batch b;
	struct err e;
	size_t len = 0;

	batch_init(&b);
	assert_int_equal(reader_open(str_of(text), STR("x"), mapping, NULL, &r, &e), 0);
	while (reader_next(r, &b, &e) == 1)
		for (uint32_t i = 0; i < b.count; i++)
			len += event_line(&b.events[i], field, got + len, sizeof(got) - len);
	reader_free(r);
	batch_done(&b);
	assert_string_equal(got, want);
}

#define AUDIT(type, serial, rest) "type=" type " msg=audit(1795244400.243:" serial "): " rest "\n"

static void audit_records_are_joined(void **state)
{
	(void)state;
	/* Two events whose records stand among each other, one record alone, one that comes after its event's end. */
	expect_events(AUDIT("SYSCALL", "1", "pid=1 exe=\"/bin/a\"") AUDIT("SYSCALL", "2", "pid=2")
			      AUDIT("EXECVE", "1", "argc=1 a0=\"a\"") AUDIT("PROCTITLE", "2", "proctitle=\"b\"")
				      AUDIT("PROCTITLE", "1", "proctitle=\"a\"") AUDIT("USER_LOGIN", "3", "pid=3")
					      AUDIT("PATH", "1", "name=\"late\""),
		      "type",
		      "1 linux/auditd:process_creation SYSCALL EXECVE PROCTITLE\n"
		      "2 linux/auditd: SYSCALL PROCTITLE\n"
		      "6 linux/auditd: USER_LOGIN\n"
		      "7 linux/auditd: PATH\n");
}

static void audit_window_is_bounded(void **state)
{
	_cleanup_(buf_done) struct buf text = {0};

	(void)state;
	buf_init(&text, 1u << 20);
	buf_add(&text, STR(AUDIT("SYSCALL", "1", "pid=1")));
	for (int i = 0; i < 70; i++)
		buf_add(&text, STR("an unrelated line\n"));
	buf_add(&text, STR(AUDIT("PATH", "1", "name=\"far\"")));
	{
		struct reader *r;
		struct batch b;
		struct err e;

		batch_init(&b);
		assert_int_equal(reader_open(buf_str(&text), STR("x"), mapping, NULL, &r, &e), 0);
		assert_int_equal(reader_next(r, &b, &e), 1);
		assert_int_equal(b.count, 72);
		assert_int_equal(b.events[71].line, 72);
		reader_free(r);
		batch_done(&b);
	}
}

static void tables_are_told_by_content(void **state)
{
	(void)state;
	expect_events("\xEF\xBB\xBFtime,product,category,CommandLine\n"
		      "2026-11-21T07:00:00Z,windows,process_creation,\"a\nb\"\n"
		      "2026-11-21T07:00:00Z,linux,process_creation,c\n",
		      "CommandLine", "2 windows/:process_creation a\nb\n4 linux/:process_creation c\n");
	expect_events("#Software: IIS\n#Fields: date time s-ip cs-method cs-uri-stem cs(User-Agent) sc-status\n"
		      "2026-11-21 07:00:01 10.0.0.1 GET /a Mozilla 200\n",
		      "cs-user-agent", "3 /:webserver Mozilla\n");
	expect_events("#separator \\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tquery\tanswers\n"
		      "#types\ttime\tstring\taddr\taddr\tstring\tvector[string]\n1.5\tC\t1.1.1.1\t2.2.2.2\tq\tx,y\n",
		      "answer", "5 zeek/dns:dns x y\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_find_their_log_source),  cmocka_unit_test(sensors_find_their_log_source),
		cmocka_unit_test(clouds_find_their_log_source), cmocka_unit_test(times_of_web_servers_and_suricata),
		cmocka_unit_test(audit_records_are_joined),     cmocka_unit_test(audit_window_is_bounded),
		cmocka_unit_test(tables_are_told_by_content),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
