#include "base/check.h"
#include "craft/chart/internal.h"

#define BARS_WIDTH 404.0
#define BARS_LEFT 30.0
#define BARS_RIGHT 400.0
#define BARS_TOP 20.0
#define BARS_BOTTOM 118.0
#define BARS_HEIGHT 140.0
#define BAR_WIDTH_MAX 27.0

#define SCORE_LEFT 2.0
#define SCORE_UNIT (95.0 / CHART_SCORE_MAX)

#define SPARK_WIDTH 98.0
#define SPARK_HEIGHT 24.0

const str chart_part_classes[CHART_PARTS] = {STR_INIT("fs1"), STR_INIT("fs2"), STR_INIT("fs3"), STR_INIT("fs4"),
					     STR_INIT("fs5")};

uint64_t chart_bar_total(const struct chart_bar *bar)
{
	uint64_t total = 0;

	for (size_t i = 0; i < CHART_PARTS; i++)
		total += bar->parts[i];
	return total;
}

uint64_t chart_step(uint64_t most)
{
	static const unsigned factors[] = {1, 2, 5};

	for (uint64_t ten = 1;; ten *= 10)
		for (size_t i = 0; i < COUNT_OF(factors); i++)
			if (factors[i] * ten * 4 >= most)
				return factors[i] * ten;
}

static void draw_bar(struct chart *c, const struct chart_bar *bar, double x, double width, double unit)
{
	double y = BARS_BOTTOM;
	uint64_t total = chart_bar_total(bar);

	for (size_t i = 0; i < CHART_PARTS; i++) {
		double height = (double)bar->parts[i] * unit;

		if (!bar->parts[i])
			continue;
		y -= height;
		/* A hairline of the ground between parts tells them apart without colour. */
		chart_rect(c, chart_part_classes[i], (struct chart_point){x, y}, width,
			   height > 2 ? height - 1 : height);
	}
	chart_text(c, STR("mid"), (struct chart_point){x + width / 2, BARS_BOTTOM + 17}, bar->name);
	if (total)
		chart_text(c, STR("mid strong"), (struct chart_point){x + width / 2, y - 4},
			   arena_fmt(c->arena, "%llu", (unsigned long long)total));
}

struct chart *chart_bars(struct arena *a, const struct chart_bar *bars, size_t count)
{
	struct chart *c = chart_create(a, STR("chart"), BARS_WIDTH, BARS_HEIGHT);
	uint64_t most = 1, step, top;
	double slot, width, unit;

	CHECK(count <= CHART_BARS_MAX);
	if (!c)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (chart_bar_total(&bars[i]) > most)
			most = chart_bar_total(&bars[i]);
	step = chart_step(most);
	top = (most + step - 1) / step * step;
	unit = (BARS_BOTTOM - BARS_TOP) / (double)top;
	for (uint64_t tick = 0; tick <= top; tick += step) {
		double y = BARS_BOTTOM - (double)tick * unit;
		const struct chart_point line[] = {{BARS_LEFT, y}, {BARS_RIGHT, y}};

		chart_line(c, STR("grid"), line, COUNT_OF(line));
		chart_text(c, STR("rt"), (struct chart_point){BARS_LEFT - 5, y + 4},
			   arena_fmt(a, "%llu", (unsigned long long)tick));
	}
	slot = count ? (BARS_RIGHT - BARS_LEFT) / (double)count : 0;
	width = slot * 0.66 < BAR_WIDTH_MAX ? slot * 0.66 : BAR_WIDTH_MAX;
	for (size_t i = 0; i < count; i++)
		draw_bar(c, &bars[i], BARS_LEFT + slot * (double)i + (slot - width) / 2, width, unit);
	return c;
}

struct chart *chart_score(struct arena *a, int declared, int evidence, int target)
{
	struct chart *c = chart_create(a, STR("mini chart"), 104, 16);

	chart_rect(c, STR("ftrack"), (struct chart_point){SCORE_LEFT, 5}, CHART_SCORE_MAX * SCORE_UNIT, 6);
	if (declared != CHART_NONE)
		chart_rect(c, STR("f1"), (struct chart_point){SCORE_LEFT, 5}, declared * SCORE_UNIT, 6);
	if (target != CHART_NONE)
		chart_rect(c, STR("f3"), (struct chart_point){SCORE_LEFT + target * SCORE_UNIT - 1.5, 1}, 3, 14);
	if (evidence != CHART_NONE)
		chart_diamond(c, STR("f2 dotted"), (struct chart_point){SCORE_LEFT + evidence * SCORE_UNIT, 8}, 5.5);
	return c;
}

struct chart *chart_spark(struct arena *a, const uint32_t *values, size_t count)
{
	struct chart *c = chart_create(a, STR("spark chart"), SPARK_WIDTH, SPARK_HEIGHT);
	struct chart_point points[CHART_SPARK_MAX];
	uint32_t most = 1;

	CHECK(count <= CHART_SPARK_MAX);
	for (size_t i = 0; i < count; i++)
		most = values[i] > most ? values[i] : most;
	for (size_t i = 0; i < count; i++) {
		points[i].x = 2 + (SPARK_WIDTH - 6) * (count > 1 ? (double)i / (double)(count - 1) : 1);
		points[i].y = SPARK_HEIGHT - 3 - (SPARK_HEIGHT - 6) * (double)values[i] / (double)most;
	}
	if (count > 1)
		chart_line(c, STR("ln s-asis"), points, count);
	if (count)
		chart_dot(c, STR("f1"), points[count - 1], 2.5);
	return c;
}
