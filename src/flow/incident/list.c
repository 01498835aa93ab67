/* Reading incidents, their timelines and their evidence. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/incident/internal.h"
#include "store/queries.gen.h"
#include "store/rows.h"

#define TEXT_MAX 200u
#define CUSTODY_MAX 500

static int incident_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct incident in = {
		.id = stmt_col_i64(st, "id"),
		.version = stmt_col_i64(st, "version"),
		.year = stmt_col_i64(st, "year"),
		.number = stmt_col_i64(st, "number"),
		.title = stmt_take(st, "title", a),
		.summary = stmt_take(st, "summary", a),
		.severity = (unsigned)stmt_col_i64(st, "severity"),
		.class = stmt_take(st, "class", a),
		.state_since = stmt_col_i64(st, "state_since"),
		.owner_id = stmt_col_i64(st, "owner_id"),
		.owner_name = stmt_take(st, "owner_name", a),
		.created_by = stmt_take(st, "created_by", a),
		.created_at = stmt_col_i64(st, "created_at"),
		.changed_at = stmt_col_i64(st, "changed_at"),
		.closed_at = stmt_col_i64(st, "closed_at"),
		.close_reason = stmt_take(st, "close_reason", a),
	};

	if (!incident_state_parse(stmt_col_text(st, "state"), &in.state))
		return err_set(e, ERR_CORRUPT, "err.incident.corrupt");
	snprintf(in.ref, sizeof(in.ref), "INC-%04lld-%04lld", (long long)in.year % 10000,
		 (long long)in.number % 100000000);
	*(struct incident *)ret = in;
	return 0;
}

static const struct row_kind INCIDENT = {sizeof(struct incident), incident_read};

int incident_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct incident *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_incident_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	return row_read_one(&st, &INCIDENT, "err.incident.absent", a, ret, e);
}

static void bind_filter(struct stmt *st, const struct incident_filter *f, uint32_t limit, struct buf *like)
{
	if (f->text.len)
		db_like_add(like, str_sub(f->text, 0, TEXT_MAX));
	stmt_i64(st, "open", f->open || !f->closed);
	stmt_i64(st, "closed", f->closed);
	stmt_text(st, "state", f->has_state ? str_of(incident_state_name(f->state)) : STR_NONE);
	stmt_i64(st, "owner_id", f->owner_id);
	stmt_text(st, "text", buf_str(like));
	stmt_i64(st, "before_id", f->before_id ? f->before_id : INT64_MAX);
	stmt_i64(st, "limit", limit + 1);
}

/* The list alone counts alerts. */
static int listed_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	int rc = incident_read(st, a, ret, e);

	if (!rc)
		((struct incident *)ret)->alerts = stmt_col_i64(st, "alerts");
	return rc;
}

static const struct row_kind LISTED = {sizeof(struct incident), listed_read};

int incident_list(struct db *db, struct scope scope, const struct incident_filter *f, struct arena *a,
		  struct incident_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	_cleanup_(buf_done) struct buf like = {0};
	uint32_t limit = f->limit ? f->limit : INCIDENT_PAGE_MAX;
	struct rows rows;
	int rc = db_prepare(db, &Q_incident_list, &scope, &st, e);

	CHECK(limit <= INCIDENT_PAGE_MAX);
	if (rc)
		return rc;
	buf_init(&like, 2 * TEXT_MAX + 2);
	bind_filter(&st, f, limit, &like);
	rc = rows_read(&st, &LISTED, limit, a, &rows, e);
	if (rc)
		return rc;
	*ret = (struct incident_list){.incidents = rows.items, .count = rows.count, .has_more = rows.has_more};
	return 0;
}

int incident_counts(struct db *db, struct scope scope, int64_t ret[INCIDENT_STATE_COUNT], struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int64_t counts[INCIDENT_STATE_COUNT] = {0};
	int rc = db_prepare(db, &Q_incident_counts, &scope, &st, e);

	if (rc)
		return rc;
	while ((rc = stmt_step(&st, e)) == 1) {
		enum incident_state s;

		if (incident_state_parse(stmt_col_text(&st, "state"), &s))
			counts[s] = stmt_col_i64(&st, "n");
	}
	if (rc < 0)
		return rc;
	memcpy(ret, counts, sizeof(counts));
	return 0;
}

static int entry_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)e;
	*(struct incident_entry *)ret = (struct incident_entry){
		.id = stmt_col_i64(st, "id"),
		.at = stmt_col_i64(st, "at"),
		.recorded_at = stmt_col_i64(st, "recorded_at"),
		.kind = stmt_take(st, "kind", a),
		.user_name = stmt_take(st, "user_name", a),
		.text = stmt_take(st, "text", a),
		.detail = stmt_take(st, "detail", a),
	};
	return 0;
}

static const struct row_kind ENTRY = {sizeof(struct incident_entry), entry_read};

int incident_timeline(struct db *db, struct scope scope, int64_t id, struct arena *a, struct incident_entry **ret,
		      uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_incident_entry_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "incident_id", id);
	stmt_i64(&st, "limit", INCIDENT_ENTRIES_MAX);
	rc = rows_read(&st, &ENTRY, INCIDENT_ENTRIES_MAX, a, &rows, e);
	if (rc)
		return rc;
	*ret = rows.items;
	*ret_count = rows.count;
	return 0;
}

static int evidence_item_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)e;
	*(struct evidence_item *)ret = (struct evidence_item){
		.id = stmt_col_i64(st, "id"),
		.number = stmt_col_i64(st, "number"),
		.name = stmt_take(st, "name", a),
		.description = stmt_take(st, "description", a),
		.sha256 = stmt_take(st, "sha256", a),
		.user_name = stmt_take(st, "user_name", a),
		.size_bytes = stmt_col_i64(st, "size_bytes"),
		.added_at = stmt_col_i64(st, "added_at"),
	};
	return 0;
}

static const struct row_kind EVIDENCE = {sizeof(struct evidence_item), evidence_item_read};

int evidence_list(struct db *db, struct scope scope, int64_t incident_id, struct arena *a, struct evidence_item **ret,
		  uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_evidence_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "incident_id", incident_id);
	stmt_i64(&st, "limit", EVIDENCE_MAX);
	rc = rows_read(&st, &EVIDENCE, EVIDENCE_MAX, a, &rows, e);
	if (rc)
		return rc;
	*ret = rows.items;
	*ret_count = rows.count;
	return 0;
}

int evidence_find(struct db *db, struct scope scope, const struct evidence_key *key, struct arena *a,
		  struct evidence_item *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evidence_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "incident_id", key->incident_id);
	stmt_i64(&st, "id", key->id);
	return row_read_one(&st, &EVIDENCE, "err.evidence.absent", a, ret, e);
}

static int custody_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)e;
	*(struct custody *)ret = (struct custody){
		.at = stmt_col_i64(st, "at"),
		.action = stmt_take(st, "action", a),
		.user_name = stmt_take(st, "user_name", a),
		.reason = stmt_take(st, "reason", a),
	};
	return 0;
}

static const struct row_kind CUSTODY = {sizeof(struct custody), custody_read};

int custody_list(struct db *db, struct scope scope, int64_t evidence_id, struct arena *a, struct custody **ret,
		 uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_custody_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "evidence_id", evidence_id);
	stmt_i64(&st, "limit", CUSTODY_MAX);
	rc = rows_read(&st, &CUSTODY, CUSTODY_MAX, a, &rows, e);
	if (rc)
		return rc;
	*ret = rows.items;
	*ret_count = rows.count;
	return 0;
}
