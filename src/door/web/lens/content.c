/* The content in use: the list of frameworks and lenses, and one item with its proof and its corrections. */
#include "craft/content/content.h"
#include "base/check.h"
#include "door/web/evaluate/evaluate_text.h"
#include "door/web/lens/lens.h"
#include "door/web/web.h"

/* ---- the list ---- */

static void put_origin(const struct request *rq, struct view *row, str path)
{
	enum content_origin origin = content_origin(rq->services->data_folder, path);

	view_text(row, "path", path);
	view_text(row, "origin",
		  words_get(rq->lang, show_word_key(rq, "content.origin.", content_origin_name(origin))));
	view_bool(row, "is_own", origin != CONTENT_BUILT_IN);
}

static void put_framework(const struct request *rq, struct view *row, const struct framework *fw)
{
	int64_t verified[LANG_COUNT] = {0};

	for (uint32_t i = 0; i < fw->service_count; i++)
		for (size_t lang = 0; lang < LANG_COUNT; lang++)
			verified[lang] += fw->services[i].name.verified[lang];
	view_text(row, "id", fw->id);
	view_text(row, "name", fw->name.by_lang[rq->lang]);
	view_text(row, "edition", fw->edition);
	view_text(row, "url", STR("/portfolio"));
	view_i64(row, "items", fw->service_count);
	view_i64(row, "verified", verified[LANG_EN]);
	view_i64(row, "verified_ja", verified[LANG_JA]);
	view_i64(row, "mapped", fw->service_count);
	view_bool(row, "is_lens", false);
	put_origin(rq, row, fw->path);
}

static void put_lens(const struct request *rq, struct view *row, const struct lens *l)
{
	const struct lens_mapping *m = lens_mapping_find(rq->services->lenses, l, evaluate_framework(rq));

	view_text(row, "id", l->id);
	view_text(row, "name", l->name[rq->lang]);
	view_text(row, "edition", l->edition);
	view_text(row, "url", arena_fmt(rq->arena, "/lens/" STR_FMT, STR_ARG(l->id)));
	view_i64(row, "items", l->item_count);
	view_i64(row, "verified", lens_verified(l, LANG_EN));
	view_i64(row, "verified_ja", lens_verified(l, LANG_JA));
	view_i64(row, "mapped", m ? lens_mapped(m) : 0);
	view_bool(row, "is_lens", true);
	put_origin(rq, row, l->path);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);

	view_list(v, "content");
	for (uint32_t i = 0; i < content_index_count(rq->services->frameworks); i++)
		put_framework(rq, view_item(v, "content"), content_index_at(rq->services->frameworks, i));
	for (uint32_t i = 0; i < lens_count(rq->services->lenses); i++)
		put_lens(rq, view_item(v, "content"), lens_at(rq->services->lenses, i));
	return response_page(rq, rs, STR("build/content"), v, e);
}

/* ---- one item, of a framework or of a lens ---- */

static int find_item(const struct request *rq, struct content_item *ret, struct err *e)
{
	const struct content_key key = {rq->path_params[0], rq->path_params[1]};

	return content_item_find(rq->services->frameworks, rq->services->lenses, &key, ret, e);
}

static void put_text(const struct request *rq, struct view *v, const struct content_item *item,
		     const struct correction_list *corrections, uint32_t at)
{
	enum correction_field field = (enum correction_field)(at / LANG_COUNT);
	enum lang lang = (enum lang)(at % LANG_COUNT);
	str own = field == CORRECT_NAME ? item->name[lang] : item->description[lang];
	const struct correction *c = correction_find(corrections, item->id, field, lang);
	const struct reader_source *source = reader_source_find(item->sources, item->source_count, item->source[lang]);
	struct view *row = view_item(v, "texts");

	view_text(row, "field", str_of(correction_field_name(field)));
	view_text(row, "lang", str_of(lang_code(lang)));
	view_text(row, "what",
		  words_get(rq->lang,
			    arena_fmt(rq->arena, "lens.text.%s.%s", correction_field_name(field), lang_code(lang))));
	view_text(row, "own", own);
	view_text(row, "text", c ? c->text : own);
	view_bool(row, "corrected", c != NULL);
	view_text(row, "by", c ? c->user_name : STR(""));
	view_text(row, "when", c ? show_day(rq, c->at) : STR(""));
	view_text(row, "correction_source", c ? c->source : STR(""));
	view_bool(row, "is_name", field == CORRECT_NAME && own.len > 0);
	view_text(row, "source", field == CORRECT_NAME && source ? source->title : STR(""));
	view_text(row, "source_url", field == CORRECT_NAME && source ? source->url : STR(""));
	view_bool(row, "verified", field == CORRECT_NAME && item->verified[lang]);
}

static void put_mapping(const struct request *rq, struct view *v, const struct content_item *item)
{
	const struct lens_mapping *m = item->lens ? lens_mapping_find(rq->services->lenses, item->lens,
								      evaluate_framework(rq))
						  : NULL;

	view_list(v, "links");
	if (!m)
		return;
	for (uint32_t i = m->first[item->lens_item->index]; i < m->first[item->lens_item->index + 1]; i++) {
		const struct lens_link *l = &m->links[i];
		struct view *link = view_item(v, "links");

		view_text(link, "service", l->service ? l->service->id : STR(""));
		view_text(link, "service_name", l->service ? l->service->name.text.by_lang[rq->lang] : STR(""));
		view_text(link, "kind", words_get(rq->lang, show_word_key(rq, "lens.kind.", link_kind_name(l->kind))));
		view_text(link, "certainty",
			  words_get(rq->lang, show_word_key(rq, "lens.certainty.", certainty_name(l->certainty))));
	}
}

/* The items of every lens that speak of this service. */
static void put_seen_by(const struct request *rq, struct view *v, const struct content_item *item)
{
	view_list(v, "seen_by");
	for (uint32_t i = 0; !item->lens && i < lens_count(rq->services->lenses); i++) {
		const struct lens *l = lens_at(rq->services->lenses, i);
		const struct lens_mapping *m = lens_mapping_find(rq->services->lenses, l, evaluate_framework(rq));

		for (uint32_t k = 0; m && k < m->link_count; k++) {
			const struct lens_item *of = &l->items[m->links[k].item];
			struct view *row;

			if (!m->links[k].service || !str_eq(m->links[k].service->id, item->id))
				continue;
			row = view_item(v, "seen_by");
			view_text(row, "lens_name", l->name[rq->lang]);
			view_text(row, "item", of->id);
			view_text(row, "item_name",
				  of->name.text[rq->lang].len ? of->name.text[rq->lang] : of->name.text[LANG_EN]);
			view_text(row, "item_lang",
				  rq->lang == LANG_EN || of->name.text[rq->lang].len ? STR("") : STR("en"));
			view_text(
				row, "url",
				arena_fmt(rq->arena, "/content/" STR_FMT "/" STR_FMT, STR_ARG(l->id), STR_ARG(of->id)));
			view_text(
				row, "kind",
				words_get(rq->lang, show_word_key(rq, "lens.kind.", link_kind_name(m->links[k].kind))));
		}
	}
}

static void put_history(const struct request *rq, struct view *v, const struct correction_list *history)
{
	view_list(v, "history");
	for (uint32_t i = 0; i < history->count; i++) {
		const struct correction *c = &history->items[i];
		struct view *row = view_item(v, "history");

		view_text(row, "what",
			  words_get(rq->lang, arena_fmt(rq->arena, "lens.text.%s.%s", correction_field_name(c->field),
							lang_code(c->lang))));
		view_text(row, "text", c->text);
		view_text(row, "source", c->source);
		view_text(row, "by", c->user_name);
		view_text(row, "when", show_day(rq, c->at));
	}
}

static int item_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct correction_list corrections, history;
	struct scope scope = actor_scope(&rq->actor);
	struct content_item item;
	struct fact name;
	int rc;

	if ((rc = find_item(rq, &item, e)) ||
	    (rc = correction_list(rq->db, scope, item.set, rq->arena, &corrections, e)) ||
	    (rc = correction_history(rq->db, scope, item.set, item.id, rq->arena, &history, e)))
		return rc;
	name = lens_fact(rq, &corrections, item.id, CORRECT_NAME, item.name);
	view_text(v, "set", item.set);
	view_text(v, "set_name", item.set_name[rq->lang]);
	view_text(v, "set_url",
		  item.lens ? arena_fmt(rq->arena, "/lens/" STR_FMT, STR_ARG(item.set))
			    : arena_fmt(rq->arena, "/portfolio/" STR_FMT, STR_ARG(item.id)));
	view_text(v, "id", item.id);
	lens_put_fact(rq, v, "name", &name);
	view_list(v, "texts");
	for (uint32_t i = 0; i < CORRECT_FIELD_COUNT * LANG_COUNT; i++)
		put_text(rq, v, &item, &corrections, i);
	view_list(v, "parts");
	for (uint32_t i = 0; item.lens_item && i < item.lens_item->part_count; i++) {
		struct view *part = view_item(v, "parts");

		view_text(part, "part", item.lens_item->parts[i].id);
		view_text(part, "part_name", item.lens_item->parts[i].name);
	}
	put_mapping(rq, v, &item);
	put_seen_by(rq, v, &item);
	put_history(rq, v, &history);
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("build/content_item"), v, e);
}

static int item_get(struct request *rq, struct response *rs, struct err *e)
{
	return item_page(rq, rs, NULL, e);
}

static int item_post(struct request *rq, struct response *rs, struct err *e)
{
	struct correction c = {.text = request_form(rq, STR("text")), .source = request_form(rq, STR("source"))};
	str field = request_form(rq, STR("field")), lang = request_form(rq, STR("lang"));
	struct err why = {0};
	struct content_item item;
	int rc = find_item(rq, &item, e);

	if (rc)
		return rc;
	c.set = item.set;
	c.item = item.id;
	if (!correction_field_parse(field, &c.field))
		rc = err_set_value(&why, ERR_RANGE, "err.lens.form", field);
	else if (!lang_parse(lang, &c.lang))
		rc = err_set_value(&why, ERR_RANGE, "err.lens.form", lang);
	if (rc || correction_save(rq->db, &rq->actor, &c, rq->now, &why))
		return item_page(rq, rs, &why, e);
	response_redirect(rs,
			  arena_fmt(rq->arena, "/content/" STR_FMT "/" STR_FMT, STR_ARG(item.set), STR_ARG(item.id)));
	return 0;
}

const struct route content_web_routes[] = {
	{.method = "GET", .pattern = "/content", .permission = PERM_PORTFOLIO_READ, .handler = list_get},
	{.method = "GET", .pattern = "/content/{set}/{item}", .permission = PERM_PORTFOLIO_READ, .handler = item_get},
	{.method = "POST",
	 .pattern = "/content/{set}/{item}",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = item_post},
	{0},
};
