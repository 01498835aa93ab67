-- scope: tenant

-- name: calendar_task_insert
INSERT INTO calendar_task (tenant_id, version, title, service, every, weekday, month_day, month, shift, start_day, end_day, due_min,
	minutes, owner_id, owner_name, needs_note, is_active, proposal, rolled_day, changed_by, changed_at)
VALUES ($scope_tenant, 1, $title, $service, $every, $weekday, $month_day, $month, $shift, $start_day, $end_day, $due_min,
	$minutes, $owner_id, $owner_name, $needs_note, $is_active, $proposal, $rolled_day, $changed_by, $changed_at);

-- name: calendar_task_update
-- 0 rows changed when the version is not the one that was read.
UPDATE calendar_task SET version = version + 1, title = $title, service = $service, every = $every, weekday = $weekday,
	month_day = $month_day, month = $month, shift = $shift, start_day = $start_day, end_day = $end_day, due_min = $due_min,
	minutes = $minutes, owner_id = $owner_id, owner_name = $owner_name, needs_note = $needs_note, is_active = $is_active,
	proposal = $proposal, rolled_day = $rolled_day, changed_by = $changed_by, changed_at = $changed_at
WHERE {SCOPE} AND id = $id AND version = $version;

-- name: calendar_task_get
SELECT id, version, title, service, every, weekday, month_day, month, shift, start_day, end_day, due_min, minutes, owner_id,
	owner_name, needs_note, is_active, proposal, rolled_day, changed_by, changed_at
FROM calendar_task
WHERE {SCOPE} AND id = $id;

-- name: calendar_task_list
SELECT id, version, title, service, every, weekday, month_day, month, shift, start_day, end_day, due_min, minutes, owner_id,
	owner_name, needs_note, is_active, proposal, rolled_day, changed_by, changed_at
FROM calendar_task
WHERE {SCOPE}
ORDER BY is_active DESC, service, id
LIMIT $count;

-- name: calendar_task_rolled
UPDATE calendar_task SET rolled_day = $rolled_day WHERE {SCOPE} AND id = $id;

-- name: calendar_roll_tenants
-- scope: system
-- why: the hourly roll opens days for every organisation; only ids leave
-- Organisations with a task that is not opened far enough ahead.
SELECT DISTINCT tenant_id FROM calendar_task WHERE is_active = 1 AND rolled_day < $day LIMIT $count;

-- name: calendar_due_insert
INSERT INTO calendar_due (tenant_id, task_id, day, due_at, state, note, work_id, closed_by, closed_name, closed_at, blob, blob_name)
VALUES ($scope_tenant, $task_id, $day, $due_at, 'open', '', 0, 0, '', 0, '', '')
ON CONFLICT (tenant_id, task_id, day) DO NOTHING;

-- name: calendar_due_close
UPDATE calendar_due SET state = $state, note = $note, work_id = $work_id, closed_by = $closed_by, closed_name = $closed_name,
	closed_at = $closed_at, blob = $blob, blob_name = $blob_name
WHERE {SCOPE} AND task_id = $task_id AND day = $day AND state = 'open';

-- name: calendar_due_get
SELECT d.task_id, d.day, d.due_at, d.state, d.note, d.work_id, d.closed_name, d.closed_at, d.blob, d.blob_name, t.title, t.service,
	t.owner_id, t.owner_name, t.needs_note, t.minutes, t.changed_at
FROM calendar_due d JOIN calendar_task t ON t.tenant_id = d.tenant_id AND t.id = d.task_id
WHERE {SCOPE:d} AND d.task_id = $task_id AND d.day = $day;

-- name: calendar_due_list
SELECT d.task_id, d.day, d.due_at, d.state, d.note, d.work_id, d.closed_name, d.closed_at, d.blob, d.blob_name, t.title, t.service,
	t.owner_id, t.owner_name, t.needs_note, t.minutes, t.changed_at
FROM calendar_due d JOIN calendar_task t ON t.tenant_id = d.tenant_id AND t.id = d.task_id
WHERE {SCOPE:d} AND d.day >= $from_day AND d.day <= $to_day AND ($owner_id < 0 OR t.owner_id = $owner_id)
	AND ($task_id = 0 OR d.task_id = $task_id)
ORDER BY d.day, d.due_at, d.task_id
LIMIT $count;

-- name: calendar_due_missed
-- Open ones whose time has passed, the newest first.
SELECT d.task_id, d.day, d.due_at, d.state, d.note, d.work_id, d.closed_name, d.closed_at, d.blob, d.blob_name, t.title, t.service,
	t.owner_id, t.owner_name, t.needs_note, t.minutes, t.changed_at
FROM calendar_due d JOIN calendar_task t ON t.tenant_id = d.tenant_id AND t.id = d.task_id
WHERE {SCOPE:d} AND d.state = 'open' AND d.due_at < $now AND ($owner_id < 0 OR t.owner_id = $owner_id)
ORDER BY d.due_at DESC, d.task_id
LIMIT $count;

-- name: calendar_due_future
SELECT day FROM calendar_due WHERE {SCOPE} AND task_id = $task_id AND state = 'open' AND due_at > $now ORDER BY day LIMIT $count;

-- name: calendar_due_drop
DELETE FROM calendar_due WHERE {SCOPE} AND task_id = $task_id AND day = $day AND state = 'open';

-- name: calendar_due_counts
SELECT COALESCE(SUM(CASE WHEN state = 'open' AND due_at < $now THEN 1 ELSE 0 END), 0) AS missed,
	COALESCE(SUM(CASE WHEN state = 'open' AND due_at >= $now AND day = $today THEN 1 ELSE 0 END), 0) AS today,
	COALESCE(SUM(CASE WHEN state = 'open' AND due_at >= $now AND day > $today AND day <= $week THEN 1 ELSE 0 END), 0) AS week,
	COALESCE(SUM(CASE WHEN state = 'done' THEN 1 ELSE 0 END), 0) AS done,
	COALESCE(SUM(CASE WHEN state = 'skipped' THEN 1 ELSE 0 END), 0) AS skipped
FROM calendar_due
WHERE {SCOPE} AND day >= $from_day;

-- name: calendar_feed_insert
INSERT INTO calendar_feed (tenant_id, user_id, token_hash, is_all, created_at, revoked_at)
VALUES ($scope_tenant, $user_id, $token_hash, $is_all, $now, 0);

-- name: calendar_feed_revoke
UPDATE calendar_feed SET revoked_at = $now WHERE {SCOPE} AND id = $id AND user_id = $user_id AND revoked_at = 0;

-- name: calendar_feed_list
SELECT id, is_all, created_at FROM calendar_feed
WHERE {SCOPE} AND user_id = $user_id AND revoked_at = 0 ORDER BY id LIMIT $count;

-- name: calendar_feed_find
-- scope: system
-- why: the secret token alone says whose calendar it is
-- Only of people whose account is active.
SELECT f.tenant_id, f.user_id, f.is_all FROM calendar_feed f JOIN account a ON a.id = f.user_id
WHERE f.token_hash = $token_hash AND f.revoked_at = 0 AND a.is_active = 1;
