#include "flow/rules/coverage.h"

#include "base/check.h"

const char *reach_name(enum reach r)
{
	static const char *const names[REACH_COUNT] = {"can_match", "no_source", "no_fields"};

	CHECK((unsigned)r < REACH_COUNT);
	return names[r];
}

struct look {
	const struct mapping *mapping;
	const struct rule *rule;
	const struct origin *origin; /* NULL: any that fits the rule */
	str *missing;
	uint32_t missing_count;
};

static bool fits(const struct origin *o, const struct rule *r)
{
	return origin_fits(o, r->source.product, r->source.category, r->source.service);
}

static bool look_has(void *ctx, str name)
{
	const struct look *k = ctx;

	return origin_yields(k->mapping, k->origin, name);
}

static bool any_yields(const struct look *k, str name)
{
	const struct origin *o;

	for (size_t i = 0; (o = mapping_origin(k->mapping, i)); i++)
		if (fits(o, k->rule) && origin_yields(k->mapping, o, name))
			return true;
	return false;
}

static void add_missing(void *ctx, str name)
{
	struct look *k = ctx;
	bool there = k->origin ? look_has(k, name) : any_yields(k, name);

	for (uint32_t i = 0; i < k->missing_count; i++)
		if (str_eq(k->missing[i], name))
			return;
	if (k->missing_count < REACH_MISSING_MAX && !there)
		k->missing[k->missing_count++] = name;
}

enum reach rule_reach(const struct rule_set *set, const struct mapping *m, uint32_t rule_index)
{
	struct look k = {.mapping = m, .rule = rule_set_rule(set, rule_index)};
	const struct field_view view = {look_has, &k};
	enum reach reach = REACH_NO_SOURCE;

	if (k.rule->is_correlation)
		return REACH_CAN_MATCH;
	for (size_t i = 0; reach != REACH_CAN_MATCH && (k.origin = mapping_origin(m, i)); i++)
		if (fits(k.origin, k.rule))
			reach = rule_can_match(set, rule_index, &view) ? REACH_CAN_MATCH : REACH_NO_FIELDS;
	return reach;
}

uint32_t rule_missing(const struct rule_set *set, const struct mapping *m, uint32_t rule_index,
		      str ret[REACH_MISSING_MAX])
{
	struct look k = {.mapping = m, .rule = rule_set_rule(set, rule_index), .missing = ret};

	rule_each_field(set, rule_index, add_missing, &k);
	for (size_t i = 0; k.missing_count == 0 && (k.origin = mapping_origin(m, i)); i++) {
		if (!fits(k.origin, k.rule))
			continue;
		rule_each_field(set, rule_index, add_missing, &k);
		break;
	}
	return k.missing_count;
}

static bool part_fits(str rule, str source)
{
	return rule.len == 0 || str_eq(rule, source);
}

bool rule_is_fed(const struct rule *r, const struct seen_source *sources, uint32_t count)
{
	if (r->source.product.len == 0 && r->source.category.len == 0 && r->source.service.len == 0)
		return count > 0;
	for (uint32_t i = 0; i < count; i++)
		if (part_fits(r->source.product, sources[i].product) &&
		    part_fits(r->source.category, sources[i].category) &&
		    part_fits(r->source.service, sources[i].service))
			return true;
	return false;
}
