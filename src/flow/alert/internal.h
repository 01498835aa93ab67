#ifndef FLOW_ALERT_INTERNAL_H
#define FLOW_ALERT_INTERNAL_H

#include "flow/alert/alert.h"

#define RULE_TAGS_MAX 2000u /* bytes of an alert's tags */

/* The tags of a rule as an alert keeps them; valid until the next change of out. */
str rule_tags(const struct rule *r, struct buf *out);

#endif
