/* Two pictures side by side: what differs, per service and per category. */
#include "base/mem.h"
#include "centre/evaluate/internal.h"

static const struct snapshot_service *service_in(const struct snapshot *s, str id, uint32_t hint)
{
	if (hint < s->service_count && str_eq(s->services[hint].id, id))
		return &s->services[hint]; /* the same framework: the same place */
	for (uint32_t i = 0; i < s->service_count; i++)
		if (str_eq(s->services[i].id, id))
			return &s->services[i];
	return NULL;
}

static const struct snapshot_category *category_in(const struct snapshot *s, str id)
{
	for (uint32_t i = 0; i < s->category_count; i++)
		if (str_eq(s->categories[i].id, id))
			return &s->categories[i];
	return NULL;
}

static bool same_assignment(const struct service_state *a, const struct service_state *b)
{
	return a->assignment == b->assignment && a->not_applicable == b->not_applicable && str_eq(a->team, b->team) &&
	       str_eq(a->provider, b->provider);
}

static bool same_points(const uint32_t a[SIDE_COUNT], const uint32_t b[SIDE_COUNT])
{
	return a[SIDE_IN] == b[SIDE_IN] && a[SIDE_OUT] == b[SIDE_OUT];
}

static unsigned differences(const struct snapshot_service *a, const struct snapshot_service *b)
{
	unsigned d = 0;

	if (!a || !b)
		return DIFFERS_PRESENCE;
	if (a->level != b->level || a->state.level != b->state.level)
		d |= DIFFERS_LEVEL;
	if (!same_assignment(&a->state, &b->state))
		d |= DIFFERS_ASSIGNMENT;
	if (a->now != b->now || !same_points(a->state.now, b->state.now))
		d |= DIFFERS_NOW;
	if (a->target != b->target || !same_points(a->state.target, b->state.target))
		d |= DIFFERS_TARGET;
	if (a->evidence != b->evidence)
		d |= DIFFERS_EVIDENCE;
	return d;
}

static void note(struct comparison *c, const struct snapshot_service *a, const struct snapshot_service *b)
{
	unsigned d = differences(a, b);

	if (!d)
		return;
	c->services[c->count++] = (struct service_difference){a, b, d};
	if (a && b && a->now != SCORE_NONE && b->now != SCORE_NONE) {
		c->up += b->now > a->now;
		c->down += b->now < a->now;
	}
}

static bool groups_differ(const struct portfolio_group *a, const struct portfolio_group *b)
{
	return a->applicable != b->applicable || score_mean_value(&a->now) != score_mean_value(&b->now) ||
	       score_mean_value(&a->target) != score_mean_value(&b->target) ||
	       score_mean_value(&a->evidence) != score_mean_value(&b->evidence);
}

static void note_category(struct comparison *c, const struct snapshot_category *a, const struct snapshot_category *b)
{
	bool differs = !a || !b || groups_differ(&a->group, &b->group);

	c->categories[c->category_count++] = (struct category_difference){a, b, differs};
}

int snapshot_compare(const struct snapshot *a, const struct snapshot *b, struct arena *arena, struct comparison *ret,
		     struct err *e)
{
	struct comparison c = {.a = a, .b = b};

	c.services = arena_alloc(arena, (a->service_count + b->service_count) * sizeof(*c.services));
	c.categories = arena_alloc(arena, (a->category_count + b->category_count) * sizeof(*c.categories));
	if (!c.services || !c.categories)
		return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	c.rules_differ = a->rule != b->rule || !str_eq(a->framework, b->framework) || !str_eq(a->edition, b->edition);
	for (uint32_t i = 0; i < b->service_count; i++)
		note(&c, service_in(a, b->services[i].id, i), &b->services[i]);
	for (uint32_t i = 0; i < a->service_count; i++)
		if (!service_in(b, a->services[i].id, i))
			note(&c, &a->services[i], NULL);
	for (uint32_t i = 0; i < b->category_count; i++)
		note_category(&c, category_in(a, b->categories[i].id), &b->categories[i]);
	for (uint32_t i = 0; i < a->category_count; i++)
		if (!category_in(b, a->categories[i].id))
			note_category(&c, &a->categories[i], NULL);
	*ret = c;
	return 0;
}
