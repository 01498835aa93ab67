/* CSV as spreadsheets write it: RFC 4180, with ',' ';' or tab between, in UTF-8 or the Japanese code page of Windows.
 */
#include <iconv.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "craft/sheet/internal.h"

struct csv {
	struct arena *arena;
	char separator;
	size_t row_cap;
	struct sheet_row *rows;
	uint32_t row_count, cells;
	struct buf text;
};

bool sheet_csv_risky(str text)
{
	static const char risky[] = "=+-@\t\r\n";

	return text.len && memchr(risky, text.ptr[0], sizeof(risky) - 1) != NULL;
}

static char separator_of(str text)
{
	static const char candidates[] = ",;\t";
	ptrdiff_t end = str_find_byte(text, '\n');
	str line = end < 0 ? text : str_sub(text, 0, (size_t)end);
	size_t best = 0;
	char found = ',';

	for (size_t i = 0; i < sizeof(candidates) - 1; i++) {
		size_t count = 0;

		for (size_t k = 0; k < line.len; k++)
			count += line.ptr[k] == candidates[i];
		if (count > best) {
			best = count;
			found = candidates[i];
		}
	}
	return found;
}

/* Takes one cell off the front; *ret_last: the row ends behind it. */
static int take_cell(struct csv *c, str *rest, bool *ret_last, struct err *e)
{
	size_t i = 0;
	bool quoted = rest->len && rest->ptr[0] == '"';

	buf_clear(&c->text);
	if (quoted) {
		for (i = 1; i < rest->len; i++) {
			if (rest->ptr[i] == '"' && (i + 1 >= rest->len || rest->ptr[i + 1] != '"'))
				break;
			i += rest->ptr[i] == '"';
			buf_add_byte(&c->text, rest->ptr[i]);
		}
		if (i >= rest->len)
			return err_set(e, ERR_PARSE, "err.sheet.quote");
		i++;
	}
	while (i < rest->len && rest->ptr[i] != c->separator && rest->ptr[i] != '\n' && rest->ptr[i] != '\r')
		buf_add_byte(&c->text, rest->ptr[i++]);
	*ret_last = i >= rest->len || rest->ptr[i] != c->separator;
	i += i < rest->len && rest->ptr[i] == '\r';
	i += i < rest->len && (rest->ptr[i] == '\n' || rest->ptr[i] == c->separator);
	*rest = str_from(*rest, i);
	return c->text.failed ? err_set(e, ERR_LIMIT, "err.sheet.text") : 0;
}

static int keep_cell(struct csv *c, struct sheet_cell *cells, uint32_t *width, struct err *e)
{
	str text = buf_str(&c->text);
	struct sheet_cell *cell = &cells[*width];

	if (*width == SHEET_COLUMNS_MAX)
		return err_set(e, ERR_LIMIT, "err.sheet.columns");
	if (++c->cells > SHEET_CELLS_MAX)
		return err_set(e, ERR_LIMIT, "err.sheet.cells");
	if (text.len > 1 && text.ptr[0] == '\'' && sheet_csv_risky(str_from(text, 1)))
		text = str_from(text, 1);
	*cell = (struct sheet_cell){.kind = text.len ? SHEET_TEXT : SHEET_EMPTY, .text = arena_str(c->arena, text)};
	++*width;
	return cell->text.ptr ? 0 : sheet_budget(e);
}

static int take_row(struct csv *c, str *rest, uint32_t at, struct err *e)
{
	struct sheet_cell cells[SHEET_COLUMNS_MAX];
	struct sheet_row row = {.at = at};
	bool last = false;
	int rc = 0;

	while (!rc && !last) {
		rc = take_cell(c, rest, &last, e);
		if (!rc)
			rc = keep_cell(c, cells, &row.count, e);
	}
	if (rc) {
		err_at(e, at + 1, 0);
		return rc;
	}
	row.cells = arena_alloc(c->arena, row.count * sizeof(*row.cells));
	if (!row.cells)
		return sheet_budget(e);
	memcpy(row.cells, cells, row.count * sizeof(*row.cells));
	mem_grow(&c->rows, &c->row_cap, c->row_count + 1, sizeof(*c->rows));
	c->rows[c->row_count++] = row;
	return 0;
}

/* Excel in Japan saves CSV in its own code page; in that form every Japanese file is ill-formed UTF-8. */
static int from_cp932(str bytes, struct arena *a, str *ret)
{
	size_t room = bytes.len * 3 + 4, left = bytes.len, space = room;
	char *out = arena_alloc(a, room), *to = out, *from = (char *)(uintptr_t)bytes.ptr;
	iconv_t converter = out ? iconv_open("UTF-8", "CP932") : (iconv_t)-1;
	size_t rc;

	if (converter == (iconv_t)-1)
		return -1;
	rc = iconv(converter, &from, &left, &to, &space);
	iconv_close(converter);
	if (rc == (size_t)-1 || left)
		return -1;
	*ret = (str){out, room - space};
	return 0;
}

static int to_text(str bytes, struct arena *a, struct sheet_book *book, str *ret, struct err *e)
{
	if (str_starts(bytes, STR("\xEF\xBB\xBF")))
		bytes = str_from(bytes, 3);
	if (str_find_byte(bytes, '\0') >= 0)
		return err_set(e, ERR_PARSE, "err.sheet.encoding");
	*ret = bytes;
	if (utf8_is_valid(bytes))
		return 0;
	book->was_cp932 = true;
	return from_cp932(bytes, a, ret) == 0 ? 0 : err_set(e, ERR_PARSE, "err.sheet.encoding");
}

int sheet_read_csv(str bytes, struct arena *a, struct sheet_book *ret, struct err *e)
{
	struct sheet_book book = {.count = 1};
	struct csv c = {.arena = a};
	str rest;
	uint32_t at = 0;
	int rc = to_text(bytes, a, &book, &rest, e);

	if (rc)
		return rc;
	c.separator = separator_of(rest);
	buf_init(&c.text, SHEET_TEXT_MAX);
	while (!rc && rest.len) {
		rc = at == SHEET_ROWS_MAX ? err_set(e, ERR_LIMIT, "err.sheet.rows") : take_row(&c, &rest, at, e);
		at++;
	}
	book.sheets = arena_alloc(a, sizeof(*book.sheets));
	if (!rc && book.sheets) {
		book.sheets->name = STR("CSV");
		book.sheets->rows = arena_alloc(a, c.row_count * sizeof(*c.rows));
		book.sheets->row_count = c.row_count;
	}
	if (!rc && (!book.sheets || !book.sheets->rows))
		rc = sheet_budget(e);
	if (!rc && c.row_count)
		memcpy(book.sheets->rows, c.rows, c.row_count * sizeof(*c.rows));
	buf_done(&c.text);
	free(c.rows);
	if (!rc)
		*ret = book;
	return rc;
}
