/* show: what the pages of the river (now, alerts, incidents, events) share: times, levels, links, raw events. */
#ifndef DOOR_WEB_SHOW_H
#define DOOR_WEB_SHOW_H

#include "craft/view/view.h"
#include "door/http/http.h"
#include "flow/alert/alert.h"

/* Times in the reader's zone, the zone shown. Until the zones of the tz database are built in, Asia/Tokyo is known by
 * name and every other zone is shown as UTC, with that word. */
int show_zone(const struct request *rq, const char **ret_name);      /* minutes east of UTC */
str show_time_text(const struct request *rq, time_us t);             /* "2026-11-20 09:31:00 JST" */
str show_clock(const struct request *rq, time_us t);                 /* "09:31" */
str show_day(const struct request *rq, time_us t);                   /* "2026-11-20" */
void show_time(const struct request *rq, struct view *v, time_us t); /* time_iso, time_text */
/* A <input type="datetime-local"> value in the reader's zone. False when it is none. */
bool show_time_read(const struct request *rq, str text, time_us *ret);

/* The rule's title in the reader's language. */
str show_alert_title(const struct request *rq, const struct alert *al);

void show_level(struct view *v, unsigned level);            /* level, level_word */
void show_level_of(struct view *v, const struct alert *al); /* of its priority */
str show_word_key(const struct request *rq, const char *prefix,
		  const char *name); /* "alert.state.open", for view_word */
/* Of a durable job ("waiting", "running", "done", "cancelled", "failed"): state_class, state_word. */
void show_run_state(struct view *v, str state);
str show_service_name(const struct request *rq, str service);
str show_initial(str name);
str show_size(const struct request *rq, int64_t bytes);
str show_event_id(const struct request *rq, event_id id);
str show_alert_ref(const struct request *rq, int64_t id); /* "ALT-17" */
/* "T1003.001" of "attack.t1003.001 …", else empty. */
str show_technique(const struct request *rq, str tags);
const char *show_alert_class(const struct alert *al); /* CSS class of its state: open, prog, done */

/* The present query with one parameter replaced (value empty = left out) or, with `only`, one value of it removed. The
 * parameters "cursor" and "at" are always dropped. */
struct link {
	const char *name;
	str value;
	str only; /* remove just this value of name */
};
str show_link(const struct request *rq, const struct link *change);

/* Fills the list "lines" of part/raw: JSON is laid out in lines, other text as it is. Values of `marks` are marked
 * where they stand; ret_lines (count entries, may be NULL) gets the number of the first line each was found in, 0 =
 * none. */
void show_raw(const struct request *rq, struct view *v, str raw, const str *marks, uint32_t count, uint32_t *ret_lines);

/* The list "verdicts" of a form. */
void show_verdicts(const struct request *rq, struct view *v, enum alert_verdict chosen);

/* Begin and end of a form's transaction, as in the API. */
int show_end(struct request *rq, int rc, struct err *e) MUST_CHECK;
/* The hidden field "version", 0 when absent. ERR_RANGE when it is no number. */
int show_version(const struct request *rq, int64_t *ret, struct err *e) MUST_CHECK;

/* The name offer_start: whether part/build_offer invites to the first set-up. */
int show_offer(const struct request *rq, struct view *v, struct err *e) MUST_CHECK;

#endif
