/* Pages of the portfolio: the list of services, and one service with its form, its history and its work. */
#include "door/web/build/measures.h"
#include "door/web/build/steps.h"
#include "door/web/lens/lens.h"
#include "door/web/web.h"

static int load(const struct request *rq, struct portfolio *ret, struct err *e)
{
	str rule = request_query(rq, STR("rule"));
	struct portfolio_query query = {.now = rq->now};
	int rc;

	if (rule.len && !combine_rule_parse(rule, &query.rule))
		return err_set_value(e, ERR_RANGE, "err.build.rule", rule);
	if ((rc = build_framework(rq, &query.framework, e)))
		return rc;
	return portfolio_load(rq->db, actor_scope(&rq->actor), &query, rq->arena, ret, e);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct portfolio p = {0};
	struct work_list work = {0};
	struct portfolio_page page = {.arena = rq->arena,
				      .lang = rq->lang,
				      .portfolio = &p,
				      .work = &work,
				      .now = rq->now,
				      .names = actor_may_see_people(&rq->actor)};
	struct view *v = view_create(rq->arena);
	str lens = request_query(rq, STR("lens"));
	int rc;

	if (lens.len && !str_eq(lens, STR(FRAMEWORK_DEFAULT)))
		return lens_page(rq, rs, lens, e);
	lens_put_choices(rq, v, STR(FRAMEWORK_DEFAULT));
	page.zone_min = show_zone(rq, &page.zone);
	if ((rc = load(rq, &p, e)) ||
	    (rc = work_list(rq->db, actor_scope(&rq->actor), STR_NONE, (struct work_cursor){0}, rq->arena, &work, e)) ||
	    (rc = portfolio_view_list(v, &page, e)) || (rc = show_offer(rq, v, e)))
		return rc;
	return response_page(rq, rs, STR("build/portfolio"), v, e);
}

/* ---- one service ---- */

/* What a form that was refused shows again: the typed values and why. */
struct refused {
	const struct service_state *typed;
	const struct err *why;
	int status;
};

static int service_page(struct request *rq, struct response *rs, const struct refused *refused, struct err *e)
{
	struct portfolio p = {0};
	struct work_list work = {0};
	struct service_history history = {0};
	struct comment_list comments = {0};
	struct portfolio_page page = {.arena = rq->arena,
				      .lang = rq->lang,
				      .portfolio = &p,
				      .work = &work,
				      .history = &history,
				      .comments = &comments,
				      .now = rq->now,
				      .names = actor_may_see_people(&rq->actor)};
	struct view *v = view_create(rq->arena);
	const struct fw_service *service;
	struct history_query query;
	struct comment_query asked;
	int rc = load(rq, &p, e);

	page.zone_min = show_zone(rq, &page.zone);
	if (rc)
		return rc;
	service = framework_service(p.framework, rq->path_params[0]);
	if (!service)
		return err_set_value(e, ERR_NOT_FOUND, "err.build.service", rq->path_params[0]);
	query = (struct history_query){.framework = p.framework, .service = service->id};
	asked = (struct comment_query){.framework = p.framework, .service = service->id, .now = rq->now};
	if ((rc = work_list(rq->db, actor_scope(&rq->actor), service->id, (struct work_cursor){0}, rq->arena, &work,
			    e)) ||
	    (rc = service_state_history(rq->db, actor_scope(&rq->actor), &query, rq->arena, &history, e)) ||
	    (rc = comment_list(rq->db, &rq->actor, &asked, rq->arena, &comments, e)))
		return rc;
	page.item = &p.items[service->index];
	page.form = refused && refused->typed ? refused->typed : &page.item->state;
	portfolio_view_service(v, &page);
	if ((rc = measures_put(rq, v, service->id, e)))
		return rc;
	build_notice(rq, v, refused ? refused->why : NULL);
	if (refused)
		rs->status = refused->status;
	return response_page(rq, rs, STR("build/service"), v, e);
}

static int service_get(struct request *rq, struct response *rs, struct err *e)
{
	return service_page(rq, rs, NULL, e);
}

static int refuse(struct err *e, const char *field, str value)
{
	int rc = err_set_value(e, ERR_RANGE, "err.build.form", value);

	err_path(e, str_of(field));
	return rc;
}

static int form_points(const struct request *rq, const char *field, uint32_t *ret, struct err *e)
{
	str text = request_form(rq, str_of(field));
	uint64_t value = 0;

	if (text.len && (!str_to_u64(text, &value) || value < 1 || value > FRAMEWORK_SCORE_MAX))
		return refuse(e, field, text);
	*ret = (uint32_t)value;
	return 0;
}

static int form_state(const struct request *rq, struct service_state *s, struct err *e)
{
	str level = request_form(rq, STR("level")), assignment = request_form(rq, STR("assignment"));
	str version = request_form(rq, STR("version"));
	int rc;

	s->level = SERVICE_UNDECIDED;
	s->assignment = ASSIGN_UNDECIDED;
	s->level_reason = str_trim(request_form(rq, STR("level_reason")));
	s->team = str_trim(request_form(rq, STR("team")));
	s->provider = str_trim(request_form(rq, STR("provider")));
	s->not_applicable = request_form(rq, STR("not_applicable")).len != 0;
	s->not_applicable_reason = str_trim(request_form(rq, STR("not_applicable_reason")));
	if (!str_to_i64(version, &s->version) || s->version < 0)
		return refuse(e, "version", version);
	if (level.len && !service_level_parse(level, &s->level))
		return refuse(e, "level", level);
	if (assignment.len && !assignment_parse(assignment, &s->assignment))
		return refuse(e, "assignment", assignment);
	if ((rc = form_points(rq, "in_now", &s->now[SIDE_IN], e)) ||
	    (rc = form_points(rq, "in_target", &s->target[SIDE_IN], e)) ||
	    (rc = form_points(rq, "out_now", &s->now[SIDE_OUT], e)))
		return rc;
	return form_points(rq, "out_target", &s->target[SIDE_OUT], e);
}

static void go_back(struct request *rq, struct response *rs, const char *done)
{
	/* The service is one of the framework's: nothing in its id needs escaping. */
	response_redirect(rs,
			  arena_fmt(rq->arena, "/portfolio/" STR_FMT "?done=%s", STR_ARG(rq->path_params[0]), done));
}

static int service_post(struct request *rq, struct response *rs, struct err *e)
{
	struct service_state typed = {0};
	struct service_change change = {.service = rq->path_params[0], .state = &typed, .now = rq->now};
	struct state_query query = {.service = rq->path_params[0]};
	struct err why = {0};
	int64_t version;
	int rc = build_framework(rq, &change.framework, e);

	query.framework = change.framework;
	/* The form shows some of the fields; the others stay as they are. */
	if (rc || (rc = service_state_load(rq->db, actor_scope(&rq->actor), &query, rq->arena, &typed, e)))
		return rc;
	rc = form_state(rq, &typed, &why);
	change.expected = typed.version;
	if (!rc)
		rc = service_state_save(rq->db, &rq->actor, &change, &version, &why);
	if (!rc) {
		go_back(rq, rs, "saved");
		return 0;
	}
	if (rc != -ERR_RANGE && rc != -ERR_CONFLICT) {
		if (e)
			*e = why;
		return rc;
	}
	return service_page(rq, rs, &(struct refused){&typed, &why, rc == -ERR_CONFLICT ? 409 : 422}, e);
}

/* A day and minutes are exact enough for work that was done elsewhere: today ends now, an earlier day at the reader's
 * noon. */
static int form_work(const struct request *rq, struct work *w, struct err *e)
{
	str day = request_form(rq, STR("day")), minutes = request_form(rq, STR("minutes"));
	str occasion = request_form(rq, STR("occasion"));
	uint64_t length = 0;
	time_us start = 0;
	const char *zone;
	time_us east = show_zone(rq, &zone) * TIME_MINUTE;

	if (!occasion_parse(occasion, &w->occasion))
		return refuse(e, "occasion", occasion);
	if (day.len != 10 || !time_parse(arena_fmt(rq->arena, STR_FMT "T00:00:00Z", STR_ARG(day)), &start) ||
	    start - east > rq->now || !str_to_u64(minutes, &length) || length > 24 * 60) {
		int rc = err_set_value(e, ERR_RANGE, "err.build.day", day);

		err_expected(e, STR("0–1440"));
		return rc;
	}
	start -= east;
	w->ended = start + TIME_DAY > rq->now ? rq->now : start + TIME_DAY / 2;
	w->started = w->ended - (time_us)length * TIME_MINUTE;
	w->result = str_trim(request_form(rq, STR("result")));
	return w->result.len ? 0 : refuse(e, "result", STR_NONE);
}

static int work_post(struct request *rq, struct response *rs, struct err *e)
{
	struct work_entry entry = {.work.service = rq->path_params[0], .now = rq->now};
	struct err why = {0};
	int64_t id;
	int rc = build_framework(rq, &entry.framework, e);

	if (rc)
		return rc;
	rc = form_work(rq, &entry.work, &why);
	if (!rc)
		rc = service_work_enter(rq->db, &rq->actor, &entry, &id, &why);
	if (!rc) {
		go_back(rq, rs, "entered");
		return 0;
	}
	if (rc != -ERR_RANGE) {
		if (e)
			*e = why;
		return rc;
	}
	return service_page(rq, rs, &(struct refused){NULL, &why, 422}, e);
}

const struct route portfolio_web_routes[] = {
	{.method = "GET", .pattern = "/portfolio", .permission = PERM_PORTFOLIO_READ, .handler = list_get},
	{.method = "GET", .pattern = "/portfolio/{service}", .permission = PERM_PORTFOLIO_READ, .handler = service_get},
	{.method = "POST",
	 .pattern = "/portfolio/{service}",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = service_post},
	{.method = "POST", .pattern = "/portfolio/{service}/work", .permission = PERM_WORK_WRITE, .handler = work_post},
	{0},
};
