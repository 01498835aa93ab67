/* One alert: GET /alerts/{id}, and what people do with it. */
#include "door/web/river/alert_parts.h"
#include "door/web/web.h"
#include "flow/incident/incident.h"

#define ALERT_WORK_SERVICE "B-1"

static int find(struct request *rq, struct alert *ret, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	return rc ? rc : alert_find(rq->db, actor_scope(&rq->actor), id, rq->arena, ret, e);
}

static void show_tags(const struct request *rq, struct view *v, str tags)
{
	str rest = tags, tag;

	(void)rq;
	view_list(v, "tags");
	while (tags.len && str_next(&rest, ' ', &tag))
		view_text(view_item(v, "tags"), "name", tag);
}

static void show_head(const struct request *rq, struct view *v, const struct alert *al)
{
	view_i64(v, "id", al->id);
	view_text(v, "ref", show_alert_ref(rq, al->id));
	view_text(v, "title", show_alert_title(rq, al));
	show_level_of(v, al);
	view_text(v, "state", str_of(show_alert_class(al)));
	view_word(v, "state_word", show_word_key(rq, "alert.state.", alert_state_name(al->state)).ptr);
	view_i64(v, "count", al->count);
	view_text(v, "owner", al->owner_name);
	show_time(rq, v, al->first_at);
	view_text(v, "seen_text", show_time_text(rq, al->created_at));
	view_text(v, "asset", al->asset);
	view_text(v, "user", al->account);
	view_text(v, "rule_title", show_alert_title(rq, al));
	view_text(v, "rule_id", al->rule_id);
	view_text(v, "criteria_number",
		  al->criteria_version ? arena_fmt(rq->arena, "%lld", (long long)al->criteria_version)
				       : words_get(rq->lang, STR("criteria.first_edition")));
	view_text(v, "service", STR(ALERT_WORK_SERVICE));
	view_text(v, "service_name", show_service_name(rq, STR(ALERT_WORK_SERVICE)));
	view_bool(v, "can_acknowledge",
		  al->state != ALERT_CLOSED && (al->owner_id == 0 || al->owner_id != rq->actor.user_id));
	view_i64(v, "version", al->version);
	view_text(v, "note", STR(""));
	show_tags(rq, v, al->tags);
	show_verdicts(rq, v, al->verdict);
	if (al->verdict != VERDICT_NONE)
		view_word(v, "verdict_word", show_word_key(rq, "alert.verdict.", alert_verdict_name(al->verdict)).ptr);
}

static void show_reason(const struct request *rq, struct view *v, const struct match_reason *r, uint32_t line)
{
	struct view *row = view_item(v, "why");
	str name = r->field.len ? r->field : r->selection;

	if (r->modifiers.len)
		name = arena_fmt(rq->arena, STR_FMT "|" STR_FMT, STR_ARG(name), STR_ARG(r->modifiers));
	view_text(row, "field", name);
	view_text(row, "rule_value", r->pattern);
	view_text(row, "event_value", r->value.ptr ? r->value : STR("—"));
	view_i64(row, "line", line);
	view_bool(row, "matched", r->matched);
}

/* The page stands even when the raw event cannot be read any more: then it says so in the history's place. */
static int show_why(struct request *rq, struct view *v, const struct alert *al, const struct alert_marks *more,
		    struct err *e)
{
	struct explain_with with = {rq->services->archive, rq->services->detector, rq->actor.tenant_id, rq->lang};
	struct explanation x;
	uint32_t lines[EXPLAIN_REASONS_MAX];
	str marks[EXPLAIN_REASONS_MAX];
	uint32_t count;
	int rc;

	view_list(v, "why");
	view_list(v, "lines");
	view_text(v, "condition", STR(""));
	view_text(v, "rule_source", STR(""));
	view_text(v, "description", STR(""));
	view_text(v, "event_url", STR(""));
	if (!actor_may(&rq->actor, PERM_EVENT_READ))
		return 0;
	rc = alert_explain(&with, al, rq->arena, &x, e);
	if (rc)
		return rc == -ERR_NOT_FOUND ? 0 : rc;
	for (count = 0; count < x.reason_count; count++)
		marks[count] = x.reasons[count].matched && x.reasons[count].value.ptr ? x.reasons[count].value
										      : STR("");
	count = show_more_marks(rq, &x, more, marks, count);
	show_raw(rq, v, x.event.event.raw, marks, count, lines);
	for (uint32_t i = 0; i < x.reason_count; i++)
		show_reason(rq, v, &x.reasons[i], lines[i]);
	view_text(v, "rule_source", x.rule_known ? x.source : STR(""));
	view_text(v, "description", x.rule_known ? x.description : STR(""));
	view_text(v, "event_url",
		  arena_fmt(rq->arena, "/events/" STR_FMT, STR_ARG(show_event_id(rq, al->first_event))));
	return 0;
}

/* The button stands only where alert_undo would do it. */
static bool may_undo(const struct request *rq, const struct alert_entry *last)
{
	return last->can_undo && last->user_id == rq->actor.user_id &&
	       str_eq(last->user_name, str_of(rq->actor.name)) && last->at >= rq->now - ALERT_UNDO_TIME;
}

static int show_history(struct request *rq, struct view *v, const struct alert *al, struct err *e)
{
	struct alert_entry *entries;
	uint32_t count;
	int rc = alert_history(rq->db, actor_scope(&rq->actor), al->id, rq->arena, &entries, &count, e);

	view_list(v, "history");
	view_bool(v, "can_undo", !rc && count && may_undo(rq, &entries[0]));
	for (uint32_t i = 0; !rc && i < count; i++) {
		struct view *row = view_item(v, "history");
		/* "alert.verdict" → alert.action.verdict */
		str action = str_from(entries[i].action, 6);

		show_time(rq, row, entries[i].at);
		view_text(row, "actor", entries[i].user_name);
		view_word(row, "action", arena_fmt(rq->arena, "alert.action." STR_FMT, STR_ARG(action)).ptr);
		view_text(row, "detail", entries[i].text);
	}
	return rc;
}

static int show_related(struct request *rq, struct view *v, const struct alert *al, struct err *e)
{
	struct alert *others;
	uint32_t count;
	int rc = alert_related(rq->db, actor_scope(&rq->actor), al, rq->arena, &others, &count, e);

	view_list(v, "related");
	for (uint32_t i = 0; !rc && i < count; i++) {
		struct view *row = view_item(v, "related");

		view_text(row, "url", arena_fmt(rq->arena, "/alerts/%lld", (long long)others[i].id));
		show_level_of(row, &others[i]);
		view_text(row, "title", show_alert_title(rq, &others[i]));
		view_word(row, "reason", "alert.same_asset");
		show_time(rq, row, others[i].last_at);
	}
	return rc;
}

static int show_incidents(struct request *rq, struct view *v, const struct alert *al, struct err *e)
{
	struct incident_filter f = {.owner_id = ALERT_ANYBODY, .limit = 50};
	struct incident_list list;
	struct incident in;
	int rc;

	view_list(v, "incidents");
	if (!actor_may(&rq->actor, PERM_INCIDENT_READ))
		return 0;
	if (al->incident_id) {
		rc = incident_find(rq->db, actor_scope(&rq->actor), al->incident_id, rq->arena, &in, e);
		if (!rc) {
			struct view *map = view_map(v, "incident");

			view_text(map, "url", arena_fmt(rq->arena, "/incidents/%lld", (long long)in.id));
			view_text(map, "ref", arena_str(rq->arena, str_of(in.ref)));
			view_text(map, "title", in.title);
		}
		return rc;
	}
	rc = incident_list(rq->db, actor_scope(&rq->actor), &f, rq->arena, &list, e);
	for (uint32_t i = 0; !rc && i < list.count; i++) {
		struct view *row = view_item(v, "incidents");

		view_i64(row, "id", list.incidents[i].id);
		view_text(row, "ref", str_of(list.incidents[i].ref));
		view_text(row, "title", list.incidents[i].title);
	}
	return rc;
}

static int alert_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct alert_marks marks = {0};
	struct alert al;
	int rc = find(rq, &al, e);

	if (rc)
		return rc;
	show_head(rq, v, &al);
	if ((rc = show_indicator(rq, v, &al, &marks, e)) || (rc = show_matches(rq, v, &al, &marks, e)) ||
	    (rc = show_why(rq, v, &al, &marks, e)) || (rc = show_history(rq, v, &al, e)) ||
	    (rc = show_related(rq, v, &al, e)) || (rc = show_incidents(rq, v, &al, e)))
		return rc;
	return response_page(rq, rs, STR("alert/show"), v, e);
}

/* ---- actions ---- */

static int begin(struct request *rq, struct alert_set *set, int64_t *id, struct err *e)
{
	int rc;

	*set = (struct alert_set){.ids = id, .count = 1};
	if ((rc = request_param_i64(rq, 0, id, e)) || (rc = show_version(rq, &set->version, e)))
		return rc;
	return db_begin(rq->db, e);
}

static int done(struct request *rq, struct response *rs, int rc, struct err *e)
{
	rc = show_end(rq, rc, e);
	if (!rc)
		response_redirect(rs, arena_fmt(rq->arena, "/alerts/" STR_FMT, STR_ARG(rq->path_params[0])));
	return rc;
}

static int acknowledge_post(struct request *rq, struct response *rs, struct err *e)
{
	struct alert_set set;
	int64_t id;
	int rc = begin(rq, &set, &id, e);

	return rc ? rc : done(rq, rs, alert_acknowledge(rq->db, &rq->actor, &set, rq->now, e), e);
}

static int verdict_post(struct request *rq, struct response *rs, struct err *e)
{
	str text = request_form(rq, STR("verdict"));
	enum alert_verdict verdict;
	struct alert_set set;
	int64_t id;
	int rc;

	if (!alert_verdict_parse(text, &verdict))
		return err_set_value(e, ERR_RANGE, "err.alert.choose_verdict", text);
	rc = begin(rq, &set, &id, e);
	if (rc)
		return rc;
	set.note = request_form(rq, STR("note"));
	return done(rq, rs, alert_judge(rq->db, &rq->actor, &set, verdict, rq->now, e), e);
}

static int comment_post(struct request *rq, struct response *rs, struct err *e)
{
	struct alert_set set;
	int64_t id;
	int rc = begin(rq, &set, &id, e);

	return rc ? rc
		  : done(rq, rs, alert_comment(rq->db, &rq->actor, id, request_form(rq, STR("note")), rq->now, e), e);
}

static int undo_post(struct request *rq, struct response *rs, struct err *e)
{
	struct alert_set set;
	int64_t id;
	int rc = begin(rq, &set, &id, e);

	return rc ? rc : done(rq, rs, alert_undo(rq->db, &rq->actor, id, rq->now, e), e);
}

static int put_into_incident(struct request *rq, const struct alert_set *set, int64_t *ret_id, struct err *e)
{
	struct incident_new new = {.title = request_form(rq, STR("title")), .alerts = *set};
	str which = request_form(rq, STR("incident"));
	struct alert al;
	int rc;

	if (!actor_may(&rq->actor, PERM_INCIDENT_WORK))
		return err_set_value(e, ERR_DENIED, "err.incident.may_not", STR("incident.work"));
	if (which.len) {
		if (!str_to_i64(which, ret_id) || *ret_id < 1)
			return err_set_value(e, ERR_RANGE, "err.api.query", which);
		return incident_add_alerts(rq->db, &rq->actor, *ret_id, set, rq->now, e);
	}
	rc = alert_find(rq->db, actor_scope(&rq->actor), set->ids[0], rq->arena, &al, e);
	if (rc)
		return rc;
	new.severity = al.priority;
	if (new.title.len == 0)
		new.title = incident_title_cut(show_alert_title(rq, &al));
	return incident_create(rq->db, &rq->actor, &new, rq->now, ret_id, e);
}

static int incident_post(struct request *rq, struct response *rs, struct err *e)
{
	struct alert_set set;
	int64_t id, incident = 0;
	int rc = begin(rq, &set, &id, e);

	if (rc)
		return rc;
	rc = show_end(rq, put_into_incident(rq, &set, &incident, e), e);
	if (!rc)
		response_redirect(rs, arena_fmt(rq->arena, "/incidents/%lld", (long long)incident));
	return rc;
}

const struct route alert_web_routes[] = {
	{.method = "GET", .pattern = "/alerts/{id}", .permission = PERM_ALERT_READ, .handler = alert_get},
	{.method = "POST",
	 .pattern = "/alerts/{id}/acknowledge",
	 .permission = PERM_ALERT_WORK,
	 .handler = acknowledge_post},
	{.method = "POST", .pattern = "/alerts/{id}/verdict", .permission = PERM_ALERT_WORK, .handler = verdict_post},
	{.method = "POST", .pattern = "/alerts/{id}/comment", .permission = PERM_ALERT_WORK, .handler = comment_post},
	{.method = "POST", .pattern = "/alerts/{id}/undo", .permission = PERM_ALERT_WORK, .handler = undo_post},
	{.method = "POST", .pattern = "/alerts/{id}/incident", .permission = PERM_ALERT_WORK, .handler = incident_post},
	{0},
};
