#include "os/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "os/sandbox.h"

#define PROGRAM "/proc/self/exe"
#define STATUS_DONE 'D'
#define STATUS_FAILED 'F'
#define FRAME_MAX (1 + 8 * (4 + ERR_PATH_MAX))

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define _cleanup_fd_ _cleanup_(fd_close)

/* ---- the answer: 'D' and the bytes, or 'F' and the err's slots, each with its length in front ---- */

static void put_number(struct buf *out, uint32_t n)
{
	buf_add(out, (str){(const char *)&n, sizeof(n)});
}

static void put_slot(struct buf *out, str text)
{
	put_number(out, (uint32_t)text.len);
	buf_add(out, text);
}

static bool take_number(str *rest, uint32_t *ret)
{
	if (rest->len < sizeof(*ret))
		return false;
	memcpy(ret, rest->ptr, sizeof(*ret));
	*rest = str_from(*rest, sizeof(*ret));
	return true;
}

static bool take_slot(str *rest, str *ret)
{
	uint32_t len;

	if (!take_number(rest, &len) || len > rest->len)
		return false;
	*ret = str_sub(*rest, 0, len);
	*rest = str_from(*rest, len);
	return true;
}

static void put_err(struct buf *out, const struct err *e)
{
	buf_add_byte(out, STATUS_FAILED);
	put_number(out, (uint32_t)e->code);
	put_number(out, e->line);
	put_number(out, e->column);
	put_slot(out, str_of(e->id));
	put_slot(out, str_of(e->path));
	put_slot(out, str_of(e->value));
	put_slot(out, str_of(e->expected));
	put_slot(out, str_of(e->detail));
}

static int killed(struct err *e, const char *why)
{
	int rc = err_set(e, ERR_LIMIT, "err.child.killed");

	err_detail(e, str_of(why));
	return rc;
}

static int take_err(const struct child_part *part, str rest, struct err *e)
{
	uint32_t code, line, column;
	str id, path, value, expected, detail;
	int rc;

	if (!take_number(&rest, &code) || code == ERR_NONE || code >= ERR_CODE_COUNT || !take_number(&rest, &line) ||
	    !take_number(&rest, &column) || !take_slot(&rest, &id) || !take_slot(&rest, &path) ||
	    !take_slot(&rest, &value) || !take_slot(&rest, &expected) || !take_slot(&rest, &detail))
		return killed(e, "answer");
	for (const char *const *key = part->keys; *key; key++) {
		if (!str_eq(str_of(*key), id))
			continue;
		rc = err_set(e, (enum err_code)code, *key);
		err_at(e, line, column);
		err_path(e, path);
		err_value(e, value);
		err_expected(e, expected);
		err_detail(e, detail);
		return rc;
	}
	rc = killed(e, "answer");
	err_detail(e, id);
	return rc;
}

/* ---- the parent's side ---- */

static int memory_file(const char *name, str bytes, int *ret_fd, struct err *e)
{
	_cleanup_fd_ int fd = memfd_create(name, MFD_CLOEXEC);
	size_t at = 0;

	if (fd < 0)
		return err_set_errno(e, "err.child.start", str_of(name), errno);
	while (at < bytes.len) {
		ssize_t done = pwrite(fd, bytes.ptr + at, bytes.len - at, (off_t)at);

		if (done < 0 && errno != EINTR)
			return err_set_errno(e, "err.child.start", str_of(name), errno);
		at += done > 0 ? (size_t)done : 0;
	}
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static int spawn(const struct child_part *part, int in, int out, pid_t *ret_pid, struct err *e)
{
	char program[] = "noroshi", flag[] = CHILD_FLAG, name[64];
	/* A zone by name would be looked up in files. */
	char zone[] = "TZ=UTC0", locale[] = "LC_ALL=C.UTF-8", *argv[] = {program, flag, name, NULL},
	     *envp[] = {locale, zone, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	int rc;

	snprintf(name, sizeof(name), "%s", part->name);
	sigemptyset(&none);
	CHECK(posix_spawn_file_actions_init(&files) == 0 && posix_spawnattr_init(&attr) == 0);
	/* A worker thread blocks signals; the child must not inherit that. */
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_adddup2(&files, in, 0);
	posix_spawn_file_actions_adddup2(&files, out, 1);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&files, 3);
	rc = posix_spawn(ret_pid, PROGRAM, &files, &attr, argv, envp);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return rc ? err_set_errno(e, "err.child.start", str_of(part->name), rc) : 0;
}

/* 0 when it ended by itself with success. */
static int wait_for(pid_t pid, struct err *e)
{
	_cleanup_fd_ int handle = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = {.fd = handle, .events = POLLIN};
	int status = 0, ready;

	do {
		ready = handle < 0 ? 1 : poll(&p, 1, CHILD_WAIT_MS);
	} while (ready < 0 && errno == EINTR);
	if (ready == 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (ready == 0)
		return killed(e, "time");
	if (WIFSIGNALED(status)) {
		int rc = killed(e, "signal");

		err_detail_fmt(e, "signal %d", WTERMSIG(status));
		return rc;
	}
	return WEXITSTATUS(status) == 0 ? 0 : killed(e, "exit");
}

static int take_answer(const struct child_part *part, int fd, struct buf *out, struct err *e)
{
	struct stat st;
	void *map;
	str answer;
	int rc = 0;

	if (fstat(fd, &st) < 0 || st.st_size < 1 || (size_t)st.st_size > CHILD_OUT_MAX)
		return killed(e, "answer");
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return err_set_errno(e, "err.child.start", str_of(part->name), errno);
	answer = (str){map, (size_t)st.st_size};
	if (answer.ptr[0] == STATUS_DONE) {
		buf_add(out, str_from(answer, 1));
		rc = buf_check(out, e);
	} else {
		rc = take_err(part, str_from(answer, 1), e);
	}
	munmap(map, (size_t)st.st_size);
	return rc;
}

int child_run(const struct child_part *part, str in, struct buf *out, struct err *e)
{
	_cleanup_fd_ int in_fd = -1, out_fd = -1;
	pid_t pid;
	int rc;

	if (in.len > CHILD_IN_MAX)
		return err_set(e, ERR_LIMIT, "err.child.large");
	if ((rc = memory_file("noroshi-in", in, &in_fd, e)) ||
	    (rc = memory_file("noroshi-out", STR_NONE, &out_fd, e)) || (rc = spawn(part, in_fd, out_fd, &pid, e)) ||
	    (rc = wait_for(pid, e)))
		return rc;
	return take_answer(part, out_fd, out, e);
}

/* ---- the child's side ---- */

static bool write_all(str bytes)
{
	while (bytes.len) {
		ssize_t done = write(1, bytes.ptr, bytes.len);

		if (done <= 0)
			return false;
		bytes = str_from(bytes, (size_t)done);
	}
	return true;
}

static bool serve(const struct child_part *part)
{
	struct stat st;
	struct buf out, frame;
	struct err e = {0};
	str in = STR("");
	int rc;

	/* Once looked up, the zone is not looked up again: files are out of reach then. */
	tzset();
	if (part->prepare)
		part->prepare();
	if (fstat(0, &st) < 0 || st.st_size < 0 || (size_t)st.st_size > CHILD_IN_MAX)
		return false;
	if (st.st_size > 0) {
		void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, 0, 0);

		if (map == MAP_FAILED)
			return false;
		in = (str){map, (size_t)st.st_size};
	}
	if (!sandbox_enter(part->reach))
		return false;
	buf_init(&out, CHILD_OUT_MAX - 1);
	buf_init(&frame, FRAME_MAX);
	rc = part->run(in, &out, &e);
	if (rc == 0)
		rc = buf_check(&out, &e);
	if (rc) {
		put_err(&frame, &e);
		return write_all(buf_str(&frame));
	}
	return write_all(STR("D")) && write_all(buf_str(&out));
}

bool child_main(int argc, char **argv, const struct child_part *const *parts, int *ret_status)
{
	if (argc != 3 || strcmp(argv[1], CHILD_FLAG) != 0)
		return false;
	*ret_status = 1;
	for (; *parts; parts++)
		if (strcmp((*parts)->name, argv[2]) == 0)
			/* Without exit handlers: nothing of ours is left to do, and leak checkers need more than we
			 * may. */
			_exit(serve(*parts) ? 0 : 1);
	return true;
}
