-- The newest signed snapshot of each organisation with its sums in one row, so that a group's roll-up reads one row an organisation.
-- sums: of each category "ID applicable now_sum now_count target_sum target_count evidence_sum evidence_count", one blank between two,
-- ";" between categories, in the framework's order. Written in the transaction that signs; a copy of what the snapshot holds.
CREATE TABLE evaluation_standing (
	tenant_id {I64} NOT NULL REFERENCES tenant (id),
	framework {TEXT} NOT NULL,
	snapshot_id {I64} NOT NULL REFERENCES evaluation_snapshot (id),
	taken_at {I64} NOT NULL,
	sums {TEXT} NOT NULL,
	PRIMARY KEY (tenant_id, framework)
) {KEYED};
CREATE INDEX evaluation_snapshot_by_signed ON evaluation_snapshot (tenant_id, framework, is_signed, taken_at, id);
-- only: sqlite
INSERT INTO evaluation_standing (tenant_id, framework, snapshot_id, taken_at, sums)
SELECT s.tenant_id, s.framework, s.id, s.taken_at, (SELECT group_concat(c.line, ';') FROM (SELECT category || ' ' || applicable || ' '
		|| now_sum || ' ' || now_count || ' ' || target_sum || ' ' || target_count || ' ' || evidence_sum || ' ' || evidence_count
		AS line FROM evaluation_snapshot_category k WHERE k.tenant_id = s.tenant_id AND k.snapshot_id = s.id ORDER BY k.position) c)
FROM evaluation_snapshot s
WHERE s.id = (SELECT n.id FROM evaluation_snapshot n WHERE n.tenant_id = s.tenant_id AND n.framework = s.framework
	AND n.is_signed = 1 ORDER BY n.taken_at DESC, n.id DESC LIMIT 1) AND s.categories > 0;
-- end
