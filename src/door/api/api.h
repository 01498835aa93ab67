/* api: the route tables of door/api; each ends with a zeroed row. app/routes.c lists them. */
#ifndef DOOR_API_API_H
#define DOOR_API_API_H

#include "door/http/http.h"

extern const struct route guard_api_routes[];
extern const struct route health_routes[];
extern const struct route openapi_routes[];
extern const struct route portfolio_api_routes[];
extern const struct route law_api_routes[];
extern const struct route content_api_routes[]; /* frameworks, lenses, corrections */
extern const struct route events_api_routes[];
extern const struct route packs_api_routes[];
extern const struct route rules_api_routes[];
extern const struct route tuning_api_routes[]; /* filters, backtests */
extern const struct route alerts_api_routes[];
extern const struct route alert_context_api_routes[]; /* what a correlation or an indicator adds to an alert */
extern const struct route incidents_api_routes[];
extern const struct route evidence_api_routes[];
extern const struct route exchange_api_routes[];  /* the portfolio as files */
extern const struct route ability_api_routes[];   /* procedures, providers' reports, who can do what */
extern const struct route evaluate_api_routes[];  /* rounds */
extern const struct route snapshots_api_routes[]; /* and comparison */
extern const struct route actions_api_routes[];
extern const struct route measures_api_routes[]; /* what is counted per service */

#endif
