/* Delegation: who is asked for which answers of a round, and what is asked of me. */
#include "centre/people/people.h"
#include "door/web/evaluate/evaluate_text.h"
#include "door/web/web.h"

struct ask_page {
	struct people people;
	struct ask_list asks;
	struct portfolio p;
};

static str who_name(const struct request *rq, const struct ask_page *page, const struct ask *ask)
{
	const struct person *person = people_person(&page->people, ask->person_id);
	const struct team *team = people_team(&page->people, ask->team_id);

	if (team)
		return team->name;
	return person && people_may_name(&page->people, &rq->actor, person)
		       ? person->name
		       : words_get(rq->lang, STR("evaluate.ask_somebody"));
}

static str item_name(const struct request *rq, const struct framework *fw, str item)
{
	const struct fw_service *service = framework_service(fw, item);

	if (service)
		return service->name.text.by_lang[rq->lang];
	for (uint32_t i = 0; i < fw->category_count; i++)
		if (str_eq(fw->categories[i].id, item))
			return fw->categories[i].name.text.by_lang[rq->lang];
	return STR("");
}

static struct view *put_ask(const struct request *rq, struct view *v, const struct ask_page *page,
			    const struct ask *ask)
{
	struct ask_progress progress = ask_progress(ask, &page->p);
	struct view *row = view_item(v, "asks");

	view_i64(row, "ask", ask->id);
	view_text(row, "item", ask->item);
	view_text(row, "item_name", item_name(rq, page->p.framework, ask->item));
	view_text(row, "who", who_name(rq, page, ask));
	view_text(row, "due", show_day(rq, ask->due));
	view_bool(row, "is_late", !ask->answered_at && ask->due + TIME_DAY < rq->now);
	view_text(row, "remark", ask->remark);
	view_text(row, "asked_by", ask->asked_by);
	view_i64(row, "saved", progress.saved);
	view_i64(row, "services", progress.services);
	view_i64(row, "reminders", ask->reminders);
	view_text(row, "reminded", ask->reminders ? show_day(rq, ask->reminded_at) : STR(""));
	view_bool(row, "is_answered", ask->answered_at != 0);
	view_text(row, "answered", ask->answered_at ? show_day(rq, ask->answered_at) : STR(""));
	view_text(row, "answered_by", ask->answered_by);
	view_text(row, "round_name", ask->round_name);
	view_text(row, "round_url", arena_fmt(rq->arena, "/evaluate/%lld", (long long)ask->round_id));
	return row;
}

static int load(const struct request *rq, int64_t round_id, struct ask_page *page, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	int rc;

	if ((rc = people_load(rq->db, scope, rq->now, rq->arena, &page->people, e)) ||
	    (rc = ask_list(rq->db, scope, round_id, rq->arena, &page->asks, e)))
		return rc;
	return evaluate_portfolio(rq, COMBINE_MAX, &page->p, e);
}

/* ---- of one round ---- */

static void put_choices(const struct request *rq, struct view *v, const struct ask_page *page)
{
	const struct framework *fw = page->p.framework;

	view_list(v, "items");
	for (uint32_t i = 0; i < fw->category_count; i++) {
		str id = fw->categories[i].id;

		evaluate_put_choice(
			v, "items", id,
			arena_fmt(rq->arena, STR_FMT " " STR_FMT, STR_ARG(id), STR_ARG(item_name(rq, fw, id))), false);
		for (uint32_t k = 0; k < fw->service_count; k++)
			if (fw->services[k].category == i)
				evaluate_put_choice(v, "items", fw->services[k].id,
						    arena_fmt(rq->arena, "– " STR_FMT " " STR_FMT,
							      STR_ARG(fw->services[k].id),
							      STR_ARG(fw->services[k].name.text.by_lang[rq->lang])),
						    false);
	}
	view_list(v, "respondents");
	for (uint32_t i = 0; i < page->people.team_count; i++)
		evaluate_put_choice(v, "respondents",
				    arena_fmt(rq->arena, "team:%lld", (long long)page->people.teams[i].id),
				    page->people.teams[i].name, false);
	for (uint32_t i = 0; i < page->people.person_count; i++) {
		const struct person *p = &page->people.persons[i];

		if (p->is_active && people_may_name(&page->people, &rq->actor, p))
			evaluate_put_choice(v, "respondents", arena_fmt(rq->arena, "person:%lld", (long long)p->id),
					    p->name, false);
	}
}

static int asks_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct ask_page page = {0};
	struct round r;
	uint32_t answered = 0;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = round_load(rq->db, actor_scope(&rq->actor), id, rq->arena, &r, e)) || (rc = load(rq, id, &page, e)))
		return rc;
	evaluate_put_round(rq, v, &r);
	view_i64(v, "id", id);
	view_list(v, "asks");
	for (uint32_t i = 0; i < page.asks.count; i++) {
		put_ask(rq, v, &page, &page.asks.items[i]);
		answered += page.asks.items[i].answered_at != 0;
	}
	view_i64(v, "ask_count", page.asks.count);
	view_i64(v, "answered_count", answered);
	view_bool(v, "can_ask", actor_may(&rq->actor, PERM_PORTFOLIO_WRITE) && r.state != ROUND_SIGNED);
	put_choices(rq, v, &page);
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("evaluate/asks"), v, e);
}

static int asks_get(struct request *rq, struct response *rs, struct err *e)
{
	return asks_page(rq, rs, NULL, e);
}

static void read_who(str text, struct ask_new *n)
{
	static const str team = STR_INIT("team:"), person = STR_INIT("person:");

	if (str_starts(text, team))
		(void)str_to_i64(str_sub(text, team.len, text.len), &n->team_id);
	else if (str_starts(text, person))
		(void)str_to_i64(str_sub(text, person.len, text.len), &n->person_id);
}

static int asks_post(struct request *rq, struct response *rs, struct err *e)
{
	struct ask_new n = {.framework = evaluate_framework(rq),
			    .item = request_form(rq, STR("item")),
			    .remark = request_form(rq, STR("remark")),
			    .now = rq->now};
	struct err why = {0};
	int64_t id = 0;
	int rc = request_param_i64(rq, 0, &n.round_id, e);

	if (rc)
		return rc;
	read_who(request_form(rq, STR("who")), &n);
	if (!(rc = evaluate_day(rq, "due", &n.due, &why)))
		rc = ask_add(rq->db, &rq->actor, &n, &id, &why);
	if (rc)
		return asks_page(rq, rs, &why, e);
	response_redirect(rs, arena_fmt(rq->arena, "/evaluate/%lld/asks", (long long)n.round_id));
	return 0;
}

/* A reminder, or taking it back. */
static int ask_post(struct request *rq, struct response *rs, struct err *e)
{
	bool withdraw = str_eq(request_form(rq, STR("deed")), STR("withdraw"));
	struct err why = {0};
	int64_t round_id, id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &round_id, e)) || (rc = evaluate_form_id(rq, "ask", &id, e)))
		return rc;
	if (ask_do(rq->db, &rq->actor, id, withdraw ? ASK_WITHDRAW : ASK_REMIND, rq->now, &why))
		return asks_page(rq, rs, &why, e);
	response_redirect(rs, arena_fmt(rq->arena, "/evaluate/%lld/asks", (long long)round_id));
	return 0;
}

/* ---- asked of me ---- */

static void put_services(const struct request *rq, struct view *row, const struct ask_page *page, const struct ask *ask)
{
	const struct framework *fw = page->p.framework;

	view_list(row, "wanted");
	for (uint32_t i = 0; i < fw->service_count; i++) {
		const struct portfolio_item *item = &page->p.items[i];
		struct view *line;

		if (!ask_wants(ask, fw, item->service))
			continue;
		line = view_item(row, "wanted");
		view_text(line, "id", item->service->id);
		view_text(line, "name", item->service->name.text.by_lang[rq->lang]);
		view_text(line, "url", arena_fmt(rq->arena, "/portfolio/" STR_FMT, STR_ARG(item->service->id)));
		view_text(line, "now", evaluate_score(rq, item->now));
		view_text(line, "target", evaluate_score(rq, item->target));
		view_bool(line, "is_saved", item->state.version && item->state.changed_at >= ask->round_start);
	}
}

static int asked_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct ask_page page = {0};
	uint32_t waiting = 0;
	int rc = load(rq, 0, &page, e);

	if (rc)
		return rc;
	view_list(v, "asks");
	for (uint32_t i = 0; i < page.asks.count; i++) {
		const struct ask *ask = &page.asks.items[i];

		if (!ask_is_of(ask, &page.people, rq->actor.user_id))
			continue;
		put_services(rq, put_ask(rq, v, &page, ask), &page, ask);
		waiting += ask->answered_at == 0;
	}
	view_i64(v, "waiting", waiting);
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("evaluate/asked"), v, e);
}

static int asked_get(struct request *rq, struct response *rs, struct err *e)
{
	return asked_page(rq, rs, NULL, e);
}

static int asked_post(struct request *rq, struct response *rs, struct err *e)
{
	struct err why = {0};
	int64_t id;
	int rc = evaluate_form_id(rq, "ask", &id, e);

	if (rc)
		return rc;
	if (ask_do(rq->db, &rq->actor, id, ASK_ANSWER, rq->now, &why))
		return asked_page(rq, rs, &why, e);
	response_redirect(rs, STR("/evaluate/asked"));
	return 0;
}

const struct route evaluate_ask_web_routes[] = {
	{.method = "GET", .pattern = "/evaluate/asked", .permission = PERM_PORTFOLIO_READ, .handler = asked_get},
	{.method = "POST", .pattern = "/evaluate/asked", .permission = PERM_WORK_WRITE, .handler = asked_post},
	{.method = "GET", .pattern = "/evaluate/{id}/asks", .permission = PERM_PORTFOLIO_READ, .handler = asks_get},
	{.method = "POST", .pattern = "/evaluate/{id}/asks", .permission = PERM_PORTFOLIO_WRITE, .handler = asks_post},
	{.method = "POST", .pattern = "/evaluate/{id}/ask", .permission = PERM_PORTFOLIO_WRITE, .handler = ask_post},
	{0},
};
