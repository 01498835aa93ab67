/* archive: keeps every raw event, durably, and finds it again by id and by time.
 *
 * Shape: append-only segment files <data>/events/NNNNNNNNNN.seg. Submitters' records gather into a group; one of them
 * writes the group with one write and one fdatasync, then all of them return (group commit). A group ends with a commit
 * record that carries the running SHA-256 over all groups of the segment; a segment begins with the last hash of the
 * one before, so a record cannot be changed or taken out unseen (archive_verify). Each record has a CRC-32 as well,
 * checked at every read. Recovery: what stands behind the last commit record was never acknowledged and is cut off.
 * Damage in front of a commit record is never cut: it is skipped, counted, and the rest stays readable. Index: per
 * segment a table of blocks (about ARCHIVE_BLOCK_BYTES each) with the span of their times, in memory, rebuilt at start.
 * An id is looked up through its block, so that a number in the middle of a record finds nothing. Tenants: every
 * reading call but the station's names one, and sees only that one's events. Threads: all functions may be called from
 * any thread, except open and close. This is the hot write-ahead part; the columnar archive will take sealed segments
 * over behind the same functions.
 */
#ifndef FLOW_ARCHIVE_ARCHIVE_H
#define FLOW_ARCHIVE_ARCHIVE_H

#include "base/arena.h"
#include "flow/stage.h"
#include "os/env.h"

#define ARCHIVE_SEGMENT_BYTES (128u << 20) /* a segment is closed when the next group would pass it */
#define ARCHIVE_GROUP_BYTES (8u << 20)     /* submitters wait while a group is this large */
#define ARCHIVE_APPEND_BYTES (32u << 20)   /* of one call */
#define ARCHIVE_APPEND_EVENTS 65536u       /* of one call */
#define ARCHIVE_BLOCK_BYTES (256u << 10)
#define ARCHIVE_PAGE_MAX 1000u          /* events of one page */
#define ARCHIVE_SCAN_BYTES (256u << 20) /* read for one page; then the page says where to go on */

struct archive;

struct archive_options {
	uint64_t segment_bytes; /* at most 1 GiB; 0 = ARCHIVE_SEGMENT_BYTES; tests take small ones */
};

/* Opens or makes <data_folder>/events. The caller holds the folder's lock. env outlives the archive. */
int archive_open(str data_folder, const struct archive_options *options, const struct env *env, struct archive **ret,
		 struct err *e) MUST_CHECK;
void archive_close(struct archive *a);

/* As struct event_sink says. A failed write leaves the archive as it was, and the next call tries again; after a failed
 * fdatasync the archive refuses all writes (err.archive.broken) until it is opened anew. */
int archive_append(struct archive *a, const struct raw_event *events, size_t count, event_id *ret_ids,
		   struct err *e) MUST_CHECK;
struct event_sink archive_sink(struct archive *a);

struct archived {
	event_id id;
	struct raw_event event; /* slices live in the arena given to the call */
};

/* ERR_NOT_FOUND for an id that is none, or another tenant's. */
int archive_find(struct archive *a, int64_t tenant_id, event_id id, struct arena *arena, struct archived *ret,
		 struct err *e) MUST_CHECK;

struct archive_query {
	int64_t tenant_id;
	time_us from, until; /* event time, from <= t < until; both 0 = all */
	str source;          /* exact; empty = all */
	str contains;        /* bytes that the raw event holds, ASCII case ignored; empty = all */
	event_id before;     /* ids below this one; 0 = from the newest */
	uint32_t limit;      /* 1 … ARCHIVE_PAGE_MAX */
};

struct archive_page {
	struct archived *events; /* latest arrival first */
	uint32_t count;
	event_id next; /* give as `before` to go on; 0 = nothing older */
};

/* A page may hold less than `limit` and still have a `next`: the bound on bytes read or on the arena was reached. */
int archive_search(struct archive *a, const struct archive_query *q, struct arena *arena, struct archive_page *ret,
		   struct err *e) MUST_CHECK;

/* For the detection station: events of ALL tenants in order of arrival from *position (0 = the oldest) on, at most max,
 * as many as the arena holds, at least one if there is one. Moves *position behind them. 0 events = caught up. */
int archive_tail(struct archive *a, event_id *position, uint32_t max, struct arena *arena, struct archived **ret,
		 uint32_t *ret_count, struct err *e) MUST_CHECK;
/* Waits until there is something at or behind position, at most wait_ms. True when there is. */
bool archive_wait(struct archive *a, event_id position, int wait_ms);
/* The position behind the last durable event. */
event_id archive_end(struct archive *a);
int archive_count_batch(struct archive *a, int64_t tenant_id, uint64_t batch, event_id from, uint64_t *ret,
			struct err *e) MUST_CHECK;

struct archive_stats {
	uint64_t events, bytes;    /* kept */
	uint64_t segments, groups; /* groups: committed since open */
	uint64_t cut_bytes;        /* torn tail removed at open */
	uint64_t damaged_bytes;    /* unreadable, found at open or while reading */
	bool broken;
};
void archive_stats(struct archive *a, struct archive_stats *ret);

/* Would the archive take events now? A group that the disk refused is believed for so long; then the next sender may
 * try, for nothing else would notice that there is room again. */
#define ARCHIVE_REFUSED_US (5 * TIME_SECOND)
bool archive_takes(struct archive *a);

struct archive_report {
	uint64_t segments, groups, events;
	uint64_t bad_groups;        /* hash or checksum differs */
	uint32_t first_bad_segment; /* 0 = none */
	uint64_t first_bad_offset;
};
/* Reads everything and recomputes the chain. A damaged archive is a report, not an error. */
int archive_verify(struct archive *a, struct archive_report *ret, struct err *e) MUST_CHECK;

#endif
