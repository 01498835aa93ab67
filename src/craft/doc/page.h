/* page: paper. Keeps the place on the page and draws text and tables there, or only measures. For pdf.c. */
#ifndef CRAFT_DOC_PAGE_H
#define CRAFT_DOC_PAGE_H

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "craft/doc/doc.h"

/* A4 in points. */
#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89
#define PAGE_MARGIN 51.0
#define PAGE_TOP 54.0
#define PAGE_BOTTOM 62.0 /* the footer stands in it */
#define PAGE_INNER (PAGE_WIDTH - 2 * PAGE_MARGIN)

struct page {
	cairo_t *cr;
	cairo_surface_t *surface;
	PangoLayout *layout; /* one for all texts */
	PangoFontDescription *font;
	struct doc_info info;
	bool draws;             /* false: the first run, which only finds the places */
	uint32_t number, count; /* present page; all pages, known in the second run */
	double y;
	bool has_footer; /* the cover has none */
	int outline;     /* the last outline entry of level 1 */
};

struct page_text {
	str text;
	double size, width; /* points; width 0: PAGE_INNER */
	uint32_t colour;    /* 0xRRGGBB */
	bool bold;
	enum doc_align align;
	double leading; /* line distance, 0: 1.45 */
};

/* Sets the page's layout to this text and tells its height. */
double page_measure(struct page *p, const struct page_text *t);
/* Draws at x and the given y; the place stays. */
void page_text_at(struct page *p, const struct page_text *t, double x, double y);
/* Draws at the place, breaking pages between lines, and moves on. */
void page_flow(struct page *p, const struct page_text *t, double x);
/* A new page unless `need` points are left. True when one began. */
bool page_need(struct page *p, double need);
void page_next(struct page *p);
void page_fill(struct page *p, const cairo_rectangle_t *area, uint32_t colour);
void page_line(struct page *p, double x1, double x2, double y);
/* Writes the footer of the present page and ends it. */
void page_end(struct page *p);

void page_table(struct page *p, const struct doc_table *table);

#endif
