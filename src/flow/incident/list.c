/* Reading incidents, their timelines and their evidence. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/incident/internal.h"
#include "store/queries.gen.h"

#define TEXT_MAX 200u
#define CUSTODY_MAX 500

static int no_memory(struct err *e)
{
	return err_set(e, ERR_LIMIT, "err.incident.memory");
}

static int row(struct stmt *st, struct arena *a, struct incident *ret, struct err *e)
{
	struct incident in = {
		.id = stmt_col_i64(st, "id"),
		.version = stmt_col_i64(st, "version"),
		.year = stmt_col_i64(st, "year"),
		.number = stmt_col_i64(st, "number"),
		.title = arena_str(a, stmt_col_text(st, "title")),
		.summary = arena_str(a, stmt_col_text(st, "summary")),
		.severity = (unsigned)stmt_col_i64(st, "severity"),
		.class = arena_str(a, stmt_col_text(st, "class")),
		.state_since = stmt_col_i64(st, "state_since"),
		.owner_id = stmt_col_i64(st, "owner_id"),
		.owner_name = arena_str(a, stmt_col_text(st, "owner_name")),
		.created_by = arena_str(a, stmt_col_text(st, "created_by")),
		.created_at = stmt_col_i64(st, "created_at"),
		.changed_at = stmt_col_i64(st, "changed_at"),
		.closed_at = stmt_col_i64(st, "closed_at"),
		.close_reason = arena_str(a, stmt_col_text(st, "close_reason")),
	};

	if (!in.title.ptr || !in.summary.ptr || !in.class.ptr || !in.owner_name.ptr || !in.created_by.ptr ||
	    !in.close_reason.ptr)
		return no_memory(e);
	if (!incident_state_parse(stmt_col_text(st, "state"), &in.state))
		return err_set(e, ERR_CORRUPT, "err.incident.corrupt");
	snprintf(in.ref, sizeof(in.ref), "INC-%04lld-%04lld", (long long)in.year % 10000,
		 (long long)in.number % 100000000);
	*ret = in;
	return 0;
}

int incident_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct incident *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_incident_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	return rc ? row(&st, a, ret, e) : err_set(e, ERR_NOT_FOUND, "err.incident.absent");
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

int incident_list(struct db *db, struct scope scope, const struct incident_filter *f, struct arena *a,
		  struct incident_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	_cleanup_(buf_done) struct buf like = {0};
	uint32_t limit = f->limit ? f->limit : INCIDENT_PAGE_MAX;
	struct incident_list list = {.incidents = arena_alloc(a, limit * sizeof(*list.incidents))};
	int rc = db_prepare(db, &Q_incident_list, &scope, &st, e);

	CHECK(limit <= INCIDENT_PAGE_MAX);
	if (rc)
		return rc;
	if (!list.incidents)
		return no_memory(e);
	buf_init(&like, 2 * TEXT_MAX + 2);
	bind_filter(&st, f, limit, &like);
	while ((rc = stmt_step(&st, e)) == 1) {
		list.has_more = list.count == limit;
		if (list.has_more)
			break;
		rc = row(&st, a, &list.incidents[list.count], e);
		if (rc)
			return rc;
		list.incidents[list.count++].alerts = stmt_col_i64(&st, "alerts");
	}
	if (rc < 0)
		return rc;
	*ret = list;
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

int incident_timeline(struct db *db, struct scope scope, int64_t id, struct arena *a, struct incident_entry **ret,
		      uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct incident_entry *entries = arena_alloc(a, INCIDENT_ENTRIES_MAX * sizeof(*entries));
	uint32_t count = 0;
	int rc = db_prepare(db, &Q_incident_entry_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!entries)
		return no_memory(e);
	stmt_i64(&st, "incident_id", id);
	stmt_i64(&st, "limit", INCIDENT_ENTRIES_MAX);
	while ((rc = stmt_step(&st, e)) == 1) {
		struct incident_entry *to = &entries[count++];

		*to = (struct incident_entry){.id = stmt_col_i64(&st, "id"),
					      .at = stmt_col_i64(&st, "at"),
					      .recorded_at = stmt_col_i64(&st, "recorded_at"),
					      .kind = arena_str(a, stmt_col_text(&st, "kind")),
					      .user_name = arena_str(a, stmt_col_text(&st, "user_name")),
					      .text = arena_str(a, stmt_col_text(&st, "text")),
					      .detail = arena_str(a, stmt_col_text(&st, "detail"))};
		if (!to->kind.ptr || !to->user_name.ptr || !to->text.ptr || !to->detail.ptr)
			return no_memory(e);
	}
	if (rc < 0)
		return rc;
	*ret = entries;
	*ret_count = count;
	return 0;
}

static int evidence_row(struct stmt *st, struct arena *a, struct evidence_item *ret, struct err *e)
{
	*ret = (struct evidence_item){.id = stmt_col_i64(st, "id"),
				      .number = stmt_col_i64(st, "number"),
				      .name = arena_str(a, stmt_col_text(st, "name")),
				      .description = arena_str(a, stmt_col_text(st, "description")),
				      .sha256 = arena_str(a, stmt_col_text(st, "sha256")),
				      .user_name = arena_str(a, stmt_col_text(st, "user_name")),
				      .size_bytes = stmt_col_i64(st, "size_bytes"),
				      .added_at = stmt_col_i64(st, "added_at")};
	if (!ret->name.ptr || !ret->description.ptr || !ret->sha256.ptr || !ret->user_name.ptr)
		return no_memory(e);
	return 0;
}

int evidence_list(struct db *db, struct scope scope, int64_t incident_id, struct arena *a, struct evidence_item **ret,
		  uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct evidence_item *items = arena_alloc(a, EVIDENCE_MAX * sizeof(*items));
	uint32_t count = 0;
	int rc = db_prepare(db, &Q_evidence_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!items)
		return no_memory(e);
	stmt_i64(&st, "incident_id", incident_id);
	stmt_i64(&st, "limit", EVIDENCE_MAX);
	while ((rc = stmt_step(&st, e)) == 1) {
		rc = evidence_row(&st, a, &items[count++], e);
		if (rc)
			return rc;
	}
	if (rc < 0)
		return rc;
	*ret = items;
	*ret_count = count;
	return 0;
}

int evidence_find(struct db *db, struct scope scope, const struct evidence_key *key, struct arena *a,
		  struct evidence_item *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct evidence_item found;
	int rc = db_prepare(db, &Q_evidence_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "incident_id", key->incident_id);
	stmt_i64(&st, "id", key->id);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "err.evidence.absent");
	rc = evidence_row(&st, a, &found, e);
	if (!rc)
		*ret = found;
	return rc;
}

int custody_list(struct db *db, struct scope scope, int64_t evidence_id, struct arena *a, struct custody **ret,
		 uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct custody *items = arena_alloc(a, CUSTODY_MAX * sizeof(*items));
	uint32_t count = 0;
	int rc = db_prepare(db, &Q_custody_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!items)
		return no_memory(e);
	stmt_i64(&st, "evidence_id", evidence_id);
	stmt_i64(&st, "limit", CUSTODY_MAX);
	while ((rc = stmt_step(&st, e)) == 1) {
		struct custody *to = &items[count++];

		*to = (struct custody){.at = stmt_col_i64(&st, "at"),
				       .action = arena_str(a, stmt_col_text(&st, "action")),
				       .user_name = arena_str(a, stmt_col_text(&st, "user_name")),
				       .reason = arena_str(a, stmt_col_text(&st, "reason"))};
		if (!to->action.ptr || !to->user_name.ptr || !to->reason.ptr)
			return no_memory(e);
	}
	if (rc < 0)
		return rc;
	*ret = items;
	*ret_count = count;
	return 0;
}
