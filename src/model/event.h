/* event: one log record on its way through the river.
 *
 * Shape: the raw bytes as received plus a flat list of (name, value) over the batch's bytes. No tree, no copy, no
 * allocation per event: slices point into the batch's input or its arena and die with the batch.
 * Nested JSON becomes dotted names ("Event.System.Channel"); an array gives one field per element under the same name
 * (a rule matches when any element does). Names are in the Sigma taxonomy after flow/parse has mapped them
 * ("Image", "CommandLine", "EventID", "Channel" …).
 * name_id: interned over the names that rules read; 0 = no rule reads it. Values keep the type they had.
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include "base/arena.h"
#include "base/str.h"
#include "base/time.h"

#define EVENT_FIELDS_MAX 4096u      /* fields of one event; further ones are dropped and counted */
#define EVENT_BYTES_MAX (16u << 20) /* raw bytes of one event */
#define EVENT_DEPTH_MAX 32u         /* nesting of a JSON event */
#define EVENT_CATEGORIES_MAX 4u

enum value_type {
	VALUE_TEXT,
	VALUE_NUMBER, /* text is the digits as written */
	VALUE_BOOL,   /* text is "true" or "false" */
	VALUE_NULL,   /* text is empty; differs from an absent field and from "" */
};

struct event_field {
	str name;
	str text; /* unescaped UTF-8 */
	uint32_t name_id;
	enum value_type type;
};

/* Sigma log source. product and service are one word each; an event can be of several categories
 * (a Sysmon 13 is registry_event and registry_set). Empty = not known. */
struct log_source {
	str product;
	str service;
	str categories[EVENT_CATEGORIES_MAX];
	uint32_t category_count;
};

struct event {
	str raw;
	struct event_field *fields;
	uint32_t field_count;
	uint32_t fields_dropped;
	bool time_known;   /* false: `time` is the receive time */
	bool source_known; /* false: tried only against rules without a log source, and counted */
	time_us time;      /* event time, UTC */
	time_us received;
	struct log_source source;
	uint64_t line;   /* 1-based line of a text input; 0 when the input has records */
	uint64_t record; /* EVTX record id */
};

/* First field of that name, or NULL. Linear; the engine uses ids. */
const struct event_field *event_field(const struct event *ev, str name);
str event_text(const struct event *ev, str name); /* STR_NONE when absent */

/* The names that somebody reads, interned. Built while rules load, then read-only and shared between threads. */
struct name_table;
struct name_table *name_table_create(void);
void name_table_free(struct name_table *t);
uint32_t name_table_add(struct name_table *t, str name);        /* >= 1; same name, same id */
uint32_t name_table_find(const struct name_table *t, str name); /* 0 when nobody reads it */
uint32_t name_table_count(const struct name_table *t);          /* highest id */
str name_table_name(const struct name_table *t, uint32_t id);

#endif
