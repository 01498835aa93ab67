/* The assessment report as a document: what a CISO hands to the board, and what stands behind it. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/exchange/internal.h"

struct report {
	const struct exchange_order *order;
	struct portfolio portfolio;
	struct snapshot previous; /* id 0: none */
	struct doc *doc;
	struct arena *arena;
	enum lang lang;
};

static str word(const struct report *r, const char *key)
{
	return words_get(r->lang, str_of(key));
}

/* A sentence with up to four figures {a} {b} {c} {d}. */
static str sentence(const struct report *r, const char *key, const str values[4])
{
	static const char *const names[] = {"a", "b", "c", "d"};
	struct word_arg args[4];
	struct buf text;
	str out;

	for (size_t i = 0; i < COUNT_OF(names); i++)
		args[i] = (struct word_arg){names[i], values[i]};
	buf_init(&text, 4096);
	words_add(&text, r->lang, str_of(key), args, COUNT_OF(args));
	out = arena_str(r->arena, buf_str(&text));
	buf_done(&text);
	return out;
}

static str score_text(const struct report *r, score_c score)
{
	return score == SCORE_NONE ? STR("—") : arena_fmt(r->arena, "%d.%02d", score / 100, score % 100);
}

static str count_text(const struct report *r, uint32_t n)
{
	return arena_fmt(r->arena, "%u", n);
}

static str day_text(const struct report *r, time_us t)
{
	char out[TIME_TEXT_MAX];

	(void)time_format_local(t, r->order->zone_min, out);
	return t ? arena_str(r->arena, (str){out, 10}) : STR("—");
}

static struct sheet_cell score_cell(score_c score)
{
	return score == SCORE_NONE ? sheet_text(STR("—")) : sheet_number(score / 100.0);
}

static const struct snapshot_category *before_of(const struct report *r, str category)
{
	for (uint32_t i = 0; i < r->previous.category_count && r->previous.categories; i++)
		if (str_eq(r->previous.categories[i].id, category))
			return &r->previous.categories[i];
	return NULL;
}

/* ---- parts ---- */

static void add_cover(const struct report *r)
{
	const struct framework *fw = r->portfolio.framework;

	doc_cover(r->doc, word(r, "exchange.report.title"),
		  arena_fmt(r->arena, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(r->order->organisation),
			    STR_ARG(fw->name.by_lang[r->lang]), STR_ARG(day_text(r, r->order->now))));
	doc_page(r->doc);
	doc_heading(r->doc, 1, word(r, "doc.contents"));
	doc_contents(r->doc);
	doc_page(r->doc);
}

static void add_summary(const struct report *r)
{
	const struct portfolio *p = &r->portfolio;
	score_c now = score_mean_value(&p->total.now), target = score_mean_value(&p->total.target);
	char rule[48];

	snprintf(rule, sizeof(rule), "build.rule.%s", combine_rule_name(p->rule));
	doc_heading(r->doc, 1, word(r, "exchange.report.summary"));
	doc_paragraph(r->doc, sentence(r, "exchange.report.means",
				       (str[4]){score_text(r, now), score_text(r, target),
						score_text(r, score_mean_value(&p->total.evidence)),
						count_text(r, p->total.applicable)}));
	doc_item(r->doc, sentence(r, "exchange.report.at_target",
				  (str[4]){count_text(r, p->at_target), count_text(r, p->with_target)}));
	doc_item(r->doc, sentence(r, "exchange.report.unassigned",
				  (str[4]){count_text(r, p->unassigned), count_text(r, p->undecided)}));
	doc_item(r->doc, sentence(r, "exchange.report.above_evidence", (str[4]){count_text(r, p->above_evidence)}));
	doc_item(r->doc, sentence(r, "exchange.report.left_out", (str[4]){count_text(r, p->not_applicable)}));
	if (r->previous.id)
		doc_item(r->doc, sentence(r, "exchange.report.previous",
					  (str[4]){r->previous.name, day_text(r, r->previous.taken_at),
						   score_text(r, score_mean_value(&r->previous.total.now))}));
	doc_note(r->doc, sentence(r, "exchange.report.rule", (str[4]){word(r, rule)}));
}

static int chart_value(score_c score)
{
	return score == SCORE_NONE ? CHART_NONE : score;
}

static void add_radar(const struct report *r)
{
	const struct portfolio *p = &r->portfolio;
	struct chart_axis axes[CHART_AXES_MAX];
	uint32_t count = p->framework->category_count;
	struct buf legend;
	struct chart *chart;

	if (count < 3 || count > CHART_AXES_MAX)
		return;
	for (uint32_t i = 0; i < count; i++) {
		const struct fw_category *c = &p->framework->categories[i];
		const struct snapshot_category *before = before_of(r, c->id);

		axes[i] = (struct chart_axis){.id = c->id,
					      .name = c->short_name.by_lang[r->lang],
					      .declared = chart_value(score_mean_value(&p->categories[i].now)),
					      .target = chart_value(score_mean_value(&p->categories[i].target)),
					      .evidence = chart_value(score_mean_value(&p->categories[i].evidence)),
					      .previous = before ? chart_value(score_mean_value(&before->group.now))
								 : CHART_NONE};
	}
	chart = chart_radar(r->arena, axes, count);
	chart_describe(chart, word(r, "exchange.result.radar"), STR_NONE);
	buf_init(&legend, 1024);
	buf_add_fmt(&legend, "s-asis " STR_FMT "\ns-tobe " STR_FMT "\ns-evid " STR_FMT,
		    STR_ARG(word(r, "exchange.result.now")), STR_ARG(word(r, "exchange.result.target")),
		    STR_ARG(word(r, "exchange.result.evidence")));
	if (r->previous.id)
		buf_add_fmt(&legend, "\ns-prev " STR_FMT, STR_ARG(word(r, "exchange.report.before")));
	doc_figure(r->doc, chart, word(r, "exchange.result.radar"), buf_str(&legend));
	buf_done(&legend);
}

static void add_categories(const struct report *r)
{
	const struct portfolio *p = &r->portfolio;
	const struct doc_column columns[] = {
		{word(r, "exchange.column.category"), 4.2, DOC_LEFT, 0},
		{word(r, "exchange.result.services"), 1, DOC_RIGHT, 0},
		{word(r, "exchange.report.before"), 1, DOC_RIGHT, 2},
		{word(r, "exchange.result.now"), 1, DOC_RIGHT, 2},
		{word(r, "exchange.result.target"), 1, DOC_RIGHT, 2},
		{word(r, "exchange.result.gap"), 1, DOC_RIGHT, 2},
		{word(r, "exchange.result.evidence"), 1.1, DOC_RIGHT, 2},
	};
	uint32_t count = p->framework->category_count, width = COUNT_OF(columns);
	struct sheet_cell *cells = arena_alloc(r->arena, (size_t)(count + 1) * width * sizeof(*cells)), *c = cells;

	for (uint32_t i = 0; cells && i <= count; i++) {
		const struct portfolio_group *g = i < count ? &p->categories[i] : &p->total;
		const struct snapshot_category *before = i < count ? before_of(r, p->framework->categories[i].id)
								   : NULL;
		score_c now = score_mean_value(&g->now), target = score_mean_value(&g->target);
		score_c was = before                         ? score_mean_value(&before->group.now)
			      : i == count && r->previous.id ? score_mean_value(&r->previous.total.now)
							     : SCORE_NONE;

		*c++ = sheet_text(i < count ? arena_fmt(r->arena, STR_FMT " " STR_FMT,
							STR_ARG(p->framework->categories[i].id),
							STR_ARG(p->framework->categories[i].name.text.by_lang[r->lang]))
					    : word(r, "exchange.result.total"));
		*c++ = sheet_number(g->applicable);
		*c++ = score_cell(was);
		*c++ = score_cell(now);
		*c++ = score_cell(target);
		*c++ = now != SCORE_NONE && target != SCORE_NONE ? sheet_number((target - now) / 100.0)
								 : sheet_text(STR("—"));
		*c++ = score_cell(score_mean_value(&g->evidence));
	}
	doc_heading(r->doc, 1, word(r, "exchange.report.categories"));
	if (cells)
		doc_table(r->doc,
			  &(struct doc_table){word(r, "exchange.report.categories"), columns, width, count + 1, cells});
}

static void add_gaps(const struct report *r)
{
	const struct portfolio *p = &r->portfolio;
	const struct doc_column columns[] = {
		{word(r, "exchange.column.service"), 1, DOC_LEFT, 0},
		{word(r, "exchange.column.name"), 4, DOC_LEFT, 0},
		{word(r, "exchange.column.level"), 1.6, DOC_LEFT, 0},
		{word(r, "exchange.result.now"), 1, DOC_RIGHT, 2},
		{word(r, "exchange.result.target"), 1, DOC_RIGHT, 2},
		{word(r, "exchange.result.gap"), 1, DOC_RIGHT, 2},
		{word(r, "exchange.column.gap_owner"), 2, DOC_LEFT, 0},
		{word(r, "exchange.column.gap_due"), 1.6, DOC_LEFT, 0},
	};
	uint32_t count = p->first_count < EXCHANGE_FIRST ? p->first_count : EXCHANGE_FIRST, width = COUNT_OF(columns);
	struct sheet_cell *cells = arena_alloc(r->arena, (size_t)count * width * sizeof(*cells)), *c = cells;

	doc_heading(r->doc, 1, word(r, "exchange.report.gaps"));
	if (!count) {
		doc_paragraph(r->doc, word(r, "exchange.report.no_gap"));
		return;
	}
	doc_paragraph(r->doc, word(r, "exchange.report.gaps_what"));
	for (uint32_t i = 0; cells && i < count; i++) {
		const struct portfolio_item *item = p->first[i];

		*c++ = sheet_text(item->service->id);
		*c++ = sheet_text(item->service->name.text.by_lang[r->lang]);
		*c++ = sheet_text(p->framework->levels[item->level].name.text.by_lang[r->lang]);
		*c++ = score_cell(item->now);
		*c++ = score_cell(item->target);
		*c++ = sheet_number(item->gap / 100.0);
		*c++ = sheet_text(item->state.gap_owner);
		*c++ = sheet_date(item->state.gap_due);
	}
	if (cells)
		doc_table(r->doc, &(struct doc_table){word(r, "exchange.report.gaps"), columns, width, count, cells});
}

static str who_text(const struct report *r, const struct portfolio_item *item)
{
	const struct service_state *s = &item->state;
	str does = s->assignment == ASSIGN_UNDECIDED
			   ? word(r, "build.undecided")
			   : r->portfolio.framework->assignments[s->assignment].name.text.by_lang[r->lang];
	str party = s->team.len && s->provider.len
			    ? arena_fmt(r->arena, STR_FMT " · " STR_FMT, STR_ARG(s->team), STR_ARG(s->provider))
		    : s->team.len ? s->team
				  : s->provider;

	if (s->not_applicable)
		return STR("N/A");
	return party.len ? arena_fmt(r->arena, STR_FMT "\n" STR_FMT, STR_ARG(does), STR_ARG(party)) : does;
}

static struct sheet_cell *service_row(const struct report *r, const struct portfolio_item *item, struct sheet_cell *c)
{
	*c++ = sheet_text(item->service->id);
	*c++ = sheet_text(item->service->name.text.by_lang[r->lang]);
	*c++ = sheet_text(r->portfolio.framework->levels[item->level].name.text.by_lang[r->lang]);
	*c++ = sheet_text(who_text(r, item));
	*c++ = score_cell(item->now);
	*c++ = score_cell(item->target);
	*c++ = item->counts && item->evidence.score ? sheet_number(item->evidence.score) : sheet_text(STR("—"));
	*c++ = sheet_text(item->state.not_applicable ? item->state.not_applicable_reason : item->state.level_reason);
	return c;
}

static void add_appendix(const struct report *r)
{
	const struct portfolio *p = &r->portfolio;
	const struct doc_column columns[] = {
		{word(r, "exchange.column.service"), 1, DOC_LEFT, 0},
		{word(r, "exchange.column.name"), 3.6, DOC_LEFT, 0},
		{word(r, "exchange.column.level"), 1.7, DOC_LEFT, 0},
		{word(r, "exchange.column.assignment"), 2.4, DOC_LEFT, 0},
		{word(r, "exchange.result.now"), 1, DOC_RIGHT, 2},
		{word(r, "exchange.result.target"), 1, DOC_RIGHT, 2},
		{word(r, "exchange.result.evidence"), 1, DOC_RIGHT, 0},
		{word(r, "exchange.column.level_reason"), 3, DOC_LEFT, 0},
	};
	uint32_t width = COUNT_OF(columns);

	doc_page(r->doc);
	doc_heading(r->doc, 1, word(r, "exchange.report.appendix"));
	for (uint32_t i = 0; i < p->framework->category_count; i++) {
		const struct fw_category *category = &p->framework->categories[i];
		struct sheet_cell *cells = arena_alloc(r->arena, (size_t)category->count * width * sizeof(*cells)),
				  *c = cells;

		doc_heading(r->doc, 2,
			    arena_fmt(r->arena, STR_FMT " " STR_FMT, STR_ARG(category->id),
				      STR_ARG(category->name.text.by_lang[r->lang])));
		for (uint32_t k = 0; cells && k < category->count; k++)
			c = service_row(r, &p->items[category->first + k], c);
		if (cells)
			doc_table(r->doc, &(struct doc_table){category->id, columns, width, category->count, cells});
	}
}

static void add_sources(const struct report *r)
{
	const struct framework *fw = r->portfolio.framework;
	uint32_t verified = 0;

	for (uint32_t i = 0; i < fw->service_count; i++)
		verified += fw->services[i].name.verified[r->lang];
	doc_heading(r->doc, 1, word(r, "exchange.report.sources"));
	doc_item(r->doc, sentence(r, "exchange.report.framework", (str[4]){fw->name.by_lang[r->lang], fw->edition}));
	doc_item(r->doc, sentence(r, "exchange.report.verified",
				  (str[4]){count_text(r, verified), count_text(r, fw->service_count)}));
	doc_item(r->doc, word(r, "exchange.report.declared"));
	doc_item(r->doc, word(r, "exchange.report.evidence"));
	doc_item(r->doc, word(r, "exchange.report.levels"));
}

/* ---- whole ---- */

static int load_previous(struct db *db, struct scope scope, struct report *r, struct err *e)
{
	struct snapshot_list list;
	int rc = snapshot_list(db, scope, r->order->framework->id, r->arena, &list, e);

	for (uint32_t i = 0; !rc && i < list.count; i++)
		if (list.items[i].is_signed)
			return snapshot_load(db, scope, list.items[i].id, r->arena, &r->previous, e);
	return rc;
}

int exchange_report(struct db *db, const struct actor *who, const struct exchange_order *order, struct doc *ret,
		    struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct portfolio_query query = {.framework = order->framework, .rule = order->rule, .now = order->now};
	struct report r = {.order = order, .doc = ret, .arena = &a, .lang = order->lang};
	struct doc_info info = {.author = order->organisation, .lang = order->lang, .made = order->now};
	int rc;

	arena_init(&a, EXCHANGE_ARENA);
	if ((rc = portfolio_load(db, actor_scope(who), &query, &a, &r.portfolio, e)) ||
	    (rc = load_previous(db, actor_scope(who), &r, e)))
		return rc;
	info.title = arena_fmt(&a, STR_FMT " — " STR_FMT, STR_ARG(order->organisation),
			       STR_ARG(word(&r, "exchange.report.title")));
	doc_init(ret, &info);
	add_cover(&r);
	add_summary(&r);
	add_radar(&r);
	add_categories(&r);
	add_gaps(&r);
	add_appendix(&r);
	add_sources(&r);
	return doc_check(ret, e);
}
