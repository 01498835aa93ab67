/* lists: the indicators that live events are compared with, shared between generations of rules.
 *
 * Millions of indicators take seconds to read, rules milliseconds: a set lives as long as no file of it changed,
 * however often rules are swapped. Where lists come from: <data folder>/indicators (made by whoever uses it), the
 * configured files and folders, one list of the content in the demo; warning lists from content/warninglists and the
 * configuration.
 */
#ifndef FLOW_ALERT_LISTS_H
#define FLOW_ALERT_LISTS_H

#include <stdatomic.h>

#include "flow/intel/intel.h"
#include "os/env.h"

#define LISTS_FOLDER "indicators" /* in the data folder */

struct lists_options {
	const struct env *env; /* NULL: no indicators at all */
	str data_folder;
	const str *paths, *warnings; /* files and folders */
	size_t path_count, warning_count;
	str content; /* a list of the content, e.g. the demo's; may be empty */
};

struct lists {
	struct intel_set *set;
	uint64_t stamp;    /* of all files that it was read from */
	uint64_t number;   /* 1, 2, …: another set of lists, another number */
	time_us loaded_at; /* wall clock */
	time_us took;
	_Atomic uint32_t holders;
};

/* The same lists again, with one more holder, when nothing changed since `old` (may be NULL); else new ones. A list
 * that cannot be used is told in its intel_list; a configured path that is not there is an error. */
int lists_load(const struct lists_options *o, struct lists *old, struct lists **ret, struct err *e) MUST_CHECK;
void lists_give(struct lists *l); /* the last holder frees; NULL is fine */

#endif
