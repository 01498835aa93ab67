#include <math.h>

#include "base/check.h"
#include "craft/chart/internal.h"

/* Drawn size; the labels stand outside the circle, long ones to the left and right need the width. */
#define RADAR_WIDTH 350.0
#define RADAR_HEIGHT 300.0
#define RADAR_RADIUS 108.0
#define RADAR_LABEL_GAP 16.0
#define RADAR_MARKER 4.0

static const struct chart_point centre = {RADAR_WIDTH / 2, 154.0};

enum series { SERIES_PREVIOUS, SERIES_TARGET, SERIES_DECLARED, SERIES_EVIDENCE, SERIES_COUNT };

/* In the order of drawing: what matters most lies on top. */
static const struct {
	str line, marker;
} looks[SERIES_COUNT] = {
	[SERIES_PREVIOUS] = {STR_INIT("ln s-prev"), STR_INIT("f0 dotted")},
	[SERIES_TARGET] = {STR_INIT("ln s-tobe"), STR_INIT("f3 dotted")},
	[SERIES_DECLARED] = {STR_INIT("ln s-asis area"), STR_INIT("f1 dotted")},
	[SERIES_EVIDENCE] = {STR_INIT("ln s-evid"), STR_INIT("f2 dotted")},
};

static int value_of(const struct chart_axis *axis, enum series series)
{
	switch (series) {
	case SERIES_PREVIOUS:
		return axis->previous;
	case SERIES_TARGET:
		return axis->target;
	case SERIES_DECLARED:
		return axis->declared;
	default:
		return axis->evidence;
	}
}

static struct chart_point on_axis(size_t i, size_t count, double radius)
{
	double angle = 2.0 * M_PI * (double)i / (double)count - M_PI / 2.0;

	return (struct chart_point){centre.x + radius * cos(angle), centre.y + radius * sin(angle)};
}

static void draw_grid(struct chart *c, size_t count)
{
	struct chart_point ring[CHART_AXES_MAX];

	for (int level = 1; level <= 5; level++) {
		for (size_t i = 0; i < count; i++)
			ring[i] = on_axis(i, count, RADAR_RADIUS * level / 5.0);
		chart_polygon(c, STR("grid"), ring, count);
	}
	for (size_t i = 0; i < count; i++) {
		const struct chart_point spoke[] = {centre, on_axis(i, count, RADAR_RADIUS)};

		chart_line(c, STR("grid"), spoke, COUNT_OF(spoke));
	}
}

/* A missing value breaks the polygon: then only the present points are joined, and nothing is invented. */
static void draw_series(struct chart *c, const struct chart_axis *axes, size_t count, enum series series)
{
	struct chart_point points[CHART_AXES_MAX] = {{0, 0}};
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		int value = value_of(&axes[i], series);

		if (value != CHART_NONE)
			points[n++] = on_axis(i, count, RADAR_RADIUS * value / (double)CHART_SCORE_MAX);
	}
	if (n == count)
		chart_polygon(c, looks[series].line, points, n);
	for (size_t i = 0; i < n; i++) {
		if (series == SERIES_DECLARED)
			chart_dot(c, looks[series].marker, points[i], RADAR_MARKER);
		else if (series == SERIES_EVIDENCE)
			chart_diamond(c, looks[series].marker, points[i], RADAR_MARKER + 1);
		else if (n < count)
			chart_dot(c, looks[series].marker, points[i], RADAR_MARKER - 1);
	}
}

static void draw_labels(struct chart *c, const struct chart_axis *axes, size_t count)
{
	static const str digits[] = {STR_INIT("1"), STR_INIT("3"), STR_INIT("5")};

	for (size_t i = 0; i < COUNT_OF(digits); i++) {
		struct chart_point at = on_axis(0, count, RADAR_RADIUS * (double)(2 * i + 1) / 5.0);

		chart_text(c, STR("mid"), (struct chart_point){at.x - 9, at.y + 4}, digits[i]);
	}
	for (size_t i = 0; i < count; i++) {
		struct chart_point at = on_axis(i, count, RADAR_RADIUS + RADAR_LABEL_GAP);
		str label = arena_fmt(c->arena, "%.*s %.*s", (int)axes[i].id.len, axes[i].id.ptr, (int)axes[i].name.len,
				      axes[i].name.ptr);
		str class = STR("mid");

		if (at.x > centre.x + 5)
			class = STR("");
		else if (at.x < centre.x - 5)
			class = STR("rt");
		chart_text(c, class, (struct chart_point){at.x, at.y + 4}, label);
	}
}

struct chart *chart_radar(struct arena *a, const struct chart_axis *axes, size_t count)
{
	struct chart *c = chart_create(a, STR("chart"), RADAR_WIDTH, RADAR_HEIGHT);

	CHECK(count >= 3 && count <= CHART_AXES_MAX);
	if (!c)
		return NULL;
	draw_grid(c, count);
	for (enum series s = 0; s < SERIES_COUNT; s++)
		draw_series(c, axes, count, s);
	draw_labels(c, axes, count);
	return c;
}
