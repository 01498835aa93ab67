/* Parts of an alert's page that stand in files of their own. */
#ifndef DOOR_WEB_RIVER_ALERT_PARTS_H
#define DOOR_WEB_RIVER_ALERT_PARTS_H

#include "door/web/show.h"

/* The map "correlation", when the alert is one's. */
int show_matches(struct request *rq, struct view *v, const struct alert *al, struct err *e) MUST_CHECK;

#endif
