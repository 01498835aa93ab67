#include "centre/people/people.h"

#include "store/queries.gen.h"
#include "store/rows.h"

static int team_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	(void)e;
	*(struct team *)out = (struct team){.id = stmt_col_i64(st, "id"),
					    .version = stmt_col_i64(st, "version"),
					    .name = stmt_take(st, "name", a),
					    .lead_id = stmt_col_i64(st, "lead_id")};
	return 0;
}

static int person_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	(void)e;
	*(struct person *)out = (struct person){.id = stmt_col_i64(st, "id"),
						.version = stmt_col_i64(st, "version"),
						.account_id = stmt_col_i64(st, "account_id"),
						.name = stmt_take(st, "name", a),
						.team_id = stmt_col_i64(st, "team_id"),
						.skills = stmt_take(st, "skills", a),
						.is_active = stmt_col_i64(st, "is_active") != 0};
	return 0;
}

static int part_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	(void)e;
	*(struct person_part *)out = (struct person_part){
		.service = stmt_take(st, "service", a),
		.person_id = stmt_col_i64(st, "person_id"),
		.part = str_eq(stmt_col_text(st, "part"), STR("owner")) ? PART_OWNER : PART_DEPUTY};
	return 0;
}

static int absence_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	(void)a;
	(void)e;
	*(struct absence *)out = (struct absence){.id = stmt_col_i64(st, "id"),
						  .person_id = stmt_col_i64(st, "person_id"),
						  .from = stmt_col_i64(st, "from_at"),
						  .to = stmt_col_i64(st, "to_at")};
	return 0;
}

struct reading {
	struct db *db;
	struct scope scope;
	struct arena *arena;
	struct err *e;
};

static int read_all(const struct reading *r, const struct query *query, const struct row_kind *kind, uint32_t most,
		    struct rows *ret)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(r->db, query, &r->scope, &st, r->e);

	if (rc)
		return rc;
	stmt_i64(&st, "count", most);
	return rows_read(&st, kind, most, r->arena, ret, r->e);
}

static int read_absences(const struct reading *r, time_us now, struct rows *ret)
{
	static const struct row_kind kind = {sizeof(struct absence), absence_row};
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(r->db, &Q_people_absence_list, &r->scope, &st, r->e);

	if (rc)
		return rc;
	stmt_i64(&st, "count", PEOPLE_MAX);
	stmt_i64(&st, "now", now);
	return rows_read(&st, &kind, PEOPLE_MAX, r->arena, ret, r->e);
}

int people_load(struct db *db, struct scope scope, time_us now, struct arena *a, struct people *ret, struct err *e)
{
	static const struct row_kind teams = {sizeof(struct team), team_row};
	static const struct row_kind persons = {sizeof(struct person), person_row};
	static const struct row_kind parts = {sizeof(struct person_part), part_row};
	struct reading r = {db, scope, a, e};
	struct rows rows[4];
	int rc;

	if ((rc = read_all(&r, &Q_people_team_list, &teams, PEOPLE_TEAMS_MAX, &rows[0])) ||
	    (rc = read_all(&r, &Q_people_person_list, &persons, PEOPLE_MAX, &rows[1])) ||
	    (rc = read_all(&r, &Q_people_part_list, &parts, PEOPLE_PARTS_MAX, &rows[2])) ||
	    (rc = read_absences(&r, now, &rows[3])))
		return rc;
	*ret = (struct people){.teams = rows[0].items,
			       .team_count = rows[0].count,
			       .persons = rows[1].items,
			       .person_count = rows[1].count,
			       .parts = rows[2].items,
			       .part_count = rows[2].count,
			       .absences = rows[3].items,
			       .absence_count = rows[3].count,
			       .now = now};
	return 0;
}

const struct person *people_person(const struct people *p, int64_t id)
{
	for (uint32_t i = 0; id && i < p->person_count; i++)
		if (p->persons[i].id == id)
			return &p->persons[i];
	return NULL;
}

const struct person *people_of_account(const struct people *p, int64_t account_id)
{
	for (uint32_t i = 0; account_id && i < p->person_count; i++)
		if (p->persons[i].account_id == account_id)
			return &p->persons[i];
	return NULL;
}

const struct team *people_team(const struct people *p, int64_t id)
{
	for (uint32_t i = 0; id && i < p->team_count; i++)
		if (p->teams[i].id == id)
			return &p->teams[i];
	return NULL;
}

bool people_is_away(const struct people *p, int64_t person_id)
{
	for (uint32_t i = 0; i < p->absence_count; i++) {
		const struct absence *a = &p->absences[i];

		if (a->person_id == person_id && a->from <= p->now && a->to > p->now)
			return true;
	}
	return false;
}

bool people_may_name(const struct people *p, const struct actor *who, const struct person *person)
{
	const struct person *self = people_of_account(p, who->user_id);
	const struct team *team = people_team(p, person->team_id);

	if (actor_may_see_people(who))
		return true;
	return self && (self->id == person->id || (team && team->lead_id == self->id));
}
