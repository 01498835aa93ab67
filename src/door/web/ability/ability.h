/* ability: what the pages about procedures, people and providers share. */
#ifndef DOOR_WEB_ABILITY_H
#define DOOR_WEB_ABILITY_H

#include "centre/procedure/procedure.h"
#include "door/web/evaluate/evaluate_text.h"

/* The list `name` of { id, name, url } out of "B-1 B-3". */
void ability_put_services(const struct request *rq, struct view *v, const char *name, str services);
/* The form's field "services", checked against the catalogue. */
int ability_form_services(struct request *rq, str *ret, struct err *e) MUST_CHECK;

/* Days that belong to a document, not to a reader's zone (contracts): kept as the day's first moment in UTC. */
str ability_day_text(const struct request *rq, time_us day); /* "" when 0 */
int ability_form_day(const struct request *rq, const char *field, time_us *ret, struct err *e) MUST_CHECK;
/* A whole number from 0; `fallback` when the field is empty. ERR_RANGE. */
int ability_form_number(const struct request *rq, const char *field, int64_t fallback, int64_t *ret,
			struct err *e) MUST_CHECK;
/* Shows why a form was refused: in `notice`; 0, or the error itself when a person cannot mend it. NULL: nothing. */
int ability_refused(struct request *rq, struct response *rs, struct view *v, const struct err *why,
		    struct err *e) MUST_CHECK;
/* `notice` out of ?done=<word>: words key "<prefix>.done.<word>". */
void ability_put_done(const struct request *rq, struct view *v, const char *prefix);

#endif
