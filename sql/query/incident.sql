-- scope: tenant

-- name: incident_get
SELECT id, version, year, number, title, summary, severity, class, state, state_since, owner_id, owner_name, created_at, created_by,
	changed_at, closed_at, close_reason
FROM incident WHERE {SCOPE} AND id = $id;

-- name: incident_list
SELECT id, version, year, number, title, summary, severity, class, state, state_since, owner_id, owner_name, created_at, created_by,
	changed_at, closed_at, close_reason,
	(SELECT count(*) FROM alert a WHERE {SCOPE:a} AND a.incident_id = i.id) AS alerts
FROM incident i
WHERE {SCOPE:i}
	AND (($open = 1 AND active = 1) OR ($closed = 1 AND active = 0))
	AND ($state = '' OR state = $state)
	AND ($owner_id < 0 OR owner_id = $owner_id)
	AND ($text = '' OR title LIKE $text ESCAPE '!' OR summary LIKE $text ESCAPE '!')
	AND id < $before_id
ORDER BY id DESC
LIMIT $limit;

-- name: incident_number_last
SELECT coalesce(max(number), 0) AS number FROM incident WHERE {SCOPE} AND year = $year;

-- name: incident_insert
INSERT INTO incident (tenant_id, version, year, number, title, summary, severity, class, active, state, state_since, owner_id,
	owner_name, created_at, created_by, changed_at, closed_at, close_reason)
VALUES ($scope_tenant, 1, $year, $number, $title, $summary, $severity, '', 1, 'new', $now, $owner_id, $owner_name, $now,
	$created_by, $now, 0, '');

-- name: incident_change
-- 0 rows changed when the version is not the one that was read.
UPDATE incident SET version = version + 1, changed_at = $now, title = $title, summary = $summary, severity = $severity,
	class = $class, active = $active, state = $state, state_since = $state_since, owner_id = $owner_id,
	owner_name = $owner_name, closed_at = $closed_at, close_reason = $close_reason
WHERE {SCOPE} AND id = $id AND version = $version;

-- name: incident_counts
SELECT state, count(*) AS n FROM incident WHERE {SCOPE} AND active = 1 GROUP BY state;

-- name: incident_entry_add
INSERT INTO incident_entry (tenant_id, incident_id, at, recorded_at, kind, user_id, user_name, text, detail)
VALUES ($scope_tenant, $incident_id, $at, $now, $kind, $user_id, $user_name, $text, $detail);

-- name: incident_entry_list
SELECT id, at, recorded_at, kind, user_id, user_name, text, detail FROM incident_entry
WHERE {SCOPE} AND incident_id = $incident_id ORDER BY at DESC, id DESC LIMIT $limit;

-- name: evidence_number_last
SELECT coalesce(max(number), 0) AS number FROM evidence WHERE {SCOPE} AND incident_id = $incident_id;

-- name: evidence_insert
INSERT INTO evidence (tenant_id, incident_id, number, name, description, sha256, size_bytes, added_at, user_id, user_name)
VALUES ($scope_tenant, $incident_id, $number, $name, $description, $sha256, $size_bytes, $now, $user_id, $user_name);

-- name: evidence_list
SELECT id, number, name, description, sha256, size_bytes, added_at, user_name FROM evidence
WHERE {SCOPE} AND incident_id = $incident_id ORDER BY number LIMIT $limit;

-- name: evidence_get
SELECT id, number, name, description, sha256, size_bytes, added_at, user_name FROM evidence
WHERE {SCOPE} AND incident_id = $incident_id AND id = $id;

-- name: custody_add
INSERT INTO custody (tenant_id, evidence_id, at, action, user_id, user_name, reason)
VALUES ($scope_tenant, $evidence_id, $now, $action, $user_id, $user_name, $reason);

-- name: custody_list
SELECT at, action, user_name, reason FROM custody WHERE {SCOPE} AND evidence_id = $evidence_id ORDER BY id LIMIT $limit;
