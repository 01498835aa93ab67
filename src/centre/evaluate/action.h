/* action: improvement actions, what an evaluation leads to, with an owner and a date. Part of evaluate.h. */
#ifndef CENTRE_EVALUATE_ACTION_H
#define CENTRE_EVALUATE_ACTION_H

#include "centre/build/build.h"

#define EVALUATE_NAME_MAX 200u    /* bytes of an action's title or owner, a round's or a snapshot's name */
#define EVALUATE_REMARK_MAX 2000u /* bytes */
#define EVALUATE_ACTIONS_MAX 200u /* of one list, what is still to do first */

enum action_state { ACTION_PLANNED, ACTION_DOING, ACTION_DONE, ACTION_DROPPED, ACTION_STATE_COUNT };
const char *action_state_name(enum action_state state); /* words key "evaluate.action.<name>" */
bool action_state_parse(str name, enum action_state *ret);
bool action_may_become(enum action_state from, enum action_state to); /* from the table; staying is allowed */

/* What an action carries from response: to operation (rules, settings, procedures: the short cycle) or to strategy
 * (money, people, tools: the long cycle). FLOW_NONE: it came of an evaluation, or of nothing in particular. */
enum action_flow { FLOW_NONE, FLOW_SHORT, FLOW_LONG, FLOW_COUNT };
const char *action_flow_name(enum action_flow flow); /* "", "short", "long"; words key "manage.flow.<name>" */
bool action_flow_parse(str name, enum action_flow *ret);
/* What a flow needs; words key "manage.need.<name>". */
#define ACTION_NEEDS "rule", "setting", "procedure", "money", "people", "tool"
#define ACTION_SOURCE_MAX 64u /* bytes: "incident:3" */

struct action {
	int64_t id, version; /* 0: a new one */
	str title, service;  /* service may be empty: it concerns all */
	str owner;           /* a person or a team */
	time_us due;         /* 0: without a date */
	enum action_state state;
	str remark;
	int64_t round_id; /* 0: outside a round */
	enum action_flow flow;
	str need, source; /* of a flow: one of ACTION_NEEDS or empty; where it came from */
	str created_by, changed_by;
	time_us created_at, changed_at, done_at;
};

/* Creates (id 0) or changes (id and version as read) an action. ERR_RANGE with path = field; ERR_CONFLICT
 * err.evaluate.changed; ERR_WRONG_STATE err.evaluate.action_move; ERR_NOT_FOUND err.evaluate.action. Becoming done is
 * work of A-11. */
struct action_save {
	const struct framework *framework;
	const struct action *action;
	time_us now;
};
int action_save(struct db *db, const struct actor *who, const struct action_save *s, int64_t *ret_id,
		struct err *e) MUST_CHECK;

struct action_list {
	struct action *items;
	uint32_t count;
};
int action_list(struct db *db, struct scope scope, struct arena *a, struct action_list *ret, struct err *e) MUST_CHECK;
int action_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct action *ret,
		struct err *e) MUST_CHECK;

#endif
