/* detect_files: the files that one run of `detect` writes beside its standard output: HTML, CSV, NDJSON, XLSX.
 *
 * All of them together cost one reading. They are opened before the work, so that a wrong name costs no time, and
 * appear only when they are whole (os/draft.h).
 */
#ifndef DOOR_CLI_DETECT_FILES_H
#define DOOR_CLI_DETECT_FILES_H

#include "door/cli/hunt/report_book.h"

struct detect_files {
	struct draft html, csv, ndjson, xlsx;
	bool has_html, has_csv, has_ndjson, has_xlsx;
	struct match_text line; /* of NDJSON */
	struct report report;   /* of HTML and XLSX */
	struct report_book book;
};

/* From --html, --csv, --ndjson, --xlsx and --force. Call detect_files_done whatever it returns. */
int detect_files_open(struct detect_files *f, const struct cli *c, const struct rule_set *rules,
		      struct err *e) MUST_CHECK;
/* Adds to out what they need to be told; text is that of standard output, which comes first. */
uint32_t detect_files_outputs(struct detect_files *f, struct match_text *text,
			      struct hunt_output out[HUNT_OUTPUTS_MAX]);
/* Gives them their names. */
int detect_files_finish(struct detect_files *f, const struct hunt_result *result, struct err *e) MUST_CHECK;
void detect_files_done(struct detect_files *f);

#endif
