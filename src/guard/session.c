#include "guard/session.h"

#include <stdio.h>
#include <unistd.h>

#include "base/check.h"
#include "guard/tenant.h"
#include "store/queries.gen.h"

#define ADDRESS_MAX 64
#define AGENT_MAX 200

static const char *stage_name(enum session_stage stage)
{
	return stage == SESSION_FULL ? "full" : "password";
}

static void copy_text(char *out, size_t size, str text)
{
	size_t len = text.len < size - 1 ? text.len : size - 1;

	if (len < text.len)
		while (len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80)
			len--;
	if (len)
		memcpy(out, text.ptr, len);
	out[len] = '\0';
}

static void fill(struct stmt *st, struct session *s)
{
	struct actor *a = &s->actor;

	s->id = stmt_col_i64(st, "id");
	s->account_id = stmt_col_i64(st, "account_id");
	s->tenant_id = stmt_col_i64(st, "tenant_id");
	s->stage = str_eq(stmt_col_text(st, "stage"), STR("full")) ? SESSION_FULL : SESSION_PASSWORD;
	copy_text(s->language, sizeof(s->language), stmt_col_text(st, "language"));
	copy_text(s->theme, sizeof(s->theme), stmt_col_text(st, "theme"));
	copy_text(s->time_zone, sizeof(s->time_zone), stmt_col_text(st, "time_zone"));
	copy_text(s->tenant_name, sizeof(s->tenant_name), stmt_col_text(st, "tenant_name"));
	if (s->stage != SESSION_FULL)
		return;
	a->kind = ACTOR_SESSION;
	a->user_id = s->account_id;
	a->session_id = s->id;
	a->tenant_id = s->tenant_id;
	a->home_tenant_id = stmt_col_i64(st, "home_tenant_id");
	a->is_demo = stmt_col_i64(st, "is_demo") != 0;
	copy_text(a->name, sizeof(a->name), stmt_col_text(st, "display_name"));
}

static int look_up(struct db *db, str cookie, time_us now, struct session *s, time_us *ret_used, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct digest_hex hash = secret_hash(cookie);
	int rc = db_prepare(db, &Q_session_find, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "token_hash", digest_str(&hash));
	stmt_i64(&st, "now", now);
	stmt_i64(&st, "idle_since", now - SESSION_IDLE);
	rc = stmt_step(&st, e);
	if (rc == 0)
		return err_set(e, ERR_AUTH, "err.session.none");
	if (rc < 0)
		return rc;
	fill(&st, s);
	*ret_used = stmt_col_i64(&st, "used_at");
	return 0;
}

static int touch(struct db *db, int64_t id, time_us now, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_session_touch, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", id);
	stmt_i64(&st, "now", now);
	return stmt_run(&st, e);
}

int session_find(struct db *db, str cookie, time_us now, struct session *ret, struct err *e)
{
	struct session s = {0};
	time_us used;
	int rc;

	if (cookie.len != SECRET_TEXT)
		return err_set(e, ERR_AUTH, "err.session.none");
	rc = look_up(db, cookie, now, &s, &used, e);
	if (!rc && s.stage == SESSION_FULL) {
		rc = tenant_role_of(db, s.tenant_id, s.account_id, &s.actor.role, e);
		if (rc == -ERR_NOT_FOUND)
			return err_set(e, ERR_AUTH, "err.session.none");
		if (!rc)
			s.actor.permissions = role_permissions(s.actor.role);
	}
	if (!rc && now - used >= SESSION_TOUCH)
		rc = touch(db, s.id, now, e);
	if (!rc)
		*ret = s;
	return rc;
}

void session_csrf(str cookie, char out[SESSION_CSRF_MAX])
{
	unsigned char mac[DIGEST_BYTES];

	digest_hmac(cookie, STR("noroshi csrf 1"), mac);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", mac[i]);
}

bool session_csrf_is(str cookie, str given)
{
	char want[SESSION_CSRF_MAX];

	session_csrf(cookie, want);
	return digest_equal(given, str_of(want));
}

static int trim(struct db *db, int64_t account_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_session_trim, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "account_id", account_id);
	stmt_i64(&st, "keep", SESSIONS_PER_ACCOUNT);
	return stmt_run(&st, e);
}

int session_start(struct db *db, struct env *env, const struct session_new *s, struct secret *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	_cleanup_secret_ struct secret cookie = secret_create(env, "");
	struct digest_hex hash = secret_hash(str_of(cookie.text));
	char address[ADDRESS_MAX + 1], agent[AGENT_MAX + 1];
	struct scope scope = {s->tenant_id};
	int rc = db_prepare(db, &Q_session_add, &scope, &st, e);

	if (rc)
		return rc;
	copy_text(address, sizeof(address), s->address);
	copy_text(agent, sizeof(agent), s->user_agent);
	stmt_text(&st, "token_hash", digest_str(&hash));
	stmt_i64(&st, "account_id", s->account_id);
	stmt_text(&st, "stage", str_of(stage_name(s->stage)));
	stmt_text(&st, "address", str_of(address));
	stmt_text(&st, "user_agent", str_of(agent));
	stmt_i64(&st, "now", s->now);
	stmt_i64(&st, "ends_at", s->now + SESSION_LIFE);
	rc = stmt_run(&st, e);
	if (!rc)
		rc = trim(db, s->account_id, e);
	if (!rc)
		*ret = cookie;
	return rc;
}

int session_rotate(struct db *db, struct env *env, const struct session *s, struct secret *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	_cleanup_secret_ struct secret cookie = secret_create(env, "");
	struct digest_hex hash = secret_hash(str_of(cookie.text));
	int rc = db_prepare(db, &Q_session_rotate, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "token_hash", digest_str(&hash));
	stmt_text(&st, "stage", str_of(stage_name(s->stage)));
	stmt_i64(&st, "account_id", s->account_id);
	stmt_i64(&st, "tenant_id", s->tenant_id);
	stmt_i64(&st, "now", env->now(env->ctx));
	stmt_i64(&st, "id", s->id);
	rc = stmt_run(&st, e);
	if (!rc && db_changes(db) == 0)
		rc = err_set(e, ERR_AUTH, "err.session.none");
	if (!rc)
		*ret = cookie;
	return rc;
}

int session_end(struct db *db, int64_t account_id, int64_t session_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_session_end, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "account_id", account_id);
	stmt_i64(&st, "id", session_id);
	return stmt_run(&st, e);
}

int session_end_others(struct db *db, int64_t account_id, int64_t keep_id, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_session_end_others, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "account_id", account_id);
	stmt_i64(&st, "keep_id", keep_id);
	return stmt_run(&st, e);
}

int session_each(struct db *db, const struct session_query *q, int (*fn)(void *ctx, const struct session_row *row),
		 void *ctx, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_session_list, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "account_id", q->account_id);
	stmt_i64(&st, "now", q->now);
	stmt_i64(&st, "idle_since", q->now - SESSION_IDLE);
	stmt_i64(&st, "limit", SESSIONS_PER_ACCOUNT);
	while ((rc = stmt_step(&st, e)) == 1) {
		struct session_row row = {
			.id = stmt_col_i64(&st, "id"),
			.address = stmt_col_text(&st, "address"),
			.user_agent = stmt_col_text(&st, "user_agent"),
			.created_at = stmt_col_i64(&st, "created_at"),
			.used_at = stmt_col_i64(&st, "used_at"),
			.ends_at = stmt_col_i64(&st, "ends_at"),
		};

		rc = fn(ctx, &row);
		if (rc)
			return rc;
	}
	return rc;
}

int session_end_all(struct db *db, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_session_end_all, NULL, &st, e);

	return rc ? rc : stmt_run(&st, e);
}

int session_sweep(struct db *db, time_us now, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_session_sweep, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "now", now);
	stmt_i64(&st, "idle_since", now - SESSION_IDLE);
	return stmt_run(&st, e);
}

int actor_from_peer(struct db *db, unsigned peer_uid, struct actor *ret, struct err *e)
{
	struct actor a = {.kind = ACTOR_SOCKET, .role = ROLE_ADMIN};
	int rc;

	if (peer_uid != 0 && peer_uid != (unsigned)geteuid())
		return err_set(e, ERR_DENIED, "err.session.peer");
	rc = tenant_root(db, &a.tenant_id, e);
	if (rc)
		return rc;
	a.home_tenant_id = a.tenant_id;
	a.permissions = role_permissions(ROLE_ADMIN) | role_permissions(ROLE_API);
	snprintf(a.name, sizeof(a.name), "uid %u", peer_uid);
	*ret = a;
	return 0;
}
