/* link: one-use links. Their token is shown once (console, administrator's screen); the store has its hash. A new one
 * of the same purpose and account ends the earlier ones. */
#ifndef GUARD_LINK_H
#define GUARD_LINK_H

#include "guard/secret.h"
#include "store/db.h"

enum link_purpose { LINK_SETUP, LINK_DEMO, LINK_RESET };

struct link_new {
	enum link_purpose purpose;
	int64_t account_id; /* 0 for set-up */
	time_us now, expires_at;
	struct env *env;
};

int link_create(struct db *db, const struct link_new *l, struct secret *ret, struct err *e) MUST_CHECK;

struct link {
	int64_t id, account_id;
};
struct link_given {
	enum link_purpose purpose;
	str token;
	time_us now;
};
/* Is it good? Does not use it up. ERR_AUTH, err.link.none. */
int link_find(struct db *db, const struct link_given *g, struct link *ret, struct err *e) MUST_CHECK;
/* Uses it up, in the caller's transaction; ERR_AUTH when it was not good or somebody was faster. */
int link_use(struct db *db, const struct link_given *g, struct link *ret, struct err *e) MUST_CHECK;

#endif
