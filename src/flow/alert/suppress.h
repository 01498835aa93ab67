/* suppress: findings of a rule held back for a while, on purpose, with a name and a reason.
 *
 * Why: known work (a scan, a migration) fires a good rule a thousand times. Switching the rule off or narrowing it is
 * for ever and for all; a suppression is for one asset, account or value, has an owner, a reason and an end. What it
 * holds back raises no alert, is counted, and its events stay findable, so nothing is lost in silence. It works on
 * findings (rules, correlations, indicators) from the moment it is made; alerts that stand already stay.
 * Changes run inside the caller's transaction and append to the audit trail and to craft/work; the caller has checked
 * PERM_ALERT_SUPPRESS.
 */
#ifndef FLOW_ALERT_SUPPRESS_H
#define FLOW_ALERT_SUPPRESS_H

#include "flow/alert/alert.h"

#define SUPPRESS_TIME_MIN TIME_HOUR
#define SUPPRESS_TIME_MAX (90 * TIME_DAY)
#define SUPPRESS_REASON_MAX 2000u /* bytes */
#define SUPPRESS_VALUE_MAX 1024u  /* bytes of a condition */
#define SUPPRESS_KEPT_MAX 10000   /* events linked to one; further ones only count */
#define SUPPRESS_LIST_MAX 500u    /* of an organisation, on a page */
#define SUPPRESS_EVENTS_PAGE 100u
#define SUPPRESS_PREVIEW_TIME (30 * TIME_DAY)
#define SUPPRESS_PREVIEW_MAX 500u /* alerts looked at for a preview */

struct explain_with;

struct suppression {
	int64_t id;
	str rule_id, rule_title;
	str asset, account; /* empty: any. At least one condition is there */
	str field, value;   /* of the event, ASCII case ignored; both or none */
	str reason, owner_name;
	time_us created_at, expires_at;
	time_us ended_at; /* 0 = nobody ended it */
	str ended_by;
	int64_t hits; /* findings held back */
	time_us last_at;
};

static inline bool suppression_is_live(const struct suppression *s, time_us now)
{
	return !s->ended_at && s->expires_at > now;
}

/* what: rule, conditions, reason, expires_at. ERR_RANGE err.suppress.… */
int suppression_create(struct db *db, const struct actor *who, const struct suppression *what, time_us now,
		       int64_t *ret_id, struct err *e) MUST_CHECK;
/* ERR_WRONG_STATE err.suppress.over when it is over already. */
int suppression_end(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;
int suppression_find(struct db *db, struct scope scope, int64_t id, struct arena *a, struct suppression *ret,
		     struct err *e) MUST_CHECK;
/* Those at work first. */
int suppression_list(struct db *db, struct scope scope, time_us now, struct arena *a, struct suppression **ret,
		     uint32_t *ret_count, struct err *e) MUST_CHECK;

struct suppressed {
	event_id event;
	time_us at;
	str asset, account;
};
/* What it held back, latest first, SUPPRESS_EVENTS_PAGE at most. */
int suppression_events(struct db *db, struct scope scope, int64_t id, struct arena *a, struct suppressed **ret,
		       uint32_t *ret_count, struct err *e) MUST_CHECK;

/* What it would have held back in the last SUPPRESS_PREVIEW_TIME, had it been there. */
struct suppression_preview {
	int64_t alerts, events;
	bool is_cut; /* only the latest SUPPRESS_PREVIEW_MAX alerts were looked at */
};
int suppression_preview(struct db *db, const struct explain_with *with, const struct suppression *what, time_us now,
			struct suppression_preview *ret, struct err *e) MUST_CHECK;

#endif
