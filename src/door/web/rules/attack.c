/* GET /attack: which techniques our rules can see; GET /attack/layer.json: the same for the ATT&CK Navigator. */
#include "door/web/rules/rules_page.h"
#include "door/web/web.h"

#define SHADES 5u

static int read_matrix(struct request *rq, const struct generation *g, struct attack_matrix *m, struct err *e)
{
	struct rule_world w;
	int rc = rules_world(rq, g, &w, e);

	return rc ? rc : attack_read(&w, rq->services->data_folder, rq->arena, m, e);
}

/* 0 none, then 1, 2–3, 4–7, 8–15, 16 and more live rules. */
static unsigned shade(uint32_t rules)
{
	unsigned s = 0;

	while (rules && s < SHADES) {
		s++;
		rules /= 2;
	}
	return s;
}

static const char *const tactic_words[][2] = {
	{"reconnaissance", "hunt.tactic.reconnaissance"},
	{"resource-development", "hunt.tactic.resource_development"},
	{"initial-access", "hunt.tactic.initial_access"},
	{"execution", "hunt.tactic.execution"},
	{"persistence", "hunt.tactic.persistence"},
	{"privilege-escalation", "hunt.tactic.privilege_escalation"},
	{"defense-evasion", "hunt.tactic.defense_evasion"},
	{"stealth", "hunt.tactic.stealth"},
	{"defense-impairment", "hunt.tactic.defense_impairment"},
	{"credential-access", "hunt.tactic.credential_access"},
	{"discovery", "hunt.tactic.discovery"},
	{"lateral-movement", "hunt.tactic.lateral_movement"},
	{"collection", "hunt.tactic.collection"},
	{"command-and-control", "hunt.tactic.command_and_control"},
	{"exfiltration", "hunt.tactic.exfiltration"},
	{"impact", "hunt.tactic.impact"},
};

/* A tactic that somebody added to the content has its own tag for a name. */
static void show_tactic_name(struct view *v, str tag)
{
	view_text(v, "name", tag);
	for (size_t i = 0; i < sizeof(tactic_words) / sizeof(tactic_words[0]); i++)
		if (str_eq(tag, str_of(tactic_words[i][0])))
			view_word(v, "name", tactic_words[i][1]);
}

static void show_technique_cell(const struct request *rq, struct view *v, const struct attack_technique *t)
{
	char lower[16] = "attack.t";

	for (size_t i = 1; i < t->id.len && i < 6; i++)
		lower[7 + i] = t->id.ptr[i];
	lower[7 + t->id.len] = 0;
	view_text(v, "id", t->id);
	view_text(v, "technique", t->name);
	view_text(v, "tag", arena_str(rq->arena, str_of(lower)));
	view_i64(v, "shade", shade(t->live));
	view_i64(v, "rules", t->rules);
	view_i64(v, "live", t->live);
	view_i64(v, "hits", t->hits);
}

static void show_matrix(const struct request *rq, struct view *v, const struct attack_matrix *m, bool all)
{
	for (uint32_t k = 0; k < m->tactic_count; k++) {
		uint32_t covered = 0, total = 0;
		struct view *column = NULL;

		for (uint32_t i = 0; i < m->technique_count; i++) {
			const struct attack_technique *t = &m->techniques[i];

			if (!(t->tactics & (1u << k)))
				continue;
			total++;
			covered += t->live > 0;
			if (!all && !t->rules)
				continue;
			if (!column)
				column = view_item(v, "tactics");
			show_technique_cell(rq, view_item(column, "techniques"), t);
		}
		if (!column)
			continue;
		show_tactic_name(column, m->tactics[k].tag);
		view_i64(column, "covered", covered);
		view_i64(column, "total", total);
	}
}

static void show_table(const struct request *rq, struct view *v, const struct attack_matrix *m)
{
	uint32_t live = 0, silent = 0, known = 0, seen = 0;

	view_list(v, "rows");
	for (uint32_t i = 0; i < m->technique_count; i++) {
		const struct attack_technique *t = &m->techniques[i];

		known++;
		live += t->live > 0;
		silent += t->rules > 0 && t->live == 0;
		seen += t->hits > 0;
		if (t->rules)
			show_technique_cell(rq, view_item(v, "rows"), t);
	}
	view_i64(v, "live_count", live);
	view_i64(v, "silent_count", silent);
	view_i64(v, "known_count", known);
	view_i64(v, "seen_count", seen);
}

static int attack_get(struct request *rq, struct response *rs, struct err *e)
{
	const struct generation *g = rules_take(rq);
	bool all = request_query(rq, STR("all")).len > 0;
	struct view *v = view_create(rq->arena);
	struct attack_matrix m;
	int rc = read_matrix(rq, g, &m, e);

	if (!rc) {
		view_text(v, "source", m.source);
		view_bool(v, "all", all);
		view_list(v, "tactics");
		show_matrix(rq, v, &m, all);
		show_table(rq, v, &m);
		rc = response_page(rq, rs, STR("rules/attack"), v, e);
	}
	rules_give(rq, g);
	return rc;
}

static int layer_get(struct request *rq, struct response *rs, struct err *e)
{
	const struct generation *g = rules_take(rq);
	struct attack_matrix m;
	int rc = read_matrix(rq, g, &m, e);

	if (!rc)
		rc = attack_layer(&m, STR("Noroshi"), &rs->body, e);
	rules_give(rq, g);
	if (rc)
		return rc;
	rs->content_type = STR("application/json");
	response_attachment(rq, rs, STR("noroshi-attack-layer.json"));
	return 0;
}

const struct route attack_web_routes[] = {
	{.method = "GET", .pattern = "/attack", .permission = PERM_RULE_READ, .handler = attack_get},
	{.method = "GET", .pattern = "/attack/layer.json", .permission = PERM_RULE_READ, .handler = layer_get},
	{0},
};
