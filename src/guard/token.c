#include "guard/token.h"

#include <stdio.h>

#include "base/mem.h"
#include "guard/tenant.h"
#include "store/queries.gen.h"

#define TOUCH_EVERY TIME_MINUTE
#define AUDIT_EVERY TIME_HOUR
#define PERMISSIONS_TEXT_MAX 2048

int permissions_parse(str list, uint64_t *ret, struct err *e)
{
	uint64_t bits = 0;
	str part;

	while (str_next(&list, ',', &part)) {
		enum permission p;

		part = str_trim(part);
		if (part.len == 0)
			continue;
		if (!permission_parse(part, &p))
			return err_set_value(e, ERR_RANGE, "err.token.permission", part);
		bits |= UINT64_C(1) << p;
	}
	*ret = bits;
	return 0;
}

void permissions_add(struct buf *out, uint64_t permissions)
{
	bool first = true;

	for (int p = PERM_NONE + 1; p < PERM_COUNT; p++) {
		if (!(permissions & UINT64_C(1) << p))
			continue;
		if (!first)
			buf_add_byte(out, ',');
		buf_add(out, str_of(permission_name((enum permission)p)));
		first = false;
	}
}

static int check_new(const struct actor *who, const struct token_new *t, struct err *e)
{
	uint64_t allowed = role_permissions(ROLE_API) | who->permissions;
	uint64_t beyond = t->permissions & ~allowed;

	if (t->name.len == 0 || t->name.len > TOKEN_NAME_MAX)
		return err_set_value(e, ERR_RANGE, "err.token.name", t->name);
	if (t->expires_at <= t->now || t->expires_at > t->now + TOKEN_LIFE_MAX)
		return err_set(e, ERR_RANGE, "err.token.life");
	if (t->permissions == 0)
		return err_set(e, ERR_RANGE, "err.token.no_permission");
	for (int p = 0; p < PERM_COUNT; p++)
		if (beyond & UINT64_C(1) << p)
			return err_set_value(e, ERR_DENIED, "err.token.beyond",
					     str_of(permission_name((enum permission)p)));
	return 0;
}

int token_create(struct db *db, const struct actor *who, const struct token_new *t, struct secret *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	_cleanup_secret_ struct secret token = secret_create(t->env, TOKEN_PREFIX);
	_cleanup_(buf_done) struct buf permissions;
	struct digest_hex hash = secret_hash(str_of(token.text));
	struct scope scope = actor_scope(who);
	char object[40], detail[PERMISSIONS_TEXT_MAX + 64];
	int rc;

	buf_init(&permissions, PERMISSIONS_TEXT_MAX);
	rc = check_new(who, t, e);
	if (!rc)
		rc = db_prepare(db, &Q_token_add, &scope, &st, e);
	if (rc)
		return rc;
	permissions_add(&permissions, t->permissions);
	stmt_i64_or_null(&st, "account_id", who->user_id);
	stmt_text(&st, "name", t->name);
	stmt_text(&st, "token_hash", digest_str(&hash));
	stmt_text(&st, "permissions", buf_str(&permissions));
	stmt_i64(&st, "now", t->now);
	stmt_i64(&st, "expires_at", t->expires_at);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	snprintf(object, sizeof(object), "token:%lld", (long long)stmt_col_i64(&st, "id"));
	snprintf(detail, sizeof(detail), "{\"permissions\":\"%s\",\"expires_at\":%lld}", buf_cstr(&permissions),
		 (long long)t->expires_at);
	rc = audit_append(db, who, STR("token.create"), str_of(object), str_of(detail), t->now, e);
	if (!rc)
		*ret = token;
	return rc;
}

struct found {
	struct actor actor;
	time_us used_at;
	bool is_new_address;
};

static int read_found(struct stmt *st, const struct token_use *use, struct found *ret, struct err *e)
{
	struct actor *a = &ret->actor;
	uint64_t permissions;
	int rc = permissions_parse(stmt_col_text(st, "permissions"), &permissions, e);

	if (rc)
		return rc;
	if (!stmt_col_i64(st, "is_active"))
		return err_set(e, ERR_AUTH, "err.token.none");
	a->kind = ACTOR_TOKEN;
	a->role = ROLE_API;
	a->permissions = permissions | UINT64_C(1) << PERM_NONE;
	a->token_id = stmt_col_i64(st, "id");
	a->user_id = stmt_col_i64(st, "account_id");
	a->tenant_id = a->home_tenant_id = stmt_col_i64(st, "tenant_id");
	a->is_demo = stmt_col_i64(st, "is_demo") != 0;
	snprintf(a->name, sizeof(a->name), STR_FMT, STR_ARG(stmt_col_text(st, "name")));
	ret->used_at = stmt_col_i64(st, "used_at");
	ret->is_new_address = !str_eq(stmt_col_text(st, "used_from"), use->address);
	return 0;
}

static int look_up(struct db *db, const struct token_use *use, struct found *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct digest_hex hash = secret_hash(use->bearer);
	int rc = db_prepare(db, &Q_token_find, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "token_hash", digest_str(&hash));
	stmt_i64(&st, "now", use->now);
	rc = stmt_step(&st, e);
	if (rc == 0)
		return err_set(e, ERR_AUTH, "err.token.none");
	return rc < 0 ? rc : read_found(&st, use, ret, e);
}

static int touch(struct db *db, const struct token_use *use, int64_t id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_token_touch, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "now", use->now);
	stmt_text(&st, "address", str_sub(use->address, 0, 64));
	stmt_i64(&st, "id", id);
	return stmt_run(&st, e);
}

static int note_use(struct db *db, const struct token_use *use, const struct found *f, struct err *e)
{
	char object[40];
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	rc = touch(db, use, f->actor.token_id, e);
	if (!rc && (f->is_new_address || use->now - f->used_at >= AUDIT_EVERY)) {
		snprintf(object, sizeof(object), "token:%lld", (long long)f->actor.token_id);
		rc = audit_append(db, &f->actor, STR("token.use"), str_of(object), STR_NONE, use->now, e);
	}
	if (!rc)
		return db_commit(db, e);
	db_rollback(db);
	return rc;
}

/* What the owner may no longer do, his tokens may not either, but for what every program may be given. */
static int narrow(struct db *db, struct actor *a, struct err *e)
{
	enum role role;
	int rc;

	if (a->user_id == 0)
		return 0;
	rc = tenant_role_of(db, a->tenant_id, a->user_id, &role, e);
	if (rc == -ERR_NOT_FOUND)
		return err_set(e, ERR_AUTH, "err.token.none");
	if (!rc)
		a->permissions &= role_permissions(ROLE_API) | role_permissions(role);
	return rc;
}

int token_find(struct db *db, const struct token_use *use, struct actor *ret, struct err *e)
{
	struct found f = {0};
	int rc;

	if (!str_starts(use->bearer, STR(TOKEN_PREFIX)) || use->bearer.len != sizeof(TOKEN_PREFIX) - 1 + SECRET_TEXT)
		return err_set(e, ERR_AUTH, "err.token.none");
	rc = look_up(db, use, &f, e);
	if (!rc)
		rc = narrow(db, &f.actor, e);
	if (!rc && (f.is_new_address || use->now - f.used_at >= TOUCH_EVERY))
		rc = note_use(db, use, &f, e);
	if (!rc)
		*ret = f.actor;
	return rc;
}

int token_each(struct db *db, const struct actor *who, int (*fn)(void *ctx, const struct token_row *row), void *ctx,
	       struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_token_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "after", 0);
	stmt_i64(&st, "limit", TOKENS_LIST_MAX);
	while ((rc = stmt_step(&st, e)) == 1) {
		struct token_row row = {
			.id = stmt_col_i64(&st, "id"),
			.tenant_id = stmt_col_i64(&st, "tenant_id"),
			.name = stmt_col_text(&st, "name"),
			.permissions = stmt_col_text(&st, "permissions"),
			.created_at = stmt_col_i64(&st, "created_at"),
			.expires_at = stmt_col_i64(&st, "expires_at"),
			.used_at = stmt_col_i64(&st, "used_at"),
			.revoked_at = stmt_col_i64(&st, "revoked_at"),
			.used_from = stmt_col_text(&st, "used_from"),
		};

		rc = fn(ctx, &row);
		if (rc)
			return rc;
	}
	return rc;
}

int token_revoke(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	char object[40];
	int rc = db_prepare(db, &Q_token_revoke, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "now", now);
	stmt_i64(&st, "id", id);
	rc = stmt_run(&st, e);
	if (rc)
		return rc;
	snprintf(object, sizeof(object), "token:%lld", (long long)id);
	if (db_changes(db) == 0)
		return err_set_value(e, ERR_NOT_FOUND, "err.token.unknown", str_of(object));
	return audit_append(db, who, STR("token.revoke"), str_of(object), STR_NONE, now, e);
}
