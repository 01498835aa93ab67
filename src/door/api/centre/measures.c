/* What is counted per service. */
#include "centre/measure/measure.h"

#include "door/api/api.h"
#include "door/api/json.h"

static json_t *text_json(const struct fw_text *text)
{
	json_t *both = api_json(json_object());

	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		api_put(both, lang_code((enum lang)lang), api_text(text->by_lang[lang]));
	return both;
}

static json_t *value_json(const struct measure_value *v)
{
	return v->is_there ? api_json(json_real(v->value)) : json_null();
}

static json_t *measure_json(const struct measured *v, time_us now)
{
	const struct measure *m = v->measure;
	json_t *out = api_json(json_object()), *weeks = api_json(json_array());

	api_put(out, "id", api_text(m->id));
	api_put(out, "service", api_text(m->service->id));
	api_put(out, "name", text_json(&m->name));
	api_put(out, "what", text_json(&m->what));
	api_put(out, "unit", api_text(str_of(measure_unit_name(m->unit))));
	api_put(out, "direction", api_text(str_of(measure_direction_name(m->direction))));
	api_put(out, "target", m->has_target ? api_json(json_integer(m->target)) : json_null());
	api_put(out, "is_met", m->has_target ? json_boolean(v->is_met) : json_null());
	api_put(out, "value", value_json(&v->now));
	api_put(out, "cases", api_number_or_null(v->now.cases));
	for (uint32_t i = 0; v->has_weeks && i < MEASURE_WEEKS; i++)
		api_add(weeks, api_json(json_pack("{s:o, s:o}", "until",
						  api_time(now - (time_us)(MEASURE_WEEKS - 1 - i) * 7 * TIME_DAY),
						  "value", value_json(&v->weeks[i]))));
	api_put(out, "weeks", weeks);
	return out;
}

static int measures_get(struct request *rq, struct response *rs, struct err *e)
{
	struct measures measures;
	struct measure_ask ask = {
		.measures = &measures, .service = request_query(rq, STR("service")), .weeks = true, .now = rq->now};
	const struct framework *fw = content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT));
	struct measured_list list;
	json_t *items, *out;
	int rc;

	if (ask.service.len && !framework_service(fw, ask.service))
		return err_set_value(e, ERR_NOT_FOUND, "err.build.service", ask.service);
	if ((rc = measures_load(rq->services->data_folder, fw, rq->arena, &measures, e)) ||
	    (rc = measure_all(rq->db, actor_scope(&rq->actor), &ask, rq->arena, &list, e)))
		return rc;
	items = api_json(json_array());
	for (uint32_t i = 0; i < list.count; i++)
		api_add(items, measure_json(&list.items[i], rq->now));
	out = api_json(json_object());
	api_put(out, "measures", items);
	return response_json(rs, out, e);
}

static const char *const measures_query[] = {"service", NULL};

const struct route measures_api_routes[] = {
	{"GET", "/api/v1/measures", PERM_PORTFOLIO_READ, 0, measures_get, "listMeasures", NULL, "MeasureList",
	 measures_query},
	{0},
};
