/* Tables on paper: columns by weight, the head again on every page, rows that stay together. */
#include "base/mem.h"
#include "craft/doc/internal.h"
#include "craft/doc/page.h"

#define CELL_SIZE 8.0
#define CELL_LEADING 1.3
#define PAD_X 3.5
#define PAD_Y 3.0
#define HEAD_GROUND 0x1f3a5f
#define ZEBRA 0xf4f6f9
#define INK 0x1a2029

struct table_look {
	const struct doc_table *t;
	double x[DOC_COLUMNS_MAX + 1]; /* edges */
	struct buf text;
};

static void place_columns(struct table_look *l)
{
	double sum = 0, x = PAGE_MARGIN;

	for (uint32_t c = 0; c < l->t->column_count; c++)
		sum += l->t->columns[c].weight;
	for (uint32_t c = 0; c < l->t->column_count; c++) {
		l->x[c] = x;
		x += PAGE_INNER * l->t->columns[c].weight / sum;
	}
	l->x[l->t->column_count] = x;
}

static struct page_text cell_text(struct table_look *l, uint32_t row, uint32_t column, bool is_head)
{
	const struct doc_column *c = &l->t->columns[column];
	struct page_text t = {.size = CELL_SIZE,
			      .width = l->x[column + 1] - l->x[column] - 2 * PAD_X,
			      .colour = is_head ? 0xffffff : INK,
			      .bold = is_head,
			      .align = is_head && c->align == DOC_RIGHT ? DOC_CENTRE : c->align,
			      .leading = CELL_LEADING};

	buf_clear(&l->text);
	if (is_head)
		t.text = c->title;
	else
		doc_cell_add(&l->text, c, &l->t->cells[(size_t)row * l->t->column_count + column]);
	if (!is_head)
		t.text = buf_str(&l->text);
	return t;
}

static double row_height(struct page *p, struct table_look *l, uint32_t row, bool is_head)
{
	double most = CELL_SIZE * CELL_LEADING;

	for (uint32_t c = 0; c < l->t->column_count; c++) {
		struct page_text t = cell_text(l, row, c, is_head);
		double height = page_measure(p, &t);

		most = height > most ? height : most;
	}
	/* A row taller than a page is cut by its end; nothing else can be done with it. */
	most += 2 * PAD_Y;
	return most < PAGE_HEIGHT - PAGE_TOP - PAGE_BOTTOM - 40 ? most : PAGE_HEIGHT - PAGE_TOP - PAGE_BOTTOM - 40;
}

static void draw_row(struct page *p, struct table_look *l, uint32_t row, bool is_head, double height)
{
	cairo_rectangle_t ground = {PAGE_MARGIN, p->y, PAGE_INNER, height};

	if (p->draws && (is_head || row % 2))
		page_fill(p, &ground, is_head ? HEAD_GROUND : ZEBRA);
	for (uint32_t c = 0; p->draws && c < l->t->column_count; c++) {
		struct page_text t = cell_text(l, row, c, is_head);

		page_text_at(p, &t, l->x[c] + PAD_X, p->y + PAD_Y);
	}
	p->y += height;
	page_line(p, PAGE_MARGIN, PAGE_MARGIN + PAGE_INNER, p->y);
}

void page_table(struct page *p, const struct doc_table *table)
{
	struct table_look l = {.t = table};
	double head;

	buf_init(&l.text, DOC_CELL_MAX);
	place_columns(&l);
	head = row_height(p, &l, 0, true);
	for (uint32_t r = 0; r < table->row_count; r++) {
		/* Shaping text is what takes the time: each row is measured once. */
		double height = row_height(p, &l, r, false);

		/* Not a head alone at the foot of a page. */
		if (page_need(p, r ? height : head + height) || r == 0)
			draw_row(p, &l, 0, true, head);
		draw_row(p, &l, r, false, height);
	}
	if (!table->row_count) {
		page_need(p, head);
		draw_row(p, &l, 0, true, head);
	}
	p->y += 10;
	buf_done(&l.text);
}
