/* From a backup's folder into an empty data folder: first everything is checked, then copied, then opened. */
#include <jansson.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "os/file.h"
#include "store/backup.h"
#include "store/copy.h"

struct entry {
	str path, sha256;
	uint64_t size;
};

static void json_done(json_t **j)
{
	json_decref(*j);
}

static int damaged(str file, struct err *e)
{
	return err_set_value(e, ERR_CORRUPT, "err.restore.damaged", file);
}

static void join(str folder, str name, char out[COPY_PATH_MAX])
{
	snprintf(out, COPY_PATH_MAX, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(name));
}

/* Only names that backup_make writes: nothing absolute, nothing that climbs. */
static bool path_is_ours(str path)
{
	static const char *const starts[] = {"blobs/", "content/", "events/"};
	str rest = path, part;

	if (path.len > 1024)
		return false;
	while (str_next(&rest, '/', &part))
		if (part.len == 0 || str_eq(part, STR(".")) || str_eq(part, STR("..")))
			return false;
	for (size_t i = 0; i < COUNT_OF(starts); i++)
		if (str_starts(path, str_of(starts[i])))
			return true;
	return str_eq(path, STR("noroshi.db"));
}

static int read_entry(json_t *row, struct entry *ret, struct err *e)
{
	const char *path = NULL, *sha256 = NULL;
	json_int_t size = -1;

	if (json_unpack(row, "{s:s, s:I, s:s}", "path", &path, "size", &size, "sha256", &sha256) < 0 || size < 0 ||
	    strlen(sha256) != DIGEST_HEX)
		return damaged(STR("manifest.json"), e);
	if (!path_is_ours(str_of(path)))
		return err_set_value(e, ERR_CORRUPT, "err.restore.path", str_of(path));
	*ret = (struct entry){str_of(path), str_of(sha256), (uint64_t)size};
	return 0;
}

static int read_manifest(str from, json_t **ret, struct err *e)
{
	_cleanup_(buf_done) struct buf text;
	char path[COPY_PATH_MAX];
	json_error_t where;
	json_t *manifest;
	int rc;

	buf_init(&text, BACKUP_MANIFEST_MAX + 1);
	join(from, STR("manifest.json"), path);
	rc = file_read(str_of(path), BACKUP_MANIFEST_MAX, &text, e);
	if (rc == -ERR_NOT_FOUND)
		return err_set_value(e, ERR_NOT_FOUND, "err.restore.no_manifest", from);
	if (rc)
		return rc;
	manifest = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &where);
	if (!manifest)
		return damaged(str_of(path), e);
	if (json_integer_value(json_object_get(manifest, "format")) != BACKUP_FORMAT) {
		json_decref(manifest);
		return err_set_value(e, ERR_UNSUPPORTED, "err.restore.format", from);
	}
	*ret = manifest;
	return 0;
}

static int check_file(str from, const struct entry *entry, struct err *e)
{
	char path[COPY_PATH_MAX];
	struct digest_hex hash;
	uint64_t size;
	int rc;

	join(from, entry->path, path);
	rc = digest_file(str_of(path), &hash, &size, e);
	if (rc == -ERR_NOT_FOUND || (!rc && (size != entry->size || !str_eq(digest_str(&hash), entry->sha256))))
		return damaged(str_of(path), e);
	return rc;
}

static int bring_file(const struct restore *r, const struct entry *entry, struct err *e)
{
	char from[COPY_PATH_MAX], to[COPY_PATH_MAX];
	struct copied copy;
	int rc;

	join(r->from, entry->path, from);
	join(r->data_folder, entry->path, to);
	rc = copy_file(str_of(from), str_of(to), &copy, e);
	if (!rc && !str_eq(digest_str(&copy.sha256), entry->sha256))
		rc = damaged(str_of(from), e);
	return rc;
}

static int each_entry(const struct restore *r, json_t *files, bool bring, struct backup_report *report, struct err *e)
{
	json_t *row;
	size_t i;

	json_array_foreach(files, i, row)
	{
		struct entry entry;
		int rc = read_entry(row, &entry, e);

		if (!rc)
			rc = bring ? bring_file(r, &entry, e) : check_file(r->from, &entry, e);
		if (rc)
			return rc;
		report->files++;
		report->bytes += entry.size;
	}
	return 0;
}

/* The records open, are sound, and are of this program's schema. */
static int open_records(str data_folder, struct err *e)
{
	char path[COPY_PATH_MAX];
	struct db *db;
	int rc;

	join(data_folder, STR("noroshi.db"), path);
	rc = db_open(str_of(path), &db, e);
	if (rc)
		return rc;
	rc = db_check(db, true, e);
	if (!rc)
		rc = db_migrate(db, e);
	db_close(db);
	return rc;
}

int backup_restore(const struct restore *r, struct backup_report *ret, struct err *e)
{
	_cleanup_(json_done) json_t *manifest = NULL;
	struct backup_report checked = {0}, brought = {0};
	json_t *files;
	bool is_empty;
	int rc;

	if (r->from.len + 1100 > COPY_PATH_MAX || r->data_folder.len + 1100 > COPY_PATH_MAX)
		return err_set_value(e, ERR_RANGE, "err.file.path", r->from);
	rc = folder_is_empty(r->data_folder, &is_empty, e);
	if (!rc && !is_empty)
		rc = err_set_value(e, ERR_CONFLICT, "err.restore.not_empty", r->data_folder);
	if (!rc)
		rc = read_manifest(r->from, &manifest, e);
	if (rc)
		return rc;
	files = json_object_get(manifest, "files");
	rc = each_entry(r, files, false, &checked, e);
	if (!rc && checked.files == 0)
		rc = damaged(STR("manifest.json"), e);
	if (!rc)
		rc = folder_make(r->data_folder, e);
	if (!rc)
		rc = each_entry(r, files, true, &brought, e);
	if (!rc)
		rc = open_records(r->data_folder, e);
	if (!rc)
		rc = sync_path(r->data_folder, e);
	if (!rc)
		*ret = brought;
	return rc;
}
