/* services: a short list of services of the catalogue as one text, "B-1 B-3": ids with one blank between two. For
 * records that belong to several services (procedures, contracts). */
#ifndef CRAFT_WORK_SERVICES_H
#define CRAFT_WORK_SERVICES_H

#include "base/arena.h"
#include "base/err.h"

#define SERVICES_LIST_MAX 128u /* ids of one list */

/* Takes the next id off *rest: `while (services_next(&rest, &id))`. */
bool services_next(str *rest, str *ret_id);
bool services_have(str list, str id);
/* Which ids there are: the caller knows the catalogue. NULL = every id. */
struct services_known {
	bool (*has)(const void *ctx, str id);
	const void *ctx;
};
/* What a person typed ("b-1, B-3;B-1") as a list without doubles, in upper case.
 * ERR_RANGE err.work.unknown_service with value = the id that is none; ERR_LIMIT err.work.many_services. */
int services_read(str typed, const struct services_known *known, struct arena *a, str *ret, struct err *e) MUST_CHECK;

#endif
