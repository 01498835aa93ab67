/* audit: the trail's proof and its reading. Writing is audit_append in guard.h.
 *
 * Each organisation has a chain: rows numbered from 1 without gaps, each with the hash of the row before it (64 zeros
 * for the first). hash = SHA-256 over the previous hash and the row's canonical form: for each of tenant_id, seq, at,
 * actor_kind, actor_id, actor_name, action, object, detail its length in bytes, ':', its bytes, ','. Chain 0 is the
 * installation's own. Triggers refuse UPDATE and DELETE; the chain shows what went around them. Whoever can rewrite
 * the whole file can rewrite a whole chain: note the head that audit_verify tells, and compare with it later.
 */
#ifndef GUARD_AUDIT_H
#define GUARD_AUDIT_H

#include "guard/guard.h"
#include "os/digest.h"

struct audit_chain {
	int64_t tenant_id;
	int64_t rows;           /* sound rows from the start */
	int64_t broken_seq;     /* first broken row; 0 = the chain is sound */
	const char *reason;     /* words key of what is broken there, e.g. "audit.broken.hash" */
	struct digest_hex head; /* hash of the last sound row */
};

/* Walks one chain from its first row. Returns 0 also for a broken one: *ret says so. */
int audit_verify(struct db *db, int64_t tenant_id, struct audit_chain *ret, struct err *e) MUST_CHECK;

/* Calls fn for every chain of the installation in order of tenant. */
int audit_verify_all(struct db *db, int (*fn)(void *ctx, const struct audit_chain *chain, struct err *e), void *ctx,
		     struct err *e) MUST_CHECK;

#endif
