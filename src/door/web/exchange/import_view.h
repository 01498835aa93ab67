/* One import as values of web/templates/exchange/plan. Only for exchange.c. */
#ifndef DOOR_WEB_EXCHANGE_IMPORT_VIEW_H
#define DOOR_WEB_EXCHANGE_IMPORT_VIEW_H

#include "centre/exchange/exchange.h"
#include "door/http/http.h"

/* *a holds the plan and lives until the page is rendered. */
void import_view(const struct request *rq, struct view *v, const struct exchange_plan *p, struct arena *a);

#endif
