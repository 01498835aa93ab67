/* manage_text: what the pages of the second process share. Only for door/web/manage. */
#ifndef DOOR_WEB_MANAGE_TEXT_H
#define DOOR_WEB_MANAGE_TEXT_H

#include "centre/manage/manage.h"
#include "door/web/evaluate/evaluate_text.h"

struct task_house manage_house(const struct request *rq);
day_t manage_today(const struct request *rq);        /* in the reader's zone */
str manage_day(const struct request *rq, day_t day); /* "2026-11-21" */
/* "2026-11-21" of a form or a query; `fallback` when empty. ERR_RANGE with path = field. */
int manage_day_read(str text, const char *field, day_t fallback, day_t *ret, struct err *e) MUST_CHECK;
/* "17:30" of a form as minutes of the day; `fallback` when empty. ERR_RANGE with path = field. */
int manage_time_read(const struct request *rq, const char *field, int fallback, int *ret, struct err *e) MUST_CHECK;
/* A whole number of a form in [0, most]; 0 when empty. ERR_RANGE. */
int manage_number(const struct request *rq, const char *field, int64_t most, int64_t *ret, struct err *e) MUST_CHECK;
/* Lists of choices {value, label, selected}: services of the framework; active people. */
void manage_put_services(const struct request *rq, struct view *v, const char *list, str chosen);
int manage_put_people(const struct request *rq, struct view *v, const char *list, int64_t chosen,
		      struct err *e) MUST_CHECK;
/* One choice with the word "<prefix><name>". */
struct name_choice {
	const char *prefix, *name;
	bool selected;
};
void manage_put_name(const struct request *rq, struct view *v, const char *list, const struct name_choice *choice);
/* task_url, title, service, owner, state_class, state_word, day, due, … of a due day. */
void manage_put_due(const struct request *rq, struct view *row, const struct due *d);

#endif
