/* A report arrives, is opened, is judged. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/provider/internal.h"
#include "store/queries.gen.h"

#define ROW_ARENA (4u << 20)

static const char *const understanding_names[UNDERSTOOD_COUNT] = {"", "yes", "partly", "no"};

const char *understanding_name(enum understanding u)
{
	CHECK(u < UNDERSTOOD_COUNT);
	return understanding_names[u];
}

bool understanding_parse(str name, enum understanding *ret)
{
	int at = name_find(&(struct name_table){understanding_names, UNDERSTOOD_COUNT}, name);

	if (at >= 0)
		*ret = (enum understanding)at;
	return at >= 0;
}

static int report_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	struct report *r = out;

	(void)e;
	*r = (struct report){.id = stmt_col_i64(st, "id"),
			     .version = stmt_col_i64(st, "version"),
			     .contract_id = stmt_col_i64(st, "contract_id"),
			     .due = stmt_col_i64(st, "due_at"),
			     .file_name = stmt_take(st, "file_name", a),
			     .sha256 = stmt_take(st, "sha256", a),
			     .size_bytes = stmt_col_i64(st, "size_bytes"),
			     .received = stmt_col_i64(st, "received_at"),
			     .opened = stmt_col_i64(st, "opened_at"),
			     .judged = stmt_col_i64(st, "judged_at"),
			     .received_by = stmt_take(st, "received_by", a),
			     .opened_by = stmt_take(st, "opened_by", a),
			     .judged_by = stmt_take(st, "judged_by", a),
			     .judgement = {.as_expected = stmt_col_i64(st, "as_expected") != 0,
					   .met = stmt_col_i64(st, "levels_met"),
					   .missed = stmt_col_i64(st, "levels_missed"),
					   .remark = stmt_take(st, "remark", a)}};
	(void)understanding_parse(stmt_col_text(st, "content"), &r->judgement.content);
	(void)understanding_parse(stmt_col_text(st, "result"), &r->judgement.result);
	return 0;
}

const struct row_kind report_kind = {sizeof(struct report), report_row};

int report_get(struct db *db, struct scope scope, int64_t id, struct arena *a, struct report *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_provider_report_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	return row_read_one(&st, &report_kind, "err.provider.unknown", a, ret, e);
}

/* ---- arrive ---- */

static int check_due(struct db *db, const struct actor *who, const struct report_new *new, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct contract_list list;
	const struct contract *c = NULL;
	time_us due;
	int rc;

	arena_init(&a, ROW_ARENA);
	if ((rc = contract_list(db, actor_scope(who), &a, &list, e)))
		return rc;
	for (uint32_t i = 0; i < list.count; i++)
		if (list.items[i].id == new->contract_id)
			c = &list.items[i];
	if (!c)
		return err_set(e, ERR_NOT_FOUND, "err.provider.unknown");
	for (uint32_t n = 0; contract_due(c, n, &due) && due <= new->due; n++)
		if (due == new->due)
			return 0;
	rc = err_set(e, ERR_RANGE, "err.provider.due");
	err_path(e, STR("due"));
	return rc;
}

static int insert(struct db *db, const struct actor *who, const struct report_new *new, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_provider_report_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "contract_id", new->contract_id);
	stmt_i64(&st, "due_at", new->due);
	stmt_text(&st, "file_name", new->file_name);
	stmt_text(&st, "sha256", str_of(new->blob.sha256.text));
	stmt_i64(&st, "size_bytes", (int64_t) new->blob.size_bytes);
	stmt_i64(&st, "now", now);
	stmt_text(&st, "user_name", str_of(who->name));
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.provider.report_twice");
}

static int keep_file(struct db *db, const struct actor *who, const struct report_new *new, int64_t id, time_us now,
		     struct err *e)
{
	struct scope scope = actor_scope(who);
	struct blob_ref ref = {.blob = new->blob, .now = now};
	char owner[40];

	snprintf(owner, sizeof(owner), "report:%lld", (long long)id);
	ref.owner = str_of(owner);
	return blob_ref_add(db, &scope, &ref, e);
}

int report_add(struct db *db, const struct actor *who, const struct report_new *new, time_us now, int64_t *ret_id,
	       struct err *e)
{
	const struct trail_pair pairs[] = {{"file", new->file_name}, {"sha256", str_of(new->blob.sha256.text)}, {0}};
	struct trail t = {.action = "report.receive", .kind = "report", .now = now, .pairs = pairs};
	int rc = check_length("file", new->file_name, PROVIDER_NAME_MAX, true, e);

	if (!rc && new->blob.size_bytes == 0)
		rc = err_set(e, ERR_RANGE, "err.provider.file");
	if (rc || (rc = db_begin(db, e)))
		return rc;
	if (!(rc = check_due(db, who, new, e)))
		rc = insert(db, who, new, now, e);
	if (!rc) {
		t.id = db_last_id(db);
		rc = keep_file(db, who, new, t.id, now, e);
	}
	if (!rc)
		rc = trail_add(db, who, &t, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = t.id;
	return rc;
}

/* ---- open ---- */

static int mark_opened(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_provider_report_open, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	return stmt_run(&st, e);
}

int report_open(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	struct trail t = {.action = "report.open", .kind = "report", .id = id, .now = now};
	_cleanup_(arena_done) struct arena a = {0};
	struct report r;
	int rc;

	arena_init(&a, ROW_ARENA);
	if ((rc = db_begin(db, e)))
		return rc;
	if (!(rc = report_get(db, actor_scope(who), id, &a, &r, e)))
		rc = mark_opened(db, who, id, now, e);
	if (!rc)
		rc = trail_add(db, who, &t, e);
	return db_end(db, rc, e);
}

/* ---- judge ---- */

static int refuse(struct err *e, const char *key, const char *field, const char *expected)
{
	int rc = err_set(e, ERR_RANGE, key);

	err_path(e, str_of(field));
	err_expected(e, str_of(expected));
	return rc;
}

static int judgement_check(const struct judgement *j, struct err *e)
{
	if (j->content == UNDERSTOOD_NONE)
		return refuse(e, "err.provider.understood", "content", "yes, partly, no");
	if (j->result == UNDERSTOOD_NONE)
		return refuse(e, "err.provider.understood", "result", "yes, partly, no");
	if (j->met < 0 || j->met > PROVIDER_LEVELS_MAX)
		return refuse(e, "err.provider.levels", "levels_met", "0–1000");
	if (j->missed < 0 || j->missed > PROVIDER_LEVELS_MAX)
		return refuse(e, "err.provider.levels", "levels_missed", "0–1000");
	return check_length("remark", j->remark, PROVIDER_REMARK_MAX, false, e);
}

static int mark_judged(struct db *db, const struct actor *who, const struct report_judge *j, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	const struct judgement *what = &j->judgement;
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_provider_report_judge, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", j->id);
	stmt_i64(&st, "version", j->version);
	stmt_text(&st, "content", str_of(understanding_name(what->content)));
	stmt_text(&st, "result", str_of(understanding_name(what->result)));
	stmt_i64(&st, "as_expected", what->as_expected);
	stmt_i64(&st, "levels_met", what->met);
	stmt_i64(&st, "levels_missed", what->missed);
	stmt_text(&st, "remark", what->remark.ptr ? what->remark : STR(""));
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.provider.changed");
}

int report_judge(struct db *db, const struct actor *who, const struct report_judge *j, time_us now, struct err *e)
{
	const struct trail_pair pairs[] = {{"content", str_of(understanding_name(j->judgement.content))},
					   {"result", str_of(understanding_name(j->judgement.result))},
					   {"as_expected", j->judgement.as_expected ? STR("yes") : STR("no")},
					   {0}};
	struct trail t = {.action = "report.judge", .kind = "report", .id = j->id, .now = now, .pairs = pairs};
	_cleanup_(arena_done) struct arena a = {0};
	struct report r;
	int rc = judgement_check(&j->judgement, e);

	arena_init(&a, ROW_ARENA);
	if (rc || (rc = db_begin(db, e)))
		return rc;
	rc = report_get(db, actor_scope(who), j->id, &a, &r, e);
	if (!rc && !r.opened)
		rc = err_set(e, ERR_WRONG_STATE, "err.provider.unopened");
	if (!rc && !(rc = mark_judged(db, who, j, now, e)))
		rc = work_add(db, who, &t, PROVIDER_WORK, e);
	if (!rc)
		rc = trail_add(db, who, &t, e);
	return db_end(db, rc, e);
}
