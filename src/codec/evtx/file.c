/* File, chunks, records; and the search behind damage. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "codec/evtx/internal.h"

#define FILE_MAGIC STR("ElfFile\0")
#define CHUNK_MAGIC STR("ElfChnk\0")
#define RECORD_MAGIC STR("\x2a\x2a\0\0")
#define CHUNK_HEADER 512u
#define FREE_SPACE_AT 48u /* where the chunk header tells the end of its records */
#define RECORD_HEADER 24u
#define RECORD_MIN (RECORD_HEADER + 4u)

bool evtx_detect(str head)
{
	return str_starts(head, FILE_MAGIC) || str_starts(head, CHUNK_MAGIC) ||
	       str_starts(str_from(head, EVTX_HEADER_SIZE), CHUNK_MAGIC);
}

struct evtx *evtx_create(struct leaves *out)
{
	struct evtx *x = mem_alloc(1, sizeof(*x));

	x->out = out;
	arena_init(&x->programs, EVTX_PROGRAMS_BUDGET);
	return x;
}

void evtx_free(struct evtx *x)
{
	if (!x)
		return;
	arena_done(&x->programs);
	free(x);
}

void evtx_feed(struct evtx *x, str in, bool last)
{
	CHECK(x->chunk.ptr == NULL);
	x->in = in;
	x->last = last;
}

size_t evtx_rest(const struct evtx *x)
{
	return x->in.len;
}

void evtx_counts(const struct evtx *x, struct evtx_counts *ret)
{
	*ret = x->counts;
}

/* A record header at `at`: signature and a size that fits before `end`. */
static bool record_at(const struct evtx *x, uint32_t at, uint32_t end, uint32_t *ret_size)
{
	uint32_t size;

	if (at > end || end - at < RECORD_MIN || memcmp(evtx_bytes(x, at), RECORD_MAGIC.ptr, 4) != 0)
		return false;
	size = get_u32(evtx_bytes(x, at + 4));
	if (size < RECORD_MIN || size > end - at)
		return false;
	*ret_size = size;
	return true;
}

/* And the copy of the size at its end, which a record outside the declared run must have to be believed. */
static bool record_sure(const struct evtx *x, uint32_t at, uint32_t *ret_size)
{
	if (!record_at(x, at, (uint32_t)x->chunk.len, ret_size))
		return false;
	return get_u32(evtx_bytes(x, at + *ret_size - 4)) == *ret_size;
}

static uint32_t record_search(const struct evtx *x, uint32_t from)
{
	uint32_t size;

	while (from < x->chunk.len) {
		ptrdiff_t hit = str_find(str_from(x->chunk, from), RECORD_MAGIC);

		if (hit < 0)
			break;
		from += (uint32_t)hit;
		if (record_sure(x, from, &size))
			return from;
		from++;
	}
	return (uint32_t)x->chunk.len;
}

static bool all_zero(str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i])
			return false;
	return true;
}

static void chunk_open(struct evtx *x, size_t len, bool magic)
{
	uint32_t free_space = 0;

	x->chunk = str_sub(x->in, 0, len);
	x->counts.chunks++;
	memset(x->slots, 0, sizeof(x->slots));
	x->slots_used = 0;
	arena_reset(&x->programs);
	x->next_id = 0;
	x->carving = false;
	x->at = CHUNK_HEADER;
	x->end = (uint32_t)len;
	if (magic)
		free_space = get_u32(evtx_bytes(x, FREE_SPACE_AT));
	if (free_space >= CHUNK_HEADER && free_space < len)
		x->end = free_space;
}

static int chunk_damaged(struct evtx *x, size_t skip, struct err *e)
{
	int rc = err_set(e, ERR_PARSE, "err.evtx.chunk");

	err_detail_fmt(e, "%llu", (unsigned long long)x->counts.chunks);
	x->counts.damaged_chunks++;
	x->in = str_from(x->in, skip);
	return rc;
}

/* Opens the next chunk: 1; 0 when no complete one is left; negative when damage was skipped. */
static int chunk_next(struct evtx *x, struct err *e)
{
	for (;;) {
		size_t len = x->in.len < EVTX_CHUNK_SIZE ? x->in.len : EVTX_CHUNK_SIZE;
		str slot = str_sub(x->in, 0, len);
		ptrdiff_t later;

		if (len == 0 || (len < EVTX_CHUNK_SIZE && !x->last))
			return 0;
		if (len >= CHUNK_HEADER && str_starts(slot, CHUNK_MAGIC)) {
			chunk_open(x, len, true);
			return 1;
		}
		/* Space that Windows took but has not used. */
		if (all_zero(str_sub(slot, 0, CHUNK_HEADER)) && str_find(slot, RECORD_MAGIC) < 0) {
			x->in = str_from(x->in, len);
			continue;
		}
		later = str_find(slot, CHUNK_MAGIC);
		if (later > 0)
			return chunk_damaged(x, (size_t)later, e);
		if (len < CHUNK_HEADER || str_find(slot, RECORD_MAGIC) < 0)
			return chunk_damaged(x, len, e);
		chunk_open(x, len, false);
		x->counts.damaged_chunks++;
		return 1;
	}
}

static void chunk_close(struct evtx *x)
{
	x->in = str_from(x->in, x->chunk.len);
	x->chunk = STR_NONE;
}

static bool head_skip(struct evtx *x)
{
	if (x->headed)
		return true;
	if (x->in.len < EVTX_HEADER_SIZE + CHUNK_MAGIC.len && !x->last)
		return false;
	/* A lone chunk has no file header; a lost header leaves the chunks where they were. */
	if (!str_starts(x->in, CHUNK_MAGIC))
		x->in = str_from(x->in, EVTX_HEADER_SIZE);
	x->headed = true;
	return true;
}

/* The input ends inside the file header: a copy that was cut off. */
static int head_cut(struct evtx *x, struct err *e)
{
	x->headed = true;
	x->counts.damaged_chunks++;
	x->in = STR_NONE;
	return err_set(e, ERR_PARSE, "err.evtx.header");
}

static int record_damaged(struct evtx *x, uint64_t id, const char *fault, struct err *e)
{
	char number[24];
	int rc = err_set(e, ERR_PARSE, fault);

	snprintf(number, sizeof(number), "%llu", (unsigned long long)id);
	err_value(e, str_of(number));
	err_detail_fmt(e, "%llu:%u", (unsigned long long)x->counts.chunks, x->at);
	x->counts.damaged_records++;
	return rc;
}

/* No record where one should be: the next one found by its signature, or the end of the chunk. */
static int resync(struct evtx *x, struct err *e)
{
	uint32_t next = record_search(x, x->at + 1);
	int rc = 0;

	if (x->at < x->end && !all_zero(str_sub(x->chunk, x->at, x->end - x->at)))
		rc = record_damaged(x, x->next_id, "err.evtx.record", e);
	/* What lies behind the declared end may be the remains of an older use of the chunk: not taken. */
	x->at = next < x->end ? next : (uint32_t)x->chunk.len;
	x->carving = true;
	return rc;
}

static bool goes_on(const struct evtx *x)
{
	uint32_t size;

	if (x->at < x->end)
		return true;
	/* A header that was not written back yet: records go on where their numbers do. */
	return x->next_id && record_sure(x, x->at, &size) && get_u64(evtx_bytes(x, x->at + 8)) == x->next_id;
}

static int record_next(struct evtx *x, uint32_t size, struct evtx_record *ret, struct err *e)
{
	const unsigned char *p = evtx_bytes(x, x->at);
	struct reader_at r = {x->at + RECORD_HEADER, x->at + size - 4};
	uint64_t id = get_u64(p + 8);
	int rc = EVTX_RECORD;

	x->out->count = x->out->dropped = 0;
	x->values_count = x->steps = x->nesting = 0;
	x->memory = false;
	if (!evtx_fragment(x, &r, PATH_ROOT)) {
		if (x->memory)
			return EVTX_AGAIN;
		rc = record_damaged(x, id, x->fault, e);
		/* Its size is as doubtful as the rest when no copy of it stands at its end. */
		if (!record_sure(x, x->at, &size))
			size = (uint32_t)(record_search(x, x->at + 1) - x->at);
	} else {
		*ret = (struct evtx_record){str_sub(x->chunk, x->at, size), id, time_from_filetime(get_u64(p + 16)),
					    x->carving};
		x->counts.records++;
		x->counts.carved += x->carving;
	}
	x->next_id = id + 1;
	x->before = x->at;
	x->at += size;
	return rc;
}

void evtx_again(struct evtx *x)
{
	CHECK(x->chunk.ptr != NULL && x->before < x->at);
	x->at = x->before;
	x->counts.records--;
	x->counts.carved -= x->carving;
	x->next_id = 0;
}

void evtx_skip(struct evtx *x)
{
	uint32_t size;

	if (x->chunk.ptr && record_at(x, x->at, (uint32_t)x->chunk.len, &size))
		x->at += size;
}

int evtx_next(struct evtx *x, struct evtx_record *ret, struct err *e)
{
	if (!x->headed && x->last && x->in.len < EVTX_HEADER_SIZE && !str_starts(x->in, CHUNK_MAGIC))
		return head_cut(x, e);
	if (!head_skip(x))
		return EVTX_END;
	for (;;) {
		uint32_t size;
		int rc;

		if (!x->chunk.ptr) {
			rc = chunk_next(x, e);
			if (rc <= 0)
				return rc;
		}
		if (!goes_on(x)) {
			chunk_close(x);
			continue;
		}
		if (record_sure(x, x->at, &size) || record_at(x, x->at, x->end, &size))
			return record_next(x, size, ret, e);
		rc = resync(x, e);
		if (rc)
			return rc;
	}
}
