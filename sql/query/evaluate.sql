-- scope: tenant

-- name: evaluate_round_insert
INSERT INTO evaluation_round (tenant_id, version, name, framework, rule, state, start_at, deadline_at, created_by, created_at,
	signed_by, signed_at, snapshot_id)
VALUES ($scope_tenant, 1, $name, $framework, $rule, $state, $start_at, $deadline_at, $created_by, $created_at, '', 0, NULL);

-- name: evaluate_round_get
SELECT id, version, name, framework, rule, state, start_at, deadline_at, created_by, created_at, signed_by, signed_at, snapshot_id,
	(SELECT count(*) FROM evaluation_review v WHERE v.tenant_id = r.tenant_id AND v.round_id = r.id) AS reviews_done
FROM evaluation_round r
WHERE {SCOPE:r} AND r.id = $id;

-- name: evaluate_round_list
SELECT id, version, name, framework, rule, state, start_at, deadline_at, created_by, created_at, signed_by, signed_at, snapshot_id,
	(SELECT count(*) FROM evaluation_review v WHERE v.tenant_id = r.tenant_id AND v.round_id = r.id) AS reviews_done
FROM evaluation_round r
WHERE {SCOPE:r}
ORDER BY r.start_at DESC, r.id DESC
LIMIT $count;

-- name: evaluate_round_move
-- 0 rows changed when the version is not the one that was read.
UPDATE evaluation_round SET version = version + 1, state = $state, signed_by = $signed_by, signed_at = $signed_at,
	snapshot_id = $snapshot_id
WHERE {SCOPE} AND id = $id AND version = $version;

-- name: evaluate_review_put
INSERT INTO evaluation_review (tenant_id, round_id, subject, outcome, remark, user_id, user_name, at)
VALUES ($scope_tenant, $round_id, $subject, $outcome, $remark, $user_id, $user_name, $at)
ON CONFLICT (tenant_id, round_id, subject) DO UPDATE SET outcome = excluded.outcome, remark = excluded.remark,
	user_id = excluded.user_id, user_name = excluded.user_name, at = excluded.at;

-- name: evaluate_review_clear
DELETE FROM evaluation_review WHERE {SCOPE} AND round_id = $round_id;

-- name: evaluate_review_list
SELECT subject, outcome, remark, user_id, user_name, at
FROM evaluation_review
WHERE {SCOPE} AND round_id = $round_id;

-- name: evaluate_trigger_insert
INSERT INTO evaluation_trigger (tenant_id, round_id, kind, remark, user_name, at)
VALUES ($scope_tenant, $round_id, $kind, $remark, $user_name, $at);

-- name: evaluate_trigger_list
SELECT kind, remark, user_name, at
FROM evaluation_trigger
WHERE {SCOPE} AND round_id = $round_id
ORDER BY id
LIMIT $count;

-- name: evaluate_snapshot_insert
INSERT INTO evaluation_snapshot (tenant_id, round_id, name, framework, edition, rule, taken_at, taken_by, is_signed, services,
	categories, applicable, now_sum, now_count, target_sum, target_count, evidence_sum, evidence_count, at_target,
	with_target, above_evidence, unassigned, undecided)
VALUES ($scope_tenant, $round_id, $name, $framework, $edition, $rule, $taken_at, $taken_by, $is_signed, $services,
	$categories, $applicable, $now_sum, $now_count, $target_sum, $target_count, $evidence_sum, $evidence_count, $at_target,
	$with_target, $above_evidence, $unassigned, $undecided);

-- name: evaluate_snapshot_get
SELECT id, round_id, name, framework, edition, rule, taken_at, taken_by, is_signed, services, categories, applicable, now_sum,
	now_count, target_sum, target_count, evidence_sum, evidence_count, at_target, with_target, above_evidence, unassigned,
	undecided
FROM evaluation_snapshot
WHERE {SCOPE} AND id = $id;

-- name: evaluate_snapshot_list
SELECT id, round_id, name, framework, edition, rule, taken_at, taken_by, is_signed, services, categories, applicable, now_sum,
	now_count, target_sum, target_count, evidence_sum, evidence_count, at_target, with_target, above_evidence, unassigned,
	undecided
FROM evaluation_snapshot
WHERE {SCOPE} AND framework = $framework
ORDER BY taken_at DESC, id DESC
LIMIT $count;

-- name: evaluate_snapshot_category_insert
INSERT INTO evaluation_snapshot_category (tenant_id, snapshot_id, position, category, name_en, name_ja, applicable, now_sum,
	now_count, target_sum, target_count, evidence_sum, evidence_count)
VALUES ($scope_tenant, $snapshot_id, $position, $category, $name_en, $name_ja, $applicable, $now_sum, $now_count, $target_sum,
	$target_count, $evidence_sum, $evidence_count);

-- name: evaluate_snapshot_category_list
SELECT category, name_en, name_ja, applicable, now_sum, now_count, target_sum, target_count, evidence_sum, evidence_count
FROM evaluation_snapshot_category
WHERE {SCOPE} AND snapshot_id = $snapshot_id
ORDER BY position;

-- name: evaluate_snapshot_service_insert
INSERT INTO evaluation_snapshot_service (tenant_id, snapshot_id, position, service, category, name_en, name_ja, state_version,
	level, level_used, level_reason, assignment, team, provider, not_applicable, not_applicable_reason, is_counted, in_now,
	in_target, out_now, out_target, now_used, target_used, evidence, evidence_people, evidence_records, evidence_last_at,
	signed_by, signed_at)
VALUES ($scope_tenant, $snapshot_id, $position, $service, $category, $name_en, $name_ja, $state_version, $level, $level_used,
	$level_reason, $assignment, $team, $provider, $not_applicable, $not_applicable_reason, $is_counted, $in_now,
	$in_target, $out_now, $out_target, $now_used, $target_used, $evidence, $evidence_people, $evidence_records,
	$evidence_last_at, $signed_by, $signed_at);

-- name: evaluate_snapshot_service_list
SELECT service, category, name_en, name_ja, state_version, level, level_used, level_reason, assignment, team, provider,
	not_applicable, not_applicable_reason, is_counted, in_now, in_target, out_now, out_target, now_used, target_used,
	evidence, evidence_people, evidence_records, evidence_last_at, signed_by, signed_at
FROM evaluation_snapshot_service
WHERE {SCOPE} AND snapshot_id = $snapshot_id
ORDER BY position;

-- name: evaluate_action_insert
INSERT INTO improvement_action (tenant_id, version, title, service, owner, due_at, state, remark, round_id, flow, need, source,
	created_by, created_at, changed_by, changed_at, done_at)
VALUES ($scope_tenant, 1, $title, $service, $owner, $due_at, $state, $remark, $round_id, $flow, $need, $source, $user_name, $now,
	$user_name, $now, $done_at);

-- name: evaluate_action_update
-- 0 rows changed when the version is not the one that was read.
UPDATE improvement_action SET version = version + 1, title = $title, service = $service, owner = $owner, due_at = $due_at,
	state = $state, remark = $remark, round_id = $round_id, flow = $flow, need = $need, source = $source,
	changed_by = $user_name, changed_at = $now, done_at = $done_at
WHERE {SCOPE} AND id = $id AND version = $version;

-- name: evaluate_action_get
SELECT id, version, title, service, owner, due_at, state, remark, round_id, flow, need, source, created_by, created_at, changed_by,
	changed_at, done_at
FROM improvement_action
WHERE {SCOPE} AND id = $id;

-- name: evaluate_action_list
-- What is still to do first, by its due date; then what was done or dropped.
SELECT id, version, title, service, owner, due_at, state, remark, round_id, flow, need, source, created_by, created_at, changed_by,
	changed_at, done_at
FROM improvement_action
WHERE {SCOPE}
ORDER BY CASE state WHEN 'doing' THEN 0 WHEN 'planned' THEN 0 ELSE 1 END, due_at, id
LIMIT $count;

-- name: evaluate_standing_put
INSERT INTO evaluation_standing (tenant_id, framework, snapshot_id, taken_at, sums)
VALUES ($scope_tenant, $framework, $snapshot_id, $taken_at, $sums)
ON CONFLICT (tenant_id, framework) DO UPDATE SET snapshot_id = excluded.snapshot_id, taken_at = excluded.taken_at,
	sums = excluded.sums;
