/* Pictures into and out of the store. */
#include "base/mem.h"
#include "centre/evaluate/internal.h"
#include "store/queries.gen.h"
#include "store/rows.h"

#define STANDING_MAX ((size_t)16 << 10) /* bytes: FRAMEWORK_CATEGORIES_MAX categories of eight short numbers */

static void bind_text(struct stmt *st, const char *name, str text)
{
	stmt_text(st, name, text.ptr ? text : STR(""));
}

static void bind_group(struct stmt *st, const struct portfolio_group *g)
{
	stmt_i64(st, "applicable", g->applicable);
	stmt_i64(st, "now_sum", g->now.sum_c);
	stmt_i64(st, "now_count", g->now.count);
	stmt_i64(st, "target_sum", g->target.sum_c);
	stmt_i64(st, "target_count", g->target.count);
	stmt_i64(st, "evidence_sum", g->evidence.sum_c);
	stmt_i64(st, "evidence_count", g->evidence.count);
}

static struct portfolio_group read_group(struct stmt *st)
{
	return (struct portfolio_group){
		.applicable = (uint32_t)stmt_col_i64(st, "applicable"),
		.now = {stmt_col_i64(st, "now_sum"), (uint32_t)stmt_col_i64(st, "now_count")},
		.target = {stmt_col_i64(st, "target_sum"), (uint32_t)stmt_col_i64(st, "target_count")},
		.evidence = {stmt_col_i64(st, "evidence_sum"), (uint32_t)stmt_col_i64(st, "evidence_count")}};
}

/* ---- in ---- */

static int store_header(struct db *db, struct scope scope, const struct snapshot *s, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_snapshot_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64_or_null(&st, "round_id", s->round_id);
	bind_text(&st, "name", s->name);
	bind_text(&st, "framework", s->framework);
	bind_text(&st, "edition", s->edition);
	stmt_text(&st, "rule", str_of(combine_rule_name(s->rule)));
	stmt_i64(&st, "taken_at", s->taken_at);
	bind_text(&st, "taken_by", s->taken_by);
	stmt_i64(&st, "is_signed", s->is_signed);
	stmt_i64(&st, "services", s->service_count);
	stmt_i64(&st, "categories", s->category_count);
	bind_group(&st, &s->total);
	stmt_i64(&st, "at_target", s->at_target);
	stmt_i64(&st, "with_target", s->with_target);
	stmt_i64(&st, "above_evidence", s->above_evidence);
	stmt_i64(&st, "unassigned", s->unassigned);
	stmt_i64(&st, "undecided", s->undecided);
	return stmt_run(&st, e);
}

static int store_category(struct db *db, struct scope scope, const struct snapshot *s, uint32_t at, struct err *e)
{
	const struct snapshot_category *c = &s->categories[at];
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_snapshot_category_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "snapshot_id", s->id);
	stmt_i64(&st, "position", at);
	bind_text(&st, "category", c->id);
	bind_text(&st, "name_en", c->name.by_lang[LANG_EN]);
	bind_text(&st, "name_ja", c->name.by_lang[LANG_JA]);
	bind_group(&st, &c->group);
	return stmt_run(&st, e);
}

static void bind_state(struct stmt *st, const struct service_state *s)
{
	str level = service_level_id(s->level), assignment = assignment_id(s->assignment);

	stmt_i64(st, "state_version", s->version);
	stmt_text_or_null(st, "level", level.len ? level : STR_NONE);
	bind_text(st, "level_reason", s->level_reason);
	stmt_text_or_null(st, "assignment", assignment.len ? assignment : STR_NONE);
	bind_text(st, "team", s->team);
	bind_text(st, "provider", s->provider);
	stmt_i64(st, "not_applicable", s->not_applicable);
	bind_text(st, "not_applicable_reason", s->not_applicable_reason);
	stmt_i64_or_null(st, "in_now", s->now[SIDE_IN]);
	stmt_i64_or_null(st, "in_target", s->target[SIDE_IN]);
	stmt_i64_or_null(st, "out_now", s->now[SIDE_OUT]);
	stmt_i64_or_null(st, "out_target", s->target[SIDE_OUT]);
	bind_text(st, "signed_by", s->signed_by);
	stmt_i64(st, "signed_at", s->signed_at);
}

static int store_service(struct db *db, struct scope scope, const struct snapshot *s, uint32_t at, struct err *e)
{
	const struct snapshot_service *v = &s->services[at];
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_snapshot_service_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "snapshot_id", s->id);
	stmt_i64(&st, "position", at);
	bind_text(&st, "service", v->id);
	bind_text(&st, "category", v->category);
	bind_text(&st, "name_en", v->name.by_lang[LANG_EN]);
	bind_text(&st, "name_ja", v->name.by_lang[LANG_JA]);
	bind_state(&st, &v->state);
	bind_text(&st, "level_used", service_level_id(v->level));
	stmt_i64(&st, "is_counted", v->counts);
	stmt_i64(&st, "now_used", v->now);
	stmt_i64(&st, "target_used", v->target);
	stmt_i64(&st, "evidence", v->evidence);
	stmt_i64(&st, "evidence_people", v->evidence_people);
	stmt_i64(&st, "evidence_records", v->evidence_records);
	stmt_i64(&st, "evidence_last_at", v->evidence_last);
	return stmt_run(&st, e);
}

/* What the group view reads: one row an organisation. */
static int store_standing(struct db *db, struct scope scope, const struct snapshot *s, struct err *e)
{
	_cleanup_(buf_done) struct buf sums = {0};
	_cleanup_stmt_ struct stmt st = {0};
	int rc;

	buf_init(&sums, STANDING_MAX);
	group_sums_add(&sums, s);
	if ((rc = buf_check(&sums, e)) || (rc = db_prepare(db, &Q_evaluate_standing_put, &scope, &st, e)))
		return rc;
	bind_text(&st, "framework", s->framework);
	stmt_i64(&st, "snapshot_id", s->id);
	stmt_i64(&st, "taken_at", s->taken_at);
	stmt_text(&st, "sums", buf_str(&sums));
	return stmt_run(&st, e);
}

int snapshot_store(struct db *db, const struct actor *who, const struct snapshot *s, int64_t *ret_id, struct err *e)
{
	struct scope scope = actor_scope(who);
	struct snapshot stored = *s;
	int rc = store_header(db, scope, s, e);

	if (rc)
		return rc;
	stored.id = db_last_id(db);
	for (uint32_t i = 0; !rc && i < s->category_count; i++)
		rc = store_category(db, scope, &stored, i, e);
	for (uint32_t i = 0; !rc && i < s->service_count; i++)
		rc = store_service(db, scope, &stored, i, e);
	if (!rc && s->is_signed)
		rc = store_standing(db, scope, &stored, e);
	if (!rc)
		*ret_id = stored.id;
	return rc;
}

/* ---- out ---- */

static int header_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct snapshot *s = ret;

	(void)e;
	*s = (struct snapshot){.id = stmt_col_i64(st, "id"),
			       .round_id = stmt_col_is_null(st, "round_id") ? 0 : stmt_col_i64(st, "round_id"),
			       .name = stmt_take(st, "name", a),
			       .framework = stmt_take(st, "framework", a),
			       .edition = stmt_take(st, "edition", a),
			       .taken_at = stmt_col_i64(st, "taken_at"),
			       .taken_by = stmt_take(st, "taken_by", a),
			       .is_signed = stmt_col_i64(st, "is_signed") != 0,
			       .total = read_group(st),
			       .at_target = (uint32_t)stmt_col_i64(st, "at_target"),
			       .with_target = (uint32_t)stmt_col_i64(st, "with_target"),
			       .above_evidence = (uint32_t)stmt_col_i64(st, "above_evidence"),
			       .unassigned = (uint32_t)stmt_col_i64(st, "unassigned"),
			       .undecided = (uint32_t)stmt_col_i64(st, "undecided"),
			       .service_count = (uint32_t)stmt_col_i64(st, "services"),
			       .category_count = (uint32_t)stmt_col_i64(st, "categories")};
	(void)combine_rule_parse(stmt_col_text(st, "rule"), &s->rule);
	return 0;
}

static const struct row_kind HEADER = {sizeof(struct snapshot), header_read};

int snapshot_list(struct db *db, struct scope scope, str framework, struct arena *a, struct snapshot_list *ret,
		  struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_evaluate_snapshot_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", framework);
	stmt_i64(&st, "count", EVALUATE_SNAPSHOTS_MAX);
	rc = rows_read(&st, &HEADER, EVALUATE_SNAPSHOTS_MAX, a, &rows, e);
	if (rc)
		return rc;
	*ret = (struct snapshot_list){.items = rows.items, .count = rows.count};
	return 0;
}

struct parts_query {
	const struct query *query;
	const struct row_kind *kind;
	int64_t snapshot_id;
	uint32_t count;
};

struct fw_text snapshot_names_read(struct stmt *st, struct arena *a)
{
	return (struct fw_text){{[LANG_EN] = stmt_take(st, "name_en", a), [LANG_JA] = stmt_take(st, "name_ja", a)}};
}

static int category_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)e;
	*(struct snapshot_category *)ret = (struct snapshot_category){
		.id = stmt_take(st, "category", a),
		.group = read_group(st),
		.name = snapshot_names_read(st, a),
	};
	return 0;
}

static const struct row_kind CATEGORY = {sizeof(struct snapshot_category), category_read};

/* The parts of a snapshot: as many rows as its header says, or it is not what was written. */
static int load_parts(struct db *db, struct scope scope, const struct parts_query *q, struct arena *a, void **ret,
		      struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, q->query, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "snapshot_id", q->snapshot_id);
	rc = rows_read(&st, q->kind, q->count ? q->count : 1, a, &rows, e);
	if (rc)
		return rc;
	if (rows.count != q->count)
		return err_set(e, ERR_CORRUPT, "err.evaluate.corrupt");
	*ret = rows.items;
	return 0;
}

static uint32_t read_points(struct stmt *st, const char *column)
{
	return stmt_col_is_null(st, column) ? 0 : (uint32_t)stmt_col_i64(st, column);
}

static struct service_state state_read(struct stmt *st, struct arena *a)
{
	struct service_state s = {.version = stmt_col_i64(st, "state_version"),
				  .level = SERVICE_UNDECIDED,
				  .assignment = ASSIGN_UNDECIDED,
				  .level_reason = stmt_take(st, "level_reason", a),
				  .team = stmt_take(st, "team", a),
				  .provider = stmt_take(st, "provider", a),
				  .not_applicable = stmt_col_i64(st, "not_applicable") != 0,
				  .not_applicable_reason = stmt_take(st, "not_applicable_reason", a),
				  .now = {read_points(st, "in_now"), read_points(st, "out_now")},
				  .target = {read_points(st, "in_target"), read_points(st, "out_target")},
				  .signed_by = stmt_take(st, "signed_by", a),
				  .signed_at = stmt_col_i64(st, "signed_at")};
	if (!stmt_col_is_null(st, "level"))
		(void)service_level_parse(stmt_col_text(st, "level"), &s.level);
	if (!stmt_col_is_null(st, "assignment"))
		(void)assignment_parse(stmt_col_text(st, "assignment"), &s.assignment);
	return s;
}

static int service_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct snapshot_service *v = ret;

	(void)e;
	v->id = stmt_take(st, "service", a);
	v->category = stmt_take(st, "category", a);
	v->level = SERVICE_UNDECIDED;
	(void)service_level_parse(stmt_col_text(st, "level_used"), &v->level);
	v->counts = stmt_col_i64(st, "is_counted") != 0;
	v->now = (score_c)stmt_col_i64(st, "now_used");
	v->target = (score_c)stmt_col_i64(st, "target_used");
	v->evidence = (uint32_t)stmt_col_i64(st, "evidence");
	v->evidence_people = (uint32_t)stmt_col_i64(st, "evidence_people");
	v->evidence_records = stmt_col_i64(st, "evidence_records");
	v->evidence_last = stmt_col_i64(st, "evidence_last_at");
	v->name = snapshot_names_read(st, a);
	v->state = state_read(st, a);
	return 0;
}

static const struct row_kind SERVICE = {sizeof(struct snapshot_service), service_read};

static int load_header(struct db *db, struct scope scope, int64_t id, struct arena *a, struct snapshot *ret,
		       struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_snapshot_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	return row_read_one(&st, &HEADER, "err.evaluate.snapshot", a, ret, e);
}

int snapshot_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct snapshot *ret, struct err *e)
{
	void *categories = NULL, *services = NULL;
	struct snapshot s;
	int rc = load_header(db, scope, id, a, &s, e);

	if (rc)
		return rc;
	if ((rc = load_parts(db, scope,
			     &(struct parts_query){&Q_evaluate_snapshot_category_list, &CATEGORY, id, s.category_count},
			     a, &categories, e)) ||
	    (rc = load_parts(db, scope,
			     &(struct parts_query){&Q_evaluate_snapshot_service_list, &SERVICE, id, s.service_count}, a,
			     &services, e)))
		return rc;
	s.categories = categories;
	s.services = services;
	*ret = s;
	return 0;
}
