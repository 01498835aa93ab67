/* What people do with an incident. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "craft/work/work.h"
#include "flow/incident/internal.h"
#include "store/queries.gen.h"

#define ROW_ARENA_BYTES (128u << 10)
#define AUDIT_BYTES_MAX (512u << 10)

bool incident_text_ok(str s, size_t least, size_t most)
{
	return s.len >= least && s.len <= most && utf8_is_valid(s) && str_find_byte(s, '\0') < 0;
}

static int field_err(struct err *e, const char *id, const char *field)
{
	int rc = err_set(e, ERR_RANGE, id);

	err_path(e, str_of(field));
	return rc;
}

static int timeline_add(struct db *db, const struct actor *who, const struct incident_trace *t, time_us now,
			struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_incident_entry_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "incident_id", t->id);
	stmt_i64(&st, "at", now);
	stmt_i64(&st, "now", now);
	stmt_text(&st, "kind", str_of(t->kind));
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_text(&st, "text", t->text);
	stmt_text(&st, "detail", t->detail);
	return stmt_run(&st, e);
}

int incident_trace(struct db *db, const struct actor *who, const struct incident_trace *t, time_us now, struct err *e)
{
	char object[40];
	struct work w = {.service = str_of(t->service),
			 .action = str_of(t->action),
			 .started = t->started && t->started < now ? t->started : now,
			 .ended = now,
			 .result = t->result};
	int rc = timeline_add(db, who, t, now, e);

	snprintf(object, sizeof(object), "incident:%lld", (long long)t->id);
	w.object = str_of(object);
	if (!rc)
		rc = audit_append(db, who, str_of(t->action), w.object, t->audit_json, now, e);
	if (!rc)
		rc = work_record(db, who, &w, e);
	return rc;
}

int incident_save(struct db *db, const struct actor *who, const struct incident *in, time_us now, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_incident_change, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", in->id);
	stmt_i64(&st, "version", in->version);
	stmt_i64(&st, "now", now);
	stmt_text(&st, "title", in->title);
	stmt_text(&st, "summary", in->summary);
	stmt_i64(&st, "severity", in->severity);
	stmt_text(&st, "class", in->class);
	stmt_i64(&st, "active", in->state != INCIDENT_CLOSED);
	stmt_text(&st, "state", str_of(incident_state_name(in->state)));
	stmt_i64(&st, "state_since", in->state_since);
	stmt_i64(&st, "owner_id", in->owner_id);
	stmt_text(&st, "owner_name", in->owner_name);
	stmt_i64(&st, "closed_at", in->closed_at);
	stmt_text(&st, "close_reason", in->close_reason);
	rc = stmt_run(&st, e);
	if (rc)
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.incident.changed");
}

int incident_load(struct db *db, const struct actor *who, const struct incident_key *key, struct arena *a,
		  struct incident *ret, struct err *e)
{
	int rc;

	CHECK(db_in_transaction(db));
	rc = incident_find(db, actor_scope(who), key->id, a, ret, e);
	if (!rc && key->version && key->version != ret->version)
		return err_set(e, ERR_CONFLICT, "err.incident.changed");
	return rc;
}

static int next_number(struct db *db, const struct actor *who, int64_t year, int64_t *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_incident_number_last, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "year", year);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	*ret = stmt_col_i64(&st, "number") + 1;
	return 0;
}

static int insert(struct db *db, const struct actor *who, const struct incident_new *new, time_us now, int64_t *ret_id,
		  struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	struct time_parts parts;
	int64_t number;
	int rc;

	time_split(now, &parts);
	rc = next_number(db, who, parts.year, &number, e);
	if (!rc)
		rc = db_prepare(db, &Q_incident_insert, &scope, &st, e);
	if (rc)
		return rc;
	stmt_i64(&st, "year", parts.year);
	stmt_i64(&st, "number", number);
	stmt_text(&st, "title", new->title);
	stmt_text(&st, "summary", new->summary);
	stmt_i64(&st, "severity", new->severity);
	stmt_i64(&st, "owner_id", who->user_id);
	stmt_text(&st, "owner_name", str_of(who->name));
	stmt_text(&st, "created_by", str_of(who->name));
	stmt_i64(&st, "now", now);
	rc = stmt_run(&st, e);
	if (!rc)
		*ret_id = db_last_id(db);
	return rc;
}

static void alerts_json(const struct alert_set *set, struct buf *out)
{
	buf_add(out, STR("{\"alerts\":["));
	for (uint32_t i = 0; i < set->count; i++)
		buf_add_fmt(out, i ? ",%lld" : "%lld", (long long)set->ids[i]);
	buf_add(out, STR("]}"));
}

int incident_create(struct db *db, const struct actor *who, const struct incident_new *new, time_us now,
		    int64_t *ret_id, struct err *e)
{
	_cleanup_(buf_done) struct buf detail = {0};
	struct incident_trace t = {.kind = "created",
				   .action = "incident.create",
				   .service = "D-1",
				   .text = new->summary,
				   .result = STR("created")};
	int64_t id = 0;
	int rc;

	CHECK(db_in_transaction(db));
	if (!incident_text_ok(str_trim(new->title), 1, INCIDENT_TITLE_MAX))
		return field_err(e, "err.incident.title", "title");
	if (!incident_text_ok(new->summary, 0, INCIDENT_SUMMARY_MAX))
		return field_err(e, "err.incident.summary", "summary");
	if (new->severity < 1 || new->severity > 5)
		return field_err(e, "err.incident.severity", "severity");
	if (new->alerts.count > ALERT_BULK_MAX)
		return field_err(e, "err.alert.bulk", "alerts");
	rc = insert(db, who, new, now, &id, e);
	if (!rc && new->alerts.count)
		rc = alert_link(db, who, &new->alerts, id, now, e);
	if (rc)
		return rc;
	buf_init(&detail, AUDIT_BYTES_MAX);
	alerts_json(&new->alerts, &detail);
	t.id = id;
	t.audit_json = buf_str(&detail);
	rc = incident_trace(db, who, &t, now, e);
	if (!rc)
		*ret_id = id;
	return rc;
}

int incident_add_alerts(struct db *db, const struct actor *who, int64_t id, const struct alert_set *set, time_us now,
			struct err *e)
{
	_cleanup_(buf_done) struct buf detail = {0};
	char count[16];
	struct incident_trace t = {.id = id,
				   .kind = "alerts",
				   .action = "incident.alerts",
				   .service = "D-2",
				   .result = STR("alerts added")};
	struct incident in;
	struct arena a;
	int rc;

	arena_init(&a, ROW_ARENA_BYTES);
	rc = incident_load(db, who, &(struct incident_key){.id = id}, &a, &in, e);
	if (!rc && in.state == INCIDENT_CLOSED)
		rc = err_set(e, ERR_WRONG_STATE, "err.incident.closed");
	if (!rc)
		rc = alert_link(db, who, set, id, now, e);
	if (!rc)
		rc = incident_save(db, who, &in, now, e);
	arena_done(&a);
	if (rc)
		return rc;
	buf_init(&detail, AUDIT_BYTES_MAX);
	alerts_json(set, &detail);
	snprintf(count, sizeof(count), "%u", set->count);
	t.detail = str_of(count);
	t.audit_json = buf_str(&detail);
	return incident_trace(db, who, &t, now, e);
}

static int check_step(const struct actor *who, const struct incident *in, const struct incident_move *m, struct err *e)
{
	const struct incident_step *step = incident_step_find(in->state, m->to);
	int rc;

	if (!step) {
		rc = err_set_value(e, ERR_WRONG_STATE, "err.incident.step", str_of(incident_state_name(m->to)));
		err_expected(e, str_of(incident_state_name(in->state)));
		return rc;
	}
	if (!actor_may(who, step->permission))
		return err_set_value(e, ERR_DENIED, "err.incident.may_not", str_of(permission_name(step->permission)));
	if (!incident_text_ok(m->reason, 0, INCIDENT_REASON_MAX))
		return field_err(e, "err.incident.reason_size", "reason");
	if (step->needs_reason && str_trim(m->reason).len == 0)
		return field_err(e, "err.incident.reason", "reason");
	return 0;
}

int incident_move(struct db *db, const struct actor *who, const struct incident_move *m, time_us now, struct err *e)
{
	char detail[96];
	struct incident_trace t = {.id = m->id, .kind = "state", .action = "incident.move", .text = m->reason};
	enum incident_state from;
	struct incident in;
	struct arena a;
	int rc;

	arena_init(&a, ROW_ARENA_BYTES);
	rc = incident_load(db, who, &(struct incident_key){m->id, m->version}, &a, &in, e);
	if (!rc)
		rc = check_step(who, &in, m, e);
	if (rc) {
		arena_done(&a);
		return rc;
	}
	from = in.state;
	t.service = incident_state_service(from);
	t.started = in.state_since;
	in.state = m->to;
	in.state_since = now;
	in.closed_at = m->to == INCIDENT_CLOSED ? now : 0;
	in.close_reason = m->to == INCIDENT_CLOSED ? m->reason : STR_NONE;
	rc = incident_save(db, who, &in, now, e);
	arena_done(&a);
	if (rc)
		return rc;
	snprintf(detail, sizeof(detail), "{\"from\":\"%s\",\"to\":\"%s\"}", incident_state_name(from),
		 incident_state_name(m->to));
	t.detail = str_of(incident_state_name(m->to));
	t.audit_json = str_of(detail);
	t.result = t.detail;
	return incident_trace(db, who, &t, now, e);
}

static int check_edit(const struct incident_edit *edit, struct err *e)
{
	if (edit->title.ptr && !incident_text_ok(str_trim(edit->title), 1, INCIDENT_TITLE_MAX))
		return field_err(e, "err.incident.title", "title");
	if (edit->summary.ptr && !incident_text_ok(edit->summary, 0, INCIDENT_SUMMARY_MAX))
		return field_err(e, "err.incident.summary", "summary");
	if (edit->severity > 5)
		return field_err(e, "err.incident.severity", "severity");
	if (edit->class.ptr && !incident_text_ok(edit->class, 0, 100))
		return field_err(e, "err.incident.class", "class");
	return 0;
}

static void apply_edit(const struct actor *who, const struct incident_edit *edit, struct incident *in)
{
	if (edit->title.ptr)
		in->title = str_trim(edit->title);
	if (edit->summary.ptr)
		in->summary = edit->summary;
	if (edit->class.ptr)
		in->class = edit->class;
	if (edit->severity)
		in->severity = edit->severity;
	if (edit->take) {
		in->owner_id = who->user_id;
		in->owner_name = str_of(who->name);
	}
}

int incident_edit(struct db *db, const struct actor *who, const struct incident_edit *edit, time_us now, struct err *e)
{
	bool classified = edit->class.ptr || edit->severity;
	struct incident_trace t = {.id = edit->id,
				   .kind = edit->take ? "owner" : "edit",
				   .action = "incident.edit",
				   .service = classified ? "D-3" : "D-2",
				   .detail = edit->class,
				   .audit_json = STR("{}"),
				   .result = classified ? STR("classified") : STR("edited")};
	struct incident in;
	struct arena a;
	int rc = check_edit(edit, e);

	if (rc)
		return rc;
	arena_init(&a, ROW_ARENA_BYTES);
	rc = incident_load(db, who, &(struct incident_key){edit->id, edit->version}, &a, &in, e);
	if (!rc) {
		apply_edit(who, edit, &in);
		rc = incident_save(db, who, &in, now, e);
	}
	arena_done(&a);
	return rc ? rc : incident_trace(db, who, &t, now, e);
}

int incident_note(struct db *db, const struct actor *who, int64_t id, str text, time_us now, struct err *e)
{
	struct incident_trace t = {.id = id,
				   .kind = "note",
				   .action = "incident.note",
				   .service = "D-2",
				   .text = text,
				   .audit_json = STR("{}"),
				   .result = STR("noted")};
	struct incident in;
	struct arena a;
	int rc;

	if (!incident_text_ok(str_trim(text), 1, INCIDENT_NOTE_MAX))
		return field_err(e, "err.incident.note", "note");
	arena_init(&a, ROW_ARENA_BYTES);
	rc = incident_load(db, who, &(struct incident_key){.id = id}, &a, &in, e);
	if (!rc)
		rc = incident_save(db, who, &in, now, e);
	arena_done(&a);
	return rc ? rc : incident_trace(db, who, &t, now, e);
}
