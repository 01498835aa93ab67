/* What people do with rounds: begin, move, review, note why. */
#include <stdio.h>

#include "base/mem.h"
#include "centre/evaluate/internal.h"
#include "store/queries.gen.h"

#define ROUND_BUDGET ((size_t)4 << 20) /* bytes: one round and one picture */

/* Evaluation is work of these services; our judgement, see evaluate.h. */
static const char *const review_services[REVIEW_COUNT] = {"A-11", "A-7", "A-11"};
#define SIGN_SERVICE "A-11"

static int insert_round(struct db *db, const struct actor *who, const struct round_new *n, int64_t *ret_id,
			struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_round_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "name", str_trim(n->name));
	stmt_text(&st, "framework", n->framework->id);
	stmt_text(&st, "rule", str_of(combine_rule_name(n->rule)));
	stmt_text(&st, "state", str_of(round_state_name(ROUND_OPEN)));
	stmt_i64(&st, "start_at", n->start);
	stmt_i64(&st, "deadline_at", n->deadline);
	stmt_text(&st, "created_by", str_of(who->name));
	stmt_i64(&st, "created_at", n->now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	*ret_id = db_last_id(db);
	return 0;
}

int round_create(struct db *db, const struct actor *who, const struct round_new *n, int64_t *ret_id, struct err *e)
{
	const struct trail_pair pairs[] = {{"name", n->name}, {"framework", n->framework->id}, {0}};
	struct trail t = {.action = "round.create", .kind = "round", .now = n->now, .pairs = pairs};
	int rc = check_length("name", n->name, EVALUATE_NAME_MAX, true, e);

	if (rc)
		return rc;
	if (n->start <= 0 || n->deadline <= n->start) {
		rc = err_set(e, ERR_RANGE, "err.evaluate.deadline");
		err_path(e, STR("deadline"));
		return rc;
	}
	if ((rc = db_begin(db, e)))
		return rc;
	rc = insert_round(db, who, n, &t.id, e);
	if (!rc)
		rc = trail_add(db, who, &t, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = t.id;
	return rc;
}

/* ---- moves ---- */

static int check_move(const struct actor *who, const struct round *r, const struct round_step *step,
		      const struct round_move **ret, struct err *e)
{
	const struct round_move *move = round_move_find(r->state, step->to);

	if (r->version != step->expected)
		return err_set(e, ERR_CONFLICT, "err.evaluate.changed");
	if (!move)
		return err_set_value(e, ERR_WRONG_STATE, "err.evaluate.move", str_of(round_state_name(r->state)));
	if (!actor_may(who, move->permission))
		return err_set(e, ERR_DENIED, "err.evaluate.denied");
	if (move->needs_reviews && r->reviews_done < REVIEW_COUNT)
		return err_set(e, ERR_WRONG_STATE, "err.evaluate.reviews");
	*ret = move;
	return 0;
}

static int clear_reviews(struct db *db, struct scope scope, int64_t round_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_review_clear, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "round_id", round_id);
	return stmt_run(&st, e);
}

static int write_move(struct db *db, const struct actor *who, const struct round_step *step, int64_t snapshot_id,
		      struct err *e)
{
	struct scope scope = actor_scope(who);
	bool signs = step->to == ROUND_SIGNED;
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_round_move, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", step->id);
	stmt_i64(&st, "version", step->expected);
	stmt_text(&st, "state", str_of(round_state_name(step->to)));
	stmt_text(&st, "signed_by", signs ? str_of(who->name) : STR(""));
	stmt_i64(&st, "signed_at", signs ? step->now : 0);
	stmt_i64_or_null(&st, "snapshot_id", snapshot_id);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.evaluate.changed");
}

static int step_inside(struct db *db, const struct actor *who, const struct round_step *step, struct arena *a,
		       struct err *e)
{
	const struct round_move *move = NULL;
	struct trail_pair pairs[] = {{"from", STR_NONE}, {"to", str_of(round_state_name(step->to))}, {0}};
	struct trail t = {.kind = "round", .id = step->id, .now = step->now, .pairs = pairs};
	int64_t snapshot_id = 0;
	struct round r;
	int rc;

	if ((rc = round_load(db, actor_scope(who), step->id, a, &r, e)) || (rc = check_move(who, &r, step, &move, e)))
		return rc;
	if (step->to == ROUND_SIGNED) {
		struct snapshot_new what = {
			.framework = step->framework, .rule = r.rule, .name = r.name, .now = step->now};
		struct snapshot_order order = {.what = &what, .round_id = r.id, .is_signed = true};

		rc = snapshot_take_inside(db, who, &order, &snapshot_id, e);
	}
	if (!rc && move->clears_reviews)
		rc = clear_reviews(db, actor_scope(who), r.id, e);
	if (rc || (rc = write_move(db, who, step, snapshot_id, e)))
		return rc;
	t.action = move->action;
	pairs[0].value = str_of(round_state_name(r.state));
	if (step->to == ROUND_SIGNED && (rc = work_add(db, who, &t, SIGN_SERVICE, e)))
		return rc;
	return trail_add(db, who, &t, e);
}

int round_step(struct db *db, const struct actor *who, const struct round_step *step, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	arena_init(&arena, ROUND_BUDGET);
	return db_end(db, step_inside(db, who, step, &arena, e), e);
}

/* ---- reviews and reasons ---- */

/* The round must have come to `least` and not be signed. */
static int need_state(struct db *db, const struct actor *who, int64_t id, enum round_state least, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct round r;
	int rc;

	arena_init(&arena, ROUND_BUDGET);
	rc = round_load(db, actor_scope(who), id, &arena, &r, e);
	if (rc)
		return rc;
	if (r.state < least || r.state == ROUND_SIGNED)
		return err_set_value(e, ERR_WRONG_STATE, "err.evaluate.state", str_of(round_state_name(r.state)));
	if (least == ROUND_OPEN && r.trigger_count == EVALUATE_TRIGGERS_MAX)
		return err_set(e, ERR_LIMIT, "err.evaluate.triggers");
	return 0;
}

static int put_review(struct db *db, const struct actor *who, const struct review_entry *r, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_review_put, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "round_id", r->round_id);
	stmt_text(&st, "subject", str_of(review_subject_name(r->subject)));
	stmt_text(&st, "outcome", str_of(review_outcome_name(r->outcome)));
	stmt_text(&st, "remark", r->remark.ptr ? r->remark : STR(""));
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "at", r->now);
	return stmt_run(&st, e);
}

int round_review_save(struct db *db, const struct actor *who, const struct review_entry *r, struct err *e)
{
	const struct trail_pair pairs[] = {{"subject", str_of(review_subject_name(r->subject))},
					   {"outcome", str_of(review_outcome_name(r->outcome))},
					   {"remark", r->remark},
					   {0}};
	struct trail t = {
		.action = "round.reviewed", .kind = "round", .id = r->round_id, .now = r->now, .pairs = pairs};
	int rc = check_length("remark", r->remark, EVALUATE_REMARK_MAX, false, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	rc = need_state(db, who, r->round_id, ROUND_REVIEW, e);
	if (!rc)
		rc = put_review(db, who, r, e);
	if (!rc)
		rc = work_add(db, who, &t, review_services[r->subject], e);
	if (!rc)
		rc = trail_add(db, who, &t, e);
	return db_end(db, rc, e);
}

static int put_trigger(struct db *db, const struct actor *who, const struct trigger_entry *t, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_trigger_insert, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "round_id", t->round_id);
	stmt_text(&st, "kind", str_of(trigger_kind_name(t->kind)));
	stmt_text(&st, "remark", t->remark);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "at", t->now);
	return stmt_run(&st, e);
}

int round_trigger_add(struct db *db, const struct actor *who, const struct trigger_entry *entry, struct err *e)
{
	const struct trail_pair pairs[] = {
		{"kind", str_of(trigger_kind_name(entry->kind))}, {"remark", entry->remark}, {0}};
	struct trail t = {
		.action = "round.trigger", .kind = "round", .id = entry->round_id, .now = entry->now, .pairs = pairs};
	int rc = check_length("remark", entry->remark, EVALUATE_REMARK_MAX, true, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	rc = need_state(db, who, entry->round_id, ROUND_OPEN, e);
	if (!rc)
		rc = put_trigger(db, who, entry, e);
	if (!rc)
		rc = trail_add(db, who, &t, e);
	return db_end(db, rc, e);
}
