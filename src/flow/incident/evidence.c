/* Evidence and its chain of custody. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/incident/internal.h"
#include "store/queries.gen.h"

#define ROW_ARENA_BYTES (128u << 10)

static int custody_add(struct db *db, const struct actor *who, const struct custody *c, int64_t evidence_id,
		       struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_custody_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "evidence_id", evidence_id);
	stmt_i64(&st, "now", c->at);
	stmt_text(&st, "action", c->action);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_text(&st, "reason", c->reason);
	return stmt_run(&st, e);
}

static int next_number(struct db *db, const struct actor *who, int64_t incident_id, int64_t *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_evidence_number_last, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "incident_id", incident_id);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	*ret = stmt_col_i64(&st, "number") + 1;
	return *ret <= (int64_t)EVIDENCE_MAX ? 0 : err_set(e, ERR_LIMIT, "err.evidence.many");
}

static int insert(struct db *db, const struct actor *who, const struct evidence_new *new, time_us now, int64_t *ret_id,
		  struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int64_t number;
	int rc = next_number(db, who, new->incident_id, &number, e);

	if (!rc)
		rc = db_prepare(db, &Q_evidence_insert, &scope, &st, e);
	if (rc)
		return rc;
	stmt_i64(&st, "incident_id", new->incident_id);
	stmt_i64(&st, "number", number);
	stmt_text(&st, "name", new->name);
	stmt_text(&st, "description", new->description);
	stmt_text(&st, "sha256", str_of(new->blob.sha256.text));
	stmt_i64(&st, "size_bytes", (int64_t) new->blob.size_bytes);
	stmt_i64(&st, "now", now);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	rc = stmt_run(&st, e);
	if (!rc)
		*ret_id = db_last_id(db);
	return rc;
}

static int check_new(const struct evidence_new *new, struct err *e)
{
	if (new->blob.size_bytes == 0)
		return err_set(e, ERR_RANGE, "err.evidence.empty");
	if (!incident_text_ok(new->name, 1, EVIDENCE_NAME_MAX))
		return err_set(e, ERR_RANGE, "err.evidence.name");
	if (!incident_text_ok(new->description, 0, INCIDENT_REASON_MAX))
		return err_set(e, ERR_RANGE, "err.evidence.description");
	return 0;
}

static int ref_add(struct db *db, const struct actor *who, const struct evidence_new *new, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	char owner[40];
	struct blob_ref ref = {.blob = new->blob, .now = now};

	snprintf(owner, sizeof(owner), "incident:%lld", (long long)new->incident_id);
	ref.owner = str_of(owner);
	return blob_ref_add(db, &scope, &ref, e);
}

int evidence_add(struct db *db, const struct actor *who, const struct evidence_new *new, time_us now, int64_t *ret_id,
		 struct err *e)
{
	char detail[128];
	struct incident_trace t = {.id = new->incident_id,
				   .kind = "evidence",
				   .action = "evidence.add",
				   .service = "C-4",
				   .text = new->description,
				   .detail = new->name,
				   .result = STR("collected")};
	struct incident in;
	struct arena a;
	int64_t id = 0;
	int rc = check_new(new, e);

	if (rc)
		return rc;
	arena_init(&a, ROW_ARENA_BYTES);
	rc = incident_load(db, who, &(struct incident_key){.id = new->incident_id}, &a, &in, e);
	if (!rc)
		rc = incident_save(db, who, &in, now, e);
	arena_done(&a);
	if (!rc)
		rc = ref_add(db, who, new, now, e);
	if (!rc)
		rc = insert(db, who, new, now, &id, e);
	if (!rc)
		rc = custody_add(db, who,
				 &(struct custody){.at = now, .action = STR("collected"), .reason = new->description},
				 id, e);
	if (rc)
		return rc;
	snprintf(detail, sizeof(detail), "{\"evidence\":%lld,\"sha256\":\"%s\"}", (long long)id, new->blob.sha256.text);
	t.audit_json = str_of(detail);
	rc = incident_trace(db, who, &t, now, e);
	if (!rc)
		*ret_id = id;
	return rc;
}

int evidence_read(struct db *db, const struct actor *who, const struct evidence_item *ev, str reason, time_us now,
		  struct err *e)
{
	char object[40];
	int rc;

	CHECK(db_in_transaction(db));
	snprintf(object, sizeof(object), "evidence:%lld", (long long)ev->id);
	rc = custody_add(db, who, &(struct custody){.at = now, .action = STR("read"), .reason = reason}, ev->id, e);
	if (!rc)
		rc = audit_append(db, who, STR("evidence.read"), str_of(object), STR("{}"), now, e);
	return rc;
}
