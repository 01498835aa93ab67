/* Trials of rules on kept events: GET /backtests, GET /backtests/{id}, and what starts and ends one. */
#include <jansson.h>

#include "craft/chart/chart.h"
#include "door/web/rules/rules_page.h"
#include "door/web/web.h"

#define SVG_MAX (256u << 10)
#define LABELS 8u
#define DAYS_USUAL 30

static void show_one(const struct request *rq, struct view *v, const struct backtest *b)
{
	view_i64(v, "trial_id", b->id);
	view_text(v, "title", b->title);
	view_text(v, "rule_id", b->rule_id);
	show_run_state(v, b->state);
	view_i64(v, "events", b->events);
	view_i64(v, "matches", b->matches);
	view_i64(v, "filtered", b->filtered);
	view_i64(v, "kept", b->matches - b->filtered);
	view_i64(v, "progress", b->progress);
	view_text(v, "from_text", show_day(rq, b->from));
	view_text(v, "until_text", show_day(rq, b->until));
	view_text(v, "by", b->user_name);
	show_time(rq, v, b->created_at);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct backtest_list list;
	int rc = backtest_list(rq->db, actor_scope(&rq->actor), STR(""), rq->arena, &list, e);

	if (rc)
		return rc;
	view_list(v, "trials");
	view_i64(v, "days", DAYS_USUAL);
	for (uint32_t i = 0; i < list.count; i++)
		show_one(rq, view_item(v, "trials"), &list.tests[i]);
	return response_page(rq, rs, STR("rules/backtests"), v, e);
}

/* ---- one ---- */

/* days: JSON [[day, matches, filtered], …] */
static int64_t number_at(json_t *row, size_t at)
{
	return json_integer_value(json_array_get(row, at));
}

/* Weeks when there are more days than a chart has bars. */
static int show_chart(struct request *rq, struct view *v, const struct backtest *b, json_t *days, struct err *e)
{
	time_us first = b->from / TIME_DAY * TIME_DAY;
	uint32_t count = (uint32_t)((b->until - first) / TIME_DAY + 1), step = count > CHART_BARS_MAX ? 7 : 1;
	uint32_t bars_count = (count + step - 1) / step, every = bars_count / LABELS + 1;
	struct chart_bar *bars = arena_alloc(rq->arena, (bars_count + 1u) * sizeof(*bars));
	struct chart *c;
	struct buf svg;
	json_t *row;
	size_t i;
	int rc;

	if (!bars)
		return err_set(e, ERR_LIMIT, "err.rule.memory");
	view_list(v, "day_rows");
	for (i = 0; i < bars_count; i++)
		bars[i].name = i % every == 0 ? str_from(show_day(rq, first + (time_us)(i * step) * TIME_DAY), 5)
					      : STR("");
	json_array_foreach(days, i, row)
	{
		size_t at = (size_t)((number_at(row, 0) - first) / TIME_DAY) / step;
		struct view *item = view_item(v, "day_rows");

		view_text(item, "name", show_day(rq, number_at(row, 0)));
		view_i64(item, "matches", number_at(row, 1));
		view_i64(item, "filtered", number_at(row, 2));
		if (at >= bars_count)
			continue;
		bars[at].parts[0] += (uint32_t)number_at(row, 2);
		bars[at].parts[3] += (uint32_t)(number_at(row, 1) - number_at(row, 2));
	}
	c = chart_timeline(rq->arena, bars, bars_count);
	if (c)
		chart_describe(c, words_get(rq->lang, STR("rules.trial.days")),
			       words_get(rq->lang, STR("rules.days_what")));
	buf_init(&svg, SVG_MAX);
	rc = chart_svg(c, &svg, e);
	if (!rc)
		view_html(v, "chart", arena_str(rq->arena, buf_str(&svg)));
	buf_done(&svg);
	return rc;
}

static void show_examples(const struct request *rq, struct view *v, json_t *examples)
{
	json_t *row;
	size_t i;

	view_list(v, "examples");
	json_array_foreach(examples, i, row)
	{
		struct view *item = view_item(v, "examples");
		str id = arena_str(rq->arena, str_of(json_string_value(json_array_get(row, 0))));

		view_text(item, "event", id);
		view_bool(item, "is_filtered", json_is_true(json_array_get(row, 2)));
		show_time(rq, item, number_at(row, 1));
	}
}

/* What a preview needs to become a filter: title, reason and end, one a line. */
static void show_draft(const struct request *rq, struct view *v, const struct backtest *b)
{
	str rest = b->draft, line = STR("");

	(void)rq;
	view_bool(v, "has_draft", b->draft.len > 0);
	view_text(v, "draft_title", b->draft.len && str_next(&rest, '\n', &line) ? line : STR(""));
	view_text(v, "draft_reason", b->draft.len && str_next(&rest, '\n', &line) ? line : STR(""));
	view_text(v, "draft_expires", b->draft.len && rest.ptr ? rest : STR(""));
	view_text(v, "filters", b->filters);
}

static int one_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	json_t *days, *examples;
	struct backtest b;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = backtest_find(rq->db, actor_scope(&rq->actor), id, rq->arena, &b, e)))
		return rc;
	days = json_loadb(b.days.ptr, b.days.len, 0, NULL);
	examples = json_loadb(b.examples.ptr, b.examples.len, 0, NULL);
	show_one(rq, v, &b);
	view_bool(v, "is_open", backtest_is_open(&b));
	view_text(v, "self_url", arena_fmt(rq->arena, "/backtests/%lld", (long long)b.id));
	view_text(v, "rule_url", rules_url(rq, b.rule_id));
	view_bool(v, "rule_known", false);
	view_text(v, "cut_text", b.looked_until ? show_time_text(rq, b.looked_until) : STR(""));
	view_text(v, "failure", b.failure);
	if (b.failure.len)
		view_word(v, "failure", b.failure.ptr);
	show_examples(rq, v, examples);
	show_draft(rq, v, &b);
	show_raw(rq, v, b.yaml, NULL, 0, NULL);
	rc = show_chart(rq, v, &b, days, e);
	json_decref(days);
	json_decref(examples);
	return rc ? rc : response_page(rq, rs, STR("rules/backtest"), v, e);
}

/* ---- deeds ---- */

static int read_days(const struct request *rq, uint32_t *ret, struct err *e)
{
	str text = request_form(rq, STR("days"));
	int64_t days;
	int rc;

	if (str_to_i64(text, &days) && days >= 1 && days <= (int64_t)BACKTEST_DAYS_MAX) {
		*ret = (uint32_t)days;
		return 0;
	}
	rc = err_set_value(e, ERR_RANGE, "err.backtest.days", text);
	err_path(e, STR("days"));
	return rc;
}

static int start(struct request *rq, struct response *rs, const struct backtest_new *new, struct err *e)
{
	int64_t id = 0;
	int rc = db_begin(rq->db, e);

	if (!rc)
		rc = db_end(rq->db, backtest_start(rq->db, &rq->actor, new, &id, e), e);
	if (!rc)
		response_redirect(rs, arena_fmt(rq->arena, "/backtests/%lld", (long long)id));
	return rc;
}

/* A rule that was pasted or uploaded. */
static int list_post(struct request *rq, struct response *rs, struct err *e)
{
	struct backtest_new new = {.yaml = request_form(rq, STR("yaml")), .now = rq->now};
	struct http_file file;
	int rc = read_days(rq, &new.days, e);

	if (rc)
		return rc;
	if (str_trim(new.yaml).len == 0 && request_file(rq, STR("file"), &file))
		new.yaml = file.bytes;
	return start(rq, rs, &new, e);
}

/* A rule at work, with or without the organisation's filters on it. */
static int rule_post(struct request *rq, struct response *rs, struct err *e)
{
	const struct generation *g = rules_take(rq);
	struct backtest_new new = {.now = rq->now};
	struct buf yaml, filters;
	const struct rule *r;
	int rc = rules_find(rq, g, &r, e);

	buf_init(&yaml, BACKTEST_YAML_MAX);
	buf_init(&filters, DESK_FILTERS_MAX * FILTER_YAML_MAX);
	if (!rc)
		rc = read_days(rq, &new.days, e);
	if (!rc)
		rc = backtest_text(g->rules, g->catalogue, r, &yaml, e);
	if (!rc && request_form(rq, STR("with_filters")).len)
		rc = backtest_filters(rq->db, actor_scope(&rq->actor), r->id, rq->now, &filters, e);
	if (!rc) {
		new.rule_id = r->id;
		new.yaml = buf_str(&yaml);
		new.filters = buf_str(&filters);
		rc = start(rq, rs, &new, e);
	}
	buf_done(&yaml);
	buf_done(&filters);
	rules_give(rq, g);
	return rc;
}

static int cancel_post(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	if (!rc)
		rc = db_begin(rq->db, e);
	if (!rc)
		rc = db_end(rq->db, backtest_cancel(rq->db, &rq->actor, id, rq->now, e), e);
	if (!rc)
		response_redirect(rs, arena_fmt(rq->arena, "/backtests/%lld", (long long)id));
	return rc;
}

const struct route backtest_web_routes[] = {
	{.method = "GET", .pattern = "/backtests", .permission = PERM_RULE_READ, .handler = list_get},
	{.method = "POST", .pattern = "/backtests", .permission = PERM_RULE_WRITE, .handler = list_post},
	{.method = "GET", .pattern = "/backtests/{id}", .permission = PERM_RULE_READ, .handler = one_get},
	{.method = "POST", .pattern = "/backtests/{id}/cancel", .permission = PERM_RULE_WRITE, .handler = cancel_post},
	{.method = "POST", .pattern = "/rules/{id}/backtest", .permission = PERM_RULE_WRITE, .handler = rule_post},
	{0},
};
