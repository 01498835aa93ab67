/* Finding the sheet and its columns, wherever a person has moved them. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/near.h"
#include "centre/exchange/internal.h"

#define HEAD_ROWS 12u  /* a head further down is not looked for */
#define KNOWN_LEAST 3u /* columns that make a row a head */
#define TITLE_MAX 200u

bool exchange_say(struct exchange_reader *r, const struct exchange_message *m)
{
	r->errors += m->is_error;
	if (r->count == EXCHANGE_MESSAGES_MAX)
		r->more++;
	else
		r->messages[r->count++] = *m;
	return !m->is_error;
}

str exchange_where(const struct exchange_reader *r, uint32_t row, uint32_t column)
{
	struct sheet_address a = sheet_address(row, column);

	if (r->map.is_json) {
		for (uint32_t c = 0; c < exchange_column_count; c++)
			if (r->map.places[c] == (int32_t)column)
				return arena_fmt(r->arena, "services[%u].%s", row - 1, exchange_columns[c].key);
		return arena_fmt(r->arena, "services[%u]", row - 1);
	}
	return arena_fmt(r->arena, STR_FMT "!%s", STR_ARG(r->map.sheet->name), a.text);
}

/* Titles are compared without blanks, line ends and case: people wrap and pad them. */
static str squeeze(str text, char out[TITLE_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < text.len && len < TITLE_MAX - 1; i++)
		if ((unsigned char)text.ptr[i] > ' ')
			out[len++] = text.ptr[i];
	return (str){out, len};
}

static bool is_column(const struct exchange_column *column, str text)
{
	char a[TITLE_MAX], b[TITLE_MAX];
	str squeezed = squeeze(text, a);

	if (!squeezed.len)
		return false;
	if (str_eq_nocase(squeezed, str_of(column->key)))
		return true;
	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		if (str_eq_nocase(squeezed, squeeze(exchange_title(column, (enum lang)lang), b)))
			return true;
	return false;
}

static int32_t column_of(str text)
{
	for (uint32_t c = 0; c < exchange_column_count; c++)
		if (is_column(&exchange_columns[c], text))
			return (int32_t)c;
	return -1;
}

static uint32_t known_of(const struct sheet_row *row)
{
	uint32_t known = 0;

	for (uint32_t c = 0; c < row->count; c++)
		known += row->cells[c].kind == SHEET_TEXT && column_of(row->cells[c].text) >= 0;
	return known;
}

struct head {
	const struct sheet *sheet;
	uint32_t row, known;
};

static struct head find_head(const struct sheet_book *book)
{
	struct head best = {.known = KNOWN_LEAST - 1};

	for (uint32_t s = 0; s < book->count; s++)
		for (uint32_t i = 0; i < book->sheets[s].row_count && i < HEAD_ROWS; i++) {
			uint32_t known = known_of(&book->sheets[s].rows[i]);

			if (known > best.known)
				best = (struct head){&book->sheets[s], i, known};
		}
	return best;
}

static bool is_key_row(const struct sheet_row *row)
{
	for (uint32_t c = 0; c < row->count; c++)
		if (row->cells[c].kind == SHEET_TEXT && str_eq(row->cells[c].text, STR("level_reason")))
			return true;
	return false;
}

/* A column that nobody knows beside one that is missing is most likely a renamed one. */
static void unknown_column(struct exchange_reader *r, const struct sheet_row *row, uint32_t column, bool has_keys)
{
	char typed[TITLE_MAX], title[TITLE_MAX];
	str text = squeeze(row->cells[column].text, typed);
	struct near n = near_to(text);
	struct exchange_message m = {.key = "exchange.note.column",
				     .where = exchange_where(r, row->at, column),
				     .value = row->cells[column].text};
	bool missing = false;

	for (uint32_t c = 0; c < exchange_column_count; c++) {
		missing = missing || (r->map.places[c] < 0 && exchange_columns[c].kind == COLUMN_FIELD);
		if (r->map.places[c] < 0)
			for (size_t lang = 0; lang < LANG_COUNT; lang++)
				near_consider(&n,
					      squeeze(exchange_title(&exchange_columns[c], (enum lang)lang), title));
	}
	if (missing && !has_keys) {
		m.key = "err.exchange.renamed";
		m.is_error = true;
		m.expected = n.best.ptr ? arena_str(r->arena, n.best) : STR("—");
	}
	(void)exchange_say(r, &m);
}

static void missing_columns(struct exchange_reader *r, enum lang lang)
{
	for (uint32_t c = 0; c < exchange_column_count; c++)
		if (r->map.places[c] < 0 && exchange_columns[c].kind == COLUMN_FIELD && !r->map.is_json)
			(void)exchange_say(
				r, &(struct exchange_message){.key = "exchange.note.missing",
							      .value = exchange_title(&exchange_columns[c], lang)});
	if (r->map.places[exchange_column_count - 1] < 0)
		(void)exchange_say(r, &(struct exchange_message){.key = "exchange.note.no_version"});
}

static int no_sheet(const struct sheet_book *book, struct err *e)
{
	struct buf names;
	int rc = err_set(e, ERR_PARSE, "err.exchange.sheet");

	buf_init(&names, ERR_SLOT_MAX);
	for (uint32_t s = 0; s < book->count; s++) {
		buf_add(&names, s ? STR(", ") : STR(""));
		buf_add(&names, book->sheets[s].name);
	}
	err_value(e, buf_str(&names));
	buf_done(&names);
	return rc;
}

/* Rows that repeat titles (the second language) belong to the head. */
static uint32_t first_data(const struct sheet *sheet, uint32_t row)
{
	uint32_t next = row + 1;

	while (next < sheet->row_count && known_of(&sheet->rows[next]) >= KNOWN_LEAST)
		next++;
	return next;
}

int exchange_find(struct exchange_reader *r, const struct sheet_book *book, struct err *e)
{
	struct head head = find_head(book);
	const struct sheet_row *row;
	bool has_keys;

	if (!head.sheet)
		return no_sheet(book, e);
	r->map.sheet = head.sheet;
	row = &head.sheet->rows[head.row];
	has_keys = is_key_row(row);
	r->map.places = arena_alloc(r->arena, exchange_column_count * sizeof(*r->map.places));
	if (!r->map.places)
		return err_set(e, ERR_LIMIT, "err.sheet.budget");
	for (uint32_t c = 0; c < exchange_column_count; c++)
		r->map.places[c] = -1;
	for (uint32_t c = 0; c < row->count; c++) {
		int32_t found = row->cells[c].kind == SHEET_TEXT ? column_of(row->cells[c].text) : -1;

		if (found >= 0 && r->map.places[found] >= 0) {
			int rc = err_set_value(e, ERR_PARSE, "err.exchange.twice", row->cells[c].text);

			err_path(e, exchange_where(r, row->at, c));
			return rc;
		}
		if (found >= 0)
			r->map.places[found] = (int32_t)c;
	}
	if (r->map.places[0] < 0)
		return err_set_value(e, ERR_PARSE, "err.exchange.no_service", head.sheet->name);
	for (uint32_t c = 0; c < row->count; c++)
		if (row->cells[c].kind == SHEET_TEXT && column_of(row->cells[c].text) < 0)
			unknown_column(r, row, c, has_keys);
	missing_columns(r, LANG_JA);
	r->map.first_row = first_data(head.sheet, head.row);
	return 0;
}
