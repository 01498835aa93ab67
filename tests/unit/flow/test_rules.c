/* Decisions about rules: whose they are, when they end, what a filter's text means. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "flow/rules/rules.h"
#include "guard/tenant.h"

#define NOW (1795000000 * TIME_SECOND)

static const char rule_text[] = "title: First\n"
				"id: 11111111-2222-4333-8444-555555555501\n"
				"logsource: {product: windows, category: process_creation}\n"
				"detection:\n"
				"    selection: {CommandLine|contains: whoami}\n"
				"    condition: selection\n"
				"---\n"
				"title: Second\n"
				"id: 11111111-2222-4333-8444-555555555502\n"
				"logsource: {product: windows, category: process_creation}\n"
				"detection:\n"
				"    selection: {CommandLine|contains: 'C:\\\\x'}\n"
				"    condition: selection\n";

struct place {
	char folder[64];
	struct env env;
	time_us now;
	struct db *db;
	int64_t alpha, beta;
	struct name_table *names;
	struct rule_set *set;
	struct mapping *mapping;
	struct matcher *matcher;
	struct parser *parser;
	struct arena arena;
	struct rule_desk *desk;
	struct desk_seat *seat;
	struct err e;
};

static time_us test_now(void *ctx)
{
	return *(time_us *)ctx;
}

static int64_t make_tenant(struct place *p, const char *slug)
{
	struct tenant_new t = {.slug = str_of(slug), .name = str_of(slug), .kind = STR("company")};
	int64_t id = 0;

	assert_int_equal(db_begin(p->db, &p->e), 0);
	assert_int_equal(tenant_create(p->db, &t, NOW, &id, &p->e), 0);
	assert_int_equal(db_commit(p->db, &p->e), 0);
	return id;
}

static int setup(void **state)
{
	struct place *p = mem_alloc(1, sizeof(*p));
	char path[96];

	snprintf(p->folder, sizeof(p->folder), "/tmp/noroshi-rules-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(path, sizeof(path), "%s/records.db", p->folder);
	p->now = NOW;
	p->env = (struct env){.now = test_now, .ctx = &p->now};
	assert_int_equal(db_open(str_of(path), &p->db, &p->e), 0);
	assert_int_equal(db_migrate(p->db, &p->e), 0);
	p->alpha = make_tenant(p, "alpha");
	p->beta = make_tenant(p, "beta");
	p->names = name_table_create();
	assert_int_equal(rule_set_create(p->names, &p->set, &p->e), 0);
	assert_int_equal(rule_set_add(p->set, str_of(rule_text), STR("rules.yml"), &p->e), 0);
	assert_int_equal(rule_set_seal(p->set, &p->e), 0);
	assert_int_equal(mapping_load(STR(""), &p->mapping, &p->e), 0);
	assert_int_equal(matcher_create(p->set, &p->matcher, &p->e), 0);
	p->parser = parser_create(p->mapping, p->names);
	arena_init(&p->arena, 8u << 20);
	assert_int_equal(desk_open(p->db, &p->env, &p->desk, &p->e), 0);
	p->seat = desk_seat_create(p->desk);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char command[128];

	desk_seat_free(p->seat);
	desk_close(p->desk);
	parser_free(p->parser);
	matcher_free(p->matcher);
	mapping_free(p->mapping);
	rule_set_free(p->set);
	name_table_free(p->names);
	arena_done(&p->arena);
	db_close(p->db);
	snprintf(command, sizeof(command), "rm -rf %s", p->folder);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

/* How many matches of an event stay for an organisation. */
static uint32_t kept(struct place *p, int64_t tenant, const char *user, const char *command)
{
	str raw = arena_fmt(
		&p->arena,
		"{\"product\":\"windows\",\"category\":\"process_creation\",\"User\":\"%s\",\"CommandLine\":\"%s\"}",
		user, command);
	struct archived from = {.id = 1,
				.event = {.tenant_id = tenant, .received = p->now, .time = p->now, .raw = raw}};
	const struct rule *const *rules;
	struct event ev = {0};
	uint32_t count;

	assert_int_equal(parser_event(p->parser, raw, &p->arena, &ev, &p->e), 0);
	count = matcher_match(p->matcher, &ev, &rules);
	assert_int_equal(count, 1);
	desk_begin(p->seat, p->mapping);
	return desk_keep(p->seat, &(const struct desk_event){&from, &ev, false}, &rules, count);
}

static void add_filter(struct place *p, int64_t tenant, time_us expires_at, int64_t *ret_id)
{
	struct actor who = actor_system(tenant);
	const struct filter_condition condition = {STR("User"), STR(""), STR("robot")};
	struct filter_text t = {rule_set_rule(p->set, 0), STR("Robot"), STR("22222222-2222-4333-8444-555555555501"),
				&condition, 1};
	struct filter_new new = {.rule_id = t.rule->id,
				 .title = t.title,
				 .reason = STR("known"),
				 .expires_at = expires_at,
				 .now = p->now};
	struct buf yaml;

	buf_init(&yaml, FILTER_YAML_MAX);
	assert_int_equal(filter_write(&t, &yaml, &p->e), 0);
	assert_int_equal(filter_check(buf_str(&yaml), t.rule, &p->e), 0);
	new.yaml = buf_str(&yaml);
	assert_int_equal(db_begin(p->db, &p->e), 0);
	assert_int_equal(filter_add(p->db, &who, &new, ret_id, &p->e), 0);
	assert_int_equal(db_commit(p->db, &p->e), 0);
	assert_int_equal(desk_reload(p->desk, p->db, &p->e), 0);
	buf_done(&yaml);
}

static void a_filter_counts_for_its_organisation_alone_and_ends_by_itself(void **state)
{
	struct place *p = *state;
	int64_t id = 0, twin = 0;
	uint64_t number;

	assert_int_equal(kept(p, p->alpha, "robot", "whoami"), 1);
	add_filter(p, p->alpha, NOW + TIME_HOUR, &id);
	assert_int_equal(kept(p, p->alpha, "robot", "whoami"), 0);
	assert_int_equal(kept(p, p->alpha, "person", "whoami"), 1);
	assert_int_equal(kept(p, p->beta, "robot", "whoami"), 1);
	/* The other organisation may have the very same filter. */
	add_filter(p, p->beta, NOW + 2 * TIME_HOUR, &twin);
	assert_int_equal(kept(p, p->beta, "robot", "whoami"), 0);
	/* It runs out without a reload. */
	number = desk_number(p->desk);
	p->now = NOW + TIME_HOUR;
	assert_int_equal(kept(p, p->alpha, "robot", "whoami"), 1);
	assert_int_equal(kept(p, p->beta, "robot", "whoami"), 0);
	assert_int_equal(desk_number(p->desk), number);
}

static void a_switch_counts_for_its_organisation_alone(void **state)
{
	struct place *p = *state;
	struct actor who = actor_system(p->alpha);
	struct switch_new off = {
		.rule_id = rule_set_rule(p->set, 0)->id, .is_off = true, .reason = STR(" "), .now = NOW};

	assert_int_equal(db_begin(p->db, &p->e), 0);
	assert_int_equal(rule_switch_set(p->db, &who, &off, &p->e), -ERR_RANGE);
	off.reason = STR("scan of today");
	assert_int_equal(rule_switch_set(p->db, &who, &off, &p->e), 0);
	assert_int_equal(rule_switch_set(p->db, &who, &off, &p->e), -ERR_WRONG_STATE);
	assert_int_equal(db_commit(p->db, &p->e), 0);
	assert_int_equal(desk_reload(p->desk, p->db, &p->e), 0);
	assert_int_equal(kept(p, p->alpha, "u", "whoami"), 0);
	assert_int_equal(kept(p, p->beta, "u", "whoami"), 1);
	/* The other rule goes on. */
	assert_int_equal(kept(p, p->alpha, "u", "C:\\\\x"), 1);
}

static void counts_are_written_by_hour_and_day_with_what_was_taken_away(void **state)
{
	struct place *p = *state;
	const struct hits_ask ask = {{p->alpha}, p->set, NOW};
	struct rule_hits *hits;
	int64_t id;

	add_filter(p, p->alpha, NOW + TIME_HOUR, &id);
	for (int i = 0; i < 3; i++) {
		(void)kept(p, p->alpha, i ? "person" : "robot", "whoami");
		assert_int_equal(db_begin(p->db, &p->e), 0);
		assert_int_equal(desk_write(p->seat, p->db, &p->e), 0);
		assert_int_equal(db_commit(p->db, &p->e), 0);
	}
	assert_int_equal(rule_hits_all(p->db, &ask, &p->arena, &hits, &p->e), 0);
	assert_int_equal(hits[0].day, 3);
	assert_int_equal(hits[0].month, 3);
	assert_int_equal(hits[0].filtered, 1);
	assert_int_equal(hits[0].last_at, NOW);
	assert_int_equal(hits[1].month, 0);
	/* Hours go, days stay. */
	assert_int_equal(rule_hits_sweep(p->db, NOW + 3 * TIME_DAY, &p->e), 0);
	assert_int_equal(rule_hits_all(p->db, &ask, &p->arena, &hits, &p->e), 0);
	assert_int_equal(hits[0].day, 0);
	assert_int_equal(hits[0].month, 3);
}

static void a_rule_is_cut_out_of_its_file(void **state)
{
	struct place *p = *state;
	struct catalogue *c = catalogue_create();
	str second;

	assert_int_equal(catalogue_add_text(c, STR("rules.yml"), str_of(rule_text), &p->e), 0);
	assert_int_equal(catalogue_seal(c, p->set, p->mapping, &p->e), 0);
	assert_true(str_starts(catalogue_rule_text(c, rule_set_rule(p->set, 0)), STR("title: First\n")));
	second = catalogue_rule_text(c, rule_set_rule(p->set, 1));
	assert_true(str_starts(second, STR("title: Second\n")));
	assert_true(str_find(second, STR("First")) < 0);
	assert_int_equal(catalogue_reach(c, 0), REACH_CAN_MATCH);
	catalogue_free(c);
}

static void wrong_conditions_are_named(void **state)
{
	struct place *p = *state;
	static const struct {
		const char *field, *modifier, *value, *path;
	} cases[] = {{"", "", "x", "field"},
		     {"a|re", "", "x", "field"},
		     {"a", "base64", "x", "modifier"},
		     {"a", "", "\xff", "value"}};
	struct buf out;

	buf_init(&out, FILTER_YAML_MAX);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct filter_condition c = {str_of(cases[i].field), str_of(cases[i].modifier),
						   str_of(cases[i].value)};
		const struct filter_text t = {rule_set_rule(p->set, 0), STR("t"), STR("i"), &c, 1};

		assert_int_equal(filter_write(&t, &out, &p->e), -ERR_RANGE);
		assert_string_equal(p->e.path, cases[i].path);
	}
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_filter_counts_for_its_organisation_alone_and_ends_by_itself, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_switch_counts_for_its_organisation_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(counts_are_written_by_hour_and_day_with_what_was_taken_away, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_rule_is_cut_out_of_its_file, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_conditions_are_named, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
