/* split: whether a body is lines, or documents that hold many events in one array (codec/ndjson), and the parts of
 * these.
 *
 * Why: CloudTrail and Azure deliver {"Records":[…]} of any size, often on one line; each element is an event. A body is
 * looked at from its beginning: lines stay lines to its end; behind a document another one, or lines, may follow.
 * Memory: JSON_WRAPPER_MAX bytes while it is not told what comes. */
#ifndef FLOW_COLLECT_SPLIT_H
#define FLOW_COLLECT_SPLIT_H

#include "base/buf.h"
#include "codec/ndjson/ndjson.h"

enum split_what {
	SPLIT_MORE,    /* all bytes were taken */
	SPLIT_PART,    /* ret is the next part of an element */
	SPLIT_ELEMENT, /* the element ends */
	SPLIT_BROKEN,  /* the array holds something else; what follows are lines */
	SPLIT_LINES    /* no document: *bytes, and all that follow, are lines */
};

enum split_state { SPLIT_AT_HEAD, SPLIT_IN_ARRAY, SPLIT_IN_TAIL, SPLIT_IN_LINES };

struct split {
	enum split_state state;
	struct buf head; /* what may be a document's beginning */
	uint32_t depth;  /* in the element; 0 = between elements */
	bool string, escape;
	struct json_tail tail;
};

void split_init(struct split *s);
void split_done(struct split *s);
/* The next step; takes what it used off *bytes. Not for SPLIT_AT_HEAD. */
enum split_what split_next(struct split *s, str *bytes, str *ret);
/* At the head: keeps bytes until it can be told what begins here (or last: nothing follows). True: it is told, and
 * s->head holds what is to be read next; the caller takes it. */
bool split_look(struct split *s, str *bytes, bool last);

#endif
