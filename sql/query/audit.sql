-- scope: system

-- name: audit_head_get
-- why: the chain's head is read before each append, for the actor's organisation or the installation's own chain.
SELECT seq, hash FROM audit_head WHERE tenant_id = $tenant_id;

-- name: audit_head_put
-- why: see audit_head_get.
INSERT INTO audit_head (tenant_id, seq, hash) VALUES ($tenant_id, $seq, $hash)
ON CONFLICT (tenant_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;

-- name: audit_add
-- why: the installation's own chain (tenant 0) has no organisation to be scoped to.
INSERT INTO audit (tenant_id, seq, at, actor_kind, actor_id, actor_name, action, object, detail, prev_hash, hash)
VALUES ($tenant_id, $seq, $at, $actor_kind, $actor_id, $actor_name, $action, $object, $detail, $prev_hash, $hash);

-- name: audit_chains
-- Every chain that has a head or a row.
-- why: verification covers the whole installation.
SELECT tenant_id FROM audit_head UNION SELECT DISTINCT tenant_id FROM audit ORDER BY tenant_id;

-- name: audit_walk
-- why: verification covers the whole installation.
SELECT seq, at, actor_kind, actor_id, actor_name, action, object, detail, prev_hash, hash FROM audit
WHERE tenant_id = $tenant_id AND seq > $after ORDER BY seq LIMIT $limit;

-- name: audit_list
-- scope: subtree
-- Newest first, before a place in the list; action and object are prefixes, empty for all.
SELECT a.tenant_id, a.seq, a.at, a.actor_kind, a.actor_id, a.actor_name, a.action, a.object, a.detail, a.hash
FROM audit a
WHERE {SCOPE:a} AND (a.at < $before_at OR (a.at = $before_at AND a.seq < $before_seq))
	AND substr(a.action, 1, length($action)) = $action AND substr(a.object, 1, length($object)) = $object
ORDER BY a.at DESC, a.seq DESC LIMIT $limit;
