/* admin: the installation's administration as functions from JSON to JSON, for routes and verbs alike.
 *
 * The caller has checked the permission that the route names; these functions check what a permission cannot say: that
 * somebody belongs below the actor's organisation, that a backup is asked for by the installation's administrator.
 * Input: unknown members are refused (err.admin.input, detail = jansson's words). Output: *ret is the caller's.
 */
#ifndef DOOR_ADMIN_ADMIN_H
#define DOOR_ADMIN_ADMIN_H

#include <jansson.h>

#include "guard/guard.h"
#include "os/env.h"

struct admin_call {
	struct db *db;
	struct env *env;
	const struct actor *who;
	str data_folder;
	const json_t *in; /* an object, or NULL when the operation takes nothing */
	int64_t id;       /* of the path; 0 when there is none */
	/* What is no JSON: a file that comes in, a file that goes out; and what only some operations need. */
	str raw_in;
	struct buf *raw_out;
	const struct content_index *frameworks; /* NULL: read from the content when needed */
};

typedef int (*admin_fn)(const struct admin_call *c, json_t **ret, struct err *e);

/* {"chains":[{"tenant","rows","head","broken_at","reason"}],"sound"}: every chain for the installation's administrator,
 * one's own organisation's else. */
int admin_audit_verify(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
/* in: {"before_at","before_seq","action","object","limit"}, all optional → {"rows":[…]}, newest first */
int admin_audit_list(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
/* in: {"out"}: over the socket an absolute folder, else a bare name below <data>/backups → {"path","files","bytes"} */
int admin_backup(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;

/* Packs of rules, of the whole installation → {"packs":[…],"known":[…]}: those that are here, and content's table */
int admin_pack_list(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
/* in: {"what","name"?,"sha256"?}; over the socket also an address or a file, else a known name → the pack and what
 * changed */
int admin_pack_fetch(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
/* in: {"name","action"}: enable, disable or undo → the pack. The caller has the rules loaded anew */
int admin_pack_change(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;

int admin_user_list(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
/* in: {"login","name","role","language"?,"time_zone"?} → {"id","reset"}: a one-time path that sets the password */
int admin_user_add(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
/* in: {"login"} or the path's id; {"drop_second_factor"?} → {"id","reset"} */
int admin_user_reset(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;

int admin_token_list(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
/* in: {"name","permissions":"a,b","days"?} → {"id"?,"token","expires_at"}: the only time it is shown */
int admin_token_create(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
/* the path's id → {} */
int admin_token_revoke(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;

/* ---- the portfolio as files (centre/exchange); "rule": max, min or mean; "lang": en or ja ---- */

/* in: {"format","table"?,"rule"?,"lang"?} → the file in raw_out, {"type","name"} */
int admin_assess_export(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
/* in: {"rule"?,"lang"?} → {"total","categories":[{"id","name","services","now","target","gap","evidence"}]} */
int admin_assess_score(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
/* raw_in: the file; in: {"name"?,"lang"?} → {"id", and the plan as admin_assess_show} */
int admin_assess_import(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
/* in: {"lang"?} → one import: its state, and while it was only looked at what it would do */
int admin_assess_show(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
int admin_assess_list(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
/* in: {"take":["B-1"]?,"take_all"?} → {"change","changed","left"} */
int admin_assess_apply(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;
int admin_assess_undo(const struct admin_call *c, json_t **ret, struct err *e) MUST_CHECK;

#endif
