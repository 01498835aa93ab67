/* river_counts: what is open in the river, for pages of the centre: the two wings' headers do not meet in one file. */
#ifndef DOOR_WEB_MANAGE_RIVER_COUNTS_H
#define DOOR_WEB_MANAGE_RIVER_COUNTS_H

#include "door/http/http.h"

struct river_counts {
	int64_t alerts, unassigned, incidents;
};
/* Zero for what the reader may not see. */
int river_counts(struct request *rq, struct river_counts *ret, struct err *e) MUST_CHECK;

/* Appends a line of text for each open incident and each open alert of the two highest levels, the most pressing first,
 * RIVER_OPEN_MAX of either; nothing of what the reader may not see. */
#define RIVER_OPEN_MAX 8u
int river_open_add(struct request *rq, struct buf *out, struct err *e) MUST_CHECK;

#endif
