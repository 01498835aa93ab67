/* spool: texts put aside in memory, and past a bound in an unlinked temporary file. Not thread-safe. */
#ifndef DOOR_CLI_SPOOL_H
#define DOOR_CLI_SPOOL_H

#include "base/buf.h"
#include "base/err.h"

struct spool {
	struct buf memory;
	int fd; /* -1 until memory is full */
	uint64_t file_size;
};

void spool_init(struct spool *s, size_t memory_max);
void spool_done(struct spool *s);
/* Keeps text; *ret_at finds it again. */
int spool_put(struct spool *s, str text, uint64_t *ret_at, struct err *e) MUST_CHECK;
struct spool_place {
	uint64_t at;
	size_t len;
};
/* The text at a place: a slice of the spool, or read into room; valid until either changes. */
int spool_get(const struct spool *s, struct spool_place place, struct buf *room, str *ret, struct err *e) MUST_CHECK;

#endif
