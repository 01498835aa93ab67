/* words: every sentence that people read, in every language, by key.
 *
 * po/<room>.<lang>.po hold them (lang: ja, en); tools/gen_words.py compiles them into the binary and fails the build on
 * a key that lacks a language, and on a placeholder that differs between languages. C holds keys, never sentences.
 * Placeholders are named: "{count} 件". Numbers and text are put in as given; escaping is the renderer's matter.
 */
#ifndef CRAFT_WORDS_H
#define CRAFT_WORDS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum lang { LANG_EN, LANG_JA, LANG_COUNT };

const char *lang_code(enum lang lang); /* "en", "ja" */
bool lang_parse(str code, enum lang *ret);
/* RFC 9110 Accept-Language; English when nothing fits. */
enum lang lang_negotiate(str accept_language);
/* From LC_ALL / LC_MESSAGES / LANG, whose values the caller passes; for the command line. */
enum lang lang_from_locale(str locale);

struct word_arg {
	const char *name;
	str value;
};

/* The sentence as written, placeholders unfilled. An unknown key returns the key itself (and fails the lint). */
str words_get(enum lang lang, str key);
bool words_has(str key);
/* Fills placeholders; an unknown one stays as written. */
void words_add(struct buf *out, enum lang lang, str key, const struct word_arg *args, size_t count);

/* Cuts a sentence for renderers that escape: the text up to the next placeholder and the placeholder's name (STR_NONE
 * when the rest has none). `while (words_next(&rest, &text, &name))` sees all of it. */
bool words_next(str *rest, str *ret_text, str *ret_name);

/* "path:line:column: sentence. remedy" from an err: its slots are the placeholders {path} {line} {value} {expected}
 * {detail} {column}. The place in front is left out when the sentence itself names it. The remedy is the key's twin
 * "<key>.fix" when it exists. No newline at the end. */
void words_add_err(struct buf *out, enum lang lang, const struct err *e);

#endif
