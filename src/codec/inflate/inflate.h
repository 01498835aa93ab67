/* inflate: gzip and zstd bytes in, plain bytes out, in a stream and within hard limits.
 *
 * Why one door for both: log files and HTTP bodies arrive packed in either, told apart by their magic and not by a file
 * name or a header. Nothing here reads or writes a file; the caller pushes what it has and takes what comes out, so one
 * piece of code serves a mapped file and a request body under a memory budget.
 *
 * Formats: gzip (RFC 1952, DEFLATE inside, every concatenated member, zero padding behind the last one as tapes and
 * gzip(1) have it) and Zstandard (RFC 8878, concatenated and skippable frames).
 * Limits: bytes out in total, ratio of out to in (checked after INFLATE_RATIO_GRACE bytes out, so that a small and very
 * regular file is not refused), and for zstd the window, which is the memory that a stranger makes us take.
 * Errors: err.inflate.limit and err.inflate.ratio (ERR_LIMIT), err.inflate.damaged, err.inflate.trailing and
 * err.inflate.truncated (ERR_PARSE). What came out before the error is good.
 * Ownership: one owner, one thread. After an error only inflate_free may follow.
 */
#ifndef CODEC_INFLATE_H
#define CODEC_INFLATE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum inflate_format { INFLATE_NONE, INFLATE_GZIP, INFLATE_ZSTD };

/* Real logs reach 94:1 with zstd -19 and DEFLATE cannot pass 1032:1; a stream above this is a bomb. */
#define INFLATE_RATIO_MAX 400u
#define INFLATE_RATIO_GRACE (4u << 20)
/* 8 MiB, what RFC 8878 (section 3.1.1.1.2) asks every decoder to support: for bodies from the network. */
#define INFLATE_WINDOW_LOG_NET 23u
/* 128 MiB, zstd --ultra: for files that the operator names. */
#define INFLATE_WINDOW_LOG_FILE 27u

struct inflate_limits {
	uint64_t out_max;        /* bytes out at most */
	uint32_t ratio_max;      /* out : in; INFLATE_RATIO_MAX unless there is a reason */
	uint32_t window_log_max; /* one of INFLATE_WINDOW_LOG_* */
};

struct inflate;

/* By magic; four bytes suffice (two for gzip). INFLATE_NONE: it is something else, or too short to tell. */
enum inflate_format inflate_detect(str head);

/* format is not INFLATE_NONE. */
int inflate_create(enum inflate_format format, struct inflate_limits limits, struct inflate **ret,
		   struct err *e) MUST_CHECK;
void inflate_free(struct inflate *z);

/* Takes bytes off the front of *in and writes at most `room` (> 0) bytes to out; *ret_len tells how many. Stops when
 * *in is empty or the room is full, and gives 0 bytes only when it can do no more with *in. An error is told by the
 * call after the one that gave the last good bytes. Call again with an empty *in while *ret_len == room: more may be
 * held. */
int inflate_push(struct inflate *z, str *in, char *out, size_t room, size_t *ret_len, struct err *e) MUST_CHECK;

/* After the last byte was pushed: err.inflate.truncated when a member or frame is not complete. */
int inflate_finish(const struct inflate *z, struct err *e) MUST_CHECK;

uint64_t inflate_bytes_in(const struct inflate *z);
uint64_t inflate_bytes_out(const struct inflate *z);

/* Everything at once: appends to out, whose own maximum bounds it too (err.inflate.limit when it does not fit). */
int inflate_all(str in, struct inflate_limits limits, struct buf *out, struct err *e) MUST_CHECK;

#endif
