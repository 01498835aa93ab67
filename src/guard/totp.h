/* totp: the second factor, RFC 6238 with SHA-1, six digits, 30 seconds (what every authenticator app understands), and
 * recovery codes for the day the phone is lost.
 *
 * One step before and after now is accepted (RFC 6238, 5.2: at most one for network delay); a step that was used does
 * not count again.
 */
#ifndef GUARD_TOTP_H
#define GUARD_TOTP_H

#include "base/buf.h"
#include "base/time.h"
#include "os/env.h"
#include "store/db.h"

#define TOTP_SECRET_BYTES 20
#define TOTP_STEP (30 * TIME_SECOND)
#define TOTP_DIGITS 6
#define TOTP_BASE32 32 /* letters of a secret */

#define RECOVERY_CODES 10
#define RECOVERY_CODE_MAX 20 /* "abcd-efgh-ijkl-mnop" and a NUL: 80 bits */

struct totp_secret {
	unsigned char bytes[TOTP_SECRET_BYTES];
};

struct totp_secret totp_create(struct env *env);
/* 32 letters, and a NUL. */
void totp_base32(const struct totp_secret *s, char out[TOTP_BASE32 + 1]);
/* Blanks and case do not matter. */
bool totp_parse(str base32, struct totp_secret *ret);
/* "otpauth://totp/Noroshi:hanako%40example.jp?secret=…&issuer=Noroshi" */
void totp_uri(struct buf *out, const struct totp_secret *s, str issuer, str login);
/* True when the code is right for a step after last_step; *ret_step is that step. Blanks in the code do not matter. */
bool totp_check(const struct totp_secret *s, str code, time_us now, int64_t last_step, int64_t *ret_step);
/* The code of the present step: for tests and for nobody else. */
void totp_code(const struct totp_secret *s, time_us now, char out[TOTP_DIGITS + 1]);

struct recovery_codes {
	char text[RECOVERY_CODES][RECOVERY_CODE_MAX];
};

/* Makes new ones and forgets the old; in the caller's transaction. They are shown once. */
int recovery_create(struct db *db, struct env *env, int64_t account_id, struct recovery_codes *ret,
		    struct err *e) MUST_CHECK;
/* ERR_AUTH when it is not one of the unused codes. */
int recovery_use(struct db *db, int64_t account_id, str code, time_us now, struct err *e) MUST_CHECK;

#endif
