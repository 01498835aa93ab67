/* The witnesses of a rule: predicates of which at least one must hold whenever the rule matches, as rare as can be had.
 *
 * An event meets only rules of which a witness holds. AND offers the witnesses of any of its kids (the rarest wins), OR
 * needs those of all its kids, NOT offers none. Rarity is guessed from the literal: a guess costs speed, never a match.
 */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/internal.h"

#define WITNESS_NONE 1e9  /* the sum of a set that does not exist */
#define WITNESS_EACH 1e-5 /* the price of one more literal to look for */

const char *const witness_frequent[] = {
	"c:\\windows\\system32\\",
	"c:\\windows\\syswow64\\",
	"c:\\program files (x86)\\",
	"c:\\users\\administrator\\appdata\\local\\temp\\",
	"\\appdata\\roaming\\",
	"hklm\\system\\currentcontrolset\\services\\",
	"hklm\\software\\microsoft\\windows\\currentversion\\",
	"hku\\software\\microsoft\\windows nt\\currentversion\\",
	"hkey_local_machine\\",
	"nt authority\\system",
	"windows operating",
	"microsoft-windows-security-auditing",
	"powershell.exe -noprofile",
	".exe",
	".dll",
	"http://www.",
	"https://",
	"true",
	"false",
	"success",
	"tcp",
	"0x0",
};
const size_t witness_frequent_count = COUNT_OF(witness_frequent);

/* Programs that run all the time: a basename tells little. */
static const char *const busy[] = {"\\svchost.exe",  "\\powershell.exe", "\\cmd.exe",      "\\explorer.exe",
				   "\\rundll32.exe", "\\pwsh.exe",       "\\wmiprvse.exe", "\\lsass.exe"};

static double literal_share(str literal)
{
	static const double by_len[] = {1, 0.6, 0.4, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.004, 0.003, 0.002};

	for (size_t i = 0; i < witness_frequent_count; i++)
		if (str_find(str_of(witness_frequent[i]), literal) >= 0)
			return literal.len > 8 ? 0.3 : 0.5;
	for (size_t i = 0; i < COUNT_OF(busy); i++)
		if (str_ends(literal, str_of(busy[i])) || str_find(str_of(busy[i]), literal) >= 0)
			return 0.1;
	return literal.len < COUNT_OF(by_len) ? by_len[literal.len] : 0.001;
}

/* The guessed share of events for which the predicate holds; WITNESS_NONE when it cannot serve. */
static double guess_share(const struct rule_set *set, const struct pred *p)
{
	str literal = p->literal;
	bool whole = p->kind == PRED_TEXT && p->glob->kind == GLOB_EXACT;
	double share;

	if (literal.len == 0)
		return WITNESS_NONE;
	share = literal_share(literal);
	if (p->field == FIELD_KEYWORD)
		return share + 0.001;
	if (!whole)
		return share + WITNESS_EACH;
	/* An exact value is rarer than a value that contains it; an event number is a class of many events. */
	if (str_eq(name_table_name(set->names, p->field), STR("EventID")))
		return 0.03;
	return share / 4 + WITNESS_EACH;
}

/* The same question comes for every rule that has the predicate, and for every AND above it. */
static double pred_share(const struct rule_set *set, uint32_t pred)
{
	double *share = &set->pred_shares[pred];

	if (*share <= 0)
		*share = guess_share(set, &set->preds[pred]);
	return *share;
}

static double expr_share(const struct rule_set *set, const struct expr *x)
{
	double sum = 0, best = WITNESS_NONE;

	switch ((enum expr_kind)x->kind) {
	case EXPR_PRED:
		return pred_share(set, x->pred);
	case EXPR_NOT:
		return WITNESS_NONE;
	case EXPR_AND:
		for (uint32_t i = 0; i < x->count; i++) {
			double share = expr_share(set, &x->kids[i]);

			best = share < best ? share : best;
		}
		return best;
	case EXPR_OR:
	case EXPR_AT_LEAST:
		for (uint32_t i = 0; i < x->count; i++)
			sum += expr_share(set, &x->kids[i]);
		return sum < WITNESS_NONE ? sum : WITNESS_NONE;
	}
	return WITNESS_NONE;
}

struct pairs {
	struct witness_pair *list;
	size_t count, cap;
	uint32_t rule;
};

static void collect(const struct rule_set *set, const struct expr *x, struct pairs *out)
{
	const struct expr *best = NULL;
	double least = WITNESS_NONE;

	if (x->kind == EXPR_PRED) {
		mem_grow(&out->list, &out->cap, out->count + 1, sizeof(*out->list));
		out->list[out->count++] = (struct witness_pair){x->pred, out->rule};
		return;
	}
	if (x->kind != EXPR_AND) {
		for (uint32_t i = 0; i < x->count; i++)
			collect(set, &x->kids[i], out);
		return;
	}
	for (uint32_t i = 0; i < x->count; i++) {
		double share = expr_share(set, &x->kids[i]);

		if (share < least) {
			least = share;
			best = &x->kids[i];
		}
	}
	CHECK(best != NULL);
	collect(set, best, out);
}

static int pair_cmp(const void *a, const void *b)
{
	const struct witness_pair *x = a, *y = b;

	if (x->pred != y->pred)
		return x->pred < y->pred ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

void witness_choose(struct rule_set *set, struct witness_pair **ret, size_t *ret_count)
{
	struct pairs out = {0};
	size_t kept = 0;

	set->pred_shares = mem_alloc(set->pred_count + 1, sizeof(*set->pred_shares));
	set->unwitnessed = mem_alloc(set->rule_count + 1, sizeof(*set->unwitnessed));
	for (uint32_t i = 0; i < set->rule_count; i++) {
		out.rule = i;
		if (expr_share(set, &set->exprs[i]) >= WITNESS_NONE)
			set->unwitnessed[set->unwitnessed_count++] = i;
		else
			collect(set, &set->exprs[i], &out);
	}
	if (out.count)
		qsort(out.list, out.count, sizeof(*out.list), pair_cmp);
	for (size_t i = 0; i < out.count; i++)
		if (i == 0 || pair_cmp(&out.list[i], &out.list[i - 1]) != 0)
			out.list[kept++] = out.list[i];
	free(set->pred_shares);
	set->pred_shares = NULL;
	*ret = out.list;
	*ret_count = kept;
}
