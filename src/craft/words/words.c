#include "craft/words/words.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "craft/words/internal.h"

/* The longest placeholder name that is looked for; a brace without a name behind it is text. */
#define PLACEHOLDER_MAX 64
#define ERR_KEY_MAX 128
#define SYSTEM_KEY_MAX 64 /* longer words of a library are not translated */

static const struct word_row *row_find(str key)
{
	size_t low = 0, high = words_table_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = str_cmp(key, words_table[mid].key);

		if (order == 0)
			return &words_table[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

str words_get(enum lang lang, str key)
{
	const struct word_row *row = row_find(key);

	CHECK((unsigned)lang < LANG_COUNT);
	return row ? row->text[lang] : key;
}

bool words_has(str key)
{
	return row_find(key) != NULL;
}

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Length of "{name}" at the front of s, 0 when there is none. */
static size_t placeholder_len(str s)
{
	size_t len = 1;

	while (len < s.len && len <= PLACEHOLDER_MAX && is_name_byte(s.ptr[len]))
		len++;
	return len > 1 && len < s.len && s.ptr[len] == '}' ? len + 1 : 0;
}

bool words_next(str *rest, str *ret_text, str *ret_name)
{
	size_t at = 0, len = 0;

	if (rest->len == 0)
		return false;
	for (at = 0; at < rest->len; at++)
		if (rest->ptr[at] == '{' && (len = placeholder_len(str_from(*rest, at))) > 0)
			break;
	*ret_text = str_sub(*rest, 0, at);
	*ret_name = len ? str_sub(*rest, at + 1, len - 2) : STR_NONE;
	*rest = str_from(*rest, at + len);
	return true;
}

static void fill(struct buf *out, str sentence, const struct word_arg *args, size_t count)
{
	str text, name;

	while (words_next(&sentence, &text, &name)) {
		size_t i = 0;

		buf_add(out, text);
		if (!name.ptr)
			continue;
		while (i < count && !str_eq(name, str_of(args[i].name)))
			i++;
		if (i < count)
			buf_add(out, args[i].value);
		else
			buf_add(out, (str){name.ptr - 1, name.len + 2});
	}
}

void words_add(struct buf *out, enum lang lang, str key, const struct word_arg *args, size_t count)
{
	fill(out, words_get(lang, key), args, count);
}

/* Where in which file, unless the sentence itself tells. */
static void add_place(struct buf *out, const struct err *e, str sentence)
{
	bool has_path = e->path[0] && str_find(sentence, STR("{path}")) < 0;
	bool has_line = e->line && str_find(sentence, STR("{line}")) < 0;

	if (has_path)
		buf_add_fmt(out, "%s:", e->path);
	if (has_line)
		buf_add_fmt(out, "%u:", e->line);
	if (has_line && e->column)
		buf_add_fmt(out, "%u:", e->column);
	if (has_path || has_line)
		buf_add_byte(out, ' ');
}

/* The remedy is a sentence of its own: the one before it gets its full stop when it was written without. */
static void add_remedy(struct buf *out, enum lang lang, str remedy)
{
	str before = buf_str(out);
	bool is_ja = lang == LANG_JA;

	if (str_ends(before, STR("。")) || str_ends(before, STR("！")) || str_ends(before, STR("？")))
		is_ja = true;
	else if (str_ends(before, STR(".")) || str_ends(before, STR("!")) || str_ends(before, STR("?")))
		is_ja = false;
	else
		buf_add(out, is_ja ? STR("。") : STR("."));
	if (!is_ja)
		buf_add_byte(out, ' ');
	buf_add(out, remedy);
}

/* Words of the system that people meet often have a translation: "No such file or directory" is the key
 * "system.no_such_file_or_directory". Anything else stays as the system said it. */
static str system_words(enum lang lang, str detail)
{
	char key[SYSTEM_KEY_MAX + 8] = "system.";
	size_t len = strlen(key);
	const struct word_row *row;

	if (detail.len == 0 || detail.len > SYSTEM_KEY_MAX)
		return detail;
	for (size_t i = 0; i < detail.len; i++) {
		char c = detail.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		key[len++] = is_name_byte(c) ? c : '_';
	}
	row = row_find((str){key, len});
	return row ? row->text[lang] : detail;
}

void words_add_err(struct buf *out, enum lang lang, const struct err *e)
{
	char line[16], column[16], key[ERR_KEY_MAX];
	str id = str_of(e->id ? e->id : "err.none");
	str sentence = words_get(lang, id);
	const struct word_row *remedy = NULL;
	struct buf fixed = {0};
	int len;

	snprintf(line, sizeof(line), "%u", e->line);
	snprintf(column, sizeof(column), "%u", e->column);
	const struct word_arg args[] = {
		{"path", str_of(e->path)},
		{"value", str_of(e->value)},
		{"expected", str_of(e->expected)},
		{"detail", system_words(lang, str_of(e->detail))},
		{"line", str_of(line)},
		{"column", str_of(column)},
	};
	add_place(out, e, sentence);
	fill(out, sentence, args, COUNT_OF(args));
	len = snprintf(key, sizeof(key), "%.*s.fix", (int)id.len, id.ptr);
	if (len > 0 && (size_t)len < sizeof(key))
		remedy = row_find(str_of(key));
	if (!remedy)
		return;
	buf_init(&fixed, 8192);
	fill(&fixed, remedy->text[lang], args, COUNT_OF(args));
	add_remedy(out, lang, buf_str(&fixed));
	buf_done(&fixed);
}
