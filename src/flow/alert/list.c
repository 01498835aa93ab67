/* Reading alerts: one, a page, counts, history. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/alert/alert.h"
#include "store/queries.gen.h"
#include "store/rows.h"

#define HISTORY_MAX 200
#define RELATED_MAX 10
#define MATCHES_MAX 50
#define EVENTS_PAGE 200
#define TEXT_MAX 200u

static int alert_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct alert al = {
		.id = stmt_col_i64(st, "id"),
		.version = stmt_col_i64(st, "version"),
		.rule_id = stmt_take(st, "rule_id", a),
		.rule_title = stmt_take(st, "rule_title", a),
		.tags = stmt_take(st, "tags", a),
		.level = (unsigned)stmt_col_i64(st, "level"),
		.asset_value = (unsigned)stmt_col_i64(st, "asset_value"),
		.confidence = (unsigned)stmt_col_i64(st, "confidence"),
		.criteria_version = stmt_col_i64(st, "criteria_version"),
		.priority = (unsigned)stmt_col_i64(st, "priority"),
		.asset = stmt_take(st, "asset", a),
		.account = stmt_take(st, "account_name", a),
		.first_at = stmt_col_i64(st, "first_at"),
		.last_at = stmt_col_i64(st, "last_at"),
		.created_at = stmt_col_i64(st, "created_at"),
		.changed_at = stmt_col_i64(st, "changed_at"),
		.count = stmt_col_i64(st, "count"),
		.first_event = (event_id)stmt_col_i64(st, "first_event"),
		.last_event = (event_id)stmt_col_i64(st, "last_event"),
		.owner_id = stmt_col_i64(st, "owner_id"),
		.owner_name = stmt_take(st, "owner_name", a),
		.acknowledged_at = stmt_col_i64(st, "acknowledged_at"),
		.closed_at = stmt_col_i64(st, "closed_at"),
		.incident_id = stmt_col_i64(st, "incident_id"),
	};

	if (!alert_state_parse(stmt_col_text(st, "state"), &al.state))
		return err_set(e, ERR_CORRUPT, "err.alert.corrupt");
	if (stmt_col_text(st, "verdict").len && !alert_verdict_parse(stmt_col_text(st, "verdict"), &al.verdict))
		return err_set(e, ERR_CORRUPT, "err.alert.corrupt");
	*(struct alert *)ret = al;
	return 0;
}

static const struct row_kind ALERT = {sizeof(struct alert), alert_read};

/* The alerts of a query with its own few parameters, which all are bound. */
static int read_alerts(struct stmt *st, struct arena *a, struct alert **ret, uint32_t *ret_count, struct err *e)
{
	struct rows rows;
	int rc = rows_read(st, &ALERT, RELATED_MAX, a, &rows, e);

	if (rc)
		return rc;
	*ret = rows.items;
	*ret_count = rows.count;
	return 0;
}

int alert_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct alert *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_alert_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	return row_read_one(&st, &ALERT, "err.alert.absent", a, ret, e);
}

static bool wants_default(const struct alert_filter *f)
{
	return !f->open && !f->acknowledged && !f->closed;
}

static void bind_filter(struct stmt *st, const struct alert_filter *f, struct buf *like)
{
	bool live = wants_default(f);

	if (f->text.len)
		db_like_add(like, str_sub(f->text, 0, TEXT_MAX));
	stmt_i64(st, "open", live || f->open);
	stmt_i64(st, "acknowledged", live || f->acknowledged);
	stmt_i64(st, "closed", f->closed);
	stmt_i64(st, "priorities", f->priorities ? f->priorities : 0x3f);
	stmt_i64(st, "owner_id", f->owner_id);
	stmt_text(st, "rule_id", f->rule_id);
	stmt_text(st, "asset", f->asset);
	stmt_text(st, "text", buf_str(like));
	stmt_text(st, "text_rules", f->text_rules);
	stmt_i64(st, "incident_id", f->incident_id);
	stmt_i64(st, "from", f->from);
	stmt_i64(st, "until", f->until ? f->until : INT64_MAX);
}

static int prepare_list(struct db *db, struct scope scope, const struct alert_filter *f, struct stmt *st, struct err *e)
{
	bool live = wants_default(f) || f->open || f->acknowledged;
	bool mixed = live && f->closed;
	const struct query *q = mixed                      ? &Q_alert_list_all
				: f->sort == ALERT_BY_TIME ? &Q_alert_list_time
							   : &Q_alert_list_priority;
	int rc = db_prepare(db, q, &scope, st, e);

	if (!rc && !mixed)
		stmt_i64(st, "active", live);
	return rc;
}

static bool sorts_by_priority(const struct alert_filter *f)
{
	bool live = wants_default(f) || f->open || f->acknowledged;

	return f->sort == ALERT_BY_PRIORITY && !(live && f->closed);
}

int alert_list(struct db *db, struct scope scope, const struct alert_filter *f, struct arena *a, struct alert_list *ret,
	       struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	_cleanup_(buf_done) struct buf like = {0};
	const struct alert_cursor *from = &f->start;
	uint32_t limit = f->limit ? f->limit : ALERT_PAGE_MAX;
	bool first = from->id == 0;
	const struct alert *last;
	struct rows rows;
	int rc;

	CHECK(limit <= ALERT_PAGE_MAX);
	buf_init(&like, 2 * TEXT_MAX + 2);
	rc = prepare_list(db, scope, f, &st, e);
	if (rc)
		return rc;
	bind_filter(&st, f, &like);
	if (sorts_by_priority(f))
		stmt_i64(&st, "at_priority", first ? 6 : from->priority);
	stmt_i64(&st, "at_time", first ? INT64_MAX : from->last_at);
	stmt_i64(&st, "at_id", first ? INT64_MAX : from->id);
	stmt_i64(&st, "limit", limit + 1);
	rc = rows_read(&st, &ALERT, limit, a, &rows, e);
	if (rc)
		return rc;
	*ret = (struct alert_list){.alerts = rows.items, .count = rows.count, .has_more = rows.has_more};
	last = rows.count ? &ret->alerts[rows.count - 1] : NULL;
	if (last)
		ret->next = (struct alert_cursor){.priority = last->priority, .last_at = last->last_at, .id = last->id};
	return 0;
}

static int add_facet(struct stmt *st, struct alert_facets *f, struct err *e)
{
	int64_t n = stmt_col_i64(st, "n"), priority = stmt_col_i64(st, "priority");
	str whose = stmt_col_text(st, "whose");
	enum alert_state state;

	if (!alert_state_parse(stmt_col_text(st, "state"), &state) || priority < 1 || priority > 5)
		return err_set(e, ERR_CORRUPT, "err.alert.corrupt");
	f->total += n;
	f->by_state[state] += n;
	f->by_priority[priority] += n;
	*(str_eq(whose, STR("me")) ? &f->mine : str_eq(whose, STR("nobody")) ? &f->nobodys : &f->others) += n;
	return 0;
}

int alert_facets(struct db *db, struct scope scope, const struct alert_filter *f, int64_t me, struct alert_facets *ret,
		 struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	_cleanup_(buf_done) struct buf like = {0};
	struct alert_facets facets = {0};
	int rc = db_prepare(db, &Q_alert_facets, &scope, &st, e);

	if (rc)
		return rc;
	buf_init(&like, 2 * TEXT_MAX + 2);
	bind_filter(&st, f, &like);
	stmt_i64(&st, "me", me);
	stmt_i64(&st, "most", ALERT_COUNT_MAX);
	while ((rc = stmt_step(&st, e)) == 1) {
		rc = add_facet(&st, &facets, e);
		if (rc)
			return rc;
	}
	if (rc < 0)
		return rc;
	*ret = facets;
	return 0;
}

static int entry_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	str action = stmt_take(st, "action", a);

	(void)e;
	*(struct alert_entry *)ret = (struct alert_entry){
		.id = stmt_col_i64(st, "id"),
		.at = stmt_col_i64(st, "at"),
		.user_id = stmt_col_i64(st, "user_id"),
		.user_name = stmt_take(st, "user_name", a),
		.action = action,
		.text = stmt_take(st, "text", a),
		.can_undo = stmt_col_text(st, "before").len > 0 && !str_eq(action, STR("alert.link")),
	};
	return 0;
}

static const struct row_kind ENTRY = {sizeof(struct alert_entry), entry_read};

int alert_history(struct db *db, struct scope scope, int64_t id, struct arena *a, struct alert_entry **ret,
		  uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_alert_entry_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "alert_id", id);
	stmt_i64(&st, "limit", HISTORY_MAX);
	rc = rows_read(&st, &ENTRY, HISTORY_MAX, a, &rows, e);
	if (rc)
		return rc;
	*ret = rows.items;
	*ret_count = rows.count;
	return 0;
}

static int event_id_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)a;
	(void)e;
	*(event_id *)ret = (event_id)stmt_col_i64(st, "event_id");
	return 0;
}

static const struct row_kind EVENT_ID = {sizeof(event_id), event_id_read};

int alert_events(struct db *db, struct scope scope, int64_t id, event_id behind, struct arena *a, event_id **ret,
		 uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_alert_event_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "alert_id", id);
	stmt_i64(&st, "behind", (int64_t)behind);
	stmt_i64(&st, "limit", EVENTS_PAGE);
	rc = rows_read(&st, &EVENT_ID, EVENTS_PAGE, a, &rows, e);
	if (rc)
		return rc;
	*ret = rows.items;
	*ret_count = rows.count;
	return 0;
}

int alert_related(struct db *db, struct scope scope, const struct alert *of, struct arena *a, struct alert **ret,
		  uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_alert_related, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "asset", of->asset);
	stmt_i64(&st, "id", of->id);
	stmt_i64(&st, "from", of->last_at - TIME_DAY);
	stmt_i64(&st, "until", of->last_at + TIME_DAY);
	/* An alert without an asset has nothing in common with others without one. */
	stmt_i64(&st, "limit", of->asset.len ? RELATED_MAX : 0);
	return read_alerts(&st, a, ret, ret_count, e);
}

int alert_of_event(struct db *db, struct scope scope, event_id event, struct arena *a, struct alert **ret,
		   uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_alert_of_event, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "event_id", (int64_t)event);
	stmt_i64(&st, "limit", RELATED_MAX);
	return read_alerts(&st, a, ret, ret_count, e);
}

static int indicator_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)e;
	*(struct alert_indicator *)ret = (struct alert_indicator){
		.type = stmt_take(st, "type", a),
		.value = stmt_take(st, "value", a),
		.field = stmt_take(st, "field", a),
		.list = stmt_take(st, "list", a),
		.line = (uint32_t)stmt_col_i64(st, "line"),
		.description = stmt_take(st, "description", a),
		.license = stmt_take(st, "license", a),
		.source = stmt_take(st, "source", a),
		.is_retrospective = stmt_col_i64(st, "is_retrospective")};
	return 0;
}

int alert_indicator_of(struct db *db, struct scope scope, int64_t id, struct arena *a, struct alert_indicator *ret,
		       struct err *e)
{
	static const struct row_kind INDICATOR = {sizeof(struct alert_indicator), indicator_read};
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_alert_indicator_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "alert_id", id);
	rc = rows_read(&st, &INDICATOR, 1, a, &rows, e);
	if (rc)
		return rc;
	*ret = rows.count ? *(struct alert_indicator *)rows.items : (struct alert_indicator){0};
	return 0;
}

static int match_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)e;
	*(struct alert_match *)ret = (struct alert_match){.group_values = stmt_take(st, "group_values", a),
							  .condition = stmt_take(st, "condition", a),
							  .measured = stmt_col_real(st, "measured"),
							  .span = stmt_col_i64(st, "span_us"),
							  .first_at = stmt_col_i64(st, "first_at"),
							  .last_at = stmt_col_i64(st, "last_at"),
							  .events = stmt_col_i64(st, "events")};
	return 0;
}

int alert_matches(struct db *db, struct scope scope, int64_t id, struct arena *a, struct alert_match **ret,
		  uint32_t *ret_count, struct err *e)
{
	static const struct row_kind MATCH = {sizeof(struct alert_match), match_read};
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_alert_match_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "alert_id", id);
	stmt_i64(&st, "limit", MATCHES_MAX);
	rc = rows_read(&st, &MATCH, MATCHES_MAX, a, &rows, e);
	if (rc)
		return rc;
	*ret = rows.items;
	*ret_count = rows.count;
	return 0;
}

int alert_judged(struct db *db, struct scope scope, time_us since, struct alert_judged ret[ALERT_JUDGED_MAX],
		 uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	uint32_t count = 0;
	int rc = db_prepare(db, &Q_alert_judged, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "since", since);
	while ((rc = stmt_step(&st, e)) > 0 && count < ALERT_JUDGED_MAX)
		ret[count++] = (struct alert_judged){.level = (unsigned)stmt_col_i64(&st, "level"),
						     .asset_value = (unsigned)stmt_col_i64(&st, "asset_value"),
						     .confidence = (unsigned)stmt_col_i64(&st, "confidence"),
						     .priority = (unsigned)stmt_col_i64(&st, "priority"),
						     .alerts = stmt_col_i64(&st, "alerts")};
	if (rc < 0)
		return rc;
	*ret_count = count;
	return 0;
}
