/* secret: random tokens that are shown once and stored as hashes only, and passwords.
 *
 * A token has 256 bits of randomness, so one SHA-256 is enough to store it; nothing can be guessed back. A password has
 * few, so it is stored by argon2id (libsodium, 64 MiB, 3 passes; OWASP Password Storage asks for at least 19 MiB, 2).
 * Password rules follow NIST SP 800-63B: length and a comparison with what is known, no classes of characters.
 */
#ifndef GUARD_SECRET_H
#define GUARD_SECRET_H

#include "base/err.h"
#include "os/digest.h"
#include "os/env.h"

#define SECRET_BYTES 32
#define SECRET_TEXT 43 /* base64url without padding */
#define SECRET_MAX 64  /* a token with its prefix and NUL */

#define PASSWORD_LENGTH_MIN 12 /* code points */
#define PASSWORD_BYTES_MAX 1024
#define PASSWORD_HASH_MAX 128

struct secret {
	char text[SECRET_MAX]; /* NUL-terminated; wiped by secret_wipe */
};

/* prefix is "" or such as "nrs_". */
struct secret secret_create(struct env *env, const char *prefix);
void secret_wipe(struct secret *s);
#define _cleanup_secret_ __attribute__((cleanup(secret_wipe)))

/* What the store keeps of a token: hex SHA-256. Any text is accepted; a wrong one is simply not found. */
struct digest_hex secret_hash(str token);

/* ERR_RANGE when it is short, too long, or the same as the login name or the shown name. */
int password_check(str password, str email, str display_name, struct err *e) MUST_CHECK;
int password_hash(str password, char ret[PASSWORD_HASH_MAX], struct err *e) MUST_CHECK;
/* Takes as long for an empty hash (no such account) as for a real one, and then says no. */
bool password_verify(str hash, str password);

#endif
