#include "craft/doc/doc.h"

#include "base/check.h"
#include "base/mem.h"
#include "craft/doc/internal.h"

/* ---- writing blocks ---- */

static void put_u32(struct buf *out, uint32_t n)
{
	buf_add(out, (str){(const char *)&n, sizeof(n)});
}

static void put_i64(struct buf *out, int64_t n)
{
	buf_add(out, (str){(const char *)&n, sizeof(n)});
}

static void put_str(struct buf *out, str text)
{
	put_u32(out, (uint32_t)text.len);
	buf_add(out, text);
}

void doc_init(struct doc *d, const struct doc_info *info)
{
	buf_init(&d->blocks, DOC_BYTES_MAX);
	put_u32(&d->blocks, (uint32_t)info->lang);
	put_i64(&d->blocks, info->made);
	put_str(&d->blocks, info->title);
	put_str(&d->blocks, info->author);
}

void doc_done(struct doc *d)
{
	buf_done(&d->blocks);
}

static void put_block(struct doc *d, enum doc_kind kind, str text, str more)
{
	put_u32(&d->blocks, kind);
	put_str(&d->blocks, text);
	put_str(&d->blocks, more);
}

void doc_cover(struct doc *d, str title, str lines)
{
	put_block(d, DOC_COVER, title, lines);
}

void doc_heading(struct doc *d, unsigned level, str text)
{
	CHECK(level >= 1 && level <= DOC_HEADING_LEVELS);
	put_block(d, DOC_HEADING, text, STR_NONE);
	put_u32(&d->blocks, level);
}

void doc_paragraph(struct doc *d, str text)
{
	put_block(d, DOC_PARAGRAPH, text, STR_NONE);
}

void doc_item(struct doc *d, str text)
{
	put_block(d, DOC_ITEM, text, STR_NONE);
}

void doc_note(struct doc *d, str text)
{
	put_block(d, DOC_NOTE, text, STR_NONE);
}

void doc_page(struct doc *d)
{
	put_block(d, DOC_PAGE, STR_NONE, STR_NONE);
}

void doc_contents(struct doc *d)
{
	put_block(d, DOC_CONTENTS, STR_NONE, STR_NONE);
}

static void put_cell(struct buf *out, const struct sheet_cell *cell)
{
	put_u32(out, cell->kind);
	if (cell->kind == SHEET_TEXT || cell->kind == SHEET_ERROR)
		put_str(out, cell->text);
	else if (cell->kind != SHEET_EMPTY)
		buf_add(out, (str){(const char *)&cell->number, sizeof(cell->number)});
}

void doc_table(struct doc *d, const struct doc_table *t)
{
	CHECK(t->column_count >= 1 && t->column_count <= DOC_COLUMNS_MAX && t->row_count <= DOC_ROWS_MAX);
	put_block(d, DOC_TABLE, t->name, STR_NONE);
	put_u32(&d->blocks, t->column_count);
	put_u32(&d->blocks, t->row_count);
	for (uint32_t c = 0; c < t->column_count; c++) {
		put_str(&d->blocks, t->columns[c].title);
		buf_add(&d->blocks, (str){(const char *)&t->columns[c].weight, sizeof(double)});
		put_u32(&d->blocks, t->columns[c].align);
		put_u32(&d->blocks, t->columns[c].decimals);
	}
	for (size_t i = 0; i < (size_t)t->row_count * t->column_count; i++)
		put_cell(&d->blocks, &t->cells[i]);
}

void doc_figure(struct doc *d, const struct chart *chart, str caption, str legend)
{
	_cleanup_(buf_done) struct buf packed = {0};

	if (!chart) {
		d->blocks.failed = true;
		return;
	}
	buf_init(&packed, DOC_BYTES_MAX);
	chart_pack(chart, &packed);
	put_block(d, DOC_FIGURE, caption, legend);
	put_str(&d->blocks, buf_str(&packed));
}

int doc_check(const struct doc *d, struct err *e)
{
	return d->blocks.failed ? err_set(e, ERR_LIMIT, "err.doc.limit") : 0;
}

/* ---- reading them ---- */

struct taker {
	str rest;
	bool bad;
};

static str take(struct taker *t, size_t len)
{
	str found = str_sub(t->rest, 0, len);

	t->bad = t->bad || found.len < len;
	t->rest = str_from(t->rest, len);
	return found;
}

static void take_bytes(struct taker *t, void *out, size_t size)
{
	str bytes = take(t, size);

	if (t->bad)
		memset(out, 0, size);
	else
		memcpy(out, bytes.ptr, size);
}

static uint32_t take_u32(struct taker *t, uint32_t most)
{
	uint32_t n;

	take_bytes(t, &n, sizeof(n));
	t->bad = t->bad || n > most;
	return t->bad ? 0 : n;
}

static str take_str(struct taker *t)
{
	return take(t, take_u32(t, UINT32_MAX));
}

static int broken(struct err *e)
{
	return err_set(e, ERR_CORRUPT, "err.doc.broken");
}

int doc_read(str bytes, struct arena *a, struct doc_reader *ret, struct err *e)
{
	struct taker t = {.rest = bytes};
	struct doc_reader r = {.arena = a};

	r.info.lang = (enum lang)take_u32(&t, LANG_COUNT - 1);
	take_bytes(&t, &r.info.made, sizeof(r.info.made));
	r.info.title = take_str(&t);
	r.info.author = take_str(&t);
	if (t.bad)
		return broken(e);
	r.rest = t.rest;
	*ret = r;
	return 0;
}

static struct sheet_cell take_cell(struct taker *t)
{
	struct sheet_cell cell = {.kind = (enum sheet_kind)take_u32(t, SHEET_ERROR)};

	if (cell.kind == SHEET_TEXT || cell.kind == SHEET_ERROR)
		cell.text = take_str(t);
	else if (cell.kind != SHEET_EMPTY)
		take_bytes(t, &cell.number, sizeof(cell.number));
	return cell;
}

static void take_table(struct taker *t, struct arena *a, struct doc_block *b)
{
	struct doc_table *table = &b->table;
	uint32_t columns = take_u32(t, DOC_COLUMNS_MAX), rows = take_u32(t, DOC_ROWS_MAX);
	struct doc_column *head = t->bad ? NULL : arena_alloc(a, columns * sizeof(*head));
	struct sheet_cell *cells = t->bad ? NULL : arena_alloc(a, (size_t)columns * rows * sizeof(*cells));

	t->bad = t->bad || !head || !cells || !columns;
	for (uint32_t c = 0; c < columns && !t->bad; c++) {
		head[c].title = take_str(t);
		take_bytes(t, &head[c].weight, sizeof(double));
		head[c].align = (enum doc_align)take_u32(t, DOC_RIGHT);
		head[c].decimals = take_u32(t, 6);
		t->bad = t->bad || !(head[c].weight > 0 && head[c].weight < 1000);
	}
	for (size_t i = 0; i < (size_t)columns * rows && !t->bad; i++)
		cells[i] = take_cell(t);
	*table = (struct doc_table){b->text, head, columns, rows, cells};
}

int doc_next(struct doc_reader *r, struct doc_block *ret, struct err *e)
{
	struct taker t = {.rest = r->rest};
	struct doc_block b = {0};

	if (!r->rest.len)
		return 0;
	b.kind = (enum doc_kind)take_u32(&t, DOC_KIND_COUNT - 1);
	b.text = take_str(&t);
	b.more = take_str(&t);
	if (b.kind == DOC_HEADING) {
		b.level = take_u32(&t, DOC_HEADING_LEVELS);
		t.bad = t.bad || b.level == 0;
		b.index = ++r->headings;
	} else if (b.kind == DOC_TABLE) {
		take_table(&t, r->arena, &b);
	} else if (b.kind == DOC_FIGURE) {
		b.chart = chart_unpack(take_str(&t), r->arena);
		t.bad = t.bad || !b.chart;
	}
	if (t.bad)
		return broken(e);
	r->rest = t.rest;
	*ret = b;
	return 1;
}

/* ---- cells ---- */

void doc_cell_add(struct buf *out, const struct doc_column *column, const struct sheet_cell *cell)
{
	char text[TIME_TEXT_MAX];

	switch (cell->kind) {
	case SHEET_TEXT:
	case SHEET_ERROR:
		buf_add(out, cell->text);
		break;
	case SHEET_NUMBER:
		buf_add_fmt(out, "%.*f", (int)column->decimals, cell->number);
		break;
	case SHEET_DATE:
		(void)time_format_local(sheet_time(cell->number), 0, text);
		buf_add(out, (str){text, 10});
		break;
	default:
		break;
	}
}
