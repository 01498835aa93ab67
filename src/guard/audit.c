#include "guard/audit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "store/queries.gen.h"

#define AUDIT_DETAIL_MAX (1u << 20) /* bytes of one row's detail */
#define AUDIT_ROW_MAX (AUDIT_DETAIL_MAX + 8192u)
#define AUDIT_PAGE 1000

static const char genesis[DIGEST_HEX + 1] = "0000000000000000000000000000000000000000000000000000000000000000";

struct row {
	int64_t tenant_id, seq, at, actor_id;
	str actor_kind, actor_name, action, object, detail;
};

static str kind_name(enum actor_kind kind)
{
	static const char *const names[] = {
		[ACTOR_NOBODY] = "nobody", [ACTOR_SESSION] = "session", [ACTOR_TOKEN] = "token",
		[ACTOR_SOCKET] = "socket", [ACTOR_SYSTEM] = "system",
	};

	CHECK((size_t)kind < COUNT_OF(names));
	return str_of(names[kind]);
}

static void add_field(struct buf *out, str bytes)
{
	buf_add_u64(out, bytes.len);
	buf_add_byte(out, ':');
	buf_add(out, bytes);
	buf_add_byte(out, ',');
}

static void add_number(struct buf *out, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	add_field(out, str_of(text));
}

static struct digest_hex hash_of(str prev_hash, const struct row *r)
{
	_cleanup_(buf_done) struct buf b;

	buf_init(&b, AUDIT_ROW_MAX);
	buf_add(&b, prev_hash);
	add_number(&b, r->tenant_id);
	add_number(&b, r->seq);
	add_number(&b, r->at);
	add_field(&b, r->actor_kind);
	add_number(&b, r->actor_id);
	add_field(&b, r->actor_name);
	add_field(&b, r->action);
	add_field(&b, r->object);
	add_field(&b, r->detail);
	CHECK(!b.failed);
	return digest_sha256_hex(buf_str(&b));
}

/* The chain's last row: seq 0 and zeros when it is empty. */
static int head_get(struct db *db, int64_t tenant_id, int64_t *ret_seq, struct digest_hex *ret_hash, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	str hash;
	int rc = db_prepare(db, &Q_audit_head_get, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "tenant_id", tenant_id);
	*ret_seq = 0;
	memcpy(ret_hash->text, genesis, sizeof(genesis));
	rc = stmt_step(&st, e);
	if (rc <= 0)
		return rc;
	hash = stmt_col_text(&st, "hash");
	if (hash.len != DIGEST_HEX)
		return err_set(e, ERR_CORRUPT, "err.audit.head");
	*ret_seq = stmt_col_i64(&st, "seq");
	memcpy(ret_hash->text, hash.ptr, DIGEST_HEX);
	return 0;
}

static int head_put(struct db *db, const struct row *r, const struct digest_hex *hash, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_audit_head_put, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "tenant_id", r->tenant_id);
	stmt_i64(&st, "seq", r->seq);
	stmt_text(&st, "hash", digest_str(hash));
	return stmt_run(&st, e);
}

static int row_put(struct db *db, const struct row *r, const struct digest_hex *prev, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct digest_hex hash = hash_of(digest_str(prev), r);
	int rc = db_prepare(db, &Q_audit_add, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "tenant_id", r->tenant_id);
	stmt_i64(&st, "seq", r->seq);
	stmt_i64(&st, "at", r->at);
	stmt_text(&st, "actor_kind", r->actor_kind);
	stmt_i64(&st, "actor_id", r->actor_id);
	stmt_text(&st, "actor_name", r->actor_name);
	stmt_text(&st, "action", r->action);
	stmt_text(&st, "object", r->object);
	stmt_text(&st, "detail", r->detail);
	stmt_text(&st, "prev_hash", digest_str(prev));
	stmt_text(&st, "hash", digest_str(&hash));
	rc = stmt_run(&st, e);
	return rc ? rc : head_put(db, r, &hash, e);
}

int audit_add(struct db *db, const struct actor *who, const struct audit_entry *entry, struct err *e)
{
	struct digest_hex prev;
	struct row r = {
		.tenant_id = who->tenant_id,
		.at = entry->now,
		.actor_id = who->kind == ACTOR_TOKEN ? who->token_id : who->user_id,
		.actor_kind = kind_name(who->kind),
		.actor_name = str_of(who->name),
		.action = entry->action,
		.object = entry->object,
		.detail = entry->detail_json.len ? entry->detail_json : STR("{}"),
	};
	int rc;

	CHECK(db_in_transaction(db)); /* what was done and its trail are saved together or not at all */
	if (r.detail.len > AUDIT_DETAIL_MAX || r.action.len > 200 || r.object.len > 1000)
		return err_set(e, ERR_LIMIT, "err.audit.long");
	rc = head_get(db, r.tenant_id, &r.seq, &prev, e);
	if (rc)
		return rc;
	r.seq++;
	return row_put(db, &r, &prev, e);
}

/* Why the present row does not continue the chain, or NULL. */
static const char *fault_of(struct stmt *st, const struct audit_chain *c, struct digest_hex *ret_hash)
{
	struct row r = {
		.tenant_id = c->tenant_id,
		.seq = stmt_col_i64(st, "seq"),
		.at = stmt_col_i64(st, "at"),
		.actor_id = stmt_col_i64(st, "actor_id"),
		.actor_kind = stmt_col_text(st, "actor_kind"),
		.actor_name = stmt_col_text(st, "actor_name"),
		.action = stmt_col_text(st, "action"),
		.object = stmt_col_text(st, "object"),
		.detail = stmt_col_text(st, "detail"),
	};

	if (r.seq != c->rows + 1)
		return "audit.broken.gap";
	if (!str_eq(stmt_col_text(st, "prev_hash"), digest_str(&c->head)))
		return "audit.broken.link";
	if (r.actor_kind.len + r.actor_name.len + r.action.len + r.object.len + r.detail.len + 512 > AUDIT_ROW_MAX)
		return "audit.broken.hash";
	*ret_hash = hash_of(digest_str(&c->head), &r);
	return str_eq(stmt_col_text(st, "hash"), digest_str(ret_hash)) ? NULL : "audit.broken.hash";
}

/* 1 = there may be more rows, 0 = the end or a broken row. */
static int verify_page(struct db *db, struct audit_chain *c, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_audit_walk, NULL, &st, e);
	int64_t before = c->rows;

	if (rc)
		return rc;
	stmt_i64(&st, "tenant_id", c->tenant_id);
	stmt_i64(&st, "after", c->rows);
	stmt_i64(&st, "limit", AUDIT_PAGE);
	while ((rc = stmt_step(&st, e)) == 1) {
		struct digest_hex hash = {0};

		c->reason = fault_of(&st, c, &hash);
		if (c->reason) {
			c->broken_seq = c->rows + 1;
			return 0;
		}
		c->rows++;
		c->head = hash;
	}
	return rc ? rc : c->rows - before == AUDIT_PAGE;
}

/* Inside one snapshot, so that rows and head belong together while others append. */
static int verify_snapshot(struct db *db, int64_t tenant_id, struct audit_chain *ret, struct err *e)
{
	struct audit_chain c = {.tenant_id = tenant_id};
	struct digest_hex head;
	int64_t head_seq;
	int rc;

	memcpy(c.head.text, genesis, sizeof(genesis));
	do
		rc = verify_page(db, &c, e);
	while (rc == 1);
	if (!rc)
		rc = head_get(db, tenant_id, &head_seq, &head, e);
	if (rc)
		return rc;
	if (!c.broken_seq && (head_seq != c.rows || !str_eq(digest_str(&head), digest_str(&c.head)))) {
		c.broken_seq = c.rows + 1;
		c.reason = "audit.broken.end";
	}
	*ret = c;
	return 0;
}

int audit_verify(struct db *db, int64_t tenant_id, struct audit_chain *ret, struct err *e)
{
	bool is_own = !db_in_transaction(db);
	int rc = is_own ? db_begin_read(db, e) : 0;

	if (rc)
		return rc;
	rc = verify_snapshot(db, tenant_id, ret, e);
	if (is_own)
		db_rollback(db);
	return rc;
}

int audit_verify_all(struct db *db, int (*fn)(void *ctx, const struct audit_chain *chain, struct err *e), void *ctx,
		     struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_audit_chains, NULL, &st, e);

	if (rc)
		return rc;
	while ((rc = stmt_step(&st, e)) == 1) {
		struct audit_chain chain;

		rc = audit_verify(db, stmt_col_i64(&st, "tenant_id"), &chain, e);
		if (!rc)
			rc = fn(ctx, &chain, e);
		if (rc)
			return rc;
	}
	return rc;
}
