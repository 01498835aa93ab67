/* sheet: workbooks (XLSX) and CSV, out and in.
 *
 * Why: organisations live in spreadsheets; what Noroshi holds goes there and comes back. Out: plain tables (one call),
 * or a workbook built cell by cell with live formulas, lists to choose from and charts (sheet_out.h). In: the cells of
 * a stranger's file as values with their addresses; nothing in them is ever computed here. A formula's cell carries
 * the value that the program which saved it had computed, and says so; one without such a value has kind SHEET_EMPTY
 * and is_formula.
 * Refused whole, with a reason: macros, links to other workbooks, a DTD or an entity in the XML, encrypted or old
 * (.xls) files, and whatever passes a limit below (a "zip bomb" meets SHEET_UNPACKED_MAX or SHEET_RATIO_MAX first).
 * sheet_read runs the libraries in a child (os/child.h); sheet_read_here is what the child does, for tests and fuzzing.
 * Shapes: rows and columns count from 0 here; people read "F12". Dates are serials of the 1900 system (days).
 * Ownership: what is read lives in the arena given. Tables to write own nothing.
 */
#ifndef CRAFT_SHEET_SHEET_H
#define CRAFT_SHEET_SHEET_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

#define SHEET_FILE_MAX (8u << 20)             /* bytes of the file as it comes */
#define SHEET_UNPACKED_MAX ((size_t)48 << 20) /* bytes of all parts of a workbook together */
#define SHEET_RATIO_MAX 250u                  /* unpacked to packed, beyond SHEET_RATIO_FREE */
#define SHEET_RATIO_FREE (1u << 20)           /* bytes: a small file of blanks is no attack */
#define SHEET_PARTS_MAX 1000u                 /* entries of the zip file */
#define SHEET_SHEETS_MAX 64u
#define SHEET_ROWS_MAX 20000u   /* of one sheet */
#define SHEET_COLUMNS_MAX 256u  /* further to the right is an error */
#define SHEET_CELLS_MAX 400000u /* of all sheets */
#define SHEET_STRINGS_MAX 200000u
#define SHEET_TEXT_MAX 32767u /* bytes of one cell; Excel's own limit is as many characters */
#define SHEET_ARENA ((size_t)160 << 20)

enum sheet_kind {
	SHEET_EMPTY,
	SHEET_TEXT,
	SHEET_NUMBER,
	SHEET_DATE, /* a number whose format shows a date */
	SHEET_BOOL, /* number is 0 or 1 */
	SHEET_ERROR /* text is "#N/A", … */
};

struct sheet_cell {
	enum sheet_kind kind;
	bool is_formula; /* the value is what another program computed */
	str text;
	double number;
};

struct sheet_row {
	uint32_t at; /* from 0; rows are in order, empty ones are left out */
	uint32_t count;
	struct sheet_cell *cells; /* column 0 first */
};

struct sheet {
	str name;
	bool is_hidden;
	struct sheet_row *rows;
	uint32_t row_count;
};

struct sheet_book {
	struct sheet *sheets;
	uint32_t count;
	bool was_cp932; /* a CSV in the Japanese code page of Windows, converted */
};

enum sheet_format { SHEET_XLSX, SHEET_CSV };

/* By content: a zip file is XLSX, anything else is CSV. */
enum sheet_format sheet_format_of(str bytes);

/* ERR_LIMIT, ERR_PARSE or ERR_UNSUPPORTED with key err.sheet.*; path is the part of the workbook, line its line. */
int sheet_read(str bytes, struct arena *a, struct sheet_book *ret, struct err *e) MUST_CHECK;
int sheet_read_here(str bytes, struct arena *a, struct sheet_book *ret, struct err *e) MUST_CHECK;

/* The part of this program that a child runs; app/main.c lists it. */
struct child_part;
extern const struct child_part sheet_child;

/* NULL when there is none. */
const struct sheet *sheet_find(const struct sheet_book *book, str name);
/* An empty cell when there is none. */
struct sheet_cell sheet_at(const struct sheet_row *row, uint32_t column);

#define SHEET_ADDRESS_MAX 16
/* "F12" of row 11, column 5. */
struct sheet_address {
	char text[SHEET_ADDRESS_MAX];
};
struct sheet_address sheet_address(uint32_t row, uint32_t column);

/* Serial days of the 1900 system and instants. A day before 1900-03-01 is off by one, as in every spreadsheet. */
time_us sheet_time(double serial);
double sheet_serial(time_us t);

/* ---- plain tables out ---- */

struct sheet_column {
	str title;
	enum sheet_kind kind; /* SHEET_TEXT, SHEET_NUMBER, SHEET_DATE: how the column looks */
	double width;         /* characters; 0: 14 */
};

struct sheet_table {
	str name; /* of the sheet; what Excel does not take in a name is replaced */
	const struct sheet_column *columns;
	uint32_t column_count, row_count;
	const struct sheet_cell *cells; /* row_count × column_count, row by row */
};

/* A workbook with a sheet per table: bold head, frozen, with a filter. */
int sheet_tables_xlsx(const struct sheet_table *tables, uint32_t count, struct buf *out, struct err *e) MUST_CHECK;
/* RFC 4180 with a byte order mark (Excel needs it for UTF-8) and CRLF. A text that a spreadsheet would take for a
 * formula gets an apostrophe in front, which sheet_read takes away again. */
int sheet_table_csv(const struct sheet_table *table, struct buf *out, struct err *e) MUST_CHECK;
/* One cell as CSV text, quoted where needed; shared with whoever writes rows of his own. */
void sheet_csv_cell(struct buf *out, const struct sheet_cell *cell);

static inline struct sheet_cell sheet_text(str text)
{
	return (struct sheet_cell){.kind = text.len ? SHEET_TEXT : SHEET_EMPTY, .text = text};
}

static inline struct sheet_cell sheet_number(double number)
{
	return (struct sheet_cell){.kind = SHEET_NUMBER, .number = number};
}

static inline struct sheet_cell sheet_date(time_us t)
{
	return t ? (struct sheet_cell){.kind = SHEET_DATE, .number = sheet_serial(t)} : (struct sheet_cell){0};
}

#include "craft/sheet/sheet_out.h"

#endif
