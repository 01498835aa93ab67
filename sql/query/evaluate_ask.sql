-- scope: tenant

-- name: ask_insert
-- Nothing is inserted when the same is asked of the same already.
INSERT INTO evaluation_ask (tenant_id, round_id, item, person_id, team_id, due_at, remark, asked_by, asked_at, reminders, reminded_at,
	answered_by, answered_at, withdrawn_at)
VALUES ($scope_tenant, $round_id, $item, $person_id, $team_id, $due_at, $remark, $asked_by, $now, 0, 0, '', 0, 0)
ON CONFLICT DO NOTHING;

-- name: ask_list
-- Of one round, or (round 0) of every round that is not signed.
SELECT a.id, a.round_id, r.name AS round_name, r.start_at, a.item, a.person_id, a.team_id, a.due_at, a.remark, a.asked_by, a.asked_at,
	a.reminders, a.reminded_at, a.answered_by, a.answered_at, r.state = 'signed' AS is_signed
FROM evaluation_ask a JOIN evaluation_round r ON r.id = a.round_id AND r.tenant_id = a.tenant_id
WHERE {SCOPE:a} AND a.withdrawn_at = 0 AND (a.round_id = $round_id OR ($round_id = 0 AND r.state <> 'signed'))
ORDER BY a.answered_at > 0, a.due_at, a.id
LIMIT $count;

-- name: ask_get
SELECT a.id, a.round_id, r.name AS round_name, r.start_at, a.item, a.person_id, a.team_id, a.due_at, a.remark, a.asked_by, a.asked_at,
	a.reminders, a.reminded_at, a.answered_by, a.answered_at, r.state = 'signed' AS is_signed
FROM evaluation_ask a JOIN evaluation_round r ON r.id = a.round_id AND r.tenant_id = a.tenant_id
WHERE {SCOPE:a} AND a.id = $id AND a.withdrawn_at = 0;

-- name: ask_remind
UPDATE evaluation_ask SET reminders = reminders + 1, reminded_at = $now WHERE {SCOPE} AND id = $id;

-- name: ask_answer
UPDATE evaluation_ask SET answered_by = $answered_by, answered_at = $now WHERE {SCOPE} AND id = $id;

-- name: ask_withdraw
UPDATE evaluation_ask SET withdrawn_at = $now WHERE {SCOPE} AND id = $id;

-- name: ask_waiting
-- What is asked of one login, alone or with its team, and not answered yet.
SELECT count(*) AS waiting, coalesce(min(a.due_at), 0) AS first_due, coalesce(max(a.reminded_at), 0) AS reminded
FROM evaluation_ask a JOIN evaluation_round r ON r.id = a.round_id AND r.tenant_id = a.tenant_id
	JOIN person p ON p.tenant_id = a.tenant_id AND (p.id = a.person_id OR (a.team_id > 0 AND p.team_id = a.team_id))
WHERE {SCOPE:a} AND p.account_id = $account_id AND a.withdrawn_at = 0 AND a.answered_at = 0 AND r.state <> 'signed';
