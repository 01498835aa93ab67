-- scope: tenant

-- name: suppression_live
-- Those that may hold back a finding of this rule; the value is looked at afterwards.
SELECT id, field, value, hits FROM suppression
WHERE {SCOPE} AND rule_id = $rule_id AND ended_at = 0 AND expires_at > $now
	AND (asset = '' OR asset = $asset) AND (account_name = '' OR account_name = $account_name)
ORDER BY id;

-- name: suppression_add
INSERT INTO suppression (tenant_id, rule_id, rule_title, asset, account_name, field, value, reason, owner_id, owner_name,
	created_at, expires_at, ended_at, ended_by, hits, last_at)
VALUES ($scope_tenant, $rule_id, $rule_title, $asset, $account_name, $field, $value, $reason, $owner_id, $owner_name,
	$now, $expires_at, 0, '', 0, 0);

-- name: suppression_get
SELECT id, rule_id, rule_title, asset, account_name, field, value, reason, owner_name, created_at, expires_at, ended_at, ended_by,
	hits, last_at
FROM suppression WHERE {SCOPE} AND id = $id;

-- name: suppression_list
-- What is at work first, then the latest.
SELECT id, rule_id, rule_title, asset, account_name, field, value, reason, owner_name, created_at, expires_at, ended_at, ended_by,
	hits, last_at
FROM suppression WHERE {SCOPE}
ORDER BY CASE WHEN ended_at = 0 AND expires_at > $now THEN 0 ELSE 1 END, id DESC LIMIT $limit;

-- name: suppression_end
UPDATE suppression SET ended_at = $now, ended_by = $ended_by WHERE {SCOPE} AND id = $id AND ended_at = 0 AND expires_at > $now;

-- name: suppression_count
UPDATE suppression SET hits = hits + 1, last_at = CASE WHEN $at > last_at THEN $at ELSE last_at END WHERE {SCOPE} AND id = $id;

-- name: suppressed_add
-- 0 rows changed when this event was held back before.
INSERT INTO suppressed (tenant_id, suppression_id, event_id, event_at, asset, account_name)
VALUES ($scope_tenant, $suppression_id, $event_id, $at, $asset, $account_name)
ON CONFLICT (tenant_id, suppression_id, event_id) DO NOTHING;

-- name: suppressed_list
SELECT event_id, event_at, asset, account_name FROM suppressed WHERE {SCOPE} AND suppression_id = $suppression_id
ORDER BY event_at DESC LIMIT $limit;

-- name: suppression_preview
-- Alerts that it would have held back, latest first; the value is looked at afterwards.
SELECT id, first_event, count FROM alert
WHERE {SCOPE} AND rule_id = $rule_id AND last_at >= $from
	AND ($asset = '' OR asset = $asset) AND ($account_name = '' OR account_name = $account_name)
ORDER BY last_at DESC LIMIT $limit;
