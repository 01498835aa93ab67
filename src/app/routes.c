/* Every route table of the doors: what dispatches, what OpenAPI tells and what the permission test walks. */
#include "app/house.h"

#include "door/api/api.h"

const struct route *const house_routes[] = {
	health_routes,
	openapi_routes,
	portfolio_api_routes,
	NULL,
};
