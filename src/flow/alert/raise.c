#include <stdio.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "flow/alert/alert.h"
#include "store/queries.gen.h"

#define GROUP_BYTES_MAX 600u
#define NAME_BYTES_MAX 256u /* of an asset or an account */

/* What belongs together: the asset and the account, with their lengths, so that no two pairs read the same. */
static void group_of(const struct finding *f, struct buf *out)
{
	buf_add_fmt(out, "%zu:", f->asset.len);
	buf_add(out, f->asset);
	buf_add_byte(out, '/');
	buf_add(out, f->account);
}

/* Two independent 64-bit hashes; stable, since a replay in another process must find the same. */
static void dedup_of(const struct finding *f, str group, char out[33])
{
	struct buf text;

	buf_init(&text, 4096);
	buf_add_fmt(&text, "%zu:", f->rule_id.len);
	buf_add(&text, str_sub(f->rule_id, 0, 1024));
	buf_add_u64(&text, f->event);
	buf_add_byte(&text, '/');
	buf_add(&text, group);
	snprintf(out, 17, "%016llx", (unsigned long long)hash_stable(buf_str(&text)));
	buf_add_byte(&text, '#');
	snprintf(out + 16, 17, "%016llx", (unsigned long long)hash_stable(buf_str(&text)));
	buf_done(&text);
}

/* *ret_id is 0 when there is no live alert to count up. */
static int find_similar(struct db *db, const struct finding *f, str group, int64_t *ret_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {f->tenant_id};
	int rc = db_prepare(db, &Q_alert_similar, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "rule_id", f->rule_id);
	stmt_text(&st, "group_key", group);
	stmt_i64(&st, "least", f->event_at - ALERT_WINDOW);
	stmt_i64(&st, "most", f->event_at + ALERT_WINDOW);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	*ret_id = rc ? stmt_col_i64(&st, "id") : 0;
	return 0;
}

static int count_up(struct db *db, const struct finding *f, int64_t id, time_us now, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {f->tenant_id};
	int rc = db_prepare(db, &Q_alert_count_up, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "at", f->event_at);
	stmt_i64(&st, "event_id", (int64_t)f->event);
	stmt_i64(&st, "now", now);
	return stmt_run(&st, e);
}

static int link_event(struct db *db, const struct finding *f, int64_t id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {f->tenant_id};
	int rc = db_prepare(db, &Q_alert_event_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "alert_id", id);
	stmt_i64(&st, "event_id", (int64_t)f->event);
	stmt_i64(&st, "at", f->event_at);
	stmt_i64(&st, "most", ALERT_EVENTS_MAX);
	return stmt_run(&st, e);
}

static int insert(struct db *db, const struct finding *f, str group, time_us now, int64_t *ret_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {f->tenant_id};
	const unsigned asset_value = 2; /* medium, until E-2 (asset inventory) knows better */
	char dedup[33];
	int rc = db_prepare(db, &Q_alert_insert, &scope, &st, e);

	if (rc)
		return rc;
	dedup_of(f, group, dedup);
	stmt_text(&st, "dedup", str_of(dedup));
	stmt_text(&st, "rule_id", f->rule_id);
	stmt_text(&st, "rule_title", f->rule_title);
	stmt_text(&st, "tags", f->tags);
	stmt_i64(&st, "level", f->level);
	stmt_i64(&st, "asset_value", asset_value);
	stmt_i64(&st, "confidence", f->confidence);
	stmt_i64(&st, "priority", alert_priority(f->level, asset_value, f->confidence));
	stmt_text(&st, "asset", f->asset);
	stmt_text(&st, "account_name", f->account);
	stmt_text(&st, "group_key", group);
	stmt_i64(&st, "at", f->event_at);
	stmt_i64(&st, "now", now);
	stmt_i64(&st, "event_id", (int64_t)f->event);
	rc = stmt_run(&st, e);
	if (!rc)
		*ret_id = db_changes(db) ? db_last_id(db) : 0;
	return rc;
}

int alert_raise(struct db *db, const struct finding *finding, time_us now, int64_t *ret_id, bool *ret_is_new,
		struct err *e)
{
	_cleanup_(buf_done) struct buf group = {0};
	struct finding f = *finding;
	int64_t id = 0;
	bool is_new = false;
	int rc;

	CHECK(db_in_transaction(db) && f.tenant_id > 0);
	f.asset = utf8_cut(f.asset, NAME_BYTES_MAX);
	f.account = utf8_cut(f.account, NAME_BYTES_MAX);
	buf_init(&group, GROUP_BYTES_MAX);
	group_of(&f, &group);
	rc = find_similar(db, &f, buf_str(&group), &id, e);
	if (!rc && id) {
		rc = count_up(db, &f, id, now, e);
	} else if (!rc) {
		rc = insert(db, &f, buf_str(&group), now, &id, e);
		is_new = id != 0;
	}
	/* id 0: this very finding made an alert before, which is closed by now. */
	if (!rc && id)
		rc = link_event(db, &f, id, e);
	if (rc)
		return rc;
	*ret_id = id;
	if (ret_is_new)
		*ret_is_new = is_new;
	return 0;
}
