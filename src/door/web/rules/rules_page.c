#include "door/web/rules/rules_page.h"

const struct generation *rules_take(struct request *rq)
{
	return detector_take(rq->services->detector);
}

void rules_give(struct request *rq, const struct generation *g)
{
	detector_give(rq->services->detector, g);
}

int rules_world(struct request *rq, const struct generation *g, struct rule_world *ret, struct err *e)
{
	*ret = (struct rule_world){.set = g->rules,
				   .catalogue = g->catalogue,
				   .generation = g->number,
				   .desk = rq->services->desk,
				   .scope = actor_scope(&rq->actor),
				   .now = rq->now};
	return rule_world_read(ret, rq->db, rq->arena, e);
}

int rules_find(struct request *rq, const struct generation *g, const struct rule **ret, struct err *e)
{
	const struct rule *r = rule_set_find(g->rules, rq->path_params[0]);

	if (!r)
		return err_set_value(e, ERR_NOT_FOUND, "err.rules.absent", rq->path_params[0]);
	*ret = r;
	return 0;
}

str rules_source(const struct request *rq, const struct rule *r)
{
	const str parts[] = {r->source.product, r->source.category, r->source.service};
	str text = STR("");

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].len)
			continue;
		text = text.len ? arena_fmt(rq->arena, STR_FMT " / " STR_FMT, STR_ARG(text), STR_ARG(parts[i]))
				: parts[i];
	}
	return text;
}

str rules_tag_text(const struct request *rq, str tag)
{
	str technique = show_technique(rq, tag);

	return technique.len ? technique : tag;
}

str rules_url(const struct request *rq, str rule_id)
{
	struct buf url;
	str copy;

	buf_init(&url, 8192);
	buf_add(&url, STR("/rules/"));
	url_add(&url, rule_id);
	copy = arena_str(rq->arena, buf_str(&url));
	buf_done(&url);
	return copy;
}

str rules_cost(const struct request *rq, const struct rule_line *l, uint64_t events)
{
	double share = events ? (double)l->tried * 100.0 / (double)events : 0;

	if (!events || l->rule->is_correlation)
		return STR("");
	if (l->tried == 0)
		return STR("0 %");
	return share < 0.01 ? STR("< 0.01 %") : arena_fmt(rq->arena, share < 1 ? "%.2f %%" : "%.1f %%", share);
}

str rules_pack_short(const struct request *rq, const struct rule_pack *p)
{
	str name = p->name;

	if (p->kind == PACK_STARTER)
		return words_get(rq->lang, STR("rules.pack.starter"));
	while (name.len > 1 && name.ptr[name.len - 1] == '/')
		name = str_sub(name, 0, name.len - 1);
	return str_from(name, (size_t)(str_find_last_byte(name, '/') + 1));
}

void rules_show_pack(const struct request *rq, struct view *v, const struct rule_pack *p, const struct rule *r)
{
	static const char *const kinds[] = {"rules.pack.starter", "rules.pack.folder", "rules.pack.fetched"};

	view_word(v, "pack_word", kinds[p->kind]);
	view_text(v, "pack_name", p->name);
	view_text(v, "pack_short", rules_pack_short(rq, p));
	view_text(v, "pack_version", p->version);
	view_text(v, "pack_licence", r->license.len ? r->license : p->licence);
	view_text(v, "author", r->author.len ? r->author : p->author);
}

int rules_decided(struct request *rq, struct err *e)
{
	return desk_reload(rq->services->desk, rq->db, e);
}
