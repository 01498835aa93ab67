#include "guard/audit.h"

#include "door/admin/internal.h"
#include "guard/tenant.h"
#include "store/queries.gen.h"

#define LIST_DEFAULT 100
#define LIST_MAX 1000

int admin_input(const char *words, struct err *e)
{
	int rc = err_set(e, ERR_RANGE, "err.admin.input");

	err_detail(e, str_of(words));
	return rc;
}

json_t *admin_json(json_t *j)
{
	CHECK(j != NULL);
	return j;
}

json_t *admin_text(str s)
{
	json_t *text = json_stringn(s.ptr ? s.ptr : "", s.len);

	/* What is not UTF-8 never came through a door; it is shown as nothing rather than as something else. */
	return text ? text : admin_json(json_null());
}

json_t *admin_time(time_us t)
{
	char text[TIME_TEXT_MAX];

	if (t == 0)
		return json_null();
	time_format(t, text);
	return admin_json(json_string(text));
}

time_us admin_now(const struct admin_call *c)
{
	return c->env->now(c->env->ctx);
}

int admin_is_first(const struct admin_call *c, bool *ret, struct err *e)
{
	int64_t root = 0;
	int rc = tenant_root(c->db, &root, e);

	if (!rc)
		*ret = actor_may(c->who, PERM_SYSTEM_ADMIN) &&
		       (c->who->kind == ACTOR_SOCKET || (c->who->home_tenant_id == root && root != 0));
	return rc;
}

int admin_write(const struct admin_call *c, admin_fn fn, json_t **ret, struct err *e)
{
	json_t *out = NULL;
	int rc = db_begin(c->db, e);

	if (rc)
		return rc;
	rc = fn(c, &out, e);
	rc = db_end(c->db, rc, e);
	if (rc)
		json_decref(out);
	else
		*ret = out;
	return rc;
}

static int add_chain(void *ctx, const struct audit_chain *chain, struct err *e)
{
	json_t *row = admin_json(json_pack("{s:I, s:I, s:s}", "tenant", (json_int_t)chain->tenant_id, "rows",
					   (json_int_t)chain->rows, "head", chain->head.text));

	(void)e;
	json_object_set_new(row, "broken_at", chain->broken_seq ? json_integer(chain->broken_seq) : json_null());
	json_object_set_new(row, "reason", chain->reason ? json_string(chain->reason) : json_null());
	CHECK(json_array_append_new(ctx, row) == 0);
	return 0;
}

static bool all_sound(const json_t *chains)
{
	json_t *chain;
	size_t i;

	json_array_foreach(chains, i, chain) if (!json_is_null(json_object_get(chain, "broken_at"))) return false;
	return true;
}

int admin_audit_verify(const struct admin_call *c, json_t **ret, struct err *e)
{
	json_t *chains = admin_json(json_array());
	struct audit_chain own;
	bool is_first = false;
	int rc = admin_is_first(c, &is_first, e);

	if (!rc && is_first)
		rc = audit_verify_all(c->db, add_chain, chains, e);
	if (!rc && !is_first) {
		rc = audit_verify(c->db, c->who->tenant_id, &own, e);
		if (!rc)
			rc = add_chain(chains, &own, e);
	}
	if (rc) {
		json_decref(chains);
		return rc;
	}
	*ret = admin_json(json_pack("{s:b, s:o}", "sound", (int)all_sound(chains), "chains", chains));
	return 0;
}

static json_t *row_json(struct stmt *st)
{
	json_t *row = admin_json(json_object());
	static const char *const texts[] = {"actor_kind", "actor_name", "action", "object", "detail", "hash"};

	json_object_set_new(row, "tenant", json_integer(stmt_col_i64(st, "tenant_id")));
	json_object_set_new(row, "seq", json_integer(stmt_col_i64(st, "seq")));
	json_object_set_new(row, "at", admin_time(stmt_col_i64(st, "at")));
	json_object_set_new(row, "at_us", json_integer(stmt_col_i64(st, "at")));
	json_object_set_new(row, "actor_id", json_integer(stmt_col_i64(st, "actor_id")));
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		json_object_set_new(row, texts[i], admin_text(stmt_col_text(st, texts[i])));
	return row;
}

int admin_audit_list(const struct admin_call *c, json_t **ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	json_int_t before_at = INT64_MAX, before_seq = INT64_MAX, limit = LIST_DEFAULT;
	const char *action = "", *object = "";
	struct scope scope = actor_scope(c->who);
	json_t *rows;
	int rc = 0;

	if (c->in)
		rc = admin_read(c, e, "{s?I, s?I, s?s, s?s, s?I !}", "before_at", &before_at, "before_seq", &before_seq,
				"action", &action, "object", &object, "limit", &limit);
	if (!rc && (limit < 1 || limit > LIST_MAX))
		rc = admin_input("limit", e);
	if (!rc)
		rc = db_prepare(c->db, &Q_audit_list, &scope, &st, e);
	if (rc)
		return rc;
	stmt_i64(&st, "before_at", before_at);
	stmt_i64(&st, "before_seq", before_seq);
	stmt_text(&st, "action", str_of(action));
	stmt_text(&st, "object", str_of(object));
	stmt_i64(&st, "limit", limit);
	rows = admin_json(json_array());
	while ((rc = stmt_step(&st, e)) == 1)
		CHECK(json_array_append_new(rows, row_json(&st)) == 0);
	if (rc) {
		json_decref(rows);
		return rc;
	}
	*ret = admin_json(json_pack("{s:o}", "rows", rows));
	return 0;
}
