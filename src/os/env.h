/* env: the outside world as values, so that a run can be replayed with a seed.
 *
 * Clock and randomness are asked through here and nowhere else. os/env.c gives the real ones.
 */
#ifndef OS_ENV_H
#define OS_ENV_H

#include "base/log.h"
#include "base/time.h"

struct env {
	time_us (*now)(void *ctx);                        /* wall clock, UTC */
	time_us (*monotonic)(void *ctx);                  /* for durations and deadlines */
	void (*random)(void *ctx, void *out, size_t len); /* cryptographic */
	void *ctx;
	struct log *log;
};

/* The real clock and the kernel's randomness. */
struct env env_real(struct log *log);
/* A log that writes lines to standard error, one write each. */
struct log log_stderr(enum log_level least, bool json);

#endif
