/* parse: raw bytes → normalised events in the Sigma taxonomy with their log source.
 *
 * Input formats are told by content, never by file name: EVTX (magic), gzip and zstd (unpacked in a stream), NDJSON,
 * pretty-printed JSON documents one after another, a JSON array of events.
 * Windows dumps are read in every usual shape: {"Event":{"System":{…},"EventData":{…}}} with "#attributes"/"@…"/"_attributes"
 * for XML attributes, "UserData", winlogbeat / ECS ("winlog.event_data.*"), flat. Names out: "EventID", "Channel",
 * "Provider_Name", "Computer", "Image" …
 * The log source comes from declared `product`/`category`/`service` fields, else from content/mappings (channel and
 * provider → service, channel and EventID → categories, with renamed fields such as 4688 NewProcessName → Image).
 * Limits: EVENT_* of model/event.h; a damaged record is skipped and counted, the rest is still read.
 * Thread-safety: mapping and name_table are immutable and shared; a reader belongs to one thread.
 */
#ifndef FLOW_PARSE_PARSE_H
#define FLOW_PARSE_PARSE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/event.h"

struct mapping;
struct reader;

/* Loads content/mappings (embedded, overridden by <data_folder>/content/mappings). */
int mapping_load(str data_folder, struct mapping **ret, struct err *e) MUST_CHECK;
void mapping_free(struct mapping *m);

#define BATCH_EVENTS_MAX 1024u
#define BATCH_BYTES (8u << 20) /* about this much raw input a batch */

struct batch {
	struct arena arena; /* events, fields and unescaped text; reset by reader_next */
	struct event *events;
	uint32_t count;
};

struct read_counts {
	uint64_t events, bytes, damaged_records, fields_dropped, unknown_source;
};

/* bytes: the whole file (mapped), which must outlive the reader. path is for messages. */
int reader_open(str bytes, str path, const struct mapping *m, const struct name_table *names, struct reader **ret,
                struct err *e) MUST_CHECK;
void reader_free(struct reader *r);
/* 1 = a batch, 0 = end of input, negative = nothing more can be read from this input (e.g. not a known format). */
int reader_next(struct reader *r, struct batch *b, struct err *e) MUST_CHECK;
void reader_counts(const struct reader *r, struct read_counts *ret);

void batch_init(struct batch *b);
void batch_done(struct batch *b);

/* One raw event that arrived live (a JSON object, or a syslog line as the text of field "message"), for the river.
 * Allocates in `a`. */
int parse_event(str raw, const struct mapping *m, const struct name_table *names, struct arena *a, struct event *ret,
                struct err *e) MUST_CHECK;

#endif
