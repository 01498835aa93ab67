/* Parts of an alert's page that stand in files of their own. */
#ifndef DOOR_WEB_RIVER_ALERT_PARTS_H
#define DOOR_WEB_RIVER_ALERT_PARTS_H

#include "door/web/show.h"

/* What to mark in the raw event beside what rules say: the field in which an indicator stands, the values by which a
 * correlation groups. */
struct alert_marks {
	str field;
	str group; /* JSON [["field","value"], …], or empty */
};

/* The maps "correlation" and "indicator", when the alert is one's. */
int show_matches(struct request *rq, struct view *v, const struct alert *al, struct alert_marks *marks,
		 struct err *e) MUST_CHECK;
int show_indicator(struct request *rq, struct view *v, const struct alert *al, struct alert_marks *marks,
		   struct err *e) MUST_CHECK;
/* Adds to the `count` marks that are there; returns how many there are. */
uint32_t show_more_marks(const struct request *rq, const struct explanation *x, const struct alert_marks *marks,
			 str out[EXPLAIN_REASONS_MAX], uint32_t count);

#endif
