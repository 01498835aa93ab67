/* station: the thread that turns kept events into alerts.
 *
 * It tails the archive from a checkpoint in the database, parses, matches, and writes the alerts of a batch together
 * with the new checkpoint in ONE transaction: after a crash the batch is read again and nothing is doubled or lost.
 * Errors of the store or the disk stop it for a moment and are logged; it tries again and never skips. An event that
 * cannot be parsed is counted as damaged and passed over. Correlations (live.h) are fed by the same batches; their
 * state is saved every few seconds in the transaction of a batch, and after a crash what came since is read again for
 * them alone: their alerts carry ids that make no twins. In the process's life: started after archive, detector and
 * migrations; stopped before them.
 */
#ifndef FLOW_ALERT_STATION_H
#define FLOW_ALERT_STATION_H

#include <stdatomic.h>

#include "flow/alert/detector.h"
#include "flow/archive/archive.h"
#include "flow/rules/rules.h"
#include "os/env.h"

#define STATION_BATCH 2048u              /* events of one transaction at most */
#define STATION_ARENA_BYTES (192u << 20) /* raw and parsed events of one batch */
#define STATION_FIELDS_ARENA (64u << 20) /* of one event */

struct station_counters {
	_Atomic uint64_t events, matches, alerts, damaged, unknown_source;
	_Atomic uint64_t position;                         /* event id up to which everything is judged */
	_Atomic int64_t lag_us;                            /* receive time → judged, of the last batch */
	_Atomic uint64_t failures;                         /* batches that had to be tried again */
	_Atomic uint64_t indicator_hits, indicator_warned; /* of lists; the latter held back by warning lists */
	_Atomic uint64_t correlated;                       /* matches of correlations, parts of others included */
	_Atomic uint64_t correlate_late, correlate_early;  /* events too late for their window, or from the future */
	_Atomic uint64_t correlate_hurried;                /* given on before their time, for want of memory */
	_Atomic uint64_t correlate_evicted;                /* windows given up for want of memory */
	_Atomic uint64_t correlate_trimmed;                /* events taken out of windows that were full */
	_Atomic uint64_t correlate_ungrouped, correlate_valueless; /* events without the field that was asked for */
	_Atomic uint64_t correlate_dropped; /* windows that new rules or a damaged state put an end to */
	_Atomic uint64_t correlate_groups, correlate_held, correlate_bytes; /* now */
};

struct station_options {
	const struct env *env;
	struct archive *archive;
	struct detector *detector;
	struct rule_desk *desk; /* organisations' decisions about rules; NULL: there are none */
	str database;           /* path: the station has its own connection */
	time_us lateness;       /* allowed to events of correlations; 0 = CORRELATE_LATENESS_USUAL */
	size_t correlate_bytes; /* memory of correlations; 0 = LIVE_BYTES_USUAL */
	time_us save_every;     /* how often their state is saved at most; 0 = every few seconds */
};

struct station;
int station_start(const struct station_options *options, struct station **ret, struct err *e) MUST_CHECK;
/* Ends after the present batch, joins. */
void station_stop(struct station *s);
struct station_counters *station_counters(struct station *s);

/* One batch on the caller's thread, for tests: the number of events read. */
int station_step(struct station *s, struct err *e) MUST_CHECK;
/* Like station_start without the thread. */
int station_create(const struct station_options *options, struct station **ret, struct err *e) MUST_CHECK;

/* Which fields name the asset and the account in the Sigma taxonomy; empty when the event has none. */
str event_asset(const struct event *ev);
str event_account(const struct event *ev);

#endif
