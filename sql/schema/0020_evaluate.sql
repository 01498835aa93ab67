-- Evaluation: rounds with their reviews and triggers, snapshots that never change, improvement actions.
CREATE TABLE evaluation_round (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	version {I64} NOT NULL,
	name {TEXT} NOT NULL,
	framework {TEXT} NOT NULL,
	rule {TEXT} NOT NULL,
	state {TEXT} NOT NULL,
	start_at {I64} NOT NULL,
	deadline_at {I64} NOT NULL,
	created_by {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	signed_by {TEXT} NOT NULL,
	signed_at {I64} NOT NULL,
	snapshot_id {I64}
) {STRICT};
CREATE INDEX evaluation_round_by_start ON evaluation_round (tenant_id, start_at, id);

-- One row per review that was done; going back to the answers takes them away, the audit trail keeps them.
CREATE TABLE evaluation_review (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	round_id {I64} NOT NULL REFERENCES evaluation_round (id),
	subject {TEXT} NOT NULL,
	outcome {TEXT} NOT NULL,
	remark {TEXT} NOT NULL,
	user_id {I64} NOT NULL,
	user_name {TEXT} NOT NULL,
	at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, round_id, subject)
) {KEYED};

CREATE TABLE evaluation_trigger (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	round_id {I64} NOT NULL REFERENCES evaluation_round (id),
	kind {TEXT} NOT NULL,
	remark {TEXT} NOT NULL,
	user_name {TEXT} NOT NULL,
	at {I64} NOT NULL
) {STRICT};
CREATE INDEX evaluation_trigger_by_round ON evaluation_trigger (tenant_id, round_id, id);

-- A snapshot says how many rows belong to it, so that none can be added later. Scores are hundredths, 0 = none.
CREATE TABLE evaluation_snapshot (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	round_id {I64},
	name {TEXT} NOT NULL,
	framework {TEXT} NOT NULL,
	edition {TEXT} NOT NULL,
	rule {TEXT} NOT NULL,
	taken_at {I64} NOT NULL,
	taken_by {TEXT} NOT NULL,
	is_signed {BOOL} NOT NULL,
	services {I64} NOT NULL,
	categories {I64} NOT NULL,
	applicable {I64} NOT NULL,
	now_sum {I64} NOT NULL,
	now_count {I64} NOT NULL,
	target_sum {I64} NOT NULL,
	target_count {I64} NOT NULL,
	evidence_sum {I64} NOT NULL,
	evidence_count {I64} NOT NULL,
	at_target {I64} NOT NULL,
	with_target {I64} NOT NULL,
	above_evidence {I64} NOT NULL,
	unassigned {I64} NOT NULL,
	undecided {I64} NOT NULL
) {STRICT};
CREATE INDEX evaluation_snapshot_by_time ON evaluation_snapshot (tenant_id, framework, taken_at, id);

CREATE TABLE evaluation_snapshot_category (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	snapshot_id {I64} NOT NULL REFERENCES evaluation_snapshot (id),
	position {I64} NOT NULL,
	category {TEXT} NOT NULL,
	name_en {TEXT} NOT NULL,
	name_ja {TEXT} NOT NULL,
	applicable {I64} NOT NULL,
	now_sum {I64} NOT NULL,
	now_count {I64} NOT NULL,
	target_sum {I64} NOT NULL,
	target_count {I64} NOT NULL,
	evidence_sum {I64} NOT NULL,
	evidence_count {I64} NOT NULL,
	PRIMARY KEY (tenant_id, snapshot_id, position)
) {KEYED};

-- level, assignment: NULL = was not decided; level_used is the one that counted. Scores in and out: NULL = not declared.
CREATE TABLE evaluation_snapshot_service (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	snapshot_id {I64} NOT NULL REFERENCES evaluation_snapshot (id),
	position {I64} NOT NULL,
	service {TEXT} NOT NULL,
	category {TEXT} NOT NULL,
	name_en {TEXT} NOT NULL,
	name_ja {TEXT} NOT NULL,
	state_version {I64} NOT NULL,
	level {TEXT},
	level_used {TEXT} NOT NULL,
	level_reason {TEXT} NOT NULL,
	assignment {TEXT},
	team {TEXT} NOT NULL,
	provider {TEXT} NOT NULL,
	not_applicable {BOOL} NOT NULL,
	not_applicable_reason {TEXT} NOT NULL,
	is_counted {BOOL} NOT NULL,
	in_now {I64},
	in_target {I64},
	out_now {I64},
	out_target {I64},
	now_used {I64} NOT NULL,
	target_used {I64} NOT NULL,
	evidence {I64} NOT NULL,
	evidence_people {I64} NOT NULL,
	evidence_records {I64} NOT NULL,
	evidence_last_at {I64} NOT NULL,
	signed_by {TEXT} NOT NULL,
	signed_at {I64} NOT NULL,
	PRIMARY KEY (tenant_id, snapshot_id, position)
) {KEYED};

CREATE TABLE improvement_action (
	id {ID},
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	version {I64} NOT NULL,
	title {TEXT} NOT NULL,
	service {TEXT} NOT NULL,
	owner {TEXT} NOT NULL,
	due_at {I64} NOT NULL,
	state {TEXT} NOT NULL,
	remark {TEXT} NOT NULL,
	round_id {I64},
	created_by {TEXT} NOT NULL,
	created_at {I64} NOT NULL,
	changed_by {TEXT} NOT NULL,
	changed_at {I64} NOT NULL,
	done_at {I64} NOT NULL
) {STRICT};
CREATE INDEX improvement_action_by_state ON improvement_action (tenant_id, state, due_at, id);

-- only: sqlite
-- INSERT OR REPLACE would remove a row without firing the delete trigger; the insert triggers refuse it.
CREATE TRIGGER evaluation_snapshot_keep_insert BEFORE INSERT ON evaluation_snapshot
	WHEN EXISTS (SELECT 1 FROM evaluation_snapshot s WHERE s.id = NEW.id)
	BEGIN SELECT RAISE(ABORT, 'snapshots are never replaced'); END;
CREATE TRIGGER evaluation_snapshot_keep_update BEFORE UPDATE ON evaluation_snapshot
	BEGIN SELECT RAISE(ABORT, 'snapshots are never changed'); END;
CREATE TRIGGER evaluation_snapshot_keep_delete BEFORE DELETE ON evaluation_snapshot
	BEGIN SELECT RAISE(ABORT, 'snapshots are never removed'); END;
CREATE TRIGGER evaluation_snapshot_category_keep_insert BEFORE INSERT ON evaluation_snapshot_category
	WHEN (SELECT count(*) FROM evaluation_snapshot_category c WHERE c.tenant_id = NEW.tenant_id AND c.snapshot_id = NEW.snapshot_id)
		>= (SELECT s.categories FROM evaluation_snapshot s WHERE s.id = NEW.snapshot_id AND s.tenant_id = NEW.tenant_id)
	BEGIN SELECT RAISE(ABORT, 'snapshots are whole'); END;
CREATE TRIGGER evaluation_snapshot_category_keep_update BEFORE UPDATE ON evaluation_snapshot_category
	BEGIN SELECT RAISE(ABORT, 'snapshots are never changed'); END;
CREATE TRIGGER evaluation_snapshot_category_keep_delete BEFORE DELETE ON evaluation_snapshot_category
	BEGIN SELECT RAISE(ABORT, 'snapshots are never removed'); END;
CREATE TRIGGER evaluation_snapshot_service_keep_insert BEFORE INSERT ON evaluation_snapshot_service
	WHEN (SELECT count(*) FROM evaluation_snapshot_service c WHERE c.tenant_id = NEW.tenant_id AND c.snapshot_id = NEW.snapshot_id)
		>= (SELECT s.services FROM evaluation_snapshot s WHERE s.id = NEW.snapshot_id AND s.tenant_id = NEW.tenant_id)
	BEGIN SELECT RAISE(ABORT, 'snapshots are whole'); END;
CREATE TRIGGER evaluation_snapshot_service_keep_update BEFORE UPDATE ON evaluation_snapshot_service
	BEGIN SELECT RAISE(ABORT, 'snapshots are never changed'); END;
CREATE TRIGGER evaluation_snapshot_service_keep_delete BEFORE DELETE ON evaluation_snapshot_service
	BEGIN SELECT RAISE(ABORT, 'snapshots are never removed'); END;
CREATE TRIGGER evaluation_round_keep_signed BEFORE UPDATE ON evaluation_round WHEN OLD.state = 'signed'
	BEGIN SELECT RAISE(ABORT, 'a signed round is never changed'); END;
CREATE TRIGGER evaluation_round_keep_delete BEFORE DELETE ON evaluation_round
	BEGIN SELECT RAISE(ABORT, 'rounds are never removed'); END;
-- end
-- only: postgres
CREATE FUNCTION evaluation_keep() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION 'snapshots are kept'; END $f$;
CREATE TRIGGER evaluation_snapshot_keep BEFORE UPDATE OR DELETE ON evaluation_snapshot FOR EACH ROW EXECUTE FUNCTION evaluation_keep();
CREATE TRIGGER evaluation_snapshot_category_keep BEFORE UPDATE OR DELETE ON evaluation_snapshot_category FOR EACH ROW EXECUTE FUNCTION evaluation_keep();
CREATE TRIGGER evaluation_snapshot_service_keep BEFORE UPDATE OR DELETE ON evaluation_snapshot_service FOR EACH ROW EXECUTE FUNCTION evaluation_keep();
CREATE TRIGGER evaluation_round_keep_signed BEFORE UPDATE ON evaluation_round FOR EACH ROW WHEN (OLD.state = 'signed') EXECUTE FUNCTION evaluation_keep();
CREATE TRIGGER evaluation_round_keep_delete BEFORE DELETE ON evaluation_round FOR EACH ROW EXECUTE FUNCTION evaluation_keep();
-- end
