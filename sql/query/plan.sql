-- scope: tenant

-- name: approval_insert
INSERT INTO approval (tenant_id, framework, subject, number, user_id, user_name, at, remark, row_count, hash, body)
VALUES ($scope_tenant, $framework, $subject, $number, $user_id, $user_name, $at, $remark, $row_count, $hash, $body);

-- name: approval_list
SELECT id, framework, subject, number, user_id, user_name, at, remark, row_count, hash
FROM approval
WHERE {SCOPE} AND framework = $framework AND subject = $subject
ORDER BY number DESC
LIMIT $count;

-- name: approval_get
SELECT id, framework, subject, number, user_id, user_name, at, remark, row_count, hash, body
FROM approval
WHERE {SCOPE} AND id = $id;

-- name: sourcing_list
SELECT service, days, fee, steer
FROM sourcing_assumption
WHERE {SCOPE} AND framework = $framework;

-- name: sourcing_put
INSERT INTO sourcing_assumption (tenant_id, framework, service, days, fee, steer, user_name, changed_at)
VALUES ($scope_tenant, $framework, $service, $days, $fee, $steer, $user_name, $changed_at)
ON CONFLICT (tenant_id, framework, service) DO UPDATE SET days = excluded.days, fee = excluded.fee, steer = excluded.steer,
	user_name = excluded.user_name, changed_at = excluded.changed_at;

-- name: start_get
SELECT step, answers, user_name, started_at, changed_at
FROM start_wizard
WHERE {SCOPE} AND framework = $framework;

-- name: start_put
INSERT INTO start_wizard (tenant_id, framework, step, answers, user_name, started_at, changed_at)
VALUES ($scope_tenant, $framework, $step, $answers, $user_name, $now, $now)
ON CONFLICT (tenant_id, framework) DO UPDATE SET step = excluded.step, answers = excluded.answers,
	user_name = excluded.user_name, changed_at = excluded.changed_at;
