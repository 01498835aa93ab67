-- Providers, their contracts, and the reports they owe. Times 0 = not. services: ids of the catalogue, one blank between two.
CREATE TABLE provider (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	version {I64} NOT NULL,
	name {TEXT} NOT NULL,
	contact {TEXT} NOT NULL,
	remark {TEXT} NOT NULL,
	changed_by {TEXT} NOT NULL,
	changed_at {I64} NOT NULL
) {STRICT};
CREATE UNIQUE INDEX provider_by_name ON provider (tenant_id, name);

CREATE TABLE provider_contract (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	provider_id {I64} NOT NULL REFERENCES provider (id),
	version {I64} NOT NULL,
	reference {TEXT} NOT NULL,
	contact {TEXT} NOT NULL,
	services {TEXT} NOT NULL,
	from_at {I64} NOT NULL,
	to_at {I64} NOT NULL,
	cadence {TEXT} NOT NULL,
	first_due_at {I64} NOT NULL,
	grace_days {I64} NOT NULL,
	changed_by {TEXT} NOT NULL,
	changed_at {I64} NOT NULL
) {STRICT};
CREATE UNIQUE INDEX provider_contract_by_reference ON provider_contract (tenant_id, provider_id, reference);

-- One report of one due day. content, result: understood yes | partly | no, '' = not judged yet.
CREATE TABLE provider_report (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	contract_id {I64} NOT NULL REFERENCES provider_contract (id),
	version {I64} NOT NULL,
	due_at {I64} NOT NULL,
	file_name {TEXT} NOT NULL,
	sha256 {TEXT} NOT NULL,
	size_bytes {I64} NOT NULL,
	received_at {I64} NOT NULL,
	received_by {TEXT} NOT NULL,
	opened_at {I64} NOT NULL,
	opened_by {TEXT} NOT NULL,
	judged_at {I64} NOT NULL,
	judged_by {TEXT} NOT NULL,
	content {TEXT} NOT NULL,
	result {TEXT} NOT NULL,
	as_expected {BOOL} NOT NULL,
	levels_met {I64} NOT NULL,
	levels_missed {I64} NOT NULL,
	remark {TEXT} NOT NULL
) {STRICT};
CREATE UNIQUE INDEX provider_report_by_due ON provider_report (tenant_id, contract_id, due_at);
