/* Why a rule matched an event, or what failed first: the predicates that decided, in the author's words. */
#include "base/check.h"
#include "flow/detect/matcher.h"

#define REASONS_MAX 200u

struct reasons {
	struct matcher *m;
	struct match_reason *list;
	uint32_t count;
	uint32_t last_leaf;
};

static void reason_add(struct reasons *r, const struct expr *x, bool matched)
{
	const struct written_value *leaf = &r->m->set->leaves[x->leaf];
	const struct event_field *f;

	/* The three Base64 forms of one value are one reason. */
	if (r->count == REASONS_MAX || (r->count && r->last_leaf == x->leaf))
		return;
	f = matcher_value(r->m, x->pred, matched);
	r->last_leaf = x->leaf;
	r->list[r->count++] = (struct match_reason){
		.selection = leaf->selection,
		.field = leaf->field,
		.modifiers = leaf->modifiers,
		.pattern = leaf->pattern,
		.value = !f            ? STR_NONE
			 : f->text.ptr ? f->text
				       : STR(""),
		.matched = matched,
	};
}

/* What made x come out as `want`. A NOT that lets an event pass is no reason by itself: nothing was found. A NOT that
 * stops it is told by what its inside found. */
static void walk(struct reasons *r, const struct expr *x, bool want)
{
	bool is_and = x->kind == EXPR_AND;

	if (x->kind == EXPR_PRED) {
		reason_add(r, x, want);
		return;
	}
	if (x->kind == EXPR_NOT) {
		if (!want)
			walk(r, &x->kids[0], true);
		return;
	}
	for (uint32_t i = 0; i < x->count; i++) {
		if (matcher_eval(r->m, &x->kids[i]) != want)
			continue;
		walk(r, &x->kids[i], want);
		/* The first that failed is enough for AND. */
		if (is_and && !want)
			return;
	}
}

int matcher_explain(struct matcher *m, uint32_t rule_index, struct arena *a, struct match_reason **ret,
		    uint32_t *ret_count, struct err *e)
{
	struct reasons r = {.m = m};

	CHECK(rule_index < m->set->rule_count && m->ev);
	r.list = arena_alloc(a, REASONS_MAX * sizeof(*r.list));
	if (!r.list)
		return err_set(e, ERR_LIMIT, "err.rule.memory");
	walk(&r, &m->set->exprs[rule_index], matcher_eval(m, &m->set->exprs[rule_index]));
	*ret = r.list;
	*ret_count = r.count;
	return 0;
}

int rule_explain(const struct rule_set *set, uint32_t rule_index, const struct event *ev, struct arena *a,
		 struct match_reason **ret, uint32_t *ret_count, struct err *e)
{
	struct matcher *m;
	int rc = matcher_create(set, &m, e);

	if (rc < 0)
		return rc;
	matcher_begin(m, ev);
	rc = matcher_explain(m, rule_index, a, ret, ret_count, e);
	matcher_free(m);
	return rc;
}
