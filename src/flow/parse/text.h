/* text: the records of a text input, one after another: lines, rows of a table, audit records of one event. */
#ifndef FLOW_PARSE_TEXT_H
#define FLOW_PARSE_TEXT_H

#include "codec/line/table.h"
#include "flow/parse/internal.h"

/* Records of one audit event stand close together, but others may come between them. */
#define AUDIT_AHEAD_BYTES ((size_t)256 << 10)
#define AUDIT_AHEAD_LINES 64u
#define AUDIT_RECENT 16u

struct audit_seen {
	struct audit_id id;
	uint64_t until; /* records of it that begin before this place were taken already */
};

/* A value: a copy taken before text_next brings back the place. `table` is shared by copies. */
struct text_input {
	str rest;
	uint64_t at; /* of rest in the input, bytes */
	uint64_t line;
	struct table *table; /* NULL: lines */
	const struct text_parsers *parsers;
	struct audit_seen seen[AUDIT_RECENT];
	uint32_t seen_next;
};

enum text_step {
	TEXT_EVENT, /* the leaves of one record */
	TEXT_SKIP,  /* read past something that is no record */
	TEXT_MORE,  /* the bytes at hand are read */
	TEXT_FULL   /* the arena's budget is spent */
};

struct text_record {
	str raw;
	uint64_t line;
};

/* last: no bytes follow behind `rest`. */
enum text_step text_next(struct text_input *t, bool end, struct leaves *l, struct text_record *ret);
/* Passes over the line at the front, whatever it is. */
void text_skip(struct text_input *t);

#endif
