/* Rounds out of the store. */
#include "centre/evaluate/internal.h"
#include "store/queries.gen.h"

static bool round_read(struct stmt *st, struct arena *a, struct round *r)
{
	*r = (struct round){.id = stmt_col_i64(st, "id"), .version = stmt_col_i64(st, "version")};
	r->name = arena_str(a, stmt_col_text(st, "name"));
	r->framework = arena_str(a, stmt_col_text(st, "framework"));
	r->created_by = arena_str(a, stmt_col_text(st, "created_by"));
	r->signed_by = arena_str(a, stmt_col_text(st, "signed_by"));
	(void)combine_rule_parse(stmt_col_text(st, "rule"), &r->rule);
	(void)round_state_parse(stmt_col_text(st, "state"), &r->state);
	r->start = stmt_col_i64(st, "start_at");
	r->deadline = stmt_col_i64(st, "deadline_at");
	r->created_at = stmt_col_i64(st, "created_at");
	r->signed_at = stmt_col_i64(st, "signed_at");
	r->snapshot_id = stmt_col_is_null(st, "snapshot_id") ? 0 : stmt_col_i64(st, "snapshot_id");
	r->reviews_done = (uint32_t)stmt_col_i64(st, "reviews_done");
	return r->name.ptr && r->framework.ptr && r->created_by.ptr && r->signed_by.ptr;
}

int round_list(struct db *db, struct scope scope, struct arena *a, struct round_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct round_list list = {.rounds = arena_alloc(a, EVALUATE_ROUNDS_MAX * sizeof(*list.rounds))};
	int rc = db_prepare(db, &Q_evaluate_round_list, &scope, &st, e);

	if (rc)
		return rc;
	if (!list.rounds)
		return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	stmt_i64(&st, "count", EVALUATE_ROUNDS_MAX);
	while ((rc = stmt_step(&st, e)) > 0)
		if (!round_read(&st, a, &list.rounds[list.count++]))
			return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	if (rc < 0)
		return rc;
	*ret = list;
	return 0;
}

static int read_round(struct db *db, struct scope scope, int64_t id, struct arena *a, struct round *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_round_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "err.evaluate.round");
	return round_read(&st, a, ret) ? 0 : err_set(e, ERR_LIMIT, "err.evaluate.budget");
}

static int read_reviews(struct db *db, struct scope scope, struct round *r, struct arena *a, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_review_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "round_id", r->id);
	while ((rc = stmt_step(&st, e)) > 0) {
		struct round_review review = {.is_done = true};
		enum review_subject subject;

		if (!review_subject_parse(stmt_col_text(&st, "subject"), &subject))
			continue;
		(void)review_outcome_parse(stmt_col_text(&st, "outcome"), &review.outcome);
		review.remark = arena_str(a, stmt_col_text(&st, "remark"));
		review.reviewer = arena_str(a, stmt_col_text(&st, "user_name"));
		review.user_id = stmt_col_i64(&st, "user_id");
		review.at = stmt_col_i64(&st, "at");
		if (!review.remark.ptr || !review.reviewer.ptr)
			return err_set(e, ERR_LIMIT, "err.evaluate.budget");
		r->reviews[subject] = review;
	}
	return rc;
}

static int read_triggers(struct db *db, struct scope scope, struct round *r, struct arena *a, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_trigger_list, &scope, &st, e);

	if (rc)
		return rc;
	r->triggers = arena_alloc(a, EVALUATE_TRIGGERS_MAX * sizeof(*r->triggers));
	if (!r->triggers)
		return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	stmt_i64(&st, "round_id", r->id);
	stmt_i64(&st, "count", EVALUATE_TRIGGERS_MAX);
	while ((rc = stmt_step(&st, e)) > 0) {
		struct round_trigger *t = &r->triggers[r->trigger_count++];

		(void)trigger_kind_parse(stmt_col_text(&st, "kind"), &t->kind);
		t->remark = arena_str(a, stmt_col_text(&st, "remark"));
		t->user_name = arena_str(a, stmt_col_text(&st, "user_name"));
		t->at = stmt_col_i64(&st, "at");
		if (!t->remark.ptr || !t->user_name.ptr)
			return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	}
	return rc;
}

int round_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct round *ret, struct err *e)
{
	struct round r;
	int rc;

	if ((rc = read_round(db, scope, id, a, &r, e)) || (rc = read_reviews(db, scope, &r, a, e)) ||
	    (rc = read_triggers(db, scope, &r, a, e)))
		return rc;
	*ret = r;
	return 0;
}
