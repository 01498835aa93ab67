/* field: the fields of a service's state by name. Part of build.h.
 *
 * Forms, bulk edits, the trail, merging, frozen versions and exchange all walk this one table instead of naming every
 * member again. The text of a value is what a form sends: ids of levels and assignments, decimal points, "1" for yes,
 * YYYY-MM-DD for a day; "" is "none". Full-width digits are taken as digits, as people type them in Japanese.
 */
#ifndef CENTRE_BUILD_FIELD_H
#define CENTRE_BUILD_FIELD_H

#include "base/arena.h"
#include "base/err.h"

struct service_state;

enum state_field {
	FIELD_LEVEL,
	FIELD_LEVEL_REASON,
	FIELD_ASSIGNMENT,
	FIELD_TEAM,
	FIELD_PROVIDER,
	FIELD_CONTRACT,
	FIELD_OWNER,
	FIELD_DEPUTIES,
	FIELD_AREA,
	FIELD_NA,
	FIELD_NA_REASON,
	FIELD_IN_NOW,
	FIELD_IN_TARGET,
	FIELD_OUT_NOW,
	FIELD_OUT_TARGET,
	FIELD_RISK,
	FIELD_GAP_OWNER,
	FIELD_GAP_DUE,
	FIELD_COUNT
};

#define FIELD_BIT(field) (UINT32_C(1) << (field))
#define FIELDS_ALL ((UINT32_C(1) << FIELD_COUNT) - 1)
/* The results of the three steps (X.1060: catalogue, profile, portfolio). */
#define FIELDS_CATALOGUE (FIELD_BIT(FIELD_LEVEL) | FIELD_BIT(FIELD_LEVEL_REASON))
#define FIELDS_PROFILE                                                                                                 \
	(FIELD_BIT(FIELD_ASSIGNMENT) | FIELD_BIT(FIELD_TEAM) | FIELD_BIT(FIELD_PROVIDER) | FIELD_BIT(FIELD_CONTRACT) | \
	 FIELD_BIT(FIELD_OWNER) | FIELD_BIT(FIELD_DEPUTIES) | FIELD_BIT(FIELD_AREA))
#define FIELDS_PORTFOLIO (FIELDS_ALL & ~(FIELDS_CATALOGUE | FIELDS_PROFILE))

const char *state_field_name(enum state_field field); /* "in_now"; words key "build.field.<name>" */
bool state_field_parse(str name, enum state_field *ret);
bool state_field_is_number(enum state_field field); /* points, area, risk, yes */

/* Text of a value; a number's text lives in *a (STR_NONE when its budget is spent). */
str state_field_text(const struct service_state *s, enum state_field field, struct arena *a);
/* Sets from text, which must live as long as *s. ERR_RANGE with path = name, value and what is expected. */
int state_field_set(struct service_state *s, enum state_field field, str text, struct err *e) MUST_CHECK;
bool state_field_same(const struct service_state *a, const struct service_state *b, enum state_field field);
void state_field_copy(struct service_state *to, const struct service_state *from, enum state_field field);
/* Bits of the fields (of `among`) in which two states differ. */
uint32_t state_differs(const struct service_state *a, const struct service_state *b, uint32_t among);

/* Three states of one row: what was read, what is stored now, what one person wants. A field that only one side
 * changed is taken from that side; where both changed it to different values, `ret` keeps the stored one and the
 * field's bit is in the result: a conflict, to be shown with both values. Only fields of `among` are wanted. */
uint32_t state_merge(const struct service_state *base, const struct service_state *theirs,
		     const struct service_state *mine, uint32_t among, struct service_state *ret);

#endif
