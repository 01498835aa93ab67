/* now: what waits for me, what changed, and which services today's work was of. Queries are few and bounded, whatever
 * the number of alerts. */
#include "door/web/now.h"

#include <stdlib.h>

#include "base/check.h"
#include "centre/evaluate/evaluate.h"
#include "door/web/show.h"
#include "door/web/web.h"
#include "flow/incident/incident.h"

#define TODO_MAX 12u /* rows of the queue; the rest is one click away */
#define URGENT 5u
#define HIGH 4u

struct todo {
	unsigned level;
	time_us at;
	const struct alert *alert; /* or */
	const struct incident *incident;
};

struct now {
	struct request *rq;
	struct view *v;
	struct todo todo[3 * TODO_MAX];
	size_t count;
};

static void put_level(struct view *v, const struct request *rq, unsigned level)
{
	view_i64(v, "level", level);
	view_word(v, "level_word", arena_fmt(rq->arena, "alert.level.%u", level).ptr);
}

static int by_pressure(const void *left, const void *right)
{
	const struct todo *a = left, *b = right;

	if (a->level != b->level)
		return a->level > b->level ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at); /* the one that waits longest first */
}

static int take_alerts(struct now *n, const struct alert_filter *filter, struct err *e)
{
	struct alert_list list;
	int rc = alert_list(n->rq->db, actor_scope(&n->rq->actor), filter, n->rq->arena, &list, e);

	for (uint32_t i = 0; !rc && i < list.count && n->count < COUNT_OF(n->todo); i++) {
		const struct alert *a = &list.alerts[i];

		n->todo[n->count++] = (struct todo){.level = a->priority, .at = a->last_at, .alert = a};
	}
	return rc;
}

static int take_my_incidents(struct now *n, struct err *e)
{
	struct incident_filter filter = {.open = true, .owner_id = n->rq->actor.user_id, .limit = TODO_MAX};
	struct incident_list list;
	int rc = incident_list(n->rq->db, actor_scope(&n->rq->actor), &filter, n->rq->arena, &list, e);

	for (uint32_t i = 0; !rc && i < list.count && n->count < COUNT_OF(n->todo); i++) {
		const struct incident *in = &list.incidents[i];

		n->todo[n->count++] = (struct todo){.level = in->severity, .at = in->changed_at, .incident = in};
	}
	return rc;
}

static int take_todo(struct now *n, struct err *e)
{
	struct alert_filter mine = alert_filter_all(), nobodys = alert_filter_all();
	int rc = 0;

	mine.open = mine.acknowledged = true;
	mine.owner_id = n->rq->actor.user_id;
	mine.limit = TODO_MAX;
	nobodys.open = true;
	nobodys.owner_id = 0;
	nobodys.priorities = 1u << URGENT | 1u << HIGH;
	nobodys.limit = TODO_MAX;
	if (actor_may(&n->rq->actor, PERM_ALERT_WORK)) {
		rc = take_alerts(n, &mine, e);
		rc = rc ? rc : take_alerts(n, &nobodys, e);
	}
	if (!rc && actor_may(&n->rq->actor, PERM_INCIDENT_WORK))
		rc = take_my_incidents(n, e);
	return rc;
}

static void show_alert(struct view *row, struct request *rq, const struct alert *a)
{
	view_text(row, "title", show_alert_title(rq, a));
	view_text(row, "url", arena_fmt(rq->arena, "/alerts/%lld", (long long)a->id));
	view_text(row, "ref", arena_fmt(rq->arena, "ALT-%lld", (long long)a->id));
	view_text(row, "asset", a->asset);
	view_text(row, "service", STR("B-1"));
	view_text(row, "state", a->state == ALERT_OPEN ? STR("open") : STR("prog"));
	view_word(row, "state_word", arena_fmt(rq->arena, "alert.state.%s", alert_state_name(a->state)).ptr);
}

static void show_incident(struct view *row, struct request *rq, const struct incident *in)
{
	view_text(row, "title", in->title);
	view_text(row, "url", arena_fmt(rq->arena, "/incidents/%lld", (long long)in->id));
	view_text(row, "ref", str_of(in->ref));
	view_text(row, "asset", STR(""));
	view_text(row, "service", str_of(incident_state_service(in->state)));
	view_text(row, "state", in->state == INCIDENT_NEW ? STR("open") : STR("prog"));
	view_word(row, "state_word", arena_fmt(rq->arena, "incident.state.%s", incident_state_name(in->state)).ptr);
}

static void show_todo(struct now *n)
{
	size_t shown = n->count < TODO_MAX ? n->count : TODO_MAX;

	if (n->count)
		qsort(n->todo, n->count, sizeof(n->todo[0]), by_pressure);
	view_list(n->v, "todo");
	view_i64(n->v, "todo_count", (int64_t)shown);
	for (size_t i = 0; i < shown; i++) {
		struct view *row = view_item(n->v, "todo");
		const struct todo *t = &n->todo[i];

		if (t->alert)
			show_alert(row, n->rq, t->alert);
		else
			show_incident(row, n->rq, t->incident);
		put_level(row, n->rq, t->level);
		now_time(row, n->rq, t->at);
	}
}

/* Answers of an evaluation that are asked of the reader, and whether somebody has reminded. */
static int put_asked(struct now *n, struct err *e)
{
	struct ask_waiting waiting;
	int rc = ask_waiting(n->rq->db, &n->rq->actor, &waiting, e);

	if (rc || !waiting.count)
		return rc;
	view_i64(n->v, "asked_count", waiting.count);
	view_word(n->v, "asked", waiting.reminded_at ? "evaluate.asked_now_reminded" : "evaluate.asked_now");
	view_text(n->v, "asked_due", show_day(n->rq, waiting.first_due));
	return 0;
}

static void add_kpi(struct now *n, const char *label, int64_t value, str detail, const char *url)
{
	struct view *kpi = view_item(n->v, "kpis");

	view_word(kpi, "label", label);
	view_i64(kpi, "value", value);
	view_text(kpi, "unit", STR(""));
	view_text(kpi, "detail", detail);
	view_text(kpi, "url", str_of(url));
}

static str two_highest(struct now *n, const struct alert_facets *f)
{
	str urgent = words_get(n->rq->lang, STR("alert.level.5")), high = words_get(n->rq->lang, STR("alert.level.4"));

	return arena_fmt(n->rq->arena, STR_FMT " %lld · " STR_FMT " %lld", STR_ARG(urgent),
			 (long long)f->by_priority[URGENT], STR_ARG(high), (long long)f->by_priority[HIGH]);
}

static int show_alert_kpis(struct now *n, struct err *e)
{
	struct alert_filter filter = alert_filter_all();
	struct alert_facets all, urgent;
	struct scope scope = actor_scope(&n->rq->actor);
	int rc;

	filter.open = filter.acknowledged = true;
	rc = alert_facets(n->rq->db, scope, &filter, n->rq->actor.user_id, &all, e);
	filter.acknowledged = false;
	filter.owner_id = 0;
	filter.priorities = 1u << URGENT;
	if (!rc)
		rc = alert_facets(n->rq->db, scope, &filter, n->rq->actor.user_id, &urgent, e);
	if (rc)
		return rc;
	add_kpi(n, "web.now.kpi_alerts", all.total, two_highest(n, &all), "/alerts");
	add_kpi(n, "web.now.kpi_unassigned", all.nobodys, STR(""), "/alerts?tab=unassigned");
	add_kpi(n, "web.now.kpi_mine", all.mine, STR(""), "/alerts?tab=mine");
	if (urgent.total) {
		view_i64(n->v, "urgent_count", urgent.total);
		view_word(n->v, "urgent", "web.now.urgent");
		view_text(n->v, "urgent_url", STR("/alerts?tab=unassigned"));
	}
	return 0;
}

static int show_incident_kpi(struct now *n, struct err *e)
{
	int64_t counts[INCIDENT_STATE_COUNT] = {0}, total = 0;
	int rc = incident_counts(n->rq->db, actor_scope(&n->rq->actor), counts, e);

	if (rc)
		return rc;
	for (int s = 0; s < INCIDENT_STATE_COUNT; s++)
		total += s == INCIDENT_CLOSED ? 0 : counts[s];
	add_kpi(n, "web.now.kpi_incidents", total, STR(""), "/incidents");
	return 0;
}

static int now_show(struct request *rq, struct response *rs, struct err *e)
{
	struct now n = {.rq = rq, .v = view_create(rq->arena)};
	int rc = 0;

	if (!n.v)
		return err_set_value(e, ERR_LIMIT, "err.view.memory", STR("now/index"));
	view_list(n.v, "kpis");
	if (actor_may(&rq->actor, PERM_ALERT_READ))
		rc = show_alert_kpis(&n, e);
	if (!rc && actor_may(&rq->actor, PERM_INCIDENT_READ))
		rc = show_incident_kpi(&n, e);
	rc = rc ? rc : take_todo(&n, e);
	if (!rc && actor_may(&rq->actor, PERM_PORTFOLIO_READ))
		rc = put_asked(&n, e);
	rc = rc ? rc : now_today(rq, n.v, e);
	rc = rc ? rc : now_oncall(rq, n.v, e);
	rc = rc ? rc : show_offer(rq, n.v, e);
	if (rc)
		return rc;
	show_todo(&n);
	view_text(n.v, "date_text", str_sub(now_text(rq, rq->now), 0, 10));
	return response_page(rq, rs, STR("now/index"), n.v, e);
}

static int root_show(struct request *rq, struct response *rs, struct err *e)
{
	(void)rq;
	(void)e;
	response_redirect(rs, STR("/now"));
	return 0;
}

const struct route now_web_routes[] = {
	{.method = "GET", .pattern = "/", .permission = PERM_NONE, .handler = root_show},
	{.method = "GET", .pattern = "/now", .permission = PERM_SIGNED_IN, .handler = now_show},
	{0},
};
