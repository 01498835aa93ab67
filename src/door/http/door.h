/* door: opens the http door: listeners, workers with their database connections, routes, embedded files. For app/.
 *
 * Every connection to the database belongs to one worker. The door answers for services->routes and for the embedded
 * files under /static/; what it refuses it tells in the reader's language.
 */
#ifndef DOOR_HTTP_DOOR_H
#define DOOR_HTTP_DOOR_H

#include "door/http/http.h"
#include "net/server.h"

#define DOOR_NAMES_MAX 16
#define DOOR_QUEUE_MAX 1024 /* requests waiting for a worker; past it 503 */

struct embedded;
struct door;

struct door_config {
	struct services *services;
	str db_path;
	const struct embedded *files; /* below /static/ */
	size_t file_count;
	/* Host names that plain http may be asked for, besides localhost and loopback addresses. Any other is refused
	 * (421): a page of a stranger whose name suddenly resolves to 127.0.0.1 would else speak with us (DNS
	 * rebinding). */
	const str *names;
	size_t name_count;
	unsigned workers;      /* 0: 4 */
	struct net_config net; /* env, calls and pool are filled by the door */
};

struct door_counters {
	_Atomic uint64_t not_modified, replayed, csrf_refused, denied, failed; /* failed: answers of 500 and above */
};

/* config and what it points to must live until door_close. Keys: those of server_start, pool_create and db_open. */
int door_open(const struct door_config *config, struct door **ret, struct err *e) MUST_CHECK;
/* Drains, ends workers and loops. NULL is fine. */
void door_close(struct door *d);
uint16_t door_port(const struct door *d, size_t listen_index);
struct net_counters *door_net_counters(struct door *d);
struct door_counters *door_counters(struct door *d);

#endif
