/* Writing: teams, persons, who is named for a service, absence. Every deed is work of A-7. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/people/people.h"
#include "craft/record/record.h"
#include "guard/user.h"
#include "store/queries.gen.h"

#define PEOPLE_WORK "A-7"
#define ROW_ARENA (4u << 20)

static int refuse(struct err *e, const char *key, const char *field)
{
	int rc = err_set(e, ERR_RANGE, key);

	err_path(e, str_of(field));
	return rc;
}

/* What the ids of a change name is there, in this organisation. Inside the transaction. */
struct named {
	int64_t person_id, team_id; /* 0 = none */
	const char *field;
};
static int check_named(struct db *db, const struct actor *who, const struct named *n, time_us now, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct people p;
	int rc;

	if (!n->person_id && !n->team_id)
		return 0;
	arena_init(&a, ROW_ARENA);
	if ((rc = people_load(db, actor_scope(who), now, &a, &p, e)))
		return rc;
	if ((n->person_id && !people_person(&p, n->person_id)) || (n->team_id && !people_team(&p, n->team_id)))
		return refuse(e, "err.people.named", n->field);
	return 0;
}

/* The deed's row of the trail and its work. */
static int tell(struct db *db, const struct actor *who, const struct trail *t, struct err *e)
{
	int rc = work_add(db, who, t, PEOPLE_WORK, e);

	return rc ? rc : trail_add(db, who, t, e);
}

/* ---- teams ---- */

static int team_write(struct db *db, const struct actor *who, const struct team *t, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, t->id ? &Q_people_team_update : &Q_people_team_insert, &scope, &st, e);

	if (rc)
		return rc;
	if (t->id) {
		stmt_i64(&st, "id", t->id);
		stmt_i64(&st, "version", t->version);
	}
	stmt_text(&st, "name", str_trim(t->name));
	stmt_i64(&st, "lead_id", t->lead_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	if (db_changes(db) == 1)
		return 0;
	return t->id ? err_set(e, ERR_CONFLICT, "err.people.changed")
		     : err_set_value(e, ERR_CONFLICT, "err.people.twice", t->name);
}

int team_save(struct db *db, const struct actor *who, const struct team *t, time_us now, int64_t *ret_id, struct err *e)
{
	const struct trail_pair pairs[] = {{"name", t->name}, {0}};
	struct trail trail = {.action = t->id ? "team.change" : "team.create",
			      .kind = "team",
			      .id = t->id,
			      .now = now,
			      .pairs = pairs};
	int rc = check_length("name", t->name, PEOPLE_NAME_MAX, true, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	if (!(rc = check_named(db, who, &(struct named){.person_id = t->lead_id, .field = "lead"}, now, e)))
		rc = team_write(db, who, t, now, e);
	if (!rc && !trail.id)
		trail.id = db_last_id(db);
	if (!rc)
		rc = tell(db, who, &trail, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = trail.id;
	return rc;
}

/* ---- persons ---- */

/* One login is one person. */
static int check_account(struct db *db, const struct actor *who, const struct person *p, time_us now, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	const struct person *holder;
	struct people all;
	struct user user;
	int rc;

	if (!p->account_id)
		return 0;
	if ((rc = user_get_below(db, who, p->account_id, &user, e)))
		return rc == -ERR_NOT_FOUND ? refuse(e, "err.people.named", "account") : rc;
	arena_init(&a, ROW_ARENA);
	if ((rc = people_load(db, actor_scope(who), now, &a, &all, e)))
		return rc;
	holder = people_of_account(&all, p->account_id);
	if (holder && holder->id != p->id)
		return err_set_value(e, ERR_CONFLICT, "err.people.account", holder->name);
	return 0;
}

static int person_write(struct db *db, const struct actor *who, const struct person *p, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, p->id ? &Q_people_person_update : &Q_people_person_insert, &scope, &st, e);

	if (rc)
		return rc;
	if (p->id) {
		stmt_i64(&st, "id", p->id);
		stmt_i64(&st, "version", p->version);
	}
	stmt_i64(&st, "account_id", p->account_id);
	stmt_text(&st, "name", str_trim(p->name));
	stmt_i64(&st, "team_id", p->team_id);
	stmt_text(&st, "skills", p->skills.ptr ? p->skills : STR(""));
	stmt_i64(&st, "is_active", p->is_active);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.people.changed");
}

int person_save(struct db *db, const struct actor *who, const struct person *p, time_us now, int64_t *ret_id,
		struct err *e)
{
	const struct trail_pair pairs[] = {{"name", p->name}, {"skills", p->skills}, {0}};
	struct trail t = {.action = p->id ? "person.change" : "person.create",
			  .kind = "person",
			  .id = p->id,
			  .now = now,
			  .pairs = pairs};
	int rc;

	if ((rc = check_length("name", p->name, PEOPLE_NAME_MAX, true, e)) ||
	    (rc = check_length("skills", p->skills, PEOPLE_SKILLS_MAX, false, e)) || (rc = db_begin(db, e)))
		return rc;
	if (!(rc = check_named(db, who, &(struct named){.team_id = p->team_id, .field = "team"}, now, e)) &&
	    !(rc = check_account(db, who, p, now, e)))
		rc = person_write(db, who, p, now, e);
	if (!rc && !t.id)
		t.id = db_last_id(db);
	if (!rc)
		rc = tell(db, who, &t, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = t.id;
	return rc;
}

/* ---- who is named for a service ---- */

static int part_clear(struct db *db, const struct actor *who, str service, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_people_part_clear, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "service", service);
	return stmt_run(&st, e);
}

static int part_add(struct db *db, const struct actor *who, const struct person_part *part, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc;

	if (!part->person_id)
		return 0;
	if ((rc = db_prepare(db, &Q_people_part_insert, &scope, &st, e)))
		return rc;
	stmt_text(&st, "service", part->service);
	stmt_text(&st, "part", part->part == PART_OWNER ? STR("owner") : STR("deputy"));
	stmt_i64(&st, "person_id", part->person_id);
	if ((rc = stmt_run(&st, e)))
		return rc;
	/* Named twice (owner and deputy): the first stands. */
	return db_changes(db) == 1 || part->part == PART_DEPUTY ? 0 : refuse(e, "err.people.named", "owner");
}

static int parts_write(struct db *db, const struct actor *who, const struct service_people *s, time_us now,
		       struct err *e)
{
	struct person_part part = {.service = s->service, .person_id = s->owner_id, .part = PART_OWNER};
	int rc = part_clear(db, who, s->service, e);

	if (rc || (rc = part_add(db, who, &part, e)))
		return rc;
	part.part = PART_DEPUTY;
	for (uint32_t i = 0; i < s->deputy_count; i++) {
		struct named n = {.person_id = s->deputies[i], .field = "deputies"};

		part.person_id = s->deputies[i];
		if ((rc = check_named(db, who, &n, now, e)) || (rc = part_add(db, who, &part, e)))
			return rc;
	}
	return 0;
}

int service_people_set(struct db *db, const struct actor *who, const struct service_people *s, time_us now,
		       struct err *e)
{
	char owner[24], count[24];
	const struct trail_pair pairs[] = {
		{"service", s->service},
		{"owner", {owner, (size_t)snprintf(owner, sizeof(owner), "%lld", (long long)s->owner_id)}},
		{"deputies", {count, (size_t)snprintf(count, sizeof(count), "%u", s->deputy_count)}},
		{0}};
	struct trail t = {.action = "people.name", .kind = "service", .now = now, .pairs = pairs};
	int rc;

	if (s->deputy_count > PEOPLE_DEPUTIES_MAX)
		return err_set(e, ERR_LIMIT, "err.people.deputies");
	if ((rc = db_begin(db, e)))
		return rc;
	if (!(rc = parts_write(db, who, s, now, e)))
		rc = tell(db, who, &t, e);
	return db_end(db, rc, e);
}

/* ---- absence ---- */

static int absence_write(struct db *db, const struct actor *who, const struct absence *absence, time_us now,
			 struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_people_absence_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "person_id", absence->person_id);
	stmt_i64(&st, "from_at", absence->from);
	stmt_i64(&st, "to_at", absence->to);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_NOT_FOUND, "err.people.unknown");
}

int absence_add(struct db *db, const struct actor *who, const struct absence *absence, time_us now, int64_t *ret_id,
		struct err *e)
{
	struct trail t = {.action = "person.absence", .kind = "person", .id = absence->person_id, .now = now};
	int64_t id = 0;
	int rc;

	if (!absence->from || absence->to <= absence->from ||
	    absence->to - absence->from > PEOPLE_ABSENCE_DAYS_MAX * TIME_DAY)
		return refuse(e, "err.people.absence", "to");
	if ((rc = db_begin(db, e)))
		return rc;
	if (!(rc = absence_write(db, who, absence, now, e))) {
		id = db_last_id(db);
		rc = trail_add(db, who, &t, e);
	}
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = id;
	return rc;
}

int absence_remove(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	struct trail t = {.action = "person.absence_remove", .kind = "absence", .id = id, .now = now};
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	if (!(rc = db_prepare(db, &Q_people_absence_delete, &scope, &st, e))) {
		stmt_i64(&st, "id", id);
		rc = stmt_run(&st, e);
	}
	if (!rc && db_changes(db) != 1)
		rc = err_set(e, ERR_NOT_FOUND, "err.people.unknown");
	stmt_done(&st);
	if (!rc)
		rc = trail_add(db, who, &t, e);
	return db_end(db, rc, e);
}
