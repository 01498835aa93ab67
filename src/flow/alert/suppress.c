#include "flow/alert/suppress.h"

#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "craft/work/work.h"
#include "flow/alert/internal.h"
#include "model/event_json.h"
#include "store/queries.gen.h"
#include "store/rows.h"

#define EVENT_ARENA_BYTES (64u << 20)
#define DETAIL_BYTES_MAX 16384u
#define SUPPRESS_SERVICE STR("B-1") /* real time asset monitoring: what reaches its queue */

/* ---- at work ---- */

static bool value_holds(const struct event *ev, str field, str value)
{
	if (!field.len)
		return true;
	for (uint32_t i = 0; ev && i < ev->field_count; i++)
		if (str_eq(ev->fields[i].name, field) && str_eq_nocase(ev->fields[i].text, value))
			return true;
	return false;
}

struct live_row {
	int64_t id, hits;
};

static int find_live(struct db *db, const struct finding *f, time_us now, struct live_row *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {f->tenant_id};
	int rc = db_prepare(db, &Q_suppression_live, &scope, &st, e);

	if (rc)
		return rc;
	*ret = (struct live_row){0};
	stmt_text(&st, "rule_id", f->rule_id);
	stmt_text(&st, "asset", f->asset);
	stmt_text(&st, "account_name", f->account);
	stmt_i64(&st, "now", now);
	while (!ret->id && (rc = stmt_step(&st, e)) == 1)
		if (value_holds(f->content, stmt_col_text(&st, "field"), stmt_col_text(&st, "value")))
			*ret = (struct live_row){stmt_col_i64(&st, "id"), stmt_col_i64(&st, "hits")};
	return rc < 0 ? rc : 0;
}

static int count_hit(struct db *db, const struct finding *f, int64_t id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {f->tenant_id};
	int rc = db_prepare(db, &Q_suppression_count, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "at", f->event_at);
	return stmt_run(&st, e);
}

/* *ret_new: it was not held back before, so a replay counts nothing twice. */
static int keep_hit(struct db *db, const struct finding *f, int64_t id, bool *ret_new, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {f->tenant_id};
	int rc = db_prepare(db, &Q_suppressed_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "suppression_id", id);
	stmt_i64(&st, "event_id", (int64_t)f->event);
	stmt_i64(&st, "at", f->event_at);
	stmt_text(&st, "asset", f->asset);
	stmt_text(&st, "account_name", f->account);
	rc = stmt_run(&st, e);
	*ret_new = !rc && db_changes(db) == 1;
	return rc;
}

int finding_suppress(struct db *db, const struct finding *f, time_us now, bool *ret_suppressed, struct err *e)
{
	struct live_row row;
	bool is_new = true;
	int rc = find_live(db, f, now, &row, e);

	if (rc || !row.id) {
		*ret_suppressed = false;
		return rc;
	}
	if (row.hits < SUPPRESS_KEPT_MAX)
		rc = keep_hit(db, f, row.id, &is_new, e);
	if (!rc && is_new)
		rc = count_hit(db, f, row.id, e);
	*ret_suppressed = true;
	return rc;
}

/* ---- reading ---- */

static int suppression_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)e;
	*(struct suppression *)ret = (struct suppression){.id = stmt_col_i64(st, "id"),
							  .rule_id = stmt_take(st, "rule_id", a),
							  .rule_title = stmt_take(st, "rule_title", a),
							  .asset = stmt_take(st, "asset", a),
							  .account = stmt_take(st, "account_name", a),
							  .field = stmt_take(st, "field", a),
							  .value = stmt_take(st, "value", a),
							  .reason = stmt_take(st, "reason", a),
							  .owner_name = stmt_take(st, "owner_name", a),
							  .created_at = stmt_col_i64(st, "created_at"),
							  .expires_at = stmt_col_i64(st, "expires_at"),
							  .ended_at = stmt_col_i64(st, "ended_at"),
							  .ended_by = stmt_take(st, "ended_by", a),
							  .hits = stmt_col_i64(st, "hits"),
							  .last_at = stmt_col_i64(st, "last_at")};
	return 0;
}

static const struct row_kind SUPPRESSION = {sizeof(struct suppression), suppression_read};

int suppression_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct suppression *ret,
		     struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_suppression_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	return row_read_one(&st, &SUPPRESSION, "err.suppress.absent", a, ret, e);
}

int suppression_list(struct db *db, struct scope scope, time_us now, struct arena *a, struct suppression **ret,
		     uint32_t *ret_count, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_suppression_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "now", now);
	stmt_i64(&st, "limit", SUPPRESS_LIST_MAX);
	rc = rows_read(&st, &SUPPRESSION, SUPPRESS_LIST_MAX, a, &rows, e);
	if (rc)
		return rc;
	*ret = rows.items;
	*ret_count = rows.count;
	return 0;
}

static int suppressed_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)e;
	*(struct suppressed *)ret = (struct suppressed){.event = (event_id)stmt_col_i64(st, "event_id"),
							.at = stmt_col_i64(st, "event_at"),
							.asset = stmt_take(st, "asset", a),
							.account = stmt_take(st, "account_name", a)};
	return 0;
}

int suppression_events(struct db *db, struct scope scope, int64_t id, struct arena *a, struct suppressed **ret,
		       uint32_t *ret_count, struct err *e)
{
	static const struct row_kind SUPPRESSED = {sizeof(struct suppressed), suppressed_read};
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_suppressed_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "suppression_id", id);
	stmt_i64(&st, "limit", SUPPRESS_EVENTS_PAGE);
	rc = rows_read(&st, &SUPPRESSED, SUPPRESS_EVENTS_PAGE, a, &rows, e);
	if (rc)
		return rc;
	*ret = rows.items;
	*ret_count = rows.count;
	return 0;
}

/* ---- what it would have held back ---- */

/* The event of an alert that has to hold the value; a new arena each, for an event may be large. */
static int event_holds(const struct explain_with *with, const struct suppression *what, event_id id, bool *ret,
		       struct err *e)
{
	_cleanup_(arena_done) struct arena a;
	struct archived from;
	struct event ev;
	int rc;

	arena_init(&a, EVENT_ARENA_BYTES);
	rc = archive_find(with->archive, with->tenant_id, id, &a, &from, e);
	*ret = !rc && event_fields(with->detector, &from, &a, &ev) && value_holds(&ev, what->field, what->value);
	return rc == -ERR_NOT_FOUND ? 0 : rc;
}

int suppression_preview(struct db *db, const struct explain_with *with, const struct suppression *what, time_us now,
			struct suppression_preview *ret, struct err *e)
{
	struct suppression_preview sum = {0};
	struct scope scope = {with->tenant_id};
	_cleanup_stmt_ struct stmt st = {0};
	uint32_t looked = 0;
	int rc = db_prepare(db, &Q_suppression_preview, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "rule_id", what->rule_id);
	stmt_text(&st, "asset", what->asset);
	stmt_text(&st, "account_name", what->account);
	stmt_i64(&st, "from", now - SUPPRESS_PREVIEW_TIME);
	stmt_i64(&st, "limit", SUPPRESS_PREVIEW_MAX + 1);
	while ((rc = stmt_step(&st, e)) == 1) {
		bool holds = true;

		sum.is_cut = ++looked > SUPPRESS_PREVIEW_MAX;
		if (sum.is_cut)
			break;
		if (what->field.len)
			rc = event_holds(with, what, (event_id)stmt_col_i64(&st, "first_event"), &holds, e);
		if (rc < 0)
			return rc;
		sum.alerts += holds;
		sum.events += holds ? stmt_col_i64(&st, "count") : 0;
	}
	if (rc < 0)
		return rc;
	*ret = sum;
	return 0;
}

/* ---- deeds ---- */

static int refuse(struct err *e, const char *id, str value)
{
	return err_set_value(e, ERR_RANGE, id, value);
}

static int check(const struct suppression *s, time_us now, struct err *e)
{
	const str texts[] = {s->rule_id, s->rule_title, s->asset, s->account, s->field, s->value};

	if (!str_trim(s->reason).len || s->reason.len > SUPPRESS_REASON_MAX || !utf8_is_valid(s->reason))
		return refuse(e, "err.suppress.reason", STR_NONE);
	if (!s->asset.len && !s->account.len && !s->field.len)
		return refuse(e, "err.suppress.wide", STR_NONE);
	if (!s->field.len != !s->value.len)
		return refuse(e, "err.suppress.value", s->field.len ? s->field : s->value);
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		if (texts[i].len > SUPPRESS_VALUE_MAX || !utf8_is_valid(texts[i]))
			return refuse(e, "err.suppress.long", utf8_cut(texts[i], 100));
	if (s->expires_at < now + SUPPRESS_TIME_MIN || s->expires_at > now + SUPPRESS_TIME_MAX)
		return refuse(e, "err.suppress.expiry", STR_NONE);
	return 0;
}

static int insert(struct db *db, const struct actor *who, const struct suppression *s, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_suppression_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "rule_id", s->rule_id);
	stmt_text(&st, "rule_title", s->rule_title);
	stmt_text(&st, "asset", s->asset);
	stmt_text(&st, "account_name", s->account);
	stmt_text(&st, "field", s->field);
	stmt_text(&st, "value", s->value);
	stmt_text(&st, "reason", str_trim(s->reason));
	stmt_i64(&st, "owner_id", who->user_id);
	stmt_text(&st, "owner_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	stmt_i64(&st, "expires_at", s->expires_at);
	return stmt_run(&st, e);
}

struct deed {
	const char *action, *result;
	int64_t id;
	str detail;
	time_us now;
};

/* The audit row and the work record. */
static int tell(struct db *db, const struct actor *who, const struct deed *d, struct err *e)
{
	struct work w = {.service = SUPPRESS_SERVICE,
			 .action = str_of(d->action),
			 .started = d->now,
			 .ended = d->now,
			 .result = str_of(d->result)};
	char object[40];
	int rc;

	snprintf(object, sizeof(object), "suppression:%lld", (long long)d->id);
	w.object = str_of(object);
	rc = audit_append(db, who, w.action, w.object, d->detail, d->now, e);
	return rc ? rc : work_record(db, who, &w, e);
}

static void detail_of(const struct suppression *s, struct buf *out)
{
	const struct {
		const char *name;
		str text;
	} parts[] = {{"rule", s->rule_id}, {"asset", s->asset}, {"account", s->account},
		     {"field", s->field},  {"value", s->value}, {"reason", s->reason}};

	buf_add_byte(out, '{');
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		buf_add_fmt(out, "\"%s\":", parts[i].name);
		json_add_text(out, parts[i].text);
		buf_add_byte(out, ',');
	}
	buf_add_fmt(out, "\"expires_at\":%lld}", (long long)s->expires_at);
}

int suppression_create(struct db *db, const struct actor *who, const struct suppression *what, time_us now,
		       int64_t *ret_id, struct err *e)
{
	_cleanup_(buf_done) struct buf detail = {.max = DETAIL_BYTES_MAX};
	struct deed d = {.action = "alert.suppress", .result = "suppressed", .now = now};
	int rc;

	CHECK(db_in_transaction(db));
	if ((rc = check(what, now, e)) || (rc = insert(db, who, what, now, e)))
		return rc;
	d.id = db_last_id(db);
	detail_of(what, &detail);
	d.detail = detail.failed ? STR("{}") : buf_str(&detail);
	rc = tell(db, who, &d, e);
	if (!rc)
		*ret_id = d.id;
	return rc;
}

int suppression_end(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	struct deed d = {.action = "alert.suppress_end", .result = "ended", .id = id, .detail = STR("{}"), .now = now};
	struct scope scope = actor_scope(who);
	_cleanup_(arena_done) struct arena a;
	_cleanup_stmt_ struct stmt st = {0};
	struct suppression s;
	int rc;

	CHECK(db_in_transaction(db));
	arena_init(&a, 64u << 10);
	if ((rc = suppression_find(db, scope, id, &a, &s, e)) ||
	    (rc = db_prepare(db, &Q_suppression_end, &scope, &st, e)))
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "now", now);
	stmt_text(&st, "ended_by", str_of(who->name));
	if ((rc = stmt_run(&st, e)))
		return rc;
	if (db_changes(db) != 1)
		return err_set(e, ERR_WRONG_STATE, "err.suppress.over");
	return tell(db, who, &d, e);
}
