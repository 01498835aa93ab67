/* What matching and explaining share: the per-thread scratch. */
#ifndef FLOW_DETECT_MATCHER_H
#define FLOW_DETECT_MATCHER_H

#include "flow/detect/internal.h"
#include "flow/detect/literals.h"

#define FOLDED_BYTES_MAX (256u << 20) /* lower-case copies of one event's values */
#define FOLDED_BYTES_USUAL (128u << 10)
#define CACHE_BYTES (4u << 20) /* remembered values with their candidates, per matcher */
#define CACHE_SLOTS 32768u     /* power of two */
#define CACHE_VALUE_MAX 1024u  /* longer values are looked up each time */
#define MEMO_SLOTS 65536u      /* answers remembered, power of two */
#define PROGRAMS_MAX 512u      /* distinct sets of rules that log sources are met by */

#define EVENT_NUMBER_MAX (UINT32_MAX >> 1)

/* Where the witnesses of one field are looked for. */
struct program_field {
	uint32_t first, count;     /* range in the program's preds; count 0: no witness reads the field */
	struct field_index *index; /* NULL until a value comes, with all below */
	const struct literal_set *plain;
	size_t shortest;
};

/* The rules that an event of one log source can match. */
struct program {
	bool *rules;                  /* by rule index */
	struct program_field *fields; /* by name id; [FIELD_KEYWORD]: any value */
	uint32_t *preds;              /* witnesses by field, ascending */
	uint32_t *always;             /* rules without witness */
	uint32_t always_count;
	uint32_t number; /* part of the cache's key */
};

struct programs {
	struct map by_source, by_rules; /* → place in list */
	struct program *list[PROGRAMS_MAX];
	uint32_t count, next;
	struct buf key;
};

/* Value → candidates, keyed by a secret hash and checked by the bytes, so that no stranger can aim at a slot. */
struct cache_entry {
	uint64_t hash;
	uint64_t number; /* of the value, never given twice */
	uint32_t program, field;
	uint32_t len, count;
	char *bytes;
	uint32_t *rules; /* each with what is decided in its highest bits */
};

/* What a value decides of a candidate when it is the only one of its field, whatever the other fields hold. */
#define CANDIDATE_NO (1u << 31)
#define CANDIDATE_YES (1u << 30)
#define CANDIDATE_RULE (CANDIDATE_YES - 1)

struct cache {
	struct cache_entry *slots;
	char *memory;
	size_t used;
	uint64_t values; /* numbers given */
	struct hash_key key;
};

/* Answers of predicates for remembered values, one a slot: number of the value, predicate and answer in one word. The
 * same values meet the same questions again and again, and a regular expression or a search in a long command line
 * costs a hundred times a look here. */
struct memo {
	uint64_t *slots;
};

/* The fields of one name, in order. */
struct chain {
	uint32_t event; /* which event it belongs to: stale when not the current one */
	uint16_t first, last;
};

struct matcher {
	const struct rule_set *set;
	const struct event *ev;
	uint32_t event; /* number of the current event, for stamps; 1 to EVENT_NUMBER_MAX */
	uint32_t *rule_stamp;
	uint32_t *pred_answer; /* event << 1 | answer; another event: not asked yet */
	bool keywords_known; /* all values were searched for the program's keywords: what was not found is not there */
	struct chain *chains;
	uint16_t *next; /* by field of the event: the next of that name, 0 = end */
	str *folded;    /* by field of the event; ptr NULL = not yet */
	size_t field_cap;
	struct arena fold_arena;
	struct programs programs;
	struct cache cache;
	struct memo memo;
	uint64_t *values; /* by field of the event: number of its value, 0 = not remembered */
	struct regex_scratch *regex;
	uint32_t *candidates; /* of the value at hand */
	uint32_t candidate_count;
	uint32_t *candidate_stamp, candidate_round;
	uint32_t *waiting, waiting_count; /* candidates by keywords of the event at hand */
	const struct rule **hits;
	struct matcher_counts counts;
	uint64_t *tried; /* by rule: how often its condition was looked at */
	/* of the value at hand */
	struct program *program;
	uint32_t field; /* of the event */
};

/* cache.c */
void cache_init(struct cache *c, struct hash_key key);
void cache_done(struct cache *c);
/* The remembered entry, or NULL; *ret_hash is for cache_put. */
const struct cache_entry *cache_get(const struct cache *c, uint32_t program, uint32_t field, str value,
				    uint64_t *ret_hash);
/* Returns the number of the value, 0 when it is too long to be kept. */
uint64_t cache_put(struct cache *c, const struct cache_entry *what, str value);

/* program.c */
void programs_init(struct programs *all, struct hash_key key);
void programs_done(const struct rule_set *set, struct programs *all);
/* Valid until the next call. */
struct program *program_for(const struct rule_set *set, struct programs *all, const struct event *ev);
void program_field_make(const struct rule_set *set, struct program *p, uint32_t field);

/* decide.c: the candidate number with CANDIDATE_NO or CANDIDATE_YES when field `name` of the event alone decides. */
uint32_t candidate_decide(struct matcher *m, uint32_t rule, uint32_t name);

/* matcher.c, for explain.c */
void matcher_begin(struct matcher *m, const struct event *ev);
bool matcher_eval(struct matcher *m, const struct expr *x);
bool matcher_pred(struct matcher *m, uint32_t pred);
/* The value of the event that speaks for the predicate: the first that satisfies it, else the first of that name. */
const struct event_field *matcher_value(struct matcher *m, uint32_t pred, bool matched);

#endif
