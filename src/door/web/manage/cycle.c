/* The cycle of X.1060 clause 10: strategic management, operation, response, and what flowed between them. */
#include "base/check.h"
#include "craft/duty/duty.h"
#include "door/web/manage/manage_text.h"
#include "door/web/manage/river_counts.h"
#include "door/web/web.h"

struct cycle {
	struct request *rq;
	struct view *v;
	const struct framework *fw;
	struct duty_facts *duties;
	uint32_t duty_count;
	struct action_list actions;
	struct river_counts river;
};

static const struct duty_facts *duties_of(const struct cycle *c, str service)
{
	for (uint32_t i = 0; i < c->duty_count; i++)
		if (str_eq(c->duties[i].service, service))
			return &c->duties[i];
	return NULL;
}

/* What was done and missed in the recurring work of a category. */
static void put_category(const struct cycle *c, struct view *phase, const struct fw_category *cat, str phase_name,
			 int64_t total[3])
{
	struct view *row = view_item(phase, "categories");
	int64_t done = 0, missed = 0, open = 0;

	for (uint32_t i = cat->first; i < cat->first + cat->count; i++) {
		const struct duty_facts *f = duties_of(c, c->fw->services[i].id);

		done += f ? f->done : 0;
		missed += f ? f->missed : 0;
		open += f ? f->open : 0;
	}
	view_text(row, "id", cat->id);
	view_text(row, "phase_name", phase_name);
	view_text(row, "name", cat->name.text.by_lang[c->rq->lang]);
	view_word(row, "cycle_word",
		  show_word_key(c->rq, "manage.cycle.", arena_str(c->rq->arena, cat->cycle).ptr).ptr);
	view_i64(row, "services", cat->count);
	view_i64(row, "done", done);
	view_i64(row, "missed", missed);
	view_i64(row, "open", open);
	total[0] += done;
	total[1] += missed;
	total[2] += open;
}

static int64_t flows_open(const struct cycle *c, enum action_flow flow)
{
	int64_t count = 0;

	for (uint32_t i = 0; i < c->actions.count; i++) {
		const struct action *a = &c->actions.items[i];

		count += a->flow == flow && (a->state == ACTION_PLANNED || a->state == ACTION_DOING);
	}
	return count;
}

static void put_phases(const struct cycle *c)
{
	view_list(c->v, "phases");
	for (uint32_t p = 0; p < c->fw->phase_count; p++) {
		struct view *phase = view_item(c->v, "phases");
		struct buf ids;
		int64_t total[3] = {0};
		str id = c->fw->phases[p].id;

		buf_init(&ids, 1024);
		view_list(phase, "categories");
		for (uint32_t i = 0; i < c->fw->category_count; i++) {
			const struct fw_category *cat = &c->fw->categories[i];

			if (!(cat->phases & 1u << p))
				continue;
			put_category(c, phase, cat, c->fw->phases[p].name.text.by_lang[c->rq->lang], total);
			buf_add_fmt(&ids, "%s" STR_FMT, ids.len ? " · " : "", STR_ARG(cat->id));
		}
		view_text(phase, "id", id);
		view_text(phase, "name", c->fw->phases[p].name.text.by_lang[c->rq->lang]);
		view_bool(phase, "is_judgement", !c->fw->phases[p].name.verified[c->rq->lang]);
		view_i64(phase, "missed", total[1]);
		view_i64(phase, "open", total[2]);
		/* The figure has a place for each phase of the standard. */
		id = arena_fmt(c->rq->arena, "%s_" STR_FMT, "ids", STR_ARG(id));
		view_text(c->v, id.ptr, arena_str(c->rq->arena, buf_str(&ids)));
		id = arena_fmt(c->rq->arena, "missed_" STR_FMT, STR_ARG(c->fw->phases[p].id));
		view_i64(c->v, id.ptr, total[1]);
		buf_done(&ids);
	}
	view_i64(c->v, "alerts_open", c->river.alerts);
	view_i64(c->v, "incidents_open", c->river.incidents);
	view_i64(c->v, "short_open", flows_open(c, FLOW_SHORT));
	view_i64(c->v, "long_open", flows_open(c, FLOW_LONG));
}

static void put_flows(const struct cycle *c)
{
	view_list(c->v, "flows");
	for (uint32_t i = 0; i < c->actions.count; i++) {
		const struct action *a = &c->actions.items[i];
		struct view *row;

		if (a->flow == FLOW_NONE)
			continue;
		row = view_item(c->v, "flows");
		evaluate_put_action(c->rq, row, a);
		view_word(row, "flow_word", show_word_key(c->rq, "manage.flow.", action_flow_name(a->flow)).ptr);
		view_word(row, "need_word",
			  arena_fmt(c->rq->arena, "manage.need." STR_FMT, STR_ARG(a->need.len ? a->need : STR("none")))
				  .ptr);
		view_text(row, "source", a->source);
		view_text(row, "source_url",
			  str_starts(a->source, STR("incident:"))
				  ? arena_fmt(c->rq->arena, "/incidents/" STR_FMT, STR_ARG(str_from(a->source, 9)))
				  : STR(""));
	}
}

static void put_form(const struct cycle *c)
{
	static const char *const needs[] = {ACTION_NEEDS};

	view_list(c->v, "needs");
	for (size_t i = 0; i < COUNT_OF(needs); i++)
		manage_put_name(c->rq, c->v, "needs", &(struct name_choice){"manage.need.", needs[i], false});
	view_list(c->v, "directions");
	for (unsigned i = FLOW_SHORT; i < FLOW_COUNT; i++)
		manage_put_name(c->rq, c->v, "directions",
				&(struct name_choice){"manage.flow.", action_flow_name(i), false});
	manage_put_services(c->rq, c->v, "services", STR_NONE);
	view_text(c->v, "from_source", request_query(c->rq, STR("source")));
}

static int cycle_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct cycle c = {.rq = rq, .v = view_create(rq->arena), .fw = evaluate_framework(rq)};
	struct scope scope = actor_scope(&rq->actor);
	int rc;

	if ((rc = duty_facts(rq->db, scope, rq->now, rq->arena, &c.duties, &c.duty_count, e)) ||
	    (rc = action_list(rq->db, scope, rq->arena, &c.actions, e)) || (rc = river_counts(rq, &c.river, e)))
		return rc;
	put_phases(&c);
	put_flows(&c);
	put_form(&c);
	if (why && !evaluate_notice(rq, rs, c.v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("manage/cycle"), c.v, e);
}

static int cycle_get(struct request *rq, struct response *rs, struct err *e)
{
	return cycle_page(rq, rs, NULL, e);
}

static int flow_post(struct request *rq, struct response *rs, struct err *e)
{
	struct action a = {.title = request_form(rq, STR("title")),
			   .service = request_form(rq, STR("service")),
			   .owner = request_form(rq, STR("owner")),
			   .remark = request_form(rq, STR("remark")),
			   .need = request_form(rq, STR("need")),
			   .source = request_form(rq, STR("source"))};
	struct action_save s = {.framework = evaluate_framework(rq), .action = &a, .now = rq->now};
	str flow = request_form(rq, STR("flow"));
	struct err why = {0};
	int64_t id;

	if (!action_flow_parse(flow, &a.flow) || a.flow == FLOW_NONE) {
		(void)err_set_value(&why, ERR_RANGE, "err.evaluate.form", flow);
		return cycle_page(rq, rs, &why, e);
	}
	if (evaluate_day(rq, "due", &a.due, &why) || action_save(rq->db, &rq->actor, &s, &id, &why))
		return cycle_page(rq, rs, &why, e);
	response_redirect(rs, STR("/manage#flows"));
	return 0;
}

const struct route cycle_web_routes[] = {
	{.method = "GET", .pattern = "/manage", .permission = PERM_PORTFOLIO_READ, .handler = cycle_get},
	{.method = "POST", .pattern = "/manage/flows", .permission = PERM_WORK_WRITE, .handler = flow_post},
	{0},
};
