#include "door/web/manage/manage_text.h"

#include "base/check.h"
#include "guard/user.h"

struct task_house manage_house(const struct request *rq)
{
	return (struct task_house){
		.framework = evaluate_framework(rq), .holidays = rq->services->holidays, .now = rq->now};
}

day_t manage_today(const struct request *rq)
{
	const char *zone;

	return day_at(rq->now, show_zone(rq, &zone));
}

str manage_day(const struct request *rq, day_t day)
{
	char text[DAY_TEXT_MAX];

	day_format(day, text);
	return arena_str(rq->arena, str_of(text));
}

int manage_day_read(str text, const char *field, day_t fallback, day_t *ret, struct err *e)
{
	int rc;

	*ret = fallback;
	if (!text.len || day_parse(text, ret))
		return 0;
	rc = err_set_value(e, ERR_RANGE, "err.manage.date", text);
	err_path(e, str_of(field));
	return rc;
}

int manage_time_read(const struct request *rq, const char *field, int fallback, int *ret, struct err *e)
{
	str text = request_form(rq, str_of(field));
	int64_t hour, minute;
	int rc;

	*ret = fallback;
	if (!text.len)
		return 0;
	if (text.len >= 5 && text.ptr[2] == ':' && str_to_i64(str_sub(text, 0, 2), &hour) &&
	    str_to_i64(str_sub(text, 3, 2), &minute) && hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59) {
		*ret = (int)(hour * 60 + minute);
		return 0;
	}
	rc = err_set_value(e, ERR_RANGE, "err.manage.time", text);
	err_path(e, str_of(field));
	return rc;
}

int manage_number(const struct request *rq, const char *field, int64_t most, int64_t *ret, struct err *e)
{
	str text = request_form(rq, str_of(field));
	int rc;

	*ret = 0;
	if (!text.len || (str_to_i64(text, ret) && *ret >= 0 && *ret <= most))
		return 0;
	rc = err_set_value(e, ERR_RANGE, "err.manage.number", text);
	err_path(e, str_of(field));
	if (e)
		err_expected(e, arena_fmt(rq->arena, "0–%lld", (long long)most));
	return rc;
}

void manage_put_services(const struct request *rq, struct view *v, const char *list, str chosen)
{
	const struct framework *fw = evaluate_framework(rq);

	view_list(v, list);
	for (uint32_t i = 0; i < fw->service_count; i++) {
		const struct fw_service *s = &fw->services[i];

		evaluate_put_choice(v, list, s->id,
				    arena_fmt(rq->arena, STR_FMT " " STR_FMT, STR_ARG(s->id),
					      STR_ARG(s->name.text.by_lang[rq->lang])),
				    str_eq(s->id, chosen));
	}
}

struct people {
	const struct request *rq;
	struct view *v;
	const char *list;
	int64_t chosen;
};

static int put_person(void *ctx, const struct user_row *row)
{
	struct people *p = ctx;

	if (row->is_active && row->tenant_id == p->rq->actor.tenant_id)
		evaluate_put_choice(p->v, p->list, arena_fmt(p->rq->arena, "%lld", (long long)row->id),
				    arena_str(p->rq->arena, row->display_name), row->id == p->chosen);
	return 0;
}

int manage_put_people(const struct request *rq, struct view *v, const char *list, int64_t chosen, struct err *e)
{
	struct people p = {rq, v, list, chosen};

	view_list(v, list);
	return user_each(rq->db, &rq->actor, put_person, &p, e);
}

void manage_put_name(const struct request *rq, struct view *v, const char *list, const struct name_choice *choice)
{
	evaluate_put_choice(v, list, str_of(choice->name),
			    words_get(rq->lang, show_word_key(rq, choice->prefix, choice->name)), choice->selected);
}

void manage_put_due(const struct request *rq, struct view *row, const struct due *d)
{
	static const char *const classes[DUE_STATE_COUNT] = {"acc", "good", "line"};
	const char *state = d->is_planned ? "planned" : d->is_missed ? "missed" : due_state_name(d->state);

	view_text(row, "title", d->title);
	view_text(row, "service", d->service);
	view_text(row, "service_name", show_service_name(rq, d->service));
	view_text(row, "owner", d->owner_name.len ? d->owner_name : STR("—"));
	view_text(row, "day", manage_day(rq, d->day));
	view_text(row, "due", d->due_at ? str_sub(show_time_text(rq, d->due_at), 0, 16) : STR("—"));
	view_text(row, "url",
		  arena_fmt(rq->arena, "/calendar/tasks/%lld?day=" STR_FMT, (long long)d->task_id,
			    STR_ARG(manage_day(rq, d->day))));
	view_text(row, "state_class", str_of(d->is_missed ? "err" : d->is_planned ? "line" : classes[d->state]));
	view_word(row, "state_word", show_word_key(rq, "manage.due.", state).ptr);
	view_text(row, "note", d->note);
	view_text(row, "closed_by", actor_may_see_people(&rq->actor) ? d->closed_by : STR(""));
	view_bool(row, "is_missed", d->is_missed);
	view_bool(row, "is_open", d->state == DUE_OPEN && !d->is_planned);
	view_i64(row, "task_id", d->task_id);
}
