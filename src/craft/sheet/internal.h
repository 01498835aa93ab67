/* What the files of craft/sheet share. */
#ifndef CRAFT_SHEET_INTERNAL_H
#define CRAFT_SHEET_INTERNAL_H

#include "craft/sheet/sheet.h"

/* A text that a spreadsheet would run as a formula. */
bool sheet_csv_risky(str text);

/* ---- zip.c: the parts of a workbook that are read ---- */

struct sheet_part {
	str name, bytes;
};

struct sheet_parts {
	struct sheet_part *items; /* in the arena */
	uint32_t count;
};

int sheet_unzip(str bytes, struct arena *a, struct sheet_parts *ret, struct err *e) MUST_CHECK;
/* STR_NONE when absent. */
str sheet_part_find(const struct sheet_parts *parts, str name);

/* ---- xml.c: expat with what is refused ---- */

struct xml_reader;
typedef const char *const *xml_attributes;

struct xml_handler {
	/* Local names, without a prefix. Negative = stop, the story is in *e of xml_read. */
	int (*open)(void *ctx, str name, xml_attributes attributes, struct err *e);
	int (*close)(void *ctx, str name, struct err *e);
	void (*text)(void *ctx, str bytes);
	void *ctx;
};

int xml_read(str part, str bytes, const struct xml_handler *handler, struct err *e) MUST_CHECK;
/* By local name; STR_NONE when absent. */
str xml_attribute(xml_attributes attributes, str name);

/* ---- styles.c, strings.c, grid.c: one part each ---- */

struct sheet_dates {
	bool *is_date; /* by index of cellXfs */
	uint32_t count;
	bool is_1904;
};
int sheet_read_styles(str bytes, struct arena *a, struct sheet_dates *ret, struct err *e) MUST_CHECK;

struct sheet_strings {
	str *items;
	uint32_t count;
};
int sheet_read_strings(str bytes, struct arena *a, struct sheet_strings *ret, struct err *e) MUST_CHECK;
/* "_x000D_" is how a workbook writes what XML cannot. */
void sheet_unescape(struct buf *text);

struct grid_context {
	const struct sheet_strings *strings;
	const struct sheet_dates *dates;
	struct arena *arena;
	uint32_t *cells; /* of all sheets so far */
};
int sheet_read_grid(str part, str bytes, const struct grid_context *context, struct sheet *ret,
		    struct err *e) MUST_CHECK;

int sheet_read_xlsx(str bytes, struct arena *a, struct sheet_book *ret, struct err *e) MUST_CHECK;
int sheet_read_csv(str bytes, struct arena *a, struct sheet_book *ret, struct err *e) MUST_CHECK;

/* ---- pack.c: a book as bytes, between child and parent ---- */

void sheet_pack(const struct sheet_book *book, struct buf *out);
int sheet_unpack(str bytes, struct arena *a, struct sheet_book *ret, struct err *e) MUST_CHECK;

static inline int sheet_budget(struct err *e)
{
	return err_set(e, ERR_LIMIT, "err.sheet.budget");
}

#endif
