/* Workbooks and CSV of strangers. The first byte chooses: a whole file, or one part of a workbook as XML, so that the
 * fuzzer need not learn to make zip files. */
#include "craft/sheet/internal.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct sheet_book book;
	struct sheet_strings strings = {0};
	struct sheet_dates dates = {0};
	uint32_t cells = 0;
	struct sheet sheet = {0};
	struct grid_context context = {&strings, &dates, &a, &cells};
	str text = {(const char *)data + 1, size ? size - 1 : 0};

	if (!size)
		return 0;
	arena_init(&a, 16u << 20);
	switch (data[0] % 5) {
	case 0:
		(void)!sheet_read_here(text, &a, &book, NULL);
		break;
	case 1:
		(void)!sheet_read_grid(STR("fuzz"), text, &context, &sheet, NULL);
		break;
	case 2:
		(void)!sheet_read_strings(text, &a, &strings, NULL);
		break;
	case 3:
		(void)!sheet_read_styles(text, &a, &dates, NULL);
		break;
	default:
		(void)!sheet_unpack(text, &a, &book, NULL);
	}
	arena_done(&a);
	return 0;
}
