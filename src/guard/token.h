/* token: API tokens, how programs sign in: "Authorization: Bearer nrs_…".
 *
 * A token belongs to an organisation, has a name, an end, and a list of permissions that narrows what the role "api"
 * may. It is shown once; the store has its hash. Use is noted with time and address at most once a minute, and in the
 * audit trail when the address is new or an hour has passed.
 */
#ifndef GUARD_TOKEN_H
#define GUARD_TOKEN_H

#include "base/buf.h"
#include "guard/guard.h"
#include "guard/secret.h"

#define TOKEN_PREFIX "nrs_"
#define TOKEN_LIFE_MAX (366 * TIME_DAY)
#define TOKEN_NAME_MAX 100
#define TOKENS_LIST_MAX 200

struct token_new {
	str name;
	uint64_t permissions; /* bits; each must be held by the creator or by the role "api" */
	time_us expires_at;   /* at most TOKEN_LIFE_MAX from now */
	time_us now;
	struct env *env; /* randomness */
};

/* In the caller's transaction, with its audit row. */
int token_create(struct db *db, const struct actor *who, const struct token_new *t, struct secret *ret,
		 struct err *e) MUST_CHECK;

struct token_use {
	str bearer;  /* the whole token, prefix included */
	str address; /* the peer */
	time_us now;
};

/* ERR_AUTH, err.token.none. Not inside a transaction: it may begin one to note the use. */
int token_find(struct db *db, const struct token_use *use, struct actor *ret, struct err *e) MUST_CHECK;

struct token_row {
	int64_t id, tenant_id;
	str name, permissions;                               /* valid until the callback returns */
	time_us created_at, expires_at, used_at, revoked_at; /* 0 = not */
	str used_from;
};

/* Every token of the actor's organisation and everything below it, in order of id, up to TOKENS_LIST_MAX. */
int token_each(struct db *db, const struct actor *who, int (*fn)(void *ctx, const struct token_row *row), void *ctx,
	       struct err *e) MUST_CHECK;
/* In the caller's transaction. ERR_NOT_FOUND when it is not there, not ours, or revoked already. */
int token_revoke(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;

/* "alert.read,event.write" ↔ bits. ERR_RANGE names the unknown one. */
int permissions_parse(str list, uint64_t *ret, struct err *e) MUST_CHECK;
void permissions_add(struct buf *out, uint64_t permissions);

#endif
