#include "guard/link.h"

#include "base/check.h"
#include "store/queries.gen.h"

static str purpose_name(enum link_purpose p)
{
	static const char *const names[] = {[LINK_SETUP] = "setup", [LINK_DEMO] = "demo", [LINK_RESET] = "reset"};

	CHECK((size_t)p < COUNT_OF(names));
	return str_of(names[p]);
}

static int void_earlier(struct db *db, const struct link_new *l, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_link_void, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "purpose", purpose_name(l->purpose));
	stmt_i64_or_null(&st, "account_id", l->account_id);
	return stmt_run(&st, e);
}

int link_create(struct db *db, const struct link_new *l, struct secret *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	_cleanup_secret_ struct secret token = secret_create(l->env, "");
	struct digest_hex hash = secret_hash(str_of(token.text));
	int rc = void_earlier(db, l, e);

	if (!rc)
		rc = db_prepare(db, &Q_link_add, NULL, &st, e);
	if (rc)
		return rc;
	stmt_text(&st, "token_hash", digest_str(&hash));
	stmt_text(&st, "purpose", purpose_name(l->purpose));
	stmt_i64_or_null(&st, "account_id", l->account_id);
	stmt_i64(&st, "now", l->now);
	stmt_i64(&st, "expires_at", l->expires_at);
	rc = stmt_run(&st, e);
	if (!rc)
		*ret = token;
	return rc;
}

int link_find(struct db *db, const struct link_given *g, struct link *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct digest_hex hash = secret_hash(g->token);
	int rc = db_prepare(db, &Q_link_find, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "token_hash", digest_str(&hash));
	stmt_text(&st, "purpose", purpose_name(g->purpose));
	stmt_i64(&st, "now", g->now);
	rc = stmt_step(&st, e);
	if (rc == 0)
		return err_set(e, ERR_AUTH, "err.link.none");
	if (rc < 0)
		return rc;
	*ret = (struct link){stmt_col_i64(&st, "id"), stmt_col_i64(&st, "account_id")};
	return 0;
}

int link_use(struct db *db, const struct link_given *g, struct link *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct link found;
	int rc = link_find(db, g, &found, e);

	CHECK(db_in_transaction(db));
	if (!rc)
		rc = db_prepare(db, &Q_link_use, NULL, &st, e);
	if (rc)
		return rc;
	stmt_i64(&st, "now", g->now);
	stmt_i64(&st, "id", found.id);
	rc = stmt_run(&st, e);
	if (!rc && db_changes(db) == 0)
		rc = err_set(e, ERR_AUTH, "err.link.none");
	if (!rc)
		*ret = found;
	return rc;
}
