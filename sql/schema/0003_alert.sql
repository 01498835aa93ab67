-- Deliveries with an idempotency key: where the archive ended when they began, and what came of them.
CREATE TABLE intake_batch (
	tenant_id {I64} NOT NULL,
	key {TEXT} NOT NULL,
	position {I64} NOT NULL,
	is_done {BOOL} NOT NULL,
	accepted {I64} NOT NULL,
	refused {I64} NOT NULL,
	created_at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, key)
) {KEYED};
CREATE INDEX intake_batch_age ON intake_batch (tenant_id, created_at);

-- How far a station has read the archive; written in the transaction of what it made of it.
CREATE TABLE station (
	name {TEXT} NOT NULL PRIMARY KEY,
	position {I64} NOT NULL,
	events {I64} NOT NULL,
	damaged {I64} NOT NULL,
	changed_at {I64} NOT NULL
) {KEYED};

-- What detection found. dedup: hash of rule, group and first event, so that a replay makes no twin.
-- level 1..5 as the rule says; priority 1..5 by the criteria of A-9; active: not closed.
CREATE TABLE alert (
	id {ID},
	tenant_id {I64} NOT NULL,
	version {I64} NOT NULL,
	dedup {TEXT} NOT NULL,
	rule_id {TEXT} NOT NULL,
	rule_title {TEXT} NOT NULL,
	tags {TEXT} NOT NULL,
	level {I64} NOT NULL CHECK (level BETWEEN 1 AND 5),
	asset_value {I64} NOT NULL CHECK (asset_value BETWEEN 1 AND 3),
	confidence {I64} NOT NULL CHECK (confidence BETWEEN 1 AND 3),
	priority {I64} NOT NULL CHECK (priority BETWEEN 1 AND 5),
	asset {TEXT} NOT NULL,
	account_name {TEXT} NOT NULL,
	group_key {TEXT} NOT NULL,
	first_at {I64} NOT NULL,
	last_at {I64} NOT NULL,
	created_at {I64} NOT NULL,
	changed_at {I64} NOT NULL,
	count {I64} NOT NULL,
	first_event {I64} NOT NULL,
	last_event {I64} NOT NULL,
	active {BOOL} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('open', 'acknowledged', 'closed')),
	owner_id {I64} NOT NULL,
	owner_name {TEXT} NOT NULL,
	verdict {TEXT} NOT NULL,
	acknowledged_at {I64} NOT NULL,
	closed_at {I64} NOT NULL,
	incident_id {I64} NOT NULL,
	UNIQUE (tenant_id, dedup)
) {STRICT};
CREATE INDEX alert_queue ON alert (tenant_id, active, priority, last_at, id);
CREATE INDEX alert_time ON alert (tenant_id, active, last_at, id);
CREATE INDEX alert_all ON alert (tenant_id, last_at, id);
CREATE INDEX alert_group ON alert (tenant_id, rule_id, group_key, last_at);
CREATE INDEX alert_asset ON alert (tenant_id, asset, last_at);
CREATE INDEX alert_incident ON alert (tenant_id, incident_id);

CREATE TABLE alert_event (
	tenant_id {I64} NOT NULL,
	alert_id {I64} NOT NULL REFERENCES alert (id),
	event_id {I64} NOT NULL,
	event_at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, alert_id, event_id)
) {KEYED};

CREATE INDEX alert_event_event ON alert_event (tenant_id, event_id);

-- Who did what with an alert. before: what an undo needs, empty when there is nothing to undo.
CREATE TABLE alert_entry (
	id {ID},
	tenant_id {I64} NOT NULL,
	alert_id {I64} NOT NULL REFERENCES alert (id),
	at {I64} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	action {TEXT} NOT NULL,
	text {TEXT} NOT NULL,
	before {TEXT} NOT NULL
) {STRICT};
CREATE INDEX alert_entry_of ON alert_entry (tenant_id, alert_id, id);
