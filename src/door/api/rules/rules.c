/* Rules: all of them, one, its switch. */
#include "flow/rules/rules.h"
#include "door/api/api.h"
#include "door/api/json.h"
#include "door/api/river/river.h"

#define PAGE 50

static json_t *problem_json(const struct rule_problem *p, enum lang lang)
{
	json_t *out = api_json(json_object());
	struct buf text;

	buf_init(&text, 8192);
	words_add_err(&text, lang, &p->err);
	api_put(out, "path", api_text(p->path));
	api_put(out, "line", api_json(json_integer(p->line)));
	api_put(out, "column", api_json(json_integer(p->column)));
	api_put(out, "code", api_text(str_of(p->err.id)));
	api_put(out, "detail", api_text(buf_str(&text)));
	buf_done(&text);
	return out;
}

static json_t *pack_json(const struct rule_pack *p, const struct rule *r)
{
	static const char *const kinds[] = {"starter", "folder", "fetched"};
	json_t *out = api_json(json_object());

	api_put(out, "kind", api_text(str_of(kinds[p->kind])));
	api_put(out, "name", api_text(p->name));
	api_put(out, "version", api_text_or_null(p->version));
	api_put(out, "licence", api_text_or_null(r->license.len ? r->license : p->licence));
	api_put(out, "author", api_text_or_null(r->author.len ? r->author : p->author));
	return out;
}

static json_t *source_json(const struct rule *r)
{
	json_t *out = api_json(json_object());

	api_put(out, "product", api_text_or_null(r->source.product));
	api_put(out, "category", api_text_or_null(r->source.category));
	api_put(out, "service", api_text_or_null(r->source.service));
	return out;
}

static json_t *line_json(const struct request *rq, const struct generation *g, const struct rule_world *w,
			 const struct rule_line *l)
{
	const struct rule *r = l->rule;
	json_t *out = api_json(json_object()), *tags = api_json(json_array());

	for (uint32_t i = 0; i < r->tag_count; i++)
		api_add(tags, api_text(r->tags[i]));
	api_put(out, "id", api_text(r->id));
	api_put(out, "title", api_text(rule_title(r, rq->lang)));
	api_put(out, "level", api_json(json_integer(r->level)));
	api_put(out, "status", api_text_or_null(r->status));
	api_put(out, "is_correlation", json_boolean(r->is_correlation));
	api_put(out, "logsource", source_json(r));
	api_put(out, "tags", tags);
	api_put(out, "pack", pack_json(catalogue_pack(g->catalogue, l->pack), r));
	api_put(out, "path", api_text(r->path));
	api_put(out, "line", api_json(json_integer(r->line)));
	api_put(out, "is_on", json_boolean(!l->is_off));
	api_put(out, "filters", api_json(json_integer(l->filters)));
	api_put(out, "reach", api_text(str_of(reach_name(l->reach))));
	api_put(out, "is_fed", json_boolean(l->is_fed));
	api_put(out, "matches_day", api_json(json_integer(l->hits.day)));
	api_put(out, "matches_month", api_json(json_integer(l->hits.month)));
	api_put(out, "filtered_month", api_json(json_integer(l->hits.filtered)));
	api_put(out, "last_at", api_time(l->hits.last_at));
	api_put(out, "looked_at", w->tried_events ? api_json(json_integer((json_int_t)l->tried)) : json_null());
	api_put(out, "looked_at_of",
		w->tried_events ? api_json(json_integer((json_int_t)w->tried_events)) : json_null());
	return out;
}

static int world(struct request *rq, const struct generation *g, struct rule_world *ret, struct err *e)
{
	*ret = (struct rule_world){.set = g->rules,
				   .catalogue = g->catalogue,
				   .generation = g->number,
				   .desk = rq->services->desk,
				   .scope = actor_scope(&rq->actor),
				   .now = rq->now};
	return rule_world_read(ret, rq->db, rq->arena, e);
}

/* ---- all ---- */

static int read_levels(const struct request *rq, struct rule_ask *ask, struct err *e)
{
	size_t at = 0;
	int64_t number;
	str text;

	while (request_query_each(rq, STR("level"), &at, &text)) {
		if (!str_to_i64(text, &number) || number < 1 || number > 5)
			return river_query_bad(e, "level", text);
		ask->levels |= 1u << number;
	}
	return 0;
}

static int read_states(const struct request *rq, struct rule_ask *ask, struct err *e)
{
	size_t at = 0;
	str text;

	while (request_query_each(rq, STR("state"), &at, &text)) {
		enum rule_state s;

		if (!rule_state_parse(text, &s))
			return river_query_bad(e, "state", text);
		ask->states |= 1u << s;
	}
	return 0;
}

static int read_ask(struct request *rq, struct rule_ask *ask, struct err *e)
{
	str sort = request_query(rq, STR("sort")), cursor = request_query(rq, STR("cursor"));
	int64_t limit, key = 0, offset = 0;
	int rc;

	*ask = (struct rule_ask){.lang = rq->lang};
	if ((rc = read_levels(rq, ask, e)) || (rc = read_states(rq, ask, e)) ||
	    (rc = request_limit(rq, PAGE, RULE_PAGE_MAX, &limit, e)))
		return rc;
	if (cursor.len && (rc = cursor_read(cursor, &key, &offset, e)))
		return rc;
	if (sort.len && !rule_sort_parse(sort, &ask->sort))
		return river_query_bad(e, "sort", sort);
	ask->text = request_query(rq, STR("text"));
	ask->status = request_query(rq, STR("status"));
	ask->pack = request_query(rq, STR("pack"));
	ask->product = request_query(rq, STR("product"));
	ask->category = request_query(rq, STR("category"));
	ask->service = request_query(rq, STR("service"));
	ask->tag = request_query(rq, STR("tag"));
	ask->limit = (uint32_t)limit;
	ask->offset = offset > 0 && offset < INT32_MAX ? (uint32_t)offset : 0;
	return 0;
}

static json_t *list_json(struct request *rq, const struct generation *g, const struct rule_world *w,
			 const struct rule_ask *ask, const struct rule_page *page)
{
	json_t *out = api_json(json_object()), *problems = api_json(json_array()), *items = api_json(json_array());
	uint32_t next = ask->offset + page->count;

	for (uint32_t i = 0; i < rule_set_problem_count(g->rules); i++)
		api_add(problems, problem_json(rule_set_problem(g->rules, i), rq->lang));
	for (uint32_t i = 0; i < page->count; i++)
		api_add(items, line_json(rq, g, w, &page->lines[i]));
	api_put(out, "generation", api_json(json_integer((json_int_t)g->number)));
	api_put(out, "rules", api_json(json_integer(rule_set_count(g->rules))));
	api_put(out, "problems", problems);
	api_put(out, "total", api_json(json_integer(page->total)));
	api_put(out, "items", items);
	api_put(out, "next", page->count && next < page->total ? api_text(cursor_make(rq, 0, next)) : json_null());
	return out;
}

static int rules_get(struct request *rq, struct response *rs, struct err *e)
{
	const struct generation *g = detector_take(rq->services->detector);
	json_t *out = NULL;
	struct rule_world w;
	struct rule_page page;
	struct rule_ask ask;
	int rc = read_ask(rq, &ask, e);

	if (!rc)
		rc = world(rq, g, &w, e);
	if (!rc)
		rc = rule_list(&w, &ask, rq->arena, &page, e);
	if (!rc)
		out = list_json(rq, g, &w, &ask, &page);
	detector_give(rq->services->detector, g);
	return rc ? rc : response_json(rs, out, e);
}

static int reload_post(struct request *rq, struct response *rs, struct err *e)
{
	int rc = detector_reload(rq->services->detector, e);

	if (rc || (rc = db_begin(rq->db, e)))
		return rc;
	rc = db_end(rq->db, audit_append(rq->db, &rq->actor, STR("rules.reload"), STR("rules"), STR("{}"), rq->now, e),
		    e);
	return rc ? rc : rules_get(rq, rs, e);
}

/* ---- one ---- */

static json_t *missing_json(const struct generation *g, const struct rule_line *l)
{
	json_t *out = api_json(json_array());
	str names[REACH_MISSING_MAX];
	uint32_t count = l->reach == REACH_NO_FIELDS ? rule_missing(g->rules, g->mapping, l->rule->index, names) : 0;

	for (uint32_t i = 0; i < count; i++)
		api_add(out, api_text(names[i]));
	return out;
}

static int one_json(struct request *rq, const struct generation *g, json_t **ret, struct err *e)
{
	const struct rule *r = rule_set_find(g->rules, rq->path_params[0]);
	struct rule_switch decision;
	struct rule_world w;
	struct rule_line l;
	json_t *out;
	int rc;

	if (!r)
		return err_set_value(e, ERR_NOT_FOUND, "err.rules.absent", rq->path_params[0]);
	if ((rc = world(rq, g, &w, e)) ||
	    (rc = rule_switch_get(rq->db, actor_scope(&rq->actor), r->id, rq->arena, &decision, e)))
		return rc;
	rule_line_of(&w, r->index, &l);
	out = line_json(rq, g, &w, &l);
	api_put(out, "description", api_text_or_null(rule_description(r, rq->lang)));
	api_put(out, "missing_fields", missing_json(g, &l));
	api_put(out, "decided_by", api_text_or_null(decision.user_name));
	api_put(out, "decided_at", api_time(decision.changed_at));
	api_put(out, "reason", api_text_or_null(decision.reason));
	api_put(out, "yaml", api_text(catalogue_rule_text(g->catalogue, r)));
	*ret = out;
	return 0;
}

static int rule_get(struct request *rq, struct response *rs, struct err *e)
{
	const struct generation *g = detector_take(rq->services->detector);
	json_t *out = NULL;
	int rc = one_json(rq, g, &out, e);

	detector_give(rq->services->detector, g);
	return rc ? rc : response_json(rs, out, e);
}

static int read_switch(const struct request *rq, const json_t *body, struct switch_new *new, struct err *e)
{
	static const char *const known[] = {"is_on", "reason", NULL};
	const struct generation *g;
	const struct rule *r;
	bool is_on = true;
	int rc;

	if ((rc = api_known(body, known, e)) || (rc = api_required(body, "is_on", e)) ||
	    (rc = api_field_bool(body, "is_on", &is_on, e)) || (rc = api_field_text(body, "reason", &new->reason, e)))
		return rc;
	g = detector_take(rq->services->detector);
	r = rule_set_find(g->rules, rq->path_params[0]);
	if (r)
		new->rule_id = arena_str(rq->arena, r->id);
	detector_give(rq->services->detector, g);
	new->is_off = !is_on;
	return r ? 0 : err_set_value(e, ERR_NOT_FOUND, "err.rules.absent", rq->path_params[0]);
}

static int switch_put(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_json_ json_t *body = NULL;
	struct switch_new new = {.reason = STR(""), .now = rq->now};
	int rc;

	if ((rc = request_json(rq, &body, e)) || (rc = read_switch(rq, body, &new, e)) || (rc = db_begin(rq->db, e)) ||
	    (rc = db_end(rq->db, rule_switch_set(rq->db, &rq->actor, &new, e), e)) ||
	    (rc = desk_reload(rq->services->desk, rq->db, e)))
		return rc;
	return rule_get(rq, rs, e);
}

static const char *const list_query[] = {"text",    "level", "state", "status", "pack",   "product", "category",
					 "service", "tag",   "sort",  "limit",  "cursor", NULL};

const struct route rules_api_routes[] = {
	{"GET", "/api/v1/rules", PERM_RULE_READ, 0, rules_get, "getRules", NULL, "Rules", .query = list_query},
	{"POST", "/api/v1/rules/reload", PERM_RULE_WRITE, 0, reload_post, "reloadRules", NULL, "Rules"},
	{"GET", "/api/v1/rules/{rule}", PERM_RULE_READ, 0, rule_get, "getRule", NULL, "Rule"},
	{"PUT", "/api/v1/rules/{rule}/switch", PERM_RULE_WRITE, 0, switch_put, "switchRule", "RuleSwitch", "Rule"},
	{0},
};
