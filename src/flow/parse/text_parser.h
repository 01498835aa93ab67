/* text_parser: the files of content/parsers, which read lines of free text by patterns (codec/line/pattern.h).
 *
 * A parser is asked by the name of the program that wrote a line of syslog, or, when it has `lines: true`, for every
 * line without a syslog head. Its first pattern that fits gives the fields; the event also gets the field
 * TEXT_PARSER_FIELD with the parser's id, by which source.c finds its log source. A line of a program that a parser
 * claims, but that no pattern fits, still has that log source. Limits: the constants below. Immutable once loaded.
 */
#ifndef FLOW_PARSE_TEXT_PARSER_H
#define FLOW_PARSE_TEXT_PARSER_H

#include "base/map.h"
#include "codec/leaf/leaf.h"
#include "codec/line/pattern.h"
#include "model/event.h"

#define TEXT_PARSERS_MAX 1024u
#define TEXT_PATTERNS_MAX 256u      /* of one parser */
#define TEXT_PROGRAM_MAX 48u        /* bytes of a program's name; syslog tags are not longer */
#define TEXT_PROGRAM_PARSERS 8u     /* parsers that may claim one program */
#define TEXT_SAMPLE_MAX (16u << 10) /* bytes of a sample */
#define TEXT_PARSER_FIELD "noroshi.parser"

struct text_fixed {
	str name, text;
};

struct text_pattern {
	const struct pattern *pattern;
	const str *names[PATTERN_FIELDS_MAX]; /* under which names each field is told */
	uint32_t name_count[PATTERN_FIELDS_MAX];
	struct text_fixed *fixed; /* of the parser and of this pattern */
	uint32_t fixed_count;
	uint32_t line, column; /* in its file */
};

struct text_parser {
	str id;
	struct log_source source;
	bool lines; /* asked for lines without a head */
	struct text_pattern *patterns;
	uint32_t pattern_count;
};

/* Who is asked for one program; a name that ended in "*" fits all that begin with it. */
struct text_program {
	str name; /* lower case */
	bool begins;
	uint32_t parsers[TEXT_PROGRAM_PARSERS];
	uint32_t count;
};

struct text_parsers {
	struct text_parser *items;
	size_t count, cap;
	struct text_program *programs;
	size_t program_count, program_cap;
	struct map exact; /* lower case → index into programs */
	struct map ids;   /* → index into items */
	bool any_lines;
};

enum text_answer { TEXT_NOT_OURS, TEXT_CLAIMED, TEXT_FITS, TEXT_NO_ROOM };

void text_parsers_init(struct text_parsers *t, struct hash_key key);
void text_parsers_done(struct text_parsers *t);
/* The program's row, or NULL. */
const struct text_program *text_parsers_program(const struct text_parsers *t, str program);
/* Leaves of a message; ids are added when it is ours. t may be NULL. */
enum text_answer text_parsers_message(const struct text_parsers *t, str program, str message, struct leaves *l);
enum text_answer text_parsers_line(const struct text_parsers *t, str line, struct leaves *l);
/* Number of the parser's pattern that fits, with its leaves, or -1; -2 when the leaves' budget is spent. */
int text_parser_match(const struct text_parser *p, str message, struct leaves *l);
/* By the value of TEXT_PARSER_FIELD. */
const struct text_parser *text_parsers_find(const struct text_parsers *t, str id);

#endif
