/* detector: the present generation of rules, swapped whole.
 *
 * A generation (names, rules, mapping, indicators) is immutable and shared; whoever works with one takes it and gives
 * it back, and the last one frees it. detector_reload compiles beside the running generation, so detection never stops;
 * on failure the old one stays.
 */
#ifndef FLOW_ALERT_DETECTOR_H
#define FLOW_ALERT_DETECTOR_H

#include "base/err.h"
#include "flow/alert/lists.h"
#include "flow/detect/detect.h"
#include "flow/parse/parse.h"
#include "flow/rules/rules.h"

struct generation {
	uint64_t number; /* 1, 2, … */
	struct name_table *names;
	struct rule_set *rules;
	struct mapping *mapping;
	struct catalogue *catalogue; /* texts, packs, what can match */
	const struct lists *lists;   /* NULL: no indicators */
	const struct intel_fields *intel_fields;
};

struct detector;

struct detector_options {
	str data_folder;  /* content overrides; may be empty */
	const str *paths; /* rule files and folders; copied */
	size_t path_count;
	bool starter;               /* the rules of content/sigma as well */
	struct lists_options lists; /* copied; its data_folder is this one */
};

int detector_open(const struct detector_options *options, struct detector **ret, struct err *e) MUST_CHECK;
void detector_close(struct detector *d); /* nobody holds a generation any more (CHECK) */
int detector_reload(struct detector *d, struct err *e) MUST_CHECK;

const struct generation *detector_take(struct detector *d);
void detector_give(struct detector *d, const struct generation *g);
uint64_t detector_number(struct detector *d);

#endif
