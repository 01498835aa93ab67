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

#define JSON_COPY_ROOM 128 /* the least room for one step of copying: two blocks of 32 bytes and an escape */

/* What stands for the character behind a backslash; 0: `u`, or no escape. */
static inline char json_plain_escape(char c)
{
	static const char plain[256] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
					['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};

	return plain[(unsigned char)c];
}

/* at: the backslash; writes what it stands for at the leaves' room. */
bool json_escape(struct cursor *c);
/* at: the first character; afterwards behind the last. */
bool json_read_number(struct cursor *c, str *ret);

/* The walks of walk.h; at: the first byte of the value, afterwards behind it or at the fault. */
bool json_walk_scalar(struct cursor *c);
#ifdef __SSE2__
bool json_walk_sse2(struct cursor *c);
bool json_walk_avx2(struct cursor *c);
#endif

/* For tests, which compare them: json_flatten by one of the walks. */
enum json_walk { WALK_SCALAR, WALK_SSE2, WALK_AVX2 };
struct json_flat {
	struct leaves *leaves;
	size_t len;
};
bool json_walk_has(enum json_walk how); /* on this machine */
int json_flatten_by(enum json_walk how, str in, struct json_flat *ret, struct err *e) MUST_CHECK;

#endif
