/* file: whole files in, whole files out, and the lock that makes one process the owner of a data folder. */
#ifndef OS_FILE_H
#define OS_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* A read-only view of a file: mapped when it is a regular file, read when it is a pipe. */
struct file_view {
	str bytes;
	bool mapped;
};

/* More than max bytes: ERR_LIMIT. A folder: ERR_IO with key err.file.is_folder. */
int file_view_open(str path, size_t max, struct file_view *ret, struct err *e) MUST_CHECK;
void file_view_close(struct file_view *v);
/* The slice of v->bytes is not needed any more: its pages, when they are a file's, stop counting as our memory. */
void file_view_forget(const struct file_view *v, str slice);

/* Appends to out; more than max bytes in all, or more than out may hold, is ERR_LIMIT. */
int file_read(str path, size_t max, struct buf *out, struct err *e) MUST_CHECK;
/* Writes beside, fsyncs, renames over, fsyncs the folder: a reader sees the old bytes or the new ones. mode as chmod.
 */
int file_write_atomic(str path, str bytes, unsigned mode, struct err *e) MUST_CHECK;
/* mkdir -p with mode 0700 for what it makes. */
int folder_make(str path, struct err *e) MUST_CHECK;
bool file_exists(str path);
/* Size and time of the last change, as one number that differs when either does; 0 when there is no such file. */
uint64_t file_stamp(str path);

/* Calls fn for every regular file below path, in byte order of their full paths, or for path itself when it is a file.
 * suffix: only names ending so, STR_NONE = all. Depth at most 64; symbolic links to folders are not followed. */
int folder_walk(str path, str suffix, int (*fn)(void *ctx, str file, struct err *e), void *ctx,
		struct err *e) MUST_CHECK;

/* Takes path/lock exclusively and writes the pid; ERR_BUSY with value = the holder's pid. Held until file_unlock. */
int folder_lock(str folder, int *ret_fd, struct err *e) MUST_CHECK;
void folder_unlock(int *fd);

#endif
