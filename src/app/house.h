/* house: the running program. Its parts open in the order of one list and close in reverse; each part says what it
 * needs.
 *
 * One process owns a data folder: an early part takes the folder's lock, and a second server is refused by name.
 */
#ifndef APP_HOUSE_H
#define APP_HOUSE_H

#include "app/config.h"
#include "door/api/metrics.h"
#include "door/http/http.h"
#include "os/env.h"

struct demo;
struct door;
struct house;
struct station;
struct syslog_listener;
struct tls_context;

/* One part; close (may be NULL) is called only after its open returned 0. */
struct house_part {
	const char *name; /* in log records */
	int (*open)(struct house *h, struct err *e);
	void (*close)(struct house *h);
};

struct house {
	struct env *env;
	const struct config *config;
	str listen; /* --listen, or the configured address */
	bool is_demo;
	bool demo_reset;
	struct buf data; /* the data folder's path */
	struct buf database;
	int lock_fd;
	struct db *db; /* of the main thread: start, jobs, stop */
	struct tls_context *tls;
	struct station *station;
	struct worker *worker;
	struct door *door;
	struct syslog_listener *syslog;
	time_us syslog_retry, sweep_next; /* monotonic: when the next try is due */
	struct services services;
	struct buf url;  /* "http://127.0.0.1:8640", once the door is open */
	struct buf link; /* what a person should open first */
	bool is_new;     /* nobody has set it up yet: the link is a set-up link */
	size_t opened;   /* how many of the parts are open */
};

/* Opens everything or nothing. */
int house_open(struct house *h, struct err *e) MUST_CHECK;
void house_close(struct house *h);
/* Once a second on the main thread: due jobs, swept sessions, syslog as soon as there is an organisation. */
void house_tick(struct house *h);
/* New rules and mappings, the old ones stay when there is a mistake. */
int house_reload(struct house *h, struct err *e) MUST_CHECK;

/* "<data>/name" into *out, which is initialised here. */
void house_path(const struct house *h, const char *name, struct buf *out);

/* worker.c: what takes long. */
int worker_open(struct house *h, struct err *e) MUST_CHECK;
void worker_close(struct house *h);

/* The parts, in the order in which they open; ends with a zeroed row. */
extern const struct house_part house_parts[];
extern const struct metric house_metrics[];
extern const struct route *const house_routes[];

#endif
