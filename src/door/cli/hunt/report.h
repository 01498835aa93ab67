/* report: the hunt report: what `detect` found, as one page that needs nothing else.
 *
 * Matches come one by one in the order of time (hunt.h); counts are kept of all of them, the first REPORT_ROWS_PER_RULE
 * of each rule with their fields. Memory is bounded by the limits below, whatever the input: names past
 * REPORT_NAMES_MAX are counted together, and the timeline doubles its step when it has too many. Looks:
 * web/templates/report/hunt.html.
 */
#ifndef DOOR_CLI_REPORT_H
#define DOOR_CLI_REPORT_H

#include "base/map.h"
#include "door/cli/hunt/detect_text.h"

#define REPORT_MEMORY (256u << 20)
#define REPORT_PAGE_MAX (256u << 20)
#define REPORT_ROWS_PER_RULE 20u
#define REPORT_ROWS_MAX 5000u   /* of all rules together */
#define REPORT_NAMES_MAX 10000u /* different hosts, different users */
#define REPORT_NAMES_SHOWN 30u
#define REPORT_REASONS_MAX 8u  /* fields of one match */
#define REPORT_MEMBERS_MAX 10u /* events of one match of a correlation */
#define REPORT_VALUE_MAX 400u  /* bytes of one of them */
#define REPORT_FAILURES_SHOWN 100u
#define REPORT_STEPS_MAX 4096u /* of the timeline while it is gathered */
#define REPORT_BARS_MAX 72u

struct report_row {
	struct report_row *next;
	time_us time;
	bool time_known;
	str text; /* as report_render packed it */
};

struct report_rule {
	const struct rule *rule;
	uint64_t count;
	uint32_t kept;
	bool times_known;
	time_us first, last;
	struct report_row *rows, *rows_end;
};

struct report_name {
	str name;
	uint64_t count;
	enum rule_level worst;
};

struct report_names {
	struct map index;
	struct report_name *list;
	size_t count, cap;
	uint64_t other; /* matches of names past the limit */
};

struct report_step {
	int64_t at; /* times the unit since 1970 */
	uint64_t parts[LEVEL_CRITICAL];
};

struct report {
	const struct cli *cli;
	const struct rule_set *rules;
	struct arena arena;
	struct rule indicators;    /* stands for all of them, behind the rules */
	struct report_rule *found; /* by rule index */
	uint32_t rows_kept;
	uint64_t by_level[LEVEL_CRITICAL + 1];
	uint64_t timeless;
	struct report_names hosts, users;
	struct report_step *steps;
	size_t step_count, step_cap;
	size_t unit;              /* of report_units */
	struct report_book *book; /* that gets the matches too, or NULL */
};

extern const time_us report_units[]; /* each divides the next */
extern const size_t report_unit_count;

void report_init(struct report *r, const struct cli *c, const struct rule_set *rules);
void report_done(struct report *r);
/* For struct hunt_output; the context of all three is the report, which rendering only reads. */
void report_render(void *ctx, struct buf *out, const struct hunt_view *v);
void report_group(void *ctx, struct buf *out, const struct related_match *g, const str *paths);
int report_take(void *ctx, const struct hunt_match *match, struct err *e);
/* The page. */
int report_write(struct report *r, const struct hunt_result *result, struct buf *out, struct err *e) MUST_CHECK;

/* Worst first. */
void report_names_sort(struct report_names *n);
/* What a rule says of itself, and the command line that made the report; for page and workbook. */
str report_about(const struct rule *rule, enum lang lang);
str report_command(const struct report *r, struct arena *a);
/* Of a packed row: the part up to the next separator. */
str report_part(str *rest);
/* The steps again, in a coarser unit: at most `max` from the first to the last. */
void report_coarsen(struct report *r, size_t max);

#endif
