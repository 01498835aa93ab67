/* On-call: who is called at a time, from a table; gaps; what a write refuses. */
#include "tests.h"

#include <stdlib.h>

#include "../guard/guarded.h"
#include "base/mem.h"
#include "centre/oncall/oncall.h"

#define TOKYO 540

static struct holidays *japan(void)
{
	struct holidays *h = NULL;

	assert_int_equal(holidays_load(STR(""), &h, NULL), 0);
	return h;
}

static time_us at(const char *day, int hour, int minute)
{
	day_t d = 0;

	assert_true(day_parse(str_of(day), &d));
	return day_begin(d, TOKYO) + hour * TIME_HOUR + minute * TIME_MINUTE;
}

struct fixture {
	struct person persons[4];
	struct absence absences[2];
	struct oncall_rotation rotations[3];
	struct oncall_swap swaps[2];
	struct oncall_plan plan;
};

/* 1: business days 1 → 2 → 3, from Monday 2026-11-02 09:00; nights and weekends 3. 2: weekends only, 2. Nobody has
 * holidays of level 1. */
static void fill(struct fixture *f, const struct holidays *h)
{
	*f = (struct fixture){0};
	for (int i = 0; i < 4; i++)
		f->persons[i] = (struct person){.id = i + 1, .name = STR("x"), .is_active = i != 3};
	f->rotations[0] = (struct oncall_rotation){
		.id = 1, .level = 1, .layers = 1u << LAYER_DAY, .members = {1, 2, 3}, .member_count = 3};
	f->rotations[1] = (struct oncall_rotation){.id = 2,
						   .level = 1,
						   .layers = 1u << LAYER_NIGHT | 1u << LAYER_WEEKEND,
						   .members = {3},
						   .member_count = 1};
	f->rotations[2] = (struct oncall_rotation){
		.id = 3, .level = 2, .layers = 1u << LAYER_WEEKEND, .members = {2}, .member_count = 1};
	for (int i = 0; i < 3; i++) {
		struct oncall_rotation *r = &f->rotations[i];

		r->day_from = 540;
		r->day_to = 1080;
		r->turn_weeks = 1;
		r->handover_weekday = 1;
		r->handover_min = 540;
		r->is_active = true;
		assert_true(day_parse(STR("2026-11-04"), &r->start)); /* a Wednesday: counted from the Monday before */
	}
	f->absences[0] = (struct absence){.person_id = 2, .from = at("2026-11-12", 0, 0), .to = at("2026-11-13", 0, 0)};
	f->absences[1] = (struct absence){.person_id = 3, .from = at("2026-11-14", 0, 0), .to = at("2026-11-15", 0, 0)};
	f->swaps[0] = (struct oncall_swap){.id = 1,
					   .rotation_id = 1,
					   .person_id = 3,
					   .from = at("2026-11-10", 12, 0),
					   .to = at("2026-11-10", 15, 0)};
	f->swaps[1] = (struct oncall_swap){.id = 2,
					   .rotation_id = 1,
					   .person_id = 4, /* has left since */
					   .from = at("2026-11-11", 9, 0),
					   .to = at("2026-11-11", 18, 0)};
	f->plan = (struct oncall_plan){
		.rotations = f->rotations,
		.rotation_count = 3,
		.swaps = f->swaps,
		.swap_count = 2,
		.people = {.persons = f->persons, .person_count = 4, .absences = f->absences, .absence_count = 2},
		.holidays = h,
		.offset_min = TOKYO};
}

static void test_who_is_called(void **state)
{
	static const struct {
		const char *day;
		int hour, minute, level;
		int64_t person, planned;
		enum oncall_why why;
	} rows[] = {
		{"2026-11-02", 8, 59, 1, 0, 0, TURN_NOBODY},    /* night, before the first handover */
		{"2026-11-02", 9, 0, 1, 1, 1, TURN_PLANNED},    /* the first turn */
		{"2026-11-06", 17, 59, 1, 1, 1, TURN_PLANNED},  /* its last minute of business hours */
		{"2026-11-06", 18, 0, 1, 3, 3, TURN_PLANNED},   /* then it is night */
		{"2026-11-07", 12, 0, 1, 3, 3, TURN_PLANNED},   /* a Saturday */
		{"2026-11-03", 12, 0, 1, 0, 0, TURN_UNPLANNED}, /* 文化の日 on a Tuesday: nobody has holidays */
		{"2026-11-03", 18, 0, 1, 3, 3, TURN_PLANNED},   /* its night is a night */
		{"2026-11-09", 9, 0, 1, 2, 2, TURN_PLANNED},    /* handed over */
		{"2026-11-10", 11, 59, 1, 2, 2, TURN_PLANNED},
		{"2026-11-10", 12, 0, 1, 3, 2, TURN_SWAPPED},
		{"2026-11-10", 15, 0, 1, 2, 2, TURN_PLANNED},
		{"2026-11-11", 10, 0, 1, 2, 2, TURN_PLANNED},   /* swapped with somebody who has left */
		{"2026-11-12", 10, 0, 1, 3, 2, TURN_STANDS_IN}, /* away: the next in the order */
		{"2026-11-14", 10, 0, 1, 0, 3, TURN_ALL_AWAY},  /* the only one is away */
		{"2026-11-16", 9, 0, 1, 3, 3, TURN_PLANNED},    /* the third turn */
		{"2026-11-24", 9, 0, 1, 1, 1, TURN_PLANNED},    /* and from the beginning */
		{"2026-11-14", 10, 0, 2, 2, 2, TURN_PLANNED},   /* the second level at the weekend */
		{"2026-11-16", 10, 0, 2, 0, 0, TURN_UNPLANNED},
		{"2026-11-16", 10, 0, 3, 0, 0, TURN_UNPLANNED},
	};
	struct holidays *h = japan();
	struct fixture f;

	(void)state;
	fill(&f, h);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct oncall_turn t = oncall_at(&f.plan, rows[i].level, at(rows[i].day, rows[i].hour, rows[i].minute));

		if (t.why != rows[i].why || t.person_id != rows[i].person || t.planned_id != rows[i].planned)
			fail_msg("%s %02d:%02d: %s, person %lld of %lld", rows[i].day, rows[i].hour, rows[i].minute,
				 oncall_why_name(t.why), (long long)t.person_id, (long long)t.planned_id);
		assert_int_equal(oncall_is_gap(&t), rows[i].person == 0);
	}
	assert_int_equal(oncall_levels(&f.plan), 2);
	holidays_free(h);
}

/* A span says what every minute of it says, and spans leave no hole. */
static void test_spans_agree_with_the_moment(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct holidays *h = japan();
	time_us window[2] = {at("2026-11-01", 3, 17), at("2026-11-29", 3, 17)}, last;
	struct oncall_spans spans;
	struct fixture f;

	(void)state;
	arena_init(&a, 8u << 20);
	fill(&f, h);
	assert_int_equal(oncall_spans(&f.plan, 1, window, &a, &spans, NULL), 0);
	last = window[0];
	for (uint32_t i = 0; i < spans.count; i++) {
		const struct oncall_span *s = &spans.items[i];

		assert_true(s->from == last && s->to > s->from);
		last = s->to;
		for (time_us t = s->from; t < s->to; t += 7 * TIME_MINUTE) {
			struct oncall_turn turn = oncall_at(&f.plan, 1, t);

			assert_int_equal(turn.person_id, s->turn.person_id);
			assert_int_equal(turn.why, s->turn.why);
		}
	}
	assert_true(last == window[1]);
	holidays_free(h);
}

static int64_t hire(struct guarded *g, const struct actor *who, const char *name)
{
	struct person p = {.name = str_of(name), .is_active = true};
	int64_t id = 0;

	assert_int_equal(person_save(g->db, who, &p, NOW, &id, NULL), 0);
	return id;
}

static struct oncall_rotation usable(int64_t person)
{
	return (struct oncall_rotation){.name = STR("SOC"),
					.level = 1,
					.layers = 15,
					.day_from = 540,
					.day_to = 1080,
					.turn_weeks = 1,
					.handover_weekday = 1,
					.start = 20000,
					.is_active = true,
					.members = {person},
					.member_count = 1};
}

static void test_writes_check_and_stay_inside(void **state)
{
	struct guarded *g = *state;
	struct actor who = {
		.kind = ACTOR_SESSION, .role = ROLE_MANAGER, .user_id = 1, .tenant_id = g->company, .name = "x"};
	struct actor other = {
		.kind = ACTOR_SESSION, .role = ROLE_MANAGER, .user_id = 2, .tenant_id = g->other, .name = "y"};
	struct oncall_house house = {.offset_min = TOKYO, .now = NOW};
	_cleanup_(arena_done) struct arena a = {0};
	int64_t sato = hire(g, &who, "Sato"), stranger = hire(g, &other, "Stranger"), id = 0, row = 0;
	struct oncall_rotation r = usable(sato);
	struct oncall_swap swap = {.person_id = sato, .from = NOW, .to = NOW + TIME_DAY, .reason = STR("leave")};
	struct oncall_contact c = {.person_id = sato, .means = STR("mobile"), .address = STR("070")};
	struct oncall_plan p;
	struct err e = {0};

	arena_init(&a, 16u << 20);
	assert_int_equal(oncall_rotation_save(g->db, &who, &r, NOW, &id, &e), 0);
	r.members[0] = stranger;
	assert_int_equal(oncall_rotation_save(g->db, &who, &r, NOW, &row, &e), -ERR_RANGE);
	assert_string_equal(e.path, "member");
	r = usable(sato);
	r.layers = 0;
	assert_int_equal(oncall_rotation_save(g->db, &who, &r, NOW, &row, &e), -ERR_RANGE);
	assert_string_equal(e.path, "layer");
	r = usable(sato);
	r.day_to = r.day_from;
	assert_int_equal(oncall_rotation_save(g->db, &who, &r, NOW, &row, &e), -ERR_RANGE);
	r = usable(sato);
	r.id = id;
	r.version = 7;
	assert_int_equal(oncall_rotation_save(g->db, &who, &r, NOW, &row, &e), -ERR_CONFLICT);

	swap.rotation_id = id;
	assert_int_equal(oncall_swap_add(g->db, &other,
					 &(struct oncall_swap){.rotation_id = id,
							       .person_id = stranger,
							       .from = NOW,
							       .to = NOW + 1,
							       .reason = STR("x")},
					 NOW, &row, &e),
			 -ERR_NOT_FOUND);
	assert_int_equal(oncall_swap_add(g->db, &who, &swap, NOW, &row, &e), 0);
	swap.reason = STR(" ");
	assert_int_equal(oncall_swap_add(g->db, &who, &swap, NOW, &id, &e), -ERR_RANGE);
	assert_int_equal(oncall_swap_remove(g->db, &other, row, NOW, &e), -ERR_NOT_FOUND);

	assert_int_equal(oncall_contact_add(g->db, &who, &c, NOW, &row, &e), 0);
	assert_int_equal(oncall_contact_check(g->db, &other, row, NOW, &e), -ERR_NOT_FOUND);
	assert_int_equal(oncall_contact_check(g->db, &who, row, NOW, &e), 0);
	assert_int_equal(oncall_load(g->db, (struct scope){g->company}, &house, &a, &p, &e), 0);
	assert_int_equal(p.rotation_count, 1);
	assert_int_equal(p.rotations[0].members[0], sato);
	assert_int_equal(p.swap_count, 1);
	assert_true(p.contacts[0].checked_at == NOW);
	assert_int_equal(oncall_load(g->db, (struct scope){g->other}, &house, &a, &p, &e), 0);
	assert_int_equal(p.rotation_count + p.swap_count + p.contact_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_called),
		cmocka_unit_test(test_spans_agree_with_the_moment),
		GUARDED(test_writes_check_and_stay_inside),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
