/* Improvement actions: what an evaluation leads to, with owner and date. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/evaluate/internal.h"
#include "store/queries.gen.h"
#include "store/rows.h"

#define ACTION_BUDGET (64u << 10)
#define ACTION_SERVICE "A-11" /* quality management: measures the centre's own work and improves it */

static const char *const state_names[] = {"planned", "doing", "done", "dropped"};
_Static_assert(COUNT_OF(state_names) == ACTION_STATE_COUNT, "a name each");

#define TO(state) (1u << (state))
/* What each state may become. */
static const unsigned next_states[ACTION_STATE_COUNT] = {
	[ACTION_PLANNED] = TO(ACTION_DOING) | TO(ACTION_DONE) | TO(ACTION_DROPPED),
	[ACTION_DOING] = TO(ACTION_PLANNED) | TO(ACTION_DONE) | TO(ACTION_DROPPED),
	[ACTION_DONE] = TO(ACTION_DOING),
	[ACTION_DROPPED] = TO(ACTION_PLANNED),
};

const char *action_state_name(enum action_state state)
{
	return state_names[state];
}

bool action_state_parse(str name, enum action_state *ret)
{
	int at = name_find(&(struct name_table){state_names, COUNT_OF(state_names)}, name);

	if (at >= 0)
		*ret = (enum action_state)at;
	return at >= 0;
}

static const char *const flow_names[] = {"", "short", "long"};
static const char *const need_names[] = {"", ACTION_NEEDS};
_Static_assert(COUNT_OF(flow_names) == FLOW_COUNT, "a name each");

const char *action_flow_name(enum action_flow flow)
{
	return flow_names[flow];
}

bool action_flow_parse(str name, enum action_flow *ret)
{
	int at = name_find(&(struct name_table){flow_names, COUNT_OF(flow_names)}, name);

	if (at >= 0)
		*ret = (enum action_flow)at;
	return at >= 0;
}

bool action_may_become(enum action_state from, enum action_state to)
{
	return from == to || (next_states[from] & TO(to)) != 0;
}

/* ---- out ---- */

static int action_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct action *r = ret;

	(void)e;
	*r = (struct action){.id = stmt_col_i64(st, "id"),
			     .version = stmt_col_i64(st, "version"),
			     .title = stmt_take(st, "title", a),
			     .service = stmt_take(st, "service", a),
			     .owner = stmt_take(st, "owner", a),
			     .due = stmt_col_i64(st, "due_at"),
			     .remark = stmt_take(st, "remark", a),
			     .need = stmt_take(st, "need", a),
			     .source = stmt_take(st, "source", a),
			     .round_id = stmt_col_is_null(st, "round_id") ? 0 : stmt_col_i64(st, "round_id"),
			     .created_by = stmt_take(st, "created_by", a),
			     .changed_by = stmt_take(st, "changed_by", a),
			     .created_at = stmt_col_i64(st, "created_at"),
			     .changed_at = stmt_col_i64(st, "changed_at"),
			     .done_at = stmt_col_i64(st, "done_at")};
	(void)action_state_parse(stmt_col_text(st, "state"), &r->state);
	(void)action_flow_parse(stmt_col_text(st, "flow"), &r->flow);
	return 0;
}

static const struct row_kind ACTION = {sizeof(struct action), action_read};

int action_list(struct db *db, struct scope scope, struct arena *a, struct action_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_evaluate_action_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "count", EVALUATE_ACTIONS_MAX);
	rc = rows_read(&st, &ACTION, EVALUATE_ACTIONS_MAX, a, &rows, e);
	if (rc)
		return rc;
	*ret = (struct action_list){.items = rows.items, .count = rows.count};
	return 0;
}

int action_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct action *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_action_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	return row_read_one(&st, &ACTION, "err.evaluate.action", a, ret, e);
}

/* ---- in ---- */

static int action_check(const struct action_save *s, struct err *e)
{
	const struct action *n = s->action;
	int rc;

	if ((rc = check_length("title", n->title, EVALUATE_NAME_MAX, true, e)) ||
	    (rc = check_length("owner", n->owner, EVALUATE_NAME_MAX, false, e)) ||
	    (rc = check_length("remark", n->remark, EVALUATE_REMARK_MAX, false, e)) ||
	    (rc = check_length("source", n->source, ACTION_SOURCE_MAX, false, e)))
		return rc;
	if (name_find(&(struct name_table){need_names, COUNT_OF(need_names)}, n->need) < 0) {
		rc = err_set_value(e, ERR_RANGE, "err.evaluate.form", n->need);
		err_path(e, STR("need"));
		return rc;
	}
	if (n->service.len && !framework_service(s->framework, n->service)) {
		rc = err_set_value(e, ERR_RANGE, "err.evaluate.service", n->service);
		err_path(e, STR("service"));
		return rc;
	}
	return 0;
}

/* What the store has; zeroed for a new one. */
static int action_before(struct db *db, const struct actor *who, const struct action *n, struct arena *a,
			 struct action *ret, struct err *e)
{
	int rc;

	*ret = (struct action){.state = ACTION_PLANNED};
	if (n->id && (rc = action_load(db, actor_scope(who), n->id, a, ret, e)))
		return rc;
	if (ret->version != n->version)
		return err_set(e, ERR_CONFLICT, "err.evaluate.changed");
	if (!action_may_become(ret->state, n->state))
		return err_set_value(e, ERR_WRONG_STATE, "err.evaluate.action_move",
				     str_of(action_state_name(ret->state)));
	return 0;
}

static int action_write(struct db *db, const struct actor *who, const struct action_save *s, time_us done_at,
			struct err *e)
{
	struct scope scope = actor_scope(who);
	const struct action *n = s->action;
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, n->id ? &Q_evaluate_action_update : &Q_evaluate_action_insert, &scope, &st, e);

	if (rc)
		return rc;
	if (n->id) {
		stmt_i64(&st, "id", n->id);
		stmt_i64(&st, "version", n->version);
	}
	stmt_text(&st, "title", str_trim(n->title));
	stmt_text(&st, "service", n->service.ptr ? n->service : STR(""));
	stmt_text(&st, "owner", n->owner.ptr ? str_trim(n->owner) : STR(""));
	stmt_i64(&st, "due_at", n->due);
	stmt_text(&st, "state", str_of(action_state_name(n->state)));
	stmt_text(&st, "remark", n->remark.ptr ? n->remark : STR(""));
	stmt_i64_or_null(&st, "round_id", n->round_id);
	stmt_text(&st, "flow", str_of(action_flow_name(n->flow)));
	stmt_text(&st, "need", n->need.ptr ? n->need : STR(""));
	stmt_text(&st, "source", n->source.ptr ? n->source : STR(""));
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", s->now);
	stmt_i64(&st, "done_at", done_at);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.evaluate.changed");
}

/* The round, when one is named, is the organisation's own. */
static int check_round(struct db *db, const struct actor *who, int64_t round_id, struct arena *a, struct err *e)
{
	struct round r;

	return round_id ? round_load(db, actor_scope(who), round_id, a, &r, e) : 0;
}

static int save_inside(struct db *db, const struct actor *who, const struct action_save *s, int64_t *ret_id,
		       struct err *e)
{
	const struct action *n = s->action;
	const struct trail_pair pairs[] = {{"title", n->title},
					   {"service", n->service},
					   {"owner", n->owner},
					   {"state", str_of(action_state_name(n->state))},
					   {0}};
	struct trail t = {.action = n->id ? "action.change" : "action.create",
			  .kind = "action",
			  .id = n->id,
			  .now = s->now,
			  .pairs = pairs};
	_cleanup_(arena_done) struct arena arena = {0};
	struct action before;
	bool becomes_done;
	int rc;

	arena_init(&arena, ACTION_BUDGET);
	if ((rc = action_before(db, who, n, &arena, &before, e)) || (rc = check_round(db, who, n->round_id, &arena, e)))
		return rc;
	becomes_done = n->state == ACTION_DONE && before.state != ACTION_DONE;
	rc = action_write(db, who, s, becomes_done ? s->now : n->state == ACTION_DONE ? before.done_at : 0, e);
	if (rc)
		return rc;
	if (!n->id)
		t.id = db_last_id(db);
	*ret_id = t.id;
	if (becomes_done) {
		struct trail done = t;

		done.action = "action.done";
		if ((rc = work_add(db, who, &done, ACTION_SERVICE, e)))
			return rc;
	}
	return trail_add(db, who, &t, e);
}

int action_save(struct db *db, const struct actor *who, const struct action_save *s, int64_t *ret_id, struct err *e)
{
	int64_t id = 0;
	int rc = action_check(s, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	rc = db_end(db, save_inside(db, who, s, &id, e), e);
	if (!rc)
		*ret_id = id;
	return rc;
}
