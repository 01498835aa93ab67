/* Names of states and verdicts, and what a rule's status says. */
#include "base/check.h"
#include "flow/alert/alert.h"

static const char *const state_names[] = {
#define NAME(symbol, name, active) name,
	ALERT_STATES(NAME)
#undef NAME
};

static const char *const verdict_names[] = {
#define NAME(symbol, name) name,
	ALERT_VERDICTS(NAME)
#undef NAME
};

const char *alert_state_name(enum alert_state s)
{
	CHECK(s < ALERT_STATE_COUNT);
	return state_names[s];
}

bool alert_state_parse(str name, enum alert_state *ret)
{
	for (unsigned i = 0; i < ALERT_STATE_COUNT; i++) {
		if (!str_eq(name, str_of(state_names[i])))
			continue;
		*ret = i;
		return true;
	}
	return false;
}

const char *alert_verdict_name(enum alert_verdict v)
{
	CHECK(v < VERDICT_COUNT);
	return verdict_names[v];
}

bool alert_verdict_parse(str name, enum alert_verdict *ret)
{
	for (unsigned i = VERDICT_NONE + 1; i < VERDICT_COUNT; i++) {
		if (!str_eq(name, str_of(verdict_names[i])))
			continue;
		*ret = i;
		return true;
	}
	return false;
}

unsigned alert_confidence(str rule_status)
{
	if (str_eq(rule_status, STR("stable")))
		return 3;
	if (str_eq(rule_status, STR("test")) || rule_status.len == 0)
		return 2;
	return 1;
}

struct alert_filter alert_filter_all(void)
{
	return (struct alert_filter){.owner_id = ALERT_ANYBODY, .incident_id = ALERT_ANY_INCIDENT};
}
