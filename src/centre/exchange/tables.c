/* Catalogue, actions, rounds and work records as plain tables. */
#include <stdio.h>

#include "base/mem.h"
#include "centre/exchange/internal.h"

#define WORK_ROWS_MAX 5000u /* newest first */
#define COLUMNS_MAX 12u

struct filler {
	const struct exchange_tables *t;
	enum lang lang;
	struct sheet_column columns[COLUMNS_MAX];
	uint32_t column_count;
	struct sheet_cell *cells;
	size_t count, cap; /* cells */
};

static void column(struct filler *f, const char *key, double width)
{
	f->columns[f->column_count++] = (struct sheet_column){words_get(f->lang, str_of(key)), SHEET_TEXT, width};
}

static void cell(struct filler *f, struct sheet_cell c)
{
	mem_grow(&f->cells, &f->cap, f->count + 1, sizeof(*f->cells));
	f->cells[f->count++] = c;
}

static void text(struct filler *f, str s)
{
	cell(f, sheet_text(arena_str(f->t->arena, s)));
}

static void word(struct filler *f, const char *prefix, const char *name)
{
	cell(f, sheet_text(words_get(f->lang, arena_fmt(f->t->arena, "%s.%s", prefix, name))));
}

static void moment(struct filler *f, time_us t)
{
	char out[TIME_TEXT_MAX];

	if (t)
		text(f, (str){out, time_format_local(t, f->t->order->zone_min, out)});
	else
		cell(f, (struct sheet_cell){0});
}

static int fill_catalogue(struct filler *f, struct err *e)
{
	const struct framework *fw = f->t->order->framework;

	(void)e;
	column(f, "exchange.column.service", 8);
	column(f, "exchange.column.category", 8);
	column(f, "exchange.table.name_ja", 36);
	column(f, "exchange.table.name_en", 36);
	column(f, "exchange.table.description", 70);
	column(f, "exchange.column.proposal", 14);
	column(f, "exchange.table.verified", 12);
	for (uint32_t i = 0; i < fw->service_count; i++) {
		const struct fw_service *s = &fw->services[i];

		text(f, s->id);
		text(f, fw->categories[s->category].id);
		text(f, s->name.text.by_lang[LANG_JA]);
		text(f, s->name.text.by_lang[LANG_EN]);
		text(f, s->description.by_lang[f->lang]);
		text(f, fw->levels[s->level].name.text.by_lang[f->lang]);
		word(f, "exchange.table", s->name.verified[f->lang] ? "is_verified" : "not_verified");
	}
	return 0;
}

static int fill_actions(struct filler *f, struct err *e)
{
	struct action_list list;
	int rc = action_list(f->t->db, actor_scope(f->t->who), f->t->arena, &list, e);

	column(f, "exchange.table.title", 50);
	column(f, "exchange.column.service", 8);
	column(f, "exchange.column.owner", 18);
	column(f, "exchange.table.due", 18);
	column(f, "exchange.table.state", 12);
	column(f, "exchange.table.remark", 50);
	column(f, "exchange.table.changed", 20);
	for (uint32_t i = 0; !rc && i < list.count; i++) {
		const struct action *a = &list.items[i];

		text(f, a->title);
		text(f, a->service);
		text(f, a->owner);
		moment(f, a->due);
		word(f, "evaluate.action", action_state_name(a->state));
		text(f, a->remark);
		moment(f, a->changed_at);
	}
	return rc;
}

static int fill_rounds(struct filler *f, struct err *e)
{
	struct round_list list;
	int rc = round_list(f->t->db, actor_scope(f->t->who), f->t->arena, &list, e);

	column(f, "exchange.table.title", 36);
	column(f, "exchange.table.state", 14);
	column(f, "exchange.table.start", 20);
	column(f, "exchange.table.due", 20);
	column(f, "exchange.table.signed_by", 20);
	column(f, "exchange.table.signed_at", 20);
	for (uint32_t i = 0; !rc && i < list.count; i++) {
		const struct round *r = &list.rounds[i];

		text(f, r->name);
		word(f, "evaluate.state", round_state_name(r->state));
		moment(f, r->start);
		moment(f, r->deadline);
		text(f, r->signed_by);
		moment(f, r->signed_at);
	}
	return rc;
}

static void work_row(struct filler *f, const struct work_row *row)
{
	bool may_name = actor_may_see_people(f->t->who) || (row->user_id && row->user_id == f->t->who->user_id);

	text(f, row->work.service);
	moment(f, row->work.started);
	moment(f, row->work.ended);
	text(f, row->work.action);
	word(f, "work.occasion", occasion_name(row->work.occasion));
	text(f, may_name ? row->user_name : STR(""));
	text(f, row->work.object);
	text(f, row->work.result);
}

static int fill_work(struct filler *f, struct err *e)
{
	struct work_list page = {.next.id = 1};
	struct work_cursor from = {0};
	uint32_t rows = 0;
	int rc = 0;

	column(f, "exchange.column.service", 8);
	column(f, "exchange.table.start", 20);
	column(f, "exchange.table.end", 20);
	column(f, "exchange.table.action", 22);
	column(f, "exchange.table.occasion", 14);
	column(f, "exchange.table.person", 18);
	column(f, "exchange.table.object", 16);
	column(f, "exchange.table.result", 44);
	while (!rc && page.next.id && rows < WORK_ROWS_MAX) {
		rc = work_list(f->t->db, actor_scope(f->t->who), STR_NONE, from, f->t->arena, &page, e);
		for (uint32_t i = 0; !rc && i < page.count; i++, rows++)
			work_row(f, &page.rows[i]);
		from = page.next;
	}
	return rc;
}

int exchange_table_of(const struct exchange_tables *t, struct sheet_table *ret, struct err *e)
{
	static int (*const fillers[EXCHANGE_TABLE_COUNT])(struct filler *,
							  struct err *) = {[EXCHANGE_CATALOGUE] = fill_catalogue,
									   [EXCHANGE_ACTIONS] = fill_actions,
									   [EXCHANGE_ROUNDS] = fill_rounds,
									   [EXCHANGE_WORK] = fill_work};
	_cleanup_free_ struct filler *f = mem_alloc(1, sizeof(*f));
	struct sheet_column *columns;
	struct sheet_cell *cells;
	int rc;

	f->t = t;
	f->lang = t->order->lang;
	rc = fillers[t->order->table](f, e);
	columns = arena_alloc(t->arena, sizeof(f->columns));
	cells = arena_alloc(t->arena, f->count * sizeof(*cells));
	if (!rc && (!columns || !cells))
		rc = err_set(e, ERR_LIMIT, "err.sheet.budget");
	if (!rc) {
		memcpy(columns, f->columns, sizeof(f->columns));
		if (f->count)
			memcpy(cells, f->cells, f->count * sizeof(*cells));
		*ret = (struct sheet_table){words_get(f->lang, arena_fmt(t->arena, "exchange.table.%s",
									 exchange_table_name(t->order->table))),
					    columns, f->column_count, (uint32_t)(f->count / f->column_count), cells};
	}
	free(f->cells);
	return rc;
}
