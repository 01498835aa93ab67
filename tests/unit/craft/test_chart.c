#include "tests.h"

#include <stdlib.h>

#include "base/check.h"
#include "craft/chart/chart.h"

struct fixture {
	struct arena arena;
	struct buf out;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	arena_init(&f->arena, 1 << 20);
	buf_init(&f->out, 1 << 20);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_done(&f->arena);
	buf_done(&f->out);
	free(f);
	return 0;
}

static const char *svg(struct fixture *f, const struct chart *c)
{
	buf_clear(&f->out);
	assert_int_equal(chart_svg(c, &f->out, NULL), 0);
	return buf_cstr(&f->out);
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
		n++;
	return n;
}

static void score_is_bar_diamond_and_tick(void **state)
{
	struct fixture *f = *state;
	struct chart *c = chart_score(&f->arena, 400, 300, 500);

	chart_describe(c, STR("4 \"<&>"), STR_NONE);
	assert_string_equal(
		svg(f, c),
		"<svg class=\"mini chart\" viewBox=\"0 0 104 16\" role=\"img\"><title>4 &quot;&lt;&amp;&gt;</title>"
		"<rect class=\"ftrack\" x=\"2\" y=\"5\" width=\"95\" height=\"6\"/>"
		"<rect class=\"f1\" x=\"2\" y=\"5\" width=\"76\" height=\"6\"/>"
		"<rect class=\"f3\" x=\"95.5\" y=\"1\" width=\"3\" height=\"14\"/>"
		"<polygon class=\"f2 dotted\" points=\"59,2.5 64.5,8 59,13.5 53.5,8\"/></svg>");
	assert_string_equal(svg(f, chart_score(&f->arena, CHART_NONE, CHART_NONE, CHART_NONE)),
			    "<svg class=\"mini chart\" viewBox=\"0 0 104 16\" aria-hidden=\"true\">"
			    "<rect class=\"ftrack\" x=\"2\" y=\"5\" width=\"95\" height=\"6\"/></svg>");
}

static void radar_draws_what_is_there(void **state)
{
	struct fixture *f = *state;
	struct chart_axis axes[9];
	const char *out;

	for (size_t i = 0; i < COUNT_OF(axes); i++)
		axes[i] = (struct chart_axis){STR("A"), STR("a<b"), 500, 250, 400, CHART_NONE};
	out = svg(f, chart_radar(&f->arena, axes, COUNT_OF(axes)));
	assert_int_equal(count_of(out, "class=\"grid\""), 5 + 9);
	assert_int_equal(count_of(out, "s-asis"), 1);
	assert_int_equal(count_of(out, "s-prev"), 0);
	assert_int_equal(count_of(out, "f1 dotted"), 9);
	assert_int_equal(count_of(out, "f2 dotted"), 9);
	assert_int_equal(count_of(out, ">A a&lt;b</text>"), 9);
	/* Full score touches the outer ring, straight up from the centre. */
	assert_non_null(strstr(out, "<circle class=\"f1 dotted\" cx=\"175\" cy=\"46\" r=\"4\"/>"));
	axes[3].evidence = CHART_NONE;
	out = svg(f, chart_radar(&f->arena, axes, COUNT_OF(axes)));
	assert_int_equal(count_of(out, "s-evid"), 0);
	assert_int_equal(count_of(out, "f2 dotted"), 8);
}

static void bars_scale_to_round_steps(void **state)
{
	struct fixture *f = *state;
	const struct chart_bar bars[] = {{STR("01"), {0, 0, 0, 0, 0}}, {STR("02"), {10, 0, 5, 0, 1}}};
	const char *out = svg(f, chart_bars(&f->arena, bars, COUNT_OF(bars)));

	assert_int_equal(count_of(out, "class=\"grid\""), 5); /* 0 5 10 15 20 */
	assert_int_equal(count_of(out, "fs1"), 1);
	assert_int_equal(count_of(out, "fs2"), 0);
	assert_non_null(strstr(out, ">16</text>"));
	assert_null(strstr(out, "nan"));
	svg(f, chart_bars(&f->arena, bars, 0));
	svg(f, chart_bars(&f->arena, &(struct chart_bar){STR("x"), {UINT32_MAX, UINT32_MAX, 0, 0, 0}}, 1));
	assert_non_null(strstr(buf_cstr(&f->out), ">8589934590</text>"));
}

static void spark_ends_with_a_dot(void **state)
{
	struct fixture *f = *state;
	const uint32_t values[] = {0, 5, 10};

	assert_non_null(strstr(svg(f, chart_spark(&f->arena, values, 3)), "points=\"2,21 48,12 94,3\""));
	assert_non_null(strstr(buf_cstr(&f->out), "cx=\"94\" cy=\"3\""));
	assert_null(strstr(svg(f, chart_spark(&f->arena, values, 1)), "polyline"));
	assert_null(strstr(svg(f, chart_spark(&f->arena, values, 0)), "circle"));
}

static void timeline_shows_the_smallest_part(void **state)
{
	struct fixture *f = *state;
	struct chart_bar bars[3] = {
		{STR("11-20"), {0, 0, 0, 0, 10000}}, {STR(""), {0}}, {STR("11-22"), {1, 0, 0, 0, 0}}};
	const char *out = svg(f, chart_timeline(&f->arena, bars, 3));

	assert_int_equal(count_of(out, "class=\"fs5\""), 1);
	assert_int_equal(count_of(out, "class=\"fs1\""), 1); /* one among ten thousand */
	assert_non_null(strstr(out, "height=\"1\""));
	assert_int_equal(count_of(out, "class=\"axis\""), 2); /* no tick without a name */
	assert_non_null(strstr(out, ">11-20<"));
	assert_non_null(strstr(svg(f, chart_timeline(&f->arena, bars, 0)), "grid"));
}

static void a_spent_arena_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct arena small;
	struct chart_axis axes[9] = {{STR("A"), STR("a"), 1, 1, 1, 1}};
	struct err e;

	arena_init(&small, 1024);
	assert_int_equal(chart_svg(chart_radar(&small, axes, 9), &f->out, &e), -ERR_LIMIT);
	assert_string_equal(e.id, "err.chart.memory");
	assert_int_equal(chart_svg(NULL, &f->out, &e), -ERR_LIMIT);
	arena_done(&small);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(score_is_bar_diamond_and_tick), TEST(radar_draws_what_is_there),
		TEST(bars_scale_to_round_steps),     TEST(spark_ends_with_a_dot),
		TEST(a_spent_arena_is_an_error),     TEST(timeline_shows_the_smallest_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
