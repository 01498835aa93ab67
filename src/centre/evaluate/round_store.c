/* Rounds out of the store. */
#include "centre/evaluate/internal.h"
#include "store/queries.gen.h"
#include "store/rows.h"

static int round_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct round *r = ret;

	(void)e;
	*r = (struct round){.id = stmt_col_i64(st, "id"), .version = stmt_col_i64(st, "version")};
	r->name = stmt_take(st, "name", a);
	r->framework = stmt_take(st, "framework", a);
	r->created_by = stmt_take(st, "created_by", a);
	r->signed_by = stmt_take(st, "signed_by", a);
	(void)combine_rule_parse(stmt_col_text(st, "rule"), &r->rule);
	(void)round_state_parse(stmt_col_text(st, "state"), &r->state);
	r->start = stmt_col_i64(st, "start_at");
	r->deadline = stmt_col_i64(st, "deadline_at");
	r->created_at = stmt_col_i64(st, "created_at");
	r->signed_at = stmt_col_i64(st, "signed_at");
	r->snapshot_id = stmt_col_is_null(st, "snapshot_id") ? 0 : stmt_col_i64(st, "snapshot_id");
	r->reviews_done = (uint32_t)stmt_col_i64(st, "reviews_done");
	return 0;
}

static const struct row_kind ROUND = {sizeof(struct round), round_read};

int round_list(struct db *db, struct scope scope, struct arena *a, struct round_list *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_evaluate_round_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "count", EVALUATE_ROUNDS_MAX);
	rc = rows_read(&st, &ROUND, EVALUATE_ROUNDS_MAX, a, &rows, e);
	if (rc)
		return rc;
	*ret = (struct round_list){.rounds = rows.items, .count = rows.count};
	return 0;
}

static int read_round(struct db *db, struct scope scope, int64_t id, struct arena *a, struct round *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_evaluate_round_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	return row_read_one(&st, &ROUND, "err.evaluate.round", a, ret, e);
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
		review.remark = stmt_take(&st, "remark", a);
		review.reviewer = stmt_take(&st, "user_name", a);
		review.user_id = stmt_col_i64(&st, "user_id");
		review.at = stmt_col_i64(&st, "at");
		r->reviews[subject] = review;
	}
	return rc;
}

static int trigger_read(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct round_trigger *t = ret;

	(void)e;
	(void)trigger_kind_parse(stmt_col_text(st, "kind"), &t->kind);
	t->remark = stmt_take(st, "remark", a);
	t->user_name = stmt_take(st, "user_name", a);
	t->at = stmt_col_i64(st, "at");
	return 0;
}

static const struct row_kind TRIGGER = {sizeof(struct round_trigger), trigger_read};

static int read_triggers(struct db *db, struct scope scope, struct round *r, struct arena *a, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_evaluate_trigger_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "round_id", r->id);
	stmt_i64(&st, "count", EVALUATE_TRIGGERS_MAX);
	rc = rows_read(&st, &TRIGGER, EVALUATE_TRIGGERS_MAX, a, &rows, e);
	if (rc)
		return rc;
	r->triggers = rows.items;
	r->trigger_count = rows.count;
	return 0;
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
