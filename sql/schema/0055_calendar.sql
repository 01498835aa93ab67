-- The calendar of recurring work. Days are numbers of days since 1970-01-01 on the wall of the organisation's zone; -1 = none.
CREATE TABLE calendar_task (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	version {I64} NOT NULL,
	title {TEXT} NOT NULL,
	service {TEXT} NOT NULL,
	every {TEXT} NOT NULL,
	weekday {I64} NOT NULL,
	month_day {I64} NOT NULL,
	month {I64} NOT NULL,
	shift {TEXT} NOT NULL,
	start_day {I64} NOT NULL,
	end_day {I64} NOT NULL,
	due_min {I64} NOT NULL,
	minutes {I64} NOT NULL,
	owner_id {I64} NOT NULL,
	owner_name {TEXT} NOT NULL,
	needs_note {BOOL} NOT NULL,
	is_active {BOOL} NOT NULL,
	proposal {TEXT} NOT NULL,
	rolled_day {I64} NOT NULL,
	changed_by {TEXT} NOT NULL,
	changed_at {I64} NOT NULL
) {STRICT};
CREATE INDEX calendar_task_by_service ON calendar_task (tenant_id, service, id);
CREATE INDEX calendar_task_by_roll ON calendar_task (is_active, rolled_day);

-- One row a day on which a task was or is due, made ahead by the roll. state: open, done, skipped; missed = open and due_at passed.
CREATE TABLE calendar_due (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	task_id {I64} NOT NULL REFERENCES calendar_task (id),
	day {I64} NOT NULL,
	due_at {I64} NOT NULL,
	state {TEXT} NOT NULL,
	note {TEXT} NOT NULL,
	work_id {I64} NOT NULL,
	closed_by {I64} NOT NULL,
	closed_name {TEXT} NOT NULL,
	closed_at {I64} NOT NULL,
	blob {TEXT} NOT NULL,
	blob_name {TEXT} NOT NULL,
	PRIMARY KEY (tenant_id, task_id, day)
) {KEYED};
CREATE INDEX calendar_due_by_day ON calendar_due (tenant_id, day, task_id);
CREATE INDEX calendar_due_by_state ON calendar_due (tenant_id, state, due_at);

-- Secret addresses of one's own calendar; only the hash of the token is kept.
CREATE TABLE calendar_feed (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	user_id {I64} NOT NULL,
	token_hash {TEXT} NOT NULL UNIQUE,
	is_all {BOOL} NOT NULL,
	created_at {I64} NOT NULL,
	revoked_at {I64} NOT NULL
) {STRICT};
CREATE INDEX calendar_feed_by_user ON calendar_feed (tenant_id, user_id, revoked_at);
