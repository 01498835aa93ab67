#include <stdio.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "craft/criteria/criteria.h"
#include "flow/alert/internal.h"
#include "model/event_json.h"
#include "store/queries.gen.h"

#define GROUP_BYTES_MAX 600u
#define GROUP_TAIL 20u /* room for the digest */
#define VALUES_BYTES_MAX 8192u
#define NAME_BYTES_MAX 256u /* of an asset or an account */

/* A value of a group as correlations compare it: ASCII letters without case. */
static void add_folded(struct buf *out, str text)
{
	for (size_t i = 0; i < text.len; i++)
		buf_add_byte(out, text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] + 32) : text.ptr[i]);
}

/* What belongs together: the asset and the account, or what a correlation groups by; with their lengths, so that no two
 * groups read the same. Longer ones are cut and end in a digest of the whole. */
static void group_of(const struct finding *f, struct buf *out)
{
	_cleanup_(buf_done) struct buf whole = {.max = VALUES_BYTES_MAX};
	const struct finding_match *m = f->match;

	if (!m) {
		buf_add_fmt(out, "%zu:", f->asset.len);
		buf_add(out, f->asset);
		buf_add_byte(out, '/');
		buf_add(out, f->account);
		return;
	}
	for (uint32_t i = 0; i < m->group_count; i++) {
		buf_add_fmt(&whole, "%zu:", m->group_values[i].len);
		add_folded(&whole, utf8_cut(m->group_values[i], NAME_BYTES_MAX));
	}
	buf_add(out, str_sub(buf_str(&whole), 0, GROUP_BYTES_MAX - GROUP_TAIL));
	if (whole.len > out->len)
		buf_add_fmt(out, "#%016llx", (unsigned long long)hash_stable(buf_str(&whole)));
}

/* Two independent 64-bit hashes; stable, since a replay in another process must find the same. */
static void dedup_of(const struct finding *f, str group, char out[33])
{
	struct buf text;

	buf_init(&text, 4096);
	buf_add_fmt(&text, "%zu:", f->rule_id.len);
	buf_add(&text, str_sub(f->rule_id, 0, 1024));
	buf_add_u64(&text, f->match ? f->match->id : f->event);
	buf_add_byte(&text, '/');
	buf_add(&text, group);
	snprintf(out, 17, "%016llx", (unsigned long long)hash_stable(buf_str(&text)));
	buf_add_byte(&text, '#');
	snprintf(out + 16, 17, "%016llx", (unsigned long long)hash_stable(buf_str(&text)));
	buf_done(&text);
}

/* The span of a finding in time. */
static time_us first_at(const struct finding *f)
{
	return f->match ? f->match->start : f->event_at;
}

static time_us last_at(const struct finding *f)
{
	return f->match ? f->match->end : f->event_at;
}

static int64_t events_of(const struct finding *f)
{
	return f->match ? f->match->events : 1;
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
	stmt_i64(&st, "least", first_at(f) - ALERT_WINDOW);
	stmt_i64(&st, "most", last_at(f) + ALERT_WINDOW);
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
	stmt_i64(&st, "count", events_of(f));
	stmt_i64(&st, "first_at", first_at(f));
	stmt_i64(&st, "last_at", last_at(f));
	stmt_i64(&st, "last_event", (int64_t)f->event);
	stmt_i64(&st, "now", now);
	return stmt_run(&st, e);
}

struct link {
	event_id event;
	time_us at;
};

static int link_event(struct db *db, const struct finding *f, int64_t id, const struct link *link, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {f->tenant_id};
	int rc = db_prepare(db, &Q_alert_event_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "alert_id", id);
	stmt_i64(&st, "event_id", (int64_t)link->event);
	stmt_i64(&st, "at", link->at);
	/* A match counts all its events at once; those that are named are few. */
	stmt_i64(&st, "most", ALERT_EVENTS_MAX + (f->match ? f->match->events : 0));
	return stmt_run(&st, e);
}

static int insert(struct db *db, const struct finding *f, str group, time_us now, int64_t *ret_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {f->tenant_id};
	const unsigned asset_value = 2; /* medium, until E-2 (asset inventory) knows better */
	struct triage_table criteria;
	int64_t criteria_version;
	char dedup[33];
	int rc = triage_in_force(db, scope, &criteria, &criteria_version, e);

	if (rc || (rc = db_prepare(db, &Q_alert_insert, &scope, &st, e)))
		return rc;
	dedup_of(f, group, dedup);
	stmt_text(&st, "dedup", str_of(dedup));
	stmt_text(&st, "rule_id", f->rule_id);
	stmt_text(&st, "rule_title", f->rule_title);
	stmt_text(&st, "tags", f->tags);
	stmt_i64(&st, "level", f->level);
	stmt_i64(&st, "asset_value", asset_value);
	stmt_i64(&st, "confidence", f->confidence);
	stmt_i64(&st, "priority", triage_priority(&criteria, f->level, asset_value, f->confidence));
	stmt_i64(&st, "criteria_version", criteria_version);
	stmt_text(&st, "asset", f->asset);
	stmt_text(&st, "account_name", f->account);
	stmt_text(&st, "group_key", group);
	stmt_i64(&st, "first_at", first_at(f));
	stmt_i64(&st, "last_at", last_at(f));
	stmt_i64(&st, "count", events_of(f));
	stmt_i64(&st, "now", now);
	stmt_i64(&st, "first_event", (int64_t)(f->match ? f->match->refs[0] : f->event));
	stmt_i64(&st, "last_event", (int64_t)f->event);
	rc = stmt_run(&st, e);
	if (!rc)
		*ret_id = db_changes(db) ? db_last_id(db) : 0;
	return rc;
}

/* ---- matches of correlations ---- */

static str match_text(const struct finding_match *m, char out[17])
{
	snprintf(out, 17, "%016llx", (unsigned long long)m->id);
	return str_of(out);
}

/* *ret_id is 0 when this match was never raised. */
static int find_match(struct db *db, const struct finding *f, int64_t *ret_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {f->tenant_id};
	int rc = db_prepare(db, &Q_alert_match_get, &scope, &st, e);
	char text[17];

	if (rc)
		return rc;
	stmt_text(&st, "match_id", match_text(f->match, text));
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	*ret_id = rc ? stmt_col_i64(&st, "alert_id") : 0;
	return 0;
}

static void add_values(const struct finding_match *m, struct buf *out)
{
	buf_add_byte(out, '[');
	for (uint32_t i = 0; i < m->group_count; i++) {
		buf_add(out, i ? STR(",[") : STR("["));
		json_add_text(out, m->group_names[i]);
		buf_add_byte(out, ',');
		json_add_text(out, utf8_cut(m->group_values[i], NAME_BYTES_MAX));
		buf_add_byte(out, ']');
	}
	buf_add_byte(out, ']');
}

static int keep_match(struct db *db, const struct finding *f, int64_t id, struct err *e)
{
	_cleanup_(buf_done) struct buf values = {.max = VALUES_BYTES_MAX};
	const struct finding_match *m = f->match;
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {f->tenant_id};
	int rc = db_prepare(db, &Q_alert_match_add, &scope, &st, e);
	char text[17];

	if (rc)
		return rc;
	add_values(m, &values);
	stmt_text(&st, "match_id", match_text(m, text));
	stmt_i64(&st, "alert_id", id);
	stmt_text(&st, "group_values", values.failed ? STR("[]") : buf_str(&values));
	stmt_text(&st, "condition", m->condition);
	stmt_real(&st, "measured", m->measured);
	stmt_i64(&st, "span_us", m->span);
	stmt_i64(&st, "first_at", m->start);
	stmt_i64(&st, "last_at", m->end);
	stmt_i64(&st, "events", m->events);
	return stmt_run(&st, e);
}

/* What the list says, as it said it first. */
static int keep_indicator(struct db *db, const struct finding *f, int64_t id, struct err *e)
{
	const struct alert_indicator *i = f->indicator;
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {f->tenant_id};
	int rc = db_prepare(db, &Q_alert_indicator_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "alert_id", id);
	stmt_text(&st, "type", i->type);
	stmt_text(&st, "value", i->value);
	stmt_text(&st, "field", i->field);
	stmt_text(&st, "list", i->list);
	stmt_i64(&st, "line", i->line);
	stmt_text(&st, "description", i->description);
	stmt_text(&st, "license", i->license);
	stmt_text(&st, "source", i->source);
	stmt_i64(&st, "is_retrospective", i->is_retrospective);
	return stmt_run(&st, e);
}

static int link_all(struct db *db, const struct finding *f, int64_t id, struct err *e)
{
	const struct finding_match *m = f->match;
	int rc = m ? keep_match(db, f, id, e) : f->indicator ? keep_indicator(db, f, id, e) : 0;

	for (uint32_t i = 0; !rc && m && i < m->ref_count; i++)
		rc = link_event(db, f, id, &(struct link){m->refs[i], m->ref_times[i]}, e);
	return rc ? rc : link_event(db, f, id, &(struct link){f->event, f->event_at}, e);
}

static int raise_or_count(struct db *db, const struct finding *f, time_us now, int64_t *ret_id, bool *ret_is_new,
			  struct err *e)
{
	_cleanup_(buf_done) struct buf group = {0};
	bool is_suppressed;
	int rc = finding_suppress(db, f, now, &is_suppressed, e);

	if (rc || is_suppressed)
		return rc;
	buf_init(&group, GROUP_BYTES_MAX);
	group_of(f, &group);
	rc = find_similar(db, f, buf_str(&group), ret_id, e);
	if (!rc && *ret_id) {
		rc = count_up(db, f, *ret_id, now, e);
	} else if (!rc) {
		rc = insert(db, f, buf_str(&group), now, ret_id, e);
		*ret_is_new = *ret_id != 0;
	}
	/* id 0: this very finding made an alert before, which is closed by now. */
	return rc || !*ret_id ? rc : link_all(db, f, *ret_id, e);
}

int alert_raise(struct db *db, const struct finding *finding, time_us now, int64_t *ret_id, bool *ret_is_new,
		struct err *e)
{
	struct finding f = *finding;
	bool is_new = false;
	int64_t id = 0;
	int rc = 0;

	CHECK(db_in_transaction(db) && f.tenant_id > 0 && (!f.match || f.match->ref_count));
	f.asset = utf8_cut(f.asset, NAME_BYTES_MAX);
	f.account = utf8_cut(f.account, NAME_BYTES_MAX);
	if (f.match)
		rc = find_match(db, &f, &id, e);
	if (!rc && !id)
		rc = raise_or_count(db, &f, now, &id, &is_new, e);
	if (rc)
		return rc;
	*ret_id = id;
	if (ret_is_new)
		*ret_is_new = is_new;
	return 0;
}
