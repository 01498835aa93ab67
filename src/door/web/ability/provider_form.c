/* The forms of the providers' pages. */
#include "base/utf8.h"
#include "door/web/ability/ability.h"
#include "door/web/ability/provider.h"
#include "door/web/web.h"

static int answer(struct request *rq, struct response *rs, int rc, const struct err *why, struct err *e)
{
	if (rc)
		return provider_page(rq, rs, why, e);
	response_redirect(rs, STR("/providers?done=saved"));
	return 0;
}

static int provider_post(struct request *rq, struct response *rs, struct err *e)
{
	struct provider p = {.name = request_form(rq, STR("name")),
			     .contact = request_form(rq, STR("contact")),
			     .remark = request_form(rq, STR("remark"))};
	struct err why = {0};
	int64_t id;
	int rc = provider_save(rq->db, &rq->actor, &p, rq->now, &id, &why);

	return answer(rq, rs, rc, &why, e);
}

static int read_contract(struct request *rq, struct contract *c, struct err *e)
{
	str cadence = request_form(rq, STR("cadence"));
	int64_t grace = 0;
	int rc;

	c->reference = request_form(rq, STR("reference"));
	c->contact = request_form(rq, STR("contact"));
	if (!cadence_parse(cadence, &c->cadence))
		return err_set_value(e, ERR_RANGE, "err.evaluate.form", cadence);
	if ((rc = evaluate_form_id(rq, "provider", &c->provider_id, e)) ||
	    (rc = ability_form_services(rq, &c->services, e)) || (rc = ability_form_day(rq, "from", &c->from, e)) ||
	    (rc = ability_form_day(rq, "to", &c->to, e)) ||
	    (rc = ability_form_day(rq, "first_due", &c->first_due, e)) ||
	    (rc = ability_form_number(rq, "grace_days", 14, &grace, e)))
		return rc;
	c->grace_days = grace > (int64_t)UINT32_MAX ? UINT32_MAX : (uint32_t)grace;
	return 0;
}

static int contract_post(struct request *rq, struct response *rs, struct err *e)
{
	struct contract c = {0};
	struct err why = {0};
	int64_t id;
	int rc = read_contract(rq, &c, &why);

	if (!rc)
		rc = contract_save(rq->db, &rq->actor, &c, rq->now, &id, &why);
	return answer(rq, rs, rc, &why, e);
}

/* "17:2026-11-01": the contract and the due day. */
static int read_owed(struct request *rq, struct report_new *new, struct err *e)
{
	str rest = request_form(rq, STR("owed")), contract = STR_NONE;
	int rc;

	if (str_next(&rest, ':', &contract) && str_to_i64(contract, &new->contract_id) && rest.len == 10 &&
	    time_parse(arena_fmt(rq->arena, STR_FMT "T00:00:00Z", STR_ARG(rest)), &new->due))
		return 0;
	rc = err_set(e, ERR_RANGE, "err.provider.due");
	err_path(e, STR("owed"));
	return rc;
}

/* Looked up before the bytes are kept: a file for nothing leaves nothing behind. */
static int is_owed(struct request *rq, const struct report_new *new, struct err *e)
{
	struct report_slots slots;
	int rc = report_slots(rq->db, actor_scope(&rq->actor), rq->now, rq->arena, &slots, e);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < slots.count; i++)
		if (slots.items[i].contract->id == new->contract_id && slots.items[i].report.due == new->due)
			return 0;
	return err_set(e, ERR_NOT_FOUND, "err.provider.unknown");
}

static int report_post(struct request *rq, struct response *rs, struct err *e)
{
	struct report_new new = {0};
	struct http_file file;
	struct err why = {0};
	int64_t id = 0;
	int rc = read_owed(rq, &new, &why);

	if (!rc && (!request_file(rq, STR("file"), &file) || !file.name.len || !file.bytes.len))
		rc = err_set(&why, ERR_RANGE, "err.provider.file");
	if (!rc) {
		new.file_name = utf8_cut(file.name, PROVIDER_NAME_MAX);
		if (!(rc = is_owed(rq, &new, &why)) &&
		    !(rc = blob_put(rq->services->blobs, file.bytes, &new.blob, &why)))
			rc = report_add(rq->db, &rq->actor, &new, rq->now, &id, &why);
	}
	if (rc)
		return provider_page(rq, rs, &why, e);
	response_redirect(rs, arena_fmt(rq->arena, "/providers/reports/%lld?done=saved", (long long)id));
	return 0;
}

/* Opening is a POST, so that no prefetch opens a report by accident; the file comes as a download. */
static int open_post(struct request *rq, struct response *rs, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	struct report r;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) || (rc = report_get(rq->db, scope, id, rq->arena, &r, e)) ||
	    (rc = blob_ref_find(rq->db, &scope, r.sha256, NULL, e)) ||
	    (rc = blob_read(rq->services->blobs, r.sha256, &rs->body, e)) ||
	    (rc = report_open(rq->db, &rq->actor, id, rq->now, e)))
		return rc;
	rs->content_type = STR("application/octet-stream");
	response_attachment(rq, rs, r.file_name);
	return 0;
}

static int read_judgement(struct request *rq, struct report_judge *j, struct err *e)
{
	str content = request_form(rq, STR("content")), result = request_form(rq, STR("result"));
	struct judgement *what = &j->judgement;
	int rc;

	if (!understanding_parse(content, &what->content) || !understanding_parse(result, &what->result))
		return err_set_value(e, ERR_RANGE, "err.evaluate.form", content);
	what->as_expected = str_eq(request_form(rq, STR("expected")), STR("yes"));
	what->remark = str_trim(request_form(rq, STR("remark")));
	if ((rc = ability_form_number(rq, "met", 0, &what->met, e)) ||
	    (rc = ability_form_number(rq, "missed", 0, &what->missed, e)))
		return rc;
	return ability_form_number(rq, "version", 0, &j->version, e);
}

static int judge_post(struct request *rq, struct response *rs, struct err *e)
{
	struct report_judge j = {0};
	struct err why = {0};
	int rc = request_param_i64(rq, 0, &j.id, e);

	if (rc)
		return rc;
	if (!(rc = read_judgement(rq, &j, &why)))
		rc = report_judge(rq->db, &rq->actor, &j, rq->now, &why);
	if (rc)
		return provider_report_page(rq, rs, &why, e);
	response_redirect(rs, arena_fmt(rq->arena, "/providers/reports/%lld?done=judged", (long long)j.id));
	return 0;
}

#define POST_ROW(path, fn, ...)                                                                                    \
	{                                                                                                          \
		.method = "POST", .pattern = "/providers" path, .permission = PERM_PORTFOLIO_WRITE, .handler = fn, \
		__VA_ARGS__                                                                                        \
	}

const struct route provider_form_web_routes[] = {
	POST_ROW("", provider_post),
	POST_ROW("/contracts", contract_post),
	POST_ROW("/reports", report_post, .body_max = PROVIDER_REPORT_BYTES_MAX),
	POST_ROW("/reports/{id}/open", open_post),
	POST_ROW("/reports/{id}/judge", judge_post),
	{0},
};
