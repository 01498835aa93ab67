/* The zip file around a workbook, by libarchive: only the parts that are read are unpacked, within limits. */
#include <archive.h>
#include <archive_entry.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/sheet/internal.h"

#define CHUNK 65536u

static void archive_done(struct archive **a)
{
	if (*a)
		archive_read_free(*a);
}

static bool is_read(str name)
{
	return str_eq(name, STR("xl/workbook.xml")) || str_eq(name, STR("xl/_rels/workbook.xml.rels")) ||
	       str_eq(name, STR("xl/sharedStrings.xml")) || str_eq(name, STR("xl/styles.xml")) ||
	       (str_starts(name, STR("xl/worksheets/")) && str_ends(name, STR(".xml")));
}

/* What makes a workbook more than a table. */
static const char *refusal_of(str name)
{
	if (str_ends_nocase(name, STR("vbaProject.bin")) || str_starts_nocase(name, STR("xl/macrosheets/")))
		return "err.sheet.macros";
	return str_starts_nocase(name, STR("xl/externalLinks/")) ? "err.sheet.links" : NULL;
}

static int refuse(struct err *e, enum err_code code, const char *key, str part)
{
	int rc = err_set(e, code, key);

	err_path(e, part);
	return rc;
}

static int not_a_workbook(struct archive *zip, struct err *e)
{
	int rc = err_set(e, ERR_PARSE, "err.sheet.zip");
	const char *why = archive_error_string(zip);

	err_detail(e, str_of(why ? why : "zip"));
	return rc;
}

struct unpack {
	struct arena *arena;
	size_t file, total; /* bytes packed, unpacked so far */
	struct buf room;
};

static int read_part(struct unpack *u, struct archive *zip, struct sheet_part *part, struct err *e)
{
	buf_clear(&u->room);
	for (;;) {
		char *at = buf_room(&u->room, CHUNK);
		la_ssize_t got = at ? archive_read_data(zip, at, CHUNK) : 0;

		if (!at)
			return refuse(e, ERR_LIMIT, "err.sheet.unpacked", part->name);
		if (got < 0)
			return not_a_workbook(zip, e);
		if (got == 0)
			break;
		buf_claim(&u->room, (size_t)got);
		u->total += (size_t)got;
		if (u->total > SHEET_UNPACKED_MAX ||
		    (u->total > SHEET_RATIO_FREE && u->total / SHEET_RATIO_MAX > u->file))
			return refuse(e, ERR_LIMIT, "err.sheet.unpacked", part->name);
	}
	part->bytes = arena_str(u->arena, buf_str(&u->room));
	return part->bytes.ptr ? 0 : sheet_budget(e);
}

static int next_part(struct unpack *u, struct archive *zip, struct archive_entry *entry, struct sheet_parts *parts,
		     struct err *e)
{
	const char *path = archive_entry_pathname_utf8(entry);
	struct sheet_part *part = &parts->items[parts->count];
	str name = str_of(path ? path : "");
	const char *refusal = refusal_of(name);
	int rc;

	if (refusal)
		return refuse(e, ERR_UNSUPPORTED, refusal, name);
	if (archive_entry_is_encrypted(entry))
		return err_set(e, ERR_UNSUPPORTED, "err.sheet.encrypted");
	if (!is_read(name) || sheet_part_find(parts, name).ptr)
		return 0;
	part->name = arena_str(u->arena, name);
	if (!part->name.ptr)
		return sheet_budget(e);
	rc = read_part(u, zip, part, e);
	if (!rc)
		parts->count++;
	return rc;
}

static int read_all(struct unpack *u, struct archive *zip, struct sheet_parts *parts, struct err *e)
{
	struct archive_entry *entry;
	uint32_t seen = 0;
	int got, rc = 0;

	while (!rc && (got = archive_read_next_header(zip, &entry)) == ARCHIVE_OK) {
		if (++seen > SHEET_PARTS_MAX)
			return err_set(e, ERR_LIMIT, "err.sheet.parts");
		rc = next_part(u, zip, entry, parts, e);
	}
	if (!rc && got != ARCHIVE_EOF)
		return not_a_workbook(zip, e);
	return rc;
}

int sheet_unzip(str bytes, struct arena *a, struct sheet_parts *ret, struct err *e)
{
	_cleanup_(archive_done) struct archive *zip = archive_read_new();
	struct unpack u = {.arena = a, .file = bytes.len};
	struct sheet_parts parts = {.items = arena_alloc(a, SHEET_PARTS_MAX * sizeof(*parts.items))};
	int rc;

	if (!parts.items)
		return sheet_budget(e);
	CHECK(zip != NULL);
	archive_read_support_format_zip_seekable(zip);
	/* A zip has a directory at its end; what it does not list does not exist. */
	if (archive_read_open_memory(zip, bytes.ptr, bytes.len) != ARCHIVE_OK)
		return not_a_workbook(zip, e);
	buf_init(&u.room, SHEET_UNPACKED_MAX + CHUNK);
	rc = read_all(&u, zip, &parts, e);
	buf_done(&u.room);
	if (!rc)
		*ret = parts;
	return rc;
}

str sheet_part_find(const struct sheet_parts *parts, str name)
{
	for (uint32_t i = 0; i < parts->count; i++)
		if (str_eq(parts->items[i].name, name))
			return parts->items[i].bytes;
	return STR_NONE;
}
