/* explain: why an alert's rule matched its event, computed again from the kept raw event and the present rules.
 *
 * Why again and not stored: the event is kept for ever as it came, so nothing is lost; and the page shows what the rule
 * says NOW, with `rule_known` false when it was changed away. All slices live in the arena.
 */
#ifndef FLOW_ALERT_EXPLAIN_H
#define FLOW_ALERT_EXPLAIN_H

#include "craft/words/words.h"
#include "flow/alert/alert.h"
#include "flow/alert/detector.h"
#include "flow/archive/archive.h"

#define EXPLAIN_REASONS_MAX 200u

struct explanation {
	struct archived event;
	bool parsed; /* fields and reasons are filled */
	const struct event_field *fields;
	uint32_t field_count;
	bool rule_known; /* the present generation has the rule */
	bool still_matches;
	enum lang lang; /* of the description, when the rule has it in that language */
	str description, author, path;
	str source; /* "windows / process_creation" */
	const struct match_reason *reasons;
	uint32_t reason_count;
};

/* ERR_NOT_FOUND err.event.absent when the archive does not hold the event (any more). */
struct explain_with {
	struct archive *archive;
	struct detector *detector;
	int64_t tenant_id;
	enum lang lang;
};
int alert_explain(const struct explain_with *with, const struct alert *al, struct arena *a, struct explanation *ret,
		  struct err *e) MUST_CHECK;

/* One event of a correlation's alert, and which rules of the correlation it matches by the present rules. */
struct explained_part {
	event_id id;
	bool is_kept; /* the archive still has it: the rest is filled */
	time_us at;
	str asset, account;
	const str *titles; /* of rules, in the reader's language */
	uint32_t title_count;
};
#define EXPLAIN_PARTS_MAX 25u
#define EXPLAIN_TITLES_MAX 8u
/* parts: `count` of them with their ids; the rest is filled in. */
int alert_explain_parts(const struct explain_with *with, const struct alert *al, struct explained_part *parts,
			uint32_t count, struct arena *a, struct err *e) MUST_CHECK;

/* The title in a reader's language, as the present rules have it; the stored one when the rule is gone or has no other.
 */
str alert_title(struct detector *detector, const struct alert *al, enum lang lang, struct arena *a);
/* For alert_filter.text_rules: the present rules whose title in that language holds the text; "" when none does. */
str alert_rules_titled(struct detector *detector, str text, enum lang lang, struct arena *a);

/* Parses one kept event for a page: its fields under their taxonomy names. False when it cannot be parsed. */
bool event_fields(struct detector *detector, const struct archived *from, struct arena *a, struct event *ret);

#endif
