-- scope: tenant

-- name: build_state_list
SELECT service, version,
	level, level_reason, assignment, team, provider, not_applicable, not_applicable_reason, in_now, in_target,
	out_now,
	out_target, contract, owner, owner_id, deputies, area, risk, gap_owner, gap_due, signed_by, signed_at, user_id,
	user_name, changed_at
FROM service_state
WHERE {SCOPE} AND framework = $framework
ORDER BY service;

-- name: build_state_get
SELECT service, version,
	level, level_reason, assignment, team, provider, not_applicable, not_applicable_reason, in_now, in_target,
	out_now,
	out_target, contract, owner, owner_id, deputies, area, risk, gap_owner, gap_due, signed_by, signed_at, user_id,
	user_name, changed_at
FROM service_state
WHERE {SCOPE} AND framework = $framework AND service = $service;

-- name: build_state_insert
-- The first version; 0 rows changed when somebody was faster.
INSERT INTO service_state (tenant_id, framework, service, version,
	level, level_reason, assignment, team, provider, not_applicable, not_applicable_reason, in_now, in_target,
	out_now,
	out_target, contract, owner, owner_id, deputies, area, risk, gap_owner, gap_due, signed_by, signed_at, user_id,
	user_name, changed_at)
VALUES ($scope_tenant, $framework, $service, 1,
	$level, $level_reason, $assignment, $team, $provider, $not_applicable, $not_applicable_reason, $in_now,
	$in_target,
	$out_now, $out_target, $contract, $owner, $owner_id, $deputies, $area, $risk, $gap_owner, $gap_due, $signed_by,
	$signed_at, $user_id, $user_name, $changed_at)
ON CONFLICT (tenant_id, framework, service) DO NOTHING;

-- name: build_state_update
-- 0 rows changed when the version is not the one that was read.
UPDATE service_state SET version = version + 1,
	level = $level, level_reason = $level_reason, assignment = $assignment, team = $team, provider = $provider,
	not_applicable = $not_applicable, not_applicable_reason = $not_applicable_reason, in_now = $in_now, in_target =
	$in_target, out_now = $out_now, out_target = $out_target, contract = $contract, owner = $owner, owner_id =
	$owner_id,
	deputies = $deputies, area = $area, risk = $risk, gap_owner = $gap_owner, gap_due = $gap_due, signed_by =
	$signed_by,
	signed_at = $signed_at, user_id = $user_id, user_name = $user_name, changed_at = $changed_at
WHERE {SCOPE} AND framework = $framework AND service = $service AND version = $version;

-- name: build_state_keep
-- Copies the present version into the history.
INSERT INTO service_state_version (tenant_id, framework, service, version,
	level, level_reason, assignment, team, provider, not_applicable, not_applicable_reason, in_now, in_target,
	out_now,
	out_target, contract, owner, owner_id, deputies, area, risk, gap_owner, gap_due, signed_by, signed_at, user_id,
	user_name, changed_at)
SELECT $scope_tenant, framework, service, version,
	level, level_reason, assignment, team, provider, not_applicable, not_applicable_reason, in_now, in_target,
	out_now,
	out_target, contract, owner, owner_id, deputies, area, risk, gap_owner, gap_due, signed_by, signed_at, user_id,
	user_name, changed_at
FROM service_state
WHERE {SCOPE} AND framework = $framework AND service = $service;

-- name: build_state_history
SELECT service, version,
	level, level_reason, assignment, team, provider, not_applicable, not_applicable_reason, in_now, in_target,
	out_now,
	out_target, contract, owner, owner_id, deputies, area, risk, gap_owner, gap_due, signed_by, signed_at, user_id,
	user_name, changed_at
FROM service_state_version
WHERE {SCOPE} AND framework = $framework AND service = $service AND version < $before_version
ORDER BY version DESC
LIMIT $count;

-- name: build_state_version
SELECT service, version,
	level, level_reason, assignment, team, provider, not_applicable, not_applicable_reason, in_now, in_target,
	out_now,
	out_target, contract, owner, owner_id, deputies, area, risk, gap_owner, gap_due, signed_by, signed_at, user_id,
	user_name, changed_at
FROM service_state_version
WHERE {SCOPE} AND framework = $framework AND service = $service AND version = $version;

-- name: build_others_since
-- Versions of somebody else after the one that was read.
SELECT count(*) AS count
FROM service_state_version
WHERE {SCOPE} AND framework = $framework AND service = $service AND version > $version AND user_id <> $user_id;

-- name: build_state_any
SELECT service FROM service_state WHERE {SCOPE} AND framework = $framework LIMIT 1;
