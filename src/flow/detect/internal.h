/* What the files of flow/detect share. See README.md for the way of a rule and of an event through them. */
#ifndef FLOW_DETECT_INTERNAL_H
#define FLOW_DETECT_INTERNAL_H

#include "base/map.h"
#include "codec/yaml.h"
#include "flow/detect/detect.h"
#include "flow/detect/pattern.h"

#define FIELD_KEYWORD 0u /* the field id of keywords: every value of the event */

/* ---- predicates: one question about one field, shared by all rules that ask it ---- */

enum pred_kind {
	PRED_TEXT,     /* glob */
	PRED_REGEX,    /* regex */
	PRED_NUMBER,   /* number, compared by op */
	PRED_TIME,     /* part of a date, compared by op */
	PRED_CIDR,     /* cidr */
	PRED_EXISTS,   /* the field is there, whatever it holds */
	PRED_NULL,     /* the field is absent or null */
	PRED_FIELDREF, /* against another field of the same event */
	PRED_NEVER,    /* a placeholder that nobody has given values */
	PRED_KIND_COUNT
};

enum cmp_op { CMP_EQ, CMP_LT, CMP_LTE, CMP_GT, CMP_GTE };
enum time_part { PART_MINUTE, PART_HOUR, PART_DAY, PART_WEEK, PART_MONTH, PART_YEAR };

struct cidr {
	unsigned char address[16]; /* IPv4 as ::ffff:a.b.c.d */
	unsigned bits;             /* 0 to 128 */
};

struct regex; /* regex.h is private to regex.c */

struct pred {
	uint8_t kind;   /* enum pred_kind */
	uint8_t op;     /* enum cmp_op */
	uint8_t part;   /* enum time_part */
	uint8_t how;    /* enum glob_kind of a field reference */
	bool cased;     /* compare bytes as they are; else the event's value is folded first */
	uint32_t field; /* name id, FIELD_KEYWORD for keywords */
	str literal;    /* lower-case bytes that a value must contain; empty: cannot serve as a witness */
	union {
		const struct glob *glob;
		const struct regex *regex;
		double number;
		struct cidr cidr;
		uint32_t other; /* name id of a field reference */
	};
};

/* ---- conditions ---- */

enum expr_kind { EXPR_PRED, EXPR_AND, EXPR_OR, EXPR_NOT, EXPR_AT_LEAST };

struct expr {
	uint8_t kind; /* enum expr_kind */
	uint32_t cost;
	uint32_t count; /* kids */
	union {
		struct expr *kids;
		struct {
			uint32_t pred, leaf;
		};
	};
	uint32_t least; /* EXPR_AT_LEAST */
};

/* A value as the rule's author wrote it, for explanations. */
struct written_value {
	str selection, field, modifiers, pattern;
};

/* ---- the set ---- */

#define RULES_MAX 100000u
#define RULE_SET_BYTES_MAX (512u << 20)
#define RULE_NODES_MAX 65536u    /* nodes of one rule's condition with its selections in place */
#define RULE_PROBLEMS_MAX 10000u /* further ones are only counted */

struct witness_pair {
	uint32_t pred, rule;
};

struct field_index;

struct filter;      /* refs.h */
struct correlation; /* correlation.h, with the next two */
struct correlation_field;
struct subscription;

struct rule_set {
	struct arena arena;
	struct name_table *names;
	struct map pred_ids, rule_ids;
	struct pred *preds;
	struct written_value *leaves;
	struct rule *rules;
	struct expr *exprs; /* parallel to rules */
	struct rule_problem *problems, *notes;
	struct regex **regexes;
	size_t pred_count, pred_cap, leaf_count, leaf_cap, rule_count, rule_cap, expr_cap;
	size_t problem_count, problem_cap, problem_total, note_count, note_cap, regex_count, regex_cap;
	struct correlation *correlations;
	size_t correlation_count, correlation_cap;
	struct correlation_field *correlation_fields; /* every field that some correlation reads */
	size_t correlation_field_count, correlation_field_cap;
	struct map correlation_field_ids;
	struct subscription *subscribed; /* by rule: a range, from subscribed_first[rule] */
	uint32_t *subscribed_first;
	struct filter *filters;
	size_t filter_count, filter_cap;
	struct map other_ids; /* of filters, and of correlations before the seal: to lines of `places` */
	struct rule_problem *places;
	size_t place_count, place_cap;
	struct map names_of_rules; /* name: how many << 32 | index of the first; made by the seal */
	bool sealed;
	bool filters_aside;  /* asked after the match (aside.c), not built into their rules */
	double *pred_shares; /* by pred, while witnesses are chosen; 0 = not guessed yet */
	/* made by rule_set_seal */
	uint32_t name_count;      /* names known then; later ones belong to others */
	uint32_t *rules_of_first; /* by pred, count + 1 entries: range in rules_of */
	uint32_t *rules_of;
	uint32_t *unwitnessed, unwitnessed_count; /* rules that every event of their log source must meet */
};

/* What is being compiled, and where to tell about it. */
struct compile {
	struct rule_set *set;
	str path;
	struct err *err;
	str selection;
	uint32_t nodes;
};

/* rule.c: one document; appends to set->rules on success, a filter to set->filters. */
int rule_compile(struct compile *c, const struct yaml_node *doc) MUST_CHECK;
/* Title, id, level, log source and the like. */
int rule_read_meta(struct compile *c, const struct yaml_node *doc, struct rule *ret) MUST_CHECK;
/* The selections of a map and its condition. keys that are no selections: `skip`, with NULL at the end. */
int rule_read_detection(struct compile *c, const struct yaml_node *map, const char *const *skip,
			struct expr *ret) MUST_CHECK;
/* Keeps the id of a document that is not in set->rules. */
void rule_keep_id(struct compile *c, const struct yaml_node *doc, str id);
/* set.c */
void problem_add(struct rule_set *set, str path, const struct err *e);
void note_add(struct rule_set *set, str path, const struct err *e);
/* detection.c: the maps and lists of one search identifier. */
int selection_compile(struct compile *c, str name, const struct yaml_node *node, struct expr *ret) MUST_CHECK;
/* condition.c: `selection and not 1 of filter_*`. names and exprs are parallel. */
struct selections {
	str *names;
	struct expr *exprs;
	uint32_t *sizes; /* nodes of each: a mention in the condition costs as much */
	size_t count;
};
int condition_compile(struct compile *c, const struct selections *s, const struct yaml_node *node,
		      struct expr *ret) MUST_CHECK;
/* value.c: the values of one key with its modifiers. */
struct modifiers;
int value_compile(struct compile *c, const struct modifiers *m, const struct yaml_node *node,
		  struct expr *ret) MUST_CHECK;

/* Fails the rule at a node. */
int compile_fail(struct compile *c, const struct yaml_node *node, const char *id, str value) MUST_CHECK;
int compile_full(struct compile *c, const struct yaml_node *node) MUST_CHECK; /* the set's memory is spent */
void compile_note(struct compile *c, const struct yaml_node *node, const char *id, str value);
/* A node with room for `count` kids; counts against RULE_NODES_MAX. */
int nodes_take(struct compile *c, const struct yaml_node *node, uint32_t count) MUST_CHECK;
int expr_make(struct compile *c, const struct yaml_node *node, enum expr_kind kind, uint32_t count,
	      struct expr *ret) MUST_CHECK;
/* Orders kids of every AND and OR by what they cost; the written order stays among equals. */
void expr_sort(struct expr *x, const struct rule_set *set);

/* modifier.c */
struct modifiers {
	str field, written;
	uint8_t order[8]; /* transformations in written order: enum modifier_id */
	uint32_t order_count;
	bool all, neq, cased, exists, regex, cidr, fieldref, expand, is_number, is_time;
	bool regex_i, regex_m, regex_s;
	enum cmp_op op;
	enum time_part part;
};
enum modifier_id {
	MOD_CONTAINS,
	MOD_STARTSWITH,
	MOD_ENDSWITH,
	MOD_WINDASH,
	MOD_BASE64,
	MOD_BASE64OFFSET,
	MOD_UTF16,
	MOD_UTF16LE,
	MOD_UTF16BE
};
int modifiers_parse(struct compile *c, const struct yaml_node *key, struct modifiers *ret) MUST_CHECK;

/* pred.c */
uint32_t pred_add(struct rule_set *set, const struct pred *p, str payload); /* same question, same number */
bool cidr_parse(str text, struct cidr *ret);
bool number_parse(str text, double *ret);

/* What a question needs beside the event. */
struct regex_scratch;
/* One value; folded is the value in lower case. */
bool pred_test(const struct pred *p, const struct event_field *f, str folded, struct regex_scratch *scratch);

/* regex.c */
#define REGEX_STEPS_MAX 20000u         /* PCRE2's match limit, per starting point */
#define REGEX_DEPTH_MAX 1000u          /* PCRE2's depth limit */
#define REGEX_SUBJECT_MAX (256u << 10) /* longer values are searched only so far */
int regex_create(str pattern, const struct modifiers *m, struct regex **ret, struct err *e) MUST_CHECK;
void regex_free(struct regex *r);
bool regex_find(const struct regex *r, str text, struct regex_scratch *s);
/* A text in lower case that every match must contain in some case; empty when none is evident. Lives in the regex. */
str regex_literal(const struct regex *r);
struct regex_scratch *regex_scratch_create(void);
void regex_scratch_free(struct regex_scratch *s);
uint64_t regex_scratch_exhausted(const struct regex_scratch *s); /* searches given up at a limit */

/* witness.c: for each rule the cheapest set of predicates of which one must hold. */
/* Pairs sorted by predicate, each once; the caller frees them. Fills set->unwitnessed. */
void witness_choose(struct rule_set *set, struct witness_pair **ret, size_t *ret_count);

/* Texts that most Windows paths, command lines and messages hold, in lower case. */
extern const char *const witness_frequent[];
extern const size_t witness_frequent_count;

/* index.c: from a value of one field to those of the given predicates that may hold for it. */
struct field_index *field_index_create(const struct rule_set *set, const uint32_t *preds, size_t count);
void field_index_free(struct field_index *x);
/* No shorter value has a witness. */
size_t field_index_shortest(const struct field_index *x);
/* Not NULL: all that is looked for is this set, so looking costs no more than remembering what was found for a value.
 */
struct literal_set;
const struct literal_set *field_index_plain(const struct field_index *x);
/* A value, and how to get it in lower case when that is needed. */
struct index_value {
	str text;
	str (*fold)(void *ctx);
	void *ctx;
};
/* Calls fn(ctx, pred) for predicates that may hold for the value: a superset, to be tested; some several times. */
void field_index_find(const struct field_index *x, const struct index_value *v, void (*fn)(void *, uint32_t),
		      void *ctx);

#endif
