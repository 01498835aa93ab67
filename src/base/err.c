#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"

static const char *const code_names[ERR_CODE_COUNT] = {
	[ERR_NONE] = "none",
	[ERR_LIMIT] = "limit",
	[ERR_PARSE] = "parse",
	[ERR_RANGE] = "range",
	[ERR_IO] = "io",
	[ERR_FULL] = "full",
	[ERR_NOT_FOUND] = "not_found",
	[ERR_DENIED] = "denied",
	[ERR_AUTH] = "auth",
	[ERR_CONFLICT] = "conflict",
	[ERR_BUSY] = "busy",
	[ERR_WRONG_STATE] = "wrong_state",
	[ERR_UNSUPPORTED] = "unsupported",
	[ERR_CORRUPT] = "corrupt",
	[ERR_TIMEOUT] = "timeout",
	[ERR_INTERNAL] = "internal",
};

/* Copies at most size - 1 bytes and never leaves half a UTF-8 sequence at the cut. */
static void slot_fill(char *slot, size_t size, str text)
{
	size_t len = text.len < size - 1 ? text.len : size - 1;

	if (len < text.len)
		while (len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80)
			len--;
	if (len)
		memmove(slot, text.ptr, len);
	slot[len] = '\0';
}

int err_set(struct err *e, enum err_code code, const char *id)
{
	CHECK(code > ERR_NONE && code < ERR_CODE_COUNT);
	CHECK(id != NULL);
	if (e) {
		memset(e, 0, sizeof(*e));
		e->code = code;
		e->id = id;
	}
	return -(int)code;
}

int err_set_value(struct err *e, enum err_code code, const char *id, str value)
{
	int rc = err_set(e, code, id);

	err_value(e, value);
	return rc;
}

int err_set_errno(struct err *e, const char *id, str path, int errno_value)
{
	enum err_code code = ERR_IO;
	char words[ERR_SLOT_MAX];

	if (errno_value == ENOSPC || errno_value == EDQUOT)
		code = ERR_FULL;
	else if (errno_value == ENOENT)
		code = ERR_NOT_FOUND;
	err_set(e, code, id);
	err_path(e, path);
	err_detail(e, str_of(strerror_r(errno_value, words, sizeof(words))));
	return -(int)code;
}

void err_path(struct err *e, str path)
{
	if (e)
		slot_fill(e->path, sizeof(e->path), path);
}

void err_at(struct err *e, uint32_t line, uint32_t column)
{
	if (e) {
		e->line = line;
		e->column = column;
	}
}

void err_value(struct err *e, str value)
{
	if (e)
		slot_fill(e->value, sizeof(e->value), value);
}

void err_expected(struct err *e, str expected)
{
	if (e)
		slot_fill(e->expected, sizeof(e->expected), expected);
}

void err_detail(struct err *e, str detail)
{
	if (e)
		slot_fill(e->detail, sizeof(e->detail), detail);
}

void err_detail_fmt(struct err *e, const char *fmt, ...)
{
	va_list args;

	if (!e)
		return;
	va_start(args, fmt);
	vsnprintf(e->detail, sizeof(e->detail), fmt, args);
	va_end(args);
}

const char *err_code_name(enum err_code code)
{
	CHECK(code >= ERR_NONE && code < ERR_CODE_COUNT);
	return code_names[code];
}
