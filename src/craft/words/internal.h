/* internal: the table that tools/gen_words.py makes, sorted by key. */
#ifndef CRAFT_WORDS_INTERNAL_H
#define CRAFT_WORDS_INTERNAL_H

#include "craft/words/words.h"

struct word_row {
	str key;
	str text[LANG_COUNT];
};

extern const struct word_row words_table[];
extern const size_t words_table_count;

#endif
