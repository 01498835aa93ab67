-- scope: tenant

-- name: procedure_list
-- Of each procedure the version in force (approved), else the newest one.
SELECT v.id, v.procedure_id, v.number, v.row_version, v.state, v.title, v.services, '' AS body, v.note, v.author, v.created_at,
	v.changed_at, v.state_by, v.state_at, v.approved_by, v.approved_at, v.expires_at,
	(SELECT COUNT(*) FROM procedure_version o WHERE o.procedure_id = v.procedure_id AND o.tenant_id = v.tenant_id
		AND o.state IN ('draft', 'review') AND o.id <> v.id) AS open_others
FROM procedure_version v
WHERE {SCOPE:v} AND v.id = (SELECT o.id FROM procedure_version o WHERE o.tenant_id = v.tenant_id
	AND o.procedure_id = v.procedure_id
	ORDER BY CASE WHEN o.state = 'approved' THEN 0 ELSE 1 END, o.number DESC LIMIT 1)
ORDER BY v.title, v.id
LIMIT $count;

-- name: procedure_versions
SELECT id, procedure_id, number, row_version, state, title, services, body, note, author, created_at, changed_at, state_by,
	state_at, approved_by, approved_at, expires_at, 0 AS open_others
FROM procedure_version
WHERE {SCOPE} AND procedure_id = $procedure_id
ORDER BY number DESC
LIMIT $count;

-- name: procedure_version_get
SELECT id, procedure_id, number, row_version, state, title, services, body, note, author, created_at, changed_at, state_by,
	state_at, approved_by, approved_at, expires_at, 0 AS open_others
FROM procedure_version
WHERE {SCOPE} AND id = $id;

-- name: procedure_doc_insert
INSERT INTO procedure_doc (tenant_id, created_by, created_at) VALUES ($scope_tenant, $user_name, $now);

-- name: procedure_version_insert
INSERT INTO procedure_version (tenant_id, procedure_id, number, row_version, state, title, services, body, note, author,
	created_at, changed_at, state_by, state_at, approved_by, approved_at, expires_at)
VALUES ($scope_tenant, $procedure_id, $number, 1, 'draft', $title, $services, $body, $note, $user_name, $now, $now, $user_name,
	$now, '', 0, 0);

-- name: procedure_version_update
UPDATE procedure_version SET row_version = row_version + 1, title = $title, services = $services, body = $body, note = $note,
	author = $user_name, changed_at = $now
WHERE {SCOPE} AND id = $id AND row_version = $row_version AND state = 'draft';

-- name: procedure_version_move
UPDATE procedure_version SET row_version = row_version + 1, state = $state, state_by = $user_name, state_at = $now,
	approved_by = $approved_by, approved_at = $approved_at, expires_at = $expires_at
WHERE {SCOPE} AND id = $id AND row_version = $row_version;

-- name: procedure_supersede
UPDATE procedure_version SET row_version = row_version + 1, state = 'superseded', state_by = $user_name, state_at = $now
WHERE {SCOPE} AND procedure_id = $procedure_id AND state = 'approved' AND id <> $id;

-- name: procedure_walk_list
SELECT id, version_id, walker_id, walker, walked_at, remark, signer_id, signer, signed_at
FROM procedure_walk
WHERE {SCOPE} AND version_id IN (SELECT v.id FROM procedure_version v WHERE {SCOPE:v} AND v.procedure_id = $procedure_id)
ORDER BY id DESC
LIMIT $count;

-- name: procedure_walk_get
SELECT id, version_id, walker_id, walker, walked_at, remark, signer_id, signer, signed_at FROM procedure_walk
WHERE {SCOPE} AND id = $id;

-- name: procedure_walk_insert
INSERT INTO procedure_walk (tenant_id, version_id, walker_id, walker, walked_at, remark, signer_id, signer, signed_at)
VALUES ($scope_tenant, $version_id, $user_id, $user_name, $walked_at, $remark, 0, '', 0);

-- name: procedure_walk_sign
UPDATE procedure_walk SET signer_id = $user_id, signer = $user_name, signed_at = $now WHERE {SCOPE} AND id = $id
	AND signed_at = 0;
