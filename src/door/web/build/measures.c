#include "door/web/build/measures.h"

#include "base/mem.h"
#include "centre/measure/measure.h"
#include "craft/chart/chart.h"
#include "door/web/evaluate/evaluate_text.h"
#include "door/web/show.h"
#include "door/web/web.h"

static str number_text(const struct request *rq, double value, enum measure_unit unit)
{
	bool whole = unit == MEASURE_NUMBER || unit == MEASURE_PERCENT || value >= 100;

	return arena_fmt(rq->arena, whole ? "%.0f" : "%.1f", value);
}

/* The last weeks without a hole: a week with nothing to count is no zero. */
static int put_trend(struct request *rq, struct view *row, const struct measured *m, struct err *e)
{
	_cleanup_(buf_done) struct buf text = {0};
	uint32_t values[MEASURE_WEEKS], first = MEASURE_WEEKS;
	struct chart *chart;

	while (first > 0 && m->weeks[first - 1].is_there)
		first--;
	if (MEASURE_WEEKS - first < 2) {
		view_html(row, "trend", STR(""));
		return 0;
	}
	buf_init(&text, 4096);
	for (uint32_t i = first; i < MEASURE_WEEKS; i++) {
		values[i - first] = (uint32_t)(m->weeks[i].value * 10 + 0.5);
		buf_add(&text, i > first ? STR(", ") : STR(""));
		buf_add(&text, number_text(rq, m->weeks[i].value, m->measure->unit));
	}
	chart = chart_spark(rq->arena, values, MEASURE_WEEKS - first);
	if (!chart)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	chart_describe(chart, words_get(rq->lang, STR("measure.trend")), arena_str(rq->arena, buf_str(&text)));
	return evaluate_put_svg(rq, row, "trend", chart, e);
}

static int put_row(struct request *rq, struct view *v, const struct measured *m, struct err *e)
{
	const struct measure *what = m->measure;
	struct view *row = view_item(v, "measures");

	view_text(row, "service", what->service->id);
	view_text(row, "url", arena_fmt(rq->arena, "/portfolio/" STR_FMT, STR_ARG(what->service->id)));
	view_text(row, "name", what->name.by_lang[rq->lang]);
	view_text(row, "how", what->what.by_lang[rq->lang]);
	view_text(row, "value", number_text(rq, m->now.value, what->unit));
	view_word(row, "unit", show_word_key(rq, "measure.unit.", measure_unit_name(what->unit)).ptr);
	view_text(row, "cases", m->now.cases ? arena_fmt(rq->arena, "%lld", (long long)m->now.cases) : STR(""));
	view_text(row, "target", what->has_target ? number_text(rq, what->target, what->unit) : STR(""));
	view_text(row, "sign", what->direction == MEASURE_DOWN ? STR("≤") : STR("≥"));
	view_bool(row, "is_met", what->has_target && m->is_met);
	view_bool(row, "is_missed", what->has_target && !m->is_met);
	return put_trend(rq, row, m, e);
}

int measures_put(struct request *rq, struct view *v, str service, struct err *e)
{
	const struct framework *fw = content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT));
	struct measures measures;
	struct measure_ask ask = {.measures = &measures, .service = service, .weeks = true, .now = rq->now};
	struct measured_list list;
	int rc;

	view_list(v, "measures");
	if ((rc = measures_load(rq->services->data_folder, fw, rq->arena, &measures, e)) ||
	    (rc = measure_all(rq->db, actor_scope(&rq->actor), &ask, rq->arena, &list, e)))
		return rc;
	view_i64(v, "measure_count", list.count);
	view_i64(v, "measure_total", measures.count);
	for (uint32_t i = 0; !rc && i < list.count; i++)
		rc = put_row(rq, v, &list.items[i], e);
	return rc;
}

static int measures_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	int rc = measures_put(rq, v, STR_NONE, e);

	return rc ? rc : response_page(rq, rs, STR("build/measures"), v, e);
}

const struct route measures_web_routes[] = {
	{.method = "GET", .pattern = "/measures", .permission = PERM_PORTFOLIO_READ, .handler = measures_get},
	{0},
};
