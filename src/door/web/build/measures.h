/* measures: what is counted, on a page of its own and on the page of each service. */
#ifndef DOOR_WEB_BUILD_MEASURES_H
#define DOOR_WEB_BUILD_MEASURES_H

#include "door/http/http.h"

/* "measure_count" and the list "measures" of part/measures: those of one service, or all with STR_NONE. */
int measures_put(struct request *rq, struct view *v, str service, struct err *e) MUST_CHECK;

#endif
