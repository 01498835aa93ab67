/* evtx: Windows event log files to flat leaves, whatever state the file is in.
 *
 * Why our own: the existing libraries render XML or JSON text that would have to be parsed again, and give up at the
 * first damage. Here a template is compiled once per chunk into slots of interned paths, and a record only fills the
 * slots.
 *
 * Shape of the names: elements joined by '.', attributes as if they were child elements ("Event.System.Provider.Name"),
 * <Data Name="Image"> under EventData or UserData gives "Event.EventData.Image", a <Data> without a name gives
 * "Event.EventData.Data", once per value and in order. xmlns declarations are left out, as they name nothing.
 * Values: text and numbers as Windows renders them in XML; GUID in braces, upper case; times RFC 3339; SID "S-1-…";
 * size and hexadecimal integers "0x…"; binary as upper-case hexadecimal; arrays give one leaf per element. An optional
 * substitution without a value gives nothing, any other empty value gives "".
 *
 * Format: [MS-EVEN6] 2.2.12 to 2.2.18 for binary XML; the file layout (header of 4096 bytes, chunks of 65,536 bytes
 * with a header of 512) as published by J. Metz, "Windows XML Event Log (EVTX)". Damage: the counts in headers are not
 * believed. A chunk without its magic is searched for records, records behind a stale "free space" offset are read as
 * long as their numbers go on, a damaged record is told and stepped over, behind it the next record is searched by its
 * signature (carved). Checksums are not verified: half-written files have wrong ones and good records. Limits: EVTX_*
 * below; time per record is bounded by EVTX_STEPS_MAX, so self-referring templates end. Thread-safety: one owner.
 * Ownership: leaves point into the leaves' arena, never into the file.
 */
#ifndef CODEC_EVTX_H
#define CODEC_EVTX_H

#include "base/err.h"
#include "base/time.h"
#include "codec/leaf/leaf.h"

#define EVTX_HEADER_SIZE 4096u
#define EVTX_CHUNK_SIZE 65536u
#define EVTX_DEPTH_MAX 32u               /* elements inside each other */
#define EVTX_NESTING_MAX 8u              /* binary XML inside values inside binary XML */
#define EVTX_VALUES_MAX 4096u            /* substitution values of one record, nested ones included */
#define EVTX_OPS_MAX 4096u               /* slots of one template */
#define EVTX_STEPS_MAX 65536u            /* slots filled for one record */
#define EVTX_PROGRAMS_BUDGET (16u << 20) /* bytes for the compiled templates of one chunk */

struct evtx;

struct evtx_record {
	str raw;
	uint64_t id;
	time_us written; /* from the record's header */
	bool carved;     /* found by its signature, behind damage */
};

struct evtx_counts {
	uint64_t chunks, records, carved;
	uint64_t damaged_records, damaged_chunks;
};

#define EVTX_RECORD 1
#define EVTX_END 0
#define EVTX_AGAIN 2 /* the arena's budget is spent; nothing was taken: reset it and call again */

/* True when the bytes begin as an EVTX file or as a lone chunk; 4104 bytes let a lost file header be seen too. */
bool evtx_detect(str head);

/* out: where leaves go; its path table must not change. */
struct evtx *evtx_create(struct leaves *out);
void evtx_free(struct evtx *x);

/* `in` begins with what evtx_rest told was left; last: nothing follows. The bytes must stay until evtx_next has
 * returned EVTX_END. Chunks are read when they are complete, or when `last`. */
void evtx_feed(struct evtx *x, str in, bool last);
/* EVTX_RECORD with its leaves, EVTX_END, EVTX_AGAIN, or negative: a damaged record or chunk was skipped, e tells; call
 * on. */
int evtx_next(struct evtx *x, struct evtx_record *ret, struct err *e) MUST_CHECK;
/* The record that evtx_next gave last comes again. */
void evtx_again(struct evtx *x);
/* Steps over the record that comes next, which even an empty arena could not hold. */
void evtx_skip(struct evtx *x);
size_t evtx_rest(const struct evtx *x);
void evtx_counts(const struct evtx *x, struct evtx_counts *ret);

#endif
