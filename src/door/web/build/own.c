/* The organisation's own services, and the gaps in order of priority. */
#include "base/check.h"
#include "door/web/build/plans.h"
#include "door/web/web.h"

static const char *const cadences[] = {"daily", "weekly", "monthly", "quarterly", "yearly", "on_demand"};

static void put_form(struct view *v, const struct step_page *page, const struct framework *base,
		     const struct own_service *s)
{
	struct arena *a = page->rq->arena;

	view_i64(v, "version", s->version);
	view_text(v, "id", s->id);
	view_text(v, "name_en", s->name.by_lang[LANG_EN]);
	view_text(v, "name_ja", s->name.by_lang[LANG_JA]);
	view_text(v, "description_en", s->description.by_lang[LANG_EN]);
	view_text(v, "description_ja", s->description.by_lang[LANG_JA]);
	view_bool(v, "is_removed", s->is_removed);
	for (uint32_t i = 0; i < base->category_count; i++)
		build_option(v, "categories", base->categories[i].id,
			     arena_fmt(a, STR_FMT " " STR_FMT, STR_ARG(base->categories[i].id),
				       STR_ARG(portfolio_text_in(&page->text, &base->categories[i].name.text))),
			     str_eq(base->categories[i].id, s->category));
	for (enum service_level l = 0; l < SERVICE_LEVEL_COUNT; l++)
		build_option(v, "levels", service_level_id(l), portfolio_level_text(&page->text, l), s->level == l);
	for (uint32_t i = 1; i <= FRAMEWORK_AREAS; i++)
		build_option(v, "areas", arena_fmt(a, "%u", i),
			     portfolio_text_in(&page->text, &base->areas[i - 1].name.text), s->area == i);
	for (size_t i = 0; i < COUNT_OF(cadences); i++)
		build_option(v, "cadences", str_of(cadences[i]),
			     words_get(page->rq->lang, arena_fmt(a, "build.cadence.%s", cadences[i])),
			     str_eq(s->cadence, str_of(cadences[i])));
}

static int own_page(struct request *rq, struct response *rs, const struct own_service *typed, const struct err *why,
		    struct err *e)
{
	const struct framework *base = content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT));
	struct own_service form = {.level = SERVICE_STANDARD, .area = 2, .cadence = STR("monthly")};
	struct view *v = view_create(rq->arena);
	str edit = request_query(rq, STR("id"));
	struct step_page page;
	struct own_list list;
	int rc = step_load(rq, &steps[STEP_CATALOGUE], &page, e);

	if (rc || (rc = own_service_list(rq->db, actor_scope(&rq->actor), base, rq->arena, &list, e)))
		return rc;
	view_list(v, "own");
	for (uint32_t i = 0; i < list.count; i++) {
		struct view *row = view_item(v, "own");
		const struct own_service *s = &list.items[i];

		if (str_eq(edit, s->id))
			form = *s;
		view_text(row, "id", s->id);
		view_text(row, "category", s->category);
		view_text(row, "name", portfolio_text_in(&page.text, &s->name));
		view_text(row, "level", portfolio_level_text(&page.text, s->level));
		view_bool(row, "is_removed", s->is_removed);
		view_text(row, "user", s->user_name);
		portfolio_put_time(row, &page.text, s->changed_at);
	}
	put_form(view_map(v, "form"), &page, base, typed ? typed : &form);
	build_notice(rq, v, why);
	return response_page(rq, rs, STR("build/own"), v, e);
}

static int own_get(struct request *rq, struct response *rs, struct err *e)
{
	return own_page(rq, rs, NULL, NULL, e);
}

static str typed(const struct request *rq, const char *name)
{
	str text = request_form(rq, str_of(name));

	return text.ptr ? str_trim(text) : STR("");
}

static int own_post(struct request *rq, struct response *rs, struct err *e)
{
	struct own_change c = {.framework = content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT)),
			       .now = rq->now};
	struct own_service *s = &c.service;
	struct err why = {0};
	uint64_t area = 0;
	int rc = show_version(rq, &s->version, e);

	if (rc)
		return rc;
	s->id = typed(rq, "id");
	s->category = typed(rq, "category");
	s->cadence = typed(rq, "cadence");
	s->name = (struct fw_text){{typed(rq, "name_en"), typed(rq, "name_ja")}};
	s->description = (struct fw_text){{typed(rq, "description_en"), typed(rq, "description_ja")}};
	s->is_removed = typed(rq, "removed").len != 0;
	s->level = SERVICE_UNDECIDED;
	(void)service_level_parse(typed(rq, "level"), &s->level);
	(void)str_to_u64(typed(rq, "area"), &area);
	s->area = (uint32_t)(area <= FRAMEWORK_AREAS ? area : 0);
	if (own_service_save(rq->db, &rq->actor, &c, &why) == 0) {
		build_return(rq, rs, "/build/own", "saved");
		return 0;
	}
	rs->status = build_refusal(&why);
	if (rs->status)
		return own_page(rq, rs, s, &why, e);
	if (e)
		*e = why;
	return -(int)why.code;
}

/* ---- gaps ---- */

static int gaps_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct step_page page;
	int rc = step_load(rq, &steps[STEP_PORTFOLIO], &page, e);

	if (rc)
		return rc;
	view_list(v, "gaps");
	view_i64(v, "gap_count", page.portfolio.first_count);
	for (uint32_t i = 0; i < page.portfolio.first_count; i++) {
		const struct portfolio_item *item = page.portfolio.first[i];
		const struct service_state *s = &item->state;
		struct view *row = view_item(v, "gaps");

		view_i64(row, "place", i + 1);
		view_text(row, "id", item->service->id);
		view_text(row, "name", portfolio_text_in(&page.text, &item->service->name.text));
		view_text(row, "url", portfolio_service_url(&page.text, item->service->id));
		view_text(row, "row_url",
			  arena_fmt(rq->arena, "/build/portfolio#row-" STR_FMT, STR_ARG(item->service->id)));
		view_text(row, "level_word", portfolio_level_text(&page.text, item->level));
		view_text(row, "level_class", str_of(portfolio_level_class(item->level)));
		view_text(row, "now", portfolio_score_text(&page.text, item->now, 0));
		view_text(row, "target", portfolio_score_text(&page.text, item->target, 0));
		view_text(row, "gap", portfolio_gap_text(&page.text, item->now, item->target, 0));
		view_text(row, "risk", field_text(&page, s, FIELD_RISK));
		view_text(row, "owner", s->gap_owner);
		view_text(row, "due", state_field_text(s, FIELD_GAP_DUE, rq->arena));
		view_bool(row, "is_late", s->gap_due && s->gap_due + TIME_DAY < rq->now);
	}
	return response_page(rq, rs, STR("build/gaps"), v, e);
}

const struct route own_web_routes[] = {
	{.method = "GET", .pattern = "/build/own", .permission = PERM_PORTFOLIO_READ, .handler = own_get},
	{.method = "POST", .pattern = "/build/own", .permission = PERM_PORTFOLIO_WRITE, .handler = own_post},
	{.method = "GET", .pattern = "/build/gaps", .permission = PERM_PORTFOLIO_READ, .handler = gaps_get},
	{0},
};
