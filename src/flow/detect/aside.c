/* Filters that are asked after the match, by whoever knows for which events they count; and who a correlation is made
 * of. */
#include "flow/detect/aside.h"
#include "base/check.h"
#include "flow/detect/correlation.h"
#include "flow/detect/matcher.h"
#include "flow/detect/refs.h"

void rule_set_keep_filters_aside(struct rule_set *set)
{
	CHECK(!set->sealed);
	set->filters_aside = true;
}

const struct rule *rule_set_filter(const struct rule_set *set, uint32_t index)
{
	CHECK(index < set->filter_count);
	return &set->filters[index].meta;
}

bool filter_covers(const struct rule_set *set, uint32_t index, const struct rule *rule)
{
	const struct filter *f;

	CHECK(index < set->filter_count);
	f = &set->filters[index];
	if (!filter_fits(&f->meta, rule))
		return false;
	for (uint32_t i = 0; i < f->ref_count; i++)
		if (str_eq(f->refs[i].text, rule->id) || (rule->name.len && str_eq(f->refs[i].text, rule->name)))
			return true;
	return f->any;
}

bool filter_is_for_any(const struct rule_set *set, uint32_t index)
{
	CHECK(index < set->filter_count);
	return set->filters[index].any;
}

void filter_each_rule(const struct rule_set *set, uint32_t index, void (*fn)(void *ctx, str id_or_name), void *ctx)
{
	CHECK(index < set->filter_count);
	for (uint32_t i = 0; i < set->filters[index].ref_count; i++)
		fn(ctx, set->filters[index].refs[i].text);
}

void matcher_look(struct matcher *m, const struct event *ev)
{
	matcher_begin(m, ev);
}

bool matcher_passes(struct matcher *m, uint32_t filter)
{
	CHECK(m->ev && filter < m->set->filter_count);
	return matcher_eval(m, &m->set->filters[filter].pass);
}

void correlation_each_part(const struct rule_set *set, uint32_t rule_index, void (*fn)(void *ctx, uint32_t part),
			   void *ctx)
{
	for (size_t i = 0; i < set->correlation_count; i++)
		for (uint32_t k = 0; set->correlations[i].rule == rule_index && k < set->correlations[i].ref_count; k++)
			fn(ctx, set->correlations[i].rules[k]);
}
