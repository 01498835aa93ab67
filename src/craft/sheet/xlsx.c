/* A workbook: its list of sheets, and where each of them is. */
#include "base/mem.h"
#include "craft/sheet/internal.h"

#define RELATIONS_MAX 512u

struct relation {
	str id, target;
};

struct workbook {
	struct arena *arena;
	struct relation *relations;
	uint32_t relation_count;
	struct sheet_book book;
	str ids[SHEET_SHEETS_MAX]; /* relation of each sheet */
	bool is_1904;
};

static int relation_open(void *ctx, str name, xml_attributes at, struct err *e)
{
	struct workbook *w = ctx;
	struct relation *r = &w->relations[w->relation_count];
	str target = xml_attribute(at, STR("Target"));

	if (!str_eq(name, STR("Relationship")))
		return 0;
	if (w->relation_count == RELATIONS_MAX)
		return err_set(e, ERR_LIMIT, "err.sheet.parts");
	r->id = arena_str(w->arena, xml_attribute(at, STR("Id")));
	/* "/xl/worksheets/sheet1.xml" from the top, or "worksheets/sheet1.xml" from beside the workbook. */
	r->target = target.len && target.ptr[0] == '/'
			    ? arena_str(w->arena, str_from(target, 1))
			    : arena_fmt(w->arena, "xl/" STR_FMT, STR_ARG(str_sub(target, 0, 4096)));
	if (!r->id.ptr || !r->target.ptr)
		return sheet_budget(e);
	w->relation_count++;
	return 0;
}

static int workbook_open(void *ctx, str name, xml_attributes at, struct err *e)
{
	struct workbook *w = ctx;
	struct sheet *s = &w->book.sheets[w->book.count];
	str dates = xml_attribute(at, STR("date1904"));

	if (str_eq(name, STR("workbookPr")))
		w->is_1904 = str_eq(dates, STR("1")) || str_eq(dates, STR("true"));
	if (!str_eq(name, STR("sheet")))
		return 0;
	if (w->book.count == SHEET_SHEETS_MAX)
		return err_set(e, ERR_LIMIT, "err.sheet.sheets");
	s->name = arena_str(w->arena, xml_attribute(at, STR("name")));
	s->is_hidden = xml_attribute(at, STR("state")).len && !str_eq(xml_attribute(at, STR("state")), STR("visible"));
	/* r:id; a sheet has no other attribute of that local name. */
	w->ids[w->book.count] = arena_str(w->arena, xml_attribute(at, STR("id")));
	if (!s->name.ptr || !w->ids[w->book.count].ptr)
		return sheet_budget(e);
	w->book.count++;
	return 0;
}

static str part_of(const struct workbook *w, uint32_t sheet)
{
	for (uint32_t i = 0; i < w->relation_count; i++)
		if (str_eq(w->relations[i].id, w->ids[sheet]))
			return w->relations[i].target;
	return STR_NONE;
}

static int read_sheets(struct workbook *w, const struct sheet_parts *parts, struct arena *scratch, struct err *e)
{
	struct sheet_strings strings = {0};
	struct sheet_dates dates = {.is_1904 = w->is_1904};
	uint32_t cells = 0;
	struct grid_context context = {&strings, &dates, w->arena, &cells};
	int rc = sheet_read_strings(sheet_part_find(parts, STR("xl/sharedStrings.xml")), w->arena, &strings, e);

	if (rc || (rc = sheet_read_styles(sheet_part_find(parts, STR("xl/styles.xml")), scratch, &dates, e)))
		return rc;
	for (uint32_t i = 0; !rc && i < w->book.count; i++) {
		str name = part_of(w, i), bytes = sheet_part_find(parts, name);

		/* A chart sheet has no cells. */
		if (bytes.ptr)
			rc = sheet_read_grid(name, bytes, &context, &w->book.sheets[i], e);
	}
	return rc;
}

static int read_book(struct workbook *w, const struct sheet_parts *parts, struct arena *scratch, struct err *e)
{
	struct xml_handler workbook = {workbook_open, NULL, NULL, w}, relations = {relation_open, NULL, NULL, w};
	str list = sheet_part_find(parts, STR("xl/workbook.xml"));
	str links = sheet_part_find(parts, STR("xl/_rels/workbook.xml.rels"));
	int rc;

	if (!list.ptr || !links.ptr)
		return err_set(e, ERR_PARSE, "err.sheet.workbook");
	w->book.sheets = arena_alloc(w->arena, (SHEET_SHEETS_MAX + 1) * sizeof(*w->book.sheets));
	w->relations = arena_alloc(scratch, (RELATIONS_MAX + 1) * sizeof(*w->relations));
	if (!w->book.sheets || !w->relations)
		return sheet_budget(e);
	if ((rc = xml_read(STR("xl/workbook.xml"), list, &workbook, e)) ||
	    (rc = xml_read(STR("xl/_rels/workbook.xml.rels"), links, &relations, e)))
		return rc;
	return read_sheets(w, parts, scratch, e);
}

int sheet_read_xlsx(str bytes, struct arena *a, struct sheet_book *ret, struct err *e)
{
	_cleanup_free_ struct workbook *w = mem_alloc(1, sizeof(*w));
	_cleanup_(arena_done) struct arena scratch = {0};
	struct sheet_parts parts;
	int rc;

	arena_init(&scratch, SHEET_UNPACKED_MAX + (8u << 20));
	w->arena = a;
	rc = sheet_unzip(bytes, &scratch, &parts, e);
	if (!rc)
		rc = read_book(w, &parts, &scratch, e);
	if (!rc)
		*ret = w->book;
	return rc;
}
