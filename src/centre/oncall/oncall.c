/* The plan out of the store. */
#include "centre/oncall/oncall.h"

#include "store/queries.gen.h"
#include "store/rows.h"

const char *const oncall_means[] = {"mobile", "phone", "mail", "chat", "other", NULL};

bool oncall_may_see(const struct actor *who)
{
	return actor_may(who, PERM_WORK_WRITE) || actor_may_see_people(who);
}

static int rotation_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	struct oncall_rotation *r = out;

	(void)e;
	*r = (struct oncall_rotation){.id = stmt_col_i64(st, "id"),
				      .version = stmt_col_i64(st, "version"),
				      .name = stmt_take(st, "name", a),
				      .level = (int)stmt_col_i64(st, "level"),
				      .layers = (unsigned)stmt_col_i64(st, "layers"),
				      .day_from = (int)stmt_col_i64(st, "day_from"),
				      .day_to = (int)stmt_col_i64(st, "day_to"),
				      .turn_weeks = (int)stmt_col_i64(st, "turn_weeks"),
				      .handover_weekday = (int)stmt_col_i64(st, "handover_weekday"),
				      .handover_min = (int)stmt_col_i64(st, "handover_min"),
				      .start = (day_t)stmt_col_i64(st, "start_day"),
				      .is_active = stmt_col_i64(st, "is_active") != 0};
	return 0;
}

struct member {
	int64_t rotation_id, person_id;
};

static int member_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	(void)a;
	(void)e;
	*(struct member *)out = (struct member){stmt_col_i64(st, "rotation_id"), stmt_col_i64(st, "person_id")};
	return 0;
}

static int swap_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	(void)e;
	*(struct oncall_swap *)out = (struct oncall_swap){.id = stmt_col_i64(st, "id"),
							  .rotation_id = stmt_col_i64(st, "rotation_id"),
							  .person_id = stmt_col_i64(st, "person_id"),
							  .from = stmt_col_i64(st, "from_at"),
							  .to = stmt_col_i64(st, "to_at"),
							  .reason = stmt_take(st, "reason", a),
							  .created_by = stmt_take(st, "created_by", a)};
	return 0;
}

static int contact_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	(void)e;
	*(struct oncall_contact *)out = (struct oncall_contact){.id = stmt_col_i64(st, "id"),
								.person_id = stmt_col_i64(st, "person_id"),
								.means = stmt_take(st, "means", a),
								.address = stmt_take(st, "address", a),
								.checked_at = stmt_col_i64(st, "checked_at"),
								.checked_by = stmt_take(st, "checked_by", a)};
	return 0;
}

struct reading {
	struct db *db;
	struct scope scope;
	struct arena *arena;
	struct err *e;
};

static int read_list(const struct reading *r, const struct query *query, const struct row_kind *kind, uint32_t most,
		     struct rows *ret)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(r->db, query, &r->scope, &st, r->e);

	if (rc)
		return rc;
	stmt_i64(&st, "count", most);
	return rows_read(&st, kind, most, r->arena, ret, r->e);
}

static int read_swaps(const struct reading *r, time_us now, struct rows *ret)
{
	static const struct row_kind kind = {sizeof(struct oncall_swap), swap_row};
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(r->db, &Q_oncall_swap_list, &r->scope, &st, r->e);

	if (rc)
		return rc;
	stmt_i64(&st, "now", now);
	stmt_i64(&st, "count", ONCALL_SWAPS_MAX);
	return rows_read(&st, &kind, ONCALL_SWAPS_MAX, r->arena, ret, r->e);
}

/* Members come in their rotation's order. */
static void take_members(struct oncall_plan *p, const struct rows *members)
{
	const struct member *m = members->items;

	for (uint32_t i = 0; i < members->count; i++)
		for (uint32_t k = 0; k < p->rotation_count; k++) {
			struct oncall_rotation *r = &p->rotations[k];

			if (r->id == m[i].rotation_id && r->member_count < ONCALL_MEMBERS_MAX)
				r->members[r->member_count++] = m[i].person_id;
		}
}

int oncall_load(struct db *db, struct scope scope, const struct oncall_house *h, struct arena *a,
		struct oncall_plan *ret, struct err *e)
{
	static const struct row_kind rotations = {sizeof(struct oncall_rotation), rotation_row};
	static const struct row_kind members = {sizeof(struct member), member_row};
	static const struct row_kind contacts = {sizeof(struct oncall_contact), contact_row};
	struct reading r = {db, scope, a, e};
	struct rows rows[4];
	int rc;

	*ret = (struct oncall_plan){.holidays = h->holidays, .offset_min = h->offset_min};
	if ((rc = read_list(&r, &Q_oncall_rotation_list, &rotations, ONCALL_ROTATIONS_MAX, &rows[0])) ||
	    (rc = read_list(&r, &Q_oncall_member_list, &members, ONCALL_ROTATIONS_MAX * ONCALL_MEMBERS_MAX,
			    &rows[1])) ||
	    (rc = read_list(&r, &Q_oncall_contact_list, &contacts, ONCALL_CONTACTS_MAX, &rows[2])) ||
	    (rc = read_swaps(&r, h->now, &rows[3])) || (rc = people_load(db, scope, h->now, a, &ret->people, e)))
		return rc;
	ret->rotations = rows[0].items;
	ret->rotation_count = rows[0].count;
	ret->contacts = rows[2].items;
	ret->contact_count = rows[2].count;
	ret->swaps = rows[3].items;
	ret->swap_count = rows[3].count;
	take_members(ret, &rows[1]);
	return 0;
}
