#include "store/backup.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/mem.h"
#include "os/file.h"
#include "store/copy.h"
#include "store/internal.h"

/* What is copied besides the records. */
static const char *const folders[] = {"blobs", "content", "events"};

struct making {
	const struct backup *b;
	json_t *files;
	struct backup_report report;
};

static void json_done(json_t **j)
{
	json_decref(*j);
}

static void join(str folder, str name, char out[COPY_PATH_MAX])
{
	snprintf(out, COPY_PATH_MAX, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(name));
}

static int note_file(struct making *m, str name, const struct copied *copy, struct err *e)
{
	json_t *row = json_pack("{s:s%, s:I, s:s}", "path", name.ptr, name.len, "size", (json_int_t)copy->size,
				"sha256", copy->sha256.text);

	/* jansson refuses text that is not UTF-8: such a file name is not one of ours. */
	if (!row)
		return err_set_value(e, ERR_RANGE, "err.backup.name", name);
	CHECK(json_array_append_new(m->files, row) == 0);
	m->report.files++;
	m->report.bytes += copy->size;
	return m->report.files > BACKUP_FILES_MAX ? err_set(e, ERR_LIMIT, "err.backup.many") : 0;
}

/* A snapshot in one step: in write-ahead mode readers do not hold writers up. */
static int copy_pages(sqlite3 *from, sqlite3 *to, struct err *e)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (!backup)
		return db_sqlite_err(to, sqlite3_errcode(to), e);
	rc = sqlite3_backup_step(backup, -1);
	(void)sqlite3_backup_finish(backup);
	if (rc != SQLITE_DONE)
		return db_sqlite_err(to, rc, e);
	/* One file without a log beside it. */
	rc = sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : db_sqlite_err(to, rc, e);
}

static int copy_records(struct db *db, struct making *m, struct err *e)
{
	char path[COPY_PATH_MAX];
	struct copied copy;
	sqlite3 *to = NULL;
	int rc;

	join(m->b->out, STR("noroshi.db"), path);
	rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK)
		rc = db_sqlite_err(to, rc, e);
	else
		rc = copy_pages(db_sqlite_handle(db), to, e);
	sqlite3_close(to);
	if (rc) {
		err_path(e, str_of(path));
		return rc;
	}
	if (chmod(path, 0600) < 0)
		return err_set(e, ERR_IO, "err.file.write");
	rc = sync_path(str_of(path), e);
	if (!rc)
		rc = digest_file(str_of(path), &copy.sha256, &copy.size, e);
	return rc ? rc : note_file(m, STR("noroshi.db"), &copy, e);
}

static int copy_one(void *ctx, str file, struct err *e)
{
	struct making *m = ctx;
	str name = str_from(file, m->b->data_folder.len + 1);
	char to[COPY_PATH_MAX];
	struct copied copy;
	int rc;

	if (str_starts(name, STR("blobs/new/")))
		return 0; /* half-written */
	join(m->b->out, name, to);
	rc = copy_file(file, str_of(to), &copy, e);
	/* Retention may remove a segment between the listing and the copy. */
	if (rc == -ERR_NOT_FOUND)
		return 0;
	return rc ? rc : note_file(m, name, &copy, e);
}

static int copy_folders(struct making *m, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		char from[COPY_PATH_MAX];
		int rc;

		join(m->b->data_folder, str_of(folders[i]), from);
		if (!file_exists(str_of(from)))
			continue;
		rc = folder_walk(str_of(from), STR_NONE, copy_one, m, e);
		if (rc)
			return rc;
	}
	return 0;
}

static int write_manifest(struct making *m, struct err *e)
{
	_cleanup_(json_done) json_t *manifest = NULL;
	_cleanup_free_ char *text = NULL;
	char path[COPY_PATH_MAX], made_at[TIME_TEXT_MAX];

	time_format(m->b->now, made_at);
	manifest = json_pack("{s:i, s:s, s:s, s:O}", "format", BACKUP_FORMAT, "made_at", made_at, "program",
			     "noroshi " NOROSHI_VERSION, "files", m->files);
	CHECK(manifest != NULL);
	text = json_dumps(manifest, JSON_INDENT(1));
	CHECK(text != NULL);
	join(m->b->out, STR("manifest.json"), path);
	return file_write_atomic(str_of(path), str_of(text), 0600, e);
}

static int refuse_inside(const struct backup *b, struct err *e)
{
	str rest = str_from(b->out, b->data_folder.len);
	bool is_own = str_starts(rest, STR("/backups/"));

	/* A backup inside of what it copies would copy itself; <data>/backups is not copied. */
	if (str_starts(b->out, b->data_folder) && !is_own && (rest.len == 0 || rest.ptr[0] == '/'))
		return err_set_value(e, ERR_RANGE, "err.backup.inside", b->out);
	return 0;
}

int backup_make(struct db *db, const struct backup *b, struct backup_report *ret, struct err *e)
{
	_cleanup_(json_done) json_t *files = json_array();
	struct making m = {.b = b, .files = files};
	bool is_empty;
	int rc;

	CHECK(files != NULL && !db_in_transaction(db));
	if (b->out.len + 128 > COPY_PATH_MAX || b->data_folder.len + 128 > COPY_PATH_MAX)
		return err_set_value(e, ERR_RANGE, "err.file.path", b->out);
	rc = refuse_inside(b, e);
	if (!rc)
		rc = folder_is_empty(b->out, &is_empty, e);
	if (!rc && !is_empty)
		rc = err_set_value(e, ERR_CONFLICT, "err.backup.not_empty", b->out);
	if (!rc)
		rc = folder_make(b->out, e);
	if (!rc)
		rc = copy_records(db, &m, e);
	if (!rc)
		rc = copy_folders(&m, e);
	if (!rc)
		rc = write_manifest(&m, e);
	if (!rc)
		*ret = m.report;
	return rc;
}
