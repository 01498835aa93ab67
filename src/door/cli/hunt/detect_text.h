/* detect_text: a match as JSON, as a row for a terminal, as a row of CSV. */
#ifndef DOOR_CLI_DETECT_TEXT_H
#define DOOR_CLI_DETECT_TEXT_H

#include "door/cli/cli.h"
#include "door/cli/hunt/hunt.h"
#include "flow/rules/rules.h"
#include "os/draft.h"

#define TITLE_MAX 4096u
#define INDICATOR_LEVEL LEVEL_HIGH
#define CSV_REASONS_MAX 8u /* what is named in one cell */

extern const char *const level_names[]; /* by enum rule_level, as Sigma writes them */
extern const char *const level_words[]; /* words keys */

/* The machine and the person that an event speaks of, under whatever name its source has for them; may be empty. */
str event_host(const struct event *ev);
str event_user(const struct event *ev);
/* The same of a correlation's group; empty when it groups by something else. */
str group_host(const struct correlate_match *m);
str group_user(const struct correlate_match *m);
uint64_t related_place(const struct related_event *ev);

/* At most max bytes, cut between characters. */
str text_cut(str text, size_t max);

/* Of a rule's match, or of an indicator's. */
enum rule_level view_level(const struct hunt_view *v);
void view_title(struct buf *out, enum lang lang, const struct hunt_view *v);

struct match_text {
	const struct cli *cli;
	bool explain, json;
	struct draft *draft; /* where match_print writes; NULL: the verb's standard output */
	/* Of match_print_json: what it tells of each rule, made at the rule's first match. */
	struct arena arena;
	str *rules; /* by index, of rule_count */
	uint32_t rule_count;
	struct buf line;
};

void match_text_init(struct match_text *t, const struct cli *cli, bool explain);
void match_text_done(struct match_text *t);

/* Renderers of hunt_output: ctx is a struct match_text. match_json gives what follows the rule in the line: it is the
 * same for every rule that the event matches, unless it has reasons. */
void match_json(void *ctx, struct buf *out, const struct hunt_view *v);
void match_row(void *ctx, struct buf *out, const struct hunt_view *v);
/* RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe in front, a usual safeguard. */
void match_csv(void *ctx, struct buf *out, const struct hunt_view *v);
extern const char csv_head[];
/* The same of a correlation, and what is kept of its events for that (hunt.render_place). */
void group_json(void *ctx, struct buf *out, const struct related_match *g, const str *paths);
void group_row(void *ctx, struct buf *out, const struct related_match *g, const str *paths);
void group_csv(void *ctx, struct buf *out, const struct related_match *g, const str *paths);
/* A row, and behind its line end the JSON; group_row and group_json each take their part. */
void place_both(void *ctx, struct buf *out, const struct hunt_view *v);
void place_row(void *ctx, struct buf *out, const struct hunt_view *v);

/* Takers: of a struct match_text, and to a draft (ctx: struct draft). */
int match_print(void *ctx, const struct hunt_match *match, struct err *e);
int match_print_json(void *ctx, const struct hunt_match *match, struct err *e);
int match_draft(void *ctx, const struct hunt_match *match, struct err *e);

#endif
