/* What is owed: the due days of every contract with what became of each. */
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/provider/internal.h"
#include "craft/work/work.h"
#include "store/queries.gen.h"

static const char *const slot_names[SLOT_COUNT] = {
#define SLOT_NAME(symbol, name) [symbol] = name,
	PROVIDER_SLOTS(SLOT_NAME)
#undef SLOT_NAME
};

const char *slot_state_name(enum slot_state s)
{
	CHECK(s < SLOT_COUNT);
	return slot_names[s];
}

static int load_reports(struct db *db, struct scope scope, time_us from, struct arena *a, struct rows *ret,
			struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_provider_report_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "from_at", from);
	stmt_i64(&st, "count", PROVIDER_REPORTS_MAX);
	return rows_read(&st, &report_kind, PROVIDER_REPORTS_MAX, a, ret, e);
}

static enum slot_state state_of(const struct contract *c, const struct report *r, time_us due, time_us now)
{
	bool past = due + (time_us)c->grace_days * TIME_DAY < now;

	if (r->judged)
		return SLOT_JUDGED;
	if (r->opened)
		return SLOT_OPENED;
	if (r->id)
		return past ? SLOT_UNOPENED : SLOT_ARRIVED;
	return past ? SLOT_MISSING : SLOT_AWAITED;
}

struct slot_maker {
	struct report_slots *out;
	const struct report *reports;
	uint32_t report_count, max;
	time_us now;
};

static void add_slot(struct slot_maker *m, const struct contract *c, time_us due)
{
	struct report_slot *slot = &m->out->items[m->out->count++];

	*slot = (struct report_slot){.contract = c, .report = {.contract_id = c->id, .due = due}};
	for (uint32_t i = 0; i < m->report_count; i++)
		if (m->reports[i].contract_id == c->id && m->reports[i].due == due)
			slot->report = m->reports[i];
	slot->state = state_of(c, &slot->report, due, m->now);
	m->out->counts[slot->state]++;
}

/* Every due day until now that is not too old, and the next one. */
static void add_contract(struct slot_maker *m, const struct contract *c)
{
	time_us due;

	for (uint32_t n = 0; m->out->count < m->max && contract_due(c, n, &due); n++) {
		if (due < m->now - PROVIDER_REPORT_DAYS * TIME_DAY)
			continue;
		add_slot(m, c, due);
		if (due > m->now)
			break;
	}
}

static int newest_first(const void *left, const void *right)
{
	const struct report_slot *a = left, *b = right;

	if (a->report.due != b->report.due)
		return a->report.due > b->report.due ? -1 : 1;
	return a->contract->id < b->contract->id ? -1 : a->contract->id > b->contract->id;
}

int report_slots(struct db *db, struct scope scope, time_us now, struct arena *a, struct report_slots *ret,
		 struct err *e)
{
	struct report_slots out = {0};
	struct slot_maker m = {.out = &out, .max = PROVIDER_REPORTS_MAX, .now = now};
	struct rows reports;
	int rc = contract_list(db, scope, a, &out.contracts, e);

	if (rc)
		return rc;
	if (!out.contracts.count) {
		*ret = out;
		return 0;
	}
	if ((rc = load_reports(db, scope, now - PROVIDER_REPORT_DAYS * TIME_DAY, a, &reports, e)))
		return rc;
	m.reports = reports.items;
	m.report_count = reports.count;
	out.items = arena_alloc(a, m.max * sizeof(*out.items));
	if (!out.items)
		return err_set(e, ERR_LIMIT, "err.db.budget");
	for (uint32_t i = 0; i < out.contracts.count; i++)
		add_contract(&m, &out.contracts.items[i]);
	if (out.count)
		qsort(out.items, out.count, sizeof(*out.items), newest_first);
	*ret = out;
	return 0;
}

void provider_facts(const struct report_slots *slots, str service, time_us now, struct provider_facts *ret)
{
	struct provider_facts f = {0};

	for (uint32_t i = 0; i < slots->contracts.count; i++) {
		const struct contract *c = &slots->contracts.items[i];

		if (!services_have(c->services, service))
			continue;
		f.contracts += c->from <= now && (!c->to || c->to > now);
		if (cadence_days(c->cadence) > f.period_days)
			f.period_days = cadence_days(c->cadence);
	}
	for (uint32_t i = 0; i < slots->count; i++) {
		const struct report_slot *s = &slots->items[i];

		if (!services_have(s->contract->services, service))
			continue;
		if (s->state == SLOT_JUDGED && !f.judged)
			f.judged = &s->report;
		if (s->state == SLOT_OPENED && !f.opened && !f.judged)
			f.opened = &s->report;
		if ((s->state == SLOT_MISSING || s->state == SLOT_UNOPENED) && !f.never_opened) {
			f.never_opened = s->report.due;
			f.has_arrived = s->state == SLOT_UNOPENED;
		}
	}
	*ret = f;
}
