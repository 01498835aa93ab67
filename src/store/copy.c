#include "store/copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/file.h"

#define CHUNK 262144

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define _cleanup_fd_ _cleanup_(fd_close)

static int path_c(str path, char out[COPY_PATH_MAX], struct err *e)
{
	if (path.len == 0 || path.len >= COPY_PATH_MAX || str_find_byte(path, '\0') >= 0)
		return err_set_value(e, ERR_RANGE, "err.file.path", path);
	memcpy(out, path.ptr, path.len);
	out[path.len] = '\0';
	return 0;
}

static int write_whole(int fd, str bytes)
{
	while (bytes.len) {
		ssize_t put = write(fd, bytes.ptr, bytes.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes = str_from(bytes, (size_t)put);
	}
	return 0;
}

/* Up to `size` bytes, fewer when the file became shorter meanwhile. */
static int pump(int in, int out, uint64_t size, struct copied *ret)
{
	_cleanup_free_ char *chunk = mem_alloc(1, CHUNK);
	struct digest *d = digest_begin();

	ret->size = 0;
	while (ret->size < size) {
		uint64_t left = size - ret->size;
		ssize_t got = read(in, chunk, left < CHUNK ? (size_t)left : CHUNK);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || (got > 0 && write_whole(out, (str){chunk, (size_t)got}) < 0)) {
			digest_drop(&d);
			return -1;
		}
		if (got == 0)
			break;
		digest_add(d, (str){chunk, (size_t)got});
		ret->size += (uint64_t)got;
	}
	ret->sha256 = digest_end(d);
	return 0;
}

int copy_file(str from, str to, struct copied *ret, struct err *e)
{
	char source[COPY_PATH_MAX], target[COPY_PATH_MAX];
	_cleanup_fd_ int in = -1, out = -1;
	ptrdiff_t slash = str_find_last_byte(to, '/');
	struct copied done;
	struct stat st;
	int rc = path_c(from, source, e);

	if (!rc)
		rc = path_c(to, target, e);
	if (!rc && slash > 0)
		rc = folder_make(str_sub(to, 0, (size_t)slash), e);
	if (rc)
		return rc;
	in = open(source, O_RDONLY | O_CLOEXEC);
	if (in < 0 || fstat(in, &st) < 0)
		return err_set_errno(e, "err.file.open", from, errno);
	out = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 0700);
	if (out < 0)
		return err_set_errno(e, "err.file.write", to, errno);
	if (pump(in, out, (uint64_t)st.st_size, &done) < 0 || fsync(out) < 0)
		return err_set_errno(e, "err.file.write", to, errno);
	*ret = done;
	return 0;
}

int folder_is_empty(str path, bool *ret, struct err *e)
{
	char cpath[COPY_PATH_MAX];
	const struct dirent *entry;
	bool is_empty = true;
	DIR *dir;
	int rc = path_c(path, cpath, e);

	if (rc)
		return rc;
	dir = opendir(cpath);
	if (!dir && errno == ENOENT) {
		*ret = true;
		return 0;
	}
	if (!dir)
		return err_set_errno(e, "err.folder.read", path, errno);
	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    strcmp(entry->d_name, "lock") != 0)
			is_empty = false;
	closedir(dir);
	*ret = is_empty;
	return 0;
}

int sync_path(str path, struct err *e)
{
	char cpath[COPY_PATH_MAX];
	_cleanup_fd_ int fd = -1;
	int rc = path_c(path, cpath, e);

	if (rc)
		return rc;
	fd = open(cpath, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return err_set_errno(e, "err.file.write", path, errno);
	return 0;
}
