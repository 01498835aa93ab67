/* Who can do what: services by people, with single points of failure; teams and persons. */
#include "door/web/ability/people.h"
#include "base/mem.h"
#include "centre/build/build.h"
#include "craft/work/work.h"
#include "door/web/ability/ability.h"
#include "door/web/web.h"

/* What stands in the cell of a service and a person. Signs, not colours. */
static str sign_of(const struct people *p, const struct service_ability *s, const struct person *person,
		   const char **ret_word)
{
	bool shown = ability_shown(s, person->account_id);

	*ret_word = NULL;
	for (uint32_t i = 0; i < p->part_count; i++) {
		const struct person_part *part = &p->parts[i];

		if (part->person_id != person->id || !str_eq(part->service, s->service->id))
			continue;
		*ret_word = part->part == PART_OWNER ? (shown ? "people.cell.owner_shown" : "people.cell.owner")
						     : (shown ? "people.cell.deputy_shown" : "people.cell.deputy");
		return part->part == PART_OWNER ? (shown ? STR("◉") : STR("◎")) : (shown ? STR("●") : STR("○"));
	}
	if (shown)
		*ret_word = "people.cell.shown";
	return shown ? STR("◆") : STR("");
}

struct matrix {
	const struct people *people;
	const struct ability *ability;
	bool all; /* every name is for this reader */
};

static void put_cells(const struct request *rq, struct view *row, const struct matrix *m,
		      const struct service_ability *s)
{
	view_list(row, "cells");
	for (uint32_t i = 0; i < m->people->person_count; i++) {
		const struct person *person = &m->people->persons[i];
		struct view *cell;
		const char *word;
		str sign;

		if (!person->is_active || !people_may_name(m->people, &rq->actor, person))
			continue;
		cell = view_item(row, "cells");
		sign = sign_of(m->people, s, person, &word);
		view_text(cell, "sign", sign);
		view_text(cell, "word", word ? words_get(rq->lang, str_of(word)) : STR(""));
	}
}

static void put_service(const struct request *rq, struct view *row, const struct matrix *m,
			const struct service_ability *s)
{
	static const char *const words[ABILITY_RISK_COUNT] = {"people.risk.none", "people.risk.unproven",
							      "people.risk.single", "people.risk.nobody"};
	static const char *const signs[ABILITY_RISK_COUNT] = {"", "△", "▲", "✕"};
	static const char *const classes[ABILITY_RISK_COUNT] = {"good", "caution", "err", "err"};

	view_text(row, "id", s->service->id);
	view_text(row, "name", s->service->name.text.by_lang[rq->lang]);
	view_text(row, "url", arena_fmt(rq->arena, "/portfolio/" STR_FMT, STR_ARG(s->service->id)));
	view_i64(row, "named", s->named);
	view_i64(row, "shown", s->shown_count);
	view_i64(row, "away", s->away);
	view_bool(row, "is_risk", s->risk != ABILITY_SAFE);
	view_text(row, "risk_sign", str_of(signs[s->risk]));
	view_word(row, "risk_word", words[s->risk]);
	view_text(row, "risk_class", str_of(classes[s->risk]));
	put_cells(rq, row, m, s);
}

static void put_matrix(const struct request *rq, struct view *v, const struct matrix *m)
{
	view_list(v, "columns");
	for (uint32_t i = 0; i < m->people->person_count; i++) {
		const struct person *person = &m->people->persons[i];
		struct view *column;

		if (!person->is_active || !people_may_name(m->people, &rq->actor, person))
			continue;
		column = view_item(v, "columns");
		view_text(column, "name", person->name);
		view_bool(column, "is_away", people_is_away(m->people, person->id));
	}
	view_list(v, "services");
	for (uint32_t i = 0; i < m->ability->count; i++)
		put_service(rq, view_item(v, "services"), m, &m->ability->services[i]);
	view_i64(v, "single_count", m->ability->risks[ABILITY_SINGLE] + m->ability->risks[ABILITY_NOBODY]);
	view_i64(v, "unproven_count", m->ability->risks[ABILITY_UNPROVEN]);
	view_i64(v, "service_count", m->ability->count);
	view_bool(v, "sees_all", m->all);
}

static str skill_names(const struct request *rq, const struct skill_list *skills, str list)
{
	_cleanup_(buf_done) struct buf out = {0};
	str rest = list, id;

	buf_init(&out, 8192);
	while (services_next(&rest, &id)) {
		const struct skill *s = skill_find(skills, id);

		if (out.len)
			buf_add(&out, STR(" · "));
		buf_add(&out, s ? s->name[rq->lang] : id);
	}
	return arena_str(rq->arena, buf_str(&out));
}

static void put_person(const struct request *rq, struct view *row, const struct people *p, const struct person *person,
		       const struct skill_list *skills)
{
	const struct team *team = people_team(p, person->team_id);

	view_i64(row, "id", person->id);
	view_text(row, "url", arena_fmt(rq->arena, "/people?person=%lld#edit", (long long)person->id));
	view_text(row, "name", person->name);
	view_text(row, "team", team ? team->name : STR(""));
	view_text(row, "skills", skill_names(rq, skills, person->skills));
	view_bool(row, "has_login", person->account_id != 0);
	view_bool(row, "is_active", person->is_active);
	view_bool(row, "is_away", people_is_away(p, person->id));
	view_list(row, "absences");
	for (uint32_t i = 0; i < p->absence_count; i++) {
		struct view *a;

		if (p->absences[i].person_id != person->id)
			continue;
		a = view_item(row, "absences");
		view_i64(a, "id", p->absences[i].id);
		view_text(a, "from", show_day(rq, p->absences[i].from));
		view_text(a, "to", show_day(rq, p->absences[i].to - 1));
	}
}

static void put_lists(const struct request *rq, struct view *v, const struct people *p, const struct skill_list *skills)
{
	view_list(v, "persons");
	for (uint32_t i = 0; i < p->person_count; i++)
		if (people_may_name(p, &rq->actor, &p->persons[i]))
			put_person(rq, view_item(v, "persons"), p, &p->persons[i], skills);
	view_list(v, "teams");
	for (uint32_t i = 0; i < p->team_count; i++) {
		const struct person *lead = people_person(p, p->teams[i].lead_id);
		struct view *row = view_item(v, "teams");
		int64_t members = 0;

		for (uint32_t k = 0; k < p->person_count; k++)
			members += p->persons[k].team_id == p->teams[i].id && p->persons[k].is_active;
		view_i64(row, "id", p->teams[i].id);
		view_text(row, "name", p->teams[i].name);
		view_text(row, "lead", lead && people_may_name(p, &rq->actor, lead) ? lead->name : STR(""));
		view_i64(row, "members", members);
	}
	view_i64(v, "person_count", p->person_count);
}

int people_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct scope scope = actor_scope(&rq->actor);
	struct portfolio portfolio = {0};
	struct skill_list skills;
	struct ability ability;
	struct people p;
	struct matrix m = {.people = &p, .ability = &ability, .all = actor_may_see_people(&rq->actor)};
	int rc;

	if ((rc = people_load(rq->db, scope, rq->now, rq->arena, &p, e)) ||
	    (rc = skills_load(rq->services->data_folder, rq->arena, &skills, e)) ||
	    (rc = evaluate_portfolio(rq, COMBINE_MAX, &portfolio, e)) ||
	    (rc = ability_load(rq->db, scope, &(struct ability_query){&portfolio, &p, rq->now}, rq->arena, &ability,
			       e)) ||
	    (rc = ability_refused(rq, rs, v, why, e)))
		return rc;
	if (!why)
		ability_put_done(rq, v, "people");
	put_matrix(rq, v, &m);
	put_lists(rq, v, &p, &skills);
	if ((rc = people_put_forms(rq, v, &p, &skills, e)))
		return rc;
	return response_page(rq, rs, STR("ability/people"), v, e);
}

static int people_get(struct request *rq, struct response *rs, struct err *e)
{
	return people_page(rq, rs, NULL, e);
}

const struct route people_web_routes[] = {
	{.method = "GET", .pattern = "/people", .permission = PERM_PORTFOLIO_READ, .handler = people_get},
	{0},
};
