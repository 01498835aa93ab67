-- Triage criteria (A-9) and action policies (A-10): versions, each whole. A version in force or retired never changes its body.
CREATE TABLE criteria_version (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	kind {TEXT} NOT NULL,
	number {I64} NOT NULL,
	state {TEXT} NOT NULL,
	body {TEXT} NOT NULL,
	note {TEXT} NOT NULL,
	changes {I64} NOT NULL,
	created_by {TEXT} NOT NULL,
	created_id {I64} NOT NULL,
	created_at {I64} NOT NULL,
	approved_by {TEXT} NOT NULL,
	approved_at {I64} NOT NULL,
	retired_at {I64} NOT NULL,
	UNIQUE (tenant_id, kind, number)
) {STRICT};
CREATE INDEX criteria_version_by_state ON criteria_version (tenant_id, kind, state, number);

-- Which version of the criteria judged an alert; 0 = the built-in first edition.
ALTER TABLE alert ADD COLUMN criteria_version {I64} NOT NULL DEFAULT 0;
CREATE INDEX alert_judged ON alert (tenant_id, created_at, level, asset_value, confidence, priority);

-- only: sqlite
CREATE TRIGGER criteria_version_keep_body BEFORE UPDATE OF body ON criteria_version WHEN OLD.state <> 'draft'
	BEGIN SELECT RAISE(ABORT, 'a version in force is never changed'); END;
CREATE TRIGGER criteria_version_keep_delete BEFORE DELETE ON criteria_version WHEN OLD.state <> 'draft'
	BEGIN SELECT RAISE(ABORT, 'versions are kept'); END;
-- end
-- only: postgres
CREATE FUNCTION criteria_version_keep() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
	IF OLD.state <> 'draft' AND (TG_OP = 'DELETE' OR NEW.body <> OLD.body) THEN RAISE EXCEPTION 'versions are kept'; END IF;
	IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $f$;
CREATE TRIGGER criteria_version_keep_change BEFORE UPDATE OR DELETE ON criteria_version FOR EACH ROW EXECUTE FUNCTION criteria_version_keep();
-- end
