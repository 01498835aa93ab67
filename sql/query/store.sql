-- scope: system

-- name: migration_list
SELECT version, name, applied_at FROM schema_migration ORDER BY version;

-- name: migration_add
INSERT INTO schema_migration (version, name) VALUES ($version, $name);

-- name: installation_get
SELECT value, changed_at FROM installation WHERE key = $key;

-- name: installation_put
INSERT INTO installation (key, value, changed_at) VALUES ($key, $value, $now)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at;

-- name: installation_remove
DELETE FROM installation WHERE key = $key;

-- name: job_add
-- why: the queue serves the whole installation; the job names its organisation.
INSERT INTO job (tenant_id, queue, kind, dedup_key, payload, attempts_max, due_at, created_at)
VALUES ($tenant_id, $queue, $kind, $dedup_key, $payload, $attempts_max, $due_at, $now)
ON CONFLICT (queue, dedup_key) WHERE dedup_key IS NOT NULL DO NOTHING;

-- name: job_take
-- The oldest due job, or one whose lease ran out because its worker died.
-- why: see job_add.
UPDATE job SET state = 'taken', attempts = attempts + 1, lease_until = $lease_until
WHERE id = (
	SELECT id FROM job
	WHERE queue = $queue AND ((state = 'ready' AND due_at <= $now) OR (state = 'taken' AND lease_until <= $now))
	ORDER BY due_at, id LIMIT 1)
RETURNING id, tenant_id, kind, payload, attempts, attempts_max, lease_until;

-- name: job_done
-- Changes no row when the lease ran out and somebody else has it.
-- why: see job_add.
DELETE FROM job WHERE id = $id AND state = 'taken' AND lease_until = $lease_until;

-- name: job_again
-- why: see job_add.
UPDATE job SET state = $state, due_at = $due_at, lease_until = NULL, last_error = $last_error
WHERE id = $id AND state = 'taken' AND lease_until = $lease_until;

-- name: job_counts
-- why: shown to whoever runs the installation.
SELECT coalesce(sum(CASE WHEN state = 'ready' THEN 1 ELSE 0 END), 0) AS ready,
	coalesce(sum(CASE WHEN state = 'taken' THEN 1 ELSE 0 END), 0) AS taken,
	coalesce(sum(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) AS dead
FROM job WHERE queue = $queue;

-- name: job_revive
-- Dead letters get all their attempts again.
-- why: see job_counts.
UPDATE job SET state = 'ready', attempts = 0, due_at = $now WHERE queue = $queue AND state = 'dead';

-- name: blob_ref_add
-- scope: tenant
INSERT INTO blob_ref (tenant_id, sha256, size_bytes, owner, created_at)
VALUES ($scope_tenant, $sha256, $size_bytes, $owner, $now)
ON CONFLICT (tenant_id, sha256, owner) DO NOTHING;

-- name: blob_ref_find
-- scope: tenant
SELECT size_bytes FROM blob_ref WHERE {SCOPE} AND sha256 = $sha256 LIMIT 1;
