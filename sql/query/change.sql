-- scope: tenant

-- name: change_insert
INSERT INTO service_change (tenant_id, framework, kind, row_count, user_id, user_name, at, undoes, undone_by)
VALUES ($scope_tenant, $framework, $kind, $row_count, $user_id, $user_name, $at, $undoes, NULL);

-- name: change_row_insert
INSERT INTO service_change_row (tenant_id, change_id, service, before_version, after_version)
VALUES ($scope_tenant, $change_id, $service, $before_version, $after_version);

-- name: change_get
SELECT id, kind, row_count, user_id, user_name, at, undoes, undone_by
FROM service_change
WHERE {SCOPE} AND framework = $framework AND id = $id;

-- name: change_last
-- What a person would take back now: his newest change that stands and is not itself a taking back.
SELECT id, kind, row_count, user_id, user_name, at, undoes, undone_by
FROM service_change
WHERE {SCOPE} AND framework = $framework AND user_id = $user_id AND undone_by IS NULL AND kind <> 'undo'
ORDER BY id DESC
LIMIT 1;

-- name: change_newest
SELECT id, kind, row_count, user_id, user_name, at, undoes, undone_by
FROM service_change
WHERE {SCOPE} AND framework = $framework AND user_id = $user_id
ORDER BY id DESC
LIMIT 1;

-- name: change_list
SELECT id, kind, row_count, user_id, user_name, at, undoes, undone_by
FROM service_change
WHERE {SCOPE} AND framework = $framework AND id < $before_id
ORDER BY id DESC
LIMIT $count;

-- name: change_rows
SELECT service, before_version, after_version
FROM service_change_row
WHERE {SCOPE} AND change_id = $change_id
ORDER BY service
LIMIT $count;

-- name: change_mark
UPDATE service_change SET undone_by = $undone_by
WHERE {SCOPE} AND id = $id AND undone_by IS NULL;

-- name: comment_insert
INSERT INTO service_comment (tenant_id, framework, service, body, user_id, user_name, at, removed_at)
VALUES ($scope_tenant, $framework, $service, $body, $user_id, $user_name, $at, 0);

-- name: comment_list
SELECT id, service, body, user_id, user_name, at, removed_at
FROM service_comment
WHERE {SCOPE} AND framework = $framework AND service = $service
ORDER BY id
LIMIT $count;

-- name: comment_get
SELECT id, service, body, user_id, user_name, at, removed_at
FROM service_comment
WHERE {SCOPE} AND id = $id;

-- name: comment_remove
UPDATE service_comment SET body = '', removed_at = $now
WHERE {SCOPE} AND id = $id AND removed_at = 0;

-- name: comment_counts
SELECT service, count(*) AS count
FROM service_comment
WHERE {SCOPE} AND framework = $framework AND removed_at = 0
GROUP BY service;

-- name: own_list
SELECT service, version, category, name_en, name_ja, description_en, description_ja, level, area, cadence, is_removed, user_name,
	changed_at
FROM own_service
WHERE {SCOPE} AND framework = $framework
ORDER BY service
LIMIT $count;

-- name: own_insert
INSERT INTO own_service (tenant_id, framework, service, version, category, name_en, name_ja, description_en, description_ja, level,
	area, cadence, is_removed, user_name, changed_at)
VALUES ($scope_tenant, $framework, $service, 1, $category, $name_en, $name_ja, $description_en, $description_ja, $level, $area,
	$cadence, $is_removed, $user_name, $changed_at)
ON CONFLICT (tenant_id, framework, service) DO NOTHING;

-- name: own_update
UPDATE own_service SET version = version + 1, category = $category, name_en = $name_en, name_ja = $name_ja,
	description_en = $description_en, description_ja = $description_ja, level = $level, area = $area, cadence = $cadence,
	is_removed = $is_removed, user_name = $user_name, changed_at = $changed_at
WHERE {SCOPE} AND framework = $framework AND service = $service AND version = $version;
