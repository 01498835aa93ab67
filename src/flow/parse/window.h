/* window: the bytes that a reader looks at, mapped whole or unpacked piece by piece. */
#ifndef FLOW_PARSE_WINDOW_H
#define FLOW_PARSE_WINDOW_H

#include "base/buf.h"
#include "codec/inflate/inflate.h"

#define WINDOW_STEP ((size_t)2 << 20) /* bytes that one refill unpacks */

struct window {
	str packed;        /* not yet unpacked; unused when the input is plain */
	struct inflate *z; /* NULL: plain */
	struct buf rest;   /* unpacked and not yet read */
	bool last;         /* nothing follows `rest` */
	int failed;        /* the unpacking broke off here: told after the bytes before it */
	struct err why;
};

/* Refills: afterwards buf_str(&w->rest) holds what was left and up to WINDOW_STEP more. */
void window_fill(struct window *w);

#endif
