#include "craft/sheet/sheet.h"

#include <iconv.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/sheet/internal.h"
#include "os/child.h"

#define SERIAL_1970 25569.0  /* 1970-01-01 in days of the 1900 system */
#define SERIAL_MAX 2958465.0 /* 9999-12-31 */

static const char *const keys[] = {
	"err.sheet.macros",   "err.sheet.links",  "err.sheet.encrypted", "err.sheet.unpacked",
	"err.sheet.parts",    "err.sheet.zip",    "err.sheet.dtd",       "err.sheet.deep",
	"err.sheet.xml",      "err.sheet.styles", "err.sheet.text",      "err.sheet.strings",
	"err.sheet.row",      "err.sheet.cell",   "err.sheet.number",    "err.sheet.shared",
	"err.sheet.columns",  "err.sheet.rows",   "err.sheet.cells",     "err.sheet.sheets",
	"err.sheet.workbook", "err.sheet.budget", "err.buf.limit",       NULL,
};

/* libarchive converts names with iconv, whose tables and the locale's are files: looked up while files are in reach. */
static void prepare(void)
{
	iconv_t any;

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	any = iconv_open("ASCII", "UTF-8");
	if (any != (iconv_t)-1)
		iconv_close(any);
}

static int run(str in, struct buf *out, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct sheet_book book;
	int rc;

	arena_init(&a, SHEET_ARENA);
	rc = sheet_read_xlsx(in, &a, &book, e);
	if (!rc)
		sheet_pack(&book, out);
	return rc;
}

const struct child_part sheet_child = {"sheet", CHILD_PURE, prepare, run, keys};

enum sheet_format sheet_format_of(str bytes)
{
	return str_starts(bytes, STR("PK")) ? SHEET_XLSX : SHEET_CSV;
}

/* What is neither a zip nor text: old .xls files and encrypted workbooks are compound files (MS-CFB). */
static int first_look(str bytes, struct err *e)
{
	if (!bytes.len)
		return err_set(e, ERR_PARSE, "err.sheet.empty");
	if (bytes.len > SHEET_FILE_MAX)
		return err_set(e, ERR_LIMIT, "err.sheet.file");
	if (str_starts(bytes, STR("\xD0\xCF\x11\xE0")))
		return err_set(e, ERR_UNSUPPORTED, "err.sheet.encrypted");
	return 0;
}

int sheet_read_here(str bytes, struct arena *a, struct sheet_book *ret, struct err *e)
{
	int rc = first_look(bytes, e);

	if (rc)
		return rc;
	return sheet_format_of(bytes) == SHEET_XLSX ? sheet_read_xlsx(bytes, a, ret, e)
						    : sheet_read_csv(bytes, a, ret, e);
}

int sheet_read(str bytes, struct arena *a, struct sheet_book *ret, struct err *e)
{
	_cleanup_(buf_done) struct buf packed = {0};
	int rc = first_look(bytes, e);

	if (rc)
		return rc;
	/* Our own few lines for CSV need no child. */
	if (sheet_format_of(bytes) == SHEET_CSV)
		return sheet_read_csv(bytes, a, ret, e);
	buf_init(&packed, CHILD_OUT_MAX);
	rc = child_run(&sheet_child, bytes, &packed, e);
	return rc ? rc : sheet_unpack(buf_str(&packed), a, ret, e);
}

const struct sheet *sheet_find(const struct sheet_book *book, str name)
{
	for (uint32_t i = 0; i < book->count; i++)
		if (str_eq(book->sheets[i].name, name))
			return &book->sheets[i];
	return NULL;
}

struct sheet_cell sheet_at(const struct sheet_row *row, uint32_t column)
{
	return column < row->count ? row->cells[column] : (struct sheet_cell){0};
}

struct sheet_address sheet_address(uint32_t row, uint32_t column)
{
	struct sheet_address a;
	char letters[8];
	size_t n = 0;

	for (uint32_t rest = column + 1; rest > 0 && n < sizeof(letters); rest = (rest - 1) / 26)
		letters[n++] = (char)('A' + (rest - 1) % 26);
	for (size_t i = 0; i < n; i++)
		a.text[i] = letters[n - 1 - i];
	snprintf(a.text + n, sizeof(a.text) - n, "%u", row + 1);
	return a;
}

time_us sheet_time(double serial)
{
	if (!(serial >= 0 && serial <= SERIAL_MAX + 1))
		return 0;
	return (time_us)llround((serial - SERIAL_1970) * 86400.0) * TIME_SECOND;
}

double sheet_serial(time_us t)
{
	return (double)t / (double)TIME_DAY + SERIAL_1970;
}
