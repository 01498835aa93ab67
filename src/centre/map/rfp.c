/* The draft of a request for proposal, in Markdown. */
#include "centre/map/map.h"

static void line(struct buf *out, const struct rfp *r, const char *key)
{
	struct word_arg arg = {"organisation", r->organisation};

	words_add(out, r->lang, str_of(key), &arg, 1);
	buf_add_byte(out, '\n');
}

/* A name in a Markdown line: content has no signs of Markdown, an organisation's own words may. */
static void add_plain(struct buf *out, str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (memchr("\\`*_{}[]<>#|", text.ptr[i], 12))
			buf_add_byte(out, '\\');
		buf_add_byte(out, text.ptr[i] == '\n' ? ' ' : text.ptr[i]);
	}
}

static void add_services(struct buf *out, const struct rfp *r, const struct map_kind *k)
{
	for (uint32_t i = 0; i < k->service_count; i++) {
		const struct portfolio_item *item = &r->portfolio->items[k->services[i]->index];

		buf_add(out, STR("  - "));
		buf_add(out, k->services[i]->id);
		buf_add_byte(out, ' ');
		buf_add(out, k->services[i]->name.text.by_lang[r->lang]);
		if (item->state.team.len || item->state.provider.len) {
			buf_add(out, STR(" ("));
			add_plain(out, item->state.team.len ? item->state.team : item->state.provider);
			buf_add_byte(out, ')');
		}
		buf_add_byte(out, '\n');
	}
}

static void add_cell(struct buf *out, const struct rfp *r, const struct map_choice *c)
{
	const struct map_cell *cell = &r->map->cells[c->row][c->column];

	buf_add(out, STR("\n### "));
	buf_add(out, r->map->rows[c->row].name[r->lang]);
	buf_add(out, STR(" / "));
	buf_add(out, r->map->columns[c->column].name[r->lang]);
	buf_add(out, STR("\n\n"));
	for (uint32_t i = 0; i < cell->count; i++) {
		const struct map_kind *k = cell->kinds[i];

		buf_add(out, STR("- **"));
		buf_add(out, k->term.name[r->lang]);
		buf_add(out, STR("** "));
		buf_add(out, k->does[r->lang]);
		buf_add_byte(out, ' ');
		buf_add(out, k->cannot[r->lang]);
		buf_add_byte(out, '\n');
		add_services(out, r, k);
	}
}

void map_rfp(const struct rfp *rfp, struct buf *out)
{
	static const char *const before[] = {"map.rfp.title", "map.rfp.draft", "map.rfp.background", "map.rfp.scope"};
	static const char *const after[] = {"map.rfp.volume", "map.rfp.duties", "map.rfp.levels", "map.rfp.reports",
					    "map.rfp.people", "map.rfp.data",   "map.rfp.law",    "map.rfp.start",
					    "map.rfp.exit",   "map.rfp.price"};

	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++)
		line(out, rfp, before[i]);
	for (uint32_t i = 0; i < rfp->count; i++)
		add_cell(out, rfp, &rfp->choices[i]);
	for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++)
		line(out, rfp, after[i]);
}
