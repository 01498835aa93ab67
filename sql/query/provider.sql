-- scope: tenant

-- name: provider_list
SELECT id, version, name, contact, remark, changed_by, changed_at FROM provider WHERE {SCOPE} ORDER BY name LIMIT $count;

-- name: provider_insert
INSERT INTO provider (tenant_id, version, name, contact, remark, changed_by, changed_at)
VALUES ($scope_tenant, 1, $name, $contact, $remark, $user_name, $now)
ON CONFLICT (tenant_id, name) DO NOTHING;

-- name: provider_update
UPDATE provider SET version = version + 1, name = $name, contact = $contact, remark = $remark, changed_by = $user_name,
	changed_at = $now
WHERE {SCOPE} AND id = $id AND version = $version;

-- name: provider_contract_list
SELECT c.id, c.version, c.provider_id, p.name AS provider, c.reference, c.contact, c.services, c.from_at, c.to_at, c.cadence,
	c.first_due_at, c.grace_days, c.changed_by, c.changed_at
FROM provider_contract c JOIN provider p ON p.id = c.provider_id
WHERE {SCOPE:c}
ORDER BY p.name, c.reference
LIMIT $count;

-- name: provider_contract_insert
INSERT INTO provider_contract (tenant_id, provider_id, version, reference, contact, services, from_at, to_at, cadence,
	first_due_at, grace_days, changed_by, changed_at)
SELECT $scope_tenant, p.id, 1, $reference, $contact, $services, $from_at, $to_at, $cadence, $first_due_at, $grace_days,
	$user_name, $now
FROM provider p WHERE {SCOPE:p} AND p.id = $provider_id
ON CONFLICT (tenant_id, provider_id, reference) DO NOTHING;

-- name: provider_contract_update
UPDATE provider_contract SET version = version + 1, reference = $reference, contact = $contact, services = $services,
	from_at = $from_at, to_at = $to_at, cadence = $cadence, first_due_at = $first_due_at, grace_days = $grace_days,
	changed_by = $user_name, changed_at = $now
WHERE {SCOPE} AND id = $id AND provider_id = $provider_id AND version = $version;

-- name: provider_report_list
-- Newest due day first; those due from a day on.
SELECT id, version, contract_id, due_at, file_name, sha256, size_bytes, received_at, received_by, opened_at, opened_by, judged_at,
	judged_by, content, result, as_expected, levels_met, levels_missed, remark
FROM provider_report
WHERE {SCOPE} AND due_at >= $from_at
ORDER BY due_at DESC, id DESC
LIMIT $count;

-- name: provider_report_get
SELECT id, version, contract_id, due_at, file_name, sha256, size_bytes, received_at, received_by, opened_at, opened_by, judged_at,
	judged_by, content, result, as_expected, levels_met, levels_missed, remark
FROM provider_report
WHERE {SCOPE} AND id = $id;

-- name: provider_report_insert
INSERT INTO provider_report (tenant_id, contract_id, version, due_at, file_name, sha256, size_bytes, received_at, received_by,
	opened_at, opened_by, judged_at, judged_by, content, result, as_expected, levels_met, levels_missed, remark)
VALUES ($scope_tenant, $contract_id, 1, $due_at, $file_name, $sha256, $size_bytes, $now, $user_name, 0, '', 0, '', '', '', 0, 0,
	0, '')
ON CONFLICT (tenant_id, contract_id, due_at) DO NOTHING;

-- name: provider_report_open
UPDATE provider_report SET version = version + 1, opened_at = $now, opened_by = $user_name WHERE {SCOPE} AND id = $id
	AND opened_at = 0;

-- name: provider_report_judge
UPDATE provider_report SET version = version + 1, judged_at = $now, judged_by = $user_name, content = $content,
	result = $result, as_expected = $as_expected, levels_met = $levels_met, levels_missed = $levels_missed, remark = $remark
WHERE {SCOPE} AND id = $id AND version = $version;
