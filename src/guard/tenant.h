/* tenant: organisations and their tree.
 *
 * An organisation stands below at most one other; the store keeps the tree's closure, so "this and everything below" is
 * one look-up. Organisations are closed, never removed: their trail stays.
 */
#ifndef GUARD_TENANT_H
#define GUARD_TENANT_H

#include "guard/guard.h"

#define TENANT_NAME_MAX 200
#define TENANT_SLUG_MAX 64
#define TENANT_DEPTH_MAX 16
#define TENANTS_LIST_MAX 1000

struct tenant_new {
	int64_t parent_id; /* 0 = none above */
	str slug;          /* lower-case letters, digits, '-': for addresses and the command line; unique */
	str name;
	str kind; /* "group", "company", "site", "provider", "customer" */
	str language, time_zone;
	bool is_demo;
};

/* In the caller's transaction; writes the audit row of the new organisation's own chain. */
int tenant_create(struct db *db, const struct tenant_new *t, time_us now, int64_t *ret_id, struct err *e) MUST_CHECK;
/* The name of the organisation's zone, "Asia/Tokyo". ERR_NOT_FOUND, err.tenant.unknown. */
#define TENANT_ZONE_MAX 64
int tenant_zone(struct db *db, int64_t id, char ret[TENANT_ZONE_MAX], struct err *e) MUST_CHECK;
/* ERR_NOT_FOUND, err.tenant.unknown. */
int tenant_find(struct db *db, str slug, int64_t *ret_id, struct err *e) MUST_CHECK;
/* The first organisation; *ret_id 0 before set-up. */
int tenant_root(struct db *db, int64_t *ret_id, struct err *e) MUST_CHECK;
/* Organisations that are not demos. */
int tenant_count(struct db *db, int64_t *ret, struct err *e) MUST_CHECK;

struct tenant_row {
	int64_t id, depth; /* 0 = the one asked for */
	str slug, name;    /* valid until the callback returns */
};
/* An organisation and everything below it, TENANTS_LIST_MAX at most. */
int tenant_each(struct db *db, int64_t id, int (*fn)(void *ctx, const struct tenant_row *row), void *ctx,
		struct err *e) MUST_CHECK;

/* The role that counts for an account in an organisation: the nearest at or above it; ERR_NOT_FOUND when none. */
int tenant_role_of(struct db *db, int64_t tenant_id, int64_t account_id, enum role *ret, struct err *e) MUST_CHECK;

#endif
