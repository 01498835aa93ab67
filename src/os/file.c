#include "os/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/mem.h"

#define WALK_DEPTH_MAX 64
#define OS_PATH_MAX 4096

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define _cleanup_fd_ _cleanup_(fd_close)

/* The one place where a slice becomes a C string for the system; a NUL inside would name another file. */
static int path_c(str path, char out[OS_PATH_MAX], struct err *e)
{
	if (path.len == 0 || path.len >= OS_PATH_MAX || str_find_byte(path, '\0') >= 0)
		return err_set_value(e, ERR_RANGE, "err.file.path", path);
	memcpy(out, path.ptr, path.len);
	out[path.len] = '\0';
	return 0;
}

static int open_for_read(str path, int *ret_fd, struct stat *ret_st, struct err *e)
{
	char cpath[OS_PATH_MAX];
	_cleanup_fd_ int fd = -1;
	int rc = path_c(path, cpath, e);

	if (rc)
		return rc;
	fd = open(cpath, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, ret_st) < 0)
		return err_set_errno(e, "err.file.open", path, errno);
	if (S_ISDIR(ret_st->st_mode)) {
		rc = err_set(e, ERR_IO, "err.file.is_folder");
		err_path(e, path);
		return rc;
	}
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static int too_large(str path, size_t max, struct err *e)
{
	char limit[32];
	int rc = err_set(e, ERR_LIMIT, "err.file.too_large");

	snprintf(limit, sizeof(limit), "%zu", max);
	err_path(e, path);
	err_expected(e, str_of(limit));
	return rc;
}

/* Reads until `out` holds max bytes or its own maximum; one more byte in the file is then an error. */
static int read_all(int fd, str path, size_t max, struct buf *out, struct err *e)
{
	size_t most = max < out->max ? max : out->max;

	CHECK(out->len <= most);
	for (;;) {
		size_t want = most - out->len < 65536 ? most - out->len : 65536;
		char beyond = 0, *room = want ? buf_room(out, want) : &beyond;
		ssize_t got;

		if (!room)
			return too_large(path, most, e);
		got = read(fd, room, want ? want : 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set_errno(e, "err.file.read", path, errno);
		if (got == 0)
			return 0;
		if (!want)
			return too_large(path, most, e);
		buf_claim(out, (size_t)got);
	}
}

int file_read(str path, size_t max, struct buf *out, struct err *e)
{
	_cleanup_fd_ int fd = -1;
	struct stat st;
	int rc = open_for_read(path, &fd, &st, e);

	return rc ? rc : read_all(fd, path, max, out, e);
}

int file_view_open(str path, size_t max, struct file_view *ret, struct err *e)
{
	_cleanup_fd_ int fd = -1;
	struct stat st;
	int rc = open_for_read(path, &fd, &st, e);

	if (rc)
		return rc;
	if (S_ISREG(st.st_mode) && st.st_size > 0) {
		void *bytes;

		if ((uint64_t)st.st_size > max)
			return too_large(path, max, e);
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes == MAP_FAILED)
			return err_set_errno(e, "err.file.read", path, errno);
		*ret = (struct file_view){{bytes, (size_t)st.st_size}, true};
		return 0;
	}
	struct buf all;
	buf_init(&all, max + 1);
	rc = read_all(fd, path, max, &all, e);
	if (rc) {
		buf_done(&all);
		return rc;
	}
	*ret = (struct file_view){buf_str(&all), false};
	return 0;
}

void file_view_close(struct file_view *v)
{
	if (v->mapped)
		munmap((void *)(uintptr_t)v->bytes.ptr, v->bytes.len);
	else
		free((void *)(uintptr_t)v->bytes.ptr);
	*v = (struct file_view){0};
}

void file_view_forget(const struct file_view *v, str slice)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t from = (size_t)(slice.ptr - v->bytes.ptr), to = from + slice.len;

	CHECK(to <= v->bytes.len);
	/* Only whole pages; a refusal costs memory, nothing else. */
	from = (from + page - 1) / page * page;
	to = to / page * page;
	if (v->mapped && from < to)
		(void)madvise((void *)(uintptr_t)(v->bytes.ptr + from), to - from, MADV_DONTNEED);
}

static int write_all(int fd, str path, str bytes, struct err *e)
{
	while (bytes.len) {
		ssize_t put = write(fd, bytes.ptr, bytes.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_set_errno(e, "err.file.write", path, errno);
		bytes = str_from(bytes, (size_t)put);
	}
	return 0;
}

static int sync_folder_of(const char *cpath, struct err *e)
{
	ptrdiff_t slash = str_find_last_byte(str_of(cpath), '/');
	char folder[OS_PATH_MAX] = ".";
	_cleanup_fd_ int fd = -1;

	if (slash >= 0)
		snprintf(folder, sizeof(folder), "%.*s", slash ? (int)slash : 1, cpath);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return err_set_errno(e, "err.file.write", str_of(folder), errno);
	return 0;
}

int file_write_atomic(str path, str bytes, unsigned mode, struct err *e)
{
	char cpath[OS_PATH_MAX], beside[OS_PATH_MAX + 16];
	_cleanup_fd_ int fd = -1;
	int rc = path_c(path, cpath, e);

	if (rc)
		return rc;
	snprintf(beside, sizeof(beside), "%s.%ld.new", cpath, (long)getpid());
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
	if (fd < 0)
		return err_set_errno(e, "err.file.write", path, errno);
	rc = write_all(fd, path, bytes, e);
	if (!rc && fsync(fd) < 0)
		rc = err_set_errno(e, "err.file.write", path, errno);
	if (!rc && rename(beside, cpath) < 0)
		rc = err_set_errno(e, "err.file.write", path, errno);
	if (rc) {
		unlink(beside);
		return rc;
	}
	return sync_folder_of(cpath, e);
}

int folder_make(str path, struct err *e)
{
	char cpath[OS_PATH_MAX];
	int rc = path_c(path, cpath, e);

	if (rc)
		return rc;
	for (char *at = cpath + 1;; at++) {
		char was = *at;

		if (was != '/' && was != '\0')
			continue;
		*at = '\0';
		if (mkdir(cpath, 0700) < 0 && errno != EEXIST)
			return err_set_errno(e, "err.folder.make", str_of(cpath), errno);
		*at = was;
		if (was == '\0')
			return 0;
	}
}

uint64_t file_stamp(str path)
{
	char cpath[OS_PATH_MAX];
	struct stat st;

	if (path_c(path, cpath, NULL) || stat(cpath, &st) < 0)
		return 0;
	return hash_mix(hash_mix((uint64_t)st.st_mtim.tv_sec, (uint64_t)st.st_mtim.tv_nsec), (uint64_t)st.st_size) | 1;
}

bool file_exists(str path)
{
	char cpath[OS_PATH_MAX];

	return path_c(path, cpath, NULL) == 0 && access(cpath, F_OK) == 0;
}

struct walk {
	str suffix;
	int (*fn)(void *ctx, str file, struct err *e);
	void *ctx;
};

static int skip_dots(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

/* Byte order, not the locale's, so that every machine sees the same order. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int walk_folder(const struct walk *w, const char *folder, int depth, struct err *e);

static int walk_entry(const struct walk *w, const char *path, int depth, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_set_errno(e, "err.file.open", str_of(path), errno);
	if (S_ISDIR(st.st_mode))
		return walk_folder(w, path, depth + 1, e);
	if (S_ISLNK(st.st_mode) && (stat(path, &st) < 0 || !S_ISREG(st.st_mode)))
		return 0;
	if (!S_ISREG(st.st_mode) || !str_ends(str_of(path), w->suffix))
		return 0;
	return w->fn(w->ctx, str_of(path), e);
}

static int walk_folder(const struct walk *w, const char *folder, int depth, struct err *e)
{
	struct dirent **names = NULL;
	int count, rc = 0;

	if (depth > WALK_DEPTH_MAX)
		return err_set_value(e, ERR_LIMIT, "err.folder.deep", str_of(folder));
	count = scandir(folder, &names, skip_dots, by_bytes);
	if (count < 0)
		return err_set_errno(e, "err.folder.read", str_of(folder), errno);
	for (int i = 0; i < count; i++) {
		char path[OS_PATH_MAX];

		if (!rc && snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name) >= (int)sizeof(path))
			rc = err_set_value(e, ERR_LIMIT, "err.file.path", str_of(path));
		if (!rc)
			rc = walk_entry(w, path, depth, e);
		free(names[i]);
	}
	free(names);
	return rc;
}

int folder_walk(str path, str suffix, int (*fn)(void *ctx, str file, struct err *e), void *ctx, struct err *e)
{
	struct walk w = {suffix, fn, ctx};
	char cpath[OS_PATH_MAX];
	struct stat st;
	int rc = path_c(path, cpath, e);

	if (rc)
		return rc;
	if (stat(cpath, &st) < 0)
		return err_set_errno(e, "err.file.open", path, errno);
	while (cpath[1] && cpath[strlen(cpath) - 1] == '/')
		cpath[strlen(cpath) - 1] = '\0';
	if (!S_ISDIR(st.st_mode))
		return fn(ctx, str_of(cpath), e);
	return walk_folder(&w, cpath, 0, e);
}

int folder_lock(str folder, int *ret_fd, struct err *e)
{
	char cpath[OS_PATH_MAX], lock[OS_PATH_MAX + 8], pid[24] = "";
	_cleanup_fd_ int fd = -1;
	int rc = path_c(folder, cpath, e);
	ssize_t got;

	if (rc)
		return rc;
	snprintf(lock, sizeof(lock), "%s/lock", cpath);
	fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set_errno(e, "err.file.open", str_of(lock), errno);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		got = read(fd, pid, sizeof(pid) - 1);
		rc = err_set_value(e, ERR_BUSY, "err.folder.locked",
				   str_sub(str_of(pid), 0, got > 0 ? (size_t)got : 0));
		err_path(e, folder);
		return rc;
	}
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, strlen(pid), 0) < 0)
		return err_set_errno(e, "err.file.write", str_of(lock), errno);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

void folder_unlock(int *fd)
{
	fd_close(fd);
	*fd = -1;
}
