/* head: the strict reader of HTTP/1.1 request heads (RFC 9112), without any I/O.
 *
 * Why our own: two programs that read one byte stream in two ways are how requests are smuggled. The packaged servers
 * accept what RFC 9112 forbids, so this reader accepts one spelling of everything and refuses the rest with a named
 * reason. Sources: RFC 9112 sections 2 to 6 (message, lines, target, framing), RFC 9110 5.6.2 (token), 5.5 (field
 * values), 7.2 (Host), 10.1.1 (Expect), RFC 3986 section 2 (percent encoding). Shape: all slices of a `struct head`
 * point into the bytes given; nothing is allocated. Nothing is decoded either: `path` and `query` are raw, but every
 * %XX in them is known to be well formed and never %00. Stricter than the RFC on purpose: lines end with CRLF only; a
 * list of equal Content-Lengths, any coding but exactly one "chunked", userinfo in an absolute target, a fragment, an
 * empty Host and an invalid %XX are refused.
 */
#ifndef NET_HEAD_H
#define NET_HEAD_H

#include "base/str.h"

#define HEAD_BYTES_MAX 16384 /* request line and fields, CRLFs included; past it 431 */
#define HEAD_FIELDS_MAX 100  /* past it 431 */
#define HEAD_TARGET_MAX 8192 /* past it 414; RFC 9112 section 3 asks for at least 8000 octets */

struct http_field {
	str name, value; /* as written; white space around the value is cut */
};

/* X(symbol, status, "name in metrics and logs") */
#define HTTP_REFUSALS(X)                                      \
	X(REFUSE_NONE, 0, "none")                             \
	X(REFUSE_BARE_LF, 400, "bare_lf")                     \
	X(REFUSE_BARE_CR, 400, "bare_cr")                     \
	X(REFUSE_CONTROL, 400, "control_character")           \
	X(REFUSE_REQUEST_LINE, 400, "request_line")           \
	X(REFUSE_TARGET, 400, "target")                       \
	X(REFUSE_PERCENT, 400, "percent_encoding")            \
	X(REFUSE_FIELD_NAME, 400, "field_name")               \
	X(REFUSE_FOLD, 400, "folded_line")                    \
	X(REFUSE_HOST, 400, "host")                           \
	X(REFUSE_LENGTH, 400, "content_length")               \
	X(REFUSE_LENGTH_TWICE, 400, "content_length_twice")   \
	X(REFUSE_LENGTH_AND_CODING, 400, "length_and_coding") \
	X(REFUSE_CODING, 400, "transfer_coding")              \
	X(REFUSE_CHUNK, 400, "chunk")                         \
	X(REFUSE_HEAD_SLOW, 408, "head_slow")                 \
	X(REFUSE_BODY_SLOW, 408, "body_slow")                 \
	X(REFUSE_BODY_LARGE, 413, "body_large")               \
	X(REFUSE_TARGET_LONG, 414, "target_long")             \
	X(REFUSE_EXPECT, 417, "expect")                       \
	X(REFUSE_HEAD_LARGE, 431, "head_large")               \
	X(REFUSE_METHOD, 501, "method")                       \
	X(REFUSE_VERSION, 505, "version")                     \
	X(REFUSE_BUSY, 503, "busy")

enum refusal {
#define HEAD_ENUM(symbol, status, name) symbol,
	HTTP_REFUSALS(HEAD_ENUM)
#undef HEAD_ENUM
		REFUSE_COUNT
};

int refusal_status(enum refusal r);
const char *refusal_name(enum refusal r);

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OPTIONS, HTTP_METHOD_COUNT };

str method_name(enum http_method m);

enum body_kind { BODY_NONE, BODY_LENGTH, BODY_CHUNKED };

struct head {
	enum http_method method;
	str path;  /* raw; starts with '/', or is "*" (OPTIONS only) */
	str query; /* raw, without '?'; ptr NULL when there is none */
	str host;  /* authority of an absolute target, else the Host field */
	int minor; /* HTTP/1.<minor>: 0 or 1 */
	bool keep_alive;
	bool expect_continue;
	enum body_kind body;
	uint64_t body_length; /* BODY_LENGTH only */
	size_t field_count;
	struct http_field fields[HEAD_FIELDS_MAX];
};

/* Finds the end of the head in bytes that arrive bit by bit. *scanned (0 for a new head) remembers how far it looked,
 * so the work is linear in the bytes. Returns the length including the empty line, 0 when more is needed, or -refusal.
 */
int head_end(str bytes, size_t *scanned);

/* Reads one complete head, exactly as long as head_end said. Returns 0 or -refusal; *ret is then undefined. */
int head_parse(str bytes, struct head *ret);

/* First field of this name, without case; STR_NONE when absent. */
str head_field(const struct head *h, str name);

/* RFC 9110 tchar. */
bool head_is_token(str s);
/* No control characters but HTAB: what may stand in a field value. */
bool head_is_field_value(str s);

#endif
