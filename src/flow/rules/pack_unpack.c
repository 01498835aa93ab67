/* The rules in an archive (tar, tar.gz, tar.zst, zip), read by libarchive in a child without privileges.
 *
 * Out of the child: for each kept file "name length\nname\nsize\nbytes". The parent checks the names again: a broken
 * child cannot make it write elsewhere.
 */
#include <archive.h>
#include <archive_entry.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "flow/rules/pack_internal.h"

#define CHUNK 65536u

static void archive_done(struct archive **a)
{
	if (*a)
		archive_read_free(*a);
}

bool pack_path_ok(str path)
{
	str rest = path, part;

	if (path.len == 0 || path.len > PACK_PATH_MAX || path.ptr[0] == '/' || !utf8_is_valid(path))
		return false;
	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.ptr[i] < 0x20 || path.ptr[i] == '\\' || path.ptr[i] == 0x7f)
			return false;
	while (str_next(&rest, '/', &part))
		if (part.len == 0 || part.ptr[0] == '.' || part.len > 200)
			return false;
	return true;
}

static str last_part(str path)
{
	return str_from(path, (size_t)(str_find_last_byte(path, '/') + 1));
}

bool pack_is_rule(str path)
{
	return str_ends_nocase(path, STR(".yml")) || str_ends_nocase(path, STR(".yaml"));
}

bool pack_is_licence(str path)
{
	str name = last_part(path);

	return str_starts_nocase(name, STR("LICENSE")) || str_starts_nocase(name, STR("LICENCE")) ||
	       str_eq_nocase(name, STR("COPYING"));
}

static int broken(struct archive *a, struct err *e)
{
	const char *why = archive_error_string(a);
	int rc = err_set(e, ERR_PARSE, "err.pack.archive");

	err_detail(e, str_of(why ? why : ""));
	return rc;
}

struct unpacking {
	struct buf *out;
	struct buf room; /* one file */
	size_t in, total;
	uint32_t files;
};

static int read_file(struct unpacking *u, struct archive *a, str path, struct err *e)
{
	buf_clear(&u->room);
	for (;;) {
		char *at = buf_room(&u->room, CHUNK);
		la_ssize_t got = at ? archive_read_data(a, at, CHUNK) : 0;

		if (got < 0)
			return broken(a, e);
		u->total += (size_t)got;
		/* A bomb: little in, much out. */
		if (!at || u->total > PACK_UNPACKED_MAX ||
		    (u->total > PACK_RATIO_FREE && u->total / PACK_RATIO_MAX > u->in))
			return err_set_value(e, ERR_LIMIT, "err.pack.bomb", path);
		if (got == 0)
			break;
		buf_claim(&u->room, (size_t)got);
	}
	buf_add_fmt(u->out, "%zu\n" STR_FMT "\n%zu\n", path.len, STR_ARG(path), u->room.len);
	buf_add(u->out, buf_str(&u->room));
	return u->out->failed ? err_set_value(e, ERR_LIMIT, "err.pack.bomb", path) : 0;
}

static int take_entry(struct unpacking *u, struct archive *a, struct archive_entry *entry, struct err *e)
{
	/* The bytes as they are: a conversion would load tables, which the child may not open. */
	const char *name = archive_entry_pathname(entry);
	str path = str_of(name ? name : "");

	while (str_starts(path, STR("./")))
		path = str_from(path, 2);
	if (++u->files > PACK_FILES_MAX)
		return err_set(e, ERR_LIMIT, "err.pack.files");
	/* Whoever packs ".." or "/etc" means harm: the whole archive is refused. A link leads elsewhere, too. */
	if (path.len && (path.ptr[0] == '/' || str_eq(path, STR("..")) || str_starts(path, STR("../")) ||
			 str_find(path, STR("/../")) >= 0 || str_ends(path, STR("/.."))))
		return err_set_value(e, ERR_DENIED, "err.pack.path", path);
	if (archive_entry_filetype(entry) == AE_IFLNK || archive_entry_hardlink(entry))
		return pack_is_rule(path) ? err_set_value(e, ERR_DENIED, "err.pack.link", path) : 0;
	if (archive_entry_filetype(entry) != AE_IFREG || !pack_path_ok(path) ||
	    (!pack_is_rule(path) && !pack_is_licence(path)))
		return 0;
	return read_file(u, a, path, e);
}

static int unpack_run(str in, struct buf *out, struct err *e)
{
	_cleanup_(archive_done) struct archive *a = archive_read_new();
	struct unpacking u = {.out = out, .in = in.len};
	struct archive_entry *entry;
	int got, rc = 0;

	CHECK(a != NULL);
	archive_read_support_format_tar(a);
	archive_read_support_format_zip(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_zstd(a);
	if (archive_read_open_memory(a, in.ptr, in.len) != ARCHIVE_OK)
		return broken(a, e);
	buf_init(&u.room, PACK_FILE_MAX + CHUNK);
	while (!rc && (got = archive_read_next_header(a, &entry)) == ARCHIVE_OK)
		rc = take_entry(&u, a, entry, e);
	if (!rc && got != ARCHIVE_EOF)
		rc = broken(a, e);
	buf_done(&u.room);
	return rc;
}

static const char *const unpack_keys[] = {"err.pack.archive", "err.pack.bomb", "err.pack.files",
					  "err.pack.path",    "err.pack.link", NULL};

const struct child_part pack_unpack_part = {
	.name = "rulepack", .reach = CHILD_PURE, .run = unpack_run, .keys = unpack_keys};

/* ---- in the parent ---- */

static bool next_number(str *rest, size_t *ret)
{
	uint64_t number;
	str line;

	if (!rest->ptr || !str_next(rest, '\n', &line) || !str_to_u64(line, &number))
		return false;
	*ret = (size_t)number;
	return true;
}

static bool next_bytes(str *rest, size_t len, str *ret)
{
	if (!rest->ptr || rest->len < len)
		return false;
	*ret = str_sub(*rest, 0, len);
	*rest = str_from(*rest, len);
	return true;
}

int pack_each_file(str unpacked, int (*fn)(void *ctx, str path, str bytes, struct err *e), void *ctx, struct err *e)
{
	int rc = 0;

	while (!rc && unpacked.len) {
		size_t name_len, size;
		str path, bytes, newline;

		if (!next_number(&unpacked, &name_len) || !next_bytes(&unpacked, name_len, &path) ||
		    !next_bytes(&unpacked, 1, &newline) || !next_number(&unpacked, &size) ||
		    !next_bytes(&unpacked, size, &bytes) || !pack_path_ok(path))
			return err_set(e, ERR_CORRUPT, "err.pack.child");
		rc = fn(ctx, path, bytes, e);
	}
	return rc;
}
