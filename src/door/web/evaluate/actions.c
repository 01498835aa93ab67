/* Improvement actions: the list, a new one, its state. */
#include "base/check.h"
#include "door/web/evaluate/evaluate_text.h"
#include "door/web/web.h"

static str round_name(const struct round_list *rounds, int64_t id)
{
	for (uint32_t i = 0; i < rounds->count; i++)
		if (rounds->rounds[i].id == id)
			return rounds->rounds[i].name;
	return STR("");
}

static void put_row(const struct request *rq, struct view *row, const struct action *a, const struct round_list *rounds)
{
	evaluate_put_action(rq, row, a);
	view_i64(row, "id", a->id);
	view_i64(row, "version", a->version);
	view_text(row, "service_url",
		  a->service.len ? arena_fmt(rq->arena, "/portfolio/" STR_FMT, STR_ARG(a->service)) : STR(""));
	view_text(row, "remark", a->remark);
	view_text(row, "changed_by", a->changed_by);
	view_text(row, "round_name", round_name(rounds, a->round_id));
	view_text(row, "round_url",
		  a->round_id ? arena_fmt(rq->arena, "/evaluate/%lld", (long long)a->round_id) : STR(""));
	view_list(row, "states");
	for (int i = 0; i < ACTION_STATE_COUNT; i++) {
		const char *name = action_state_name((enum action_state)i);

		if (action_may_become(a->state, (enum action_state)i))
			evaluate_put_choice(row, "states", str_of(name),
					    words_get(rq->lang, show_word_key(rq, "evaluate.action.", name)),
					    a->state == (enum action_state)i);
	}
}

static void put_form(const struct request *rq, struct view *v, const struct round_list *rounds)
{
	const struct framework *fw = evaluate_framework(rq);

	view_list(v, "services");
	for (uint32_t i = 0; i < fw->service_count; i++) {
		const struct fw_service *s = &fw->services[i];

		evaluate_put_choice(v, "services", s->id,
				    arena_fmt(rq->arena, STR_FMT " " STR_FMT, STR_ARG(s->id),
					      STR_ARG(s->name.text.by_lang[rq->lang])),
				    false);
	}
	view_list(v, "rounds");
	for (uint32_t i = 0; i < rounds->count; i++)
		evaluate_put_choice(v, "rounds", arena_fmt(rq->arena, "%lld", (long long)rounds->rounds[i].id),
				    rounds->rounds[i].name, false);
}

static int list_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct round_list rounds;
	struct action_list list;
	int64_t counts[3] = {0}; /* open, late, done */
	int rc;

	if ((rc = action_list(rq->db, actor_scope(&rq->actor), rq->arena, &list, e)) ||
	    (rc = round_list(rq->db, actor_scope(&rq->actor), rq->arena, &rounds, e)))
		return rc;
	view_list(v, "actions");
	for (uint32_t i = 0; i < list.count; i++) {
		const struct action *a = &list.items[i];
		bool is_open = a->state == ACTION_PLANNED || a->state == ACTION_DOING;

		put_row(rq, view_item(v, "actions"), a, &rounds);
		counts[0] += is_open;
		counts[1] += is_open && a->due && a->due + TIME_DAY < rq->now;
		counts[2] += a->state == ACTION_DONE;
	}
	view_i64(v, "open_count", counts[0]);
	view_i64(v, "late_count", counts[1]);
	view_i64(v, "done_count", counts[2]);
	put_form(rq, v, &rounds);
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("evaluate/actions"), v, e);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	return list_page(rq, rs, NULL, e);
}

static int save(struct request *rq, struct response *rs, const struct action *a, struct err *e)
{
	struct action_save s = {.framework = evaluate_framework(rq), .action = a, .now = rq->now};
	struct err why = {0};
	int64_t id;

	if (action_save(rq->db, &rq->actor, &s, &id, &why))
		return list_page(rq, rs, &why, e);
	response_redirect(rs, STR("/actions"));
	return 0;
}

static int create_post(struct request *rq, struct response *rs, struct err *e)
{
	struct action a = {.title = request_form(rq, STR("title")),
			   .service = request_form(rq, STR("service")),
			   .owner = request_form(rq, STR("owner")),
			   .remark = request_form(rq, STR("remark"))};
	struct err why = {0};

	if (evaluate_day(rq, "due", &a.due, &why) || evaluate_form_id(rq, "round", &a.round_id, &why))
		return list_page(rq, rs, &why, e);
	return save(rq, rs, &a, e);
}

static int state_post(struct request *rq, struct response *rs, struct err *e)
{
	str state = request_form(rq, STR("state"));
	struct err why = {0};
	struct action a;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = action_load(rq->db, actor_scope(&rq->actor), id, rq->arena, &a, e)))
		return rc;
	if (!action_state_parse(state, &a.state)) {
		(void)err_set_value(&why, ERR_RANGE, "err.evaluate.form", state);
		return list_page(rq, rs, &why, e);
	}
	if (evaluate_form_id(rq, "version", &a.version, &why))
		return list_page(rq, rs, &why, e);
	return save(rq, rs, &a, e);
}

const struct route actions_web_routes[] = {
	{.method = "GET", .pattern = "/actions", .permission = PERM_PORTFOLIO_READ, .handler = list_get},
	{.method = "POST", .pattern = "/actions", .permission = PERM_WORK_WRITE, .handler = create_post},
	{.method = "POST", .pattern = "/actions/{id}", .permission = PERM_WORK_WRITE, .handler = state_post},
	{0},
};
