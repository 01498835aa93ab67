-- Answers to writes that carried an Idempotency-Key, for a day. status 0: the first sender is still at work.
CREATE TABLE http_reply (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	owner {TEXT} NOT NULL,
	key {TEXT} NOT NULL,
	print {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	status {I64} NOT NULL,
	content_type {TEXT} NOT NULL,
	location {TEXT} NOT NULL,
	body {BLOB} NOT NULL,
	PRIMARY KEY (tenant_id, owner, key)
) {KEYED};
CREATE INDEX http_reply_by_age ON http_reply (created_at);
