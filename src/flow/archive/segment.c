#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <zlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/archive/internal.h"
#include "model/event.h"

/* Offsets inside a record, in bytes. */
enum {
	AT_SIZE = 0,
	AT_CRC = 4,
	AT_KIND = 8,
	AT_FLAGS = 9,
	AT_SOURCE_LEN = 10,
	AT_TENANT = 16,
	AT_RECEIVED = 24,
	AT_TIME = 32,
	AT_BATCH = 40,
	AT_COMMIT_NONCE = 16,
	AT_COMMIT_START = 32,
	AT_COMMIT_CHAIN = 40,
};
enum { FLAG_TIME_KNOWN = 1 };

static void put32(char *at, uint32_t v)
{
	v = htole32(v);
	memcpy(at, &v, sizeof(v));
}

static void put64(char *at, uint64_t v)
{
	v = htole64(v);
	memcpy(at, &v, sizeof(v));
}

static uint32_t get32(const char *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return le32toh(v);
}

static uint64_t get64(const char *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return le64toh(v);
}

/* zlib's CRC-32 (IEEE 802.3): the same sum as hash_crc32, several bytes a step. */
static uint32_t crc_of(const char *bytes, size_t len)
{
	return (uint32_t)crc32(0, (const unsigned char *)bytes, (unsigned)len);
}

static uint32_t padded(uint32_t size)
{
	return (size + 7u) & ~7u;
}

void segment_path(const struct archive *a, uint32_t number, char out[ARCHIVE_PATH_MAX])
{
	snprintf(out, ARCHIVE_PATH_MAX, "%s/%010u.seg", a->folder, number);
}

static void header_write(const struct seg_header *h, char out[SEG_HEADER_BYTES])
{
	memset(out, 0, SEG_HEADER_BYTES);
	memcpy(out, SEG_MAGIC, 8);
	put32(out + 8, h->number);
	put64(out + 16, (uint64_t)h->created);
	memcpy(out + 24, h->nonce, SEG_NONCE_BYTES);
	memcpy(out + 40, h->chain, SEG_HASH_BYTES);
	put32(out + 12, crc_of(out + 16, SEG_HEADER_BYTES - 16));
}

bool segment_header_read(str bytes, struct seg_header *ret)
{
	if (bytes.len < SEG_HEADER_BYTES || memcmp(bytes.ptr, SEG_MAGIC, 8) != 0)
		return false;
	if (get32(bytes.ptr + 12) != crc_of(bytes.ptr + 16, SEG_HEADER_BYTES - 16))
		return false;
	ret->number = get32(bytes.ptr + 8);
	ret->created = (time_us)get64(bytes.ptr + 16);
	memcpy(ret->nonce, bytes.ptr + 24, SEG_NONCE_BYTES);
	memcpy(ret->chain, bytes.ptr + 40, SEG_HASH_BYTES);
	return true;
}

static int sync_folder(const struct archive *a, struct err *e)
{
	int fd = open(a->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0 || fsync(fd) < 0)
		rc = err_set_errno(e, "err.archive.write", str_of(a->folder), errno);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* The file is made beside and renamed, so that a segment with half a header never exists. */
int segment_create(struct archive *a, const struct seg_header *h, int *ret_fd, struct err *e)
{
	char path[ARCHIVE_PATH_MAX], beside[ARCHIVE_PATH_MAX + 8], bytes[SEG_HEADER_BYTES];
	int fd, rc = 0;

	segment_path(a, h->number, path);
	snprintf(beside, sizeof(beside), "%s.new", path);
	header_write(h, bytes);
	fd = open(beside, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set_errno(e, "err.archive.write", str_of(path), errno);
	errno = EIO;
	if (pwrite(fd, bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes) || fsync(fd) < 0 || rename(beside, path) < 0)
		rc = err_set_errno(e, "err.archive.write", str_of(path), errno);
	if (!rc)
		rc = sync_folder(a, e);
	if (rc) {
		unlink(beside);
		close(fd);
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

void record_write(struct buf *out, const struct raw_event *ev)
{
	uint32_t size = (uint32_t)(RECORD_HEADER_BYTES + ev->source.len + ev->raw.len);
	char *at = buf_room(out, padded(size));

	if (!at)
		return;
	memset(at, 0, RECORD_HEADER_BYTES);
	memset(at + padded(size) - 8, 0, 8);
	put32(at + AT_SIZE, size);
	at[AT_KIND] = RECORD_EVENT;
	at[AT_FLAGS] = ev->time_known ? FLAG_TIME_KNOWN : 0;
	at[AT_SOURCE_LEN] = (char)(unsigned char)ev->source.len;
	put64(at + AT_TENANT, (uint64_t)ev->tenant_id);
	put64(at + AT_RECEIVED, (uint64_t)ev->received);
	put64(at + AT_TIME, (uint64_t)(ev->time_known ? ev->time : ev->received));
	put64(at + AT_BATCH, ev->batch);
	if (ev->source.len)
		memcpy(at + RECORD_HEADER_BYTES, ev->source.ptr, ev->source.len);
	memcpy(at + RECORD_HEADER_BYTES + ev->source.len, ev->raw.ptr, ev->raw.len);
	put32(at + AT_CRC, crc_of(at + AT_KIND, size - AT_KIND));
	buf_claim(out, padded(size));
}

void commit_write(struct buf *out, const struct seg_header *h, uint64_t group_start, const unsigned char *chain)
{
	char bytes[COMMIT_BYTES] = {0};

	put32(bytes + AT_SIZE, COMMIT_BYTES);
	bytes[AT_KIND] = RECORD_COMMIT;
	memcpy(bytes + AT_COMMIT_NONCE, h->nonce, SEG_NONCE_BYTES);
	put64(bytes + AT_COMMIT_START, group_start);
	memcpy(bytes + AT_COMMIT_CHAIN, chain, SEG_HASH_BYTES);
	put32(bytes + AT_CRC, crc_of(bytes + AT_KIND, COMMIT_BYTES - AT_KIND));
	buf_add(out, (str){bytes, sizeof(bytes)});
}

static bool event_read(const char *at, uint32_t size, struct record *ret)
{
	uint32_t source_len = (unsigned char)at[AT_SOURCE_LEN];

	if (source_len > EVENT_SOURCE_MAX || size <= RECORD_HEADER_BYTES + source_len)
		return false;
	ret->event = (struct raw_event){
		.tenant_id = (int64_t)get64(at + AT_TENANT),
		.received = (time_us)get64(at + AT_RECEIVED),
		.time = (time_us)get64(at + AT_TIME),
		.time_known = at[AT_FLAGS] & FLAG_TIME_KNOWN,
		.batch = get64(at + AT_BATCH),
		.source = {at + RECORD_HEADER_BYTES, source_len},
		.raw = {at + RECORD_HEADER_BYTES + source_len, size - RECORD_HEADER_BYTES - source_len},
	};
	return ret->event.tenant_id > 0;
}

bool record_read(str bytes, uint64_t offset, const struct seg_header *h, struct record *ret)
{
	const char *at = bytes.ptr + offset;
	uint32_t size;

	if (offset % 8 || offset > bytes.len || bytes.len - offset < RECORD_HEADER_BYTES)
		return false;
	size = get32(at + AT_SIZE);
	if (size < RECORD_HEADER_BYTES || size > RECORD_HEADER_BYTES + EVENT_SOURCE_MAX + EVENT_BYTES_MAX)
		return false;
	if (padded(size) > bytes.len - offset)
		return false;
	if (get32(at + AT_CRC) != crc_of(at + AT_KIND, size - AT_KIND))
		return false;
	*ret = (struct record){.kind = (enum record_kind)at[AT_KIND], .size = size, .padded = padded(size)};
	if (ret->kind == RECORD_EVENT)
		return event_read(at, size, ret);
	if (ret->kind != RECORD_COMMIT || size != COMMIT_BYTES)
		return false;
	ret->commit_start = get64(at + AT_COMMIT_START);
	ret->commit_chain = (const unsigned char *)at + AT_COMMIT_CHAIN;
	return memcmp(at + AT_COMMIT_NONCE, h->nonce, SEG_NONCE_BYTES) == 0;
}

void segment_index(struct segment *s, uint64_t offset, const struct record *r)
{
	struct block *b = s->block_count ? &s->blocks[s->block_count - 1] : NULL;

	if (!b || s->split || b->records >= SEG_BLOCK_RECORDS || offset - b->offset + r->padded > ARCHIVE_BLOCK_BYTES) {
		mem_grow(&s->blocks, &s->block_cap, s->block_count + 1, sizeof(*s->blocks));
		b = &s->blocks[s->block_count++];
		*b = (struct block){.offset = (uint32_t)offset,
				    .tenant_id = r->event.tenant_id,
				    .time_min = r->event.time,
				    .time_max = r->event.time};
		s->split = false;
	}
	b->bytes = (uint32_t)(offset - b->offset) + r->padded;
	b->records++;
	if (b->tenant_id != r->event.tenant_id)
		b->tenant_id = 0;
	if (r->event.time < b->time_min)
		b->time_min = r->event.time;
	if (r->event.time > b->time_max)
		b->time_max = r->event.time;
	s->events++;
}
