#include "guard/user.h"

#include <stdio.h>

#include "base/check.h"
#include "base/utf8.h"
#include "guard/link.h"
#include "guard/session.h"
#include "guard/tenant.h"
#include "store/queries.gen.h"

static void copy_text(char *out, size_t size, str text)
{
	size_t len = text.len < size ? text.len : size - 1;

	if (len)
		memcpy(out, text.ptr, len);
	out[len] = '\0';
}

/* Lower case, no blanks, no control characters; false when it is not a login name. */
static bool login_clean(str login, char out[USER_LOGIN_MAX + 1])
{
	login = str_trim(login);
	if (login.len < USER_LOGIN_MIN || login.len > USER_LOGIN_MAX || !utf8_is_valid(login))
		return false;
	for (size_t i = 0; i < login.len; i++) {
		unsigned char c = (unsigned char)login.ptr[i];

		if (c <= ' ' || c == 0x7f)
			return false;
		out[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	out[login.len] = '\0';
	return true;
}

static int add_row(struct db *db, const struct actor *who, const struct user_new *u, int64_t *ret_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	char login[USER_LOGIN_MAX + 1], hash[PASSWORD_HASH_MAX] = "";
	struct scope scope = actor_scope(who);
	int rc = 0;

	if (!login_clean(u->login, login))
		return err_set_value(e, ERR_RANGE, "err.user.login", u->login);
	if (u->display_name.len == 0 || u->display_name.len > USER_NAME_MAX || !utf8_is_valid(u->display_name))
		return err_set_value(e, ERR_RANGE, "err.user.name", u->display_name);
	if (u->password.ptr) {
		rc = password_check(u->password, str_of(login), u->display_name, e);
		if (!rc)
			rc = password_hash(u->password, hash, e);
	}
	if (!rc)
		rc = db_prepare(db, &Q_account_add, &scope, &st, e);
	if (rc)
		return rc;
	stmt_text(&st, "email", str_of(login));
	stmt_text(&st, "display_name", u->display_name);
	stmt_text(&st, "language", u->language.len ? u->language : STR("en"));
	stmt_text(&st, "time_zone", u->time_zone.len ? u->time_zone : STR("UTC"));
	stmt_text_or_null(&st, "password_hash", hash[0] ? str_of(hash) : STR_NONE);
	stmt_i64_or_null(&st, "password_changed_at", hash[0] ? u->now : 0);
	if (u->totp)
		stmt_blob(&st, "totp_secret", (str){(const char *)u->totp->bytes, TOTP_SECRET_BYTES});
	else
		stmt_null(&st, "totp_secret");
	stmt_i64(&st, "now", u->now);
	rc = stmt_step(&st, e);
	if (rc == -ERR_CONFLICT)
		return err_set_value(e, ERR_CONFLICT, "err.user.exists", str_of(login));
	if (rc < 0)
		return rc;
	*ret_id = stmt_col_i64(&st, "id");
	return 0;
}

static int add_role(struct db *db, const struct actor *who, int64_t id, const struct user_new *u, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_account_role_put, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "account_id", id);
	stmt_text(&st, "role", str_of(role_name(u->role)));
	stmt_i64(&st, "now", u->now);
	return stmt_run(&st, e);
}

static int note(struct db *db, const struct actor *who, const struct audit_entry *what, int64_t id, struct err *e)
{
	struct audit_entry entry = *what;
	char object[40];

	snprintf(object, sizeof(object), "user:%lld", (long long)id);
	entry.object = str_of(object);
	return audit_add(db, who, &entry, e);
}

int user_create(struct db *db, const struct actor *who, const struct user_new *u, int64_t *ret_id, struct err *e)
{
	char detail[64];
	int64_t id;
	int rc = add_row(db, who, u, &id, e);

	if (!rc)
		rc = add_role(db, who, id, u, e);
	if (rc)
		return rc;
	snprintf(detail, sizeof(detail), "{\"role\":\"%s\"}", role_name(u->role));
	rc = note(db, who, &(struct audit_entry){STR("user.create"), STR_NONE, str_of(detail), u->now}, id, e);
	if (!rc)
		*ret_id = id;
	return rc;
}

static bool col_totp(struct stmt *st, const char *name, struct totp_secret *ret)
{
	str bytes = stmt_col_text(st, name);

	if (bytes.len != TOTP_SECRET_BYTES)
		return false;
	memcpy(ret->bytes, bytes.ptr, TOTP_SECRET_BYTES);
	return true;
}

static void read_row(struct stmt *st, struct user *u)
{
	*u = (struct user){
		.id = stmt_col_i64(st, "id"),
		.tenant_id = stmt_col_i64(st, "tenant_id"),
		.is_active = stmt_col_i64(st, "is_active") != 0,
		.totp_last_step = stmt_col_i64(st, "totp_last_step"),
	};
	copy_text(u->login, sizeof(u->login), stmt_col_text(st, "email"));
	copy_text(u->display_name, sizeof(u->display_name), stmt_col_text(st, "display_name"));
	copy_text(u->language, sizeof(u->language), stmt_col_text(st, "language"));
	copy_text(u->time_zone, sizeof(u->time_zone), stmt_col_text(st, "time_zone"));
	copy_text(u->theme, sizeof(u->theme), stmt_col_text(st, "theme"));
	copy_text(u->password_hash, sizeof(u->password_hash), stmt_col_text(st, "password_hash"));
	u->has_totp = col_totp(st, "totp_secret", &u->totp);
	u->has_pending = col_totp(st, "totp_pending", &u->totp_pending);
}

int user_get(struct db *db, int64_t id, struct user *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	char number[24];
	int rc = db_prepare(db, &Q_account_get, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	rc = stmt_step(&st, e);
	snprintf(number, sizeof(number), "%lld", (long long)id);
	if (rc == 0)
		return err_set_value(e, ERR_NOT_FOUND, "err.user.unknown", str_of(number));
	if (rc < 0)
		return rc;
	read_row(&st, ret);
	return 0;
}

static int id_of(struct db *db, str login, int64_t *ret_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	char clean[USER_LOGIN_MAX + 1];
	int rc;

	if (!login_clean(login, clean))
		return err_set_value(e, ERR_NOT_FOUND, "err.user.unknown", login);
	rc = db_prepare(db, &Q_account_by_email, NULL, &st, e);
	if (rc)
		return rc;
	stmt_text(&st, "email", str_of(clean));
	rc = stmt_step(&st, e);
	if (rc == 0)
		return err_set_value(e, ERR_NOT_FOUND, "err.user.unknown", login);
	if (rc < 0)
		return rc;
	*ret_id = stmt_col_i64(&st, "id");
	return 0;
}

int user_find(struct db *db, str login, struct user *ret, struct err *e)
{
	int64_t id;
	int rc = id_of(db, login, &id, e);

	return rc ? rc : user_get(db, id, ret, e);
}

static int check_below(struct db *db, const struct actor *who, int64_t id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	char number[24];
	int rc = db_prepare(db, &Q_account_in_scope, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	rc = stmt_step(&st, e);
	snprintf(number, sizeof(number), "%lld", (long long)id);
	if (rc == 0)
		return err_set_value(e, ERR_NOT_FOUND, "err.user.unknown", str_of(number));
	return rc < 0 ? rc : 0;
}

int user_get_below(struct db *db, const struct actor *who, int64_t id, struct user *ret, struct err *e)
{
	int rc = check_below(db, who, id, e);

	return rc ? rc : user_get(db, id, ret, e);
}

static int put_hash(struct db *db, const struct user_password *p, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	char hash[PASSWORD_HASH_MAX];
	int rc = password_hash(p->password, hash, e);

	if (!rc)
		rc = db_prepare(db, &Q_account_password_set, NULL, &st, e);
	if (rc)
		return rc;
	stmt_text(&st, "password_hash", str_of(hash));
	stmt_i64(&st, "now", p->now);
	stmt_i64(&st, "id", p->account_id);
	return stmt_run(&st, e);
}

int user_password_set(struct db *db, const struct actor *who, const struct user_password *p, struct err *e)
{
	struct user u;
	int rc = user_get(db, p->account_id, &u, e);

	if (!rc)
		rc = password_check(p->password, str_of(u.login), str_of(u.display_name), e);
	if (!rc)
		rc = put_hash(db, p, e);
	if (!rc)
		rc = session_end_others(db, p->account_id, p->keep_session, e);
	if (rc)
		return rc;
	return note(db, who, &(struct audit_entry){STR("user.password"), STR_NONE, STR_NONE, p->now}, p->account_id, e);
}

int user_settings_set(struct db *db, int64_t id, const struct user_settings *s, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct user u;
	str name = s->display_name;
	int rc = user_get(db, id, &u, e);

	if (rc)
		return rc;
	if (name.ptr && (name.len == 0 || name.len > USER_NAME_MAX || !utf8_is_valid(name)))
		return err_set_value(e, ERR_RANGE, "err.user.name", name);
	rc = db_prepare(db, &Q_account_settings_set, NULL, &st, e);
	if (rc)
		return rc;
	stmt_text(&st, "display_name", name.ptr ? name : str_of(u.display_name));
	stmt_text(&st, "language", s->language.ptr ? s->language : str_of(u.language));
	stmt_text(&st, "time_zone", s->time_zone.ptr ? s->time_zone : str_of(u.time_zone));
	stmt_text(&st, "theme", s->theme.ptr ? s->theme : str_of(u.theme));
	stmt_i64(&st, "id", id);
	return stmt_run(&st, e);
}

int user_totp_begin(struct db *db, struct env *env, int64_t id, struct totp_secret *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct totp_secret secret = totp_create(env);
	int rc = db_prepare(db, &Q_account_totp_pending_set, NULL, &st, e);

	if (rc)
		return rc;
	stmt_blob(&st, "secret", (str){(const char *)secret.bytes, TOTP_SECRET_BYTES});
	stmt_i64(&st, "id", id);
	rc = stmt_run(&st, e);
	if (!rc)
		*ret = secret;
	return rc;
}

/* secret NULL = no second factor any more. */
static int put_totp(struct db *db, int64_t id, const struct totp_secret *secret, int64_t step, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_account_totp_set, NULL, &st, e);

	if (rc)
		return rc;
	if (secret)
		stmt_blob(&st, "secret", (str){(const char *)secret->bytes, TOTP_SECRET_BYTES});
	else
		stmt_null(&st, "secret");
	stmt_i64(&st, "step", step);
	stmt_i64(&st, "id", id);
	return stmt_run(&st, e);
}

int user_totp_confirm(struct db *db, const struct actor *who, str code, time_us now, struct err *e)
{
	struct user u;
	int64_t step;
	int rc = user_get(db, who->user_id, &u, e);

	if (rc)
		return rc;
	if (!u.has_pending || !totp_check(&u.totp_pending, code, now, 0, &step))
		return err_set(e, ERR_AUTH, "err.login.code");
	rc = put_totp(db, u.id, &u.totp_pending, step, e);
	if (rc)
		return rc;
	return note(db, who, &(struct audit_entry){STR("user.totp"), STR_NONE, STR_NONE, now}, u.id, e);
}

int user_reset(struct db *db, const struct actor *who, const struct user_reset *r, struct secret *ret_token,
	       struct err *e)
{
	time_us now = r->env->now(r->env->ctx);
	struct link_new link = {LINK_RESET, r->account_id, now, now + USER_RESET_LIFE, r->env};
	str detail = r->drop_totp ? STR("{\"second_factor\":\"removed\"}") : STR_NONE;
	int rc = check_below(db, who, r->account_id, e);

	if (!rc && r->drop_totp)
		rc = put_totp(db, r->account_id, NULL, 0, e);
	if (!rc)
		rc = note(db, who, &(struct audit_entry){STR("user.reset"), STR_NONE, detail, now}, r->account_id, e);
	return rc ? rc : link_create(db, &link, ret_token, e);
}

int user_each(struct db *db, const struct actor *who, int (*fn)(void *ctx, const struct user_row *row), void *ctx,
	      struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_account_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "after", 0);
	stmt_i64(&st, "limit", USERS_LIST_MAX);
	while ((rc = stmt_step(&st, e)) == 1) {
		struct user_row row = {
			.id = stmt_col_i64(&st, "id"),
			.tenant_id = stmt_col_i64(&st, "tenant_id"),
			.login = stmt_col_text(&st, "email"),
			.display_name = stmt_col_text(&st, "display_name"),
			.role = stmt_col_text(&st, "role"),
			.language = stmt_col_text(&st, "language"),
			.is_active = stmt_col_i64(&st, "is_active") != 0,
			.has_totp = stmt_col_i64(&st, "has_totp") != 0,
			.has_password = stmt_col_i64(&st, "has_password") != 0,
			.created_at = stmt_col_i64(&st, "created_at"),
		};

		rc = fn(ctx, &row);
		if (rc)
			return rc;
	}
	return rc;
}
