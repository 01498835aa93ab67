-- What an alert's indicator is and what its list says of it, when an event held a value of a list.
CREATE TABLE alert_indicator (
	tenant_id {I64} NOT NULL,
	alert_id {I64} NOT NULL REFERENCES alert (id),
	type {TEXT} NOT NULL,
	value {TEXT} NOT NULL,
	field {TEXT} NOT NULL,
	list {TEXT} NOT NULL,
	line {I64} NOT NULL,
	description {TEXT} NOT NULL,
	license {TEXT} NOT NULL,
	source {TEXT} NOT NULL,
	is_retrospective {BOOL} NOT NULL,
	PRIMARY KEY (tenant_id, alert_id)
) {KEYED};
