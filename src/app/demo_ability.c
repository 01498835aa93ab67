/* The demo's people, procedures and providers: what evidence is made of, through the rooms that a person would use. */
#include "app/demo_seeding.h"
#include "base/check.h"
#include "base/mem.h"
#include "centre/oncall/oncall.h"
#include "centre/people/people.h"
#include "centre/procedure/procedure.h"
#include "centre/provider/provider.h"

#define DAYS_MAX 3660

/* ---- people ---- */

static time_us days_ago(const struct seeding *s, int64_t days)
{
	return s->seed->now - days * TIME_DAY;
}

static int team(struct seeding *s, const struct yaml_node *name)
{
	struct team t = {.name = seed_text(s, name)};
	int64_t id;

	return team_save(s->db, seed_person(s, STR("manager")), &t, days_ago(s, 400), &id, s->e);
}

/* Everybody as stored by now, for finding a person by the demo's id or name and a team by its name. */
static int load(struct seeding *s, struct people *ret)
{
	return people_load(s->db, (struct scope){s->tenant_id}, s->seed->now, s->arena, ret, s->e);
}

static int64_t team_id(const struct people *p, str name)
{
	for (uint32_t i = 0; i < p->team_count; i++)
		if (str_eq(p->teams[i].name, name))
			return p->teams[i].id;
	return 0;
}

static int person(struct seeding *s, const struct yaml_node *node)
{
	const struct actor *user = seed_person(s, yaml_text(node, STR("user")));
	struct person p = {.name = user ? str_of(user->name) : seed_text(s, yaml_get(node, STR("name"))),
			   .account_id = user ? user->user_id : 0,
			   .skills = yaml_text(node, STR("skills")),
			   .is_active = true};
	str key = yaml_text(node, STR("team"));
	struct people all;
	int64_t id;
	int rc = load(s, &all);

	if (rc)
		return rc;
	p.team_id = team_id(&all, seed_text(s, yaml_get(yaml_get(s->root, STR("teams")), key)));
	if (!p.team_id || !p.name.len)
		return seed_refuse(s, node, STR("user, name, team"));
	rc = person_save(s->db, seed_person(s, STR("manager")), &p, days_ago(s, 400), &id, s->e);
	if (!rc && yaml_get(node, STR("leads"))) {
		const struct team *before;
		struct team t;

		if ((rc = load(s, &all)))
			return rc;
		before = people_team(&all, p.team_id);
		CHECK(before);
		t = *before;
		t.lead_id = id;
		rc = team_save(s->db, seed_person(s, STR("manager")), &t, days_ago(s, 400), &id, s->e);
	}
	return rc;
}

static int64_t person_id(const struct seeding *s, const struct people *p, const struct yaml_node *node)
{
	const struct actor *user = node ? seed_person(s, node->text) : NULL;
	const struct person *found = user ? people_of_account(p, user->user_id) : NULL;

	return found ? found->id : 0;
}

static int named(struct seeding *s, const struct yaml_node *node)
{
	const struct yaml_node *deputies = yaml_get(node, STR("deputies"));
	struct service_people n = {.service = yaml_text(node, STR("service"))};
	struct people all;
	int rc = load(s, &all);

	if (rc)
		return rc;
	n.owner_id = person_id(s, &all, yaml_get(node, STR("owner")));
	if (!framework_service(s->seed->framework, n.service) || !n.owner_id)
		return seed_refuse(s, node, STR("service, owner"));
	for (uint32_t i = 0; deputies && i < deputies->count && i < PEOPLE_DEPUTIES_MAX; i++)
		n.deputies[n.deputy_count++] = person_id(s, &all, &deputies->items[i]);
	return service_people_set(s->db, seed_person(s, STR("manager")), &n, days_ago(s, 300), s->e);
}

static int absence(struct seeding *s, const struct yaml_node *node)
{
	struct absence a = {.from = days_ago(s, 2), .to = s->seed->now + 5 * TIME_DAY};
	struct people all;
	int64_t id;
	int rc = load(s, &all);

	if (rc)
		return rc;
	a.person_id = person_id(s, &all, node);
	return absence_add(s->db, seed_person(s, STR("manager")), &a, days_ago(s, 20), &id, s->e);
}

/* ---- on-call ---- */

/* {name, level, layers: [day, …], people: [user, …]}: handed over on Mondays at nine. */
static int rotation(struct seeding *s, const struct yaml_node *node)
{
	const struct yaml_node *layers = yaml_get(node, STR("layers")), *people = yaml_get(node, STR("people"));
	struct oncall_rotation r = {.name = seed_text(s, yaml_get(node, STR("name"))),
				    .day_from = 540,
				    .day_to = 1080,
				    .turn_weeks = 1,
				    .handover_weekday = 1,
				    .handover_min = 540,
				    .start = day_at(days_ago(s, 60), 540),
				    .is_active = true};
	struct people all;
	int64_t level, id;
	int rc = load(s, &all);

	if (rc || (rc = seed_number(s, node, STR("level"), ONCALL_LEVELS_MAX, &level)))
		return rc;
	r.level = (int)level;
	for (uint32_t i = 0; layers && i < layers->count; i++) {
		enum oncall_layer layer;

		if (!oncall_layer_parse(layers->items[i].text, &layer))
			return seed_refuse(s, &layers->items[i], STR("layer"));
		r.layers |= 1u << layer;
	}
	for (uint32_t i = 0; people && i < people->count && i < ONCALL_MEMBERS_MAX; i++)
		r.members[r.member_count++] = person_id(s, &all, &people->items[i]);
	return oncall_rotation_save(s->db, seed_person(s, STR("manager")), &r, days_ago(s, 60), &id, s->e);
}

/* {user, means, address, checked: days ago, none = never} */
static int reach(struct seeding *s, const struct yaml_node *node)
{
	struct oncall_contact c = {.means = yaml_text(node, STR("means")), .address = yaml_text(node, STR("address"))};
	const struct actor *manager = seed_person(s, STR("manager"));
	struct people all;
	int64_t days = 0, id;
	int rc = load(s, &all);

	if (rc)
		return rc;
	c.person_id = person_id(s, &all, yaml_get(node, STR("user")));
	if ((rc = oncall_contact_add(s->db, manager, &c, days_ago(s, 200), &id, s->e)) ||
	    !yaml_get(node, STR("checked")))
		return rc;
	if ((rc = seed_number(s, node, STR("checked"), DAYS_MAX, &days)))
		return rc;
	return oncall_contact_check(s->db, manager, id, days_ago(s, days), s->e);
}

static int seed_oncall(struct seeding *s)
{
	int rc = seed_each(s, STR("oncall"), rotation);

	return rc ? rc : seed_each(s, STR("contacts"), reach);
}

static int seed_people(struct seeding *s)
{
	const struct yaml_node *teams = yaml_get(s->root, STR("teams"));
	int rc = 0;

	for (uint32_t i = 0; !rc && teams && i < teams->count; i++)
		rc = team(s, &teams->items[i]);
	if (rc || (rc = seed_each(s, STR("persons"), person)) || (rc = seed_each(s, STR("named"), named)))
		return rc;
	if ((rc = seed_each(s, STR("absences"), absence)))
		return rc;
	return seed_oncall(s);
}

/* ---- procedures ---- */

static int find_template(struct seeding *s, str id, struct procedure_text *ret)
{
	struct template_list list;
	int rc = procedure_templates(s->seed->data_folder, str_of(lang_code(s->seed->lang)), s->arena, &list, s->e);

	for (uint32_t i = 0; !rc && i < list.count; i++)
		if (str_eq(list.items[i].id, id)) {
			*ret = (struct procedure_text){.title = list.items[i].title,
						       .services = list.items[i].services,
						       .body = list.items[i].body};
			return 0;
		}
	return rc ? rc : seed_refuse(s, NULL, id);
}

static int walk(struct seeding *s, const struct yaml_node *node, int64_t version_id)
{
	const struct actor *by = seed_person(s, yaml_text(node, STR("by")));
	const struct actor *signer = seed_person(s, yaml_text(node, STR("signed")));
	struct walk_new new = {.version_id = version_id, .remark = seed_text(s, yaml_get(node, STR("remark")))};
	int64_t days = 0, id;
	int rc = seed_number(s, node, STR("days_ago"), DAYS_MAX, &days);

	if (rc)
		return rc;
	if (!by)
		return seed_refuse(s, node, STR("by"));
	new.walked = days_ago(s, days);
	if ((rc = procedure_walk_add(s->db, by, &new, new.walked, &id, s->e)) || !signer)
		return rc;
	return procedure_walk_sign(s->db, signer, id, new.walked + TIME_DAY, s->e);
}

static int approve(struct seeding *s, const struct yaml_node *node, int64_t version_id, time_us when)
{
	struct procedure_move m = {.id = version_id, .row_version = 1, .to = PROCEDURE_REVIEW};
	int64_t valid = 0;
	int rc = procedure_move(s->db, seed_person(s, STR("manager")), &m, when, s->e);

	if (rc || !yaml_get(node, STR("approved_for")))
		return rc;
	if ((rc = seed_number(s, node, STR("approved_for"), PROCEDURE_EXPIRY_DAYS_MAX, &valid)))
		return rc;
	m.row_version = 2;
	m.to = PROCEDURE_APPROVED;
	m.expires = when + valid * TIME_DAY;
	return procedure_move(s->db, seed_person(s, STR("ciso")), &m, when, s->e);
}

static int procedure(struct seeding *s, const struct yaml_node *node)
{
	const struct actor *by = seed_person(s, yaml_text(node, STR("by")));
	const struct yaml_node *walked = yaml_get(node, STR("walk"));
	struct procedure_text t;
	int64_t days = 0, id;
	int rc;

	if (!by)
		return seed_refuse(s, node, STR("by"));
	if ((rc = seed_number(s, node, STR("days_ago"), DAYS_MAX, &days)) ||
	    (rc = find_template(s, yaml_text(node, STR("template")), &t)) ||
	    (rc = procedure_write(s->db, by, &t, days_ago(s, days), &id, s->e)) ||
	    (rc = approve(s, node, id, days_ago(s, days))))
		return rc;
	return walked ? walk(s, walked, id) : 0;
}

/* ---- providers ---- */

static int provider(struct seeding *s, str name, int64_t *ret_id)
{
	struct provider p = {.name = name};
	struct provider_list list;
	int rc = provider_list(s->db, (struct scope){s->tenant_id}, s->arena, &list, s->e);

	for (uint32_t i = 0; !rc && i < list.count; i++)
		if (str_eq(list.items[i].name, name)) {
			*ret_id = list.items[i].id;
			return 0;
		}
	return rc ? rc : provider_save(s->db, seed_person(s, STR("manager")), &p, days_ago(s, 380), ret_id, s->e);
}

static int judge(struct seeding *s, const struct yaml_node *node, int64_t id, time_us when)
{
	const struct actor *manager = seed_person(s, STR("manager"));
	struct report_judge j = {.id = id,
				 .version = 2,
				 .judgement = {.as_expected = str_eq(yaml_text(node, STR("expected")), STR("yes")),
					       .remark = seed_text(s, yaml_get(node, STR("remark")))}};
	int rc = report_open(s->db, manager, id, when, s->e);

	if (rc || !yaml_get(node, STR("content")))
		return rc;
	if (!understanding_parse(yaml_text(node, STR("content")), &j.judgement.content) ||
	    !understanding_parse(yaml_text(node, STR("result")), &j.judgement.result))
		return seed_refuse(s, node, STR("content, result"));
	if ((rc = seed_number(s, node, STR("met"), PROVIDER_LEVELS_MAX, &j.judgement.met)) ||
	    (rc = seed_number(s, node, STR("missed"), PROVIDER_LEVELS_MAX, &j.judgement.missed)))
		return rc;
	return report_judge(s->db, manager, &j, when + TIME_HOUR, s->e);
}

static int report(struct seeding *s, const struct yaml_node *node, const struct contract *c)
{
	struct report_new new = {.contract_id = c->id};
	str text = arena_fmt(s->arena, STR_FMT "\n" STR_FMT "\n", STR_ARG(c->reference),
			     STR_ARG(seed_text(s, yaml_get(node, STR("text")))));
	int64_t nth = 0, id;
	int rc = seed_number(s, node, STR("nth"), 1000, &nth);

	if (rc)
		return rc;
	if (!contract_due(c, (uint32_t)nth, &new.due) || new.due > s->seed->now)
		return seed_refuse(s, yaml_get(node, STR("nth")), STR("nth"));
	new.file_name = arena_fmt(s->arena, STR_FMT "-%lld.txt", STR_ARG(c->reference), (long long)nth + 1);
	if ((rc = blob_put(s->seed->blobs, text, &new.blob, s->e)) ||
	    (rc = report_add(s->db, seed_person(s, STR("manager")), &new, new.due, &id, s->e)))
		return rc;
	return yaml_get(node, STR("unopened")) ? 0 : judge(s, node, id, new.due + TIME_HOUR);
}

static int contract(struct seeding *s, const struct yaml_node *node)
{
	const struct yaml_node *reports = yaml_get(node, STR("reports"));
	struct contract c = {.reference = yaml_text(node, STR("reference")),
			     .services = yaml_text(node, STR("services")),
			     .grace_days = 14};
	int64_t first = 0;
	int rc;

	if (!cadence_parse(yaml_text(node, STR("cadence")), &c.cadence))
		return seed_refuse(s, yaml_get(node, STR("cadence")), STR("monthly"));
	if ((rc = seed_number(s, node, STR("first_days_ago"), DAYS_MAX, &first)) ||
	    (rc = provider(
		     s, seed_text(s, yaml_get(yaml_get(s->root, STR("providers")), yaml_text(node, STR("provider")))),
		     &c.provider_id)))
		return rc;
	c.first_due = days_ago(s, first) / TIME_DAY * TIME_DAY;
	c.from = c.first_due - 60 * TIME_DAY;
	if ((rc = contract_save(s->db, seed_person(s, STR("ciso")), &c, c.from + TIME_DAY, &c.id, s->e)))
		return rc;
	for (uint32_t i = 0; !rc && reports && i < reports->count; i++)
		rc = report(s, &reports->items[i], &c);
	return rc;
}

int seed_ability(struct seeding *s)
{
	int rc = seed_people(s);

	if (rc || (rc = seed_each(s, STR("procedures"), procedure)))
		return rc;
	return s->seed->blobs ? seed_each(s, STR("contracts"), contract) : 0;
}
