/* faultio: a disk that is full, or that fails at the n-th write, for a program that does not know (LD_PRELOAD).
 *
 * Why: a full disk cannot be made in every container, and "the n-th write fails" nowhere. Only regular files are
 * concerned; sockets, pipes and terminals work on. FAULTIO_FULL=PATH   while this file exists, writes that would make
 * bytes durable fail with ENOSPC FAULTIO_NTH=N       the N-th write and every later one fail with EIO
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long writes;

static long nth(void)
{
	const char *text = getenv("FAULTIO_NTH");

	return text ? strtol(text, NULL, 10) : 0;
}

/* 0, or the errno with which this write fails. */
static int fault(int fd)
{
	const char *full = getenv("FAULTIO_FULL");
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if (full && access(full, F_OK) == 0)
		return ENOSPC;
	if (nth() > 0 && atomic_fetch_add(&writes, 1) + 1 >= nth())
		return EIO;
	return 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAIL_OR(fd, call)      \
	int wrong = fault(fd); \
                               \
	if (wrong) {           \
		errno = wrong; \
		return -1;     \
	}                      \
	return call

ssize_t write(int fd, const void *bytes, size_t len)
{
	FAIL_OR(fd, REAL(write)(fd, bytes, len));
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	FAIL_OR(fd, REAL(pwrite)(fd, bytes, len, at));
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
	FAIL_OR(fd, REAL(pwrite64)(fd, bytes, len, at));
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	FAIL_OR(fd, REAL(writev)(fd, parts, count));
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
	FAIL_OR(fd, REAL(pwritev)(fd, parts, count, at));
}

int ftruncate(int fd, off_t size)
{
	struct stat st;

	/* Shrinking frees space; a full disk allows it. */
	if (fstat(fd, &st) == 0 && size <= st.st_size)
		return REAL(ftruncate)(fd, size);
	FAIL_OR(fd, REAL(ftruncate)(fd, size));
}

int fallocate(int fd, int mode, off_t at, off_t len)
{
	FAIL_OR(fd, REAL(fallocate)(fd, mode, at, len));
}

int posix_fallocate(int fd, off_t at, off_t len)
{
	int wrong = fault(fd);

	return wrong ? wrong : REAL(posix_fallocate)(fd, at, len);
}
