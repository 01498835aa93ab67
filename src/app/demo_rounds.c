/* The demo's evaluation: rounds of the past with the portfolio as it was, the round that runs, improvement actions; all
 * through the rooms that a person would use. */
#include "app/demo_seeding.h"
#include "base/check.h"

#define DAYS_MAX 3660

/* How often a service stands in a list of the round. */
static uint32_t times_in(const struct yaml_node *list, str service)
{
	uint32_t times = 0;

	for (uint32_t i = 0; list && list->kind == YAML_LIST && i < list->count; i++)
		times += str_eq(list->items[i].text, service);
	return times;
}

struct seeded *seed_past(struct seeding *s, str service, struct service_state *state)
{
	const struct fw_service *known = framework_service(s->seed->framework, service);
	struct seeded *before;
	uint32_t lower = times_in(yaml_get(s->past, STR("lower")), service);
	bool insourced = times_in(yaml_get(s->past, STR("insourced")), service) > 0;

	CHECK(known);
	before = &s->services[known->index];
	if (before->version && before->lower == lower && before->insourced == insourced)
		return NULL;
	before->lower = lower;
	before->insourced = insourced;
	for (int side = 0; side < SIDE_COUNT; side++)
		if (state->now[side] > lower)
			state->now[side] -= lower;
		else if (state->now[side])
			state->now[side] = 1;
	if (insourced) {
		state->assignment = ASSIGN_INSOURCE;
		state->provider = STR_NONE;
		state->now[SIDE_OUT] = state->target[SIDE_OUT] = 0;
	}
	return before;
}

static int review(struct seeding *s, const struct yaml_node *node, int64_t round_id, time_us when)
{
	const struct actor *who = seed_person(s, yaml_text(node, STR("by")));
	struct review_entry entry = {
		.round_id = round_id, .remark = seed_text(s, yaml_get(node, STR("remark"))), .now = when};

	if (!who || !review_subject_parse(yaml_text(node, STR("subject")), &entry.subject) ||
	    !review_outcome_parse(yaml_text(node, STR("outcome")), &entry.outcome))
		return seed_refuse(s, node, STR("subject, outcome, by"));
	return round_review_save(s->db, who, &entry, s->e);
}

static int trigger(struct seeding *s, const struct yaml_node *node, int64_t round_id, time_us when)
{
	const struct actor *ciso = seed_person(s, STR("ciso"));
	struct trigger_entry entry = {
		.round_id = round_id, .remark = seed_text(s, yaml_get(node, STR("remark"))), .now = when};

	if (!trigger_kind_parse(yaml_text(node, STR("kind")), &entry.kind))
		return seed_refuse(s, node, STR("kind"));
	return round_trigger_add(s->db, ciso, &entry, s->e);
}

/* Begins the round, notes its reasons, does its reviews. */
static int begin(struct seeding *s, const struct yaml_node *node, time_us end, int64_t *ret_id)
{
	const struct actor *manager = seed_person(s, STR("manager"));
	const struct yaml_node *triggers = yaml_get(node, STR("triggers")), *reviews = yaml_get(node, STR("reviews"));
	struct round_new n = {.framework = s->seed->framework, .name = seed_text(s, yaml_get(node, STR("name")))};
	struct round_step step = {.framework = s->seed->framework, .expected = 1, .to = ROUND_REVIEW};
	int64_t days = 0, length = 0;
	int rc;

	if (!manager || !seed_person(s, STR("ciso")))
		return seed_refuse(s, node, STR("users: manager, ciso"));
	if ((rc = seed_number(s, node, STR("days_ago"), DAYS_MAX, &days)) ||
	    (rc = seed_number(s, node, STR("length"), DAYS_MAX, &length)))
		return rc;
	n.start = n.now = s->seed->now - days * TIME_DAY;
	n.deadline = n.start + length * TIME_DAY;
	if ((rc = round_create(s->db, manager, &n, ret_id, s->e)))
		return rc;
	for (uint32_t i = 0; !rc && triggers && i < triggers->count; i++)
		rc = trigger(s, &triggers->items[i], *ret_id, n.start);
	step.id = *ret_id;
	step.now = end - TIME_DAY;
	if (!rc)
		rc = round_step(s->db, manager, &step, s->e);
	for (uint32_t i = 0; !rc && reviews && i < reviews->count; i++)
		rc = review(s, &reviews->items[i], *ret_id, step.now);
	return rc;
}

/* A round of the past: the portfolio as it was, reviewed and signed. */
static int past_round(struct seeding *s, const struct yaml_node *node)
{
	struct round_step sign = {.framework = s->seed->framework, .expected = 2, .to = ROUND_SIGNED};
	int64_t days = 0;
	int rc = seed_number(s, node, STR("signed_days_ago"), DAYS_MAX, &days);

	if (rc)
		return rc;
	s->past = node;
	s->at = sign.now = s->seed->now - days * TIME_DAY;
	s->work_from = days;
	if ((rc = seed_state(s)) || (rc = begin(s, node, sign.now, &sign.id)) ||
	    (rc = round_step(s->db, seed_person(s, STR("ciso")), &sign, s->e)))
		return rc;
	s->work_before = days;
	return 0;
}

static int present_round(struct seeding *s, const struct yaml_node *node)
{
	int64_t id;

	return begin(s, node, s->seed->now, &id);
}

static int action(struct seeding *s, const struct yaml_node *node)
{
	const struct actor *manager = seed_person(s, STR("manager"));
	struct action a = {.title = seed_text(s, yaml_get(node, STR("title"))),
			   .service = yaml_text(node, STR("service")),
			   .owner = seed_text(s, yaml_get(node, STR("owner")))};
	struct action_save save = {.framework = s->seed->framework, .action = &a, .now = s->seed->now - 30 * TIME_DAY};
	int64_t days = 0, ago = 0, id;
	int rc;

	if (!action_state_parse(yaml_text(node, STR("state")), &a.state))
		return seed_refuse(s, yaml_get(node, STR("state")), STR("state"));
	if ((yaml_get(node, STR("due_in")) && (rc = seed_number(s, node, STR("due_in"), DAYS_MAX, &days))) ||
	    (yaml_get(node, STR("due_ago")) && (rc = seed_number(s, node, STR("due_ago"), DAYS_MAX, &ago))))
		return rc;
	a.due = s->seed->now + (days - ago) * TIME_DAY;
	return action_save(s->db, manager, &save, &id, s->e);
}

int seed_rounds(struct seeding *s)
{
	int rc;

	s->work_before = DAYS_MAX + 1;
	if ((rc = seed_each(s, STR("past_rounds"), past_round)))
		return rc;
	s->past = NULL;
	s->at = s->seed->now;
	s->work_from = 0;
	if ((rc = seed_state(s)) || (rc = seed_each(s, STR("present_rounds"), present_round)))
		return rc;
	return seed_each(s, STR("actions"), action);
}
