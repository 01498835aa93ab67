#include "base/check.h"
#include "base/mem.h"
#include "centre/provider/internal.h"
#include "store/queries.gen.h"
#include "store/rows.h"

static int provider_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	struct provider *p = out;

	(void)e;
	*p = (struct provider){.id = stmt_col_i64(st, "id"),
			       .version = stmt_col_i64(st, "version"),
			       .name = stmt_take(st, "name", a),
			       .contact = stmt_take(st, "contact", a),
			       .remark = stmt_take(st, "remark", a),
			       .changed_by = stmt_take(st, "changed_by", a),
			       .changed_at = stmt_col_i64(st, "changed_at")};
	return 0;
}

int provider_list(struct db *db, struct scope scope, struct arena *a, struct provider_list *ret, struct err *e)
{
	static const struct row_kind kind = {sizeof(struct provider), provider_row};
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_provider_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "count", PROVIDERS_MAX);
	if ((rc = rows_read(&st, &kind, PROVIDERS_MAX, a, &rows, e)))
		return rc;
	*ret = (struct provider_list){rows.items, rows.count};
	return 0;
}

static int save_inside(struct db *db, const struct actor *who, const struct provider *p, time_us now, int64_t *ret_id,
		       struct err *e)
{
	struct scope scope = actor_scope(who);
	const struct trail_pair pairs[] = {{"name", p->name}, {0}};
	struct trail t = {.action = p->id ? "provider.change" : "provider.create",
			  .kind = "provider",
			  .id = p->id,
			  .now = now,
			  .pairs = pairs};
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, p->id ? &Q_provider_update : &Q_provider_insert, &scope, &st, e);

	if (rc)
		return rc;
	if (p->id) {
		stmt_i64(&st, "id", p->id);
		stmt_i64(&st, "version", p->version);
	}
	stmt_text(&st, "name", str_trim(p->name));
	stmt_text(&st, "contact", p->contact.ptr ? str_trim(p->contact) : STR(""));
	stmt_text(&st, "remark", p->remark.ptr ? p->remark : STR(""));
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	if (db_changes(db) != 1)
		return p->id ? err_set(e, ERR_CONFLICT, "err.provider.changed")
			     : err_set_value(e, ERR_CONFLICT, "err.provider.twice", p->name);
	if (!t.id)
		t.id = db_last_id(db);
	*ret_id = t.id;
	return trail_add(db, who, &t, e);
}

int provider_save(struct db *db, const struct actor *who, const struct provider *p, time_us now, int64_t *ret_id,
		  struct err *e)
{
	int64_t id = 0;
	int rc;

	if ((rc = check_length("name", p->name, PROVIDER_NAME_MAX, true, e)) ||
	    (rc = check_length("contact", p->contact, PROVIDER_NAME_MAX, false, e)) ||
	    (rc = check_length("remark", p->remark, PROVIDER_REMARK_MAX, false, e)) || (rc = db_begin(db, e)))
		return rc;
	rc = db_end(db, save_inside(db, who, p, now, &id, e), e);
	if (!rc)
		*ret_id = id;
	return rc;
}
