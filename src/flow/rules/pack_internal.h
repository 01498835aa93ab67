/* What the files about packs share. */
#ifndef FLOW_RULES_PACK_INTERNAL_H
#define FLOW_RULES_PACK_INTERNAL_H

#include "flow/rules/pack.h"

bool pack_path_ok(str path); /* relative, no "..", no hidden parts, no control characters */
bool pack_is_rule(str path);
bool pack_is_licence(str path);
/* Walks what pack_unpack_part gave. */
int pack_each_file(str unpacked, int (*fn)(void *ctx, str path, str bytes, struct err *e), void *ctx,
		   struct err *e) MUST_CHECK;

#endif
