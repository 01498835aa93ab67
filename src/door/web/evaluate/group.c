/* The group view: what the organisations below have signed. */
#include "door/web/evaluate/evaluate_text.h"
#include "door/web/web.h"

/* shade 1 to 5, nearest point; 0 without a figure. The figure itself stands in the cell: colour is never alone. */
static void put_cell(const struct request *rq, struct view *v, const struct score_mean *m)
{
	score_c score = score_mean_value(m);

	view_text(v, "score", evaluate_score(rq, score));
	view_i64(v, "shade", score == SCORE_NONE ? 0 : (score + 50) / 100);
}

static void put_rollup(const struct request *rq, struct view *v, const struct group_view *g)
{
	view_list(v, "rollup");
	for (uint32_t i = 0; i < g->category_count; i++) {
		const struct group_category *c = &g->rollup[i];
		struct view *row = view_item(v, "rollup");

		view_text(row, "id", c->id);
		view_text(row, "name", c->name.by_lang[rq->lang]);
		put_cell(rq, row, &c->group.now);
		view_text(row, "lowest", evaluate_score(rq, c->lowest));
		view_text(row, "evidence", evaluate_mean(rq, &c->group.evidence));
		view_text(row, "target", evaluate_mean(rq, &c->group.target));
		view_i64(row, "answered", c->answered);
	}
}

static void put_cells(const struct request *rq, struct view *row, const struct group_view *g,
		      const struct group_member *m)
{
	static const struct score_mean nothing = {0};

	view_list(row, "cells");
	for (uint32_t i = 0; i < g->category_count; i++) {
		const struct score_mean *mean = &nothing;

		for (uint32_t k = 0; k < m->category_count; k++)
			if (str_eq(m->categories[k].id, g->rollup[i].id))
				mean = &m->categories[k].group.now;
		put_cell(rq, view_item(row, "cells"), mean);
	}
}

static void put_members(const struct request *rq, struct view *v, const struct group_view *g)
{
	view_list(v, "members");
	for (uint32_t i = g->first; i < g->first + g->shown; i++) {
		const struct group_member *m = &g->members[i];
		struct view *row = view_item(v, "members");
		bool told = m->percentile != GROUP_PERCENTILE_NONE;

		view_text(row, "name", m->name);
		view_word(row, "kind", show_word_key(rq, "evaluate.kind.", m->kind.ptr).ptr);
		view_i64(row, "below", m->below);
		view_text(row, "url",
			  m->below ? arena_fmt(rq->arena, "/evaluate/group?of=%lld", (long long)m->tenant_id)
				   : STR(""));
		view_bool(row, "signed", m->snapshot_id != 0);
		view_text(row, "taken", m->snapshot_id ? show_day(rq, m->taken_at) : STR("—"));
		put_cell(rq, row, &m->total.now);
		view_text(row, "evidence", evaluate_mean(rq, &m->total.evidence));
		view_text(row, "target", evaluate_mean(rq, &m->total.target));
		view_text(row, "percentile", told ? arena_fmt(rq->arena, "%d", m->percentile) : STR("—"));
		put_cells(rq, row, g, m);
	}
}

static str page_url(const struct request *rq, const struct group_view *g, uint32_t first, bool there)
{
	return there ? arena_fmt(rq->arena, "/evaluate/group?of=%lld&from=%u", (long long)g->id, first) : STR("");
}

static int group_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct group_query query = {.framework = evaluate_framework(rq)->id};
	int64_t first = 0;
	struct group_view g;
	int rc;

	(void)str_to_i64(request_query(rq, STR("of")), &query.of);
	if (str_to_i64(request_query(rq, STR("from")), &first) && first > 0 && first < GROUP_MEMBERS_MAX)
		query.first = (uint32_t)first;
	rc = group_load(rq->db, actor_scope(&rq->actor), &query, rq->arena, &g, e);
	if (rc)
		return rc;
	view_text(v, "group_name", g.name);
	view_text(v, "up_url",
		  g.parent_id ? arena_fmt(rq->arena, "/evaluate/group?of=%lld", (long long)g.parent_id) : STR(""));
	view_i64(v, "below", g.below);
	view_i64(v, "answered", g.answered);
	view_bool(v, "has_answers", g.answered > 0);
	view_text(v, "oldest", g.oldest ? show_day(rq, g.oldest) : STR("—"));
	view_text(v, "newest", g.newest ? show_day(rq, g.newest) : STR("—"));
	view_bool(v, "few_peers", g.peers < GROUP_PEERS_MIN);
	view_i64(v, "peers", g.peers);
	view_i64(v, "peers_min", GROUP_PEERS_MIN);
	put_rollup(rq, v, &g);
	put_members(rq, v, &g);
	view_text(v, "previous_url", page_url(rq, &g, g.first - GROUP_SHOWN_MAX, g.first >= GROUP_SHOWN_MAX));
	view_text(v, "next_url", page_url(rq, &g, g.first + GROUP_SHOWN_MAX, g.first + g.shown < g.member_count));
	return response_page(rq, rs, STR("evaluate/group"), v, e);
}

const struct route evaluate_group_web_routes[] = {
	{.method = "GET", .pattern = "/evaluate/group", .permission = PERM_PORTFOLIO_READ, .handler = group_get},
	{0},
};
