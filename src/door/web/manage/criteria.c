/* Triage criteria and action policies: what is in force, history, one version with its form, comparison and what-if. */
#include "craft/criteria/criteria.h"

#include "base/check.h"
#include "door/web/manage/allowed.h"
#include "door/web/manage/manage_text.h"
#include "door/web/web.h"

#define WHATIF_DAYS 30

static str number_text(const struct request *rq, int64_t number)
{
	return number ? arena_fmt(rq->arena, "%lld", (long long)number)
		      : words_get(rq->lang, STR("criteria.first_edition"));
}

static void put_head(const struct request *rq, struct view *row, const struct criteria *c)
{
	static const char *const classes[CRITERIA_STATE_COUNT] = {"acc", "good", "line"};

	view_text(row, "url", c->id ? arena_fmt(rq->arena, "/criteria/%lld", (long long)c->id) : STR(""));
	view_text(row, "number", number_text(rq, c->number));
	view_text(row, "state_class", str_of(classes[c->state]));
	view_word(row, "state_word", show_word_key(rq, "criteria.state.", criteria_state_name(c->state)).ptr);
	view_text(row, "note", c->note);
	view_text(row, "created_by", c->created_by);
	view_text(row, "created", c->created_at ? show_time_text(rq, c->created_at) : STR(""));
	view_text(row, "approved_by", c->approved_by);
	view_text(row, "approved", c->approved_at ? show_time_text(rq, c->approved_at) : STR(""));
}

/* ---- tables ---- */

static void put_triage(const struct request *rq, struct view *v, const struct triage_table *t)
{
	view_list(v, "steps");
	view_list(v, "matrix");
	view_list(v, "times");
	for (int i = 0; i < TRIAGE_STEPS; i++) {
		struct view *row = view_item(v, "matrix");

		view_word(view_item(v, "steps"), "name", arena_fmt(rq->arena, "criteria.step.%d", i + 1).ptr);
		view_word(row, "name", arena_fmt(rq->arena, "criteria.step.%d", i + 1).ptr);
		for (int k = 0; k < TRIAGE_STEPS; k++) {
			struct view *cell = view_item(row, "cells");

			view_fmt(cell, "field", "adjust_%d_%d", i, k);
			view_fmt(cell, "value", "%d", t->adjust[i][k]);
			view_text(cell, "label",
				  arena_fmt(rq->arena, STR_FMT " %d × " STR_FMT " %d",
					    STR_ARG(words_get(rq->lang, STR("criteria.asset_value"))), i + 1,
					    STR_ARG(words_get(rq->lang, STR("criteria.confidence"))), k + 1));
		}
	}
	for (int i = TRIAGE_LEVELS; i-- > 0;) {
		struct view *row = view_item(v, "times");

		show_level(row, (unsigned)i + 1);
		view_fmt(row, "field", "ack_%d", i);
		view_i64(row, "value", t->acknowledge_min[i]);
	}
}

static str policy_name(const struct request *rq, const struct policy *p)
{
	str key = arena_fmt(rq->arena, "criteria.action." STR_FMT, STR_ARG(p->id));

	return p->name.len ? p->name : words_has(key) ? words_get(rq->lang, key) : p->id;
}

static void put_states(const struct request *rq, struct view *row, const struct policy *p)
{
	static const char *const states[] = {"triage", "investigate", "contain", "eradicate", "recover", "review"};
	struct buf text;

	buf_init(&text, 1024);
	view_list(row, "states");
	for (size_t i = 0; i < COUNT_OF(states); i++) {
		bool on = policy_applies(p, str_of(states[i]), TRIAGE_LEVELS);
		str label = words_get(rq->lang, show_word_key(rq, "incident.state.", states[i]));

		evaluate_put_choice(row, "states", str_of(states[i]), label, on);
		if (!on)
			continue;
		buf_add(&text, text.len ? STR(" · ") : STR(""));
		buf_add(&text, label);
	}
	view_text(row, "states_text", arena_str(rq->arena, buf_str(&text)));
	buf_done(&text);
}

static void put_policy(const struct request *rq, struct view *row, const struct policy *p, uint32_t at)
{
	static const char *const deciders[] = {"analyst", "handler", "manager", "ciso"};

	view_i64(row, "position", at);
	view_text(row, "id", p->id);
	view_text(row, "name", policy_name(rq, p));
	view_text(row, "own_name", p->name);
	view_i64(row, "minutes", p->minutes);
	view_bool(row, "is_consent", p->consent);
	view_text(row, "remark", p->remark);
	show_level(row, (unsigned)p->severity_min);
	view_text(row, "decider", words_get(rq->lang, arena_fmt(rq->arena, "role." STR_FMT, STR_ARG(p->decider))));
	view_list(row, "severities");
	for (int i = 1; i <= TRIAGE_LEVELS; i++)
		evaluate_put_choice(row, "severities", arena_fmt(rq->arena, "%d", i),
				    words_get(rq->lang, arena_fmt(rq->arena, "alert.level.%d", i)),
				    p->severity_min == i);
	view_list(row, "deciders");
	for (size_t i = 0; i < COUNT_OF(deciders); i++)
		manage_put_name(rq, row, "deciders",
				&(struct name_choice){"role.", deciders[i], str_eq(p->decider, str_of(deciders[i]))});
	put_states(rq, row, p);
}

static void put_table(const struct request *rq, struct view *v, const struct criteria *c)
{
	const struct policy blank = {.id = STR(""),
				     .name = STR(""),
				     .states = STR(""),
				     .remark = STR(""),
				     .severity_min = 3,
				     .decider = STR("handler")};
	bool is_draft = c->state == CRITERIA_DRAFT;

	view_bool(v, "is_triage", c->kind == CRITERIA_TRIAGE);
	if (c->kind == CRITERIA_TRIAGE) {
		put_triage(rq, v, &c->triage);
		return;
	}
	view_list(v, "policies");
	for (uint32_t i = 0; i < c->policy.count; i++)
		put_policy(rq, view_item(v, "policies"), &c->policy.rows[i], i);
	if (is_draft && c->policy.count < POLICY_MAX)
		put_policy(rq, view_item(v, "policies"), &blank, c->policy.count);
}

/* ---- the list ---- */

static int put_kind(const struct request *rq, struct view *v, enum criteria_kind kind, struct err *e)
{
	struct view *section = view_item(v, "kinds");
	struct scope scope = actor_scope(&rq->actor);
	struct criteria_list list;
	struct criteria now;
	int rc;

	if ((rc = criteria_current(rq->db, scope, kind, rq->arena, &now, e)) ||
	    (rc = criteria_list(rq->db, scope, kind, rq->arena, &list, e)))
		return rc;
	view_text(section, "kind", str_of(criteria_kind_name(kind)));
	view_word(section, "title", show_word_key(rq, "criteria.kind.", criteria_kind_name(kind)).ptr);
	put_table(rq, section, &now);
	put_head(rq, section, &now);
	view_list(section, "versions");
	for (uint32_t i = 0; i < list.count; i++)
		put_head(rq, view_item(section, "versions"), &list.items[i]);
	return 0;
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	int rc = 0;

	view_list(v, "kinds");
	for (unsigned kind = 0; !rc && kind < CRITERIA_KIND_COUNT; kind++)
		rc = put_kind(rq, v, kind, e);
	return rc ? rc : response_page(rq, rs, STR("manage/criteria"), v, e);
}

static int create_post(struct request *rq, struct response *rs, struct err *e)
{
	str name = request_form(rq, STR("kind"));
	enum criteria_kind kind;
	struct criteria c;
	int64_t id;
	int rc;

	if (!criteria_kind_parse(name, &kind))
		return err_set_value(e, ERR_RANGE, "err.evaluate.form", name);
	if ((rc = criteria_current(rq->db, actor_scope(&rq->actor), kind, rq->arena, &c, e)))
		return rc;
	c.id = c.changes = 0;
	c.note = STR("");
	if ((rc = criteria_save(rq->db, &rq->actor, &c, rq->now, &id, e)))
		return rc;
	response_redirect(rs, arena_fmt(rq->arena, "/criteria/%lld", (long long)id));
	return 0;
}

/* ---- one version ---- */

static void put_difference(struct view *v, str what, str before, str after)
{
	struct view *row = view_item(v, "differences");

	view_text(row, "what", what);
	view_text(row, "before", before);
	view_text(row, "after", after);
}

static void compare_triage(const struct request *rq, struct view *v, const struct triage_table *a,
			   const struct triage_table *b)
{
	for (int i = 0; i < TRIAGE_STEPS * TRIAGE_STEPS; i++) {
		int row = i / TRIAGE_STEPS, col = i % TRIAGE_STEPS;

		if (a->adjust[row][col] != b->adjust[row][col])
			put_difference(v,
				       arena_fmt(rq->arena, STR_FMT " %d × " STR_FMT " %d",
						 STR_ARG(words_get(rq->lang, STR("criteria.asset_value"))), row + 1,
						 STR_ARG(words_get(rq->lang, STR("criteria.confidence"))), col + 1),
				       arena_fmt(rq->arena, "%+d", a->adjust[row][col]),
				       arena_fmt(rq->arena, "%+d", b->adjust[row][col]));
	}
	for (int i = 0; i < TRIAGE_LEVELS; i++)
		if (a->acknowledge_min[i] != b->acknowledge_min[i])
			put_difference(v,
				       arena_fmt(rq->arena, STR_FMT " %d",
						 STR_ARG(words_get(rq->lang, STR("criteria.acknowledge"))), i + 1),
				       arena_fmt(rq->arena, "%d", a->acknowledge_min[i]),
				       arena_fmt(rq->arena, "%d", b->acknowledge_min[i]));
}

static str policy_line(const struct request *rq, const struct policy *p)
{
	if (!p)
		return STR("—");
	return arena_fmt(rq->arena, STR_FMT " · ≥%d · " STR_FMT " · %d min%s" STR_FMT, STR_ARG(p->states),
			 p->severity_min, STR_ARG(p->decider), p->minutes, p->consent ? " · ✓ " : " · ",
			 STR_ARG(p->remark));
}

static const struct policy *policy_of(const struct policy_table *t, str id)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (str_eq(t->rows[i].id, id))
			return &t->rows[i];
	return NULL;
}

static void compare_policies(const struct request *rq, struct view *v, const struct policy_table *a,
			     const struct policy_table *b)
{
	for (uint32_t i = 0; i < b->count; i++) {
		str before = policy_line(rq, policy_of(a, b->rows[i].id)), after = policy_line(rq, &b->rows[i]);

		if (!str_eq(before, after))
			put_difference(v, policy_name(rq, &b->rows[i]), before, after);
	}
	for (uint32_t i = 0; i < a->count; i++)
		if (!policy_of(b, a->rows[i].id))
			put_difference(v, policy_name(rq, &a->rows[i]), policy_line(rq, &a->rows[i]), STR("—"));
}

/* How the alerts of the last days would stand. */
static int put_whatif(const struct request *rq, struct view *v, const struct triage_table *t, struct err *e)
{
	struct alert_judged groups[ALERT_JUDGED_MAX];
	int64_t moved[TRIAGE_LEVELS + 1][TRIAGE_LEVELS + 1] = {{0}}, total = 0;
	uint32_t count;
	int rc = alert_judged(rq->db, actor_scope(&rq->actor), rq->now - WHATIF_DAYS * TIME_DAY, groups, &count, e);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < count; i++) {
		const struct alert_judged *g = &groups[i];

		moved[g->priority][triage_priority(t, g->level, g->asset_value, g->confidence)] += g->alerts;
		total += g->alerts;
	}
	view_list(v, "moved");
	view_i64(v, "judged_count", total);
	for (unsigned i = 0; i < (TRIAGE_LEVELS + 1u) * (TRIAGE_LEVELS + 1u); i++) {
		unsigned from = i / (TRIAGE_LEVELS + 1), to = i % (TRIAGE_LEVELS + 1);
		struct view *row;

		if (from == to || !moved[from][to])
			continue;
		row = view_item(v, "moved");
		view_word(row, "from", arena_fmt(rq->arena, "alert.level.%u", from).ptr);
		view_word(row, "to", arena_fmt(rq->arena, "alert.level.%u", to).ptr);
		view_i64(row, "count", moved[from][to]);
		view_text(row, "arrow", to > from ? STR("▲") : STR("▼"));
	}
	return 0;
}

static int version_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct scope scope = actor_scope(&rq->actor);
	struct criteria c, now;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) || (rc = criteria_load(rq->db, scope, id, rq->arena, &c, e)) ||
	    (rc = criteria_current(rq->db, scope, c.kind, rq->arena, &now, e)))
		return rc;
	put_table(rq, v, &c);
	put_head(rq, v, &c);
	view_i64(v, "id", c.id);
	view_i64(v, "changes", c.changes);
	view_word(v, "title", show_word_key(rq, "criteria.kind.", criteria_kind_name(c.kind)).ptr);
	view_bool(v, "is_draft", c.state == CRITERIA_DRAFT);
	view_list(v, "differences");
	if (c.kind == CRITERIA_TRIAGE)
		compare_triage(rq, v, &now.triage, &c.triage);
	else
		compare_policies(rq, v, &now.policy, &c.policy);
	if (c.kind == CRITERIA_TRIAGE && (rc = put_whatif(rq, v, &c.triage, e)))
		return rc;
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("manage/criteria_version"), v, e);
}

static int version_get(struct request *rq, struct response *rs, struct err *e)
{
	return version_page(rq, rs, NULL, e);
}

static int form_signed(const struct request *rq, str field, int *ret, struct err *e)
{
	str text = request_form(rq, field);
	int64_t value = 0;
	int rc;

	if (str_to_i64(text, &value) && value >= -CRITERIA_MINUTES_MAX && value <= CRITERIA_MINUTES_MAX) {
		*ret = (int)value;
		return 0;
	}
	rc = err_set_value(e, ERR_RANGE, "err.manage.number", text);
	err_path(e, field);
	err_expected(e, STR("-4–4, 0–43200"));
	return rc;
}

static int read_triage(const struct request *rq, struct triage_table *t, struct err *e)
{
	int rc = 0;

	for (int i = 0; !rc && i < TRIAGE_STEPS * TRIAGE_STEPS; i++)
		rc = form_signed(rq, arena_fmt(rq->arena, "adjust_%d_%d", i / TRIAGE_STEPS, i % TRIAGE_STEPS),
				 &t->adjust[i / TRIAGE_STEPS][i % TRIAGE_STEPS], e);
	for (int i = 0; !rc && i < TRIAGE_LEVELS; i++)
		rc = form_signed(rq, arena_fmt(rq->arena, "ack_%d", i), &t->acknowledge_min[i], e);
	return rc;
}

static str field_of(const struct request *rq, const char *name, uint32_t at)
{
	return request_form(rq, arena_fmt(rq->arena, "%s_%u", name, at));
}

static str states_of(const struct request *rq, uint32_t at)
{
	str field = arena_fmt(rq->arena, "states_%u", at), one, out = STR("");
	size_t from = 0;

	while (request_form_each(rq, field, &from, &one) && out.len < POLICY_TEXT_MAX)
		out = arena_fmt(rq->arena, STR_FMT "%s" STR_FMT, STR_ARG(out), out.len ? " " : "",
				STR_ARG(str_sub(one, 0, 32)));
	return out;
}

static int read_policies(const struct request *rq, struct policy_table *t, struct err *e)
{
	struct policy *rows = arena_alloc(rq->arena, POLICY_MAX * sizeof(*rows));
	uint32_t count = 0;
	int rc;

	if (!rows)
		return err_set(e, ERR_LIMIT, "err.criteria.budget");
	for (uint32_t i = 0; i < POLICY_MAX; i++) {
		struct policy p = {.id = str_trim(field_of(rq, "id", i)),
				   .name = field_of(rq, "name", i),
				   .states = states_of(rq, i),
				   .decider = field_of(rq, "decider", i),
				   .consent = field_of(rq, "consent", i).len != 0,
				   .remark = field_of(rq, "remark", i)};

		if (!p.id.len || field_of(rq, "remove", i).len)
			continue;
		if ((rc = form_signed(rq, arena_fmt(rq->arena, "severity_%u", i), &p.severity_min, e)) ||
		    (rc = form_signed(rq, arena_fmt(rq->arena, "minutes_%u", i), &p.minutes, e)))
			return rc;
		rows[count++] = p;
	}
	*t = (struct policy_table){rows, count};
	return 0;
}

static int save_post(struct request *rq, struct response *rs, struct err *e)
{
	struct err why = {0};
	struct criteria c;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = criteria_load(rq->db, actor_scope(&rq->actor), id, rq->arena, &c, e)))
		return rc;
	c.note = request_form(rq, STR("note"));
	if (show_version(rq, &c.changes, &why) ||
	    (c.kind == CRITERIA_TRIAGE ? read_triage(rq, &c.triage, &why) : read_policies(rq, &c.policy, &why)) ||
	    criteria_save(rq->db, &rq->actor, &c, rq->now, &id, &why))
		return version_page(rq, rs, &why, e);
	response_redirect(rs, arena_fmt(rq->arena, "/criteria/%lld", (long long)id));
	return 0;
}

static int approve_post(struct request *rq, struct response *rs, struct err *e)
{
	struct err why = {0};
	int64_t id, changes;
	int rc = request_param_i64(rq, 0, &id, e);

	if (rc)
		return rc;
	if (show_version(rq, &changes, &why) || criteria_approve(rq->db, &rq->actor, id, changes, rq->now, &why))
		return version_page(rq, rs, &why, e);
	response_redirect(rs, STR("/criteria"));
	return 0;
}

static int drop_post(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) || (rc = criteria_drop(rq->db, &rq->actor, id, rq->now, e)))
		return rc;
	response_redirect(rs, STR("/criteria"));
	return 0;
}

int manage_put_allowed(const struct request *rq, struct view *v, str state, unsigned severity, struct err *e)
{
	struct policy_table t;
	int64_t number;
	int rc = policy_in_force(rq->db, actor_scope(&rq->actor), rq->arena, &t, &number, e);

	if (rc)
		return rc;
	view_list(v, "allowed_actions");
	view_text(v, "policy_number", number_text(rq, number));
	for (uint32_t i = 0; i < t.count; i++) {
		struct view *row;

		if (!policy_applies(&t.rows[i], state, severity))
			continue;
		row = view_item(v, "allowed_actions");
		view_text(row, "name", policy_name(rq, &t.rows[i]));
		view_text(row, "decider",
			  words_get(rq->lang, arena_fmt(rq->arena, "role." STR_FMT, STR_ARG(t.rows[i].decider))));
		view_i64(row, "minutes", t.rows[i].minutes);
		view_bool(row, "is_consent", t.rows[i].consent);
		view_text(row, "remark", t.rows[i].remark);
	}
	return 0;
}

const struct route criteria_web_routes[] = {
	{.method = "GET", .pattern = "/criteria", .permission = PERM_WORK_READ, .handler = list_get},
	{.method = "POST", .pattern = "/criteria", .permission = PERM_WORK_WRITE, .handler = create_post},
	{.method = "GET", .pattern = "/criteria/{id}", .permission = PERM_WORK_READ, .handler = version_get},
	{.method = "POST", .pattern = "/criteria/{id}", .permission = PERM_WORK_WRITE, .handler = save_post},
	{.method = "POST",
	 .pattern = "/criteria/{id}/approve",
	 .permission = PERM_CRITERIA_APPROVE,
	 .handler = approve_post},
	{.method = "POST", .pattern = "/criteria/{id}/drop", .permission = PERM_WORK_WRITE, .handler = drop_post},
	{0},
};
