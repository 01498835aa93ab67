-- scope: tenant

-- name: http_reply_take
-- One row when the key is ours now: it is new, or its first sender died at work.
INSERT INTO http_reply (tenant_id, owner, key, print, created_at, status, content_type, location, body)
VALUES ($scope_tenant, $owner, $key, $print, $now, 0, '', '', $body)
ON CONFLICT (tenant_id, owner, key) DO UPDATE SET print = excluded.print, created_at = excluded.created_at
WHERE http_reply.status = 0 AND http_reply.created_at < $stale
RETURNING created_at;

-- name: http_reply_get
SELECT print, status, content_type, location, body FROM http_reply WHERE {SCOPE} AND owner = $owner AND key = $key;

-- name: http_reply_keep
UPDATE http_reply SET status = $status, content_type = $content_type, location = $location, body = $body
WHERE {SCOPE} AND owner = $owner AND key = $key;

-- name: http_reply_free
DELETE FROM http_reply WHERE {SCOPE} AND owner = $owner AND key = $key;

-- name: http_reply_sweep
-- scope: system
-- why: age counts for every organisation alike.
DELETE FROM http_reply WHERE created_at < $before;
