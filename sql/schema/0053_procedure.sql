-- Procedures: documents with versions. Times 0 = not. state: draft | review | approved | superseded | withdrawn.
CREATE TABLE procedure_doc (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	created_by {TEXT} NOT NULL,
	created_at {I64} NOT NULL
) {STRICT};
CREATE INDEX procedure_doc_by_tenant ON procedure_doc (tenant_id, id);

CREATE TABLE procedure_version (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	procedure_id {I64} NOT NULL REFERENCES procedure_doc (id),
	number {I64} NOT NULL,
	row_version {I64} NOT NULL,
	state {TEXT} NOT NULL,
	title {TEXT} NOT NULL,
	services {TEXT} NOT NULL,
	body {TEXT} NOT NULL,
	note {TEXT} NOT NULL,
	author {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	changed_at {I64} NOT NULL,
	state_by {TEXT} NOT NULL,
	state_at {I64} NOT NULL,
	approved_by {TEXT} NOT NULL,
	approved_at {I64} NOT NULL,
	expires_at {I64} NOT NULL
) {STRICT};
CREATE UNIQUE INDEX procedure_version_by_number ON procedure_version (tenant_id, procedure_id, number);
CREATE INDEX procedure_version_by_state ON procedure_version (tenant_id, state);

-- A person went through the steps of a version; a second person signs that it was so.
CREATE TABLE procedure_walk (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	version_id {I64} NOT NULL REFERENCES procedure_version (id),
	walker_id {I64} NOT NULL,
	walker {TEXT} NOT NULL,
	walked_at {I64} NOT NULL,
	remark {TEXT} NOT NULL,
	signer_id {I64} NOT NULL,
	signer {TEXT} NOT NULL,
	signed_at {I64} NOT NULL
) {STRICT};
CREATE INDEX procedure_walk_by_version ON procedure_walk (tenant_id, version_id, id);

-- only: sqlite
CREATE TRIGGER procedure_version_keep BEFORE UPDATE ON procedure_version
	WHEN OLD.approved_at > 0 AND (OLD.title <> NEW.title OR OLD.services <> NEW.services OR OLD.body <> NEW.body
		OR OLD.number <> NEW.number OR NEW.state IN ('draft', 'review'))
	BEGIN SELECT RAISE(ABORT, 'an approved version is never changed'); END;
CREATE TRIGGER procedure_version_keep_delete BEFORE DELETE ON procedure_version
	BEGIN SELECT RAISE(ABORT, 'versions are never removed'); END;
-- end
-- only: postgres
CREATE FUNCTION procedure_version_keep() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'versions are kept'; END IF; IF OLD.approved_at > 0 AND (OLD.title <> NEW.title OR OLD.services <> NEW.services OR OLD.body <> NEW.body OR OLD.number <> NEW.number OR NEW.state IN ('draft', 'review')) THEN RAISE EXCEPTION 'an approved version is never changed'; END IF; RETURN NEW; END $f$;
CREATE TRIGGER procedure_version_keep BEFORE UPDATE OR DELETE ON procedure_version FOR EACH ROW EXECUTE FUNCTION procedure_version_keep();
-- end
