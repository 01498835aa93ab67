/* pattern: a Sigma value as a row of units, the transformations that modifiers ask for, and its matching.
 *
 * Source: Sigma 2.1.0, "Escape Character", "String Wildcard" and appendix "Modifiers".
 * A unit is a byte, `?` (one character), `*` (any run) or a dash of `windash` (one of - / – — ―). Byte and unit kind
 * lie side by side, so every transformation sees which bytes are plain.
 */
#ifndef FLOW_DETECT_PATTERN_H
#define FLOW_DETECT_PATTERN_H

#include "base/arena.h"
#include "base/buf.h"

#define PATTERN_BYTES_MAX (64u << 10) /* one value of a rule, after its transformations */

enum unit { UNIT_BYTE, UNIT_ONE, UNIT_MANY, UNIT_DASH };

/* bytes and units have the same length; the byte of a unit that is not UNIT_BYTE is '?', '*' or '-'. */
struct pattern {
	struct buf bytes, units;
};

void pattern_init(struct pattern *p);
void pattern_done(struct pattern *p);
void pattern_add(struct pattern *p, char byte, enum unit unit);
/* Text without any wildcard. */
void pattern_add_text(struct pattern *p, str text);

/* `*` and `?` are wildcards unless a backslash stands before them; `\\` is one backslash; a backslash before anything
 * else stands for itself. percent_escapes: `\%` is a plain percent sign too, as `expand` has it. */
void pattern_parse(struct pattern *p, str written, bool percent_escapes);
/* True when every unit is a plain byte. */
bool pattern_is_plain(const struct pattern *p);
/* False when it grew past PATTERN_BYTES_MAX. */
bool pattern_fits(const struct pattern *p);

void pattern_star_front(struct pattern *p); /* endswith; no second star */
void pattern_star_back(struct pattern *p);  /* startswith; no second star */
void pattern_windash(struct pattern *p);    /* every dash becomes UNIT_DASH */

enum utf16 { UTF16_LE, UTF16_BE, UTF16_BOM };
/* These need a plain pattern. */
void pattern_utf16(struct pattern *p, enum utf16 how);
void pattern_base64(struct pattern *p);
/* The part of the Base64 text of `source` that does not depend on what stands before it, when `shift` (0 to 2) bytes
 * do. */
void pattern_base64_shifted(struct pattern *out, const struct pattern *source, unsigned shift);

/* What is left for matching: literal segments between stars. */
enum glob_kind { GLOB_EXACT, GLOB_PREFIX, GLOB_SUFFIX, GLOB_CONTAINS, GLOB_ANY, GLOB_MIXED };

struct segment {
	str text;
	const unsigned char *units; /* NULL when every unit is a byte */
	size_t chars;               /* characters it covers */
};

struct glob {
	enum glob_kind kind; /* every kind but MIXED has at most one segment, of bytes only */
	bool star_front, star_back;
	uint32_t count;
	struct segment *segments;
};

/* Immutable, in `a`; fold: ASCII letters are lowered, and the texts given to glob_match must be lowered too.
 * NULL when the arena's budget is spent. */
struct glob *glob_create(const struct pattern *p, bool fold, struct arena *a);
bool glob_match(const struct glob *g, str text);
/* The longest run of plain bytes that every match contains; empty when there is none. */
str glob_literal(const struct glob *g);

/* ASCII lower case; out has room for s.len bytes. */
void text_fold(str s, char *out);
bool text_has_capitals(str s);

#endif
