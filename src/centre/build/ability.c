#include "centre/build/build.h"
#include "centre/people/people.h"

#include "craft/work/work.h"

struct gathering {
	const struct ability_query *query;
	const struct work_person *work; /* ordered by service, then user */
	uint32_t work_count;
	struct arena *arena;
};

bool ability_shown(const struct service_ability *s, int64_t account_id)
{
	for (uint32_t i = 0; account_id && i < s->shown_count; i++)
		if (s->shown[i] == account_id)
			return true;
	return false;
}

static bool is_told(const struct portfolio_item *item)
{
	return item->counts && item->state.assignment != ASSIGN_OUTSOURCE && item->state.assignment != ASSIGN_NOBODY;
}

static int add_shown(const struct gathering *g, struct service_ability *s, struct err *e)
{
	time_us from = g->query->now - (time_us)s->service->window_days * TIME_DAY;
	uint32_t first = 0, count = 0;
	int64_t *shown;

	while (first < g->work_count && !str_eq(g->work[first].service, s->service->id))
		first++;
	while (first + count < g->work_count && str_eq(g->work[first + count].service, s->service->id))
		count++;
	shown = arena_alloc(g->arena, (count + 1) * sizeof(*shown));
	if (!shown)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	s->shown = shown;
	for (uint32_t i = first; i < first + count; i++)
		if (g->work[i].user_id && g->work[i].last >= from && !ability_shown(s, g->work[i].user_id))
			shown[s->shown_count++] = g->work[i].user_id;
	return 0;
}

static void add_named(const struct gathering *g, struct service_ability *s)
{
	const struct people *p = g->query->people;

	s->all = s->shown_count;
	for (uint32_t i = 0; i < s->shown_count; i++) {
		const struct person *person = people_of_account(p, s->shown[i]);

		s->away += person && people_is_away(p, person->id);
	}
	for (uint32_t i = 0; i < p->part_count; i++) {
		const struct person *person = people_person(p, p->parts[i].person_id);

		if (!str_eq(p->parts[i].service, s->service->id) || !person || !person->is_active)
			continue;
		s->named++;
		if (ability_shown(s, person->account_id))
			continue;
		s->all++;
		s->away += people_is_away(p, person->id);
	}
}

static enum ability_risk risk_of(const struct service_ability *s)
{
	if (s->shown_count >= 2)
		return ABILITY_SAFE;
	if (s->all >= 2)
		return ABILITY_UNPROVEN;
	return s->all ? ABILITY_SINGLE : ABILITY_NOBODY;
}

int ability_load(struct db *db, struct scope scope, const struct ability_query *query, struct arena *a,
		 struct ability *ret, struct err *e)
{
	const struct framework *fw = query->portfolio->framework;
	struct gathering g = {.query = query, .arena = a};
	struct ability out = {.services = arena_alloc(a, fw->service_count * sizeof(*out.services))};
	struct work_person *work;
	int rc = work_people(db, scope, a, &work, &g.work_count, e);

	if (rc)
		return rc;
	if (!out.services)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	g.work = work;
	for (uint32_t i = 0; i < fw->service_count; i++) {
		struct service_ability *s = &out.services[out.count];

		if (!is_told(&query->portfolio->items[i]))
			continue;
		*s = (struct service_ability){.service = &fw->services[i]};
		if ((rc = add_shown(&g, s, e)))
			return rc;
		add_named(&g, s);
		s->risk = risk_of(s);
		out.risks[s->risk]++;
		out.count++;
	}
	*ret = out;
	return 0;
}
