#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "flow/parse/parse.h"
#include "os/file.h"

static struct mapping *mapping;

static int setup(void **state)
{
	struct err e;

	(void)state;
	if (mapping_load(STR_NONE, &mapping, &e)) {
		print_message("%s %s:%u %s\n", e.id, e.path, e.line, e.value);
		return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mapping_free(mapping);
	return 0;
}

/* "product/service:category,category" */
static const char *source_text(const struct event *ev, char out[256])
{
	int n = snprintf(out, 256, STR_FMT "/" STR_FMT ":", STR_ARG(ev->source.product), STR_ARG(ev->source.service));

	for (uint32_t i = 0; i < ev->source.category_count; i++)
		n += snprintf(out + n, 256 - (size_t)n, "%s" STR_FMT, i ? "," : "", STR_ARG(ev->source.categories[i]));
	return out;
}

static void expect_text(const struct event *ev, const char *name, const char *want)
{
	const struct event_field *f = event_field(ev, str_of(name));

	if (!f)
		fail_msg("no field %s", name);
	if (!str_eq(f->text, str_of(want)))
		fail_msg("%s is " STR_FMT ", not %s", name, STR_ARG(f->text), want);
}

static void expect_absent(const struct event *ev, const char *name)
{
	if (event_field(ev, str_of(name)))
		fail_msg("field %s should not be there", name);
}

struct one {
	struct arena arena;
	struct event ev;
	char source[256], time[TIME_TEXT_MAX + 1];
};

static void one_done(struct one *o)
{
	arena_done(&o->arena);
}

static void parse(struct one *o, const char *raw)
{
	struct err e = {0};

	arena_init(&o->arena, 8u << 20);
	if (parse_event(str_of(raw), mapping, NULL, &o->arena, &o->ev, &e))
		fail_msg("%s: %s", e.id, raw);
	source_text(&o->ev, o->source);
	o->time[time_format(o->ev.time, o->time)] = '\0';
}
#define ONE(name, raw)                       \
	_cleanup_(one_done) struct one name; \
	parse(&name, raw)

#define SYSTEM_XML                                                                                               \
	"\"Provider\":{\"#attributes\":{\"Name\":\"Microsoft-Windows-Sysmon\",\"Guid\":\"G\"}},\"EventID\":{"    \
	"\"#attributes\":{\"Qualifiers\":0},\"#text\":13},\"Channel\":\"Microsoft-Windows-Sysmon/Operational\"," \
	"\"Computer\":\"pc1\",\"Execution\":{\"#attributes\":{\"ProcessID\":4,\"ThreadID\":8}},\"Security\":{"   \
	"\"#attributes\":{\"UserID\":\"S-1-5-18\"}},\"TimeCreated\":{\"#attributes\":{\"SystemTime\":"           \
	"\"2026-11-21T07:00:00.5Z\"}}"

#define SYSTEM_AT                                                                                                    \
	"{\"Event\":{\"@xmlns\":\"http://x\",\"System\":{\"Provider\":{\"@Name\":\"Microsoft-Windows-Sysmon\"},"     \
	"\"EventID\":{\"@Qualifiers\":\"0\",\"#text\":\"13\"},\"Channel\":\"Microsoft-Windows-Sysmon/Operational\"," \
	"\"Computer\":\"pc1\",\"Execution\":{\"@ProcessID\":\"4\"},\"Security\":{\"@UserID\":\"S-1-5-18\"},"         \
	"\"TimeCreated\":{\"@SystemTime\":\"2026-11-21T07:00:00.5Z\"}},\"EventData\":{\"Data\":["

static void expect_sysmon_13(const struct one *o)
{
	assert_string_equal(o->source, "windows/sysmon:registry_event,registry_set");
	assert_true(o->ev.source_known && o->ev.time_known);
	assert_string_equal(o->time, "2026-11-21T07:00:00.500000Z");
	expect_text(&o->ev, "EventID", "13");
	expect_text(&o->ev, "Provider_Name", "Microsoft-Windows-Sysmon");
	expect_text(&o->ev, "Channel", "Microsoft-Windows-Sysmon/Operational");
	expect_text(&o->ev, "Computer", "pc1");
	expect_text(&o->ev, "Execution_ProcessID", "4");
	expect_text(&o->ev, "UserID", "S-1-5-18");
	expect_text(&o->ev, "ProcessId", "77");
	expect_text(&o->ev, "TargetObject", "HKLM\\x");
}

static void every_dump_shape_gives_the_same_event(void **state)
{
	(void)state;
	ONE(attributes, "{\"Event\":{\"#attributes\":{\"xmlns\":\"http://x\"},\"System\":{" SYSTEM_XML
			"},\"EventData\":{\"ProcessId\":77,\"TargetObject\":\"HKLM\\\\x\"}}}");
	expect_sysmon_13(&attributes);
	expect_absent(&attributes.ev, "xmlns");
	ONE(xmltodict, SYSTEM_AT "{\"@Name\":\"ProcessId\",\"#text\":\"77\"},{\"@Name\":\"Empty\"},"
				 "{\"@Name\":\"TargetObject\",\"#text\":\"HKLM\\\\x\"}]}}}");
	expect_sysmon_13(&xmltodict);
	expect_text(&xmltodict.ev, "Empty", "");
	expect_absent(&xmltodict.ev, "Data");
	ONE(sorted, SYSTEM_AT "{\"#text\":\"77\",\"@Name\":\"ProcessId\"},{\"@Name\":\"Empty\"},"
			      "{\"#text\":\"HKLM\\\\x\",\"@Name\":\"TargetObject\"}]}}}");
	expect_sysmon_13(&sorted);
	expect_text(&sorted.ev, "Empty", "");
	expect_absent(&sorted.ev, "Data");
	ONE(winlogbeat,
	    "{\"@timestamp\":\"2026-11-21T07:00:00.5Z\",\"event\":{\"code\":\"13\"},\"winlog\":{\"channel\":"
	    "\"Microsoft-Windows-Sysmon/Operational\",\"provider_name\":\"Microsoft-Windows-Sysmon\",\"computer_name\":"
	    "\"pc1\",\"process\":{\"pid\":4},\"user\":{\"identifier\":\"S-1-5-18\"},\"event_data\":{\"ProcessId\":"
	    "\"77\"}},"
	    "\"registry\":{\"path\":\"HKLM\\\\x\"}}");
	expect_sysmon_13(&winlogbeat);
	ONE(beat6, "{\"@timestamp\":\"2026-11-21T07:00:00.5Z\",\"event_id\":13,\"log_name\":\"Microsoft-Windows-Sysmon/"
		   "Operational\","
		   "\"source_name\":\"Microsoft-Windows-Sysmon\",\"computer_name\":\"pc1\",\"process_id\":4,\"user\":{"
		   "\"identifier\":"
		   "\"S-1-5-18\"},\"event_data\":{\"ProcessId\":\"77\",\"TargetObject\":\"HKLM\\\\x\"}}");
	expect_sysmon_13(&beat6);
	ONE(flat,
	    "{\"@timestamp\":\"2026-11-21T07:00:00.5Z\",\"EventID\":13,\"Channel\":\"Microsoft-Windows-Sysmon/"
	    "Operational\","
	    "\"SourceName\":\"Microsoft-Windows-Sysmon\",\"Hostname\":\"pc1\",\"ExecutionProcessID\":4,\"UserID\":"
	    "\"S-1-5-18\",\"ProcessId\":\"77\",\"TargetObject\":\"HKLM\\\\x\"}");
	expect_sysmon_13(&flat);
	ONE(velociraptor,
	    "{\"System\":{\"Provider\":{\"Name\":\"Microsoft-Windows-Sysmon\"},\"EventID\":{\"Value\":13},\"Channel\":"
	    "\"Microsoft-Windows-Sysmon/Operational\",\"Computer\":\"pc1\",\"Execution\":{\"ProcessID\":4},"
	    "\"Security\":{\"UserID\":\"S-1-5-18\"},\"TimeCreated\":{\"SystemTime\":1795244400.5}},\"EventData\":{"
	    "\"ProcessId\":77,\"TargetObject\":\"HKLM\\\\x\"}}");
	expect_sysmon_13(&velociraptor);
}

static void log_sources_follow_the_taxonomy(void **state)
{
	static const struct {
		const char *raw, *want;
	} rows[] = {
#define WINDOWS(channel, id) "{\"Channel\":\"" channel "\",\"EventID\":" id "}"
		{WINDOWS("Microsoft-Windows-Sysmon/Operational", "1"), "windows/sysmon:process_creation"},
		{WINDOWS("Microsoft-Windows-Sysmon/Operational", "12"),
		 "windows/sysmon:registry_event,registry_add,registry_delete"},
		{WINDOWS("Microsoft-Windows-Sysmon/Operational", "18"), "windows/sysmon:pipe_created"},
		{WINDOWS("Microsoft-Windows-Sysmon/Operational", "26"), "windows/sysmon:file_delete_detected"},
		{WINDOWS("Microsoft-Windows-Sysmon/Operational", "255"), "windows/sysmon:sysmon_error"},
		{WINDOWS("Microsoft-Windows-Sysmon/Operational", "99"), "windows/sysmon:"},
		{WINDOWS("security", "4688"), "windows/security:process_creation"},
		{WINDOWS("Security", "4657"), "windows/security:"},
		{WINDOWS("Windows PowerShell", "400"), "windows/powershell-classic:ps_classic_start"},
		{WINDOWS("Windows PowerShell", "800"), "windows/powershell-classic:ps_classic_script"},
		{WINDOWS("Microsoft-Windows-PowerShell/Operational", "4103"), "windows/powershell:ps_module"},
		{WINDOWS("PowerShellCore/Operational", "4104"), "windows/powershell:ps_script"},
		{WINDOWS("Microsoft-Windows-Windows Defender/Operational", "1116"), "windows/windefend:"},
		{WINDOWS("Microsoft-Windows-Bits-Client/Operational", "3"), "windows/bits-client:"},
		{WINDOWS("Microsoft-Windows-AppLocker/EXE and DLL", "8004"), "windows/applocker:"},
		{WINDOWS("Nobody/Knows", "1"), "windows/:"},
		{WINDOWS("Linux-Sysmon/Operational", "1"), "linux/sysmon:process_creation"},
		/* What is declared wins; what is missing is filled. */
		{"{\"product\":\"windows\",\"category\":\"process_creation\",\"EventID\":1}",
		 "windows/:process_creation"},
		{"{\"product\":\"windows\",\"service\":\"sysmon\",\"EventID\":3}", "windows/sysmon:network_connection"},
		{"{\"category\":\"proxy\",\"c-uri\":\"/\"}", "/:proxy"},
		{"{\"product\":\"cisco\",\"service\":\"aaa\",\"message\":\"x\"}", "cisco/aaa:"},
		{"{\"product\":\"linux\",\"Channel\":\"Security\",\"EventID\":4688}", "linux/:"},
		/* By the values of fields. */
		{"{\"ecs\":{\"version\":\"8\"},\"host\":{\"os\":{\"type\":\"linux\"}},\"event\":{\"category\":["
		 "\"process\"],\"type\":[\"info\",\"start\"]}}",
		 "linux/:process_creation"},
		{"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3\",\"awsRegion\":\"x\",\"eventName\":\"GetObject\"}",
		 "aws/cloudtrail:"},
		{"{\"SyslogMessage\":\"x\",\"ProcessName\":\"sshd\",\"Facility\":\"auth\"}", "linux/sshd:"},
		{"{\"SyslogMessage\":\"x\",\"ProcessName\":\"y\",\"Facility\":\"user\"}", "linux/syslog:"},
		{"{\"some\":\"thing\"}", "/:"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ONE(o, rows[i].raw);

		if (strcmp(o.source, rows[i].want))
			fail_msg("%s: %s", rows[i].raw, o.source);
		assert_int_equal(o.ev.source_known, strcmp(rows[i].want, "/:") != 0);
	}
}

static void audit_4688_reads_like_sysmon_1(void **state)
{
	(void)state;
	ONE(o, "{\"Channel\":\"Security\",\"EventID\":4688,\"NewProcessName\":\"C:\\\\a.exe\",\"ParentProcessName\":"
	       "\"C:\\\\b.exe\","
	       "\"CommandLine\":\"a x\",\"ProcessId\":\"0x10\",\"NewProcessId\":\"0x20\",\"SubjectUserName\":\"bob\","
	       "\"MandatoryLabel\":\"S-1-16-12288\"}");
	expect_text(&o.ev, "Image", "C:\\a.exe");
	expect_text(&o.ev, "NewProcessName", "C:\\a.exe");
	expect_text(&o.ev, "ParentImage", "C:\\b.exe");
	expect_text(&o.ev, "CommandLine", "a x");
	expect_text(&o.ev, "ProcessId", "0x20");
	expect_text(&o.ev, "ParentProcessId", "0x10");
	expect_text(&o.ev, "User", "bob");
	expect_text(&o.ev, "IntegrityLevel", "S-1-16-12288");
}

static void times_are_understood(void **state)
{
	static const struct {
		const char *raw, *want;
	} rows[] = {
		{"{\"timestamp\":\"2026-11-21T16:00:00+09:00\"}", "2026-11-21T07:00:00Z"},
		{"{\"UtcTime\":\"2026-07-28 11:35:15.945\"}", "2026-07-28T11:35:15.945000Z"},
		{"{\"timestamp\":1795244400}", "2026-11-21T07:00:00Z"},
		{"{\"timestamp\":\"1795244400.25\"}", "2026-11-21T07:00:00.250000Z"},
		{"{\"ts\":1795244400123}", "2026-11-21T07:00:00.123000Z"},
		{"{\"time\":1795244400123456}", "2026-11-21T07:00:00.123456Z"},
		{"{\"time\":1795244400123456789}", "2026-11-21T07:00:00.123456Z"},
		/* The better field wins wherever it stands; one that is no time is passed over. */
		{"{\"time\":\"2020-01-01T00:00:00Z\",\"@timestamp\":\"2026-11-21T07:00:00Z\"}", "2026-11-21T07:00:00Z"},
		{"{\"@timestamp\":\"yesterday\",\"time\":\"2026-11-21T07:00:00Z\"}", "2026-11-21T07:00:00Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ONE(o, rows[i].raw);

		assert_true(o.ev.time_known);
		assert_string_equal(o.time, rows[i].want);
	}
	ONE(none, "{\"a\":1}");
	assert_false(none.ev.time_known);
}

static void names_that_rules_read_have_ids(void **state)
{
	struct name_table *names = name_table_create();
	uint32_t image = name_table_add(names, STR("Image")), channel = name_table_add(names, STR("Channel"));
	struct arena arena;
	struct event ev;

	(void)state;
	arena_init(&arena, 1u << 20);
	assert_int_equal(parse_event(STR("{\"Channel\":\"Security\",\"EventID\":4688,\"NewProcessName\":\"x\"}"),
				     mapping, names, &arena, &ev, NULL),
			 0);
	assert_int_equal(event_field(&ev, STR("Image"))->name_id, image);
	assert_int_equal(event_field(&ev, STR("Channel"))->name_id, channel);
	assert_int_equal(event_field(&ev, STR("NewProcessName"))->name_id, 0);
	arena_done(&arena);
	name_table_free(names);
}

static void syslog_lines_are_split(void **state)
{
	(void)state;
	ONE(new, "<165>1 2026-11-21T07:00:00.003Z web1 sshd 812 ID47 [ex@1 a=\"x \\\"y\\]\" b=\"\"][e2] \xEF\xBB\xBF"
		 "Failed password");
	expect_text(&new.ev, "facility", "20");
	expect_text(&new.ev, "severity", "5");
	expect_text(&new.ev, "host", "web1");
	expect_text(&new.ev, "app", "sshd");
	expect_text(&new.ev, "procid", "812");
	expect_text(&new.ev, "msgid", "ID47");
	expect_text(&new.ev, "sd.ex@1.a", "x \"y]");
	expect_text(&new.ev, "sd.ex@1.b", "");
	expect_text(&new.ev, "message", "Failed password");
	assert_string_equal(new.time, "2026-11-21T07:00:00.003000Z");
	assert_string_equal(new.source, "linux/sshd:");
	ONE(nil, "<0>1 - - - - - -");
	expect_absent(&nil.ev, "host");
	expect_text(&nil.ev, "message", "");
	assert_false(nil.ev.time_known);
	ONE(old, "<34>Oct  1 22:14:15 mymachine su[99]: 'su root' failed\n");
	expect_text(&old.ev, "timestamp", "Oct  1 22:14:15");
	expect_text(&old.ev, "host", "mymachine");
	expect_text(&old.ev, "app", "su");
	expect_text(&old.ev, "procid", "99");
	expect_text(&old.ev, "message", "'su root' failed");
	assert_false(old.ev.time_known);
	ONE(iso, "<13>2026-11-21T16:00:00+09:00 h cron: x");
	assert_string_equal(iso.time, "2026-11-21T07:00:00Z");
	assert_string_equal(iso.source, "linux/cron:");
	ONE(cisco, "<189>Jan 18 11:29:03 dist-sw03 %AAA-5-USER_LOGGED: User x executed: y");
	expect_text(&cisco.ev, "app", "%AAA-5-USER_LOGGED");
	ONE(bare, "just words: \xFF");
	expect_text(&bare.ev, "message", "just words: \xEF\xBF\xBD");
	ONE(inside, "<13>Oct 11 22:14:15 h agent: {\"Channel\":\"Security\",\"EventID\":4688}");
	assert_string_equal(inside.source, "windows/security:process_creation");
	ONE(broken, "<13>1 2026-11-21T07:00:00Z h a - - [x y=\"1] cut");
	expect_text(&broken.ev, "message", "[x y=\"1] cut");
	ONE(pri, "<999>x");
	expect_text(&pri.ev, "message", "<999>x");
}

static void a_broken_object_is_an_error(void **state)
{
	struct arena arena;
	struct event ev;
	struct err e;

	(void)state;
	arena_init(&arena, 1u << 20);
	assert_int_equal(parse_event(STR("{\"a\":}"), mapping, NULL, &arena, &ev, &e), -ERR_PARSE);
	assert_string_equal(e.id, "err.json.value");
	assert_int_equal(e.column, 6);
	assert_int_equal(parse_event(STR("{\"a\":1} x"), mapping, NULL, &arena, &ev, &e), -ERR_PARSE);
	assert_string_equal(e.id, "err.json.object");
	arena_done(&arena);
}

static void write_mapping(const char *folder, const char *text)
{
	char path[256];
	struct err e;

	snprintf(path, sizeof(path), "%s/content/mappings", folder);
	assert_int_equal(folder_make(str_of(path), &e), 0);
	snprintf(path, sizeof(path), "%s/content/mappings/95-own.yaml", folder);
	assert_int_equal(file_write_atomic(str_of(path), str_of(text), 0600, &e), 0);
}

static void remove_mapping(const char *folder)
{
	char path[256];
	const char *parts[] = {"/content/mappings/95-own.yaml", "/content/mappings", "/content", ""};

	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", folder, parts[i]);
		assert_int_equal(remove(path), 0);
	}
}

/* A user adds a log source with an editor. */
static void own_mappings_are_added(void **state)
{
	char folder[] = "/tmp/noroshi-mapping-XXXXXX";
	struct mapping *own;
	struct arena arena;
	struct event ev;
	char source[256];

	(void)state;
	assert_non_null(mkdtemp(folder));
	write_mapping(folder, "product: ourshop\nservices:\n  - service: till\n    channels: [Shop/Till]\n    events:\n"
			      "      - {ids: [7], categories: [payment], copy: {Clerk: User}}\n"
			      "sources:\n  - {when: {shop: \"*\", kind: web}, service: web, category: webserver}\n");
	assert_int_equal(mapping_load(str_of(folder), &own, NULL), 0);
	arena_init(&arena, 1u << 20);
	assert_int_equal(parse_event(STR("{\"Channel\":\"shop/till\",\"EventID\":\"7\",\"Clerk\":\"bob\"}"), own, NULL,
				     &arena, &ev, NULL),
			 0);
	assert_string_equal(source_text(&ev, source), "ourshop/till:payment");
	expect_text(&ev, "User", "bob");
	assert_int_equal(parse_event(STR("{\"shop\":1,\"kind\":\"WEB\"}"), own, NULL, &arena, &ev, NULL), 0);
	assert_string_equal(source_text(&ev, source), "ourshop/web:webserver");
	arena_done(&arena);
	mapping_free(own);
	remove_mapping(folder);
}

static void mistakes_in_mappings_are_named_with_their_place(void **state)
{
	static const struct {
		const char *text, *id;
		uint32_t line, column;
	} rows[] = {
		{"nothing: 1\n", "err.mapping.kind", 1, 1},
		{"product: x\nservises: []\n", "err.mapping.key", 2, 1},
		{"product: x\nservices:\n  - service: s\n    channels: Security\n", "err.mapping.list", 4, 15},
		{"product: x\nservices:\n  - service: s\n    events:\n      - {ids: [one]}\n", "err.mapping.number", 5,
		 16},
		{"product: x\nservices:\n  - service: s\n    events:\n      - {ids: [1], categories: [a, b, c, d, "
		 "e]}\n",
		 "err.mapping.categories", 5, 9},
		{"product: x\nsources:\n  - {when: {}, service: s}\n", "err.mapping.when", 3, 5},
		{"product: [x]\n", "err.mapping.text", 1, 10},
		{"shape: x\nwhen: [a, b, c, d, e]\n", "err.mapping.when", 2, 7},
		{"shape: x\npairs:\n  - {name: a}\n", "err.mapping.text", 1, 1},
		{"shape: x\nnames: [a]\n", "err.mapping.map", 2, 8},
	};
	struct mapping *own = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char folder[] = "/tmp/noroshi-mapping-XXXXXX";
		struct err e = {0};

		assert_non_null(mkdtemp(folder));
		write_mapping(folder, rows[i].text);
		assert_true(mapping_load(str_of(folder), &own, &e) < 0);
		remove_mapping(folder);
		if (strcmp(e.id, rows[i].id) || e.line != rows[i].line || e.column != rows[i].column)
			fail_msg("%s gave %s at %u:%u", rows[i].text, e.id, e.line, e.column);
		assert_string_equal(e.path, "mappings/95-own.yaml");
		assert_null(own);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_dump_shape_gives_the_same_event),
		cmocka_unit_test(log_sources_follow_the_taxonomy),
		cmocka_unit_test(audit_4688_reads_like_sysmon_1),
		cmocka_unit_test(times_are_understood),
		cmocka_unit_test(names_that_rules_read_have_ids),
		cmocka_unit_test(syslog_lines_are_split),
		cmocka_unit_test(a_broken_object_is_an_error),
		cmocka_unit_test(own_mappings_are_added),
		cmocka_unit_test(mistakes_in_mappings_are_named_with_their_place),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
