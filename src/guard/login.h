/* login: from a password to a session, with waits that grow and never lock anybody out.
 *
 * Failures are counted for the pair (login, address), for the address, and for the login. Waits after the third failure
 * double from one second to a minute (an address: after the twentieth). A wait for the login alone holds only addresses
 * from which nobody has signed in to it before, so a stranger cannot keep the owner out. An attempt during a wait is
 * refused without looking at the password and does not lengthen the wait. Quarter of an hour of quiet forgets.
 * An unknown login and a wrong password take the same time and say the same.
 */
#ifndef GUARD_LOGIN_H
#define GUARD_LOGIN_H

#include "guard/session.h"
#include "guard/totp.h"

#define LOGIN_FREE_TRIES 3
#define LOGIN_FREE_TRIES_ADDRESS 20
#define LOGIN_WAIT_MAX TIME_MINUTE
#define LOGIN_FORGET (15 * TIME_MINUTE)
#define LOGIN_KNOWN (30 * TIME_DAY) /* how long an address counts as the owner's */

struct login {
	str login, password, address, user_agent;
	time_us now;
};

struct login_done {
	struct secret cookie;
	enum session_stage stage; /* SESSION_PASSWORD: the second factor is to come */
};

/* ERR_AUTH, err.login.wrong; ERR_LIMIT, err.login.wait (expected = seconds). Its own transactions. */
int login_password(struct db *db, struct env *env, const struct login *l, struct login_done *ret,
		   struct err *e) MUST_CHECK;

struct login_code {
	const struct session *session; /* the one that waits for it */
	str code;                      /* six digits, or a recovery code */
	str address;
	time_us now;
};

/* *ret is the session's new cookie. ERR_AUTH: err.login.code or err.session.none. Its own transactions. */
int login_totp(struct db *db, struct env *env, const struct login_code *c, struct secret *ret,
	       struct err *e) MUST_CHECK;

/* A reset link sets a password; one signs in with it afterwards. Its own transaction. */
struct login_reset {
	str token, password;
	time_us now;
};
int login_reset(struct db *db, const struct login_reset *r, struct err *e) MUST_CHECK;

/* Forgets old failures; for a periodic job. */
int login_sweep(struct db *db, time_us now, struct err *e) MUST_CHECK;

#endif
