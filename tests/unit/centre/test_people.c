/* People: who is named, who is away, who may read whose name. */
#include "tests.h"

#include "../guard/guarded.h"
#include "base/mem.h"
#include "centre/people/people.h"

static struct actor person(int64_t user_id, int64_t tenant_id)
{
	return (struct actor){
		.kind = ACTOR_SESSION, .role = ROLE_ANALYST, .user_id = user_id, .tenant_id = tenant_id, .name = "x"};
}

static struct people load(struct guarded *g, int64_t tenant, struct arena *a)
{
	struct people p = {0};

	assert_int_equal(people_load(g->db, (struct scope){tenant}, NOW, a, &p, NULL), 0);
	return p;
}

static int64_t add(struct guarded *g, const struct actor *who, const char *name, int64_t team)
{
	struct person p = {.name = str_of(name), .team_id = team, .is_active = true};
	int64_t id = 0;

	assert_int_equal(person_save(g->db, who, &p, NOW, &id, NULL), 0);
	return id;
}

static void test_named_and_away(void **state)
{
	struct guarded *g = *state;
	struct actor who = person(1, g->company), other = person(2, g->other);
	_cleanup_(arena_done) struct arena a = {0};
	struct service_people s = {.service = STR("B-1"), .deputy_count = 1};
	struct absence away = {.from = NOW - TIME_DAY, .to = NOW + TIME_DAY};
	struct people p;
	struct err e = {0};
	int64_t id = 0, stranger;

	arena_init(&a, 8u << 20);
	s.owner_id = add(g, &who, "Sato", 0);
	s.deputies[0] = add(g, &who, "Tanaka", 0); /* without a login */
	assert_int_equal(service_people_set(g->db, &who, &s, NOW, &e), 0);
	p = load(g, g->company, &a);
	assert_int_equal(p.part_count, 2);
	assert_int_equal(p.parts[0].part, PART_OWNER);
	assert_int_equal(p.parts[0].person_id, s.owner_id);
	away.person_id = s.owner_id;
	assert_int_equal(absence_add(g->db, &who, &away, NOW, &id, &e), 0);
	assert_true(people_is_away(&(struct people){0}, 1) == false);
	p = load(g, g->company, &a);
	assert_true(people_is_away(&p, s.owner_id));
	assert_false(people_is_away(&p, s.deputies[0]));
	assert_int_equal(absence_remove(g->db, &other, id, NOW, &e), -ERR_NOT_FOUND);
	assert_int_equal(absence_remove(g->db, &who, id, NOW, &e), 0);

	stranger = add(g, &other, "Stranger", 0); /* nobody of another organisation can be named */
	s.owner_id = stranger;
	assert_int_equal(service_people_set(g->db, &who, &s, NOW, &e), -ERR_RANGE);
	assert_string_equal(e.path, "owner");
	s.owner_id = 0;
	s.deputies[0] = stranger;
	assert_int_equal(service_people_set(g->db, &who, &s, NOW, &e), -ERR_RANGE);
	p = load(g, g->company, &a);
	assert_int_equal(p.part_count, 2); /* a refused change changes nothing */
	assert_int_equal(load(g, g->other, &a).person_count, 1);
}

static void test_names_are_for_those_who_lead(void **state)
{
	struct guarded *g = *state;
	struct actor who = person(1, g->company), ciso = person(9, g->company);
	struct person persons[] = {{.id = 1, .account_id = 1, .team_id = 5},
				   {.id = 2, .account_id = 2, .team_id = 5},
				   {.id = 3, .account_id = 3, .team_id = 6}};
	struct team teams[] = {{.id = 5, .lead_id = 1}, {.id = 6}};
	struct people p = {.persons = persons, .person_count = 3, .teams = teams, .team_count = 2, .now = NOW};

	ciso.role = ROLE_CISO;
	assert_true(people_may_name(&p, &who, &persons[0])); /* oneself */
	assert_true(people_may_name(&p, &who, &persons[1])); /* the lead of the team */
	assert_false(people_may_name(&p, &who, &persons[2]));
	who.user_id = 2;
	assert_false(people_may_name(&p, &who, &persons[0]));
	assert_true(people_may_name(&p, &ciso, &persons[2]));
}

static void test_bad_values_are_named(void **state)
{
	struct guarded *g = *state;
	struct actor who = person(1, g->company);
	struct team t = {.name = STR("SOC"), .lead_id = 77};
	struct person p = {.name = STR("x"), .team_id = 77};
	struct absence away = {.person_id = 1, .from = NOW, .to = NOW};
	struct err e = {0};
	int64_t id = 0;

	assert_int_equal(team_save(g->db, &who, &t, NOW, &id, &e), -ERR_RANGE);
	assert_string_equal(e.path, "lead");
	t.lead_id = 0;
	assert_int_equal(team_save(g->db, &who, &t, NOW, &id, &e), 0);
	assert_int_equal(team_save(g->db, &who, &t, NOW, &id, &e), -ERR_CONFLICT);
	assert_int_equal(person_save(g->db, &who, &p, NOW, &id, &e), -ERR_RANGE);
	assert_string_equal(e.path, "team");
	p = (struct person){.name = STR("x"), .account_id = 4711};
	assert_int_equal(person_save(g->db, &who, &p, NOW, &id, &e), -ERR_RANGE);
	assert_string_equal(e.path, "account");
	assert_int_equal(absence_add(g->db, &who, &away, NOW, &id, &e), -ERR_RANGE);
	assert_string_equal(e.id, "err.people.absence");
}

static void test_skills(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct skill_list list;

	(void)state;
	arena_init(&a, 4u << 20);
	assert_int_equal(skills_load(STR_NONE, &a, &list, NULL), 0);
	assert_true(list.count > 15);
	assert_true(str_eq(skill_find(&list, STR("incident-response"))->source, STR("NICE PD-WRL-003")));
	assert_null(skill_find(&list, STR("nothing")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUARDED(test_named_and_away),
		GUARDED(test_names_are_for_those_who_lead),
		GUARDED(test_bad_values_are_named),
		cmocka_unit_test(test_skills),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
