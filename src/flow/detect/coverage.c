#include "flow/detect/internal.h"

struct asked {
	const struct rule_set *set;
	const struct field_view *view;
};

static bool has(const struct asked *a, uint32_t field)
{
	return field == FIELD_KEYWORD || a->view->has(a->view->ctx, name_table_name(a->set->names, field));
}

/* Whether the predicate can come out as `want`. */
static bool pred_can(const struct asked *a, const struct pred *p, bool want)
{
	bool there = has(a, p->field);

	if (p->kind == PRED_FIELDREF)
		there = there && has(a, p->other);
	if (p->kind == PRED_NEVER)
		return !want;
	/* Of a field that is never there, only "null" holds, and always. */
	return there || want == (p->kind == PRED_NULL);
}

static bool expr_can(const struct asked *a, const struct expr *x, bool want)
{
	uint32_t can = 0, need = 0;

	if (x->kind == EXPR_PRED)
		return x->pred >= a->set->pred_count || pred_can(a, &a->set->preds[x->pred], want);
	if (x->kind == EXPR_NOT)
		return expr_can(a, &x->kids[0], !want);
	for (uint32_t i = 0; i < x->count; i++)
		can += expr_can(a, &x->kids[i], want);
	switch (x->kind) {
	case EXPR_AND:
		need = want ? x->count : 1;
		break;
	case EXPR_OR:
		need = want ? 1 : x->count;
		break;
	default:
		need = want ? x->least : x->count - x->least + 1;
	}
	return can >= need;
}

bool rule_can_match(const struct rule_set *set, uint32_t rule_index, const struct field_view *v)
{
	struct asked a = {set, v};

	return expr_can(&a, &set->exprs[rule_index], true);
}

static void each_field(const struct rule_set *set, const struct expr *x, void (*fn)(void *ctx, str name), void *ctx)
{
	const struct pred *p;

	if (x->kind != EXPR_PRED) {
		for (uint32_t i = 0; i < x->count; i++)
			each_field(set, &x->kids[i], fn, ctx);
		return;
	}
	if (x->pred >= set->pred_count)
		return;
	p = &set->preds[x->pred];
	if (p->field != FIELD_KEYWORD)
		fn(ctx, name_table_name(set->names, p->field));
	if (p->kind == PRED_FIELDREF)
		fn(ctx, name_table_name(set->names, p->other));
}

void rule_each_field(const struct rule_set *set, uint32_t rule_index, void (*fn)(void *ctx, str name), void *ctx)
{
	each_field(set, &set->exprs[rule_index], fn, ctx);
}
