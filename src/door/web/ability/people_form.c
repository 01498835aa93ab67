/* The forms of the people page. */
#include "base/mem.h"
#include "craft/work/work.h"
#include "door/web/ability/ability.h"
#include "door/web/ability/people.h"
#include "door/web/web.h"
#include "guard/user.h"

static str number(const struct request *rq, int64_t id)
{
	return arena_fmt(rq->arena, "%lld", (long long)id);
}

struct accounts {
	const struct request *rq;
	struct view *v;
	const struct people *people;
	int64_t chosen;
};

/* A login that is somebody else already is not offered. */
static int put_account(void *ctx, const struct user_row *row)
{
	struct accounts *a = ctx;
	const struct person *holder = people_of_account(a->people, row->id);

	if (row->is_active && (!holder || row->id == a->chosen))
		evaluate_put_choice(a->v, "accounts", number(a->rq, row->id),
				    arena_fmt(a->rq->arena, STR_FMT " (" STR_FMT ")", STR_ARG(row->display_name),
					      STR_ARG(row->login)),
				    row->id == a->chosen);
	return 0;
}

static void put_named(const struct request *rq, struct view *v, const struct people *p)
{
	str service = request_query(rq, STR("service"));
	const struct framework *fw = evaluate_framework(rq);

	view_list(v, "all_services");
	for (uint32_t i = 0; i < fw->service_count; i++)
		evaluate_put_choice(v, "all_services", fw->services[i].id,
				    arena_fmt(rq->arena, STR_FMT " " STR_FMT, STR_ARG(fw->services[i].id),
					      STR_ARG(fw->services[i].name.text.by_lang[rq->lang])),
				    str_eq(fw->services[i].id, service));
	view_list(v, "owners");
	view_list(v, "deputies");
	for (uint32_t i = 0; i < p->person_count; i++) {
		const struct person *person = &p->persons[i];
		bool owner = false, deputy = false;

		if (!person->is_active)
			continue;
		for (uint32_t k = 0; k < p->part_count; k++)
			if (p->parts[k].person_id == person->id && str_eq(p->parts[k].service, service)) {
				owner |= p->parts[k].part == PART_OWNER;
				deputy |= p->parts[k].part == PART_DEPUTY;
			}
		evaluate_put_choice(v, "owners", number(rq, person->id), person->name, owner);
		evaluate_put_choice(v, "deputies", number(rq, person->id), person->name, deputy);
	}
}

int people_put_forms(struct request *rq, struct view *v, const struct people *p, const struct skill_list *skills,
		     struct err *e)
{
	int64_t id = 0;
	const struct person *edited = str_to_i64(request_query(rq, STR("person")), &id) ? people_person(p, id) : NULL;
	struct accounts accounts = {rq, v, p, edited ? edited->account_id : 0};

	if (!actor_may(&rq->actor, PERM_PORTFOLIO_WRITE))
		return 0;
	view_bool(v, "is_edit", edited != NULL);
	view_i64(v, "edit_id", edited ? edited->id : 0);
	view_i64(v, "edit_version", edited ? edited->version : 0);
	view_text(v, "edit_name", edited ? edited->name : STR(""));
	view_bool(v, "edit_active", !edited || edited->is_active);
	view_list(v, "edit_teams");
	for (uint32_t i = 0; i < p->team_count; i++)
		evaluate_put_choice(v, "edit_teams", number(rq, p->teams[i].id), p->teams[i].name,
				    edited && edited->team_id == p->teams[i].id);
	view_list(v, "skills");
	for (uint32_t i = 0; i < skills->count; i++)
		evaluate_put_choice(v, "skills", skills->items[i].id, skills->items[i].name[rq->lang],
				    edited && services_have(edited->skills, skills->items[i].id));
	view_list(v, "accounts");
	put_named(rq, v, p);
	return user_each(rq->db, &rq->actor, put_account, &accounts, e);
}

/* ---- deeds ---- */

static int answer(struct request *rq, struct response *rs, int rc, const struct err *why, struct err *e)
{
	if (rc)
		return people_page(rq, rs, why, e);
	response_redirect(rs, STR("/people?done=saved"));
	return 0;
}

static int form_skills(struct request *rq, str *ret, struct err *e)
{
	_cleanup_(buf_done) struct buf list = {0};
	struct skill_list skills;
	size_t at = 0;
	str id;
	int rc = skills_load(rq->services->data_folder, rq->arena, &skills, e);

	buf_init(&list, PEOPLE_SKILLS_MAX);
	while (!rc && request_form_each(rq, STR("skill"), &at, &id)) {
		if (!skill_find(&skills, id))
			return err_set_value(e, ERR_RANGE, "err.people.skill", id);
		if (list.len)
			buf_add_byte(&list, ' ');
		buf_add(&list, id);
	}
	if (!rc)
		rc = buf_check(&list, e);
	*ret = arena_str(rq->arena, buf_str(&list));
	return rc;
}

static int person_post(struct request *rq, struct response *rs, struct err *e)
{
	struct person p = {.name = request_form(rq, STR("name")),
			   .is_active = !request_form(rq, STR("id")).len || request_form(rq, STR("active")).len};
	struct err why = {0};
	int64_t id;
	int rc;

	if (!(rc = ability_form_number(rq, "id", 0, &p.id, &why)) &&
	    !(rc = ability_form_number(rq, "version", 0, &p.version, &why)) &&
	    !(rc = evaluate_form_id(rq, "account", &p.account_id, &why)) &&
	    !(rc = evaluate_form_id(rq, "team", &p.team_id, &why)) && !(rc = form_skills(rq, &p.skills, &why))) {
		p.is_active |= p.id == 0;
		rc = person_save(rq->db, &rq->actor, &p, rq->now, &id, &why);
	}
	return answer(rq, rs, rc, &why, e);
}

static int team_post(struct request *rq, struct response *rs, struct err *e)
{
	struct team t = {.name = request_form(rq, STR("name"))};
	struct err why = {0};
	struct people p;
	int64_t id;
	int rc;

	if (!(rc = ability_form_number(rq, "id", 0, &t.id, &why)) &&
	    !(rc = evaluate_form_id(rq, "lead", &t.lead_id, &why))) {
		/* The form changes the lead of a team: its name and version are as stored. */
		if ((rc = people_load(rq->db, actor_scope(&rq->actor), rq->now, rq->arena, &p, e)))
			return rc;
		if (people_team(&p, t.id)) {
			t.name = t.name.len ? t.name : people_team(&p, t.id)->name;
			t.version = people_team(&p, t.id)->version;
		}
		rc = team_save(rq->db, &rq->actor, &t, rq->now, &id, &why);
	}
	return answer(rq, rs, rc, &why, e);
}

static int named_post(struct request *rq, struct response *rs, struct err *e)
{
	struct service_people s = {.service = request_form(rq, STR("service"))};
	struct err why = {0};
	size_t at = 0;
	str text;
	int rc = 0;

	if (!framework_service(evaluate_framework(rq), s.service))
		rc = err_set_value(&why, ERR_RANGE, "err.evaluate.service", s.service);
	if (!rc)
		rc = evaluate_form_id(rq, "owner", &s.owner_id, &why);
	while (!rc && request_form_each(rq, STR("deputy"), &at, &text)) {
		if (s.deputy_count == PEOPLE_DEPUTIES_MAX)
			rc = err_set(&why, ERR_LIMIT, "err.people.deputies");
		else if (!str_to_i64(text, &s.deputies[s.deputy_count++]))
			rc = err_set_value(&why, ERR_RANGE, "err.evaluate.form", text);
	}
	if (!rc)
		rc = service_people_set(rq->db, &rq->actor, &s, rq->now, &why);
	return answer(rq, rs, rc, &why, e);
}

static int absence_post(struct request *rq, struct response *rs, struct err *e)
{
	struct absence a = {0};
	struct err why = {0};
	int64_t id;
	int rc;

	if (!(rc = evaluate_form_id(rq, "person", &a.person_id, &why)) &&
	    !(rc = evaluate_day(rq, "from", &a.from, &why)) && !(rc = evaluate_day(rq, "to", &a.to, &why))) {
		a.to += a.to ? TIME_DAY : 0; /* the last day is included */
		rc = absence_add(rq->db, &rq->actor, &a, rq->now, &id, &why);
	}
	return answer(rq, rs, rc, &why, e);
}

static int absence_remove_post(struct request *rq, struct response *rs, struct err *e)
{
	struct err why = {0};
	int64_t id = 0;
	int rc = evaluate_form_id(rq, "id", &id, &why);

	if (!rc)
		rc = absence_remove(rq->db, &rq->actor, id, rq->now, &why);
	return answer(rq, rs, rc, &why, e);
}

#define POST_ROW(path, fn)                                                                                     \
	{                                                                                                      \
		.method = "POST", .pattern = "/people" path, .permission = PERM_PORTFOLIO_WRITE, .handler = fn \
	}

const struct route people_form_web_routes[] = {
	POST_ROW("", person_post),
	POST_ROW("/teams", team_post),
	POST_ROW("/services", named_post),
	POST_ROW("/absences", absence_post),
	POST_ROW("/absences/remove", absence_remove_post),
	{0},
};
