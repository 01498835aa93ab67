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
