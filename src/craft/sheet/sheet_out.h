/* sheet_out: a workbook built cell by cell: styles, live formulas with their computed value, lists to choose from,
 * protection, a radar chart. For a plain table use sheet_tables_xlsx. Part of sheet.h.
 *
 * Mistakes of the library are kept and told by sheet_out_finish. Text is copied. One owner.
 */
#ifndef CRAFT_SHEET_SHEET_OUT_H
#define CRAFT_SHEET_SHEET_OUT_H

#include "craft/sheet/sheet.h"

enum sheet_style {
	SHEET_PLAIN,
	SHEET_TITLE, /* large */
	SHEET_HEAD,  /* of a table */
	SHEET_HEAD2, /* the second language under it, small */
	SHEET_FIXED, /* locked: what the program wrote */
	SHEET_FIXED_SCORE,
	SHEET_INPUT, /* to be filled in; wraps */
	SHEET_INPUT_CENTRE,
	SHEET_INPUT_DATE,
	SHEET_NOTE,  /* wraps, grey */
	SHEET_SCORE, /* 0.00 */
	SHEET_COUNT,
	SHEET_DAY, /* yyyy-mm-dd */
	SHEET_STYLE_COUNT
};

struct sheet_out;

struct sheet_spot {
	uint32_t row, column;
};

struct sheet_range {
	struct sheet_spot from, to;
};

/* title and author go into the file's properties. */
int sheet_out_create(str title, str author, time_us now, struct sheet_out **ret, struct err *e) MUST_CHECK;
void sheet_out_free(struct sheet_out *o); /* NULL is fine */

/* Begins a sheet; the following calls write into it. */
void sheet_out_sheet(struct sheet_out *o, str name);
void sheet_out_hide(struct sheet_out *o); /* this sheet */
void sheet_out_cell(struct sheet_out *o, struct sheet_spot at, enum sheet_style style, struct sheet_cell cell);
void sheet_out_text(struct sheet_out *o, struct sheet_spot at, enum sheet_style style, str text);
/* `formula` without '='; `value` is what a reader that does not compute shows. */
void sheet_out_formula(struct sheet_out *o, struct sheet_spot at, enum sheet_style style, str formula,
		       struct sheet_cell value);
void sheet_out_width(struct sheet_out *o, uint32_t column, double width); /* 0 hides it */
void sheet_out_height(struct sheet_out *o, uint32_t row, double points);  /* 0 hides it */
void sheet_out_freeze(struct sheet_out *o, struct sheet_spot at);
void sheet_out_filter(struct sheet_out *o, struct sheet_range range);
/* Cells of fixed styles can then not be changed by mistake; without a password: it is a guard-rail, no secret. */
void sheet_out_protect(struct sheet_out *o);
/* A list to choose from: `source` is a formula such as "=lists!$A$1:$A$5". */
void sheet_out_choice(struct sheet_out *o, struct sheet_range range, str source);
/* Whole numbers only. */
void sheet_out_whole(struct sheet_out *o, struct sheet_range range, int least, int most);
/* A rule that colours a range while `formula` holds. */
void sheet_out_mark(struct sheet_out *o, struct sheet_range range, str formula);

struct sheet_series {
	str name, categories, values; /* formulas of ranges: "=Result!$B$5:$B$13" */
};
/* On the present sheet, top left at `at`. */
void sheet_out_radar(struct sheet_out *o, struct sheet_spot at, str title, const struct sheet_series *series,
		     uint32_t count);
void sheet_out_landscape(struct sheet_out *o); /* A4, one page wide, the head on every page */

int sheet_out_finish(struct sheet_out *o, struct buf *out, struct err *e) MUST_CHECK;

#endif
