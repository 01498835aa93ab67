/* What the files of this room share. */
#ifndef FLOW_PARSE_INTERNAL_H
#define FLOW_PARSE_INTERNAL_H

#include "base/map.h"
#include "codec/leaf/leaf.h"
#include "flow/parse/parse.h"
#include "flow/parse/text_parser.h"

#define MAPPING_BUDGET (32u << 20)
#define SHAPES_MAX 32u
#define SHAPE_WHEN_MAX 4u
#define WHEN_NAMES_MAX 63u /* different fields that tell all shapes; one bit of 64 says that a path is known */
#define SHAPE_TIMES_MAX 32u
#define NOTED_MAX 256u /* fields of one event that some mapping may want to look at */
#define WHEN_MAX 8u    /* fields of one `sources` row */

/* Names that a mapping looks at have a small number, so an event notes where they are while it is built. */
typedef uint16_t key_no; /* 0 = nobody looks at it */

enum fixed_key {
	KEY_NONE,
	KEY_CHANNEL,
	KEY_PROVIDER,
	KEY_EVENT_ID,
	KEY_PRODUCT,
	KEY_CATEGORY,
	KEY_SERVICE,
	KEY_RECORD_ID,
	KEY_TEXT_PARSER,
	KEY_FIXED_COUNT
};

struct alias {
	key_no from, to_key;
	str to;
	bool rename;
};

struct aliases {
	struct alias *items;
	uint32_t count;
};

struct pair {
	str name, text;
};

struct shape {
	str name, product;
	str when[SHAPE_WHEN_MAX];
	uint8_t when_bit[SHAPE_WHEN_MAX];
	uint32_t when_count;
	uint64_t bits; /* all of its `when` */
	bool plain;    /* its product, category and service are fields like others: they declare nothing */
	str *marks, *texts, *drop, *cut;
	uint32_t mark_count, text_count, drop_count, cut_count, pair_count;
	struct pair *pairs;
	struct map names; /* incoming name → index in outs */
	str *outs;
	uint32_t out_count;
	struct aliases aliases;
	str times[SHAPE_TIMES_MAX];
	uint32_t time_count;
};

struct event_rule {
	int64_t id;
	str categories[EVENT_CATEGORIES_MAX];
	uint32_t category_count;
	struct aliases aliases;
};

/* One way to a log source, as far as rules see it. */
struct origin {
	str product, service;
	str categories[EVENT_CATEGORIES_MAX];
	uint32_t category_count;
	struct aliases aliases;
	const str *fields; /* none: any field may come */
	uint32_t field_count;
};

struct service {
	str product, name;
	struct event_rule *events; /* by id, ascending */
	uint32_t event_count;
};

struct source_when {
	key_no key;
	str value; /* "*" = any */
};

struct source_row {
	struct source_when when[WHEN_MAX];
	uint32_t when_count;
	str product, service;
	str categories[EVENT_CATEGORIES_MAX];
	uint32_t category_count;
	struct aliases aliases;
};

struct mapping {
	struct arena arena;
	struct shape shapes[SHAPES_MAX];
	uint32_t shape_count;
	str when_names[WHEN_NAMES_MAX]; /* of all shapes; the place is the bit */
	uint32_t when_name_count;
	struct source_row *rows;
	size_t row_count, rows_cap;
	struct origin *origins;
	size_t origin_count, origins_cap;
	struct map keys;      /* name → key_no */
	struct map channels;  /* lower case → struct service * */
	struct map providers; /* lower case → struct service * */
	struct map declared;  /* "product/service" → struct service * */
	struct text_parsers parsers;
};

/* How a leaf of one path becomes a field, in one shape. */
enum slot_role { ROLE_FIELD, ROLE_DROP, ROLE_PAIR_NAME, ROLE_PAIR_TEXT };

struct slot {
	str name;
	uint32_t name_id;
	key_no key;
	uint8_t time_rank; /* 1 = best; 0 = not a time */
	uint8_t role;
	bool ready;
};

/* Turns leaves into events; keeps what it found out about each path. */
struct builder {
	const struct mapping *mapping;
	const struct name_table *names;
	struct path_table *paths;
	struct arena made; /* names that had to be made */
	uint64_t *bits;    /* by path: `when` bits; bit 63 set = known */
	size_t bits_cap;
	struct slot *slots[SHAPES_MAX];
	size_t slots_cap[SHAPES_MAX];
};

struct noted {
	key_no key;
	uint32_t field;
};

/* One event being built. */
struct build {
	struct builder *b;
	const struct shape *shape;
	struct arena *arena;
	struct event *ev;
	uint32_t room; /* fields that fit */
	struct noted noted[NOTED_MAX];
	uint32_t noted_count;
	uint8_t time_rank; /* of the best time so far; 0 = none */
};

/* mapping.c; key_of gives 0 for a name that no mapping looks at. */
key_no mapping_key(const struct mapping *m, str name);

/* names.c: the slot of a leaf in a shape. */
void builder_init(struct builder *b, const struct mapping *m, const struct name_table *names, struct path_table *paths);
void builder_done(struct builder *b);
const struct shape *builder_shape(struct builder *b, const struct leaves *l);
/* scratch is filled when the leaf's path is not interned; its name then lives in `arena`. */
const struct slot *builder_slot(struct builder *b, const struct shape *shape, const struct leaf *leaf,
				struct slot *scratch, struct arena *arena);

/* build.c: fields, time and log source of one event from its leaves. False when the arena's budget is spent. */
bool build_event(struct builder *b, const struct leaves *l, struct arena *arena, struct event *ev);
/* The first noted field of that key, or NULL. */
struct event_field *build_noted(const struct build *bu, key_no key);
/* Adds a field; false when the event is full. */
bool build_add(struct build *bu, struct event_field field, key_no key);

/* source.c: the event's log source, and the second names that it asks for. */
void build_source(struct build *bu);

/* times.c: RFC 3339 and its relatives, seconds, milli-, micro- or nanoseconds since 1970. */
bool event_time_parse(str text, time_us *ret);

/* syslog.c: RFC 5424, RFC 3164 or bare text → leaves (timestamp, host, app, procid, msgid, facility, severity, message,
 * and what a JSON message, or a text that a parser of `parsers` knows, holds). parsers may be NULL. False when the
 * arena's budget is spent. */
bool syslog_leaves(str line, const struct text_parsers *parsers, struct leaves *out);

#endif
