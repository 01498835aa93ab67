/* Secret addresses of one's own calendar. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/manage/internal.h"
#include "guard/tenant.h"
#include "guard/user.h"
#include "store/queries.gen.h"

static int insert(struct db *db, const struct actor *who, const struct secret *token, bool is_all, time_us now,
		  struct err *e)
{
	struct digest_hex hash = secret_hash(str_of(token->text));
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	struct trail t = {.action = "feed.create", .kind = "feed", .now = now};
	int rc = db_prepare(db, &Q_calendar_feed_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "token_hash", str_of(hash.text));
	stmt_i64(&st, "is_all", is_all);
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	t.id = db_last_id(db);
	return trail_add(db, who, &t, e);
}

int feed_create(struct db *db, const struct actor *who, struct env *env, bool is_all, time_us now, struct secret *ret,
		struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct secret token;
	struct feed *feeds;
	uint32_t count;
	int rc;

	if (!who->user_id)
		return err_set(e, ERR_DENIED, "err.manage.feed_person");
	arena_init(&arena, MANAGE_BUDGET);
	if ((rc = feed_list(db, who, &arena, &feeds, &count, e)))
		return rc;
	if (count >= FEEDS_MAX)
		return err_set(e, ERR_LIMIT, "err.manage.feeds");
	token = secret_create(env, FEED_PREFIX);
	if ((rc = db_begin(db, e)))
		return rc;
	rc = db_end(db, insert(db, who, &token, is_all, now, e), e);
	if (!rc)
		*ret = token;
	return rc;
}

int feed_list(struct db *db, const struct actor *who, struct arena *a, struct feed **ret, uint32_t *ret_count,
	      struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	struct feed *feeds = arena_alloc(a, FEEDS_MAX * sizeof(*feeds));
	uint32_t count = 0;
	int rc = db_prepare(db, &Q_calendar_feed_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!feeds)
		return err_set(e, ERR_LIMIT, "err.manage.budget");
	stmt_i64(&st, "user_id", who->user_id);
	stmt_i64(&st, "count", FEEDS_MAX);
	while ((rc = stmt_step(&st, e)) > 0)
		feeds[count++] = (struct feed){.id = stmt_col_i64(&st, "id"),
					       .is_all = stmt_col_i64(&st, "is_all") != 0,
					       .created_at = stmt_col_i64(&st, "created_at")};
	if (rc < 0)
		return rc;
	*ret = feeds;
	*ret_count = count;
	return 0;
}

static int revoke(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	struct trail t = {.action = "feed.revoke", .kind = "feed", .id = id, .now = now};
	int rc = db_prepare(db, &Q_calendar_feed_revoke, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) ? trail_add(db, who, &t, e) : err_set(e, ERR_NOT_FOUND, "err.manage.feed");
}

int feed_revoke(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	int rc = db_begin(db, e);

	return rc ? rc : db_end(db, revoke(db, who, id, now, e), e);
}

int feed_find(struct db *db, str token, struct actor *ret, bool *ret_is_all, struct err *e)
{
	struct digest_hex hash = secret_hash(token);
	struct actor a = {.kind = ACTOR_TOKEN};
	struct user user;
	bool is_all;
	int rc;

	{
		_cleanup_stmt_ struct stmt st = {0};

		if ((rc = db_prepare(db, &Q_calendar_feed_find, NULL, &st, e)))
			return rc;
		stmt_text(&st, "token_hash", str_of(hash.text));
		if ((rc = stmt_step(&st, e)) < 0)
			return rc;
		if (!rc)
			return err_set(e, ERR_NOT_FOUND, "err.manage.feed");
		a.tenant_id = a.home_tenant_id = stmt_col_i64(&st, "tenant_id");
		a.user_id = stmt_col_i64(&st, "user_id");
		is_all = stmt_col_i64(&st, "is_all") != 0;
	}
	/* The role of today: whoever may no longer read the work has no calendar of it. */
	if (tenant_role_of(db, a.tenant_id, a.user_id, &a.role, NULL) || (rc = user_get(db, a.user_id, &user, NULL)))
		return err_set(e, ERR_NOT_FOUND, "err.manage.feed");
	a.permissions = role_permissions(a.role);
	if (!actor_may(&a, PERM_WORK_READ))
		return err_set(e, ERR_NOT_FOUND, "err.manage.feed");
	snprintf(a.name, sizeof(a.name), "%s", user.display_name);
	*ret = a;
	*ret_is_all = is_all;
	return 0;
}
