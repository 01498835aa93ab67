/* What people do with alerts. Each action reads the alert, changes it under its version, and writes the history; the
 * audit row and the work record are one per action. */
#include <jansson.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "craft/work/work.h"
#include "flow/alert/alert.h"
#include "store/queries.gen.h"

#define ROW_ARENA_BYTES (64u << 10) /* one alert and its old state */
#define AUDIT_BYTES_MAX (512u << 10)

/* The service whose work the judging of alerts is: X.1060 B-1, real time asset monitoring. */
#define ALERT_SERVICE STR("B-1")

struct before {
	enum alert_state state;
	enum alert_verdict verdict;
	int64_t owner_id, incident_id;
	time_us acknowledged_at, closed_at;
	char owner_name[ACTOR_NAME_MAX];
};

struct action {
	struct db *db;
	const struct actor *who;
	time_us now;
	const char *name; /* "alert.verdict" */
	str note;
	enum alert_verdict verdict; /* judge */
	int64_t incident_id;        /* link */
	const struct before *old;   /* undo */
	/* Sets the new state in *al; an error leaves everything as it was. */
	int (*apply)(const struct action *act, struct alert *al, struct err *e);
	time_us started; /* of the work: the earliest acknowledgement in the set */
};

static void json_free(json_t **j)
{
	json_decref(*j);
}
#define _cleanup_json_ _cleanup_(json_free)

/* What an undo puts back. */
static char *before_text(const struct alert *al)
{
	_cleanup_json_ json_t *j = json_pack(
		"{s:s, s:I, s:s%, s:s, s:I, s:I, s:I}", "state", alert_state_name(al->state), "owner",
		(json_int_t)al->owner_id, "owner_name", al->owner_name.ptr, al->owner_name.len, "verdict",
		alert_verdict_name(al->verdict), "acknowledged", (json_int_t)al->acknowledged_at, "closed",
		(json_int_t)al->closed_at, "incident", (json_int_t)al->incident_id);
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	CHECK(text);
	return text;
}

static int entry_add(const struct action *act, int64_t id, str before, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(act->who);
	int rc = db_prepare(act->db, &Q_alert_entry_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "alert_id", id);
	stmt_i64(&st, "at", act->now);
	stmt_i64(&st, "user_id", act->who->user_id);
	stmt_text(&st, "user_name", str_of(act->who->name));
	stmt_text(&st, "action", str_of(act->name));
	stmt_text(&st, "text", act->note);
	stmt_text(&st, "before", before);
	return stmt_run(&st, e);
}

static int change(const struct action *act, const struct alert *al, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(act->who);
	int rc = db_prepare(act->db, &Q_alert_change, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", al->id);
	stmt_i64(&st, "version", al->version);
	stmt_i64(&st, "now", act->now);
	stmt_i64(&st, "active", al->state != ALERT_CLOSED);
	stmt_text(&st, "state", str_of(alert_state_name(al->state)));
	stmt_i64(&st, "owner_id", al->owner_id);
	stmt_text(&st, "owner_name", al->owner_name);
	stmt_text(&st, "verdict", str_of(alert_verdict_name(al->verdict)));
	stmt_i64(&st, "acknowledged_at", al->acknowledged_at);
	stmt_i64(&st, "closed_at", al->closed_at);
	stmt_i64(&st, "incident_id", al->incident_id);
	rc = stmt_run(&st, e);
	if (rc)
		return rc;
	return db_changes(act->db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.alert.changed");
}

static int act_on(struct action *act, int64_t id, int64_t version, struct arena *a, struct err *e)
{
	struct alert al;
	char *before;
	int rc;

	arena_reset(a);
	rc = alert_find(act->db, actor_scope(act->who), id, a, &al, e);
	if (rc)
		return rc;
	if (version && version != al.version)
		return err_set(e, ERR_CONFLICT, "err.alert.changed");
	if (al.acknowledged_at && al.acknowledged_at < act->started)
		act->started = al.acknowledged_at;
	before = before_text(&al);
	rc = act->apply(act, &al, e);
	if (!rc)
		rc = change(act, &al, e);
	if (!rc)
		rc = entry_add(act, id, str_of(before), e);
	free(before);
	return rc;
}

static int act_on_set(struct action *act, const struct alert_set *set, struct err *e)
{
	struct arena a;
	int rc = 0;

	CHECK(db_in_transaction(act->db));
	if (set->count == 0 || set->count > ALERT_BULK_MAX)
		return err_set(e, ERR_RANGE, "err.alert.bulk");
	if (act->note.len > ALERT_NOTE_MAX || !utf8_is_valid(act->note))
		return err_set(e, ERR_RANGE, "err.alert.note");
	act->started = act->now;
	arena_init(&a, ROW_ARENA_BYTES);
	for (uint32_t i = 0; !rc && i < set->count; i++)
		rc = act_on(act, set->ids[i], set->count == 1 ? set->version : 0, &a, e);
	arena_done(&a);
	return rc;
}

/* One row with the set. */
static int audit(const struct action *act, const struct alert_set *set, struct err *e)
{
	_cleanup_(buf_done) struct buf detail = {0};
	char object[32];

	buf_init(&detail, AUDIT_BYTES_MAX);
	buf_add_fmt(&detail, "{\"verdict\":\"%s\",\"alerts\":[", alert_verdict_name(act->verdict));
	for (uint32_t i = 0; i < set->count; i++)
		buf_add_fmt(&detail, i ? ",%lld" : "%lld", (long long)set->ids[i]);
	buf_add(&detail, STR("]}"));
	CHECK(!detail.failed);
	if (set->count == 1)
		snprintf(object, sizeof(object), "alert:%lld", (long long)set->ids[0]);
	else
		snprintf(object, sizeof(object), "alerts");
	return audit_append(act->db, act->who, str_of(act->name), str_of(object), buf_str(&detail), act->now, e);
}

static int work(const struct action *act, const struct alert_set *set, str result, struct err *e)
{
	char object[64];
	struct work w = {.service = ALERT_SERVICE,
			 .action = str_of(act->name),
			 .started = act->started,
			 .ended = act->now,
			 .result = result};

	if (set->count == 1)
		snprintf(object, sizeof(object), "alert:%lld", (long long)set->ids[0]);
	else
		snprintf(object, sizeof(object), "alert:%lld+%u", (long long)set->ids[0], set->count - 1);
	w.object = str_of(object);
	return work_record(act->db, act->who, &w, e);
}

static int run(struct action *act, const struct alert_set *set, str result, struct err *e)
{
	int rc = act_on_set(act, set, e);

	if (!rc)
		rc = audit(act, set, e);
	if (!rc)
		rc = work(act, set, result, e);
	return rc;
}

static void own(const struct action *act, struct alert *al)
{
	al->owner_id = act->who->user_id;
	al->owner_name = str_of(act->who->name);
	if (!al->acknowledged_at)
		al->acknowledged_at = act->now;
}

static int apply_acknowledge(const struct action *act, struct alert *al, struct err *e)
{
	if (al->state == ALERT_CLOSED)
		return err_set(e, ERR_WRONG_STATE, "err.alert.closed");
	al->state = ALERT_ACKNOWLEDGED;
	own(act, al);
	return 0;
}

int alert_acknowledge(struct db *db, const struct actor *who, const struct alert_set *set, time_us now, struct err *e)
{
	struct action act = {.db = db, .who = who, .now = now, .name = "alert.acknowledge", .apply = apply_acknowledge};

	return run(&act, set, STR("acknowledged"), e);
}

static int apply_judge(const struct action *act, struct alert *al, struct err *e)
{
	(void)e;
	if (al->owner_id == 0)
		own(act, al);
	if (!al->acknowledged_at)
		al->acknowledged_at = act->now;
	al->state = ALERT_CLOSED;
	al->verdict = act->verdict;
	al->closed_at = act->now;
	return 0;
}

int alert_judge(struct db *db, const struct actor *who, const struct alert_set *set, enum alert_verdict verdict,
		time_us now, struct err *e)
{
	struct action act = {.db = db,
			     .who = who,
			     .now = now,
			     .name = "alert.verdict",
			     .note = set->note,
			     .verdict = verdict,
			     .apply = apply_judge};

	CHECK(verdict > VERDICT_NONE && verdict < VERDICT_COUNT);
	return run(&act, set, str_of(alert_verdict_name(verdict)), e);
}

static int apply_link(const struct action *act, struct alert *al, struct err *e)
{
	if (al->incident_id && al->incident_id != act->incident_id)
		return err_set(e, ERR_WRONG_STATE, "err.alert.other_incident");
	al->incident_id = act->incident_id;
	if (al->state == ALERT_OPEN) {
		al->state = ALERT_ACKNOWLEDGED;
		own(act, al);
	}
	return 0;
}

int alert_link(struct db *db, const struct actor *who, const struct alert_set *set, int64_t incident_id, time_us now,
	       struct err *e)
{
	struct action act = {.db = db,
			     .who = who,
			     .now = now,
			     .name = "alert.link",
			     .incident_id = incident_id,
			     .apply = apply_link};

	CHECK(incident_id > 0);
	return act_on_set(&act, set, e);
}

int alert_comment(struct db *db, const struct actor *who, int64_t id, str text, time_us now, struct err *e)
{
	struct action act = {.db = db, .who = who, .now = now, .name = "alert.comment", .note = text, .started = now};
	struct alert_set one = {.ids = &id, .count = 1};
	struct arena a;
	struct alert al;
	int rc;

	CHECK(db_in_transaction(db));
	if (text.len == 0 || text.len > ALERT_NOTE_MAX || !utf8_is_valid(text))
		return err_set(e, ERR_RANGE, "err.alert.note");
	arena_init(&a, ROW_ARENA_BYTES);
	rc = alert_find(db, actor_scope(who), id, &a, &al, e);
	arena_done(&a);
	if (!rc)
		rc = entry_add(&act, id, STR_NONE, e);
	if (!rc)
		rc = audit(&act, &one, e);
	return rc ? rc : work(&act, &one, STR("commented"), e);
}

/* What an undo puts back, read from the history. */
static int before_read(str text, struct before *ret, struct err *e)
{
	_cleanup_json_ json_t *j = json_loadb(text.ptr, text.len, 0, NULL);
	const char *state, *owner_name, *verdict;
	json_int_t owner, acknowledged, closed, incident;

	if (!j || json_unpack(j, "{s:s, s:I, s:s, s:s, s:I, s:I, s:I}", "state", &state, "owner", &owner, "owner_name",
			      &owner_name, "verdict", &verdict, "acknowledged", &acknowledged, "closed", &closed,
			      "incident", &incident) < 0)
		return err_set(e, ERR_CORRUPT, "err.alert.corrupt");
	if (!alert_state_parse(str_of(state), &ret->state))
		return err_set(e, ERR_CORRUPT, "err.alert.corrupt");
	ret->verdict = VERDICT_NONE;
	if (*verdict && !alert_verdict_parse(str_of(verdict), &ret->verdict))
		return err_set(e, ERR_CORRUPT, "err.alert.corrupt");
	snprintf(ret->owner_name, sizeof(ret->owner_name), "%s", owner_name);
	ret->owner_id = owner;
	ret->acknowledged_at = acknowledged;
	ret->closed_at = closed;
	ret->incident_id = incident;
	return 0;
}

/* The last change, if this actor may take it back. */
static int find_undoable(const struct action *act, int64_t id, struct before *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(act->who);
	int rc = db_prepare(act->db, &Q_alert_entry_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "alert_id", id);
	stmt_i64(&st, "limit", 1);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	/* Programs have no number of their own, only names. */
	if (rc == 0 || stmt_col_i64(&st, "user_id") != act->who->user_id ||
	    !str_eq(stmt_col_text(&st, "user_name"), str_of(act->who->name)) ||
	    stmt_col_i64(&st, "at") < act->now - ALERT_UNDO_TIME)
		return err_set(e, ERR_WRONG_STATE, "err.alert.no_undo");
	/* A comment changed nothing; what put the alert into an incident is undone there. */
	if (stmt_col_text(&st, "before").len == 0 || str_eq(stmt_col_text(&st, "action"), STR("alert.link")))
		return err_set(e, ERR_WRONG_STATE, "err.alert.no_undo");
	return before_read(stmt_col_text(&st, "before"), ret, e);
}

static int apply_undo(const struct action *act, struct alert *al, struct err *e)
{
	(void)e;
	al->state = act->old->state;
	al->verdict = act->old->verdict;
	al->owner_id = act->old->owner_id;
	al->owner_name = str_of(act->old->owner_name);
	al->acknowledged_at = act->old->acknowledged_at;
	al->closed_at = act->old->closed_at;
	al->incident_id = act->old->incident_id;
	return 0;
}

int alert_undo(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	struct before old;
	struct action act = {.db = db, .who = who, .now = now, .name = "alert.undo", .old = &old, .apply = apply_undo};
	struct alert_set one = {.ids = &id, .count = 1};
	int rc = find_undoable(&act, id, &old, e);

	return rc ? rc : run(&act, &one, STR("undone"), e);
}
