-- Findings of a rule that somebody wants held back for a while, on one asset, of one account, or with one value.
-- Empty conditions are not asked; ended_at 0: not ended by hand.
CREATE TABLE suppression (
	id {ID},
	tenant_id {I64} NOT NULL,
	rule_id {TEXT} NOT NULL,
	rule_title {TEXT} NOT NULL,
	asset {TEXT} NOT NULL,
	account_name {TEXT} NOT NULL,
	field {TEXT} NOT NULL,
	value {TEXT} NOT NULL,
	reason {TEXT} NOT NULL,
	owner_id {I64} NOT NULL,
	owner_name {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	expires_at {I64} NOT NULL,
	ended_at {I64} NOT NULL,
	ended_by {TEXT} NOT NULL,
	hits {I64} NOT NULL,
	last_at {I64} NOT NULL
) {STRICT};
CREATE INDEX suppression_live ON suppression (tenant_id, rule_id, ended_at, expires_at);

-- What it held back: findable, never lost.
CREATE TABLE suppressed (
	tenant_id {I64} NOT NULL,
	suppression_id {I64} NOT NULL REFERENCES suppression (id),
	event_id {I64} NOT NULL,
	event_at {I64} NOT NULL,
	asset {TEXT} NOT NULL,
	account_name {TEXT} NOT NULL,
	PRIMARY KEY (tenant_id, suppression_id, event_id)
) {KEYED};
