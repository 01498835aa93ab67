-- scope: tenant

-- name: lens_correction_insert
INSERT INTO content_correction (tenant_id, content_set, item, field, lang, body, source, user_id, user_name, at)
VALUES ($scope_tenant, $content_set, $item, $field, $lang, $body, $source, $user_id, $user_name, $at);

-- name: lens_correction_list
-- The newest of each text.
SELECT content_set, item, field, lang, body, source, user_name, at
FROM content_correction
WHERE {SCOPE} AND content_set = $content_set AND id IN (
	SELECT max(id) FROM content_correction
	WHERE {SCOPE} AND content_set = $content_set
	GROUP BY item, field, lang)
ORDER BY item, field, lang
LIMIT $count;

-- name: lens_correction_history
SELECT content_set, item, field, lang, body, source, user_name, at
FROM content_correction
WHERE {SCOPE} AND content_set = $content_set AND item = $item
ORDER BY id DESC
LIMIT $count;
