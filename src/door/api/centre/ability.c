/* Procedures, providers' reports and who can do what, for programs. People appear as counts. */
#include "centre/build/build.h"
#include "centre/people/people.h"
#include "centre/procedure/procedure.h"
#include "centre/provider/provider.h"
#include "door/api/api.h"
#include "door/api/json.h"

static json_t *services_json(str list)
{
	json_t *out = api_json(json_array());
	str rest = list, id;

	while (services_next(&rest, &id))
		api_add(out, api_text(id));
	return out;
}

static json_t *procedure_json(const struct request *rq, const struct procedure *p, bool with_text)
{
	json_t *out = api_json(json_object());

	api_put(out, "id", api_json(json_integer(p->id)));
	api_put(out, "procedure", api_json(json_integer(p->procedure_id)));
	api_put(out, "number", api_json(json_integer(p->number)));
	api_put(out, "state", api_text(str_of(procedure_state_name(p->state))));
	api_put(out, "title", api_text(p->title));
	api_put(out, "services", services_json(p->services));
	api_put(out, "note", api_text(p->note));
	api_put(out, "author", api_text(p->author));
	api_put(out, "changed_at", api_time(p->changed));
	api_put(out, "approved_by", api_text_or_null(p->approved_by));
	api_put(out, "approved_at", api_time(p->approved));
	api_put(out, "expires_at", api_time(p->expires));
	api_put(out, "is_expired", json_boolean(procedure_is_expired(p, rq->now)));
	if (with_text)
		api_put(out, "body", api_text(p->body));
	return out;
}

static int procedures_answer(struct request *rq, struct response *rs, const struct procedure_list *list,
			     const char *name, struct err *e)
{
	json_t *items = api_json(json_array()), *out = api_json(json_object());

	for (uint32_t i = 0; i < list->count; i++)
		api_add(items, procedure_json(rq, &list->items[i], strcmp(name, "versions") == 0));
	api_put(out, name, items);
	return response_json(rs, out, e);
}

static int procedures_get(struct request *rq, struct response *rs, struct err *e)
{
	struct procedure_list list;
	int rc = procedure_list(rq->db, actor_scope(&rq->actor), rq->arena, &list, e);

	return rc ? rc : procedures_answer(rq, rs, &list, "procedures", e);
}

static int versions_get(struct request *rq, struct response *rs, struct err *e)
{
	struct procedure_list list;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = procedure_versions(rq->db, actor_scope(&rq->actor), id, rq->arena, &list, e)))
		return rc;
	return procedures_answer(rq, rs, &list, "versions", e);
}

static json_t *slot_json(const struct report_slot *s)
{
	const struct report *r = &s->report;
	const struct judgement *j = &r->judgement;
	json_t *out = api_json(json_object());

	api_put(out, "id", api_number_or_null(r->id));
	api_put(out, "contract", api_json(json_integer(s->contract->id)));
	api_put(out, "provider", api_text(s->contract->provider));
	api_put(out, "reference", api_text(s->contract->reference));
	api_put(out, "services", services_json(s->contract->services));
	api_put(out, "due", api_time(r->due));
	api_put(out, "state", api_text(str_of(slot_state_name(s->state))));
	api_put(out, "received_at", api_time(r->received));
	api_put(out, "opened_at", api_time(r->opened));
	api_put(out, "judged_at", api_time(r->judged));
	api_put(out, "content", api_text_or_null(str_of(understanding_name(j->content))));
	api_put(out, "result", api_text_or_null(str_of(understanding_name(j->result))));
	api_put(out, "as_expected", r->judged ? json_boolean(j->as_expected) : json_null());
	api_put(out, "levels_met", api_json(json_integer(j->met)));
	api_put(out, "levels_missed", api_json(json_integer(j->missed)));
	api_put(out, "remark", api_text(j->remark));
	return out;
}

static int reports_get(struct request *rq, struct response *rs, struct err *e)
{
	json_t *items, *out;
	struct report_slots slots;
	int rc = report_slots(rq->db, actor_scope(&rq->actor), rq->now, rq->arena, &slots, e);

	if (rc)
		return rc;
	items = api_json(json_array());
	for (uint32_t i = 0; i < slots.count; i++)
		api_add(items, slot_json(&slots.items[i]));
	out = api_json(json_object());
	api_put(out, "reports", items);
	return response_json(rs, out, e);
}

static json_t *ability_json(const struct service_ability *s)
{
	static const char *const risks[ABILITY_RISK_COUNT] = {"none", "unproven", "single", "nobody"};
	json_t *out = api_json(json_object());

	api_put(out, "service", api_text(s->service->id));
	api_put(out, "named", api_json(json_integer(s->named)));
	api_put(out, "shown", api_json(json_integer(s->shown_count)));
	api_put(out, "people", api_json(json_integer(s->all)));
	api_put(out, "away", api_json(json_integer(s->away)));
	api_put(out, "risk", api_text(str_of(risks[s->risk])));
	return out;
}

static int ability_get(struct request *rq, struct response *rs, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	struct portfolio_query query = {
		.framework = content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT)), .now = rq->now};
	json_t *items, *out;
	struct portfolio portfolio;
	struct ability ability;
	struct people people;
	int rc;

	if ((rc = portfolio_load(rq->db, scope, &query, rq->arena, &portfolio, e)) ||
	    (rc = people_load(rq->db, scope, rq->now, rq->arena, &people, e)) ||
	    (rc = ability_load(rq->db, scope, &(struct ability_query){&portfolio, &people, rq->now}, rq->arena,
			       &ability, e)))
		return rc;
	items = api_json(json_array());
	for (uint32_t i = 0; i < ability.count; i++)
		api_add(items, ability_json(&ability.services[i]));
	out = api_json(json_object());
	api_put(out, "services", items);
	return response_json(rs, out, e);
}

const struct route ability_api_routes[] = {
	{"GET", "/api/v1/ability", PERM_PORTFOLIO_READ, 0, ability_get, "listAbility", NULL, "AbilityList", NULL},
	{"GET", "/api/v1/procedures", PERM_PORTFOLIO_READ, 0, procedures_get, "listProcedures", NULL, "ProcedureList",
	 NULL},
	{"GET", "/api/v1/procedures/{id}", PERM_PORTFOLIO_READ, 0, versions_get, "getProcedure", NULL,
	 "ProcedureVersions", NULL},
	{"GET", "/api/v1/provider-reports", PERM_PORTFOLIO_READ, 0, reports_get, "listProviderReports", NULL,
	 "ProviderReports", NULL},
	{0},
};
