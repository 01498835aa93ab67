#include "base/check.h"
#include "craft/chart/internal.h"

#define TIMELINE_WIDTH 960.0
#define TIMELINE_HEIGHT 190.0
#define TIMELINE_LEFT 46.0
#define TIMELINE_RIGHT 956.0
#define TIMELINE_TOP 10.0
#define TIMELINE_BOTTOM 164.0
#define TIMELINE_BAR_MAX 40.0
#define LABEL_HALF 40.0   /* half the width of a date: nearer to the end it stands to the left */
#define TIMELINE_SEEN 1.0 /* least height of a part that is not zero: one event among thousands still shows */

static void draw_slot(struct chart *c, const struct chart_bar *bar, double x, double width, double unit)
{
	double y = TIMELINE_BOTTOM;

	for (size_t i = 0; i < CHART_PARTS; i++) {
		double height = (double)bar->parts[i] * unit;

		if (!bar->parts[i])
			continue;
		height = height < TIMELINE_SEEN ? TIMELINE_SEEN : height;
		y -= height;
		chart_rect(c, chart_part_classes[i], (struct chart_point){x, y}, width,
			   height > 3 ? height - 1 : height);
	}
	if (bar->name.len) {
		const struct chart_point tick[] = {{x + width / 2, TIMELINE_BOTTOM},
						   {x + width / 2, TIMELINE_BOTTOM + 4}};

		chart_line(c, STR("axis"), tick, COUNT_OF(tick));
		if (x + LABEL_HALF > TIMELINE_RIGHT)
			chart_text(c, STR("rt"), (struct chart_point){TIMELINE_RIGHT, TIMELINE_BOTTOM + 18}, bar->name);
		else
			chart_text(c, STR("mid"), (struct chart_point){x + width / 2, TIMELINE_BOTTOM + 18}, bar->name);
	}
}

struct chart *chart_timeline(struct arena *a, const struct chart_bar *bars, size_t count)
{
	struct chart *c = chart_create(a, STR("wide chart"), TIMELINE_WIDTH, TIMELINE_HEIGHT);
	uint64_t most = 1, step, top;
	double slot, width, unit;

	CHECK(count <= CHART_BARS_MAX);
	if (!c)
		return NULL;
	for (size_t i = 0; i < count; i++)
		most = chart_bar_total(&bars[i]) > most ? chart_bar_total(&bars[i]) : most;
	step = chart_step(most);
	top = (most + step - 1) / step * step;
	unit = (TIMELINE_BOTTOM - TIMELINE_TOP) / (double)top;
	for (uint64_t tick = 0; tick <= top; tick += step) {
		double y = TIMELINE_BOTTOM - (double)tick * unit;
		const struct chart_point line[] = {{TIMELINE_LEFT, y}, {TIMELINE_RIGHT, y}};

		chart_line(c, STR("grid"), line, COUNT_OF(line));
		chart_text(c, STR("rt"), (struct chart_point){TIMELINE_LEFT - 6, y + 4},
			   arena_fmt(a, "%llu", (unsigned long long)tick));
	}
	slot = count ? (TIMELINE_RIGHT - TIMELINE_LEFT) / (double)count : 0;
	width = slot * 0.8 < TIMELINE_BAR_MAX ? slot * 0.8 : TIMELINE_BAR_MAX;
	for (size_t i = 0; i < count; i++)
		draw_slot(c, &bars[i], TIMELINE_LEFT + slot * (double)i + (slot - width) / 2, width, unit);
	return c;
}
