/* Plain tables as XLSX and as CSV. */
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "craft/sheet/internal.h"

#define WIDTH_DEFAULT 14.0

static void write_table(struct sheet_out *o, const struct sheet_table *t)
{
	sheet_out_sheet(o, t->name);
	for (uint32_t c = 0; c < t->column_count; c++) {
		sheet_out_width(o, c, t->columns[c].width > 0 ? t->columns[c].width : WIDTH_DEFAULT);
		sheet_out_text(o, (struct sheet_spot){0, c}, SHEET_HEAD, t->columns[c].title);
	}
	for (uint32_t r = 0; r < t->row_count; r++)
		for (uint32_t c = 0; c < t->column_count; c++) {
			const struct sheet_cell *cell = &t->cells[(size_t)r * t->column_count + c];

			if (cell->kind != SHEET_EMPTY)
				sheet_out_cell(o, (struct sheet_spot){r + 1, c},
					       cell->kind == SHEET_DATE ? SHEET_DAY : SHEET_INPUT, *cell);
		}
	sheet_out_freeze(o, (struct sheet_spot){1, 0});
	if (t->column_count)
		sheet_out_filter(o, (struct sheet_range){{0, 0}, {t->row_count, t->column_count - 1}});
	sheet_out_landscape(o);
}

int sheet_tables_xlsx(const struct sheet_table *tables, uint32_t count, struct buf *out, struct err *e)
{
	struct sheet_out *o = NULL;
	int rc = sheet_out_create(count ? tables[0].name : STR(""), STR("Noroshi"), 0, &o, e);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < count; i++)
		write_table(o, &tables[i]);
	rc = sheet_out_finish(o, out, e);
	sheet_out_free(o);
	return rc;
}

/* ---- CSV ---- */

static void add_quoted(struct buf *out, str text)
{
	buf_add_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			buf_add_byte(out, '"');
		buf_add_byte(out, text.ptr[i]);
	}
	buf_add_byte(out, '"');
}

static void add_text(struct buf *out, str text)
{
	static const char special[] = "\",\r\n;\t";
	_cleanup_(buf_done) struct buf safe = {0};

	if (sheet_csv_risky(text)) {
		buf_init(&safe, text.len + 1);
		buf_add_byte(&safe, '\'');
		buf_add(&safe, text);
		text = buf_str(&safe);
	}
	for (size_t i = 0; i < sizeof(special) - 1; i++)
		if (str_find_byte(text, special[i]) >= 0) {
			add_quoted(out, text);
			return;
		}
	/* Blanks at the ends survive in quotes only. */
	if (str_trim(text).len != text.len)
		add_quoted(out, text);
	else
		buf_add(out, text);
}

/* Two decimals at most; the decimal point is a point whatever the locale is. */
static void add_number(struct buf *out, double x)
{
	int64_t hundredths = (int64_t)llround(x * 100);
	uint64_t size = hundredths < 0 ? (uint64_t)-hundredths : (uint64_t)hundredths;

	buf_add_fmt(out, "%s%llu", hundredths < 0 ? "-" : "", (unsigned long long)(size / 100));
	if (size % 100)
		buf_add_fmt(out, ".%02llu", (unsigned long long)(size % 100));
}

void sheet_csv_cell(struct buf *out, const struct sheet_cell *cell)
{
	char text[TIME_TEXT_MAX];

	switch (cell->kind) {
	case SHEET_TEXT:
	case SHEET_ERROR:
		add_text(out, cell->text);
		break;
	case SHEET_NUMBER:
		if (isfinite(cell->number) && fabs(cell->number) < 1e15)
			add_number(out, cell->number);
		break;
	case SHEET_BOOL:
		buf_add_byte(out, cell->number != 0 ? '1' : '0');
		break;
	case SHEET_DATE:
		(void)time_format_local(sheet_time(cell->number), 0, text);
		buf_add(out, (str){text, 10});
		break;
	default:
		break;
	}
}

int sheet_table_csv(const struct sheet_table *t, struct buf *out, struct err *e)
{
	buf_add(out, STR("\xEF\xBB\xBF"));
	for (uint32_t c = 0; c < t->column_count; c++) {
		struct sheet_cell title = sheet_text(t->columns[c].title);

		buf_add(out, c ? STR(",") : STR(""));
		sheet_csv_cell(out, &title);
	}
	buf_add(out, STR("\r\n"));
	for (uint32_t r = 0; r < t->row_count; r++) {
		for (uint32_t c = 0; c < t->column_count; c++) {
			buf_add(out, c ? STR(",") : STR(""));
			sheet_csv_cell(out, &t->cells[(size_t)r * t->column_count + c]);
		}
		buf_add(out, STR("\r\n"));
	}
	return buf_check(out, e);
}
