#ifndef FLOW_ALERT_INTERNAL_H
#define FLOW_ALERT_INTERNAL_H

#include "flow/alert/alert.h"

/* The present row of a statement that selects the columns of alert_get. ERR_LIMIT when the arena is spent. */
int alert_row(struct stmt *st, struct arena *a, struct alert *ret, struct err *e) MUST_CHECK;

#endif
