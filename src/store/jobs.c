#include "store/jobs.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/mem.h"
#include "store/queries.gen.h"

int job_add(struct db *db, const struct job_new *job, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc;

	if (job->payload.len > JOB_PAYLOAD_MAX)
		return err_set(e, ERR_LIMIT, "err.job.large");
	rc = db_prepare(db, &Q_job_add, NULL, &st, e);
	if (rc)
		return rc;
	stmt_i64_or_null(&st, "tenant_id", job->tenant_id);
	stmt_text(&st, "queue", job->queue);
	stmt_text(&st, "kind", job->kind);
	stmt_text_or_null(&st, "dedup_key", job->dedup_key);
	stmt_text(&st, "payload", job->payload);
	stmt_i64(&st, "attempts_max", job->attempts_max ? job->attempts_max : JOB_ATTEMPTS);
	stmt_i64(&st, "due_at", job->due_at ? job->due_at : job->now);
	stmt_i64(&st, "now", job->now);
	return stmt_run(&st, e);
}

/* 1 = taken; kind and payload are copied into `text`, because the statement ends before the handler runs. */
static int take(struct db *db, const struct job_queue *q, struct buf *text, struct job *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	time_us now = q->env->now(q->env->ctx);
	str kind, payload;
	int rc = db_prepare(db, &Q_job_take, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "queue", q->name);
	stmt_i64(&st, "now", now);
	stmt_i64(&st, "lease_until", now + JOB_LEASE);
	rc = stmt_step(&st, e);
	if (rc <= 0)
		return rc;
	kind = stmt_col_text(&st, "kind");
	payload = stmt_col_text(&st, "payload");
	buf_clear(text);
	buf_add(text, kind);
	buf_add(text, payload);
	*ret = (struct job){
		.id = stmt_col_i64(&st, "id"),
		.tenant_id = stmt_col_i64(&st, "tenant_id"),
		.attempt = (int)stmt_col_i64(&st, "attempts"),
		.attempts_max = (int)stmt_col_i64(&st, "attempts_max"),
		.lease_until = stmt_col_i64(&st, "lease_until"),
		.kind = str_sub(buf_str(text), 0, kind.len),
		.payload = str_from(buf_str(text), kind.len),
	};
	/* The row is changed only when the statement has run to its end. */
	rc = stmt_run(&st, e);
	return rc ? rc : 1;
}

static int finish(struct db *db, const struct job *job, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_job_done, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", job->id);
	stmt_i64(&st, "lease_until", job->lease_until);
	return stmt_run(&st, e);
}

static time_us wait_after(int attempt)
{
	time_us wait = JOB_WAIT_FIRST;

	while (--attempt > 0 && wait < JOB_WAIT_MAX)
		wait *= 2;
	return wait < JOB_WAIT_MAX ? wait : JOB_WAIT_MAX;
}

static int put_back(struct db *db, const struct job_queue *q, const struct job *job, const struct err *why,
		    struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	bool is_dead = job->attempt >= job->attempts_max;
	char text[512];
	int rc = db_prepare(db, &Q_job_again, NULL, &st, e);

	if (rc)
		return rc;
	snprintf(text, sizeof(text), "%s %s %s", why->id ? why->id : "", why->value, why->detail);
	stmt_text(&st, "state", is_dead ? STR("dead") : STR("ready"));
	stmt_i64(&st, "due_at", q->env->now(q->env->ctx) + wait_after(job->attempt));
	stmt_text(&st, "last_error", str_trim(str_of(text)));
	stmt_i64(&st, "id", job->id);
	stmt_i64(&st, "lease_until", job->lease_until);
	return stmt_run(&st, e);
}

static int run_handler(struct db *db, const struct job_queue *q, const struct job *job, struct err *e)
{
	for (const struct job_handler *h = q->handlers; h->kind; h++)
		if (str_eq(job->kind, str_of(h->kind)))
			return h->run(q->ctx, db, job, e);
	return err_set_value(e, ERR_UNSUPPORTED, "err.job.kind", job->kind);
}

int jobs_run(struct db *db, const struct job_queue *q, int most, struct err *e)
{
	_cleanup_(buf_done) struct buf text;
	int taken = 0;

	buf_init(&text, JOB_PAYLOAD_MAX + 256);
	while (taken < most) {
		struct err why = {0};
		struct job job;
		int rc = take(db, q, &text, &job, e);

		if (rc <= 0)
			return rc < 0 ? rc : taken;
		taken++;
		rc = run_handler(db, q, &job, &why);
		CHECK(!db_in_transaction(db)); /* the handler left one open */
		if (rc)
			rc = put_back(db, q, &job, &why, e);
		else
			rc = finish(db, &job, e);
		if (rc)
			return rc;
	}
	return taken;
}

int jobs_count(struct db *db, str queue, struct job_counts *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_job_counts, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "queue", queue);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	*ret = (struct job_counts){stmt_col_i64(&st, "ready"), stmt_col_i64(&st, "taken"), stmt_col_i64(&st, "dead")};
	return 0;
}

int jobs_revive(struct db *db, str queue, time_us now, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_job_revive, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "queue", queue);
	stmt_i64(&st, "now", now);
	return stmt_run(&st, e);
}
