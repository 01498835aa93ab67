/* blobs: files that are kept for good (evidence, uploads, reports), found by their SHA-256.
 *
 * Why by content: the name proves the bytes, the same file is kept once, and a backup may copy while others write,
 * because a file never changes. Shape: <data>/blobs/ab/cd/<64 hex digits>, mode 0400, written beside in blobs/new,
 * synced and renamed; so a file under its name is whole, whenever the program was killed.
 * Who may read a blob is a row for each organisation (blob_ref), written in the transaction that wants it; a file
 * without any row is harmless. Reading verifies the bytes and says ERR_CORRUPT when they are not the name's.
 * Thread-safe: any number of writers and readers.
 */
#ifndef STORE_BLOBS_H
#define STORE_BLOBS_H

#include "base/time.h"
#include "os/digest.h"
#include "store/db.h"

struct blobs;
struct blob_writer;

struct blob {
	struct digest_hex sha256;
	uint64_t size_bytes;
};

/* Makes the folder, removes what an earlier life left half-written: only the owner of the data folder calls it. */
int blobs_open(str data_folder, struct blobs **ret, struct err *e) MUST_CHECK;
void blobs_close(struct blobs *b);

/* Stream in: begin, add any number of pieces, finish (on disk when it returns) or drop. Past size_max: ERR_LIMIT,
 * err.blob.large. */
int blob_begin(struct blobs *b, uint64_t size_max, struct blob_writer **ret, struct err *e) MUST_CHECK;
int blob_add(struct blob_writer *w, str bytes, struct err *e) MUST_CHECK;
/* The writer is gone afterwards, also after an error. */
int blob_finish(struct blob_writer **w, struct blob *ret, struct err *e) MUST_CHECK;
void blob_drop(struct blob_writer **w);
#define _cleanup_blob_ __attribute__((cleanup(blob_drop)))

/* All in one. */
int blob_put(struct blobs *b, str bytes, struct blob *ret, struct err *e) MUST_CHECK;

/* Reads and verifies. sha256: 64 lower-case hex digits. ERR_NOT_FOUND, ERR_CORRUPT, ERR_LIMIT past out's maximum. */
int blob_read(struct blobs *b, str sha256, struct buf *out, struct err *e) MUST_CHECK;
/* Verifies without keeping the bytes. */
int blob_check(struct blobs *b, str sha256, struct err *e) MUST_CHECK;

struct blob_ref {
	struct blob blob;
	str owner; /* what it belongs to: "incident:7" */
	time_us now;
};

/* Lets an organisation read a blob. In the caller's transaction; again is no error. */
int blob_ref_add(struct db *db, const struct scope *scope, const struct blob_ref *ref, struct err *e) MUST_CHECK;
/* ERR_NOT_FOUND when the organisation has no such blob, whoever else has. ret_size may be NULL. */
int blob_ref_find(struct db *db, const struct scope *scope, str sha256, uint64_t *ret_size, struct err *e) MUST_CHECK;

#endif
