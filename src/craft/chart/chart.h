/* chart: pictures of figures, drawn once from a few primitives and written as SVG and, through Cairo, into PDF.
 *
 * Why: the same radar stands in a page, in a mail and in a report; geometry is computed here, looks are CSS classes of
 * web/css/base.css (no inline style: the content security policy forbids it). Series differ by colour AND dash AND
 * marker. Every chart carries a title and a description for those who do not see it; the caller puts a table of the
 * same figures beside it. Shapes: scores are hundredths (280 = 2.8), CHART_NONE = there is none; coordinates are SVG
 * user units. Ownership: everything lives in the arena given at creation; text is NOT copied. When the arena is spent,
 * shapes are dropped and chart_svg says ERR_LIMIT.
 */
#ifndef CRAFT_CHART_H
#define CRAFT_CHART_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define CHART_NONE (-1)
#define CHART_SCORE_MAX 500 /* X.1060 scores end at 5 */
#define CHART_AXES_MAX 24
#define CHART_BARS_MAX 96
#define CHART_SPARK_MAX 256
#define CHART_TREND_MAX 64

struct chart;

struct chart_point {
	double x, y;
};

/* "size" is the class of the <svg>: "chart", "mini chart", "spark chart". */
struct chart *chart_create(struct arena *a, str size, double width, double height);
void chart_describe(struct chart *c, str title, str description);
void chart_line(struct chart *c, str class, const struct chart_point *points, size_t count);
void chart_polygon(struct chart *c, str class, const struct chart_point *points, size_t count);
void chart_rect(struct chart *c, str class, struct chart_point corner, double width, double height);
void chart_dot(struct chart *c, str class, struct chart_point centre, double radius);
void chart_diamond(struct chart *c, str class, struct chart_point at, double r);
/* class holds the alignment, too: "mid", "rt", or nothing for left. */
void chart_text(struct chart *c, str class, struct chart_point at, str text);
/* Writes the <svg>; text is escaped here. */
int chart_svg(const struct chart *c, struct buf *out, struct err *e) MUST_CHECK;

/* One axis of a radar, clockwise from the top. */
struct chart_axis {
	str id;   /* "A" */
	str name; /* short */
	int declared, evidence, target, previous;
};

/* 3 to CHART_AXES_MAX axes; a series in which every value is CHART_NONE is left out. */
struct chart *chart_radar(struct arena *a, const struct chart_axis *axes, size_t count);

#define CHART_PARTS 5

/* One bar, stacked from the bottom: information, low, medium, high, critical. */
struct chart_bar {
	str name;
	uint32_t parts[CHART_PARTS];
};

struct chart *chart_bars(struct arena *a, const struct chart_bar *bars, size_t count);

/* The same figures along time, wide and without numbers on the bars; an empty name has no label. */
struct chart *chart_timeline(struct arena *a, const struct chart_bar *bars, size_t count);

/* Declared as a bar, evidence as a diamond, target as a tick, in one row of a table. */
struct chart *chart_score(struct arena *a, int declared, int evidence, int target);

/* Means over time, oldest first; a missing value interrupts its line. The axis goes from 1 to 5. */
struct chart_trend_point {
	str name; /* short: "2026-05" */
	int declared, evidence, target;
};
struct chart *chart_trend(struct arena *a, const struct chart_trend_point *points, size_t count);

/* A small line from oldest to newest; the last value has a dot. The axis begins at zero. */
struct chart *chart_spark(struct arena *a, const uint32_t *values, size_t count);

/* ---- on paper, and between processes ---- */

struct _cairo;                /* cairo_t */
struct _PangoFontDescription; /* without a size */

double chart_width(const struct chart *c);
double chart_height(const struct chart *c);
/* Draws with the top left corner at the present origin, one user unit being one point. The looks of the classes that
 * base.css gives to SVG stand in cairo.c, in the light theme's colours: paper is white. Keep both in step. */
void chart_draw(const struct chart *c, struct _cairo *cr, const struct _PangoFontDescription *font);

void chart_pack(const struct chart *c, struct buf *out);
/* NULL when the bytes are not a chart or the arena is spent. Texts are those of `bytes`. */
struct chart *chart_unpack(str bytes, struct arena *a);

#endif
