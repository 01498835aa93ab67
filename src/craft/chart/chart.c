#include "craft/chart/chart.h"

#include "base/check.h"
#include "craft/chart/internal.h"

struct chart *chart_create(struct arena *a, str size, double width, double height)
{
	struct chart *c = arena_alloc(a, sizeof(*c));

	if (!c)
		return NULL;
	c->arena = a;
	c->size = size;
	c->width = width;
	c->height = height;
	return c;
}

void chart_describe(struct chart *c, str title, str description)
{
	if (!c)
		return;
	c->title = title;
	c->description = description;
}

static struct shape *shape_add(struct chart *c, enum shape_kind kind, str class, const struct chart_point *points,
			       size_t count)
{
	struct shape *s = c ? arena_alloc(c->arena, sizeof(*s)) : NULL;
	struct chart_point *copy = s ? arena_alloc(c->arena, count * sizeof(*copy)) : NULL;

	if (!copy) {
		if (c)
			c->failed = true;
		return NULL;
	}
	memcpy(copy, points, count * sizeof(*copy));
	s->kind = kind;
	s->class = class;
	s->points = copy;
	s->count = count;
	if (c->last)
		c->last->next = s;
	else
		c->first = s;
	c->last = s;
	return s;
}

void chart_line(struct chart *c, str class, const struct chart_point *points, size_t count)
{
	shape_add(c, SHAPE_LINE, class, points, count);
}

void chart_polygon(struct chart *c, str class, const struct chart_point *points, size_t count)
{
	shape_add(c, SHAPE_POLYGON, class, points, count);
}

void chart_rect(struct chart *c, str class, struct chart_point corner, double width, double height)
{
	struct shape *s = shape_add(c, SHAPE_RECT, class, &corner, 1);

	if (s) {
		s->width = width;
		s->height = height;
	}
}

void chart_dot(struct chart *c, str class, struct chart_point centre, double radius)
{
	struct shape *s = shape_add(c, SHAPE_DOT, class, &centre, 1);

	if (s)
		s->width = radius;
}

void chart_diamond(struct chart *c, str class, struct chart_point at, double r)
{
	const struct chart_point corners[] = {{at.x, at.y - r}, {at.x + r, at.y}, {at.x, at.y + r}, {at.x - r, at.y}};

	chart_polygon(c, class, corners, COUNT_OF(corners));
}

void chart_text(struct chart *c, str class, struct chart_point at, str text)
{
	struct shape *s = shape_add(c, SHAPE_TEXT, class, &at, 1);

	if (s)
		s->text = text;
}
