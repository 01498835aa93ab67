/* What the files of this room share; not for others. */
#ifndef FLOW_ALERT_INTERNAL_H
#define FLOW_ALERT_INTERNAL_H

#include "base/utf8.h"
#include "flow/alert/alert.h"
#include "flow/alert/live.h"

#define RULE_TAGS_MAX 2000u /* bytes of an alert's tags */

/* The tags of a rule as an alert keeps them; valid until the next change of out. */
str rule_tags(const struct rule *r, struct buf *out);

/* ---- suppress.c: inside the caller's transaction ---- */

/* True when somebody holds back such findings for now: it is counted there, and kept to be found. */
int finding_suppress(struct db *db, const struct finding *f, time_us now, bool *ret_suppressed,
		     struct err *e) MUST_CHECK;

/* ---- findings.c: inside the caller's transaction ---- */

struct raising {
	struct db *db;
	int64_t tenant_id;
	time_us now;
	uint32_t alerts; /* new ones */
	uint32_t hits;   /* of retrospective indicators: those that nobody had told before */
};

int raise_rules(struct raising *r, const struct live_event *what, struct err *e) MUST_CHECK;
/* last: the event that completed the match; without fields when it is no longer kept. */
int raise_match(struct raising *r, const struct correlate_match *m, const struct event *last, struct err *e) MUST_CHECK;
/* Those that no warning list holds back. */
struct hits {
	const struct intel_hit *hits;
	uint32_t count;
	bool is_retrospective;
};
int raise_hits(struct raising *r, const struct live_event *what, const struct hits *hits, struct err *e) MUST_CHECK;

/* The words of an indicator's alert, and what its rule_id says. */
void indicator_title(struct buf *out, enum lang lang, str type, str value);
bool indicator_rule_read(str rule_id, str *ret_type, str *ret_value);

#endif
