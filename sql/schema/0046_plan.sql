-- Planning: approved versions that never change, an organisation's own assumptions, the first set-up.
-- body: the whole result as JSON; hash: SHA-256 of body in hex.
CREATE TABLE approval (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	framework {TEXT} NOT NULL,
	subject {TEXT} NOT NULL,
	number {I64} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	at {I64} NOT NULL,
	remark {TEXT} NOT NULL,
	row_count {I64} NOT NULL,
	hash {TEXT} NOT NULL,
	body {TEXT} NOT NULL
) {STRICT};
CREATE UNIQUE INDEX approval_by_number ON approval (tenant_id, framework, subject, number);

-- service '': the cost of a person-day, in fee. days: tenths of a person-day a month; fee: thousands a month; steer: percent.
CREATE TABLE sourcing_assumption (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	framework {TEXT} NOT NULL,
	service {TEXT} NOT NULL,
	days {I64} NOT NULL,
	fee {I64} NOT NULL,
	steer {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	changed_at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, framework, service)
) {KEYED};

-- One set-up per organisation and framework: how far it is and what was answered (JSON).
CREATE TABLE start_wizard (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	framework {TEXT} NOT NULL,
	step {I64} NOT NULL,
	answers {TEXT} NOT NULL,
	user_name {TEXT} NOT NULL,
	started_at {I64} NOT NULL,
	changed_at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, framework)
) {KEYED};

-- only: sqlite
CREATE TRIGGER approval_keep_insert BEFORE INSERT ON approval WHEN EXISTS (SELECT 1 FROM approval a WHERE a.id = NEW.id)
	BEGIN SELECT RAISE(ABORT, 'approved versions are never replaced'); END;
CREATE TRIGGER approval_keep_update BEFORE UPDATE ON approval
	BEGIN SELECT RAISE(ABORT, 'approved versions are never changed'); END;
CREATE TRIGGER approval_keep_delete BEFORE DELETE ON approval
	BEGIN SELECT RAISE(ABORT, 'approved versions are never removed'); END;
-- end
-- only: postgres
CREATE FUNCTION approval_keep() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION 'approved versions are kept'; END $f$;
CREATE TRIGGER approval_keep BEFORE UPDATE OR DELETE ON approval FOR EACH ROW EXECUTE FUNCTION approval_keep();
-- end
