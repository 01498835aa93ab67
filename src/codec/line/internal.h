/* What the formats of this room share. */
#ifndef CODEC_LINE_INTERNAL_H
#define CODEC_LINE_INTERNAL_H

#include "codec/line/line.h"

/* One leaf; both texts are slices of the line or of the arena. False when the arena's budget is spent. */
bool line_add(struct leaves *l, str key, str text);
static inline bool line_add_named(struct leaves *l, const char *name, str text)
{
	return line_add(l, str_of(name), text);
}

/* What a backslash does: "\n" and "\r" become line ends when `ends`; before a byte of `plain` it goes away; before
 * anything else it stays. s itself when there is none; .ptr is NULL when the budget is spent. */
str line_unescape(struct leaves *l, str s, const char *plain, bool ends);

/* A byte of a key. */
bool line_is_key(char c);

/* LINE_OTHER with the leaves put back, or LINE_FULL. */
enum line_result line_give_up(struct leaves *l, uint32_t count, bool full);

/* Text between quotes that begins at s.ptr[0]: its length without the quotes, or -1 when there is no closing one. */
ptrdiff_t line_quoted(str s);

#endif
