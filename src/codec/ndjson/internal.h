/* What the files of this room share. */
#ifndef CODEC_NDJSON_INTERNAL_H
#define CODEC_NDJSON_INTERNAL_H

#include "codec/ndjson/ndjson.h"

struct frame {
	uint32_t path; /* of the object or array; PATH_NONE: its name is below */
	uint32_t prev; /* last key's path, for the guess of the next one */
	char close;
	bool filled;
	str name;
};

struct cursor {
	const char *start, *at, *end;
	struct leaves *out;
	const char *fault; /* key of the error; its place is `at` */
	enum err_code code;
	uint32_t depth;
	struct frame frames[JSON_DEPTH_MAX];
};

/* Each returns false after setting the fault. */
static inline bool cursor_fail(struct cursor *c, const char *fault)
{
	c->fault = fault;
	c->code = ERR_PARSE;
	return false;
}

static inline bool cursor_memory(struct cursor *c)
{
	c->fault = "err.json.memory";
	c->code = ERR_LIMIT;
	return false;
}

/* at: behind the opening quote; afterwards behind the closing one. */
bool json_read_string(struct cursor *c, str *ret);
/* at: the first character; afterwards behind the last. */
bool json_read_number(struct cursor *c, str *ret);

#endif
