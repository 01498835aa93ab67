/* The rows of a service's state out of the store. */
#include "base/mem.h"
#include "centre/build/internal.h"
#include "store/queries.gen.h"

static uint32_t read_score(struct stmt *st, const char *column)
{
	return stmt_col_is_null(st, column) ? 0 : (uint32_t)stmt_col_i64(st, column);
}

bool state_row_read(struct stmt *st, struct arena *a, struct service_state *ret)
{
	*ret = (struct service_state){.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED};
	ret->version = stmt_col_i64(st, "version");
	if (!stmt_col_is_null(st, "level"))
		(void)service_level_parse(stmt_col_text(st, "level"), &ret->level);
	if (!stmt_col_is_null(st, "assignment"))
		(void)assignment_parse(stmt_col_text(st, "assignment"), &ret->assignment);
	ret->level_reason = arena_str(a, stmt_col_text(st, "level_reason"));
	ret->team = arena_str(a, stmt_col_text(st, "team"));
	ret->provider = arena_str(a, stmt_col_text(st, "provider"));
	ret->not_applicable = stmt_col_i64(st, "not_applicable") != 0;
	ret->not_applicable_reason = arena_str(a, stmt_col_text(st, "not_applicable_reason"));
	ret->now[SIDE_IN] = read_score(st, "in_now");
	ret->now[SIDE_OUT] = read_score(st, "out_now");
	ret->target[SIDE_IN] = read_score(st, "in_target");
	ret->target[SIDE_OUT] = read_score(st, "out_target");
	ret->contract = arena_str(a, stmt_col_text(st, "contract"));
	ret->owner = arena_str(a, stmt_col_text(st, "owner"));
	ret->owner_id = stmt_col_is_null(st, "owner_id") ? 0 : stmt_col_i64(st, "owner_id");
	ret->deputies = arena_str(a, stmt_col_text(st, "deputies"));
	ret->area = read_score(st, "area");
	ret->risk = read_score(st, "risk");
	ret->gap_owner = arena_str(a, stmt_col_text(st, "gap_owner"));
	ret->gap_due = stmt_col_is_null(st, "gap_due") ? 0 : stmt_col_i64(st, "gap_due");
	ret->signed_by = arena_str(a, stmt_col_text(st, "signed_by"));
	ret->signed_at = stmt_col_i64(st, "signed_at");
	ret->user_id = stmt_col_i64(st, "user_id");
	ret->user_name = arena_str(a, stmt_col_text(st, "user_name"));
	ret->changed_at = stmt_col_i64(st, "changed_at");
	return ret->level_reason.ptr && ret->team.ptr && ret->provider.ptr && ret->not_applicable_reason.ptr &&
	       ret->contract.ptr && ret->owner.ptr && ret->deputies.ptr && ret->gap_owner.ptr && ret->signed_by.ptr &&
	       ret->user_name.ptr;
}

int service_state_load(struct db *db, struct scope scope, const struct state_query *query, struct arena *a,
		       struct service_state *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct service_state s = {.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED};
	int rc = db_prepare(db, query->version ? &Q_build_state_version : &Q_build_state_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", query->framework->id);
	stmt_text(&st, "service", query->service);
	if (query->version)
		stmt_i64(&st, "version", query->version);
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	if (rc == 0 && query->version)
		return err_set_value(e, ERR_NOT_FOUND, "err.build.version", query->service);
	if (rc > 0 && !state_row_read(&st, a, &s))
		return err_set(e, ERR_LIMIT, "err.build.budget");
	*ret = s;
	return 0;
}

int service_state_others(struct db *db, const struct actor *who, const struct state_query *query, bool *ret,
			 struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_build_others_since, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", query->framework->id);
	stmt_text(&st, "service", query->service);
	stmt_i64(&st, "version", query->version);
	stmt_i64(&st, "user_id", who->user_id);
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	*ret = rc > 0 && stmt_col_i64(&st, "count") > 0;
	return 0;
}

int service_state_history(struct db *db, struct scope scope, const struct history_query *query, struct arena *a,
			  struct service_history *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct service_history h = {.versions = arena_alloc(a, SERVICE_HISTORY_MAX * sizeof(*h.versions))};
	int rc = db_prepare(db, &Q_build_state_history, &scope, &st, e);

	if (rc)
		return rc;
	if (!h.versions)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	stmt_text(&st, "framework", query->framework->id);
	stmt_text(&st, "service", query->service);
	stmt_i64(&st, "before_version", query->before ? query->before : INT64_MAX);
	stmt_i64(&st, "count", SERVICE_HISTORY_MAX);
	while ((rc = stmt_step(&st, e)) > 0)
		if (!state_row_read(&st, a, &h.versions[h.count++]))
			return err_set(e, ERR_LIMIT, "err.build.budget");
	if (rc < 0)
		return rc;
	*ret = h;
	return 0;
}
