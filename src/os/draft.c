#include "os/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "os/file.h"

static int exists_already(str path, struct err *e)
{
	int rc = err_set(e, ERR_CONFLICT, "err.file.exists");

	err_path(e, path);
	return rc;
}

int draft_open(str path, bool replace, struct draft *ret, struct err *e)
{
	struct draft d = {.replace = replace};

	if (path.len == 0 || path.len >= DRAFT_PATH_MAX || memchr(path.ptr, 0, path.len))
		return err_set(e, ERR_RANGE, "err.file.path");
	if (!replace && file_exists(path))
		return exists_already(path, e);
	memcpy(d.path, path.ptr, path.len);
	snprintf(d.beside, sizeof(d.beside), "%s.XXXXXX", d.path);
	d.fd = mkostemp(d.beside, O_CLOEXEC);
	if (d.fd < 0)
		return err_set_errno(e, "err.file.write", path, errno);
	d.bytes = mem_alloc(1, DRAFT_KEPT);
	*ret = d;
	return 0;
}

static int write_out(struct draft *d, str bytes, struct err *e)
{
	while (bytes.len) {
		ssize_t n = write(d->fd, bytes.ptr, bytes.len);

		if (n < 0 && errno != EINTR)
			return err_set_errno(e, "err.file.write", str_of(d->path), errno);
		bytes = str_from(bytes, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

static int flush(struct draft *d, struct err *e)
{
	int rc = write_out(d, (str){d->bytes, d->kept}, e);

	d->kept = 0;
	return rc;
}

int draft_add(struct draft *d, str bytes, struct err *e)
{
	int rc = 0;

	CHECK(d->bytes);
	if (bytes.len > DRAFT_KEPT - d->kept)
		rc = flush(d, e);
	if (rc == 0 && bytes.len > DRAFT_KEPT)
		return write_out(d, bytes, e);
	if (rc == 0 && bytes.len) {
		memcpy(d->bytes + d->kept, bytes.ptr, bytes.len);
		d->kept += bytes.len;
	}
	return rc;
}

/* Not every file system can refuse to replace in one step; then the look beforehand has to do. */
static int give_name(struct draft *d, struct err *e)
{
	str path = str_of(d->path);

	if (!d->replace) {
		if (renameat2(AT_FDCWD, d->beside, AT_FDCWD, d->path, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno == EEXIST || file_exists(path))
			return exists_already(path, e);
		if (errno != EINVAL && errno != ENOSYS)
			return err_set_errno(e, "err.file.write", path, errno);
	}
	return rename(d->beside, d->path) == 0 ? 0 : err_set_errno(e, "err.file.write", path, errno);
}

int draft_finish(struct draft *d, struct err *e)
{
	int rc = flush(d, e);

	if (rc == 0 && fsync(d->fd) < 0)
		rc = err_set_errno(e, "err.file.write", str_of(d->path), errno);
	if (rc == 0)
		rc = give_name(d, e);
	if (rc == 0)
		d->beside[0] = '\0';
	draft_drop(d);
	return rc;
}

void draft_drop(struct draft *d)
{
	if (!d->bytes)
		return;
	if (d->beside[0])
		(void)unlink(d->beside);
	close(d->fd);
	free(d->bytes);
	*d = (struct draft){.fd = -1};
}
