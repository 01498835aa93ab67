/* chunked: the strict decoder of the chunked transfer coding (RFC 9112 section 7.1), fed bit by bit, without any I/O.
 *
 * Refused: a bare LF, a size without digits or over 15 hex digits, white space around the size, control characters, an
 * extension or a trailer past its bound. Extensions and trailers are checked and thrown away.
 */
#ifndef NET_CHUNKED_H
#define NET_CHUNKED_H

#include "net/head.h"

#define CHUNKED_EXTENSION_MAX 256 /* bytes of one size line behind the digits */
#define CHUNKED_TRAILER_MAX 4096  /* bytes of all trailer lines */
#define CHUNKED_TRAILERS_MAX 32   /* trailer lines */
#define CHUNKED_LINE_MAX 1024     /* one trailer line */

struct chunked {
	int state;
	uint64_t left; /* bytes of the present chunk still to come */
	unsigned digits;
	unsigned extension;
	unsigned trailer_bytes, trailer_count;
	unsigned line_len;
	char line[CHUNKED_LINE_MAX];
	bool done;
};

void chunked_init(struct chunked *c);

/* Eats from the front of `in`. Stops at the first run of data bytes, which *ret_data then names (a slice of `in`,
 * possibly empty), at the end of the body (c->done) or when `in` is used up. Returns 0 or -REFUSE_CHUNK; *ret_used says
 * how much of `in` was eaten, the data included. */
int chunked_feed(struct chunked *c, str in, size_t *ret_used, str *ret_data);

#endif
