/* Tasks of the calendar: the list with proposals, one task with its days, closing a day. */
#include "base/check.h"
#include "base/utf8.h"
#include "door/web/manage/manage_text.h"
#include "door/web/web.h"
#include "guard/user.h"

#define UPLOAD_MAX (16u << 20) /* a file that proves a day's work */
#define BLOB_NAME_MAX 255u
#define PAST_DAYS 400
#define AHEAD_DAYS 31

/* "every month, day 10 (next business day)" in words. */
static str rule_text(const struct request *rq, const struct task *t)
{
	str every = words_get(rq->lang, show_word_key(rq, "calendar.every.", recur_every_name(t->rule.every)));
	str shift = words_get(rq->lang, show_word_key(rq, "calendar.shift.", recur_shift_name(t->rule.shift)));

	switch (t->rule.every) {
	case EVERY_WEEK:
		return arena_fmt(
			rq->arena, STR_FMT " (" STR_FMT ")", STR_ARG(every),
			STR_ARG(words_get(rq->lang, arena_fmt(rq->arena, "manage.weekday.%d", t->rule.weekday))));
	case EVERY_MONTH:
		return arena_fmt(rq->arena, STR_FMT " %d · " STR_FMT, STR_ARG(every), t->rule.day, STR_ARG(shift));
	case EVERY_QUARTER:
	case EVERY_HALF_YEAR:
	case EVERY_YEAR:
		return arena_fmt(rq->arena, STR_FMT " %02d-%02d · " STR_FMT, STR_ARG(every), t->rule.month, t->rule.day,
				 STR_ARG(shift));
	case EVERY_ONCE:
		return arena_fmt(rq->arena, STR_FMT " " STR_FMT, STR_ARG(every),
				 STR_ARG(manage_day(rq, t->rule.start)));
	default:
		return every;
	}
}

static void put_choices(const struct request *rq, struct view *v, const struct task *t)
{
	view_list(v, "everys");
	for (unsigned i = 0; i < EVERY_COUNT; i++)
		manage_put_name(rq, v, "everys",
				&(struct name_choice){"calendar.every.", recur_every_name(i), t->rule.every == i});
	view_list(v, "shifts");
	for (unsigned i = 0; i < SHIFT_COUNT; i++)
		manage_put_name(rq, v, "shifts",
				&(struct name_choice){"calendar.shift.", recur_shift_name(i), t->rule.shift == i});
	view_list(v, "weekdays");
	for (int i = 0; i < 7; i++)
		evaluate_put_choice(v, "weekdays", arena_fmt(rq->arena, "%d", i),
				    words_get(rq->lang, arena_fmt(rq->arena, "manage.weekday.%d", i)),
				    t->rule.weekday == i);
}

static int put_form(const struct request *rq, struct view *v, const struct task *t, struct err *e)
{
	put_choices(rq, v, t);
	manage_put_services(rq, v, "services", t->service);
	view_text(v, "task_title", t->title);
	view_i64(v, "month_day", t->rule.day);
	view_i64(v, "month", t->rule.month);
	view_text(v, "start", manage_day(rq, t->rule.start));
	view_text(v, "until", t->rule.end == DAY_NONE ? STR("") : manage_day(rq, t->rule.end));
	view_fmt(v, "due_time", "%02d:%02d", t->due_min / 60, t->due_min % 60);
	view_i64(v, "minutes", t->minutes);
	view_bool(v, "needs_note", t->needs_note);
	view_bool(v, "is_active", t->is_active);
	view_i64(v, "version", t->version);
	view_i64(v, "id", t->id);
	return manage_put_people(rq, v, "people", t->owner_id, e);
}

static void put_proposals(const struct request *rq, struct view *v, const struct task_list *list)
{
	const struct task_proposals *p = rq->services->proposals;
	int64_t open = 0;

	view_list(v, "proposals");
	for (uint32_t i = 0; i < p->count; i++) {
		const struct task_proposal *one = &p->items[i];
		struct task as_task = {.rule = one->rule};
		struct view *row;
		bool taken = false;

		for (uint32_t k = 0; k < list->count && !taken; k++)
			taken = str_eq(list->items[k].proposal, one->id);
		if (taken)
			continue;
		open++;
		row = view_item(v, "proposals");
		view_text(row, "id", one->id);
		view_text(row, "service", one->service);
		view_text(row, "title", one->title[rq->lang]);
		view_text(row, "rule", rule_text(rq, &as_task));
		view_i64(row, "minutes", one->minutes);
	}
	view_i64(v, "proposal_count", open);
}

static void put_uncovered(const struct request *rq, struct view *v, const struct task_list *list)
{
	const struct framework *fw = evaluate_framework(rq);
	int64_t count = 0;

	view_list(v, "uncovered");
	for (uint32_t i = 0; i < fw->service_count; i++) {
		bool covered = false;
		struct view *row;

		for (uint32_t k = 0; k < list->count && !covered; k++)
			covered = list->items[k].is_active && str_eq(list->items[k].service, fw->services[i].id);
		if (covered)
			continue;
		count++;
		row = view_item(v, "uncovered");
		view_text(row, "service", fw->services[i].id);
		view_text(row, "name", fw->services[i].name.text.by_lang[rq->lang]);
	}
	view_i64(v, "uncovered_count", count);
}

static int list_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct task fresh = {.rule = {.every = EVERY_MONTH,
				      .weekday = 1,
				      .day = 1,
				      .month = 4,
				      .shift = SHIFT_NEXT,
				      .start = manage_today(rq),
				      .end = DAY_NONE},
			     .due_min = TASK_DAY_END,
			     .owner_id = rq->actor.user_id,
			     .is_active = true};
	struct task_list list;
	int rc;

	if ((rc = task_list(rq->db, actor_scope(&rq->actor), rq->arena, &list, e)) || (rc = put_form(rq, v, &fresh, e)))
		return rc;
	view_list(v, "tasks");
	for (uint32_t i = 0; i < list.count; i++) {
		const struct task *t = &list.items[i];
		struct view *row = view_item(v, "tasks");

		view_text(row, "url", arena_fmt(rq->arena, "/calendar/tasks/%lld", (long long)t->id));
		view_text(row, "title", t->title);
		view_text(row, "service", t->service);
		view_text(row, "rule", rule_text(rq, t));
		view_text(row, "owner", t->owner_name.len ? t->owner_name : STR("—"));
		view_bool(row, "is_off", !t->is_active);
	}
	view_i64(v, "task_count", list.count);
	put_proposals(rq, v, &list);
	put_uncovered(rq, v, &list);
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("manage/tasks"), v, e);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	return list_page(rq, rs, NULL, e);
}

/* ---- the form ---- */

static int read_choice(const struct request *rq, struct task *t, struct err *e)
{
	str every = request_form(rq, STR("every")), shift = request_form(rq, STR("shift"));
	int rc = 0;

	if (!recur_every_parse(every, &t->rule.every))
		rc = err_set_value(e, ERR_RANGE, "err.evaluate.form", every);
	else if (!recur_shift_parse(shift.len ? shift : STR("none"), &t->rule.shift))
		rc = err_set_value(e, ERR_RANGE, "err.evaluate.form", shift);
	return rc;
}

/* The person's name is what the account says. */
static int read_owner(struct request *rq, struct task *t, struct err *e)
{
	struct user user;
	int rc = evaluate_form_id(rq, "owner", &t->owner_id, e);

	t->owner_name = STR("");
	if (rc || !t->owner_id)
		return rc;
	if ((rc = user_get_below(rq->db, &rq->actor, t->owner_id, &user, e)))
		return rc;
	t->owner_name = arena_str(rq->arena, str_of(user.display_name));
	return 0;
}

static int read_form(struct request *rq, struct task *t, struct err *e)
{
	int64_t weekday, day, month, minutes;
	int rc;

	t->title = request_form(rq, STR("title"));
	t->service = request_form(rq, STR("service"));
	t->needs_note = request_form(rq, STR("needs_note")).len != 0;
	if ((rc = read_choice(rq, t, e)) || (rc = manage_number(rq, "weekday", 6, &weekday, e)) ||
	    (rc = manage_number(rq, "month_day", RECUR_LAST_DAY, &day, e)) ||
	    (rc = manage_number(rq, "month", 12, &month, e)) ||
	    (rc = manage_number(rq, "minutes", TASK_MINUTES_MAX, &minutes, e)) ||
	    (rc = manage_day_read(request_form(rq, STR("start")), "start", manage_today(rq), &t->rule.start, e)) ||
	    (rc = manage_day_read(request_form(rq, STR("until")), "until", DAY_NONE, &t->rule.end, e)) ||
	    (rc = manage_time_read(rq, "due_time", TASK_DAY_END, &t->due_min, e)))
		return rc;
	t->rule.weekday = (int)weekday;
	t->rule.day = day ? (int)day : 1;
	t->rule.month = month ? (int)month : 1;
	t->minutes = (int)minutes;
	return read_owner(rq, t, e);
}

static int create_post(struct request *rq, struct response *rs, struct err *e)
{
	struct task_house house = manage_house(rq);
	struct task t = {.is_active = true};
	struct err why = {0};
	int64_t id;

	if (read_form(rq, &t, &why) || task_save(rq->db, &rq->actor, &house, &t, &id, &why))
		return list_page(rq, rs, &why, e);
	response_redirect(rs, STR("/calendar/tasks"));
	return 0;
}

static int adopt_post(struct request *rq, struct response *rs, struct err *e)
{
	const struct task_proposals *p = rq->services->proposals;
	struct task_house house = manage_house(rq);
	uint32_t chosen[TASK_PROPOSALS_MAX], count = 0, made;
	bool all = request_form(rq, STR("all")).len != 0;
	struct err why = {0};
	size_t at = 0;
	str id;

	while (!all && count < COUNT_OF(chosen) && request_form_each(rq, STR("proposal"), &at, &id))
		for (uint32_t i = 0; i < p->count; i++)
			if (str_eq(p->items[i].id, id))
				chosen[count++] = i;
	for (uint32_t i = 0; all && i < p->count; i++)
		chosen[count++] = i;
	if (task_adopt(rq->db, &rq->actor, &house,
		       &(struct task_adopt){.proposals = p, .chosen = chosen, .count = count, .lang = rq->lang}, &made,
		       &why))
		return list_page(rq, rs, &why, e);
	response_redirect(rs, STR("/calendar/tasks"));
	return 0;
}

/* ---- one task ---- */

static int put_days(const struct request *rq, struct view *v, const struct task *t, struct err *e)
{
	struct due_query q = {.from = manage_today(rq) - PAST_DAYS,
			      .to = manage_today(rq) + AHEAD_DAYS,
			      .owner_id = TASK_ANYBODY,
			      .task_id = t->id,
			      .now = rq->now};
	day_t chosen;
	struct due_list list;
	int rc;

	if ((rc = manage_day_read(request_query(rq, STR("day")), "day", DAY_NONE, &chosen, e)) ||
	    (rc = due_list(rq->db, actor_scope(&rq->actor), &q, rq->arena, &list, e)))
		return rc;
	view_list(v, "days");
	view_list(v, "close_days");
	for (uint32_t i = list.count; i-- > 0;) {
		struct view *row = view_item(v, "days");
		const struct due *d = &list.items[i];

		manage_put_due(rq, row, d);
		view_text(row, "closed", d->closed_at ? show_time_text(rq, d->closed_at) : STR(""));
		view_text(row, "blob_name", d->blob_name);
		view_text(row, "blob_url",
			  d->blob.len ? arena_fmt(rq->arena, "/calendar/tasks/%lld/file?day=" STR_FMT, (long long)t->id,
						  STR_ARG(manage_day(rq, d->day)))
				      : STR(""));
	}
	/* What can be closed: the oldest first, as work is done. */
	for (uint32_t i = 0; i < list.count; i++)
		if (list.items[i].state == DUE_OPEN)
			evaluate_put_choice(v, "close_days", manage_day(rq, list.items[i].day),
					    manage_day(rq, list.items[i].day), list.items[i].day == chosen);
	return 0;
}

static int task_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct task t;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = task_load(rq->db, actor_scope(&rq->actor), id, rq->arena, &t, e)) || (rc = put_form(rq, v, &t, e)) ||
	    (rc = put_days(rq, v, &t, e)))
		return rc;
	view_text(v, "rule", rule_text(rq, &t));
	view_text(v, "owner", t.owner_name.len ? t.owner_name : STR("—"));
	view_text(v, "service", t.service);
	view_text(v, "service_name", show_service_name(rq, t.service));
	view_text(v, "changed_by", t.changed_by);
	view_text(v, "changed", show_time_text(rq, t.changed_at));
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("manage/task"), v, e);
}

static int task_get(struct request *rq, struct response *rs, struct err *e)
{
	return task_page(rq, rs, NULL, e);
}

static int task_post(struct request *rq, struct response *rs, struct err *e)
{
	struct task_house house = manage_house(rq);
	struct err why = {0};
	struct task t;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = task_load(rq->db, actor_scope(&rq->actor), id, rq->arena, &t, e)))
		return rc;
	if (show_version(rq, &t.version, &why) || read_form(rq, &t, &why))
		return task_page(rq, rs, &why, e);
	t.is_active = request_form(rq, STR("is_active")).len != 0;
	if (task_save(rq->db, &rq->actor, &house, &t, &id, &why))
		return task_page(rq, rs, &why, e);
	response_redirect(rs, arena_fmt(rq->arena, "/calendar/tasks/%lld", (long long)id));
	return 0;
}

static int day_post(struct request *rq, struct response *rs, struct err *e)
{
	str state = request_form(rq, STR("state"));
	struct due_close c = {.note = request_form(rq, STR("note")), .now = rq->now};
	struct err why = {0};
	struct http_file file;
	struct blob blob;
	struct task t;
	int64_t minutes;
	int rc;

	if ((rc = request_param_i64(rq, 0, &c.task_id, e)) ||
	    (rc = task_load(rq->db, actor_scope(&rq->actor), c.task_id, rq->arena, &t, e)))
		return rc;
	if (!due_state_parse(state, &c.state) || c.state == DUE_OPEN) {
		(void)err_set_value(&why, ERR_RANGE, "err.evaluate.form", state);
		return task_page(rq, rs, &why, e);
	}
	if (manage_day_read(request_form(rq, STR("day")), "day", manage_today(rq), &c.day, &why) ||
	    manage_number(rq, "minutes", TASK_MINUTES_MAX, &minutes, &why))
		return task_page(rq, rs, &why, e);
	c.minutes = (int)minutes;
	if (request_file(rq, STR("file"), &file) && file.name.len) {
		if ((rc = blob_put(rq->services->blobs, file.bytes, &blob, e)))
			return rc;
		c.blob = &blob;
		c.blob_name = utf8_cut(file.name, BLOB_NAME_MAX);
	}
	if (due_close(rq->db, &rq->actor, &c, &why))
		return task_page(rq, rs, &why, e);
	response_redirect(rs, arena_fmt(rq->arena, "/calendar/tasks/%lld", (long long)c.task_id));
	return 0;
}

static int file_get(struct request *rq, struct response *rs, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	struct due due;
	day_t day;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = manage_day_read(request_query(rq, STR("day")), "day", DAY_NONE, &day, e)) ||
	    (rc = due_load(rq->db, scope, id, day, rq->arena, &due, e)))
		return rc;
	if (!due.blob.len)
		return err_set(e, ERR_NOT_FOUND, "err.manage.day");
	if ((rc = blob_ref_find(rq->db, &scope, due.blob, NULL, e)) ||
	    (rc = blob_read(rq->services->blobs, due.blob, &rs->body, e)))
		return rc;
	rs->content_type = STR("application/octet-stream");
	response_attachment(rq, rs, due.blob_name);
	return 0;
}

const struct route calendar_task_web_routes[] = {
	{.method = "GET", .pattern = "/calendar/tasks", .permission = PERM_WORK_READ, .handler = list_get},
	{.method = "POST", .pattern = "/calendar/tasks", .permission = PERM_WORK_WRITE, .handler = create_post},
	{.method = "POST", .pattern = "/calendar/adopt", .permission = PERM_WORK_WRITE, .handler = adopt_post},
	{.method = "GET", .pattern = "/calendar/tasks/{id}", .permission = PERM_WORK_READ, .handler = task_get},
	{.method = "POST", .pattern = "/calendar/tasks/{id}", .permission = PERM_WORK_WRITE, .handler = task_post},
	{.method = "POST",
	 .pattern = "/calendar/tasks/{id}/day",
	 .permission = PERM_WORK_WRITE,
	 .handler = day_post,
	 .body_max = UPLOAD_MAX},
	{.method = "GET", .pattern = "/calendar/tasks/{id}/file", .permission = PERM_WORK_READ, .handler = file_get},
	{0},
};
