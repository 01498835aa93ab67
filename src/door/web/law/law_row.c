/* One law with its form, and the questions that tell which laws may apply. */
#include "door/web/evaluate/evaluate_text.h"
#include "door/web/law/law.h"
#include "door/web/web.h"

/* ---- one law ---- */

static void put_content(const struct request *rq, struct view *v, const struct law *l)
{
	view_text(v, "scene", law_text(rq, l->scene));
	view_text(v, "status", law_text(rq, l->status));
	view_text(v, "measure", law_text(rq, l->measure));
	view_text(v, "source", l->source);
	view_text(v, "register_2009", l->register_2009.ptr ? l->register_2009 : STR(""));
	view_list(v, "triggers");
	for (uint32_t i = 0; i < l->trigger_count; i++)
		view_text(view_item(v, "triggers"), "text", l->triggers[i][rq->lang]);
	view_list(v, "addressees");
	for (uint32_t i = 0; i < l->addressee_count; i++)
		view_text(view_item(v, "addressees"), "text", l->addressees[i][rq->lang]);
	view_list(v, "named_services");
	for (uint32_t i = 0; i < l->service_count; i++) {
		struct view *s = view_item(v, "named_services");

		view_text(s, "service", l->services[i]->id);
		view_text(s, "service_name", show_service_name(rq, l->services[i]->id));
	}
}

/* Why it may apply: the question that decided, and its answer. */
static void put_reason(const struct request *rq, struct view *v, const struct law_row *row, const struct law_answer *a)
{
	const struct law_question *q = row->question == UINT32_MAX ? NULL
								   : law_question_at(rq->services->laws, row->question);
	static const char *const keys[LAW_VERDICT_COUNT] = {"law.reason.open", "law.reason.yes", "law.reason.no"};

	view_text(v, "question", q ? q->text[rq->lang] : STR(""));
	view_word(v, "reason", row->is_own ? "law.reason.own" : q ? keys[row->by_answers] : "law.reason.always");
	view_text(v, "number",
		  q && a[row->question].kind == ANSWER_NUMBER
			  ? arena_fmt(rq->arena, "%lld", (long long)a[row->question].number)
			  : STR(""));
	view_bool(v, "by_hand", row->state.applies != LAW_OPEN);
}

static void put_form(const struct request *rq, struct view *v, const struct law_state *s)
{
	view_list(v, "applies");
	for (int i = 0; i < LAW_VERDICT_COUNT; i++) {
		str name = str_of(law_verdict_name((enum law_verdict)i));
		const char *key = i == LAW_OPEN ? "law.by_answers" : show_word_key(rq, "law.applies.", name.ptr).ptr;

		evaluate_put_choice(v, "applies", name, words_get(rq->lang, str_of(key)), (int)s->applies == i);
	}
	view_list(v, "compliance");
	for (int i = 0; i < COMPLIANCE_COUNT; i++) {
		str name = str_of(law_compliance_name((enum law_compliance)i));

		evaluate_put_choice(v, "compliance", name,
				    words_get(rq->lang, show_word_key(rq, "law.compliance.", name.ptr)),
				    (int)s->compliance == i);
	}
	view_i64(v, "version", s->version);
	view_text(v, "evidence", s->evidence);
	view_text(v, "typed_responsible", s->responsible);
	view_text(v, "remark", s->remark);
	view_text(v, "next_day", s->next_check ? show_day(rq, s->next_check) : STR(""));
	view_text(v, "changed_by", s->user_name);
	view_text(v, "changed", s->changed_at ? show_day(rq, s->changed_at) : STR(""));
}

static int row_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct law_register r;
	const struct law_row *row;
	int rc = law_load(rq, &r, e);

	if (rc)
		return rc;
	row = law_row_find(&r, rq->path_params[0]);
	if (!row)
		return err_set_value(e, ERR_NOT_FOUND, "err.law.absent", rq->path_params[0]);
	law_put_row(rq, v, row);
	put_content(rq, v, row->law);
	put_reason(rq, v, row, r.answers);
	put_form(rq, v, &row->state);
	view_list(v, "deadlines");
	law_put_deadlines(rq, v, row->law, 0);
	view_text(v, "checked", row->is_own ? STR("") : law_checked(rq->services->laws));
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("law/show"), v, e);
}

static int row_get(struct request *rq, struct response *rs, struct err *e)
{
	return row_page(rq, rs, NULL, e);
}

static int row_post(struct request *rq, struct response *rs, struct err *e)
{
	str applies = request_form(rq, STR("applies")), compliance = request_form(rq, STR("compliance"));
	struct law_state s = {.evidence = request_form(rq, STR("evidence")),
			      .responsible = request_form(rq, STR("responsible")),
			      .remark = request_form(rq, STR("remark"))};
	const struct law_change change = {.law = rq->path_params[0], .state = &s, .now = rq->now};
	str version = request_form(rq, STR("version"));
	struct law_register r;
	struct err why = {0};
	int rc = law_load(rq, &r, e);

	if (rc)
		return rc;
	if (!law_row_find(&r, change.law))
		return err_set_value(e, ERR_NOT_FOUND, "err.law.absent", change.law);
	if (!law_verdict_parse(applies, &s.applies))
		rc = err_set_value(&why, ERR_RANGE, "err.law.form", applies);
	else if (!law_compliance_parse(compliance, &s.compliance))
		rc = err_set_value(&why, ERR_RANGE, "err.law.form", compliance);
	else if (!str_to_i64(version, &s.version) || s.version < 0) /* 0: nothing saved yet */
		rc = err_set_value(&why, ERR_RANGE, "err.law.form", version);
	if (rc || evaluate_day(rq, "next_check", &s.next_check, &why) ||
	    law_state_save(rq->db, &rq->actor, &change, &why))
		return row_page(rq, rs, &why, e);
	response_redirect(rs, arena_fmt(rq->arena, "/laws/" STR_FMT, STR_ARG(change.law)));
	return 0;
}

/* ---- the questions ---- */

static int questions_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct law_register r;
	int64_t answered = 0;
	int rc = law_load(rq, &r, e);

	if (rc)
		return rc;
	view_list(v, "questions");
	for (uint32_t i = 0; i < law_question_count(rq->services->laws); i++) {
		const struct law_question *q = law_question_at(rq->services->laws, i);
		const struct law_answer *a = &r.answers[i];
		struct view *row = view_item(v, "questions");
		int64_t laws = 0;

		for (uint32_t k = 0; k < r.count; k++)
			for (uint32_t c = 0; c < r.rows[k].law->condition_count; c++)
				laws += r.rows[k].law->conditions[c].question == i;
		view_text(row, "id", q->id);
		view_text(row, "text", q->text[rq->lang]);
		view_bool(row, "is_number", q->is_number);
		view_bool(row, "is_yes", a->kind == ANSWER_YES);
		view_bool(row, "is_no", a->kind == ANSWER_NO);
		view_bool(row, "is_open", a->kind == ANSWER_NONE);
		view_text(row, "number",
			  a->kind == ANSWER_NUMBER ? arena_fmt(rq->arena, "%lld", (long long)a->number) : STR(""));
		view_i64(row, "laws", laws);
		view_text(row, "by", a->kind == ANSWER_NONE ? STR("") : a->user_name);
		view_text(row, "when", a->kind == ANSWER_NONE ? STR("") : show_day(rq, a->at));
		answered += a->kind != ANSWER_NONE;
	}
	view_i64(v, "answered", answered);
	view_i64(v, "total", law_question_count(rq->services->laws));
	view_text(v, "checked", law_checked(rq->services->laws));
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("law/questions"), v, e);
}

static int questions_get(struct request *rq, struct response *rs, struct err *e)
{
	return questions_page(rq, rs, NULL, e);
}

static int form_answer(const struct request *rq, const struct law_question *q, struct law_answer *ret, struct err *e)
{
	str text = str_trim(request_form(rq, arena_fmt(rq->arena, "q_" STR_FMT, STR_ARG(q->id))));
	int rc;

	ret->kind = ANSWER_NONE;
	if (!text.len)
		return 0;
	if (q->is_number && str_to_i64(text, &ret->number))
		ret->kind = ANSWER_NUMBER;
	else if (!q->is_number && str_eq(text, STR("yes")))
		ret->kind = ANSWER_YES;
	else if (!q->is_number && str_eq(text, STR("no")))
		ret->kind = ANSWER_NO;
	if (ret->kind != ANSWER_NONE)
		return 0;
	rc = err_set_value(e, ERR_RANGE, "err.law.form", text);
	err_path(e, q->id);
	return rc;
}

static int questions_post(struct request *rq, struct response *rs, struct err *e)
{
	uint32_t count = law_question_count(rq->services->laws);
	struct law_answer *answers = arena_alloc(rq->arena, count * sizeof(*answers));
	struct err why = {0};
	int rc = answers ? 0 : err_set(e, ERR_LIMIT, "err.reader.budget");

	if (rc)
		return rc;
	for (uint32_t i = 0; !rc && i < count; i++)
		rc = form_answer(rq, law_question_at(rq->services->laws, i), &answers[i], &why);
	if (rc || law_answers_save(rq->db, &rq->actor, rq->services->laws, answers, rq->now, &why))
		return questions_page(rq, rs, &why, e);
	response_redirect(rs, STR("/laws?applies=yes"));
	return 0;
}

const struct route law_row_web_routes[] = {
	{.method = "GET", .pattern = "/laws/{law}", .permission = PERM_PORTFOLIO_READ, .handler = row_get},
	{.method = "POST", .pattern = "/laws/{law}", .permission = PERM_PORTFOLIO_WRITE, .handler = row_post},
	{.method = "GET", .pattern = "/law-questions", .permission = PERM_PORTFOLIO_READ, .handler = questions_get},
	{.method = "POST", .pattern = "/law-questions", .permission = PERM_PORTFOLIO_WRITE, .handler = questions_post},
	{0},
};
