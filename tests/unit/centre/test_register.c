/* Registers in a real store: fields by type, moves by table, attendance as work, need to know; every service has a
 * home. */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/mem.h"
#include "centre/manage/manage.h"
#include "centre/register/register.h"

struct world {
	struct guarded *g;
	struct content_index *index;
	struct registers *registers;
	struct register_house h;
	struct arena a;
	struct actor analyst, ciso;
};

static struct actor person(const struct world *w, int64_t id, enum role role)
{
	struct actor a = {.kind = ACTOR_SESSION,
			  .role = role,
			  .permissions = role_permissions(role),
			  .user_id = id,
			  .tenant_id = w->g->company,
			  .home_tenant_id = w->g->company};

	snprintf(a.name, sizeof(a.name), "person %d", (int)id);
	return a;
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	guarded_set_up((void **)&w->g);
	CHECK(content_index_load(STR_NONE, &w->index, NULL) == 0);
	w->h.framework = content_index_find(w->index, STR(FRAMEWORK_DEFAULT));
	CHECK(registers_load(STR_NONE, w->h.framework, &w->registers, NULL) == 0);
	w->h.registers = w->registers;
	w->h.now = NOW;
	arena_init(&w->a, 64u << 20);
	w->analyst = person(w, 1, ROLE_ANALYST);
	w->ciso = person(w, 2, ROLE_CISO);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	arena_done(&w->a);
	registers_free(w->registers);
	content_index_free(w->index);
	guarded_tear_down((void **)&w->g);
	free(w);
	return 0;
}

static struct register_item fresh(struct world *w, const char *kind)
{
	struct register_item item = {
		.kind = register_kind_find(w->registers, str_of(kind)), .title = STR("title"), .review = DAY_NONE};

	assert_non_null(item.kind);
	item.service = item.kind->services[0];
	for (uint32_t i = 0; i < item.kind->field_count; i++) {
		const struct register_field *f = &item.kind->fields[i];

		item.values[i] = f->type == FIELD_CHOICE ? f->choices[0]
				 : f->type == FIELD_DATE ? STR("2026-11-21")
							 : STR("7");
	}
	return item;
}

static int64_t make(struct world *w, const struct actor *who, const struct register_item *item)
{
	int64_t id = 0;

	assert_int_equal(register_save(w->g->db, who, &w->h, item, &id, NULL), 0);
	return id;
}

static int move(struct world *w, int64_t id, const char *to, struct err *e)
{
	struct register_item item;

	assert_int_equal(register_load(w->g->db, &w->ciso, w->registers, id, &w->a, &item, NULL), 0);
	return register_move(w->g->db, &w->ciso, &w->h,
			     &(struct register_move){id, item.version, str_of(to), STR("why")}, e);
}

/* Issue 4: all 64 services have a home (a register) and a schedule (a proposal of the calendar). */
static void every_service_has_a_home_and_a_schedule(void **state)
{
	struct world *w = *state;
	struct task_proposals *p = NULL;

	assert_int_equal(w->h.framework->service_count, 64);
	assert_int_equal(task_proposals_load(STR_NONE, w->h.framework, &p, NULL), 0);
	for (uint32_t s = 0; s < w->h.framework->service_count; s++) {
		str id = w->h.framework->services[s].id;
		int homes = 0, schedules = 0;

		for (uint32_t i = 0; i < w->registers->count; i++)
			for (uint32_t k = 0; k < w->registers->kinds[i].service_count; k++)
				homes += str_eq(w->registers->kinds[i].services[k], id);
		for (uint32_t i = 0; i < p->count; i++)
			schedules += str_eq(p->items[i].service, id);
		if (!homes || !schedules)
			fail_msg(STR_FMT ": %d homes, %d schedules", STR_ARG(id), homes, schedules);
	}
	task_proposals_free(p);
}

/* Every kind of the content takes an entry, and from its first state an end can be reached. */
static void every_kind_works_to_its_end(void **state)
{
	struct world *w = *state;

	for (uint32_t i = 0; i < w->registers->count; i++) {
		const struct register_kind *k = &w->registers->kinds[i];
		struct register_item item = fresh(w, arena_str(&w->a, k->id).ptr), back;
		int64_t id = make(w, &w->ciso, &item);
		uint32_t reached = 1, ends = 0;

		assert_int_equal(register_load(w->g->db, &w->ciso, w->registers, id, &w->a, &back, NULL), 0);
		for (uint32_t f = 0; f < k->field_count; f++)
			assert_true(str_eq(back.values[f], item.values[f]));
		for (uint32_t round = 0; round < k->state_count; round++)
			for (uint32_t s = 0; s < k->state_count; s++)
				reached |= reached & 1u << s ? k->states[s].next : 0;
		for (uint32_t s = 0; s < k->state_count; s++)
			ends |= k->states[s].is_final ? 1u << s : 0;
		assert_true(reached & ends);
		assert_int_equal(reached, (1u << k->state_count) - 1);
	}
}

static void values_are_checked_by_type(void **state)
{
	static const struct {
		const char *kind, *field, *value;
	} bad[] = {{"tests", "start", "2026-02-30"},
		   {"tests", "open_findings", "-1"},
		   {"tests", "open_findings", "７"},
		   {"changes", "risk", "huge"},
		   {"changes", "difference", " "}};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct register_item item = fresh(w, bad[i].kind);
		struct err e;
		int64_t id;

		for (uint32_t f = 0; f < item.kind->field_count; f++)
			if (str_eq(item.kind->fields[f].id, str_of(bad[i].field)))
				item.values[f] = str_of(bad[i].value);
		assert_int_equal(register_save(w->g->db, &w->analyst, &w->h, &item, &id, &e), -ERR_RANGE);
		assert_string_equal(e.path, bad[i].field);
	}
}

static void moves_follow_the_table_and_are_work(void **state)
{
	struct world *w = *state;
	struct register_item item = fresh(w, "changes");
	int64_t id = make(w, &w->analyst, &item);
	struct work_list work;
	struct err e;

	assert_int_equal(move(w, id, "applied", &e), -ERR_WRONG_STATE);
	assert_int_equal(move(w, id, "judged", NULL), 0);
	assert_int_equal(move(w, id, "approved", NULL), 0);
	assert_int_equal(
		register_move(w->g->db, &w->ciso, &w->h, &(struct register_move){id, 1, STR("applied"), STR("")}, &e),
		-ERR_CONFLICT);
	assert_int_equal(
		work_list(w->g->db, actor_scope(&w->ciso), item.service, (struct work_cursor){0}, &w->a, &work, NULL),
		0);
	assert_int_equal(work.count, 3);
}

static void who_attended_has_an_occasion(void **state)
{
	struct world *w = *state;
	struct register_item item = fresh(w, "exercises");
	int64_t id = make(w, &w->ciso, &item);
	struct work_person *people;
	uint32_t count, exercised = 0;

	for (int64_t who = 11; who <= 13; who++)
		assert_int_equal(
			register_person_put(w->g->db, &w->ciso, &w->h,
					    &(struct register_person_put){id, who, STR("somebody"),
									  who == 13 ? PART_ABSENT : PART_ATTENDED},
					    NULL),
			0);
	assert_int_equal(move(w, id, "running", NULL), 0);
	assert_int_equal(move(w, id, "done", NULL), 0);
	assert_int_equal(work_people(w->g->db, actor_scope(&w->ciso), &w->a, &people, &count, NULL), 0);
	for (uint32_t i = 0; i < count; i++)
		exercised += people[i].occasion == OCCASION_EXERCISE;
	assert_int_equal(exercised, 2);
}

static void a_restricted_entry_exists_only_for_who_needs_to_know(void **state)
{
	struct world *w = *state;
	struct register_item item = fresh(w, "fraud"), got;
	struct actor other = person(w, 3, ROLE_HANDLER), stranger = w->ciso;
	struct register_list list;
	int64_t id = make(w, &w->analyst, &item);
	struct err e;

	assert_int_equal(register_load(w->g->db, &other, w->registers, id, &w->a, &got, &e), -ERR_NOT_FOUND);
	assert_int_equal(register_list(w->g->db, &other, item.kind, &w->a, &list, NULL), 0);
	assert_int_equal(list.count, 0);
	assert_int_equal(
		register_move(w->g->db, &other, &w->h, &(struct register_move){id, 1, STR("doing"), STR("")}, &e),
		-ERR_NOT_FOUND);
	assert_int_equal(register_person_put(w->g->db, &w->analyst, &w->h,
					     &(struct register_person_put){id, 3, STR("other"), PART_KNOWS}, NULL),
			 0);
	assert_int_equal(register_load(w->g->db, &other, w->registers, id, &w->a, &got, NULL), 0);
	assert_int_equal(register_list(w->g->db, &other, item.kind, &w->a, &list, NULL), 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(register_load(w->g->db, &w->ciso, w->registers, id, &w->a, &got, NULL), 0);
	stranger.tenant_id = w->g->other;
	assert_int_equal(register_load(w->g->db, &stranger, w->registers, id, &w->a, &got, &e), -ERR_NOT_FOUND);
	assert_int_equal(register_person_put(w->g->db, &w->ciso, &w->h,
					     &(struct register_person_put){id, 3, STR("x"), PART_READ}, &e),
			 -ERR_DENIED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(every_service_has_a_home_and_a_schedule),
		TEST(every_kind_works_to_its_end),
		TEST(values_are_checked_by_type),
		TEST(moves_follow_the_table_and_are_work),
		TEST(who_attended_has_an_occasion),
		TEST(a_restricted_entry_exists_only_for_who_needs_to_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
