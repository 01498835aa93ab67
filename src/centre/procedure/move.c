/* States of a version. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/procedure/internal.h"
#include "store/queries.gen.h"

#define TO(state) (1u << (state))
static const unsigned next_states[PROCEDURE_STATE_COUNT] = {
	[PROCEDURE_DRAFT] = TO(PROCEDURE_REVIEW) | TO(PROCEDURE_WITHDRAWN),
	[PROCEDURE_REVIEW] = TO(PROCEDURE_DRAFT) | TO(PROCEDURE_APPROVED) | TO(PROCEDURE_WITHDRAWN),
	[PROCEDURE_APPROVED] = TO(PROCEDURE_APPROVED) | TO(PROCEDURE_WITHDRAWN),
};

bool procedure_may_become(enum procedure_state from, enum procedure_state to)
{
	return (next_states[from] & TO(to)) != 0;
}

static int check_expiry(const struct procedure_move *m, time_us now, struct err *e)
{
	int rc;

	if (m->to != PROCEDURE_APPROVED ||
	    (m->expires > now && m->expires <= now + PROCEDURE_EXPIRY_DAYS_MAX * TIME_DAY))
		return 0;
	rc = err_set(e, ERR_RANGE, "err.procedure.expires");
	err_path(e, STR("expires"));
	return rc;
}

static int write_state(struct db *db, const struct actor *who, const struct procedure_move *m,
		       const struct procedure *before, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	bool approves = m->to == PROCEDURE_APPROVED;
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_procedure_version_move, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", m->id);
	stmt_i64(&st, "row_version", m->row_version);
	stmt_text(&st, "state", str_of(procedure_state_name(m->to)));
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	stmt_text(&st, "approved_by", approves ? str_of(who->name) : before->approved_by);
	stmt_i64(&st, "approved_at", approves ? now : before->approved);
	stmt_i64(&st, "expires_at", approves ? m->expires : before->expires);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.procedure.changed");
}

static int supersede(struct db *db, const struct actor *who, const struct procedure *p, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_procedure_supersede, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "procedure_id", p->procedure_id);
	stmt_i64(&st, "id", p->id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	return stmt_run(&st, e);
}

static int move_inside(struct db *db, const struct actor *who, const struct procedure_move *m, time_us now,
		       struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct procedure before;
	int rc;

	arena_init(&a, ROW_ARENA);
	if ((rc = procedure_get(db, actor_scope(who), m->id, &a, &before, e)))
		return rc;
	if (!procedure_may_become(before.state, m->to))
		return err_set_value(e, ERR_WRONG_STATE, "err.procedure.state",
				     str_of(procedure_state_name(before.state)));
	if ((rc = write_state(db, who, m, &before, now, e)))
		return rc;
	return m->to == PROCEDURE_APPROVED ? supersede(db, who, &before, now, e) : 0;
}

int procedure_move(struct db *db, const struct actor *who, const struct procedure_move *m, time_us now, struct err *e)
{
	char until[TIME_TEXT_MAX];
	const struct trail_pair pairs[] = {
		{"state", str_of(procedure_state_name(m->to))},
		{"expires", {until, m->to == PROCEDURE_APPROVED ? time_format(m->expires, until) : 0}},
		{0}};
	struct trail t = {.action = m->to == PROCEDURE_APPROVED ? "procedure.approve" : "procedure.move",
			  .kind = "procedure_version",
			  .id = m->id,
			  .now = now,
			  .pairs = pairs};
	int rc = check_expiry(m, now, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	if (!(rc = move_inside(db, who, m, now, e)))
		rc = work_add(db, who, &t, PROCEDURE_WORK, e);
	if (!rc)
		rc = trail_add(db, who, &t, e);
	return db_end(db, rc, e);
}
