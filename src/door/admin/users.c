#include "guard/user.h"

#include <stdio.h>

#include "door/admin/internal.h"

static int add_row(void *ctx, const struct user_row *row)
{
	json_t *out = admin_json(json_object());

	json_object_set_new(out, "id", json_integer(row->id));
	json_object_set_new(out, "tenant", json_integer(row->tenant_id));
	json_object_set_new(out, "login", admin_text(row->login));
	json_object_set_new(out, "name", admin_text(row->display_name));
	json_object_set_new(out, "role", admin_text(row->role));
	json_object_set_new(out, "language", admin_text(row->language));
	json_object_set_new(out, "is_active", json_boolean(row->is_active));
	json_object_set_new(out, "has_second_factor", json_boolean(row->has_totp));
	json_object_set_new(out, "has_password", json_boolean(row->has_password));
	json_object_set_new(out, "created", admin_time(row->created_at));
	CHECK(json_array_append_new(ctx, out) == 0);
	return 0;
}

int admin_user_list(const struct admin_call *c, json_t **ret, struct err *e)
{
	json_t *rows = admin_json(json_array());
	int rc = user_each(c->db, c->who, add_row, rows, e);

	if (rc) {
		json_decref(rows);
		return rc;
	}
	*ret = admin_json(json_pack("{s:o}", "users", rows));
	return 0;
}

static int give_link(const struct admin_call *c, const struct user_reset *r, json_t **ret, struct err *e)
{
	_cleanup_secret_ struct secret token = {0};
	char path[128];
	int rc = user_reset(c->db, c->who, r, &token, e);

	if (rc)
		return rc;
	snprintf(path, sizeof(path), "/session/reset?token=%s", token.text);
	*ret = admin_json(json_pack("{s:I, s:s}", "id", (json_int_t)r->account_id, "reset", path));
	return 0;
}

static int write_add(const struct admin_call *c, json_t **ret, struct err *e)
{
	const char *login = NULL, *name = NULL, *role = NULL, *language = "en", *time_zone = "UTC";
	struct user_new u = {.now = admin_now(c)};
	struct user_reset reset = {.env = c->env};
	int rc = admin_read(c, e, "{s:s, s:s, s:s, s?s, s?s !}", "login", &login, "name", &name, "role", &role,
			    "language", &language, "time_zone", &time_zone);

	if (rc)
		return rc;
	if (!role_parse(str_of(role), &u.role) || u.role == ROLE_API)
		return err_set_value(e, ERR_RANGE, "err.admin.role", str_of(role));
	u.login = str_of(login);
	u.display_name = str_of(name);
	u.language = str_of(language);
	u.time_zone = str_of(time_zone);
	rc = user_create(c->db, c->who, &u, &reset.account_id, e);
	return rc ? rc : give_link(c, &reset, ret, e);
}

int admin_user_add(const struct admin_call *c, json_t **ret, struct err *e)
{
	return admin_write(c, write_add, ret, e);
}

static int write_reset(const struct admin_call *c, json_t **ret, struct err *e)
{
	struct user_reset reset = {.account_id = c->id, .env = c->env};
	const char *login = NULL;
	struct user u;
	int drop = 0;
	int rc = c->in ? admin_read(c, e, "{s?s, s?b !}", "login", &login, "drop_second_factor", &drop) : 0;

	if (!rc && login) {
		rc = user_find(c->db, str_of(login), &u, e);
		if (!rc)
			reset.account_id = u.id;
	}
	reset.drop_totp = drop != 0;
	if (!rc)
		rc = give_link(c, &reset, ret, e);
	/* Told alike, whether nobody has this name or somebody elsewhere. */
	return rc == -ERR_NOT_FOUND && login ? err_set_value(e, ERR_NOT_FOUND, "err.user.unknown", str_of(login)) : rc;
}

int admin_user_reset(const struct admin_call *c, json_t **ret, struct err *e)
{
	return admin_write(c, write_reset, ret, e);
}
