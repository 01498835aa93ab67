#include "door/web/manage/river_counts.h"

#include "door/web/show.h"
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

static int incidents_add(struct request *rq, struct buf *out, struct err *e)
{
	struct incident_filter filter = {.open = true, .owner_id = ALERT_ANYBODY, .limit = RIVER_OPEN_MAX};
	struct incident_list list;
	int rc = incident_list(rq->db, actor_scope(&rq->actor), &filter, rq->arena, &list, e);

	for (uint32_t i = 0; !rc && i < list.count; i++) {
		const struct incident *in = &list.incidents[i];
		str state = words_get(rq->lang, show_word_key(rq, "incident.state.", incident_state_name(in->state)));

		buf_add_fmt(out, "- %s " STR_FMT " (" STR_FMT ")\n", in->ref, STR_ARG(in->title), STR_ARG(state));
	}
	return rc;
}

static int alerts_add(struct request *rq, struct buf *out, struct err *e)
{
	struct alert_filter filter = alert_filter_all();
	struct alert_list list;
	int rc;

	filter.open = filter.acknowledged = true;
	filter.priorities = 1u << 5 | 1u << 4;
	filter.limit = RIVER_OPEN_MAX;
	rc = alert_list(rq->db, actor_scope(&rq->actor), &filter, rq->arena, &list, e);
	for (uint32_t i = 0; !rc && i < list.count; i++) {
		const struct alert *a = &list.alerts[i];
		str level = words_get(rq->lang, arena_fmt(rq->arena, "alert.level.%u", a->priority));

		buf_add_fmt(out, "- " STR_FMT " [" STR_FMT "] " STR_FMT " " STR_FMT "\n",
			    STR_ARG(show_alert_ref(rq, a->id)), STR_ARG(level), STR_ARG(show_alert_title(rq, a)),
			    STR_ARG(a->asset));
	}
	return rc;
}

int river_open_add(struct request *rq, struct buf *out, struct err *e)
{
	int rc = actor_may(&rq->actor, PERM_INCIDENT_READ) ? incidents_add(rq, out, e) : 0;

	if (!rc && actor_may(&rq->actor, PERM_ALERT_READ))
		rc = alerts_add(rq, out, e);
	return rc;
}
