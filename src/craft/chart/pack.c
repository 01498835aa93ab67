/* A chart as bytes: the primitives, so that a process that draws needs no figures. */
#include <math.h>

#include "craft/chart/internal.h"

#define POINTS_MAX 4096u /* of one shape */
#define SIZE_MAX_UNITS 10000.0

static void put_u32(struct buf *out, uint32_t n)
{
	buf_add(out, (str){(const char *)&n, sizeof(n)});
}

static void put_real(struct buf *out, double x)
{
	buf_add(out, (str){(const char *)&x, sizeof(x)});
}

static void put_str(struct buf *out, str text)
{
	put_u32(out, (uint32_t)text.len);
	buf_add(out, text);
}

void chart_pack(const struct chart *c, struct buf *out)
{
	uint32_t count = 0;

	for (const struct shape *s = c->first; s; s = s->next)
		count++;
	put_real(out, c->width);
	put_real(out, c->height);
	put_str(out, c->size);
	put_str(out, c->title);
	put_str(out, c->description);
	put_u32(out, count);
	for (const struct shape *s = c->first; s; s = s->next) {
		put_u32(out, s->kind);
		put_str(out, s->class);
		put_str(out, s->text);
		put_real(out, s->width);
		put_real(out, s->height);
		put_u32(out, (uint32_t)s->count);
		for (size_t i = 0; i < s->count; i++) {
			put_real(out, s->points[i].x);
			put_real(out, s->points[i].y);
		}
	}
}

struct reader {
	str rest;
	bool bad;
};

static str take(struct reader *r, size_t len)
{
	str found = str_sub(r->rest, 0, len);

	r->bad = r->bad || found.len < len;
	r->rest = str_from(r->rest, len);
	return found;
}

static uint32_t take_u32(struct reader *r, uint32_t most)
{
	str bytes = take(r, sizeof(uint32_t));
	uint32_t n = 0;

	if (!r->bad)
		memcpy(&n, bytes.ptr, sizeof(n));
	r->bad = r->bad || n > most;
	return r->bad ? 0 : n;
}

static double take_real(struct reader *r)
{
	str bytes = take(r, sizeof(double));
	double x = 0;

	if (!r->bad)
		memcpy(&x, bytes.ptr, sizeof(x));
	r->bad = r->bad || !(fabs(x) <= SIZE_MAX_UNITS);
	return r->bad ? 0 : x;
}

static str take_str(struct reader *r)
{
	return take(r, take_u32(r, UINT32_MAX));
}

static void take_shape(struct reader *r, struct chart *c)
{
	enum shape_kind kind = (enum shape_kind)take_u32(r, SHAPE_TEXT);
	str class = take_str(r), text = take_str(r);
	double width = take_real(r), height = take_real(r);
	uint32_t count = take_u32(r, POINTS_MAX);
	struct chart_point *points = r->bad || !count ? NULL : arena_alloc(c->arena, count * sizeof(*points));

	r->bad = r->bad || !points;
	for (uint32_t i = 0; i < count && !r->bad; i++)
		points[i] = (struct chart_point){take_real(r), take_real(r)};
	if (r->bad)
		return;
	if (kind == SHAPE_LINE) {
		chart_line(c, class, points, count);
	} else if (kind == SHAPE_POLYGON) {
		chart_polygon(c, class, points, count);
	} else if (kind == SHAPE_RECT) {
		chart_rect(c, class, points[0], width, height);
	} else if (kind == SHAPE_DOT) {
		chart_dot(c, class, points[0], width);
	} else {
		chart_text(c, class, points[0], text);
	}
}

struct chart *chart_unpack(str bytes, struct arena *a)
{
	struct reader r = {.rest = bytes};
	double width = take_real(&r), height = take_real(&r);
	str size = take_str(&r), title = take_str(&r), description = take_str(&r);
	uint32_t count = take_u32(&r, UINT32_MAX);
	struct chart *c = r.bad ? NULL : chart_create(a, size, width, height);

	if (!c)
		return NULL;
	chart_describe(c, title, description);
	for (uint32_t i = 0; i < count && !r.bad; i++)
		take_shape(&r, c);
	return r.bad || c->failed || r.rest.len ? NULL : c;
}
