/* xl/styles.xml: which formats show a date; xl/sharedStrings.xml: the texts that cells refer to. */
#include "base/mem.h"
#include "base/utf8.h"
#include "craft/sheet/internal.h"

#define FORMATS_MAX 4096u /* custom formats */
#define STYLES_MAX 65536u

/* ---- formats ---- */

/* ECMA-376 18.8.30, with the Japanese ones (27–31, 34–36, 50–58). Times of day alone are no dates. */
static bool builtin_is_date(uint64_t id)
{
	return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || (id >= 34 && id <= 36) ||
	       (id >= 50 && id <= 58);
}

/* Letters outside quotes, brackets and escapes: y, d or an era is a date; m is one without h or s beside it. */
static bool code_is_date(str code)
{
	bool year_or_day = false, month = false, clock = false;

	if (str_find_nocase(code, STR("general")) >= 0)
		return false;
	for (size_t i = 0; i < code.len; i++) {
		char c = code.ptr[i];
		char closer = c == '"' ? '"' : c == '[' ? ']' : '\0';

		if (c == '\\' || c == '_' || c == '*') {
			i++;
		} else if (closer) {
			ptrdiff_t end = str_find_byte(str_from(code, i + 1), closer);

			i = end < 0 ? code.len : i + 1 + (size_t)end;
		} else if (c == 'y' || c == 'Y' || c == 'd' || c == 'D' || c == 'g' || c == 'G') {
			year_or_day = true;
		} else if (c == 'm' || c == 'M') {
			month = true;
		} else if (c == 'h' || c == 'H' || c == 's' || c == 'S') {
			clock = true;
		}
	}
	return year_or_day || (month && !clock);
}

struct styles {
	struct arena *arena;
	uint64_t *date_formats; /* ids of custom formats that show a date */
	uint32_t format_count;
	bool *is_date;
	size_t cap;
	uint32_t count;
	bool inside; /* cellXfs, not cellStyleXfs */
};

static bool is_date_format(const struct styles *s, uint64_t id)
{
	for (uint32_t i = 0; i < s->format_count; i++)
		if (s->date_formats[i] == id)
			return true;
	return builtin_is_date(id);
}

static int style_open(void *ctx, str name, xml_attributes at, struct err *e)
{
	struct styles *s = ctx;
	uint64_t id = 0;

	if (str_eq(name, STR("cellXfs"))) {
		s->inside = true;
	} else if (str_eq(name, STR("numFmt")) && s->format_count < FORMATS_MAX) {
		if (str_to_u64(xml_attribute(at, STR("numFmtId")), &id) &&
		    code_is_date(xml_attribute(at, STR("formatCode"))))
			s->date_formats[s->format_count++] = id;
	} else if (s->inside && str_eq(name, STR("xf"))) {
		if (s->count == STYLES_MAX)
			return err_set(e, ERR_LIMIT, "err.sheet.styles");
		(void)str_to_u64(xml_attribute(at, STR("numFmtId")), &id);
		mem_grow(&s->is_date, &s->cap, s->count + 1, sizeof(*s->is_date));
		s->is_date[s->count++] = is_date_format(s, id);
	}
	return 0;
}

static int style_close(void *ctx, str name, struct err *e)
{
	struct styles *s = ctx;

	(void)e;
	if (str_eq(name, STR("cellXfs")))
		s->inside = false;
	return 0;
}

int sheet_read_styles(str bytes, struct arena *a, struct sheet_dates *ret, struct err *e)
{
	_cleanup_free_ uint64_t *formats = mem_alloc(FORMATS_MAX, sizeof(*formats));
	struct styles s = {.arena = a, .date_formats = formats};
	struct xml_handler h = {style_open, style_close, NULL, &s};
	int rc = bytes.ptr ? xml_read(STR("xl/styles.xml"), bytes, &h, e) : 0;

	if (!rc && s.count) {
		ret->is_date = arena_alloc(a, s.count * sizeof(*s.is_date));
		if (ret->is_date)
			memcpy(ret->is_date, s.is_date, s.count * sizeof(*s.is_date));
		else
			rc = sheet_budget(e);
		ret->count = rc ? 0 : s.count;
	}
	free(s.is_date);
	return rc;
}

/* ---- texts ---- */

struct texts {
	struct arena *arena;
	str *items;
	size_t cap;
	uint32_t count;
	uint32_t phonetic; /* depth inside rPh: readings of Japanese names are not part of the text */
	bool in_text;
	struct buf text;
};

static int text_open(void *ctx, str name, xml_attributes at, struct err *e)
{
	struct texts *t = ctx;

	(void)at;
	(void)e;
	if (str_eq(name, STR("si")))
		buf_clear(&t->text);
	else if (str_eq(name, STR("rPh")))
		t->phonetic++;
	else if (str_eq(name, STR("t")))
		t->in_text = t->phonetic == 0;
	return 0;
}

static int keep_text(struct texts *t, struct err *e)
{
	str text;

	if (t->text.failed)
		return err_set(e, ERR_LIMIT, "err.sheet.text");
	if (t->count == SHEET_STRINGS_MAX)
		return err_set(e, ERR_LIMIT, "err.sheet.strings");
	sheet_unescape(&t->text);
	text = arena_str(t->arena, buf_str(&t->text));
	if (!text.ptr)
		return sheet_budget(e);
	mem_grow(&t->items, &t->cap, t->count + 1, sizeof(*t->items));
	t->items[t->count++] = text;
	return 0;
}

static int text_close(void *ctx, str name, struct err *e)
{
	struct texts *t = ctx;

	if (str_eq(name, STR("t")))
		t->in_text = false;
	else if (str_eq(name, STR("rPh")) && t->phonetic)
		t->phonetic--;
	return str_eq(name, STR("si")) ? keep_text(t, e) : 0;
}

static void text_text(void *ctx, str bytes)
{
	struct texts *t = ctx;

	if (t->in_text)
		buf_add(&t->text, bytes);
}

int sheet_read_strings(str bytes, struct arena *a, struct sheet_strings *ret, struct err *e)
{
	struct texts t = {.arena = a};
	struct xml_handler h = {text_open, text_close, text_text, &t};
	int rc;

	buf_init(&t.text, SHEET_TEXT_MAX);
	rc = bytes.ptr ? xml_read(STR("xl/sharedStrings.xml"), bytes, &h, e) : 0;
	if (!rc && t.count) {
		ret->items = arena_alloc(a, t.count * sizeof(*t.items));
		if (ret->items)
			memcpy(ret->items, t.items, t.count * sizeof(*t.items));
		else
			rc = sheet_budget(e);
		ret->count = rc ? 0 : t.count;
	}
	buf_done(&t.text);
	free(t.items);
	return rc;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool escape_at(str s, uint32_t *ret)
{
	uint32_t code = 0;

	if (s.len < 7 || s.ptr[0] != '_' || s.ptr[1] != 'x' || s.ptr[6] != '_')
		return false;
	for (size_t i = 2; i < 6; i++) {
		int digit = hex_digit(s.ptr[i]);

		if (digit < 0)
			return false;
		code = code * 16 + (uint32_t)digit;
	}
	*ret = code;
	return code != 0;
}

void sheet_unescape(struct buf *text)
{
	size_t out = 0;

	if (str_find(buf_str(text), STR("_x")) < 0)
		return;
	for (size_t i = 0; i < text->len;) {
		uint32_t code;

		if (escape_at(str_from(buf_str(text), i), &code)) {
			out += utf8_encode(code, text->ptr + out);
			i += 7;
		} else {
			text->ptr[out++] = text->ptr[i++];
		}
	}
	text->len = out;
}
