/* A book as bytes: what the child tells the parent, who believes none of it unchecked. */
#include <math.h>

#include "craft/sheet/internal.h"

static void put_u32(struct buf *out, uint32_t n)
{
	buf_add(out, (str){(const char *)&n, sizeof(n)});
}

static void put_str(struct buf *out, str text)
{
	put_u32(out, (uint32_t)text.len);
	buf_add(out, text);
}

static void put_cell(struct buf *out, const struct sheet_cell *cell)
{
	buf_add_byte(out, (char)cell->kind);
	buf_add_byte(out, (char)cell->is_formula);
	if (cell->kind == SHEET_TEXT || cell->kind == SHEET_ERROR)
		put_str(out, cell->text);
	else if (cell->kind != SHEET_EMPTY)
		buf_add(out, (str){(const char *)&cell->number, sizeof(cell->number)});
}

void sheet_pack(const struct sheet_book *book, struct buf *out)
{
	put_u32(out, book->count);
	for (uint32_t s = 0; s < book->count; s++) {
		const struct sheet *sheet = &book->sheets[s];

		put_str(out, sheet->name);
		put_u32(out, sheet->is_hidden);
		put_u32(out, sheet->row_count);
		for (uint32_t r = 0; r < sheet->row_count; r++) {
			put_u32(out, sheet->rows[r].at);
			put_u32(out, sheet->rows[r].count);
			for (uint32_t c = 0; c < sheet->rows[r].count; c++)
				put_cell(out, &sheet->rows[r].cells[c]);
		}
	}
}

struct unpacker {
	str rest;
	struct arena *arena;
	bool bad;
};

static str take(struct unpacker *u, size_t len)
{
	str found = str_sub(u->rest, 0, len);

	u->bad = u->bad || found.len < len;
	u->rest = str_from(u->rest, len);
	return found;
}

static uint32_t take_u32(struct unpacker *u, uint32_t most)
{
	str bytes = take(u, sizeof(uint32_t));
	uint32_t n = 0;

	if (!u->bad)
		memcpy(&n, bytes.ptr, sizeof(n));
	u->bad = u->bad || n > most;
	return u->bad ? 0 : n;
}

static str take_str(struct unpacker *u)
{
	str text = arena_str(u->arena, take(u, take_u32(u, SHEET_TEXT_MAX)));

	u->bad = u->bad || !text.ptr;
	return text;
}

static struct sheet_cell take_cell(struct unpacker *u)
{
	str head = take(u, 2), bytes;
	struct sheet_cell cell = {0};

	if (u->bad || (unsigned char)head.ptr[0] > SHEET_ERROR)
		u->bad = true;
	if (u->bad)
		return cell;
	cell.kind = (enum sheet_kind)head.ptr[0];
	cell.is_formula = head.ptr[1] != 0;
	if (cell.kind == SHEET_TEXT || cell.kind == SHEET_ERROR) {
		cell.text = take_str(u);
	} else if (cell.kind != SHEET_EMPTY) {
		bytes = take(u, sizeof(cell.number));
		if (!u->bad)
			memcpy(&cell.number, bytes.ptr, sizeof(cell.number));
		u->bad = u->bad || !isfinite(cell.number);
	}
	return cell;
}

static void *take_room(struct unpacker *u, uint32_t count, size_t size)
{
	void *room = u->bad ? NULL : arena_alloc(u->arena, count * size);

	u->bad = u->bad || !room;
	return room;
}

static void take_rows(struct unpacker *u, struct sheet *sheet)
{
	for (uint32_t r = 0; r < sheet->row_count && !u->bad; r++) {
		struct sheet_row *row = &sheet->rows[r];

		row->at = take_u32(u, SHEET_ROWS_MAX);
		row->count = take_u32(u, SHEET_COLUMNS_MAX);
		row->cells = take_room(u, row->count, sizeof(*row->cells));
		for (uint32_t c = 0; c < row->count && !u->bad; c++)
			row->cells[c] = take_cell(u);
		if (r && row->at <= sheet->rows[r - 1].at)
			u->bad = true;
	}
}

int sheet_unpack(str bytes, struct arena *a, struct sheet_book *ret, struct err *e)
{
	struct unpacker u = {.rest = bytes, .arena = a};
	struct sheet_book book = {.count = take_u32(&u, SHEET_SHEETS_MAX)};

	book.sheets = take_room(&u, book.count, sizeof(*book.sheets));
	for (uint32_t s = 0; s < book.count && !u.bad; s++) {
		struct sheet *sheet = &book.sheets[s];

		sheet->name = take_str(&u);
		sheet->is_hidden = take_u32(&u, 1) != 0;
		sheet->row_count = take_u32(&u, SHEET_ROWS_MAX);
		sheet->rows = take_room(&u, sheet->row_count, sizeof(*sheet->rows));
		take_rows(&u, sheet);
	}
	if (u.bad || u.rest.len)
		return sheet_budget(e);
	*ret = book;
	return 0;
}
