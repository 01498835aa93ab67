#include "tests.h"

#include "base/log.h"

/* cmocka's state is not reachable from the sink; the log is the first member of what holds the lines. */
struct kept {
	struct log log;
	char last[8192];
	size_t len;
	int count;
};

static void keep(struct log *log, enum log_level level, str line)
{
	struct kept *k = (struct kept *)log;

	(void)level;
	assert_true(line.len < sizeof(k->last));
	memcpy(k->last, line.ptr, line.len);
	k->last[line.len] = '\0';
	k->len = line.len;
	k->count++;
}

static time_us fixed_now(void)
{
	return 1795244900 * TIME_SECOND;
}

static struct kept kept_of(bool json)
{
	return (struct kept){.log = {.write = keep, .now = fixed_now, .least = LOG_INFO, .json = json}};
}

static void fields_become_one_line(void **state)
{
	struct kept k = kept_of(false);

	(void)state;
	log_event(&k.log, LOG_INFO, "intake.full", LOG_STR("queue", STR("a b")), LOG_I64("count", -7));
	assert_string_equal(k.last, "time=2026-11-21T07:08:20Z level=info id=intake.full queue=\"a b\" count=-7");
}

static void json_lines(void **state)
{
	struct kept k = kept_of(true);

	(void)state;
	log_event(&k.log, LOG_ERROR, "x.y", LOG_STR("a", STR("\"q\"\\")), LOG_I64("n", 1));
	assert_string_equal(k.last, "{\"time\":\"2026-11-21T07:08:20Z\",\"level\":\"error\",\"id\":\"x.y\","
				    "\"a\":\"\\\"q\\\"\\\\\",\"n\":1}");
}

static void a_stranger_cannot_forge_a_line(void **state)
{
	struct kept k = kept_of(false);

	(void)state;
	log_event(&k.log, LOG_INFO, "login.failed", LOG_STR("name", STR("x\nlevel=error id=forged\x1b[2J\x7f")));
	assert_null(strchr(k.last, '\n'));
	assert_null(strchr(k.last, '\x1b'));
	assert_non_null(strstr(k.last, "x\\u000alevel=error"));
	assert_non_null(strstr(k.last, "\\u001b[2J\\u007f"));
}

static void quiet_levels_and_no_log(void **state)
{
	struct kept k = kept_of(false);

	(void)state;
	log_event(&k.log, LOG_DEBUG, "x.y", LOG_I64("n", 1));
	assert_int_equal(k.count, 0);
	log_record(&k.log, LOG_WARNING, "x.y", NULL, 0);
	assert_int_equal(k.count, 1);
	log_event(NULL, LOG_ERROR, "x.y", LOG_I64("n", 1));
}

static void long_values_are_cut_and_marked(void **state)
{
	struct kept k = kept_of(false);
	char text[5000];

	(void)state;
	memset(text, 'x', sizeof(text));
	log_event(&k.log, LOG_INFO, "x.y", LOG_STR("a", ((str){text, sizeof(text)})), LOG_I64("n", 5));
	assert_non_null(strstr(k.last, "x[cut]\" n=5"));
	assert_true(k.len < 4096);
}

static void errors_tell_their_place(void **state)
{
	struct kept k = kept_of(false);
	struct err e;

	(void)state;
	err_set_value(&e, ERR_PARSE, "err.yaml.tab", STR("\t"));
	err_path(&e, STR("rules/a.yml"));
	err_at(&e, 3, 1);
	log_err(&k.log, LOG_ERROR, "rules.failed", &e);
	assert_non_null(
		strstr(k.last, "id=rules.failed error=\"err.yaml.tab\" code=\"parse\" path=\"rules/a.yml\" line=3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_become_one_line),         cmocka_unit_test(json_lines),
		cmocka_unit_test(a_stranger_cannot_forge_a_line), cmocka_unit_test(quiet_levels_and_no_log),
		cmocka_unit_test(long_values_are_cut_and_marked), cmocka_unit_test(errors_tell_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
