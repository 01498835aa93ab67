#include "craft/doc/page.h"

#include <stdio.h>

#include "craft/doc/internal.h"

#define LEADING 1.45
#define FOOTER_SIZE 8.0
#define FOOTER_INK 0x626c7a

static void set_colour(cairo_t *cr, uint32_t c)
{
	cairo_set_source_rgb(cr, (c >> 16) / 255.0, (c >> 8 & 255) / 255.0, (c & 255) / 255.0);
}

double page_measure(struct page *p, const struct page_text *t)
{
	static const PangoAlignment aligns[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
	int height;

	pango_font_description_set_absolute_size(p->font, t->size * PANGO_SCALE);
	pango_font_description_set_weight(p->font, t->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(p->layout, p->font);
	pango_layout_set_width(p->layout, (int)((t->width > 0 ? t->width : PAGE_INNER) * PANGO_SCALE));
	pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(p->layout, aligns[t->align]);
	pango_layout_set_line_spacing(p->layout, (float)(t->leading > 0 ? t->leading : LEADING));
	pango_layout_set_text(p->layout, t->text.ptr ? t->text.ptr : "", (int)t->text.len);
	pango_layout_get_size(p->layout, NULL, &height);
	return height / (double)PANGO_SCALE;
}

void page_text_at(struct page *p, const struct page_text *t, double x, double y)
{
	(void)page_measure(p, t);
	if (!p->draws)
		return;
	set_colour(p->cr, t->colour);
	cairo_move_to(p->cr, x, y);
	pango_cairo_show_layout(p->cr, p->layout);
}

void page_flow(struct page *p, const struct page_text *t, double x)
{
	PangoLayoutIter *iter;
	double first = 0;

	page_need(p, t->size * LEADING);
	(void)page_measure(p, t);
	iter = pango_layout_get_iter(p->layout);
	do {
		PangoRectangle line;
		int top, bottom;
		double height;

		pango_layout_iter_get_line_extents(iter, NULL, &line);
		pango_layout_iter_get_line_yrange(iter, &top, &bottom);
		height = (bottom - top) / (double)PANGO_SCALE;
		if (p->y + height > PAGE_HEIGHT - PAGE_BOTTOM)
			page_next(p);
		if (p->draws) {
			set_colour(p->cr, t->colour);
			first = pango_layout_iter_get_baseline(iter) / (double)PANGO_SCALE - top / (double)PANGO_SCALE;
			cairo_move_to(p->cr, x + line.x / (double)PANGO_SCALE, p->y + first);
			pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(iter));
		}
		p->y += height;
	} while (pango_layout_iter_next_line(iter));
	pango_layout_iter_free(iter);
}

static void draw_footer(struct page *p)
{
	char place[48];
	struct page_text left = {
		.text = p->info.title, .size = FOOTER_SIZE, .width = PAGE_INNER * 0.75, .colour = FOOTER_INK};
	struct page_text right = {.size = FOOTER_SIZE, .colour = FOOTER_INK, .align = DOC_RIGHT};
	int len = snprintf(place, sizeof(place), "%u / %u", p->number, p->count);

	right.text = (str){place, (size_t)len};
	page_line(p, PAGE_MARGIN, PAGE_WIDTH - PAGE_MARGIN, PAGE_HEIGHT - 44);
	page_text_at(p, &left, PAGE_MARGIN, PAGE_HEIGHT - 40);
	page_text_at(p, &right, PAGE_MARGIN, PAGE_HEIGHT - 40);
}

void page_end(struct page *p)
{
	if (!p->draws)
		return;
	if (p->has_footer)
		draw_footer(p);
	cairo_show_page(p->cr);
}

void page_next(struct page *p)
{
	page_end(p);
	p->number++;
	p->y = PAGE_TOP;
	p->has_footer = true;
}

bool page_need(struct page *p, double need)
{
	if (p->y + need <= PAGE_HEIGHT - PAGE_BOTTOM)
		return false;
	page_next(p);
	return true;
}

void page_fill(struct page *p, const cairo_rectangle_t *area, uint32_t colour)
{
	if (!p->draws)
		return;
	set_colour(p->cr, colour);
	cairo_rectangle(p->cr, area->x, area->y, area->width, area->height);
	cairo_fill(p->cr);
}

void page_line(struct page *p, double x1, double x2, double y)
{
	if (!p->draws)
		return;
	set_colour(p->cr, 0xc4cad3);
	cairo_set_line_width(p->cr, 0.5);
	cairo_move_to(p->cr, x1, y);
	cairo_line_to(p->cr, x2, y);
	cairo_stroke(p->cr);
}
