/* now: the first page's own parts. Today's work stands in a file of its own because the two wings, whose headers name
 * different things alike, do not meet in one. */
#ifndef DOOR_WEB_NOW_H
#define DOOR_WEB_NOW_H

#include "door/http/http.h"

/* "2026-11-20 09:31:12 JST"; lives in the request's arena. */
str now_text(const struct request *rq, time_us t);
/* time_iso, time_text: see part/time. */
void now_time(struct view *v, const struct request *rq, time_us t);
/* changes and work: see now/index. */
int now_today(struct request *rq, struct view *v, struct err *e) MUST_CHECK;

/* oncall_levels, is_oncall_gap: see now/index. */
int now_oncall(struct request *rq, struct view *v, struct err *e) MUST_CHECK;

#endif
