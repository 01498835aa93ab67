/* report_book: the hunt report as a workbook: summary, matches, rules, hosts, users, timeline.
 *
 * Why: those who sort and filter hundreds of matches do it in a spreadsheet. Cells are texts and numbers, never
 * formulas, whatever a log says. Bounded like the page: the workbook holds BOOK_MATCHES_MAX matches, the worst
 * first when there are more, and says on its first sheet how many are left out.
 */
#ifndef DOOR_CLI_REPORT_BOOK_H
#define DOOR_CLI_REPORT_BOOK_H

#include "door/cli/hunt/report.h"

#define BOOK_MATCHES_MAX 19999u /* with its head, what sheet_read takes in one sheet */
#define BOOK_MEMORY ((size_t)256 << 20)

struct report_book_row {
	time_us time; /* INT64_MAX: not known */
	uint64_t seq; /* among all matches */
	const struct rule *rule;
	str text; /* as report_render packed it */
};

struct report_book {
	struct arena arena;
	uint64_t seen;
	struct report_book_rows {
		struct report_book_row *list;
		size_t count, cap;
	} rows[LEVEL_CRITICAL + 1];
};

void report_book_init(struct report_book *b);
void report_book_done(struct report_book *b);
/* Keeps a match while there is room. */
void report_book_keep(struct report_book *b, const struct hunt_match *match, const struct rule *rule);
int report_book_write(struct report_book *b, struct report *r, const struct hunt_result *result, struct buf *out,
		      struct err *e) MUST_CHECK;

#endif
