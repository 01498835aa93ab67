-- scope: tenant

-- name: tenant_add
-- scope: system
INSERT INTO tenant (parent_id, slug, name, kind, language, time_zone, is_demo, created_at)
VALUES ($parent_id, $slug, $name, $kind, $language, $time_zone, $is_demo, $now) RETURNING id;

-- name: tenant_tree_add
-- scope: system
-- The new organisation under itself and under everything that its parent is under.
INSERT INTO tenant_tree (ancestor_id, descendant_id, depth)
SELECT ancestor_id, $id, depth + 1 FROM tenant_tree WHERE descendant_id = $parent_id
UNION ALL SELECT $id, $id, 0;

-- name: tenant_get
-- scope: system
SELECT id, parent_id, slug, name, kind, language, time_zone, is_demo, version FROM tenant
WHERE id = $id AND closed_at IS NULL;

-- name: tenant_by_slug
-- scope: system
SELECT id FROM tenant WHERE slug = $slug AND closed_at IS NULL;

-- name: tenant_root
-- scope: system
-- The first organisation without one above it; none before set-up.
SELECT id FROM tenant WHERE parent_id IS NULL AND closed_at IS NULL ORDER BY id LIMIT 1;

-- name: tenant_count
-- scope: system
SELECT count(*) AS count FROM tenant WHERE closed_at IS NULL AND is_demo = 0;

-- name: tenant_below
-- scope: system
-- An organisation and everything below it, in order of depth and name.
SELECT t.id, t.parent_id, t.slug, t.name, t.kind, t.language, t.time_zone, t.is_demo, t.version, tt.depth
FROM tenant_tree tt JOIN tenant t ON t.id = tt.descendant_id
WHERE tt.ancestor_id = $id AND t.closed_at IS NULL ORDER BY tt.depth, t.name LIMIT $limit;

-- name: account_add
INSERT INTO account (tenant_id, email, display_name, language, time_zone, password_hash, password_changed_at,
	totp_secret, created_at)
VALUES ($scope_tenant, $email, $display_name, $language, $time_zone, $password_hash, $password_changed_at,
	$totp_secret, $now) RETURNING id;

-- name: account_role_put
-- scope: tenant
INSERT INTO account_role (account_id, tenant_id, role, granted_at) VALUES ($account_id, $scope_tenant, $role, $now)
ON CONFLICT (account_id, tenant_id) DO UPDATE SET role = excluded.role, granted_at = excluded.granted_at;

-- name: account_role_at
-- scope: system
-- The role that counts in an organisation: the nearest one at or above it.
-- why: asked while it is being decided what somebody may see.
SELECT r.role FROM account_role r JOIN tenant_tree tt ON tt.ancestor_id = r.tenant_id
WHERE r.account_id = $account_id AND tt.descendant_id = $tenant_id ORDER BY tt.depth LIMIT 1;

-- name: account_by_email
-- scope: system
-- why: nobody is signed in yet.
SELECT id FROM account WHERE email = $email;

-- name: account_get
-- scope: system
-- why: one reads one's own account by the id in the session, whatever organisation one works in.
SELECT id, tenant_id, email, display_name, language, time_zone, theme, password_hash, totp_secret, totp_pending,
	totp_last_step, is_active, version
FROM account WHERE id = $id;

-- name: account_list
-- scope: subtree
SELECT a.id, a.tenant_id, a.email, a.display_name, a.language, a.time_zone, a.is_active, a.created_at, a.version,
	a.totp_secret IS NOT NULL AS has_totp, a.password_hash IS NOT NULL AS has_password,
	coalesce(r.role, '') AS role
FROM account a LEFT JOIN account_role r ON r.account_id = a.id AND r.tenant_id = a.tenant_id
WHERE {SCOPE:a} AND a.id > $after ORDER BY a.id LIMIT $limit;

-- name: account_in_scope
-- scope: subtree
SELECT a.id FROM account a WHERE {SCOPE:a} AND a.id = $id;

-- name: account_by_role
-- The first active account of an organisation with a role; for the demo's switch.
SELECT a.id FROM account a JOIN account_role r ON r.account_id = a.id AND r.tenant_id = a.tenant_id
WHERE {SCOPE:a} AND r.role = $role AND a.is_active = 1 ORDER BY a.id LIMIT 1;

-- name: account_password_set
-- scope: system
-- why: done by the person itself, or by a reset link.
UPDATE account SET password_hash = $password_hash, password_changed_at = $now, version = version + 1 WHERE id = $id;

-- name: account_settings_set
-- scope: system
-- why: done by the person itself.
UPDATE account SET display_name = $display_name, language = $language, time_zone = $time_zone, theme = $theme,
	version = version + 1
WHERE id = $id;

-- name: account_active_set
-- scope: system
-- why: done by an administrator whose scope was checked by account_in_scope.
UPDATE account SET is_active = $is_active, version = version + 1 WHERE id = $id;

-- name: account_totp_pending_set
-- scope: system
-- why: done by the person itself.
UPDATE account SET totp_pending = $secret WHERE id = $id;

-- name: account_totp_set
-- scope: system
-- why: done by the person itself, or taken away by an administrator whose scope was checked by account_in_scope.
UPDATE account SET totp_secret = $secret, totp_pending = NULL, totp_last_step = $step, version = version + 1 WHERE id = $id;

-- name: account_totp_step_use
-- scope: system
-- A code counts once: changes no row when this step or a later one was used already.
-- why: nobody is wholly signed in yet.
UPDATE account SET totp_last_step = $step WHERE id = $id AND totp_last_step < $step;

-- name: recovery_code_add
-- scope: system
INSERT INTO recovery_code (account_id, code_hash) VALUES ($account_id, $code_hash);

-- name: recovery_code_clear
-- scope: system
DELETE FROM recovery_code WHERE account_id = $account_id;

-- name: recovery_code_use
-- scope: system
UPDATE recovery_code SET used_at = $now WHERE account_id = $account_id AND code_hash = $code_hash AND used_at IS NULL;

-- name: recovery_code_left
-- scope: system
SELECT count(*) AS count FROM recovery_code WHERE account_id = $account_id AND used_at IS NULL;

-- name: session_add
INSERT INTO session (token_hash, account_id, tenant_id, stage, address, user_agent, created_at, used_at, ends_at)
VALUES ($token_hash, $account_id, $scope_tenant, $stage, $address, $user_agent, $now, $now, $ends_at) RETURNING id;

-- name: session_find
-- scope: system
-- why: the cookie is all that is known; what may be seen follows from this row.
SELECT s.id, s.account_id, s.tenant_id, s.stage, s.used_at, s.ends_at, s.address, s.user_agent,
	a.tenant_id AS home_tenant_id, a.display_name, a.language, a.time_zone, a.theme, t.is_demo, t.name AS tenant_name
FROM session s JOIN account a ON a.id = s.account_id JOIN tenant t ON t.id = s.tenant_id
WHERE s.token_hash = $token_hash AND s.ends_at > $now AND s.used_at > $idle_since
	AND a.is_active = 1 AND t.closed_at IS NULL;

-- name: session_touch
-- scope: system
-- why: see session_find.
UPDATE session SET used_at = $now WHERE id = $id;

-- name: session_rotate
-- scope: system
-- The same session under a new token, with another stage, person or organisation.
-- why: see session_find.
UPDATE session SET token_hash = $token_hash, stage = $stage, account_id = $account_id, tenant_id = $tenant_id,
	used_at = $now
WHERE id = $id;

-- name: session_end
-- scope: system
-- why: one ends only sessions of one's own account, whatever organisation it works in.
DELETE FROM session WHERE id = $id AND account_id = $account_id;

-- name: session_end_others
-- scope: system
-- All sessions of an account but one (0 = all).
-- why: see session_end.
DELETE FROM session WHERE account_id = $account_id AND id <> $keep_id;

-- name: session_end_all
-- scope: system
-- why: after a restore nobody stays signed in.
DELETE FROM session;

-- name: session_list
-- scope: system
-- why: one lists one's own sessions.
SELECT id, stage, address, user_agent, created_at, used_at, ends_at FROM session
WHERE account_id = $account_id AND ends_at > $now AND used_at > $idle_since ORDER BY used_at DESC LIMIT $limit;

-- name: session_sweep
-- scope: system
-- why: ended sessions of the whole installation are forgotten.
DELETE FROM session WHERE ends_at <= $now OR used_at <= $idle_since;

-- name: session_trim
-- scope: system
-- Only the newest ones of an account stay.
-- why: a bound on what one account can store.
DELETE FROM session WHERE account_id = $account_id AND id NOT IN (
	SELECT id FROM session WHERE account_id = $account_id ORDER BY used_at DESC LIMIT $keep);

-- name: token_add
INSERT INTO token (tenant_id, account_id, name, token_hash, permissions, created_at, expires_at)
VALUES ($scope_tenant, $account_id, $name, $token_hash, $permissions, $now, $expires_at) RETURNING id;

-- name: token_find
-- scope: system
-- why: the bearer token is all that is known; what may be seen follows from this row.
SELECT k.id, k.tenant_id, k.account_id, k.name, k.permissions, k.used_at, k.used_from, t.is_demo,
	coalesce(a.is_active, 1) AS is_active
FROM token k JOIN tenant t ON t.id = k.tenant_id LEFT JOIN account a ON a.id = k.account_id
WHERE k.token_hash = $token_hash AND k.expires_at > $now AND k.revoked_at IS NULL AND t.closed_at IS NULL;

-- name: token_touch
-- scope: system
-- why: see token_find.
UPDATE token SET used_at = $now, used_from = $address, uses = uses + 1 WHERE id = $id;

-- name: token_list
-- scope: subtree
SELECT k.id, k.tenant_id, k.account_id, k.name, k.permissions, k.created_at, k.expires_at, k.used_at, k.used_from,
	k.revoked_at
FROM token k WHERE {SCOPE:k} AND k.id > $after ORDER BY k.id LIMIT $limit;

-- name: token_revoke
-- scope: subtree
UPDATE token SET revoked_at = $now WHERE {SCOPE} AND id = $id AND revoked_at IS NULL;

-- name: link_add
-- scope: system
INSERT INTO one_time_link (token_hash, purpose, account_id, created_at, expires_at)
VALUES ($token_hash, $purpose, $account_id, $now, $expires_at);

-- name: link_find
-- scope: system
SELECT id, account_id FROM one_time_link
WHERE token_hash = $token_hash AND purpose = $purpose AND used_at IS NULL AND expires_at > $now;

-- name: link_use
-- scope: system
-- Changes no row when somebody was faster.
UPDATE one_time_link SET used_at = $now WHERE id = $id AND used_at IS NULL;

-- name: link_void
-- scope: system
-- Earlier unused links of the same purpose and account no longer work.
DELETE FROM one_time_link WHERE purpose = $purpose AND account_id IS NOT DISTINCT FROM $account_id AND used_at IS NULL;

-- name: login_attempt_get
-- scope: system
SELECT failures, last_at, wait_until FROM login_attempt WHERE subject = $subject;

-- name: login_attempt_put
-- scope: system
INSERT INTO login_attempt (subject, failures, last_at, wait_until) VALUES ($subject, $failures, $now, $wait_until)
ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,
	wait_until = excluded.wait_until;

-- name: login_attempt_clear
-- scope: system
DELETE FROM login_attempt WHERE subject = $subject;

-- name: login_attempt_sweep
-- scope: system
DELETE FROM login_attempt WHERE last_at < $before;
