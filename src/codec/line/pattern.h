/* pattern: a line of free text described by an example of it with holes, as an analyst writes it in an editor.
 *
 *	Failed {method:word} for [invalid user ]{user:long} from {address:ip} port {port:int}[ ssh2]
 *
 * Why not regular expressions: these can be read aloud, and no pattern and no line can make matching slow. What stands
 * outside of brackets must be there, byte for byte, from the first byte of the line to the last. [ ] holds a part that
 * may be missing; it is not put into another one. A backslash takes the meaning from { } [ ] and itself.
 * {name:type} is a field; without a name it is passed over; without a type it is a text. Types:
 *   text    up to the first place where what follows can begin; may be empty
 *   long    the same up to the last such place: for what a stranger writes, such as a user name with blanks in it
 *   word    without blanks, not empty, up to what follows      int      digits, "-" before them or not
 *   decimal digits, and behind a point some more or none       hex      hexadecimal digits, "0x" before them or not
 *   ip      an IPv4 or IPv6 address                            quoted   between double quotes, \" inside
 *   blanks  one or more blanks or tabs                         rest     all that is left; nothing follows it
 * A part that was passed is never looked at again, so time is at most items × bytes of the line. A field of text, long
 *or word needs a literal, blanks, a quote or the end behind it, as its end could not be told otherwise. Limits:
 *PATTERN_*_MAX. Memory: a pattern lives in the caller's arena; what it found are slices of the line. Thread-safety: a
 *compiled pattern is immutable.
 */
#ifndef CODEC_PATTERN_H
#define CODEC_PATTERN_H

#include "base/arena.h"
#include "base/err.h"
#include "codec/leaf/leaf.h"

#define PATTERN_BYTES_MAX 1024u
#define PATTERN_ITEMS_MAX 96u
#define PATTERN_FIELDS_MAX 32u
#define PATTERN_NAME_MAX 64u
#define PATTERN_LINE_MAX (64u << 10) /* a longer line matches nothing */

struct pattern;

struct pattern_value {
	str name; /* as the pattern calls it */
	str text;
	uint32_t field; /* its place among the names, see pattern_name */
	bool quoted;    /* may hold escapes, see pattern_text */
};

/* err.pattern.*: the value is the part that is wrong; the column is the place in `text`, 1-based. */
int pattern_compile(str text, struct arena *a, const struct pattern **ret, struct err *e) MUST_CHECK;
/* Names of fields in their order, each once; field numbers count them. */
uint32_t pattern_names(const struct pattern *p);
str pattern_name(const struct pattern *p, uint32_t i);
/* Number of values put into ret, or -1 when the line is not of this pattern. */
int pattern_match(const struct pattern *p, str line, struct pattern_value ret[PATTERN_FIELDS_MAX]);
/* The text without the escapes of quotes; .ptr is NULL when the budget of the leaves is spent. */
str pattern_text(const struct pattern_value *v, struct leaves *l);

#endif
