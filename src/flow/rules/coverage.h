/* coverage: whether a rule can ever match on the logs that the mappings know, and if not, why.
 *
 * A rule that asks for a log source or a field which nothing gives is silent for ever, and silence looks like safety.
 */
#ifndef FLOW_RULES_COVERAGE_H
#define FLOW_RULES_COVERAGE_H

#include "flow/detect/detect.h"
#include "flow/parse/parse.h"

#define REACH_MISSING_MAX 16u /* fields told of a rule that cannot match */

enum reach { REACH_CAN_MATCH, REACH_NO_SOURCE, REACH_NO_FIELDS, REACH_COUNT };

const char *reach_name(enum reach r); /* "can_match", "no_source", "no_fields" */

/* A correlation lives on the matches of rules that are judged themselves: it can match. */
enum reach rule_reach(const struct rule_set *set, const struct mapping *m, uint32_t rule_index);
/* Of a REACH_NO_FIELDS rule: the fields that no log has; when each log has some but none has all, what the first one
 * lacks. Names live as long as the set. Returns how many (at most REACH_MISSING_MAX). */
uint32_t rule_missing(const struct rule_set *set, const struct mapping *m, uint32_t rule_index,
		      str ret[REACH_MISSING_MAX]);

/* A log source that somebody's events really come from. */
struct seen_source {
	str product, category, service;
	time_us last_at;
	int64_t events;
};
/* Whether a rule of that log source meets events of one of these. A rule without a log source meets all. */
bool rule_is_fed(const struct rule *r, const struct seen_source *sources, uint32_t count);

#endif
