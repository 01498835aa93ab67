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

int name_find(const struct name_table *table, str name)
{
	for (size_t i = 0; i < table->count; i++)
		if (str_eq(name, str_of(table->names[i])))
			return (int)i;
	return -1;
}

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

/* ---- what every write of the room does ---- */

int check_length(const char *field, str value, uint32_t max, bool needed, struct err *e)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%u", max), rc;

	if (value.len <= max && (!needed || str_trim(value).len))
		return 0;
	rc = err_set(e, ERR_RANGE, value.len > max ? "err.evaluate.long" : "err.evaluate.empty");
	err_path(e, str_of(field));
	err_expected(e, (str){text, (size_t)len});
	return rc;
}

static str object_of(const struct trail *t, char text[64])
{
	int len = snprintf(text, 64, "%s:%lld", t->kind, (long long)t->id);

	return (str){text, (size_t)len};
}

int trail_add(struct db *db, const struct actor *who, const struct trail *t, struct err *e)
{
	char object[64];
	_cleanup_free_ char *detail = NULL;
	json_t *json = json_object();

	CHECK(json);
	for (const struct trail_pair *p = t->pairs; p && p->name; p++)
		json_object_set_new(json, p->name, json_stringn(p->value.ptr ? p->value.ptr : "", p->value.len));
	detail = json_dumps(json, JSON_COMPACT);
	CHECK(detail);
	json_decref(json);
	return audit_append(db, who, str_of(t->action), object_of(t, object), str_of(detail), t->now, e);
}

int work_add(struct db *db, const struct actor *who, const struct trail *t, const char *service, struct err *e)
{
	char object[64];
	struct work w = {.service = str_of(service),
			 .action = str_of(t->action),
			 .object = object_of(t, object),
			 .started = t->now,
			 .ended = t->now};

	return work_record(db, who, &w, e);
}

int end_transaction(struct db *db, int rc, struct err *e)
{
	return db_end(db, rc, e);
}
