-- scope: tenant

-- name: criteria_in_force
SELECT id, kind, number, state, body, note, changes, created_by, created_id, created_at, approved_by, approved_at, retired_at
FROM criteria_version
WHERE {SCOPE} AND kind = $kind AND state = 'in_force'
ORDER BY number DESC LIMIT 1;

-- name: criteria_get
SELECT id, kind, number, state, body, note, changes, created_by, created_id, created_at, approved_by, approved_at, retired_at
FROM criteria_version
WHERE {SCOPE} AND id = $id;

-- name: criteria_list
SELECT id, kind, number, state, body, note, changes, created_by, created_id, created_at, approved_by, approved_at, retired_at
FROM criteria_version
WHERE {SCOPE} AND kind = $kind
ORDER BY number DESC LIMIT $count;

-- name: criteria_next
SELECT COALESCE(MAX(number), 0) + 1 AS number FROM criteria_version WHERE {SCOPE} AND kind = $kind;

-- name: criteria_insert
INSERT INTO criteria_version (tenant_id, kind, number, state, body, note, changes, created_by, created_id, created_at, approved_by,
	approved_at, retired_at)
VALUES ($scope_tenant, $kind, $number, 'draft', $body, $note, 1, $created_by, $created_id, $now, '', 0, 0);

-- name: criteria_update
-- 0 rows changed when it is no draft, or not the one that was read.
UPDATE criteria_version SET body = $body, note = $note, changes = changes + 1, created_by = $created_by, created_id = $created_id
WHERE {SCOPE} AND id = $id AND state = 'draft' AND changes = $changes;

-- name: criteria_retire
UPDATE criteria_version SET state = 'retired', retired_at = $now WHERE {SCOPE} AND kind = $kind AND state = 'in_force';

-- name: criteria_approve
UPDATE criteria_version SET state = 'in_force', approved_by = $approved_by, approved_at = $now
WHERE {SCOPE} AND id = $id AND state = 'draft' AND changes = $changes;

-- name: criteria_drop
DELETE FROM criteria_version WHERE {SCOPE} AND id = $id AND state = 'draft';
