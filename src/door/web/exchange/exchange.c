/* Files out and in: the list of downloads and imports, one import with what it would do. */
#include "base/check.h"
#include "base/mem.h"
#include "door/web/exchange/import_view.h"
#include "door/web/show.h"
#include "door/web/web.h"

#define UPLOAD_EXTRA 65536u /* what a form adds to its file */
#define TAKE_MAX FRAMEWORK_SERVICES_MAX

static int framework(const struct request *rq, const struct framework **ret, struct err *e)
{
	return framework_of(rq->db, actor_scope(&rq->actor),
			    content_index_find(rq->services->frameworks, STR(FRAMEWORK_DEFAULT)), rq->arena, ret, e);
}

/* What a person can mend is shown on the page, with its status. */
static bool put_notice(struct request *rq, struct response *rs, struct view *v, const struct err *why)
{
	struct buf text;

	if (why->code != ERR_PARSE && why->code != ERR_RANGE && why->code != ERR_LIMIT &&
	    why->code != ERR_UNSUPPORTED && why->code != ERR_CONFLICT && why->code != ERR_WRONG_STATE)
		return false;
	rs->status = why->code == ERR_CONFLICT || why->code == ERR_WRONG_STATE ? 409 : 422;
	buf_init(&text, 8192);
	words_add_err(&text, rq->lang, why);
	view_text(v, "notice", arena_str(rq->arena, buf_str(&text)));
	view_bool(v, "notice_is_bad", true);
	buf_done(&text);
	return true;
}

static str file_url(const struct request *rq, const char *format, const char *table)
{
	return arena_fmt(rq->arena, "/api/v1/assessment/export?format=%s&table=%s&lang=%s", format, table,
			 lang_code(rq->lang));
}

static void put_files(const struct request *rq, struct view *v)
{
	static const struct {
		const char *format, *label, *key;
	} files[] = {{"xlsx", "XLSX", "exchange.file.workbook"}, {"csv", "CSV", "exchange.file.csv"},
		     {"json", "JSON", "exchange.file.json"},     {"oscal", "OSCAL", "exchange.file.oscal"},
		     {"pdf", "PDF", "exchange.file.report"},     {"html", "HTML", "exchange.file.report"}};

	for (size_t i = 0; i < COUNT_OF(files); i++) {
		struct view *item = view_item(v, "files");

		view_text(item, "url", file_url(rq, files[i].format, "portfolio"));
		view_text(item, "format", str_of(files[i].label));
		view_word(item, "label", files[i].key);
	}
	view_list(v, "tables");
	for (enum exchange_table t = EXCHANGE_CATALOGUE; t < EXCHANGE_TABLE_COUNT; t++) {
		const char *name = exchange_table_name(t);
		struct view *item;

		if (t == EXCHANGE_WORK && !actor_may(&rq->actor, PERM_WORK_READ))
			continue;
		item = view_item(v, "tables");
		view_text(item, "label", words_get(rq->lang, arena_fmt(rq->arena, "exchange.table.%s", name)));
		view_text(item, "xlsx", file_url(rq, "xlsx", name));
		view_text(item, "csv", file_url(rq, "csv", name));
	}
}

static void put_import(const struct request *rq, struct view *v, const struct exchange_import *im)
{
	static const char *const classes[IMPORT_STATE_COUNT] = {"", "good", "caution"};
	str here = arena_fmt(rq->arena, "/exchange/%lld", (long long)im->id);

	view_text(v, "url", here);
	view_text(v, "name", im->name);
	view_text(v, "at", show_time_text(rq, im->applied_at ? im->applied_at : im->at));
	view_text(v, "user_name", im->user_name);
	view_i64(v, "row_count", im->rows);
	view_text(v, "state_class", str_of(classes[im->state]));
	view_word(v, "state_word", show_word_key(rq, "exchange.state.", import_state_name(im->state)).ptr);
	view_bool(v, "may_undo",
		  im->state == IMPORT_APPLIED && im->change_id && actor_may(&rq->actor, PERM_PORTFOLIO_WRITE));
	view_text(v, "undo_url", arena_fmt(rq->arena, STR_FMT "/undo", STR_ARG(here)));
	view_text(v, "apply_url", arena_fmt(rq->arena, STR_FMT "/apply", STR_ARG(here)));
}

static int index_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct exchange_imports list;
	int rc = exchange_list(rq->db, actor_scope(&rq->actor), rq->arena, &list, e);

	if (rc)
		return rc;
	put_files(rq, v);
	view_list(v, "imports");
	for (uint32_t i = 0; i < list.count; i++)
		put_import(rq, view_item(v, "imports"), &list.items[i]);
	if (why && !put_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	if (str_eq(request_query(rq, STR("done")), STR("undone")))
		view_word(v, "notice", "exchange.done.undone");
	return response_page(rq, rs, STR("exchange/index"), v, e);
}

static int index_get(struct request *rq, struct response *rs, struct err *e)
{
	return index_page(rq, rs, NULL, e);
}

static void go_to(struct request *rq, struct response *rs, int64_t id, const char *done)
{
	response_redirect(rs, arena_fmt(rq->arena, "/exchange/%lld%s", (long long)id, done));
}

/* ---- one import ---- */

static int plan_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct view *v = view_create(rq->arena);
	struct exchange_input input = {0};
	struct exchange_import im;
	struct exchange_plan plan = {0};
	bool seen;
	int64_t id;
	int rc;

	arena_init(&a, EXCHANGE_ARENA);
	if ((rc = framework(rq, &input.framework, e)) || (rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = exchange_load(rq->db, actor_scope(&rq->actor), id, &a, &im, &input.bytes, e)))
		return rc;
	seen = im.state == IMPORT_SEEN;
	if (seen && (rc = exchange_plan(rq->db, &rq->actor, &input, &a, &plan, e)))
		return rc;
	put_import(rq, v, &im);
	view_bool(v, "is_seen", seen);
	view_text(v, "sheet", STR(""));
	view_bool(v, "can_apply",
		  seen && !plan.errors && plan.counts[ROW_NEW] + plan.counts[ROW_CHANGED] + plan.counts[ROW_CONFLICT] &&
			  actor_may(&rq->actor, PERM_PORTFOLIO_WRITE));
	if (seen)
		import_view(rq, v, &plan, &a);
	if (why)
		(void)put_notice(rq, rs, v, why);
	else if (str_eq(request_query(rq, STR("done")), STR("applied")))
		view_word(v, "notice", "exchange.done.applied");
	return response_page(rq, rs, STR("exchange/plan"), v, e);
}

static int plan_get(struct request *rq, struct response *rs, struct err *e)
{
	return plan_page(rq, rs, NULL, e);
}

static int upload_post(struct request *rq, struct response *rs, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct exchange_keep keep = {.now = rq->now};
	struct exchange_input input = {0};
	struct exchange_plan plan;
	struct http_file file = {0};
	struct err why = {0};
	int64_t id;
	int rc = framework(rq, &keep.framework, e);

	if (rc)
		return rc;
	arena_init(&a, EXCHANGE_ARENA);
	if (!request_file(rq, STR("file"), &file) || !file.bytes.len)
		rc = err_set(&why, ERR_RANGE, "err.exchange.no_file");
	keep.name = file.name;
	keep.bytes = input.bytes = file.bytes;
	input.framework = keep.framework;
	/* What cannot be read at all is not kept. */
	if (!rc)
		rc = exchange_plan(rq->db, &rq->actor, &input, &a, &plan, &why);
	if (!rc)
		rc = exchange_keep(rq->db, &rq->actor, &keep, &id, &why);
	if (rc)
		return index_page(rq, rs, &why, e);
	go_to(rq, rs, id, "");
	return 0;
}

/* A deed that failed shows its page again with the reason; what a person cannot mend is the door's matter. */
static int failed(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	if (why->code != ERR_CONFLICT && why->code != ERR_WRONG_STATE && why->code != ERR_RANGE) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return plan_page(rq, rs, why, e);
}

static int apply_post(struct request *rq, struct response *rs, struct err *e)
{
	struct exchange_apply apply = {.now = rq->now};
	str *take = arena_alloc(rq->arena, TAKE_MAX * sizeof(*take));
	struct exchange_result result;
	struct err why = {0};
	size_t at = 0;
	int rc;

	if (!take)
		return err_set(e, ERR_LIMIT, "err.http.memory");
	if ((rc = framework(rq, &apply.framework, e)) || (rc = request_param_i64(rq, 0, &apply.id, e)))
		return rc;
	while (apply.take_count < TAKE_MAX && request_form_each(rq, STR("take"), &at, &take[apply.take_count]))
		apply.take_count++;
	apply.take = take;
	if (exchange_apply(rq->db, &rq->actor, &apply, &result, &why))
		return failed(rq, rs, &why, e);
	go_to(rq, rs, apply.id, "?done=applied");
	return 0;
}

static int undo_post(struct request *rq, struct response *rs, struct err *e)
{
	struct exchange_undo undo = {.now = rq->now};
	struct err why = {0};
	int rc;

	if ((rc = framework(rq, &undo.framework, e)) || (rc = request_param_i64(rq, 0, &undo.id, e)))
		return rc;
	if (exchange_undo(rq->db, &rq->actor, &undo, &why))
		return failed(rq, rs, &why, e);
	response_redirect(rs, STR("/exchange?done=undone"));
	return 0;
}

const struct route exchange_web_routes[] = {
	{.method = "GET", .pattern = "/exchange", .permission = PERM_PORTFOLIO_READ, .handler = index_get},
	{.method = "POST",
	 .pattern = "/exchange",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = upload_post,
	 .body_max = SHEET_FILE_MAX + UPLOAD_EXTRA},
	{.method = "GET", .pattern = "/exchange/{id}", .permission = PERM_PORTFOLIO_READ, .handler = plan_get},
	{.method = "POST",
	 .pattern = "/exchange/{id}/apply",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = apply_post},
	{.method = "POST", .pattern = "/exchange/{id}/undo", .permission = PERM_PORTFOLIO_WRITE, .handler = undo_post},
	{0},
};
