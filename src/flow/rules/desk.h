/* desk: what organisations have decided about rules, asked for each match, and what rules cost.
 *
 * Invariant (tenancy): the program of rules is common to all and holds nobody's decisions. An event is matched first;
 * then the decisions of the event's own organisation, and of no other, say which matches stay. So a filter or a switch
 * of one organisation cannot change what another sees, whatever stands in it.
 * A match is taken away when the organisation switched the rule off, or when a live filter that covers the rule does
 * not let the event pass. What is taken away raises no alert and is no part of a correlation; it is counted as
 * `filtered`. Decisions are an immutable snapshot, compiled apart from the rules (milliseconds, whatever the number of
 * rules), and swapped between two batches. A filter that ran out is not asked any more from that moment on, without a
 * reload. Threads: the desk may be used by any; a seat belongs to one.
 */
#ifndef FLOW_RULES_DESK_H
#define FLOW_RULES_DESK_H

#include "flow/archive/archive.h"
#include "flow/rules/hits.h"
#include "os/env.h"

#define DESK_FILTERS_MAX 500u /* live ones of an organisation */

struct rule_desk;

/* db is used during the call. */
int desk_open(struct db *db, const struct env *env, struct rule_desk **ret, struct err *e) MUST_CHECK;
void desk_close(struct rule_desk *d); /* no seat is left */
/* Reads the decisions anew: after the transaction that changed one was committed. */
int desk_reload(struct rule_desk *d, struct db *db, struct err *e) MUST_CHECK;
uint64_t desk_number(struct rule_desk *d); /* of the snapshot: 1, 2, … */

/* ---- a seat: who judges events ---- */

struct desk_seat;
struct desk_seat *desk_seat_create(struct rule_desk *d);
void desk_seat_free(struct desk_seat *s);
/* Before each batch. m: of the generation at work. */
void desk_begin(struct desk_seat *s, const struct mapping *m);
/* One event that was matched. is_again: it is read again after a crash and was counted before. */
struct desk_event {
	const struct archived *from;
	const struct event *event;
	bool is_again;
};
/* The rules that stay, of those that matched; valid until the next call. Counts all of them. */
uint32_t desk_keep(struct desk_seat *s, const struct desk_event *what, const struct rule *const **rules,
		   uint32_t count);
/* For matches without an event of their own (correlations): only the switch is asked. */
struct desk_match {
	int64_t tenant_id;
	const struct rule *rule;
	time_us at;
	bool is_again;
};
bool desk_keeps(struct desk_seat *s, const struct desk_match *m);
/* Writes what the batch counted; in the batch's transaction. */
int desk_write(struct desk_seat *s, struct db *db, struct err *e) MUST_CHECK;

/* ---- cost: for how many events each rule's condition had to be looked at ---- */

/* By the station, between batches. events: since the matcher was made. */
struct cost_report {
	uint64_t generation, events;
	const uint64_t *tried; /* matcher_tried */
	uint32_t rules;
};
void desk_tell_cost(struct rule_desk *d, const struct cost_report *r);
/* By index; NULL and 0 events when nothing is known of this generation yet. */
const uint64_t *desk_cost(struct rule_desk *d, uint64_t generation, struct arena *a, uint64_t *ret_events);

#endif
