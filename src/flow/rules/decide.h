/* decide: what people decide about rules: on or off with a reason, tuning filters with an owner, a reason and an end.
 *
 * Each function runs inside the caller's transaction (CHECK), for the actor's organisation, and appends to the audit
 * trail and to craft/work (service G-10, operation of the analysis platform). The caller has checked the permission
 * and calls desk_reload after the commit.
 */
#ifndef FLOW_RULES_DECIDE_H
#define FLOW_RULES_DECIDE_H

#include "base/arena.h"
#include "flow/detect/detect.h"
#include "guard/guard.h"

#define DECIDE_REASON_MAX 2000u          /* bytes */
#define FILTER_TITLE_MAX 300u            /* bytes */
#define FILTER_YAML_MAX 32768u           /* bytes */
#define FILTER_LIFE_MAX (366 * TIME_DAY) /* a filter for ever is a hole that nobody remembers */
#define FILTER_CONDITIONS_MAX 8u
#define FILTER_LIST_MAX 500u

struct rule_switch {
	bool is_off;
	str reason, user_name; /* empty when nobody ever decided */
	time_us changed_at;    /* 0 = never */
};

struct switch_new {
	str rule_id;
	bool is_off;
	str reason; /* required to switch off */
	time_us now;
};
/* ERR_RANGE err.rules.reason; ERR_WRONG_STATE err.rules.same when it is so already. */
int rule_switch_set(struct db *db, const struct actor *who, const struct switch_new *new, struct err *e) MUST_CHECK;
int rule_switch_get(struct db *db, struct scope scope, str rule_id, struct arena *a, struct rule_switch *ret,
		    struct err *e) MUST_CHECK;
/* True at the index of each rule of the set that the organisation switched off. */
int rule_switch_all(struct db *db, struct scope scope, const struct rule_set *set, struct arena *a, bool **ret,
		    struct err *e) MUST_CHECK;

/* ---- tuning filters ---- */

struct tuning_filter {
	int64_t id, version;
	str rule_id, title, yaml, reason, owner_name, removed_by;
	int64_t owner_id;
	time_us created_at, expires_at, removed_at;
};

enum filter_state { FILTER_LIVE, FILTER_EXPIRED, FILTER_REMOVED };
enum filter_state filter_state(const struct tuning_filter *f, time_us now);
const char *filter_state_name(enum filter_state s); /* "live", "expired", "removed" */

struct filter_new {
	str rule_id; /* the rule whose page it stands on */
	str title, yaml, reason;
	time_us expires_at, now;
};
/* ERR_RANGE with path = field; what `rules check` says when the YAML is wrong; ERR_LIMIT err.rules.filters. */
int filter_add(struct db *db, const struct actor *who, const struct filter_new *new, int64_t *ret_id,
	       struct err *e) MUST_CHECK;
struct filter_change {
	int64_t id, version; /* version 0 = whatever it is */
	time_us expires_at;  /* filter_extend only */
	time_us now;
};
int filter_extend(struct db *db, const struct actor *who, const struct filter_change *c, struct err *e) MUST_CHECK;
/* From now on it takes nothing away; the record stays. */
int filter_remove(struct db *db, const struct actor *who, const struct filter_change *c, struct err *e) MUST_CHECK;
/* Undoes the removal. */
int filter_restore(struct db *db, const struct actor *who, const struct filter_change *c, struct err *e) MUST_CHECK;

int filter_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct tuning_filter *ret,
		struct err *e) MUST_CHECK;
struct filter_ask {
	str rule_id; /* empty: of every rule */
	bool ended;  /* those that were removed or ran out as well */
	time_us now;
};
struct filter_list {
	struct tuning_filter *filters; /* newest first */
	uint32_t count;
};
int filter_list(struct db *db, struct scope scope, const struct filter_ask *ask, struct arena *a,
		struct filter_list *ret, struct err *e) MUST_CHECK;

/* ---- the text of a filter ---- */

/* One condition as it comes from a form; all of a filter's must hold. */
struct filter_condition {
	str field;
	str modifier; /* "", contains, startswith, endswith, cidr, re */
	str value;    /* as it stands in the event; a pattern for re, a network for cidr */
};
/* The modifiers that a form offers, NULL-terminated; the first is "". */
extern const char *const filter_modifiers[];

struct filter_text {
	const struct rule *rule;
	str title, id; /* id: any UUID */
	const struct filter_condition *conditions;
	uint32_t count;
};
/* A Sigma filter that takes away matches of the rule where all conditions hold. ERR_RANGE err.rules.condition. */
int filter_write(const struct filter_text *t, struct buf *out, struct err *e) MUST_CHECK;
/* The YAML is one filter that compiles and covers the rule (which may be NULL: any). */
int filter_check(str yaml, const struct rule *rule, struct err *e) MUST_CHECK;

#endif
