/* The register of laws of the organisation that the caller works in. Orientation, no legal advice. */
#include "centre/law/law.h"

#include "door/api/api.h"
#include "door/api/json.h"

static json_t *texts(const str by_lang[LANG_COUNT])
{
	json_t *both = api_json(json_object());

	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		api_put(both, lang_code((enum lang)lang), api_text_or_null(by_lang[lang]));
	return both;
}

static json_t *deadline_json(const struct law_deadline *d)
{
	json_t *out = api_json(json_object());

	api_put(out, "name", texts(d->name));
	api_put(out, "unit", api_text(str_of(law_unit_name(d->unit))));
	api_put(out, "amount", api_json(json_integer(d->amount)));
	api_put(out, "from", api_text(d->from));
	api_put(out, "first_day", json_boolean(d->first_day));
	api_put(out, "moves", json_boolean(d->moves));
	api_put(out, "note", texts(d->note));
	return out;
}

static void put_state(json_t *out, const struct law_row *row)
{
	const struct law_state *s = &row->state;

	api_put(out, "version", api_json(json_integer(s->version)));
	api_put(out, "applies", api_text(str_of(law_verdict_name(row->applies))));
	api_put(out, "by_answers", api_text(str_of(law_verdict_name(row->by_answers))));
	api_put(out, "by_hand", api_text(str_of(law_verdict_name(s->applies))));
	api_put(out, "compliance", api_text(str_of(law_compliance_name(s->compliance))));
	api_put(out, "evidence", api_text(s->evidence));
	api_put(out, "responsible", api_text(s->responsible));
	api_put(out, "remark", api_text(s->remark));
	api_put(out, "next_check", api_time(s->next_check));
	api_put(out, "changed_by", api_text_or_null(s->user_name));
	api_put(out, "changed_at", api_time(s->changed_at));
}

static json_t *law_json(const struct law_row *row)
{
	const struct law *l = row->law;
	json_t *out = api_json(json_object()), *deadlines = api_json(json_array()),
	       *addressees = api_json(json_array()), *services = api_json(json_array());

	for (uint32_t i = 0; i < l->deadline_count; i++)
		api_add(deadlines, deadline_json(&l->deadlines[i]));
	for (uint32_t i = 0; i < l->addressee_count; i++)
		api_add(addressees, texts(l->addressees[i]));
	for (uint32_t i = 0; i < l->service_count; i++)
		api_add(services, api_text(l->services[i]->id));
	api_put(out, "id", api_text(l->id));
	api_put(out, "jurisdiction", api_text(l->jurisdiction));
	api_put(out, "law", texts(l->name));
	api_put(out, "article", texts(l->article));
	api_put(out, "title", texts(l->title));
	api_put(out, "requirement", texts(l->requirement));
	api_put(out, "scene", texts(l->scene));
	api_put(out, "measure", texts(l->measure));
	api_put(out, "deadlines", deadlines);
	api_put(out, "addressees", addressees);
	api_put(out, "services", services);
	api_put(out, "source", api_text(l->source));
	api_put(out, "certainty", api_text(str_of(law_certainty_name(l->certainty))));
	put_state(out, row);
	return out;
}

static int load(const struct request *rq, struct law_register *ret, struct err *e)
{
	return law_register_load(rq->db, actor_scope(&rq->actor), rq->services->laws, rq->arena, ret, e);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	str q = str_trim(request_query(rq, STR("q")));
	json_t *out, *laws;
	struct law_register r;
	int rc = load(rq, &r, e);

	if (rc)
		return rc;
	laws = api_json(json_array());
	for (uint32_t i = 0; i < r.count; i++)
		if (!q.len || law_row_matches(&r.rows[i], q))
			api_add(laws, law_json(&r.rows[i]));
	out = api_json(json_object());
	api_put(out, "checked", api_text(law_checked(rq->services->laws)));
	api_put(out, "legal_advice", json_boolean(false));
	api_put(out, "laws", laws);
	return response_json(rs, out, e);
}

static int find(const struct request *rq, struct law_register *r, const struct law_row **ret, struct err *e)
{
	int rc = load(rq, r, e);

	if (rc)
		return rc;
	*ret = law_row_find(r, rq->path_params[0]);
	return *ret ? 0 : err_set_value(e, ERR_NOT_FOUND, "err.law.absent", rq->path_params[0]);
}

static int law_get(struct request *rq, struct response *rs, struct err *e)
{
	const struct law_row *row;
	struct law_register r;
	int rc = find(rq, &r, &row, e);

	if (rc)
		return rc;
	api_etag(rq, rs, row->state.version);
	return response_json(rs, law_json(row), e);
}

static int refuse_word(const char *field, str value, struct err *e)
{
	int rc = err_set_value(e, ERR_RANGE, "err.law.form", value);

	err_path(e, str_of(field));
	return rc;
}

/* The body is the whole state: what is absent becomes empty. */
static int read_body(const json_t *body, struct law_state *s, struct err *e)
{
	static const char *const known[] = {"applies", "compliance", "evidence", "responsible",
					    "remark",  "next_check", NULL};
	str applies = STR_NONE, compliance = STR_NONE;
	int rc;

	if ((rc = api_known(body, known, e)) || (rc = api_field_text(body, "applies", &applies, e)) ||
	    (rc = api_field_text(body, "compliance", &compliance, e)) ||
	    (rc = api_field_text(body, "evidence", &s->evidence, e)) ||
	    (rc = api_field_text(body, "responsible", &s->responsible, e)) ||
	    (rc = api_field_text(body, "remark", &s->remark, e)) ||
	    (rc = api_field_time(body, "next_check", &s->next_check, e)))
		return rc;
	if (applies.ptr && !law_verdict_parse(applies, &s->applies))
		return refuse_word("applies", applies, e);
	if (compliance.ptr && !law_compliance_parse(compliance, &s->compliance))
		return refuse_word("compliance", compliance, e);
	return 0;
}

static int law_put(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_json_ json_t *body = NULL;
	struct law_state s = {.version = 0};
	const struct law_change change = {.law = rq->path_params[0], .state = &s, .now = rq->now};
	const struct law_row *row;
	struct law_register r;
	int rc;

	if ((rc = find(rq, &r, &row, e)) || (rc = api_if_match(rq, &s.version, e)) ||
	    (rc = request_json(rq, &body, e)) || (rc = read_body(body, &s, e)))
		return rc;
	rc = law_state_save(rq->db, &rq->actor, &change, e);
	if (rc == -ERR_CONFLICT) /* the condition of If-Match does not hold: 412 */
		return err_set_value(e, ERR_CONFLICT, "err.api.changed", request_header(rq, STR("If-Match")));
	return rc ? rc : law_get(rq, rs, e);
}

static const char *const list_query[] = {"q", NULL};

const struct route law_api_routes[] = {
	{"GET", "/api/v1/laws", PERM_PORTFOLIO_READ, 0, list_get, "listLaws", NULL, "LawList", list_query},
	{"GET", "/api/v1/laws/{law}", PERM_PORTFOLIO_READ, 0, law_get, "getLaw", NULL, "Law"},
	{"PUT", "/api/v1/laws/{law}", PERM_PORTFOLIO_WRITE, 0, law_put, "putLaw", "LawInput", "Law"},
	{0},
};
