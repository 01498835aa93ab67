#include "codec/line/table.h"

#include "base/mem.h"
#include "codec/line/internal.h"

#define NAME_MAX_BYTES 96u

struct column {
	str name;
	bool many; /* a set or vector of Zeek */
};

struct table {
	enum table_kind kind;
	char separator;
	bool headed;
	struct arena names;
	struct column columns[TABLE_COLUMNS_MAX];
	uint32_t count;
	char path[NAME_MAX_BYTES]; /* Zeek's name of the log */
	size_t path_len;
};

/* Takes the next column off *rest. Quotes are those of RFC 4180; *ret_quoted says that there were some. */
static str take_column(str *rest, char separator, bool quotes, bool *ret_quoted)
{
	str part;
	size_t i = 1;

	*ret_quoted = quotes && rest->len && rest->ptr[0] == '"';
	if (!*ret_quoted) {
		str_next(rest, separator, &part);
		return part;
	}
	for (; i < rest->len; i++) {
		if (rest->ptr[i] != '"')
			continue;
		if (i + 1 < rest->len && rest->ptr[i + 1] == '"')
			i++;
		else
			break;
	}
	part = str_sub(*rest, 1, i - 1);
	*rest = str_from(*rest, i + 1);
	/* What stands between the quote and the separator is lost; RFC 4180 allows nothing there. */
	if (rest->len) {
		str junk;

		str_next(rest, separator, &junk);
	} else {
		*rest = STR_NONE;
	}
	return part;
}

static bool is_name(str s)
{
	if (s.len == 0 || s.len > NAME_MAX_BYTES || (s.ptr[0] >= '0' && s.ptr[0] <= '9') || s.ptr[0] == '-')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!line_is_key(s.ptr[i]) && !strchr(" ()#:", s.ptr[i]))
			return false;
	return true;
}

static uint32_t count_columns(str row, char separator)
{
	uint32_t n = 0;
	bool quoted;

	while (row.ptr && n <= TABLE_COLUMNS_MAX) {
		take_column(&row, separator, true, &quoted);
		n++;
	}
	return n;
}

/* All columns are names, each another one. */
static bool is_header(str row, char separator)
{
	str rest = row, name, other, before;
	uint32_t n = count_columns(row, separator);
	bool quoted;

	if (n < TABLE_COLUMNS_LEAST || n > TABLE_COLUMNS_MAX || row.len > TABLE_NAMES_MAX)
		return false;
	while (rest.ptr) {
		name = str_trim(take_column(&rest, separator, true, &quoted));
		if (!is_name(name))
			return false;
		before = str_sub(row, 0, (size_t)(name.ptr - row.ptr));
		/* The separator before this name leaves an empty column at the end, which is equal to none. */
		while (before.ptr && before.len) {
			other = str_trim(take_column(&before, separator, true, &quoted));
			if (str_eq(other, name))
				return false;
		}
	}
	return true;
}

static str first_line(str *text)
{
	str line;

	return str_next(text, '\n', &line) ? str_trim(line) : STR_NONE;
}

enum table_kind table_detect(str head, char *ret_separator)
{
	static const char separators[] = ",;\t";
	str rest = head, first, second;

	if (str_starts(head, STR("#separator ")))
		return TABLE_ZEEK;
	if (str_starts(head, STR("#Fields: ")) || str_starts(head, STR("#Software: ")) ||
	    str_starts(head, STR("#Version: 1")))
		return TABLE_W3C;
	first = first_line(&rest);
	for (size_t i = 0; separators[i]; i++) {
		str after = rest;
		struct table probe = {.kind = TABLE_CSV, .separator = separators[i]};
		uint64_t lines;
		size_t len;

		if (!is_header(first, separators[i]))
			continue;
		len = after.ptr ? table_row_length(&probe, after, true, &lines) : 0;
		second = str_trim(str_sub(after, 0, len));
		if (second.len && count_columns(second, separators[i]) != count_columns(first, separators[i]))
			continue;
		*ret_separator = separators[i];
		return TABLE_CSV;
	}
	return TABLE_NONE;
}

struct table *table_create(enum table_kind kind, char separator)
{
	struct table *t = mem_alloc(1, sizeof(*t));

	t->kind = kind;
	t->separator = separator;
	if (kind != TABLE_CSV)
		t->separator = kind == TABLE_ZEEK ? '\t' : ' ';
	arena_init(&t->names, 16 * (size_t)TABLE_NAMES_MAX);
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	arena_done(&t->names);
	free(t);
}

size_t table_row_length(const struct table *t, str text, bool last, uint64_t *ret_lines)
{
	bool inside = false;
	size_t line = 0; /* length of the first line */

	*ret_lines = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (inside && line && i >= TABLE_ROW_MAX) {
			*ret_lines = 1;
			return line;
		}
		if (text.ptr[i] == '"' && t->kind == TABLE_CSV)
			inside = !inside;
		if (text.ptr[i] != '\n')
			continue;
		++*ret_lines;
		line = line ? line : i + 1;
		if (!inside)
			return i + 1;
	}
	/* The text ends within quotes: they were none. */
	if (last && inside && line) {
		*ret_lines = 1;
		return line;
	}
	return last ? text.len : 0;
}

/* The header row replaces the one before: W3C logs begin anew when the server restarts. False: too many names. */
static bool take_header(struct table *t, str row)
{
	bool quoted;

	arena_reset(&t->names);
	t->count = 0;
	while (row.ptr) {
		str name = str_trim(take_column(&row, t->separator, t->kind == TABLE_CSV, &quoted));

		if (t->count == TABLE_COLUMNS_MAX)
			return false;
		name = arena_str(&t->names, name);
		if (!name.ptr)
			return false;
		t->columns[t->count++] = (struct column){.name = name};
	}
	t->headed = true;
	return true;
}

static void take_types(struct table *t, str row)
{
	str type;

	for (uint32_t i = 0; i < t->count && str_next(&row, t->separator, &type); i++)
		t->columns[i].many = str_starts(type, STR("set[")) || str_starts(type, STR("vector["));
}

/* Lines that begin with '#'. */
static void take_directive(struct table *t, str row)
{
	if (t->kind == TABLE_W3C && str_starts(row, STR("#Fields:"))) {
		if (!take_header(t, str_trim(str_from(row, 8))))
			t->count = 0;
	} else if (t->kind == TABLE_ZEEK && str_starts(row, STR("#fields\t"))) {
		if (!take_header(t, str_from(row, 8)))
			t->count = 0;
	} else if (t->kind == TABLE_ZEEK && str_starts(row, STR("#path\t"))) {
		row = str_sub(row, 6, sizeof(t->path));
		memcpy(t->path, row.ptr, row.len);
		t->path_len = row.len;
	} else if (t->kind == TABLE_ZEEK && str_starts(row, STR("#types\t"))) {
		take_types(t, str_from(row, 7));
	}
}

/* "" inside quotes is one quote. */
static str plain_text(struct leaves *l, str s)
{
	char *start;

	if (str_find(s, STR("\"\"")) < 0)
		return s;
	if (!leaves_room(l, s.len + 1, 0))
		return STR_NONE;
	start = l->at;
	for (size_t i = 0; i < s.len; i++) {
		*l->at++ = s.ptr[i];
		i += s.ptr[i] == '"';
	}
	return (str){start, (size_t)(l->at - start)};
}

static bool add_many(struct leaves *l, str name, str text)
{
	str part;

	while (str_next(&text, ',', &part))
		if (!line_add(l, name, part))
			return false;
	return true;
}

static bool add_cell(const struct table *t, const struct column *c, str text, struct leaves *l)
{
	if (t->kind != TABLE_CSV && str_eq(text, STR("-")))
		return true;
	if (t->kind == TABLE_ZEEK && str_eq(text, STR("(empty)")))
		return line_add(l, c->name, STR(""));
	return c->many ? add_many(l, c->name, text) : line_add(l, c->name, text);
}

/* W3C writes the day and the time of day in columns of their own, in UTC. */
static bool add_time(struct leaves *l, str date, str time)
{
	str when;

	if (date.len == 0 || time.len == 0)
		return true;
	if (!leaves_room(l, date.len + time.len + 2, 0))
		return false;
	when = (str){l->at, date.len + time.len + 2};
	memcpy(l->at, date.ptr, date.len);
	l->at[date.len] = 'T';
	memcpy(l->at + date.len + 1, time.ptr, time.len);
	l->at[when.len - 1] = 'Z';
	l->at += when.len;
	return line_add_named(l, "timestamp", when);
}

static bool add_row(const struct table *t, str row, struct leaves *l)
{
	str date = STR_NONE, time = STR_NONE, text;
	bool quoted;

	if (t->path_len && !line_add_named(l, "_path", leaves_copy(l, (str){t->path, t->path_len})))
		return false;
	for (uint32_t i = 0; row.ptr; i++) {
		text = take_column(&row, t->separator, t->kind == TABLE_CSV, &quoted);
		if (i >= t->count) {
			l->dropped++;
			continue;
		}
		if (quoted)
			text = plain_text(l, text);
		if (!text.ptr || !add_cell(t, &t->columns[i], text, l))
			return false;
		if (t->kind == TABLE_W3C && str_eq(t->columns[i].name, STR("date")))
			date = text;
		else if (t->kind == TABLE_W3C && str_eq(t->columns[i].name, STR("time")))
			time = text;
	}
	return add_time(l, date, time);
}

enum line_result table_leaves(struct table *t, str row, struct leaves *l)
{
	uint32_t count = l->count;

	while (row.len && (row.ptr[row.len - 1] == '\n' || row.ptr[row.len - 1] == '\r'))
		row.len--;
	if (row.len == 0)
		return LINE_OTHER;
	if (t->kind != TABLE_CSV && row.ptr[0] == '#') {
		take_directive(t, row);
		return LINE_OTHER;
	}
	if (t->kind == TABLE_CSV && !t->headed) {
		take_header(t, row);
		return LINE_OTHER;
	}
	return add_row(t, row, l) ? LINE_READ : line_give_up(l, count, true);
}
