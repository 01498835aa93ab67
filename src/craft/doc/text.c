/* Writers that need no library: HTML through a template, Markdown, and the tables as a workbook. */
#include "base/mem.h"
#include "craft/doc/internal.h"
#include "craft/view/view.h"

#define SVG_MAX (512u << 10)

/* ---- HTML ---- */

static const char *const kind_flags[DOC_KIND_COUNT] = {"is_cover",  "is_heading", "is_paragraph",
						       "is_item",   "is_note",    "is_table",
						       "is_figure", "is_page",    "is_contents"};

static void put_lines(struct view *v, const char *list, str lines)
{
	str line;

	view_list(v, list);
	while (lines.len && str_next(&lines, '\n', &line))
		view_text(view_item(v, list), "line", line);
}

static int put_table(struct view *v, const struct doc_table *t, struct arena *a, struct err *e)
{
	static const char *const classes[] = {"", "mid", "num"};
	_cleanup_(buf_done) struct buf text = {0};

	buf_init(&text, DOC_CELL_MAX);
	for (uint32_t c = 0; c < t->column_count; c++) {
		struct view *head = view_item(v, "head");

		view_text(head, "title", t->columns[c].title);
		view_text(head, "align", str_of(classes[t->columns[c].align]));
	}
	view_list(v, "rows");
	for (uint32_t r = 0; r < t->row_count; r++) {
		struct view *row = view_item(v, "rows");

		for (uint32_t c = 0; c < t->column_count; c++) {
			struct view *cell = view_item(row, "cells");

			buf_clear(&text);
			doc_cell_add(&text, &t->columns[c], &t->cells[(size_t)r * t->column_count + c]);
			view_text(cell, "text", arena_str(a, buf_str(&text)));
			view_text(cell, "align", str_of(classes[t->columns[c].align]));
			view_bool(cell, "is_first", c == 0);
		}
	}
	return buf_check(&text, e);
}

static int put_figure(struct view *v, const struct doc_block *b, struct arena *a, struct err *e)
{
	_cleanup_(buf_done) struct buf svg = {0};
	str rest = b->more, class, name;
	int rc;

	buf_init(&svg, SVG_MAX);
	if ((rc = chart_svg(b->chart, &svg, e)))
		return rc;
	view_html(v, "svg", arena_str(a, buf_str(&svg)));
	view_list(v, "legend");
	while (doc_legend_next(&rest, &class, &name)) {
		struct view *entry = view_item(v, "legend");

		view_text(entry, "class", class);
		view_text(entry, "name", name);
	}
	return 0;
}

static int put_block(struct view *v, const struct doc_block *b, struct arena *a, struct err *e)
{
	static const char *const levels[] = {"", "is_h1", "is_h2", "is_h3"};

	for (size_t i = 0; i < DOC_KIND_COUNT; i++)
		view_bool(v, kind_flags[i], b->kind == i);
	for (unsigned i = 1; i <= DOC_HEADING_LEVELS; i++)
		view_bool(v, levels[i], b->kind == DOC_HEADING && b->level == i);
	view_text(v, "text", b->text);
	view_i64(v, "index", b->index);
	if (b->kind == DOC_COVER)
		put_lines(v, "lines", b->more);
	if (b->kind == DOC_TABLE)
		return put_table(v, &b->table, a, e);
	return b->kind == DOC_FIGURE ? put_figure(v, b, a, e) : 0;
}

/* The contents stand before the headings that they name. */
static int put_contents(const struct doc *d, struct view *v, struct arena *a, struct err *e)
{
	struct doc_reader r;
	struct doc_block b;
	int rc = doc_read(buf_str(&d->blocks), a, &r, e);

	view_list(v, "contents");
	while (!rc && (rc = doc_next(&r, &b, e)) > 0) {
		struct view *entry;

		rc = 0;
		if (b.kind != DOC_HEADING || b.level > 2)
			continue;
		entry = view_item(v, "contents");
		view_text(entry, "title", b.text);
		view_i64(entry, "index", b.index);
		view_bool(entry, "is_second", b.level == 2);
	}
	return rc;
}

int doc_html(const struct doc *d, struct buf *out, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct doc_reader r;
	struct doc_block b;
	struct view *v;
	int rc = doc_check(d, e);

	arena_init(&a, DOC_ARENA);
	v = view_create(&a);
	if (rc || (rc = put_contents(d, v, &a, e)) || (rc = doc_read(buf_str(&d->blocks), &a, &r, e)))
		return rc;
	view_text(v, "doc_title", r.info.title);
	view_text(v, "doc_author", r.info.author);
	while (!rc && (rc = doc_next(&r, &b, e)) > 0)
		rc = put_block(view_item(v, "blocks"), &b, &a, e);
	return rc ? rc : view_render(STR("report/document"), v, r.info.lang, out, e);
}

/* ---- Markdown (CommonMark with tables) ---- */

/* Marks that would begin something are escaped; a line end becomes a blank. */
static void add_md(struct buf *out, str text)
{
	static const char marks[] = "\\`*_[]<>|#";

	for (size_t i = 0; i < text.len; i++) {
		if (memchr(marks, text.ptr[i], sizeof(marks) - 1))
			buf_add_byte(out, '\\');
		buf_add_byte(out, text.ptr[i] == '\n' || text.ptr[i] == '\r' ? ' ' : text.ptr[i]);
	}
}

static int md_table(struct buf *out, const struct doc_table *t, struct err *e)
{
	static const char *const rules[] = {" --- |", " :-: |", " --: |"};
	_cleanup_(buf_done) struct buf text = {0};

	buf_init(&text, DOC_CELL_MAX);
	buf_add(out, STR("|"));
	for (uint32_t c = 0; c < t->column_count; c++) {
		buf_add_byte(out, ' ');
		add_md(out, t->columns[c].title);
		buf_add(out, STR(" |"));
	}
	buf_add(out, STR("\n|"));
	for (uint32_t c = 0; c < t->column_count; c++)
		buf_add(out, str_of(rules[t->columns[c].align]));
	for (uint32_t r = 0; r < t->row_count; r++) {
		buf_add(out, STR("\n|"));
		for (uint32_t c = 0; c < t->column_count; c++) {
			buf_clear(&text);
			doc_cell_add(&text, &t->columns[c], &t->cells[(size_t)r * t->column_count + c]);
			buf_add_byte(out, ' ');
			add_md(out, buf_str(&text));
			buf_add(out, STR(" |"));
		}
	}
	buf_add(out, STR("\n\n"));
	return buf_check(&text, e);
}

static int md_block(struct buf *out, const struct doc_block *b, struct err *e)
{
	static const char *const begins[DOC_KIND_COUNT] = {
		[DOC_COVER] = "# ", [DOC_PARAGRAPH] = "", [DOC_ITEM] = "- ", [DOC_NOTE] = "> ", [DOC_FIGURE] = "**"};
	static const char *const headings[] = {"", "## ", "### ", "#### "};

	if (b->kind == DOC_PAGE || b->kind == DOC_CONTENTS)
		return 0;
	if (b->kind == DOC_TABLE) {
		if (b->text.len) {
			buf_add(out, STR("**"));
			add_md(out, b->text);
			buf_add(out, STR("**\n\n"));
		}
		return md_table(out, &b->table, e);
	}
	buf_add(out, str_of(b->kind == DOC_HEADING ? headings[b->level] : begins[b->kind]));
	add_md(out, b->text);
	buf_add(out, b->kind == DOC_FIGURE ? STR("**\n") : STR("\n"));
	if (b->kind == DOC_COVER && b->more.len) {
		buf_add_byte(out, '\n');
		add_md(out, b->more);
		buf_add_byte(out, '\n');
	}
	if (b->kind != DOC_ITEM)
		buf_add_byte(out, '\n');
	return 0;
}

int doc_markdown(const struct doc *d, struct buf *out, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct doc_reader r;
	struct doc_block b;
	int rc = doc_check(d, e);

	arena_init(&a, DOC_ARENA);
	if (rc || (rc = doc_read(buf_str(&d->blocks), &a, &r, e)))
		return rc;
	while (!rc && (rc = doc_next(&r, &b, e)) > 0)
		rc = md_block(out, &b, e);
	return rc ? rc : buf_check(out, e);
}

/* ---- the tables as a workbook ---- */

#define TABLES_MAX 64u

static int to_sheet(const struct doc_block *b, struct arena *a, struct sheet_table *ret, struct err *e)
{
	const struct doc_table *t = &b->table;
	struct sheet_column *columns = arena_alloc(a, t->column_count * sizeof(*columns));

	if (!columns)
		return err_set(e, ERR_LIMIT, "err.doc.limit");
	for (uint32_t c = 0; c < t->column_count; c++)
		columns[c] = (struct sheet_column){.title = t->columns[c].title,
						   .width = 6 + 10 * t->columns[c].weight};
	*ret = (struct sheet_table){t->name, columns, t->column_count, t->row_count, t->cells};
	return 0;
}

int doc_xlsx(const struct doc *d, struct buf *out, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct sheet_table tables[TABLES_MAX];
	uint32_t count = 0;
	struct doc_reader r;
	struct doc_block b;
	int rc = doc_check(d, e);

	arena_init(&a, DOC_ARENA);
	if (rc || (rc = doc_read(buf_str(&d->blocks), &a, &r, e)))
		return rc;
	while (!rc && count < TABLES_MAX && (rc = doc_next(&r, &b, e)) > 0)
		rc = b.kind == DOC_TABLE ? to_sheet(&b, &a, &tables[count++], e) : 0;
	return rc ? rc : sheet_tables_xlsx(tables, count, out, e);
}
