-- scope: subtree

-- name: group_place
-- One organisation at or below the reader's own.
SELECT t.id, t.name, coalesce(t.parent_id, 0) AS parent_id
FROM tenant t
WHERE {SCOPE:t.id} AND t.id = $of AND t.closed_at IS NULL;

-- name: group_member_list
-- The organisations directly below one, each with the sums of its newest signed snapshot; id 0: it has not signed one yet.
-- Customers of a provider are no members of a group.
SELECT t.id AS tenant_id, t.name, t.kind,
	(SELECT count(*) - 1 FROM tenant_tree b WHERE b.ancestor_id = t.id) AS below,
	coalesce(n.snapshot_id, 0) AS snapshot_id, coalesce(n.taken_at, 0) AS taken_at, coalesce(n.sums, '') AS sums
FROM tenant t LEFT JOIN evaluation_standing n ON n.tenant_id = t.id AND n.framework = $framework
WHERE {SCOPE:t.id} AND t.parent_id = $of AND t.closed_at IS NULL AND t.kind IN ('group', 'company', 'site')
ORDER BY t.name, t.id
LIMIT $count;

-- name: group_names
SELECT c.category, c.name_en, c.name_ja
FROM evaluation_snapshot s JOIN evaluation_snapshot_category c ON c.tenant_id = s.tenant_id AND c.snapshot_id = s.id
WHERE {SCOPE:s} AND s.id = $snapshot_id
ORDER BY c.position;

-- name: group_standings
-- Every organisation below one that has signed.
SELECT n.snapshot_id, n.taken_at, n.sums
FROM tenant_tree tt JOIN tenant t ON t.id = tt.descendant_id
	JOIN evaluation_standing n ON n.tenant_id = tt.descendant_id AND n.framework = $framework
WHERE {SCOPE:n} AND tt.ancestor_id = $of AND tt.depth > 0 AND t.closed_at IS NULL AND t.kind IN ('group', 'company', 'site');

-- name: group_below
SELECT count(*) AS below
FROM tenant_tree tt JOIN tenant t ON t.id = tt.descendant_id
WHERE {SCOPE:t.id} AND tt.ancestor_id = $of AND tt.depth > 0 AND t.closed_at IS NULL AND t.kind IN ('group', 'company', 'site');
