/* What a correlation asks for, as one line that needs no language, and the digest by which it is known again. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/correlation.h"

#define CONDITION_TEXT_MAX 600u /* shown beside an alert; a longer one is cut there */

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

static const char *const op_names[BOUND_OP_COUNT] = {
	[BOUND_GT] = ">",   [BOUND_GTE] = ">=", [BOUND_LT] = "<",
	[BOUND_LTE] = "<=", [BOUND_EQ] = "=",   [BOUND_NEQ] = "!=",
};

static void add_position(const struct correlation *x, uint32_t position, struct buf *out)
{
	buf_add(out, x->refs[position].text);
}

static void add_expr(const struct correlation *x, const struct expr *node, struct buf *out)
{
	if (node->kind == EXPR_PRED) {
		add_position(x, node->pred, out);
		return;
	}
	if (node->kind == EXPR_NOT)
		buf_add(out, STR("not "));
	if (node->kind == EXPR_AT_LEAST)
		buf_add_fmt(out, "%u of ", node->least);
	buf_add_byte(out, '(');
	for (uint32_t i = 0; i < (node->kind == EXPR_NOT ? 1 : node->count); i++) {
		if (i)
			buf_add(out, node->kind == EXPR_AND  ? STR(" and ")
				     : node->kind == EXPR_OR ? STR(" or ")
							     : STR(", "));
		add_expr(x, &node->kids[i], out);
	}
	buf_add_byte(out, ')');
}

/* What is counted: fields, or the rules whose order or company matters. */
static void add_subject(const struct correlation *x, struct buf *out)
{
	bool temporal = x->type == CORRELATE_TEMPORAL || x->type == CORRELATE_TEMPORAL_ORDERED;
	uint32_t count = temporal ? x->ref_count : x->field_count;

	buf_add(out, str_of(type_names[x->type]));
	if (!count)
		return;
	buf_add_byte(out, '(');
	for (uint32_t i = 0; i < count; i++) {
		if (i)
			buf_add(out, x->type == CORRELATE_TEMPORAL_ORDERED ? STR(" → ") : STR(", "));
		if (temporal)
			add_position(x, i, out);
		else
			buf_add(out, x->fields[i].text);
	}
	if (x->has_percentile)
		buf_add_fmt(out, ", %g", x->percentile);
	buf_add_byte(out, ')');
}

static str text_of(struct rule_set *set, const struct correlation *x)
{
	_cleanup_(buf_done) struct buf out = {.max = CONDITION_TEXT_MAX};
	str copy;

	if (x->has_expr) {
		buf_add(&out, str_of(type_names[x->type]));
		buf_add(&out, STR(": "));
		add_expr(x, &x->expr, &out);
	} else {
		add_subject(x, &out);
	}
	for (uint32_t i = 0; i < x->bound_count; i++)
		buf_add_fmt(&out, "%s %s %.15g", i ? "," : "", op_names[x->bounds[i].op], x->bounds[i].value);
	copy = arena_str(&set->arena, buf_str(&out));
	return copy.ptr ? copy : STR("");
}

void correlation_describe(struct rule_set *set, struct correlation *x)
{
	uint32_t base = (uint32_t)(set->rule_count - set->correlation_count);
	uint64_t digest = hash_mix(0, x->meta.content);

	for (uint32_t i = 0; i < x->ref_count; i++) {
		uint32_t rule = x->rules[i];

		digest = hash_mix(digest,
				  rule < base ? set->rules[rule].content : set->correlations[rule - base].digest);
	}
	x->digest = digest;
	x->condition = text_of(set, x);
}

bool correlation_builds_on(const struct rule_set *set, uint32_t rule_index, uint32_t part_index)
{
	uint32_t base = (uint32_t)(set->rule_count - set->correlation_count);
	const struct correlation *x;

	if (rule_index < base)
		return false;
	x = &set->correlations[rule_index - base];
	/* Chains are at most CORRELATION_CHAIN_MAX deep. */
	for (uint32_t i = 0; i < x->ref_count; i++)
		if (x->rules[i] == part_index || correlation_builds_on(set, x->rules[i], part_index))
			return true;
	return false;
}
