/* The tables themselves: the first edition, what they mean, what is allowed in them. */
#include "base/check.h"
#include "craft/criteria/internal.h"

/* What is added to the rule's level, by value of the asset (row) and confidence (column), each low, medium, high. A
 * valuable asset raises even a doubtful hit to what the rule says; a doubtful hit on anything else waits one step
 * behind. Times to acknowledge are our judgement. */
const struct triage_table triage_first_edition = {
	.adjust = {{-2, -1, -1}, {-1, 0, 0}, {0, 1, 1}},
	.acknowledge_min = {0, 1440, 480, 60, 15},
};

unsigned triage_priority(const struct triage_table *t, unsigned level, unsigned asset_value, unsigned confidence)
{
	int priority;

	CHECK(level >= 1 && level <= TRIAGE_LEVELS && asset_value >= 1 && asset_value <= TRIAGE_STEPS &&
	      confidence >= 1 && confidence <= TRIAGE_STEPS);
	priority = (int)level + t->adjust[asset_value - 1][confidence - 1];
	return priority < 1 ? 1 : priority > TRIAGE_LEVELS ? TRIAGE_LEVELS : (unsigned)priority;
}

static int refuse(struct err *e, const char *id, const char *field, const char *expected)
{
	int rc = err_set(e, ERR_RANGE, id);

	err_path(e, str_of(field));
	err_expected(e, str_of(expected));
	return rc;
}

int triage_check(const struct triage_table *t, struct err *e)
{
	for (int i = 0; i < TRIAGE_STEPS * TRIAGE_STEPS; i++) {
		int value = t->adjust[i / TRIAGE_STEPS][i % TRIAGE_STEPS];

		if (value < -TRIAGE_ADJUST_MAX || value > TRIAGE_ADJUST_MAX)
			return refuse(e, "err.criteria.range", "adjust", "-4–4");
		/* More value or more confidence never lowers a priority: a table that does is a slip of the pen. */
		if ((i % TRIAGE_STEPS && value < t->adjust[i / TRIAGE_STEPS][i % TRIAGE_STEPS - 1]) ||
		    (i / TRIAGE_STEPS && value < t->adjust[i / TRIAGE_STEPS - 1][i % TRIAGE_STEPS]))
			return refuse(e, "err.criteria.order", "adjust", ">=");
	}
	for (int i = 0; i < TRIAGE_LEVELS; i++)
		if (t->acknowledge_min[i] < 0 || t->acknowledge_min[i] > CRITERIA_MINUTES_MAX)
			return refuse(e, "err.criteria.range", "acknowledge_min", "0–43200");
	return 0;
}

/* ---- actions ---- */

/* Our judgement of a sound beginning: what cannot be undone, or stops business, is decided higher up. */
static const struct first {
	const char *id, *states, *decider;
	int severity_min, minutes;
	bool consent;
} first_edition[] = {
	{"watch_closer", "triage investigate contain", "analyst", 1, 30, false},
	{"block_indicator", "investigate contain eradicate", "analyst", 2, 30, false},
	{"isolate_host", "investigate contain", "handler", 3, 30, false},
	{"isolate_server", "investigate contain", "manager", 4, 60, true},
	{"disable_account", "investigate contain", "handler", 3, 30, false},
	{"reset_passwords", "contain eradicate", "handler", 2, 120, false},
	{"keep_evidence", "triage investigate contain", "analyst", 1, 60, false},
	{"stop_service", "contain", "ciso", 4, 60, true},
	{"cut_network", "contain", "ciso", 5, 30, true},
	{"remove_malware", "eradicate", "handler", 2, 240, true},
	{"rebuild_host", "eradicate recover", "handler", 3, 480, true},
	{"restore_backup", "recover", "manager", 3, 480, true},
	{"tell_authority", "contain recover review", "ciso", 4, 240, false},
	{"tell_public", "recover review", "ciso", 5, 480, false},
	{"call_forensics", "investigate contain", "manager", 4, 120, false},
};

int policy_first_edition(struct arena *a, struct policy_table *ret, struct err *e)
{
	struct policy *rows = arena_alloc(a, sizeof(*rows) * COUNT_OF(first_edition));

	if (!rows)
		return err_set(e, ERR_LIMIT, "err.criteria.budget");
	for (size_t i = 0; i < COUNT_OF(first_edition); i++)
		rows[i] = (struct policy){.id = str_of(first_edition[i].id),
					  .states = str_of(first_edition[i].states),
					  .decider = str_of(first_edition[i].decider),
					  .severity_min = first_edition[i].severity_min,
					  .minutes = first_edition[i].minutes,
					  .consent = first_edition[i].consent,
					  .name = STR(""),
					  .remark = STR("")};
	*ret = (struct policy_table){rows, COUNT_OF(first_edition)};
	return 0;
}

bool policy_applies(const struct policy *p, str state, unsigned severity)
{
	str rest = p->states, one;

	while (str_next(&rest, ' ', &one))
		if (one.len && str_eq(one, state))
			return severity >= (unsigned)p->severity_min;
	return false;
}

static int row_check(const struct policy *p, struct err *e)
{
	enum role role;

	if (!p->id.len || p->id.len > 64)
		return refuse(e, "err.criteria.id", "id", "isolate_host");
	for (size_t i = 0; i < p->id.len; i++) {
		char c = p->id.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
			return refuse(e, "err.criteria.id", "id", "isolate_host");
	}
	if (p->name.len > POLICY_TEXT_MAX || p->remark.len > POLICY_TEXT_MAX || p->states.len > POLICY_TEXT_MAX)
		return refuse(e, "err.record.long", "name", "400");
	if (!role_parse(p->decider, &role))
		return refuse(e, "err.criteria.decider", "decider", "analyst|handler|manager|ciso");
	if (p->severity_min < 1 || p->severity_min > TRIAGE_LEVELS)
		return refuse(e, "err.criteria.range", "severity_min", "1–5");
	if (p->minutes < 0 || p->minutes > CRITERIA_MINUTES_MAX)
		return refuse(e, "err.criteria.range", "minutes", "0–43200");
	return 0;
}

int policy_check(const struct policy_table *t, struct err *e)
{
	int rc = 0;

	if (t->count > POLICY_MAX)
		return refuse(e, "err.criteria.range", "actions", "60");
	for (uint32_t i = 0; !rc && i < t->count; i++) {
		rc = row_check(&t->rows[i], e);
		for (uint32_t k = 0; !rc && k < i; k++)
			if (str_eq(t->rows[k].id, t->rows[i].id))
				rc = refuse(e, "err.criteria.twice", "id", "");
		if (rc)
			err_value(e, t->rows[i].id);
	}
	return rc;
}
