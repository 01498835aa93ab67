/* digest: SHA-256 (FIPS 180-4), by OpenSSL, which uses the processor's instructions for it.
 *
 * Why here and not in base: it needs a library and, for files, the system.
 */
#ifndef OS_DIGEST_H
#define OS_DIGEST_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define DIGEST_BYTES 32
#define DIGEST_HEX 64

/* Lower-case hex with a NUL behind it. */
struct digest_hex {
	char text[DIGEST_HEX + 1];
};

void digest_sha256(str bytes, unsigned char out[DIGEST_BYTES]);
struct digest_hex digest_sha256_hex(str bytes);
/* HMAC-SHA256 (RFC 2104). */
void digest_hmac(str key, str bytes, unsigned char out[DIGEST_BYTES]);

static inline str digest_str(const struct digest_hex *d)
{
	return (str){d->text, DIGEST_HEX};
}

/* Piece by piece. digest_end also frees; digest_drop frees without a result and accepts NULL. */
struct digest;
struct digest *digest_begin(void);
void digest_add(struct digest *d, str bytes);
struct digest_hex digest_end(struct digest *d);
void digest_drop(struct digest **d);
#define _cleanup_digest_ __attribute__((cleanup(digest_drop)))

/* Of a whole file; ret_size may be NULL. */
int digest_file(str path, struct digest_hex *ret, uint64_t *ret_size, struct err *e) MUST_CHECK;

/* Equal or not in a time that depends on the lengths only: for secrets. */
bool digest_equal(str a, str b);

#endif
