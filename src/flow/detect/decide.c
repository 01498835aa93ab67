/* What one value decides of a rule, whatever the event's other fields hold: a rule that asks for three words in a
 * command line is out when one of them is missing. The answer is kept with the value, so it is worked out once. */
#include "base/check.h"
#include "flow/detect/matcher.h"

enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_OPEN };

struct decide {
	struct matcher *m;
	uint32_t name; /* the field that is known */
};

static enum verdict verdict_of(const struct decide *d, const struct expr *x);

static enum verdict verdict_pred(const struct decide *d, uint32_t pred)
{
	const struct pred *p = &d->m->set->preds[pred];

	/* A field reference is decided by two fields. */
	if (p->field != d->name || p->kind == PRED_FIELDREF || p->kind == PRED_NEVER)
		return VERDICT_OPEN;
	return matcher_pred(d->m, pred) ? VERDICT_YES : VERDICT_NO;
}

/* AND is decided by one NO, OR by one YES; else an open kid leaves it open. */
static enum verdict verdict_of_kids(const struct decide *d, const struct expr *x, enum verdict deciding)
{
	enum verdict rest = deciding == VERDICT_NO ? VERDICT_YES : VERDICT_NO;

	for (uint32_t i = 0; i < x->count; i++) {
		enum verdict v = verdict_of(d, &x->kids[i]);

		if (v == deciding)
			return v;
		if (v == VERDICT_OPEN)
			rest = v;
	}
	return rest;
}

static enum verdict verdict_at_least(const struct decide *d, const struct expr *x)
{
	uint32_t held = 0, open = 0;

	for (uint32_t i = 0; i < x->count && held < x->least; i++) {
		enum verdict v = verdict_of(d, &x->kids[i]);

		held += v == VERDICT_YES;
		open += v == VERDICT_OPEN;
	}
	if (held >= x->least)
		return VERDICT_YES;
	return held + open >= x->least ? VERDICT_OPEN : VERDICT_NO;
}

static enum verdict verdict_of(const struct decide *d, const struct expr *x)
{
	enum verdict v;

	switch ((enum expr_kind)x->kind) {
	case EXPR_PRED:
		return verdict_pred(d, x->pred);
	case EXPR_NOT:
		v = verdict_of(d, &x->kids[0]);
		return v == VERDICT_OPEN ? v : v == VERDICT_NO ? VERDICT_YES : VERDICT_NO;
	case EXPR_AND:
		return verdict_of_kids(d, x, VERDICT_NO);
	case EXPR_OR:
		return verdict_of_kids(d, x, VERDICT_YES);
	case EXPR_AT_LEAST:
		return verdict_at_least(d, x);
	}
	return VERDICT_OPEN;
}

uint32_t candidate_decide(struct matcher *m, uint32_t rule, uint32_t name)
{
	struct decide d = {m, name};

	switch (verdict_of(&d, &m->set->exprs[rule])) {
	case VERDICT_NO:
		return rule | CANDIDATE_NO;
	case VERDICT_YES:
		return rule | CANDIDATE_YES;
	case VERDICT_OPEN:
		break;
	}
	return rule;
}
