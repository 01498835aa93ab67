#include "base/check.h"
#include "base/mem.h"
#include "centre/build/build.h"

static void reason_put(struct evidence *ev, const char *key, const struct evidence_facts *f, time_us date)
{
	CHECK(ev->reason_count < EVIDENCE_REASONS_MAX);
	ev->reasons[ev->reason_count++] = (struct evidence_reason){
		.key = key, .people = f->people, .days = f->window_days, .date = date};
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
	if (!f->procedures_known)
		reason_put(ret, "build.evidence.procedures_unknown", f, 0);
	else if (!f->procedure_current)
		reason_put(ret, "build.evidence.no_procedure", f, 0);
	else
		reason_put(ret, f->procedure_approved ? "build.evidence.approved" : "build.evidence.not_approved", f,
			   0);
}

void evidence_judge(const struct evidence_facts *f, struct evidence *ret)
{
	ret->score = 0;
	ret->people = f->people;
	ret->reason_count = 0;
	if (f->assignment == ASSIGN_OUTSOURCE) {
		/* A provider's work is shown by its reports and service levels, which have no records here yet. */
		reason_put(ret, "build.evidence.outsource", f, 0);
		return;
	}
	if (f->due_missed) {
		ret->score = 1;
		reason_put(ret, "build.evidence.due_missed", f, 0);
		return;
	}
	if (f->people == 0) {
		if (f->last)
			reason_put(ret, "build.evidence.not_shown", f, f->last);
		else
			reason_put(ret, "build.evidence.never", f, 0);
		return;
	}
	ret->score = score_of(f);
	reason_put(ret, f->people >= 2 ? "build.evidence.people" : "build.evidence.one_person", f, 0);
	reason_put(ret, "build.evidence.last", f, f->last);
	tell_procedure(ret, f);
	if (f->assignment == ASSIGN_BOTH)
		reason_put(ret, "build.evidence.outsource", f, 0);
}

void evidence_reason_add(struct buf *out, enum lang lang, const struct evidence_reason *reason)
{
	char people[24], days[24], date[TIME_TEXT_MAX] = "";
	_cleanup_(buf_done) struct buf numbers = {0};
	struct word_arg args[3];
	size_t len = reason->date ? time_format(reason->date, date) : 0;

	buf_init(&numbers, 64);
	buf_add_i64(&numbers, reason->people);
	memcpy(people, numbers.ptr, numbers.len);
	args[0] = (struct word_arg){"people", {people, numbers.len}};
	buf_clear(&numbers);
	buf_add_i64(&numbers, reason->days);
	memcpy(days, numbers.ptr, numbers.len);
	args[1] = (struct word_arg){"days", {days, numbers.len}};
	args[2] = (struct word_arg){"date", {date, len < 10 ? len : 10}}; /* the day: YYYY-MM-DD */
	words_add(out, lang, str_of(reason->key), args, COUNT_OF(args));
}
