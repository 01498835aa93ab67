/* Gathers what the records of an organisation say about each service, for evidence.c to judge. A few queries in all,
 * whatever the number of services. */
#include "base/check.h"
#include "centre/build/internal.h"
#include "centre/procedure/procedure.h"
#include "centre/provider/provider.h"
#include "craft/duty/duty.h"
#include "craft/work/work.h"

struct records {
	struct work_person *work; /* ordered by service, then user */
	uint32_t work_count;
	struct duty_facts *duties; /* ordered by service */
	uint32_t duty_count;
	struct procedure_list procedures;
	struct report_slots reports;
};

static int records_load(struct db *db, struct scope scope, time_us now, struct arena *a, struct records *ret,
			struct err *e)
{
	int rc;

	if ((rc = work_people(db, scope, a, &ret->work, &ret->work_count, e)) ||
	    (rc = duty_facts(db, scope, now, a, &ret->duties, &ret->duty_count, e)) ||
	    (rc = procedure_list(db, scope, a, &ret->procedures, e)))
		return rc;
	return report_slots(db, scope, now, a, &ret->reports, e);
}

/* Occasions of one service; rows are ordered by user, with one row per kind of occasion. */
static void add_work(const struct records *r, str service, struct evidence_facts *facts, struct evidence *ev)
{
	time_us from = facts->now - (time_us)facts->window_days * TIME_DAY;
	int64_t counted = 0; /* the user already counted */

	for (uint32_t i = 0; i < r->work_count; i++) {
		const struct work_person *row = &r->work[i];

		if (row->user_id == 0 || !str_eq(row->service, service))
			continue;
		ev->records += row->count;
		if (!ev->first || row->first < ev->first)
			ev->first = row->first;
		if (row->last > ev->last)
			ev->last = row->last;
		if (row->last >= from && counted != row->user_id) {
			facts->people++;
			counted = row->user_id;
		}
	}
	facts->last = ev->last;
}

static void add_duties(const struct records *r, str service, struct evidence_facts *facts)
{
	for (uint32_t i = 0; i < r->duty_count; i++) {
		const struct duty_facts *d = &r->duties[i];

		if (str_eq(d->service, service) && d->last_missed >= facts->now - facts->window_days * TIME_DAY) {
			facts->due_missed = d->missed;
			facts->due_missed_last = d->last_missed;
		}
	}
}

static void add_procedures(const struct records *r, str service, struct evidence_facts *facts)
{
	struct procedure_facts p;

	procedure_facts(&r->procedures, service, facts->now, &p);
	facts->procedure_current = p.current != NULL;
	facts->procedure_approved = p.approved != NULL;
	facts->procedure_expires = p.approved ? p.approved->expires : p.expired;
}

static void add_reports(const struct records *r, str service, struct evidence_facts *facts)
{
	struct evidence_reports *out = &facts->reports;
	struct provider_facts p;

	provider_facts(&r->reports, service, facts->now, &p);
	*out = (struct evidence_reports){.contracts = p.contracts,
					 .window_days = facts->window_days,
					 .never_opened = p.never_opened,
					 .has_arrived = p.has_arrived,
					 .opened = p.opened ? p.opened->due : 0};
	if (p.period_days * 2 > out->window_days)
		out->window_days = p.period_days * 2;
	if (!p.judged)
		return;
	out->judged = p.judged->due;
	out->content = p.judged->judgement.content == UNDERSTOOD_YES;
	out->result = p.judged->judgement.result == UNDERSTOOD_YES;
	out->nothing = p.judged->judgement.content == UNDERSTOOD_NO && p.judged->judgement.result == UNDERSTOOD_NO;
	out->as_expected = p.judged->judgement.as_expected;
	out->levels_met = p.judged->judgement.met;
	out->levels_missed = p.judged->judgement.missed;
}

int evidence_load(struct db *db, struct scope scope, struct portfolio *p, time_us now, struct arena *a, struct err *e)
{
	struct records r = {0};
	int rc = records_load(db, scope, now, a, &r, e);

	for (uint32_t i = 0; !rc && i < p->framework->service_count; i++) {
		struct portfolio_item *item = &p->items[i];
		struct evidence_facts facts = {.assignment = item->state.assignment,
					       .rule = p->rule,
					       .window_days = item->service->window_days,
					       .now = now};

		add_work(&r, item->service->id, &facts, &item->evidence);
		add_duties(&r, item->service->id, &facts);
		add_procedures(&r, item->service->id, &facts);
		add_reports(&r, item->service->id, &facts);
		evidence_judge(&facts, &item->evidence);
	}
	return rc;
}
