/* Every route table of the doors: what dispatches, what OpenAPI tells and what the permission test walks. */
#include "app/demo.h"
#include "app/house.h"

#include "door/api/api.h"
#include "door/web/web.h"

const struct route *const house_routes[] = {
	alerts_api_routes,
	alert_context_api_routes,
	events_api_routes,
	evidence_api_routes,
	guard_api_routes,
	health_routes,
	incidents_api_routes,
	openapi_routes,
	portfolio_api_routes,
	content_api_routes,
	alert_list_web_routes,
	alert_web_routes,
	event_web_routes,
	incident_list_web_routes,
	incident_web_routes,
	now_web_routes,
	session_web_routes,
	setup_web_routes,
	settings_web_routes,
	users_web_routes,
	portfolio_web_routes,
	steps_web_routes,
	build_changes_web_routes,
	lens_web_routes,
	content_web_routes,
	demo_routes,
	evaluate_api_routes,
	snapshots_api_routes,
	actions_api_routes,
	evaluate_web_routes,
	evaluate_round_web_routes,
	evaluate_compare_web_routes,
	actions_web_routes,
	calendar_web_routes,
	calendar_task_web_routes,
	calendar_feed_web_routes,
	rules_api_routes,
	rules_web_routes,
	rule_web_routes,
	NULL,
};
