#include "guard/limit.h"

#include <stdio.h>

#include "base/check.h"
#include "guard/login.h"
#include "store/queries.gen.h"

#define SUBJECT_MAX (DIGEST_HEX + 16)

struct kind_row {
	const char *prefix;
	bool by_login, by_address;
	int64_t free_tries;
};

static const struct kind_row kinds[] = {
	[LIMIT_PAIR] = {"pair", true, true, LOGIN_FREE_TRIES},
	[LIMIT_ADDRESS] = {"address", false, true, LOGIN_FREE_TRIES_ADDRESS},
	[LIMIT_LOGIN] = {"login", true, false, LOGIN_FREE_TRIES},
	[LIMIT_CODE] = {"code", true, false, LOGIN_FREE_TRIES},
	[LIMIT_KNOWN] = {"known", true, true, 0},
};

/* Hashed, so that names typed wrongly (a password in the name's field) are not stored. */
static void subject_of(const struct limit *l, char out[SUBJECT_MAX])
{
	const struct kind_row *k = &kinds[l->kind];
	struct digest_hex login = digest_sha256_hex(k->by_login ? l->login : STR_NONE);
	char both[DIGEST_HEX + 128];
	struct digest_hex hash;

	snprintf(both, sizeof(both), "%s|" STR_FMT, login.text,
		 STR_ARG(str_sub(l->address, 0, k->by_address ? 100 : 0)));
	hash = digest_sha256_hex(str_of(both));
	snprintf(out, SUBJECT_MAX, "%s:%s", k->prefix, hash.text);
}

struct state {
	int64_t failures;
	time_us last_at, wait_until;
};

static int get(struct db *db, const struct limit *l, struct state *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	char subject[SUBJECT_MAX];
	int rc = db_prepare(db, &Q_login_attempt_get, NULL, &st, e);

	if (rc)
		return rc;
	*ret = (struct state){0};
	subject_of(l, subject);
	stmt_text(&st, "subject", str_of(subject));
	rc = stmt_step(&st, e);
	if (rc <= 0)
		return rc;
	*ret = (struct state){stmt_col_i64(&st, "failures"), stmt_col_i64(&st, "last_at"),
			      stmt_col_i64(&st, "wait_until")};
	return 0;
}

static int put(struct db *db, const struct limit *l, const struct state *s, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	char subject[SUBJECT_MAX];
	int rc = db_prepare(db, &Q_login_attempt_put, NULL, &st, e);

	if (rc)
		return rc;
	subject_of(l, subject);
	stmt_text(&st, "subject", str_of(subject));
	stmt_i64(&st, "failures", s->failures);
	stmt_i64(&st, "now", s->last_at);
	stmt_i64(&st, "wait_until", s->wait_until);
	return stmt_run(&st, e);
}

int limit_check(struct db *db, const struct limit *l, struct err *e)
{
	struct state s;
	char seconds[24];
	int rc = get(db, l, &s, e);

	if (rc || s.wait_until <= l->now)
		return rc;
	rc = err_set(e, ERR_LIMIT, "err.login.wait");
	snprintf(seconds, sizeof(seconds), "%lld", (long long)((s.wait_until - l->now) / TIME_SECOND + 1));
	err_expected(e, str_of(seconds));
	return rc;
}

int limit_fail(struct db *db, const struct limit *l, struct err *e)
{
	struct state s;
	time_us wait = 0;
	int rc = get(db, l, &s, e);

	if (rc)
		return rc;
	if (l->now - s.last_at > LOGIN_FORGET)
		s.failures = 0;
	s.failures++;
	if (s.failures >= kinds[l->kind].free_tries) {
		wait = TIME_SECOND;
		for (int64_t i = kinds[l->kind].free_tries; i < s.failures && wait < LOGIN_WAIT_MAX; i++)
			wait *= 2;
	}
	s.last_at = l->now;
	s.wait_until = l->now + (wait < LOGIN_WAIT_MAX ? wait : LOGIN_WAIT_MAX);
	return put(db, l, &s, e);
}

int limit_clear(struct db *db, const struct limit *l, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	char subject[SUBJECT_MAX];
	int rc = db_prepare(db, &Q_login_attempt_clear, NULL, &st, e);

	if (rc)
		return rc;
	subject_of(l, subject);
	stmt_text(&st, "subject", str_of(subject));
	return stmt_run(&st, e);
}

int limit_note_known(struct db *db, const struct limit *l, struct err *e)
{
	struct state s = {0, l->now, 0};

	CHECK(l->kind == LIMIT_KNOWN);
	return put(db, l, &s, e);
}

int limit_is_known(struct db *db, const struct limit *l, bool *ret, struct err *e)
{
	struct state s;
	int rc = get(db, l, &s, e);

	CHECK(l->kind == LIMIT_KNOWN);
	if (!rc)
		*ret = s.last_at != 0 && l->now - s.last_at < LOGIN_KNOWN;
	return rc;
}
