#include "os/env.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"

static time_us clock_us(clockid_t which)
{
	struct timespec ts;

	CHECK(clock_gettime(which, &ts) == 0);
	return (time_us)ts.tv_sec * TIME_SECOND + ts.tv_nsec / 1000;
}

static time_us real_now(void *ctx)
{
	(void)ctx;
	return clock_us(CLOCK_REALTIME);
}

static time_us real_monotonic(void *ctx)
{
	(void)ctx;
	return clock_us(CLOCK_MONOTONIC);
}

static void real_random(void *ctx, void *out, size_t len)
{
	char *at = out;

	(void)ctx;
	while (len) {
		ssize_t got = getrandom(at, len, 0);

		if (got < 0)
			continue;
		at += got;
		len -= (size_t)got;
	}
}

static time_us log_now(void)
{
	return clock_us(CLOCK_REALTIME);
}

static void write_stderr(struct log *log, enum log_level level, str line)
{
	(void)log;
	(void)level;
	/* One call a line: stdio locks the stream, so lines of several threads do not mix. */
	fprintf(stderr, STR_FMT "\n", STR_ARG(line));
}

struct env env_real(struct log *log)
{
	return (struct env){.now = real_now, .monotonic = real_monotonic, .random = real_random, .log = log};
}

struct log log_stderr(enum log_level least, bool json)
{
	return (struct log){.write = write_stderr, .now = log_now, .least = least, .json = json};
}
