-- The windows of live correlations, one state an organisation, written in the transaction of the checkpoint 'correlate'
-- of table station; read back when a station starts.
CREATE TABLE correlate_state (
	tenant_id {I64} NOT NULL PRIMARY KEY,
	state {BLOB} NOT NULL,
	changed_at {I64} NOT NULL
) {KEYED};

-- One match of a correlation. match_id: hash of rule, group and start, so that a replay makes no twin.
-- group_values: JSON [["field","value"], …]. measured: what the condition was held against.
CREATE TABLE alert_match (
	tenant_id {I64} NOT NULL,
	match_id {TEXT} NOT NULL,
	alert_id {I64} NOT NULL REFERENCES alert (id),
	group_values {TEXT} NOT NULL,
	condition {TEXT} NOT NULL,
	measured {REAL} NOT NULL,
	span_us {I64} NOT NULL,
	first_at {I64} NOT NULL,
	last_at {I64} NOT NULL,
	events {I64} NOT NULL,
	PRIMARY KEY (tenant_id, match_id)
) {KEYED};
CREATE INDEX alert_match_of ON alert_match (tenant_id, alert_id, first_at);
