-- Lists of indicators compared with the kept events of an organisation, afterwards. lists: paths, one a line; empty: all.
-- start_id: events before it are looked at, newest first; before_id: where it stands, those from there on are done.
CREATE TABLE retro (
	id {ID},
	tenant_id {I64} NOT NULL,
	lists {TEXT} NOT NULL,
	from_at {I64} NOT NULL,
	until_at {I64} NOT NULL,
	state {TEXT} NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
	progress {I64} NOT NULL,
	before_id {I64} NOT NULL,
	events {I64} NOT NULL,
	hits {I64} NOT NULL,
	alerts {I64} NOT NULL,
	looked_until {I64} NOT NULL,
	failure {TEXT} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	started_at {I64} NOT NULL,
	ended_at {I64} NOT NULL
) {STRICT};
CREATE INDEX retro_of ON retro (tenant_id, id);

-- Which event met which indicator afterwards: told once, however often lists are compared.
CREATE TABLE retro_hit (
	tenant_id {I64} NOT NULL,
	event_id {I64} NOT NULL,
	rule_id {TEXT} NOT NULL,
	PRIMARY KEY (tenant_id, event_id, rule_id)
) {KEYED};

-- The lists of the installation as they were when a comparison was last ordered for everybody.
CREATE TABLE retro_list (
	path {TEXT} NOT NULL PRIMARY KEY,
	stamp {I64} NOT NULL
) {KEYED};
