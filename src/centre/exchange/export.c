/* What goes out: formats, and the plain tables of the neighbours. */
#include "centre/exchange/exchange.h"

#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/exchange/internal.h"

static const struct {
	const char *name, *type, *end;
} formats[EXCHANGE_FORMAT_COUNT] = {
	[EXCHANGE_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
	[EXCHANGE_CSV] = {"csv", "text/csv; charset=utf-8", "csv"},
	[EXCHANGE_JSON] = {"json", "application/json", "json"},
	[EXCHANGE_OSCAL] = {"oscal", "application/json", "oscal.json"},
	[EXCHANGE_PDF] = {"pdf", "application/pdf", "pdf"},
	[EXCHANGE_HTML] = {"html", "text/html; charset=utf-8", "html"},
};

const char *exchange_format_name(enum exchange_format format)
{
	CHECK(format < EXCHANGE_FORMAT_COUNT);
	return formats[format].name;
}

const char *exchange_format_type(enum exchange_format format)
{
	CHECK(format < EXCHANGE_FORMAT_COUNT);
	return formats[format].type;
}

const char *exchange_format_end(enum exchange_format format)
{
	CHECK(format < EXCHANGE_FORMAT_COUNT);
	return formats[format].end;
}

bool exchange_format_parse(str name, enum exchange_format *ret)
{
	for (size_t i = 0; i < EXCHANGE_FORMAT_COUNT; i++)
		if (str_eq(name, str_of(formats[i].name))) {
			*ret = (enum exchange_format)i;
			return true;
		}
	return false;
}

static const char *const table_names[EXCHANGE_TABLE_COUNT] = {"portfolio", "catalogue", "actions", "rounds", "work"};

const char *exchange_table_name(enum exchange_table table)
{
	CHECK(table < EXCHANGE_TABLE_COUNT);
	return table_names[table];
}

bool exchange_table_parse(str name, enum exchange_table *ret)
{
	for (size_t i = 0; i < EXCHANGE_TABLE_COUNT; i++)
		if (str_eq(name, str_of(table_names[i]))) {
			*ret = (enum exchange_table)i;
			return true;
		}
	return false;
}

static const char *const status_names[ROW_STATUS_COUNT] = {"new", "changed", "unchanged", "conflict", "error"};

const char *exchange_status_name(enum exchange_status status)
{
	CHECK(status < ROW_STATUS_COUNT);
	return status_names[status];
}

void exchange_message_add(struct buf *out, enum lang lang, const struct exchange_message *m)
{
	const struct word_arg args[] = {{"value", m->value}, {"expected", m->expected}, {"where", m->where}};
	char fix[96];

	snprintf(fix, sizeof(fix), "%s.fix", m->key);
	if (m->where.len) {
		buf_add(out, m->where);
		buf_add(out, STR(": "));
	}
	words_add(out, lang, str_of(m->key), args, COUNT_OF(args));
	if (words_has(str_of(fix))) {
		buf_add(out, lang == LANG_JA ? STR("") : STR(" "));
		words_add(out, lang, str_of(fix), args, COUNT_OF(args));
	}
}

/* ---- the portfolio as rows of text ---- */

int exchange_csv(const struct exchange_row_source *src, struct buf *out, struct err *e)
{
	const struct portfolio *p = src->portfolio;
	struct sheet_column *columns = arena_alloc(src->arena, exchange_column_count * sizeof(*columns));
	struct sheet_cell *cells = arena_alloc(src->arena, (size_t)p->framework->service_count * exchange_column_count *
								   sizeof(*cells));
	struct sheet_table table = {.name = STR("portfolio"),
				    .columns = columns,
				    .column_count = exchange_column_count,
				    .row_count = p->framework->service_count,
				    .cells = cells};

	if (!columns || !cells)
		return err_set(e, ERR_LIMIT, "err.sheet.budget");
	for (uint32_t c = 0; c < exchange_column_count; c++)
		columns[c] = (struct sheet_column){exchange_title(&exchange_columns[c], src->order->lang), SHEET_TEXT,
						   0};
	for (uint32_t r = 0; r < table.row_count; r++)
		for (uint32_t c = 0; c < exchange_column_count; c++)
			cells[(size_t)r * exchange_column_count + c] = exchange_cell(src, &exchange_columns[c],
										     &p->items[r]);
	return sheet_table_csv(&table, out, e);
}

static int write_document(struct db *db, const struct actor *who, const struct exchange_order *order, struct buf *out,
			  struct err *e)
{
	_cleanup_(doc_done) struct doc d = {0};
	int rc = exchange_report(db, who, order, &d, e);

	if (rc)
		return rc;
	return order->format == EXCHANGE_PDF ? doc_pdf(&d, out, e) : doc_html(&d, out, e);
}

static int write_portfolio(struct db *db, const struct actor *who, const struct exchange_order *order, struct buf *out,
			   struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct portfolio_query query = {.framework = order->framework, .rule = order->rule, .now = order->now};
	struct portfolio p;
	struct exchange_row_source src = {order, &p, &a};
	int rc;

	arena_init(&a, EXCHANGE_ARENA);
	if ((rc = portfolio_load(db, actor_scope(who), &query, &a, &p, e)))
		return rc;
	switch (order->format) {
	case EXCHANGE_XLSX:
		return exchange_workbook(&src, out, e);
	case EXCHANGE_CSV:
		return exchange_csv(&src, out, e);
	case EXCHANGE_JSON:
		return exchange_json(&src, out, e);
	case EXCHANGE_OSCAL:
		return exchange_oscal(&src, out, e);
	default:
		return write_document(db, who, order, out, e);
	}
}

int exchange_export(struct db *db, const struct actor *who, const struct exchange_order *order, struct buf *out,
		    struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct sheet_table table;
	int rc;

	if (order->table == EXCHANGE_PORTFOLIO)
		return write_portfolio(db, who, order, out, e);
	if (order->format != EXCHANGE_XLSX && order->format != EXCHANGE_CSV)
		return err_set_value(e, ERR_UNSUPPORTED, "err.exchange.format",
				     str_of(exchange_format_name(order->format)));
	arena_init(&a, EXCHANGE_ARENA);
	if ((rc = exchange_table_of(&(struct exchange_tables){db, who, order, &a}, &table, e)))
		return rc;
	return order->format == EXCHANGE_XLSX ? sheet_tables_xlsx(&table, 1, out, e) : sheet_table_csv(&table, out, e);
}
