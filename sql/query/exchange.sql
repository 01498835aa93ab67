-- scope: tenant

-- name: exchange_import_insert
INSERT INTO portfolio_import (tenant_id, framework, name, sha256, file, state, row_count, change_id, user_id, user_name,
	created_at, applied_at, undone_at)
VALUES ($scope_tenant, $framework, $name, $sha256, $file, 'seen', 0, NULL, $user_id, $user_name, $now, 0, 0);

-- name: exchange_import_forget
-- What was looked at and left.
DELETE FROM portfolio_import WHERE {SCOPE} AND state = 'seen' AND created_at < $before_time;

-- name: exchange_import_get
SELECT id, framework, name, sha256, file, state, row_count, change_id, user_name, created_at, applied_at
FROM portfolio_import
WHERE {SCOPE} AND id = $id;

-- name: exchange_import_list
SELECT id, framework, name, sha256, state, row_count, change_id, user_name, created_at, applied_at
FROM portfolio_import
WHERE {SCOPE}
ORDER BY created_at DESC, id DESC
LIMIT $count;

-- name: exchange_import_apply
-- 0 rows changed when somebody was faster.
UPDATE portfolio_import SET state = 'applied', file = $file, row_count = $row_count, change_id = $change_id, applied_at = $now
WHERE {SCOPE} AND id = $id AND state = 'seen';

-- name: exchange_import_undo
UPDATE portfolio_import SET state = 'undone', undone_at = $now
WHERE {SCOPE} AND id = $id AND state = 'applied';
