/* Writing changes: versions, the trail, who signed. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/build/internal.h"
#include "guard/user.h"
#include "store/queries.gen.h"

#define SAVE_BUDGET ((size_t)4 << 20) /* bytes: the rows of one change as they were */

static const char *const kind_names[CHANGE_KIND_COUNT] = {"edit",   "bulk",    "proposal", "pattern", "wizard",
							  "import", "restore", "undo",     "redo"};

const char *change_kind_name(enum change_kind kind)
{
	CHECK(kind < CHANGE_KIND_COUNT);
	return kind_names[kind];
}

/* ---- the trail: only what changed, {"field": [from, to]} ---- */

static json_t *trail_value(str text, bool is_number)
{
	int64_t number = 0;

	if (is_number && (!text.len || str_to_i64(text, &number)))
		return json_integer((json_int_t)number);
	return json_stringn(text.ptr ? text.ptr : "", text.len);
}

json_t *trail_make(const struct service_state *from, const struct service_state *to, int64_t version)
{
	_cleanup_(arena_done) struct arena a = {0};
	json_t *trail = json_pack("{sI}", "version", (json_int_t)version);
	uint32_t differs = state_differs(from, to, FIELDS_ALL);

	CHECK(trail);
	arena_init(&a, 4096);
	for (enum state_field f = 0; f < FIELD_COUNT; f++) {
		bool is_number = state_field_is_number(f);

		if (differs & FIELD_BIT(f))
			json_object_set_new(trail, state_field_name(f),
					    json_pack("[oo]", trail_value(state_field_text(from, f, &a), is_number),
						      trail_value(state_field_text(to, f, &a), is_number)));
	}
	return trail;
}

/* ---- one row ---- */

static void bind_points(struct stmt *st, const char *name, uint32_t points)
{
	stmt_i64_or_null(st, name, points);
}

static void bind_id(struct stmt *st, const char *name, str id)
{
	stmt_text_or_null(st, name, id.len ? id : STR_NONE);
}

static void bind_text(struct stmt *st, const char *name, str text)
{
	stmt_text(st, name, text.ptr ? text : STR(""));
}

static void bind_state(struct stmt *st, const struct service_state *s)
{
	bind_id(st, "level", service_level_id(s->level));
	bind_text(st, "level_reason", s->level_reason);
	bind_id(st, "assignment", assignment_id(s->assignment));
	bind_text(st, "team", s->team);
	bind_text(st, "provider", s->provider);
	bind_text(st, "contract", s->contract);
	bind_text(st, "owner", s->owner);
	stmt_i64_or_null(st, "owner_id", s->owner_id);
	bind_text(st, "deputies", s->deputies);
	bind_points(st, "area", s->area);
	stmt_i64(st, "not_applicable", s->not_applicable);
	bind_text(st, "not_applicable_reason", s->not_applicable_reason);
	bind_points(st, "in_now", s->now[SIDE_IN]);
	bind_points(st, "in_target", s->target[SIDE_IN]);
	bind_points(st, "out_now", s->now[SIDE_OUT]);
	bind_points(st, "out_target", s->target[SIDE_OUT]);
	bind_points(st, "risk", s->risk);
	bind_text(st, "gap_owner", s->gap_owner);
	stmt_i64_or_null(st, "gap_due", s->gap_due);
}

/* Who declared the as-is scores: kept while they do not change, gone when there are none. */
static void bind_signature(struct stmt *st, const struct service_state *s)
{
	bool declared = s->now[SIDE_IN] || s->now[SIDE_OUT];

	bind_text(st, "signed_by", declared ? s->signed_by : STR_NONE);
	stmt_i64(st, "signed_at", declared ? s->signed_at : 0);
}

static int row_write(struct db *db, const struct actor *who, const struct change_set *set,
		     const struct service_edit *edit, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, edit->expected ? &Q_build_state_update : &Q_build_state_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", set->framework->id);
	stmt_text(&st, "service", edit->service);
	if (edit->expected)
		stmt_i64(&st, "version", edit->expected);
	bind_state(&st, edit->state);
	bind_signature(&st, edit->state);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "changed_at", set->now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.build.changed");
}

static int row_keep(struct db *db, struct scope scope, const struct change_set *set, str service, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_build_state_keep, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", set->framework->id);
	stmt_text(&st, "service", service);
	return stmt_run(&st, e);
}

/* The account that a name means, when it means exactly one. */
struct owner_search {
	const struct actor *who;
	str name;
	int64_t id;
	uint32_t found;
};

static int owner_match(void *ctx, const struct user_row *row)
{
	struct owner_search *s = ctx;

	if (row->tenant_id == s->who->tenant_id &&
	    (str_eq(row->display_name, s->name) || str_eq(row->login, s->name))) {
		s->found++;
		s->id = row->id;
	}
	return 0;
}

static int owner_find(struct db *db, const struct actor *who, struct service_state *s, struct err *e)
{
	struct owner_search search = {.who = who, .name = s->owner};
	int rc = s->owner.len ? user_each(db, who, owner_match, &search, e) : 0;

	s->owner_id = search.found == 1 ? search.id : 0;
	return rc;
}

/* What is not the caller's to say: the owner's account and the signature. */
static int complete(struct db *db, const struct actor *who, const struct change_write *w,
		    const struct service_state *before, struct service_state *s, struct err *e)
{
	bool same = before->now[SIDE_IN] == s->now[SIDE_IN] && before->now[SIDE_OUT] == s->now[SIDE_OUT];

	if (!w->keep_signatures) {
		s->signed_by = same ? before->signed_by : str_of(who->name);
		s->signed_at = same ? before->signed_at : w->set->now;
	}
	s->owner_id = before->owner_id;
	return str_eq(before->owner, s->owner) ? 0 : owner_find(db, who, s, e);
}

/* ---- a change ---- */

static int change_insert(struct db *db, const struct actor *who, const struct change_write *w, int64_t *ret,
			 struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_change_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", w->set->framework->id);
	stmt_text(&st, "kind", str_of(change_kind_name(w->set->kind)));
	stmt_i64(&st, "row_count", w->set->count);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "at", w->set->now);
	stmt_i64_or_null(&st, "undoes", w->undoes);
	if ((rc = stmt_run(&st, e)))
		return rc;
	*ret = db_last_id(db);
	return 0;
}

static int change_row_insert(struct db *db, struct scope scope, int64_t change, const struct service_edit *edit,
			     struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_change_row_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "change_id", change);
	stmt_text(&st, "service", edit->service);
	stmt_i64(&st, "before_version", edit->expected);
	stmt_i64(&st, "after_version", edit->expected + 1);
	return stmt_run(&st, e);
}

/* Rows that would change, with what they were; the others are dropped. */
struct writing {
	struct arena arena;
	struct service_edit *edits;
	struct service_state *states, *before;
	uint32_t count;
};

static void writing_done(struct writing *w)
{
	arena_done(&w->arena);
}

static int take_row(struct db *db, const struct actor *who, const struct change_write *w,
		    const struct service_edit *edit, struct writing *out, struct err *e)
{
	struct state_query query = {.framework = w->set->framework, .service = edit->service};
	struct service_state *before = &out->before[out->count], *s = &out->states[out->count];
	int rc = service_state_load(db, actor_scope(who), &query, &out->arena, before, e);

	if (rc)
		return rc;
	if (before->version != edit->expected) {
		rc = err_set_value(e, ERR_CONFLICT, "err.build.changed", before->user_name);
		err_detail(e, edit->service);
		return rc;
	}
	if (!w->keep_same && !state_differs(before, edit->state, FIELDS_ALL))
		return 0;
	*s = *edit->state;
	if ((rc = complete(db, who, w, before, s, e)))
		return rc;
	out->edits[out->count++] = (struct service_edit){
		.service = edit->service, .expected = edit->expected, .state = s};
	return 0;
}

static int take_rows(struct db *db, const struct actor *who, const struct change_write *w, struct writing *out,
		     struct err *e)
{
	uint32_t count = w->set->count;
	int rc = 0;

	arena_init(&out->arena, SAVE_BUDGET);
	out->edits = arena_alloc(&out->arena, count * sizeof(*out->edits));
	out->states = arena_alloc(&out->arena, count * sizeof(*out->states));
	out->before = arena_alloc(&out->arena, count * sizeof(*out->before));
	if (!out->edits || !out->states || !out->before)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	for (uint32_t i = 0; !rc && i < count; i++)
		rc = take_row(db, who, w, &w->set->edits[i], out, e);
	return rc;
}

static void object_make(const struct change_set *set, int64_t id, struct buf *out)
{
	if (set->kind == CHANGE_EDIT)
		buf_add_fmt(out, "service:" STR_FMT "/" STR_FMT, STR_ARG(set->framework->id),
			    STR_ARG(set->edits[0].service));
	else
		buf_add_fmt(out, "change:%lld", (long long)id);
}

/* One audit row for the whole change, with its set. */
static int trail_append(struct db *db, const struct actor *who, const struct change_write *w,
			const struct writing *rows, int64_t id, struct err *e)
{
	const struct change_set *set = w->set;
	_cleanup_(buf_done) struct buf object = {0};
	_cleanup_json_ json_t *detail = NULL;
	_cleanup_free_ char *text = NULL;
	char action[40];

	if (set->kind == CHANGE_EDIT) {
		detail = trail_make(&rows->before[0], rows->edits[0].state, rows->edits[0].expected + 1);
	} else {
		json_t *services = json_object();

		CHECK(services);
		for (uint32_t i = 0; i < rows->count; i++)
			json_object_setn_new(
				services, rows->edits[i].service.ptr, rows->edits[i].service.len,
				trail_make(&rows->before[i], rows->edits[i].state, rows->edits[i].expected + 1));
		detail = json_pack("{so}", "services", services);
	}
	CHECK(detail);
	json_object_set_new(detail, "change", json_integer((json_int_t)id));
	if (w->undoes)
		json_object_set_new(detail, "undoes", json_integer((json_int_t)w->undoes));
	text = json_dumps(detail, JSON_COMPACT);
	CHECK(text);
	buf_init(&object, 200);
	object_make(set, id, &object);
	(void)snprintf(action, sizeof(action), "portfolio.%s",
		       set->kind == CHANGE_EDIT ? "save" : change_kind_name(set->kind));
	return audit_append(db, who, str_of(action), buf_str(&object), str_of(text), set->now, e);
}

int change_write(struct db *db, const struct actor *who, const struct change_write *w, int64_t *ret_id, struct err *e)
{
	_cleanup_(writing_done) struct writing rows = {0};
	struct change_write written = *w;
	struct change_set set = *w->set;
	int64_t id = 0;
	int rc = take_rows(db, who, w, &rows, e);

	if (rc || rows.count == 0) {
		if (!rc)
			*ret_id = 0;
		return rc;
	}
	set.edits = rows.edits;
	set.count = rows.count;
	written.set = &set;
	if ((rc = change_insert(db, who, &written, &id, e)))
		return rc;
	for (uint32_t i = 0; !rc && i < rows.count; i++) {
		rc = row_write(db, who, &set, &rows.edits[i], e);
		if (!rc)
			rc = row_keep(db, actor_scope(who), &set, rows.edits[i].service, e);
		if (!rc)
			rc = change_row_insert(db, actor_scope(who), id, &rows.edits[i], e);
	}
	if (rc || (rc = trail_append(db, who, &written, &rows, id, e)))
		return rc;
	*ret_id = id;
	return 0;
}

static int set_check(const struct change_set *set, struct err *e)
{
	int rc = 0;

	if (set->count == 0 || set->count > CHANGE_ROWS_MAX)
		return err_set(e, ERR_RANGE, "err.build.rows");
	for (uint32_t i = 0; !rc && i < set->count; i++) {
		rc = state_check(set->edits[i].state, e);
		if (!rc && !framework_service(set->framework, set->edits[i].service))
			return err_set_value(e, ERR_NOT_FOUND, "err.build.service", set->edits[i].service);
		if (rc && set->count > 1)
			err_detail(e, set->edits[i].service);
	}
	return rc;
}

static int save(struct db *db, const struct actor *who, const struct change_write *w, int64_t *ret_id, struct err *e)
{
	int64_t id = 0;
	int rc = set_check(w->set, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	rc = change_write(db, who, w, &id, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = id;
	return rc;
}

int change_set_save(struct db *db, const struct actor *who, const struct change_set *set, int64_t *ret_id,
		    struct err *e)
{
	return save(db, who, &(struct change_write){.set = set}, ret_id, e);
}

int service_state_save(struct db *db, const struct actor *who, const struct service_change *change,
		       int64_t *ret_version, struct err *e)
{
	struct service_edit edit = {.service = change->service, .expected = change->expected, .state = change->state};
	struct change_set set = {
		.framework = change->framework, .kind = CHANGE_EDIT, .edits = &edit, .count = 1, .now = change->now};
	int64_t id;
	int rc = save(db, who, &(struct change_write){.set = &set, .keep_same = true}, &id, e);

	if (!rc)
		*ret_version = change->expected + 1;
	return rc;
}
