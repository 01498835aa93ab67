#include "guard/tenant.h"

#include "store/queries.gen.h"

static bool slug_is_good(str slug)
{
	if (slug.len == 0 || slug.len > TENANT_SLUG_MAX)
		return false;
	for (size_t i = 0; i < slug.len; i++) {
		char c = slug.ptr[i];
		bool is_inner = i > 0 && i + 1 < slug.len;

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && is_inner)))
			return false;
	}
	return true;
}

static int add_row(struct db *db, const struct tenant_new *t, time_us now, int64_t *ret_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_tenant_add, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64_or_null(&st, "parent_id", t->parent_id);
	stmt_text(&st, "slug", t->slug);
	stmt_text(&st, "name", t->name);
	stmt_text(&st, "kind", t->kind);
	stmt_text(&st, "language", t->language.len ? t->language : STR("en"));
	stmt_text(&st, "time_zone", t->time_zone.len ? t->time_zone : STR("UTC"));
	stmt_i64(&st, "is_demo", t->is_demo);
	stmt_i64(&st, "now", now);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	*ret_id = stmt_col_i64(&st, "id");
	return 0;
}

static int add_to_tree(struct db *db, int64_t id, int64_t parent_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_tenant_tree_add, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "parent_id", parent_id);
	rc = stmt_run(&st, e);
	if (rc)
		return rc;
	return db_changes(db) > TENANT_DEPTH_MAX ? err_set(e, ERR_LIMIT, "err.tenant.deep") : 0;
}

int tenant_create(struct db *db, const struct tenant_new *t, time_us now, int64_t *ret_id, struct err *e)
{
	int64_t id;
	struct actor program;
	int rc;

	if (!slug_is_good(t->slug))
		return err_set_value(e, ERR_RANGE, "err.tenant.slug", t->slug);
	if (t->name.len == 0 || t->name.len > TENANT_NAME_MAX)
		return err_set_value(e, ERR_RANGE, "err.tenant.name", t->name);
	rc = add_row(db, t, now, &id, e);
	if (!rc)
		rc = add_to_tree(db, id, t->parent_id, e);
	if (rc)
		return rc;
	program = actor_system(id);
	rc = audit_append(db, &program, STR("tenant.create"), t->slug, STR_NONE, now, e);
	if (!rc)
		*ret_id = id;
	return rc;
}

int tenant_find(struct db *db, str slug, int64_t *ret_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_tenant_by_slug, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "slug", slug);
	rc = stmt_step(&st, e);
	if (rc == 0)
		return err_set_value(e, ERR_NOT_FOUND, "err.tenant.unknown", slug);
	if (rc < 0)
		return rc;
	*ret_id = stmt_col_i64(&st, "id");
	return 0;
}

int tenant_root(struct db *db, int64_t *ret_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_tenant_root, NULL, &st, e);

	if (!rc)
		rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	*ret_id = rc ? stmt_col_i64(&st, "id") : 0;
	return 0;
}

int tenant_count(struct db *db, int64_t *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_tenant_count, NULL, &st, e);

	if (!rc)
		rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	*ret = stmt_col_i64(&st, "count");
	return 0;
}

int tenant_zone(struct db *db, int64_t id, char ret[TENANT_ZONE_MAX], struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	str zone;
	int rc = db_prepare(db, &Q_tenant_get, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	if (!rc)
		return err_set(e, ERR_NOT_FOUND, "err.tenant.unknown");
	zone = str_sub(stmt_col_text(&st, "time_zone"), 0, TENANT_ZONE_MAX - 1);
	memcpy(ret, zone.ptr, zone.len);
	ret[zone.len] = '\0';
	return 0;
}

int tenant_each(struct db *db, int64_t id, int (*fn)(void *ctx, const struct tenant_row *row), void *ctx, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_tenant_below, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "limit", TENANTS_LIST_MAX);
	while ((rc = stmt_step(&st, e)) == 1) {
		struct tenant_row row = {stmt_col_i64(&st, "id"), stmt_col_i64(&st, "depth"),
					 stmt_col_text(&st, "slug"), stmt_col_text(&st, "name")};

		rc = fn(ctx, &row);
		if (rc)
			return rc;
	}
	return rc;
}

int tenant_role_of(struct db *db, int64_t tenant_id, int64_t account_id, enum role *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_account_role_at, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "tenant_id", tenant_id);
	stmt_i64(&st, "account_id", account_id);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	if (rc == 0 || !role_parse(stmt_col_text(&st, "role"), ret))
		return err_set(e, ERR_NOT_FOUND, "err.tenant.no_role");
	return 0;
}
