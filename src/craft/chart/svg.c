/* The primitives as SVG 1.1 elements. */
#include "craft/chart/internal.h"

/* One decimal is a tenth of a pixel at the drawn size. Written by hand: printf's decimal point follows the locale. */
static void add_number(struct buf *out, double x)
{
	int64_t tenths = (int64_t)(x * 10.0 + (x < 0 ? -0.5 : 0.5));
	uint64_t size = tenths < 0 ? (uint64_t)-tenths : (uint64_t)tenths;

	if (tenths < 0)
		buf_add_byte(out, '-');
	buf_add_u64(out, size / 10);
	if (size % 10) {
		buf_add_byte(out, '.');
		buf_add_u64(out, size % 10);
	}
}

static void add_attribute(struct buf *out, str name, double x)
{
	buf_add_byte(out, ' ');
	buf_add(out, name);
	buf_add(out, STR("=\""));
	add_number(out, x);
	buf_add_byte(out, '"');
}

static void add_text(struct buf *out, str s)
{
	for (size_t i = 0; i < s.len; i++)
		switch (s.ptr[i]) {
		case '&':
			buf_add(out, STR("&amp;"));
			break;
		case '<':
			buf_add(out, STR("&lt;"));
			break;
		case '>':
			buf_add(out, STR("&gt;"));
			break;
		case '"':
			buf_add(out, STR("&quot;"));
			break;
		default:
			if ((unsigned char)s.ptr[i] >= 0x20)
				buf_add_byte(out, s.ptr[i]);
			break;
		}
}

static void open_element(struct buf *out, str name, str class)
{
	buf_add_byte(out, '<');
	buf_add(out, name);
	if (class.len) {
		buf_add(out, STR(" class=\""));
		add_text(out, class);
		buf_add_byte(out, '"');
	}
}

static void add_points(struct buf *out, const struct shape *s)
{
	buf_add(out, STR(" points=\""));
	for (size_t i = 0; i < s->count; i++) {
		if (i)
			buf_add_byte(out, ' ');
		add_number(out, s->points[i].x);
		buf_add_byte(out, ',');
		add_number(out, s->points[i].y);
	}
	buf_add(out, STR("\"/>"));
}

static void add_shape(struct buf *out, const struct shape *s)
{
	switch (s->kind) {
	case SHAPE_LINE:
		open_element(out, STR("polyline"), s->class);
		add_points(out, s);
		break;
	case SHAPE_POLYGON:
		open_element(out, STR("polygon"), s->class);
		add_points(out, s);
		break;
	case SHAPE_RECT:
		open_element(out, STR("rect"), s->class);
		add_attribute(out, STR("x"), s->points[0].x);
		add_attribute(out, STR("y"), s->points[0].y);
		add_attribute(out, STR("width"), s->width);
		add_attribute(out, STR("height"), s->height);
		buf_add(out, STR("/>"));
		break;
	case SHAPE_DOT:
		open_element(out, STR("circle"), s->class);
		add_attribute(out, STR("cx"), s->points[0].x);
		add_attribute(out, STR("cy"), s->points[0].y);
		add_attribute(out, STR("r"), s->width);
		buf_add(out, STR("/>"));
		break;
	case SHAPE_TEXT:
		open_element(out, STR("text"), s->class);
		add_attribute(out, STR("x"), s->points[0].x);
		add_attribute(out, STR("y"), s->points[0].y);
		buf_add_byte(out, '>');
		add_text(out, s->text);
		buf_add(out, STR("</text>"));
		break;
	}
}

int chart_svg(const struct chart *c, struct buf *out, struct err *e)
{
	if (!c || c->failed)
		return err_set(e, ERR_LIMIT, "err.chart.memory");
	open_element(out, STR("svg"), c->size);
	buf_add(out, STR(" viewBox=\"0 0 "));
	add_number(out, c->width);
	buf_add_byte(out, ' ');
	add_number(out, c->height);
	/* A picture with a name; one without is decoration beside figures in text. */
	buf_add(out, c->title.len ? STR("\" role=\"img\"><title>") : STR("\" aria-hidden=\"true\">"));
	if (c->title.len) {
		add_text(out, c->title);
		buf_add(out, STR("</title>"));
	}
	if (c->title.len && c->description.len) {
		buf_add(out, STR("<desc>"));
		add_text(out, c->description);
		buf_add(out, STR("</desc>"));
	}
	for (const struct shape *s = c->first; s; s = s->next)
		add_shape(out, s);
	buf_add(out, STR("</svg>"));
	return buf_check(out, e);
}
