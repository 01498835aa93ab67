/* people: what people.c and people_form.c share. */
#ifndef DOOR_WEB_ABILITY_PEOPLE_H
#define DOOR_WEB_ABILITY_PEOPLE_H

#include "centre/people/people.h"
#include "door/http/http.h"

int people_page(struct request *rq, struct response *rs, const struct err *why, struct err *e) MUST_CHECK;
/* The values of the page's forms. */
int people_put_forms(struct request *rq, struct view *v, const struct people *p, const struct skill_list *skills,
		     struct err *e) MUST_CHECK;

#endif
