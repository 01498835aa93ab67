/* The group view: five queries, none of which leaves the reader's subtree. */
#include "centre/evaluate/group.h"

#include "base/check.h"
#include "centre/evaluate/internal.h"
#include "store/queries.gen.h"
#include "store/rows.h"

int group_percentile(const score_c *values, uint32_t count, score_c value)
{
	uint32_t below = 0, equal = 0, known = 0;

	for (uint32_t i = 0; i < count; i++) {
		known += values[i] != SCORE_NONE;
		below += values[i] != SCORE_NONE && values[i] < value;
		equal += values[i] != SCORE_NONE && values[i] == value;
	}
	if (value == SCORE_NONE || known < GROUP_PEERS_MIN)
		return GROUP_PERCENTILE_NONE;
	return (int)((100 * (2 * below + equal) + known) / (2 * known));
}

/* ---- the sums of a standing: "A 4 1200 4 1600 4 800 3;B …" ---- */

void group_sums_add(struct buf *out, const struct snapshot *s)
{
	for (uint32_t i = 0; i < s->category_count; i++) {
		const struct portfolio_group *g = &s->categories[i].group;

		buf_add_fmt(out, "%s" STR_FMT " %u %lld %u %lld %u %lld %u", i ? ";" : "", STR_ARG(s->categories[i].id),
			    g->applicable, (long long)g->now.sum_c, g->now.count, (long long)g->target.sum_c,
			    g->target.count, (long long)g->evidence.sum_c, g->evidence.count);
	}
}

static bool number_next(str *rest, int64_t *ret)
{
	size_t at = 0;

	while (at < rest->len && rest->ptr[at] != ' ')
		at++;
	if (!str_to_i64(str_sub(*rest, 0, at), ret))
		return false;
	*rest = str_sub(*rest, at < rest->len ? at + 1 : at, rest->len);
	return true;
}

/* One category off the front. False: these are not sums. */
static bool sums_next(str *rest, struct group_category *ret)
{
	size_t end = 0, id = 0;
	int64_t n[7];
	str part;

	while (end < rest->len && rest->ptr[end] != ';')
		end++;
	part = str_sub(*rest, 0, end);
	*rest = str_sub(*rest, end < rest->len ? end + 1 : end, rest->len);
	while (id < part.len && part.ptr[id] != ' ')
		id++;
	if (id == part.len)
		return false;
	*ret = (struct group_category){.id = str_sub(part, 0, id)};
	part = str_sub(part, id + 1, part.len);
	for (size_t i = 0; i < COUNT_OF(n); i++)
		if (!number_next(&part, &n[i]))
			return false;
	ret->group = (struct portfolio_group){.applicable = (uint32_t)n[0],
					      .now = {n[1], (uint32_t)n[2]},
					      .target = {n[3], (uint32_t)n[4]},
					      .evidence = {n[5], (uint32_t)n[6]}};
	return true;
}

static void total_add(struct score_mean *total, const struct score_mean *m)
{
	total->sum_c += m->sum_c;
	total->count += m->count;
}

static int member_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct group_member *m = ret;

	(void)e;
	m->tenant_id = stmt_col_i64(st, "tenant_id");
	m->name = stmt_take(st, "name", a);
	m->kind = stmt_take(st, "kind", a);
	m->below = (uint32_t)stmt_col_i64(st, "below");
	m->snapshot_id = stmt_col_i64(st, "snapshot_id");
	m->taken_at = stmt_col_i64(st, "taken_at");
	m->sums = stmt_take(st, "sums", a);
	return 0;
}

static const struct row_kind MEMBER = {sizeof(struct group_member), member_read};

static int place_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct group_view *g = ret;

	(void)e;
	g->id = stmt_col_i64(st, "id");
	g->parent_id = stmt_col_i64(st, "parent_id");
	g->name = stmt_take(st, "name", a);
	return 0;
}

static const struct row_kind PLACE = {sizeof(struct group_view), place_read};

static int below_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)a;
	(void)e;
	*(uint32_t *)ret = (uint32_t)stmt_col_i64(st, "below");
	return 0;
}

static const struct row_kind BELOW = {sizeof(uint32_t), below_read};

static int load_place(struct db *db, struct scope scope, int64_t of, struct arena *a, struct group_view *g,
		      struct err *e)
{
	_cleanup_stmt_ struct stmt place = {0}, below = {0};
	int rc = db_prepare(db, &Q_group_place, &scope, &place, e);

	if (rc)
		return rc;
	stmt_i64(&place, "of", of);
	rc = row_read_one(&place, &PLACE, "err.evaluate.group", a, g, e);
	if (rc || (rc = db_prepare(db, &Q_group_below, &scope, &below, e)))
		return rc;
	if (of == scope.tenant_id)
		g->parent_id = 0;
	stmt_i64(&below, "of", of);
	return row_read_one(&below, &BELOW, "err.evaluate.group", a, &g->below, e);
}

/* ---- the roll-up ---- */

static struct group_category *rollup_category(struct group_view *g, const struct group_category *c, uint32_t guess,
					      struct arena *a)
{
	if (guess < g->category_count && str_eq(g->rollup[guess].id, c->id))
		return &g->rollup[guess];
	for (uint32_t i = 0; i < g->category_count; i++)
		if (str_eq(g->rollup[i].id, c->id))
			return &g->rollup[i];
	if (g->category_count == FRAMEWORK_CATEGORIES_MAX)
		return NULL;
	g->rollup[g->category_count].id = arena_str(a, c->id);
	return &g->rollup[g->category_count++];
}

static bool standing_add(struct group_view *g, str sums, struct arena *a)
{
	struct group_category c, *into;

	for (uint32_t i = 0; sums.len; i++) {
		score_c now;

		if (!sums_next(&sums, &c) || !(into = rollup_category(g, &c, i, a)))
			return false;
		now = score_mean_value(&c.group.now);
		score_mean_add(&into->group.now, now);
		score_mean_add(&into->group.target, score_mean_value(&c.group.target));
		score_mean_add(&into->group.evidence, score_mean_value(&c.group.evidence));
		into->group.applicable += c.group.applicable;
		into->answered++;
		if (now != SCORE_NONE && (into->lowest == SCORE_NONE || now < into->lowest))
			into->lowest = now;
	}
	return true;
}

static int load_names(struct db *db, struct scope scope, int64_t snapshot_id, struct arena *a, struct group_view *g,
		      struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_group_names, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "snapshot_id", snapshot_id);
	while ((rc = stmt_step(&st, e)) > 0)
		for (uint32_t i = 0; i < g->category_count; i++)
			if (str_eq(g->rollup[i].id, stmt_col_text(&st, "category")))
				g->rollup[i].name = snapshot_names_read(&st, a);
	return rc;
}

/* One row an organisation, summed as it comes: nothing of it is kept. */
static int load_rollup(struct db *db, struct scope scope, const struct group_query *q, struct arena *a,
		       struct group_view *g, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int64_t named_by = 0;
	int rc = db_prepare(db, &Q_group_standings, &scope, &st, e);

	if (rc)
		return rc;
	g->rollup = arena_alloc(a, FRAMEWORK_CATEGORIES_MAX * sizeof(*g->rollup));
	if (!g->rollup)
		return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	stmt_i64(&st, "of", g->id);
	stmt_text(&st, "framework", q->framework);
	while ((rc = stmt_step(&st, e)) > 0) {
		time_us taken = stmt_col_i64(&st, "taken_at");

		if (!standing_add(g, stmt_col_text(&st, "sums"), a))
			return err_set(e, ERR_CORRUPT, "err.evaluate.corrupt");
		g->answered++;
		g->oldest = !g->oldest || taken < g->oldest ? taken : g->oldest;
		if (taken >= g->newest) {
			g->newest = taken;
			named_by = stmt_col_i64(&st, "snapshot_id");
		}
	}
	return rc || !named_by ? rc : load_names(db, scope, named_by, a, g, e);
}

/* ---- the members ---- */

static int read_sums(struct group_member *m, struct arena *a, struct err *e)
{
	str rest = m->sums;

	m->categories = arena_alloc(a, FRAMEWORK_CATEGORIES_MAX * sizeof(*m->categories));
	if (!m->categories)
		return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	while (rest.len) {
		struct group_category *c = &m->categories[m->category_count];

		if (m->category_count == FRAMEWORK_CATEGORIES_MAX || !sums_next(&rest, c))
			return err_set(e, ERR_CORRUPT, "err.evaluate.corrupt");
		m->category_count++;
		total_add(&m->total.now, &c->group.now);
		total_add(&m->total.target, &c->group.target);
		total_add(&m->total.evidence, &c->group.evidence);
		m->total.applicable += c->group.applicable;
	}
	return 0;
}

static int place_among_peers(struct group_view *g, struct arena *a, struct err *e)
{
	score_c *values = arena_alloc(a, (g->member_count + 1) * sizeof(*values));

	if (!values)
		return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	for (uint32_t i = 0; i < g->member_count; i++) {
		int rc = read_sums(&g->members[i], a, e);

		if (rc)
			return rc;
		values[i] = score_mean_value(&g->members[i].total.now);
		g->peers += values[i] != SCORE_NONE;
	}
	for (uint32_t i = g->first; i < g->first + g->shown; i++)
		g->members[i].percentile = group_percentile(values, g->member_count, values[i]);
	return 0;
}

static int load_members(struct db *db, struct scope scope, const struct group_query *q, struct arena *a,
			struct group_view *g, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_group_member_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "of", g->id);
	stmt_text(&st, "framework", q->framework);
	stmt_i64(&st, "count", GROUP_MEMBERS_MAX + 1);
	rc = rows_read(&st, &MEMBER, GROUP_MEMBERS_MAX, a, &rows, e);
	if (rc)
		return rc;
	g->members = rows.items;
	g->member_count = rows.count;
	g->has_more = rows.has_more;
	g->first = q->first < rows.count ? q->first : 0;
	g->shown = rows.count - g->first < GROUP_SHOWN_MAX ? rows.count - g->first : GROUP_SHOWN_MAX;
	return place_among_peers(g, a, e);
}

int group_load(struct db *db, struct scope scope, const struct group_query *q, struct arena *a, struct group_view *ret,
	       struct err *e)
{
	int rc;

	*ret = (struct group_view){0};
	if ((rc = load_place(db, scope, q->of ? q->of : scope.tenant_id, a, ret, e)) ||
	    (rc = load_rollup(db, scope, q, a, ret, e)))
		return rc;
	return load_members(db, scope, q, a, ret, e);
}
