/* err: what went wrong, told to the caller and never to a log.
 *
 * Why: a library does not know whether its caller retries, answers a browser or ends the program. So a function that
 * can fail returns 0 or a negative code and fills a caller-owned `struct err`, which may be NULL.
 * The story holds a message KEY (po/ has the sentence and the remedy in every language) and typed slots for the words
 * that the sentence needs; it never holds a sentence. craft/words renders it.
 * Invariant: on failure outputs (`ret_…`) are untouched. On success the err is untouched.
 * Limits: slots are cut at their size, on a UTF-8 border, with no error: an err must never need memory.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/str.h"

#define MUST_CHECK __attribute__((warn_unused_result))

/* The name of a code is what programs see: in problem details, exit statuses and metrics. Text: err_code_name. */
enum err_code {
	ERR_NONE = 0,
	ERR_LIMIT,       /* a named bound was reached: size, depth, count, time, budget */
	ERR_PARSE,       /* bytes are not what the format says; path/line/column tell where */
	ERR_RANGE,       /* a value is well formed but not allowed here */
	ERR_IO,          /* the operating system said no; detail has its words */
	ERR_FULL,        /* no space: disk or quota */
	ERR_NOT_FOUND,   /* no such thing, or not yours to see */
	ERR_DENIED,      /* you are known, and may not */
	ERR_AUTH,        /* you are not known */
	ERR_CONFLICT,    /* somebody changed it meanwhile, or it exists already */
	ERR_BUSY,        /* try again; somebody holds it */
	ERR_WRONG_STATE, /* not in this state */
	ERR_UNSUPPORTED, /* a valid request for something Noroshi does not do */
	ERR_CORRUPT,     /* our own data fails its checksum or invariant */
	ERR_TIMEOUT,
	ERR_INTERNAL, /* our mistake, survived */
	ERR_CODE_COUNT
};

#define ERR_PATH_MAX 256
#define ERR_SLOT_MAX 192

struct err {
	enum err_code code;
	const char *id; /* message key such as "err.yaml.tab"; static storage */
	uint32_t line;  /* 1-based; 0 = not known */
	uint32_t column;
	char path[ERR_PATH_MAX];     /* file, or field name of a request */
	char value[ERR_SLOT_MAX];    /* the offending value */
	char expected[ERR_SLOT_MAX]; /* what would have been right: a range, a list, a suggestion */
	char detail[ERR_SLOT_MAX];   /* words of a library or of the system, English */
};

/* Resets *e and sets code and key. Returns -code, so `return err_set(e, ERR_PARSE, "err.yaml.tab");`. */
int err_set(struct err *e, enum err_code code, const char *id);
int err_set_value(struct err *e, enum err_code code, const char *id, str value);
/* From errno after a system call: ERR_FULL for ENOSPC/EDQUOT, ERR_NOT_FOUND for ENOENT, else ERR_IO; path may be empty.
 */
int err_set_errno(struct err *e, const char *id, str path, int errno_value);

/* Add to a story that is already set; each is a no-op on NULL. */
void err_path(struct err *e, str path);
void err_at(struct err *e, uint32_t line, uint32_t column);
void err_value(struct err *e, str value);
void err_expected(struct err *e, str expected);
void err_detail(struct err *e, str detail);
void err_detail_fmt(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "limit", "not_found", …; lower case, stable. */
const char *err_code_name(enum err_code code);

#endif
