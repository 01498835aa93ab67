/* replay: Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a write that is sent twice is done once, and the
 * second sender gets the first answer. The key is marked as taken before the handler runs; a mark that a crash left
 * behind counts for REPLAY_STALE. Replies larger than REPLAY_BODY_MAX are remembered without their body. */
#include <stdio.h>

#include "door/http/internal.h"
#include "store/queries.gen.h"

#define REPLAY_KEY_MAX 128
#define REPLAY_KEEP TIME_DAY
#define REPLAY_STALE (5 * TIME_MINUTE)
#define REPLAY_BODY_MAX (256u << 10)

/* Whose key it is: two actors may use the same one. */
static str owner_of(struct request *rq)
{
	const struct actor *a = &rq->actor;

	return arena_fmt(rq->arena, "%d:%lld:%lld", (int)a->kind, (long long)a->user_id, (long long)a->token_id);
}

static str print_of(struct request *rq)
{
	struct digest *d = digest_begin();
	struct digest_hex hex;

	digest_add(d, rq->method);
	digest_add(d, STR(" "));
	digest_add(d, rq->path);
	digest_add(d, STR("?"));
	digest_add(d, rq->query);
	digest_add(d, STR("\n"));
	digest_add(d, rq->body);
	hex = digest_end(d);
	return arena_str(rq->arena, digest_str(&hex));
}

static int forget_old(struct request *rq, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(rq->db, &Q_http_reply_sweep, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "before", rq->now - REPLAY_KEEP);
	return stmt_run(&st, e);
}

static int take_key(struct request *rq, str key, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(rq->db, &Q_http_reply_take, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "owner", owner_of(rq));
	stmt_text(&st, "key", key);
	stmt_text(&st, "print", print_of(rq));
	stmt_i64(&st, "now", rq->now);
	stmt_i64(&st, "stale", rq->now - REPLAY_STALE);
	stmt_blob(&st, "body", STR(""));
	return stmt_step(&st, e);
}

static int tell_again(struct request *rq, struct response *rs, str key, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(rq->db, &Q_http_reply_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "owner", owner_of(rq));
	stmt_text(&st, "key", key);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	if (rc == 0 || (stmt_col_i64(&st, "status") == 0 && str_eq(stmt_col_text(&st, "print"), print_of(rq))))
		return err_set_value(e, ERR_CONFLICT, "err.http.key_busy", key);
	if (!str_eq(stmt_col_text(&st, "print"), print_of(rq)))
		return err_set_value(e, ERR_RANGE, "err.http.key_reused", key);
	rs->status = (int)stmt_col_i64(&st, "status");
	rs->content_type = arena_str(rq->arena, stmt_col_text(&st, "content_type"));
	if (stmt_col_text(&st, "location").len)
		response_header(rs, STR("Location"), arena_str(rq->arena, stmt_col_text(&st, "location")));
	response_header(rs, STR("Idempotent-Replayed"), STR("true"));
	buf_add(&rs->body, stmt_col_text(&st, "body"));
	return 0;
}

int replay_begin(struct request *rq, struct response *rs, enum replay *ret, struct err *e)
{
	str key = request_header(rq, STR("idempotency-key"));
	int rc;

	*ret = REPLAY_NONE;
	if (!key.ptr)
		return 0;
	if (key.len == 0 || key.len > REPLAY_KEY_MAX)
		return err_set_value(e, ERR_RANGE, "err.http.key", str_sub(key, 0, 64));
	rc = forget_old(rq, e);
	rc = rc ? rc : take_key(rq, key, e);
	if (rc < 0)
		return rc;
	*ret = rc == 1 ? REPLAY_FIRST : REPLAY_DONE;
	return rc == 1 ? 0 : tell_again(rq, rs, key, e);
}

static str location_of(const struct response *rs)
{
	for (size_t i = 0; i < rs->header_count; i++)
		if (str_eq_nocase(rs->headers[i].name, STR("location")))
			return rs->headers[i].value;
	return STR("");
}

static int keep_reply(struct request *rq, const struct response *rs, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(rq->db, &Q_http_reply_keep, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "owner", owner_of(rq));
	stmt_text(&st, "key", request_header(rq, STR("idempotency-key")));
	stmt_i64(&st, "status", rs->status ? rs->status : 200);
	stmt_text(&st, "content_type", rs->content_type);
	stmt_text(&st, "location", location_of(rs));
	stmt_blob(&st, "body", rs->body.len > REPLAY_BODY_MAX ? STR("") : buf_str(&rs->body));
	return stmt_run(&st, e);
}

static int free_key(struct request *rq, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(rq->db, &Q_http_reply_free, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "owner", owner_of(rq));
	stmt_text(&st, "key", request_header(rq, STR("idempotency-key")));
	return stmt_run(&st, e);
}

/* A failure is not remembered: the sender may try again. When even this fails, the mark becomes stale by itself. */
void replay_end(struct request *rq, const struct response *rs, bool keep)
{
	struct err e;
	int rc = keep ? keep_reply(rq, rs, &e) : free_key(rq, &e);

	if (rc)
		log_err(rq->services->env->log, LOG_WARNING, "http.replay", &e);
}
