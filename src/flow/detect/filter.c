/* Filters (Sigma 2.1.0, "Filters"): tuning that takes matches from many rules at once.
 *
 * What a filter's condition means is told in two ways: the specification's example names what is taken away
 * (`condition: selection`), the usual converters append the condition to the rule's, so that files written for them
 * name what may stay (`condition: not selection`). Both are read as they are meant: a condition that is a negation as a
 * whole says what stays, any other says what is taken away.
 */
#include "base/mem.h"
#include "flow/detect/refs.h"

static bool is_negation(const struct expr *x)
{
	if (x->kind == EXPR_NOT)
		return true;
	if ((x->kind != EXPR_AND && x->kind != EXPR_OR) || x->count == 0)
		return false;
	for (uint32_t i = 0; i < x->count; i++)
		if (!is_negation(&x->kids[i]))
			return false;
	return true;
}

static int make_pass(struct compile *c, const struct yaml_node *node, const struct expr *said, struct expr *ret)
{
	int rc;

	if (is_negation(said)) {
		*ret = *said;
		return 0;
	}
	rc = expr_make(c, node, EXPR_NOT, 1, ret);
	if (rc == 0)
		ret->kids[0] = *said;
	return rc;
}

static int read_filter(struct compile *c, const struct yaml_node *node, struct filter *f)
{
	static const char *const skip[] = {"condition", "rules", NULL};
	const struct yaml_node *rules = yaml_get(node, STR("rules"));
	struct expr said;
	int rc;

	if (node->kind != YAML_MAP)
		return compile_fail(c, node, "err.rule.no_filter", STR_NONE);
	if (!rules)
		return compile_fail(c, node, "err.rule.no_rules", STR("filter"));
	f->any = rules->kind == YAML_SCALAR && str_eq_nocase(rules->text, STR("any"));
	if (!f->any) {
		rc = refs_read(c, rules, &f->refs, &f->ref_count);
		if (rc < 0)
			return rc;
	}
	rc = rule_read_detection(c, node, skip, &said);
	if (rc == 0)
		rc = make_pass(c, node, &said, &f->pass);
	return rc;
}

int filter_compile(struct compile *c, const struct yaml_node *doc)
{
	struct rule_set *set = c->set;
	struct filter f = {0};
	int rc;

	if (set->filter_count >= FILTERS_MAX)
		return yaml_err(c->err, err_set(c->err, ERR_LIMIT, "err.rule.filters"), c->path, doc);
	rc = rule_read_meta(c, doc, &f.meta);
	if (rc == 0)
		rc = read_filter(c, yaml_get(doc, STR("filter")), &f);
	if (rc < 0)
		return rc;
	expr_sort(&f.pass, set);
	rule_keep_id(c, doc, f.meta.id);
	mem_grow(&set->filters, &set->filter_cap, set->filter_count + 1, sizeof(*set->filters));
	set->filters[set->filter_count++] = f;
	return 0;
}

/* ---- applied when all rules are known ---- */

static bool part_covers(str filter, str rule)
{
	return filter.len == 0 || str_eq(filter, rule);
}

bool filter_fits(const struct rule *filter, const struct rule *rule)
{
	return part_covers(filter->source.product, rule->source.product) &&
	       part_covers(filter->source.category, rule->source.category) &&
	       part_covers(filter->source.service, rule->source.service);
}

static int told(struct err *e, const struct rule *filter, enum err_code code, const char *id)
{
	int rc = err_set_value(e, code, id, filter->title);

	err_path(e, filter->path);
	err_at(e, filter->line, 1);
	return rc;
}

/* rule AND pass. The filters of a rule are kids of one node. */
static int apply(struct rule_set *set, const struct filter *f, uint32_t rule, uint32_t *filters, struct err *e)
{
	struct expr *old = &set->exprs[rule], x = {.kind = EXPR_AND, .count = filters[rule] + 2};
	uint32_t kept = filters[rule] ? filters[rule] + 1 : 1;

	if (filters[rule] >= FILTERS_PER_RULE_MAX)
		return told(e, &f->meta, ERR_LIMIT, "err.rule.filters");
	x.kids = arena_alloc(&set->arena, x.count * sizeof(x));
	if (!x.kids)
		return told(e, &f->meta, ERR_LIMIT, "err.rule.memory");
	memcpy(x.kids, filters[rule] ? old->kids : old, kept * sizeof(x));
	x.kids[kept] = f->pass;
	x.cost = old->cost + f->pass.cost;
	*old = x;
	set->rules[rule].content = hash_mix(set->rules[rule].content, f->meta.content);
	filters[rule]++;
	return 0;
}

static int apply_to_all(struct rule_set *set, const struct filter *f, uint32_t *filters, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < set->rule_count && rc == 0; i++)
		if (filter_fits(&f->meta, &set->rules[i]))
			rc = apply(set, f, i, filters, e);
	return rc;
}

/* A rule of another log source stays as it is: the filter's author must hear of it. */
static void apply_to_one(struct rule_set *set, const struct filter *f, const struct rule_ref *ref, uint32_t *filters)
{
	struct err e = {0};
	uint32_t rule;

	if (ref_find(set, f->meta.path, ref, &rule, &e) < 0) {
		problem_add(set, f->meta.path, &e);
		return;
	}
	if (filter_fits(&f->meta, &set->rules[rule])) {
		if (apply(set, f, rule, filters, &e) < 0)
			problem_add(set, f->meta.path, &e);
		return;
	}
	(void)err_set_value(&e, ERR_RANGE, "err.rule.filter_source", ref->text);
	err_path(&e, f->meta.path);
	err_at(&e, ref->line, ref->column);
	note_add(set, f->meta.path, &e);
}

void filters_apply(struct rule_set *set)
{
	_cleanup_free_ uint32_t *filters = mem_alloc(set->rule_count + 1, sizeof(*filters));

	for (size_t i = 0; i < set->filter_count; i++) {
		const struct filter *f = &set->filters[i];
		struct err e = {0};

		if (f->any && apply_to_all(set, f, filters, &e) < 0)
			problem_add(set, f->meta.path, &e);
		for (uint32_t k = 0; k < f->ref_count; k++)
			apply_to_one(set, f, &f->refs[k], filters);
	}
}
