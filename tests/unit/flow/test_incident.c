#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/work/work.h"
#include "flow/incident/incident.h"
#include "guard/tenant.h"

#define NOW (1795000000 * TIME_SECOND)

struct place {
	char folder[64];
	struct db *db;
	struct blobs *blobs;
	struct arena arena;
	struct scope scope;
	struct actor handler, analyst, stranger;
	int64_t tenant, foreign;
	struct err e;
};

static struct actor person(int64_t user_id, int64_t tenant_id, enum role role)
{
	struct actor a = {.kind = ACTOR_SESSION,
			  .role = role,
			  .user_id = user_id,
			  .tenant_id = tenant_id,
			  .home_tenant_id = tenant_id,
			  .permissions = role_permissions(role)};

	snprintf(a.name, sizeof(a.name), "user %lld", (long long)user_id);
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
	char path[96];

	snprintf(p->folder, sizeof(p->folder), "/tmp/noroshi-incident-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(path, sizeof(path), "%s/records.db", p->folder);
	arena_init(&p->arena, 64u << 20);
	assert_int_equal(db_open(str_of(path), &p->db, &p->e), 0);
	assert_int_equal(db_migrate(p->db, &p->e), 0);
	assert_int_equal(blobs_open(str_of(p->folder), &p->blobs, &p->e), 0);
	assert_int_equal(db_begin(p->db, &p->e), 0);
	assert_int_equal(tenant_create(p->db, &t, NOW, &p->tenant, &p->e), 0);
	t.slug = STR("beta");
	assert_int_equal(tenant_create(p->db, &t, NOW, &p->foreign, &p->e), 0);
	p->scope = (struct scope){p->tenant};
	p->handler = person(7, p->tenant, ROLE_HANDLER);
	p->analyst = person(8, p->tenant, ROLE_ANALYST);
	p->stranger = person(9, p->foreign, ROLE_HANDLER);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char command[128];

	db_rollback(p->db);
	db_close(p->db);
	blobs_close(p->blobs);
	arena_done(&p->arena);
	snprintf(command, sizeof(command), "rm -rf %s", p->folder);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

static int64_t create(struct place *p, const char *title, struct alert_set alerts)
{
	struct incident_new new = {.title = str_of(title), .severity = 4, .alerts = alerts};
	int64_t id = 0;

	assert_int_equal(incident_create(p->db, &p->handler, &new, NOW, &id, &p->e), 0);
	return id;
}

static struct incident get(struct place *p, int64_t id)
{
	struct incident in = {0};

	assert_int_equal(incident_find(p->db, p->scope, id, &p->arena, &in, &p->e), 0);
	return in;
}

static int move(struct place *p, int64_t id, enum incident_state to, const char *reason)
{
	struct incident_move m = {.id = id, .to = to, .reason = str_of(reason)};

	return incident_move(p->db, &p->handler, &m, NOW + 100, &p->e);
}

static int64_t alert(struct place *p, const char *asset, event_id event)
{
	struct finding f = {.tenant_id = p->tenant,
			    .rule_id = STR("r"),
			    .rule_title = STR("Rule"),
			    .level = 4,
			    .confidence = 2,
			    .asset = str_of(asset),
			    .event = event,
			    .event_at = NOW};
	int64_t id = 0;

	assert_int_equal(alert_raise(p->db, &f, NOW, &id, NULL, &p->e), 0);
	return id;
}

static void the_states_are_walked_to_the_end_and_each_is_work_of_its_service(void **state)
{
	struct place *p = *state;
	const enum incident_state way[] = {INCIDENT_TRIAGE,    INCIDENT_INVESTIGATE, INCIDENT_CONTAIN,
					   INCIDENT_ERADICATE, INCIDENT_RECOVER,     INCIDENT_REVIEW};
	const char *services[] = {"D-1", "D-3", "D-2", "D-4", "D-4", "D-5"};
	int64_t id = create(p, "侵入", (struct alert_set){0});
	struct work_list work;
	struct incident in;

	for (size_t i = 0; i < COUNT_OF(way); i++) {
		assert_int_equal(move(p, id, way[i], ""), 0);
		assert_int_equal(work_list(p->db, p->scope, STR_NONE, (struct work_cursor){0}, &p->arena, &work, &p->e),
				 0);
		assert_true(str_eq(work.rows[0].work.service, str_of(services[i])));
	}
	assert_int_equal(move(p, id, INCIDENT_CLOSED, "  "), -ERR_RANGE);
	assert_string_equal(p->e.id, "err.incident.reason");
	assert_int_equal(move(p, id, INCIDENT_CLOSED, "すべて復旧した"), 0);
	in = get(p, id);
	assert_int_equal(in.state, INCIDENT_CLOSED);
	assert_true(str_eq(in.close_reason, STR("すべて復旧した")));
	assert_int_equal(in.version, 8);
	assert_string_equal(in.ref, "INC-2026-0001");
	assert_int_equal(move(p, id, INCIDENT_CONTAIN, "x"), -ERR_WRONG_STATE);
	assert_int_equal(move(p, id, INCIDENT_INVESTIGATE, "再発"), 0);
	assert_int_equal(get(p, id).closed_at, 0);
	assert_string_equal(get(p, create(p, "another", (struct alert_set){0})).ref, "INC-2026-0002");
}

static void only_steps_of_the_table_are_possible(void **state)
{
	struct place *p = *state;

	for (unsigned from = 0; from < INCIDENT_STATE_COUNT; from++)
		assert_null(incident_step_find(from, from));
	for (const struct incident_step *s = incident_steps; s->permission != PERM_NONE; s++) {
		assert_ptr_equal(incident_step_find(s->from, s->to), s);
		assert_true(s->to != INCIDENT_CLOSED || (s->needs_reason && s->permission == PERM_INCIDENT_CLOSE));
	}
	assert_int_equal(move(p, create(p, "a", (struct alert_set){0}), INCIDENT_RECOVER, ""), -ERR_WRONG_STATE);
	assert_string_equal(p->e.expected, "new");
}

static void who_may_not_close_is_refused(void **state)
{
	struct place *p = *state;
	int64_t id = create(p, "a", (struct alert_set){0});
	struct incident_move m = {.id = id, .to = INCIDENT_CLOSED, .reason = STR("誤り")};

	p->analyst.permissions &= ~(UINT64_C(1) << PERM_INCIDENT_CLOSE);
	assert_int_equal(incident_move(p->db, &p->analyst, &m, NOW, &p->e), -ERR_DENIED);
	assert_int_equal(get(p, id).state, INCIDENT_NEW);
	assert_int_equal(incident_move(p->db, &p->handler, &m, NOW, &p->e), 0);
}

static void an_old_version_is_refused(void **state)
{
	struct place *p = *state;
	int64_t id = create(p, "a", (struct alert_set){0});
	struct incident_move m = {.id = id, .version = 1, .to = INCIDENT_TRIAGE};
	struct incident_edit edit = {
		.id = id, .version = 1, .class = STR("malicious-code/infected-system"), .severity = 5};

	assert_int_equal(incident_move(p->db, &p->handler, &m, NOW, &p->e), 0);
	assert_int_equal(incident_edit(p->db, &p->handler, &edit, NOW, &p->e), -ERR_CONFLICT);
	edit.version = 2;
	assert_int_equal(incident_edit(p->db, &p->handler, &edit, NOW, &p->e), 0);
	assert_int_equal(get(p, id).severity, 5);
	assert_true(str_eq(get(p, id).class, edit.class));
	assert_true(str_eq(get(p, id).title, STR("a")));
}

static void alerts_become_one_incident_and_belong_to_it(void **state)
{
	struct place *p = *state;
	int64_t ids[3] = {alert(p, "PC-1", 1), alert(p, "PC-2", 2), alert(p, "PC-3", 3)};
	int64_t id = create(p, "a", (struct alert_set){.ids = ids, .count = 2});
	struct alert_set third = {.ids = ids + 2, .count = 1};
	struct alert_filter f = alert_filter_all();
	struct incident_filter all = {.owner_id = ALERT_ANYBODY};
	struct incident_list list;
	struct alert_list alerts;
	struct incident_new again = {.title = STR("b"), .severity = 3, .alerts = {.ids = ids, .count = 1}};
	int64_t other;

	assert_int_equal(incident_add_alerts(p->db, &p->handler, id, &third, NOW, &p->e), 0);
	f.incident_id = id;
	assert_int_equal(alert_list(p->db, p->scope, &f, &p->arena, &alerts, &p->e), 0);
	assert_int_equal(alerts.count, 3);
	assert_int_equal(alerts.alerts[0].state, ALERT_ACKNOWLEDGED);
	assert_int_equal(incident_list(p->db, p->scope, &all, &p->arena, &list, &p->e), 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.incidents[0].alerts, 3);
	assert_int_equal(incident_create(p->db, &p->handler, &again, NOW, &other, &p->e), -ERR_WRONG_STATE);
}

static void evidence_is_kept_with_its_custody(void **state)
{
	struct place *p = *state;
	int64_t id = create(p, "a", (struct alert_set){0}), evidence_id;
	struct evidence_new new = {.incident_id = id, .name = STR("memory.raw"), .description = STR("保全")};
	struct incident_entry *entries;
	struct custody *custody;
	struct evidence_item ev;
	struct evidence_key key = {.incident_id = id};
	struct work_list work;
	uint32_t count;

	assert_int_equal(blob_put(p->blobs, STR("bytes of a memory image"), &new.blob, &p->e), 0);
	assert_int_equal(evidence_add(p->db, &p->handler, &new, NOW + 5, &evidence_id, &p->e), 0);
	key.id = evidence_id;
	assert_int_equal(evidence_find(p->db, p->scope, &key, &p->arena, &ev, &p->e), 0);
	assert_true(str_eq(ev.sha256, digest_str(&new.blob.sha256)));
	assert_int_equal(ev.number, 1);
	assert_int_equal(evidence_find(p->db, (struct scope){p->foreign}, &key, &p->arena, &ev, &p->e), -ERR_NOT_FOUND);
	assert_int_equal(evidence_read(p->db, &p->analyst, &ev, STR("解析"), NOW + 6, &p->e), 0);
	assert_int_equal(custody_list(p->db, p->scope, evidence_id, &p->arena, &custody, &count, &p->e), 0);
	assert_int_equal(count, 2);
	assert_true(str_eq(custody[0].action, STR("collected")) && str_eq(custody[1].action, STR("read")));
	assert_true(str_eq(custody[1].user_name, STR("user 8")));
	assert_int_equal(work_list(p->db, p->scope, STR("C-4"), (struct work_cursor){0}, &p->arena, &work, &p->e), 0);
	assert_int_equal(work.count, 1);
	assert_int_equal(incident_timeline(p->db, p->scope, id, &p->arena, &entries, &count, &p->e), 0);
	assert_true(str_eq(entries[0].kind, STR("evidence")) && str_eq(entries[0].detail, STR("memory.raw")));
	new.incident_id = 999;
	assert_int_equal(evidence_add(p->db, &p->handler, &new, NOW, &evidence_id, &p->e), -ERR_NOT_FOUND);
	new.incident_id = id;
	assert_int_equal(evidence_add(p->db, &p->stranger, &new, NOW, &evidence_id, &p->e), -ERR_NOT_FOUND);
}

static void notes_and_texts_have_limits(void **state)
{
	struct place *p = *state;
	int64_t id = create(p, "a", (struct alert_set){0});
	struct incident_new none = {.title = STR("  "), .severity = 3}, worse = {.title = STR("x"), .severity = 6};
	int64_t other;

	assert_int_equal(incident_note(p->db, &p->handler, id, STR("# 経過\n端末を隔離"), NOW, &p->e), 0);
	assert_int_equal(incident_note(p->db, &p->handler, id, STR(" \n"), NOW, &p->e), -ERR_RANGE);
	assert_int_equal(incident_note(p->db, &p->handler, id, STR("\xff"), NOW, &p->e), -ERR_RANGE);
	assert_int_equal(incident_note(p->db, &p->stranger, id, STR("x"), NOW, &p->e), -ERR_NOT_FOUND);
	assert_int_equal(incident_create(p->db, &p->handler, &none, NOW, &other, &p->e), -ERR_RANGE);
	assert_string_equal(p->e.path, "title");
	assert_int_equal(incident_create(p->db, &p->handler, &worse, NOW, &other, &p->e), -ERR_RANGE);
}

static void classes_come_from_content(void **state)
{
	struct place *p = *state;
	struct incident_class *classes;
	uint32_t count;

	assert_int_equal(incident_classes(STR_NONE, &p->arena, &classes, &count, &p->e), 0);
	assert_true(count > 35);
	assert_true(str_eq(classes[0].id, STR("abusive-content/spam")));
	for (uint32_t i = 0; i < count; i++)
		assert_true(classes[i].name_en.len && classes[i].name_ja.len && classes[i].group_ja.len);
}

#define INCIDENT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		INCIDENT_TEST(the_states_are_walked_to_the_end_and_each_is_work_of_its_service),
		INCIDENT_TEST(only_steps_of_the_table_are_possible),
		INCIDENT_TEST(who_may_not_close_is_refused),
		INCIDENT_TEST(an_old_version_is_refused),
		INCIDENT_TEST(alerts_become_one_incident_and_belong_to_it),
		INCIDENT_TEST(evidence_is_kept_with_its_custody),
		INCIDENT_TEST(notes_and_texts_have_limits),
		INCIDENT_TEST(classes_come_from_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
