/* A correlation as the loader leaves it and the engine reads it. Source: Sigma 2.1.0, "Correlation Rules". */
#ifndef FLOW_DETECT_CORRELATION_H
#define FLOW_DETECT_CORRELATION_H

#include "flow/detect/refs.h"

#define CORRELATIONS_MAX 10000u
#define CORRELATION_RULES_MAX 64u  /* rules of one correlation */
#define CORRELATION_FIELDS_MAX 16u /* group-by, and fields of a condition */
#define CORRELATION_ALIASES_MAX 256u
#define CORRELATION_CHAIN_MAX 8u              /* correlations upon correlations */
#define CORRELATION_SPAN_MAX (400 * TIME_DAY) /* longer windows never end in practice */
#define CORRELATION_ALL_FIELDS_MAX 4096u      /* different fields that all correlations of a set read */

enum correlation_type {
	CORRELATE_EVENT_COUNT,
	CORRELATE_VALUE_COUNT,
	CORRELATE_TEMPORAL,
	CORRELATE_TEMPORAL_ORDERED,
	CORRELATE_VALUE_SUM,
	CORRELATE_VALUE_AVG,
	CORRELATE_VALUE_PERCENTILE,
	CORRELATE_VALUE_MEDIAN,
	CORRELATE_TYPE_COUNT
};

enum bound_op { BOUND_GT, BOUND_GTE, BOUND_LT, BOUND_LTE, BOUND_EQ, BOUND_NEQ, BOUND_OP_COUNT };

struct bound {
	enum bound_op op;
	double value;
};

/* aliases: alias → rule → field */
struct alias {
	str name, field;
	struct rule_ref who;
	uint32_t rule; /* position in refs, once resolved */
};

struct correlation {
	struct rule meta; /* until the seal */
	uint32_t rule;    /* its own index in set->rules */
	enum correlation_type type;
	time_us span;
	struct rule_ref *refs;
	uint32_t *rules; /* by position: index in set->rules */
	uint32_t ref_count;
	struct alias *aliases;
	uint32_t alias_count;
	struct rule_ref *group, *fields; /* names with their places */
	uint32_t group_count, field_count;
	uint32_t *group_at, *field_at; /* [position][i]: index in set->correlation_fields */
	struct bound bounds[BOUND_OP_COUNT];
	uint32_t bound_count; /* all must hold */
	struct expr expr;     /* over positions; when the condition is a text */
	bool has_expr;
	double percentile;
	bool has_percentile; /* else value_percentile is about the share of a value */
	bool eager;          /* more events cannot undo a match: judged at each event, else when a window is over */
	bool generate, failed;
	uint32_t depth;  /* 0: not resolved */
	uint64_t digest; /* of its content and of all rules it is made of */
	str condition;   /* in words that need no language: "event_count >= 5" */
};

/* Correlation and position that hear of a rule's matches. */
struct subscription {
	uint32_t correlation, position;
};

struct correlation_field {
	str name;
	uint32_t name_id;
};

/* correlation.c: one document. */
int correlation_compile(struct compile *c, const struct yaml_node *doc) MUST_CHECK;
/* resolve.c: at the seal. Correlations that cannot work become problems; the others become rules of the set, in an
 * order in which each comes after those it builds upon. */
void correlations_resolve(struct rule_set *set);
/* condition_text.c: fills x->condition and x->digest, for a correlation whose rules are found. */
void correlation_describe(struct rule_set *set, struct correlation *x);

#endif
