#include "guard/login.h"

#include <stdio.h>

#include "guard/limit.h"
#include "guard/link.h"
#include "guard/tenant.h"
#include "guard/user.h"
#include "store/queries.gen.h"

static struct limit limit_of(const struct login *l, enum limit_kind kind)
{
	return (struct limit){kind, l->login, l->address, l->now};
}

static int check_waits(struct db *db, const struct login *l, struct err *e)
{
	struct limit pair = limit_of(l, LIMIT_PAIR), address = limit_of(l, LIMIT_ADDRESS);
	struct limit login = limit_of(l, LIMIT_LOGIN), known = limit_of(l, LIMIT_KNOWN);
	bool is_known = false;
	int rc = limit_check(db, &pair, e);

	if (!rc)
		rc = limit_check(db, &address, e);
	if (!rc)
		rc = limit_is_known(db, &known, &is_known, e);
	if (!rc && !is_known)
		rc = limit_check(db, &login, e);
	return rc;
}

/* What an account's own trail says about attempts on it. */
static int note(struct db *db, const struct user *u, const struct audit_entry *what, struct err *e)
{
	struct actor who = {.kind = ACTOR_SESSION, .user_id = u->id, .tenant_id = u->tenant_id};
	struct audit_entry entry = *what;
	char object[40];

	snprintf(who.name, sizeof(who.name), "%s", u->display_name);
	snprintf(object, sizeof(object), "user:%lld", (long long)u->id);
	entry.object = str_of(object);
	return audit_add(db, &who, &entry, e);
}

/* u NULL = no such account. */
static int failed(struct db *db, const struct login *l, const struct user *u, struct err *e)
{
	static const enum limit_kind counted[] = {LIMIT_PAIR, LIMIT_ADDRESS, LIMIT_LOGIN};
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < sizeof(counted) / sizeof(counted[0]); i++) {
		struct limit limit = limit_of(l, counted[i]);

		rc = limit_fail(db, &limit, e);
	}
	if (!rc && u)
		rc = note(db, u, &(struct audit_entry){STR("login.failed"), STR_NONE, STR_NONE, l->now}, e);
	rc = db_end(db, rc, e);
	return rc ? rc : err_set(e, ERR_AUTH, "err.login.wrong");
}

static int write_success(struct db *db, struct env *env, const struct login *l, const struct user *u,
			 struct login_done *ret)
{
	struct limit pair = limit_of(l, LIMIT_PAIR), login = limit_of(l, LIMIT_LOGIN), known = limit_of(l, LIMIT_KNOWN);
	struct session_new s = {u->id, u->tenant_id, ret->stage, l->address, l->user_agent, l->now};
	int rc = limit_clear(db, &pair, NULL);

	if (!rc && ret->stage == SESSION_FULL)
		rc = limit_clear(db, &login, NULL);
	if (!rc && ret->stage == SESSION_FULL)
		rc = limit_note_known(db, &known, NULL);
	if (!rc)
		rc = session_start(db, env, &s, &ret->cookie, NULL);
	if (!rc && ret->stage == SESSION_FULL)
		rc = note(db, u, &(struct audit_entry){STR("login.ok"), STR_NONE, STR_NONE, l->now}, NULL);
	return rc;
}

int login_password(struct db *db, struct env *env, const struct login *l, struct login_done *ret, struct err *e)
{
	struct user u = {0};
	struct login_done done = {.stage = SESSION_FULL};
	bool is_known, is_right;
	int rc = check_waits(db, l, e);

	if (rc)
		return rc;
	rc = user_find(db, l->login, &u, e);
	if (rc && rc != -ERR_NOT_FOUND)
		return rc;
	is_known = rc == 0;
	is_right = password_verify(is_known ? str_of(u.password_hash) : STR_NONE, l->password);
	if (!is_known || !is_right || !u.is_active)
		return failed(db, l, is_known ? &u : NULL, e);
	if (u.has_totp)
		done.stage = SESSION_PASSWORD;
	rc = db_begin(db, e);
	if (rc)
		return rc;
	rc = write_success(db, env, l, &u, &done);
	if (!rc)
		rc = db_commit(db, e);
	else
		rc = err_set(e, (enum err_code) - rc, "err.login.store");
	db_rollback(db);
	if (!rc)
		*ret = done;
	return rc;
}

static int use_step(struct db *db, const struct user *u, int64_t step, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_account_totp_step_use, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "step", step);
	stmt_i64(&st, "id", u->id);
	rc = stmt_run(&st, e);
	if (!rc && db_changes(db) == 0)
		rc = err_set(e, ERR_AUTH, "err.login.code");
	return rc;
}

static int check_code(struct db *db, const struct user *u, const struct login_code *c, struct err *e)
{
	int64_t step;

	if (c->code.len > 10)
		return recovery_use(db, u->id, c->code, c->now, e);
	if (!u->has_totp || !totp_check(&u->totp, c->code, c->now, u->totp_last_step, &step))
		return err_set(e, ERR_AUTH, "err.login.code");
	return use_step(db, u, step, e);
}

static int code_failed(struct db *db, const struct user *u, const struct limit *limit, struct err *e)
{
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	rc = limit_fail(db, limit, e);
	if (!rc)
		rc = note(db, u, &(struct audit_entry){STR("login.code_failed"), STR_NONE, STR_NONE, limit->now}, e);
	rc = db_end(db, rc, e);
	return rc ? rc : err_set(e, ERR_AUTH, "err.login.code");
}

static int accept_code(struct db *db, struct env *env, struct session *s, const struct limit *limit, struct secret *ret)
{
	struct limit known = *limit, login = *limit;
	int rc = limit_clear(db, limit, NULL);

	known.kind = LIMIT_KNOWN;
	login.kind = LIMIT_LOGIN;
	s->stage = SESSION_FULL;
	if (!rc)
		rc = limit_clear(db, &login, NULL);
	if (!rc)
		rc = limit_note_known(db, &known, NULL);
	return rc ? rc : session_rotate(db, env, s, ret, NULL);
}

int login_totp(struct db *db, struct env *env, const struct login_code *c, struct secret *ret, struct err *e)
{
	struct session s = *c->session;
	struct user u;
	struct secret cookie;
	struct limit limit = {.kind = LIMIT_CODE, .address = c->address, .now = c->now};
	int rc = user_get(db, s.account_id, &u, e);

	if (rc)
		return rc;
	if (s.stage != SESSION_PASSWORD)
		return err_set(e, ERR_AUTH, "err.session.none");
	limit.login = str_of(u.login);
	rc = limit_check(db, &limit, e);
	if (!rc)
		rc = db_begin(db, e);
	if (rc)
		return rc;
	rc = check_code(db, &u, c, e);
	if (rc == -ERR_AUTH) {
		db_rollback(db);
		return code_failed(db, &u, &limit, e);
	}
	if (!rc && accept_code(db, env, &s, &limit, &cookie))
		rc = err_set(e, ERR_INTERNAL, "err.login.store");
	if (!rc)
		rc = note(db, &u, &(struct audit_entry){STR("login.ok"), STR_NONE, STR_NONE, c->now}, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret = cookie;
	return rc;
}

static int write_reset(struct db *db, const struct login_reset *r, struct err *e)
{
	struct link_given given = {LINK_RESET, r->token, r->now};
	struct actor who = {.kind = ACTOR_SESSION};
	struct link link;
	struct user u;
	int rc = link_use(db, &given, &link, e);

	if (!rc)
		rc = user_get(db, link.account_id, &u, e);
	if (rc)
		return rc;
	who.user_id = u.id;
	who.tenant_id = u.tenant_id;
	snprintf(who.name, sizeof(who.name), "%s", u.display_name);
	return user_password_set(db, &who, &(struct user_password){u.id, r->password, 0, r->now}, e);
}

int login_reset(struct db *db, const struct login_reset *r, struct err *e)
{
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	rc = write_reset(db, r, e);
	return db_end(db, rc, e);
}

int login_sweep(struct db *db, time_us now, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_login_attempt_sweep, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "before", now - LOGIN_KNOWN);
	return stmt_run(&st, e);
}
