-- scope: tenant

-- name: register_item_insert
INSERT INTO register_item (tenant_id, version, kind, number, title, state, is_final, service, owner_name, body, review_day, created_id,
	created_by, created_at, changed_by, changed_at)
SELECT $scope_tenant, 1, $kind, COALESCE(MAX(number), 0) + 1, $title, $state, $is_final, $service, $owner_name, $body, $review_day,
	$user_id, $user_name, $now, $user_name, $now
FROM register_item WHERE {SCOPE} AND kind = $kind;

-- name: register_item_update
-- 0 rows changed when the version is not the one that was read.
UPDATE register_item SET version = version + 1, title = $title, state = $state, is_final = $is_final, service = $service,
	owner_name = $owner_name, body = $body, review_day = $review_day, changed_by = $user_name, changed_at = $now
WHERE {SCOPE} AND id = $id AND version = $version;

-- name: register_item_get
SELECT id, version, kind, number, title, state, is_final, service, owner_name, body, review_day, created_id, created_by, created_at,
	changed_by, changed_at
FROM register_item WHERE {SCOPE} AND id = $id;

-- name: register_item_list
-- Those that the person may see: of a restricted kind only one's own and those one needs to know.
SELECT id, version, kind, number, title, state, is_final, service, owner_name, body, review_day, created_id, created_by, created_at,
	changed_by, changed_at
FROM register_item i
WHERE {SCOPE:i} AND kind = $kind AND ($sees_all = 1 OR created_id = $user_id OR EXISTS (SELECT 1 FROM register_person p
	WHERE p.tenant_id = i.tenant_id AND p.item_id = i.id AND p.user_id = $user_id))
ORDER BY is_final, changed_at DESC, id DESC
LIMIT $count;

-- name: register_counts
SELECT kind, SUM(CASE WHEN is_final = 0 THEN 1 ELSE 0 END) AS open_count, count(*) AS all_count,
	SUM(CASE WHEN is_final = 0 AND review_day > 0 AND review_day < $today THEN 1 ELSE 0 END) AS late_count
FROM register_item WHERE {SCOPE} GROUP BY kind ORDER BY kind;

-- name: register_entry_add
INSERT INTO register_entry (tenant_id, item_id, at, user_id, user_name, action, state, note)
VALUES ($scope_tenant, $item_id, $now, $user_id, $user_name, $action, $state, $note);

-- name: register_entry_list
SELECT at, user_name, action, state, note FROM register_entry WHERE {SCOPE} AND item_id = $item_id ORDER BY id DESC LIMIT $count;

-- name: register_person_put
INSERT INTO register_person (tenant_id, item_id, user_id, user_name, part, at)
VALUES ($scope_tenant, $item_id, $user_id, $user_name, $part, $now)
ON CONFLICT (tenant_id, item_id, user_id) DO UPDATE SET part = excluded.part, at = excluded.at;

-- name: register_person_list
SELECT user_id, user_name, part, at FROM register_person WHERE {SCOPE} AND item_id = $item_id ORDER BY user_name LIMIT $count;

-- name: register_person_get
SELECT part FROM register_person WHERE {SCOPE} AND item_id = $item_id AND user_id = $user_id;
