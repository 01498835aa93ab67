/* The calendar: month, week and list of what is due. */
#include "base/check.h"
#include "door/web/manage/manage_text.h"
#include "door/web/web.h"

#define CELL_ITEMS 4 /* shown in one day of the month */
#define LIST_DAYS 30

struct calendar_page {
	struct request *rq;
	struct view *v;
	str view; /* "month", "week", "list" */
	day_t at; /* a day inside of it */
	day_t from, to;
	bool is_mine;
};

static void set_range(struct calendar_page *p)
{
	struct day_parts d = day_split(p->at);

	if (str_eq(p->view, STR("list"))) {
		p->from = p->at;
		p->to = p->at + LIST_DAYS - 1;
		return;
	}
	p->from = p->at;
	if (str_eq(p->view, STR("month"))) {
		p->from = day_of(d.year, d.month, 1);
		p->to = p->from + day_month_length(d.year, d.month) - 1;
		p->to += 6 - day_split(p->to).weekday;
	} else {
		p->to = p->at + 6 - d.weekday;
	}
	p->from -= day_split(p->from).weekday;
}

static str link_to(const struct calendar_page *p, str view, day_t day, bool mine)
{
	str date = manage_day(p->rq, day);

	return arena_fmt(p->rq->arena, "/calendar?view=" STR_FMT "&day=" STR_FMT "%s", STR_ARG(view), STR_ARG(date),
			 mine ? "&who=me" : "");
}

static day_t step(const struct calendar_page *p, int way)
{
	struct day_parts d = day_split(p->at);
	int month;

	if (str_eq(p->view, STR("list")))
		return p->at + way * LIST_DAYS;
	if (!str_eq(p->view, STR("month")))
		return p->at + way * 7;
	month = d.year * 12 + d.month - 1 + way;
	if (month / 12 < DAY_YEAR_MIN + 1 || month / 12 > DAY_YEAR_MAX - 1)
		return p->at;
	return day_of(month / 12, month % 12 + 1, 1);
}

static void put_links(struct calendar_page *p)
{
	static const char *const views[] = {"month", "week", "list"};
	struct view *v = p->v;

	view_list(v, "views");
	for (size_t i = 0; i < COUNT_OF(views); i++) {
		struct view *row = view_item(v, "views");

		view_word(row, "label", show_word_key(p->rq, "manage.view.", views[i]).ptr);
		view_text(row, "url", link_to(p, str_of(views[i]), p->at, p->is_mine));
		view_bool(row, "current", str_eq(p->view, str_of(views[i])));
	}
	view_text(v, "earlier_url", link_to(p, p->view, step(p, -1), p->is_mine));
	view_text(v, "later_url", link_to(p, p->view, step(p, 1), p->is_mine));
	view_text(v, "today_url", link_to(p, p->view, manage_today(p->rq), p->is_mine));
	view_text(v, "mine_url", link_to(p, p->view, p->at, true));
	view_text(v, "all_url", link_to(p, p->view, p->at, false));
	view_bool(v, "is_mine", p->is_mine);
}

static void put_cell(const struct calendar_page *p, struct view *week, day_t day, const struct due_list *list)
{
	struct view *cell = view_item(week, "days");
	str holiday = holiday_name(p->rq->services->holidays, day, p->rq->lang);
	int weekday = day_split(day).weekday, shown = 0, more = 0;
	bool other = str_eq(p->view, STR("month")) && day_split(day).month != day_split(p->at).month;

	view_i64(cell, "number", day_split(day).day);
	view_text(cell, "date", manage_day(p->rq, day));
	view_text(cell, "holiday", holiday.ptr ? holiday : STR(""));
	view_text(cell, "class",
		  str_of(day == manage_today(p->rq)    ? "today"
			 : other                       ? "other"
			 : holiday.ptr || weekday == 0 ? "holiday"
			 : weekday == 6                ? "saturday"
						       : "plain"));
	view_bool(cell, "is_today", day == manage_today(p->rq));
	view_list(cell, "items");
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->items[i].day != day)
			continue;
		if (shown++ < CELL_ITEMS || str_eq(p->view, STR("week")))
			manage_put_due(p->rq, view_item(cell, "items"), &list->items[i]);
		else
			more++;
	}
	view_i64(cell, "more", more);
	view_text(cell, "more_url", link_to(p, STR("list"), day, p->is_mine));
}

static void put_grid(const struct calendar_page *p, const struct due_list *list)
{
	view_list(p->v, "weeks");
	for (day_t monday = p->from; monday <= p->to; monday += 7) {
		struct view *week = view_item(p->v, "weeks");

		view_list(week, "days");
		for (int i = 0; i < 7; i++)
			put_cell(p, week, monday + i, list);
	}
	view_list(p->v, "weekdays");
	for (int i = 0; i < 7; i++)
		view_word(view_item(p->v, "weekdays"), "name", arena_fmt(p->rq->arena, "manage.weekday.%d", i).ptr);
}

static int put_counts(const struct calendar_page *p, struct err *e)
{
	static const char *const labels[] = {"manage.due.missed", "manage.today", "manage.this_week", "manage.due.done",
					     "manage.due.skipped"};
	struct due_counts c;
	int rc = due_count(p->rq->db, actor_scope(&p->rq->actor), manage_today(p->rq) - 365, p->rq->now, &c, e);
	const int64_t values[] = {c.missed, c.today, c.week, c.done, c.skipped};

	if (rc)
		return rc;
	view_list(p->v, "kpis");
	for (size_t i = 0; i < COUNT_OF(labels); i++) {
		struct view *kpi = view_item(p->v, "kpis");

		view_word(kpi, "label", labels[i]);
		view_i64(kpi, "value", values[i]);
		view_text(kpi, "unit", STR(""));
		view_text(kpi, "detail", STR(""));
		view_text(kpi, "url", i ? STR("") : STR("/calendar?view=missed"));
	}
	return 0;
}

static int put_rows(const struct calendar_page *p, bool missed, struct err *e)
{
	struct due_query q = {.from = p->from,
			      .to = p->to,
			      .owner_id = p->is_mine ? p->rq->actor.user_id : TASK_ANYBODY,
			      .planned = true,
			      .now = p->rq->now,
			      .holidays = p->rq->services->holidays};
	struct scope scope = actor_scope(&p->rq->actor);
	struct due_list list;
	int rc = missed ? due_missed(p->rq->db, scope, &q, p->rq->arena, &list, e)
			: due_list(p->rq->db, scope, &q, p->rq->arena, &list, e);

	if (rc)
		return rc;
	view_bool(p->v, "is_cut", list.is_cut);
	view_bool(p->v, "is_grid", !missed && !str_eq(p->view, STR("list")));
	if (!missed && !str_eq(p->view, STR("list"))) {
		put_grid(p, &list);
		return 0;
	}
	view_list(p->v, "rows");
	for (uint32_t i = 0; i < list.count; i++)
		manage_put_due(p->rq, view_item(p->v, "rows"), &list.items[i]);
	return 0;
}

static int calendar_get(struct request *rq, struct response *rs, struct err *e)
{
	struct calendar_page p = {.rq = rq,
				  .v = view_create(rq->arena),
				  .view = request_query(rq, STR("view")),
				  .is_mine = str_eq(request_query(rq, STR("who")), STR("me"))};
	bool missed = str_eq(p.view, STR("missed"));
	int rc = manage_day_read(request_query(rq, STR("day")), "day", manage_today(rq), &p.at, e);

	if (rc)
		return rc;
	if (day_split(p.at).year <= DAY_YEAR_MIN || day_split(p.at).year >= DAY_YEAR_MAX)
		p.at = manage_today(rq);
	if (!str_eq(p.view, STR("week")) && !str_eq(p.view, STR("list")))
		p.view = STR("month");
	set_range(&p);
	put_links(&p);
	view_text(p.v, "title_range",
		  str_eq(p.view, STR("month"))
			  ? str_sub(manage_day(rq, p.at), 0, 7)
			  : arena_fmt(rq->arena, STR_FMT " – " STR_FMT, STR_ARG(manage_day(rq, p.from)),
				      STR_ARG(manage_day(rq, p.to))));
	view_bool(p.v, "is_missed_view", missed);
	view_bool(p.v, "not_covered", !holidays_cover(rq->services->holidays, p.to));
	if ((rc = put_counts(&p, e)) || (rc = put_rows(&p, missed, e)))
		return rc;
	return response_page(rq, rs, STR("manage/calendar"), p.v, e);
}

const struct route calendar_web_routes[] = {
	{.method = "GET", .pattern = "/calendar", .permission = PERM_WORK_READ, .handler = calendar_get},
	{0},
};
