/* tls: the server's certificate and what it speaks: TLS 1.2 and 1.3, ALPN http/1.1, no renegotiation, no compression.
 *
 * With no certificate configured one is made on the first run: EC P-256, self-signed, valid for the given names and for
 * localhost, 127.0.0.1 and ::1, 397 days (what browsers accept at most), kept as <folder>/tls/cert.pem and key.pem
 * (0600). It is made anew when less than 30 days are left or when a name is missing.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/err.h"
#include "base/time.h"

#define TLS_NAMES_MAX 16
#define TLS_DAYS 397
#define TLS_RENEW_DAYS 30

struct tls_context;

struct tls_names {
	const str *names;
	size_t count;
};

/* PEM files: the chain, own certificate first, and the key. Keys: err.tls.certificate, err.tls.key, err.tls.mismatch.
 */
int tls_open(str cert_path, str key_path, struct tls_context **ret, struct err *e) MUST_CHECK;
/* Makes <folder>/tls when it is needed and opens it. Names: host names or addresses that clients will use. */
int tls_open_self_signed(str folder, const struct tls_names *names, time_us now, struct tls_context **ret,
			 struct err *e) MUST_CHECK;
/* After every server that uses it is freed. NULL is fine. */
void tls_close(struct tls_context *t);
/* SHA-256 of the certificate, as "AB:CD:…", for the console, so that a person can compare. */
int tls_fingerprint(const struct tls_context *t, char out[96]);

#endif
