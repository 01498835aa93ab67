#include "base/check.h"
#include "base/utf8.h"
#include "flow/incident/incident.h"

static const char *const names[] = {
#define NAME(symbol, name, service) name,
	INCIDENT_STATES(NAME)
#undef NAME
};

static const char *const services[] = {
#define SERVICE(symbol, name, service) service,
	INCIDENT_STATES(SERVICE)
#undef SERVICE
};

/* Forward one step is the usual way. Containment may come before the investigation is over; every later state can fall
 * back to the investigation when something new turns up; a false report is closed early, with the reason. */
const struct incident_step incident_steps[] = {
	{INCIDENT_NEW, INCIDENT_TRIAGE, PERM_INCIDENT_WORK, false},
	{INCIDENT_NEW, INCIDENT_CLOSED, PERM_INCIDENT_CLOSE, true},
	{INCIDENT_TRIAGE, INCIDENT_INVESTIGATE, PERM_INCIDENT_WORK, false},
	{INCIDENT_TRIAGE, INCIDENT_CONTAIN, PERM_INCIDENT_WORK, false},
	{INCIDENT_TRIAGE, INCIDENT_CLOSED, PERM_INCIDENT_CLOSE, true},
	{INCIDENT_INVESTIGATE, INCIDENT_CONTAIN, PERM_INCIDENT_WORK, false},
	{INCIDENT_INVESTIGATE, INCIDENT_REVIEW, PERM_INCIDENT_WORK, true},
	{INCIDENT_INVESTIGATE, INCIDENT_CLOSED, PERM_INCIDENT_CLOSE, true},
	{INCIDENT_CONTAIN, INCIDENT_ERADICATE, PERM_INCIDENT_WORK, false},
	{INCIDENT_CONTAIN, INCIDENT_INVESTIGATE, PERM_INCIDENT_WORK, false},
	{INCIDENT_ERADICATE, INCIDENT_RECOVER, PERM_INCIDENT_WORK, false},
	{INCIDENT_ERADICATE, INCIDENT_INVESTIGATE, PERM_INCIDENT_WORK, false},
	{INCIDENT_RECOVER, INCIDENT_REVIEW, PERM_INCIDENT_WORK, false},
	{INCIDENT_RECOVER, INCIDENT_INVESTIGATE, PERM_INCIDENT_WORK, false},
	{INCIDENT_REVIEW, INCIDENT_CLOSED, PERM_INCIDENT_CLOSE, true},
	{INCIDENT_REVIEW, INCIDENT_INVESTIGATE, PERM_INCIDENT_WORK, false},
	{INCIDENT_CLOSED, INCIDENT_INVESTIGATE, PERM_INCIDENT_CLOSE, true},
	{.permission = PERM_NONE},
};

const char *incident_state_name(enum incident_state s)
{
	CHECK(s < INCIDENT_STATE_COUNT);
	return names[s];
}

bool incident_state_parse(str name, enum incident_state *ret)
{
	for (unsigned i = 0; i < INCIDENT_STATE_COUNT; i++) {
		if (!str_eq(name, str_of(names[i])))
			continue;
		*ret = i;
		return true;
	}
	return false;
}

const char *incident_state_service(enum incident_state s)
{
	CHECK(s < INCIDENT_STATE_COUNT);
	return services[s];
}

const struct incident_step *incident_step_find(enum incident_state from, enum incident_state to)
{
	for (const struct incident_step *s = incident_steps; s->permission != PERM_NONE; s++)
		if (s->from == from && s->to == to)
			return s;
	return NULL;
}

str incident_title_cut(str text)
{
	return utf8_cut(text, INCIDENT_TITLE_MAX);
}
