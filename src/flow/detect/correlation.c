/* A correlation document → struct correlation. What refers to other documents is settled by resolve.c. */
#include "flow/detect/correlation.h"

#include "base/check.h"
#include "base/mem.h"

static const char *const type_names[CORRELATE_TYPE_COUNT] = {
	[CORRELATE_EVENT_COUNT] = "event_count",
	[CORRELATE_VALUE_COUNT] = "value_count",
	[CORRELATE_TEMPORAL] = "temporal",
	[CORRELATE_TEMPORAL_ORDERED] = "temporal_ordered",
	[CORRELATE_VALUE_SUM] = "value_sum",
	[CORRELATE_VALUE_AVG] = "value_avg",
	[CORRELATE_VALUE_PERCENTILE] = "value_percentile",
	[CORRELATE_VALUE_MEDIAN] = "value_median",
};

static const char *const bound_names[BOUND_OP_COUNT] = {
	[BOUND_GT] = "gt",   [BOUND_GTE] = "gte", [BOUND_LT] = "lt",
	[BOUND_LTE] = "lte", [BOUND_EQ] = "eq",   [BOUND_NEQ] = "neq",
};

/* Which of a list of names; says what would have been right when it is none. */
static int choose(struct compile *c, const struct yaml_node *node, const char *const *names, size_t count,
		  const char *id)
{
	_cleanup_(buf_done) struct buf list = {.max = ERR_SLOT_MAX};
	int rc;

	for (size_t i = 0; i < count; i++)
		if (node->kind == YAML_SCALAR && str_eq(node->text, str_of(names[i])))
			return (int)i;
	rc = compile_fail(c, node, id, node->text);
	for (size_t i = 0; i < count; i++)
		buf_add_fmt(&list, "%s%s", i ? " " : "", names[i]);
	err_expected(c->err, buf_str(&list));
	return rc;
}

static bool is_temporal(const struct correlation *x)
{
	return x->type == CORRELATE_TEMPORAL || x->type == CORRELATE_TEMPORAL_ORDERED;
}

static int missing(struct compile *c, const struct yaml_node *node, const char *what)
{
	return compile_fail(c, node, "err.correlation.missing", str_of(what));
}

static int read_type(struct compile *c, const struct yaml_node *map, struct correlation *x)
{
	const struct yaml_node *node = yaml_get(map, STR("type"));
	int type;

	if (!node)
		return missing(c, map, "type");
	type = choose(c, node, type_names, CORRELATE_TYPE_COUNT, "err.correlation.type");
	if (type >= 0)
		x->type = (enum correlation_type)type;
	return type < 0 ? type : 0;
}

static int read_span(struct compile *c, const struct yaml_node *map, struct correlation *x)
{
	static const struct {
		char letter;
		time_us unit;
	} units[] = {{'s', TIME_SECOND}, {'m', TIME_MINUTE}, {'h', TIME_HOUR}, {'d', TIME_DAY}, {'w', 7 * TIME_DAY}};
	const struct yaml_node *node = yaml_get(map, STR("timespan"));
	uint64_t number = 0;
	str text;

	if (!node)
		return missing(c, map, "timespan");
	text = node->text;
	if (node->kind != YAML_SCALAR || text.len < 2 || !str_to_u64(str_sub(text, 0, text.len - 1), &number))
		return compile_fail(c, node, "err.correlation.timespan", text);
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (text.ptr[text.len - 1] != units[i].letter)
			continue;
		if (number == 0 || number > (uint64_t)(CORRELATION_SPAN_MAX / units[i].unit))
			break;
		x->span = (time_us)number * units[i].unit;
		return 0;
	}
	return compile_fail(c, node, "err.correlation.timespan", text);
}

static int read_names(struct compile *c, const struct yaml_node *node, const char *key, struct rule_ref **ret,
		      uint32_t *ret_count)
{
	if (!node || yaml_is_null(node) || (node->kind == YAML_LIST && node->count == 0))
		return 0;
	if (node->kind == YAML_MAP || (node->kind == YAML_LIST && node->count > CORRELATION_FIELDS_MAX))
		return compile_fail(c, node, "err.correlation.fields", str_of(key));
	return refs_read(c, node, ret, ret_count);
}

static int read_alias(struct compile *c, const struct yaml_node *name, const struct yaml_node *node,
		      struct correlation *x)
{
	if (node->kind != YAML_MAP || node->count == 0)
		return compile_fail(c, node, "err.correlation.alias", name->text);
	for (uint32_t i = 0; i < node->count; i++) {
		struct alias *a = &x->aliases[x->alias_count];

		if (x->alias_count == CORRELATION_ALIASES_MAX || node->items[i].kind != YAML_SCALAR ||
		    node->items[i].text.len == 0)
			return compile_fail(c, &node->items[i], "err.correlation.alias", name->text);
		a->name = arena_str(&c->set->arena, name->text);
		a->field = arena_str(&c->set->arena, node->items[i].text);
		a->who = (struct rule_ref){arena_str(&c->set->arena, node->keys[i].text), node->keys[i].line,
					   node->keys[i].column};
		if (!a->name.ptr || !a->field.ptr || !a->who.text.ptr)
			return compile_full(c, node);
		x->alias_count++;
	}
	return 0;
}

static int read_aliases(struct compile *c, const struct yaml_node *map, struct correlation *x)
{
	const struct yaml_node *node = yaml_get(map, STR("aliases"));
	int rc = 0;

	if (!node || yaml_is_null(node))
		return 0;
	if (node->kind != YAML_MAP)
		return compile_fail(c, node, "err.correlation.alias", node->text);
	x->aliases = arena_alloc(&c->set->arena, CORRELATION_ALIASES_MAX * sizeof(*x->aliases));
	if (!x->aliases)
		return compile_full(c, node);
	for (uint32_t i = 0; i < node->count && rc == 0; i++)
		rc = read_alias(c, &node->keys[i], &node->items[i], x);
	return rc;
}

/* ---- condition ---- */

static bool has_not(const struct expr *x)
{
	if (x->kind == EXPR_NOT)
		return true;
	for (uint32_t i = 0; x->kind != EXPR_PRED && i < x->count; i++)
		if (has_not(&x->kids[i]))
			return true;
	return false;
}

/* `recon_a and (recon_b or recon_c)`: the names of the rules, by the rules' own condition language. */
static int read_text(struct compile *c, const struct yaml_node *node, struct correlation *x)
{
	str names[CORRELATION_RULES_MAX];
	struct expr exprs[CORRELATION_RULES_MAX] = {0};
	uint32_t sizes[CORRELATION_RULES_MAX] = {0};
	struct selections s = {names, exprs, sizes, x->ref_count};
	int rc;

	if (x->type != CORRELATE_TEMPORAL)
		return compile_fail(c, node, "err.correlation.text", node->text);
	for (uint32_t i = 0; i < x->ref_count; i++) {
		names[i] = x->refs[i].text;
		exprs[i] = (struct expr){.kind = EXPR_PRED, .pred = i};
	}
	rc = condition_compile(c, &s, node, &x->expr);
	x->has_expr = rc == 0;
	return rc;
}

static int read_bound(struct compile *c, const struct yaml_node *key, const struct yaml_node *node,
		      struct correlation *x)
{
	int op = choose(c, key, bound_names, BOUND_OP_COUNT, "err.correlation.condition_key");
	double value;

	if (op < 0)
		return op;
	if (node->kind != YAML_SCALAR || !number_parse(node->text, &value))
		return compile_fail(c, node, "err.rule.number", node->text);
	x->bounds[x->bound_count++] = (struct bound){(enum bound_op)op, value};
	return 0;
}

static int read_percentile(struct compile *c, const struct yaml_node *node, struct correlation *x)
{
	if (x->type != CORRELATE_VALUE_PERCENTILE || node->kind != YAML_SCALAR ||
	    !number_parse(node->text, &x->percentile) || x->percentile < 0 || x->percentile > 100)
		return compile_fail(c, node, "err.correlation.percentile", node->text);
	x->has_percentile = true;
	return 0;
}

static int read_map(struct compile *c, const struct yaml_node *node, struct correlation *x)
{
	int rc = read_names(c, yaml_get(node, STR("field")), "field", &x->fields, &x->field_count);

	for (uint32_t i = 0; i < node->count && rc == 0; i++) {
		if (str_eq(node->keys[i].text, STR("field")))
			continue;
		if (str_eq(node->keys[i].text, STR("percentile")))
			rc = read_percentile(c, &node->items[i], x);
		else
			rc = read_bound(c, &node->keys[i], &node->items[i], x);
	}
	if (rc == 0 && x->bound_count == 0)
		rc = missing(c, node, "condition");
	return rc;
}

/* Order is all or nothing: "some of them in order" has no meaning in the specification. */
static int check_ordered(struct compile *c, const struct yaml_node *node, const struct correlation *x)
{
	double all = x->ref_count;
	bool fits = x->bound_count == 1 && (x->bounds[0].op == BOUND_GTE || x->bounds[0].op == BOUND_EQ) &&
		    x->bounds[0].value == all;

	fits = fits || (x->bound_count == 1 && x->bounds[0].op == BOUND_GT && x->bounds[0].value == all - 1);
	return fits ? 0 : compile_fail(c, node, "err.correlation.ordered", STR_NONE);
}

static int read_condition(struct compile *c, const struct yaml_node *map, struct correlation *x)
{
	const struct yaml_node *node = yaml_get(map, STR("condition"));
	bool counts_events = x->type == CORRELATE_EVENT_COUNT || is_temporal(x);
	int rc;

	if (!node && is_temporal(x)) {
		x->bounds[x->bound_count++] = (struct bound){BOUND_GTE, x->ref_count};
		return 0;
	}
	if (!node)
		return missing(c, map, "condition");
	rc = node->kind == YAML_MAP ? read_map(c, node, x) : read_text(c, node, x);
	if (rc < 0)
		return rc;
	if (!counts_events && x->field_count == 0)
		return missing(c, node, "field");
	if (x->field_count > 1 && x->type != CORRELATE_VALUE_COUNT)
		return compile_fail(c, node, "err.correlation.fields", STR("field"));
	return x->type == CORRELATE_TEMPORAL_ORDERED ? check_ordered(c, node, x) : 0;
}

/* More events only add to these, so what is true stays true while the window lasts. */
static bool is_eager(const struct correlation *x)
{
	if (x->type == CORRELATE_TEMPORAL_ORDERED)
		return true;
	if (x->has_expr)
		return !has_not(&x->expr);
	if (x->type > CORRELATE_VALUE_SUM)
		return false;
	for (uint32_t i = 0; i < x->bound_count; i++)
		if (x->bounds[i].op != BOUND_GT && x->bounds[i].op != BOUND_GTE)
			return false;
	return true;
}

static int read_generate(struct compile *c, const struct yaml_node *doc, const struct yaml_node *map,
			 struct correlation *x)
{
	/* The specification lists it beside `correlation`; the usual converters read it inside. */
	const struct yaml_node *node = yaml_get(map, STR("generate"));

	if (!node)
		node = yaml_get(doc, STR("generate"));
	if (!node || yaml_is_null(node))
		return 0;
	x->generate = str_eq_nocase(node->text, STR("true"));
	if (node->kind != YAML_SCALAR || (!x->generate && !str_eq_nocase(node->text, STR("false"))))
		return compile_fail(c, node, "err.rule.bool", node->text);
	return 0;
}

static int read_body(struct compile *c, const struct yaml_node *doc, const struct yaml_node *map, struct correlation *x)
{
	const struct yaml_node *rules = yaml_get(map, STR("rules"));
	int rc;

	if (map->kind != YAML_MAP)
		return compile_fail(c, map, "err.correlation.not_map", STR_NONE);
	if (!rules || yaml_is_null(rules))
		return compile_fail(c, map, "err.rule.no_rules", STR("correlation"));
	rc = read_type(c, map, x);
	if (rc == 0)
		rc = refs_read(c, rules, &x->refs, &x->ref_count);
	if (rc == 0 && x->ref_count > CORRELATION_RULES_MAX)
		rc = compile_fail(c, rules, "err.correlation.rules", STR_NONE);
	if (rc == 0)
		rc = read_names(c, yaml_get(map, STR("group-by")), "group-by", &x->group, &x->group_count);
	if (rc == 0)
		rc = read_span(c, map, x);
	if (rc == 0)
		rc = read_aliases(c, map, x);
	if (rc == 0)
		rc = read_condition(c, map, x);
	if (rc == 0)
		rc = read_generate(c, doc, map, x);
	return rc;
}

int correlation_compile(struct compile *c, const struct yaml_node *doc)
{
	struct rule_set *set = c->set;
	struct correlation x = {0};
	int rc;

	if (set->correlation_count >= CORRELATIONS_MAX)
		return yaml_err(c->err, err_set(c->err, ERR_LIMIT, "err.correlation.count"), c->path, doc);
	rc = rule_read_meta(c, doc, &x.meta);
	if (rc == 0)
		rc = read_body(c, doc, yaml_get(doc, STR("correlation")), &x);
	if (rc < 0)
		return rc;
	x.eager = is_eager(&x);
	rule_keep_id(c, doc, x.meta.id);
	mem_grow(&set->correlations, &set->correlation_cap, set->correlation_count + 1, sizeof(x));
	set->correlations[set->correlation_count++] = x;
	return 0;
}
