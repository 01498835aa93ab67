-- scope: tenant

-- name: work_insert
INSERT INTO work_record (tenant_id, service, action, object, occasion, procedure_version, user_id, user_name, started_at,
	ended_at, recorded_at, result)
VALUES ($scope_tenant, $service, $action, $object, $occasion, $procedure_version, $user_id, $user_name, $started_at,
	$ended_at, $recorded_at, $result);

-- name: work_person_add
INSERT INTO work_person (tenant_id, service, user_id, occasion, records, first_at, last_at)
VALUES ($scope_tenant, $service, $user_id, $occasion, 1, $ended_at, $ended_at)
ON CONFLICT (tenant_id, service, user_id, occasion) DO UPDATE SET
	records = work_person.records + 1,
	first_at = CASE WHEN excluded.first_at < work_person.first_at THEN excluded.first_at ELSE work_person.first_at END,
	last_at = CASE WHEN excluded.last_at > work_person.last_at THEN excluded.last_at ELSE work_person.last_at END;

-- name: work_list_service
SELECT id, service, action, object, occasion, procedure_version, user_id, user_name, started_at, ended_at, recorded_at, result
FROM work_record
WHERE {SCOPE} AND service = $service AND (ended_at < $before_at OR (ended_at = $before_at AND id < $before_id))
ORDER BY ended_at DESC, id DESC
LIMIT $count;

-- name: work_list_all
SELECT id, service, action, object, occasion, procedure_version, user_id, user_name, started_at, ended_at, recorded_at, result
FROM work_record
WHERE {SCOPE} AND (ended_at < $before_at OR (ended_at = $before_at AND id < $before_id))
ORDER BY ended_at DESC, id DESC
LIMIT $count;

-- name: work_people
-- Who did work of which service on which kind of occasion.
SELECT service, user_id, occasion, records, first_at, last_at
FROM work_person
WHERE {SCOPE}
ORDER BY service, user_id, occasion;
