/* ndjson: JSON events to flat leaves in one pass, zero copy where a text has no escape.
 *
 * Why our own: this is the product's hot path, and it needs neither a tree nor an allocation per value. Documents of
 * people (API, STIX, configuration) are jansson's matter.
 *
 * Shape: {"a":{"b":1},"c":["x",{"d":null}]} gives a.b = 1 (number), c = x, c.d = null. An array repeats the name; an
 * empty object or array gives nothing. Keys keep their order; a key that appears twice gives two leaves. Numbers keep
 * their digits as written.
 * Strictness: RFC 8259, except that control characters other than a line feed may stand in a string (some agents write
 * raw tabs). A line feed in a string is an error: it is how a line that was cut off shows itself.
 * Ill-formed UTF-8 and lone surrogates become U+FFFD and are counted in leaves.repaired.
 *
 * A stream may be NDJSON, objects one after another, pretty-printed over many lines, or arrays of objects: told apart
 * by what stands at the next value, not by a mode. A document that holds its events in one array, {"Records":[…],…} of
 * CloudTrail, "records" of Azure, "entries" of Google Cloud or "value" behind "@odata.…" of Microsoft Graph, gives an
 * item for each element, read one by one however large the document is; its other members are passed over. A damaged
 * value is told with its line and column, and reading goes on: at the next line when the fault is in the value's first
 * line, else at the next line that begins an object in the same column as the damaged one.
 */
#ifndef CODEC_NDJSON_H
#define CODEC_NDJSON_H

#include "base/err.h"
#include "codec/leaf/leaf.h"

#define JSON_DEPTH_MAX 32u         /* objects and arrays inside each other */
#define JSON_VALUE_MAX (16u << 20) /* bytes of one value */
#define JSON_WRAPPER_MAX 4096u     /* bytes within which a document of many events shows itself */

/* What follows the array of such a document. */
struct json_tail {
	uint32_t depth; /* 0: not in one */
	bool string, escape, colon;
};

struct json_stream {
	str in;        /* what is left */
	bool last;     /* nothing follows `in` */
	bool begun;    /* past a byte order mark */
	bool in_array; /* inside a top-level array of events */
	bool wrapped;  /* that is a member of a document */
	bool outer;    /* and in_array of what stands around the document */
	struct json_tail tail;
	uint64_t line;   /* of the first byte left, 1-based */
	uint64_t column; /* 0-based */
};

struct json_item {
	str raw;       /* the value's bytes */
	uint64_t line; /* where it begins */
};

#define JSON_ITEM 1
#define JSON_END 0   /* s->in is what is left: nothing, or, when !s->last, a value that needs more bytes */
#define JSON_AGAIN 2 /* the arena's budget is spent; nothing was taken: reset it and call again */

void json_stream_init(struct json_stream *s, str in, bool last);
/* More bytes: `in` begins with what was left. */
void json_stream_more(struct json_stream *s, str in, bool last);
/* JSON_ITEM with its leaves, JSON_END, JSON_AGAIN, or negative: one damaged value was skipped, e tells which; call on.
 */
int json_next(struct json_stream *s, struct leaves *out, struct json_item *ret, struct err *e) MUST_CHECK;
/* Steps over a value that even an empty arena could not hold. */
void json_stream_skip(struct json_stream *s);

/* Bytes up to the first element of such a document's array; 0: in.ptr[0], a '{', begins an event, or the end of the
 * document's head is not in sight. */
size_t json_wrapper_length(str in);
/* One byte behind the array's ']', with depth 1 at the first; depth is 0 when the document ends. False: the byte is not
 * part of it. */
bool json_wrapper_tail(struct json_tail *t, char c);

/* Flattens the object or array at the front of `in` (no white space before it) and tells its length. Leaves are added
 * to out, whose count the caller has reset. Errors have line and column within `in`; err.json.end when more bytes could
 * complete the value; err.json.memory (ERR_LIMIT) when the arena's budget is spent. */
int json_flatten(str in, struct leaves *out, size_t *ret_len, struct err *e) MUST_CHECK;

#endif
