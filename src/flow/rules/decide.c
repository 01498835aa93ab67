#include "flow/rules/decide.h"

#include <jansson.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "craft/work/work.h"
#include "flow/rules/desk.h"
#include "store/queries.gen.h"
#include "store/rows.h"

/* X.1060 G-10: advanced operation of the analysis platform, which is where detection logic is tuned. */
#define TUNING_SERVICE STR("G-10")
#define OBJECT_MAX WORK_OBJECT_MAX
#define AUDIT_DETAIL_MAX (128u << 10)

struct deed {
	const char *action; /* "rule.off" */
	str object;
	json_t *detail; /* taken */
	time_us now;
};

/* The trail and the work of one decision. */
static int record(struct db *db, const struct actor *who, const struct deed *d, struct err *e)
{
	_cleanup_free_ char *text = json_dumps(d->detail, JSON_COMPACT);
	struct work work = {.service = TUNING_SERVICE,
			    .action = str_of(d->action),
			    .object = utf8_cut(d->object, OBJECT_MAX),
			    .started = d->now,
			    .ended = d->now};
	int rc;

	json_decref(d->detail);
	CHECK(text != NULL);
	rc = audit_append(db, who, str_of(d->action), d->object, str_of(text), d->now, e);
	return rc ? rc : work_record(db, who, &work, e);
}

static int refuse(const char *id, const char *field, str value, struct err *e)
{
	int rc = err_set_value(e, ERR_RANGE, id, value);

	err_path(e, str_of(field));
	return rc;
}

static int check_reason(str reason, bool required, struct err *e)
{
	if ((required && str_trim(reason).len == 0) || reason.len > DECIDE_REASON_MAX || !utf8_is_valid(reason))
		return refuse("err.rules.reason", "reason", str_sub(reason, 0, 80), e);
	return 0;
}

static str object_of(const char *kind, str id, char text[OBJECT_MAX + 1])
{
	struct buf b;
	str cut;

	buf_init(&b, 2048);
	buf_add_fmt(&b, "%s:", kind);
	buf_add(&b, str_sub(id, 0, 1024));
	cut = utf8_cut(buf_str(&b), OBJECT_MAX);
	memcpy(text, cut.ptr, cut.len);
	buf_done(&b);
	return (str){text, cut.len};
}

/* ---- on and off ---- */

static int switch_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct rule_switch *s = ret;

	(void)e;
	s->is_off = stmt_col_i64(st, "is_off") != 0;
	s->reason = stmt_take(st, "reason", a);
	s->user_name = stmt_take(st, "user_name", a);
	s->changed_at = stmt_col_i64(st, "changed_at");
	return 0;
}

int rule_switch_get(struct db *db, struct scope scope, str rule_id, struct arena *a, struct rule_switch *ret,
		    struct err *e)
{
	static const struct row_kind kind = {sizeof(struct rule_switch), switch_read};
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_rule_switch_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "rule_id", rule_id);
	rc = rows_read(&st, &kind, 1, a, &rows, e);
	if (!rc)
		*ret = rows.count ? *(struct rule_switch *)rows.items
				  : (struct rule_switch){.reason = STR(""), .user_name = STR("")};
	return rc;
}

static int switch_put(struct db *db, const struct actor *who, const struct switch_new *new, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_rule_switch_put, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "rule_id", new->rule_id);
	stmt_i64(&st, "is_off", new->is_off);
	stmt_text(&st, "reason", new->reason);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", new->now);
	return stmt_run(&st, e);
}

int rule_switch_set(struct db *db, const struct actor *who, const struct switch_new *new, struct err *e)
{
	_cleanup_(arena_done) struct arena a;
	struct rule_switch before;
	char text[OBJECT_MAX + 1];
	struct deed d = {new->is_off ? "rule.off" : "rule.on", .now = new->now};
	int rc;

	CHECK(db_in_transaction(db));
	arena_init(&a, 64u << 10);
	if ((rc = check_reason(new->reason, new->is_off, e)) ||
	    (rc = rule_switch_get(db, actor_scope(who), new->rule_id, &a, &before, e)))
		return rc;
	if (before.is_off == new->is_off)
		return err_set_value(e, ERR_WRONG_STATE, "err.rules.same", new->rule_id);
	rc = switch_put(db, who, new, e);
	if (rc)
		return rc;
	d.object = object_of("rule", new->rule_id, text);
	d.detail = json_pack("{s:s%, s:s%}", "rule", new->rule_id.ptr, new->rule_id.len, "reason",
			     new->reason.ptr ? new->reason.ptr : "", new->reason.len);
	return record(db, who, &d, e);
}

int rule_switch_all(struct db *db, struct scope scope, const struct rule_set *set, struct arena *a, bool **ret,
		    struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	bool *off = arena_alloc(a, (rule_set_count(set) + 1u) * sizeof(*off));
	int rc = off ? db_prepare(db, &Q_rule_switch_off_list, &scope, &st, e)
		     : err_set(e, ERR_LIMIT, "err.rule.memory");

	if (rc)
		return rc;
	while ((rc = stmt_step(&st, e)) == 1) {
		const struct rule *r = rule_set_find(set, stmt_col_text(&st, "rule_id"));

		if (r)
			off[r->index] = true;
	}
	if (!rc)
		*ret = off;
	return rc;
}

/* ---- filters ---- */

enum filter_state filter_state(const struct tuning_filter *f, time_us now)
{
	if (f->removed_at)
		return FILTER_REMOVED;
	return f->expires_at <= now ? FILTER_EXPIRED : FILTER_LIVE;
}

const char *filter_state_name(enum filter_state s)
{
	static const char *const names[] = {"live", "expired", "removed"};

	CHECK((size_t)s < COUNT_OF(names));
	return names[s];
}

static int filter_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct tuning_filter *f = ret;

	(void)e;
	f->id = stmt_col_i64(st, "id");
	f->version = stmt_col_i64(st, "version");
	f->rule_id = stmt_take(st, "rule_id", a);
	f->title = stmt_take(st, "title", a);
	f->yaml = stmt_take(st, "yaml", a);
	f->reason = stmt_take(st, "reason", a);
	f->owner_id = stmt_col_i64(st, "owner_id");
	f->owner_name = stmt_take(st, "owner_name", a);
	f->removed_by = stmt_take(st, "removed_by", a);
	f->created_at = stmt_col_i64(st, "created_at");
	f->expires_at = stmt_col_i64(st, "expires_at");
	f->removed_at = stmt_col_i64(st, "removed_at");
	return 0;
}

static const struct row_kind filter_rows = {sizeof(struct tuning_filter), filter_read};

int filter_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct tuning_filter *ret,
		struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_rule_filter_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	return row_read_one(&st, &filter_rows, "err.rules.no_filter", a, ret, e);
}

int filter_list(struct db *db, struct scope scope, const struct filter_ask *ask, struct arena *a,
		struct filter_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_rule_filter_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "rule_id", ask->rule_id.ptr ? ask->rule_id : STR(""));
	stmt_i64(&st, "ended", ask->ended);
	stmt_i64(&st, "now", ask->now);
	stmt_i64(&st, "limit", FILTER_LIST_MAX);
	rc = rows_read(&st, &filter_rows, FILTER_LIST_MAX, a, &rows, e);
	if (!rc)
		*ret = (struct filter_list){rows.items, rows.count};
	return rc;
}

static int check_life(time_us expires_at, time_us now, struct err *e)
{
	char text[TIME_TEXT_MAX];

	if (expires_at > now && expires_at <= now + FILTER_LIFE_MAX)
		return 0;
	text[0] = 0;
	if (expires_at)
		time_format(expires_at, text);
	return refuse("err.rules.expires", "expires_at", str_of(text), e);
}

static int check_room(struct db *db, struct scope scope, time_us now, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_rule_filter_live_count, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "now", now);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	return stmt_col_i64(&st, "n") < (int64_t)DESK_FILTERS_MAX ? 0 : err_set(e, ERR_LIMIT, "err.rules.filters");
}

static int insert(struct db *db, const struct actor *who, const struct filter_new *new, int64_t *ret_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_rule_filter_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "rule_id", new->rule_id);
	stmt_text(&st, "title", new->title);
	stmt_text(&st, "yaml", new->yaml);
	stmt_text(&st, "reason", new->reason);
	stmt_i64(&st, "owner_id", who->user_id);
	stmt_text(&st, "owner_name", str_of(who->name));
	stmt_i64(&st, "now", new->now);
	stmt_i64(&st, "expires_at", new->expires_at);
	rc = stmt_run(&st, e);
	if (!rc)
		*ret_id = db_last_id(db);
	return rc;
}

static int record_filter(struct db *db, const struct actor *who, const char *action, const struct tuning_filter *f,
			 struct err *e)
{
	char object[32], until[TIME_TEXT_MAX];
	struct deed d = {.action = action, .now = f->created_at};

	snprintf(object, sizeof(object), "rule_filter:%lld", (long long)f->id);
	time_format(f->expires_at, until);
	d.object = str_of(object);
	d.detail = json_pack("{s:s%, s:s%, s:s, s:s%, s:s%}", "rule", f->rule_id.ptr, f->rule_id.len, "title",
			     f->title.ptr, f->title.len, "expires_at", until, "reason", f->reason.ptr, f->reason.len,
			     "yaml", f->yaml.ptr, f->yaml.len);
	return record(db, who, &d, e);
}

int filter_add(struct db *db, const struct actor *who, const struct filter_new *new, int64_t *ret_id, struct err *e)
{
	struct tuning_filter f = {.rule_id = new->rule_id, .title = new->title, .yaml = new->yaml};
	int rc;

	CHECK(db_in_transaction(db));
	if (str_trim(new->title).len == 0 || new->title.len > FILTER_TITLE_MAX || !utf8_is_valid(new->title))
		return refuse("err.rules.title", "title", str_sub(new->title, 0, 80), e);
	if ((rc = check_reason(new->reason, true, e)) || (rc = check_life(new->expires_at, new->now, e)) ||
	    (rc = check_room(db, actor_scope(who), new->now, e)) || (rc = insert(db, who, new, ret_id, e)))
		return rc;
	f.id = *ret_id;
	f.reason = new->reason;
	f.created_at = new->now;
	f.expires_at = new->expires_at;
	return record_filter(db, who, "rule.filter.add", &f, e);
}

/* Writes what was changed in *f. */
static int put(struct db *db, const struct actor *who, const struct tuning_filter *f, int64_t version, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_rule_filter_change, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", f->id);
	stmt_i64(&st, "version", version ? version : f->version);
	stmt_i64(&st, "expires_at", f->expires_at);
	stmt_i64(&st, "removed_at", f->removed_at);
	stmt_text(&st, "removed_by", f->removed_by);
	rc = stmt_run(&st, e);
	if (rc)
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.rules.changed");
}

struct change {
	const char *action;
	int (*apply)(struct tuning_filter *f, const struct actor *who, const struct filter_change *c, struct err *e);
};

static int change(struct db *db, const struct actor *who, const struct filter_change *c, const struct change *how,
		  struct err *e)
{
	_cleanup_(arena_done) struct arena a;
	struct tuning_filter f;
	int rc;

	CHECK(db_in_transaction(db));
	arena_init(&a, 256u << 10);
	if ((rc = filter_find(db, actor_scope(who), c->id, &a, &f, e)) || (rc = how->apply(&f, who, c, e)) ||
	    (rc = put(db, who, &f, c->version, e)))
		return rc;
	f.created_at = c->now;
	return record_filter(db, who, how->action, &f, e);
}

static int apply_extend(struct tuning_filter *f, const struct actor *who, const struct filter_change *c, struct err *e)
{
	(void)who;
	if (f->removed_at)
		return err_set(e, ERR_WRONG_STATE, "err.rules.removed");
	f->expires_at = c->expires_at;
	return check_life(c->expires_at, c->now, e);
}

static int apply_remove(struct tuning_filter *f, const struct actor *who, const struct filter_change *c, struct err *e)
{
	if (f->removed_at)
		return err_set(e, ERR_WRONG_STATE, "err.rules.removed");
	f->removed_at = c->now;
	f->removed_by = str_of(who->name);
	return 0;
}

static int apply_restore(struct tuning_filter *f, const struct actor *who, const struct filter_change *c, struct err *e)
{
	(void)who;
	(void)c;
	if (!f->removed_at)
		return err_set(e, ERR_WRONG_STATE, "err.rules.not_removed");
	f->removed_at = 0;
	f->removed_by = STR("");
	return 0;
}

int filter_extend(struct db *db, const struct actor *who, const struct filter_change *c, struct err *e)
{
	return change(db, who, c, &(const struct change){"rule.filter.extend", apply_extend}, e);
}

int filter_remove(struct db *db, const struct actor *who, const struct filter_change *c, struct err *e)
{
	return change(db, who, c, &(const struct change){"rule.filter.remove", apply_remove}, e);
}

int filter_restore(struct db *db, const struct actor *who, const struct filter_change *c, struct err *e)
{
	int rc = check_room(db, actor_scope(who), c->now, e);

	return rc ? rc : change(db, who, c, &(const struct change){"rule.filter.restore", apply_restore}, e);
}
