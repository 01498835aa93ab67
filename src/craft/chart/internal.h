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

/* bars.c */
extern const str chart_part_classes[CHART_PARTS];
uint64_t chart_bar_total(const struct chart_bar *bar);
/* The distance of grid lines: 1, 2 or 5 times a power of ten, so that at most five are drawn. */
uint64_t chart_step(uint64_t most);

#endif
