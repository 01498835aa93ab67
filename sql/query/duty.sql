-- scope: tenant

-- name: duty_open
INSERT INTO duty (tenant_id, service, source, what, due_at, opened_at, done_at, done_by, dropped_at)
VALUES ($scope_tenant, $service, $source, $what, $due_at, $now, 0, '', 0)
ON CONFLICT (tenant_id, source, service) DO UPDATE SET what = excluded.what, due_at = excluded.due_at
WHERE duty.done_at = 0 AND duty.dropped_at = 0;

-- name: duty_done
UPDATE duty SET done_at = $at, done_by = $done_by WHERE {SCOPE} AND source = $source AND done_at = 0 AND dropped_at = 0;

-- name: duty_drop
UPDATE duty SET dropped_at = $at WHERE {SCOPE} AND source = $source AND done_at = 0 AND dropped_at = 0;

-- name: duty_reopen
UPDATE duty SET done_at = 0, done_by = '', dropped_at = 0 WHERE {SCOPE} AND source = $source;

-- name: duty_facts
SELECT service, SUM(CASE WHEN due_at <= $now AND done_at > 0 THEN 1 ELSE 0 END) AS done,
	SUM(CASE WHEN due_at <= $now AND done_at = 0 THEN 1 ELSE 0 END) AS missed,
	SUM(CASE WHEN due_at > $now AND done_at = 0 THEN 1 ELSE 0 END) AS still_open,
	MAX(CASE WHEN due_at <= $now AND done_at = 0 THEN due_at ELSE 0 END) AS last_missed,
	COALESCE(MIN(CASE WHEN due_at > $now AND done_at = 0 THEN due_at END), 0) AS next_due
FROM duty
WHERE {SCOPE} AND due_at >= $from_at AND dropped_at = 0
GROUP BY service
ORDER BY service
LIMIT $count;

-- name: duty_list
SELECT id, service, source, what, due_at, done_at, done_by
FROM duty
WHERE {SCOPE} AND ($service = '' OR service = $service) AND dropped_at = 0
ORDER BY due_at DESC, id DESC
LIMIT $count;

-- name: duty_list_open
SELECT id, service, source, what, due_at, done_at, done_by
FROM duty
WHERE {SCOPE} AND ($service = '' OR service = $service) AND done_at = 0 AND dropped_at = 0
ORDER BY due_at, id
LIMIT $count;
