/* content: what the verbs `content list` and `content check` share. Only for this folder. */
#ifndef DOOR_CLI_CONTENT_H
#define DOOR_CLI_CONTENT_H

#include "base/mem.h"
#include "centre/lens/lens.h"
#include "door/cli/cli.h"

/* Mistakes and notes as they are found; one line each, or members of a JSON list. */
struct content_report {
	const struct cli *c;
	bool json;
	struct buf out; /* the JSON list so far */
	uint32_t problems, notes;
};

/* Takes a copy: path, place, sentence. */
void content_report_add(struct content_report *report, const struct err *why, bool is_note);

#endif
