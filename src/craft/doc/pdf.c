/* PDF by Pango and Cairo, in two runs: the first finds the pages of the headings, the second draws. */
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/doc/internal.h"
#include "craft/doc/page.h"
#include "os/child.h"

#define FONTS "Noto Sans CJK JP, IPAexGothic, IPAGothic, sans-serif"
#define HEADINGS_MAX 2000u
#define TITLE_INK 0x12294a
#define INK 0x1a2029
#define MUTED 0x4d5766
#define LEGEND_SIZE 8.5

struct entry {
	str title;
	unsigned level;
	uint32_t page;
};

struct print {
	struct page page;
	struct entry *entries; /* by heading */
	uint32_t entry_count;
};

/* ---- blocks ---- */

static void draw_cover(struct page *p, const struct doc_block *b)
{
	struct page_text title = {.text = b->text, .size = 26, .bold = true, .colour = TITLE_INK, .leading = 1.3};
	struct page_text line = {.size = 12, .colour = MUTED};
	str rest = b->more;
	cairo_rectangle_t bar = {PAGE_MARGIN, 232, 64, 5};

	p->has_footer = false;
	page_fill(p, &bar, 0x2450bd);
	p->y = 250;
	page_flow(p, &title, PAGE_MARGIN);
	p->y += 18;
	while (rest.len && str_next(&rest, '\n', &line.text)) {
		page_flow(p, &line, PAGE_MARGIN);
		p->y += 4;
	}
}

static void mark_heading(struct print *pr, const struct doc_block *b)
{
	struct page *p = &pr->page;
	char dest[32], attributes[64];
	_cleanup_free_ char *title = NULL;
	int parent = CAIRO_PDF_OUTLINE_ROOT;

	snprintf(dest, sizeof(dest), "h%u", b->index);
	snprintf(attributes, sizeof(attributes), "name='%s'", dest);
	cairo_tag_begin(p->cr, CAIRO_TAG_DEST, attributes);
	cairo_tag_end(p->cr, CAIRO_TAG_DEST);
	title = mem_dup(b->text.ptr ? b->text.ptr : "", b->text.len);
	if (b->level > 1 && p->outline)
		parent = p->outline;
	snprintf(attributes, sizeof(attributes), "dest='%s'", dest);
	parent = cairo_pdf_surface_add_outline(p->surface, parent, title, attributes, CAIRO_PDF_OUTLINE_FLAG_OPEN);
	if (b->level == 1)
		p->outline = parent;
}

static void draw_heading(struct print *pr, const struct doc_block *b)
{
	static const double sizes[] = {0, 17, 13, 11};
	struct page *p = &pr->page;
	struct page_text t = {
		.text = b->text, .size = sizes[b->level], .bold = true, .colour = TITLE_INK, .leading = 1.3};

	/* Three lines of what follows belong to a heading. */
	p->y += p->y > PAGE_TOP ? 10 : 0;
	page_need(p, sizes[b->level] * 1.3 + 48);
	if (!p->draws && b->index <= HEADINGS_MAX)
		pr->entries[b->index - 1].page = p->number;
	if (p->draws)
		mark_heading(pr, b);
	page_flow(p, &t, PAGE_MARGIN);
	p->y += 5;
}

static void draw_text(struct page *p, const struct doc_block *b)
{
	struct page_text t = {.text = b->text, .size = 10, .colour = INK};

	if (b->kind == DOC_NOTE) {
		t.size = 8.5;
		t.colour = MUTED;
	}
	if (b->kind == DOC_ITEM) {
		struct page_text dot = {.text = STR("•"), .size = 10, .width = 12, .colour = INK};

		page_need(p, 15);
		page_text_at(p, &dot, PAGE_MARGIN + 2, p->y);
		t.width = PAGE_INNER - 14;
		page_flow(p, &t, PAGE_MARGIN + 14);
		p->y += 2;
		return;
	}
	page_flow(p, &t, PAGE_MARGIN);
	p->y += 6;
}

static void draw_legend(struct page *p, str legend, struct arena *a)
{
	static const struct chart_point ends[] = {{0, 5}, {22, 5}};
	double x = PAGE_MARGIN;
	str class, name;

	while (doc_legend_next(&legend, &class, &name)) {
		struct page_text t = {.text = name, .size = LEGEND_SIZE, .width = 150, .colour = MUTED};
		struct chart *sample = chart_create(a, STR(""), 24, 10);

		chart_line(sample, arena_fmt(a, "ln " STR_FMT, STR_ARG(class)), ends, COUNT_OF(ends));
		if (p->draws && sample) {
			cairo_save(p->cr);
			cairo_translate(p->cr, x, p->y);
			chart_draw(sample, p->cr, p->font);
			cairo_restore(p->cr);
		}
		page_text_at(p, &t, x + 28, p->y - 1);
		x += 118;
	}
	p->y += 16;
}

static void draw_figure(struct page *p, const struct doc_block *b, struct arena *a)
{
	struct page_text caption = {.text = b->text, .size = 9, .colour = MUTED, .bold = true};
	double scale = PAGE_INNER / chart_width(b->chart), height;

	scale = scale > 1.25 ? 1.25 : scale;
	height = chart_height(b->chart) * scale;
	page_need(p, height + 46 < PAGE_HEIGHT - PAGE_TOP - PAGE_BOTTOM ? height + 46 : 200);
	page_flow(p, &caption, PAGE_MARGIN);
	p->y += 4;
	if (b->more.len)
		draw_legend(p, b->more, a);
	if (p->draws) {
		cairo_save(p->cr);
		cairo_translate(p->cr, (PAGE_WIDTH - chart_width(b->chart) * scale) / 2, p->y);
		cairo_scale(p->cr, scale, scale);
		chart_draw(b->chart, p->cr, p->font);
		cairo_restore(p->cr);
	}
	p->y += height + 8;
}

static void draw_contents(struct print *pr)
{
	struct page *p = &pr->page;

	for (uint32_t i = 0; i < pr->entry_count; i++) {
		const struct entry *e = &pr->entries[i];
		double indent = e->level == 2 ? 16 : 0;
		char number[16], attributes[48];
		struct page_text title = {.text = e->title,
					  .size = e->level == 1 ? 10.5 : 9.5,
					  .width = PAGE_INNER - 60 - indent,
					  .colour = INK,
					  .bold = e->level == 1};
		struct page_text page = {.size = 10, .colour = INK, .align = DOC_RIGHT};
		double y;

		if (e->level > 2)
			continue;
		snprintf(number, sizeof(number), "%u", e->page);
		snprintf(attributes, sizeof(attributes), "dest='h%u'", i + 1);
		page.text = str_of(number);
		page_need(p, 18);
		y = p->y;
		if (p->draws)
			cairo_tag_begin(p->cr, CAIRO_TAG_LINK, attributes);
		page_flow(p, &title, PAGE_MARGIN + indent);
		if (p->draws)
			cairo_tag_end(p->cr, CAIRO_TAG_LINK);
		page_text_at(p, &page, PAGE_MARGIN, y);
		p->y += 3;
	}
}

static void draw_block(struct print *pr, const struct doc_block *b, struct arena *a)
{
	struct page *p = &pr->page;
	struct page_text caption = {.text = b->text, .size = 9, .bold = true, .colour = MUTED};

	switch (b->kind) {
	case DOC_COVER:
		draw_cover(p, b);
		break;
	case DOC_HEADING:
		draw_heading(pr, b);
		break;
	case DOC_TABLE:
		if (b->text.len) {
			page_need(p, 60);
			page_flow(p, &caption, PAGE_MARGIN);
			p->y += 3;
		}
		page_table(p, &b->table);
		break;
	case DOC_FIGURE:
		draw_figure(p, b, a);
		break;
	case DOC_PAGE:
		if (p->y > PAGE_TOP)
			page_next(p);
		break;
	case DOC_CONTENTS:
		draw_contents(pr);
		break;
	default:
		draw_text(p, b);
	}
}

/* ---- two runs ---- */

static int run_once(struct print *pr, str blocks, struct arena *a, struct err *e)
{
	struct doc_reader r;
	struct doc_block b;
	struct page *p = &pr->page;
	int rc = doc_read(blocks, a, &r, e);

	p->number = 1;
	p->y = PAGE_TOP;
	p->has_footer = true;
	p->outline = 0;
	while (!rc && (rc = doc_next(&r, &b, e)) > 0) {
		draw_block(pr, &b, a);
		rc = p->number > DOC_PAGES_MAX ? err_set(e, ERR_LIMIT, "err.doc.limit") : 0;
	}
	page_end(p);
	return rc;
}

/* The contents stand before what they list: the headings are gathered first, their pages come with the first run. */
static int find_places(struct print *pr, str blocks, struct arena *a, struct err *e)
{
	struct doc_reader r;
	struct doc_block b;
	int rc = doc_read(blocks, a, &r, e);

	while (!rc && (rc = doc_next(&r, &b, e)) > 0) {
		rc = 0;
		if (b.kind == DOC_HEADING && pr->entry_count < HEADINGS_MAX)
			pr->entries[pr->entry_count++] = (struct entry){b.text, b.level, 1};
	}
	return rc;
}

static cairo_status_t take_bytes(void *ctx, const unsigned char *bytes, unsigned int len)
{
	struct buf *out = ctx;

	buf_add(out, (str){(const char *)bytes, len});
	return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void set_properties(struct page *p)
{
	_cleanup_free_ char *title = mem_dup(p->info.title.ptr ? p->info.title.ptr : "", p->info.title.len);
	_cleanup_free_ char *author = mem_dup(p->info.author.ptr ? p->info.author.ptr : "", p->info.author.len);
	char made[TIME_TEXT_MAX];

	(void)time_format(p->info.made, made);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, title);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_AUTHOR, author);
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATOR, "Noroshi");
	cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, made);
}

static bool font_has_japanese(PangoLayout *layout, PangoFontDescription *font)
{
	str sample = words_get(LANG_JA, STR("doc.font_sample"));

	pango_layout_set_font_description(layout, font);
	pango_layout_set_text(layout, sample.ptr, (int)sample.len);
	return pango_layout_get_unknown_glyphs_count(layout) == 0;
}

static int print_all(struct print *pr, str blocks, struct arena *a, struct err *e)
{
	struct page *p = &pr->page;
	int rc = find_places(pr, blocks, a, e);

	if (!rc)
		rc = run_once(pr, blocks, a, e);
	p->count = p->number;
	p->draws = true;
	return rc ? rc : run_once(pr, blocks, a, e);
}

static int with_cairo(struct print *pr, str blocks, struct arena *a, struct err *e)
{
	struct page *p = &pr->page;
	int rc;

	p->layout = pango_cairo_create_layout(p->cr);
	p->font = pango_font_description_from_string(FONTS);
	if (p->info.lang == LANG_JA)
		pango_context_set_language(pango_layout_get_context(p->layout), pango_language_from_string("ja"));
	rc = font_has_japanese(p->layout, p->font) ? print_all(pr, blocks, a, e)
						   : err_set(e, ERR_UNSUPPORTED, "err.doc.font");
	pango_font_description_free(p->font);
	g_object_unref(p->layout);
	return rc;
}

int doc_pdf_here(str blocks, struct buf *out, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct print pr = {0};
	struct doc_reader head;
	int rc;

	arena_init(&a, DOC_ARENA);
	if ((rc = doc_read(blocks, &a, &head, e)))
		return rc;
	pr.page.info = head.info;
	pr.entries = arena_alloc(&a, HEADINGS_MAX * sizeof(*pr.entries));
	if (!pr.entries)
		return err_set(e, ERR_LIMIT, "err.doc.limit");
	pr.page.surface = cairo_pdf_surface_create_for_stream(take_bytes, out, PAGE_WIDTH, PAGE_HEIGHT);
	pr.page.cr = cairo_create(pr.page.surface);
	set_properties(&pr.page);
	rc = with_cairo(&pr, blocks, &a, e);
	cairo_destroy(pr.page.cr);
	cairo_surface_finish(pr.page.surface);
	if (!rc && cairo_surface_status(pr.page.surface) != CAIRO_STATUS_SUCCESS)
		rc = err_set(e, ERR_INTERNAL, "err.doc.limit");
	cairo_surface_destroy(pr.page.surface);
	return rc ? rc : buf_check(out, e);
}

static const char *const keys[] = {"err.doc.limit", "err.doc.broken", "err.doc.font", "err.buf.limit", NULL};

const struct child_part doc_child = {"doc", CHILD_FILES, NULL, doc_pdf_here, keys};

int doc_pdf(const struct doc *d, struct buf *out, struct err *e)
{
	int rc = doc_check(d, e);

	return rc ? rc : child_run(&doc_child, buf_str(&d->blocks), out, e);
}
