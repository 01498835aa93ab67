-- Matches of a rule in an organisation, by the hour (kept two days) and by the day of the event's time. filtered: of
-- these, how many a tuning filter or a switched-off rule took away.
CREATE TABLE rule_hits (
	tenant_id {I64} NOT NULL,
	span {TEXT} NOT NULL CHECK (span IN ('day', 'hour')),
	start_at {I64} NOT NULL,
	rule_id {TEXT} NOT NULL,
	matches {I64} NOT NULL,
	filtered {I64} NOT NULL,
	PRIMARY KEY (tenant_id, span, start_at, rule_id)
) {KEYED};
CREATE INDEX rule_hits_of ON rule_hits (tenant_id, rule_id, span, start_at);

CREATE TABLE rule_last (
	tenant_id {I64} NOT NULL,
	rule_id {TEXT} NOT NULL,
	last_at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, rule_id)
) {KEYED};

-- Log sources that events of an organisation came from: which rules can match at all.
CREATE TABLE rule_source (
	tenant_id {I64} NOT NULL,
	product {TEXT} NOT NULL,
	category {TEXT} NOT NULL,
	service {TEXT} NOT NULL,
	last_at {I64} NOT NULL,
	events {I64} NOT NULL,
	PRIMARY KEY (tenant_id, product, category, service)
) {KEYED};

-- A rule that an organisation has decided about; without a row it is on.
CREATE TABLE rule_switch (
	tenant_id {I64} NOT NULL,
	rule_id {TEXT} NOT NULL,
	is_off {BOOL} NOT NULL,
	reason {TEXT} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	changed_at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, rule_id)
) {KEYED};

-- A Sigma filter of one organisation. rule_id: the rule it was made on, for its page; what it covers, its text says.
-- It counts from created_at until expires_at, or until it is removed.
CREATE TABLE rule_filter (
	id {ID},
	tenant_id {I64} NOT NULL,
	version {I64} NOT NULL,
	rule_id {TEXT} NOT NULL,
	title {TEXT} NOT NULL,
	yaml {TEXT} NOT NULL,
	reason {TEXT} NOT NULL,
	owner_id {I64} NOT NULL,
	owner_name {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	expires_at {I64} NOT NULL,
	removed_at {I64} NOT NULL,
	removed_by {TEXT} NOT NULL
) {STRICT};
CREATE INDEX rule_filter_of ON rule_filter (tenant_id, rule_id, id);
CREATE INDEX rule_filter_live ON rule_filter (removed_at, expires_at);
