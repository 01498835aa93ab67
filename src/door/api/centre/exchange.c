/* The portfolio as files. Each route is one operation of door/admin, which the verbs call, too. */
#include "door/admin/admin.h"

#include "centre/exchange/exchange.h"
#include "door/api/api.h"
#include "door/api/json.h"

static struct admin_call call_of(const struct request *rq, const json_t *in)
{
	return (struct admin_call){.db = rq->db,
				   .env = rq->services->env,
				   .who = &rq->actor,
				   .data_folder = rq->services->data_folder,
				   .in = in,
				   .frameworks = rq->services->frameworks};
}

/* The query's members that the operation knows; the language is the request's unless it says one. */
static json_t *query_json(const struct request *rq, const char *const *names)
{
	json_t *in = api_json(json_object());

	api_put(in, "lang", api_text(str_of(lang_code(rq->lang))));
	for (; *names; names++)
		if (request_query(rq, str_of(*names)).len)
			api_put(in, *names, api_text(request_query(rq, str_of(*names))));
	return in;
}

static const char *const export_query[] = {"format", "table", "rule", "lang", NULL};
static const char *const score_query[] = {"rule", "lang", NULL};
static const char *const import_query[] = {"name", "lang", NULL};
static const char *const lang_query[] = {"lang", NULL};

static int export_get(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_json_ json_t *in = query_json(rq, export_query), *out = NULL;
	struct admin_call call = call_of(rq, in);
	int rc;

	call.raw_out = &rs->body;
	if ((rc = admin_assess_export(&call, &out, e)))
		return rc;
	rs->content_type = arena_str(rq->arena, str_of(json_string_value(json_object_get(out, "type"))));
	response_attachment(rq, rs, arena_str(rq->arena, str_of(json_string_value(json_object_get(out, "name")))));
	rs->content_type = arena_str(rq->arena, str_of(json_string_value(json_object_get(out, "type"))));
	return 0;
}

static int answer(struct request *rq, struct response *rs, admin_fn fn, const char *const *query, struct err *e)
{
	_cleanup_json_ json_t *in = query_json(rq, query);
	struct admin_call call = call_of(rq, in);
	json_t *out = NULL;
	int rc = rq->path_params[0].ptr ? request_param_i64(rq, 0, &call.id, e) : 0;

	call.raw_in = rq->body;
	if (!rc)
		rc = fn(&call, &out, e);
	return rc ? rc : response_json(rs, out, e);
}

static int score_get(struct request *rq, struct response *rs, struct err *e)
{
	return answer(rq, rs, admin_assess_score, score_query, e);
}

static int import_post(struct request *rq, struct response *rs, struct err *e)
{
	int rc = answer(rq, rs, admin_assess_import, import_query, e);

	if (!rc)
		rs->status = 201;
	return rc;
}

static int import_get(struct request *rq, struct response *rs, struct err *e)
{
	return answer(rq, rs, admin_assess_show, lang_query, e);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const none[] = {NULL};

	return answer(rq, rs, admin_assess_list, none, e);
}

static int apply_post(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_json_ json_t *in = NULL;
	struct admin_call call;
	json_t *out = NULL;
	int rc = request_json(rq, &in, e);

	if (rc)
		return rc;
	call = call_of(rq, in);
	if ((rc = request_param_i64(rq, 0, &call.id, e)) || (rc = admin_assess_apply(&call, &out, e)))
		return rc;
	return response_json(rs, out, e);
}

static int undo_post(struct request *rq, struct response *rs, struct err *e)
{
	static const char *const none[] = {NULL};

	return answer(rq, rs, admin_assess_undo, none, e);
}

const struct route exchange_api_routes[] = {
	{"GET", "/api/v1/assessment/export", PERM_PORTFOLIO_READ, 0, export_get, "exportAssessment", NULL,
	 "AssessmentFile", export_query},
	{"GET", "/api/v1/assessment/score", PERM_PORTFOLIO_READ, 0, score_get, "getAssessmentScore", NULL,
	 "AssessmentScore", score_query},
	{"GET", "/api/v1/assessment/imports", PERM_PORTFOLIO_READ, 0, list_get, "listAssessmentImports", NULL,
	 "ImportList"},
	{"POST", "/api/v1/assessment/imports", PERM_PORTFOLIO_WRITE, 0, import_post, "previewAssessmentImport",
	 "Binary", "Import", import_query, NULL, SHEET_FILE_MAX},
	{"GET", "/api/v1/assessment/imports/{id}", PERM_PORTFOLIO_READ, 0, import_get, "getAssessmentImport", NULL,
	 "Import", lang_query},
	{"POST", "/api/v1/assessment/imports/{id}/apply", PERM_PORTFOLIO_WRITE, 0, apply_post, "applyAssessmentImport",
	 "ImportApply", "ImportResult"},
	{"POST", "/api/v1/assessment/imports/{id}/undo", PERM_PORTFOLIO_WRITE, 0, undo_post, "undoAssessmentImport",
	 NULL, "Any"},
	{0},
};
