/* Reading alerts: one, a page, counts, history. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/alert/internal.h"
#include "store/queries.gen.h"

#define HISTORY_MAX 200
#define RELATED_MAX 10
#define EVENTS_PAGE 200
#define TEXT_MAX 200u

int alert_row(struct stmt *st, struct arena *a, struct alert *ret, struct err *e)
{
	struct alert al = {
		.id = stmt_col_i64(st, "id"),
		.version = stmt_col_i64(st, "version"),
		.rule_id = arena_str(a, stmt_col_text(st, "rule_id")),
		.rule_title = arena_str(a, stmt_col_text(st, "rule_title")),
		.tags = arena_str(a, stmt_col_text(st, "tags")),
		.level = (unsigned)stmt_col_i64(st, "level"),
		.asset_value = (unsigned)stmt_col_i64(st, "asset_value"),
		.confidence = (unsigned)stmt_col_i64(st, "confidence"),
		.priority = (unsigned)stmt_col_i64(st, "priority"),
		.asset = arena_str(a, stmt_col_text(st, "asset")),
		.account = arena_str(a, stmt_col_text(st, "account_name")),
		.first_at = stmt_col_i64(st, "first_at"),
		.last_at = stmt_col_i64(st, "last_at"),
		.created_at = stmt_col_i64(st, "created_at"),
		.changed_at = stmt_col_i64(st, "changed_at"),
		.count = stmt_col_i64(st, "count"),
		.first_event = (event_id)stmt_col_i64(st, "first_event"),
		.last_event = (event_id)stmt_col_i64(st, "last_event"),
		.owner_id = stmt_col_i64(st, "owner_id"),
		.owner_name = arena_str(a, stmt_col_text(st, "owner_name")),
		.acknowledged_at = stmt_col_i64(st, "acknowledged_at"),
		.closed_at = stmt_col_i64(st, "closed_at"),
		.incident_id = stmt_col_i64(st, "incident_id"),
	};

	if (!al.rule_id.ptr || !al.rule_title.ptr || !al.tags.ptr || !al.asset.ptr || !al.account.ptr ||
	    !al.owner_name.ptr)
		return err_set(e, ERR_LIMIT, "err.alert.memory");
	if (!alert_state_parse(stmt_col_text(st, "state"), &al.state))
		return err_set(e, ERR_CORRUPT, "err.alert.corrupt");
	if (stmt_col_text(st, "verdict").len && !alert_verdict_parse(stmt_col_text(st, "verdict"), &al.verdict))
		return err_set(e, ERR_CORRUPT, "err.alert.corrupt");
	*ret = al;
	return 0;
}

int alert_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct alert *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_alert_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	return rc ? alert_row(&st, a, ret, e) : err_set(e, ERR_NOT_FOUND, "err.alert.absent");
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
	struct alert_list list = {.alerts = arena_alloc(a, limit * sizeof(*list.alerts))};
	bool first = from->id == 0;
	int rc;

	CHECK(limit <= ALERT_PAGE_MAX);
	if (!list.alerts)
		return err_set(e, ERR_LIMIT, "err.alert.memory");
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
	while ((rc = stmt_step(&st, e)) == 1) {
		if (list.count == limit) {
			list.has_more = true;
			break;
		}
		rc = alert_row(&st, a, &list.alerts[list.count], e);
		if (rc)
			return rc;
		list.next.priority = list.alerts[list.count].priority;
		list.next.last_at = list.alerts[list.count].last_at;
		list.next.id = list.alerts[list.count++].id;
	}
	if (rc < 0)
		return rc;
	*ret = list;
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

int alert_history(struct db *db, struct scope scope, int64_t id, struct arena *a, struct alert_entry **ret,
		  uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct alert_entry *entries = arena_alloc(a, HISTORY_MAX * sizeof(*entries));
	uint32_t count = 0;
	int rc = db_prepare(db, &Q_alert_entry_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!entries)
		return err_set(e, ERR_LIMIT, "err.alert.memory");
	stmt_i64(&st, "alert_id", id);
	stmt_i64(&st, "limit", HISTORY_MAX);
	while ((rc = stmt_step(&st, e)) == 1) {
		struct alert_entry *to = &entries[count++];

		*to = (struct alert_entry){.id = stmt_col_i64(&st, "id"),
					   .at = stmt_col_i64(&st, "at"),
					   .user_id = stmt_col_i64(&st, "user_id"),
					   .user_name = arena_str(a, stmt_col_text(&st, "user_name")),
					   .action = arena_str(a, stmt_col_text(&st, "action")),
					   .text = arena_str(a, stmt_col_text(&st, "text")),
					   .can_undo = stmt_col_text(&st, "before").len > 0 &&
						       !str_eq(stmt_col_text(&st, "action"), STR("alert.link"))};
		if (!to->user_name.ptr || !to->action.ptr || !to->text.ptr)
			return err_set(e, ERR_LIMIT, "err.alert.memory");
	}
	if (rc < 0)
		return rc;
	*ret = entries;
	*ret_count = count;
	return 0;
}

int alert_events(struct db *db, struct scope scope, int64_t id, event_id behind, struct arena *a, event_id **ret,
		 uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	event_id *ids = arena_alloc(a, EVENTS_PAGE * sizeof(*ids));
	uint32_t count = 0;
	int rc = db_prepare(db, &Q_alert_event_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!ids)
		return err_set(e, ERR_LIMIT, "err.alert.memory");
	stmt_i64(&st, "alert_id", id);
	stmt_i64(&st, "behind", (int64_t)behind);
	stmt_i64(&st, "limit", EVENTS_PAGE);
	while ((rc = stmt_step(&st, e)) == 1)
		ids[count++] = (event_id)stmt_col_i64(&st, "event_id");
	if (rc < 0)
		return rc;
	*ret = ids;
	*ret_count = count;
	return 0;
}

int alert_related(struct db *db, struct scope scope, const struct alert *of, struct arena *a, struct alert **ret,
		  uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct alert *alerts = arena_alloc(a, RELATED_MAX * sizeof(*alerts));
	uint32_t count = 0;
	int rc = db_prepare(db, &Q_alert_related, &scope, &st, e);

	if (rc)
		return rc;
	if (!alerts)
		return err_set(e, ERR_LIMIT, "err.alert.memory");
	stmt_text(&st, "asset", of->asset);
	stmt_i64(&st, "id", of->id);
	stmt_i64(&st, "from", of->last_at - TIME_DAY);
	stmt_i64(&st, "until", of->last_at + TIME_DAY);
	/* An alert without an asset has nothing in common with others without one. */
	stmt_i64(&st, "limit", of->asset.len ? RELATED_MAX : 0);
	while ((rc = stmt_step(&st, e)) == 1) {
		rc = alert_row(&st, a, &alerts[count++], e);
		if (rc)
			return rc;
	}
	if (rc < 0)
		return rc;
	*ret = alerts;
	*ret_count = count;
	return 0;
}

int alert_of_event(struct db *db, struct scope scope, event_id event, struct arena *a, struct alert **ret,
		   uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct alert *alerts = arena_alloc(a, RELATED_MAX * sizeof(*alerts));
	uint32_t count = 0;
	int rc = db_prepare(db, &Q_alert_of_event, &scope, &st, e);

	if (rc)
		return rc;
	if (!alerts)
		return err_set(e, ERR_LIMIT, "err.alert.memory");
	stmt_i64(&st, "event_id", (int64_t)event);
	stmt_i64(&st, "limit", RELATED_MAX);
	while ((rc = stmt_step(&st, e)) == 1) {
		rc = alert_row(&st, a, &alerts[count++], e);
		if (rc)
			return rc;
	}
	if (rc < 0)
		return rc;
	*ret = alerts;
	*ret_count = count;
	return 0;
}
