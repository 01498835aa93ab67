/* Pictures into and out of the store. */
#include "base/mem.h"
#include "centre/evaluate/internal.h"
#include "store/queries.gen.h"

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
	if (!rc)
		*ret_id = stored.id;
	return rc;
}

/* ---- out ---- */

static bool header_read(struct stmt *st, struct arena *a, struct snapshot *s)
{
	*s = (struct snapshot){.id = stmt_col_i64(st, "id"),
			       .round_id = stmt_col_is_null(st, "round_id") ? 0 : stmt_col_i64(st, "round_id"),
			       .name = arena_str(a, stmt_col_text(st, "name")),
			       .framework = arena_str(a, stmt_col_text(st, "framework")),
			       .edition = arena_str(a, stmt_col_text(st, "edition")),
			       .taken_at = stmt_col_i64(st, "taken_at"),
			       .taken_by = arena_str(a, stmt_col_text(st, "taken_by")),
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
	return s->name.ptr && s->framework.ptr && s->edition.ptr && s->taken_by.ptr;
}

int snapshot_list(struct db *db, struct scope scope, str framework, struct arena *a, struct snapshot_list *ret,
		  struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct snapshot_list list = {.items = arena_alloc(a, EVALUATE_SNAPSHOTS_MAX * sizeof(*list.items))};
	int rc = db_prepare(db, &Q_evaluate_snapshot_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!list.items)
		return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	stmt_text(&st, "framework", framework);
	stmt_i64(&st, "count", EVALUATE_SNAPSHOTS_MAX);
	while ((rc = stmt_step(&st, e)) > 0)
		if (!header_read(&st, a, &list.items[list.count++]))
			return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	if (rc < 0)
		return rc;
	*ret = list;
	return 0;
}

static bool names_read(struct stmt *st, struct arena *a, struct fw_text *ret)
{
	ret->by_lang[LANG_EN] = arena_str(a, stmt_col_text(st, "name_en"));
	ret->by_lang[LANG_JA] = arena_str(a, stmt_col_text(st, "name_ja"));
	return ret->by_lang[LANG_EN].ptr && ret->by_lang[LANG_JA].ptr;
}

static int load_categories(struct db *db, struct scope scope, struct snapshot *s, struct arena *a, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	uint32_t count = 0;
	int rc = db_prepare(db, &Q_evaluate_snapshot_category_list, &scope, &st, e);

	if (rc)
		return rc;
	s->categories = arena_alloc(a, s->category_count * sizeof(*s->categories));
	if (!s->categories)
		return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	stmt_i64(&st, "snapshot_id", s->id);
	while ((rc = stmt_step(&st, e)) > 0 && count < s->category_count) {
		struct snapshot_category *c = &s->categories[count++];

		c->id = arena_str(a, stmt_col_text(&st, "category"));
		c->group = read_group(&st);
		if (!c->id.ptr || !names_read(&st, a, &c->name))
			return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	}
	if (rc >= 0 && count != s->category_count)
		return err_set(e, ERR_CORRUPT, "err.evaluate.corrupt");
	return rc < 0 ? rc : 0;
}

static uint32_t read_points(struct stmt *st, const char *column)
{
	return stmt_col_is_null(st, column) ? 0 : (uint32_t)stmt_col_i64(st, column);
}

static bool state_read(struct stmt *st, struct arena *a, struct service_state *s)
{
	*s = (struct service_state){.version = stmt_col_i64(st, "state_version"),
				    .level = SERVICE_UNDECIDED,
				    .assignment = ASSIGN_UNDECIDED,
				    .level_reason = arena_str(a, stmt_col_text(st, "level_reason")),
				    .team = arena_str(a, stmt_col_text(st, "team")),
				    .provider = arena_str(a, stmt_col_text(st, "provider")),
				    .not_applicable = stmt_col_i64(st, "not_applicable") != 0,
				    .not_applicable_reason = arena_str(a, stmt_col_text(st, "not_applicable_reason")),
				    .now = {read_points(st, "in_now"), read_points(st, "out_now")},
				    .target = {read_points(st, "in_target"), read_points(st, "out_target")},
				    .signed_by = arena_str(a, stmt_col_text(st, "signed_by")),
				    .signed_at = stmt_col_i64(st, "signed_at")};
	if (!stmt_col_is_null(st, "level"))
		(void)service_level_parse(stmt_col_text(st, "level"), &s->level);
	if (!stmt_col_is_null(st, "assignment"))
		(void)assignment_parse(stmt_col_text(st, "assignment"), &s->assignment);
	return s->level_reason.ptr && s->team.ptr && s->provider.ptr && s->not_applicable_reason.ptr &&
	       s->signed_by.ptr;
}

static bool service_read(struct stmt *st, struct arena *a, struct snapshot_service *v)
{
	v->id = arena_str(a, stmt_col_text(st, "service"));
	v->category = arena_str(a, stmt_col_text(st, "category"));
	v->level = SERVICE_UNDECIDED;
	(void)service_level_parse(stmt_col_text(st, "level_used"), &v->level);
	v->counts = stmt_col_i64(st, "is_counted") != 0;
	v->now = (score_c)stmt_col_i64(st, "now_used");
	v->target = (score_c)stmt_col_i64(st, "target_used");
	v->evidence = (uint32_t)stmt_col_i64(st, "evidence");
	v->evidence_people = (uint32_t)stmt_col_i64(st, "evidence_people");
	v->evidence_records = stmt_col_i64(st, "evidence_records");
	v->evidence_last = stmt_col_i64(st, "evidence_last_at");
	return v->id.ptr && v->category.ptr && names_read(st, a, &v->name) && state_read(st, a, &v->state);
}

static int load_services(struct db *db, struct scope scope, struct snapshot *s, struct arena *a, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	uint32_t count = 0;
	int rc = db_prepare(db, &Q_evaluate_snapshot_service_list, &scope, &st, e);

	if (rc)
		return rc;
	s->services = arena_alloc(a, s->service_count * sizeof(*s->services));
	if (!s->services)
		return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	stmt_i64(&st, "snapshot_id", s->id);
	while ((rc = stmt_step(&st, e)) > 0 && count < s->service_count)
		if (!service_read(&st, a, &s->services[count++]))
			return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	if (rc >= 0 && count != s->service_count)
		return err_set(e, ERR_CORRUPT, "err.evaluate.corrupt");
	return rc < 0 ? rc : 0;
}

static int load_header(struct db *db, struct scope scope, int64_t id, struct arena *a, struct snapshot *ret,
		       struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_snapshot_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "err.evaluate.snapshot");
	return header_read(&st, a, ret) ? 0 : err_set(e, ERR_LIMIT, "err.evaluate.budget");
}

int snapshot_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct snapshot *ret, struct err *e)
{
	struct snapshot s;
	int rc;

	if ((rc = load_header(db, scope, id, a, &s, e)) || (rc = load_categories(db, scope, &s, a, e)) ||
	    (rc = load_services(db, scope, &s, a, e)))
		return rc;
	*ret = s;
	return 0;
}
