/* GET /rules/{id}: one rule, and the switch. */
#include "craft/chart/chart.h"
#include "door/web/rules/rules_page.h"
#include "door/web/web.h"

#define DAYS 90u
#define ALERTS_SHOWN 10u
#define SVG_MAX (256u << 10)
#define LABEL_EVERY 15u

static void show_lists(const struct request *rq, struct view *v, const struct rule *r)
{
	view_list(v, "tags");
	for (uint32_t i = 0; i < r->tag_count; i++) {
		struct view *t = view_item(v, "tags");

		view_text(t, "name", rules_tag_text(rq, r->tags[i]));
		view_text(t, "tag", r->tags[i]);
	}
	view_list(v, "falsepositives");
	for (uint32_t i = 0; i < r->falsepositive_count; i++)
		view_text(view_item(v, "falsepositives"), "text", r->falsepositives[i]);
}

/* Whether it can ever match, whether anything feeds it, and from where. */
static void show_reach(struct view *v, const struct generation *g, const struct rule_line *l,
		       const struct rule_world *w)
{
	static const char *const words[REACH_COUNT] = {"rules.reach.can_match", "rules.reach.no_source",
						       "rules.reach.no_fields"};
	str missing[REACH_MISSING_MAX];
	uint32_t count = 0;

	view_word(v, "reach_word", words[l->reach]);
	view_bool(v, "can_match", l->reach == REACH_CAN_MATCH);
	view_bool(v, "is_fed", l->is_fed);
	view_list(v, "missing");
	if (l->reach == REACH_NO_FIELDS)
		count = rule_missing(g->rules, g->mapping, l->rule->index, missing);
	for (uint32_t i = 0; i < count; i++)
		view_text(view_item(v, "missing"), "name", missing[i]);
	view_list(v, "feeds");
	for (uint32_t i = 0; !l->rule->is_correlation && i < w->seen.count; i++) {
		const struct seen_source *s = &w->seen.sources[i];
		struct view *item;

		if (!rule_is_fed(l->rule, s, 1))
			continue;
		item = view_item(v, "feeds");
		view_fmt(item, "name", STR_FMT " / " STR_FMT " / " STR_FMT, STR_ARG(s->product),
			 STR_ARG(s->category.len ? s->category : STR("–")),
			 STR_ARG(s->service.len ? s->service : STR("–")));
		view_i64(item, "events", s->events);
	}
}

static void show_head(const struct request *rq, struct view *v, const struct generation *g, const struct rule_world *w,
		      const struct rule_line *l)
{
	const struct rule *r = l->rule;

	view_text(v, "id", r->id);
	view_text(v, "url", rules_url(rq, r->id));
	view_text(v, "title", rule_title(r, rq->lang));
	view_text(v, "description", rule_description(r, rq->lang));
	show_level(v, r->level);
	view_text(v, "status", r->status);
	view_text(v, "source", rules_source(rq, r));
	view_text(v, "rule_path", r->path);
	view_i64(v, "line", r->line);
	view_bool(v, "is_correlation", r->is_correlation);
	view_bool(v, "is_part", r->is_part);
	view_i64(v, "day", l->hits.day);
	view_i64(v, "month", l->hits.month);
	view_i64(v, "filtered", l->hits.filtered);
	view_bool(v, "has_last", l->hits.last_at != 0);
	show_time(rq, v, l->hits.last_at);
	view_text(v, "cost", rules_cost(rq, l, w->tried_events));
	view_i64(v, "tried", (int64_t)l->tried);
	view_i64(v, "tried_events", (int64_t)w->tried_events);
	view_bool(v, "is_off", l->is_off);
	rules_show_pack(rq, v, catalogue_pack(g->catalogue, l->pack), r);
	show_lists(rq, v, r);
	show_reach(v, g, l, w);
	show_raw(rq, v, catalogue_rule_text(g->catalogue, r), NULL, 0, NULL);
}

static int show_switch(struct request *rq, struct view *v, const struct rule *r, struct err *e)
{
	struct rule_switch s;
	int rc = rule_switch_get(rq->db, actor_scope(&rq->actor), r->id, rq->arena, &s, e);

	if (rc)
		return rc;
	view_text(v, "switch_reason", s.reason);
	view_text(v, "switch_by", s.user_name);
	view_text(v, "switch_at", s.changed_at ? show_time_text(rq, s.changed_at) : STR(""));
	return 0;
}

/* Matches a day: what a filter took away stands at the bottom of the bar, in the shade of information. */
static int show_days(struct request *rq, struct view *v, const struct rule *r, struct err *e)
{
	const struct day_span span = {r->id, DAYS, rq->now};
	struct chart_bar *bars = arena_alloc(rq->arena, DAYS * sizeof(*bars));
	struct day_hits *days;
	struct chart *c;
	struct buf svg;
	int rc = rule_hits_days(rq->db, actor_scope(&rq->actor), &span, rq->arena, &days, e);

	if (rc || !bars)
		return rc ? rc : err_set(e, ERR_LIMIT, "err.rule.memory");
	view_list(v, "days");
	for (uint32_t i = 0; i < DAYS; i++) {
		int64_t kept = days[i].matches - days[i].filtered;

		bars[i].name = i % LABEL_EVERY == LABEL_EVERY - 1 ? str_from(show_day(rq, days[i].day), 5) : STR("");
		bars[i].parts[0] = (uint32_t)(days[i].filtered > UINT32_MAX ? UINT32_MAX : days[i].filtered);
		bars[i].parts[r->level - 1] += (uint32_t)(kept > UINT32_MAX / 2 ? UINT32_MAX / 2 : kept);
		if (days[i].matches) {
			struct view *row = view_item(v, "days");

			view_text(row, "name", show_day(rq, days[i].day));
			view_i64(row, "matches", days[i].matches);
			view_i64(row, "filtered", days[i].filtered);
		}
	}
	c = chart_timeline(rq->arena, bars, DAYS);
	if (c)
		chart_describe(c, words_get(rq->lang, STR("rules.days")), words_get(rq->lang, STR("rules.days_what")));
	buf_init(&svg, SVG_MAX);
	rc = chart_svg(c, &svg, e);
	if (!rc)
		view_html(v, "chart", arena_str(rq->arena, buf_str(&svg)));
	buf_done(&svg);
	return rc;
}

static int show_alerts(struct request *rq, struct view *v, const struct rule *r, struct err *e)
{
	struct alert_filter f = alert_filter_all();
	struct alert_list list;
	int rc;

	view_list(v, "alerts");
	if (!actor_may(&rq->actor, PERM_ALERT_READ))
		return 0;
	f.open = f.acknowledged = f.closed = true;
	f.rule_id = r->id;
	f.sort = ALERT_BY_TIME;
	f.limit = ALERTS_SHOWN;
	rc = alert_list(rq->db, actor_scope(&rq->actor), &f, rq->arena, &list, e);
	for (uint32_t i = 0; !rc && i < list.count; i++) {
		const struct alert *al = &list.alerts[i];
		struct view *row = view_item(v, "alerts");

		view_i64(row, "alert_id", al->id);
		view_text(row, "alert_url", arena_fmt(rq->arena, "/alerts/%lld", (long long)al->id));
		view_text(row, "ref", show_alert_ref(rq, al->id));
		show_level_of(row, al);
		view_text(row, "asset", al->asset);
		view_text(row, "user", al->account);
		view_i64(row, "count", al->count);
		view_text(row, "state", str_of(show_alert_class(al)));
		view_word(row, "state_word", show_word_key(rq, "alert.state.", alert_state_name(al->state)).ptr);
		view_text(row, "verdict", STR(""));
		if (al->verdict != VERDICT_NONE)
			view_word(row, "verdict",
				  show_word_key(rq, "alert.verdict.", alert_verdict_name(al->verdict)).ptr);
		show_time(rq, row, al->last_at);
	}
	return rc;
}

static int show_filters(struct request *rq, struct view *v, const struct rule *r, struct err *e)
{
	static const char *const words[] = {"rules.filter.live", "rules.filter.expired", "rules.filter.removed"};
	const struct filter_ask ask = {.rule_id = r->id, .ended = true, .now = rq->now};
	struct filter_list list;
	int rc = filter_list(rq->db, actor_scope(&rq->actor), &ask, rq->arena, &list, e);

	view_list(v, "tuning");
	view_bool(v, "can_tune", !r->is_correlation);
	view_text(v, "next_month", show_day(rq, rq->now + 30 * TIME_DAY));
	for (uint32_t i = 0; !rc && i < list.count; i++) {
		const struct tuning_filter *f = &list.filters[i];
		struct view *row = view_item(v, "tuning");
		enum filter_state s = filter_state(f, rq->now);

		view_i64(row, "filter_id", f->id);
		view_i64(row, "version", f->version);
		view_text(row, "filter_title", f->title);
		view_text(row, "yaml", f->yaml);
		view_text(row, "filter_reason", f->reason);
		view_text(row, "filter_owner", f->owner_name);
		view_text(row, "expires_text", show_day(rq, f->expires_at));
		view_text(row, "removed_by", f->removed_by);
		view_bool(row, "is_live", s == FILTER_LIVE);
		view_bool(row, "is_removed", s == FILTER_REMOVED);
		view_word(row, "filter_state", words[s]);
	}
	return rc;
}

static int rule_get(struct request *rq, struct response *rs, struct err *e)
{
	const struct generation *g = rules_take(rq);
	struct view *v = view_create(rq->arena);
	const struct rule *r;
	struct rule_world w;
	struct rule_line l;
	int rc = rules_find(rq, g, &r, e);

	if (!rc)
		rc = rules_world(rq, g, &w, e);
	if (!rc) {
		rule_line_of(&w, r->index, &l);
		show_head(rq, v, g, &w, &l);
		rc = show_switch(rq, v, r, e);
	}
	if (!rc && !(rc = show_days(rq, v, r, e)) && !(rc = show_alerts(rq, v, r, e)) &&
	    !(rc = show_filters(rq, v, r, e)))
		rc = response_page(rq, rs, STR("rules/show"), v, e);
	rules_give(rq, g);
	return rc;
}

static int switch_post(struct request *rq, struct response *rs, struct err *e)
{
	const struct generation *g = rules_take(rq);
	struct switch_new new = {.reason = str_trim(request_form(rq, STR("reason"))), .now = rq->now};
	const struct rule *r;
	int rc = rules_find(rq, g, &r, e);

	if (!rc)
		rc = db_begin(rq->db, e);
	if (!rc) {
		new.rule_id = arena_str(rq->arena, r->id);
		new.is_off = str_eq(request_form(rq, STR("to")), STR("off"));
		rc = db_end(rq->db, rule_switch_set(rq->db, &rq->actor, &new, e), e);
	}
	rules_give(rq, g);
	if (!rc)
		rc = rules_decided(rq, e);
	if (!rc)
		response_redirect(rs, rules_url(rq, new.rule_id));
	return rc;
}

const struct route rule_web_routes[] = {
	{.method = "GET", .pattern = "/rules/{id}", .permission = PERM_RULE_READ, .handler = rule_get},
	{.method = "POST", .pattern = "/rules/{id}/switch", .permission = PERM_RULE_WRITE, .handler = switch_post},
	{0},
};
