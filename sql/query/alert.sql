-- scope: tenant

-- name: alert_get
SELECT id, version, rule_id, rule_title, tags, level, asset_value, confidence, priority, criteria_version, asset, account_name, first_at, last_at,
	created_at, changed_at, count, first_event, last_event, state, owner_id, owner_name, verdict,
	acknowledged_at, closed_at, incident_id
FROM alert WHERE {SCOPE} AND id = $id;

-- name: alert_list_priority
-- What matters first: one walk over the index alert_queue.
SELECT id, version, rule_id, rule_title, tags, level, asset_value, confidence, priority, criteria_version, asset, account_name, first_at, last_at,
	created_at, changed_at, count, first_event, last_event, state, owner_id, owner_name, verdict,
	acknowledged_at, closed_at, incident_id
FROM alert
WHERE {SCOPE} AND active = $active
	AND (($open = 1 AND state = 'open') OR ($acknowledged = 1 AND state = 'acknowledged') OR ($closed = 1 AND state = 'closed'))
	AND ($priorities & (1 << priority)) <> 0
	AND ($owner_id < 0 OR owner_id = $owner_id)
	AND ($rule_id = '' OR rule_id = $rule_id)
	AND ($asset = '' OR asset = $asset)
	AND ($text = '' OR rule_title LIKE $text ESCAPE '!' OR asset LIKE $text ESCAPE '!' OR account_name LIKE $text ESCAPE '!'
		OR $text_rules LIKE '%,' || rule_id || ',%')
	AND ($incident_id < 0 OR incident_id = $incident_id)
	AND last_at >= $from AND last_at < $until
	AND (priority < $at_priority OR (priority = $at_priority AND (last_at < $at_time OR (last_at = $at_time AND id < $at_id))))
ORDER BY priority DESC, last_at DESC, id DESC
LIMIT $limit;

-- name: alert_list_time
SELECT id, version, rule_id, rule_title, tags, level, asset_value, confidence, priority, criteria_version, asset, account_name, first_at, last_at,
	created_at, changed_at, count, first_event, last_event, state, owner_id, owner_name, verdict,
	acknowledged_at, closed_at, incident_id
FROM alert
WHERE {SCOPE} AND active = $active
	AND (($open = 1 AND state = 'open') OR ($acknowledged = 1 AND state = 'acknowledged') OR ($closed = 1 AND state = 'closed'))
	AND ($priorities & (1 << priority)) <> 0
	AND ($owner_id < 0 OR owner_id = $owner_id)
	AND ($rule_id = '' OR rule_id = $rule_id)
	AND ($asset = '' OR asset = $asset)
	AND ($text = '' OR rule_title LIKE $text ESCAPE '!' OR asset LIKE $text ESCAPE '!' OR account_name LIKE $text ESCAPE '!'
		OR $text_rules LIKE '%,' || rule_id || ',%')
	AND ($incident_id < 0 OR incident_id = $incident_id)
	AND last_at >= $from AND last_at < $until
	AND (last_at < $at_time OR (last_at = $at_time AND id < $at_id))
ORDER BY last_at DESC, id DESC
LIMIT $limit;

-- name: alert_list_all
-- Open and closed ones together, by time.
SELECT id, version, rule_id, rule_title, tags, level, asset_value, confidence, priority, criteria_version, asset, account_name, first_at, last_at,
	created_at, changed_at, count, first_event, last_event, state, owner_id, owner_name, verdict,
	acknowledged_at, closed_at, incident_id
FROM alert
WHERE {SCOPE}
	AND (($open = 1 AND state = 'open') OR ($acknowledged = 1 AND state = 'acknowledged') OR ($closed = 1 AND state = 'closed'))
	AND ($priorities & (1 << priority)) <> 0
	AND ($owner_id < 0 OR owner_id = $owner_id)
	AND ($rule_id = '' OR rule_id = $rule_id)
	AND ($asset = '' OR asset = $asset)
	AND ($text = '' OR rule_title LIKE $text ESCAPE '!' OR asset LIKE $text ESCAPE '!' OR account_name LIKE $text ESCAPE '!'
		OR $text_rules LIKE '%,' || rule_id || ',%')
	AND ($incident_id < 0 OR incident_id = $incident_id)
	AND last_at >= $from AND last_at < $until
	AND (last_at < $at_time OR (last_at = $at_time AND id < $at_id))
ORDER BY last_at DESC, id DESC
LIMIT $limit;

-- name: alert_facets
-- Counts by state, priority and whose; of the first $most hits.
SELECT state, priority, whose, count(*) AS n
FROM (SELECT state, priority, CASE WHEN owner_id = 0 THEN 'nobody' WHEN owner_id = $me THEN 'me' ELSE 'others' END AS whose
	FROM alert
	WHERE {SCOPE}
	AND (($open = 1 AND state = 'open') OR ($acknowledged = 1 AND state = 'acknowledged') OR ($closed = 1 AND state = 'closed'))
	AND ($priorities & (1 << priority)) <> 0
	AND ($owner_id < 0 OR owner_id = $owner_id)
	AND ($rule_id = '' OR rule_id = $rule_id)
	AND ($asset = '' OR asset = $asset)
	AND ($text = '' OR rule_title LIKE $text ESCAPE '!' OR asset LIKE $text ESCAPE '!' OR account_name LIKE $text ESCAPE '!'
		OR $text_rules LIKE '%,' || rule_id || ',%')
	AND ($incident_id < 0 OR incident_id = $incident_id)
	AND last_at >= $from AND last_at < $until
	LIMIT $most) AS hits
GROUP BY state, priority, whose;

-- name: alert_similar
-- A live alert of the same rule and group whose span touches the event's time.
SELECT id FROM alert
WHERE {SCOPE} AND rule_id = $rule_id AND group_key = $group_key AND active = 1
	AND last_at >= $least AND first_at <= $most
ORDER BY last_at DESC
LIMIT 1;

-- name: alert_related
-- Others of the same asset, latest first.
SELECT id, version, rule_id, rule_title, tags, level, asset_value, confidence, priority, criteria_version, asset, account_name, first_at, last_at,
	created_at, changed_at, count, first_event, last_event, state, owner_id, owner_name, verdict,
	acknowledged_at, closed_at, incident_id
FROM alert
WHERE {SCOPE} AND asset = $asset AND id <> $id AND last_at >= $from AND last_at < $until
ORDER BY last_at DESC
LIMIT $limit;

-- name: alert_insert
-- 0 rows changed when it is there already.
INSERT INTO alert (tenant_id, version, dedup, rule_id, rule_title, tags, level, asset_value, confidence, priority,
	criteria_version, asset, account_name, group_key, first_at, last_at, created_at, changed_at, count, first_event, last_event, active, state,
	owner_id, owner_name, verdict, acknowledged_at, closed_at, incident_id)
VALUES ($scope_tenant, 1, $dedup, $rule_id, $rule_title, $tags, $level, $asset_value, $confidence, $priority,
	$criteria_version, $asset, $account_name, $group_key, $first_at, $last_at, $now, $now, $count, $first_event, $last_event, 1, 'open', 0, '', '', 0, 0, 0)
ON CONFLICT (tenant_id, dedup) DO NOTHING;

-- name: alert_count_up
UPDATE alert SET count = count + $count, changed_at = $now, last_event = $last_event,
	first_at = CASE WHEN $first_at < first_at THEN $first_at ELSE first_at END,
	last_at = CASE WHEN $last_at > last_at THEN $last_at ELSE last_at END
WHERE {SCOPE} AND id = $id;

-- name: alert_event_add
INSERT INTO alert_event (tenant_id, alert_id, event_id, event_at)
SELECT $scope_tenant, id, $event_id, $at FROM alert WHERE {SCOPE} AND id = $alert_id AND count <= $most
ON CONFLICT (tenant_id, alert_id, event_id) DO NOTHING;

-- name: alert_event_list
SELECT event_id, event_at FROM alert_event WHERE {SCOPE} AND alert_id = $alert_id AND event_id > $behind
ORDER BY event_id LIMIT $limit;

-- name: alert_change
-- 0 rows changed when the version is not the one that was read.
UPDATE alert SET version = version + 1, changed_at = $now, active = $active, state = $state, owner_id = $owner_id,
	owner_name = $owner_name, verdict = $verdict, acknowledged_at = $acknowledged_at,
	closed_at = $closed_at, incident_id = $incident_id
WHERE {SCOPE} AND id = $id AND version = $version;

-- name: alert_entry_add
INSERT INTO alert_entry (tenant_id, alert_id, at, user_id, user_name, action, text, before)
VALUES ($scope_tenant, $alert_id, $at, $user_id, $user_name, $action, $text, $before);

-- name: alert_entry_list
SELECT id, at, user_id, user_name, action, text, before FROM alert_entry
WHERE {SCOPE} AND alert_id = $alert_id ORDER BY id DESC LIMIT $limit;

-- name: alert_rule_verdicts
-- How a rule has been judged since $from.
SELECT verdict, count(*) AS n FROM alert
WHERE {SCOPE} AND rule_id = $rule_id AND active = 0 AND last_at >= $from GROUP BY verdict;

-- name: alert_reaction
-- Seconds from detection to somebody's hand, latest first.
SELECT acknowledged_at - created_at AS wait_us FROM alert
WHERE {SCOPE} AND last_at >= $from AND acknowledged_at > 0
ORDER BY last_at DESC LIMIT $limit;

-- name: alert_of_event
SELECT id, version, rule_id, rule_title, tags, level, asset_value, confidence, priority, criteria_version, asset, account_name, first_at, last_at,
	created_at, changed_at, count, first_event, last_event, state, owner_id, owner_name, verdict,
	acknowledged_at, closed_at, incident_id
FROM alert
WHERE {SCOPE} AND id IN (SELECT alert_id FROM alert_event ae WHERE {SCOPE:ae} AND ae.event_id = $event_id)
ORDER BY last_at DESC
LIMIT $limit;

-- name: alert_match_add
-- 0 rows changed when it is there already.
INSERT INTO alert_match (tenant_id, match_id, alert_id, group_values, condition, measured, span_us, first_at, last_at, events)
VALUES ($scope_tenant, $match_id, $alert_id, $group_values, $condition, $measured, $span_us, $first_at, $last_at, $events)
ON CONFLICT (tenant_id, match_id) DO NOTHING;

-- name: alert_match_get
SELECT alert_id FROM alert_match WHERE {SCOPE} AND match_id = $match_id;

-- name: alert_match_list
SELECT match_id, group_values, condition, measured, span_us, first_at, last_at, events FROM alert_match
WHERE {SCOPE} AND alert_id = $alert_id ORDER BY first_at LIMIT $limit;

-- name: correlate_state_each
-- scope: system
-- why: the one station of the installation reads back the windows of every organisation when it starts
SELECT tenant_id, state FROM correlate_state ORDER BY tenant_id;

-- name: correlate_state_put
INSERT INTO correlate_state (tenant_id, state, changed_at) VALUES ($scope_tenant, $state, $now)
ON CONFLICT (tenant_id) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at;

-- name: alert_indicator_add
INSERT INTO alert_indicator (tenant_id, alert_id, type, value, field, list, line, description, license, source, is_retrospective)
VALUES ($scope_tenant, $alert_id, $type, $value, $field, $list, $line, $description, $license, $source, $is_retrospective)
ON CONFLICT (tenant_id, alert_id) DO NOTHING;

-- name: alert_indicator_get
SELECT type, value, field, list, line, description, license, source, is_retrospective FROM alert_indicator
WHERE {SCOPE} AND alert_id = $alert_id;

-- name: alert_judged
-- How many alerts stand at which severity, value, confidence and priority: for trying other criteria on them.
SELECT level, asset_value, confidence, priority, count(*) AS alerts
FROM alert
WHERE {SCOPE} AND created_at >= $since
GROUP BY level, asset_value, confidence, priority
ORDER BY level, asset_value, confidence, priority;
