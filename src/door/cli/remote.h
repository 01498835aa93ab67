/* remote: how a verb reaches the data folder's owner.
 *
 * While a server runs it owns the folder, and the verb speaks HTTP with it over <data>/noroshi.sock: same routes, same
 * permissions (the socket's peer is the administrator when it is root or the server's user), same trail. Without a
 * server the verb takes the lock itself and calls the function that the route calls.
 */
#ifndef DOOR_CLI_REMOTE_H
#define DOOR_CLI_REMOTE_H

#include "door/admin/admin.h"
#include "door/cli/cli.h"

#define REMOTE_WAIT_S 3600 /* a backup of a large folder takes its time */
#define REMOTE_ANSWER_MAX (64u << 20)

struct remote_op {
	const char *method, *path;
	admin_fn fn;
	json_t *in; /* borrowed; NULL = nothing */
	int64_t id; /* for the local call; the path has it already */
	/* A file instead of JSON, either way: `raw_in` is the body (then `in` goes with the local call only, and into
	 * the path's query by the caller); `raw_out` takes the answer's bytes, *ret is then an empty object. */
	str raw_in;
	struct buf *raw_out;
};

/* *ret is the caller's. ERR_NOT_FOUND err.remote.no_data when there is no data folder. */
int remote_call(struct cli *c, const struct remote_op *op, json_t **ret, struct err *e) MUST_CHECK;

/* The folder given as the option or as the only argument; STR_NONE after a usage error was reported. */
str cli_folder(const struct cli *c, const char *option);

#endif
