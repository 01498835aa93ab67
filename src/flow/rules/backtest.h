/* backtest: a rule tried on the kept events of an organisation before it is switched on, with or without filters.
 *
 * A durable job: written with its record in one transaction; after a crash it begins again and its result replaces what
 * was there. It looks at the newest events first, so what a limit cuts off is the oldest, and says so (looked_until).
 * A correlation is fed its parts' matches in order of time when all events were looked at. Bounds: BACKTEST_DAYS_MAX
 * days, BACKTEST_TIME_MAX of wall time, BACKTEST_INPUTS_MAX matches of parts, BACKTEST_EXAMPLES events told.
 * Only events of the record's own organisation are read: the archive is asked in its name.
 */
#ifndef FLOW_RULES_BACKTEST_H
#define FLOW_RULES_BACKTEST_H

#include "flow/rules/catalogue.h"
#include "flow/rules/kept.h"
#include "guard/guard.h"

#define BACKTEST_QUEUE STR("rules")
#define BACKTEST_KIND "backtest"
#define BACKTEST_DAYS_MAX 366u
#define BACKTEST_TIME_MAX (15 * TIME_MINUTE)
#define BACKTEST_INPUTS_MAX 500000u
#define BACKTEST_EXAMPLES 50u
#define BACKTEST_OPEN_MAX 20u /* waiting and running ones of an organisation */
#define BACKTEST_YAML_MAX (256u << 10)
#define BACKTEST_LIST_MAX 100u

struct backtest {
	int64_t id;
	str rule_id, title, yaml, filters, state, days, examples, failure, user_name, draft;
	time_us from, until;
	int64_t progress; /* thousandths */
	int64_t events, matches, filtered;
	time_us looked_until; /* the oldest event looked at, when a limit cut it short; else 0 */
	time_us created_at, started_at, ended_at;
};

struct backtest_new {
	str yaml;    /* the rule, with the parts of a correlation */
	str rule_id; /* which of its rules; empty: the first correlation, else the first rule */
	str filters; /* filter documents; empty: none */
	str draft;   /* the caller's: what a page needs to go on; may be empty */
	uint32_t days;
	time_us now;
};
/* In the caller's transaction. ERR_RANGE err.backtest.days; what `rules check` says of the YAML; ERR_LIMIT. */
int backtest_start(struct db *db, const struct actor *who, const struct backtest_new *new, int64_t *ret_id,
		   struct err *e) MUST_CHECK;
/* ERR_WRONG_STATE err.backtest.ended. In the caller's transaction. */
int backtest_cancel(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;
int backtest_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct backtest *ret,
		  struct err *e) MUST_CHECK;
struct backtest_list {
	struct backtest *tests; /* newest first, without their texts */
	uint32_t count;
};
/* rule_id empty: of all. */
int backtest_list(struct db *db, struct scope scope, str rule_id, struct arena *a, struct backtest_list *ret,
		  struct err *e) MUST_CHECK;
bool backtest_is_open(const struct backtest *b);

/* The text of a rule at work, with everything it is made of, for backtest_new.yaml. */
int backtest_text(const struct rule_set *set, const struct catalogue *c, const struct rule *r, struct buf *out,
		  struct err *e) MUST_CHECK;
/* The live filters of an organisation that were made on a rule, for backtest_new.filters. */
int backtest_filters(struct db *db, struct scope scope, str rule_id, time_us now, struct buf *out,
		     struct err *e) MUST_CHECK;

/* The handler of the job; ctx: struct kept_runner. */
int backtest_run(void *ctx, struct db *db, const struct job *job, struct err *e) MUST_CHECK;

#endif
