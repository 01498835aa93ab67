#include "store/blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "os/file.h"
#include "store/queries.gen.h"

#define BLOBS_PATH_MAX 4096

struct blobs {
	char folder[BLOBS_PATH_MAX - 128]; /* room for the names below it */
	_Atomic uint64_t next;             /* names of files being written */
};

struct blob_writer {
	struct blobs *blobs;
	struct digest *digest;
	uint64_t size, size_max;
	int fd;
	char path[BLOBS_PATH_MAX];
};

static int remove_left_over(void *ctx, str file, struct err *e)
{
	char path[BLOBS_PATH_MAX];

	(void)ctx;
	if (file.len >= sizeof(path))
		return err_set_value(e, ERR_RANGE, "err.file.path", file);
	memcpy(path, file.ptr, file.len);
	path[file.len] = '\0';
	return unlink(path) < 0 ? err_set_errno(e, "err.file.write", file, errno) : 0;
}

int blobs_open(str data_folder, struct blobs **ret, struct err *e)
{
	_cleanup_free_ struct blobs *b = mem_alloc(1, sizeof(*b));
	char fresh[BLOBS_PATH_MAX];
	int rc;

	if (data_folder.len + 8 >= sizeof(b->folder))
		return err_set_value(e, ERR_RANGE, "err.file.path", data_folder);
	snprintf(b->folder, sizeof(b->folder), STR_FMT "/blobs", STR_ARG(data_folder));
	snprintf(fresh, sizeof(fresh), "%s/new", b->folder);
	rc = folder_make(str_of(fresh), e);
	if (!rc)
		rc = folder_walk(str_of(fresh), STR_NONE, remove_left_over, NULL, e);
	if (!rc)
		*ret = TAKE(b);
	return rc;
}

void blobs_close(struct blobs *b)
{
	free(b);
}

static bool name_is_good(str sha256)
{
	if (sha256.len != DIGEST_HEX)
		return false;
	for (size_t i = 0; i < sha256.len; i++) {
		char c = sha256.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return true;
}

/* <folder>/ab/cd/<hex>; with `levels` 1 or 2 the folders only. */
static void path_of(const struct blobs *b, const char *hex, int levels, char out[BLOBS_PATH_MAX])
{
	if (levels == 1)
		snprintf(out, BLOBS_PATH_MAX, "%s/%.2s", b->folder, hex);
	else if (levels == 2)
		snprintf(out, BLOBS_PATH_MAX, "%s/%.2s/%.2s", b->folder, hex, hex + 2);
	else
		snprintf(out, BLOBS_PATH_MAX, "%s/%.2s/%.2s/%.64s", b->folder, hex, hex + 2, hex);
}

int blob_begin(struct blobs *b, uint64_t size_max, struct blob_writer **ret, struct err *e)
{
	struct blob_writer *w = mem_alloc(1, sizeof(*w));
	unsigned long long number = atomic_fetch_add(&b->next, 1);

	w->blobs = b;
	w->size_max = size_max;
	snprintf(w->path, sizeof(w->path), "%s/new/%ld-%llu", b->folder, (long)getpid(), number);
	w->fd = open(w->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (w->fd < 0) {
		int rc = err_set_errno(e, "err.file.write", str_of(w->path), errno);

		free(w);
		return rc;
	}
	w->digest = digest_begin();
	*ret = w;
	return 0;
}

int blob_add(struct blob_writer *w, str bytes, struct err *e)
{
	char limit[24];

	if (bytes.len > w->size_max - w->size) {
		int rc = err_set(e, ERR_LIMIT, "err.blob.large");

		snprintf(limit, sizeof(limit), "%llu", (unsigned long long)w->size_max);
		err_expected(e, str_of(limit));
		return rc;
	}
	digest_add(w->digest, bytes);
	w->size += bytes.len;
	while (bytes.len) {
		ssize_t put = write(w->fd, bytes.ptr, bytes.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_set_errno(e, "err.file.write", str_of(w->path), errno);
		bytes = str_from(bytes, (size_t)put);
	}
	return 0;
}

static int sync_folder(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0 || fsync(fd) < 0)
		rc = err_set_errno(e, "err.file.write", str_of(path), errno);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* Under its name, with every folder on the way on disk too. */
static int move_in(const struct blob_writer *w, const char *hex, struct err *e)
{
	char one[BLOBS_PATH_MAX], two[BLOBS_PATH_MAX], path[BLOBS_PATH_MAX];
	int rc;

	path_of(w->blobs, hex, 1, one);
	path_of(w->blobs, hex, 2, two);
	path_of(w->blobs, hex, 3, path);
	rc = folder_make(str_of(two), e);
	if (rc)
		return rc;
	if (rename(w->path, path) < 0)
		return err_set_errno(e, "err.file.write", str_of(path), errno);
	rc = sync_folder(two, e);
	if (!rc)
		rc = sync_folder(one, e);
	return rc ? rc : sync_folder(w->blobs->folder, e);
}

int blob_finish(struct blob_writer **writer, struct blob *ret, struct err *e)
{
	struct blob_writer *w = *writer;
	struct blob blob = {.size_bytes = w->size};
	int rc = 0;

	blob.sha256 = digest_end(TAKE(w->digest));
	if (fsync(w->fd) < 0)
		rc = err_set_errno(e, "err.file.write", str_of(w->path), errno);
	if (!rc)
		rc = move_in(w, blob.sha256.text, e);
	blob_drop(writer);
	if (!rc)
		*ret = blob;
	return rc;
}

void blob_drop(struct blob_writer **writer)
{
	struct blob_writer *w = *writer;

	if (!w)
		return;
	digest_drop(&w->digest);
	close(w->fd);
	unlink(w->path); /* gone already when it was moved in */
	free(w);
	*writer = NULL;
}

int blob_put(struct blobs *b, str bytes, struct blob *ret, struct err *e)
{
	_cleanup_blob_ struct blob_writer *w = NULL;
	int rc = blob_begin(b, bytes.len, &w, e);

	if (!rc)
		rc = blob_add(w, bytes, e);
	return rc ? rc : blob_finish(&w, ret, e);
}

static int is_damaged(str sha256, struct err *e)
{
	return err_set_value(e, ERR_CORRUPT, "err.blob.corrupt", sha256);
}

int blob_read(struct blobs *b, str sha256, struct buf *out, struct err *e)
{
	char path[BLOBS_PATH_MAX];
	struct digest_hex hash;
	size_t before = out->len;
	int rc;

	if (!name_is_good(sha256))
		return err_set_value(e, ERR_NOT_FOUND, "err.blob.unknown", sha256);
	path_of(b, sha256.ptr, 3, path);
	rc = file_read(str_of(path), out->max - before, out, e);
	if (rc == -ERR_NOT_FOUND)
		return err_set_value(e, ERR_NOT_FOUND, "err.blob.unknown", sha256);
	if (rc)
		return rc;
	hash = digest_sha256_hex(str_from(buf_str(out), before));
	return str_eq(digest_str(&hash), sha256) ? 0 : is_damaged(sha256, e);
}

int blob_check(struct blobs *b, str sha256, struct err *e)
{
	char path[BLOBS_PATH_MAX];
	struct digest_hex hash;
	int rc;

	if (!name_is_good(sha256))
		return err_set_value(e, ERR_NOT_FOUND, "err.blob.unknown", sha256);
	path_of(b, sha256.ptr, 3, path);
	rc = digest_file(str_of(path), &hash, NULL, e);
	if (rc == -ERR_NOT_FOUND)
		return err_set_value(e, ERR_NOT_FOUND, "err.blob.unknown", sha256);
	if (rc)
		return rc;
	return str_eq(digest_str(&hash), sha256) ? 0 : is_damaged(sha256, e);
}

int blob_ref_add(struct db *db, const struct scope *scope, const struct blob_ref *ref, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_blob_ref_add, scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "sha256", digest_str(&ref->blob.sha256));
	stmt_i64(&st, "size_bytes", (int64_t)ref->blob.size_bytes);
	stmt_text(&st, "owner", ref->owner);
	stmt_i64(&st, "now", ref->now);
	return stmt_run(&st, e);
}

int blob_ref_find(struct db *db, const struct scope *scope, str sha256, uint64_t *ret_size, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_blob_ref_find, scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "sha256", sha256);
	rc = stmt_step(&st, e);
	if (rc == 0)
		return err_set_value(e, ERR_NOT_FOUND, "err.blob.unknown", sha256);
	if (rc < 0)
		return rc;
	if (ret_size)
		*ret_size = (uint64_t)stmt_col_i64(&st, "size_bytes");
	return 0;
}
