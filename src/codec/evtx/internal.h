/* What the files of this room share. All offsets are from the start of the chunk. */
#ifndef CODEC_EVTX_INTERNAL_H
#define CODEC_EVTX_INTERNAL_H

#include "codec/evtx/evtx.h"

enum value_kind {
	EVTX_NULL = 0x00,
	EVTX_STRING = 0x01,
	EVTX_ANSI = 0x02,
	EVTX_INT8 = 0x03,
	EVTX_UINT8 = 0x04,
	EVTX_INT16 = 0x05,
	EVTX_UINT16 = 0x06,
	EVTX_INT32 = 0x07,
	EVTX_UINT32 = 0x08,
	EVTX_INT64 = 0x09,
	EVTX_UINT64 = 0x0a,
	EVTX_REAL32 = 0x0b,
	EVTX_REAL64 = 0x0c,
	EVTX_BOOL = 0x0d,
	EVTX_BINARY = 0x0e,
	EVTX_GUID = 0x0f,
	EVTX_SIZE = 0x10,
	EVTX_FILETIME = 0x11,
	EVTX_SYSTEMTIME = 0x12,
	EVTX_SID = 0x13,
	EVTX_HEX32 = 0x14,
	EVTX_HEX64 = 0x15,
	EVTX_BINXML = 0x21,
	EVTX_ARRAY = 0x80
};

enum token {
	TOKEN_EOF = 0x00,
	TOKEN_OPEN = 0x01,
	TOKEN_CLOSE_OPEN = 0x02,
	TOKEN_CLOSE_EMPTY = 0x03,
	TOKEN_END = 0x04,
	TOKEN_TEXT = 0x05,
	TOKEN_ATTRIBUTE = 0x06,
	TOKEN_CDATA = 0x07,
	TOKEN_CHARREF = 0x08,
	TOKEN_ENTITY = 0x09,
	TOKEN_PI_TARGET = 0x0a,
	TOKEN_PI_DATA = 0x0b,
	TOKEN_TEMPLATE = 0x0c,
	TOKEN_SUBST = 0x0d,
	TOKEN_SUBST_OPTIONAL = 0x0e,
	TOKEN_FRAGMENT = 0x0f,
	TOKEN_MORE = 0x40 /* flag: attributes follow, or more of the same kind */
};

enum op_kind {
	OP_TEXT,  /* fixed text */
	OP_SUBST, /* value number `index` */
	OP_NAME   /* value number `index` names the children of `path`: the next ops with `dynamic` go there */
};

struct op {
	uint8_t kind;
	bool optional; /* OP_SUBST: nothing when the value is null */
	bool part;     /* the text goes behind that of the op before */
	bool dynamic;  /* the path is the child named by the last OP_NAME */
	uint16_t index;
	uint32_t path;
	str name; /* when path is PATH_NONE */
	str text; /* OP_TEXT */
};

struct program {
	struct op *ops;
	uint32_t count;
};

struct value {
	uint32_t at, size;
	uint8_t kind;
};

/* A run of bytes inside the chunk; reads past the end fail. */
struct reader_at {
	uint32_t at, end;
};

struct slot {
	uint32_t definition, base; /* key: offset of the definition, path it hangs under */
	struct program program;
	bool used;
};
#define SLOTS 1024u

struct evtx {
	struct leaves *out;
	str in; /* not yet read, the current chunk included */
	bool last, headed;
	struct evtx_counts counts;

	/* Current chunk; .ptr is NULL between chunks. */
	str chunk;
	uint32_t at, end;
	uint32_t before;  /* where the record given last stands */
	uint64_t next_id; /* what the next record's number should be; 0 = not known */
	bool carving;
	struct slot slots[SLOTS]; /* compiled templates of this chunk */
	uint32_t slots_used;
	struct arena programs;

	/* Current record. */
	struct value values[EVTX_VALUES_MAX];
	uint32_t values_count;
	uint32_t steps;
	uint32_t nesting;
	bool memory; /* the fault is the arena's budget, not the record */
	const char *fault;
};

static inline bool evtx_fail(struct evtx *x, const char *fault)
{
	x->fault = fault;
	return false;
}

static inline bool evtx_memory(struct evtx *x)
{
	x->memory = true;
	return evtx_fail(x, "err.evtx.memory");
}

static inline const unsigned char *evtx_bytes(const struct evtx *x, uint32_t at)
{
	return (const unsigned char *)x->chunk.ptr + at;
}

static inline uint16_t get_u16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t get_u32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t get_u64(const unsigned char *p)
{
	return (uint64_t)get_u32(p) | (uint64_t)get_u32(p + 4) << 32;
}

static inline bool read_u8(const struct evtx *x, struct reader_at *r, uint8_t *ret)
{
	if (r->end - r->at < 1)
		return false;
	*ret = *evtx_bytes(x, r->at);
	r->at += 1;
	return true;
}

static inline bool read_u16(const struct evtx *x, struct reader_at *r, uint16_t *ret)
{
	if (r->end - r->at < 2)
		return false;
	*ret = get_u16(evtx_bytes(x, r->at));
	r->at += 2;
	return true;
}

static inline bool read_u32(const struct evtx *x, struct reader_at *r, uint32_t *ret)
{
	if (r->end - r->at < 4)
		return false;
	*ret = get_u32(evtx_bytes(x, r->at));
	r->at += 4;
	return true;
}

static inline bool read_skip(struct reader_at *r, uint32_t len)
{
	if (r->end - r->at < len)
		return false;
	r->at += len;
	return true;
}

/* compile.c: tokens in `r` until their end → ops below base. bare: elements have no dependency number, as everywhere
 * but in a template definition. Leaves r behind what was read. */
bool evtx_compile(struct evtx *x, struct reader_at *r, uint32_t base, bool bare, struct program *ret);
/* The template at `definition`, compiled for base, from the chunk's cache. */
const struct program *evtx_program(struct evtx *x, uint32_t definition, uint32_t base);

/* run.c: a fragment (header, then an element or a template with its values) → leaves below base. */
bool evtx_fragment(struct evtx *x, struct reader_at *r, uint32_t base);

/* value.c: the text of a value that is neither null, nor binary XML, nor an array, in the leaves' arena. */
bool evtx_value_text(struct evtx *x, const struct value *v, str *ret, enum leaf_type *ret_type);
/* Bytes of one array element of this kind; 0 = elements end with NUL (strings) or arrays of it do not exist. */
uint32_t evtx_element_size(uint8_t kind);
/* UTF-16LE → UTF-8; out needs 3 bytes a unit. Returns the length. */
size_t evtx_utf8(const unsigned char *units, size_t count, char *out);

#endif
