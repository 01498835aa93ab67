/* The running hash of a segment: SHA-256 over the hash before and the group's bytes. Apart from internal.h because
 * OpenSSL's headers and base/err.h both have an ERR_STATE. */
#ifndef FLOW_ARCHIVE_CHAIN_H
#define FLOW_ARCHIVE_CHAIN_H

#include "base/str.h"

#define CHAIN_BYTES 32u

/* before and ret may be the same. */
void chain_step(const unsigned char *before, str group, unsigned char ret[CHAIN_BYTES]);

#endif
