/* Who is called at a time: pure, without store and clock. */
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/oncall/oncall.h"
#include "craft/record/record.h"

static const char *const layer_names[] = {"day", "night", "weekend", "holiday"};
_Static_assert(COUNT_OF(layer_names) == LAYER_COUNT, "a name each");
static const char *const why_names[] = {"planned", "swapped", "stands_in", "all_away", "nobody", "unplanned"};
_Static_assert(COUNT_OF(why_names) == TURN_COUNT, "a name each");

const char *oncall_layer_name(enum oncall_layer layer)
{
	CHECK(layer < LAYER_COUNT);
	return layer_names[layer];
}

bool oncall_layer_parse(str name, enum oncall_layer *ret)
{
	int at = name_find(&(struct name_table){layer_names, COUNT_OF(layer_names)}, name);

	if (at >= 0)
		*ret = (enum oncall_layer)at;
	return at >= 0;
}

const char *oncall_why_name(enum oncall_why why)
{
	CHECK(why < TURN_COUNT);
	return why_names[why];
}

bool oncall_is_gap(const struct oncall_turn *turn)
{
	return turn->why >= TURN_ALL_AWAY;
}

enum oncall_layer oncall_layer_at(const struct oncall_plan *p, const struct oncall_rotation *r, time_us t)
{
	day_t day = day_at(t, p->offset_min);
	int minute = (int)((t - day_begin(day, p->offset_min)) / TIME_MINUTE), weekday = day_split(day).weekday;

	if (minute < r->day_from || minute >= r->day_to)
		return LAYER_NIGHT;
	if (holiday_name(p->holidays, day, LANG_EN).len)
		return LAYER_HOLIDAY;
	return weekday == 0 || weekday == 6 ? LAYER_WEEKEND : LAYER_DAY;
}

static bool is_away(const struct oncall_plan *p, int64_t person_id, time_us t)
{
	const struct person *person = people_person(&p->people, person_id);

	if (!person || !person->is_active)
		return true;
	for (uint32_t i = 0; i < p->people.absence_count; i++) {
		const struct absence *a = &p->people.absences[i];

		if (a->person_id == person_id && a->from <= t && a->to > t)
			return true;
	}
	return false;
}

/* The place in the order whose turn it is; false before the first turn. */
static bool place_at(const struct oncall_plan *p, const struct oncall_rotation *r, time_us t, uint32_t *ret)
{
	int back = (day_split(r->start).weekday - r->handover_weekday + 7) % 7;
	time_us first = day_begin(r->start - back, p->offset_min) + r->handover_min * TIME_MINUTE;
	time_us turn = r->turn_weeks * 7 * TIME_DAY;

	if (!r->member_count || t < first)
		return false;
	*ret = (uint32_t)((t - first) / turn % r->member_count);
	return true;
}

static struct oncall_turn turn_of(const struct oncall_plan *p, const struct oncall_rotation *r, time_us t)
{
	struct oncall_turn turn = {.why = TURN_NOBODY, .rotation = r};
	uint32_t place = 0;

	if (place_at(p, r, t, &place))
		turn.planned_id = r->members[place];
	for (uint32_t i = p->swap_count; i-- > 0;) { /* of two swaps at a time the later one */
		const struct oncall_swap *s = &p->swaps[i];

		if (s->rotation_id != r->id || s->from > t || s->to <= t || is_away(p, s->person_id, t))
			continue;
		turn.person_id = s->person_id;
		turn.why = TURN_SWAPPED;
		return turn;
	}
	for (uint32_t i = 0; turn.planned_id && i < r->member_count; i++) {
		int64_t person = r->members[(place + i) % r->member_count];

		if (is_away(p, person, t))
			continue;
		turn.person_id = person;
		turn.why = i ? TURN_STANDS_IN : TURN_PLANNED;
		return turn;
	}
	turn.why = turn.planned_id ? TURN_ALL_AWAY : TURN_NOBODY;
	return turn;
}

struct oncall_turn oncall_at(const struct oncall_plan *p, int level, time_us t)
{
	for (uint32_t i = 0; i < p->rotation_count; i++) {
		const struct oncall_rotation *r = &p->rotations[i];

		if (r->is_active && r->level == level && r->layers & 1u << oncall_layer_at(p, r, t))
			return turn_of(p, r, t);
	}
	return (struct oncall_turn){.why = TURN_UNPLANNED};
}

int oncall_levels(const struct oncall_plan *p)
{
	int most = 1;

	for (uint32_t i = 0; i < p->rotation_count; i++)
		if (p->rotations[i].is_active && p->rotations[i].level > most)
			most = p->rotations[i].level;
	return most;
}

/* ---- spans ---- */

struct borders {
	time_us *at;
	size_t count, most;
	time_us from, to;
};

static void border(struct borders *b, time_us t)
{
	if (t <= b->from || t >= b->to)
		return;
	CHECK(b->count < b->most);
	b->at[b->count++] = t;
}

static int by_time(const void *left, const void *right)
{
	const time_us *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Every moment when the answer may change. */
static void find_borders(const struct oncall_plan *p, int level, struct borders *b)
{
	day_t last = day_at(b->to, p->offset_min);

	b->at[b->count++] = b->from;
	for (day_t day = day_at(b->from, p->offset_min); day <= last; day++) {
		time_us begin = day_begin(day, p->offset_min);

		border(b, begin);
		for (uint32_t i = 0; i < p->rotation_count; i++) {
			const struct oncall_rotation *r = &p->rotations[i];

			if (!r->is_active || r->level != level)
				continue;
			border(b, begin + r->day_from * TIME_MINUTE);
			border(b, begin + r->day_to * TIME_MINUTE);
			border(b, begin + r->handover_min * TIME_MINUTE);
		}
	}
	for (uint32_t i = 0; i < p->swap_count; i++) {
		border(b, p->swaps[i].from);
		border(b, p->swaps[i].to);
	}
	for (uint32_t i = 0; i < p->people.absence_count; i++) {
		border(b, p->people.absences[i].from);
		border(b, p->people.absences[i].to);
	}
	qsort(b->at, b->count, sizeof(*b->at), by_time);
}

static bool same_turn(const struct oncall_turn *a, const struct oncall_turn *b)
{
	return a->why == b->why && a->person_id == b->person_id && a->planned_id == b->planned_id &&
	       a->rotation == b->rotation;
}

int oncall_spans(const struct oncall_plan *p, int level, const time_us window[2], struct arena *a,
		 struct oncall_spans *ret, struct err *e)
{
	struct borders b = {.from = window[0], .to = window[1]};
	size_t days = (size_t)((b.to - b.from) / TIME_DAY) + 3;
	struct oncall_spans spans = {0};

	CHECK(b.to > b.from && days <= ONCALL_SPAN_DAYS_MAX + 3);
	b.most = 1 + days * (1 + 3 * (size_t)p->rotation_count) + 2 * (size_t)p->swap_count +
		 2 * (size_t)p->people.absence_count;
	b.at = arena_alloc(a, b.most * sizeof(*b.at));
	spans.items = arena_alloc(a, b.most * sizeof(*spans.items));
	if (!b.at || !spans.items)
		return err_set(e, ERR_LIMIT, "err.db.budget");
	find_borders(p, level, &b);
	for (size_t i = 0; i < b.count; i++) {
		struct oncall_turn turn = oncall_at(p, level, b.at[i]);
		time_us end = i + 1 < b.count ? b.at[i + 1] : b.to;

		if (end == b.at[i])
			continue;
		if (spans.count && same_turn(&spans.items[spans.count - 1].turn, &turn))
			spans.items[spans.count - 1].to = end;
		else
			spans.items[spans.count++] = (struct oncall_span){b.at[i], end, turn};
	}
	*ret = spans;
	return 0;
}
