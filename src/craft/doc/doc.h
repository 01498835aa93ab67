/* doc: one document, several writers: HTML, PDF, Markdown, and XLSX and CSV of its tables.
 *
 * Why: a report is composed once (by a room that knows the matter) and goes to a browser, a printer, a mail or a
 * spreadsheet. A document is a run of blocks in the order of reading: cover, heading, paragraph, list item, note,
 * table, figure, page break, contents. Blocks are kept as bytes, so that a document can be handed to another process:
 * the PDF writer runs in a child (os/child.h) because it loads fonts and large libraries.
 * Limits: DOC_BYTES_MAX; past it, doc_check and the writers say ERR_LIMIT. Ownership: text is copied.
 * Fonts: Noto Sans CJK JP or IPAexGothic, whatever fontconfig finds, embedded as a subset; text can be searched and
 * copied out again.
 */
#ifndef CRAFT_DOC_DOC_H
#define CRAFT_DOC_DOC_H

#include "base/arena.h"
#include "base/buf.h"
#include "craft/chart/chart.h"
#include "craft/sheet/sheet.h"
#include "craft/words/words.h"

#define DOC_BYTES_MAX ((size_t)16 << 20)
#define DOC_HEADING_LEVELS 3u
#define DOC_COLUMNS_MAX 24u
#define DOC_ROWS_MAX 20000u
#define DOC_PAGES_MAX 2000u
#define DOC_PDF_MAX ((size_t)60 << 20)

struct doc {
	struct buf blocks;
};

struct doc_info {
	str title, author; /* author: the organisation */
	enum lang lang;
	time_us made;
};

enum doc_align { DOC_LEFT, DOC_CENTRE, DOC_RIGHT };

struct doc_column {
	str title;
	double weight; /* share of the width */
	enum doc_align align;
	unsigned decimals; /* of numbers */
};

struct doc_table {
	str name; /* the caption; of the sheet, too */
	const struct doc_column *columns;
	uint32_t column_count, row_count;
	const struct sheet_cell *cells; /* row by row */
};

enum doc_kind {
	DOC_COVER,   /* text: title; more: lines under it, separated by '\n' */
	DOC_HEADING, /* level 1..DOC_HEADING_LEVELS */
	DOC_PARAGRAPH,
	DOC_ITEM, /* of a list */
	DOC_NOTE, /* small and grey */
	DOC_TABLE,
	DOC_FIGURE,   /* text: what it shows; more: legend entries "class name", separated by '\n' */
	DOC_PAGE,     /* a new page */
	DOC_CONTENTS, /* the headings of levels 1 and 2, with pages where there are pages */
	DOC_KIND_COUNT
};

void doc_init(struct doc *d, const struct doc_info *info);
void doc_done(struct doc *d);

void doc_cover(struct doc *d, str title, str lines);
void doc_heading(struct doc *d, unsigned level, str text);
void doc_paragraph(struct doc *d, str text);
void doc_item(struct doc *d, str text);
void doc_note(struct doc *d, str text);
void doc_table(struct doc *d, const struct doc_table *table);
void doc_figure(struct doc *d, const struct chart *chart, str caption, str legend);
void doc_page(struct doc *d);
void doc_contents(struct doc *d);
/* 0, or ERR_LIMIT err.doc.limit. */
int doc_check(const struct doc *d, struct err *e) MUST_CHECK;

/* ---- reading, for writers ---- */

struct doc_block {
	enum doc_kind kind;
	unsigned level;
	uint32_t index; /* of this heading among headings, from 1 */
	str text, more;
	struct doc_table table;
	const struct chart *chart;
};

struct doc_reader {
	str rest;
	struct arena *arena;
	struct doc_info info;
	uint32_t headings;
};

/* From doc.blocks or from bytes of another process. ERR_CORRUPT err.doc.broken. */
int doc_read(str bytes, struct arena *a, struct doc_reader *ret, struct err *e) MUST_CHECK;
/* 1 = a block, 0 = the end, negative = error. Tables and charts live in the arena. */
int doc_next(struct doc_reader *r, struct doc_block *ret, struct err *e) MUST_CHECK;

/* A cell as people read it in this column. */
void doc_cell_add(struct buf *out, const struct doc_column *column, const struct sheet_cell *cell);

/* ---- writers ---- */

/* A whole page of its own (web/templates/report), with styles for screen and print inside and no script. */
int doc_html(const struct doc *d, struct buf *out, struct err *e) MUST_CHECK;
int doc_markdown(const struct doc *d, struct buf *out, struct err *e) MUST_CHECK;
int doc_xlsx(const struct doc *d, struct buf *out, struct err *e) MUST_CHECK; /* a sheet per table */
/* In a child; doc_pdf_here is what the child does. ERR_UNSUPPORTED err.doc.font when no font has Japanese. */
int doc_pdf(const struct doc *d, struct buf *out, struct err *e) MUST_CHECK;
int doc_pdf_here(str blocks, struct buf *out, struct err *e) MUST_CHECK;

struct child_part;
extern const struct child_part doc_child; /* app/main.c lists it */

#endif
