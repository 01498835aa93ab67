-- The register of laws: how an organisation stands to each, its answers, and rows of its own.
-- applies: open (as the answers say), yes, no. compliance: unknown, met, partly, not_met.
CREATE TABLE law_state (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	law {TEXT} NOT NULL,
	version {I64} NOT NULL,
	applies {TEXT} NOT NULL,
	compliance {TEXT} NOT NULL,
	evidence {TEXT} NOT NULL,
	responsible {TEXT} NOT NULL,
	remark {TEXT} NOT NULL,
	next_check {I64} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	changed_at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, law)
) {KEYED};

CREATE TABLE law_answer (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	question {TEXT} NOT NULL,
	is_number {BOOL} NOT NULL,
	number {I64} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, question)
) {KEYED};

CREATE TABLE law_own (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	name {TEXT} NOT NULL,
	article {TEXT} NOT NULL,
	title {TEXT} NOT NULL,
	requirement {TEXT} NOT NULL,
	source {TEXT} NOT NULL,
	user_name {TEXT} NOT NULL,
	at {I64} NOT NULL
) {STRICT};
CREATE INDEX law_own_tenant ON law_own (tenant_id, id);
