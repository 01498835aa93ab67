/* xl/worksheets/sheetN.xml: the cells. */
#include <math.h>

#include "base/mem.h"
#include "craft/sheet/internal.h"

#define ROW_NUMBER_MAX 1048576u /* of the format itself */

enum cell_type { TYPE_NUMBER, TYPE_SHARED, TYPE_TEXT, TYPE_BOOL, TYPE_ERROR };

struct grid {
	const struct grid_context *c;
	struct sheet *sheet;
	str part;
	size_t row_cap;
	uint32_t row, column; /* of the present cell */
	uint32_t width;       /* cells of the present row */
	enum cell_type type;
	uint64_t style;
	bool is_formula, in_value, has_value;
	uint32_t phonetic;
	struct buf text;
	struct sheet_cell cells[SHEET_COLUMNS_MAX];
};

/* "F12" → 11, 5. */
static bool reference(str text, uint32_t *ret_row, uint32_t *ret_column)
{
	uint64_t row;
	uint32_t column = 0;
	size_t i = 0;

	for (; i < text.len && i < 3 && text.ptr[i] >= 'A' && text.ptr[i] <= 'Z'; i++)
		column = column * 26 + (uint32_t)(text.ptr[i] - 'A') + 1;
	if (i == 0 || !str_to_u64(str_from(text, i), &row) || row < 1 || row > ROW_NUMBER_MAX)
		return false;
	*ret_row = (uint32_t)row - 1;
	*ret_column = column - 1;
	return true;
}

static int bad_cell(struct grid *g, const char *key, struct err *e)
{
	struct sheet_address at = sheet_address(g->row, g->column);

	return err_set_value(e, ERR_PARSE, key, str_of(at.text));
}

static int row_open(struct grid *g, xml_attributes at, struct err *e)
{
	str number = xml_attribute(at, STR("r"));
	uint64_t row = g->sheet->row_count ? g->row + 2 : 1;

	if (number.ptr && (!str_to_u64(number, &row) || row < 1 || row > ROW_NUMBER_MAX))
		return err_set_value(e, ERR_PARSE, "err.sheet.row", number);
	if (g->sheet->row_count && row - 1 <= g->sheet->rows[g->sheet->row_count - 1].at)
		return err_set_value(e, ERR_PARSE, "err.sheet.row", number);
	g->row = (uint32_t)row - 1;
	g->column = 0;
	g->width = 0;
	return 0;
}

static enum cell_type type_of(str name)
{
	static const struct {
		str name;
		enum cell_type type;
	} types[] = {{STR_INIT("s"), TYPE_SHARED}, {STR_INIT("str"), TYPE_TEXT}, {STR_INIT("inlineStr"), TYPE_TEXT},
		     {STR_INIT("b"), TYPE_BOOL},   {STR_INIT("e"), TYPE_ERROR},  {STR_INIT("d"), TYPE_TEXT}};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_eq(types[i].name, name))
			return types[i].type;
	return TYPE_NUMBER;
}

static int cell_open(struct grid *g, xml_attributes at, struct err *e)
{
	str where = xml_attribute(at, STR("r"));
	uint32_t row = g->row;

	if (where.ptr && (!reference(where, &row, &g->column) || row != g->row))
		return err_set_value(e, ERR_PARSE, "err.sheet.cell", where);
	g->type = type_of(xml_attribute(at, STR("t")));
	g->style = 0;
	(void)str_to_u64(xml_attribute(at, STR("s")), &g->style);
	g->is_formula = g->has_value = false;
	buf_clear(&g->text);
	return 0;
}

static int number_of(struct grid *g, struct sheet_cell *cell, struct err *e)
{
	const char *text = buf_cstr(&g->text);
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !isfinite(value))
		return bad_cell(g, "err.sheet.number", e);
	cell->kind = SHEET_NUMBER;
	cell->number = value;
	if (g->style < g->c->dates->count && g->c->dates->is_date[g->style]) {
		cell->kind = SHEET_DATE;
		cell->number += g->c->dates->is_1904 ? 1462 : 0; /* days between the two beginnings of time */
	}
	return 0;
}

static int text_of(struct grid *g, struct sheet_cell *cell, struct err *e)
{
	uint64_t index;

	if (g->type == TYPE_SHARED) {
		if (!str_to_u64(buf_str(&g->text), &index) || index >= g->c->strings->count)
			return bad_cell(g, "err.sheet.shared", e);
		cell->text = g->c->strings->items[index];
	} else {
		sheet_unescape(&g->text);
		cell->text = arena_str(g->c->arena, buf_str(&g->text));
		if (!cell->text.ptr)
			return sheet_budget(e);
	}
	cell->kind = g->type == TYPE_ERROR ? SHEET_ERROR : cell->text.len ? SHEET_TEXT : SHEET_EMPTY;
	return 0;
}

static int value_of(struct grid *g, struct sheet_cell *cell, struct err *e)
{
	cell->is_formula = g->is_formula;
	if (!g->has_value)
		return 0;
	if (g->text.failed)
		return bad_cell(g, "err.sheet.text", e);
	if (g->type == TYPE_NUMBER)
		return g->text.len ? number_of(g, cell, e) : 0;
	if (g->type != TYPE_BOOL)
		return text_of(g, cell, e);
	cell->kind = SHEET_BOOL;
	cell->number = str_eq(buf_str(&g->text), STR("1"));
	return 0;
}

/* Formatting reaches far beyond the content in many files: only cells with something in them meet the limits. */
static int cell_close(struct grid *g, struct err *e)
{
	struct sheet_cell cell = {0};
	int rc = value_of(g, &cell, e);

	if (rc)
		return rc;
	if (cell.kind != SHEET_EMPTY || cell.is_formula) {
		if (g->column >= SHEET_COLUMNS_MAX)
			return bad_cell(g, "err.sheet.columns", e);
		if (g->row >= SHEET_ROWS_MAX)
			return bad_cell(g, "err.sheet.rows", e);
		if (++*g->c->cells > SHEET_CELLS_MAX)
			return bad_cell(g, "err.sheet.cells", e);
		while (g->width <= g->column)
			g->cells[g->width++] = (struct sheet_cell){0};
		g->cells[g->column] = cell;
	}
	g->column++;
	return 0;
}

static int row_close(struct grid *g, struct err *e)
{
	struct sheet_row row = {.at = g->row, .count = g->width};

	if (!g->width)
		return 0;
	row.cells = arena_alloc(g->c->arena, g->width * sizeof(*row.cells));
	if (!row.cells)
		return sheet_budget(e);
	memcpy(row.cells, g->cells, g->width * sizeof(*row.cells));
	mem_grow(&g->sheet->rows, &g->row_cap, g->sheet->row_count + 1, sizeof(*g->sheet->rows));
	g->sheet->rows[g->sheet->row_count++] = row;
	return 0;
}

static int grid_open(void *ctx, str name, xml_attributes at, struct err *e)
{
	struct grid *g = ctx;

	if (str_eq(name, STR("row")))
		return row_open(g, at, e);
	if (str_eq(name, STR("c")))
		return cell_open(g, at, e);
	if (str_eq(name, STR("f")))
		g->is_formula = true;
	else if (str_eq(name, STR("rPh")))
		g->phonetic++;
	else if (str_eq(name, STR("v")) || (str_eq(name, STR("t")) && !g->phonetic))
		g->in_value = g->has_value = true;
	return 0;
}

static int grid_close(void *ctx, str name, struct err *e)
{
	struct grid *g = ctx;

	if (str_eq(name, STR("c")))
		return cell_close(g, e);
	if (str_eq(name, STR("row")))
		return row_close(g, e);
	if (str_eq(name, STR("rPh")) && g->phonetic)
		g->phonetic--;
	else if (str_eq(name, STR("v")) || str_eq(name, STR("t")))
		g->in_value = false;
	return 0;
}

static void grid_text(void *ctx, str bytes)
{
	struct grid *g = ctx;

	if (g->in_value)
		buf_add(&g->text, bytes);
}

int sheet_read_grid(str part, str bytes, const struct grid_context *context, struct sheet *ret, struct err *e)
{
	_cleanup_free_ struct grid *g = mem_alloc(1, sizeof(*g));
	struct xml_handler h = {grid_open, grid_close, grid_text, g};
	struct sheet_row *rows = NULL, *copy;
	int rc;

	g->c = context;
	g->sheet = ret;
	g->part = part;
	buf_init(&g->text, SHEET_TEXT_MAX);
	ret->rows = NULL;
	ret->row_count = 0;
	rc = xml_read(part, bytes, &h, e);
	buf_done(&g->text);
	rows = ret->rows;
	copy = rc ? NULL : arena_alloc(context->arena, ret->row_count * sizeof(*rows));
	if (!rc && !copy)
		rc = sheet_budget(e);
	if (!rc && ret->row_count)
		memcpy(copy, rows, ret->row_count * sizeof(*rows));
	free(rows);
	ret->rows = copy;
	ret->row_count = rc ? 0 : ret->row_count;
	return rc;
}
