/* The files that a run of `detect` writes. */
#include "door/cli/hunt/detect_files.h"

#include "base/mem.h"

#define BOOK_BYTES_MAX ((size_t)64 << 20)

static int open_one(const struct cli *c, const char *option, struct draft *draft, bool *ret_has, struct err *e)
{
	int rc = 0;

	if (cli_has(c, option)) {
		rc = draft_open(cli_value(c, option), cli_has(c, "force"), draft, e);
		*ret_has = rc == 0;
	}
	return rc;
}

int detect_files_open(struct detect_files *f, const struct cli *c, const struct rule_set *rules, struct err *e)
{
	int rc = open_one(c, "csv", &f->csv, &f->has_csv, e);

	if (rc == 0 && f->has_csv)
		rc = draft_add(&f->csv, str_of(csv_head), e);
	if (rc == 0)
		rc = open_one(c, "ndjson", &f->ndjson, &f->has_ndjson, e);
	if (rc == 0)
		rc = open_one(c, "xlsx", &f->xlsx, &f->has_xlsx, e);
	if (rc == 0)
		rc = open_one(c, "html", &f->html, &f->has_html, e);
	if (f->has_ndjson) {
		match_text_init(&f->line, c, cli_has(c, "explain"));
		f->line.draft = &f->ndjson;
		f->line.rule_count = rule_set_count(rules);
	}
	if (f->has_html || f->has_xlsx)
		report_init(&f->report, c, rules);
	if (f->has_xlsx) {
		report_book_init(&f->book);
		f->report.book = &f->book;
	}
	return rc;
}

uint32_t detect_files_outputs(struct detect_files *f, struct match_text *text, struct hunt_output out[HUNT_OUTPUTS_MAX])
{
	uint32_t count = 0;

	out[count++] = text->json ? (struct hunt_output){match_json, group_json, match_print_json,
							 text,       text,       !text->explain}
				  : (struct hunt_output){match_row, group_row, match_print, text, text, false};
	if (f->has_csv)
		out[count++] = (struct hunt_output){match_csv, group_csv, match_draft, text, &f->csv, false};
	if (f->has_ndjson)
		out[count++] = (struct hunt_output){match_json, group_json, match_print_json,
						    &f->line,   &f->line,   !f->line.explain};
	if (f->has_html || f->has_xlsx)
		out[count++] = (struct hunt_output){report_render, report_group, report_take,
						    &f->report,    &f->report,   false};
	return count;
}

/* Before the page: that makes the timeline's steps coarser. */
static int finish_book(struct detect_files *f, const struct hunt_result *result, struct err *e)
{
	_cleanup_(buf_done) struct buf book = {.max = BOOK_BYTES_MAX};
	int rc = report_book_write(&f->book, &f->report, result, &book, e);

	if (rc == 0)
		rc = draft_add(&f->xlsx, buf_str(&book), e);
	return rc ? rc : draft_finish(&f->xlsx, e);
}

static int finish_page(struct detect_files *f, const struct hunt_result *result, struct err *e)
{
	_cleanup_(buf_done) struct buf page = {.max = REPORT_PAGE_MAX};
	int rc = report_write(&f->report, result, &page, e);

	if (rc == 0)
		rc = draft_add(&f->html, buf_str(&page), e);
	return rc ? rc : draft_finish(&f->html, e);
}

int detect_files_finish(struct detect_files *f, const struct hunt_result *result, struct err *e)
{
	int rc = f->has_csv ? draft_finish(&f->csv, e) : 0;

	if (rc == 0 && f->has_ndjson)
		rc = draft_finish(&f->ndjson, e);
	if (rc == 0 && f->has_xlsx)
		rc = finish_book(f, result, e);
	return rc == 0 && f->has_html ? finish_page(f, result, e) : rc;
}

void detect_files_done(struct detect_files *f)
{
	draft_drop(&f->html);
	draft_drop(&f->csv);
	draft_drop(&f->ndjson);
	draft_drop(&f->xlsx);
	if (f->has_ndjson)
		match_text_done(&f->line);
	if (f->has_html || f->has_xlsx)
		report_done(&f->report);
	if (f->has_xlsx)
		report_book_done(&f->book);
}
