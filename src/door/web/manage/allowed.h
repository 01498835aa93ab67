/* allowed: what the action policies in force allow, for the page of an incident. */
#ifndef DOOR_WEB_MANAGE_ALLOWED_H
#define DOOR_WEB_MANAGE_ALLOWED_H

#include "craft/view/view.h"
#include "door/http/http.h"

/* allowed_actions list of { name, decider, remark text, minutes i64, is_consent bool }, policy_number text. `state` is
 * the incident's. */
int manage_put_allowed(const struct request *rq, struct view *v, str state, unsigned severity,
		       struct err *e) MUST_CHECK;

#endif
