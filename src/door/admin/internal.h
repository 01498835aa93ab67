/* What the files of door/admin share. */
#ifndef DOOR_ADMIN_INTERNAL_H
#define DOOR_ADMIN_INTERNAL_H

#include "base/check.h"
#include "base/mem.h"
#include "door/admin/admin.h"

/* json_unpack_ex with our error. The format ends with '!' so that unknown members are refused. */
#define admin_read(c, e, ...)                                                                                          \
	({                                                                                                             \
		json_error_t where_;                                                                                   \
		json_t *in_ = (c)->in ? (json_t *)(uintptr_t)(c)->in : NULL;                                           \
		!in_ || json_unpack_ex(in_, &where_, 0, __VA_ARGS__) < 0 ? admin_input(in_ ? where_.text : "", e) : 0; \
	})
int admin_input(const char *words, struct err *e);

/* Never NULL: no memory aborts, as everywhere. */
json_t *admin_json(json_t *j);
json_t *admin_text(str s);
json_t *admin_time(time_us t); /* RFC 3339; null when 0 */
time_us admin_now(const struct admin_call *c);
/* The administrator of the whole installation: the socket, or that role in the first organisation. */
int admin_is_first(const struct admin_call *c, bool *ret, struct err *e) MUST_CHECK;
/* fn between db_begin and db_commit. */
int admin_write(const struct admin_call *c, admin_fn fn, json_t **ret, struct err *e) MUST_CHECK;

#endif
