/* Lists compared with kept events: the section of /indicators, and what begins and ends a run. */
#include "door/web/intel/intel_pages.h"
#include "door/web/show.h"
#include "flow/alert/alert.h"

static str lists_text(const struct request *rq, const struct retro *r)
{
	str rest = r->lists, path, text = STR("");

	while (r->lists.len && str_next(&rest, '\n', &path)) {
		str name = str_from(path, (size_t)(str_find_last_byte(path, '/') + 1));

		text = arena_fmt(rq->arena, STR_FMT "%s" STR_FMT, STR_ARG(text), text.len ? ", " : "", STR_ARG(name));
	}
	return text;
}

int intel_show_retro(const struct request *rq, struct view *v, struct err *e)
{
	struct retro_list list;
	bool any_open = false;
	int rc = retro_list(rq->db, actor_scope(&rq->actor), rq->arena, &list, e);

	if (rc)
		return rc;
	view_list(v, "runs");
	view_i64(v, "days", RETRO_DAYS_USUAL);
	for (uint32_t i = 0; i < list.count; i++) {
		const struct retro *r = &list.runs[i];
		struct view *row = view_item(v, "runs");

		any_open = any_open || retro_is_open(r);
		view_i64(row, "run_id", r->id);
		view_bool(row, "run_open", retro_is_open(r));
		view_text(row, "lists_text", lists_text(rq, r));
		show_run_state(row, r->state);
		view_text(row, "from_text", show_day(rq, r->from));
		view_text(row, "until_text", show_day(rq, r->until));
		view_text(row, "cut_text", r->looked_until ? show_time_text(rq, r->looked_until) : STR(""));
		view_i64(row, "progress", r->progress);
		view_i64(row, "events", r->events);
		view_i64(row, "hits", r->hits);
		view_i64(row, "alerts", r->alerts);
		view_text(row, "by", r->user_id ? r->user_name : STR(""));
		if (r->failure.len)
			view_word(row, "run_failure", r->failure.ptr);
		show_time(rq, row, r->created_at);
	}
	view_bool(v, "runs_open", any_open);
	view_bool(v, "runs_any", list.count > 0);
	return 0;
}

static int read_days(const struct request *rq, uint32_t *ret, struct err *e)
{
	str text = request_form(rq, STR("days"));
	int64_t days;
	int rc;

	if (str_to_i64(text, &days) && days >= 1 && days <= (int64_t)RETRO_DAYS_MAX) {
		*ret = (uint32_t)days;
		return 0;
	}
	rc = err_set_value(e, ERR_RANGE, "err.retro.days", text);
	err_path(e, STR("days"));
	return rc;
}

static int start_post(struct request *rq, struct response *rs, struct err *e)
{
	struct retro_new new = {.now = rq->now};
	int64_t id;
	int rc = read_days(rq, &new.days, e);

	if (rc || (rc = db_begin(rq->db, e)))
		return rc;
	if ((rc = db_end(rq->db, retro_start(rq->db, &rq->actor, &new, &id, e), e)))
		return rc;
	response_redirect(rs, STR("/indicators#retro"));
	return 0;
}

static int cancel_post(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	if (rc || (rc = db_begin(rq->db, e)))
		return rc;
	if ((rc = db_end(rq->db, retro_cancel(rq->db, &rq->actor, id, rq->now, e), e)))
		return rc;
	response_redirect(rs, STR("/indicators#retro"));
	return 0;
}

const struct route retro_web_routes[] = {
	{.method = "POST", .pattern = "/indicators/retro", .permission = PERM_RULE_WRITE, .handler = start_post},
	{.method = "POST",
	 .pattern = "/indicators/retro/{id}/cancel",
	 .permission = PERM_RULE_WRITE,
	 .handler = cancel_post},
	{0},
};
