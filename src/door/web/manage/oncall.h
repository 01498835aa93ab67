/* oncall: what the pages of the on-call and contact plan share. Only for door/web/manage. */
#ifndef DOOR_WEB_MANAGE_ONCALL_H
#define DOOR_WEB_MANAGE_ONCALL_H

#include "centre/oncall/oncall.h"
#include "door/web/show.h"

int oncall_plan_of(const struct request *rq, struct oncall_plan *ret, struct err *e) MUST_CHECK;
/* The page, with what went wrong (NULL: nothing). */
int oncall_page(struct request *rq, struct response *rs, const struct err *why, struct err *e) MUST_CHECK;
/* part/oncall's names; *ret_gap: somebody is missing now. */
int oncall_put_now(const struct request *rq, struct view *v, const struct oncall_plan *p, bool *ret_gap,
		   struct err *e) MUST_CHECK;
/* The forms of the page. */
void oncall_put_forms(const struct request *rq, struct view *v, const struct oncall_plan *p);
str oncall_name_of(const struct request *rq, const struct oncall_plan *p, int64_t person_id);
bool oncall_is_stale(const struct request *rq, const struct oncall_contact *c);

#endif
