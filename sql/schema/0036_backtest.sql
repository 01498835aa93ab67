-- A rule tried on the kept events of an organisation. days: JSON [[day, matches, filtered], …]; examples: JSON.
CREATE TABLE backtest (
	id {ID},
	tenant_id {I64} NOT NULL,
	rule_id {TEXT} NOT NULL,
	title {TEXT} NOT NULL,
	yaml {TEXT} NOT NULL,
	filters {TEXT} NOT NULL,
	from_at {I64} NOT NULL,
	until_at {I64} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
	progress {I64} NOT NULL,
	events {I64} NOT NULL,
	matches {I64} NOT NULL,
	filtered {I64} NOT NULL,
	looked_until {I64} NOT NULL,
	days {TEXT} NOT NULL,
	examples {TEXT} NOT NULL,
	failure {TEXT} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	started_at {I64} NOT NULL,
	ended_at {I64} NOT NULL,
	draft {TEXT} NOT NULL
) {STRICT};
CREATE INDEX backtest_of ON backtest (tenant_id, id);
