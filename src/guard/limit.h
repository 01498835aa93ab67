/* limit: counted failures and the waits that follow; used by login.c only. */
#ifndef GUARD_LIMIT_H
#define GUARD_LIMIT_H

#include "base/time.h"
#include "store/db.h"

enum limit_kind { LIMIT_PAIR, LIMIT_ADDRESS, LIMIT_LOGIN, LIMIT_CODE, LIMIT_KNOWN };

struct limit {
	enum limit_kind kind;
	str login, address; /* what the kind needs */
	time_us now;
};

/* ERR_LIMIT, err.login.wait, while a wait lasts. */
int limit_check(struct db *db, const struct limit *l, struct err *e) MUST_CHECK;
/* One more failure. In the caller's transaction. */
int limit_fail(struct db *db, const struct limit *l, struct err *e) MUST_CHECK;
int limit_clear(struct db *db, const struct limit *l, struct err *e) MUST_CHECK;
/* LIMIT_KNOWN: notes, and asks, whether the owner has signed in from that address lately. */
int limit_note_known(struct db *db, const struct limit *l, struct err *e) MUST_CHECK;
int limit_is_known(struct db *db, const struct limit *l, bool *ret, struct err *e) MUST_CHECK;

#endif
