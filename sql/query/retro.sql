-- scope: tenant

-- name: retro_insert
INSERT INTO retro (tenant_id, lists, from_at, until_at, state, progress, before_id, events, hits, alerts, looked_until,
	failure, user_id, user_name, created_at, started_at, ended_at)
VALUES ($scope_tenant, $lists, $from, $until, 'waiting', 0, 0, 0, 0, 0, 0, '', $user_id, $user_name, $now, 0, 0);

-- name: retro_get
SELECT id, lists, from_at, until_at, state, progress, before_id, events, hits, alerts, looked_until, failure, user_id,
	user_name, created_at, started_at, ended_at
FROM retro WHERE {SCOPE} AND id = $id;

-- name: retro_list_all
SELECT id, lists, from_at, until_at, state, progress, before_id, events, hits, alerts, looked_until, failure, user_id,
	user_name, created_at, started_at, ended_at
FROM retro WHERE {SCOPE} ORDER BY id DESC LIMIT $limit;

-- name: retro_open_count
SELECT count(*) AS n FROM retro WHERE {SCOPE} AND state IN ('waiting', 'running');

-- name: retro_waiting
-- One that nobody began yet takes further lists along.
SELECT id, lists FROM retro WHERE {SCOPE} AND state = 'waiting' ORDER BY id LIMIT 1;

-- name: retro_widen
UPDATE retro SET lists = $lists, until_at = $until WHERE {SCOPE} AND id = $id AND state = 'waiting';

-- name: retro_begin
UPDATE retro SET state = 'running', started_at = CASE WHEN started_at = 0 THEN $now ELSE started_at END,
	before_id = CASE WHEN before_id = 0 THEN $before ELSE before_id END
WHERE {SCOPE} AND id = $id AND state IN ('waiting', 'running');

-- name: retro_save
-- 0 rows changed when somebody cancelled it.
UPDATE retro SET state = $state, progress = $progress, before_id = $before, events = $events, hits = $hits,
	alerts = $alerts, looked_until = $looked_until, failure = $failure, ended_at = $ended_at
WHERE {SCOPE} AND id = $id AND state = 'running';

-- name: retro_cancel
UPDATE retro SET state = 'cancelled', ended_at = $now WHERE {SCOPE} AND id = $id AND state IN ('waiting', 'running');

-- name: retro_hit_add
-- 0 rows changed when this event met this indicator before, afterwards or when it arrived.
INSERT INTO retro_hit (tenant_id, event_id, rule_id)
SELECT $scope_tenant, $event_id, $rule_id
WHERE NOT EXISTS (SELECT 1 FROM alert_event WHERE {SCOPE} AND event_id = $event_id
	AND EXISTS (SELECT 1 FROM alert WHERE id = alert_event.alert_id AND rule_id = $rule_id))
ON CONFLICT (tenant_id, event_id, rule_id) DO NOTHING;

-- name: retro_tenants
-- scope: system
-- why: changed lists are compared with the events of every organisation.
SELECT id FROM tenant WHERE closed_at IS NULL ORDER BY id LIMIT $limit;

-- name: retro_stamp_list
-- scope: system
SELECT path, stamp FROM retro_list ORDER BY path LIMIT $limit;

-- name: retro_stamp_put
-- scope: system
INSERT INTO retro_list (path, stamp) VALUES ($path, $stamp) ON CONFLICT (path) DO UPDATE SET stamp = excluded.stamp;
