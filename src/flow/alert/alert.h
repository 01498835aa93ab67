/* alert: what detection found, waiting for somebody's judgement.
 *
 * Why a record and not a log line: an alert is work of service B-1. It has a state, an owner, a verdict that is
 * required to close it, and a history; verdicts tune rules and feed the portfolio. Twins: an alert is made once per
 * (rule, group, first event), so a replay changes nothing; further hits of the same rule on the same asset and user
 * within ALERT_WINDOW count up a live alert and link their events. Priority: criteria of A-9 (triage criteria
 * management), the version in force of craft/criteria: level × value of the asset × confidence. Every function that
 * changes something runs inside the caller's transaction, appends to the audit trail (one row with the set for a bulk
 * action), to the alert's history and to craft/work. The caller has checked the permission. Lost updates: a change
 * names the version that was read; ERR_CONFLICT err.alert.changed when it is not the present one.
 */
#ifndef FLOW_ALERT_ALERT_H
#define FLOW_ALERT_ALERT_H

#include "base/arena.h"
#include "flow/stage.h"
#include "guard/guard.h"

#define ALERT_WINDOW (60 * TIME_MINUTE) /* hits nearer than this to a live alert belong to it */
#define ALERT_EVENTS_MAX 1000           /* events linked to one alert; further ones only count */
#define ALERT_BULK_MAX 10000u           /* alerts of one action */
#define ALERT_PAGE_MAX 200u
#define ALERT_COUNT_MAX 10001 /* hits counted for facets; past it the page says "10,000+" */
#define ALERT_NOTE_MAX 16000u /* bytes of a comment or of the words beside a verdict: 4,000 characters */
#define ALERT_UNDO_TIME (30 * TIME_MINUTE)

/* X(symbol, "name", is active) */
#define ALERT_STATES(X)                             \
	X(ALERT_OPEN, "open", true)                 \
	X(ALERT_ACKNOWLEDGED, "acknowledged", true) \
	X(ALERT_CLOSED, "closed", false)

/* X(symbol, "name", "result of the work record"). Words: "alert.verdict.<name>". */
#define ALERT_VERDICTS(X)                                                    \
	X(VERDICT_NONE, "")                                                  \
	X(VERDICT_TRUE_IMPACT, "true_impact")                                \
	X(VERDICT_TRUE_NO_IMPACT, "true_no_impact")                          \
	X(VERDICT_BENIGN, "benign")                                          \
	X(VERDICT_FALSE_RULE, "false_positive_rule") /* the rule is wrong */ \
	X(VERDICT_FALSE_DATA, "false_positive_data") /* the log is wrong */  \
	X(VERDICT_UNDETERMINED, "undetermined")

enum alert_state {
#define ALERT_ENUM(symbol, name, active) symbol,
	ALERT_STATES(ALERT_ENUM)
#undef ALERT_ENUM
		ALERT_STATE_COUNT
};

enum alert_verdict {
#define ALERT_ENUM(symbol, name) symbol,
	ALERT_VERDICTS(ALERT_ENUM)
#undef ALERT_ENUM
		VERDICT_COUNT
};

const char *alert_state_name(enum alert_state s); /* words key "alert.state.<name>" */
bool alert_state_parse(str name, enum alert_state *ret);
const char *alert_verdict_name(enum alert_verdict v);
bool alert_verdict_parse(str name, enum alert_verdict *ret); /* not VERDICT_NONE */

/* Value and confidence have three steps: 1 low, 2 medium, 3 high. Levels and priorities: 1 informational … 5 critical.
 */
/* Confidence that the rule's status speaks of: stable 3, test 2, anything else 1. */
unsigned alert_confidence(str rule_status);

struct alert {
	int64_t id, version;
	str rule_id, rule_title;
	str tags; /* separated by blanks, as in the rule */
	unsigned level, asset_value, confidence, priority;
	int64_t criteria_version; /* of A-9 that judged it; 0 = the built-in first edition */
	str asset, account;       /* host and user; may be empty */
	time_us first_at, last_at, created_at, changed_at;
	int64_t count;
	event_id first_event, last_event;
	enum alert_state state;
	int64_t owner_id; /* 0 = nobody */
	str owner_name;
	enum alert_verdict verdict;
	time_us acknowledged_at, closed_at; /* 0 = not yet */
	int64_t incident_id;                /* 0 = none */
};

/* What a correlation found: several events that mean something together. */
struct finding_match {
	uint64_t id; /* of rule, group and start: the same in every replay */
	const str *group_names, *group_values;
	uint32_t group_count;
	str condition;
	double measured;
	time_us start, end, span;
	int64_t events;
	const event_id *refs; /* the first of them */
	const time_us *ref_times;
	uint32_t ref_count;
};

/* Which indicator an event held, and what its list says of it. */
struct alert_indicator {
	str type;  /* "domain", as flow/intel names it */
	str value; /* as the list has it, in normal form */
	str field; /* of the event */
	str list;  /* path of the list */
	uint32_t line;
	str description, license, source; /* may be empty */
	bool is_retrospective;            /* found in events that were kept before the indicator was known */
};
#define INDICATOR_RULE "indicator:" /* begins the rule_id of such alerts: "indicator:domain:evil.example" */

/* One hit of one rule, as the station sees it. */
struct finding {
	int64_t tenant_id;
	str rule_id, rule_title, tags;
	unsigned level, confidence;
	str asset, account;
	event_id event;              /* of a match: the one that completed it */
	const struct event *content; /* its fields, for suppressions by a value; NULL: it has none */
	time_us event_at;
	const struct finding_match *match;       /* NULL: the rule matched one event */
	const struct alert_indicator *indicator; /* NULL: a rule matched, not a list */
};

/* Makes an alert or counts up a live one. *ret_id is it, 0 when this finding made an alert that is closed by now, or is
 * suppressed; *ret_is_new may be NULL. A correlation's match is counted once, however often it is raised. */
int alert_raise(struct db *db, const struct finding *f, time_us now, int64_t *ret_id, bool *ret_is_new,
		struct err *e) MUST_CHECK;

/* Slices live in the arena. ERR_NOT_FOUND err.alert.absent. */
int alert_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct alert *ret,
	       struct err *e) MUST_CHECK;

enum alert_sort { ALERT_BY_PRIORITY, ALERT_BY_TIME };

/* Where the next page starts: zeroed for the first one. */
struct alert_cursor {
	int64_t priority, id;
	time_us last_at;
};

struct alert_filter {
	bool open, acknowledged, closed; /* none set = open and acknowledged */
	unsigned priorities;             /* bit 1 << priority; 0 = all */
	int64_t owner_id;                /* ALERT_ANYBODY, 0 = nobody's, else that user's */
	str rule_id, asset, text;        /* empty = all; text is looked for in title, asset and account */
	str text_rules;                  /* ",id,id,": of these rules also when the stored title lacks the text */
	int64_t incident_id;             /* ALERT_ANY_INCIDENT, else that one's */
	time_us from, until;             /* of last_at; until 0 = no end */
	enum alert_sort sort;            /* open and closed ones together are always sorted by time */
	struct alert_cursor start;       /* alert_list only */
	uint32_t limit;                  /* alert_list only: 1 … ALERT_PAGE_MAX, 0 = ALERT_PAGE_MAX */
};
#define ALERT_ANYBODY (-1)
#define ALERT_ANY_INCIDENT (-1)
struct alert_filter alert_filter_all(void);

struct alert_list {
	struct alert *alerts;
	uint32_t count;
	bool has_more;
	struct alert_cursor next;
};
int alert_list(struct db *db, struct scope scope, const struct alert_filter *f, struct arena *a, struct alert_list *ret,
	       struct err *e) MUST_CHECK;

struct alert_facets {
	int64_t total; /* ALERT_COUNT_MAX = that many or more */
	int64_t by_state[ALERT_STATE_COUNT];
	int64_t by_priority[6];
	int64_t mine, nobodys, others;
};
int alert_facets(struct db *db, struct scope scope, const struct alert_filter *f, int64_t me, struct alert_facets *ret,
		 struct err *e) MUST_CHECK;

/* What has been judged since then, grouped: at most every combination. */
struct alert_judged {
	unsigned level, asset_value, confidence, priority;
	int64_t alerts;
};
#define ALERT_JUDGED_MAX 225u
int alert_judged(struct db *db, struct scope scope, time_us since, struct alert_judged ret[ALERT_JUDGED_MAX],
		 uint32_t *ret_count, struct err *e) MUST_CHECK;

struct alert_entry {
	int64_t id;
	time_us at;
	int64_t user_id;
	str user_name, action, text;
	bool can_undo; /* alert_undo may take it back while it is the last one and young, for who did it */
};
int alert_history(struct db *db, struct scope scope, int64_t id, struct arena *a, struct alert_entry **ret,
		  uint32_t *ret_count, struct err *e) MUST_CHECK;
/* Ids of linked events, ascending, behind `behind`. */
int alert_events(struct db *db, struct scope scope, int64_t id, event_id behind, struct arena *a, event_id **ret,
		 uint32_t *ret_count, struct err *e) MUST_CHECK;
/* Others of the same asset within a day, latest first. */
int alert_related(struct db *db, struct scope scope, const struct alert *of, struct arena *a, struct alert **ret,
		  uint32_t *ret_count, struct err *e) MUST_CHECK;

/* Matches of a correlation that an alert is made of, oldest first. */
struct alert_match {
	str group_values; /* JSON [["field","value"], …] */
	str condition;
	double measured;
	time_us span, first_at, last_at;
	int64_t events;
};
int alert_matches(struct db *db, struct scope scope, int64_t id, struct arena *a, struct alert_match **ret,
		  uint32_t *ret_count, struct err *e) MUST_CHECK;

/* *ret is zeroed when the alert is not of an indicator. */
int alert_indicator_of(struct db *db, struct scope scope, int64_t id, struct arena *a, struct alert_indicator *ret,
		       struct err *e) MUST_CHECK;

/* Alerts that an event is linked to, latest first. */
int alert_of_event(struct db *db, struct scope scope, event_id event, struct arena *a, struct alert **ret,
		   uint32_t *ret_count, struct err *e) MUST_CHECK;

/* The alerts of one action. version is checked for a single alert when it is not 0. */
struct alert_set {
	const int64_t *ids;
	uint32_t count;
	int64_t version;
	str note; /* the words beside a verdict */
};

/* Assigns to the actor. An alert that is acknowledged by somebody else changes hands; a closed one is ERR_WRONG_STATE.
 */
int alert_acknowledge(struct db *db, const struct actor *who, const struct alert_set *set, time_us now,
		      struct err *e) MUST_CHECK;
/* Closes with a verdict; a closed one gets the new verdict. Assigns nobody's alerts to the actor. */
int alert_judge(struct db *db, const struct actor *who, const struct alert_set *set, enum alert_verdict verdict,
		time_us now, struct err *e) MUST_CHECK;
int alert_comment(struct db *db, const struct actor *who, int64_t id, str text, time_us now, struct err *e) MUST_CHECK;
/* Takes the actor's own last change back, when it is the alert's last one and younger than ALERT_UNDO_TIME;
 * ERR_WRONG_STATE err.alert.no_undo otherwise. */
int alert_undo(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;
/* For flow/incident: links and acknowledges; writes history, no audit row and no work (the incident's action has
 * those). */
int alert_link(struct db *db, const struct actor *who, const struct alert_set *set, int64_t incident_id, time_us now,
	       struct err *e) MUST_CHECK;

/* The other parts of this room's public face. */
#include "flow/alert/detector.h"
#include "flow/alert/explain.h"
#include "flow/alert/retro.h"
#include "flow/alert/station.h"
#include "flow/alert/suppress.h"

#endif
