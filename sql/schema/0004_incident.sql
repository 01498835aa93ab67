-- number: counted per organisation and year; people read INC-2026-0042.
CREATE TABLE incident (
	id {ID},
	tenant_id {I64} NOT NULL,
	version {I64} NOT NULL,
	year {I64} NOT NULL,
	number {I64} NOT NULL,
	title {TEXT} NOT NULL,
	summary {TEXT} NOT NULL,
	severity {I64} NOT NULL CHECK (severity BETWEEN 1 AND 5),
	class {TEXT} NOT NULL,
	active {BOOL} NOT NULL,
	state {TEXT} NOT NULL,
	state_since {I64} NOT NULL,
	owner_id {I64} NOT NULL,
	owner_name {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	created_by {TEXT} NOT NULL,
	changed_at {I64} NOT NULL,
	closed_at {I64} NOT NULL,
	close_reason {TEXT} NOT NULL,
	UNIQUE (tenant_id, year, number)
) {STRICT};
CREATE INDEX incident_active ON incident (tenant_id, active, id);

-- The timeline: at = when it happened, recorded_at = when it was written down.
CREATE TABLE incident_entry (
	id {ID},
	tenant_id {I64} NOT NULL,
	incident_id {I64} NOT NULL REFERENCES incident (id),
	at {I64} NOT NULL,
	recorded_at {I64} NOT NULL,
	kind {TEXT} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	text {TEXT} NOT NULL,
	detail {TEXT} NOT NULL
) {STRICT};
CREATE INDEX incident_entry_of ON incident_entry (tenant_id, incident_id, at, id);

CREATE TABLE evidence (
	id {ID},
	tenant_id {I64} NOT NULL,
	incident_id {I64} NOT NULL REFERENCES incident (id),
	number {I64} NOT NULL,
	name {TEXT} NOT NULL,
	description {TEXT} NOT NULL,
	sha256 {TEXT} NOT NULL CHECK (length(sha256) = 64),
	size_bytes {I64} NOT NULL,
	added_at {I64} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	UNIQUE (tenant_id, incident_id, number)
) {STRICT};

-- Chain of custody: rows are never changed.
CREATE TABLE custody (
	id {ID},
	tenant_id {I64} NOT NULL,
	evidence_id {I64} NOT NULL REFERENCES evidence (id),
	at {I64} NOT NULL,
	action {TEXT} NOT NULL CHECK (action IN ('collected', 'read', 'handed_over', 'verified')),
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	reason {TEXT} NOT NULL
) {STRICT};
CREATE INDEX custody_of ON custody (tenant_id, evidence_id, id);
