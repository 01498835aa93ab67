/* parse: raw bytes → normalised events in the Sigma taxonomy with their log source.
 *
 * Input formats are told by content, never by file name: EVTX (magic), gzip and zstd of any of these (unpacked in a
 * stream), NDJSON, pretty-printed JSON documents one after another, a JSON array of events, text lines (syslog, and
 * in it or bare: the formats of codec/line), audit records of
 * one event joined within AUDIT_AHEAD_LINES lines, CSV with a header, Zeek's tables, W3C extended logs (IIS).
 * Windows dumps are read in every usual shape: {"Event":{"System":{…},"EventData":{…}}} with
 * "#attributes"/"@…"/"_attributes" for XML attributes, "UserData", winlogbeat / ECS ("winlog.event_data.*"), flat.
 * Names out: "EventID", "Channel", "Provider_Name", "Computer", "Image" … The log source comes from declared
 * `product`/`category`/`service` fields, else from content/mappings (channel and provider → service, channel and
 * EventID → categories, with renamed fields such as 4688 NewProcessName → Image). Limits: EVENT_* of model/event.h; a
 * damaged record is skipped and counted, the rest is still read. Syslog lines give timestamp, host, app, procid, msgid,
 * facility, severity, message, and sd.ID.NAME for structured data. Lifetime: slices of an event point into the input,
 * the batch's arena, the reader (names) and the mapping, so a batch must not outlive its reader. Thread-safety: mapping
 * and name_table are immutable and shared; a reader or parser belongs to one thread; a batch that was filled may be
 * handed to another thread while the reader fills the next.
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

#define BATCH_EVENTS_MAX 128u
#define BATCH_BUDGET (256u << 20)        /* memory of one batch */
#define READER_UNPACKED_MAX (1ull << 40) /* bytes that a packed input may unpack to */
#define READER_DAMAGES_MAX 16u           /* damages that are kept with their story; all are counted */
#define BATCH_BYTES (8u << 20)           /* about this much raw input a batch */

struct batch {
	struct arena arena; /* events, fields and unescaped text; reset by reader_next */
	struct event *events;
	uint32_t count;
	size_t warm; /* bytes that the arena keeps over a reset */
};

struct read_counts {
	uint64_t events, bytes, damaged_records, fields_dropped, unknown_source;
};

/* bytes: the whole file (mapped), which must outlive the reader. path is for messages. */
int reader_open(str bytes, str path, const struct mapping *m, const struct name_table *names, struct reader **ret,
		struct err *e) MUST_CHECK;
void reader_free(struct reader *r);
/* The input is a piece of a larger one: its first line has that number there. JSON only; before the first reader_next.
 */
void reader_at_line(struct reader *r, uint64_t line);
/* 1 = a batch, 0 = end of input, negative = nothing more can be read from this input (e.g. not a known format). */
int reader_next(struct reader *r, struct batch *b, struct err *e) MUST_CHECK;
void reader_counts(const struct reader *r, struct read_counts *ret);
/* The first READER_DAMAGES_MAX damaged records, each with path and place. */
uint32_t reader_damages(const struct reader *r, const struct err **ret);

void batch_init(struct batch *b);
void batch_done(struct batch *b);

/* Live events, one after another: keeps what it learned about names, so it is faster than parse_event. */
struct parser;
struct parser *parser_create(const struct mapping *m, const struct name_table *names);
void parser_free(struct parser *p);

/* One raw event that arrived live: a JSON object, or a syslog line (RFC 5424, RFC 3164, or bare text as "message").
 * Allocates in `a`; raw must live as long as the event, and so must the parser. Sets everything of *ret but `received`,
 * which becomes 0. An RFC 3164 time has neither year nor zone: the field is there, time_known is false.
 * Errors: err.json.* for a broken object, ERR_LIMIT when raw is larger than EVENT_BYTES_MAX or the arena is spent. */
int parser_event(struct parser *p, str raw, struct arena *a, struct event *ret, struct err *e) MUST_CHECK;
/* The same without a parser; everything lives in raw, `a` and the mapping. */
int parse_event(str raw, const struct mapping *m, const struct name_table *names, struct arena *a, struct event *ret,
		struct err *e) MUST_CHECK;

/* What the mappings can give an event of: each way by which an event gets a log source, with its fields. An origin
 * whose fields nobody listed is open: any field may come. A listed one yields its `fields`, what its `copy` and
 * `rename` make, and what the shapes of its product give by `names`. Everything belongs to the mapping. */
struct origin; /* opaque */

/* Origin number i, or NULL behind the last. */
const struct origin *mapping_origin(const struct mapping *m, size_t i);
/* Whether events of this origin meet rules of that log source; an empty part is any. */
bool origin_fits(const struct origin *o, str product, str category, str service);
bool origin_yields(const struct mapping *m, const struct origin *o, str field);

#endif
