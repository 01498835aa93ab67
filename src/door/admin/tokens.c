#include "guard/token.h"

#include "door/admin/internal.h"

#define DAYS_DEFAULT 365

static int add_row(void *ctx, const struct token_row *row)
{
	json_t *out = admin_json(json_object());

	json_object_set_new(out, "id", json_integer(row->id));
	json_object_set_new(out, "tenant", json_integer(row->tenant_id));
	json_object_set_new(out, "name", admin_text(row->name));
	json_object_set_new(out, "permissions", admin_text(row->permissions));
	json_object_set_new(out, "created", admin_time(row->created_at));
	json_object_set_new(out, "expires", admin_time(row->expires_at));
	json_object_set_new(out, "used", admin_time(row->used_at));
	json_object_set_new(out, "used_from", row->used_from.ptr ? admin_text(row->used_from) : json_null());
	json_object_set_new(out, "revoked", admin_time(row->revoked_at));
	CHECK(json_array_append_new(ctx, out) == 0);
	return 0;
}

int admin_token_list(const struct admin_call *c, json_t **ret, struct err *e)
{
	json_t *rows = admin_json(json_array());
	int rc = token_each(c->db, c->who, add_row, rows, e);

	if (rc) {
		json_decref(rows);
		return rc;
	}
	*ret = admin_json(json_pack("{s:o}", "tokens", rows));
	return 0;
}

static int write_create(const struct admin_call *c, json_t **ret, struct err *e)
{
	struct token_new t = {.now = admin_now(c), .env = c->env};
	_cleanup_secret_ struct secret token = {0};
	const char *name = NULL, *permissions = NULL;
	json_int_t days = DAYS_DEFAULT;
	int rc = admin_read(c, e, "{s:s, s:s, s?I !}", "name", &name, "permissions", &permissions, "days", &days);

	if (!rc && (days < 1 || days > TOKEN_LIFE_MAX / TIME_DAY))
		rc = err_set(e, ERR_RANGE, "err.token.life");
	if (!rc)
		rc = permissions_parse(str_of(permissions), &t.permissions, e);
	if (rc)
		return rc;
	t.name = str_of(name);
	t.expires_at = t.now + days * TIME_DAY;
	rc = token_create(c->db, c->who, &t, &token, e);
	if (rc)
		return rc;
	*ret = admin_json(json_pack("{s:s, s:o}", "token", token.text, "expires", admin_time(t.expires_at)));
	return 0;
}

int admin_token_create(const struct admin_call *c, json_t **ret, struct err *e)
{
	return admin_write(c, write_create, ret, e);
}

static int write_revoke(const struct admin_call *c, json_t **ret, struct err *e)
{
	int rc = token_revoke(c->db, c->who, c->id, admin_now(c), e);

	if (!rc)
		*ret = admin_json(json_object());
	return rc;
}

int admin_token_revoke(const struct admin_call *c, json_t **ret, struct err *e)
{
	return admin_write(c, write_revoke, ret, e);
}
