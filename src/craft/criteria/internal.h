/* What the files of this room share. */
#ifndef CRAFT_CRITERIA_INTERNAL_H
#define CRAFT_CRITERIA_INTERNAL_H

#include "base/buf.h"
#include "craft/criteria/criteria.h"

int triage_check(const struct triage_table *t, struct err *e) MUST_CHECK;
int policy_check(const struct policy_table *t, struct err *e) MUST_CHECK;
int policy_first_edition(struct arena *a, struct policy_table *ret, struct err *e) MUST_CHECK;

/* The body as it is kept: JSON. ERR_CORRUPT err.criteria.body for what is no table. */
int criteria_write(const struct criteria *c, struct buf *out, struct err *e) MUST_CHECK;
int criteria_read(str body, struct arena *a, struct criteria *ret, struct err *e) MUST_CHECK;

#endif
