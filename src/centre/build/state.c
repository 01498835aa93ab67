#include <jansson.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/build/internal.h"
#include "store/queries.gen.h"

static uint32_t read_score(struct stmt *st, const char *column)
{
	return stmt_col_is_null(st, column) ? 0 : (uint32_t)stmt_col_i64(st, column);
}

bool state_row_read(struct stmt *st, struct arena *a, struct service_state *ret)
{
	*ret = (struct service_state){.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED};
	ret->version = stmt_col_i64(st, "version");
	if (!stmt_col_is_null(st, "level"))
		(void)service_level_parse(stmt_col_text(st, "level"), &ret->level);
	if (!stmt_col_is_null(st, "assignment"))
		(void)assignment_parse(stmt_col_text(st, "assignment"), &ret->assignment);
	ret->level_reason = arena_str(a, stmt_col_text(st, "level_reason"));
	ret->team = arena_str(a, stmt_col_text(st, "team"));
	ret->provider = arena_str(a, stmt_col_text(st, "provider"));
	ret->not_applicable = stmt_col_i64(st, "not_applicable") != 0;
	ret->not_applicable_reason = arena_str(a, stmt_col_text(st, "not_applicable_reason"));
	ret->now[SIDE_IN] = read_score(st, "in_now");
	ret->now[SIDE_OUT] = read_score(st, "out_now");
	ret->target[SIDE_IN] = read_score(st, "in_target");
	ret->target[SIDE_OUT] = read_score(st, "out_target");
	ret->signed_by = arena_str(a, stmt_col_text(st, "signed_by"));
	ret->signed_at = stmt_col_i64(st, "signed_at");
	ret->user_id = stmt_col_i64(st, "user_id");
	ret->user_name = arena_str(a, stmt_col_text(st, "user_name"));
	ret->changed_at = stmt_col_i64(st, "changed_at");
	return ret->level_reason.ptr && ret->team.ptr && ret->provider.ptr && ret->not_applicable_reason.ptr &&
	       ret->signed_by.ptr && ret->user_name.ptr;
}

/* ---- what is allowed ---- */

static int refuse(struct err *e, const char *key, const char *field, str expected)
{
	int rc = err_set(e, ERR_RANGE, key);

	err_path(e, str_of(field));
	err_expected(e, expected);
	return rc;
}

static int check_text(const char *field, str value, uint32_t max, struct err *e)
{
	char text[24];
	int len;

	if (value.len <= max)
		return 0;
	len = snprintf(text, sizeof(text), "%u", max);
	return refuse(e, "err.build.long", field, (str){text, (size_t)len});
}

static int state_check(const struct service_state *s, struct err *e)
{
	static const char *const score_fields[SIDE_COUNT][2] = {{"in_now", "in_target"}, {"out_now", "out_target"}};
	int rc;

	if (s->level > SERVICE_UNDECIDED)
		return refuse(e, "err.build.level", "level", STR_NONE);
	if (s->assignment > ASSIGN_UNDECIDED)
		return refuse(e, "err.build.assignment", "assignment", STR_NONE);
	for (size_t side = 0; side < SIDE_COUNT; side++) {
		if (s->now[side] > FRAMEWORK_SCORE_MAX)
			return refuse(e, "err.build.score", score_fields[side][0], STR("1–5"));
		if (s->target[side] > FRAMEWORK_SCORE_MAX)
			return refuse(e, "err.build.score", score_fields[side][1], STR("1–5"));
	}
	if (s->not_applicable && !str_trim(s->not_applicable_reason).len)
		return refuse(e, "err.build.na_reason", "not_applicable_reason", STR_NONE);
	if ((rc = check_text("level_reason", s->level_reason, SERVICE_REASON_MAX, e)) ||
	    (rc = check_text("not_applicable_reason", s->not_applicable_reason, SERVICE_REASON_MAX, e)) ||
	    (rc = check_text("team", s->team, SERVICE_PARTY_MAX, e)))
		return rc;
	return check_text("provider", s->provider, SERVICE_PARTY_MAX, e);
}

/* ---- the trail: only what changed, {"field": [from, to]} ---- */

static void trail_text(json_t *trail, const char *field, str from, str to)
{
	if (!str_eq(from, to))
		json_object_set_new(
			trail, field,
			json_pack("[s%s%]", from.ptr ? from.ptr : "", from.len, to.ptr ? to.ptr : "", to.len));
}

static void trail_number(json_t *trail, const char *field, uint32_t from, uint32_t to)
{
	if (from != to)
		json_object_set_new(trail, field, json_pack("[ii]", (int)from, (int)to));
}

static char *trail_make(const struct service_state *from, const struct service_state *to, int64_t version)
{
	json_t *trail = json_pack("{sI}", "version", (json_int_t)version);
	char *text;

	CHECK(trail);
	trail_text(trail, "level", service_level_id(from->level), service_level_id(to->level));
	trail_text(trail, "level_reason", from->level_reason, to->level_reason);
	trail_text(trail, "assignment", assignment_id(from->assignment), assignment_id(to->assignment));
	trail_text(trail, "team", from->team, to->team);
	trail_text(trail, "provider", from->provider, to->provider);
	trail_number(trail, "not_applicable", from->not_applicable, to->not_applicable);
	trail_text(trail, "not_applicable_reason", from->not_applicable_reason, to->not_applicable_reason);
	trail_number(trail, "in_now", from->now[SIDE_IN], to->now[SIDE_IN]);
	trail_number(trail, "out_now", from->now[SIDE_OUT], to->now[SIDE_OUT]);
	trail_number(trail, "in_target", from->target[SIDE_IN], to->target[SIDE_IN]);
	trail_number(trail, "out_target", from->target[SIDE_OUT], to->target[SIDE_OUT]);
	text = json_dumps(trail, JSON_COMPACT);
	CHECK(text);
	json_decref(trail);
	return text;
}

static int trail_append(struct db *db, const struct actor *who, const struct service_change *c,
			const struct service_state *before, struct err *e)
{
	_cleanup_free_ char *detail = trail_make(before, c->state, c->expected + 1);
	_cleanup_(buf_done) struct buf object = {0};

	buf_init(&object, 128);
	buf_add(&object, STR("service:"));
	buf_add(&object, c->framework->id);
	buf_add(&object, STR("/"));
	buf_add(&object, c->service);
	return audit_append(db, who, STR("portfolio.save"), buf_str(&object), str_of(detail), c->now, e);
}

/* ---- save ---- */

static int state_get(struct db *db, struct scope scope, const struct service_change *c, struct arena *a,
		     struct service_state *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_build_state_get, &scope, &st, e);

	*ret = (struct service_state){.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED};
	if (rc)
		return rc;
	stmt_text(&st, "framework", c->framework->id);
	stmt_text(&st, "service", c->service);
	rc = stmt_step(&st, e);
	if (rc > 0 && !state_row_read(&st, a, ret))
		return err_set(e, ERR_LIMIT, "err.build.budget");
	return rc < 0 ? rc : 0;
}

static void bind_score(struct stmt *st, const char *name, uint32_t score)
{
	if (score)
		stmt_i64(st, name, score);
	else
		stmt_null(st, name);
}

static void bind_id(struct stmt *st, const char *name, str id)
{
	stmt_text_or_null(st, name, id.len ? id : STR_NONE);
}

static void bind_text(struct stmt *st, const char *name, str text)
{
	stmt_text(st, name, text.ptr ? text : STR(""));
}

static bool same_scores(const struct service_state *a, const struct service_state *b)
{
	return a->now[SIDE_IN] == b->now[SIDE_IN] && a->now[SIDE_OUT] == b->now[SIDE_OUT];
}

/* Who declared the as-is scores: kept while they do not change, gone when there are none. */
static void bind_signature(struct stmt *st, const struct actor *who, const struct service_change *c,
			   const struct service_state *before)
{
	const struct service_state *s = c->state;

	if (!s->now[SIDE_IN] && !s->now[SIDE_OUT]) {
		stmt_text(st, "signed_by", STR(""));
		stmt_i64(st, "signed_at", 0);
	} else if (same_scores(s, before)) {
		bind_text(st, "signed_by", before->signed_by);
		stmt_i64(st, "signed_at", before->signed_at);
	} else {
		stmt_text(st, "signed_by", str_of(who->name));
		stmt_i64(st, "signed_at", c->now);
	}
}

static int state_write(struct db *db, const struct actor *who, const struct service_change *c,
		       const struct service_state *before, struct err *e)
{
	struct scope scope = actor_scope(who);
	const struct service_state *s = c->state;
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, c->expected ? &Q_build_state_update : &Q_build_state_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", c->framework->id);
	stmt_text(&st, "service", c->service);
	if (c->expected)
		stmt_i64(&st, "version", c->expected);
	bind_id(&st, "level", service_level_id(s->level));
	bind_text(&st, "level_reason", s->level_reason);
	bind_id(&st, "assignment", assignment_id(s->assignment));
	bind_text(&st, "team", s->team);
	bind_text(&st, "provider", s->provider);
	stmt_i64(&st, "not_applicable", s->not_applicable);
	bind_text(&st, "not_applicable_reason", s->not_applicable_reason);
	bind_score(&st, "in_now", s->now[SIDE_IN]);
	bind_score(&st, "in_target", s->target[SIDE_IN]);
	bind_score(&st, "out_now", s->now[SIDE_OUT]);
	bind_score(&st, "out_target", s->target[SIDE_OUT]);
	bind_signature(&st, who, c, before);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "changed_at", c->now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.build.changed");
}

static int state_keep(struct db *db, struct scope scope, const struct service_change *c, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_build_state_keep, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", c->framework->id);
	stmt_text(&st, "service", c->service);
	return stmt_run(&st, e);
}

static int save_inside(struct db *db, const struct actor *who, const struct service_change *c, struct arena *a,
		       struct err *e)
{
	struct service_state before;
	int rc = state_get(db, actor_scope(who), c, a, &before, e);

	if (rc)
		return rc;
	if (before.version != c->expected) {
		rc = err_set(e, ERR_CONFLICT, "err.build.changed");
		err_value(e, before.user_name);
		return rc;
	}
	if ((rc = state_write(db, who, c, &before, e)) || (rc = state_keep(db, actor_scope(who), c, e)))
		return rc;
	return trail_append(db, who, c, &before, e);
}

int service_state_save(struct db *db, const struct actor *who, const struct service_change *change,
		       int64_t *ret_version, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	int rc = state_check(change->state, e);

	if (rc)
		return rc;
	if (!framework_service(change->framework, change->service))
		return err_set_value(e, ERR_NOT_FOUND, "err.build.service", change->service);
	arena_init(&arena, 64u << 10);
	if ((rc = db_begin(db, e)))
		return rc;
	rc = save_inside(db, who, change, &arena, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_version = change->expected + 1;
	return rc;
}

int service_state_history(struct db *db, struct scope scope, const struct history_query *query, struct arena *a,
			  struct service_history *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct service_history h = {.versions = arena_alloc(a, SERVICE_HISTORY_MAX * sizeof(*h.versions))};
	int rc = db_prepare(db, &Q_build_state_history, &scope, &st, e);

	if (rc)
		return rc;
	if (!h.versions)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	stmt_text(&st, "framework", query->framework->id);
	stmt_text(&st, "service", query->service);
	stmt_i64(&st, "before_version", query->before ? query->before : INT64_MAX);
	stmt_i64(&st, "count", SERVICE_HISTORY_MAX);
	while ((rc = stmt_step(&st, e)) > 0)
		if (!state_row_read(&st, a, &h.versions[h.count++]))
			return err_set(e, ERR_LIMIT, "err.build.budget");
	if (rc < 0)
		return rc;
	*ret = h;
	return 0;
}
