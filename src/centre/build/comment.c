/* What people say about a service. */
#include "base/mem.h"
#include "base/utf8.h"
#include "centre/build/internal.h"
#include "craft/record/record.h"
#include "store/queries.gen.h"

static int trail(struct db *db, const struct actor *who, const struct trail *deed, str service, struct err *e)
{
	const struct trail_pair pairs[] = {{"service", service}, {0}};
	struct trail t = *deed;

	t.kind = "comment";
	t.pairs = pairs;
	return trail_add(db, who, &t, e);
}

static int add_inside(struct db *db, const struct actor *who, const struct comment_new *n, int64_t *ret_id,
		      struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_comment_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", n->framework->id);
	stmt_text(&st, "service", n->service);
	stmt_text(&st, "body", str_trim(n->body));
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "at", n->now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	*ret_id = db_last_id(db);
	return trail(db, who, &(struct trail){.action = "service.comment", .id = *ret_id, .now = n->now}, n->service,
		     e);
}

int comment_add(struct db *db, const struct actor *who, const struct comment_new *n, int64_t *ret_id, struct err *e)
{
	str body = str_trim(n->body);
	int64_t id = 0;
	int rc;

	if (!framework_service(n->framework, n->service))
		return err_set_value(e, ERR_NOT_FOUND, "err.build.service", n->service);
	if (!body.len || body.len > COMMENT_MAX || !utf8_is_valid(body)) {
		rc = err_set(e, ERR_RANGE, "err.build.comment");
		err_path(e, STR("comment"));
		err_expected(e, STR("1–2000"));
		return rc;
	}
	if ((rc = db_begin(db, e)))
		return rc;
	rc = db_end(db, add_inside(db, who, n, &id, e), e);
	if (!rc)
		*ret_id = id;
	return rc;
}

static bool comment_read(struct stmt *st, struct arena *a, struct comment *c)
{
	*c = (struct comment){.id = stmt_col_i64(st, "id"),
			      .service = arena_str(a, stmt_col_text(st, "service")),
			      .body = arena_str(a, stmt_col_text(st, "body")),
			      .user_id = stmt_col_i64(st, "user_id"),
			      .user_name = arena_str(a, stmt_col_text(st, "user_name")),
			      .at = stmt_col_i64(st, "at"),
			      .removed_at = stmt_col_i64(st, "removed_at")};
	return c->service.ptr && c->body.ptr && c->user_name.ptr;
}

static bool may_remove(const struct actor *who, const struct comment *c, time_us now)
{
	return who->user_id && c->user_id == who->user_id && !c->removed_at && now <= c->at + COMMENT_REMOVE_LIFE;
}

static int remove_inside(struct db *db, const struct actor *who, int64_t id, time_us now, struct arena *a,
			 struct err *e)
{
	_cleanup_stmt_ struct stmt get = {0}, st = {0};
	struct scope scope = actor_scope(who);
	struct comment c = {0};
	int rc = db_prepare(db, &Q_comment_get, &scope, &get, e);

	if (rc)
		return rc;
	stmt_i64(&get, "id", id);
	if ((rc = stmt_step(&get, e)) < 0)
		return rc;
	if (rc > 0 && !comment_read(&get, a, &c))
		return err_set(e, ERR_LIMIT, "err.build.budget");
	if (rc == 0 || c.removed_at)
		return err_set(e, ERR_NOT_FOUND, "err.build.comment_none");
	if (!may_remove(who, &c, now))
		return err_set(e, ERR_DENIED, "err.build.comment_late");
	if ((rc = db_prepare(db, &Q_comment_remove, &scope, &st, e)))
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "now", now);
	rc = stmt_run(&st, e);
	return rc ? rc
		  : trail(db, who, &(struct trail){.action = "service.comment_remove", .id = id, .now = now}, c.service,
			  e);
}

int comment_remove(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	int rc;

	arena_init(&arena, 8192);
	if ((rc = db_begin(db, e)))
		return rc;
	return db_end(db, remove_inside(db, who, id, now, &arena, e), e);
}

int comment_list(struct db *db, const struct actor *who, const struct comment_query *query, struct arena *a,
		 struct comment_list *ret, struct err *e)
{
	struct comment_list list = {.items = arena_alloc(a, COMMENTS_MAX * sizeof(*list.items))};
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_comment_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!list.items)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	stmt_text(&st, "framework", query->framework->id);
	stmt_text(&st, "service", query->service);
	stmt_i64(&st, "count", COMMENTS_MAX);
	while ((rc = stmt_step(&st, e)) > 0) {
		struct comment *c = &list.items[list.count++];

		if (!comment_read(&st, a, c))
			return err_set(e, ERR_LIMIT, "err.build.budget");
		c->removable = may_remove(who, c, query->now);
	}
	if (rc < 0)
		return rc;
	*ret = list;
	return 0;
}

int comment_counts(struct db *db, struct scope scope, const struct framework *fw, uint32_t *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_comment_counts, &scope, &st, e);

	if (rc)
		return rc;
	memset(ret, 0, fw->service_count * sizeof(*ret));
	stmt_text(&st, "framework", fw->id);
	while ((rc = stmt_step(&st, e)) > 0) {
		const struct fw_service *s = framework_service(fw, stmt_col_text(&st, "service"));

		if (s)
			ret[s->index] = (uint32_t)stmt_col_i64(&st, "count");
	}
	return rc;
}
