#include <math.h>
#include <pango/pangocairo.h>

#include "base/check.h"
#include "craft/chart/internal.h"

#define TEXT_SIZE 11.0 /* user units; base.css draws chart text at .6875rem */

struct paint {
	uint32_t colour; /* 0xRRGGBB */
	double alpha;
};

/* One class of base.css; 0 in `width`: nothing said. */
static const struct look {
	str class;
	bool fills, strokes, no_fill;
	struct paint fill, stroke;
	double width, dash[2];
} looks[] = {
	{STR_INIT("grid"), .strokes = true, .no_fill = true, .stroke = {0xc4cad3, 1}, .width = 0.75},
	{STR_INIT("axis"), .strokes = true, .no_fill = true, .stroke = {0x7d8795, 1}, .width = 1},
	{STR_INIT("ln"), .no_fill = true, .width = 2},
	{STR_INIT("s-asis"), .strokes = true, .no_fill = true, .stroke = {0x2450bd, 1}},
	{STR_INIT("s-evid"), .strokes = true, .no_fill = true, .stroke = {0x0a7361, 1}},
	{STR_INIT("s-tobe"), .strokes = true, .no_fill = true, .stroke = {0xb04a00, 1}, .dash = {7, 4}},
	{STR_INIT("s-prev"), .strokes = true, .no_fill = true, .stroke = {0x727c8a, 1}, .dash = {2, 4}},
	{STR_INIT("area"), .fills = true, .fill = {0x2450bd, 0.13}},
	{STR_INIT("f0"), .fills = true, .fill = {0x727c8a, 1}},
	{STR_INIT("f1"), .fills = true, .fill = {0x2450bd, 1}},
	{STR_INIT("f2"), .fills = true, .fill = {0x0a7361, 1}},
	{STR_INIT("f3"), .fills = true, .fill = {0xb04a00, 1}},
	{STR_INIT("f4"), .fills = true, .fill = {0x6e3aa6, 1}},
	{STR_INIT("ftrack"), .fills = true, .fill = {0xeceff3, 1}},
	{STR_INIT("fs1"), .fills = true, .fill = {0x838d9b, 1}},
	{STR_INIT("fs2"), .fills = true, .fill = {0x4f82cf, 1}},
	{STR_INIT("fs3"), .fills = true, .fill = {0xa87f00, 1}},
	{STR_INIT("fs4"), .fills = true, .fill = {0xcf5a0c, 1}},
	{STR_INIT("fs5"), .fills = true, .fill = {0x970d38, 1}},
	{STR_INIT("dotted"), .strokes = true, .stroke = {0xffffff, 1}, .width = 1.5},
};

/* The sum of a shape's classes: what a later one says wins, as in the order of base.css. */
static struct look look_of(str classes)
{
	struct look sum = {.width = 1, .no_fill = false};
	str rest = classes, class;

	while (classes.len && str_next(&rest, ' ', &class))
		for (size_t i = 0; i < COUNT_OF(looks); i++) {
			const struct look *l = &looks[i];

			if (!str_eq(l->class, class))
				continue;
			sum.no_fill = (sum.no_fill || l->no_fill) && !l->fills;
			sum.fill = l->fills ? l->fill : sum.fill;
			sum.fills = sum.fills || l->fills;
			sum.stroke = l->strokes ? l->stroke : sum.stroke;
			sum.strokes = sum.strokes || l->strokes;
			sum.width = l->width > 0 ? l->width : sum.width;
			if (l->dash[0] > 0)
				memcpy(sum.dash, l->dash, sizeof(sum.dash));
		}
	return sum;
}

static bool has_class(str classes, str wanted)
{
	str rest = classes, class;

	while (classes.len && str_next(&rest, ' ', &class))
		if (str_eq(class, wanted))
			return true;
	return false;
}

static void set_paint(cairo_t *cr, struct paint p)
{
	cairo_set_source_rgba(cr, (p.colour >> 16) / 255.0, (p.colour >> 8 & 255) / 255.0, (p.colour & 255) / 255.0,
			      p.alpha);
}

static void finish_path(cairo_t *cr, const struct look *l)
{
	if (l->fills && !l->no_fill) {
		set_paint(cr, l->fill);
		if (l->strokes)
			cairo_fill_preserve(cr);
		else
			cairo_fill(cr);
	}
	if (l->strokes) {
		set_paint(cr, l->stroke);
		cairo_set_line_width(cr, l->width);
		cairo_set_dash(cr, l->dash, l->dash[0] > 0 ? 2 : 0, 0);
		cairo_stroke(cr);
	}
	cairo_new_path(cr);
}

static void draw_text(cairo_t *cr, const struct shape *s, const PangoFontDescription *font)
{
	PangoLayout *layout = pango_cairo_create_layout(cr);
	PangoFontDescription *sized = pango_font_description_copy(font);
	struct look l = look_of(s->class);
	double x = s->points[0].x;
	PangoRectangle ink, logical;

	pango_font_description_set_absolute_size(sized, TEXT_SIZE * PANGO_SCALE);
	if (has_class(s->class, STR("strong")))
		pango_font_description_set_weight(sized, PANGO_WEIGHT_BOLD);
	pango_layout_set_font_description(layout, sized);
	pango_layout_set_text(layout, s->text.ptr ? s->text.ptr : "", (int)s->text.len);
	pango_layout_get_extents(layout, &ink, &logical);
	if (has_class(s->class, STR("mid")))
		x -= logical.width / 2.0 / PANGO_SCALE;
	else if (has_class(s->class, STR("rt")))
		x -= logical.width / (double)PANGO_SCALE;
	set_paint(cr, l.fills ? l.fill : (struct paint){0x4d5766, 1});
	cairo_move_to(cr, x, s->points[0].y - pango_layout_get_baseline(layout) / (double)PANGO_SCALE);
	pango_cairo_show_layout(cr, layout);
	pango_font_description_free(sized);
	g_object_unref(layout);
}

static void draw_shape(cairo_t *cr, const struct shape *s, const PangoFontDescription *font)
{
	struct look l = look_of(s->class);

	if (s->kind == SHAPE_TEXT) {
		draw_text(cr, s, font);
		return;
	}
	if (s->kind == SHAPE_RECT) {
		cairo_rectangle(cr, s->points[0].x, s->points[0].y, s->width, s->height);
	} else if (s->kind == SHAPE_DOT) {
		cairo_new_sub_path(cr);
		cairo_arc(cr, s->points[0].x, s->points[0].y, s->width, 0, 2 * M_PI);
	} else {
		for (size_t i = 0; i < s->count; i++)
			cairo_line_to(cr, s->points[i].x, s->points[i].y);
		if (s->kind == SHAPE_POLYGON)
			cairo_close_path(cr);
	}
	finish_path(cr, &l);
}

void chart_draw(const struct chart *c, cairo_t *cr, const PangoFontDescription *font)
{
	cairo_save(cr);
	cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
	cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
	for (const struct shape *s = c->first; s; s = s->next)
		draw_shape(cr, s, font);
	cairo_restore(cr);
}

double chart_width(const struct chart *c)
{
	return c->width;
}

double chart_height(const struct chart *c)
{
	return c->height;
}
