/* setup: the first organisation and its first user, by a one-time token that the console shows; and the way into the
 * demo.
 *
 * Before set-up nobody can sign in, and there is no default password: whoever started the program reads the token. Each
 * start issues a new one and ends the last.
 */
#ifndef GUARD_SETUP_H
#define GUARD_SETUP_H

#include "guard/session.h"
#include "guard/totp.h"

#define SETUP_LIFE (7 * TIME_DAY)
#define DEMO_LINK_LIFE (7 * TIME_DAY)

/* Is there an organisation of one's own (demos do not count)? */
int setup_is_done(struct db *db, bool *ret, struct err *e) MUST_CHECK;
/* For the console: "/setup?token=…". ERR_WRONG_STATE, err.setup.done. Its own transaction. */
int setup_issue(struct db *db, struct env *env, struct secret *ret, struct err *e) MUST_CHECK;
/* Is the token good? ERR_AUTH, err.link.none; ERR_WRONG_STATE. */
int setup_check(struct db *db, str token, time_us now, struct err *e) MUST_CHECK;

struct setup {
	str token;
	str organisation, display_name, login, password;
	str language, time_zone;
	struct totp_secret totp; /* shown before; the code proves that the app has it */
	str code;
	str address, user_agent;
	time_us now;
};

struct setup_done {
	struct secret cookie;
	struct recovery_codes codes;
	int64_t tenant_id, account_id;
};

/* All or nothing, in its own transaction. */
int setup_complete(struct db *db, struct env *env, const struct setup *s, struct setup_done *ret,
		   struct err *e) MUST_CHECK;

/* The demo: a one-time link that signs in, and the change of person. Only for accounts of demo organisations. */
int demo_link_create(struct db *db, struct env *env, int64_t account_id, struct secret *ret, struct err *e) MUST_CHECK;

struct demo_enter {
	str token, address, user_agent;
	time_us now;
};
int demo_enter(struct db *db, struct env *env, const struct demo_enter *d, struct secret *ret,
	       struct err *e) MUST_CHECK;
struct demo_switch {
	struct actor who;
	enum role role;
};
/* The session goes on as the organisation's first person of that role, under a new cookie. ERR_NOT_FOUND outside the
 * demo and when there is nobody of that role. */
int demo_switch(struct db *db, struct env *env, const struct demo_switch *d, struct secret *ret,
		struct err *e) MUST_CHECK;

#endif
