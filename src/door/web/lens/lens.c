/* The page of one lens: the answers by services of X.1060, seen by another framework's items. */
#include "door/web/lens/lens.h"

#include "door/web/evaluate/evaluate_text.h"
#include "door/web/web.h"

str lens_score(const struct request *rq, score_c score)
{
	if (score == SCORE_NONE)
		return STR("");
	if (score % 100 == 0)
		return arena_fmt(rq->arena, "%d", score / 100);
	return score % 10 ? arena_fmt(rq->arena, "%d.%02d", score / 100, score % 100)
			  : arena_fmt(rq->arena, "%d.%d", score / 100, score % 100 / 10);
}

static str mean_text(const struct request *rq, const struct score_mean *m)
{
	return lens_score(rq, score_mean_value(m));
}

struct fact lens_fact(const struct request *rq, const struct correction_list *corrections, str item,
		      enum correction_field field, const str content[LANG_COUNT])
{
	const struct correction *c = correction_find(corrections, item, field, rq->lang);

	if (c)
		return (struct fact){.text = c->text, .corrected = true};
	if (content[rq->lang].len)
		return (struct fact){.text = content[rq->lang]};
	return (struct fact){.text = content[LANG_EN], .is_english = rq->lang != LANG_EN};
}

void lens_put_fact(const struct request *rq, struct view *v, const char *name, const struct fact *f)
{
	view_text(v, name, f->text);
	view_text(v, arena_fmt(rq->arena, "%s_lang", name).ptr, f->is_english ? STR("en") : STR(""));
	view_bool(v, arena_fmt(rq->arena, "%s_corrected", name).ptr, f->corrected);
}

void lens_put_choices(const struct request *rq, struct view *v, str current)
{
	const struct framework *fw = evaluate_framework(rq);
	struct view *choice = view_item(v, "lenses");

	view_text(choice, "url", STR("/portfolio"));
	view_text(choice, "label", fw->name.by_lang[rq->lang]);
	view_bool(choice, "current", str_eq(current, fw->id));
	for (uint32_t i = 0; i < lens_count(rq->services->lenses); i++) {
		const struct lens *l = lens_at(rq->services->lenses, i);

		choice = view_item(v, "lenses");
		view_text(choice, "url", arena_fmt(rq->arena, "/lens/" STR_FMT, STR_ARG(l->id)));
		view_text(choice, "label", l->name[rq->lang]);
		view_bool(choice, "current", str_eq(current, l->id));
	}
}

/* ---- rows ---- */

struct showing {
	const struct request *rq;
	const struct lens *lens;
	const struct portfolio *portfolio;
	const struct lens_picture *picture;
	const struct correction_list *corrections, *service_corrections;
};

/* The services behind an item, with what the item is to each. */
static void put_links(struct view *row, const struct showing *s, uint32_t item)
{
	const struct lens_mapping *m = s->picture->mapping;
	const struct lens_figure *now = &s->picture->items[item].now;

	view_list(row, "links");
	for (uint32_t i = m->first[item]; i < m->first[item + 1]; i++) {
		const struct lens_link *l = &m->links[i];
		const struct portfolio_item *p;
		struct view *link;
		struct fact name;

		if (!l->service)
			continue;
		p = &s->portfolio->items[l->service->index];
		name = lens_fact(s->rq, s->service_corrections, l->service->id, CORRECT_NAME,
				 l->service->name.text.by_lang);
		link = view_item(row, "links");
		view_text(link, "id", l->service->id);
		view_text(link, "url", arena_fmt(s->rq->arena, "/portfolio/" STR_FMT, STR_ARG(l->service->id)));
		view_text(link, "name", name.text);
		view_text(link, "kind",
			  words_get(s->rq->lang, show_word_key(s->rq, "lens.kind.", link_kind_name(l->kind))));
		view_text(
			link, "certainty",
			words_get(s->rq->lang, show_word_key(s->rq, "lens.certainty.", certainty_name(l->certainty))));
		view_text(link, "now", lens_score(s->rq, p->now));
		view_bool(link, "counts", p->counts);
		view_bool(link, "is_weakest", now->weakest == p);
	}
}

static str heat_class(score_c score)
{
	static const char *const classes[] = {"h1", "h2", "h3", "h4", "h5"};

	return score == SCORE_NONE ? STR("") : str_of(classes[(score - 1) / 100 > 4 ? 4 : (score - 1) / 100]);
}

static void put_item(struct view *row, const struct showing *s, const struct lens_item *item)
{
	const struct lens_result *r = &s->picture->items[item->index];
	struct fact name = lens_fact(s->rq, s->corrections, item->id, CORRECT_NAME, item->name.text);
	struct fact description = lens_fact(s->rq, s->corrections, item->id, CORRECT_DESCRIPTION, item->description);

	view_text(row, "id", item->id);
	view_text(row, "url",
		  arena_fmt(s->rq->arena, "/content/" STR_FMT "/" STR_FMT, STR_ARG(s->lens->id), STR_ARG(item->id)));
	lens_put_fact(s->rq, row, "name", &name);
	view_text(row, "description", description.text);
	view_text(row, "now", lens_score(s->rq, r->now.value));
	view_text(row, "heat", heat_class(r->now.value));
	view_text(row, "target", lens_score(s->rq, r->target.value));
	view_text(row, "evidence", lens_score(s->rq, r->evidence.value));
	view_text(row, "gap",
		  r->has_gap && r->gap > 0 ? arena_fmt(s->rq->arena, "+" STR_FMT, STR_ARG(lens_score(s->rq, r->gap)))
		  : r->has_gap             ? STR("0")
					   : STR(""));
	view_bool(row, "unmapped", r->links == 0);
	view_bool(row, "not_needed", r->links && !r->counting);
	view_bool(row, "unknown", r->counting > r->now.known);
	view_i64(row, "known", r->now.known);
	view_i64(row, "counting", r->counting);
	put_links(row, s, item->index);
}

static void put_group(struct view *v, const struct showing *s, uint32_t at)
{
	const struct lens_group *g = &s->lens->groups[at];
	const struct lens_group_result *r = &s->picture->groups[at];
	struct view *group = view_item(v, "groups");
	str name = g->name.text[s->rq->lang].len ? g->name.text[s->rq->lang] : g->name.text[LANG_EN];

	view_text(group, "id", g->id);
	view_text(group, "name", name);
	view_text(group, "name_lang", s->rq->lang != LANG_EN && !g->name.text[s->rq->lang].len ? STR("en") : STR(""));
	view_text(group, "description", g->description[s->rq->lang]);
	view_i64(group, "mapped", r->mapped);
	view_i64(group, "count", g->count);
	view_text(group, "now", mean_text(s->rq, &r->now));
	view_text(group, "target", mean_text(s->rq, &r->target));
	view_text(group, "evidence", mean_text(s->rq, &r->evidence));
	view_list(group, "items");
	for (uint32_t i = g->first; i < g->first + g->count; i++)
		put_item(view_item(group, "items"), s, &s->lens->items[i]);
}

static int chart_value(score_c score)
{
	return score == SCORE_NONE ? CHART_NONE : score;
}

static int put_radar(struct view *v, const struct showing *s, struct err *e)
{
	struct chart_axis axes[LENS_GROUPS_MAX];

	view_list(v, "radar_rows");
	view_bool(v, "has_previous", false);
	for (uint32_t i = 0; i < s->lens->group_count; i++) {
		const struct lens_group *g = &s->lens->groups[i];
		const struct lens_group_result *r = &s->picture->groups[i];
		struct view *row = view_item(v, "radar_rows");
		str name = g->short_name[s->rq->lang].len ? g->short_name[s->rq->lang] : g->short_name[LANG_EN];

		axes[i] = (struct chart_axis){.id = g->id.len <= 3 ? g->id : STR(""),
					      .name = name,
					      .declared = chart_value(score_mean_value(&r->now)),
					      .evidence = chart_value(score_mean_value(&r->evidence)),
					      .target = chart_value(score_mean_value(&r->target)),
					      .previous = CHART_NONE};
		view_text(row, "name", name);
		view_text(row, "declared", mean_text(s->rq, &r->now));
		view_text(row, "evidence", mean_text(s->rq, &r->evidence));
		view_text(row, "target", mean_text(s->rq, &r->target));
		view_text(row, "previous", STR(""));
	}
	view_bool(v, "has_radar", s->lens->group_count >= 3);
	if (s->lens->group_count < 3) {
		view_text(v, "radar", STR(""));
		return 0;
	}
	return evaluate_put_svg(s->rq, v, "radar", chart_radar(s->rq->arena, axes, s->lens->group_count), e);
}

static void put_kpi(struct view *v, const char *label, str value, const char *detail)
{
	struct view *kpi = view_item(v, "kpis");

	view_word(kpi, "label", label);
	view_text(kpi, "value", value.len ? value : STR("—"));
	view_text(kpi, "unit", STR("/ 5"));
	view_word(kpi, "detail", detail);
	view_text(kpi, "url", STR(""));
}

static void put_head(struct view *v, const struct showing *s)
{
	const struct lens_picture *p = s->picture;

	view_text(v, "id", s->lens->id);
	view_text(v, "title", s->lens->title[s->rq->lang]);
	view_text(v, "edition", s->lens->edition);
	view_text(v, "link", s->lens->link);
	view_text(v, "mapping_source", p->mapping->source);
	view_bool(v, "is_official", p->mapping->is_official);
	view_i64(v, "mapped", p->total.mapped);
	view_i64(v, "item_count", s->lens->item_count);
	view_i64(v, "verified", lens_verified(s->lens, LANG_EN));
	view_i64(v, "verified_ja", lens_verified(s->lens, LANG_JA));
	view_list(v, "kpis");
	put_kpi(v, "web.score.declared", mean_text(s->rq, &p->total.now), "lens.mean");
	put_kpi(v, "web.score.evidence", mean_text(s->rq, &p->total.evidence), "lens.mean");
	put_kpi(v, "web.score.target", mean_text(s->rq, &p->total.target), "lens.mean");
}

static int find(const struct request *rq, str lens_id, const struct lens **ret_lens,
		const struct lens_mapping **ret_mapping, struct err *e)
{
	const struct lens *lens = lens_find(rq->services->lenses, lens_id);
	const struct framework *fw = evaluate_framework(rq);
	int rc;

	if (!lens)
		return err_set_value(e, ERR_NOT_FOUND, "err.lens.absent", lens_id);
	*ret_lens = lens;
	*ret_mapping = lens_mapping_find(rq->services->lenses, lens, fw);
	if (*ret_mapping)
		return 0;
	rc = err_set_value(e, ERR_NOT_FOUND, "err.lens.no_mapping", lens_id);
	err_expected(e, fw->id);
	return rc;
}

int lens_page(struct request *rq, struct response *rs, str lens_id, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct correction_list corrections, of_services;
	struct scope scope = actor_scope(&rq->actor);
	const struct lens_mapping *mapping;
	struct lens_picture picture;
	struct portfolio p = {0};
	struct showing s = {.rq = rq,
			    .portfolio = &p,
			    .picture = &picture,
			    .corrections = &corrections,
			    .service_corrections = &of_services};
	int rc;

	if ((rc = find(rq, lens_id, &s.lens, &mapping, e)) || (rc = evaluate_portfolio(rq, COMBINE_MAX, &p, e)) ||
	    (rc = lens_paint(mapping, &p, rq->arena, &picture, e)) ||
	    (rc = correction_list(rq->db, scope, s.lens->id, rq->arena, &corrections, e)) ||
	    (rc = correction_list(rq->db, scope, p.framework->id, rq->arena, &of_services, e)))
		return rc;
	put_head(v, &s);
	lens_put_choices(rq, v, s.lens->id);
	view_list(v, "groups");
	for (uint32_t i = 0; i < s.lens->group_count; i++)
		put_group(v, &s, i);
	if ((rc = put_radar(v, &s, e)))
		return rc;
	return response_page(rq, rs, STR("build/lens"), v, e);
}

static int lens_get(struct request *rq, struct response *rs, struct err *e)
{
	return lens_page(rq, rs, rq->path_params[0], e);
}

const struct route lens_web_routes[] = {
	{.method = "GET", .pattern = "/lens/{lens}", .permission = PERM_PORTFOLIO_READ, .handler = lens_get},
	{0},
};
