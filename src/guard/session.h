/* session: signed-in browsers, kept on the server.
 *
 * The cookie holds a random token of 256 bits, the store only its hash. A session ends after 8 hours without use and
 * after 24 hours at the latest (OWASP Session Management), by signing out, by its owner, and with the account. Its
 * token changes at every step up: after the password, after the second factor, with another organisation or person.
 */
#ifndef GUARD_SESSION_H
#define GUARD_SESSION_H

#include "guard/guard.h"
#include "guard/secret.h"

#define SESSION_IDLE (8 * TIME_HOUR)
#define SESSION_LIFE (24 * TIME_HOUR)
#define SESSION_TOUCH (1 * TIME_MINUTE) /* how exact "last used" is: a write at most so often */
#define SESSIONS_PER_ACCOUNT 50         /* older ones end */
#define SESSION_LANGUAGE_MAX 16
#define SESSION_ZONE_MAX 64
#define SESSION_CSRF_MAX (DIGEST_HEX + 1)

enum session_stage {
	SESSION_PASSWORD, /* password given, second factor still to come: the actor is nobody */
	SESSION_FULL
};

struct session {
	int64_t id, account_id, tenant_id;
	enum session_stage stage;
	struct actor actor; /* ACTOR_NOBODY until the stage is SESSION_FULL */
	char language[SESSION_LANGUAGE_MAX];
	char theme[8]; /* "auto", "light", "dark" */
	char time_zone[SESSION_ZONE_MAX];
	char tenant_name[256];
};

/* By the cookie's value. ERR_AUTH, err.session.none: unknown, ended, or the account may no longer work there.
 * Notes the use at most once a minute. */
int session_find(struct db *db, str cookie, time_us now, struct session *ret, struct err *e) MUST_CHECK;

/* The token that every form of this session carries, derived from the cookie: 64 hex digits and a NUL. */
void session_csrf(str cookie, char out[SESSION_CSRF_MAX]);
bool session_csrf_is(str cookie, str given);

struct session_new {
	int64_t account_id, tenant_id;
	enum session_stage stage;
	str address, user_agent; /* cut at 64 and 200 bytes */
	time_us now;
};

/* Both in the caller's transaction; *ret is the new cookie. Rotating keeps the session and ends its old cookie. */
int session_start(struct db *db, struct env *env, const struct session_new *s, struct secret *ret,
		  struct err *e) MUST_CHECK;
int session_rotate(struct db *db, struct env *env, const struct session *s, struct secret *ret,
		   struct err *e) MUST_CHECK;

int session_end(struct db *db, int64_t account_id, int64_t session_id, struct err *e) MUST_CHECK;
/* keep_id 0 = all of them: after a new password. */
int session_end_others(struct db *db, int64_t account_id, int64_t keep_id, struct err *e) MUST_CHECK;
struct session_row {
	int64_t id;
	str address, user_agent; /* valid until the callback returns */
	time_us created_at, used_at, ends_at;
};
/* The living sessions of an account, last used first. */
struct session_query {
	int64_t account_id;
	time_us now;
};
int session_each(struct db *db, const struct session_query *q, int (*fn)(void *ctx, const struct session_row *row),
		 void *ctx, struct err *e) MUST_CHECK;
/* Signs everybody out: after a restore. */
int session_end_all(struct db *db, struct err *e) MUST_CHECK;
/* Forgets ended sessions; for a periodic job. */
int session_sweep(struct db *db, time_us now, struct err *e) MUST_CHECK;

/* The peer of the unix socket in the data folder: root or the server's own user is the installation's administrator,
 * in the first organisation. Anybody else: ERR_DENIED. */
int actor_from_peer(struct db *db, unsigned peer_uid, struct actor *ret, struct err *e) MUST_CHECK;

#endif
