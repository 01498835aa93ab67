/* draft: a file that is written piece by piece and appears whole.
 *
 * Why: a result that grows for minutes must neither be seen half written nor take the place of an older one by mistake.
 * The bytes go to a file beside; draft_finish flushes them to the disk and gives them their name, draft_drop forgets
 * them. */
#ifndef OS_DRAFT_H
#define OS_DRAFT_H

#include "base/err.h"
#include "base/str.h"

#define DRAFT_PATH_MAX 4096
#define DRAFT_KEPT (64u << 10) /* bytes gathered before a write */

struct draft {
	int fd; /* -1 = not open */
	bool replace;
	size_t kept;
	char *bytes;
	char path[DRAFT_PATH_MAX], beside[DRAFT_PATH_MAX + 16];
};

/* replace false: an existing file is ERR_CONFLICT err.file.exists, now and again at draft_finish. Mode 0600: a result
 * may hold what few should see. */
int draft_open(str path, bool replace, struct draft *ret, struct err *e) MUST_CHECK;
int draft_add(struct draft *d, str bytes, struct err *e) MUST_CHECK;
int draft_finish(struct draft *d, struct err *e) MUST_CHECK;
/* Removes what is not finished; a zeroed or finished draft may be passed. */
void draft_drop(struct draft *d);

#endif
