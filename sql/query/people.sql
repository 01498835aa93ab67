-- scope: tenant

-- name: people_team_list
SELECT id, version, name, lead_id FROM team WHERE {SCOPE} ORDER BY name LIMIT $count;

-- name: people_team_insert
INSERT INTO team (tenant_id, version, name, lead_id, changed_by, changed_at)
VALUES ($scope_tenant, 1, $name, $lead_id, $user_name, $now)
ON CONFLICT (tenant_id, name) DO NOTHING;

-- name: people_team_update
UPDATE team SET version = version + 1, name = $name, lead_id = $lead_id, changed_by = $user_name, changed_at = $now
WHERE {SCOPE} AND id = $id AND version = $version;

-- name: people_person_list
SELECT id, version, account_id, name, team_id, skills, is_active FROM person WHERE {SCOPE} ORDER BY is_active DESC, name, id
LIMIT $count;

-- name: people_person_insert
INSERT INTO person (tenant_id, version, account_id, name, team_id, skills, is_active, changed_by, changed_at)
VALUES ($scope_tenant, 1, $account_id, $name, $team_id, $skills, $is_active, $user_name, $now);

-- name: people_person_update
UPDATE person SET version = version + 1, account_id = $account_id, name = $name, team_id = $team_id, skills = $skills,
	is_active = $is_active, changed_by = $user_name, changed_at = $now
WHERE {SCOPE} AND id = $id AND version = $version;

-- name: people_part_list
SELECT service, person_id, part FROM service_person WHERE {SCOPE} ORDER BY service, part DESC, person_id LIMIT $count;

-- name: people_part_clear
DELETE FROM service_person WHERE {SCOPE} AND service = $service;

-- name: people_part_insert
INSERT INTO service_person (tenant_id, service, person_id, part)
SELECT $scope_tenant, $service, p.id, $part FROM person p WHERE {SCOPE:p} AND p.id = $person_id
ON CONFLICT (tenant_id, service, person_id) DO NOTHING;

-- name: people_absence_list
-- Not over yet at a time.
SELECT id, person_id, from_at, to_at FROM person_absence WHERE {SCOPE} AND to_at > $now ORDER BY from_at, id LIMIT $count;

-- name: people_absence_insert
INSERT INTO person_absence (tenant_id, person_id, from_at, to_at, created_by, created_at)
SELECT $scope_tenant, p.id, $from_at, $to_at, $user_name, $now FROM person p WHERE {SCOPE:p} AND p.id = $person_id;

-- name: people_absence_delete
DELETE FROM person_absence WHERE {SCOPE} AND id = $id;
