/* Frameworks and lenses, the portfolio through a lens, corrections of names. */
#include "centre/lens/lens.h"

#include "craft/content/content.h"
#include "door/api/api.h"
#include "door/api/json.h"

static json_t *texts(const str by_lang[LANG_COUNT])
{
	json_t *both = api_json(json_object());

	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		api_put(both, lang_code((enum lang)lang), api_text_or_null(by_lang[lang]));
	return both;
}

static json_t *score(score_c value)
{
	return value == SCORE_NONE ? json_null() : api_json(json_real(value / 100.0));
}

static const struct framework *framework(const struct request *rq)
{
	return content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT));
}

/* ---- the list ---- */

static json_t *set_json(const struct request *rq, str id, str edition, str path)
{
	json_t *out = api_json(json_object());

	api_put(out, "id", api_text(id));
	api_put(out, "edition", api_text(edition));
	api_put(out, "path", api_text(path));
	api_put(out, "origin", api_text(str_of(content_origin_name(content_origin(rq->services->data_folder, path)))));
	return out;
}

static json_t *framework_json(const struct request *rq, const struct framework *fw)
{
	json_t *out = set_json(rq, fw->id, fw->edition, fw->path);
	json_int_t verified[LANG_COUNT] = {0};

	for (uint32_t i = 0; i < fw->service_count; i++)
		for (size_t lang = 0; lang < LANG_COUNT; lang++)
			verified[lang] += fw->services[i].name.verified[lang];
	api_put(out, "kind", api_text(STR("framework")));
	api_put(out, "name", texts(fw->name.by_lang));
	api_put(out, "items", api_json(json_integer(fw->service_count)));
	api_put(out, "verified", api_json(json_pack("{s:I, s:I}", "en", verified[LANG_EN], "ja", verified[LANG_JA])));
	api_put(out, "mapped", json_null());
	api_put(out, "mapping", json_null());
	return out;
}

static json_t *lens_json(const struct request *rq, const struct lens *l)
{
	json_t *out = set_json(rq, l->id, l->edition, l->path);
	const struct lens_mapping *m = lens_mapping_find(rq->services->lenses, l, framework(rq));

	api_put(out, "kind", api_text(STR("lens")));
	api_put(out, "name", texts(l->name));
	api_put(out, "items", api_json(json_integer(l->item_count)));
	api_put(out, "verified",
		api_json(json_pack("{s:I, s:I}", "en", (json_int_t)lens_verified(l, LANG_EN), "ja",
				   (json_int_t)lens_verified(l, LANG_JA))));
	api_put(out, "mapped", m ? api_json(json_integer(lens_mapped(m))) : json_null());
	api_put(out, "mapping", m ? api_text(m->is_official ? STR("official") : STR("judgement")) : json_null());
	return out;
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	json_t *out = api_json(json_object()), *sets = api_json(json_array());

	for (uint32_t i = 0; i < content_index_count(rq->services->frameworks); i++)
		api_add(sets, framework_json(rq, content_index_at(rq->services->frameworks, i)));
	for (uint32_t i = 0; i < lens_count(rq->services->lenses); i++)
		api_add(sets, lens_json(rq, lens_at(rq->services->lenses, i)));
	api_put(out, "content", sets);
	return response_json(rs, out, e);
}

/* ---- the portfolio through a lens ---- */

static json_t *figure_json(const struct lens_figure *f)
{
	json_t *out = api_json(json_object());

	api_put(out, "score", score(f->value));
	api_put(out, "weakest", f->weakest ? api_text(f->weakest->service->id) : json_null());
	api_put(out, "known", api_json(json_integer(f->known)));
	return out;
}

static json_t *links_json(const struct lens_mapping *m, uint32_t item)
{
	json_t *links = api_json(json_array());

	for (uint32_t i = m->first[item]; i < m->first[item + 1]; i++) {
		const struct lens_link *l = &m->links[i];

		api_add(links, api_json(json_pack("{s:o, s:s, s:s}", "service",
						  l->service ? api_text(l->service->id) : json_null(), "kind",
						  link_kind_name(l->kind), "certainty", certainty_name(l->certainty))));
	}
	return links;
}

static json_t *item_json(const struct lens_picture *p, const struct lens_item *item)
{
	const struct lens_result *r = &p->items[item->index];
	json_t *out = api_json(json_object());

	api_put(out, "id", api_text(item->id));
	api_put(out, "group", api_text(p->mapping->lens->groups[item->group].id));
	api_put(out, "name", texts(item->name.text));
	api_put(out, "description", texts(item->description));
	api_put(out, "now", figure_json(&r->now));
	api_put(out, "target", figure_json(&r->target));
	api_put(out, "evidence", figure_json(&r->evidence));
	api_put(out, "gap", r->has_gap ? api_json(json_real(r->gap / 100.0)) : json_null());
	api_put(out, "counting", api_json(json_integer(r->counting)));
	api_put(out, "links", links_json(p->mapping, item->index));
	return out;
}

static json_t *mean_json(const struct lens_group_result *g)
{
	json_t *out = api_json(json_object());

	api_put(out, "mapped", api_json(json_integer(g->mapped)));
	api_put(out, "now", score(score_mean_value(&g->now)));
	api_put(out, "target", score(score_mean_value(&g->target)));
	api_put(out, "evidence", score(score_mean_value(&g->evidence)));
	return out;
}

static int lens_get(struct request *rq, struct response *rs, struct err *e)
{
	struct portfolio_query query = {.framework = framework(rq), .now = rq->now};
	const struct lens *l = lens_find(rq->services->lenses, rq->path_params[0]);
	const struct lens_mapping *m = l ? lens_mapping_find(rq->services->lenses, l, query.framework) : NULL;
	json_t *out, *groups, *items;
	struct lens_picture picture;
	struct portfolio p = {0};
	int rc;

	if (!m)
		return err_set_value(e, ERR_NOT_FOUND, "err.lens.absent", rq->path_params[0]);
	if ((rc = portfolio_load(rq->db, actor_scope(&rq->actor), &query, rq->arena, &p, e)) ||
	    (rc = lens_paint(m, &p, rq->arena, &picture, e)))
		return rc;
	groups = api_json(json_array());
	items = api_json(json_array());
	for (uint32_t i = 0; i < l->group_count; i++) {
		json_t *group = mean_json(&picture.groups[i]);

		api_put(group, "id", api_text(l->groups[i].id));
		api_put(group, "name", texts(l->groups[i].name.text));
		api_add(groups, group);
	}
	for (uint32_t i = 0; i < l->item_count; i++)
		api_add(items, item_json(&picture, &l->items[i]));
	out = lens_json(rq, l);
	api_put(out, "framework", api_text(query.framework->id));
	api_put(out, "total", mean_json(&picture.total));
	api_put(out, "groups", groups);
	api_put(out, "rows", items);
	return response_json(rs, out, e);
}

/* ---- one item ---- */

static int find_item(const struct request *rq, struct content_item *ret, struct err *e)
{
	const struct content_key key = {rq->path_params[0], rq->path_params[1]};

	return content_item_find(rq->services->frameworks, rq->services->lenses, &key, ret, e);
}

static json_t *correction_json(const struct correction *c)
{
	json_t *out = api_json(json_object());

	api_put(out, "field", api_text(str_of(correction_field_name(c->field))));
	api_put(out, "lang", api_text(str_of(lang_code(c->lang))));
	api_put(out, "text", api_text(c->text));
	api_put(out, "source", api_text(c->source));
	api_put(out, "by", api_text(c->user_name));
	api_put(out, "at", api_time(c->at));
	return out;
}

static int answer_item(struct request *rq, struct response *rs, struct err *e)
{
	json_t *out, *proof, *corrections;
	struct correction_list history;
	struct content_item n;
	int rc = find_item(rq, &n, e);

	if (rc || (rc = correction_history(rq->db, actor_scope(&rq->actor), n.set, n.id, rq->arena, &history, e)))
		return rc;
	out = api_json(json_object());
	proof = api_json(json_object());
	corrections = api_json(json_array());
	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		api_put(proof, lang_code((enum lang)lang),
			api_json(json_pack("{s:o, s:b}", "source", api_text_or_null(n.source[lang]), "verified",
					   (int)n.verified[lang])));
	for (uint32_t i = 0; i < history.count; i++)
		api_add(corrections, correction_json(&history.items[i]));
	api_put(out, "set", api_text(n.set));
	api_put(out, "id", api_text(n.id));
	api_put(out, "name", texts(n.name));
	api_put(out, "name_source", proof);
	api_put(out, "description", texts(n.description));
	api_put(out, "corrections", corrections);
	return response_json(rs, out, e);
}

static int refuse_word(const char *field, str value, struct err *e)
{
	int rc = err_set_value(e, ERR_RANGE, "err.lens.form", value);

	err_path(e, str_of(field));
	return rc;
}

static int correction_post(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const known[] = {"field", "lang", "text", "source", NULL};
	_cleanup_json_ json_t *body = NULL;
	struct correction c = {.text = STR("")};
	str field = STR_NONE, lang = STR_NONE;
	struct content_item n;
	int rc;

	if ((rc = find_item(rq, &n, e)) || (rc = request_json(rq, &body, e)) || (rc = api_known(body, known, e)) ||
	    (rc = api_required(body, "field", e)) || (rc = api_required(body, "lang", e)) ||
	    (rc = api_field_text(body, "field", &field, e)) || (rc = api_field_text(body, "lang", &lang, e)) ||
	    (rc = api_field_text(body, "text", &c.text, e)) || (rc = api_field_text(body, "source", &c.source, e)))
		return rc;
	if (!correction_field_parse(field, &c.field))
		return refuse_word("field", field, e);
	if (!lang_parse(lang, &c.lang))
		return refuse_word("lang", lang, e);
	c.set = n.set;
	c.item = n.id;
	if ((rc = correction_save(rq->db, &rq->actor, &c, rq->now, e)))
		return rc;
	rs->status = 201;
	return answer_item(rq, rs, e);
}

const struct route content_api_routes[] = {
	{"GET", "/api/v1/content", PERM_PORTFOLIO_READ, 0, list_get, "listContent", NULL, "ContentList"},
	{"GET", "/api/v1/lenses/{lens}", PERM_PORTFOLIO_READ, 0, lens_get, "getLens", NULL, "LensPortfolio"},
	{"GET", "/api/v1/content/{set}/{item}", PERM_PORTFOLIO_READ, 0, answer_item, "getContentItem", NULL,
	 "ContentItem"},
	{"POST", "/api/v1/content/{set}/{item}", PERM_PORTFOLIO_WRITE, ROUTE_IDEMPOTENT, correction_post,
	 "correctContent", "CorrectionInput", "ContentItem"},
	{0},
};
