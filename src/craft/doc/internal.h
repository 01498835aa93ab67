/* What the writers of craft/doc share. */
#ifndef CRAFT_DOC_INTERNAL_H
#define CRAFT_DOC_INTERNAL_H

#include "craft/doc/doc.h"

#define DOC_ARENA ((size_t)64 << 20) /* bytes: tables and charts of one document, read again */
#define DOC_CELL_MAX 8192u           /* bytes of one cell's text */

/* "class name" of a figure's legend; false at the end. */
static inline bool doc_legend_next(str *rest, str *ret_class, str *ret_name)
{
	str line;

	if (!rest->len || !str_next(rest, '\n', &line))
		return false;
	*ret_name = line;
	if (!str_next(ret_name, ' ', ret_class))
		return false;
	return true;
}

#endif
