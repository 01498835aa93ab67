/* Documents that refer to rules: how they name them, and filters. */
#ifndef FLOW_DETECT_REFS_H
#define FLOW_DETECT_REFS_H

#include "flow/detect/internal.h"

/* A rule that another document names by id or name. */
struct rule_ref {
	str text;
	uint32_t line, column;
};

#define REFS_MAX 1000u
#define FILTERS_MAX 10000u
#define FILTERS_PER_RULE_MAX 1000u

/* A filter waits until the set is sealed: the rules that it names may come later. */
struct filter {
	struct rule meta;
	struct expr pass; /* what an event must hold to get through */
	bool any;         /* every rule of its log source */
	struct rule_ref *refs;
	uint32_t ref_count;
};

/* filter.c */
int filter_compile(struct compile *c, const struct yaml_node *doc) MUST_CHECK;
void filters_apply(struct rule_set *set); /* part of the seal: problems and notes go to the set */
bool filter_fits(const struct rule *filter, const struct rule *rule); /* log source only */
/* refs.c */
int refs_read(struct compile *c, const struct yaml_node *node, struct rule_ref **ret, uint32_t *ret_count) MUST_CHECK;
void refs_index(struct rule_set *set);
/* The rule meant by a reference in a document of `path`: by id, by name in the same file, by a name that is the only
 * one. Fills e, with its place, when there is none. */
int ref_find(const struct rule_set *set, str path, const struct rule_ref *ref, uint32_t *ret_rule,
	     struct err *e) MUST_CHECK;

#endif
