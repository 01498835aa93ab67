/* A compiled pattern, shared by pattern.c (making) and pattern_match.c. */
#ifndef CODEC_PATTERN_INTERNAL_H
#define CODEC_PATTERN_INTERNAL_H

#include "codec/line/pattern.h"

#define ENDS_MAX 9u /* parts of which one can follow a field */

enum item_kind { ITEM_LITERAL, ITEM_FIELD, ITEM_OPEN, ITEM_CLOSE };

enum field_type {
	FIELD_TEXT,
	FIELD_LONG,
	FIELD_WORD,
	FIELD_INT,
	FIELD_DECIMAL,
	FIELD_HEX,
	FIELD_IP,
	FIELD_QUOTED,
	FIELD_BLANKS,
	FIELD_REST
};

struct item {
	enum item_kind kind;
	enum field_type type;
	str text;        /* of a literal */
	uint32_t field;  /* of a named field: 1 + its place */
	uint32_t close;  /* of ITEM_OPEN: where its ITEM_CLOSE is */
	uint32_t column; /* in the source, 1-based */
	/* Of text, long and word: the items that can come behind it; an index past the last means the end. */
	uint16_t ends[ENDS_MAX];
	uint32_t end_count;
};

struct pattern {
	struct item *items;
	uint32_t count;
	str names[PATTERN_FIELDS_MAX];
	uint32_t name_count;
	str needed; /* the longest literal outside of optional parts */
};

#endif
