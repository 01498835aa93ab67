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
/* Appends the text of `len` bytes at `at` to out. */
int spool_get(const struct spool *s, uint64_t at, size_t len, struct buf *out, struct err *e) MUST_CHECK;

#endif
