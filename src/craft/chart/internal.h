/* internal: the list of primitives. */
#ifndef CRAFT_CHART_INTERNAL_H
#define CRAFT_CHART_INTERNAL_H

#include "craft/chart/chart.h"

enum shape_kind { SHAPE_LINE, SHAPE_POLYGON, SHAPE_RECT, SHAPE_DOT, SHAPE_TEXT };

struct shape {
	struct shape *next;
	enum shape_kind kind;
	str class;
	str text;
	struct chart_point *points; /* line, polygon: all; the others: one */
	size_t count;
	double width, height; /* rect; a dot's radius is width */
};

struct chart {
	struct arena *arena;
	struct shape *first, *last;
	str size, title, description;
	double width, height;
	bool failed;
};

#endif
