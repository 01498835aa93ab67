/* rules_load: the rules a verb was asked to use, and the telling of what could not be loaded. */
#ifndef DOOR_CLI_RULES_LOAD_H
#define DOOR_CLI_RULES_LOAD_H

#include "door/cli/cli.h"
#include "flow/detect/detect.h"

/* From the paths, or the embedded content/sigma (and <data>/content/sigma) when there are none. Sealed. */
int rules_load(const struct cli *c, const str *paths, size_t count, struct name_table *names, struct rule_set **ret,
	       struct err *e) MUST_CHECK;
/* Like a compiler: one line a problem, "path:line:column: …". */
void rules_tell_problems(const struct cli *c, const struct rule_set *set);

#endif
