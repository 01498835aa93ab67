/* One document through every writer. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/doc/doc.h"
#include "os/file.h"

#define LONG_ROWS 600u

static const struct doc_column columns[] = {{STR_INIT("サービス"), 4, DOC_LEFT, 0},
					    {STR_INIT("現状"), 1, DOC_CENTRE, 2},
					    {STR_INIT("期限"), 1, DOC_RIGHT, 0}};

static void compose(struct doc *d, struct arena *a, uint32_t rows)
{
	struct doc_info info = {STR("評価報告書"), STR("例示会社 <&>"), LANG_JA, 0};
	const struct chart_axis axes[] = {{STR("A"), STR("戦略"), 200, 300, 400, 100},
					  {STR("B"), STR("監視"), 300, CHART_NONE, 500, CHART_NONE},
					  {STR("C"), STR("分析"), 250, 100, 300, 200}};
	struct sheet_cell *cells = arena_alloc(a, (size_t)rows * 3 * sizeof(*cells));
	struct doc_table table = {STR("一覧"), columns, 3, rows, cells};
	struct chart *radar = chart_radar(a, axes, 3);

	for (uint32_t i = 0; i < rows; i++) {
		cells[i * 3] = sheet_text(arena_fmt(a, "監視サービス %u | *", i));
		cells[i * 3 + 1] = sheet_number(3.25);
		cells[i * 3 + 2] = (struct sheet_cell){.kind = SHEET_DATE, .number = 46113};
	}
	doc_init(d, &info);
	doc_cover(d, STR("評価報告書"), STR("例示会社\n2026-11-21"));
	doc_page(d);
	doc_contents(d);
	doc_page(d);
	doc_heading(d, 1, STR("概要"));
	doc_paragraph(d, STR("本書は狼煙が作成した。"));
	doc_item(d, STR("第一の点"));
	doc_figure(d, radar, STR("レーダー"), STR("s-asis 現状\ns-tobe 目標"));
	doc_heading(d, 1, STR("付録"));
	doc_table(d, &table);
	doc_note(d, STR("出典と確かさ"));
}

static void blocks_come_back(void **state)
{
	static const enum doc_kind kinds[] = {DOC_COVER,   DOC_PAGE,      DOC_CONTENTS, DOC_PAGE,
					      DOC_HEADING, DOC_PARAGRAPH, DOC_ITEM,     DOC_FIGURE,
					      DOC_HEADING, DOC_TABLE,     DOC_NOTE};
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_(doc_done) struct doc d = {0};
	struct doc_reader r;
	struct doc_block b;

	(void)state;
	arena_init(&a, 8u << 20);
	compose(&d, &a, 2);
	assert_int_equal(doc_read(buf_str(&d.blocks), &a, &r, NULL), 0);
	assert_true(str_eq(r.info.title, STR("評価報告書")));
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		assert_int_equal(doc_next(&r, &b, NULL), 1);
		assert_int_equal(b.kind, kinds[i]);
	}
	assert_int_equal(doc_next(&r, &b, NULL), 0);
}

static void broken_blocks_are_told(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_(doc_done) struct doc d = {0};
	size_t whole = 0;

	(void)state;
	arena_init(&a, 32u << 20);
	compose(&d, &a, 1);
	for (size_t len = 0; len < d.blocks.len; len++) {
		struct doc_reader r;
		struct doc_block b;
		int rc = doc_read(str_sub(buf_str(&d.blocks), 0, len), &a, &r, NULL);

		while (rc == 0 && (rc = doc_next(&r, &b, NULL)) > 0)
			rc = 0;
		whole += rc == 0;
	}
	/* A cut is not seen only where a block ends: after the head and after each but the last of eleven blocks. */
	assert_int_equal(whole, 11);
}

static void html_and_markdown(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_(doc_done) struct doc d = {0};
	_cleanup_(buf_done) struct buf html = {0}, md = {0};

	(void)state;
	arena_init(&a, 8u << 20);
	compose(&d, &a, 2);
	buf_init(&html, 4u << 20);
	buf_init(&md, 1u << 20);
	assert_int_equal(doc_html(&d, &html, NULL), 0);
	assert_non_null(strstr(buf_cstr(&html), "<h2 id=\"h1\">概要</h2>"));
	assert_non_null(strstr(buf_cstr(&html), "href=\"#h2\">付録</a>"));
	assert_non_null(strstr(buf_cstr(&html), "例示会社 &lt;&amp;&gt;"));
	assert_non_null(strstr(buf_cstr(&html), "<polygon class=\"ln s-asis area\""));
	assert_null(strstr(buf_cstr(&html), "<script"));
	assert_int_equal(doc_markdown(&d, &md, NULL), 0);
	assert_non_null(strstr(buf_cstr(&md), "# 評価報告書\n"));
	assert_non_null(strstr(buf_cstr(&md), "| 監視サービス 0 \\| \\* | 3.25 | 2026-04-01 |"));
}

static void tables_as_a_workbook(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_(doc_done) struct doc d = {0};
	_cleanup_(buf_done) struct buf out = {0};
	struct sheet_book book;

	(void)state;
	arena_init(&a, 32u << 20);
	compose(&d, &a, 3);
	buf_init(&out, 4u << 20);
	assert_int_equal(doc_xlsx(&d, &out, NULL), 0);
	assert_int_equal(sheet_read_here(buf_str(&out), &a, &book, NULL), 0);
	assert_int_equal(book.count, 1);
	assert_int_equal(book.sheets[0].row_count, 4);
	assert_true(str_eq(book.sheets[0].name, STR("一覧")));
}

/* What another program reads out of the PDF. */
static char *text_of_pdf(const struct buf *pdf)
{
	char path[] = "/tmp/noroshi-doc-XXXXXX", command[128];
	char *text = mem_alloc(1u << 20, 1);
	int fd = mkstemp(path);
	FILE *pipe;
	size_t got;

	CHECK(fd >= 0);
	close(fd);
	CHECK(file_write_atomic(str_of(path), buf_str(pdf), 0600, NULL) == 0);
	snprintf(command, sizeof(command), "pdftotext -layout %s - 2>/dev/null", path);
	pipe = popen(command, "r");
	CHECK(pipe);
	got = fread(text, 1, (1u << 20) - 1, pipe);
	text[got] = '\0';
	pclose(pipe);
	unlink(path);
	return text;
}

static void pdf_has_its_text(void **state)
{
	_cleanup_(arena_done) struct arena a = {0};
	_cleanup_(doc_done) struct doc d = {0};
	_cleanup_(buf_done) struct buf pdf = {0};
	_cleanup_free_ char *text = NULL;
	struct err e = {0};
	int rc;

	(void)state;
	if (system("pdftotext -v >/dev/null 2>&1") != 0)
		SKIP("pdftotext (poppler-utils) is not installed");
	arena_init(&a, 8u << 20);
	compose(&d, &a, LONG_ROWS);
	buf_init(&pdf, DOC_PDF_MAX);
	rc = doc_pdf_here(buf_str(&d.blocks), &pdf, &e);
	if (rc && strcmp(e.id, "err.doc.font") == 0)
		SKIP("no Japanese font is installed");
	assert_int_equal(rc, 0);
	assert_true(str_starts(buf_str(&pdf), STR("%PDF-")));
	text = text_of_pdf(&pdf);
	assert_non_null(strstr(text, "本書は狼煙が作成した。"));
	assert_non_null(strstr(text, "監視サービス 0 | *"));
	assert_non_null(strstr(text, "監視サービス 599 | *"));
	assert_non_null(strstr(text, "A 戦略")); /* a label of the chart */
	assert_non_null(strstr(text, "3 / "));
	/* The head of the table stands on every one of its pages. */
	assert_non_null(strstr(strstr(strstr(text, "サービス"), "\f"), "現状"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_come_back),  cmocka_unit_test(broken_blocks_are_told),
		cmocka_unit_test(html_and_markdown), cmocka_unit_test(tables_as_a_workbook),
		cmocka_unit_test(pdf_has_its_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
