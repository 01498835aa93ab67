/* Asking people and teams for the answers of a round. */
#include "centre/evaluate/ask.h"

#include "base/mem.h"
#include "centre/evaluate/evaluate.h"
#include "centre/evaluate/internal.h"
#include "centre/people/people.h"
#include "store/queries.gen.h"
#include "store/rows.h"

#define ASK_BUDGET ((size_t)16 << 20)

static int ask_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)e;
	*(struct ask *)ret = (struct ask){
		.id = stmt_col_i64(st, "id"),
		.round_id = stmt_col_i64(st, "round_id"),
		.round_name = stmt_take(st, "round_name", a),
		.round_start = stmt_col_i64(st, "start_at"),
		.is_signed = stmt_col_i64(st, "is_signed") != 0,
		.item = stmt_take(st, "item", a),
		.person_id = stmt_col_i64(st, "person_id"),
		.team_id = stmt_col_i64(st, "team_id"),
		.due = stmt_col_i64(st, "due_at"),
		.remark = stmt_take(st, "remark", a),
		.asked_by = stmt_take(st, "asked_by", a),
		.asked_at = stmt_col_i64(st, "asked_at"),
		.reminders = (uint32_t)stmt_col_i64(st, "reminders"),
		.reminded_at = stmt_col_i64(st, "reminded_at"),
		.answered_by = stmt_take(st, "answered_by", a),
		.answered_at = stmt_col_i64(st, "answered_at"),
	};
	return 0;
}

static const struct row_kind ASK = {sizeof(struct ask), ask_read};

int ask_list(struct db *db, struct scope scope, int64_t round_id, struct arena *a, struct ask_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_ask_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "round_id", round_id);
	stmt_i64(&st, "count", ASKS_MAX);
	rc = rows_read(&st, &ASK, ASKS_MAX, a, &rows, e);
	if (!rc)
		*ret = (struct ask_list){.items = rows.items, .count = rows.count};
	return rc;
}

int ask_waiting(struct db *db, const struct actor *who, struct ask_waiting *ret, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc;

	*ret = (struct ask_waiting){0};
	if (!who->user_id)
		return 0; /* people without a login have account 0 */
	if ((rc = db_prepare(db, &Q_ask_waiting, &scope, &st, e)))
		return rc;
	stmt_i64(&st, "account_id", who->user_id);
	if ((rc = stmt_step(&st, e)) > 0)
		*ret = (struct ask_waiting){.count = (uint32_t)stmt_col_i64(&st, "waiting"),
					    .first_due = stmt_col_i64(&st, "first_due"),
					    .reminded_at = stmt_col_i64(&st, "reminded")};
	return rc < 0 ? rc : 0;
}

/* ---- pure ---- */

bool ask_is_of(const struct ask *ask, const struct people *people, int64_t account_id)
{
	const struct person *p = account_id ? people_of_account(people, account_id) : NULL;

	return p && (ask->person_id == p->id || (ask->team_id && ask->team_id == p->team_id));
}

bool ask_wants(const struct ask *ask, const struct framework *fw, const struct fw_service *service)
{
	return str_eq(ask->item, service->id) || str_eq(ask->item, fw->categories[service->category].id);
}

struct ask_progress ask_progress(const struct ask *ask, const struct portfolio *p)
{
	struct ask_progress r = {0};

	for (uint32_t i = 0; i < p->framework->service_count; i++) {
		const struct portfolio_item *item = &p->items[i];

		if (!ask_wants(ask, p->framework, item->service))
			continue;
		r.services++;
		r.saved += item->state.version && item->state.changed_at >= ask->round_start;
	}
	return r;
}

/* ---- writing ---- */

static int refuse(const char *path, const char *key, str value, struct err *e)
{
	int rc = err_set_value(e, ERR_RANGE, key, value);

	err_path(e, str_of(path));
	return rc;
}

static bool item_is_known(const struct framework *fw, str item)
{
	if (framework_service(fw, item))
		return true;
	for (uint32_t i = 0; i < fw->category_count; i++)
		if (str_eq(fw->categories[i].id, item))
			return true;
	return false;
}

static int check(struct db *db, const struct actor *who, const struct ask_new *n, struct arena *a, struct err *e)
{
	struct people people;
	struct round r;
	int rc;

	if (!item_is_known(n->framework, n->item))
		return refuse("item", "err.evaluate.ask_item", n->item, e);
	if (n->due <= 0)
		return refuse("due", "err.evaluate.day", STR(""), e);
	if ((rc = check_length("remark", n->remark, ASK_REMARK_MAX, false, e)) ||
	    (rc = round_load(db, actor_scope(who), n->round_id, a, &r, e)) ||
	    (rc = people_load(db, actor_scope(who), n->now, a, &people, e)))
		return rc;
	if (r.state == ROUND_SIGNED)
		return err_set_value(e, ERR_WRONG_STATE, "err.evaluate.state", str_of(round_state_name(r.state)));
	if ((n->person_id != 0) == (n->team_id != 0) || (n->person_id && !people_person(&people, n->person_id)) ||
	    (n->team_id && !people_team(&people, n->team_id)))
		return refuse("who", "err.evaluate.ask_who", STR(""), e);
	return 0;
}

static int insert(struct db *db, const struct actor *who, const struct ask_new *n, int64_t *ret_id, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_ask_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "round_id", n->round_id);
	stmt_text(&st, "item", n->item);
	stmt_i64(&st, "person_id", n->person_id);
	stmt_i64(&st, "team_id", n->team_id);
	stmt_i64(&st, "due_at", n->due);
	stmt_text(&st, "remark", n->remark.ptr ? n->remark : STR(""));
	stmt_text(&st, "asked_by", str_of(who->name));
	stmt_i64(&st, "now", n->now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	if (!db_changes(db))
		return err_set_value(e, ERR_CONFLICT, "err.evaluate.ask_twice", n->item);
	*ret_id = db_last_id(db);
	return 0;
}

int ask_add(struct db *db, const struct actor *who, const struct ask_new *n, int64_t *ret_id, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	const struct trail_pair pairs[] = {{"item", n->item}, {0}};
	struct trail t = {.action = "round.asked", .kind = "ask", .now = n->now, .pairs = pairs};
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	arena_init(&arena, ASK_BUDGET);
	if (!(rc = check(db, who, n, &arena, e)) && !(rc = insert(db, who, n, ret_id, e))) {
		t.id = *ret_id;
		rc = trail_add(db, who, &t, e);
	}
	return db_end(db, rc, e);
}

static int load_one(struct db *db, struct scope scope, int64_t id, struct arena *a, struct ask *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_ask_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	return row_read_one(&st, &ASK, "err.evaluate.ask", a, ret, e);
}

static int do_inside(struct db *db, const struct actor *who, const struct trail *t, enum ask_deed deed, struct err *e)
{
	static const struct query *const queries[] = {&Q_ask_remind, &Q_ask_answer, &Q_ask_withdraw};
	_cleanup_(arena_done) struct arena arena = {0};
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	struct people people;
	struct ask ask;
	int rc;

	arena_init(&arena, ASK_BUDGET);
	if ((rc = load_one(db, scope, t->id, &arena, &ask, e)))
		return rc;
	if (ask.is_signed)
		return err_set_value(e, ERR_WRONG_STATE, "err.evaluate.state", STR("signed"));
	if (deed == ASK_ANSWER) {
		if ((rc = people_load(db, scope, t->now, &arena, &people, e)))
			return rc;
		if (!ask_is_of(&ask, &people, who->user_id))
			return err_set(e, ERR_DENIED, "err.evaluate.ask_not_yours");
	}
	if ((rc = db_prepare(db, queries[deed], &scope, &st, e)))
		return rc;
	stmt_i64(&st, "id", t->id);
	stmt_i64(&st, "now", t->now);
	if (deed == ASK_ANSWER)
		stmt_text(&st, "answered_by", str_of(who->name));
	return stmt_run(&st, e);
}

int ask_do(struct db *db, const struct actor *who, int64_t id, enum ask_deed deed, time_us now, struct err *e)
{
	static const char *const actions[] = {"round.reminded", "round.answered", "round.withdrawn"};
	const struct trail_pair pairs[] = {{0}};
	struct trail t = {.action = actions[deed], .kind = "ask", .id = id, .now = now, .pairs = pairs};
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	rc = do_inside(db, who, &t, deed, e);
	if (!rc)
		rc = trail_add(db, who, &t, e);
	return db_end(db, rc, e);
}
