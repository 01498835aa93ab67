#include "base/check.h"
#include "centre/build/build.h"

static const char *const rule_names[COMBINE_COUNT] = {"max", "min", "mean"};

const char *combine_rule_name(enum combine_rule rule)
{
	CHECK(rule < COMBINE_COUNT);
	return rule_names[rule];
}

bool combine_rule_parse(str name, enum combine_rule *ret)
{
	for (size_t i = 0; i < COMBINE_COUNT; i++)
		if (str_eq(name, str_of(rule_names[i]))) {
			*ret = (enum combine_rule)i;
			return true;
		}
	return false;
}

score_c score_combine(enum combine_rule rule, uint32_t in, uint32_t out)
{
	uint32_t low = in < out ? in : out, high = in < out ? out : in;

	CHECK(high <= FRAMEWORK_SCORE_MAX);
	if (low == 0 || rule == COMBINE_MAX)
		return (score_c)(high * 100);
	return rule == COMBINE_MIN ? (score_c)(low * 100) : (score_c)((low + high) * 50);
}

score_c score_used(enum assignment assignment, enum combine_rule rule, uint32_t in, uint32_t out)
{
	switch (assignment) {
	case ASSIGN_INSOURCE:
		return (score_c)(in * 100);
	case ASSIGN_OUTSOURCE:
		return (score_c)(out * 100);
	case ASSIGN_BOTH:
		return score_combine(rule, in, out);
	case ASSIGN_NOBODY: /* nobody does it: the rubric's 1, whatever was declared before */
		return 100;
	default:
		return SCORE_NONE;
	}
}

void score_mean_add(struct score_mean *m, score_c score)
{
	if (score == SCORE_NONE)
		return;
	m->sum_c += score;
	m->count++;
}

score_c score_mean_value(const struct score_mean *m)
{
	return m->count ? (score_c)((m->sum_c + m->count / 2) / m->count) : SCORE_NONE;
}
