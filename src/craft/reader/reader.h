/* reader: typed reading of the YAML that analysts edit (frameworks, lenses, mappings, laws, the service map).
 *
 * Why: each of those files has its own shape, but the mistakes that people make in them are the same: a key that is
 * missing or misspelt, a word that is none of the list, a language left out. So each is told in one way, with path,
 * line, column, the value and what was expected. The first mistake ends a file. Everything read lives in the arena.
 */
#ifndef CRAFT_READER_H
#define CRAFT_READER_H

#include "codec/yaml.h"
#include "craft/words/words.h"

struct reader {
	str path; /* for messages */
	struct arena *arena;
	const struct yaml_node *sources; /* the file's list of sources, for reader_sourced; may be NULL */
	struct err *e;
};

#define READER_SOURCES_MAX 64u /* of one file */
#define READER_EN (1u << LANG_EN)
#define READER_BOTH ((1u << LANG_COUNT) - 1)

/* A name with its proof: where each language comes from and whether it was verified against that source. */
struct sourced {
	str text[LANG_COUNT]; /* empty where there is none */
	str source[LANG_COUNT];
	bool verified[LANG_COUNT];
};

/* Where names come from: the file's `sources`. */
struct reader_source {
	str id, title;
	str url; /* empty when there is none */
};

/* The one document of the file. ERR_PARSE err.reader.documents when there are more or none. */
int reader_document(struct reader *r, str text, const struct yaml_node **ret) MUST_CHECK;
/* Only these keys (NULL-terminated) may stand in the map; a wrong kind of node is refused too. */
int reader_keys(struct reader *r, const struct yaml_node *node, const char *const *keys) MUST_CHECK;
/* The list below a key, with least..most items. */
int reader_list(struct reader *r, const struct yaml_node *node, str key, const uint32_t range[2],
		const struct yaml_node **ret) MUST_CHECK;
/* A non-empty scalar. */
int reader_string(struct reader *r, const struct yaml_node *node, str key, str *ret) MUST_CHECK;
/* The same, or STR_NONE when the key is absent. */
int reader_string_if(struct reader *r, const struct yaml_node *node, str key, str *ret) MUST_CHECK;
/* A whole number in [least, most]. */
int reader_number(struct reader *r, const struct yaml_node *node, str key, const uint32_t range[2],
		  uint32_t *ret) MUST_CHECK;
/* One of the words (NULL-terminated); *ret is its index. */
int reader_word(struct reader *r, const struct yaml_node *node, str key, const char *const *words,
		uint32_t *ret) MUST_CHECK;
/* {en: …, ja: …}: the languages of `needed` must be there, others may. */
int reader_texts(struct reader *r, const struct yaml_node *node, str key, unsigned needed,
		 str ret[LANG_COUNT]) MUST_CHECK;
/* The same, empty when the key is absent. */
int reader_texts_if(struct reader *r, const struct yaml_node *node, str key, unsigned needed,
		    str ret[LANG_COUNT]) MUST_CHECK;
/* name, source and verified of one node, each with the same languages; source is a key of r->sources. */
int reader_sourced(struct reader *r, const struct yaml_node *node, unsigned needed, struct sourced *ret) MUST_CHECK;
/* The map "sources" of a file; sets r->sources. */
int reader_sources(struct reader *r, const struct yaml_node *root, struct reader_source **ret,
		   uint32_t *ret_count) MUST_CHECK;
/* The source of this id, or NULL. */
const struct reader_source *reader_source_find(const struct reader_source *sources, uint32_t count, str id);
/* ERR_PARSE with the node's place, its text as value and what was expected. */
int reader_refuse(struct reader *r, const struct yaml_node *node, const char *key, str expected);
/* count × size zeroed bytes of the arena; ERR_LIMIT err.reader.budget. */
int reader_alloc(struct reader *r, size_t count, size_t size, void *ret_ptr) MUST_CHECK;

#endif
