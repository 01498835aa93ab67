/* Workbooks and CSV: what is written is read again; what is refused is refused with its reason. */
#include "tests.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/mem.h"
#include "craft/sheet/internal.h"

#define DAY_2026_04_01 46113.0

static int read_back(const struct buf *bytes, struct arena *a, struct sheet_book *ret, struct err *e)
{
	arena_init(a, SHEET_ARENA);
	return sheet_read_here(buf_str(bytes), a, ret, e);
}

static void addresses(void **state)
{
	(void)state;
	assert_string_equal(sheet_address(11, 5).text, "F12");
	assert_string_equal(sheet_address(0, 0).text, "A1");
	assert_string_equal(sheet_address(0, 25).text, "Z1");
	assert_string_equal(sheet_address(0, 26).text, "AA1");
	assert_string_equal(sheet_address(SHEET_ROWS_MAX, 255).text, "IV20001");
}

static void days(void **state)
{
	time_us t;

	(void)state;
	assert_true(time_parse(STR("2026-04-01T00:00:00Z"), &t));
	assert_true(sheet_time(DAY_2026_04_01) == t);
	assert_true(sheet_serial(t) == DAY_2026_04_01);
	assert_int_equal(sheet_time(-1), 0);
	assert_int_equal(sheet_time(1e300), 0);
}

static const struct sheet_column columns[] = {
	{STR_INIT("名前"), SHEET_TEXT, 20}, {STR_INIT("score"), SHEET_NUMBER, 8}, {STR_INIT("due"), SHEET_DATE, 12}};

static struct sheet_table sample(struct sheet_cell cells[6])
{
	cells[0] = sheet_text(STR("監視 \"B-1\"\n二行目 <&>"));
	cells[1] = sheet_number(3.5);
	cells[2] = (struct sheet_cell){.kind = SHEET_DATE, .number = DAY_2026_04_01};
	cells[3] = sheet_text(STR("=1+1"));
	cells[4] = (struct sheet_cell){0};
	cells[5] = (struct sheet_cell){0};
	return (struct sheet_table){STR("表[1]"), columns, 3, 2, cells};
}

static void a_table_comes_back_from_xlsx(void **state)
{
	_cleanup_(buf_done) struct buf out = {0};
	_cleanup_(arena_done) struct arena a = {0};
	struct sheet_cell cells[6];
	struct sheet_table t = sample(cells);
	struct sheet_book book;

	(void)state;
	buf_init(&out, 1u << 20);
	assert_int_equal(sheet_tables_xlsx(&t, 1, &out, NULL), 0);
	assert_int_equal(sheet_format_of(buf_str(&out)), SHEET_XLSX);
	assert_int_equal(read_back(&out, &a, &book, NULL), 0);
	assert_int_equal(book.count, 1);
	assert_true(str_eq(book.sheets[0].name, STR("表_1_")));
	assert_int_equal(book.sheets[0].row_count, 3);
	assert_true(str_eq(sheet_at(&book.sheets[0].rows[0], 0).text, STR("名前")));
	assert_true(str_eq(sheet_at(&book.sheets[0].rows[1], 0).text, cells[0].text));
	assert_true(sheet_at(&book.sheets[0].rows[1], 1).number == 3.5);
	assert_int_equal(sheet_at(&book.sheets[0].rows[1], 2).kind, SHEET_DATE);
	assert_true(sheet_at(&book.sheets[0].rows[1], 2).number == DAY_2026_04_01);
	assert_true(str_eq(sheet_at(&book.sheets[0].rows[2], 0).text, STR("=1+1")));
	assert_false(sheet_at(&book.sheets[0].rows[2], 0).is_formula);
	assert_int_equal(sheet_at(&book.sheets[0].rows[2], 99).kind, SHEET_EMPTY);
}

static void a_table_comes_back_from_csv(void **state)
{
	_cleanup_(buf_done) struct buf out = {0};
	_cleanup_(arena_done) struct arena a = {0};
	struct sheet_cell cells[6];
	struct sheet_table t = sample(cells);
	struct sheet_book book;

	(void)state;
	buf_init(&out, 1u << 20);
	assert_int_equal(sheet_table_csv(&t, &out, NULL), 0);
	assert_true(str_find(buf_str(&out), STR("'=1+1")) > 0);
	assert_int_equal(read_back(&out, &a, &book, NULL), 0);
	assert_int_equal(book.sheets[0].row_count, 3);
	assert_true(str_eq(sheet_at(&book.sheets[0].rows[1], 0).text, cells[0].text));
	assert_true(str_eq(sheet_at(&book.sheets[0].rows[1], 1).text, STR("3.50")));
	assert_true(str_eq(sheet_at(&book.sheets[0].rows[1], 2).text, STR("2026-04-01")));
	assert_true(str_eq(sheet_at(&book.sheets[0].rows[2], 0).text, STR("=1+1")));
}

static void csv_as_others_write_it(void **state)
{
	static const struct {
		const char *text;
		const char *cells[3];
	} cases[] = {
		{"a;b;c\r\n1;\"x;y\";3\r\n", {"1", "x;y", "3"}},
		{"a\tb\tc\n1\t2\t\n", {"1", "2", ""}},
		{"a,b,c\n1,\"two\nlines \"\"q\"\"\",3", {"1", "two\nlines \"q\"", "3"}},
		{"a,b,c\n\x8a\xc4\x8e\x8b,2,3\n", {"監視", "2", "3"}}, /* CP932 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_(arena_done) struct arena a = {0};
		struct sheet_book book;

		arena_init(&a, SHEET_ARENA);
		assert_int_equal(sheet_read_here(str_of(cases[i].text), &a, &book, NULL), 0);
		assert_int_equal(book.sheets[0].row_count, 2);
		for (uint32_t c = 0; c < 3; c++)
			assert_true(str_eq(sheet_at(&book.sheets[0].rows[1], c).text, str_of(cases[i].cells[c])));
	}
}

static void formulas_say_that_they_are(void **state)
{
	_cleanup_(buf_done) struct buf out = {0};
	_cleanup_(arena_done) struct arena a = {0};
	struct sheet_out *o;
	struct sheet_book book;

	(void)state;
	buf_init(&out, 1u << 20);
	assert_int_equal(sheet_out_create(STR("t"), STR("a"), 0, &o, NULL), 0);
	sheet_out_sheet(o, STR("入力"));
	sheet_out_formula(o, (struct sheet_spot){0, 0}, SHEET_SCORE, STR("1+2"), sheet_number(3));
	sheet_out_formula(o, (struct sheet_spot){1, 0}, SHEET_PLAIN, STR("\"a\"&\"b\""), sheet_text(STR("ab")));
	assert_int_equal(sheet_out_finish(o, &out, NULL), 0);
	sheet_out_free(o);
	assert_int_equal(read_back(&out, &a, &book, NULL), 0);
	assert_true(sheet_at(&book.sheets[0].rows[0], 0).is_formula);
	assert_true(sheet_at(&book.sheets[0].rows[0], 0).number == 3);
	assert_true(str_eq(sheet_at(&book.sheets[0].rows[1], 0).text, STR("ab")));
	assert_non_null(sheet_find(&book, STR("入力")));
	assert_null(sheet_find(&book, STR("結果")));
}

/* ---- workbooks made part by part ---- */

struct entry {
	const char *name;
	str bytes;
};

#define WORKBOOK                                                                                          \
	{                                                                                                 \
		"xl/workbook.xml", STR_INIT("<workbook xmlns:r='r'><workbookPr/><sheets><sheet name='S' " \
					    "sheetId='1' r:id='rId1'/></sheets></workbook>")              \
	}
#define RELATIONS                                                                                     \
	{                                                                                             \
		"xl/_rels/workbook.xml.rels",                                                         \
			STR_INIT("<Relationships><Relationship Id='rId1' Target='worksheets/s.xml'/>" \
				 "</Relationships>")                                                  \
	}

static void zip_of(const struct entry *entries, size_t count, struct buf *out)
{
	struct archive *zip = archive_write_new();
	size_t used = 0;
	char *room;

	buf_init(out, 64u << 20);
	room = buf_room(out, 60u << 20);
	archive_write_set_format_zip(zip);
	assert_int_equal(archive_write_open_memory(zip, room, 60u << 20, &used), ARCHIVE_OK);
	for (size_t i = 0; i < count; i++) {
		struct archive_entry *e = archive_entry_new();

		archive_entry_set_pathname(e, entries[i].name);
		archive_entry_set_size(e, (la_int64_t)entries[i].bytes.len);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_perm(e, 0644);
		assert_int_equal(archive_write_header(zip, e), ARCHIVE_OK);
		archive_write_data(zip, entries[i].bytes.ptr, entries[i].bytes.len);
		archive_entry_free(e);
	}
	archive_write_close(zip);
	archive_write_free(zip);
	buf_claim(out, used);
}

static int read_entries(const struct entry *entries, size_t count, struct arena *a, struct sheet_book *book,
			struct err *e)
{
	_cleanup_(buf_done) struct buf bytes = {0};

	zip_of(entries, count, &bytes);
	return read_back(&bytes, a, book, e);
}

static void odd_but_good_workbooks(void **state)
{
	static const struct entry entries[] = {
		WORKBOOK,
		RELATIONS,
		{"xl/sharedStrings.xml",
		 STR_INIT("<sst><si><r><t>東</t></r><r><t>京</t></r><rPh sb='0' eb='1'><t>トウキョウ</t></rPh></si>"
			  "<si><t>a_x000D_b</t></si></sst>")},
		{"xl/styles.xml",
		 STR_INIT("<styleSheet><numFmts><numFmt numFmtId='170' "
			  "formatCode='[$-411]ggge&quot;年&quot;m&quot;月&quot;'/></numFmts><cellXfs>"
			  "<xf numFmtId='0'/><xf numFmtId='170'/><xf numFmtId='20'/></cellXfs></styleSheet>")},
		{"xl/worksheets/s.xml",
		 STR_INIT(
			 "<x:worksheet xmlns:x='x'><x:sheetData><x:row><x:c t='s'><x:v>0</x:v></x:c><x:c "
			 "t='s'><x:v>1</x:v>"
			 "</x:c></x:row><x:row r='5'><x:c r='C5' s='1'><x:v>46113</x:v></x:c><x:c r='D5' s='2'><x:v>0.5"
			 "</x:v></x:c><x:c r='E5'><x:f>A1</x:f></x:c><x:c r='XFD5' s='1'/></x:row><x:row r='1048576'/>"
			 "</x:sheetData></x:worksheet>")},
	};
	_cleanup_(arena_done) struct arena a = {0};
	struct sheet_book book;
	const struct sheet *s;

	(void)state;
	assert_int_equal(read_entries(entries, 5, &a, &book, NULL), 0);
	s = &book.sheets[0];
	assert_int_equal(s->row_count, 2);
	assert_true(str_eq(sheet_at(&s->rows[0], 0).text, STR("東京")));
	assert_true(str_eq(sheet_at(&s->rows[0], 1).text, STR("a\rb")));
	assert_int_equal(s->rows[1].at, 4);
	assert_int_equal(sheet_at(&s->rows[1], 2).kind, SHEET_DATE);
	assert_int_equal(sheet_at(&s->rows[1], 3).kind, SHEET_NUMBER);
	assert_true(sheet_at(&s->rows[1], 4).is_formula && sheet_at(&s->rows[1], 4).kind == SHEET_EMPTY);
}

static void refusals(void **state)
{
	static const struct {
		struct entry extra;
		const char *key;
	} cases[] = {
		{{"xl/vbaProject.bin", STR_INIT("x")}, "err.sheet.macros"},
		{{"xl/externalLinks/externalLink1.xml", STR_INIT("<x/>")}, "err.sheet.links"},
		{{"xl/worksheets/s.xml", STR_INIT("<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet>&a;</worksheet>")},
		 "err.sheet.dtd"},
		{{"xl/worksheets/s.xml", STR_INIT("<worksheet><sheetData>")}, "err.sheet.xml"},
		{{"xl/worksheets/s.xml",
		  STR_INIT("<worksheet><row r='2'><c r='A2'><v>1</v></c></row><row r='1'/></worksheet>")},
		 "err.sheet.row"},
		{{"xl/worksheets/s.xml", STR_INIT("<worksheet><row r='1'><c r='IW1'><v>1</v></c></row></worksheet>")},
		 "err.sheet.columns"},
		{{"xl/worksheets/s.xml",
		  STR_INIT("<worksheet><row r='20001'><c r='A20001'><v>1</v></c></row></worksheet>")},
		 "err.sheet.rows"},
		{{"xl/worksheets/s.xml",
		  STR_INIT("<worksheet><row r='1'><c r='A1' t='s'><v>7</v></c></row></worksheet>")},
		 "err.sheet.shared"},
		{{"xl/worksheets/s.xml", STR_INIT("<worksheet><row r='1'><c r='A1'><v>nan</v></c></row></worksheet>")},
		 "err.sheet.number"},
		{{"xl/worksheets/s.xml", STR_INIT("<worksheet><row r='1'><c r='B9'><v>1</v></c></row></worksheet>")},
		 "err.sheet.cell"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_(arena_done) struct arena a = {0};
		const struct entry entries[] = {WORKBOOK, RELATIONS, cases[i].extra};
		struct sheet_book book;
		struct err e = {0};

		assert_true(read_entries(entries, 3, &a, &book, &e) < 0);
		assert_string_equal(e.id, cases[i].key);
	}
}

static void files_that_are_no_workbooks(void **state)
{
	static const struct {
		str bytes;
		const char *key;
	} cases[] = {
		{STR_INIT(""), "err.sheet.empty"},
		{STR_INIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old"), "err.sheet.encrypted"},
		{STR_INIT("PK\x03\x04 broken"), "err.sheet.zip"},
		{STR_INIT("a,\"b\n1,2"), "err.sheet.quote"},
		{STR_INIT("\xFF\xFE\x61\x00\x2C\x00"), "err.sheet.encoding"},
		{STR_INIT("a,\x82\n"), "err.sheet.encoding"},
	};
	struct sheet_book book;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_(arena_done) struct arena a = {0};
		struct err e = {0};

		arena_init(&a, SHEET_ARENA);
		assert_true(sheet_read_here(cases[i].bytes, &a, &book, &e) < 0);
		assert_string_equal(e.id, cases[i].key);
	}
}

static void a_zip_bomb_is_not_unpacked(void **state)
{
	_cleanup_free_ char *blanks = mem_alloc(40u << 20, 1);
	const struct entry entries[] = {WORKBOOK, RELATIONS, {"xl/worksheets/s.xml", {blanks, 40u << 20}}};
	_cleanup_(arena_done) struct arena a = {0};
	struct sheet_book book;
	struct err e = {0};

	(void)state;
	memset(blanks, ' ', 40u << 20);
	assert_true(read_entries(entries, 3, &a, &book, &e) < 0);
	assert_string_equal(e.id, "err.sheet.unpacked");
	assert_int_equal(e.code, ERR_LIMIT);
}

static void a_book_survives_the_way_from_the_child(void **state)
{
	_cleanup_(buf_done) struct buf out = {0}, packed = {0};
	_cleanup_(arena_done) struct arena a = {0}, b = {0};
	struct sheet_cell cells[6];
	struct sheet_table t = sample(cells);
	struct sheet_book book, again;

	(void)state;
	buf_init(&out, 1u << 20);
	buf_init(&packed, 1u << 20);
	assert_int_equal(sheet_tables_xlsx(&t, 1, &out, NULL), 0);
	assert_int_equal(read_back(&out, &a, &book, NULL), 0);
	sheet_pack(&book, &packed);
	arena_init(&b, SHEET_ARENA);
	assert_int_equal(sheet_unpack(buf_str(&packed), &b, &again, NULL), 0);
	assert_int_equal(again.sheets[0].row_count, book.sheets[0].row_count);
	assert_true(str_eq(again.sheets[0].rows[1].cells[0].text, book.sheets[0].rows[1].cells[0].text));
	/* Whatever is missing or too much is noticed. */
	for (size_t len = 0; len < packed.len; len++)
		assert_true(sheet_unpack(str_sub(buf_str(&packed), 0, len), &b, &again, NULL) < 0);
	buf_add_byte(&packed, 0);
	assert_true(sheet_unpack(buf_str(&packed), &b, &again, NULL) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(days),
		cmocka_unit_test(a_table_comes_back_from_xlsx),
		cmocka_unit_test(a_table_comes_back_from_csv),
		cmocka_unit_test(csv_as_others_write_it),
		cmocka_unit_test(formulas_say_that_they_are),
		cmocka_unit_test(odd_but_good_workbooks),
		cmocka_unit_test(refusals),
		cmocka_unit_test(files_that_are_no_workbooks),
		cmocka_unit_test(a_zip_bomb_is_not_unpacked),
		cmocka_unit_test(a_book_survives_the_way_from_the_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
