-- Registers: one room for the many lists of the centre. What a kind's fields, states and moves are stands in content/registers.yaml.
CREATE TABLE register_item (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	version {I64} NOT NULL,
	kind {TEXT} NOT NULL,
	number {I64} NOT NULL,
	title {TEXT} NOT NULL,
	state {TEXT} NOT NULL,
	is_final {BOOL} NOT NULL,
	service {TEXT} NOT NULL,
	owner_name {TEXT} NOT NULL,
	body {TEXT} NOT NULL,
	review_day {I64} NOT NULL,
	created_id {I64} NOT NULL,
	created_by {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	changed_by {TEXT} NOT NULL,
	changed_at {I64} NOT NULL,
	UNIQUE (tenant_id, kind, number)
) {STRICT};
CREATE INDEX register_item_by_kind ON register_item (tenant_id, kind, is_final, changed_at, id);
CREATE INDEX register_item_by_review ON register_item (tenant_id, is_final, review_day);

CREATE TABLE register_entry (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	item_id {I64} NOT NULL REFERENCES register_item (id),
	at {I64} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	action {TEXT} NOT NULL,
	state {TEXT} NOT NULL,
	note {TEXT} NOT NULL
) {STRICT};
CREATE INDEX register_entry_of ON register_entry (tenant_id, item_id, id);

-- Who takes part, has read it, or needs to know. part: invited, attended, absent, read, knows.
CREATE TABLE register_person (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	item_id {I64} NOT NULL REFERENCES register_item (id),
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	part {TEXT} NOT NULL,
	at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, item_id, user_id)
) {KEYED};
