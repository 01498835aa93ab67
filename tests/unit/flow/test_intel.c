/* Sets of indicators: what is read from lists, what an event meets, what warning lists hold back. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "flow/intel/intel.h"
#include "os/file.h"

#define NOW ((time_us)1800000000 * TIME_SECOND)

struct world {
	struct intel_set *set;
	struct name_table *names;
	struct intel_fields *fields;
	struct arena arena;
};

static int world_make(void **state)
{
	struct world *w = mem_alloc(1, sizeof(*w));

	w->set = intel_set_create((struct hash_key){7, 11}, NOW);
	w->names = name_table_create();
	w->fields = intel_fields_create(w->names);
	arena_init(&w->arena, 1u << 20);
	*state = w;
	return 0;
}

static int world_end(void **state)
{
	struct world *w = *state;

	intel_set_free(w->set);
	intel_fields_free(w->fields);
	name_table_free(w->names);
	arena_done(&w->arena);
	free(w);
	return 0;
}

static void add(struct world *w, const char *text, const char *path, enum intel_role role)
{
	struct err e = {0};

	assert_int_equal(intel_set_add(w->set, str_of(text), str_of(path), role, &e), 0);
}

/* The event of "name=value" pairs, and the number of its hits. */
static uint32_t match(struct world *w, const char *const *pairs, size_t count, const struct intel_hit **ret)
{
	struct event_field fields[8] = {0};
	struct event ev = {.fields = fields, .field_count = (uint32_t)count};

	for (size_t i = 0; i < count; i++) {
		fields[i].name = str_of(pairs[2 * i]);
		fields[i].text = str_of(pairs[2 * i + 1]);
		fields[i].name_id = name_table_find(w->names, fields[i].name);
	}
	return intel_match(w->set, w->fields, &ev, &w->arena, ret);
}

static void expect(struct world *w, const char *field, const char *value, const char *type, const char *held)
{
	const struct intel_hit *hits;
	uint32_t count = match(w, (const char *const[]){field, value}, 1, &hits);

	if (!type) {
		if (count)
			print_message("%s=%s hits %s\n", field, value, indicator_type_name(hits[0].type));
		assert_int_equal(count, 0);
		return;
	}
	if (count != 1)
		print_message("%s=%s has %u hits\n", field, value, count);
	assert_int_equal(count, 1);
	assert_string_equal(indicator_type_name(hits[0].type), type);
	assert_int_equal(hits[0].value.len, strlen(held));
	assert_memory_equal(hits[0].value.ptr, held, strlen(held));
	assert_false(hits[0].suppressed);
}

static void every_type_meets_its_fields(void **state)
{
	struct world *w = *state;

	add(w,
	    "\xEF\xBB\xBF# a list\r\n"
	    "Evil-Site[.]org\r\n"
	    "198.18.7.9\n"
	    "45.9.0.0/16   # a comment\n"
	    "2a00:1450::/32\n"
	    "hxxps://user@Bad.biz:443/X/y.php#top\n"
	    "d41d8cd98f00b204e9800998ecf8427e\n"
	    "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709\n"
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
	    "phisher[@]mail.biz\n"
	    "dropper.exe\n"
	    "t13d1516h2_8daaf6152771_e5627efa2ab1\n"
	    "HKEY_LOCAL_MACHINE\\Software\\Bad\n"
	    "Mozilla/5.0 (evil; bot) # no comment here\n"
	    "/gate/panel.php\n",
	    "plain.txt", INTEL_WATCH);
	intel_set_seal(w->set);
	expect(w, "QueryName", "www.EVIL-site.org.", "domain", "evil-site.org");
	expect(w, "QueryName", "notevil-site.org", NULL, NULL);
	expect(w, "QueryName", "org", NULL, NULL);
	expect(w, "DestinationIp", "198.18.7.9", "ip", "198.18.7.9");
	expect(w, "DestinationIp", "::ffff:198.18.7.9", "ip", "::ffff:198.18.7.9");
	expect(w, "DestinationIp", "198.18.7.90", NULL, NULL);
	expect(w, "SourceIp", "45.9.255.255", "cidr", "45.9.255.255");
	expect(w, "SourceIp", "45.10.0.0", NULL, NULL);
	expect(w, "SourceIp", "45.8.255.255", NULL, NULL);
	expect(w, "SourceIp", "2a00:1450:ffff::1", "cidr", "2a00:1450:ffff::1");
	expect(w, "SourceIp", "2a00:1451::", NULL, NULL);
	expect(w, "c-uri", "http://bad.biz/X/y.php", "url", "bad.biz/X/y.php");
	expect(w, "c-uri", "http://bad.biz/X/y.php?id=1", "url", "bad.biz/X/y.php");
	expect(w, "c-uri", "http://bad.biz/x/y.php", NULL, NULL);
	expect(w, "c-uri", "http://any.org/gate/panel.php?a", "path", "/gate/panel.php");
	expect(w, "c-uri", "/gate/panel.php", "path", "/gate/panel.php");
	expect(w, "c-uri", "http://45.9.1.1/", "cidr", "45.9.1.1");
	expect(w, "Hashes", "SHA1=0,MD5=D41D8CD98F00B204E9800998ECF8427E", "md5", "d41d8cd98f00b204e9800998ecf8427e");
	expect(w, "Hashes", "IMPHASH=D41D8CD98F00B204E9800998ECF8427E", NULL, NULL);
	expect(w, "sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "sha1",
	       "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	expect(w, "sender", "Phisher@Mail.biz", "email", "phisher@mail.biz");
	expect(w, "Image", "C:\\Temp\\Dropper.EXE", "filename", "dropper.exe");
	expect(w, "Image", "C:\\dropper.exe\\other.exe", NULL, NULL);
	expect(w, "ja4", "t13d1516h2_8daaf6152771_e5627efa2ab1", "ja4", "t13d1516h2_8daaf6152771_e5627efa2ab1");
	expect(w, "TargetObject", "HKLM\\SOFTWARE\\Bad\\Run\\x", "registry_key", "hklm\\software\\bad");
	expect(w, "TargetObject", "HKLM\\SOFTWARE\\Badly", NULL, NULL);
	expect(w, "c-useragent", "Mozilla/5.0 (evil; bot)", "user_agent", "Mozilla/5.0 (evil; bot)");
	expect(w, "CommandLine", "dropper.exe", NULL, NULL);
}

static void broken_lines_are_told_and_the_rest_is_used(void **state)
{
	static const char *const none[] = {"two words",     "a..org",     "1.2.3",     "1.2.3.400",
					   "010.1.1.1",     "-",          "localhost", "1.2.3.4:0",
					   "1.2.3.4:99999", "1.2.3.4/33", "0.0.0.0/0", "::/1"};
	struct buf text = {.max = 1u << 20};
	struct world *w = *state;
	struct intel_counts counts;
	const struct err *problems;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		buf_add_fmt(&text, "%s\n", none[i]);
	for (int i = 0; i < 70000; i++)
		buf_add_byte(&text, 'a');
	buf_add(&text, STR("\ngood.org"));
	assert_int_equal(intel_set_add(w->set, buf_str(&text), STR("l"), INTEL_WATCH, &(struct err){0}), 0);
	buf_done(&text);
	intel_set_seal(w->set);
	intel_set_counts(w->set, &counts);
	assert_int_equal(counts.total, 1);
	assert_int_equal(counts.problems, 13);
	assert_int_equal(intel_set_problems(w->set, &problems), 13);
	for (uint32_t i = 0; i < 13; i++)
		assert_int_equal(problems[i].line, i + 1);
	assert_string_equal(problems[10].id, "err.intel.wide");
	assert_string_equal(problems[12].id, "err.intel.long");
	expect(w, "QueryName", "good.org", "domain", "good.org");
}

static void csv_rows_bring_type_and_context(void **state)
{
	static const char *const ja3[] = {"ja3", "D41D8CD98F00B204E9800998ECF8427E"};
	struct world *w = *state;
	const struct intel_hit *hits;
	struct intel_counts counts;

	add(w,
	    "type;description;value\n"
	    "ja3-fingerprint-md5;\"Loader; \"\"two\"\"\";d41d8cd98f00b204e9800998ecf8427e\n"
	    "# a comment\n"
	    "colour;x;red\n"
	    "domain\n"
	    "ip-dst|port;c2;45.9.1.7|8443\n",
	    "feed.csv", INTEL_WATCH);
	intel_set_seal(w->set);
	intel_set_counts(w->set, &counts);
	assert_int_equal(counts.total, 2);
	assert_int_equal(counts.problems, 2);
	assert_int_equal(match(w, ja3, 1, &hits), 1);
	assert_string_equal(hits[0].description.ptr, "Loader; \"two\"");
	assert_int_equal(hits[0].line, 2);
	assert_string_equal(hits[0].source.ptr, "feed.csv");
	assert_int_equal(
		match(w, (const char *const[]){"DestinationIp", "45.9.1.7", "DestinationPort", "8443"}, 2, &hits), 1);
	assert_int_equal(hits[0].type, INDICATOR_ENDPOINT);
	assert_int_equal(
		match(w, (const char *const[]){"DestinationIp", "45.9.1.7", "DestinationPort", "443"}, 2, &hits), 0);
}

static void stix_patterns_of_alternatives_are_read(void **state)
{
	struct world *w = *state;
	const struct err *problems;
	const struct intel_hit *hits;
	struct intel_counts c;

	add(w,
	    "{\"type\":\"bundle\",\"note\":{\"objects\":[1]},\n\"objects\":[\n"
	    "{\"type\":\"identity\",\"name\":\"x\"},\n"
	    "{\"type\":\"indicator\",\"name\":\"Two\",\"pattern_type\":\"stix\",\"pattern\":"
	    "\"[ipv4-addr:value = '45.1.1.1' OR domain-name:value IN ('a.org','b.org')] OR "
	    "[file:hashes.'SHA-1' = 'da39a3ee5e6b4b0d3255bfef95601890afd80709']\"},\n"
	    "{\"type\":\"indicator\",\"pattern\":\"[file:name = 'it\\\\'s.exe']\"},\n"
	    "{\"type\":\"indicator\",\"pattern\":\"[url:value = 'http://c.org/'] FOLLOWEDBY [file:size = 1]\"},\n"
	    "{\"type\":\"indicator\",\"pattern\":\"[domain-name:value = 'd.org' AND ipv4-addr:value = '45.1.1.2']\"},\n"
	    "{\"type\":\"indicator\",\"pattern_type\":\"yara\",\"pattern\":\"rule x {}\"},\n"
	    "{\"type\":\"indicator\",\"valid_until\":\"2020-01-01T00:00:00Z\",\"pattern\":\"[domain-name:value = "
	    "'e.org']\"},\n"
	    "{\"type\":\"indicator\",\"revoked\":true,\"pattern\":\"[domain-name:value = 'f.org']\"}\n"
	    "],\"id\":\"bundle--1\"}\n",
	    "b.json", INTEL_WATCH);
	intel_set_seal(w->set);
	intel_set_counts(w->set, &c);
	assert_int_equal(c.total, 5);
	assert_int_equal(c.unsupported, 3);
	assert_int_equal(c.expired, 2);
	assert_int_equal(intel_set_problems(w->set, &problems), 3);
	assert_int_equal(problems[0].line, 6);
	assert_int_equal(match(w, (const char *const[]){"QueryName", "x.b.org"}, 1, &hits), 1);
	assert_string_equal(hits[0].description.ptr, "Two");
	assert_int_equal(hits[0].line, 4);
	expect(w, "QueryName", "a.org", "domain", "a.org");
	expect(w, "DestinationIp", "45.1.1.1", "ip", "45.1.1.1");
	expect(w, "Image", "/bin/it's.exe", "filename", "it's.exe");
	/* Nothing of a pattern that is not wholly understood. */
	expect(w, "QueryName", "d.org", NULL, NULL);
	expect(w, "c-uri", "http://c.org/", NULL, NULL);
	expect(w, "QueryName", "e.org", NULL, NULL);
	expect(w, "QueryName", "f.org", NULL, NULL);
}

static void warning_lists_hold_back(void **state)
{
	static const struct {
		const char *field, *value;
	} held[] = {{"DestinationIp", "10.1.2.3"},
		    {"QueryName", "www.example.com"},
		    {"c-uri", "http://www.example.com/x"},
		    {"sender", "a@example.org"}};
	struct world *w = *state;
	const struct intel_hit *hits;
	struct err e;

	add(w, "10.1.2.3\nwww.example.com\nhttp://www.example.com/x\na@example.org\nbad.org\n", "l", INTEL_WATCH);
	assert_int_equal(intel_set_add_own_warnings(w->set, STR_NONE, &e), 0);
	intel_set_seal(w->set);
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
		uint32_t count = match(w, (const char *const[]){held[i].field, held[i].value}, 1, &hits);

		assert_true(count >= 1);
		for (uint32_t k = 0; k < count; k++) {
			assert_true(hits[k].suppressed);
			assert_true(hits[k].warning_line > 0);
			assert_string_equal(hits[k].warning_source.ptr, "warninglists/reserved.txt");
		}
	}
	expect(w, "QueryName", "bad.org", "domain", "bad.org");
}

static void nested_networks_give_the_narrowest(void **state)
{
	struct world *w = *state;
	const struct intel_hit *hits;
	static const struct {
		const char *ip;
		uint32_t line;
	} rows[] = {{"45.0.0.1", 3}, {"45.1.0.1", 1}, {"45.1.2.3", 2}, {"45.1.3.0", 1}, {"45.200.0.0", 3}};

	add(w, "45.1.0.0/16\n45.1.2.0/24\n45.0.0.0/8\n45.1.2.0/24\n", "l", INTEL_WATCH);
	intel_set_seal(w->set);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(match(w, (const char *const[]){"SourceIp", rows[i].ip}, 1, &hits), 1);
		assert_int_equal(hits[0].line, rows[i].line);
	}
	assert_int_equal(match(w, (const char *const[]){"SourceIp", "46.0.0.0"}, 1, &hits), 0);
}

/* Enough for every level of the sort, with equal ones; each is found with its first line, and nothing else is. */
static void a_large_list_is_whole(void **state)
{
	enum { COUNT = 200000 };
	struct buf text = {.max = 64u << 20};
	struct world *w = *state;
	struct intel_counts counts;
	struct arena a;

	for (int i = 0; i < COUNT; i++)
		buf_add_fmt(&text, "h%d.evil.org\n", i);
	for (int i = 0; i < 1000; i++)
		buf_add(&text, STR("h5.evil.org\n"));
	assert_int_equal(intel_set_add(w->set, buf_str(&text), STR("l"), INTEL_WATCH, &(struct err){0}), 0);
	buf_done(&text);
	intel_set_seal(w->set);
	intel_set_counts(w->set, &counts);
	assert_int_equal(counts.total, COUNT);
	assert_true(counts.bytes < COUNT * 19);
	arena_init(&a, 1u << 20);
	for (int i = 0; i < 2 * COUNT; i++) {
		struct intel_hit hit;
		char name[32];
		int len = snprintf(name, sizeof(name), "h%d.evil.org", i);
		bool held = intel_find(w->set, INDICATOR_DOMAIN, (str){name, (size_t)len}, &a, &hit);

		assert_true(held == (i < COUNT));
		if (held)
			assert_int_equal(hit.line, i + 1);
		arena_reset(&a);
	}
	arena_done(&a);
}

static void the_real_list_is_read(void **state)
{
	const char *root = getenv("NOROSHI_SOURCE_ROOT");
	char path[4096];
	struct world *w = *state;
	struct intel_counts counts;
	struct err e;

	snprintf(path, sizeof(path), "%s/../shared/data/intel/maltrail-indicators.txt.zst", root ? root : ".");
	if (!file_exists(str_of(path)))
		SKIP("../shared/data/intel is not there");
	assert_int_equal(intel_set_add_path(w->set, str_of(path), INTEL_WATCH, &e), 0);
	intel_set_seal(w->set);
	intel_set_counts(w->set, &counts);
	assert_true(counts.total > 1590000);
	assert_true(counts.problems < 2000);
	expect(w, "QueryName", "www.blackshades1882.no-ip.info", "domain", "blackshades1882.no-ip.info");
	expect(w, "QueryName", "www.noroshi.invalid", NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_type_meets_its_fields, world_make, world_end),
		cmocka_unit_test_setup_teardown(broken_lines_are_told_and_the_rest_is_used, world_make, world_end),
		cmocka_unit_test_setup_teardown(csv_rows_bring_type_and_context, world_make, world_end),
		cmocka_unit_test_setup_teardown(stix_patterns_of_alternatives_are_read, world_make, world_end),
		cmocka_unit_test_setup_teardown(warning_lists_hold_back, world_make, world_end),
		cmocka_unit_test_setup_teardown(nested_networks_give_the_narrowest, world_make, world_end),
		cmocka_unit_test_setup_teardown(a_large_list_is_whole, world_make, world_end),
		cmocka_unit_test_setup_teardown(the_real_list_is_read, world_make, world_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
