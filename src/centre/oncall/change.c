/* Writing the plan. Who is there is work of A-7 (resource management). */
#include "base/check.h"
#include "base/mem.h"
#include "centre/oncall/oncall.h"
#include "craft/record/record.h"
#include "store/queries.gen.h"

#define ONCALL_WORK "A-7"
#define ONCALL_ARENA (4u << 20)
#define DAY_MINUTES 1440

static int refuse(struct err *e, const char *key, const char *field)
{
	int rc = err_set(e, ERR_RANGE, key);

	err_path(e, str_of(field));
	return rc;
}

static int tell(struct db *db, const struct actor *who, const struct trail *t, struct err *e)
{
	int rc = work_add(db, who, t, ONCALL_WORK, e);

	return rc ? rc : trail_add(db, who, t, e);
}

/* Everybody who is named is an active person of this organisation. Inside the transaction. */
struct named {
	const int64_t *persons;
	uint32_t count;
	const char *field;
};
static int check_persons(struct db *db, const struct actor *who, const struct named *n, time_us now, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct people p;
	int rc;

	arena_init(&a, ONCALL_ARENA);
	if ((rc = people_load(db, actor_scope(who), now, &a, &p, e)))
		return rc;
	for (uint32_t i = 0; i < n->count; i++) {
		const struct person *person = people_person(&p, n->persons[i]);

		if (!person || !person->is_active)
			return refuse(e, "err.oncall.person", n->field);
	}
	return 0;
}

/* ---- rotations ---- */

static int check_rotation(const struct oncall_rotation *r, struct err *e)
{
	int rc = check_length("name", r->name, ONCALL_NAME_MAX, true, e);

	if (rc)
		return rc;
	if (r->level < 1 || r->level > ONCALL_LEVELS_MAX)
		return refuse(e, "err.oncall.level", "level");
	if (!r->layers || r->layers >= 1u << LAYER_COUNT)
		return refuse(e, "err.oncall.layers", "layer");
	if (r->day_from < 0 || r->day_to > DAY_MINUTES || r->day_from >= r->day_to)
		return refuse(e, "err.oncall.hours", "day_to");
	if (r->turn_weeks < 1 || r->turn_weeks > ONCALL_TURN_WEEKS_MAX)
		return refuse(e, "err.oncall.weeks", "weeks");
	if (r->handover_weekday < 0 || r->handover_weekday > 6 || r->handover_min < 0 || r->handover_min >= DAY_MINUTES)
		return refuse(e, "err.oncall.handover", "handover");
	if (r->start <= 7)
		return refuse(e, "err.oncall.start", "start");
	return r->member_count && r->member_count <= ONCALL_MEMBERS_MAX ? 0 : refuse(e, "err.oncall.members", "member");
}

static int rotation_write(struct db *db, const struct actor *who, const struct oncall_rotation *r, time_us now,
			  struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, r->id ? &Q_oncall_rotation_update : &Q_oncall_rotation_insert, &scope, &st, e);

	if (rc)
		return rc;
	if (r->id) {
		stmt_i64(&st, "id", r->id);
		stmt_i64(&st, "version", r->version);
	}
	stmt_text(&st, "name", str_trim(r->name));
	stmt_i64(&st, "level", r->level);
	stmt_i64(&st, "layers", r->layers);
	stmt_i64(&st, "day_from", r->day_from);
	stmt_i64(&st, "day_to", r->day_to);
	stmt_i64(&st, "turn_weeks", r->turn_weeks);
	stmt_i64(&st, "handover_weekday", r->handover_weekday);
	stmt_i64(&st, "handover_min", r->handover_min);
	stmt_i64(&st, "start_day", r->start);
	stmt_i64(&st, "is_active", r->is_active);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.oncall.changed");
}

static int members_write(struct db *db, const struct actor *who, int64_t id, const struct oncall_rotation *r,
			 struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt clear = {0};
	int rc = db_prepare(db, &Q_oncall_member_clear, &scope, &clear, e);

	if (rc)
		return rc;
	stmt_i64(&clear, "rotation_id", id);
	rc = stmt_run(&clear, e);
	for (uint32_t i = 0; !rc && i < r->member_count; i++) {
		_cleanup_stmt_ struct stmt st = {0};

		if ((rc = db_prepare(db, &Q_oncall_member_insert, &scope, &st, e)))
			return rc;
		stmt_i64(&st, "rotation_id", id);
		stmt_i64(&st, "position", i);
		stmt_i64(&st, "person_id", r->members[i]);
		rc = stmt_run(&st, e);
	}
	return rc;
}

/* An organisation keeps a bounded plan: what is beyond would not be read. */
struct room {
	const struct query *list;
	uint32_t most;
	time_us now;
};
static int check_room(struct db *db, const struct actor *who, const struct room *room, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	uint32_t count = 0;
	int rc = db_prepare(db, room->list, &scope, &st, e);

	if (rc)
		return rc;
	if (room->list == &Q_oncall_swap_list)
		stmt_i64(&st, "now", room->now);
	stmt_i64(&st, "count", room->most);
	while ((rc = stmt_step(&st, e)) > 0)
		count++;
	if (rc)
		return rc;
	return count < room->most ? 0 : err_set(e, ERR_LIMIT, "err.oncall.many");
}

int oncall_rotation_save(struct db *db, const struct actor *who, const struct oncall_rotation *r, time_us now,
			 int64_t *ret_id, struct err *e)
{
	const struct trail_pair pairs[] = {{"name", r->name}, {0}};
	struct trail t = {.action = r->id ? "oncall.rotation_change" : "oncall.rotation_create",
			  .kind = "oncall_rotation",
			  .id = r->id,
			  .now = now,
			  .pairs = pairs};
	int rc = check_rotation(r, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	if (!(rc = check_persons(db, who, &(struct named){r->members, r->member_count, "member"}, now, e)) && !r->id)
		rc = check_room(db, who, &(struct room){&Q_oncall_rotation_list, ONCALL_ROTATIONS_MAX, now}, e);
	if (!rc)
		rc = rotation_write(db, who, r, now, e);
	if (!rc && !t.id)
		t.id = db_last_id(db);
	if (!rc && !(rc = members_write(db, who, t.id, r, e)))
		rc = tell(db, who, &t, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = t.id;
	return rc;
}

/* ---- swaps ---- */

static int swap_write(struct db *db, const struct actor *who, const struct oncall_swap *s, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_oncall_swap_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "rotation_id", s->rotation_id);
	stmt_i64(&st, "person_id", s->person_id);
	stmt_i64(&st, "from_at", s->from);
	stmt_i64(&st, "to_at", s->to);
	stmt_text(&st, "reason", str_trim(s->reason));
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_NOT_FOUND, "err.oncall.unknown");
}

int oncall_swap_add(struct db *db, const struct actor *who, const struct oncall_swap *s, time_us now, int64_t *ret_id,
		    struct err *e)
{
	const struct trail_pair pairs[] = {{"reason", s->reason}, {0}};
	struct trail t = {.action = "oncall.swap", .kind = "oncall_swap", .now = now, .pairs = pairs};
	int rc;

	if (!s->from || s->to <= s->from || s->to - s->from > ONCALL_SWAP_DAYS_MAX * TIME_DAY || s->to <= now)
		return refuse(e, "err.oncall.swap", "to");
	if ((rc = check_length("reason", s->reason, ONCALL_REASON_MAX, true, e)) || (rc = db_begin(db, e)))
		return rc;
	if (!(rc = check_persons(db, who, &(struct named){&s->person_id, 1, "person"}, now, e)) &&
	    !(rc = check_room(db, who, &(struct room){&Q_oncall_swap_list, ONCALL_SWAPS_MAX, now}, e)))
		rc = swap_write(db, who, s, now, e);
	if (!rc) {
		t.id = db_last_id(db);
		rc = tell(db, who, &t, e);
	}
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = t.id;
	return rc;
}

/* ---- one row ---- */

static int change_row(struct db *db, const struct actor *who, const struct query *query, const struct trail *t,
		      struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	if (!(rc = db_prepare(db, query, &scope, &st, e))) {
		stmt_i64(&st, "id", t->id);
		if (query == &Q_oncall_contact_check) {
			stmt_i64(&st, "now", t->now);
			stmt_text(&st, "user_name", str_of(who->name));
		}
		rc = stmt_run(&st, e);
	}
	if (!rc && db_changes(db) != 1)
		rc = err_set(e, ERR_NOT_FOUND, "err.oncall.unknown");
	stmt_done(&st);
	if (!rc)
		rc = tell(db, who, t, e);
	return db_end(db, rc, e);
}

int oncall_swap_remove(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	struct trail t = {.action = "oncall.swap_remove", .kind = "oncall_swap", .id = id, .now = now};

	return change_row(db, who, &Q_oncall_swap_delete, &t, e);
}

int oncall_contact_remove(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	struct trail t = {.action = "oncall.contact_remove", .kind = "oncall_contact", .id = id, .now = now};

	return change_row(db, who, &Q_oncall_contact_delete, &t, e);
}

int oncall_contact_check(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	struct trail t = {.action = "oncall.contact_check", .kind = "oncall_contact", .id = id, .now = now};

	return change_row(db, who, &Q_oncall_contact_check, &t, e);
}

/* ---- means of contact ---- */

static int contact_write(struct db *db, const struct actor *who, const struct oncall_contact *c, time_us now,
			 struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_oncall_contact_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "person_id", c->person_id);
	stmt_text(&st, "means", c->means);
	stmt_text(&st, "address", str_trim(c->address));
	stmt_i64(&st, "now", now);
	return stmt_run(&st, e);
}

int oncall_contact_add(struct db *db, const struct actor *who, const struct oncall_contact *c, time_us now,
		       int64_t *ret_id, struct err *e)
{
	/* The trail names the means, not the address: that is nobody's business afterwards. */
	const struct trail_pair pairs[] = {{"means", c->means}, {0}};
	struct trail t = {.action = "oncall.contact_add", .kind = "oncall_contact", .now = now, .pairs = pairs};
	size_t k = 0;
	int rc;

	while (oncall_means[k] && !str_eq(c->means, str_of(oncall_means[k])))
		k++;
	if (!oncall_means[k])
		return refuse(e, "err.oncall.means", "means");
	if ((rc = check_length("address", c->address, ONCALL_ADDRESS_MAX, true, e)) || (rc = db_begin(db, e)))
		return rc;
	if (!(rc = check_persons(db, who, &(struct named){&c->person_id, 1, "person"}, now, e)) &&
	    !(rc = check_room(db, who, &(struct room){&Q_oncall_contact_list, ONCALL_CONTACTS_MAX, now}, e)))
		rc = contact_write(db, who, c, now, e);
	if (!rc) {
		t.id = db_last_id(db);
		rc = tell(db, who, &t, e);
	}
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = t.id;
	return rc;
}
