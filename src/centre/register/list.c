/* Lists, counts, history, people; moves from state to state. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "centre/register/internal.h"
#include "store/queries.gen.h"

#define NOTE_MAX 4000u

static const char *const part_names[] = {"invited", "attended", "absent", "read", "knows"};
_Static_assert(COUNT_OF(part_names) == PART_COUNT, "a name each");

const char *register_part_name(enum register_part part)
{
	CHECK(part < PART_COUNT);
	return part_names[part];
}

bool register_part_parse(str name, enum register_part *ret)
{
	int at = name_find(&(struct name_table){part_names, COUNT_OF(part_names)}, name);

	if (at >= 0)
		*ret = (enum register_part)at;
	return at >= 0;
}

int register_list(struct db *db, const struct actor *who, const struct register_kind *kind, struct arena *a,
		  struct register_list *ret, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	struct register_list list = {.items = arena_alloc(a, REGISTER_LIST_MAX * sizeof(*list.items))};
	int rc = db_prepare(db, &Q_register_item_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!list.items)
		return err_set(e, ERR_LIMIT, "err.manage.budget");
	stmt_text(&st, "kind", kind->id);
	stmt_i64(&st, "sees_all", !kind->is_restricted || actor_may(who, PERM_RESTRICTED_WORK));
	stmt_i64(&st, "user_id", who->user_id ? who->user_id : -1);
	stmt_i64(&st, "count", REGISTER_LIST_MAX);
	while ((rc = stmt_step(&st, e)) > 0)
		if (!register_item_read(&st, kind, a, &list.items[list.count++]))
			return err_set(e, ERR_LIMIT, "err.manage.budget");
	if (rc < 0)
		return rc;
	*ret = list;
	return 0;
}

int register_counts(struct db *db, const struct actor *who, const struct register_house *h, struct arena *a,
		    struct register_count **ret, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	struct register_count *counts = arena_alloc(a, h->registers->count * sizeof(*counts));
	int rc = db_prepare(db, &Q_register_counts, &scope, &st, e);

	if (rc)
		return rc;
	if (!counts)
		return err_set(e, ERR_LIMIT, "err.manage.budget");
	stmt_i64(&st, "today", day_at(h->now, 0));
	while ((rc = stmt_step(&st, e)) > 0) {
		const struct register_kind *kind = register_kind_find(h->registers, stmt_col_text(&st, "kind"));

		if (!kind || (kind->is_restricted && !actor_may(who, PERM_RESTRICTED_WORK)))
			continue;
		counts[kind - h->registers->kinds] = (struct register_count){.open = stmt_col_i64(&st, "open_count"),
									     .all = stmt_col_i64(&st, "all_count"),
									     .late = stmt_col_i64(&st, "late_count")};
	}
	if (rc < 0)
		return rc;
	*ret = counts;
	return 0;
}

int register_entries(struct db *db, struct scope scope, int64_t id, struct arena *a, struct register_entry **ret,
		     uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct register_entry *rows = arena_alloc(a, REGISTER_ENTRIES_MAX * sizeof(*rows));
	uint32_t count = 0;
	bool failed = !rows;
	int rc = db_prepare(db, &Q_register_entry_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "item_id", id);
	stmt_i64(&st, "count", REGISTER_ENTRIES_MAX);
	while (!failed && (rc = stmt_step(&st, e)) > 0)
		rows[count++] = (struct register_entry){.at = stmt_col_i64(&st, "at"),
							.user_name = row_text(&st, "user_name", a, &failed),
							.action = row_text(&st, "action", a, &failed),
							.state = row_text(&st, "state", a, &failed),
							.note = row_text(&st, "note", a, &failed)};
	if (rc < 0)
		return rc;
	if (failed)
		return err_set(e, ERR_LIMIT, "err.manage.budget");
	*ret = rows;
	*ret_count = count;
	return 0;
}

int register_people(struct db *db, struct scope scope, int64_t id, struct arena *a, struct register_people *ret,
		    struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct register_people list = {.items = arena_alloc(a, REGISTER_PEOPLE_MAX * sizeof(*list.items))};
	bool failed = !list.items;
	int rc = db_prepare(db, &Q_register_person_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "item_id", id);
	stmt_i64(&st, "count", REGISTER_PEOPLE_MAX);
	while (!failed && (rc = stmt_step(&st, e)) > 0) {
		struct register_person *p = &list.items[list.count++];

		p->user_id = stmt_col_i64(&st, "user_id");
		p->user_name = row_text(&st, "user_name", a, &failed);
		p->at = stmt_col_i64(&st, "at");
		(void)register_part_parse(stmt_col_text(&st, "part"), &p->part);
	}
	if (rc < 0)
		return rc;
	if (failed)
		return err_set(e, ERR_LIMIT, "err.manage.budget");
	*ret = list;
	return 0;
}

/* ---- people ---- */

static int person_inside(struct db *db, const struct actor *who, const struct register_item *item,
			 const struct register_person_put *p, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_register_person_put, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "item_id", p->item_id);
	stmt_i64(&st, "user_id", p->person_id);
	stmt_text(&st, "user_name", p->person_name);
	stmt_text(&st, "part", str_of(register_part_name(p->part)));
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return register_note(db, who, item,
			     &(struct register_deed){.action = "register.person", .note = p->person_name, .now = now},
			     e);
}

int register_person_put(struct db *db, const struct actor *who, const struct register_house *h,
			const struct register_person_put *p, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct register_item item;
	int rc;

	arena_init(&arena, REGISTER_BUDGET);
	if (p->part == PART_READ && p->person_id != who->user_id)
		return err_set(e, ERR_DENIED, "err.register.receipt");
	if ((rc = register_load(db, who, h->registers, p->item_id, &arena, &item, e)) || (rc = db_begin(db, e)))
		return rc;
	return db_end(db, person_inside(db, who, &item, p, h->now, e), e);
}

/* ---- moves ---- */

/* Everybody who attended did an exercise or a training: their own record of work, by whoever closes the entry. */
static int record_attendance(struct db *db, const struct actor *who, const struct register_item *item, time_us now,
			     struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct register_people people;
	int rc;

	arena_init(&arena, REGISTER_BUDGET);
	rc = register_people(db, actor_scope(who), item->id, &arena, &people, e);
	for (uint32_t i = 0; !rc && i < people.count; i++) {
		struct actor person = *who;
		struct work w = {.service = item->service,
				 .action = STR("register.attended"),
				 .object = arena_fmt(&arena, "register:%lld", (long long)item->id),
				 .occasion = item->kind->occasion,
				 .started = now,
				 .ended = now,
				 .result = utf8_cut(item->title, WORK_RESULT_MAX)};

		if (people.items[i].part != PART_ATTENDED)
			continue;
		person.user_id = people.items[i].user_id;
		snprintf(person.name, sizeof(person.name), STR_FMT, STR_ARG(people.items[i].user_name));
		rc = work_record(db, &person, &w, e);
	}
	return rc;
}

static int move_inside(struct db *db, const struct actor *who, const struct register_house *h,
		       struct register_item *item, const struct register_move *m, struct err *e)
{
	const struct register_kind *kind = item->kind;
	uint32_t to = 0;
	bool was_final = kind->states[item->state].is_final;
	int rc;

	while (to < kind->state_count && !str_eq(kind->states[to].id, m->to))
		to++;
	if (to == kind->state_count || !(kind->states[item->state].next & 1u << to))
		return err_set_value(e, ERR_WRONG_STATE, "err.register.move", m->to);
	item->state = to;
	item->version = m->version;
	if ((rc = register_item_put(db, who, item, h->now, e)))
		return rc;
	if (kind->states[to].is_final && !was_final && kind->has_people && kind->occasion != OCCASION_COUNT &&
	    (rc = record_attendance(db, who, item, h->now, e)))
		return rc;
	return register_note(
		db, who, item,
		&(struct register_deed){.action = "register.move", .note = m->note, .is_work = true, .now = h->now}, e);
}

int register_move(struct db *db, const struct actor *who, const struct register_house *h, const struct register_move *m,
		  struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct register_item item;
	int rc;

	arena_init(&arena, REGISTER_BUDGET);
	if ((rc = check_length("note", m->note, NOTE_MAX, false, e)) ||
	    (rc = register_load(db, who, h->registers, m->id, &arena, &item, e)) || (rc = db_begin(db, e)))
		return rc;
	return db_end(db, move_inside(db, who, h, &item, m, e), e);
}
