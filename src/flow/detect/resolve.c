/* Correlations find the rules they are about, once all documents are known. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/correlation.h"

static int place(struct err *e, int rc, str path, const struct rule_ref *at)
{
	err_path(e, path);
	err_at(e, at->line, at->column);
	return rc;
}

static void fail(struct rule_set *set, struct correlation *x, const struct err *e)
{
	x->failed = true;
	problem_add(set, x->meta.path, e);
}

/* ---- fields: every field that some correlation reads has one number ---- */

static int field_number(struct rule_set *set, const struct correlation *x, const struct rule_ref *name, str field,
			uint32_t *ret, struct err *e)
{
	uint64_t known;

	if (map_get(&set->correlation_field_ids, field, &known)) {
		*ret = (uint32_t)known;
		return 0;
	}
	if (set->correlation_field_count == CORRELATION_ALL_FIELDS_MAX)
		return place(e, err_set_value(e, ERR_LIMIT, "err.correlation.fields", field), x->meta.path, name);
	mem_grow(&set->correlation_fields, &set->correlation_field_cap, set->correlation_field_count + 1,
		 sizeof(*set->correlation_fields));
	*ret = (uint32_t)set->correlation_field_count++;
	set->correlation_fields[*ret] = (struct correlation_field){field, name_table_add(set->names, field)};
	map_put(&set->correlation_field_ids, field, *ret);
	return 0;
}

/* The field that a name means in the events of the rule at a position. */
static int field_of(struct rule_set *set, const struct correlation *x, const struct rule_ref *name, uint32_t position,
		    uint32_t *ret, struct err *e)
{
	str field = name->text;
	bool is_alias = false, found = false;

	for (uint32_t i = 0; i < x->alias_count; i++) {
		if (!str_eq(x->aliases[i].name, name->text))
			continue;
		is_alias = true;
		if (x->rules[x->aliases[i].rule] != x->rules[position])
			continue;
		found = true;
		field = x->aliases[i].field;
	}
	if (is_alias && !found) {
		int rc = err_set_value(e, ERR_NOT_FOUND, "err.correlation.alias_rule", name->text);

		err_expected(e, x->refs[position].text);
		return place(e, rc, x->meta.path, name);
	}
	return field_number(set, x, name, field, ret, e);
}

static int fields_resolve(struct rule_set *set, struct correlation *x, struct err *e)
{
	int rc = 0;

	x->group_at = arena_alloc(&set->arena, (x->ref_count * x->group_count + 1) * sizeof(uint32_t));
	x->field_at = arena_alloc(&set->arena, (x->ref_count * x->field_count + 1) * sizeof(uint32_t));
	if (!x->group_at || !x->field_at)
		return place(e, err_set(e, ERR_LIMIT, "err.rule.memory"), x->meta.path, &x->refs[0]);
	for (uint32_t p = 0; p < x->ref_count && rc == 0; p++) {
		for (uint32_t i = 0; i < x->group_count && rc == 0; i++)
			rc = field_of(set, x, &x->group[i], p, &x->group_at[p * x->group_count + i], e);
		for (uint32_t i = 0; i < x->field_count && rc == 0; i++)
			rc = field_of(set, x, &x->fields[i], p, &x->field_at[p * x->field_count + i], e);
	}
	return rc;
}

/* ---- rules ---- */

static int refs_resolve(struct rule_set *set, struct correlation *x, struct err *e)
{
	x->rules = arena_alloc(&set->arena, x->ref_count * sizeof(uint32_t));
	if (!x->rules)
		return place(e, err_set(e, ERR_LIMIT, "err.rule.memory"), x->meta.path, &x->refs[0]);
	for (uint32_t i = 0; i < x->ref_count; i++) {
		int rc = ref_find(set, x->meta.path, &x->refs[i], &x->rules[i], e);

		if (rc < 0)
			return rc;
	}
	for (uint32_t i = 0; i < x->alias_count; i++) {
		struct alias *a = &x->aliases[i];
		uint32_t rule = 0, at = 0;
		int rc = ref_find(set, x->meta.path, &a->who, &rule, e);

		if (rc < 0)
			return rc;
		while (at < x->ref_count && x->rules[at] != rule)
			at++;
		if (at == x->ref_count)
			return place(e, err_set_value(e, ERR_NOT_FOUND, "err.correlation.alias_stranger", a->who.text),
				     x->meta.path, &a->who);
		a->rule = at;
	}
	return fields_resolve(set, x, e);
}

/* Puts the correlation one above what it builds upon, when that is settled. */
static void settle(struct rule_set *set, struct correlation *x, uint32_t base, uint32_t round)
{
	for (uint32_t i = 0; i < x->ref_count; i++) {
		const struct correlation *below;
		struct err e = {0};

		if (x->rules[i] < base)
			continue;
		below = &set->correlations[x->rules[i] - base];
		if (below->failed) {
			(void)place(&e, err_set_value(&e, ERR_NOT_FOUND, "err.correlation.broken", x->refs[i].text),
				    x->meta.path, &x->refs[i]);
			fail(set, x, &e);
			return;
		}
		if (below->depth == 0 || below->depth >= round)
			return;
	}
	x->depth = round;
}

static void order(struct rule_set *set, uint32_t base)
{
	for (uint32_t round = 1; round <= CORRELATION_CHAIN_MAX; round++)
		for (size_t i = 0; i < set->correlation_count; i++)
			if (!set->correlations[i].failed && !set->correlations[i].depth)
				settle(set, &set->correlations[i], base, round);
	for (size_t i = 0; i < set->correlation_count; i++) {
		struct correlation *x = &set->correlations[i];
		struct err e = {0};

		if (x->failed || x->depth)
			continue;
		(void)place(&e, err_set_value(&e, ERR_RANGE, "err.correlation.chain", x->meta.title), x->meta.path,
			    &x->refs[0]);
		fail(set, x, &e);
	}
}

/* All correlations become rules, so that they are found by id and name; those that failed go again in `keep_good`. */
static void append_all(struct rule_set *set)
{
	for (size_t i = 0; i < set->correlation_count; i++) {
		struct correlation *x = &set->correlations[i];

		mem_grow(&set->exprs, &set->expr_cap, set->rule_count + 1, sizeof(*set->exprs));
		mem_grow(&set->rules, &set->rule_cap, set->rule_count + 1, sizeof(*set->rules));
		/* An OR of nothing never holds: no event matches a correlation by itself. */
		set->exprs[set->rule_count] = (struct expr){.kind = EXPR_OR};
		x->rule = x->meta.index = (uint32_t)set->rule_count;
		x->meta.is_correlation = true;
		set->rules[set->rule_count++] = x->meta;
		map_put(&set->rule_ids, x->meta.id, x->rule);
	}
	refs_index(set);
}

static void keep_good(struct rule_set *set, uint32_t base)
{
	_cleanup_free_ struct correlation *kept = mem_alloc(set->correlation_count + 1, sizeof(*kept));
	_cleanup_free_ uint32_t *moved = mem_alloc(set->correlation_count + 1, sizeof(*moved));
	uint32_t count = 0;

	for (uint32_t depth = 1; depth <= CORRELATION_CHAIN_MAX; depth++) {
		for (size_t i = 0; i < set->correlation_count; i++) {
			if (set->correlations[i].failed || set->correlations[i].depth != depth)
				continue;
			moved[i] = base + count;
			kept[count++] = set->correlations[i];
		}
	}
	for (size_t i = 0; i < set->correlation_count; i++)
		(void)map_remove(&set->rule_ids, set->correlations[i].meta.id);
	set->rule_count = base;
	set->correlation_count = count;
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t k = 0; k < kept[i].ref_count; k++)
			if (kept[i].rules[k] >= base)
				kept[i].rules[k] = moved[kept[i].rules[k] - base];
		set->correlations[i] = kept[i];
	}
	append_all(set);
}

/* rule → the correlations that hear of its matches. Later positions hear first: in `[a, a]` an event is the second of
 * an earlier one before it is the first of a later one. */
static void subscribe(struct rule_set *set)
{
	uint32_t *first = mem_alloc(set->rule_count + 1, sizeof(*first)), *at;
	size_t total = 0;

	for (size_t i = 0; i < set->correlation_count; i++)
		for (uint32_t k = 0; k < set->correlations[i].ref_count; k++, total++)
			first[set->correlations[i].rules[k] + 1]++;
	for (size_t i = 0; i < set->rule_count; i++)
		first[i + 1] += first[i];
	set->subscribed = mem_alloc(total + 1, sizeof(*set->subscribed));
	at = mem_alloc(set->rule_count + 1, sizeof(*at));
	memcpy(at, first, (set->rule_count + 1) * sizeof(*at));
	for (uint32_t i = 0; i < set->correlation_count; i++)
		for (uint32_t k = set->correlations[i].ref_count; k-- > 0;)
			set->subscribed[at[set->correlations[i].rules[k]]++] = (struct subscription){i, k};
	free(at);
	set->subscribed_first = first;
}

/* Rules that correlations are made of are not reported by themselves, unless `generate` asks for it. */
static void mark(struct rule_set *set)
{
	_cleanup_free_ bool *wanted = mem_alloc(set->rule_count + 1, sizeof(*wanted));

	for (size_t i = 0; i < set->correlation_count; i++) {
		const struct correlation *x = &set->correlations[i];

		for (uint32_t k = 0; k < x->ref_count; k++) {
			set->rules[x->rules[k]].is_part = true;
			wanted[x->rules[k]] = wanted[x->rules[k]] || x->generate;
		}
	}
	for (size_t i = 0; i < set->rule_count; i++)
		set->rules[i].is_silent = set->rules[i].is_part && !wanted[i];
}

void correlations_resolve(struct rule_set *set)
{
	uint32_t base = (uint32_t)set->rule_count;

	append_all(set);
	for (size_t i = 0; i < set->correlation_count; i++) {
		struct err e = {0};

		if (refs_resolve(set, &set->correlations[i], &e) < 0)
			fail(set, &set->correlations[i], &e);
	}
	order(set, base);
	keep_good(set, base);
	/* Each comes after those it builds upon. */
	for (size_t i = 0; i < set->correlation_count; i++)
		correlation_describe(set, &set->correlations[i]);
	subscribe(set);
	mark(set);
}
