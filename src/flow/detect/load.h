/* Loading: the YAML of one file as a tree, and a whole folder of them. */
#ifndef FLOW_DETECT_LOAD_H
#define FLOW_DETECT_LOAD_H

#include "flow/detect/internal.h"

/* The YAML of one file, or why there is none. Reading needs nothing of the set, adding belongs to its thread. */
struct rule_tree {
	struct arena arena;
	struct yaml_node *docs;
	uint32_t count;
	bool failed;
	struct err problem;
};
void rule_tree_init(struct rule_tree *t);
void rule_tree_done(struct rule_tree *t);
void rule_tree_read(struct rule_tree *t, str text, str path);
int rule_tree_add(struct rule_set *set, str path, const struct rule_tree *t, struct err *e) MUST_CHECK;
/* Every *.yml and *.yaml below, in the order of their paths. */
int rule_set_load_folder(struct rule_set *set, str folder, struct err *e) MUST_CHECK;

#endif
