-- scope: tenant

-- name: oncall_rotation_list
SELECT id, version, name, level, layers, day_from, day_to, turn_weeks, handover_weekday, handover_min, start_day, is_active
FROM oncall_rotation WHERE {SCOPE} ORDER BY level, id LIMIT $count;

-- name: oncall_rotation_insert
INSERT INTO oncall_rotation (tenant_id, version, name, level, layers, day_from, day_to, turn_weeks, handover_weekday, handover_min,
	start_day, is_active, changed_by, changed_at)
VALUES ($scope_tenant, 1, $name, $level, $layers, $day_from, $day_to, $turn_weeks, $handover_weekday, $handover_min, $start_day,
	$is_active, $user_name, $now);

-- name: oncall_rotation_update
-- 0 rows changed when the version is not the one that was read.
UPDATE oncall_rotation SET version = version + 1, name = $name, level = $level, layers = $layers, day_from = $day_from,
	day_to = $day_to, turn_weeks = $turn_weeks, handover_weekday = $handover_weekday, handover_min = $handover_min,
	start_day = $start_day, is_active = $is_active, changed_by = $user_name, changed_at = $now
WHERE {SCOPE} AND id = $id AND version = $version;

-- name: oncall_member_list
SELECT rotation_id, person_id FROM oncall_member WHERE {SCOPE} ORDER BY rotation_id, position LIMIT $count;

-- name: oncall_member_clear
DELETE FROM oncall_member WHERE {SCOPE} AND rotation_id = $rotation_id;

-- name: oncall_member_insert
INSERT INTO oncall_member (tenant_id, rotation_id, position, person_id)
VALUES ($scope_tenant, $rotation_id, $position, $person_id);

-- name: oncall_swap_list
-- Not over yet at a time.
SELECT id, rotation_id, person_id, from_at, to_at, reason, created_by FROM oncall_swap WHERE {SCOPE} AND to_at > $now
ORDER BY from_at, id LIMIT $count;

-- name: oncall_swap_insert
INSERT INTO oncall_swap (tenant_id, rotation_id, person_id, from_at, to_at, reason, created_by, created_at)
SELECT $scope_tenant, r.id, $person_id, $from_at, $to_at, $reason, $user_name, $now
FROM oncall_rotation r WHERE {SCOPE:r} AND r.id = $rotation_id;

-- name: oncall_swap_delete
DELETE FROM oncall_swap WHERE {SCOPE} AND id = $id;

-- name: oncall_contact_list
SELECT id, person_id, means, address, checked_at, checked_by FROM oncall_contact WHERE {SCOPE} ORDER BY person_id, id LIMIT $count;

-- name: oncall_contact_insert
INSERT INTO oncall_contact (tenant_id, person_id, means, address, checked_at, checked_by, created_at)
VALUES ($scope_tenant, $person_id, $means, $address, 0, '', $now);

-- name: oncall_contact_delete
DELETE FROM oncall_contact WHERE {SCOPE} AND id = $id;

-- name: oncall_contact_check
UPDATE oncall_contact SET checked_at = $now, checked_by = $user_name WHERE {SCOPE} AND id = $id;
