/* detect: Sigma rules compiled to an immutable program, and the matching of events against it.
 *
 * A rule set is loaded once, shared read-only between threads, and swapped whole on reload. A rule that cannot be
 * loaded is named with file, line and reason, and counted; never skipped in silence. A matcher holds the per-thread
 * scratch (regex scratch, bit sets, caches) and belongs to one thread.
 */
#ifndef FLOW_DETECT_DETECT_H
#define FLOW_DETECT_DETECT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "model/event.h"

struct rule_set;
struct matcher;

enum rule_level { LEVEL_INFORMATIONAL = 1, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL };

struct rule {
	uint32_t index; /* position in the set */
	str id, title, description, author, status, path;
	str name;                     /* how other documents may refer to it */
	str title_ja, description_ja; /* of `custom:`; empty when the rule has none */
	bool is_correlation;          /* matches by the matches of other rules (correlator below), never by an event */
	bool is_part;                 /* some correlation is made of it */
	bool is_silent;               /* is a part and not reported by itself: the correlation does not `generate` it */
	str license;                  /* as the rule states it; empty when it does not */
	uint64_t content;             /* digest of the document and of the filters on it: equal content, equal number */
	uint32_t line;
	enum rule_level level; /* absent in the rule: medium */
	const str *tags;
	uint32_t tag_count;
	const str *falsepositives;
	uint32_t falsepositive_count;
	struct {
		str product, category, service;
	} source;
};

struct rule_problem {
	str path;
	uint32_t line, column;
	struct err err;
};

/* Loads every *.yml / *.yaml below each path; a path that cannot be read is an error, a rule that cannot be compiled is
 * a problem in the set. names: the fields that rules read are added to it, so load rules before reading events. */
int rule_set_load(const str *paths, size_t path_count, struct name_table *names, struct rule_set **ret,
		  struct err *e) MUST_CHECK;
/* Rules from memory: content/ of the binary. May be called several times before rule_set_seal. */
int rule_set_create(struct name_table *names, struct rule_set **ret, struct err *e) MUST_CHECK;
int rule_set_add(struct rule_set *set, str text, str path, struct err *e) MUST_CHECK;
int rule_set_seal(struct rule_set *set, struct err *e) MUST_CHECK; /* compiles; no more adds */
void rule_set_free(struct rule_set *set);

uint32_t rule_set_count(const struct rule_set *set);
const struct rule *rule_set_rule(const struct rule_set *set, uint32_t index);
const struct rule *rule_set_find(const struct rule_set *set, str id); /* NULL when absent */
uint32_t rule_set_filter_count(const struct rule_set *set);
uint32_t rule_set_correlation_count(const struct rule_set *set); /* counted in rule_set_count too */
uint32_t rule_set_problem_count(const struct rule_set *set);
const struct rule_problem *rule_set_problem(const struct rule_set *set, uint32_t index);

/* What was loaded but deserves a look: a placeholder without values. Same shape as a problem. */
uint32_t rule_set_note_count(const struct rule_set *set);
const struct rule_problem *rule_set_note(const struct rule_set *set, uint32_t index);

int matcher_create(const struct rule_set *set, struct matcher **ret, struct err *e) MUST_CHECK;
void matcher_free(struct matcher *m);
/* Rules that match, in order of their index; the array is valid until the next call. */
uint32_t matcher_match(struct matcher *m, const struct event *ev, const struct rule *const **ret_rules);

/* What could not be looked at fully since the matcher was made: a statistic must show it. */
struct matcher_counts {
	uint64_t regex_exhausted; /* searches given up at a limit, or values cut at one: taken as no match */
	uint64_t unknown_source;  /* events tried only against rules without a log source */
};
void matcher_counts(const struct matcher *m, struct matcher_counts *ret);
/* By rule index: for how many events the rule's condition was looked at, because one of its literals stood in the event
 * or because it has none. The rest was ruled out before. Lives as long as the matcher. */
const uint64_t *matcher_tried(const struct matcher *m);

/* Why a rule matched, or what failed first: one row per field condition that was decisive. Slices live in `a` or the
 * event. */
struct match_reason {
	str selection; /* name in `detection:` */
	str field;     /* empty for keywords */
	str modifiers; /* "contains|all" as written */
	str pattern;   /* the rule's value */
	str value;     /* the event's value; STR_NONE when the field is absent */
	bool matched;
};
int rule_explain(const struct rule_set *set, uint32_t rule_index, const struct event *ev, struct arena *a,
		 struct match_reason **ret, uint32_t *ret_count, struct err *e) MUST_CHECK;
/* The same for the event that matcher_match saw last, without a matcher of its own: cheap enough for every match. */
int matcher_explain(struct matcher *m, uint32_t rule_index, struct arena *a, struct match_reason **ret,
		    uint32_t *ret_count, struct err *e) MUST_CHECK;

/* Whether a rule can match at all when only some fields can be there. A rule that asks for a field which no log yields
 * is silent for ever, and silence looks like safety. An upper bound: true means that no missing field stands in the
 * way. */
struct field_view {
	bool (*has)(void *ctx, str name);
	void *ctx;
};

bool rule_can_match(const struct rule_set *set, uint32_t rule_index, const struct field_view *v);
/* Each field that the rule reads, perhaps several times; keywords read none. */
void rule_each_field(const struct rule_set *set, uint32_t rule_index, void (*fn)(void *ctx, str name), void *ctx);

/* The other parts of this room's public face: what several matches mean together; filters asked after the match. */
#include "flow/detect/aside.h"
#include "flow/detect/correlator.h"

#endif
