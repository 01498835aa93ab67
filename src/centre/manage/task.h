/* task: recurring work with a day on which it is due. Part of manage.h.
 *
 * A task is a rule (craft/calendar) with a service, an owner and a time of day. The roll opens the days ahead
 * (TASK_AHEAD_DAYS) as rows and as duties (craft/duty), so that what was due is a record even when nobody looked. A due
 * day is done with evidence (a note, a file) and becomes a record of work, or is skipped with a reason; one that is
 * still open when its time has passed is missed, and stays missed until it is closed late. A changed rule changes only
 * days that are not due yet. Days are those of the organisation's zone.
 */
#ifndef CENTRE_MANAGE_TASK_H
#define CENTRE_MANAGE_TASK_H

#include "base/arena.h"
#include "centre/build/build.h"
#include "craft/calendar/calendar.h"
#include "guard/guard.h"
#include "guard/secret.h"
#include "store/blobs.h"

#define TASK_TITLE_MAX 200u   /* bytes, as the owner's name */
#define TASK_NOTE_MAX 4000u   /* bytes of a note or a reason */
#define TASK_LIST_MAX 500u    /* tasks of one organisation */
#define TASK_AHEAD_DAYS 45    /* how far ahead days are opened */
#define TASK_MINUTES_MAX 1440 /* of one day's work */
#define TASK_DAY_END 1439     /* due_min when nothing else is said: the day's last minute */
#define DUE_LIST_MAX 2000u    /* rows of one view */
#define TASK_PROPOSALS_MAX 256u
#define TASK_ANYBODY (-1)

struct task {
	int64_t id, version;
	str title, service;
	struct recur rule;
	int due_min;      /* minute of the day, organisation's zone */
	int minutes;      /* how long it takes as a rule; 0 = not said */
	int64_t owner_id; /* 0 = nobody in particular */
	str owner_name;   /* of a person or a team */
	bool needs_note, is_active;
	str proposal; /* id in content/calendar.yaml, "" = own */
	day_t rolled;
	str changed_by;
	time_us changed_at;
};

/* What the writes share: what a rule and a check need. */
struct task_house {
	const struct framework *framework;
	const struct holidays *holidays;
	time_us now;
};

/* Creates (id 0) or changes (id and version as read) in a transaction of its own, opens its days. ERR_RANGE with path =
 * field; ERR_CONFLICT err.manage.changed; ERR_NOT_FOUND err.manage.task; ERR_LIMIT err.manage.tasks. */
int task_save(struct db *db, const struct actor *who, const struct task_house *house, const struct task *task,
	      int64_t *ret_id, struct err *e) MUST_CHECK;
int task_load(struct db *db, struct scope scope, int64_t id, struct arena *a, struct task *ret,
	      struct err *e) MUST_CHECK;
struct task_list {
	struct task *items; /* active ones first, by service */
	uint32_t count;
};
int task_list(struct db *db, struct scope scope, struct arena *a, struct task_list *ret, struct err *e) MUST_CHECK;
/* Opens what is near for every organisation: at start, and once an hour. */
int task_roll(struct db *db, const struct task_house *house, struct err *e) MUST_CHECK;

/* ---- days ---- */

enum due_state { DUE_OPEN, DUE_DONE, DUE_SKIPPED, DUE_STATE_COUNT };
const char *due_state_name(enum due_state s);
bool due_state_parse(str name, enum due_state *ret);

struct due {
	int64_t task_id;
	day_t day;
	time_us due_at;
	enum due_state state;
	bool is_missed;  /* open and past, at the query's now */
	bool is_planned; /* beyond what is opened: by the rule alone */
	str title, service, owner_name, note, closed_by;
	int64_t owner_id, work_id;
	time_us closed_at, changed_at;
	int minutes;
	bool needs_note;
	str blob, blob_name; /* sha256 of the file that proves it, "" = none */
};
struct due_query {
	day_t from, to;
	int64_t owner_id; /* TASK_ANYBODY = all */
	int64_t task_id;  /* 0 = all */
	bool planned;     /* with the days beyond what is opened */
	time_us now;
	const struct holidays *holidays;
};
struct due_list {
	struct due *items; /* by day */
	uint32_t count;
	bool is_cut; /* there were more than DUE_LIST_MAX */
};
int due_list(struct db *db, struct scope scope, const struct due_query *q, struct arena *a, struct due_list *ret,
	     struct err *e) MUST_CHECK;
/* Missed ones, the newest first. */
int due_missed(struct db *db, struct scope scope, const struct due_query *q, struct arena *a, struct due_list *ret,
	       struct err *e) MUST_CHECK;
int due_load(struct db *db, struct scope scope, int64_t task_id, day_t day, struct arena *a, struct due *ret,
	     struct err *e) MUST_CHECK;

/* Since q->from: q->to is not read. */
struct due_counts {
	int64_t missed, today, week, done, skipped;
};
int due_count(struct db *db, struct scope scope, day_t from, time_us now, struct due_counts *ret,
	      struct err *e) MUST_CHECK;

struct due_close {
	int64_t task_id;
	day_t day;
	enum due_state state;    /* DUE_DONE or DUE_SKIPPED */
	str note;                /* the evidence, or the reason: a skipped day needs one */
	int minutes;             /* spent; 0 = what the task says */
	const struct blob *blob; /* NULL = no file */
	str blob_name;
	time_us now;
};
/* In a transaction of its own. ERR_WRONG_STATE err.manage.closed when it is closed already. */
int due_close(struct db *db, const struct actor *who, const struct due_close *c, struct err *e) MUST_CHECK;

/* ---- proposals: content/calendar.yaml ---- */

struct task_proposal {
	str id, service;
	str title[LANG_COUNT];
	struct recur rule; /* without start */
	int due_min, minutes;
	bool needs_note;
};
struct task_proposals {
	struct arena arena;
	struct task_proposal *items;
	uint32_t count;
};
#define CALENDAR_CONTENT "calendar.yaml"
/* Every service must be one of the framework's. err.reader.* with place. */
int task_proposals_load(str data_folder, const struct framework *fw, struct task_proposals **ret,
			struct err *e) MUST_CHECK;
void task_proposals_free(struct task_proposals *p);
/* Makes tasks of the chosen proposals (by index) that the organisation does not have yet. */
struct task_adopt {
	const struct task_proposals *proposals;
	const uint32_t *chosen;
	uint32_t count;
	enum lang lang;
};
int task_adopt(struct db *db, const struct actor *who, const struct task_house *house, const struct task_adopt *adopt,
	       uint32_t *ret_made, struct err *e) MUST_CHECK;

/* ---- one's own calendar elsewhere ---- */

#define FEED_PREFIX "nrc_"
#define FEEDS_MAX 20u /* of one person */
struct feed {
	int64_t id;
	bool is_all; /* everybody's work, else one's own and nobody's */
	time_us created_at;
};
/* The token is shown once; only its hash is kept. */
int feed_create(struct db *db, const struct actor *who, struct env *env, bool is_all, time_us now, struct secret *ret,
		struct err *e) MUST_CHECK;
int feed_revoke(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e) MUST_CHECK;
int feed_list(struct db *db, const struct actor *who, struct arena *a, struct feed **ret, uint32_t *ret_count,
	      struct err *e) MUST_CHECK;
/* Whose calendar it is, with that person's present role. ERR_NOT_FOUND err.manage.feed for a wrong or revoked one. */
int feed_find(struct db *db, str token, struct actor *ret, bool *ret_is_all, struct err *e) MUST_CHECK;

#endif
