/* The service map: cells with who covers them, the guide, and the draft of a request for proposal. */
#include "centre/map/map.h"

#include "base/mem.h"
#include "door/web/evaluate/evaluate_text.h"
#include "door/web/web.h"

static void put_kind(const struct request *rq, struct view *v, const struct map_kind *k, const struct portfolio *p)
{
	static const char *const classes[COVER_COUNT] = {"err", "caution", "good", "line"};
	enum map_cover cover = map_kind_cover(k, p);

	view_text(v, "kind", k->term.id);
	view_text(v, "kind_name", k->term.name[rq->lang]);
	view_text(v, "cover_class", str_of(classes[cover]));
	view_word(v, "cover", show_word_key(rq, "map.cover.", map_cover_name(cover)).ptr);
	view_list(v, "who");
	for (uint32_t i = 0; i < k->service_count; i++) {
		const struct portfolio_item *item = &p->items[k->services[i]->index];
		struct view *who = view_item(v, "who");
		str party = item->state.team.len ? item->state.team : item->state.provider;

		view_text(who, "service", k->services[i]->id);
		view_text(who, "party", party);
		view_bool(who, "outside", item->state.provider.len > 0);
	}
}

static void put_guide(const struct request *rq, struct view *v, const struct map_kind *k, const struct portfolio *p)
{
	put_kind(rq, v, k, p);
	view_text(v, "does", k->does[rq->lang]);
	view_text(v, "cannot", k->cannot[rq->lang]);
	view_text(v, "instead", k->instead[rq->lang]);
}

static int map_page_get(struct request *rq, struct response *rs, struct err *e)
{
	const struct service_map *m = rq->services->map;
	struct view *v = view_create(rq->arena);
	int64_t counts[COVER_COUNT] = {0};
	struct portfolio p = {0};
	int rc = evaluate_portfolio(rq, COMBINE_MAX, &p, e);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < m->column_count; i++)
		view_text(view_item(v, "columns"), "column", m->columns[i].name[rq->lang]);
	for (uint32_t i = 0; i < m->row_count; i++) {
		struct view *row = view_item(v, "rows");

		view_text(row, "row", m->rows[i].name[rq->lang]);
		for (uint32_t k = 0; k < m->column_count; k++) {
			const struct map_cell *c = &m->cells[i][k];
			struct view *cell = view_item(row, "cells");

			view_bool(cell, "has_kinds", c->count > 0);
			view_text(cell, "cell",
				  arena_fmt(rq->arena, STR_FMT "." STR_FMT, STR_ARG(m->rows[i].id),
					    STR_ARG(m->columns[k].id)));
			view_text(cell, "cell_name",
				  arena_fmt(rq->arena, STR_FMT " / " STR_FMT, STR_ARG(m->rows[i].name[rq->lang]),
					    STR_ARG(m->columns[k].name[rq->lang])));
			view_list(cell, "kinds");
			for (uint32_t n = 0; n < c->count; n++)
				put_kind(rq, view_item(cell, "kinds"), c->kinds[n], &p);
		}
	}
	for (uint32_t i = 0; i < m->kind_count; i++) {
		counts[map_kind_cover(&m->kinds[i], &p)]++;
		put_guide(rq, view_item(v, "guide"), &m->kinds[i], &p);
	}
	view_i64(v, "holes", counts[COVER_HOLE]);
	view_i64(v, "partly", counts[COVER_PARTLY]);
	view_i64(v, "full", counts[COVER_FULL]);
	view_i64(v, "kind_count", m->kind_count);
	return response_page(rq, rs, STR("build/map"), v, e);
}

static int rfp_get(struct request *rq, struct response *rs, struct err *e)
{
	struct map_choice choices[MAP_CHOSEN_MAX];
	struct portfolio p = {0};
	struct rfp rfp = {.map = rq->services->map, .portfolio = &p, .choices = choices, .lang = rq->lang};
	_cleanup_(buf_done) struct buf out = {0};
	size_t at = 0;
	str cell;
	int rc;

	while (request_query_each(rq, STR("cell"), &at, &cell)) {
		if (rfp.count == MAP_CHOSEN_MAX)
			return err_set_value(e, ERR_LIMIT, "err.map.many", STR("64"));
		if (!map_choice_parse(rfp.map, cell, &choices[rfp.count++]))
			return err_set_value(e, ERR_RANGE, "err.map.cell", cell);
	}
	if (!rfp.count)
		return err_set(e, ERR_RANGE, "err.map.none");
	if ((rc = evaluate_portfolio(rq, COMBINE_MAX, &p, e)))
		return rc;
	rfp.organisation = words_get(rq->lang, STR("map.rfp.us"));
	buf_init(&out, MAP_RFP_MAX);
	map_rfp(&rfp, &out);
	if ((rc = buf_check(&out, e)))
		return rc;
	buf_add(&rs->body, buf_str(&out));
	rs->content_type = STR("text/markdown; charset=utf-8");
	response_attachment(rq, rs, STR("rfp.md"));
	return buf_check(&rs->body, e);
}

const struct route map_web_routes[] = {
	{.method = "GET", .pattern = "/service-map", .permission = PERM_PORTFOLIO_READ, .handler = map_page_get},
	{.method = "GET", .pattern = "/service-map/rfp", .permission = PERM_PORTFOLIO_READ, .handler = rfp_get},
	{0},
};
