/* Loading of mappings: helpers shared by mapping.c, shape.c and product.c. */
#ifndef FLOW_PARSE_MAPPING_H
#define FLOW_PARSE_MAPPING_H

#include "codec/yaml.h"
#include "flow/parse/internal.h"

struct load {
	struct mapping *m;
	str data_folder, path;
	const struct yaml_node *root; /* of the document being read */
	bool text_parsers;            /* the file is one of parsers/ */
	struct err *e;
};

/* All return 0 or a negative code with the story told. Texts are copied into the mapping's arena. */
int load_fail(struct load *ld, const struct yaml_node *node, const char *id);
int load_memory(struct load *ld);
int load_text(struct load *ld, const struct yaml_node *node, str *ret);
int load_list(struct load *ld, const struct yaml_node *node, str **ret, uint32_t *ret_count);
int load_key(struct load *ld, str name, key_no *ret);
int load_aliases(struct load *ld, const struct yaml_node *node, bool rename, struct aliases *out);
int load_known(struct load *ld, const struct yaml_node *node, const char *const *known);

/* origins.c */
void origin_add(struct mapping *m, const struct origin *o);

/* shape.c, product.c */
int load_shape(struct load *ld, const struct yaml_node *doc);
int load_product(struct load *ld, const struct yaml_node *doc);
/* text_parser_load.c, text_sample.c */
int load_text_parser(struct load *ld, const struct yaml_node *doc);
int text_samples_check(struct load *ld, const struct text_parser *p, const struct yaml_node *samples);
/* Lower case of ASCII letters, into out; false when it does not fit. */
bool lower_into(str s, char *out, size_t room, str *ret);
#define LOWER_ROOM 192u

#endif
