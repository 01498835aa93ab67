/* Shape of the segment files, shared by the files of this room only. All numbers little-endian; records start at
 * multiples of 8. See archive.h for the why. */
#ifndef FLOW_ARCHIVE_INTERNAL_H
#define FLOW_ARCHIVE_INTERNAL_H

#include <pthread.h>

#include "base/buf.h"
#include "flow/archive/archive.h"
#include "flow/archive/chain.h"

#define SEG_MAGIC "NRSHSEG1"
#define SEG_HEADER_BYTES 80u
#define SEG_NONCE_BYTES 16u
#define SEG_HASH_BYTES CHAIN_BYTES
#define RECORD_HEADER_BYTES 48u
#define COMMIT_BYTES 80u
#define SEG_BLOCK_RECORDS 1024u
#define ARCHIVE_PATH_MAX 4096

enum record_kind { RECORD_EVENT = 1, RECORD_COMMIT = 2 };

/* Sits in front of every segment. The random nonce is repeated in each commit record: log content cannot forge one. */
struct seg_header {
	uint32_t number;
	time_us created;
	unsigned char nonce[SEG_NONCE_BYTES];
	unsigned char chain[SEG_HASH_BYTES]; /* the hash with which the segment before ended */
};

/* A run of whole event records without damage; commit records stand between blocks or inside them. */
struct block {
	uint32_t offset, bytes, records;
	int64_t tenant_id; /* 0 = several */
	time_us time_min, time_max;
};

struct segment {
	struct seg_header header;
	uint64_t bytes; /* durable length */
	struct block *blocks;
	size_t block_count, block_cap;
	uint64_t events;
	unsigned char chain[SEG_HASH_BYTES];
	bool split; /* the next record starts a new block: damage lies between */
};

struct group {
	struct buf bytes;
	uint32_t events;
	uint32_t waiters;
	bool done;
	int rc;
	struct err err;
	uint32_t segment;
	uint64_t base;
};

struct archive {
	const struct env *env;
	char folder[ARCHIVE_PATH_MAX - 32];
	uint64_t segment_bytes_max;
	pthread_mutex_t lock; /* guards everything below; never held while the disk works */
	pthread_cond_t changed;
	struct segment *segments; /* ascending numbers; the last one is written to */
	size_t segment_count, segment_cap;
	struct group *open;
	bool flushing; /* somebody writes; only that thread touches fd, and the file behind the durable length */
	int fd;
	struct archive_stats stats;
	_Atomic bool broken;        /* what the disk did not take may be half there: nothing more is promised */
	_Atomic time_us refused_at; /* of the last group, when it failed; 0 after one that was written */
};

/* One record as read; slices point into the bytes given. */
struct record {
	enum record_kind kind;
	uint32_t size;   /* without padding */
	uint32_t padded; /* distance to the next record */
	struct raw_event event;
	const unsigned char *commit_chain; /* commit only */
	uint64_t commit_start;             /* offset of the group's first record */
};

/* segment.c */
void segment_path(const struct archive *a, uint32_t number, char out[ARCHIVE_PATH_MAX]);
int segment_create(struct archive *a, const struct seg_header *h, int *ret_fd, struct err *e) MUST_CHECK;
bool segment_header_read(str bytes, struct seg_header *ret);
void record_write(struct buf *out, const struct raw_event *ev);
void commit_write(struct buf *out, const struct seg_header *h, uint64_t group_start, const unsigned char *chain);
/* False when there is no whole, sound record at `offset`. */
bool record_read(str bytes, uint64_t offset, const struct seg_header *h, struct record *ret);
/* Adds a committed event record to the index. */
void segment_index(struct segment *s, uint64_t offset, const struct record *r);

/* recover.c */
int archive_recover(struct archive *a, struct err *e) MUST_CHECK;

/* read.c: maps nothing, keeps no descriptor: segments may be many. */
int segment_read(const struct archive *a, uint32_t number, uint64_t offset, size_t len, struct buf *out,
		 struct err *e) MUST_CHECK;

static inline event_id id_make(uint32_t segment, uint64_t offset)
{
	return (event_id)segment << 32 | (uint32_t)offset;
}
static inline uint32_t id_segment(event_id id)
{
	return (uint32_t)(id >> 32);
}
static inline uint32_t id_offset(event_id id)
{
	return (uint32_t)id;
}

#endif
