-- scope: tenant

-- name: intake_batch_get
SELECT position, is_done, accepted, refused FROM intake_batch WHERE {SCOPE} AND key = $key;

-- name: intake_batch_begin
INSERT INTO intake_batch (tenant_id, key, position, is_done, accepted, refused, created_at)
VALUES ($scope_tenant, $key, $position, 0, 0, 0, $now);

-- name: intake_batch_done
UPDATE intake_batch SET is_done = 1, accepted = $accepted, refused = $refused WHERE {SCOPE} AND key = $key;

-- name: intake_batch_forget
DELETE FROM intake_batch WHERE {SCOPE} AND created_at < $before;

-- name: station_get
-- scope: system
SELECT position, events, damaged FROM station WHERE name = $name;

-- name: station_put
-- scope: system
INSERT INTO station (name, position, events, damaged, changed_at)
VALUES ($name, $position, $events, $damaged, $now)
ON CONFLICT (name) DO UPDATE SET position = excluded.position, events = excluded.events, damaged = excluded.damaged,
	changed_at = excluded.changed_at;
