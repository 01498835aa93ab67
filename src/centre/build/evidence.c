#include <stdio.h>

#include "base/check.h"
#include "centre/build/build.h"

static void reason_put(struct evidence *ev, const struct evidence_reason *reason)
{
	CHECK(ev->reason_count < EVIDENCE_REASONS_MAX);
	ev->reasons[ev->reason_count++] = *reason;
}

/* ---- in-house ---- */

static void tell(struct evidence *ev, const char *key, const struct evidence_facts *f, time_us date)
{
	reason_put(
		ev,
		&(struct evidence_reason){
			.key = key, .people = f->people, .days = f->window_days, .count = f->due_missed, .date = date});
}

/* Table 3 of X.1060 speaks of documents, approval and of whether another person can do it; an occasion of real work, an
 * exercise, a walk-through or training shows that a person can. */
static uint32_t score_of(const struct evidence_facts *f)
{
	bool two = f->people >= 2;

	if (f->procedure_current && two)
		return f->procedure_approved ? 5 : 4;
	if (f->procedure_current || two)
		return 3;
	return 2;
}

static void tell_procedure(struct evidence *ret, const struct evidence_facts *f)
{
	if (!f->procedure_current)
		tell(ret, "build.evidence.no_procedure", f, 0);
	else if (f->procedure_approved)
		tell(ret, "build.evidence.approved", f, f->procedure_expires);
	else if (f->procedure_expires)
		tell(ret, "build.evidence.expired", f, f->procedure_expires);
	else
		tell(ret, "build.evidence.not_approved", f, 0);
}

static uint32_t judge_inside(const struct evidence_facts *f, struct evidence *ret)
{
	/* Only where work was due, and only as long as nobody has done any since: an occasion shows ability again. */
	if (f->due_missed && f->last < f->due_missed_last) {
		tell(ret, "build.evidence.due_missed", f, f->due_missed_last);
		return 1;
	}
	if (f->people == 0) {
		tell(ret, f->last ? "build.evidence.not_shown" : "build.evidence.never", f, f->last);
		return 0;
	}
	tell(ret, f->people >= 2 ? "build.evidence.people" : "build.evidence.one_person", f, 0);
	tell(ret, "build.evidence.last", f, f->last);
	tell_procedure(ret, f);
	if (f->due_missed)
		tell(ret, "build.evidence.due_missed_before", f, f->due_missed_last);
	return score_of(f);
}

/* ---- outsourced ---- */

static void tell_report(struct evidence *ev, const char *key, const struct evidence_reports *r, time_us date)
{
	reason_put(ev, &(struct evidence_reason){
			       .key = key, .days = r->window_days, .count = r->levels_missed, .date = date});
}

static uint32_t judged_score(const struct evidence_reports *r, struct evidence *ret)
{
	uint32_t score;

	tell_report(ret, "build.evidence.judged", r, r->judged);
	if (!r->content || !r->result) {
		tell_report(ret, r->nothing ? "build.evidence.not_understood" : "build.evidence.part_understood", r, 0);
		return r->nothing ? 2 : 3;
	}
	score = r->as_expected && !r->levels_missed ? 5 : 4;
	tell_report(ret, r->as_expected ? "build.evidence.as_expected" : "build.evidence.below", r, 0);
	if (r->levels_missed)
		tell_report(ret, "build.evidence.levels_missed", r, 0);
	else if (r->levels_met)
		tell_report(ret, "build.evidence.levels_met", r, 0);
	return score;
}

static uint32_t judge_outside(const struct evidence_facts *f, struct evidence *ret)
{
	const struct evidence_reports *r = &f->reports;
	uint32_t score;

	if (r->never_opened > r->judged && r->never_opened > r->opened) {
		tell_report(ret, r->has_arrived ? "build.evidence.never_opened" : "build.evidence.never_arrived", r,
			    r->never_opened);
		return 1;
	}
	if (!r->judged || r->judged < f->now - (time_us)r->window_days * TIME_DAY) {
		if (r->opened)
			tell_report(ret, "build.evidence.opened", r, r->opened);
		else if (r->judged)
			tell_report(ret, "build.evidence.reports_since", r, r->judged);
		else
			tell_report(ret, r->contracts ? "build.evidence.no_report" : "build.evidence.no_contract", r,
				    0);
		return 0;
	}
	score = judged_score(r, ret);
	if (r->never_opened)
		tell_report(ret, "build.evidence.older_unopened", r, r->never_opened);
	return score;
}

void evidence_judge(const struct evidence_facts *f, struct evidence *ret)
{
	ret->people = f->people;
	ret->reason_count = 0;
	ret->side[SIDE_IN] = f->assignment == ASSIGN_OUTSOURCE ? 0 : judge_inside(f, ret);
	ret->side[SIDE_OUT] = f->assignment == ASSIGN_OUTSOURCE || f->assignment == ASSIGN_BOTH ? judge_outside(f, ret)
												: 0;
	ret->score = (uint32_t)(score_combine(f->rule, ret->side[SIDE_IN], ret->side[SIDE_OUT]) / 100);
}

static str number_text(int64_t value, char out[24])
{
	int len = snprintf(out, 24, "%lld", (long long)value);

	return (str){out, (size_t)len};
}

void evidence_reason_add(struct buf *out, enum lang lang, const struct evidence_reason *reason)
{
	char people[24], days[24], count[24], date[TIME_TEXT_MAX] = "";
	size_t len = reason->date ? time_format(reason->date, date) : 0;
	const struct word_arg args[] = {{"people", number_text(reason->people, people)},
					{"days", number_text(reason->days, days)},
					{"count", number_text(reason->count, count)},
					{"date", {date, len < 10 ? len : 10}}}; /* the day: YYYY-MM-DD */

	words_add(out, lang, str_of(reason->key), args, COUNT_OF(args));
}
