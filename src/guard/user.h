/* user: people who sign in. The login name (an e-mail address as a rule) is unique in the installation; the role is
 * given per organisation and counts below it too.
 *
 * Functions that write run in the caller's transaction and write their audit row.
 */
#ifndef GUARD_USER_H
#define GUARD_USER_H

#include "guard/guard.h"
#include "guard/secret.h"
#include "guard/totp.h"

#define USER_LOGIN_MIN 3
#define USER_LOGIN_MAX 254 /* RFC 5321 leaves so much for an address */
#define USER_NAME_MAX 127  /* bytes; an actor's name has room for it */
#define USERS_LIST_MAX 1000
#define USER_RESET_LIFE (3 * TIME_DAY)

struct user_new {
	str login; /* kept in lower case */
	str display_name;
	str language, time_zone; /* empty = "en", "UTC" */
	enum role role;
	str password;                   /* STR_NONE: the person sets one by a reset link */
	const struct totp_secret *totp; /* NULL: enrolled later in the settings */
	time_us now;
};

/* In the actor's organisation. ERR_CONFLICT, err.user.exists. */
int user_create(struct db *db, const struct actor *who, const struct user_new *u, int64_t *ret_id,
		struct err *e) MUST_CHECK;

struct user {
	int64_t id, tenant_id;
	char login[USER_LOGIN_MAX + 1], display_name[USER_NAME_MAX + 1];
	char language[16], time_zone[64], theme[8];
	char password_hash[PASSWORD_HASH_MAX]; /* "" = none yet */
	struct totp_secret totp, totp_pending;
	bool has_totp, has_pending, is_active;
	int64_t totp_last_step;
};

/* ERR_NOT_FOUND, err.user.unknown. No permission is asked: for one's own account and for signing in. */
int user_get(struct db *db, int64_t id, struct user *ret, struct err *e) MUST_CHECK;
int user_find(struct db *db, str login, struct user *ret, struct err *e) MUST_CHECK;
/* The same, when the account belongs to the actor's organisation or one below it. */
int user_get_below(struct db *db, const struct actor *who, int64_t id, struct user *ret, struct err *e) MUST_CHECK;

/* Checks the rules, stores the hash, ends every session but keep_session. */
struct user_password {
	int64_t account_id;
	str password;
	int64_t keep_session;
	time_us now;
};
int user_password_set(struct db *db, const struct actor *who, const struct user_password *p, struct err *e) MUST_CHECK;

struct user_settings {
	str display_name, language, time_zone, theme; /* STR_NONE = as it is */
};
int user_settings_set(struct db *db, int64_t id, const struct user_settings *s, struct err *e) MUST_CHECK;

/* Begins enrolment: the secret waits until a right code confirms it. */
int user_totp_begin(struct db *db, struct env *env, int64_t id, struct totp_secret *ret, struct err *e) MUST_CHECK;
/* ERR_AUTH, err.login.code, when the code is not the pending secret's. */
int user_totp_confirm(struct db *db, const struct actor *who, str code, time_us now, struct err *e) MUST_CHECK;

/* For administrators: a link for a new password (also for the first one), and taking away a lost second factor. */
struct user_reset {
	int64_t account_id;
	bool drop_totp;
	struct env *env;
};
int user_reset(struct db *db, const struct actor *who, const struct user_reset *r, struct secret *ret_token,
	       struct err *e) MUST_CHECK;

/* For administrators, within their organisation and below it: another role in the account's own organisation; off,
 * which ends all sessions and stops the account's tokens, and on again. Nobody does it to himself, so that an
 * administrator remains: ERR_DENIED, err.user.self. */
struct user_change {
	int64_t account_id;
	enum role role; /* user_role_set; ROLE_API is for programs: ERR_RANGE, err.admin.role */
	bool is_active; /* user_active_set */
	time_us now;
};
int user_role_set(struct db *db, const struct actor *who, const struct user_change *c, struct err *e) MUST_CHECK;
int user_active_set(struct db *db, const struct actor *who, const struct user_change *c, struct err *e) MUST_CHECK;

struct user_row {
	int64_t id, tenant_id;
	str login, display_name, role, language; /* valid until the callback returns */
	bool is_active, has_totp, has_password;
	time_us created_at;
};
/* Of the actor's organisation and everything below it. */
int user_each(struct db *db, const struct actor *who, int (*fn)(void *ctx, const struct user_row *row), void *ctx,
	      struct err *e) MUST_CHECK;

#endif
