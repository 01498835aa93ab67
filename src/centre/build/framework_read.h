/* Reading a framework's YAML: typed access to nodes with errors that name the place. Only for this room. */
#ifndef CENTRE_BUILD_FRAMEWORK_READ_H
#define CENTRE_BUILD_FRAMEWORK_READ_H

#include "centre/build/framework.h"
#include "codec/yaml.h"

struct fw_reader {
	str path;
	struct arena *arena;
	const struct yaml_node *sources;
	struct err *e;
};

/* Only these keys (NULL-terminated) may stand in the map; a wrong kind of node is refused too. */
int fw_keys(struct fw_reader *r, const struct yaml_node *node, const char *const *keys) MUST_CHECK;
/* The list below a key, with least..most items. */
int fw_list(struct fw_reader *r, const struct yaml_node *node, str key, uint32_t least, uint32_t most,
	    const struct yaml_node **ret) MUST_CHECK;
/* A non-empty scalar. */
int fw_string(struct fw_reader *r, const struct yaml_node *node, str key, str *ret) MUST_CHECK;
/* A whole number in [least, most]. */
int fw_number(struct fw_reader *r, const struct yaml_node *node, str key, const uint32_t range[2],
	      uint32_t *ret) MUST_CHECK;
/* {en: …, ja: …}, both there. */
int fw_both(struct fw_reader *r, const struct yaml_node *node, str key, struct fw_text *ret) MUST_CHECK;
/* name, source and verified of one node. */
int fw_named(struct fw_reader *r, const struct yaml_node *node, struct fw_name *ret) MUST_CHECK;
/* ERR_PARSE with the node's place, its text as value and what was expected. */
int fw_refuse(struct fw_reader *r, const struct yaml_node *node, const char *key, str expected);

#endif
