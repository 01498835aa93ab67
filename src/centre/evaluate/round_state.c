/* States, moves and names as tables, and how far the answers are. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/evaluate/internal.h"

static const char *const state_names[] = {"open", "review", "signed"};
static const char *const subject_names[] = {"catalogue", "profile", "portfolio"};
static const char *const outcome_names[] = {"kept", "changed"};
static const char *const trigger_names[] = {"business", "threat", "law", "incident", "provider"};
_Static_assert(COUNT_OF(state_names) == ROUND_STATE_COUNT, "a name each");
_Static_assert(COUNT_OF(subject_names) == REVIEW_COUNT, "a name each");
_Static_assert(COUNT_OF(outcome_names) == OUTCOME_COUNT, "a name each");
_Static_assert(COUNT_OF(trigger_names) == TRIGGER_COUNT, "a name each");

static const struct round_move moves[] = {
	{ROUND_OPEN, ROUND_REVIEW, PERM_PORTFOLIO_WRITE, false, false, "round.review"},
	{ROUND_REVIEW, ROUND_OPEN, PERM_PORTFOLIO_WRITE, false, true, "round.reopen"},
	{ROUND_REVIEW, ROUND_SIGNED, PERM_PORTFOLIO_APPROVE, true, false, "round.sign"},
};

const char *round_state_name(enum round_state state)
{
	return state_names[state];
}

bool round_state_parse(str name, enum round_state *ret)
{
	int at = name_find(&(struct name_table){state_names, COUNT_OF(state_names)}, name);

	if (at >= 0)
		*ret = (enum round_state)at;
	return at >= 0;
}

const char *review_subject_name(enum review_subject subject)
{
	return subject_names[subject];
}

bool review_subject_parse(str name, enum review_subject *ret)
{
	int at = name_find(&(struct name_table){subject_names, COUNT_OF(subject_names)}, name);

	if (at >= 0)
		*ret = (enum review_subject)at;
	return at >= 0;
}

const char *review_outcome_name(enum review_outcome outcome)
{
	return outcome_names[outcome];
}

bool review_outcome_parse(str name, enum review_outcome *ret)
{
	int at = name_find(&(struct name_table){outcome_names, COUNT_OF(outcome_names)}, name);

	if (at >= 0)
		*ret = (enum review_outcome)at;
	return at >= 0;
}

const char *trigger_kind_name(enum trigger_kind kind)
{
	return trigger_names[kind];
}

bool trigger_kind_parse(str name, enum trigger_kind *ret)
{
	int at = name_find(&(struct name_table){trigger_names, COUNT_OF(trigger_names)}, name);

	if (at >= 0)
		*ret = (enum trigger_kind)at;
	return at >= 0;
}

const struct round_move *round_moves(size_t *ret_count)
{
	*ret_count = COUNT_OF(moves);
	return moves;
}

const struct round_move *round_move_find(enum round_state from, enum round_state to)
{
	for (size_t i = 0; i < COUNT_OF(moves); i++)
		if (moves[i].from == from && moves[i].to == to)
			return &moves[i];
	return NULL;
}

struct round_progress round_progress(const struct portfolio *p, time_us start)
{
	struct round_progress r = {.services = p->framework->service_count};

	for (uint32_t i = 0; i < p->framework->service_count; i++) {
		const struct portfolio_item *item = &p->items[i];

		r.level_decided += item->state.level != SERVICE_UNDECIDED;
		r.changed += item->state.version && item->state.changed_at >= start;
		if (!item->counts)
			continue;
		r.applicable++;
		r.assignment_decided += item->state.assignment != ASSIGN_UNDECIDED;
		r.scored += item->now != SCORE_NONE;
		r.aimed += item->target != SCORE_NONE;
	}
	return r;
}
