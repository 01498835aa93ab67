#include "guard/setup.h"

#include <stdio.h>

#include "guard/link.h"
#include "guard/tenant.h"
#include "guard/user.h"
#include "store/queries.gen.h"

int setup_is_done(struct db *db, bool *ret, struct err *e)
{
	int64_t count;
	int rc = tenant_count(db, &count, e);

	if (!rc)
		*ret = count > 0;
	return rc;
}

static int refuse_second(struct db *db, struct err *e)
{
	bool is_done;
	int rc = setup_is_done(db, &is_done, e);

	if (!rc && is_done)
		rc = err_set(e, ERR_WRONG_STATE, "err.setup.done");
	return rc;
}

int setup_issue(struct db *db, struct env *env, struct secret *ret, struct err *e)
{
	time_us now = env->now(env->ctx);
	struct link_new link = {LINK_SETUP, 0, now, now + SETUP_LIFE, env};
	struct secret token;
	int rc = refuse_second(db, e);

	if (!rc)
		rc = db_begin(db, e);
	if (rc)
		return rc;
	rc = link_create(db, &link, &token, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret = token;
	return rc;
}

int setup_check(struct db *db, str token, time_us now, struct err *e)
{
	struct link_given given = {LINK_SETUP, token, now};
	struct link link;
	int rc = refuse_second(db, e);

	return rc ? rc : link_find(db, &given, &link, e);
}

/* "Example Ltd." → "example-ltd"; a name without Latin letters → "main". */
static str slug_of(str name, char out[TENANT_SLUG_MAX + 1])
{
	size_t len = 0;

	for (size_t i = 0; i < name.len && len < TENANT_SLUG_MAX; i++) {
		char c = name.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[len++] = c;
		else if (len && out[len - 1] != '-')
			out[len++] = '-';
	}
	while (len && out[len - 1] == '-')
		len--;
	return len ? (str){out, len} : STR("main");
}

static int make_tenant(struct db *db, const struct setup *s, int64_t *ret_id, struct err *e)
{
	char slug[TENANT_SLUG_MAX + 1];
	struct tenant_new t = {.name = s->organisation, .kind = STR("company")};

	t.slug = slug_of(s->organisation, slug);
	t.language = s->language;
	t.time_zone = s->time_zone;
	return tenant_create(db, &t, s->now, ret_id, e);
}

static int make_user(struct db *db, const struct setup *s, struct setup_done *done, struct err *e)
{
	struct actor program = actor_system(done->tenant_id);
	struct user_new u = {
		.login = s->login,
		.display_name = s->display_name,
		.language = s->language,
		.time_zone = s->time_zone,
		.role = ROLE_ADMIN,
		.password = s->password.ptr ? s->password : STR(""),
		.totp = &s->totp,
		.now = s->now,
	};

	return user_create(db, &program, &u, &done->account_id, e);
}

/* The code given here does not sign in a second time. */
static int use_step(struct db *db, const struct setup *s, int64_t account_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int64_t step = 0;
	int rc;

	if (!totp_check(&s->totp, s->code, s->now, 0, &step))
		return err_set(e, ERR_AUTH, "err.login.code");
	rc = db_prepare(db, &Q_account_totp_step_use, NULL, &st, e);
	if (rc)
		return rc;
	stmt_i64(&st, "step", step);
	stmt_i64(&st, "id", account_id);
	return stmt_run(&st, e);
}

static int write_setup(struct db *db, struct env *env, const struct setup *s, struct setup_done *done, struct err *e)
{
	struct link_given given = {LINK_SETUP, s->token, s->now};
	struct link link;
	struct session_new session;
	int rc = link_use(db, &given, &link, e);

	if (!rc)
		rc = refuse_second(db, e);
	if (!rc)
		rc = make_tenant(db, s, &done->tenant_id, e);
	if (!rc)
		rc = make_user(db, s, done, e);
	if (!rc)
		rc = use_step(db, s, done->account_id, e);
	if (!rc)
		rc = recovery_create(db, env, done->account_id, &done->codes, e);
	if (rc)
		return rc;
	session = (struct session_new){done->account_id, done->tenant_id, SESSION_FULL,
				       s->address,       s->user_agent,   s->now};
	return session_start(db, env, &session, &done->cookie, e);
}

int setup_complete(struct db *db, struct env *env, const struct setup *s, struct setup_done *ret, struct err *e)
{
	struct setup_done done = {0};
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	rc = write_setup(db, env, s, &done, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret = done;
	return rc;
}

int demo_link_create(struct db *db, struct env *env, int64_t account_id, struct secret *ret, struct err *e)
{
	time_us now = env->now(env->ctx);
	struct link_new link = {LINK_DEMO, account_id, now, now + DEMO_LINK_LIFE, env};

	return link_create(db, &link, ret, e);
}

static int require_demo(struct db *db, int64_t tenant_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_tenant_get, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", tenant_id);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	return rc == 1 && stmt_col_i64(&st, "is_demo") ? 0 : err_set(e, ERR_NOT_FOUND, "err.link.none");
}

static int write_enter(struct db *db, struct env *env, const struct demo_enter *d, struct secret *ret, struct err *e)
{
	struct link_given given = {LINK_DEMO, d->token, d->now};
	struct session_new session;
	struct link link;
	struct user u = {0};
	int rc = link_use(db, &given, &link, e);

	if (!rc)
		rc = user_get(db, link.account_id, &u, e);
	if (!rc)
		rc = require_demo(db, u.tenant_id, e);
	if (rc)
		return rc;
	session = (struct session_new){u.id, u.tenant_id, SESSION_FULL, d->address, d->user_agent, d->now};
	return session_start(db, env, &session, ret, e);
}

int demo_enter(struct db *db, struct env *env, const struct demo_enter *d, struct secret *ret, struct err *e)
{
	struct secret cookie;
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	rc = write_enter(db, env, d, &cookie, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret = cookie;
	return rc;
}

static int person_of(struct db *db, const struct actor *who, enum role role, int64_t *ret_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_account_by_role, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "role", str_of(role_name(role)));
	rc = stmt_step(&st, e);
	if (rc == 0)
		return err_set_value(e, ERR_NOT_FOUND, "err.user.no_role", str_of(role_name(role)));
	if (rc < 0)
		return rc;
	*ret_id = stmt_col_i64(&st, "id");
	return 0;
}

int demo_switch(struct db *db, struct env *env, const struct demo_switch *d, struct secret *ret, struct err *e)
{
	struct session s = {.id = d->who.session_id, .tenant_id = d->who.tenant_id, .stage = SESSION_FULL};
	int rc = require_demo(db, d->who.tenant_id, e);

	if (!rc)
		rc = person_of(db, &d->who, d->role, &s.account_id, e);
	return rc ? rc : session_rotate(db, env, &s, ret, e);
}
