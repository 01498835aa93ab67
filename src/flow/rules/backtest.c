/* The records of trials. */
#include "flow/rules/backtest.h"

#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "flow/rules/decide.h"
#include "flow/rules/internal.h"
#include "store/queries.gen.h"
#include "store/rows.h"

#define ATTEMPTS 5
#define PARTS_MAX 256u

bool backtest_is_open(const struct backtest *b)
{
	return str_eq(b->state, STR("waiting")) || str_eq(b->state, STR("running"));
}

static int read_one(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct backtest *b = ret;

	(void)e;
	b->id = stmt_col_i64(st, "id");
	b->rule_id = stmt_take(st, "rule_id", a);
	b->title = stmt_take(st, "title", a);
	b->yaml = stmt_take(st, "yaml", a);
	b->filters = stmt_take(st, "filters", a);
	b->from = stmt_col_i64(st, "from_at");
	b->until = stmt_col_i64(st, "until_at");
	b->state = stmt_take(st, "state", a);
	b->progress = stmt_col_i64(st, "progress");
	b->events = stmt_col_i64(st, "events");
	b->matches = stmt_col_i64(st, "matches");
	b->filtered = stmt_col_i64(st, "filtered");
	b->looked_until = stmt_col_i64(st, "looked_until");
	b->days = stmt_take(st, "days", a);
	b->examples = stmt_take(st, "examples", a);
	b->failure = stmt_take(st, "failure", a);
	b->user_name = stmt_take(st, "user_name", a);
	b->created_at = stmt_col_i64(st, "created_at");
	b->started_at = stmt_col_i64(st, "started_at");
	b->ended_at = stmt_col_i64(st, "ended_at");
	b->draft = stmt_take(st, "draft", a);
	return 0;
}

static const struct row_kind backtest_rows = {sizeof(struct backtest), read_one};

int backtest_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct backtest *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_backtest_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	return row_read_one(&st, &backtest_rows, "err.backtest.absent", a, ret, e);
}

int backtest_list(struct db *db, struct scope scope, str rule_id, struct arena *a, struct backtest_list *ret,
		  struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_backtest_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "rule_id", rule_id.ptr ? rule_id : STR(""));
	stmt_i64(&st, "limit", BACKTEST_LIST_MAX);
	rc = rows_read(&st, &backtest_rows, BACKTEST_LIST_MAX, a, &rows, e);
	if (!rc)
		*ret = (struct backtest_list){rows.items, rows.count};
	return rc;
}

static int check_room(struct db *db, struct scope scope, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_backtest_open_count, &scope, &st, e);

	if (rc)
		return rc;
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	return stmt_col_i64(&st, "n") < (int64_t)BACKTEST_OPEN_MAX ? 0 : err_set(e, ERR_LIMIT, "err.backtest.many");
}

static int insert(struct db *db, const struct actor *who, const struct backtest_new *new, const struct trial *t,
		  struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_backtest_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "rule_id", t->rule->id);
	stmt_text(&st, "title", utf8_cut(t->rule->title, 1000));
	stmt_text(&st, "yaml", new->yaml);
	stmt_text(&st, "filters", new->filters.ptr ? new->filters : STR(""));
	stmt_i64(&st, "from", new->now - (time_us) new->days *TIME_DAY);
	stmt_i64(&st, "until", new->now);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", new->now);
	stmt_text(&st, "draft", new->draft.ptr ? new->draft : STR(""));
	return stmt_run(&st, e);
}

static int add_job(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	const struct kept_job job = {.tenant_id = who->tenant_id,
				     .queue = BACKTEST_QUEUE,
				     .kind = BACKTEST_KIND,
				     .id = id,
				     .attempts = ATTEMPTS,
				     .now = now};
	char object[48], detail[48];
	int rc = kept_job_add(db, &job, e);

	snprintf(object, sizeof(object), "backtest:%lld", (long long)id);
	snprintf(detail, sizeof(detail), "{\"backtest\":%lld}", (long long)id);
	return rc ? rc : audit_append(db, who, STR("rule.backtest"), str_of(object), str_of(detail), now, e);
}

int backtest_start(struct db *db, const struct actor *who, const struct backtest_new *new, int64_t *ret_id,
		   struct err *e)
{
	struct trial t = {0};
	char text[24];
	int rc;

	CHECK(db_in_transaction(db));
	if (new->days < 1 || new->days > BACKTEST_DAYS_MAX) {
		snprintf(text, sizeof(text), "%u", new->days);
		rc = err_set_value(e, ERR_RANGE, "err.backtest.days", str_of(text));
		err_path(e, STR("days"));
		return rc;
	}
	if (new->yaml.len > BACKTEST_YAML_MAX)
		return err_set(e, ERR_LIMIT, "err.backtest.large");
	rc = check_room(db, actor_scope(who), e);
	if (rc)
		return rc;
	/* Compiled now, so that a mistake is told at once and not by a job that failed. */
	rc = trial_open(&t, new->yaml, new->filters, new->rule_id, e);
	if (!rc)
		rc = insert(db, who, new, &t, e);
	if (!rc) {
		*ret_id = db_last_id(db);
		rc = add_job(db, who, *ret_id, new->now, e);
	}
	trial_close(&t);
	return rc;
}

int backtest_cancel(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e)
{
	_cleanup_(arena_done) struct arena a;
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	struct backtest b;
	char object[48];
	int rc;

	CHECK(db_in_transaction(db));
	arena_init(&a, 4u << 20);
	rc = backtest_find(db, scope, id, &a, &b, e);
	if (!rc)
		rc = db_prepare(db, &Q_backtest_cancel, &scope, &st, e);
	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "now", now);
	rc = stmt_run(&st, e);
	if (!rc && db_changes(db) != 1)
		return err_set(e, ERR_WRONG_STATE, "err.backtest.ended");
	snprintf(object, sizeof(object), "backtest:%lld", (long long)id);
	return rc ? rc : audit_append(db, who, STR("rule.backtest.cancel"), str_of(object), STR("{}"), now, e);
}

/* ---- what is tried ---- */

struct gathering {
	const struct rule_set *set;
	const struct catalogue *catalogue;
	struct buf *out;
	uint32_t done[PARTS_MAX];
	uint32_t count;
	bool failed;
};

static void gather(void *ctx, uint32_t index)
{
	struct gathering *g = ctx;
	const struct rule *r = rule_set_rule(g->set, index);

	for (uint32_t i = 0; i < g->count; i++)
		if (g->done[i] == index)
			return;
	if (g->count == PARTS_MAX) {
		g->failed = true;
		return;
	}
	g->done[g->count++] = index;
	buf_add(g->out, g->out->len ? STR("\n---\n") : STR(""));
	buf_add(g->out, catalogue_rule_text(g->catalogue, r));
	correlation_each_part(g->set, index, gather, g);
}

int backtest_text(const struct rule_set *set, const struct catalogue *c, const struct rule *r, struct buf *out,
		  struct err *e)
{
	struct gathering g = {.set = set, .catalogue = c, .out = out};

	gather(&g, r->index);
	return g.failed ? err_set(e, ERR_LIMIT, "err.backtest.large") : buf_check(out, e);
}

int backtest_filters(struct db *db, struct scope scope, str rule_id, time_us now, struct buf *out, struct err *e)
{
	_cleanup_(arena_done) struct arena a;
	const struct filter_ask ask = {.rule_id = rule_id, .now = now};
	struct filter_list list;
	int rc;

	arena_init(&a, 64u << 20);
	rc = filter_list(db, scope, &ask, &a, &list, e);
	for (uint32_t i = 0; !rc && i < list.count; i++) {
		buf_add(out, out->len ? STR("\n---\n") : STR(""));
		buf_add(out, list.filters[i].yaml);
	}
	return rc ? rc : buf_check(out, e);
}
