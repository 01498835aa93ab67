/* Lists of lines: plain ones and CSV with a header (RFC 4180 without line ends inside quotes). */
#include "flow/intel/internal.h"

#include "base/check.h"

#define COLUMNS_MAX 64u

void lines_init(struct lines *l, struct reading *r)
{
	*l = (struct lines){.r = r, .separator = ',', .value_column = -1, .type_column = -1, .text_column = -1};
	buf_init(&l->rest, INTEL_LINE_MAX);
}

void lines_done(struct lines *l)
{
	buf_done(&l->rest);
}

/* A '#' at the front or behind white space begins a comment; "/#/" in a URL does not. */
static str without_comment(str line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.ptr[i] == '#' && (i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
			return str_trim(str_sub(line, 0, i));
	return str_trim(line);
}

/* Splits in place of `room`; doubled quotes become one. Returns the number of cells, 0 when a quote stays open. */
static size_t split(const struct lines *l, str line, char *room, str cells[COLUMNS_MAX])
{
	size_t count = 0, len = 0, from = 0;
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		char c = line.ptr[i];

		if (c == '"' && quoted && i + 1 < line.len && line.ptr[i + 1] == '"') {
			room[len++] = line.ptr[i++];
		} else if (c == '"') {
			quoted = !quoted;
		} else if (c == l->separator && !quoted) {
			if (count + 1 < COLUMNS_MAX)
				cells[count++] = str_trim((str){room + from, len - from});
			from = len;
		} else {
			room[len++] = c;
		}
	}
	cells[count++] = str_trim((str){room + from, len - from});
	return quoted ? 0 : count;
}

static bool is_any(str name, const char *const *names)
{
	for (; *names; names++)
		if (str_eq_nocase(name, str_of(*names)))
			return true;
	return false;
}

/* True when the line is a header of a CSV list. */
static bool read_header(struct lines *l, str line)
{
	static const char *const values[] = {"value", "indicator", "ioc", "ioc_value", "observable", NULL};
	static const char *const types[] = {"type", "ioc_type", "indicator_type", NULL};
	static const char *const texts[] = {"description", "context", "comment", "malware", "threat", "tags", NULL};
	char room[INTEL_LINE_MAX] __attribute__((uninitialized));
	str cells[COLUMNS_MAX];
	size_t count;

	if (str_find_byte(line, ',') < 0 && str_find_byte(line, ';') >= 0)
		l->separator = ';';
	if (str_find_byte(line, ',') < 0 && str_find_byte(line, '\t') >= 0)
		l->separator = '\t';
	count = split(l, line, room, cells);
	for (size_t i = 0; i < count; i++) {
		if (l->value_column < 0 && is_any(cells[i], values))
			l->value_column = (int)i;
		else if (l->type_column < 0 && is_any(cells[i], types))
			l->type_column = (int)i;
		else if (l->text_column < 0 && is_any(cells[i], texts))
			l->text_column = (int)i;
	}
	return l->value_column >= 0;
}

static int read_row(struct lines *l, str line, struct err *e)
{
	enum indicator_type type = INDICATOR_NONE;
	struct reading *r = l->r;
	char room[INTEL_LINE_MAX] __attribute__((uninitialized));
	str cells[COLUMNS_MAX];
	size_t count = split(l, line, room, cells);

	if (count <= (size_t)l->value_column)
		return reading_problem(r, "err.intel.row", line);
	if (l->type_column >= 0 && (size_t)l->type_column < count && cells[l->type_column].len) {
		type = indicator_type_of(cells[l->type_column]);
		if (type == INDICATOR_NONE)
			return reading_problem(r, "err.intel.type", cells[l->type_column]);
	}
	if (l->text_column >= 0 && (size_t)l->text_column < count && cells[l->text_column].len)
		reading_context(r, (uint32_t)r->set->origin, (uint32_t)r->line, cells[l->text_column]);
	return reading_add(r, type, cells[l->value_column], e);
}

static int read_line(struct lines *l, str line, struct err *e)
{
	struct reading *r = l->r;

	r->line++;
	if (++r->set->origin >= UINT32_MAX)
		return err_set(e, ERR_LIMIT, "err.intel.many");
	if (r->line == 1 && str_starts(line, STR("\xEF\xBB\xBF")))
		line = str_from(line, 3);
	if (r->line <= INTEL_HEADER_LINES && str_starts(str_trim(line), STR("#")))
		reading_header(r, str_trim(line));
	if (!l->csv || str_starts(str_trim(line), STR("#")))
		line = without_comment(line);
	if (!line.len)
		return 0;
	if (!l->begun) {
		l->begun = true;
		l->csv = read_header(l, line);
		if (l->csv)
			return 0;
	}
	return l->csv ? read_row(l, line, e) : reading_add(r, INDICATOR_NONE, line, e);
}

/* The end of a line that began in an earlier piece. */
static int join_line(struct lines *l, str end, struct err *e)
{
	int rc;

	buf_add(&l->rest, end);
	if (l->rest.failed) {
		l->r->line++;
		l->r->set->origin++;
		rc = reading_problem(l->r, "err.intel.long", STR_NONE);
	} else {
		rc = read_line(l, buf_str(&l->rest), e);
	}
	buf_clear(&l->rest);
	return rc;
}

int lines_push(struct lines *l, str piece, struct err *e)
{
	int rc = 0;

	while (piece.len && rc == 0) {
		const char *end = memchr(piece.ptr, '\n', piece.len);
		size_t len = end ? (size_t)(end - piece.ptr) : piece.len;
		str line = {piece.ptr, len};

		if (!end) {
			buf_add(&l->rest, line);
			break;
		}
		piece = str_from(piece, len + 1);
		if (l->rest.len || l->rest.failed || len > INTEL_LINE_MAX)
			rc = join_line(l, line, e);
		else
			rc = read_line(l, line, e);
	}
	return rc;
}

int lines_finish(struct lines *l, struct err *e)
{
	return l->rest.len || l->rest.failed ? join_line(l, STR_NONE, e) : 0;
}
