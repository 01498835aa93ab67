/* Mean scores over time: one point per snapshot, oldest first. */
#include "base/check.h"
#include "craft/chart/internal.h"

#define TREND_WIDTH 404.0
#define TREND_HEIGHT 168.0
#define TREND_LEFT 26.0
#define TREND_RIGHT 372.0
#define TREND_TOP 10.0
#define TREND_BOTTOM 142.0
#define TREND_LABELS_MAX 6 /* names under the axis; more would touch each other */

enum trend_series { TREND_TARGET, TREND_DECLARED, TREND_EVIDENCE, TREND_SERIES_COUNT };

static const str lines[TREND_SERIES_COUNT] = {STR_INIT("ln s-tobe"), STR_INIT("ln s-asis"), STR_INIT("ln s-evid")};
static const str texts[TREND_SERIES_COUNT] = {STR_INIT("f3"), STR_INIT("f1"), STR_INIT("f2")};

static int value_of(const struct chart_trend_point *p, enum trend_series s)
{
	return s == TREND_TARGET ? p->target : s == TREND_DECLARED ? p->declared : p->evidence;
}

/* Scores begin at 1 (X.1060), so does the axis. */
static double y_of(int score)
{
	return TREND_BOTTOM - (TREND_BOTTOM - TREND_TOP) * (score - 100) / (double)(CHART_SCORE_MAX - 100);
}

static double x_of(size_t i, size_t count)
{
	return count > 1 ? TREND_LEFT + 14 + (TREND_RIGHT - TREND_LEFT - 20) * (double)i / (double)(count - 1)
			 : (TREND_LEFT + TREND_RIGHT) / 2;
}

/* A missing value interrupts the line: nothing is invented between two figures. */
static void draw_series(struct chart *c, const struct chart_trend_point *points, size_t count, enum trend_series s)
{
	struct chart_point run[CHART_TREND_MAX];
	size_t n = 0;

	for (size_t i = 0; i <= count; i++) {
		int value = i < count ? value_of(&points[i], s) : CHART_NONE;

		if (value != CHART_NONE) {
			run[n++] = (struct chart_point){x_of(i, count), y_of(value)};
			continue;
		}
		if (n > 1)
			chart_line(c, lines[s], run, n);
		for (size_t k = 0; k < n; k++) {
			if (s == TREND_DECLARED)
				chart_dot(c, STR("f1 dotted"), run[k], 4);
			else if (s == TREND_EVIDENCE)
				chart_diamond(c, STR("f2 dotted"), run[k], 5);
			else
				chart_dot(c, STR("f3"), run[k], 2);
		}
		n = 0;
	}
	if (count && value_of(&points[count - 1], s) != CHART_NONE) {
		int last = value_of(&points[count - 1], s);
		double x = x_of(count - 1, count) + 9, y = y_of(last) + (s == TREND_EVIDENCE ? 9 : 0);

		chart_text(c, texts[s], (struct chart_point){x, y},
			   arena_fmt(c->arena, "%d.%02d", last / 100, last % 100));
	}
}

struct chart *chart_trend(struct arena *a, const struct chart_trend_point *points, size_t count)
{
	struct chart *c = chart_create(a, STR("chart"), TREND_WIDTH, TREND_HEIGHT);
	size_t step = (count + TREND_LABELS_MAX - 1) / TREND_LABELS_MAX;

	CHECK(count <= CHART_TREND_MAX);
	if (!c)
		return NULL;
	for (int score = 1; score <= 5; score++) {
		double y = y_of(score * 100);
		const struct chart_point line[] = {{TREND_LEFT, y}, {TREND_RIGHT, y}};

		chart_line(c, STR("grid"), line, COUNT_OF(line));
		chart_text(c, STR("rt"), (struct chart_point){TREND_LEFT - 6, y + 4}, arena_fmt(a, "%d", score));
	}
	for (size_t i = 0; i < count; i++)
		if ((count - 1 - i) % step == 0)
			chart_text(c, STR("mid"), (struct chart_point){x_of(i, count), TREND_BOTTOM + 18},
				   points[i].name);
	for (enum trend_series s = 0; s < TREND_SERIES_COUNT; s++)
		draw_series(c, points, count, s);
	return c;
}
