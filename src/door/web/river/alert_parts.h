/* Parts of an alert's page that stand in files of their own. */
#ifndef DOOR_WEB_RIVER_ALERT_PARTS_H
#define DOOR_WEB_RIVER_ALERT_PARTS_H

#include "door/web/show.h"

/* The map "correlation", when the alert is one's. */
int show_matches(struct request *rq, struct view *v, const struct alert *al, struct err *e) MUST_CHECK;

/* The map "indicator", when the alert is one's; *ret_field is the event's field in which it stands, empty otherwise. */
int show_indicator(struct request *rq, struct view *v, const struct alert *al, str *ret_field,
		   struct err *e) MUST_CHECK;

#endif
