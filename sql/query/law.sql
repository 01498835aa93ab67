-- scope: tenant

-- name: law_answer_list
SELECT question, is_number, number, user_name, at FROM law_answer WHERE {SCOPE};

-- name: law_answer_put
INSERT INTO law_answer (tenant_id, question, is_number, number, user_id, user_name, at)
VALUES ($scope_tenant, $question, $is_number, $number, $user_id, $user_name, $at)
ON CONFLICT (tenant_id, question) DO UPDATE SET is_number = excluded.is_number, number = excluded.number,
	user_id = excluded.user_id, user_name = excluded.user_name, at = excluded.at;

-- name: law_answer_drop
DELETE FROM law_answer WHERE {SCOPE} AND question = $question;

-- name: law_state_list
SELECT law, version, applies, compliance, evidence, responsible, remark, next_check, user_name, changed_at
FROM law_state
WHERE {SCOPE}
LIMIT $count;

-- name: law_state_insert
-- The first version; 0 rows changed when somebody was faster.
INSERT INTO law_state (tenant_id, law, version, applies, compliance, evidence, responsible, remark, next_check, user_id,
	user_name, changed_at)
VALUES ($scope_tenant, $law, 1, $applies, $compliance, $evidence, $responsible, $remark, $next_check, $user_id, $user_name,
	$changed_at)
ON CONFLICT (tenant_id, law) DO NOTHING;

-- name: law_state_update
-- 0 rows changed when the version is not the one that was read.
UPDATE law_state SET version = version + 1, applies = $applies, compliance = $compliance, evidence = $evidence,
	responsible = $responsible, remark = $remark, next_check = $next_check, user_id = $user_id, user_name = $user_name,
	changed_at = $changed_at
WHERE {SCOPE} AND law = $law AND version = $version;

-- name: law_own_list
SELECT id, name, article, title, requirement, source FROM law_own WHERE {SCOPE} ORDER BY id LIMIT $count;

-- name: law_own_insert
-- 0 rows changed when the organisation has as many as are allowed.
INSERT INTO law_own (tenant_id, name, article, title, requirement, source, user_name, at)
SELECT $scope_tenant, $name, $article, $title, $requirement, $source, $user_name, $at
WHERE (SELECT count(*) FROM law_own WHERE {SCOPE}) < $most;
