-- Somebody who signs in. tenant_id is the organisation belonged to; where one may work is in account_role.
CREATE TABLE account (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	email {TEXT} NOT NULL UNIQUE CHECK (length(email) BETWEEN 3 AND 254),
	display_name {TEXT} NOT NULL CHECK (length(display_name) BETWEEN 1 AND 128),
	language {TEXT} NOT NULL DEFAULT 'en',
	time_zone {TEXT} NOT NULL DEFAULT 'UTC',
	theme {TEXT} NOT NULL DEFAULT 'auto' CHECK (theme IN ('auto', 'light', 'dark')),
	password_hash {TEXT},
	password_changed_at {I64},
	totp_secret {BLOB},
	totp_pending {BLOB},
	totp_last_step {I64} NOT NULL DEFAULT 0,
	is_active {BOOL} NOT NULL DEFAULT 1,
	created_at {I64} NOT NULL,
	version {I64} NOT NULL DEFAULT 1
) {STRICT};
CREATE INDEX account_tenant ON account (tenant_id, email);

-- The role in an organisation and in everything below it, until a lower row says otherwise.
CREATE TABLE account_role (
	account_id {I64} NOT NULL REFERENCES account (id),
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	role {TEXT} NOT NULL,
	granted_at {I64} NOT NULL,
	PRIMARY KEY (account_id, tenant_id)
) {KEYED};
CREATE INDEX account_role_tenant ON account_role (tenant_id);

-- One-use codes for a lost second factor; only their hashes.
CREATE TABLE recovery_code (
	account_id {I64} NOT NULL REFERENCES account (id),
	code_hash {TEXT} NOT NULL,
	used_at {I64},
	PRIMARY KEY (account_id, code_hash)
) {KEYED};

-- Signed-in browsers. The cookie holds the token, this table only its hash. tenant_id is the organisation worked in.
CREATE TABLE session (
	id {ID},
	token_hash {TEXT} NOT NULL UNIQUE,
	account_id {I64} NOT NULL REFERENCES account (id),
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	stage {TEXT} NOT NULL CHECK (stage IN ('password', 'full')),
	address {TEXT} NOT NULL,
	user_agent {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	used_at {I64} NOT NULL,
	ends_at {I64} NOT NULL
) {STRICT};
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_ends ON session (ends_at);

-- API tokens: programs that act for an organisation with a narrowed set of permissions.
CREATE TABLE token (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	account_id {I64} REFERENCES account (id),
	name {TEXT} NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
	token_hash {TEXT} NOT NULL UNIQUE,
	permissions {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	expires_at {I64} NOT NULL,
	used_at {I64},
	used_from {TEXT},
	uses {I64} NOT NULL DEFAULT 0,
	revoked_at {I64}
) {STRICT};
CREATE INDEX token_tenant ON token (tenant_id);

-- One-use links: first set-up, sign-in to the demo, a new password. Only hashes.
CREATE TABLE one_time_link (
	id {ID},
	token_hash {TEXT} NOT NULL UNIQUE,
	purpose {TEXT} NOT NULL CHECK (purpose IN ('setup', 'demo', 'reset')),
	account_id {I64} REFERENCES account (id),
	created_at {I64} NOT NULL,
	expires_at {I64} NOT NULL,
	used_at {I64}
) {STRICT};

-- Failed sign-ins by account name and by address; growing waits, never a lock.
CREATE TABLE login_attempt (
	subject {TEXT} NOT NULL PRIMARY KEY,
	failures {I64} NOT NULL,
	last_at {I64} NOT NULL,
	wait_until {I64} NOT NULL
) {KEYED};
CREATE INDEX login_attempt_last ON login_attempt (last_at);

-- Who did what. Append-only; each row's hash covers the row before it. tenant_id 0 is the installation's own chain.
CREATE TABLE audit (
	tenant_id {I64} NOT NULL,
	seq {I64} NOT NULL,
	at {I64} NOT NULL,
	actor_kind {TEXT} NOT NULL,
	actor_id {I64} NOT NULL,
	actor_name {TEXT} NOT NULL,
	action {TEXT} NOT NULL,
	object {TEXT} NOT NULL,
	detail {TEXT} NOT NULL,
	prev_hash {TEXT} NOT NULL,
	hash {TEXT} NOT NULL,
	PRIMARY KEY (tenant_id, seq)
) {KEYED};
CREATE INDEX audit_object ON audit (tenant_id, object, seq);

-- The last row of each chain, so that cutting the chain's end shows.
CREATE TABLE audit_head (
	tenant_id {I64} NOT NULL PRIMARY KEY,
	seq {I64} NOT NULL,
	hash {TEXT} NOT NULL
) {KEYED};

-- only: sqlite
CREATE TRIGGER audit_keep_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_keep_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never removed'); END;
CREATE TRIGGER audit_head_keep BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'audit heads are never removed'); END;
-- end
-- only: postgres
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION 'audit rows are kept'; END $f$;
CREATE TRIGGER audit_keep_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_keep();
CREATE TRIGGER audit_head_keep BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_keep();
-- end
