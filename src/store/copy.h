/* copy: files into a backup and back, hashed on the way and on the disk when the call returns. For this room only. */
#ifndef STORE_COPY_H
#define STORE_COPY_H

#include "os/digest.h"

#define COPY_PATH_MAX 4096

struct copied {
	struct digest_hex sha256;
	uint64_t size;
};

/* Makes the folders of `to`; refuses to write over a file. Copies as many bytes as `from` has when it is opened. */
int copy_file(str from, str to, struct copied *ret, struct err *e) MUST_CHECK;
/* No entries, or only a lock file, or no such folder. */
int folder_is_empty(str path, bool *ret, struct err *e) MUST_CHECK;
int sync_path(str path, struct err *e) MUST_CHECK;

#endif
