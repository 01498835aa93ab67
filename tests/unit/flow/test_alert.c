#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "craft/criteria/criteria.h"
#include "craft/work/work.h"
#include "flow/alert/alert.h"
#include "guard/tenant.h"

#define NOW (1795000000 * TIME_SECOND)

struct place {
	char folder[64];
	struct db *db;
	struct arena arena;
	struct scope scope;
	struct actor analyst, other, stranger;
	int64_t tenant, foreign;
};

static struct actor person(int64_t user_id, int64_t tenant_id, const char *name)
{
	struct actor a = {.kind = ACTOR_SESSION,
			  .role = ROLE_ANALYST,
			  .user_id = user_id,
			  .tenant_id = tenant_id,
			  .home_tenant_id = tenant_id};

	snprintf(a.name, sizeof(a.name), "%s", name);
	return a;
}

static int setup(void **state)
{
	struct place *p = mem_alloc(1, sizeof(*p));
	struct tenant_new t = {.slug = STR("alpha"),
			       .name = STR("Alpha"),
			       .kind = STR("company"),
			       .language = STR("ja"),
			       .time_zone = STR("Asia/Tokyo")};
	struct err e = {0};
	char path[96];

	snprintf(p->folder, sizeof(p->folder), "/tmp/noroshi-alert-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(path, sizeof(path), "%s/records.db", p->folder);
	arena_init(&p->arena, 64u << 20);
	assert_int_equal(db_open(str_of(path), &p->db, &e), 0);
	assert_int_equal(db_migrate(p->db, &e), 0);
	assert_int_equal(db_begin(p->db, &e), 0);
	assert_int_equal(tenant_create(p->db, &t, NOW, &p->tenant, &e), 0);
	t.slug = STR("beta");
	assert_int_equal(tenant_create(p->db, &t, NOW, &p->foreign, &e), 0);
	p->scope = (struct scope){p->tenant};
	p->analyst = person(7, p->tenant, "分析担当");
	p->other = person(8, p->tenant, "Other \"quoted\"");
	p->stranger = person(9, p->foreign, "Stranger");
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char command[128];

	db_rollback(p->db);
	db_close(p->db);
	arena_done(&p->arena);
	snprintf(command, sizeof(command), "rm -rf %s", p->folder);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

static struct finding finding(const struct place *p, unsigned level, const char *asset, event_id event, time_us at)
{
	return (struct finding){.tenant_id = p->tenant,
				.rule_id = STR("rule-1"),
				.rule_title = STR("Suspicious access"),
				.tags = STR("attack.t1003.001 attack.credential-access"),
				.level = level,
				.confidence = 2,
				.asset = str_of(asset),
				.account = STR("user"),
				.event = event,
				.event_at = at};
}

static int64_t raise_one(struct place *p, const struct finding *f, bool expect_new)
{
	struct err e = {0};
	bool is_new = false;
	int64_t id = 0;

	assert_int_equal(alert_raise(p->db, f, NOW, &id, &is_new, &e), 0);
	assert_int_equal(is_new, expect_new);
	return id;
}

static struct alert get(struct place *p, int64_t id)
{
	struct alert al = {0};
	struct err e = {0};

	assert_int_equal(alert_find(p->db, p->scope, id, &p->arena, &al, &e), 0);
	return al;
}

static void near_hits_count_up_and_far_ones_are_new(void **state)
{
	struct place *p = *state;
	struct finding f = finding(p, 4, "PC-1", 100, NOW);
	int64_t first = raise_one(p, &f, true);
	struct alert al;
	event_id *events;
	uint32_t count;
	struct err e = {0};

	f.event = 101;
	f.event_at = NOW + 10 * TIME_MINUTE;
	assert_int_equal(raise_one(p, &f, false), first);
	/* Out of order, before the first one. */
	f.event = 102;
	f.event_at = NOW - 10 * TIME_MINUTE;
	assert_int_equal(raise_one(p, &f, false), first);
	al = get(p, first);
	assert_int_equal(al.count, 3);
	assert_int_equal(al.first_at, NOW - 10 * TIME_MINUTE);
	assert_int_equal(al.last_at, NOW + 10 * TIME_MINUTE);
	assert_int_equal(al.priority, 4);
	assert_int_equal(alert_events(p->db, p->scope, first, 0, &p->arena, &events, &count, &e), 0);
	assert_int_equal(count, 3);
	f.event = 103;
	f.event_at = NOW + 10 * TIME_MINUTE + ALERT_WINDOW + 1;
	assert_true(raise_one(p, &f, true) != first);
	f = finding(p, 4, "PC-2", 104, NOW);
	assert_true(raise_one(p, &f, true) != first);
	f = finding(p, 4, "PC-1", 105, NOW);
	f.rule_id = STR("rule-2");
	assert_true(raise_one(p, &f, true) != first);
}

static void a_long_name_is_cut_between_characters(void **state)
{
	struct place *p = *state;
	struct finding f = finding(p, 4, "", 9, NOW);
	char name[400] = "a";
	struct alert al;

	for (size_t i = 1; i + 3 < sizeof(name); i += 3)
		memcpy(name + i, "狼", 4);
	f.asset = str_of(name);
	assert_int_equal(alert_find(p->db, (struct scope){p->tenant}, raise_one(p, &f, true), &p->arena, &al, NULL), 0);
	assert_in_range(al.asset.len, 200, 256);
	assert_true(utf8_is_valid(al.asset));
}

static void a_program_does_not_undo_another_one(void **state)
{
	struct place *p = *state;
	struct finding f = finding(p, 4, "PC-9", 55, NOW);
	int64_t id = raise_one(p, &f, true);
	struct alert_set one = {.ids = &id, .count = 1};
	struct actor soar = person(0, p->tenant, "soar"), other = person(0, p->tenant, "ticketing");

	assert_int_equal(alert_acknowledge(p->db, &soar, &one, NOW, NULL), 0);
	assert_int_equal(alert_undo(p->db, &other, id, NOW, NULL), -ERR_WRONG_STATE);
	assert_int_equal(alert_undo(p->db, &soar, id, NOW, NULL), 0);
}

static void a_replay_of_a_judged_finding_makes_no_twin(void **state)
{
	struct place *p = *state;
	struct finding f = finding(p, 4, "PC-1", 100, NOW);
	int64_t id = raise_one(p, &f, true), again;
	struct alert_set set = {.ids = &id, .count = 1};
	struct err e = {0};

	assert_int_equal(alert_judge(p->db, &p->analyst, &set, VERDICT_BENIGN, NOW, &e), 0);
	again = raise_one(p, &f, false);
	assert_int_equal(again, 0);
	/* A later event of the same kind is a new alert. */
	f.event = 200;
	assert_true(raise_one(p, &f, true) != id);
}

static void another_organisation_sees_and_changes_nothing(void **state)
{
	struct place *p = *state;
	struct finding f = finding(p, 4, "PC-1", 100, NOW);
	int64_t id = raise_one(p, &f, true);
	struct alert_set set = {.ids = &id, .count = 1};
	struct scope foreign = {p->foreign};
	struct alert_filter filter = alert_filter_all();
	struct alert_list list;
	struct alert al;
	struct err e = {0};

	assert_int_equal(alert_find(p->db, foreign, id, &p->arena, &al, &e), -ERR_NOT_FOUND);
	assert_int_equal(alert_list(p->db, foreign, &filter, &p->arena, &list, &e), 0);
	assert_int_equal(list.count, 0);
	assert_int_equal(alert_acknowledge(p->db, &p->stranger, &set, NOW, &e), -ERR_NOT_FOUND);
	assert_int_equal(alert_judge(p->db, &p->stranger, &set, VERDICT_BENIGN, NOW, &e), -ERR_NOT_FOUND);
	assert_int_equal(alert_comment(p->db, &p->stranger, id, STR("x"), NOW, &e), -ERR_NOT_FOUND);
	assert_int_equal(get(p, id).state, ALERT_OPEN);
}

static void acknowledging_assigns_judging_closes_and_both_are_work(void **state)
{
	struct place *p = *state;
	struct finding f = finding(p, 5, "PC-1", 100, NOW);
	int64_t id = raise_one(p, &f, true);
	struct alert_set set = {.ids = &id, .count = 1};
	struct alert_entry *entries;
	struct work_list work;
	struct err e = {0};
	struct alert al;
	uint32_t count;

	assert_int_equal(alert_acknowledge(p->db, &p->analyst, &set, NOW + 1, &e), 0);
	al = get(p, id);
	assert_int_equal(al.state, ALERT_ACKNOWLEDGED);
	assert_int_equal(al.owner_id, 7);
	assert_true(str_eq(al.owner_name, STR("分析担当")));
	set.version = 1;
	assert_int_equal(alert_judge(p->db, &p->analyst, &set, VERDICT_TRUE_IMPACT, NOW + 9, &e), -ERR_CONFLICT);
	set.version = al.version;
	set.note = STR("隔離した");
	assert_int_equal(alert_judge(p->db, &p->analyst, &set, VERDICT_TRUE_IMPACT, NOW + 9, &e), 0);
	al = get(p, id);
	assert_int_equal(al.state, ALERT_CLOSED);
	assert_int_equal(al.verdict, VERDICT_TRUE_IMPACT);
	set.version = 0;
	assert_int_equal(alert_acknowledge(p->db, &p->analyst, &set, NOW + 10, &e), -ERR_WRONG_STATE);
	assert_int_equal(alert_history(p->db, p->scope, id, &p->arena, &entries, &count, &e), 0);
	assert_int_equal(count, 2);
	assert_true(str_eq(entries[0].action, STR("alert.verdict")) && str_eq(entries[0].text, STR("隔離した")));
	assert_int_equal(work_list(p->db, p->scope, STR("B-1"), (struct work_cursor){0}, &p->arena, &work, &e), 0);
	assert_int_equal(work.count, 2);
	assert_true(str_eq(work.rows[0].work.result, STR("true_impact")));
	assert_int_equal(work.rows[0].work.started, NOW + 1);
	assert_int_equal(work.rows[0].user_id, 7);
}

static void the_last_own_change_can_be_taken_back(void **state)
{
	struct place *p = *state;
	struct finding f = finding(p, 5, "PC-1", 100, NOW);
	int64_t id = raise_one(p, &f, true);
	struct alert_set set = {.ids = &id, .count = 1};
	struct err e = {0};
	struct alert al;

	assert_int_equal(alert_undo(p->db, &p->analyst, id, NOW, &e), -ERR_WRONG_STATE);
	assert_int_equal(alert_acknowledge(p->db, &p->other, &set, NOW, &e), 0);
	assert_int_equal(alert_undo(p->db, &p->analyst, id, NOW, &e), -ERR_WRONG_STATE);
	assert_int_equal(alert_judge(p->db, &p->analyst, &set, VERDICT_FALSE_RULE, NOW, &e), 0);
	assert_int_equal(alert_undo(p->db, &p->analyst, id, NOW + ALERT_UNDO_TIME + 1, &e), -ERR_WRONG_STATE);
	assert_int_equal(alert_undo(p->db, &p->analyst, id, NOW + 1, &e), 0);
	al = get(p, id);
	assert_int_equal(al.state, ALERT_ACKNOWLEDGED);
	assert_int_equal(al.verdict, VERDICT_NONE);
	assert_int_equal(al.owner_id, 8);
	assert_true(str_eq(al.owner_name, STR("Other \"quoted\"")));
	assert_int_equal(alert_comment(p->db, &p->analyst, id, STR("note"), NOW + 2, &e), 0);
	assert_int_equal(alert_undo(p->db, &p->analyst, id, NOW + 3, &e), -ERR_WRONG_STATE);
}

static void pages_follow_one_another_without_gap_or_double(void **state)
{
	struct place *p = *state;
	struct alert_filter filter = alert_filter_all();
	struct alert_cursor from = {0};
	struct alert_list list;
	struct err e = {0};
	int64_t last_priority = 6, seen = 0;
	time_us last_at = INT64_MAX;

	for (unsigned i = 0; i < 100; i++) {
		char asset[16];

		snprintf(asset, sizeof(asset), "PC-%u", i);
		struct finding f = finding(p, 1 + i % 5, asset, 1000 + i, NOW + (time_us)(i % 7) * TIME_SECOND);

		raise_one(p, &f, true);
	}
	do {
		filter.start = from;
		filter.limit = 9;
		assert_int_equal(alert_list(p->db, p->scope, &filter, &p->arena, &list, &e), 0);
		for (uint32_t i = 0; i < list.count; i++) {
			const struct alert *al = &list.alerts[i];

			assert_true(al->priority < last_priority ||
				    (al->priority == last_priority && al->last_at <= last_at));
			last_priority = al->priority;
			last_at = al->last_at;
			seen++;
		}
		from = list.next;
	} while (list.has_more);
	assert_int_equal(seen, 100);
	filter = alert_filter_all();
	filter.sort = ALERT_BY_TIME;
	assert_int_equal(alert_list(p->db, p->scope, &filter, &p->arena, &list, &e), 0);
	assert_int_equal(list.count, 100);
	assert_false(list.has_more);
	for (uint32_t i = 1; i < list.count; i++)
		assert_true(list.alerts[i].last_at <= list.alerts[i - 1].last_at);
}

static uint32_t hits(struct place *p, const struct alert_filter *f)
{
	struct alert_list list;
	struct alert_facets facets;
	struct err e = {0};

	assert_int_equal(alert_list(p->db, p->scope, f, &p->arena, &list, &e), 0);
	assert_int_equal(alert_facets(p->db, p->scope, f, 7, &facets, &e), 0);
	assert_int_equal(facets.total, list.count);
	return list.count;
}

static void filters_and_facets_agree(void **state)
{
	struct place *p = *state;
	struct alert_filter f = alert_filter_all();
	struct alert_facets facets;
	int64_t ids[20];
	struct err e = {0};

	for (unsigned i = 0; i < 20; i++) {
		char asset[16];

		snprintf(asset, sizeof(asset), i < 10 ? "SRV_%u" : "PC-%u", i);
		struct finding one = finding(p, 1 + i % 5, asset, 1000 + i, NOW + i);

		ids[i] = raise_one(p, &one, true);
	}
	assert_int_equal(alert_acknowledge(p->db, &p->analyst, &(struct alert_set){.ids = ids, .count = 5}, NOW, &e),
			 0);
	assert_int_equal(alert_judge(p->db, &p->other, &(struct alert_set){.ids = ids + 15, .count = 5}, VERDICT_BENIGN,
				     NOW, &e),
			 0);
	assert_int_equal(hits(p, &f), 15);
	assert_int_equal(alert_facets(p->db, p->scope, &f, 7, &facets, &e), 0);
	assert_int_equal(facets.by_state[ALERT_OPEN], 10);
	assert_int_equal(facets.by_state[ALERT_ACKNOWLEDGED], 5);
	assert_int_equal(facets.mine, 5);
	assert_int_equal(facets.nobodys, 10);
	assert_int_equal(facets.by_priority[5], 3);
	f.priorities = 1u << 5 | 1u << 4;
	assert_int_equal(hits(p, &f), 6);
	f = alert_filter_all();
	f.closed = true;
	assert_int_equal(hits(p, &f), 5);
	f.open = true;
	assert_int_equal(hits(p, &f), 15);
	f = alert_filter_all();
	f.owner_id = 7;
	assert_int_equal(hits(p, &f), 5);
	f.owner_id = 0;
	assert_int_equal(hits(p, &f), 10);
	f = alert_filter_all();
	f.text = STR("srv_");
	assert_int_equal(hits(p, &f), 10);
	f.text = STR("遠隔");
	assert_int_equal(hits(p, &f), 0);
	f.text_rules = STR(",rule-0,rule-1,");
	assert_int_equal(hits(p, &f), 15);
	f.text_rules = STR(",rule-0,rule-11,");
	assert_int_equal(hits(p, &f), 0);
	f.text = STR("%");
	assert_int_equal(hits(p, &f), 0);
	f = alert_filter_all();
	f.asset = STR("PC-11");
	assert_int_equal(hits(p, &f), 1);
	f = alert_filter_all();
	f.from = NOW + 3;
	f.until = NOW + 5;
	assert_int_equal(hits(p, &f), 2);
}

static void a_bulk_action_is_all_or_nothing(void **state)
{
	struct place *p = *state;
	struct finding f = finding(p, 5, "PC-1", 100, NOW), g = finding(p, 5, "PC-2", 101, NOW);
	int64_t ids[3] = {raise_one(p, &f, true), raise_one(p, &g, true), 999999};
	struct err e = {0};

	assert_int_equal(db_commit(p->db, &e), 0);
	assert_int_equal(db_begin(p->db, &e), 0);
	assert_int_equal(alert_acknowledge(p->db, &p->analyst, &(struct alert_set){.ids = ids, .count = 3}, NOW, &e),
			 -ERR_NOT_FOUND);
	db_rollback(p->db);
	assert_int_equal(get(p, ids[0]).state, ALERT_OPEN);
	assert_int_equal(db_begin(p->db, &e), 0);
	assert_int_equal(alert_link(p->db, &p->analyst, &(struct alert_set){.ids = ids, .count = 2}, 5, NOW, &e), 0);
	assert_int_equal(get(p, ids[1]).incident_id, 5);
	assert_int_equal(alert_link(p->db, &p->analyst, &(struct alert_set){.ids = ids, .count = 2}, 6, NOW, &e),
			 -ERR_WRONG_STATE);
	assert_int_equal(alert_acknowledge(p->db, &p->analyst, &(struct alert_set){.ids = ids, .count = 0}, NOW, &e),
			 -ERR_RANGE);
}

/* The alert keeps which version judged it; a new version judges what comes after. */
static void priority_follows_the_criteria_in_force(void **state)
{
	struct place *p = *state;
	struct criteria c = {.kind = CRITERIA_TRIAGE, .triage = {.adjust = {{-4, -4, -4}, {-4, -4, -4}, {-4, -4, -4}}}};
	struct alert_judged groups[ALERT_JUDGED_MAX];
	struct finding f;
	int64_t first, second, id = 0;
	uint32_t count;
	struct alert al;

	f = finding(p, 4, "pc-1", 1, NOW);
	first = raise_one(p, &f, true);
	al = get(p, first);
	assert_int_equal(al.criteria_version, 0);
	assert_int_equal(al.priority, triage_priority(&triage_first_edition, al.level, al.asset_value, al.confidence));
	assert_int_equal(db_commit(p->db, NULL), 0);
	assert_int_equal(criteria_save(p->db, &p->analyst, &c, NOW, &id, NULL), 0);
	assert_int_equal(criteria_approve(p->db, &p->analyst, id, 1, NOW, NULL), 0);
	assert_int_equal(db_begin(p->db, NULL), 0);
	f = finding(p, 4, "pc-2", 2, NOW);
	second = raise_one(p, &f, true);
	al = get(p, second);
	assert_int_equal(al.criteria_version, 1);
	assert_int_equal(al.priority, 1);
	assert_int_equal(get(p, first).criteria_version, 0);
	assert_int_equal(alert_judged(p->db, actor_scope(&p->analyst), 0, groups, &count, NULL), 0);
	assert_int_equal(count, 2);
	assert_int_equal(groups[0].alerts + groups[1].alerts, 2);
}

static void confidence_follows_the_status(void **state)
{
	(void)state;
	assert_int_equal(alert_confidence(STR("stable")), 3);
	assert_int_equal(alert_confidence(STR("experimental")), 1);
}

#define ALERT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* ---- suppressions ---- */

static struct suppression quiet(const char *asset)
{
	return (struct suppression){.rule_id = STR("rule-1"),
				    .rule_title = STR("Suspicious access"),
				    .asset = str_of(asset),
				    .account = STR(""),
				    .field = STR(""),
				    .value = STR(""),
				    .reason = STR("Penetration test of November"),
				    .expires_at = NOW + 7 * TIME_DAY};
}

static struct suppression look(struct place *p, int64_t id)
{
	struct suppression s = {0};
	struct err e = {0};

	assert_int_equal(suppression_find(p->db, p->scope, id, &p->arena, &s, &e), 0);
	return s;
}

static void what_is_held_back_is_counted_and_found(void **state)
{
	struct place *p = *state;
	struct suppression s = quiet("PC-1");
	struct finding f = finding(p, 4, "PC-1", 11, NOW), else_where = finding(p, 4, "PC-2", 12, NOW);
	struct suppressed *events;
	struct err e = {0};
	uint32_t count;
	int64_t id;

	assert_int_equal(suppression_create(p->db, &p->analyst, &s, NOW, &id, &e), 0);
	assert_int_equal(raise_one(p, &f, false), 0);
	/* The same again, as after a crash: nothing is counted twice. */
	assert_int_equal(raise_one(p, &f, false), 0);
	assert_true(raise_one(p, &else_where, true) > 0);
	assert_int_equal(look(p, id).hits, 1);
	assert_int_equal(suppression_events(p->db, p->scope, id, &p->arena, &events, &count, &e), 0);
	assert_int_equal(count, 1);
	assert_int_equal(events[0].event, 11);
	/* Nobody else's: the other organisation neither sees nor suffers it. */
	f.tenant_id = p->foreign;
	assert_true(raise_one(p, &f, true) > 0);
	assert_int_equal(suppression_end(p->db, &p->stranger, id, NOW, &e), -ERR_NOT_FOUND);
	/* Ended by hand it works no more, and cannot be ended twice. */
	assert_int_equal(suppression_end(p->db, &p->analyst, id, NOW + 1, &e), 0);
	assert_true(str_eq(look(p, id).ended_by, STR("分析担当")));
	assert_int_equal(suppression_end(p->db, &p->analyst, id, NOW + 2, &e), -ERR_WRONG_STATE);
	f = finding(p, 4, "PC-1", 13, NOW);
	assert_true(raise_one(p, &f, true) > 0);
}

static void a_suppression_runs_out_and_may_ask_for_a_value(void **state)
{
	struct place *p = *state;
	struct suppression s = quiet("");
	struct finding f = finding(p, 4, "PC-1", 11, NOW);
	struct event_field fields[] = {{.name = STR("CommandLine"), .text = STR("Backup.EXE /nightly")}};
	struct event ev = {.fields = fields, .field_count = 1};
	struct err e = {0};
	int64_t id, alert;

	s.field = STR("CommandLine");
	s.value = STR("backup.exe /nightly");
	s.expires_at = NOW + TIME_DAY;
	assert_int_equal(suppression_create(p->db, &p->analyst, &s, NOW, &id, &e), 0);
	f.content = &ev;
	assert_int_equal(raise_one(p, &f, false), 0);
	fields[0].text = STR("other.exe");
	f.event = 12;
	assert_true(raise_one(p, &f, true) > 0);
	fields[0].text = STR("backup.exe /nightly");
	f = finding(p, 4, "PC-9", 14, NOW);
	f.content = &ev;
	assert_int_equal(alert_raise(p->db, &f, NOW + TIME_DAY + 1, &alert, NULL, &e), 0);
	assert_true(alert > 0);
	assert_int_equal(look(p, id).hits, 1);
}

static void a_suppression_without_reason_end_or_condition_is_refused(void **state)
{
	struct place *p = *state;
	struct suppression bad[6];
	struct err e = {0};
	int64_t id;

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		bad[i] = quiet("PC-1");
	bad[0].reason = STR("  ");
	bad[1].asset = STR("");
	bad[2].expires_at = NOW + 91 * TIME_DAY;
	bad[3].expires_at = NOW + TIME_MINUTE;
	bad[4].field = STR("CommandLine");
	bad[5].asset = STR("\xff");
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(suppression_create(p->db, &p->analyst, &bad[i], NOW, &id, &e), -ERR_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_held_back_is_counted_and_found, setup, teardown),
		cmocka_unit_test_setup_teardown(a_suppression_runs_out_and_may_ask_for_a_value, setup, teardown),
		cmocka_unit_test_setup_teardown(a_suppression_without_reason_end_or_condition_is_refused, setup,
						teardown),
		ALERT_TEST(near_hits_count_up_and_far_ones_are_new),
		ALERT_TEST(a_replay_of_a_judged_finding_makes_no_twin),
		ALERT_TEST(a_long_name_is_cut_between_characters),
		ALERT_TEST(a_program_does_not_undo_another_one),
		ALERT_TEST(another_organisation_sees_and_changes_nothing),
		ALERT_TEST(acknowledging_assigns_judging_closes_and_both_are_work),
		ALERT_TEST(the_last_own_change_can_be_taken_back),
		ALERT_TEST(pages_follow_one_another_without_gap_or_double),
		ALERT_TEST(filters_and_facets_agree),
		ALERT_TEST(a_bulk_action_is_all_or_nothing),
		ALERT_TEST(priority_follows_the_criteria_in_force),
		cmocka_unit_test(confidence_follows_the_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
