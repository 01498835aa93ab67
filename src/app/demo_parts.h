/* What the files of the demo share. */
#ifndef APP_DEMO_PARTS_H
#define APP_DEMO_PARTS_H

#include <pthread.h>

#include "app/demo.h"
#include "base/arena.h"

#define DEMO_ARENA ((size_t)16 << 20) /* bytes of the story in memory */
#define DEMO_LINES_MAX 20000u         /* lines of one log file */
#define DEMO_LOOP_MAX 86400           /* seconds of the live loop at most */
#define DEMO_ORGANISATIONS_MAX 10000u /* resets of one data folder */
#define DEMO_CLIENTS 60u              /* machines DW-PC-001 … of the story */

/* One line of the story: when, and the event with placeholders. */
struct demo_line {
	int64_t at_s;  /* history: seconds before now, negative; live: within the loop */
	bool is_story; /* part of the intrusion: one machine a round */
	str event;     /* JSON on one line */
};

struct demo_story {
	struct arena arena;
	struct demo_line *history, *live;
	uint32_t history_count, live_count;
	int64_t loop_s; /* a live round */
};

int demo_story_load(str data_folder, struct demo_story *ret, struct err *e) MUST_CHECK;
void demo_story_done(struct demo_story *story);

/* What the placeholders of one line become. */
struct demo_values {
	time_us time;
	uint32_t pc;     /* 1 … DEMO_CLIENTS */
	uint32_t number; /* for @PID@, @PORT@, @IP@, @GUID@ */
};
/* Appends the event, its placeholders replaced, and a newline. */
void demo_event_add(struct buf *out, str event, const struct demo_values *values);

/* The organisation, its people, its portfolio and its past work, through guard, centre/build and craft/work. */
struct demo_seed {
	str data_folder;
	const struct framework *framework;
	struct demo_calendar {
		const struct holidays *holidays;
		const struct task_proposals *proposals; /* NULL: a demo without recurring work (tests of other parts) */
		const struct registers *registers;
	} calendar;
	struct blobs *blobs; /* NULL: a demo without providers' reports */
	time_us now;
	enum lang lang; /* of names that stand in one language only */
};
int demo_seed(struct db *db, const struct demo_seed *seed, int64_t *ret_tenant, struct err *e) MUST_CHECK;
/* The newest demo organisation of this data folder; *ret 0 when there is none. */
int demo_tenant_find(struct db *db, int64_t *ret, struct err *e) MUST_CHECK;
/* The organisation's first account of a role. */
int demo_account(struct db *db, int64_t tenant_id, enum role role, int64_t *ret, struct err *e) MUST_CHECK;

struct demo {
	struct services *services;
	struct demo_story story;
	enum lang lang;
	_Atomic int64_t tenant_id; /* a reset gives another one */
	pthread_t thread;
	int stop_fd; /* an eventfd: readable when the demo ends */
};

/* Makes a fresh organisation and hands in its history; the earlier one's people are signed out. */
int demo_begin(struct demo *d, struct db *db, struct err *e) MUST_CHECK;

#endif
