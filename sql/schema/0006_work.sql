-- Work records: what was done, by whom, for which service. Rows are never changed.
CREATE TABLE work_record (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	service {TEXT} NOT NULL,
	action {TEXT} NOT NULL,
	object {TEXT} NOT NULL,
	occasion {TEXT} NOT NULL,
	procedure_version {I64} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	started_at {I64} NOT NULL,
	ended_at {I64} NOT NULL,
	recorded_at {I64} NOT NULL,
	result {TEXT} NOT NULL
) {STRICT};
CREATE INDEX work_record_by_service ON work_record (tenant_id, service, ended_at, id);
CREATE INDEX work_record_by_time ON work_record (tenant_id, ended_at, id);

-- The same, summed per person, service and kind of occasion; kept in the transaction of the record.
CREATE TABLE work_person (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	service {TEXT} NOT NULL,
	user_id {I64} NOT NULL,
	occasion {TEXT} NOT NULL,
	records {I64} NOT NULL,
	first_at {I64} NOT NULL,
	last_at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, service, user_id, occasion)
) {KEYED};

-- only: sqlite
CREATE TRIGGER work_record_keep_update BEFORE UPDATE ON work_record
	BEGIN SELECT RAISE(ABORT, 'work records are never changed'); END;
CREATE TRIGGER work_record_keep_delete BEFORE DELETE ON work_record
	BEGIN SELECT RAISE(ABORT, 'work records are never removed'); END;
-- end
-- only: postgres
CREATE FUNCTION work_record_keep() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION 'work records are kept'; END $f$;
CREATE TRIGGER work_record_keep_change BEFORE UPDATE OR DELETE ON work_record FOR EACH ROW EXECUTE FUNCTION work_record_keep();
-- end
