-- scope: tenant

-- name: rule_hits_add
INSERT INTO rule_hits (tenant_id, span, start_at, rule_id, matches, filtered)
VALUES ($scope_tenant, $span, $start, $rule_id, $matches, $filtered)
ON CONFLICT (tenant_id, span, start_at, rule_id)
DO UPDATE SET matches = rule_hits.matches + excluded.matches, filtered = rule_hits.filtered + excluded.filtered;

-- name: rule_last_put
INSERT INTO rule_last (tenant_id, rule_id, last_at) VALUES ($scope_tenant, $rule_id, $at)
ON CONFLICT (tenant_id, rule_id)
DO UPDATE SET last_at = CASE WHEN excluded.last_at > rule_last.last_at THEN excluded.last_at ELSE rule_last.last_at END;

-- name: rule_hits_sum
-- Matches of every rule in a span of time.
SELECT rule_id, sum(matches) AS matches, sum(filtered) AS filtered FROM rule_hits
WHERE {SCOPE} AND span = $span AND start_at >= $from GROUP BY rule_id;

-- name: rule_last_list
SELECT rule_id, last_at FROM rule_last WHERE {SCOPE};

-- name: rule_hits_of
SELECT start_at, matches, filtered FROM rule_hits
WHERE {SCOPE} AND rule_id = $rule_id AND span = 'day' AND start_at >= $from ORDER BY start_at;

-- name: rule_hits_sweep
-- scope: system
-- why: old rows of every organisation go.
DELETE FROM rule_hits WHERE start_at < CASE WHEN span = 'hour' THEN $hours_before ELSE $days_before END;

-- name: rule_source_add
INSERT INTO rule_source (tenant_id, product, category, service, last_at, events)
VALUES ($scope_tenant, $product, $category, $service, $at, $events)
ON CONFLICT (tenant_id, product, category, service) DO UPDATE SET events = rule_source.events + excluded.events,
	last_at = CASE WHEN excluded.last_at > rule_source.last_at THEN excluded.last_at ELSE rule_source.last_at END;

-- name: rule_source_list
SELECT product, category, service, last_at, events FROM rule_source WHERE {SCOPE} AND last_at >= $from
ORDER BY product, category, service LIMIT $limit;

-- name: rule_switch_put
INSERT INTO rule_switch (tenant_id, rule_id, is_off, reason, user_id, user_name, changed_at)
VALUES ($scope_tenant, $rule_id, $is_off, $reason, $user_id, $user_name, $now)
ON CONFLICT (tenant_id, rule_id) DO UPDATE SET is_off = excluded.is_off, reason = excluded.reason,
	user_id = excluded.user_id, user_name = excluded.user_name, changed_at = excluded.changed_at;

-- name: rule_switch_get
SELECT is_off, reason, user_name, changed_at FROM rule_switch WHERE {SCOPE} AND rule_id = $rule_id;

-- name: rule_switch_off_list
SELECT rule_id, reason, user_name, changed_at FROM rule_switch WHERE {SCOPE} AND is_off = 1;

-- name: rule_switch_off_all
-- scope: system
-- why: the station judges events of every organisation; each row names whose decision it is.
SELECT tenant_id, rule_id FROM rule_switch WHERE is_off = 1;

-- name: rule_filter_insert
INSERT INTO rule_filter (tenant_id, version, rule_id, title, yaml, reason, owner_id, owner_name, created_at, expires_at,
	removed_at, removed_by)
VALUES ($scope_tenant, 1, $rule_id, $title, $yaml, $reason, $owner_id, $owner_name, $now, $expires_at, 0, '');

-- name: rule_filter_get
SELECT id, version, rule_id, title, yaml, reason, owner_id, owner_name, created_at, expires_at, removed_at, removed_by
FROM rule_filter WHERE {SCOPE} AND id = $id;

-- name: rule_filter_list
-- rule_id empty: of every rule. ended: those that were removed or ran out as well.
SELECT id, version, rule_id, title, yaml, reason, owner_id, owner_name, created_at, expires_at, removed_at, removed_by
FROM rule_filter
WHERE {SCOPE} AND ($rule_id = '' OR rule_id = $rule_id) AND ($ended = 1 OR (removed_at = 0 AND expires_at > $now))
ORDER BY id DESC LIMIT $limit;

-- name: rule_filter_live_count
SELECT count(*) AS n FROM rule_filter WHERE {SCOPE} AND removed_at = 0 AND expires_at > $now;

-- name: rule_filter_change
-- 0 rows changed when the version is not the one that was read.
UPDATE rule_filter SET version = version + 1, expires_at = $expires_at, removed_at = $removed_at, removed_by = $removed_by
WHERE {SCOPE} AND id = $id AND version = $version;

-- name: rule_filter_live_all
-- scope: system
-- why: see rule_switch_off_all.
SELECT id, tenant_id, rule_id, yaml, expires_at FROM rule_filter WHERE removed_at = 0 AND expires_at > $now ORDER BY id;

-- name: backtest_insert
INSERT INTO backtest (tenant_id, rule_id, title, yaml, filters, from_at, until_at, state, progress, events, matches,
	filtered, looked_until, days, examples, failure, user_id, user_name, created_at, started_at, ended_at, draft)
VALUES ($scope_tenant, $rule_id, $title, $yaml, $filters, $from, $until, 'waiting', 0, 0, 0, 0, 0, '[]', '[]', '',
	$user_id, $user_name, $now, 0, 0, $draft);

-- name: backtest_get
SELECT id, rule_id, title, yaml, filters, from_at, until_at, state, progress, events, matches, filtered, looked_until,
	days, examples, failure, user_name, created_at, started_at, ended_at, draft
FROM backtest WHERE {SCOPE} AND id = $id;

-- name: backtest_list
-- Without the long texts.
SELECT id, rule_id, title, '' AS yaml, '' AS filters, from_at, until_at, state, progress, events, matches, filtered,
	looked_until, '' AS days, '' AS examples, failure, user_name, created_at, started_at, ended_at, '' AS draft
FROM backtest WHERE {SCOPE} AND ($rule_id = '' OR rule_id = $rule_id) ORDER BY id DESC LIMIT $limit;

-- name: backtest_open_count
SELECT count(*) AS n FROM backtest WHERE {SCOPE} AND state IN ('waiting', 'running');

-- name: backtest_begin
UPDATE backtest SET state = 'running', started_at = $now, progress = 0
WHERE {SCOPE} AND id = $id AND state IN ('waiting', 'running');

-- name: backtest_save
-- 0 rows changed when somebody cancelled it.
UPDATE backtest SET state = $state, progress = $progress, events = $events, matches = $matches, filtered = $filtered,
	looked_until = $looked_until, days = $days, examples = $examples, failure = $failure, ended_at = $ended_at
WHERE {SCOPE} AND id = $id AND state = 'running';

-- name: backtest_cancel
UPDATE backtest SET state = 'cancelled', ended_at = $now WHERE {SCOPE} AND id = $id AND state IN ('waiting', 'running');
