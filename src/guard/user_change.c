/* What an administrator changes about other people's accounts. */
#include <stdio.h>

#include "guard/session.h"
#include "guard/user.h"
#include "store/queries.gen.h"

static int check(struct db *db, const struct actor *who, const struct user_change *c, struct user *ret, struct err *e)
{
	int rc = user_get_below(db, who, c->account_id, ret, e);

	if (!rc && who->user_id == c->account_id)
		rc = err_set(e, ERR_DENIED, "err.user.self");
	return rc;
}

static int note(struct db *db, const struct actor *who, const struct user_change *c, const char *action, str detail,
		struct err *e)
{
	char object[40];

	snprintf(object, sizeof(object), "user:%lld", (long long)c->account_id);
	return audit_append(db, who, str_of(action), str_of(object), detail, c->now, e);
}

static int put_role(struct db *db, const struct user *u, const struct user_change *c, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope own = {u->tenant_id};
	int rc = db_prepare(db, &Q_account_role_put, &own, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "account_id", u->id);
	stmt_text(&st, "role", str_of(role_name(c->role)));
	stmt_i64(&st, "now", c->now);
	return stmt_run(&st, e);
}

int user_role_set(struct db *db, const struct actor *who, const struct user_change *c, struct err *e)
{
	struct user u;
	char detail[64];
	int rc = check(db, who, c, &u, e);

	if (!rc && c->role == ROLE_API)
		rc = err_set_value(e, ERR_RANGE, "err.admin.role", str_of(role_name(c->role)));
	if (!rc)
		rc = put_role(db, &u, c, e);
	if (rc)
		return rc;
	snprintf(detail, sizeof(detail), "{\"role\":\"%s\"}", role_name(c->role));
	return note(db, who, c, "user.role", str_of(detail), e);
}

static int put_active(struct db *db, const struct user_change *c, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_account_active_set, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "is_active", c->is_active);
	stmt_i64(&st, "id", c->account_id);
	return stmt_run(&st, e);
}

int user_active_set(struct db *db, const struct actor *who, const struct user_change *c, struct err *e)
{
	struct user u;
	int rc = check(db, who, c, &u, e);

	if (!rc)
		rc = put_active(db, c, e);
	if (!rc && !c->is_active)
		rc = session_end_others(db, c->account_id, 0, e);
	return rc ? rc : note(db, who, c, c->is_active ? "user.on" : "user.off", STR_NONE, e);
}
