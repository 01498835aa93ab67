/* Fields by name, merging of two people's edits, sets of changes, undo, earlier versions, comments, own services. */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/mem.h"
#include "centre/build/build.h"
#include "guard/audit.h"

struct world {
	struct guarded *g;
	struct content_index *index;
	const struct framework *base;
	struct arena a;
	struct actor anna, ben;
};

static struct actor person(int64_t user_id, int64_t tenant_id, const char *name)
{
	struct actor a = {.kind = ACTOR_SESSION, .user_id = user_id, .tenant_id = tenant_id};

	snprintf(a.name, sizeof(a.name), "%s", name);
	return a;
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	guarded_set_up((void **)&w->g);
	CHECK(content_index_load(STR_NONE, &w->index, NULL) == 0);
	w->base = content_index_find(w->index, STR(FRAMEWORK_DEFAULT));
	arena_init(&w->a, 32u << 20);
	w->anna = person(1, w->g->company, "Anna");
	w->ben = person(2, w->g->company, "Ben");
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	arena_done(&w->a);
	content_index_free(w->index);
	guarded_tear_down((void **)&w->g);
	free(w);
	return 0;
}

static const struct service_state empty = {.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED};

static struct service_state stored(struct world *w, const char *service)
{
	struct state_query q = {.framework = w->base, .service = str_of(service)};
	struct service_state s;

	assert_int_equal(service_state_load(w->g->db, (struct scope){w->g->company}, &q, &w->a, &s, NULL), 0);
	return s;
}

static struct service_state with(struct service_state s, const char *field, const char *text)
{
	enum state_field f;

	assert_true(state_field_parse(str_of(field), &f));
	assert_int_equal(state_field_set(&s, f, str_of(text), NULL), 0);
	return s;
}

static int64_t edit(struct world *w, const struct actor *who, const char *service, const char *field, const char *text)
{
	struct service_state s = with(stored(w, service), field, text);
	struct service_edit e = {str_of(service), s.version, &s};
	struct change_set set = {.framework = w->base, .kind = CHANGE_EDIT, .edits = &e, .count = 1, .now = NOW};
	int64_t id = 0;

	assert_int_equal(change_set_save(w->g->db, who, &set, &id, NULL), 0);
	return id;
}

static int undo(struct world *w, const struct actor *who, int64_t id, int64_t *ret, struct err *e)
{
	struct change_undo u = {.framework = w->base, .id = id, .now = NOW + TIME_HOUR};

	return change_undo(w->g->db, who, &u, ret, e);
}

/* ---- fields ---- */

static void test_text_of_fields(void **state)
{
	static const struct {
		const char *field, *in, *out; /* out NULL: refused */
	} cases[] = {
		{"level", "basic", "basic"},
		{"level", "", ""},
		{"level", "supreme", NULL},
		{"assignment", "both", "both"},
		{"assignment", "nobody", NULL},
		{"team", "  SOC ", "SOC"},
		{"in_now", "4", "4"},
		{"in_now", "４", "4"},
		{"in_now", "0", NULL},
		{"in_now", "7", NULL},
		{"in_now", "3.5", NULL},
		{"out_target", "5", "5"},
		{"area", "4", "4"},
		{"area", "5", NULL},
		{"risk", "3", "3"},
		{"risk", "4", NULL},
		{"not_applicable", "1", "1"},
		{"not_applicable", "", ""},
		{"gap_due", "2027-03-31", "2027-03-31"},
		{"gap_due", "2027-02-30", NULL},
		{"gap_due", "31.3.2027", NULL},
		{"gap_due", "", ""},
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct service_state s = empty;
		struct err e = {0};
		enum state_field f;
		int rc;

		assert_true(state_field_parse(str_of(cases[i].field), &f));
		rc = state_field_set(&s, f, str_of(cases[i].in), &e);
		if (!cases[i].out) {
			assert_int_equal(rc, -ERR_RANGE);
			assert_string_equal(e.path, cases[i].field);
			continue;
		}
		assert_int_equal(rc, 0);
		assert_true(str_eq(state_field_text(&s, f, &w->a), str_of(cases[i].out)));
	}
}

static void test_merge(void **state)
{
	static const struct {
		const char *base, *theirs, *mine, *merged;
		bool conflict;
	} cases[] = {
		{"SOC", "SOC", "SOC", "SOC", false},      {"SOC", "SOC", "CSIRT", "CSIRT", false},
		{"SOC", "CSIRT", "SOC", "CSIRT", false},  {"SOC", "CSIRT", "CSIRT", "CSIRT", false},
		{"SOC", "CSIRT", "PSIRT", "CSIRT", true}, {"", "CSIRT", "PSIRT", "CSIRT", true},
		{"SOC", "", "PSIRT", "", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct service_state base = with(empty, "team", cases[i].base), merged;
		struct service_state theirs = with(empty, "team", cases[i].theirs);
		struct service_state mine = with(empty, "team", cases[i].mine);

		theirs = with(theirs, "provider", "MSS");
		assert_int_equal(state_merge(&base, &theirs, &mine, FIELDS_ALL, &merged),
				 cases[i].conflict ? FIELD_BIT(FIELD_TEAM) : 0);
		assert_true(str_eq(merged.team, str_of(cases[i].merged)));
		assert_true(str_eq(merged.provider, STR("MSS"))); /* of theirs, untouched by mine */
	}
}

/* ---- changes ---- */

static void test_undo_gives_back_what_was(void **state)
{
	static const char *const deeds[][3] = {{"B-1", "level", "basic"},        {"B-1", "assignment", "both"},
					       {"B-1", "in_now", "3"},           {"B-1", "out_now", "4"},
					       {"A-1", "team", "Risk office"},   {"B-1", "in_now", "5"},
					       {"B-1", "gap_due", "2027-01-31"}, {"A-1", "area", "3"}};
	struct service_state before[COUNT_OF(deeds)];
	struct world *w = *state;
	int64_t id;

	for (size_t i = 0; i < COUNT_OF(deeds); i++) {
		before[i] = stored(w, deeds[i][0]);
		edit(w, &w->anna, deeds[i][0], deeds[i][1], deeds[i][2]);
	}
	/* One after the other, newest first; the signature of the scores comes back, too. */
	for (size_t i = COUNT_OF(deeds); i-- > 0;) {
		struct service_state now;

		assert_int_equal(undo(w, &w->anna, 0, &id, NULL), 0);
		now = stored(w, deeds[i][0]);
		assert_int_equal(state_differs(&now, &before[i], FIELDS_ALL), 0);
		assert_true(str_eq(now.signed_by, before[i].signed_by));
		assert_int_equal(now.signed_at, before[i].signed_at);
		assert_true(now.version > before[i].version); /* history is never cut */
	}
	assert_int_equal(undo(w, &w->anna, 0, &id, NULL), -ERR_NOT_FOUND);
}

static void test_redo(void **state)
{
	struct world *w = *state;
	struct change_buttons b;
	struct service_state s;
	int64_t done = edit(w, &w->anna, "C-1", "team", "Forensics"), undone, redone;

	assert_int_equal(undo(w, &w->anna, done, &undone, NULL), 0);
	assert_int_equal(change_buttons(w->g->db, &w->anna, w->base, &b, NULL), 0);
	assert_int_equal(b.undo, 0);
	assert_int_equal(b.redo, undone);
	assert_int_equal(undo(w, &w->anna, b.redo, &redone, NULL), 0);
	s = stored(w, "C-1");
	assert_true(str_eq(s.team, STR("Forensics")));
	assert_int_equal(change_buttons(w->g->db, &w->anna, w->base, &b, NULL), 0);
	assert_int_equal(b.undo, redone);
	assert_int_equal(b.redo, 0);
	assert_int_equal(undo(w, &w->anna, done, &undone, NULL), -ERR_WRONG_STATE);
}

static void test_undo_overwrites_nobody(void **state)
{
	struct world *w = *state;
	struct err e = {0};
	int64_t id = 0;

	edit(w, &w->anna, "D-1", "team", "CSIRT");
	edit(w, &w->ben, "D-1", "team", "Service desk");
	assert_int_equal(undo(w, &w->anna, 0, &id, &e), -ERR_CONFLICT);
	assert_string_equal(e.value, "D-1");
	assert_string_equal(e.expected, "Ben");
	assert_true(str_eq(stored(w, "D-1").team, STR("Service desk")));
	/* Nobody else takes back Anna's change by asking for his own last one. */
	assert_int_equal(undo(w, &w->ben, 0, &id, NULL), 0);
	assert_true(str_eq(stored(w, "D-1").team, STR("CSIRT")));
}

static int64_t bulk(struct world *w, const char *const *services, uint32_t count, const char *team)
{
	struct service_state states[8];
	struct service_edit edits[8];
	struct change_set set = {.framework = w->base, .kind = CHANGE_BULK, .edits = edits, .count = count, .now = NOW};
	int64_t id = 0;

	for (uint32_t i = 0; i < count; i++) {
		states[i] = with(stored(w, services[i]), "team", team);
		edits[i] = (struct service_edit){str_of(services[i]), states[i].version, &states[i]};
	}
	assert_int_equal(change_set_save(w->g->db, &w->anna, &set, &id, NULL), 0);
	return id;
}

static int64_t count_trail(struct world *w, const char *action)
{
	struct scope scope = {w->g->company};
	int64_t count = 0;
	struct stmt st;

	assert_int_equal(db_prepare(w->g->db, &Q_audit_list, &scope, &st, NULL), 0);
	stmt_i64(&st, "before_at", INT64_MAX);
	stmt_i64(&st, "before_seq", INT64_MAX);
	stmt_text(&st, "action", str_of(action));
	stmt_text(&st, "object", STR(""));
	stmt_i64(&st, "limit", 100);
	while (stmt_step(&st, NULL) > 0)
		count++;
	stmt_done(&st);
	return count;
}

static void test_bulk_is_one_change_and_one_undo(void **state)
{
	static const char *const services[] = {"E-1", "E-2", "E-3", "E-4"};
	struct world *w = *state;
	int64_t id, again;

	edit(w, &w->anna, "E-2", "team", "IT"); /* is so already: gets no version */
	id = bulk(w, services, COUNT_OF(services), "IT");
	assert_true(id > 0);
	assert_int_equal(count_trail(w, "portfolio.bulk"), 1);
	assert_int_equal(stored(w, "E-2").version, 1);
	assert_int_equal(bulk(w, services, COUNT_OF(services), "IT"), 0); /* nothing differs */
	assert_int_equal(undo(w, &w->anna, 0, &again, NULL), 0);
	assert_true(str_eq(stored(w, "E-1").team, STR("")));
	assert_true(str_eq(stored(w, "E-2").team, STR("IT")));
	assert_true(str_eq(stored(w, "E-4").team, STR("")));
}

static void test_bulk_saves_all_rows_or_none(void **state)
{
	struct world *w = *state;
	struct service_state one = with(stored(w, "F-1"), "team", "CTI"), two = with(stored(w, "F-2"), "team", "CTI");
	struct service_edit edits[] = {{STR("F-1"), 0, &one}, {STR("F-2"), 0, &two}};
	struct change_set set = {.framework = w->base, .kind = CHANGE_BULK, .edits = edits, .count = 2, .now = NOW};
	struct err e = {0};
	int64_t id = 0;

	edit(w, &w->ben, "F-2", "team", "SOC");
	assert_int_equal(change_set_save(w->g->db, &w->anna, &set, &id, &e), -ERR_CONFLICT);
	assert_string_equal(e.detail, "F-2");
	assert_int_equal(stored(w, "F-1").version, 0);
	assert_true(str_eq(stored(w, "F-2").team, STR("SOC")));
}

static void test_restore(void **state)
{
	struct world *w = *state;
	struct change_restore r = {.framework = w->base, .service = STR("G-1"), .version = 1, .now = NOW + 5};
	struct err e = {0};
	int64_t id = 0;

	edit(w, &w->anna, "G-1", "in_now", "2");
	edit(w, &w->anna, "G-1", "in_now", "4");
	r.expected = 2;
	assert_int_equal(change_restore(w->g->db, &w->ben, &r, &id, NULL), 0);
	assert_int_equal(stored(w, "G-1").now[SIDE_IN], 2);
	assert_true(str_eq(stored(w, "G-1").signed_by, STR("Ben"))); /* a declaration of his own */
	r.expected = 2;
	assert_int_equal(change_restore(w->g->db, &w->ben, &r, &id, &e), -ERR_CONFLICT);
	r.version = 9;
	assert_int_equal(change_restore(w->g->db, &w->ben, &r, &id, &e), -ERR_NOT_FOUND);
}

static void test_comments(void **state)
{
	struct world *w = *state;
	struct comment_new n = {
		.framework = w->base, .service = STR("A-1"), .body = STR(" Ask the board "), .now = NOW};
	struct comment_query q = {w->base, STR("A-1"), NOW + TIME_MINUTE};
	struct comment_list list;
	uint32_t counts[FRAMEWORK_SERVICES_MAX];
	int64_t id = 0;

	assert_int_equal(comment_add(w->g->db, &w->anna, &n, &id, NULL), 0);
	assert_int_equal(comment_list(w->g->db, &w->ben, &q, &w->a, &list, NULL), 0);
	assert_int_equal(list.count, 1);
	assert_true(str_eq(list.items[0].body, STR("Ask the board")));
	assert_false(list.items[0].removable);
	assert_int_equal(comment_remove(w->g->db, &w->ben, id, NOW, NULL), -ERR_DENIED);
	assert_int_equal(comment_remove(w->g->db, &w->anna, id, NOW + COMMENT_REMOVE_LIFE + 1, NULL), -ERR_DENIED);
	assert_int_equal(comment_remove(w->g->db, &w->anna, id, NOW + COMMENT_REMOVE_LIFE, NULL), 0);
	assert_int_equal(comment_remove(w->g->db, &w->anna, id, NOW, NULL), -ERR_NOT_FOUND);
	assert_int_equal(comment_counts(w->g->db, (struct scope){w->g->company}, w->base, counts, NULL), 0);
	assert_int_equal(counts[0], 0);
	n.body = STR("  ");
	assert_int_equal(comment_add(w->g->db, &w->anna, &n, &id, NULL), -ERR_RANGE);
	n.service = STR("Z-9");
	assert_int_equal(comment_add(w->g->db, &w->anna, &n, &id, NULL), -ERR_NOT_FOUND);
}

/* ---- own services ---- */

static int own(struct world *w, const char *id, const char *category, struct err *e)
{
	struct own_change c = {.framework = w->base,
			       .service = {.id = str_of(id),
					   .category = str_of(category),
					   .name = {{STR_INIT("Plant safety watch"), STR_INIT("工場の安全監視")}},
					   .level = SERVICE_BASIC,
					   .area = 2,
					   .cadence = STR("daily")},
			       .now = NOW};

	return own_service_save(w->g->db, &w->anna, &c, e);
}

static void test_own_service_takes_part(void **state)
{
	struct world *w = *state;
	struct portfolio_query q = {.now = NOW};
	struct service_state s = with(with(empty, "assignment", "insource"), "in_now", "4");
	struct service_change c = {.service = STR("B-OT"), .state = &s, .now = NOW};
	struct work_entry entry = {.work = {.service = STR("B-OT"), .started = NOW, .ended = NOW}, .now = NOW};
	struct portfolio p;
	const struct fw_service *found;
	int64_t version, id;

	assert_int_equal(own(w, "B-OT", "B", NULL), 0);
	assert_int_equal(framework_of(w->g->db, (struct scope){w->g->company}, w->base, &w->a, &q.framework, NULL), 0);
	assert_int_equal(q.framework->service_count, w->base->service_count + 1);
	for (uint32_t i = 0; i < q.framework->service_count; i++)
		assert_int_equal(q.framework->services[i].index, i);
	found = framework_service(q.framework, STR("B-OT"));
	assert_non_null(found);
	assert_int_equal(found->category, framework_service(w->base, STR("B-1"))->category);
	c.framework = entry.framework = q.framework;
	assert_int_equal(service_state_save(w->g->db, &w->anna, &c, &version, NULL), 0);
	assert_int_equal(service_work_enter(w->g->db, &w->anna, &entry, &id, NULL), 0);
	assert_int_equal(portfolio_load(w->g->db, (struct scope){w->g->company}, &q, &w->a, &p, NULL), 0);
	assert_int_equal(p.items[found->index].now, 400);
	assert_int_equal(p.items[found->index].evidence.score, 2);
	assert_int_equal(p.total.now.count, 1);
	/* Another organisation has nothing of it. */
	assert_int_equal(framework_of(w->g->db, (struct scope){w->g->other}, w->base, &w->a, &q.framework, NULL), 0);
	assert_ptr_equal(q.framework, w->base);
}

static void test_own_service_refused(void **state)
{
	static const struct {
		const char *id, *category, *key;
	} cases[] = {{"B-1", "B", "err.build.own.taken"},
		     {"b-ot", "B", "err.build.own.id"},
		     {"B", "B", "err.build.own.id"},
		     {"B/OT", "B", "err.build.own.id"},
		     {"B-OT", "Q", "err.build.own.category"}};
	struct world *w = *state;
	struct err e = {0};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(own(w, cases[i].id, cases[i].category, &e), -ERR_RANGE);
		assert_string_equal(e.id, cases[i].key);
	}
	assert_int_equal(own(w, "B-OT", "B", NULL), 0);
	assert_int_equal(own(w, "B-OT", "B", &e), -ERR_CONFLICT);
}

static void test_names_of_accounts(void **state)
{
	struct world *w = *state;
	int64_t hanako = guarded_account(w->g, STR("hanako@example.jp"), w->g->company, ROLE_ANALYST);

	edit(w, &w->anna, "I-1", "owner", "Hanako");
	assert_int_equal(stored(w, "I-1").owner_id, hanako);
	edit(w, &w->anna, "I-1", "team", "HR"); /* stays */
	assert_int_equal(stored(w, "I-1").owner_id, hanako);
	edit(w, &w->anna, "I-1", "owner", "Somebody");
	assert_int_equal(stored(w, "I-1").owner_id, 0);
	guarded_account(w->g, STR("hanako2@example.jp"), w->g->company, ROLE_ANALYST); /* now two of one name */
	edit(w, &w->anna, "I-1", "owner", "Hanako");
	assert_int_equal(stored(w, "I-1").owner_id, 0);
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(test_text_of_fields),
		WORLD(test_merge),
		WORLD(test_undo_gives_back_what_was),
		WORLD(test_redo),
		WORLD(test_undo_overwrites_nobody),
		WORLD(test_bulk_is_one_change_and_one_undo),
		WORLD(test_bulk_saves_all_rows_or_none),
		WORLD(test_restore),
		WORLD(test_comments),
		WORLD(test_own_service_takes_part),
		WORLD(test_own_service_refused),
		WORLD(test_names_of_accounts),
	};

	return cmocka_run_group_tests_name("centre_change", tests, NULL, NULL);
}
