#include "door/web/manage/river_counts.h"

#include "flow/incident/incident.h"

int river_counts(struct request *rq, struct river_counts *ret, struct err *e)
{
	struct alert_filter filter = alert_filter_all();
	int64_t states[INCIDENT_STATE_COUNT] = {0};
	struct alert_facets facets = {0};
	struct scope scope = actor_scope(&rq->actor);
	struct river_counts counts = {0};
	int rc = 0;

	filter.open = filter.acknowledged = true;
	if (actor_may(&rq->actor, PERM_ALERT_READ))
		rc = alert_facets(rq->db, scope, &filter, rq->actor.user_id, &facets, e);
	if (!rc && actor_may(&rq->actor, PERM_INCIDENT_READ))
		rc = incident_counts(rq->db, scope, states, e);
	if (rc)
		return rc;
	counts.alerts = facets.total;
	counts.unassigned = facets.nobodys;
	for (int s = 0; s < INCIDENT_STATE_COUNT; s++)
		counts.incidents += s == INCIDENT_CLOSED ? 0 : states[s];
	*ret = counts;
	return 0;
}
