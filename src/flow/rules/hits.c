#include "flow/rules/hits.h"

#include "base/mem.h"
#include "store/queries.gen.h"
#include "store/rows.h"

#define TALLY_KEY_MAX 1200u
#define TALLY_ROWS_MAX 65536u /* of one batch; a batch has fewer events */
#define TALLY_BYTES (16u << 20)

struct tally_row {
	int64_t tenant_id;
	str rule_id; /* of a source: product */
	str category, service;
	bool is_source;
	time_us hour, last_at;
	int64_t matches, filtered;
};

struct hit_tally {
	struct arena arena;
	struct map ids;
	struct tally_row *rows;
	size_t count, cap;
	struct buf key;
};

struct hit_tally *tally_create(void)
{
	struct hit_tally *t = mem_alloc(1, sizeof(*t));

	arena_init(&t->arena, TALLY_BYTES);
	/* Rule ids and log sources are the operator's. */
	map_init(&t->ids, (struct hash_key){0x74616c, 0x6c79});
	buf_init(&t->key, TALLY_KEY_MAX);
	return t;
}

void tally_free(struct hit_tally *t)
{
	if (!t)
		return;
	map_done(&t->ids);
	buf_done(&t->key);
	arena_done(&t->arena);
	free(t->rows);
	free(t);
}

void tally_clear(struct hit_tally *t)
{
	map_done(&t->ids);
	map_init(&t->ids, (struct hash_key){0x74616c, 0x6c79});
	arena_reset(&t->arena);
	t->count = 0;
}

/* The row of the key in t->key; a new one is zeroed. NULL when there are too many. */
static struct tally_row *row_of(struct hit_tally *t)
{
	uint64_t at;

	if (map_get(&t->ids, buf_str(&t->key), &at))
		return &t->rows[at];
	if (t->key.failed || t->count == TALLY_ROWS_MAX)
		return NULL;
	mem_grow(&t->rows, &t->cap, t->count + 1, sizeof(*t->rows));
	map_put(&t->ids, buf_str(&t->key), t->count);
	t->rows[t->count] = (struct tally_row){0};
	return &t->rows[t->count++];
}

static time_us floor_to(time_us t, time_us step)
{
	time_us rest = t % step;

	return rest < 0 ? t - rest - step : t - rest;
}

void tally_hit(struct hit_tally *t, const struct hit *h, time_us now)
{
	time_us at = h->at > now ? now : h->at;
	struct tally_row *row;

	buf_clear(&t->key);
	buf_add_fmt(&t->key, "h%lld/%lld/", (long long)h->tenant_id, (long long)floor_to(at, TIME_HOUR));
	buf_add(&t->key, h->rule_id);
	row = row_of(t);
	if (!row)
		return;
	if (!row->tenant_id) {
		row->tenant_id = h->tenant_id;
		row->rule_id = arena_str(&t->arena, h->rule_id);
		row->hour = floor_to(at, TIME_HOUR);
	}
	row->matches++;
	row->filtered += !h->kept;
	row->last_at = at > row->last_at ? at : row->last_at;
}

static void add_source(struct hit_tally *t, int64_t tenant_id, const struct log_source *s, str category, time_us now)
{
	struct tally_row *row;

	buf_clear(&t->key);
	buf_add_fmt(&t->key, "s%lld/", (long long)tenant_id);
	buf_add(&t->key, s->product);
	buf_add_byte(&t->key, '/');
	buf_add(&t->key, category);
	buf_add_byte(&t->key, '/');
	buf_add(&t->key, s->service);
	row = row_of(t);
	if (!row)
		return;
	if (!row->tenant_id) {
		row->tenant_id = tenant_id;
		row->is_source = true;
		row->rule_id = arena_str(&t->arena, s->product);
		row->category = arena_str(&t->arena, category);
		row->service = arena_str(&t->arena, s->service);
	}
	row->matches++;
	row->last_at = now;
}

void tally_source(struct hit_tally *t, int64_t tenant_id, const struct event *ev, time_us now)
{
	if (!ev->source_known)
		return;
	for (uint32_t i = 0; i < ev->source.category_count; i++)
		add_source(t, tenant_id, &ev->source, ev->source.categories[i], now);
	if (ev->source.category_count == 0)
		add_source(t, tenant_id, &ev->source, STR(""), now);
}

static int write_span(struct db *db, const struct tally_row *row, str span, time_us start, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {row->tenant_id};
	int rc = db_prepare(db, &Q_rule_hits_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "span", span);
	stmt_i64(&st, "start", start);
	stmt_text(&st, "rule_id", row->rule_id);
	stmt_i64(&st, "matches", row->matches);
	stmt_i64(&st, "filtered", row->filtered);
	return stmt_run(&st, e);
}

static int write_last(struct db *db, const struct tally_row *row, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {row->tenant_id};
	int rc = db_prepare(db, &Q_rule_last_put, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "rule_id", row->rule_id);
	stmt_i64(&st, "at", row->last_at);
	return stmt_run(&st, e);
}

static int write_source(struct db *db, const struct tally_row *row, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {row->tenant_id};
	int rc = db_prepare(db, &Q_rule_source_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "product", row->rule_id);
	stmt_text(&st, "category", row->category);
	stmt_text(&st, "service", row->service);
	stmt_i64(&st, "at", row->last_at);
	stmt_i64(&st, "events", row->matches);
	return stmt_run(&st, e);
}

static int write_row(struct db *db, const struct tally_row *row, time_us now, struct err *e)
{
	int rc = 0;

	if (row->is_source)
		return write_source(db, row, e);
	/* Hours that the next sweep would take are not written at all: imports bring old events. */
	if (row->hour >= now - HITS_HOURS_KEPT * TIME_HOUR)
		rc = write_span(db, row, STR("hour"), row->hour, e);
	if (!rc && row->hour >= now - HITS_DAYS_KEPT * TIME_DAY)
		rc = write_span(db, row, STR("day"), floor_to(row->hour, TIME_DAY), e);
	return rc ? rc : write_last(db, row, e);
}

int tally_write(const struct hit_tally *t, struct db *db, time_us now, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < t->count; i++)
		rc = write_row(db, &t->rows[i], now, e);
	return rc;
}

/* ---- reading ---- */

static struct rule_hits *hits_of(const struct rule_set *set, struct rule_hits *all, str rule_id)
{
	const struct rule *r = rule_set_find(set, rule_id);

	return r ? &all[r->index] : NULL;
}

struct summing {
	const char *span;
	time_us from;
	int64_t struct_offset; /* of the count in struct rule_hits */
};

static int add_sums(struct db *db, const struct hits_ask *ask, const struct summing *s, struct rule_hits *all,
		    struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_rule_hits_sum, &ask->scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "span", str_of(s->span));
	stmt_i64(&st, "from", s->from);
	while ((rc = stmt_step(&st, e)) == 1) {
		struct rule_hits *h = hits_of(ask->set, all, stmt_col_text(&st, "rule_id"));

		if (!h)
			continue;
		*(int64_t *)(void *)((char *)h + s->struct_offset) = stmt_col_i64(&st, "matches");
		if (s->struct_offset == offsetof(struct rule_hits, month))
			h->filtered = stmt_col_i64(&st, "filtered");
	}
	return rc;
}

static int add_last(struct db *db, const struct hits_ask *ask, struct rule_hits *all, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_rule_last_list, &ask->scope, &st, e);

	while (!rc && (rc = stmt_step(&st, e)) == 1) {
		struct rule_hits *h = hits_of(ask->set, all, stmt_col_text(&st, "rule_id"));

		if (h)
			h->last_at = stmt_col_i64(&st, "last_at");
		rc = 0;
	}
	return rc;
}

int rule_hits_all(struct db *db, const struct hits_ask *ask, struct arena *a, struct rule_hits **ret, struct err *e)
{
	time_us today = floor_to(ask->now, TIME_DAY);
	const struct summing sums[] = {
		{"hour", floor_to(ask->now, TIME_HOUR) - 23 * TIME_HOUR, offsetof(struct rule_hits, day)},
		{"day", today - 29 * TIME_DAY, offsetof(struct rule_hits, month)},
		{"day", today - 89 * TIME_DAY, offsetof(struct rule_hits, quarter)},
	};
	struct rule_hits *all = arena_alloc(a, (rule_set_count(ask->set) + 1u) * sizeof(*all));
	int rc = all ? 0 : err_set(e, ERR_LIMIT, "err.rule.memory");

	for (size_t i = 0; !rc && i < sizeof(sums) / sizeof(sums[0]); i++)
		rc = add_sums(db, ask, &sums[i], all, e);
	if (!rc)
		rc = add_last(db, ask, all, e);
	if (!rc)
		*ret = all;
	return rc;
}

int rule_hits_days(struct db *db, struct scope scope, const struct day_span *span, struct arena *a,
		   struct day_hits **ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	time_us first = floor_to(span->now, TIME_DAY) - (time_us)(span->days - 1) * TIME_DAY;
	struct day_hits *days = arena_alloc(a, span->days * sizeof(*days));
	int rc = days ? db_prepare(db, &Q_rule_hits_of, &scope, &st, e) : err_set(e, ERR_LIMIT, "err.rule.memory");

	if (rc)
		return rc;
	for (uint32_t i = 0; i < span->days; i++)
		days[i].day = first + (time_us)i * TIME_DAY;
	stmt_text(&st, "rule_id", span->rule_id);
	stmt_i64(&st, "from", first);
	while ((rc = stmt_step(&st, e)) == 1) {
		int64_t at = (stmt_col_i64(&st, "start_at") - first) / TIME_DAY;

		if (at < 0 || at >= span->days)
			continue;
		days[at].matches = stmt_col_i64(&st, "matches");
		days[at].filtered = stmt_col_i64(&st, "filtered");
	}
	if (!rc)
		*ret = days;
	return rc;
}

static int source_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct seen_source *s = ret;

	(void)e;
	s->product = stmt_take(st, "product", a);
	s->category = stmt_take(st, "category", a);
	s->service = stmt_take(st, "service", a);
	s->last_at = stmt_col_i64(st, "last_at");
	s->events = stmt_col_i64(st, "events");
	return 0;
}

int seen_sources(struct db *db, struct scope scope, time_us from, struct arena *a, struct seen_list *ret, struct err *e)
{
	static const struct row_kind kind = {sizeof(struct seen_source), source_read};
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_rule_source_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "from", from);
	stmt_i64(&st, "limit", SEEN_SOURCES_MAX);
	rc = rows_read(&st, &kind, SEEN_SOURCES_MAX, a, &rows, e);
	if (!rc)
		*ret = (struct seen_list){rows.items, rows.count};
	return rc;
}

int rule_hits_sweep(struct db *db, time_us now, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_rule_hits_sweep, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "hours_before", now - HITS_HOURS_KEPT * TIME_HOUR);
	stmt_i64(&st, "days_before", now - HITS_DAYS_KEPT * TIME_DAY);
	return stmt_run(&st, e);
}
