#include "door/cli/hunt/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"

#define IN_FILE ((uint64_t)1 << 63) /* the place is in the file */

void spool_init(struct spool *s, size_t memory_max)
{
	*s = (struct spool){.fd = -1};
	buf_init(&s->memory, memory_max);
}

void spool_done(struct spool *s)
{
	buf_done(&s->memory);
	if (s->fd >= 0)
		close(s->fd);
}

static str folder_of_temporary_files(void)
{
	const char *folder = getenv("TMPDIR");

	return str_of(folder && *folder ? folder : "/tmp");
}

static int open_file(struct spool *s, struct err *e)
{
	struct buf path;
	int fd;

	buf_init(&path, 4096);
	buf_add(&path, folder_of_temporary_files());
	buf_add(&path, STR("/noroshi-XXXXXX"));
	if (path.failed) {
		buf_done(&path);
		return err_set(e, ERR_RANGE, "err.file.path");
	}
	(void)buf_cstr(&path);
	fd = mkostemp(path.ptr, O_CLOEXEC);
	if (fd < 0) {
		int rc = err_set_errno(e, "err.file.write", buf_str(&path), errno);

		buf_done(&path);
		return rc;
	}
	(void)unlink(path.ptr);
	buf_done(&path);
	s->fd = fd;
	return 0;
}

int spool_put(struct spool *s, str text, uint64_t *ret_at, struct err *e)
{
	size_t done = 0;
	int rc;

	if (text.len <= s->memory.max - s->memory.len) {
		*ret_at = s->memory.len;
		buf_add(&s->memory, text);
		return 0;
	}
	rc = s->fd < 0 ? open_file(s, e) : 0;
	if (rc < 0)
		return rc;
	while (done < text.len) {
		ssize_t n = pwrite(s->fd, text.ptr + done, text.len - done, (off_t)(s->file_size + done));

		if (n < 0 && errno != EINTR)
			return err_set_errno(e, "err.file.write", folder_of_temporary_files(), errno);
		done += n > 0 ? (size_t)n : 0;
	}
	*ret_at = s->file_size | IN_FILE;
	s->file_size += text.len;
	return 0;
}

int spool_get(const struct spool *s, struct spool_place place, struct buf *room, str *ret, struct err *e)
{
	size_t done = 0;
	char *bytes;

	if (!(place.at & IN_FILE)) {
		CHECK(place.at + place.len <= s->memory.len);
		*ret = str_sub(buf_str(&s->memory), place.at, place.len);
		return 0;
	}
	buf_clear(room);
	bytes = buf_room(room, place.len);
	if (!bytes)
		return buf_check(room, e);
	while (done < place.len) {
		ssize_t n = pread(s->fd, bytes + done, place.len - done, (off_t)((place.at & ~IN_FILE) + done));

		if (n == 0)
			return err_set_errno(e, "err.file.read", folder_of_temporary_files(), EIO);
		if (n < 0 && errno != EINTR)
			return err_set_errno(e, "err.file.read", folder_of_temporary_files(), errno);
		done += n > 0 ? (size_t)n : 0;
	}
	buf_claim(room, place.len);
	*ret = buf_str(room);
	return 0;
}
