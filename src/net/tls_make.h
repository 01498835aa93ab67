/* tls_make: the self-signed certificate of the first run. Inside of net/ only. */
#ifndef NET_TLS_MAKE_H
#define NET_TLS_MAKE_H

#include "net/tls.h"

bool tls_still_good(const char *cert_path, const char *key_path, const struct tls_names *names, time_us now);
int tls_make(const char *cert_path, const char *key_path, const struct tls_names *n, struct err *e) MUST_CHECK;

#endif
