#include "craft/sheet/sheet.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"

#define NAME_CHARS_MAX 31 /* Excel's limit for the name of a sheet */
#define FONT_NAME "Meiryo UI"
#define FONT_SIZE 10
#define FORMULA_MAX 8192 /* Excel's limit, characters */

struct sheet_out {
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *styles[SHEET_STYLE_COUNT];
	lxw_format *mark;
	int fd;
	lxw_error first; /* mistake */
};

/* What a style is made of; colours are those of the pages' tokens in light. */
static const struct style_look {
	double size;
	lxw_color_t ink, ground; /* 0: as it is */
	bool bold, wrap, open, border;
	uint8_t align;
	const char *number;
} looks[SHEET_STYLE_COUNT] = {
	[SHEET_PLAIN] = {.size = FONT_SIZE},
	[SHEET_TITLE] = {.size = 16, .bold = true},
	[SHEET_HEAD] = {.size = FONT_SIZE,
			.bold = true,
			.wrap = true,
			.border = true,
			.ink = 0xFFFFFF,
			.ground = 0x1F3A5F,
			.align = LXW_ALIGN_CENTER},
	[SHEET_HEAD2] = {.size = 8,
			 .wrap = true,
			 .border = true,
			 .ink = 0x44546A,
			 .ground = 0xDCE3EC,
			 .align = LXW_ALIGN_CENTER},
	[SHEET_FIXED] = {.size = FONT_SIZE, .wrap = true, .border = true, .ground = 0xF2F4F7},
	[SHEET_FIXED_SCORE] =
		{.size = FONT_SIZE, .border = true, .ground = 0xF2F4F7, .align = LXW_ALIGN_CENTER, .number = "0.##"},
	[SHEET_INPUT] = {.size = FONT_SIZE, .wrap = true, .open = true, .border = true},
	[SHEET_INPUT_CENTRE] = {.size = FONT_SIZE, .open = true, .border = true, .align = LXW_ALIGN_CENTER},
	[SHEET_INPUT_DATE] =
		{.size = FONT_SIZE, .open = true, .border = true, .align = LXW_ALIGN_CENTER, .number = "yyyy-mm-dd"},
	[SHEET_NOTE] = {.size = FONT_SIZE, .wrap = true, .ink = 0x44546A},
	[SHEET_SCORE] = {.size = FONT_SIZE, .border = true, .align = LXW_ALIGN_CENTER, .number = "0.00"},
	[SHEET_COUNT] = {.size = FONT_SIZE, .border = true, .align = LXW_ALIGN_CENTER, .number = "0"},
	[SHEET_DAY] = {.size = FONT_SIZE, .border = true, .align = LXW_ALIGN_CENTER, .number = "yyyy-mm-dd"},
};

static void note(struct sheet_out *o, lxw_error rc)
{
	if (o->first == LXW_NO_ERROR)
		o->first = rc;
}

/* A C string for the library, ill-formed text repaired and cut. */
static const char *cstr(struct buf *b, str text, size_t max)
{
	buf_init(b, max * 3 + 8);
	utf8_add_clean(b, utf8_cut(text, max));
	/* NUL would end it early, other controls are not XML. */
	for (size_t i = 0; i < b->len; i++)
		if ((unsigned char)b->ptr[i] < ' ' && b->ptr[i] != '\n' && b->ptr[i] != '\t')
			b->ptr[i] = ' ';
	return buf_cstr(b);
}

static lxw_format *style_make(lxw_workbook *book, const struct style_look *look)
{
	lxw_format *f = workbook_add_format(book);

	format_set_font_name(f, FONT_NAME);
	format_set_font_size(f, look->size);
	format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
	if (look->bold)
		format_set_bold(f);
	if (look->wrap)
		format_set_text_wrap(f);
	if (look->open)
		format_set_unlocked(f);
	if (look->ink)
		format_set_font_color(f, look->ink);
	if (look->ground)
		format_set_bg_color(f, look->ground);
	if (look->align)
		format_set_align(f, look->align);
	if (look->number)
		format_set_num_format(f, look->number);
	if (look->border) {
		format_set_border(f, LXW_BORDER_THIN);
		format_set_border_color(f, 0xB8C2CF);
	}
	return f;
}

static void properties_set(lxw_workbook *book, str title, str author, time_us now)
{
	struct buf t, a;
	lxw_doc_properties p = {0};
	char program[] = "Noroshi";

	p.title = (char *)(uintptr_t)cstr(&t, title, 255);
	p.author = (char *)(uintptr_t)cstr(&a, author, 255);
	p.company = program;
	p.created = (time_t)(now / TIME_SECOND);
	workbook_set_properties(book, &p);
	buf_done(&t);
	buf_done(&a);
}

int sheet_out_create(str title, str author, time_us now, struct sheet_out **ret, struct err *e)
{
	struct sheet_out *o = mem_alloc(1, sizeof(*o));
	char path[64];

	o->fd = memfd_create("noroshi-xlsx", MFD_CLOEXEC);
	if (o->fd < 0) {
		int rc = err_set_errno(e, "err.sheet.write", STR("xlsx"), errno);

		free(o);
		return rc;
	}
	/* The library writes to a path only; the memory file has one. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", o->fd);
	o->book = workbook_new(path);
	CHECK(o->book != NULL);
	for (size_t i = 0; i < SHEET_STYLE_COUNT; i++)
		o->styles[i] = style_make(o->book, &looks[i]);
	o->mark = workbook_add_format(o->book);
	format_set_bg_color(o->mark, 0xFDE8E8);
	properties_set(o->book, title, author, now);
	*ret = o;
	return 0;
}

void sheet_out_free(struct sheet_out *o)
{
	if (!o)
		return;
	if (o->book)
		lxw_workbook_free(o->book);
	if (o->fd >= 0)
		close(o->fd);
	free(o);
}

/* Excel refuses []:*?/\ and more than 31 characters. */
static void name_clean(str name, struct buf *out)
{
	size_t chars = 0;

	buf_init(out, 4 * NAME_CHARS_MAX + 1);
	for (size_t at = 0, len; at < name.len && chars < NAME_CHARS_MAX; at += len, chars++) {
		char text[4];
		uint32_t c = utf8_decode(str_from(name, at), &len);
		bool bad = c < ' ' || (c < 128 && strchr("[]:*?/\\'", (int)c) != NULL);

		buf_add(out, bad ? STR("_") : (str){text, utf8_encode(c, text)});
	}
	if (!out->len)
		buf_add(out, STR("1"));
}

void sheet_out_sheet(struct sheet_out *o, str name)
{
	struct buf b;
	lxw_worksheet *sheet;

	name_clean(name, &b);
	sheet = workbook_add_worksheet(o->book, buf_cstr(&b));
	buf_done(&b);
	/* A name that exists: the library chooses one. */
	if (!sheet)
		sheet = workbook_add_worksheet(o->book, NULL);
	CHECK(sheet != NULL);
	o->sheet = sheet;
}

void sheet_out_hide(struct sheet_out *o)
{
	worksheet_hide(o->sheet);
}

void sheet_out_text(struct sheet_out *o, struct sheet_spot at, enum sheet_style style, str text)
{
	sheet_out_cell(o, at, style, sheet_text(text));
}

void sheet_out_cell(struct sheet_out *o, struct sheet_spot at, enum sheet_style style, struct sheet_cell cell)
{
	lxw_format *f = o->styles[style];
	lxw_row_t row = at.row;
	lxw_col_t col = (lxw_col_t)at.column;
	struct buf b;

	switch (cell.kind) {
	case SHEET_TEXT:
	case SHEET_ERROR:
		note(o, worksheet_write_string(o->sheet, row, col, cstr(&b, cell.text, SHEET_TEXT_MAX), f));
		buf_done(&b);
		break;
	case SHEET_NUMBER:
	case SHEET_DATE:
		if (isfinite(cell.number))
			note(o, worksheet_write_number(o->sheet, row, col, cell.number, f));
		break;
	case SHEET_BOOL:
		note(o, worksheet_write_boolean(o->sheet, row, col, cell.number != 0, f));
		break;
	default:
		note(o, worksheet_write_blank(o->sheet, row, col, f));
	}
}

void sheet_out_formula(struct sheet_out *o, struct sheet_spot at, enum sheet_style style, str formula,
		       struct sheet_cell value)
{
	lxw_format *f = o->styles[style];
	lxw_col_t col = (lxw_col_t)at.column;
	struct buf b, v;

	buf_init(&b, FORMULA_MAX + 2);
	buf_add_byte(&b, '=');
	buf_add(&b, formula);
	if (value.kind == SHEET_NUMBER || value.kind == SHEET_DATE) {
		note(o, worksheet_write_formula_num(o->sheet, at.row, col, buf_cstr(&b), f, value.number));
	} else {
		note(o, worksheet_write_formula_str(o->sheet, at.row, col, buf_cstr(&b), f,
						    cstr(&v, value.text, SHEET_TEXT_MAX)));
		buf_done(&v);
	}
	buf_done(&b);
}

void sheet_out_width(struct sheet_out *o, uint32_t column, double width)
{
	lxw_row_col_options hidden = {.hidden = 1};
	lxw_col_t col = (lxw_col_t)column;

	if (width > 0)
		note(o, worksheet_set_column(o->sheet, col, col, width, NULL));
	else
		note(o, worksheet_set_column_opt(o->sheet, col, col, 4, NULL, &hidden));
}

void sheet_out_height(struct sheet_out *o, uint32_t row, double points)
{
	lxw_row_col_options hidden = {.hidden = 1};

	if (points > 0)
		note(o, worksheet_set_row(o->sheet, row, points, NULL));
	else
		note(o, worksheet_set_row_opt(o->sheet, row, LXW_DEF_ROW_HEIGHT, NULL, &hidden));
}

void sheet_out_freeze(struct sheet_out *o, struct sheet_spot at)
{
	worksheet_freeze_panes(o->sheet, at.row, (lxw_col_t)at.column);
}

void sheet_out_filter(struct sheet_out *o, struct sheet_range r)
{
	note(o, worksheet_autofilter(o->sheet, r.from.row, (lxw_col_t)r.from.column, r.to.row, (lxw_col_t)r.to.column));
}

void sheet_out_protect(struct sheet_out *o)
{
	lxw_protection p = {.format_cells = 1, .format_columns = 1, .format_rows = 1, .autofilter = 1, .sort = 1};

	worksheet_protect(o->sheet, NULL, &p);
}

static void validate(struct sheet_out *o, struct sheet_range r, lxw_data_validation *v)
{
	note(o, worksheet_data_validation_range(o->sheet, r.from.row, (lxw_col_t)r.from.column, r.to.row,
						(lxw_col_t)r.to.column, v));
}

void sheet_out_choice(struct sheet_out *o, struct sheet_range range, str source)
{
	struct buf b;
	lxw_data_validation v = {.validate = LXW_VALIDATION_TYPE_LIST_FORMULA, .ignore_blank = LXW_VALIDATION_ON};

	v.value_formula = (char *)(uintptr_t)cstr(&b, source, FORMULA_MAX);
	validate(o, range, &v);
	buf_done(&b);
}

void sheet_out_whole(struct sheet_out *o, struct sheet_range range, int least, int most)
{
	lxw_data_validation v = {.validate = LXW_VALIDATION_TYPE_INTEGER,
				 .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
				 .ignore_blank = LXW_VALIDATION_ON,
				 .minimum_number = least,
				 .maximum_number = most};

	validate(o, range, &v);
}

void sheet_out_mark(struct sheet_out *o, struct sheet_range r, str formula)
{
	struct buf b;
	lxw_conditional_format c = {.type = LXW_CONDITIONAL_TYPE_FORMULA, .format = o->mark};

	c.value_string = (char *)(uintptr_t)cstr(&b, formula, FORMULA_MAX);
	note(o, worksheet_conditional_format_range(o->sheet, r.from.row, (lxw_col_t)r.from.column, r.to.row,
						   (lxw_col_t)r.to.column, &c));
	buf_done(&b);
}

void sheet_out_radar(struct sheet_out *o, struct sheet_spot at, str title, const struct sheet_series *series,
		     uint32_t count)
{
	lxw_chart *chart = workbook_add_chart(o->book, LXW_CHART_RADAR_WITH_MARKERS);
	lxw_chart_options options = {.x_scale = 1.5, .y_scale = 1.8};
	struct buf b;

	CHECK(chart != NULL);
	chart_title_set_name(chart, cstr(&b, title, 255));
	buf_done(&b);
	for (uint32_t i = 0; i < count; i++) {
		struct buf categories, values, name;
		lxw_chart_series *s = chart_add_series(chart, cstr(&categories, series[i].categories, 255),
						       cstr(&values, series[i].values, 255));

		chart_series_set_name(s, cstr(&name, series[i].name, 255));
		buf_done(&categories);
		buf_done(&values);
		buf_done(&name);
	}
	chart_axis_set_min(chart->y_axis, 0);
	chart_axis_set_max(chart->y_axis, 5);
	chart_axis_set_major_unit(chart->y_axis, 1);
	chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
	note(o, worksheet_insert_chart_opt(o->sheet, at.row, (lxw_col_t)at.column, chart, &options));
}

void sheet_out_landscape(struct sheet_out *o)
{
	worksheet_set_landscape(o->sheet);
	worksheet_set_paper(o->sheet, 9); /* A4 */
	worksheet_fit_to_pages(o->sheet, 1, 0);
}

int sheet_out_finish(struct sheet_out *o, struct buf *out, struct err *e)
{
	lxw_error rc = workbook_close(o->book);
	struct stat st;
	void *map;

	o->book = NULL;
	if (rc == LXW_NO_ERROR)
		rc = o->first;
	if (rc != LXW_NO_ERROR) {
		int code = err_set(e, ERR_INTERNAL, "err.sheet.write");

		err_detail(e, str_of(lxw_strerror(rc)));
		return code;
	}
	if (fstat(o->fd, &st) < 0 || st.st_size <= 0)
		return err_set_errno(e, "err.sheet.write", STR("xlsx"), errno);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, o->fd, 0);
	if (map == MAP_FAILED)
		return err_set_errno(e, "err.sheet.write", STR("xlsx"), errno);
	buf_add(out, (str){map, (size_t)st.st_size});
	munmap(map, (size_t)st.st_size);
	return buf_check(out, e);
}
