/* The portfolio and the work records of the organisation that the caller works in. */
#include "centre/build/build.h"

#include "door/api/api.h"
#include "door/api/centre/state.h"

#define CURSOR_MAX 64

static int find_framework(const struct request *rq, const struct framework **ret, struct err *e)
{
	str id = request_query(rq, STR("framework"));
	const struct framework *fw = content_index_find(rq->services->frameworks, id.len ? id : STR(FRAMEWORK_DEFAULT));

	if (!fw)
		return err_set_value(e, ERR_NOT_FOUND, "err.build.framework", id);
	return framework_of(rq->db, actor_scope(&rq->actor), fw, rq->arena, ret, e);
}

static int read_rule(const struct request *rq, enum combine_rule *ret, struct err *e)
{
	str name = request_query(rq, STR("rule"));
	int rc;

	*ret = COMBINE_MAX;
	if (!name.len || combine_rule_parse(name, ret))
		return 0;
	rc = err_set_value(e, ERR_RANGE, "err.build.rule", name);
	err_path(e, STR("rule"));
	return rc;
}

static int load(const struct request *rq, struct portfolio *ret, struct err *e)
{
	struct portfolio_query query = {.now = rq->now};
	int rc;

	if ((rc = find_framework(rq, &query.framework, e)) || (rc = read_rule(rq, &query.rule, e)))
		return rc;
	return portfolio_load(rq->db, actor_scope(&rq->actor), &query, rq->arena, ret, e);
}

static int load_item(const struct request *rq, struct portfolio *p, const struct portfolio_item **ret, struct err *e)
{
	const struct fw_service *service;
	int rc = load(rq, p, e);

	if (rc)
		return rc;
	service = framework_service(p->framework, rq->path_params[0]);
	if (!service)
		return err_set_value(e, ERR_NOT_FOUND, "err.build.service", rq->path_params[0]);
	*ret = &p->items[service->index];
	return 0;
}

/* ---- out ---- */

static json_t *text_of(const struct fw_text *text)
{
	json_t *both = api_json(json_object());

	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		api_put(both, lang_code((enum lang)lang), api_text(text->by_lang[lang]));
	return both;
}

static json_t *score_of(score_c score)
{
	return score == SCORE_NONE ? json_null() : api_json(json_real(score / 100.0));
}

static json_t *name_proof(const struct fw_name *name)
{
	json_t *proof = api_json(json_object());

	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		api_put(proof, lang_code((enum lang)lang),
			api_json(json_pack("{s:o, s:b}", "source", api_text(name->source[lang]), "verified",
					   (int)name->verified[lang])));
	return proof;
}

static void put_state(json_t *out, const struct service_state *s, struct arena *a)
{
	api_put(out, "version", api_json(json_integer(s->version)));
	state_json_put(out, s, a);
	api_put(out, "signed_by", api_text_or_null(s->signed_by));
	api_put(out, "signed_at", api_time(s->signed_at));
	api_put(out, "changed_by", api_text_or_null(s->user_name));
	api_put(out, "changed_at", api_time(s->changed_at));
}

static json_t *evidence_json(const struct evidence *ev, enum lang lang)
{
	json_t *out = api_json(json_object()), *reasons = api_json(json_array());

	api_put(out, "score", api_number_or_null(ev->score));
	api_put(out, "people", api_json(json_integer(ev->people)));
	api_put(out, "records", api_json(json_integer(ev->records)));
	api_put(out, "last", api_time(ev->last));
	for (uint32_t i = 0; i < ev->reason_count; i++) {
		_cleanup_(buf_done) struct buf text = {0};

		buf_init(&text, 2048);
		evidence_reason_add(&text, lang, &ev->reasons[i]);
		api_add(reasons, api_json(json_pack("{s:s, s:o}", "code", ev->reasons[i].key, "text",
						    api_text(buf_str(&text)))));
	}
	api_put(out, "reasons", reasons);
	return out;
}

static json_t *item_json(const struct request *rq, const struct portfolio *p, const struct portfolio_item *item)
{
	const struct fw_service *s = item->service;
	json_t *out = api_json(json_object());

	api_put(out, "id", api_text(s->id));
	api_put(out, "category", api_text(p->framework->categories[s->category].id));
	api_put(out, "name", text_of(&s->name.text));
	api_put(out, "name_source", name_proof(&s->name));
	api_put(out, "description", text_of(&s->description));
	api_put(out, "proposed_area", api_json(json_integer(s->area)));
	api_put(out, "window_days", api_json(json_integer(s->window_days)));
	api_put(out, "proposed_level", api_text(service_level_id(s->level)));
	put_state(out, &item->state, rq->arena);
	api_put(out, "counts", json_boolean(item->counts));
	api_put(out, "now", score_of(item->now));
	api_put(out, "target", score_of(item->target));
	api_put(out, "gap", item->has_gap ? api_json(json_real(item->gap / 100.0)) : json_null());
	api_put(out, "evidence", evidence_json(&item->evidence, rq->lang));
	api_put(out, "above_evidence", json_boolean(item->above_evidence));
	return out;
}

static json_t *mean_json(const struct portfolio_group *g)
{
	json_t *out = api_json(json_object());

	api_put(out, "applicable", api_json(json_integer(g->applicable)));
	api_put(out, "now", score_of(score_mean_value(&g->now)));
	api_put(out, "now_count", api_json(json_integer(g->now.count)));
	api_put(out, "target", score_of(score_mean_value(&g->target)));
	api_put(out, "target_count", api_json(json_integer(g->target.count)));
	api_put(out, "evidence", score_of(score_mean_value(&g->evidence)));
	api_put(out, "evidence_count", api_json(json_integer(g->evidence.count)));
	return out;
}

static json_t *work_json(const struct request *rq, const struct work_row *row)
{
	const struct work *w = &row->work;
	json_t *out = api_json(json_object());

	api_put(out, "id", api_json(json_integer(row->id)));
	api_put(out, "service", api_text(w->service));
	api_put(out, "action", api_text(w->action));
	api_put(out, "object", api_text_or_null(w->object));
	api_put(out, "occasion", api_text(str_of(occasion_name(w->occasion))));
	api_put(out, "procedure_version", api_number_or_null(w->procedure_version));
	/* One's own name is no secret to oneself. */
	api_put(out, "by",
		actor_may_see_people(&rq->actor) || (row->user_id && row->user_id == rq->actor.user_id)
			? api_text(row->user_name)
			: json_null());
	api_put(out, "started", api_time(w->started));
	api_put(out, "ended", api_time(w->ended));
	api_put(out, "recorded", api_time(w->recorded));
	api_put(out, "result", api_text(w->result));
	return out;
}

/* ---- portfolio ---- */

static int portfolio_get(struct request *rq, struct response *rs, struct err *e)
{
	struct portfolio p = {0};
	json_t *out, *categories, *services;
	int rc = load(rq, &p, e);

	if (rc)
		return rc;
	out = api_json(json_object());
	categories = api_json(json_array());
	services = api_json(json_array());
	for (uint32_t i = 0; i < p.framework->category_count; i++) {
		json_t *c = mean_json(&p.categories[i]);

		api_put(c, "id", api_text(p.framework->categories[i].id));
		api_put(c, "name", text_of(&p.framework->categories[i].name.text));
		api_add(categories, c);
	}
	for (uint32_t i = 0; i < p.framework->service_count; i++)
		api_add(services, item_json(rq, &p, &p.items[i]));
	api_put(out, "framework", api_text(p.framework->id));
	api_put(out, "rule", api_text(str_of(combine_rule_name(p.rule))));
	api_put(out, "total", mean_json(&p.total));
	api_put(out, "categories", categories);
	api_put(out, "services", services);
	return response_json(rs, out, e);
}

static int answer_item(struct request *rq, struct response *rs, struct err *e)
{
	struct portfolio p = {0};
	const struct portfolio_item *item;
	int rc = load_item(rq, &p, &item, e);

	if (rc)
		return rc;
	api_etag(rq, rs, item->state.version);
	return response_json(rs, item_json(rq, &p, item), e);
}

/* The body is the whole state: what is absent becomes empty. Writing what is there makes no version. */
static int service_put(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_json_ json_t *body = NULL;
	struct service_state state = {0};
	struct service_edit edit = {.service = rq->path_params[0], .state = &state};
	struct change_set set = {.kind = CHANGE_EDIT, .edits = &edit, .count = 1, .now = rq->now};
	int64_t change;
	int rc;

	if ((rc = find_framework(rq, &set.framework, e)) || (rc = api_if_match(rq, &edit.expected, e)) ||
	    (rc = request_json(rq, &body, e)) || (rc = state_json_read(body, rq->arena, &state, e)))
		return rc;
	rc = change_set_save(rq->db, &rq->actor, &set, &change, e);
	if (rc == -ERR_CONFLICT) /* the condition of If-Match does not hold: 412 */
		return err_set_value(e, ERR_CONFLICT, "err.api.changed", request_header(rq, STR("If-Match")));
	return rc ? rc : answer_item(rq, rs, e);
}

static int history_get(struct request *rq, struct response *rs, struct err *e)
{
	struct history_query query = {.service = rq->path_params[0]};
	struct service_history h;
	str before = request_query(rq, STR("before"));
	json_t *out, *versions;
	int rc = find_framework(rq, &query.framework, e);

	if (rc)
		return rc;
	if (!framework_service(query.framework, query.service))
		return err_set_value(e, ERR_NOT_FOUND, "err.build.service", query.service);
	if (before.len && (!str_to_i64(before, &query.before) || query.before < 1))
		return err_set_value(e, ERR_RANGE, "err.api.cursor", before);
	if ((rc = service_state_history(rq->db, actor_scope(&rq->actor), &query, rq->arena, &h, e)))
		return rc;
	versions = api_json(json_array());
	for (uint32_t i = 0; i < h.count; i++) {
		json_t *version = api_json(json_object());

		put_state(version, &h.versions[i], rq->arena);
		api_add(versions, version);
	}
	out = api_json(json_object());
	api_put(out, "versions", versions);
	api_put(out, "next",
		h.count == SERVICE_HISTORY_MAX ? api_json(json_integer(h.versions[h.count - 1].version)) : json_null());
	return response_json(rs, out, e);
}

/* ---- work ---- */

/* "<microseconds>-<id>" */
static int read_cursor(const struct request *rq, struct work_cursor *ret, struct err *e)
{
	str text = request_query(rq, STR("cursor")), rest = text, ended;

	if (!text.len)
		return 0;
	if (text.len > CURSOR_MAX || !str_next(&rest, '-', &ended) || !rest.ptr || !str_to_i64(ended, &ret->ended) ||
	    !str_to_i64(rest, &ret->id) || ret->id < 1)
		return err_set_value(e, ERR_RANGE, "err.api.cursor", text);
	return 0;
}

static int work_get(struct request *rq, struct response *rs, struct err *e)
{
	struct work_cursor from = {0};
	struct work_list list;
	json_t *out, *records;
	int rc;

	if ((rc = read_cursor(rq, &from, e)) ||
	    (rc = work_list(rq->db, actor_scope(&rq->actor), request_query(rq, STR("service")), from, rq->arena, &list,
			    e)))
		return rc;
	records = api_json(json_array());
	for (uint32_t i = 0; i < list.count; i++)
		api_add(records, work_json(rq, &list.rows[i]));
	out = api_json(json_object());
	api_put(out, "records", records);
	if (list.next.id) {
		str next = arena_fmt(rq->arena, "%lld-%lld", (long long)list.next.ended, (long long)list.next.id);

		api_put(out, "next", api_text(next));
	} else {
		api_put(out, "next", json_null());
	}
	return response_json(rs, out, e);
}

static int read_work(const json_t *body, struct work *w, struct err *e)
{
	static const char *const known[] = {"service", "object", "occasion", "started", "ended", "result", NULL};
	static const char *const needed[] = {"service", "started", "ended", NULL};
	str occasion = STR_NONE;
	int rc = api_known(body, known, e);

	for (const char *const *field = needed; !rc && *field; field++)
		rc = api_required(body, *field, e);
	if (rc || (rc = api_field_text(body, "service", &w->service, e)) ||
	    (rc = api_field_text(body, "object", &w->object, e)) ||
	    (rc = api_field_text(body, "occasion", &occasion, e)) ||
	    (rc = api_field_time(body, "started", &w->started, e)) ||
	    (rc = api_field_time(body, "ended", &w->ended, e)))
		return rc;
	if (occasion.ptr && !occasion_parse(occasion, &w->occasion)) {
		rc = err_set_value(e, ERR_RANGE, "err.work.occasion", occasion);
		err_path(e, STR("occasion"));
		return rc;
	}
	return api_field_text(body, "result", &w->result, e);
}

static int work_post(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_json_ json_t *body = NULL;
	struct work_entry entry = {.now = rq->now};
	struct work_row row = {.user_id = rq->actor.user_id, .user_name = str_of(rq->actor.name)};
	int rc;

	if ((rc = find_framework(rq, &entry.framework, e)) || (rc = request_json(rq, &body, e)) ||
	    (rc = read_work(body, &entry.work, e)) || (rc = service_work_enter(rq->db, &rq->actor, &entry, &row.id, e)))
		return rc;
	row.work = entry.work;
	row.work.action = STR("work.enter");
	row.work.recorded = rq->now;
	rs->status = 201;
	return response_json(rs, work_json(rq, &row), e);
}

static const char *const portfolio_query[] = {"framework", "rule", NULL};
static const char *const framework_query[] = {"framework", NULL};
static const char *const history_query[] = {"framework", "before", NULL};
static const char *const work_query[] = {"service", "cursor", NULL};

const struct route portfolio_api_routes[] = {
	{"GET", "/api/v1/portfolio", PERM_PORTFOLIO_READ, 0, portfolio_get, "getPortfolio", NULL, "Portfolio",
	 portfolio_query},
	{"GET", "/api/v1/portfolio/{service}", PERM_PORTFOLIO_READ, 0, answer_item, "getPortfolioService", NULL,
	 "PortfolioService", portfolio_query},
	{"PUT", "/api/v1/portfolio/{service}", PERM_PORTFOLIO_WRITE, 0, service_put, "putPortfolioService",
	 "PortfolioServiceInput", "PortfolioService", framework_query},
	{"GET", "/api/v1/portfolio/{service}/history", PERM_PORTFOLIO_READ, 0, history_get, "getPortfolioHistory", NULL,
	 "PortfolioHistory", history_query},
	{"GET", "/api/v1/work", PERM_WORK_READ, 0, work_get, "listWork", NULL, "WorkList", work_query},
	{"POST", "/api/v1/work", PERM_WORK_WRITE, ROUTE_IDEMPOTENT, work_post, "enterWork", "WorkInput", "Work",
	 framework_query},
	{0},
};
