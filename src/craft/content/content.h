/* content: what analysts edit without a compiler (frameworks, mappings, rules, demo stories), embedded at build and
 * overridden by files of the same path below <data>/content.
 *
 * Why embedded: the binary works from any folder. Why overridable: a user adds a mapping or a rule with an editor.
 * Paths are relative to content/, with '/', e.g. "frameworks/x1060.yaml".
 */
#ifndef CRAFT_CONTENT_H
#define CRAFT_CONTENT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define CONTENT_FILE_MAX (16u << 20)

/* A file inside the binary; made by tools/gen_embed.py. */
struct embedded {
	str path;
	str bytes;
	str gzip;         /* empty when it does not pay */
	const char *etag; /* 20 hex digits of the SHA-256 */
	const char *mime;
};

extern const struct embedded content_files[];
extern const size_t content_files_count;

/* Sorted table, binary search; NULL when absent. */
const struct embedded *embedded_find(const struct embedded *files, size_t count, str path);

/* Reads a content file: data_folder's copy when there is one, else the embedded one. data_folder may be empty. */
int content_read(str data_folder, str path, struct buf *out, struct err *e) MUST_CHECK;

/* Where the bytes of a path come from. Words key "content.origin.<name>". */
enum content_origin { CONTENT_BUILT_IN, CONTENT_OVERRIDDEN, CONTENT_ADDED };
const char *content_origin_name(enum content_origin origin); /* "built_in", "overridden", "added" */
enum content_origin content_origin(str data_folder, str path);

/* Calls fn(path) for each content file whose path starts with prefix, embedded and added ones, in byte order, once. */
int content_each(str data_folder, str prefix, int (*fn)(void *ctx, str path, struct err *e), void *ctx,
		 struct err *e) MUST_CHECK;

#endif
