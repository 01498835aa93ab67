/* GET /rules: all rules of the present generation. */
#include "door/web/rules/rules_page.h"
#include "door/web/web.h"

#define PAGE 50u
#define PROBLEMS_SHOWN 50u
#define TAGS_SHOWN 2u

static void read_levels(const struct request *rq, struct rule_ask *ask)
{
	size_t at = 0;
	int64_t number;
	str text;

	while (request_query_each(rq, STR("level"), &at, &text))
		if (str_to_i64(text, &number) && number >= 1 && number <= 5)
			ask->levels |= 1u << number;
}

/* A wrong value in an address that somebody typed is as if it were absent. */
static struct rule_ask read_ask(const struct request *rq)
{
	struct rule_ask ask = {.lang = rq->lang, .limit = PAGE};
	enum rule_state state;
	int64_t offset;
	size_t at = 0;
	str text;

	read_levels(rq, &ask);
	while (request_query_each(rq, STR("state"), &at, &text))
		if (rule_state_parse(text, &state))
			ask.states |= 1u << state;
	ask.text = request_query(rq, STR("q"));
	ask.status = request_query(rq, STR("status"));
	ask.pack = request_query(rq, STR("pack"));
	ask.product = request_query(rq, STR("product"));
	ask.category = request_query(rq, STR("category"));
	ask.service = request_query(rq, STR("service"));
	ask.tag = request_query(rq, STR("tag"));
	(void)rule_sort_parse(request_query(rq, STR("sort")), &ask.sort);
	if (str_to_i64(request_query(rq, STR("at")), &offset) && offset > 0 && offset < INT32_MAX)
		ask.offset = (uint32_t)offset;
	return ask;
}

static bool is_chosen(const struct request *rq, const char *name, str value)
{
	size_t at = 0;
	str text;

	while (request_query_each(rq, str_of(name), &at, &text))
		if (str_eq(text, value))
			return true;
	return false;
}

struct option {
	const char *name;
	str value;
	const char *word; /* NULL: the label, or the value itself */
	uint32_t count;
	str label;
};

static struct view *add_option(const struct request *rq, struct view *facet, const struct option *o)
{
	struct view *v = view_item(facet, "options");

	view_text(v, "value", o->value);
	if (o->word)
		view_word(v, "label", o->word);
	else
		view_text(v, "label", o->label.ptr ? o->label : o->value);
	view_i64(v, "count", o->count);
	view_bool(v, "checked", is_chosen(rq, o->name, o->value));
	return v;
}

static struct view *add_facet(struct view *v, const char *name, const char *legend)
{
	struct view *f = view_item(v, "facets");

	view_word(f, "legend", legend);
	view_text(f, "name", str_of(name));
	return f;
}

static const char *const state_words[RULE_STATE_COUNT] = {
#define STATE_WORD(symbol, name) [symbol] = "rules.state." name,
	RULE_STATES(STATE_WORD)
#undef STATE_WORD
};

static void show_facets(const struct request *rq, struct view *v, const struct generation *g,
			const struct rule_page *page)
{
	static const char *const levels[] = {
		NULL, "alert.level.1", "alert.level.2", "alert.level.3", "alert.level.4", "alert.level.5"};
	struct view *f = add_facet(v, "level", "rules.level");

	for (unsigned l = 5; l >= 1; l--)
		view_i64(add_option(rq, f,
				    &(struct option){"level", arena_fmt(rq->arena, "%u", l), levels[l],
						     page->by_level[l]}),
			 "level", l);
	f = add_facet(v, "state", "rules.state");
	for (unsigned s = 0; s < RULE_STATE_COUNT; s++) {
		const char *name = rule_state_name((enum rule_state)s);

		add_option(rq, f, &(struct option){"state", str_of(name), state_words[s], page->by_state[s]});
	}
	if (catalogue_pack_count(g->catalogue) < 2)
		return;
	f = add_facet(v, "pack", "rules.pack");
	for (uint32_t i = 0; i < catalogue_pack_count(g->catalogue); i++) {
		const struct rule_pack *p = catalogue_pack(g->catalogue, i);

		add_option(rq, f, &(struct option){"pack", p->name, NULL, p->rules, rules_pack_short(rq, p)});
	}
}

static void show_chips(const struct request *rq, struct view *v)
{
	static const struct {
		const char *name, *word;
	} chips[] = {{"q", "rules.text"},          {"tag", "rules.tag"},
		     {"product", "rules.product"}, {"category", "rules.category"},
		     {"service", "rules.service"}, {"status", "rules.status"}};
	static const char *const more[] = {"level", "state", "pack"};
	bool filtered = false;

	view_list(v, "chips");
	for (size_t i = 0; i < sizeof(chips) / sizeof(chips[0]); i++) {
		str value = request_query(rq, str_of(chips[i].name));
		struct view *chip;

		if (!value.len)
			continue;
		filtered = true;
		chip = view_item(v, "chips");
		view_word(chip, "label", chips[i].word);
		view_text(chip, "value", value);
		view_text(chip, "remove_url", show_link(rq, &(struct link){.name = chips[i].name}));
	}
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		filtered = filtered || request_query(rq, str_of(more[i])).len > 0;
	view_bool(v, "is_filtered", filtered);
	view_text(v, "q", request_query(rq, STR("q")));
}

static void show_sorting(const struct request *rq, struct view *v, enum rule_sort present)
{
	for (int s = 0; s < RULE_SORT_COUNT; s++) {
		const char *name = rule_sort_name((enum rule_sort)s);

		view_text(v, arena_fmt(rq->arena, "sort_%s_url", name).ptr,
			  show_link(rq, &(struct link){.name = "sort",
						       .value = s == RULES_BY_HITS ? STR("") : str_of(name)}));
		view_bool(v, arena_fmt(rq->arena, "by_%s", name).ptr, (int)present == s);
	}
}

static str page_link(const struct request *rq, uint32_t at)
{
	str link = show_link(rq, &(struct link){0});

	return at == 0 ? link
		       : arena_fmt(rq->arena, STR_FMT "%sat=%u", STR_ARG(link),
				   str_find_byte(link, '?') < 0 ? "?" : "&", at);
}

static void show_paging(const struct request *rq, struct view *v, const struct rule_ask *ask,
			const struct rule_page *page)
{
	view_i64(v, "total", page->total);
	view_i64(v, "first", page->count ? ask->offset + 1 : 0);
	view_i64(v, "last", page->count ? ask->offset + page->count : 0);
	if (ask->offset)
		view_text(v, "prev_url", page_link(rq, ask->offset > PAGE ? ask->offset - PAGE : 0));
	if (page->count && ask->offset + page->count < page->total)
		view_text(v, "next_url", page_link(rq, ask->offset + page->count));
}

static void show_tags(const struct request *rq, struct view *row, const struct rule *r)
{
	uint32_t shown = 0, techniques = 0;

	view_list(row, "tags");
	for (uint32_t i = 0; i < r->tag_count; i++) {
		str text = show_technique(rq, r->tags[i]);

		if (!text.len)
			continue;
		techniques++;
		if (shown < TAGS_SHOWN) {
			view_text(view_item(row, "tags"), "name", text);
			shown++;
		}
	}
	view_i64(row, "more_tags", techniques - shown);
}

static void show_row(const struct request *rq, struct view *v, const struct generation *g, const struct rule_world *w,
		     const struct rule_line *l)
{
	struct view *row = view_item(v, "rules");

	view_text(row, "url", rules_url(rq, l->rule->id));
	view_text(row, "title", rule_title(l->rule, rq->lang));
	show_level(row, l->rule->level);
	view_text(row, "status", l->rule->status);
	view_text(row, "source", rules_source(rq, l->rule));
	view_bool(row, "is_correlation", l->rule->is_correlation);
	show_tags(rq, row, l->rule);
	rules_show_pack(rq, row, catalogue_pack(g->catalogue, l->pack), l->rule);
	view_i64(row, "day", l->hits.day);
	view_i64(row, "month", l->hits.month);
	view_bool(row, "has_last", l->hits.last_at != 0);
	show_time(rq, row, l->hits.last_at);
	view_text(row, "cost", rules_cost(rq, l, w->tried_events));
	view_bool(row, "is_off", l->is_off);
	view_i64(row, "filters", l->filters);
	view_bool(row, "unreachable", l->reach != REACH_CAN_MATCH);
	view_bool(row, "unfed", l->reach == REACH_CAN_MATCH && !l->is_fed);
}

static void show_problems(struct request *rq, struct view *v, const struct rule_set *set)
{
	uint32_t count = rule_set_problem_count(set);

	view_i64(v, "problem_count", count);
	view_list(v, "problems");
	for (uint32_t i = 0; i < count && i < PROBLEMS_SHOWN; i++) {
		struct buf text;

		buf_init(&text, 8192);
		words_add_err(&text, rq->lang, &rule_set_problem(set, i)->err);
		view_text(view_item(v, "problems"), "text", arena_str(rq->arena, buf_str(&text)));
		buf_done(&text);
	}
	view_i64(v, "more_problems", count > PROBLEMS_SHOWN ? count - PROBLEMS_SHOWN : 0);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	const struct generation *g = rules_take(rq);
	struct rule_ask ask = read_ask(rq);
	struct view *v = view_create(rq->arena);
	struct rule_world w;
	struct rule_page page;
	int rc = rules_world(rq, g, &w, e);

	if (!rc)
		rc = rule_list(&w, &ask, rq->arena, &page, e);
	if (!rc) {
		show_problems(rq, v, g->rules);
		show_chips(rq, v);
		show_facets(rq, v, g, &page);
		show_sorting(rq, v, ask.sort);
		show_paging(rq, v, &ask, &page);
		view_list(v, "rules");
		for (uint32_t i = 0; i < page.count; i++)
			show_row(rq, v, g, &w, &page.lines[i]);
		rc = response_page(rq, rs, STR("rules/list"), v, e);
	}
	rules_give(rq, g);
	return rc;
}

const struct route rules_web_routes[] = {
	{.method = "GET", .pattern = "/rules", .permission = PERM_RULE_READ, .handler = list_get},
	{0},
};
