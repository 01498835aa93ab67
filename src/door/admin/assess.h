/* What assess.c and assess_plan.c share. */
#ifndef DOOR_ADMIN_ASSESS_H
#define DOOR_ADMIN_ASSESS_H

#include "centre/exchange/exchange.h"
#include "door/admin/internal.h"

/* A plan as JSON, sentences in `lang`; rows that change nothing and say nothing are left out. */
json_t *assess_plan_json(const struct exchange_plan *p, enum lang lang);

#endif
