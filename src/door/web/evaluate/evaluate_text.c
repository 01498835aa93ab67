#include "door/web/evaluate/evaluate_text.h"

#include "base/check.h"
#include "base/mem.h"

const struct framework *evaluate_framework(const struct request *rq)
{
	const struct framework *base = content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT)), *own;

	/* With the organisation's own services; what reads the store next tells why when this cannot. */
	return framework_of(rq->db, actor_scope(&rq->actor), base, rq->arena, &own, NULL) ? base : own;
}

int evaluate_portfolio(const struct request *rq, enum combine_rule rule, struct portfolio *ret, struct err *e)
{
	struct portfolio_query query = {.framework = evaluate_framework(rq), .rule = rule, .now = rq->now};

	return portfolio_load(rq->db, actor_scope(&rq->actor), &query, rq->arena, ret, e);
}

str evaluate_score(const struct request *rq, score_c score)
{
	if (score == SCORE_NONE)
		return STR("—");
	return arena_fmt(rq->arena, "%d.%02d", score / 100, score % 100);
}

str evaluate_mean(const struct request *rq, const struct score_mean *m)
{
	return evaluate_score(rq, score_mean_value(m));
}

str evaluate_change(const struct request *rq, score_c from, score_c to)
{
	int by = to > from ? to - from : from - to;

	if (from == SCORE_NONE || to == SCORE_NONE)
		return STR("—");
	if (!by)
		return STR("±0");
	return arena_fmt(rq->arena, "%s%d.%02d", to > from ? "▲ +" : "▼ −", by / 100, by % 100);
}

void evaluate_put_round(const struct request *rq, struct view *v, const struct round *r)
{
	static const char *const classes[ROUND_STATE_COUNT] = {"acc", "caution", "good"};

	view_text(v, "name", r->name);
	view_text(v, "state_class", str_of(classes[r->state]));
	view_word(v, "state_word", show_word_key(rq, "evaluate.state.", round_state_name(r->state)).ptr);
	view_text(v, "start", show_day(rq, r->start));
	view_text(v, "deadline", show_day(rq, r->deadline - 1));
	view_bool(v, "is_late", r->state != ROUND_SIGNED && r->deadline < rq->now);
}

void evaluate_put_action(const struct request *rq, struct view *v, const struct action *a)
{
	static const char *const classes[ACTION_STATE_COUNT] = {"line", "acc", "good", "line"};
	bool is_open = a->state == ACTION_PLANNED || a->state == ACTION_DOING;

	view_text(v, "service", a->service);
	view_text(v, "title", a->title);
	view_text(v, "owner", a->owner.len ? a->owner : STR("—"));
	view_text(v, "due", a->due ? show_day(rq, a->due) : STR("—"));
	view_bool(v, "is_late", is_open && a->due && a->due + TIME_DAY < rq->now);
	view_text(v, "state_class", str_of(classes[a->state]));
	view_word(v, "state_word", show_word_key(rq, "evaluate.action.", action_state_name(a->state)).ptr);
}

int evaluate_put_svg(const struct request *rq, struct view *v, const char *name, const struct chart *chart,
		     struct err *e)
{
	_cleanup_(buf_done) struct buf svg = {0};
	str kept;
	int rc;

	buf_init(&svg, 1u << 20);
	rc = chart_svg(chart, &svg, e);
	kept = arena_str(rq->arena, buf_str(&svg));
	if (!rc && !kept.ptr)
		rc = err_set(e, ERR_LIMIT, "err.evaluate.budget");
	if (!rc)
		view_html(v, name, kept);
	return rc;
}

void evaluate_put_choice(struct view *v, const char *list, str value, str label, bool selected)
{
	struct view *choice = view_item(v, list);

	view_text(choice, "value", value);
	view_text(choice, "label", label);
	view_bool(choice, "selected", selected);
}

void evaluate_put_pictures(const struct request *rq, struct view *v, const char *list,
			   const struct snapshot_list *snapshots, str chosen)
{
	view_list(v, list);
	for (uint32_t i = 0; i < snapshots->count; i++) {
		const struct snapshot *s = &snapshots->items[i];
		str id = arena_fmt(rq->arena, "%lld", (long long)s->id);
		str day = show_day(rq, s->taken_at);

		evaluate_put_choice(v, list, id,
				    arena_fmt(rq->arena, STR_FMT " (" STR_FMT ")", STR_ARG(s->name), STR_ARG(day)),
				    str_eq(id, chosen));
	}
	evaluate_put_choice(v, list, EVALUATE_NOW, words_get(rq->lang, STR("evaluate.now")),
			    str_eq(EVALUATE_NOW, chosen));
}

int evaluate_day(const struct request *rq, const char *field, time_us *ret, struct err *e)
{
	str text = request_form(rq, str_of(field));
	int rc;

	*ret = 0;
	if (!text.len ||
	    (text.len == 10 && show_time_read(rq, arena_fmt(rq->arena, STR_FMT "T00:00", STR_ARG(text)), ret)))
		return 0;
	rc = err_set_value(e, ERR_RANGE, "err.evaluate.day", text);
	err_path(e, str_of(field));
	return rc;
}

int evaluate_form_id(const struct request *rq, const char *field, int64_t *ret, struct err *e)
{
	str text = request_form(rq, str_of(field));

	*ret = 0;
	if (!text.len || (str_to_i64(text, ret) && *ret > 0))
		return 0;
	return err_set_value(e, ERR_RANGE, "err.evaluate.form", text);
}

bool evaluate_notice(struct request *rq, struct response *rs, struct view *v, const struct err *why)
{
	static const struct {
		enum err_code code;
		int status;
	} known[] = {
		{ERR_RANGE, 422}, {ERR_CONFLICT, 409}, {ERR_WRONG_STATE, 409}, {ERR_LIMIT, 409}, {ERR_DENIED, 403}};
	_cleanup_(buf_done) struct buf text = {0};
	size_t at = 0;

	while (at < COUNT_OF(known) && known[at].code != why->code)
		at++;
	if (at == COUNT_OF(known))
		return false;
	rs->status = known[at].status;
	buf_init(&text, 4096);
	words_add_err(&text, rq->lang, why);
	view_text(v, "notice", arena_str(rq->arena, buf_str(&text)));
	view_bool(v, "notice_is_bad", true);
	return true;
}
