/* list: all rules of a generation as an organisation sees them: searched, filtered, sorted, counted, a page at a time.
 *
 * Why in memory: the rules are there anyway, and a few thousand lines are looked through in less time than a database
 * needs to be asked. The counts of matches come with one query each.
 */
#ifndef FLOW_RULES_LIST_H
#define FLOW_RULES_LIST_H

#include "craft/words/words.h"
#include "flow/rules/catalogue.h"
#include "flow/rules/desk.h"

#define RULE_PAGE_MAX 500u

/* X(symbol, "name"): states that a list can be narrowed to. Words: "rules.state.<name>". */
#define RULE_STATES(X)                                                           \
	X(RULE_ON, "on")                                                         \
	X(RULE_OFF, "off")                                                       \
	X(RULE_TUNED, "tuned")             /* has live filters */                \
	X(RULE_HIT, "hit")                 /* matched in 30 days */              \
	X(RULE_QUIET, "quiet")             /* on, and did not in 90 days */      \
	X(RULE_UNFED, "unfed")             /* no event of its log source came */ \
	X(RULE_UNREACHABLE, "unreachable") /* no mapping ever gives what it asks for */

enum rule_state {
#define RULE_ENUM(symbol, name) symbol,
	RULE_STATES(RULE_ENUM)
#undef RULE_ENUM
		RULE_STATE_COUNT
};
const char *rule_state_name(enum rule_state s);
bool rule_state_parse(str name, enum rule_state *ret);

enum rule_sort { RULES_BY_HITS, RULES_BY_TITLE, RULES_BY_LEVEL, RULES_BY_LAST, RULES_BY_COST, RULE_SORT_COUNT };
const char *rule_sort_name(enum rule_sort s); /* "hits", "title", "level", "last", "cost" */
bool rule_sort_parse(str name, enum rule_sort *ret);

/* Everything known of one rule here. */
struct rule_line {
	const struct rule *rule;
	struct rule_hits hits;
	bool is_off, is_fed;
	uint32_t filters; /* live ones made on its page */
	enum reach reach;
	uint32_t pack;
	uint64_t tried; /* events whose fields made its condition be looked at, of rule_desk's `events` */
};

/* What the lines are made of: of one generation, for one organisation, now. */
struct rule_world {
	const struct rule_set *set;
	const struct catalogue *catalogue;
	uint64_t generation;
	struct rule_desk *desk;
	struct scope scope;
	time_us now;
	/* filled by rule_world_read */
	struct rule_hits *hits;
	bool *off;
	uint32_t *filters;
	const uint64_t *tried;
	uint64_t tried_events;
	struct seen_list seen; /* in 30 days */
};
int rule_world_read(struct rule_world *w, struct db *db, struct arena *a, struct err *e) MUST_CHECK;
void rule_line_of(const struct rule_world *w, uint32_t rule_index, struct rule_line *ret);
bool rule_line_is(const struct rule_line *l, enum rule_state s);

struct rule_ask {
	enum lang lang;   /* of titles, for sorting */
	str text;         /* in titles, id, tags, path */
	unsigned levels;  /* bit 1 << level; 0 = all */
	unsigned states;  /* bit 1 << enum rule_state; all of them must hold */
	str status, pack; /* exact; empty = all */
	str product, category, service;
	str tag; /* "attack.t1003": also its sub-techniques */
	enum rule_sort sort;
	uint32_t offset, limit;
};

struct rule_page {
	struct rule_line *lines;
	uint32_t count, total; /* total: of all pages */
	uint32_t by_level[6], by_state[RULE_STATE_COUNT];
};
int rule_list(const struct rule_world *w, const struct rule_ask *ask, struct arena *a, struct rule_page *ret,
	      struct err *e) MUST_CHECK;

/* The title in a reader's language. */
str rule_title(const struct rule *r, enum lang lang);
str rule_description(const struct rule *r, enum lang lang);

#endif
